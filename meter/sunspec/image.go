package sunspec

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/wattle/wattle/meter/modbus"
)

// image is what could be read of a block.
type image struct {
	model    model
	words    []uint16 // from the id on
	from     []int    // the request that each word came in, counted from 1; 0: not read
	requests int
	frames   []byte // all answers, in the order they were read
}

// readImage reads the points of a block in as few requests as possible. Points that reach beyond the block's length
// are absent, and so is what the device refuses to tell.
func readImage(ctx context.Context, r Reader, b Block, m model, points []point) (*image, error) {
	size := headerSize + int(b.Length)
	img := &image{model: m, words: make([]uint16, size), from: make([]int, size)}
	points = slices.DeleteFunc(slices.Clone(points), func(p point) bool { return int(p.offset+p.size) > size })
	points = append([]point{{name: "ID", size: headerSize, kind: uint32Kind}}, points...)
	for _, request := range requests(points) {
		if err := img.read(ctx, r, b, request); err != nil {
			return nil, err
		}
	}
	if img.from[0] != 0 && (img.words[0] != b.Model || img.words[1] != b.Length) {
		return nil, fmt.Errorf("model %d at %d: %w", b.Model, b.Address, ErrChanged)
	}
	for _, p := range points {
		if err := img.pair(ctx, r, b, p); err != nil {
			return nil, err
		}
	}
	return img, nil
}

// requests cuts points, ordered by offset, into runs that one request can carry; no point is cut in two.
func requests(points []point) [][]point {
	var runs [][]point
	first := 0
	for i, p := range points {
		if p.offset+p.size-points[first].offset > modbus.MaxRegisters {
			runs = append(runs, points[first:i])
			first = i
		}
	}
	return append(runs, points[first:])
}

// read reads a run of points. Where the device refuses, the halves are tried, down to the single point: the hole.
func (img *image) read(ctx context.Context, r Reader, b Block, run []point) error {
	last := run[len(run)-1]
	err := img.fetch(ctx, r, b, run[0].offset, last.offset+last.size)
	if !refused(err) {
		return err
	}
	if len(run) == 1 {
		return nil
	}
	if err := img.read(ctx, r, b, run[:len(run)/2]); err != nil {
		return err
	}
	return img.read(ctx, r, b, run[len(run)/2:])
}

// pair reads a value and its scale factor again, together, if a hole made them come in two requests. If the device
// refuses that too, number finds them apart and calls the value absent.
func (img *image) pair(ctx context.Context, r Reader, b Block, p point) error {
	scale, ok := img.model.find(p.scale)
	if !ok || img.together(p, scale) || !img.has(p) || !img.has(scale) {
		return nil
	}
	start, end := min(p.offset, scale.offset), max(p.offset+p.size, scale.offset+scale.size)
	if end-start > modbus.MaxRegisters {
		return nil
	}
	if err := img.fetch(ctx, r, b, start, end); !refused(err) {
		return err
	}
	return nil
}

func (img *image) fetch(ctx context.Context, r Reader, b Block, start, end uint16) error {
	words, frame, err := r.ReadHoldingRegisters(ctx, b.Address+start, end-start)
	if err != nil {
		return fmt.Errorf("model %d: %w", b.Model, err)
	}
	img.requests++
	img.frames = append(img.frames, frame...)
	for i, w := range words {
		img.words[int(start)+i] = w
		img.from[int(start)+i] = img.requests
	}
	return nil
}

func (img *image) has(p point) bool {
	return int(p.offset+p.size) <= len(img.words) && img.together(p, p) && img.from[p.offset] != 0
}

// together reports whether all registers of both points came in one request.
func (img *image) together(p, q point) bool {
	for _, at := range []point{p, q} {
		for i := at.offset; i < at.offset+at.size; i++ {
			if int(i) >= len(img.from) || img.from[i] != img.from[p.offset] {
				return false
			}
		}
	}
	return true
}

// number is the value of a numeric point, scaled. It reports false where the point is absent: not read, marked as not
// implemented, or without a usable scale factor from the same request.
func (img *image) number(name string) (Number, bool) {
	p, ok := img.model.find(name)
	if !ok || !img.has(p) {
		return Number{}, false
	}
	n, ok := decode(p.kind, img.words[p.offset:p.offset+p.size])
	if !ok || p.scale == "" {
		return n, ok
	}
	scale, ok := img.model.find(p.scale)
	if !ok || !img.has(scale) || !img.together(p, scale) {
		return Number{}, false
	}
	exponent := int16(img.words[scale.offset])
	if exponent < -10 || exponent > 10 { // 0x8000, not implemented, lies outside too
		return Number{}, false
	}
	n.Exponent = int(exponent)
	return n, true
}

// decode reads the words of one value, and reports false for the mark that says "not implemented". An accumulator is
// absent only at its end, the mark some makers use: 0 is what a meter says that has counted nothing yet.
func decode(k kind, words []uint16) (Number, bool) {
	if size, ok := sizes[k]; !ok || len(words) != size {
		return Number{}, false
	}
	if len(words) == 1 {
		w := words[0]
		if k == int16Kind {
			return Number{Units: int64(int16(w))}, w != 0x8000
		}
		return Number{Units: int64(w)}, w != 0xFFFF
	}
	w := uint32(words[0])<<16 | uint32(words[1])
	if k == float32Kind {
		return fromFloat32(w)
	}
	return Number{Units: int64(w)}, w != 0xFFFFFFFF
}

// sizes are the registers of each numeric kind.
var sizes = map[kind]int{
	int16Kind: 1, uint16Kind: 1, enum16: 1, bitfield16: 1, uint32Kind: 2, bitfield32: 2, acc32: 2, float32Kind: 2,
}

// text is the value of a text point, up to the first zero byte, without surrounding spaces. Bytes that are no UTF-8
// are replaced. It reports false for an empty text.
func (img *image) text(name string) (string, bool) {
	p, ok := img.model.find(name)
	if !ok || p.kind != text || !img.has(p) {
		return "", false
	}
	bytes := make([]byte, 0, 2*p.size)
	for _, w := range img.words[p.offset : p.offset+p.size] {
		bytes = append(bytes, byte(w>>8), byte(w))
	}
	s, _, _ := strings.Cut(string(bytes), "\x00")
	s = strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD"))
	return s, s != ""
}
