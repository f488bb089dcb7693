package exchange

import "github.com/wattle/wattle/energy"

// Check says why no market under these rules would ever take an order or an amendment, whatever its state, or NoReason
// where that is the market's to say. Who asks before a command enters a log keeps nonsense out of it.
func (r Rules) Check(c Command) Reason {
	if c.Kind != Place && c.Kind != Amend {
		return NoReason
	}
	if c.Type == AtMarket && c.Kind == Place {
		c.Price = r.anyPrice(c.Side)
	}
	switch {
	case c.ClientID == (ClientID{}) || !named(c.Member):
		return BadCommand
	case c.GoodTill < 0 || c.Kind == Place && !c.wellFormed():
		return BadCommand
	case c.Kind == Place && c.Interval.Length() != r.Length:
		return MisalignedInterval
	}
	if why := r.fits(c.Price, c.Quantity); why != NoReason {
		return why
	}
	if c.GoodTill > maxTime {
		return Overflow
	}
	return NoReason
}

// wellFormed reports whether an order is one at all.
func (c *Command) wellFormed() bool {
	return c.Side.Valid() && c.Type.Valid() && c.SelfTrade.Valid() && c.GoodTill >= 0
}

// fits checks price and quantity against the rules.
func (r *Rules) fits(price energy.Price, quantity energy.WattHours) Reason {
	switch {
	case quantity > energy.MaxEnergy || price > energy.MaxPrice || price < -energy.MaxPrice:
		return Overflow
	case quantity <= 0 || quantity > r.MaxQuantity:
		return BadQuantity
	case quantity < r.least():
		return BelowMinimum
	case r.Lot > 1 && quantity%r.Lot != 0:
		return OffLot
	case price < r.MinPrice || price > r.MaxPrice:
		return PriceOutsideCollar
	case price%r.Tick != 0:
		return PriceOffTick
	}
	return NoReason
}

// anyPrice is the price that trades with every other.
func (r *Rules) anyPrice(side Side) energy.Price {
	low, high := r.ticks()
	if side == Sell {
		return low * r.Tick
	}
	return high * r.Tick
}
