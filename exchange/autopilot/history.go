package autopilot

import (
	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
)

// flow is the energy of one interval on one line: both may happen within it, and neither is ever negative.
type flow struct{ imported, exported energy.WattHours }

// net is > 0 for import.
func (f flow) net() energy.WattHours { return f.imported - f.exported }

// scaled is the flow times part in whole parts.
func (f flow) scaled(part, whole energy.WattHours) flow {
	return flow{f.imported * part / whole, f.exported * part / whole}
}

// plausible reports whether a flow can be of a home: it bounds every sum and product of this package.
func (f flow) plausible() bool {
	return f.imported >= 0 && f.imported <= maxFlow && f.exported >= 0 && f.exported <= maxFlow
}

// maxFlow is more than a home moves in an interval: 1 MWh.
const maxFlow energy.WattHours = 1_000_000

const (
	daysKept = 7         // what a home did a week ago tells little more about tomorrow than yesterday does
	daySpan  = 24 * 3600 // s, UTC: a quarter hour of the day is one by the sun, and knows no summer time
)

// history is what a home did in each interval of the last days. Its memory is bounded: one ring of daysKept days and
// one day more, for the day that is not over. Intervals are named by their number since 1970.
type history struct {
	length energy.Length
	ring   []past
	newest int64 // the latest interval known
}

// past is one interval of a history.
type past struct {
	number int64
	known  bool
	flow
}

// day is the number of intervals of a UTC day.
func (h *history) day() int64 { return daySpan / int64(h.length) }

// put remembers an interval. What is older than the ring is dropped.
func (h *history) put(number int64, f flow) {
	if h.ring == nil {
		h.ring = make([]past, (daysKept+1)*h.day())
	}
	if number <= h.newest-int64(len(h.ring)) || number < 0 || !f.plausible() {
		return
	}
	h.ring[number%int64(len(h.ring))] = past{number, true, f}
	h.newest = max(h.newest, number)
}

func (h *history) at(number int64) (flow, bool) {
	if h.ring == nil || number < 0 {
		return flow{}, false
	}
	p := h.ring[number%int64(len(h.ring))]
	return p.flow, p.known && p.number == number
}

// usual is the mean of the same time of recent days, of which yesterday counts most: an interval d days ago counts
// daysKept+1-d times, twice where it is the very one and once where it is a neighbour, because households are not
// punctual. It uses nothing later than newest, and reports false where none of these days is known.
func (h *history) usual(number int64) (flow, bool) {
	var sum flow
	var weights energy.WattHours
	first := (number - h.newest + h.day() - 1) / h.day() // whole days back until it is the past
	for d := max(first, 1); d < max(first, 1)+daysKept; d++ {
		for _, near := range []int64{-1, 0, 1} {
			f, ok := h.at(number - d*h.day() + near)
			if !ok {
				continue
			}
			weight := energy.WattHours(max(first, 1) + daysKept - d)
			if near == 0 {
				weight *= 2
			}
			weights += weight
			sum.imported += f.imported * weight
			sum.exported += f.exported * weight
		}
	}
	if weights == 0 {
		return flow{}, false
	}
	return sum.scaled(1, weights), true
}

// The sun of a day is known by the last hours of it. A window that moves, instead of one that begins at midnight,
// serves zones where midnight UTC is at noon.
const (
	sunWindow = 6 * 3600                // s
	leastSun  = energy.WattHours(100)   // exported in the window, below which a ratio says nothing
	mostSun   = 3 * energy.WattHours(1) // times the usual: a clear day after a week of rain
)

// sun is what was exported in the hours before now and what is usual for these hours, the day's part of the usual.
func (h *history) sun() (today, usual energy.WattHours) {
	for n := h.newest; n > h.newest-sunWindow/int64(h.length); n-- {
		f, ok := h.at(n)
		u, known := h.usualBefore(n)
		if ok && known {
			today, usual = today+f.exported, usual+u.exported
		}
	}
	if usual < leastSun {
		return 1, 1
	}
	return min(today, mostSun*usual), usual
}

// usualBefore is the usual of an interval that is known already, from the days before it.
func (h *history) usualBefore(number int64) (flow, bool) {
	before := *h
	before.newest = number - 1
	return before.usual(number)
}

// expect is the usual of an interval under today's sun.
func (h *history) expect(number int64) (flow, bool) {
	f, ok := h.usual(number)
	if !ok {
		return flow{}, false
	}
	today, usual := h.sun()
	f.exported = min(f.exported*today/usual, maxFlow)
	return f, true
}

// mostGap is how many intervals one measurement may cover to be divided among them; a longer one says nothing about
// any of them.
const mostGap = 4

// measured divides the energy between two readings evenly among the intervals between them. It returns none where the
// readings do not tell.
func measured(earlier, later meter.SignedReading, length energy.Length) (first int64, flows []flow) {
	m, err := meter.Measure(earlier, later)
	n := (m.Until - m.Since) / int64(length)
	if err != nil || n < 1 || n > mostGap || m.Since%int64(length) != 0 || m.Until%int64(length) != 0 {
		return 0, nil
	}
	for range n {
		flows = append(flows, flow{m.Import, m.Export}.scaled(1, energy.WattHours(n)))
	}
	return m.Since / int64(length), flows
}
