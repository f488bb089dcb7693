package oracle

import (
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
// does. Readings that do not measure (first of a meter, broken chain, reset register, implausible) become the new
// base without a leaf: what they cannot prove is not attested.
func (r Registry) Decide(previous Outcome, observations []Observation, faulty int) Outcome {
	next := Outcome{Next: previous.Next, Last: previous.Last}
	closed := 0
	votes := map[meter.Digest]int{}
	var candidates []meter.SignedReading
	for _, o := range observations {
		if o.Interval != previous.Next {
			continue
		}
		if o.Closed {
			closed++
		}
		for _, s := range o.Readings {
			digest := s.Digest()
			if votes[digest]++; votes[digest] == faulty+1 {
				candidates = append(candidates, s)
			}
		}
	}
	if closed < 2*faulty+1 {
		return next
	}
	slices.SortFunc(candidates, compareReadings)
	next.Closed = len(previous.Last) > 0
	next.Next = previous.Next.Next()
	next.Last = nil
	base := previous.Last
	for i := 0; i < len(candidates); {
		s := candidates[i]
		same := 1
		for i+same < len(candidates) && candidates[i+same].Meter == s.Meter {
			same++
		}
		i += same
		for len(base) > 0 && base[0].Meter < s.Meter {
			next.Last, base = append(next.Last, base[0]), base[1:]
		}
		if same > 1 {
			continue // two signed readings for one boundary: neither counts, the old base stays
		}
		if len(base) > 0 && base[0].Meter == s.Meter {
			if leaf, err := r.measure(base[0], s); err == nil {
				next.Leaves = append(next.Leaves, leaf)
			}
			base = base[1:]
		}
		next.Last = append(next.Last, s)
	}
	next.Last = append(next.Last, base...)
	return next
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
	// A reading may be late by the tolerance at its far end, so the span that the energy may stem from is wider.
	span := time.Duration(later.Taken-earlier.Boundary*1000) * time.Millisecond
	for _, side := range []struct {
		energy energy.WattHours
		limit  energy.Watts
	}{{m.Export, registered.MaxExport}, {m.Import, registered.MaxImport}} {
		most, err := side.limit.Over(span)
		if err != nil {
			return Leaf{}, err
		}
		if side.energy > most+most/20+1 {
			return Leaf{}, fmt.Errorf("meter %s: %s in %s: %w", m.Meter, side.energy, span, ErrImplausible)
		}
	}
	return Leaf{Meter: m.Meter, Import: m.Import, Export: m.Export, Since: m.Since, Quality: m.Quality, Reading: later.Digest()}, nil
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
