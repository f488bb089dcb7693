package autopilot

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/meter"
)

// Tariff is what the residual supplier pays and asks for energy: the prices a home gets without neighbours.
type Tariff struct {
	Export energy.Price // received per kWh
	Import energy.Price // paid per kWh, not below Export
}

// The margin of a home is the part of the tariff's spread that it wants to gain by trading, in 1/1000. Where the two
// margins of a pair sum to no more than the whole spread, in about three of five pairs, the neighbours meet at once; some
// others meet after they have moved their price.
const (
	leastMargin = 150
	mostMargin  = 800
)

// forecast is a home's net energy in the next interval, > 0 for import: two parts of what the grid meter shows now and
// one part of what it measured last, where that is known. Tomorrow's weather is in neither, but for the next quarter
// hour persistence is hard to beat. It reports false where the values cannot be of a home.
func forecast(now energy.Watts, last energy.WattHours, known bool, length time.Duration) (energy.WattHours, bool) {
	net, err := now.Over(length)
	if err != nil || !plausible(net) || known && !plausible(last) {
		return 0, false
	}
	if known {
		net = (2*net + last) / 3
	}
	return net, true
}

func plausible(net energy.WattHours) bool { return net >= -energy.MaxEnergy && net <= energy.MaxEnergy }

// netOf is the net energy per interval between two readings of a meter, or false where they do not tell.
func netOf(earlier, later meter.SignedReading, length energy.Length) (energy.WattHours, bool) {
	m, err := meter.Measure(earlier, later)
	if err != nil || !m.Import.Valid() || !m.Export.Valid() {
		return 0, false
	}
	return (m.Import - m.Export) * energy.WattHours(length) / energy.WattHours(m.Until-m.Since), true
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

// concession is the price halfway from price to the middle of the tariff, for an order nobody has taken. It reports
// false where that would not be better for the other side.
func (c *Config) concession(h Home, side exchange.Side, price energy.Price) (energy.Price, bool) {
	middle := (c.Tariff.Import + c.Tariff.Export) / 2
	next, ok := c.within(h, side, (price+middle)/2)
	if side == exchange.Sell {
		return next, ok && next < price
	}
	return next, ok && next > price
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
