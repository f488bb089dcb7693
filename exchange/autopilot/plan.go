package autopilot

import (
	"fmt"

	"github.com/wattle/wattle/energy"
)

// Battery is a home's storage. The zero value is none.
type Battery struct {
	Capacity energy.WattHours
	Reserve  energy.WattHours // charge that is never given
	Power    energy.Watts     // at the terminals, in either direction
	OneWay   int64            // what one direction leaves, in 1/1000; 0 means 959, which makes 92 % of both

	// Controlled says that somebody carries out the set points of Plan. Otherwise the home's own inverter decides: it
	// stores what is left over and gives what is lacking, and the plan foretells just that.
	Controlled bool
}

// defaultOneWay is common of lithium batteries with their own inverter: 0.959² = 92 %.
const defaultOneWay = 959

func (b Battery) validate() error {
	switch {
	case b.Capacity < 0 || b.Capacity > maxFlow || b.Reserve < 0 || b.Reserve > b.Capacity:
		return fmt.Errorf("battery of %s with a reserve of %s: use 0 to %s, the reserve being part of it", b.Capacity, b.Reserve, maxFlow)
	case b.Power < 0 || b.Power > energy.MaxPower || b.Capacity > 0 && b.Power == 0:
		return fmt.Errorf("battery of %s: it needs a positive power", b.Power)
	case b.OneWay < 0 || b.OneWay > 1000:
		return fmt.Errorf("battery keeps %d of 1000: use 1 to 1000", b.OneWay)
	}
	return nil
}

func (b Battery) oneWay() energy.WattHours {
	if b.OneWay == 0 {
		return defaultOneWay
	}
	return energy.WattHours(b.OneWay)
}

// Outlook is what is expected of an interval.
type Outlook struct {
	Need    energy.WattHours // of the home without its battery
	Surplus energy.WattHours // likewise; both may happen within an interval
	Buy     energy.Price     // what an imported kWh is expected to cost, with all charges
	Sell    energy.Price     // what an exported one is expected to earn
}

// Step is one interval of a plan.
type Step struct {
	SetPoint energy.Watts     // mean power of the battery, > 0 discharging
	Import   energy.WattHours // position at the connection point: what is to be bought
	Export   energy.WattHours // likewise: what is to be sold
	Charge   energy.WattHours // of the battery at the end
}

// Plan is what a home will do.
type Plan struct {
	Steps []Step
	Cost  energy.Money // of all intervals, less the worth of the charge that is left
}

// PlanBattery plans a battery with the given charge over the outlook, of which each interval has the given length. What
// is left in the battery at the end is worth that price per kWh. An uncontrolled battery does what its inverter does;
// for a controlled one the cheapest way is found by dynamic programming over levels of charge, and taken unless the
// inverter alone would do better. Needs, surpluses and the capacity are at most 1 MWh.
func PlanBattery(b Battery, charge energy.WattHours, outlook []Outlook, worth energy.Price, length energy.Length) Plan {
	alone := selfConsumption(b, charge, outlook, worth, length)
	if !b.Controlled || b.Capacity == 0 {
		return alone
	}
	if best := optimise(b, charge, outlook, worth, length, chargeLevels); best.Cost < alone.Cost {
		return best
	}
	return alone
}

// perInterval is the most energy that passes the terminals in an interval.
func (b Battery) perInterval(length energy.Length) energy.WattHours {
	return min(energy.WattHours(b.Power)*energy.WattHours(length)/3600, maxFlow)
}

// alone is what the inverter makes of an interval by itself: first it stores what is left over, then it gives what is
// lacking, and the battery never trades with the grid.
func (b Battery) alone(o flow, charge, most energy.WattHours) (grid flow, after energy.WattHours) {
	taken := min(o.exported, most, max(0, b.Capacity-charge)*1000/b.oneWay())
	charge += taken * b.oneWay() / 1000
	given := min(o.imported, most-taken, max(0, charge-b.Reserve)*b.oneWay()/1000)
	charge -= (given*1000 + b.oneWay() - 1) / b.oneWay()
	return flow{o.imported - given, o.exported - taken}, charge
}

