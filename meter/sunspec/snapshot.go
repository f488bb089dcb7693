package sunspec

import (
	"context"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
)

// Models with one meaning, the first asked first: integers before floats, whose registers count coarser, and the newest
// before the old, which some devices show beside them half filled.
var (
	meters    = []uint16{201, 202, 203, 204, 211, 212, 213, 214}
	inverters = []uint16{701, 101, 102, 103, 111, 112, 113}
	batteries = []uint16{802, 713}
	storages  = []uint16{124}
)

// Snapshot reads the state of the first meter, inverter and battery of the chain. ErrChanged means that the chain is
// no longer true.
func (c Chain) Snapshot(ctx context.Context, r Reader) (meter.Snapshot, error) {
	c.memory.begin()
	var s taken
	for _, part := range []struct {
		models []uint16
		take   func(*image) bool
		points []string
	}{
		{meters, s.takeMeter, []string{"TotWhImp", "TotWhExp", "W", "Hz", "PhVphA"}},
		{inverters, s.takeInverter, []string{"WH", "TotWhInj", "W", "Hz", "PhVphA", "LNV"}},
		{batteries, s.takeBattery, []string{"SoC", "W"}},
		{storages, s.takeStorage, []string{"ChaState"}},
	} {
		if err := c.first(ctx, r, &s, part.models, part.points, part.take); err != nil {
			return meter.Snapshot{}, err
		}
	}
	if s.Solar != nil {
		*s.Solar = max(0, *s.Solar) // an inverter at night draws a few watts
	}
	return s.Snapshot, nil
}

// taken is a snapshot that is being read.
type taken struct{ meter.Snapshot }

// first reads the blocks of one device that have the given models until take has what it wants. Some devices show their
// values in integer and float models, some fill only one of them.
func (c Chain) first(ctx context.Context, r Reader, s *taken, models []uint16, names []string, take func(*image) bool) error {
	part := slices.IndexFunc(c.Blocks, func(b Block) bool { return slices.Contains(models, b.Model) })
	for _, wanted := range models {
		for _, b := range c.Blocks {
			if b.Model != wanted || b.Part != c.Blocks[part].Part {
				continue
			}
			img, err := c.glance(ctx, r, b, names)
			if err != nil {
				return err
			}
			s.Frames = append(s.Frames, img.frames...)
			if take(img) {
				return nil
			}
		}
	}
	return nil
}

// glance reads some points of a block; names do not change from one call to the next for a block.
func (c Chain) glance(ctx context.Context, r Reader, b Block, names []string) (*image, error) {
	img := c.memory.glances[int(b.Address)]
	if img == nil {
		m, _ := lookup(b.Model)
		l := layoutOf(b, m)
		img = c.memory.image(b, l, l.only(names))
		c.memory.glances[int(b.Address)] = img
	}
	return img, img.read(ctx, r)
}

func (s *taken) takeMeter(img *image) bool {
	if s.Import == nil || s.Export == nil { // never one from here and one from there
		s.Import, s.Export = wattHours(img, "TotWhImp"), wattHours(img, "TotWhExp")
	}
	if s.Grid == nil {
		s.Grid = watts(img)
	}
	s.takeSupply(img)
	return s.Import != nil && s.Export != nil
}

func (s *taken) takeInverter(img *image) bool {
	for _, name := range []string{"WH", "TotWhInj"} {
		if wh := wattHours(img, name); s.Production == nil && wh != nil && *wh > 0 {
			s.Production = wh
		}
	}
	if s.Solar == nil {
		s.Solar = watts(img)
	}
	s.takeSupply(img)
	return s.Production != nil
}

func (s *taken) takeBattery(img *image) bool {
	if s.Charge == nil {
		s.Charge = permil(img, "SoC")
	}
	if s.Battery == nil && img.block.Model == 802 { // 713 tells no power
		s.Battery = watts(img)
	}
	return s.Charge != nil
}

func (s *taken) takeStorage(img *image) bool {
	if s.Charge == nil {
		s.Charge = permil(img, "ChaState")
	}
	return s.Charge != nil
}

// takeSupply takes frequency and voltage where no device before said them.
func (s *taken) takeSupply(img *image) {
	if s.Frequency == 0 {
		s.Frequency = thousandths(img, "Hz")
	}
	for _, name := range []string{"PhVphA", "LNV"} {
		if s.Voltage == 0 {
			s.Voltage = thousandths(img, name)
		}
	}
}

// wattHours is a cumulative register. One that fell below zero counts as absent.
func wattHours(img *image, name string) *energy.WattHours {
	n, ok := img.number(name)
	if !ok {
		return nil
	}
	v, ok := n.Floor(0)
	if !ok || v < 0 {
		return nil
	}
	wh := energy.WattHours(v)
	return &wh
}

func watts(img *image) *energy.Watts {
	n, ok := img.number("W")
	if !ok {
		return nil
	}
	v, ok := n.Round(0)
	w := energy.Watts(v)
	if !ok || w > energy.MaxPower || w < -energy.MaxPower {
		return nil
	}
	return &w
}

// permil is a percentage in 1/1000, or nil where it is none.
func permil(img *image, name string) *int32 {
	n, ok := img.number(name)
	if !ok {
		return nil
	}
	v, ok := n.Round(1)
	if !ok || v < 0 || v > 1000 {
		return nil
	}
	p := int32(v)
	return &p
}

// thousandths is a positive value in 1/1000 of its unit, or 0.
func thousandths(img *image, name string) uint32 {
	n, ok := img.number(name)
	if !ok {
		return 0
	}
	v, ok := n.Round(3)
	if !ok || v < 0 || v > 1<<32-1 {
		return 0
	}
	return uint32(v)
}
