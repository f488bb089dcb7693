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
	resting                // the order waits in the book
	replacing              // the order was taken back, and its rest is to be placed at a better price
	done                   // filled, or hopeless
)

// trader is one home's progress with one interval. It belongs to the goroutine of Run.
type trader struct {
	home     Home
	stagger  time.Duration // 1/1000 of schedule.spread
	interval energy.Interval
	phase    phase
	attempt  uint32
	traded   energy.WattHours // of orders taken back
	order    exchange.Command // as placed, or to be placed where replacing
}

// next is what the home wants to say to the market now, if anything. A command that got no answer is said again with
// the same id. The estimate is asked for where it is needed.
func (t *trader) next(c *Config, at schedule, estimate func() (estimate, bool)) (exchange.Command, bool) {
	if t.interval != at.interval {
		*t = trader{home: t.home, stagger: t.stagger, interval: at.interval}
	}
	switch t.phase {
	case waiting:
		if at.now.Before(at.place.Add(at.spread * t.stagger / 1000)) {
			return exchange.Command{}, false
		}
		if e, ok := estimate(); ok {
			return t.first(c, at, e)
		}
	case resting:
		price, ok := c.price(t.home, t.order.Side, at.moved)
		if ok && better(t.order.Side, price, t.order.Price) {
			return exchange.Command{Kind: exchange.Cancel, Member: t.home.Member, ClientID: t.order.ClientID}, true
		}
	case replacing:
		return t.order, true
	}
	return exchange.Command{}, false
}

// first is the order for an estimate: to sell or to buy, whichever is more.
func (t *trader) first(c *Config, at schedule, e estimate) (exchange.Command, bool) {
	var order exchange.Command
	for _, side := range []exchange.Side{exchange.Buy, exchange.Sell} {
		price, ok := c.price(t.home, side, at.moved)
		if quantity := c.sure(e, side, price); ok && quantity >= c.MinQuantity && quantity > order.Quantity {
			order.Side, order.Price, order.Quantity = side, price, quantity
		}
	}
	if order.Quantity == 0 {
		return exchange.Command{}, false
	}
	t.place(order.Side, order.Price, min(order.Quantity, c.Rules.MaxQuantity))
	return t.order, true
}

func (t *trader) place(side exchange.Side, price energy.Price, quantity energy.WattHours) {
	t.order = exchange.Command{
		Kind: exchange.Place, Interval: t.interval, Member: t.home.Member, ClientID: clientID(t.home.Member, t.interval, t.attempt),
		Side: side, Price: price, Quantity: quantity,
	}
}

// learn takes in what the market answered to a command. The estimate is asked for where it is needed.
func (t *trader) learn(c *Config, at schedule, said exchange.Command, events []exchange.Event, estimate func() (estimate, bool)) {
	first := events[0]
	left, _ := exchange.Left(events, first.Order)
	switch {
	case said.Kind == exchange.Cancel:
		t.phase = done // filled meanwhile, or taken back by someone else
		if first.Kind == exchange.Cancelled {
			t.replace(c, at, first, estimate)
		}
	case first.Reason == exchange.UnknownInterval && t.phase == waiting && t.attempt < maxAttempts:
		t.attempt++ // the book opens a little later; the id is used up
	case left > 0 && (first.Kind == exchange.Accepted || first.Reason == exchange.DuplicateID || first.Reason == exchange.ReusedID):
		t.phase = resting
	default:
		t.phase = done
	}
}

// replace prepares the rest of a cancelled order for its next price. What the order was is what the market says: after
// a restart it may not be what would be placed now. It never becomes more than was cancelled, so that what a home has
// ordered and traded is never more than its first order, whatever was forgotten; it becomes less where the home expects
// less by now.
func (t *trader) replace(c *Config, at schedule, gone exchange.Event, estimate func() (estimate, bool)) {
	price, ok := c.price(t.home, gone.Side, at.moved)
	if !ok || !better(gone.Side, price, gone.Price) {
		price = gone.Price
	}
	quantity := gone.Quantity
	t.traded += max(0, t.order.Quantity-gone.Quantity)
	if e, ok := estimate(); ok {
		quantity = min(quantity, c.sure(e, gone.Side, price)-t.traded)
	}
	if quantity < min(c.MinQuantity, gone.Quantity) {
		return
	}
	t.attempt++
	t.place(gone.Side, price, quantity)
	t.phase = replacing
}

// schedule is what the clock says about the interval that is traded next.
type schedule struct {
	now      time.Time
	interval energy.Interval
	place    time.Time     // the first homes place their orders
	spread   time.Duration // how much later the last ones do
	moved    int64         // how often an order that nobody took has moved its price by now
}

func (c *Config) schedule(now time.Time) schedule {
	iv := energy.IntervalAt(now.Add(c.GateLead), c.Rules.Length).Next()
	gate := iv.Start().Add(-c.GateLead)
	moved := int64(0)
	for moved < moves && !now.Before(gate.Add(-c.Reprice+c.Reprice*time.Duration(moved)/moves)) {
		moved++
	}
	return schedule{now: now, interval: iv, place: gate.Add(-c.Ahead), spread: c.Ahead / 2, moved: moved}
}