func selfConsumption(b Battery, charge energy.WattHours, outlook []Outlook, worth energy.Price, length energy.Length) Plan {
	p := Plan{Steps: make([]Step, len(outlook))}
	most := b.perInterval(length)
	for i, o := range outlook {
		home := flow{o.Need, o.Surplus}
		var grid flow
		grid, charge = b.alone(home, charge, most)
		p.Steps[i] = Step{power(home.net()-grid.net(), length), grid.imported, grid.exported, charge}
		p.Cost += o.Buy.Cost(grid.imported) - o.Sell.Cost(grid.exported)
	}
	p.Cost -= worth.Cost(max(0, charge-b.Reserve))
	return p
}

// power is the mean power of an energy that is given in an interval.
func power(e energy.WattHours, length energy.Length) energy.Watts {
	return energy.Watts(e * 3600 / energy.WattHours(length))
}

// chargeLevels is how finely a plan sees the charge: a fortieth of the battery, about a quarter kWh.
const chargeLevels = 40

// optimise finds the cheapest way through the levels of charge by dynamic programming, backwards in time. Of two equal
// ways it takes the one that moves the charge less.
func optimise(b Battery, charge energy.WattHours, outlook []Outlook, worth energy.Price, length energy.Length, levels int) Plan {
	cost := make([]energy.Money, levels+1) // from an interval's start to the end, by level
	for i := range cost {
		cost[i] = -worth.Cost(b.level(i, levels) - b.Reserve)
	}
	most := b.perInterval(length)
	next := make([][]int, len(outlook)) // the level to go to, by interval and level
	for t := len(outlook) - 1; t >= 0; t-- {
		before := make([]energy.Money, levels+1)
		next[t] = make([]int, levels+1)
		for from := range before {
			before[from], next[t][from] = b.cheapest(outlook[t], from, levels, most, cost)
		}
		cost = before
	}
	at := 0
	for at < levels && b.level(at+1, levels) <= charge {
		at++
	}
	p := Plan{Steps: make([]Step, len(outlook)), Cost: cost[at]}
	for t, o := range outlook {
		to := next[t][at]
		out, _ := b.terminals(b.level(to, levels)-b.level(at, levels), most)
		grid := o.Need - o.Surplus - out
		p.Steps[t] = Step{power(out, length), max(0, grid), max(0, -grid), b.level(to, levels)}
		at = to
	}
	return p
}

// level is the charge of a level: the reserve is the lowest.
func (b Battery) level(i, levels int) energy.WattHours {
	return b.Reserve + (b.Capacity-b.Reserve)*energy.WattHours(i)/energy.WattHours(levels)
}

// terminals is the energy that the battery gives for a change of charge, < 0 where it takes. It reports false for more
// than passes in an interval.
func (b Battery) terminals(change, most energy.WattHours) (energy.WattHours, bool) {
	if change > 0 {
		in := (change*1000 + b.oneWay() - 1) / b.oneWay()
		return -in, in <= most
	}
	out := -change * b.oneWay() / 1000
	return out, out <= most
}

// cheapest is the best level to go to in one interval, given what everything after it costs.
func (b Battery) cheapest(o Outlook, from, levels int, most energy.WattHours, after []energy.Money) (best energy.Money, to int) {
	try := func(level int) bool {
		out, ok := b.terminals(b.level(level, levels)-b.level(from, levels), most)
		if !ok {
			return false
		}
		if cost := o.cost(out) + after[level]; level == from || cost < best {
			best, to = cost, level
		}
		return true
	}
	try(from)
	for up := from + 1; up <= levels && try(up); up++ {
	}
	for down := from - 1; down >= 0 && try(down); down-- {
	}
	return best, to
}

// cost of an interval in which the battery gives out.
func (o Outlook) cost(out energy.WattHours) energy.Money {
	grid := o.Need - o.Surplus - out
	if grid < 0 {
		return o.Sell.Cost(grid)
	}
	return o.Buy.Cost(grid)
}
