package autopilot

import (
	"slices"

	"github.com/wattle/wattle/energy"
)

// The voices of a forecast.
const (
	nowVoice   = iota // what the home does in the interval that is not over
	trendVoice        // the same, with the sun going on to rise or fall as it did since the interval before
	slopeVoice        // the same, changed as it usually changes at that time of day
	lastVoice         // what the home did in the last interval measured
	usualVoice        // what it usually does at that time of day, under today's sun
	voices
)

// opinion is what each voice says about one interval.
type opinion struct {
	number int64
	flow   [voices]flow
	known  [voices]bool
}

// forecaster foretells what one line of a home will carry. Its voices weigh by how well each did lately: the present
// is the better guide for the next quarter hour of a house at night, the same hour of yesterday for a roof at sunrise.
type forecaster struct {
	history
	missed  [voices]energy.WattHours // moving mean of the absolute error, 16 times
	judged  [voices]bool
	pending [8]opinion // until the interval is measured; by number
}

// slack keeps a voice that was right by chance from being the only one, in Wh.
const slack = 8

// opinion asks the voices about an interval. now is the mean of the running interval, where something is known of it;
// the last two voices speak only where nothing is, because they know less.
func (f *forecaster) opinion(number int64, now flow, nowKnown bool) opinion {
	o := opinion{number: number}
	last, lastKnown := f.at(f.newest)
	lastKnown = lastKnown && number-f.newest <= mostGap // it is no guide when it is long ago
	if !nowKnown || !now.plausible() {
		o.flow[lastVoice], o.known[lastVoice] = last, lastKnown
		o.flow[usualVoice], o.known[usualVoice] = f.expect(number)
		return o
	}
	o.flow[nowVoice], o.known[nowVoice] = now, true
	if lastKnown {
		going := flow{now.imported, max(0, min(maxFlow, 2*now.exported-last.exported))}
		o.flow[trendVoice], o.known[trendVoice] = going, true
	}
	o.flow[slopeVoice], o.known[slopeVoice] = f.slope(number, now)
	return o
}

// leastSlope is the least usual export from which a factor is taken: below it a cloud of some day would make it.
const leastSlope energy.WattHours = 20

// slope changes now as what is usual changes from the running interval to the given one: an import by the difference,
// because habits add to each other, an export by the factor, at most 2, because clouds dim.
func (f *forecaster) slope(number int64, now flow) (flow, bool) {
	here, ok := f.usual(number - 1)
	there, known := f.usual(number)
	if !ok || !known {
		return flow{}, false
	}
	s := flow{max(0, min(maxFlow, now.imported+there.imported-here.imported)), now.exported}
	if here.exported >= leastSlope {
		s.exported = min(maxFlow, now.exported*min(there.exported, 2*here.exported)/here.exported)
	}
	return s, true
}

// keep remembers an opinion, to be judged when its interval is measured.
func (f *forecaster) keep(o opinion) { f.pending[o.number%int64(len(f.pending))] = o }

// judge lets the voices learn how wrong they were about an interval, and remembers the interval.
func (f *forecaster) judge(number int64, was flow) {
	o := f.pending[max(0, number)%int64(len(f.pending))]
	f.put(number, was)
	if o.number != number {
		return
	}
	for v := range voices {
		if !o.known[v] {
			continue
		}
		wrong := magnitude(o.flow[v].imported-was.imported) + magnitude(o.flow[v].exported-was.exported)
		if !f.judged[v] {
			f.judged[v], f.missed[v] = true, 16*wrong
			continue
		}
		f.missed[v] += wrong - f.missed[v]/16
	}
}

// blend is the mean of the voices, each weighed by the inverse fourth power of its usual error: nearly the best one, and
// the mean of those that are nearly as good. A voice that was never judged counts like the present, or like the others
// where that was not judged either. It reports false without a voice.
func (f *forecaster) blend(o opinion) (flow, bool) {
	var sum flow
	var weights energy.WattHours
	least := maxFlow + slack
	for v := range voices {
		if o.known[v] {
			least = min(least, f.error(v))
		}
	}
	for v := range voices {
		if !o.known[v] {
			continue
		}
		e := f.error(v)
		weight := 1000 * least / e * least / e
		weight = 1 + weight*weight/1000
		weights += weight
		sum.imported += o.flow[v].imported * weight
		sum.exported += o.flow[v].exported * weight
	}
	if weights == 0 {
		return flow{}, false
	}
	return sum.scaled(1, weights), true
}

// error is how wrong a voice usually is, in Wh.
func (f *forecaster) error(v int) energy.WattHours {
	switch {
	case f.judged[v]:
		return min(f.missed[v]/16, maxFlow) + slack
	case f.judged[nowVoice]:
		return min(f.missed[nowVoice]/16, maxFlow) + slack
	}
	return slack
}

// fading is how many intervals ahead the present still counts for anything: two hours of quarter hours.
const fading = 8

// horizon foretells count intervals from the one of o on: the first as blend says, then less and less of the present and
// more of the usual. Where nothing is usual yet, the present is taken to last.
func (f *forecaster) horizon(o opinion, count int) ([]flow, bool) {
	first, ok := f.blend(o)
	if !ok {
		return nil, false
	}
	flows := []flow{first}
	today, usual := f.sun()
	for n := 1; n < count; n++ {
		u, known := f.usual(o.number + int64(n))
		if !known {
			u = first
		} else {
			u.exported = min(u.exported*today/usual, maxFlow)
		}
		present := energy.WattHours(max(0, fading-n))
		flows = append(flows, flow{
			(first.imported*present + u.imported*(fading-present)) / fading,
			(first.exported*present + u.exported*(fading-present)) / fading,
		})
	}
	return flows, true
}

// confidence is what became of forecasts of one direction: the ratio of measured to forecast energy in 1/1000, of the
// latest ones. It tells how much of a forecast can be promised.
type confidence struct {
	ratios []int64 // a ring, once it is full
	next   int
}

const (
	ratiosKept = 96
	mostRatio  = 2000 // what exceeds twice the forecast says no more than twice
)

// beginnersRatios are presumed before anything was measured: a first day is as likely to disappoint as not.
var beginnersRatios = []int64{0, 300, 500, 700, 800, 900, 1000, 1100}

func newConfidence() confidence { return confidence{ratios: slices.Clone(beginnersRatios)} }

// learn takes in a forecast that was worth an order, and what was measured.
func (c *confidence) learn(forecast, was energy.WattHours) {
	ratio := min(int64(was)*1000/int64(forecast), mostRatio)
	if len(c.ratios) < ratiosKept {
		c.ratios = append(c.ratios, ratio)
		return
	}
	c.ratios[c.next] = ratio
	c.next = (c.next + 1) % ratiosKept
}

// share is the part of a forecast, in 1/1000, that was not reached in chance of 1000 cases.
func (c *confidence) share(chance int64) int64 {
	sorted := slices.Sorted(slices.Values(c.ratios))
	return sorted[min(int64(len(sorted))-1, max(0, chance)*int64(len(sorted))/1000)]
}

func magnitude(e energy.WattHours) energy.WattHours { return max(e, -e) }
