package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

// ErrImplausible is returned for energy that the registered connection could not have carried.
var ErrImplausible = problem.New(problem.Conflict, "more than the connection can carry")

// NewReport makes the report over the leaves, which must ascend by meter.
func NewReport(zone energy.Zone, interval energy.Interval, run uint32, leaves []Leaf) (Report, error) {
	r := Report{Zone: zone, Interval: interval, Run: run, Meters: uint32(len(leaves)), Root: Root(leaves)}
	for i, l := range leaves {
		if i > 0 && leaves[i-1].Meter >= l.Meter {
			return Report{}, fmt.Errorf("leaf of %s out of order: %w", l.Meter, ErrMalformed)
		}
		var err error
		if r.Export, err = r.Export.Add(l.Export); err != nil {
			return Report{}, err
		}
		if r.Import, err = r.Import.Add(l.Import); err != nil {
			return Report{}, err
		}
	}
	return r, nil
}

// Decide turns the observations of a quorum into the next outcome. It is a pure function of its arguments, which
// every oracle computes alike: observations count only if they are of the interval that previous has next; the
// interval closes when 2f+1 of them say so; a reading enters when f+1 of them hold it, so at least one honest oracle
// has checked it. Readings that do not measure (first of a meter, new device, broken chain, reset register,
// implausible) become the new base without a leaf: what they cannot prove is not attested. A device that does not
// count on keeps its old base. Apart from all that, the next settlement report enters when f+1 observations carry it, so
// at least one honest oracle has recomputed it.
func (r Registry) Decide(previous Outcome, observations []Observation, faulty int) Outcome {
	entered, closed := tally(previous.Next, observations, faulty)
	settled := r.settled(previous, observations, faulty)
	if closed < 2*faulty+1 {
		return Outcome{Next: previous.Next, Last: previous.Last, Settled: settled}
	}
	next := Outcome{Next: previous.Next.Next(), Closed: len(previous.Last) > 0, Settled: settled}
	base := previous.Last
	for _, s := range entered {
		for len(base) > 0 && base[0].Meter < s.Meter {
			next.Last, base = append(next.Last, base[0]), base[1:]
		}
		if len(base) > 0 && base[0].Meter == s.Meter {
			earlier := base[0]
			base = base[1:]
			if s.Device == earlier.Device && s.Counter <= earlier.Counter {
				s = earlier
			} else if leaf, err := r.measure(earlier, s); err == nil {
				next.Leaves = append(next.Leaves, leaf)
			}
		}
		next.Last = append(next.Last, s)
	}
	next.Last = append(next.Last, base...)
	return next
}

// tally counts the observations that say the interval is closed, and returns the readings that f+1 hold, ascending
// by meter. Of a meter with two signed readings for one boundary it returns neither.
func tally(interval energy.Interval, observations []Observation, faulty int) (entered []meter.SignedReading, closed int) {
	votes := map[meter.Digest]int{}
	for _, o := range observations {
		if o.Interval != interval {
			continue
		}
		if o.Closed {
			closed++
		}
		for _, s := range o.Readings {
			digest := s.Digest()
			if votes[digest]++; votes[digest] == faulty+1 {
				entered = append(entered, s)
			}
		}
	}
	slices.SortFunc(entered, compareReadings)
	return single(entered), closed
}

// settled is the newest settlement report after the observations: the one of the number that follows which f+1 carry,
// else the one before. Of a number that two reports reach f+1 with it takes neither. Before the first any number
// follows, as a new configuration of the oracles goes on where the one before it stopped; the least comes first.
func (r Registry) settled(previous Outcome, observations []Observation, faulty int) SettlementReport {
	votes := map[SettlementReport]int{}
	var entered []SettlementReport
	for _, o := range observations {
		if o.Interval != previous.Next || !r.Follows(previous, o.Settled) {
			continue
		}
		if votes[o.Settled]++; votes[o.Settled] == faulty+1 {
			entered = append(entered, o.Settled)
		}
	}
	slices.SortFunc(entered, func(a, b SettlementReport) int { return cmp.Compare(a.Number, b.Number) })
	if len(entered) == 0 || len(entered) > 1 && entered[0].Number == entered[1].Number {
		return previous.Settled
	}
	return entered[0]
}

