package main

import (
	"slices"

	"github.com/wattle/wattle/energy"
)

const (
	buy  = "buy"
	sell = "sell"
)

// depth is what waits in one book, own orders included.
type depth struct {
	bids, asks map[energy.Price]energy.WattHours
}

func newDepth() *depth {
	return &depth{map[energy.Price]energy.WattHours{}, map[energy.Price]energy.WattHours{}}
}

// take replaces the levels that an update names.
func (d *depth) take(b book) {
	for levels, offers := range map[*map[energy.Price]energy.WattHours][]offer{&d.bids: b.Bids, &d.asks: b.Asks} {
		for _, o := range offers {
			if q := wh(o.Quantity); q > 0 {
				(*levels)[price(o.Price)] = q
			} else {
				delete(*levels, price(o.Price))
			}
		}
	}
}

// limits are the prices between which it pays to trade: those of the supplier, within what the market takes.
type limits struct {
	low, high, tick energy.Price
}

// quote is what to offer on one side; a size of 0 is nothing.
type quote struct {
	price energy.Price
	size  energy.WattHours
}

// quotes are what to offer in a book around the middle of what others offer. held is what was bought less what was sold.
func (s settings) quotes(l limits, others depth, held energy.WattHours) (bid, ask quote) {
	bestBid, isBid := best(others.bids, false)
	bestAsk, isAsk := best(others.asks, true)
	middle := (l.low + l.high) / 2
	switch {
	case isBid && isAsk:
		middle = (bestBid + bestAsk) / 2
	case isBid:
		middle = max(middle, bestBid)
	case isAsk:
		middle = min(middle, bestAsk)
	}
	bid.price, ask.price = middle-s.spread/2, middle+s.spread/2
	if isAsk {
		bid.price = min(bid.price, bestAsk-l.tick)
	}
	if isBid {
		ask.price = max(ask.price, bestBid+l.tick)
	}
	bid.price = down(min(max(bid.price, l.low), l.high-l.tick), l.tick)
	ask.price = down(min(max(ask.price, l.low+l.tick), l.high), l.tick)
	bid.size = max(0, min(s.size, s.most-held))
	ask.size = max(0, min(s.size, s.most+held))
	return bid, ask
}

// down rounds to a multiple of tick that is not greater.
func down(p, tick energy.Price) energy.Price {
	rest := p % tick
	if rest < 0 {
		rest += tick
	}
	return p - rest
}

func best(levels map[energy.Price]energy.WattHours, lowest bool) (energy.Price, bool) {
	var prices []energy.Price
	for p, q := range levels {
		if q > 0 {
			prices = append(prices, p)
		}
	}
	if len(prices) == 0 {
		return 0, false
	}
	if lowest {
		return slices.Min(prices), true
	}
	return slices.Max(prices), true
}

// without is the depth less the bot's own orders.
func (d *depth) without(own []order) depth {
	others := newDepth()
	for p, q := range d.bids {
		others.bids[p] = q
	}
	for p, q := range d.asks {
		others.asks[p] = q
	}
	for _, o := range own {
		if o.Side == buy {
			others.bids[price(o.Price)] -= wh(o.Rest)
		} else {
			others.asks[price(o.Price)] -= wh(o.Rest)
		}
	}
	return *others
}
