package autopilot

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
)

// Tariff is what the residual supplier pays and asks for energy: the prices a home gets without neighbours.
type Tariff struct {
	Export energy.Price // received per kWh
	Import energy.Price // paid per kWh, not below Export

	// Network is charged on every imported kWh, whoever sold it. It moves no price of an order, but a battery that avoids
	// an import avoids it too.
	Network energy.Price
}

// The margin of a home is the part of the tariff's spread that it wants to gain by trading, in 1/1000. Where the two
// margins of a pair sum to no more than the whole spread, in about three of five pairs, the neighbours meet at once; some
// others meet after they have moved their price.
const (
	leastMargin = 150
	mostMargin  = 800
)

// outlook puts prices to what a home is expected to do. Half of the energy is expected to meet a neighbour at the middle
// of the tariff, the other half the supplier.
func (c *Config) outlook(flows []flow) []Outlook {
	quarter := (c.Tariff.Import - c.Tariff.Export) / 4
	outlook := make([]Outlook, len(flows))
	for i, f := range flows {
		outlook[i] = Outlook{f.imported, f.exported, c.Tariff.Import - quarter + c.Tariff.Network, c.Tariff.Export + quarter}
	}
	return outlook
}

// intervals is how many of them plans look ahead.
func (c *Config) intervals() int {
	return max(1, int(c.Horizon/c.Rules.Length.Duration()))
}

// planned is how many intervals must be planned to know the next position of a home: an inverter on its own does not
// look ahead.
func (c *Config) planned(h Home) int {
	if h.Battery.Controlled {
		return c.intervals()
	}
	return 1
}

// margin is fixed by the member's name, so that it is the same after every restart and differs between neighbours.
func margin(member energy.Member) energy.Price {
	name := member.Bytes()
	sum := sha256.Sum256(append([]byte("wattle/autopilot-margin/1"), name[:]...))
	return leastMargin + energy.Price(binary.BigEndian.Uint32(sum[:])%(mostMargin-leastMargin+1))
}

// stagger spreads the homes over the first half of the time for placing orders: a fixed part of it in 1/1000, by name.
func stagger(member energy.Member) time.Duration {
	name := member.Bytes()
	sum := sha256.Sum256(append([]byte("wattle/autopilot-stagger/1"), name[:]...))
	return time.Duration(binary.BigEndian.Uint32(sum[:]) % 1000)
}

// opening is the price a home first asks or bids: its margin away from the tariff, never beyond its limit. It reports
// false where the limit leaves no price the market allows.
func (c *Config) opening(h Home, side exchange.Side) (energy.Price, bool) {
	gain := (c.Tariff.Import - c.Tariff.Export) * margin(h.Member) / 1000
	if side == exchange.Sell {
		return c.within(h, side, c.Tariff.Export+gain)
	}
	return c.within(h, side, c.Tariff.Import-gain)
}

// moves is how often an order that nobody takes moves its price before the gate closes.
const moves = 3

// price is what a home asks or bids after some moves: it goes from the opening to the middle of the tariff in equal
// steps, and stays where it opened on the other's side of the middle. It reports false where there is no opening.
func (c *Config) price(h Home, side exchange.Side, moved int64) (energy.Price, bool) {
	opening, ok := c.opening(h, side)
	middle := (c.Tariff.Import + c.Tariff.Export) / 2
	way := (middle - opening) * energy.Price(moved) / moves
	if side == exchange.Sell {
		way = min(0, way)
	} else {
		way = max(0, way)
	}
	if !ok || way == 0 {
		return opening, ok
	}
	return c.within(h, side, opening+way)
}

// better reports whether a price is one that the other side would rather trade at than before.
func better(side exchange.Side, price, before energy.Price) bool {
	return side == exchange.Sell && price < before || side == exchange.Buy && price > before
}

// within rounds a price to the market's tick in the home's favour and keeps it within its limit and the collar.
func (c *Config) within(h Home, side exchange.Side, price energy.Price) (energy.Price, bool) {
	tick := c.Rules.Tick
	if side == exchange.Sell {
		price = -floor(-max(price, h.SellAtLeast, c.Rules.MinPrice), tick)
		return price, price <= c.Rules.MaxPrice
	}
	price = floor(min(price, h.BuyAtMost, c.Rules.MaxPrice), tick)
	return price, price >= c.Rules.MinPrice
}

// floor is the largest multiple of tick that is not above p.
func floor(p, tick energy.Price) energy.Price {
	over := p % tick
	if over < 0 {
		over += tick
	}
	return p - over
}

// clientID names the order of a home for an interval: SHA-256 over domain, member (32), start (u64) and attempt (u32),
// cut to 16 bytes.
func clientID(member energy.Member, iv energy.Interval, attempt uint32) exchange.ClientID {
	name := member.Bytes()
	b := append([]byte("wattle/autopilot-order/1"), name[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(iv.StartUnix()))
	sum := sha256.Sum256(binary.BigEndian.AppendUint32(b, attempt))
	return exchange.ClientID(sum[:16])
}
