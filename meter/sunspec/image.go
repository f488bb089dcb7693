package sunspec

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/modbus"
)

// image is what could be read of a block.
type image struct {
	block  Block
	layout *layout
	memory *memory
	reader Reader
	limit  int
	points []point // that are wanted, in the order of their registers

	words   map[string][]uint16     // of every wanted point that was read
	numbers map[string]meter.Number // values, each with the scale factor of its own request
	apart   map[string]bool         // points that came in another request than their scale factor
	frames  []byte                  // all answers, in the order they were read
}

// head is the id and length of a block, which every image reads to make sure that it is still there.
var head = point{name: "ID", size: headerSize, kind: "uint32"}

// read reads points of a block into an image, in as few requests as possible. Points that reach beyond the block's length are absent,
// and so is what the device refuses to tell.
func (m *memory) read(ctx context.Context, r Reader, b Block, l *layout, points []point) (*image, error) {
	img := m.image(b, l, points)
	return img, img.read(ctx, r)
}

// image is an image of which nothing was read yet.
func (m *memory) image(b Block, l *layout, points []point) *image {
	return &image{
		block: b, layout: l, memory: m, points: append([]point{head}, points...),
		words: make(map[string][]uint16), numbers: make(map[string]meter.Number), apart: make(map[string]bool),
	}
}

// read reads the image anew.
func (img *image) read(ctx context.Context, r Reader) error {
	img.reader, img.limit, img.frames = r, limitOf(r), nil
	clear(img.words)
	clear(img.numbers)
	clear(img.apart)
	if err := img.all(ctx, img.points); err != nil {
		return err
	}
	if is := img.words[head.name]; is != nil && (is[0] != img.block.Model || is[1] != img.block.Length) {
		return fmt.Errorf("model %d at %d: %w", img.block.Model, img.block.Address, ErrChanged)
	}
	far, err := img.pair(ctx)
	if err != nil {
		return err
	}
	return img.sandwich(ctx, far)
}

// all reads points, ordered by offset, in runs that one request can carry; no point is cut in two.
func (img *image) all(ctx context.Context, points []point) error {
	base := int(img.block.Address)
	first := 0
	flush := func(end int) error {
		run := points[first:end]
		first = end
		if len(run) == 0 {
			return nil
		}
		_, err := img.run(ctx, run)
		return err
	}
	for i, p := range points {
		if _, hole := img.memory.holes[base+p.offset]; hole {
			if err := flush(i); err != nil {
				return err
			}
			first = i + 1
			continue
		}
		if i > first && (p.offset+p.size-points[first].offset > img.limit || img.memory.parted(base+points[first].offset, base+p.offset+1)) {
			if err := flush(i); err != nil {
				return err
			}
		}
	}
	return flush(len(points))
}

// run reads points with one request. Where the device refuses, the halves are tried, down to the single point: the hole.
// What was learned is remembered. It reports whether a part was refused.
func (img *image) run(ctx context.Context, run []point) (refusal bool, err error) {
	last := run[len(run)-1]
	err = img.fetch(ctx, run[0].offset, last.offset+last.size)
	if !modbus.Refused(err) {
		return false, err
	}
	if len(run) == 1 {
		img.memory.hole(int(img.block.Address) + run[0].offset)
		return true, nil
	}
	half := len(run) / 2
	low, err := img.run(ctx, run[:half])
	if err != nil {
		return true, err
	}
	high, err := img.run(ctx, run[half:])
	if !low && !high {
		img.memory.cut(int(img.block.Address) + run[half].offset)
	}
	return true, err
}

// pair reads a value and its scale factor again, together, if they came in two requests. It returns the points that no one
// request can carry with their factors. A point whose factor lies beyond a hole stays absent.
func (img *image) pair(ctx context.Context) (far []point, err error) {
	for _, p := range img.points {
		scale, ok := img.layout.find(p.scale)
		if !ok || !img.apart[p.name] || img.words[scale.name] == nil {
			continue
		}
		start, end := min(p.offset, scale.offset), max(p.offset+p.size, scale.offset+scale.size)
		base := int(img.block.Address)
		if end-start > img.limit {
			far = append(far, p)
			continue
		}
		if img.memory.parted(base+start, base+end) {
			continue
		}
		switch err := img.fetch(ctx, start, end); {
		case modbus.Refused(err):
			img.memory.cut(base + max(p.offset, scale.offset))
		case err != nil:
			return nil, err
		}
	}
	return far, nil
}

// sandwich reads points between two readings of their scale factors, and takes them where the factors are the same.
func (img *image) sandwich(ctx context.Context, far []point) error {
	if len(far) == 0 {
		return nil
	}
	var scales []point
	for _, p := range far {
		scale, _ := img.layout.find(p.scale)
		scales = append(scales, scale)
	}
	slices.SortFunc(scales, func(a, b point) int { return cmp.Compare(a.offset, b.offset) })
	scales = slices.CompactFunc(scales, func(a, b point) bool { return a.name == b.name })
	before := make(map[string]uint16)
	for _, step := range [][]point{scales, far, scales} {
		for _, s := range step {
			if words := img.words[s.name]; len(words) == 1 {
				before[s.name] = words[0] // at last, those of the first reading of the factors
			}
			delete(img.words, s.name)
		}
		if err := img.all(ctx, step); err != nil {
			return err
		}
	}
	for _, p := range far {
		words, scale := img.words[p.name], img.words[p.scale]
		if words == nil || scale == nil || scale[0] != before[p.scale] {
			continue
		}
		if n, ok := number(p, words, scale); ok {
			img.numbers[p.name] = n
		}
	}
	return nil
}

// fetch reads registers of the block, and takes the wanted points that lie wholly in them.
func (img *image) fetch(ctx context.Context, start, end int) error {
	words, frame, err := img.reader.ReadHoldingRegisters(ctx, img.block.Address+uint16(start), uint16(end-start))
	if err != nil {
		return fmt.Errorf("model %d: %w", img.block.Model, err)
	}
	img.frames = append(img.frames, frame...)
	within := func(p point) []uint16 {
		if p.offset < start || p.offset+p.size > end {
			return nil
		}
		return words[p.offset-start : p.offset-start+p.size]
	}
	i, _ := slices.BinarySearchFunc(img.points, start, func(p point, at int) int { return cmp.Compare(p.offset, at) })
	for _, p := range img.points[i:] {
		own := within(p)
		if own == nil {
			break
		}
		img.words[p.name] = own
		var scale []uint16
		if p.scale != "" {
			if s, ok := img.layout.find(p.scale); ok {
				scale = within(s)
			}
			_, known := img.numbers[p.name]
			if img.apart[p.name] = scale == nil && !known; scale == nil {
				continue
			}
		}
		if n, ok := number(p, own, scale); ok {
			img.numbers[p.name] = n
		} else {
			delete(img.numbers, p.name)
		}
	}
	return nil
}

// number is the value of a numeric point. It reports false where the point is absent: not read, marked as not
// implemented, or without a usable scale factor.
func (img *image) number(name string) (meter.Number, bool) {
	n, ok := img.numbers[name]
	return n, ok
}

// text is the value of a text point; false where it is absent or empty.
func (img *image) text(name string) (string, bool) {
	p, ok := img.layout.find(name)
	if !ok || p.kind != text || img.words[name] == nil {
		return "", false
	}
	return decodeText(img.words[name])
}