// Follows reports whether a settlement report of the zone may come next after an outcome.
func (r Registry) Follows(previous Outcome, next SettlementReport) bool {
	return next.Zone == r.Zone && next.Number > 0 && (previous.Settled.Number == 0 || next.Number == previous.Settled.Number+1)
}

// measure makes the leaf between two readings of a meter, or says why there is none.
func (r Registry) measure(earlier, later meter.SignedReading) (Leaf, error) {
	m, err := meter.Measure(earlier, later)
	if err != nil {
		return Leaf{}, err
	}
	registered, ok := r.Find(m.Meter)
	if !ok {
		return Leaf{}, fmt.Errorf("meter %s: not registered: %w", m.Meter, meter.ErrSignature)
	}
	if r.late(earlier) || r.late(later) || m.Until-m.Since != int64(r.Length) {
		m.Quality = meter.Late // the energy is true, its interval is not certain
	}
	span := r.span(earlier, later)
	for _, side := range []struct {
		energy energy.WattHours
		limit  energy.Watts
	}{{m.Export, registered.MaxExport}, {m.Import, registered.MaxImport}} {
		most, err := side.limit.Over(span)
		if err != nil {
			return Leaf{}, err
		}
		if side.energy > most+most/20+1 { // 5 % and 1 Wh: accuracy of meter and nameplate, resolution of the register
			return Leaf{}, fmt.Errorf("meter %s: %s in %s: %w", m.Meter, side.energy, span, ErrImplausible)
		}
	}
	return Leaf{Meter: m.Meter, Import: m.Import, Export: m.Export, Since: m.Since, Quality: m.Quality, Reading: later.Digest()}, nil
}

// span is the longest time the energy between two readings may stem from: between the instants at which the
// registers were read, as a register may trail what it counts by up to the tolerance, but not by more, or a device
// that is late each time would be credited with each delay twice. Check bounds how far the later end may reach.
func (r Registry) span(earlier, later meter.SignedReading) time.Duration {
	since := max(earlier.Boundary*1000, earlier.Taken-meter.Tolerance(r.Length).Milliseconds())
	return time.Duration(later.Taken-since) * time.Millisecond
}

// late reports whether the registers were read after the tolerance, whatever the agent says.
func (r Registry) late(s meter.SignedReading) bool {
	return s.Taken-s.Boundary*1000 > meter.Tolerance(r.Length).Milliseconds()
}

// Report is the report of the interval that the outcome closed; ok is false where it closed none.
func (o Outcome) Report(zone energy.Zone) (report Report, ok bool, err error) {
	if !o.Closed {
		return Report{}, false, nil
	}
	report, err = NewReport(zone, o.Next.Add(-1), 0, o.Leaves)
	return report, err == nil, err
}

// Genesis is the outcome before the first: first is the interval whose end gives every meter its base.
func Genesis(first energy.Interval) Outcome { return Outcome{Next: first} }

func compareMeters(a, b Registration) int { return strings.Compare(string(a.Meter), string(b.Meter)) }

// NewRegistry checks and sorts the registrations of a zone.
func NewRegistry(zone energy.Zone, length energy.Length, deadline time.Duration, meters []Registration) (Registry, error) {
	sorted := slices.SortedFunc(slices.Values(meters), compareMeters)
	for i, m := range sorted {
		if i > 0 && sorted[i-1].Meter == m.Meter {
			return Registry{}, fmt.Errorf("meter %s registered twice: %w", m.Meter, ErrMalformed)
		}
		if m.MaxExport < 0 || m.MaxExport > energy.MaxPower || m.MaxImport < 0 || m.MaxImport > energy.MaxPower {
			return Registry{}, fmt.Errorf("meter %s: nameplate: %w", m.Meter, energy.ErrRange)
		}
	}
	if !length.Valid() || deadline <= 0 || deadline > length.Duration() {
		return Registry{}, fmt.Errorf("deadline %s: %w", deadline, energy.ErrInterval)
	}
	return Registry{Zone: zone, Length: length, Deadline: deadline, Meters: sorted}, nil
}
