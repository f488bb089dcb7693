package modbus

import (
	"context"
	"errors"
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
)

// RegisterReader reads both kinds of registers of one unit; *Client is one.
type RegisterReader interface {
	ReadHoldingRegisters(ctx context.Context, address, count uint16) (registers []uint16, frame []byte, err error)
	ReadInputRegisters(ctx context.Context, address, count uint16) (registers []uint16, frame []byte, err error)
	Limit() uint16
}

var _ RegisterReader = (*Client)(nil)

// Refused reports whether the device answered that it has no such registers. A busy device or a gateway that cannot
// reach it says nothing about registers.
func Refused(err error) bool {
	return errors.Is(err, ErrIllegalAddress) || errors.Is(err, ErrIllegalValue) ||
		errors.Is(err, ErrIllegalFunction) || errors.Is(err, ErrDeviceFailure)
}

// Value is one value of a profile. Value is a meter.Number, a string, or nil where the device does not say it.
type Value struct {
	Name  string
	Value any
	Unit  string
}

// Values reads every point of the profile.
func (p *Profile) Values(ctx context.Context, r RegisterReader) ([]Value, error) {
	found, _, err := p.read(ctx, r, p.points)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s %s: the device has none of the profile's registers; is it another device or unit? %w",
			p.Manufacturer, p.Model, ErrIllegalAddress)
	}
	values := make([]Value, 0, len(p.points))
	for _, q := range p.points {
		v := Value{Name: q.name, Unit: q.unit}
		if words := found[q.name]; words != nil && q.shownOnly {
			if text := q.text(words); text != "" {
				v.Value = text
			}
		} else if words != nil {
			if n, ok := q.number(words); ok {
				v.Value = n
			}
		}
		values = append(values, v)
	}
	return values, nil
}

// Snapshot reads what an agent needs of a device that is used so: grid, pv, battery or load. A load's energy and power
// are those of a meter: it imports.
func (p *Profile) Snapshot(ctx context.Context, r RegisterReader, use string) (meter.Snapshot, error) {
	fields, ok := p.uses[use]
	if !ok {
		return meter.Snapshot{}, fmt.Errorf("%s %s as %q, only %v: %w", p.Manufacturer, p.Model, use, p.Uses(), ErrUse)
	}
	wanted := make(map[string]bool)
	for _, terms := range fields {
		for _, t := range terms {
			wanted[t.point] = true
		}
	}
	var points []profilePoint
	for _, q := range p.points {
		if wanted[q.name] {
			points = append(points, q)
		}
	}
	found, frames, err := p.read(ctx, r, points)
	if err != nil {
		return meter.Snapshot{}, err
	}
	numbers := make(map[string]meter.Number)
	for _, q := range points {
		if words := found[q.name]; words != nil {
			if n, ok := q.number(words); ok {
				n.Exponent += units[q.unit]
				numbers[q.name] = n
			}
		}
	}
	return snapshotOf(use, fields, numbers, frames), nil
}

// sum adds what the terms of a field count, each by count. It reports false where one is absent.
func sum(terms []term, numbers map[string]meter.Number, count func(meter.Number) (int64, bool)) (total int64, ok bool) {
	for _, t := range terms {
		n, known := numbers[t.point]
		v, fits := count(n)
		if !known || !fits {
			return 0, false
		}
		if t.negative {
			v = -v
		}
		if v > maxValue || v < -maxValue || total > maxValue || total < -maxValue {
			return 0, false
		}
		total += v
	}
	return total, len(terms) > 0
}

// maxValue bounds what is summed: far above any register's energy, far below overflow.
const maxValue = 1 << 60

func snapshotOf(use string, fields map[string][]term, numbers map[string]meter.Number, frames []byte) meter.Snapshot {
	s := meter.Snapshot{Frames: frames}
	energyOf := func(field string) *energy.WattHours {
		v, ok := sum(fields[field], numbers, func(n meter.Number) (int64, bool) { return n.Floor(0) })
		if !ok || v < 0 {
			return nil
		}
		wh := energy.WattHours(v)
		return &wh
	}
	rounded := func(field string, digits int, least, most int64) (int64, bool) {
		v, ok := sum(fields[field], numbers, func(n meter.Number) (int64, bool) { return n.Round(digits) })
		return v, ok && v >= least && v <= most
	}
	var power *energy.Watts
	if v, ok := rounded("power", 0, -int64(energy.MaxPower), int64(energy.MaxPower)); ok {
		w := energy.Watts(v)
		power = &w
	}
	switch use {
	case "grid", "load":
		s.Grid, s.Import, s.Export = power, energyOf("import"), energyOf("export")
	case "pv":
		s.Production = energyOf("production")
		if s.Production != nil && *s.Production == 0 {
			s.Production = nil // an inverter that wakes up
		}
		if s.Solar = power; power != nil {
			*s.Solar = max(0, *power)
		}
	case "battery":
		s.Battery, s.Charged, s.Discharged = power, energyOf("charged"), energyOf("discharged")
		if v, ok := rounded("soc", 1, 0, 1000); ok {
			charge := int32(v)
			s.Charge = &charge
		}
	}
	if v, ok := rounded("frequency", 3, 0, 1<<32-1); ok {
		s.Frequency = uint32(v)
	}
	if v, ok := rounded("voltage", 3, 0, 1<<32-1); ok {
		s.Voltage = uint32(v)
	}
	return s
}

// read reads points, ordered by function and register, in as few requests as possible; what the device refuses is read
// point by point.
func (p *Profile) read(ctx context.Context, r RegisterReader, points []profilePoint) (found map[string][]uint16, frames []byte, err error) {
	found = make(map[string][]uint16)
	for _, function := range []byte{readHolding, readInput} {
		read := r.ReadHoldingRegisters
		if function == readInput {
			read = r.ReadInputRegisters
		}
		var spans []Span
		for _, q := range points {
			if q.function == function {
				spans = append(spans, q.span)
			}
		}
		plan := Plan(spans, r.Limit(), p.gap)
		for i := 0; i < len(plan); i++ {
			registers, frame, err := read(ctx, plan[i].Address, plan[i].Count)
			if Refused(err) {
				if parts := Plan(within(spans, plan[i]), r.Limit(), 0); len(parts) > 1 {
					plan = append(plan, parts...)
				} else if alone := within(spans, plan[i]); len(alone) > 1 {
					plan = append(plan, alone...)
				}
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			frames = append(frames, frame...)
			for _, q := range points {
				if q.function == function && q.span.Address >= plan[i].Address && q.span.end() <= plan[i].end() {
					first := q.span.Address - plan[i].Address
					found[q.name] = registers[first : first+q.span.Count]
				}
			}
		}
	}
	return found, frames, nil
}

func within(spans []Span, s Span) []Span {
	var inside []Span
	for _, t := range spans {
		if t.Address >= s.Address && t.end() <= s.end() {
			inside = append(inside, t)
		}
	}
	return inside
}
