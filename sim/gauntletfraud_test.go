package sim

import (
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

// The frauds in the order of the table. A liar lies consistently: what he adds to the register of his modules he adds
// to the register that he is paid by.
const (
	nightPower   = "night generation"
	nightBattery = "battery as solar, register told"
	duskBattery  = "battery as solar, hidden, at dusk"
	noonBattery  = "battery as solar, hidden, at noon"
	replayedDay  = "an old day signed anew"
	shiftedClock = "clock ahead by 0.5 to 3 h"
	twoPlants    = "double registration"
	theft        = "theft of 3 to 8 % of a feeder"
)

// overReports are the factors in hundredths, and how many homes use them in a round.
var overReports = []struct{ percent, homes int }{{110, 8}, {120, 2}, {130, 4}, {150, 2}, {200, 2}}

func overReport(percent int) string {
	return fmt.Sprintf("over-report ×%d.%d", percent/100, percent/10%10)
}

// cast takes the homes of a round in the order of a lottery.
type cast struct {
	g      *gauntlet
	seed   stream
	order  []int
	feeder []bool // which may have liars
}

// draw finds an honest home that fits, and makes it a fraud from some moment on.
func (c *cast) draw(fraud string, fits func(*record) bool) *record {
	for _, i := range c.order {
		r := c.g.homes[i]
		if c.feeder[i/perFeeder] && r.fraud == "" && fits(r) {
			r.fraud = fraud
			r.onset = int(c.seed.between(int64(i), float64(c.g.days)/2, float64(c.g.days)-8) * quarters)
			return r
		}
	}
	return nil
}

// plant copies the street and plants the frauds of a round. In the first feeders, three of ten, energy is stolen; in the
// last, two of ten, everybody is honest: a feeder's gap has one reason.
func (g *gauntlet) plant(round int) *gauntlet {
	honest := g
	g = g.clone()
	c := cast{g: g, seed: g.seed.sub(uint64(1000 + round)), feeder: make([]bool, len(g.stolen))}
	c.order = c.seed.shuffled(len(g.homes))
	for i := range c.feeder {
		c.feeder[i] = i >= c.thefts() && i < len(c.feeder)-len(c.feeder)/5
	}
	roof := func(r *record) bool { return r.plant.Peak > 0 }
	bare := func(r *record) bool { return r.plant.Peak == 0 }
	stored := func(r *record) bool { return r.plant.Capacity > 0 }
	alone := func(r *record) bool { return roof(r) && !stored(r) }
	c.each(3, nightPower, roof, c.lieAtNight)
	c.each(3, nightBattery, stored, func(r *record) { c.shift(r, 10, true) })
	c.each(3, duskBattery, alone, func(r *record) { c.shift(r, 16, false) })
	c.each(3, noonBattery, alone, func(r *record) { c.shift(r, 10, false) })
	for _, o := range overReports {
		c.each(o.homes, overReport(o.percent), roof, func(r *record) {
			r.lie(func(_ int, f oracle.Flows) energy.WattHours { return f.Solar * energy.WattHours(o.percent-100) / 100 })
		})
	}
	c.each(3, replayedDay, roof, c.repeat)
	c.each(4, shiftedClock, roof, func(r *record) { // it holds its readings back until they seem true
		r.advance(r.onset, len(r.flows), 2+c.seed.below(int64(r.onset), 11))
	})
	c.each(3, twoPlants, bare, c.double)
	for i := range c.thefts() {
		c.steal(i)
	}
	for i, r := range g.homes {
		for r.fraud != "" && r.flows[r.onset] == honest.homes[i].flows[r.onset] && r.pulse[r.onset] == honest.homes[i].pulse[r.onset] {
			r.onset++ // it begins with its first lie
		}
	}
	return g
}

func (c *cast) thefts() int { return len(c.g.stolen) * 3 / 10 }

func (c *cast) each(n int, fraud string, fits func(*record) bool, commit func(*record)) {
	for range n {
		if r := c.draw(fraud, fits); r != nil {
			commit(r)
		}
	}
}

// lie adds to what a home says, from the onset on.
func (r *record) lie(extra func(quarter int, f oracle.Flows) energy.WattHours) {
	for q := r.onset; q < len(r.flows); q++ {
		feed(&r.flows[q], extra(q, r.flows[q]))
	}
}

func (c *cast) lieAtNight(r *record) {
	r.lie(func(q int, _ oracle.Flows) energy.WattHours {
		if q%quarters < 3*4 || q%quarters >= 19*4 { // dark in March and April
			return energy.WattHours(c.seed.between(int64(q), 100, 600))
		}
		return 0
	})
}

// shift takes energy from the grid at night and gives it back as solar from an hour on, for two hours. It is real
// energy: only where it comes from is a lie. The battery's register tells of the way in, or there is none.
func (c *cast) shift(r *record, hour int, told bool) {
	const in, out = 400, 640 // Wh in a quarter
	for q := r.onset; q < len(r.flows); q++ {
		f := &r.flows[q]
		switch at := q % quarters; {
		case at < 4*4:
			f.Import += in
			r.wire[q] += in
			if told {
				f.Charged += in
			}
		case at >= hour*4 && at < hour*4+8:
			feed(f, out)
			r.wire[q] -= out
		}
	}
}

// repeat tells the best day of the past again, each day, with the frequency of today.
func (c *cast) repeat(r *record) {
	r.onset -= r.onset % quarters
	best, most := 0, energy.WattHours(-1)
	for d := range r.onset / quarters {
		if made := sum(r.solar(d)); made > most {
			best, most = d, made
		}
	}
	told := r.solar(best)
	r.lie(func(q int, f oracle.Flows) energy.WattHours { return told[q%quarters] - f.Solar })
}

// double registers the plant of another home once more, behind a meter of its own that rounds for itself.
func (c *cast) double(r *record) {
	for _, i := range c.order {
		if other := c.g.homes[i]; other.plant.Peak > 0 && other.fraud == "" {
			r.plant = other.plant
			r.lie(func(q int, _ oracle.Flows) energy.WattHours {
				return other.flows[q].Solar + energy.WattHours(c.seed.below(int64(q), 2))
			})
			return
		}
	}
}

// steal takes a constant power from a feeder past the meters.
func (c *cast) steal(feeder int) {
	var taken energy.WattHours
	for _, r := range c.g.feeder(feeder) {
		for _, f := range r.flows {
			taken += f.Import
		}
	}
	share := c.seed.between(int64(-1-feeder), 0.03, 0.08)
	for q := c.g.days / 2 * quarters; q < len(c.g.stolen[feeder]); q++ {
		c.g.stolen[feeder][q] = energy.WattHours(share * float64(taken) / float64(c.g.days*quarters))
	}
}

// solar is what a home says its modules made on a day, by quarter.
func (r *record) solar(day int) []energy.WattHours {
	series := make([]energy.WattHours, quarters)
	for i := range series {
		series[i] = r.flows[day*quarters+i].Solar
	}
	return series
}

func sum(series []energy.WattHours) (total energy.WattHours) {
	for _, e := range series {
		total += e
	}
	return total
}
