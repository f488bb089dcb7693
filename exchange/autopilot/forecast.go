package autopilot

import (
	"slices"

	"github.com/wattle/wattle/energy"
)

// The voices of a forecast.
const (
	nowVoice   = iota // what the home does in the interval that is not over
	lastVoice         // what it did in the last one measured
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

// opinion asks every voice about an interval. now is the mean of the running interval, where something is known of it.
func (f *forecaster) opinion(number int64, now flow, nowKnown bool) opinion {
	o := opinion{number: number}
	o.flow[nowVoice], o.known[nowVoice] = now, nowKnown && now.plausible()
	// The last interval is no guide when it is long ago.
	if last, ok := f.at(f.newest); ok && number-f.newest <= mostGap {
		o.flow[lastVoice], o.known[lastVoice] = last, true
	}
	o.flow[usualVoice], o.known[usualVoice] = f.expect(number)
	return o
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

// blend is the mean of the voices, each weighed by the inverse square of its usual error. A voice that was never judged
// counts like the last interval, or as the present where that was not judged either. It reports false without a voice.
func (f *forecaster) blend(o opinion) (flow, bool) {
	var sum flow
	var weights energy.WattHours
	least := maxFlow
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
		weight := 1 + 1000*least/e*least/e
		weights += weight
		sum.imported += o.flow[v].imported * weight
		sum.exported += o.flow[v].exported * weight
	}
	if weights == 0 {
		return flow{}, false
	}
	return sum.scaled(1, weights), true
}

func (f *forecaster) error(v int) energy.WattHours {
	switch {
	case f.judged[v]:
		return min(f.missed[v]/16, maxFlow) + slack
	case f.judged[lastVoice]:
		return min(f.missed[lastVoice]/16, maxFlow) + slack
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
