package autopilot

import (
	"slices"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/meter"
)

// feed is what was heard of one home, and what is made of it.
type feed struct {
	config *Config
	home   Home

	live    meter.Live // zero before the first
	running sums       // of live values, in the interval of the last one
	passed  sums       // in the interval before

	reading meter.SignedReading // zero before the first
	grid    forecaster          // the connection point, as measured
	base    forecaster          // the home without its battery, where there is one and it is heard of

	promised  [8]promise // forecasts of the connection point, until they are measured; by number
	buy, sell confidence
}

// promise is the latest forecast of an interval.
type promise struct {
	number int64
	flow
}

func newFeed(c *Config, h Home) *feed {
	f := &feed{config: c, home: h, buy: newConfidence(), sell: newConfidence()}
	f.grid.length, f.base.length = c.Rules.Length, c.Rules.Length
	return f
}

// sums are live powers in W, added up over the samples of one interval.
type sums struct {
	number             int64
	count              int64
	imported, exported int64
	charged, given     int64
}

// mean is the energy of a whole interval at the mean power of its samples: at the connection point, and of the home
// without its battery.
func (s sums) mean(length energy.Length) (grid, base flow, ok bool) {
	if s.count == 0 {
		return flow{}, flow{}, false
	}
	whole := func(watts int64) energy.WattHours { return energy.WattHours(watts / s.count * int64(length) / 3600) }
	grid = flow{whole(s.imported), whole(s.exported)}
	base = flow{grid.imported + whole(s.given), grid.exported + whole(s.charged)}
	return grid, base, grid.plausible() && base.plausible()
}

// mostPower is more than a home draws; beyond it a live value is an error. It bounds the sums.
const mostPower = energy.Watts(maxFlow)

func (s *sums) add(l meter.Live) {
	if l.Grid < -mostPower || l.Grid > mostPower || l.Battery < -mostPower || l.Battery > mostPower {
		return
	}
	s.count++
	s.imported += int64(max(0, l.Grid))
	s.exported += int64(max(0, -l.Grid))
	s.charged += int64(max(0, -l.Battery))
	s.given += int64(max(0, l.Battery))
}

// hear takes in a home's present state.
func (f *feed) hear(l meter.Live) {
	if l.At < f.live.At {
		return
	}
	f.live = l
	if number := l.At / 1000 / int64(f.config.Rules.Length); number != f.running.number {
		f.passed, f.running = f.running, sums{number: number}
	}
	if l.Reachable {
		f.running.add(l)
	}
}

// learn takes in a signed reading: what was forecast for its interval is judged, and what is known without live values
// of the interval that is traded next is forecast, so that a log of readings alone teaches how far to trust it.
func (f *feed) learn(r meter.SignedReading) {
	if r.Device == f.reading.Device && r.Counter <= f.reading.Counter {
		return
	}
	first, flows := measured(f.reading, r, f.config.Rules.Length)
	f.reading = r
	for i, was := range flows {
		f.judge(first+int64(i), was)
	}
	if flows == nil {
		return
	}
	at := f.config.schedule(time.Unix(r.Boundary, 0))
	number := at.interval.StartUnix() / int64(f.config.Rules.Length)
	o := f.grid.opinion(number, flow{}, false)
	f.grid.keep(o)
	if position, ok := f.grid.blend(o); ok {
		f.promise(number, position)
	}
}

// judge compares an interval that was measured with what was said of it, and remembers it.
func (f *feed) judge(number int64, was flow) {
	f.grid.judge(number, was)
	if base, ok := f.without(number, was); ok {
		f.base.judge(number, base)
	}
	p := f.promised[number%int64(len(f.promised))]
	if p.number != number {
		return
	}
	if p.imported >= f.config.MinQuantity {
		f.buy.learn(p.imported, was.imported)
	}
	if p.exported >= f.config.MinQuantity {
		f.sell.learn(p.exported, was.exported)
	}
}

// without is what the home would have drawn in a measured interval without its battery, where live values told what
// the battery did.
func (f *feed) without(number int64, was flow) (flow, bool) {
	if f.home.Battery.Capacity == 0 {
		return flow{}, false
	}
	for _, s := range []sums{f.running, f.passed} {
		if grid, base, ok := s.mean(f.config.Rules.Length); ok && s.number == number {
			return flow{was.imported + base.imported - grid.imported, was.exported + base.exported - grid.exported}, true
		}
	}
	return flow{}, false
}

func (f *feed) promise(number int64, position flow) {
	f.promised[number%int64(len(f.promised))] = promise{number, position}
}

// estimate is what a home is expected to do in an interval, and how sure that is.
type estimate struct {
	flow
	buy, sell confidence
}

// estimate forecasts the interval that is traded next. It reports false where nothing is known that is worth an order:
// a home that is silent, or was for too long.
func (f *feed) estimate(at schedule) (estimate, bool) {
	plan, ok := f.plan(at, f.config.planned(f.home))
	if !ok {
		return estimate{}, false
	}
	position := flow{plan.Steps[0].Import, plan.Steps[0].Export}
	f.promise(at.interval.StartUnix()/int64(f.config.Rules.Length), position)
	return estimate{position, confidence{ratios: slices.Clone(f.buy.ratios)}, confidence{ratios: slices.Clone(f.sell.ratios)}}, true
}

// plan is what the home will do in count intervals from the one that is traded next. The battery is taken to have the
// charge then that it has now: until the interval begins it only gets nearer to being full or empty, so that the home
// promises rather less than it will export or import.
func (f *feed) plan(at schedule, count int) (Plan, bool) {
	age := at.now.Sub(time.UnixMilli(f.live.At))
	grid, base, ok := f.running.mean(f.config.Rules.Length)
	if f.live.At == 0 || !f.live.Reachable || age > f.config.MaxAge || !ok {
		return Plan{}, false
	}
	number := at.interval.StartUnix() / int64(f.config.Rules.Length)
	o := f.grid.opinion(number, grid, true)
	f.grid.keep(o)
	battery := f.home.Battery
	if battery.Capacity == 0 || f.live.Charge < 0 {
		flows, _ := f.grid.horizon(o, count)
		return PlanBattery(Battery{}, 0, f.config.outlook(flows), 0, f.config.Rules.Length), true
	}
	o = f.base.opinion(number, base, true)
	f.base.keep(o)
	flows, _ := f.base.horizon(o, count)
	outlook := f.config.outlook(flows)
	charge := battery.Capacity * energy.WattHours(min(f.live.Charge, 1000)) / 1000
	return PlanBattery(battery, charge, outlook, outlook[0].Sell, f.config.Rules.Length), true
}

// sure is how much of the forecast a home can promise at a price: the more a kWh earns over the supplier's price, the
// more it pays to be wrong about some. A promised Wh earns the distance of the price from the supplier's, and costs
// what is left of the tariff's spread if it does not come; so it is worth promising while the chance that it fails is
// below the first part of the spread (the newsvendor's rule).
func (c *Config) sure(e estimate, side exchange.Side, price energy.Price) energy.WattHours {
	gain, expected, trust := price-c.Tariff.Export, e.exported, e.sell
	if side == exchange.Buy {
		gain, expected, trust = c.Tariff.Import-price, e.imported, e.buy
	}
	spread := c.Tariff.Import - c.Tariff.Export
	if spread == 0 {
		return 0
	}
	chance := max(0, min(1000, int64(gain)*1000/int64(spread)))
	promised := expected * energy.WattHours(trust.share(chance)) / 1000
	return promised - promised%max(1, c.Rules.Lot)
}
