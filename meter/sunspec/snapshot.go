package sunspec

import (
	"context"
	"slices"

	"github.com/wattle/wattle/energy"
)

// Snapshot is what an agent needs of a unit at one moment. Nil and 0 as documented mean that the device does not say.
type Snapshot struct {
	// Cumulative registers of a meter, models 201-204 and 211-214, at the connection point.
	Import *energy.WattHours // OBIS 1.8.0, from the grid
	Export *energy.WattHours // OBIS 2.8.0, into the grid
	// Production is what an inverter has ever fed out, models 101-103 and 111-113. Inverters that wake up say 0 until
	// they remember, so 0 is not a value.
	Production *energy.WattHours

	Grid    *energy.Watts // of the meter, > 0 import
	Solar   *energy.Watts // AC power of the inverter, with that of a battery on its DC side; >= 0
	Battery *energy.Watts // model 802, > 0 discharging
	Charge  *int32        // state of charge in 1/1000, models 802 and 124

	Frequency uint32 // mHz, of the meter or else the inverter; 0 unknown
	Voltage   uint32 // mV of phase A to neutral, of the meter or else the inverter; 0 unknown

	Frames []byte // the device's raw answers, in the order they were read
}

// Models with one meaning: the integer layout is asked first, as its registers count finer than a float32 can.
var (
	meters    = []uint16{201, 211}
	inverters = []uint16{101, 111}
	batteries = []uint16{802}
	storages  = []uint16{124}
)

// Snapshot reads the state of the first meter, inverter and battery of the chain. ErrChanged means that the chain is
// no longer true.
func (c Chain) Snapshot(ctx context.Context, r Reader) (Snapshot, error) {
	var s Snapshot
	for _, part := range []struct {
		layouts []uint16
		take    func(*image) bool
		points  []string
	}{
		{meters, s.takeMeter, []string{"TotWhImp", "TotWhExp", "W", "Hz", "PhVphA"}},
		{inverters, s.takeInverter, []string{"WH", "W", "Hz", "PhVphA"}},
		{batteries, s.takeBattery, []string{"SoC", "W"}},
		{storages, s.takeStorage, []string{"ChaState"}},
	} {
		if err := c.first(ctx, r, &s, part.layouts, part.points, part.take); err != nil {
			return Snapshot{}, err
		}
	}
	if s.Solar != nil {
		*s.Solar = max(0, *s.Solar) // an inverter at night draws a few watts
	}
	return s, nil
}

// first reads the blocks of one device that have the given layouts until take has what it wants. Some devices show
// their values in integer and float models, some fill only one of them.
func (c Chain) first(ctx context.Context, r Reader, s *Snapshot, layouts []uint16, names []string, take func(*image) bool) error {
	part := slices.IndexFunc(c.Blocks, func(b Block) bool { return slices.Contains(layouts, layout[b.Model]) })
	for _, wanted := range layouts {
		for _, b := range c.Blocks {
			if layout[b.Model] != wanted || b.Part != c.Blocks[part].Part {
				continue
			}
			m := models[wanted]
			img, err := readImage(ctx, r, b, m, m.only(names))
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

// only is the points with these names and their scale factors.
func (m model) only(names []string) []point {
	wanted := make(map[string]bool)
	for _, name := range names {
		if p, ok := m.find(name); ok {
			wanted[name], wanted[p.scale] = true, true
		}
	}
	var points []point
	for _, p := range m.points {
		if wanted[p.name] {
			points = append(points, p)
		}
	}
	return points
}

func (s *Snapshot) takeMeter(img *image) bool {
	if s.Import == nil || s.Export == nil { // never one from here and one from there
		s.Import, s.Export = wattHours(img, "TotWhImp"), wattHours(img, "TotWhExp")
	}
	if s.Grid == nil {
		s.Grid = watts(img)
	}
	s.takeSupply(img)
	return s.Import != nil && s.Export != nil
}

func (s *Snapshot) takeInverter(img *image) bool {
	if wh := wattHours(img, "WH"); s.Production == nil && wh != nil && *wh > 0 {
		s.Production = wh
	}
	if s.Solar == nil {
		s.Solar = watts(img)
	}
	s.takeSupply(img)
	return s.Production != nil
}

func (s *Snapshot) takeBattery(img *image) bool {
	s.Charge, s.Battery = permil(img, "SoC"), watts(img)
	return s.Charge != nil
}

func (s *Snapshot) takeStorage(img *image) bool {
	if s.Charge == nil {
		s.Charge = permil(img, "ChaState")
	}
	return s.Charge != nil
}

// takeSupply takes frequency and voltage where no device before said them.
func (s *Snapshot) takeSupply(img *image) {
	if s.Frequency == 0 {
		s.Frequency = thousandths(img, "Hz")
	}
	if s.Voltage == 0 {
		s.Voltage = thousandths(img, "PhVphA")
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
