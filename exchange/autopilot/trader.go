package autopilot

import (
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
)

// maxAttempts bounds the ids used up for one interval while its book is not open yet.
const maxAttempts = 50

// phase is how far a home has got with one interval.
type phase uint8

const (
	waiting   phase = iota // nothing is placed yet
	resting                // the order waits in the book, at its first price
	replacing              // the order was taken back, and its rest is to be placed at a better price
	done                   // filled, moved once, or hopeless
)

// trader is one home's progress with one interval. It belongs to the goroutine of Run.
type trader struct {
	home     Home
	stagger  time.Duration // 1/1000 of schedule.spread
	interval energy.Interval
	phase    phase
	attempt  uint32
	order    exchange.Command // as placed, or to be placed where replacing
}

// next is what the home wants to say to the market now, if anything. A command that got no answer is said again with
// the same id.
func (t *trader) next(c *Config, at schedule, net energy.WattHours, known bool) (exchange.Command, bool) {
	if t.interval != at.interval {
		t.interval, t.phase, t.attempt = at.interval, waiting, 0
	}
	switch t.phase {
	case waiting:
		if at.now.Before(at.place.Add(at.spread*stagger(t.home.Member)/1000)) || !known {
			return exchange.Command{}, false
		}
		return t.first(c, net)
	case resting:
		if _, better := c.concession(t.home, t.order.Side, t.order.Price); better && !at.now.Before(at.reprice) {
			return exchange.Command{Kind: exchange.Cancel, Member: t.home.Member, ClientID: t.order.ClientID}, true
		}
	case replacing:
		return t.order, true
	}
	return exchange.Command{}, false
}

// first is the order for a forecast: sell a surplus, buy a need.
func (t *trader) first(c *Config, net energy.WattHours) (exchange.Command, bool) {
	side, quantity := exchange.Buy, net
	if net < 0 {
		side, quantity = exchange.Sell, -net
	}
	price, ok := c.opening(t.home, side)
	if !ok || quantity < c.MinQuantity {
		return exchange.Command{}, false
	}
	t.order = exchange.Command{
		Kind: exchange.Place, Interval: t.interval, Member: t.home.Member, ClientID: clientID(t.home.Member, t.interval, t.attempt),
		Side: side, Price: price, Quantity: min(quantity, c.Rules.MaxQuantity),
	}
	return t.order, true
}

// learn takes in what the market answered to a command.
func (t *trader) learn(c *Config, said exchange.Command, events []exchange.Event) {
	first, last := events[0], events[len(events)-1]
	switch {
	case said.Kind == exchange.Cancel:
		t.phase = done // filled meanwhile, or taken back by someone else
		if first.Kind == exchange.Cancelled {
			t.replace(c, first)
		}
	case first.Reason == exchange.UnknownInterval && t.phase == waiting && t.attempt < maxAttempts:
		t.attempt++ // the book opens a little later; the id is used up
	case t.phase == waiting && last.Rest > 0 && (first.Kind == exchange.Accepted || first.Reason == exchange.DuplicateID):
		t.phase = resting
	default:
		t.phase = done
	}
}

// replace prepares the rest of a cancelled order for its second and last price. What the order was is what the market
// says: after a restart it may not be what would be placed now.
func (t *trader) replace(c *Config, gone exchange.Event) {
	price, better := c.concession(t.home, gone.Side, gone.Price)
	if !better {
		price = gone.Price
	}
	t.attempt++
	t.order = exchange.Command{
		Kind: exchange.Place, Interval: t.interval, Member: t.home.Member, ClientID: clientID(t.home.Member, t.interval, t.attempt),
		Side: gone.Side, Price: price, Quantity: gone.Quantity,
	}
	t.phase = replacing
}

// schedule is what the clock says about the interval that is traded next.
type schedule struct {
	now      time.Time
	interval energy.Interval
	place    time.Time     // the first homes place their orders
	spread   time.Duration // how much later the last ones do
	reprice  time.Time     // orders nobody took move their price
}

func (c *Config) schedule(now time.Time) schedule {
	iv := energy.IntervalAt(now.Add(c.GateLead), c.Rules.Length).Next()
	gate := iv.Start().Add(-c.GateLead)
	return schedule{now: now, interval: iv, place: gate.Add(-c.Ahead), spread: c.Ahead / 2, reprice: gate.Add(-c.Reprice)}
}
