package exchange

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/wattle/wattle/energy"
)

// worth is a sum of quantities at prices, in 128 bits: it cannot overflow.
type worth struct {
	high int64
	low  uint64
}

// add counts what energy is worth to a member: to a buyer its limit, to a seller its limit less.
func (w *worth) add(side Side, limit energy.Price, quantity energy.WattHours) {
	value := int64(limit.Cost(quantity))
	if side == Sell {
		value = -value
	}
	w.sum(worth{value >> 63, uint64(value)})
}

func (w *worth) sum(other worth) {
	low, carry := bits.Add64(w.low, other.low, 0)
	w.low = low
	w.high += other.high + int64(carry)
}

// money is the sum, or the largest amount where it does not fit.
func (w worth) money() energy.Money {
	switch {
	case w.high == 0 && w.low < 1<<63, w.high == -1 && w.low >= 1<<63:
		return energy.Money(w.low)
	case w.high < 0:
		return -1 << 63
	}
	return 1<<63 - 1
}

// Surplus is what an interval's trades were worth to those who made them beyond what the energy cost: buyers' limits
// less sellers' limits.
type Surplus struct {
	Reached energy.Money // by the trades; at the largest amount where it does not fit
	Optimum energy.Money // the most that any matching of the same orders reaches: that of a perfect competitive market
	Share   int64        // of the optimum that was reached, in millionths; 1,000,000 where there was nothing to reach
}

// Surplus compares an interval's trades with the competitive optimum of the same orders, or returns false where the view
// knows no book. An order counts with what it traded and what it would still have traded: what rests, what expired and
// what found nobody at once, but not what was cancelled.
func (v *View) Surplus(iv energy.Interval) (Surplus, bool) {
	b := v.book(iv)
	if b == nil {
		return Surplus{}, false
	}
	var reached worth
	var bids, asks []Level
	for _, o := range b.orders {
		reached.add(o.Side, o.Price, o.Traded)
		quantity := o.Traded + o.Rest + o.wanted
		if quantity == 0 {
			continue
		}
		if o.Side == Buy {
			bids = append(bids, Level{Price: o.Price, Quantity: quantity})
		} else {
			asks = append(asks, Level{Price: o.Price, Quantity: quantity})
		}
	}
	optimum := optimum(bids, asks)
	return Surplus{Reached: reached.money(), Optimum: optimum.money(), Share: share(reached, optimum)}, true
}

// optimum matches the highest bids with the lowest asks as long as both gain.
func optimum(bids, asks []Level) (total worth) {
	slices.SortFunc(bids, func(a, b Level) int { return cmp.Compare(b.Price, a.Price) })
	slices.SortFunc(asks, func(a, b Level) int { return cmp.Compare(a.Price, b.Price) })
	for len(bids) > 0 && len(asks) > 0 && bids[0].Price > asks[0].Price {
		quantity := min(bids[0].Quantity, asks[0].Quantity)
		total.addWide(bids[0].Price-asks[0].Price, quantity)
		if bids[0].Quantity -= quantity; bids[0].Quantity == 0 {
			bids = bids[1:]
		}
		if asks[0].Quantity -= quantity; asks[0].Quantity == 0 {
			asks = asks[1:]
		}
	}
	return total
}

// addWide adds the product of two amounts that are not negative.
func (w *worth) addWide(price energy.Price, quantity energy.WattHours) {
	high, low := bits.Mul64(uint64(price), uint64(quantity))
	w.sum(worth{int64(high), low})
}

// share is reached/optimum in millionths.
func share(reached, optimum worth) int64 {
	const whole = 1_000_000
	if optimum == (worth{}) || optimum.high < 0 {
		return whole
	}
	if reached.high < 0 {
		return 0
	}
	shift := 64 - bits.LeadingZeros64(uint64(optimum.high)) // both to 64 bits
	if shift > 0 {
		optimum.low = optimum.low>>shift | uint64(optimum.high)<<(64-shift)
		reached.low = reached.low>>shift | uint64(reached.high)<<(64-shift)
	} else if reached.high > 0 {
		return whole
	}
	high, low := bits.Mul64(reached.low, whole)
	if high >= optimum.low {
		return whole
	}
	quotient, _ := bits.Div64(high, low, optimum.low)
	return int64(min(quotient, whole))
}
