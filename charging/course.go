package charging

import (
	"time"

	"github.com/wattle/wattle/energy"
)

// Share is the energy of a session within one delivery interval.
type Share struct {
	Interval energy.Interval
	Energy   energy.WattHours
}

// Intervals says how much was charged in each delivery interval: differences of the register, which between two meter values is taken
// to rise evenly. They add up to Energy exactly. Intervals without energy are left out.
func (s *Session) Intervals(length energy.Length) []Share {
	var shares []Share
	for _, p := range s.Periods(length) {
		iv := energy.IntervalAt(p.Start, length)
		switch n := len(shares); {
		case p.Energy == 0:
		case n > 0 && shares[n-1].Interval == iv:
			shares[n-1].Energy += p.Energy
		default:
			shares = append(shares, Share{iv, p.Energy})
		}
	}
	return shares
}

// Periods is the session's course for its tariff: cut where something happened and at the ends of delivery intervals.
func (s *Session) Periods(length energy.Length) []Period {
	var periods []Period
	for i := 1; i < len(s.marks); i++ {
		from, to := s.marks[i-1], s.marks[i]
		at, count := from.at, from.count
		for {
			end := min(to.at, energy.IntervalAt(time.Unix(at, 0), length).EndUnix())
			reached := to.count
			if end < to.at {
				reached = from.count + (to.count-from.count)*energy.WattHours(end-from.at)/energy.WattHours(to.at-from.at)
			}
			if end > at || reached > count {
				periods = append(periods, Period{time.Unix(at, 0).UTC(), time.Unix(end, 0).UTC(), reached - count, from.parking})
			}
			if at, count = end, reached; at == to.at {
				break
			}
		}
	}
	if len(periods) == 0 && len(s.marks) > 0 { // it began and ended at once: the fee is due all the same
		at := time.Unix(s.marks[0].at, 0).UTC()
		periods = append(periods, Period{Start: at, End: at})
	}
	return periods
}
