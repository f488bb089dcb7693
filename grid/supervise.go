package grid

import (
	"cmp"
	"math"
	"slices"

	"github.com/wattle/wattle/energy"
)

// Quantity is something that is supervised.
type Quantity uint8

const (
	// Voltage is the mean voltage of a phase, pu; 0.90 to 1.10 by EN 50160.
	Voltage Quantity = iota
	// VoltageUnbalance is the ratio of negative to positive sequence; up to 0.02 by EN 50160.
	VoltageUnbalance
	// BranchLoading is the current of a branch as a part of its rating; up to 1.
	BranchLoading
	// ReverseFlow is the power from low to high voltage as a part of the transformer's rating.
	ReverseFlow
)

// Sample is one value of an interval, with the band it should keep.
type Sample struct {
	Quantity  Quantity
	Element   string
	Value     float64
	Low, High float64
	Estimated bool // not measured
}

// Violation is the time during which one quantity of one element left its band.
type Violation struct {
	Quantity  Quantity
	Element   string
	First     energy.Interval // it began with this one
	Last      energy.Interval // and lasted to the end of this one
	Worst     float64         // value farthest outside
	Limit     float64         // the side of the band it was farthest outside of
	Estimated bool            // at least one value was not measured
}

// Supervision turns samples into violations. It is deterministic and remembers only what is going on.
type Supervision struct {
	open []Violation // ordered by quantity and element
}

// Observe takes the samples of one interval and returns the violations that ended before it, in order. A violation goes
// on only through intervals that follow one another; an element without a sample ends its own.
func (s *Supervision) Observe(interval energy.Interval, samples []Sample) (ended []Violation) {
	var going []Violation
	for _, x := range samples {
		over := max(x.Value-x.High, x.Low-x.Value)
		if !(over > 0) {
			continue
		}
		v := Violation{Quantity: x.Quantity, Element: x.Element, First: interval, Last: interval, Worst: x.Value, Limit: x.High, Estimated: x.Estimated}
		if x.Value < x.Low {
			v.Limit = x.Low
		}
		if i := slices.IndexFunc(s.open, v.same); i >= 0 && s.open[i].Last.Next() == interval {
			before := s.open[i]
			v.First, v.Estimated = before.First, v.Estimated || before.Estimated
			if math.Abs(before.Worst-before.Limit) > over {
				v.Worst, v.Limit = before.Worst, before.Limit
			}
			s.open = slices.Delete(s.open, i, i+1)
		}
		going = append(going, v)
	}
	ended = s.open
	slices.SortStableFunc(going, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(a.Quantity, b.Quantity), cmp.Compare(a.Element, b.Element))
	})
	s.open = going
	return ended
}

func (v Violation) same(other Violation) bool {
	return v.Quantity == other.Quantity && v.Element == other.Element
}

// Open lists the violations that go on, by quantity and element.
func (s *Supervision) Open() []Violation { return slices.Clone(s.open) }

// Supply is how a week of ten-minute means of one voltage compares with EN 50160: 95 % within ±10 % of the nominal
// value, all between −15 % and +10 %. Means that are not known do not count.
type Supply struct {
	Known   int
	Within  int // ±10 %
	Lowest  float64
	Highest float64
}

// Add counts one mean, pu; NaN is not known.
func (s *Supply) Add(vpu float64) {
	if !finite(vpu) {
		return
	}
	if s.Known == 0 {
		s.Lowest, s.Highest = vpu, vpu
	}
	s.Known++
	s.Lowest, s.Highest = min(s.Lowest, vpu), max(s.Highest, vpu)
	if vpu >= 0.90 && vpu <= 1.10 {
		s.Within++
	}
}

// Compliant reports whether the supply kept the standard, as far as it is known.
func (s *Supply) Compliant() bool {
	return s.Known == 0 || s.Within*100 >= s.Known*95 && s.Lowest >= 0.85 && s.Highest <= 1.10
}
