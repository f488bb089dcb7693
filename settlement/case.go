package settlement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// Key names one settlement of one delivery interval. A repeat under the same key is harmless.
type Key struct {
	Zone     energy.Zone
	Interval energy.Interval
	Run      uint32
}

// String prints the key for logs and errors.
func (k Key) String() string { return fmt.Sprintf("%s %s run %d", k.Zone, k.Interval, k.Run) }

// Trade is one match of the market.
type Trade struct {
	Sequence uint64 // of the command that caused it
	Index    uint16 // among the command's events
	Buyer    energy.Member
	Seller   energy.Member
	Quantity energy.WattHours // > 0
	Price    energy.Price
}

// TradeOf is the trade that a Traded event of the market's log tells of.
func TradeOf(e exchange.Event) Trade {
	return Trade{Sequence: e.Sequence, Index: e.Index, Buyer: e.Buyer(), Seller: e.Seller(), Quantity: e.Quantity, Price: e.Price}
}

func compareTrades(a, b Trade) int {
	switch {
	case a.Sequence != b.Sequence && a.Sequence < b.Sequence:
		return -1
	case a.Sequence != b.Sequence:
		return 1
	}
	return int(a.Index) - int(b.Index)
}

// Tariff is what the residual supplier and the network take and give in an interval.
type Tariff struct {
	Import  energy.Price // the supplier sells a missing kWh at this price
	Export  energy.Price // the supplier buys a surplus kWh at this price; at most Import
	Network energy.Price // charged for every imported kWh, >= 0
}

// Validate refuses a tariff with which a household could earn by deviating.
func (t Tariff) Validate() error {
	if !t.Import.Valid() || !t.Export.Valid() || !t.Network.Valid() || t.Network < 0 || t.Export > t.Import {
		return fmt.Errorf("tariff import %s export %s network %s: export must not exceed import: %w", t.Import, t.Export, t.Network, ErrCase)
	}
	return nil
}

// Case is everything a settlement depends on.
type Case struct {
	Key    Key
	Trades []Trade
	Leaves []oracle.Leaf                  // as attested
	Owner  map[energy.Meter]energy.Member // of every meter of the zone
	Tariff Tariff
}

// ErrCase is returned for a case that cannot be settled as it stands. Nothing is posted.
var ErrCase = problem.New(problem.Invalid, "cannot be settled")

// metered is the attested energy of a member over all of their meters.
type metered struct{ load, generated energy.WattHours }

// attested adds up the leaves by member.
func (c Case) attested() (map[energy.Member]metered, error) {
	sums := make(map[energy.Member]metered, len(c.Owner))
	seen := make(map[energy.Meter]bool, len(c.Leaves))
	for _, l := range c.Leaves {
		owner, ok := c.Owner[l.Meter]
		switch {
		case !ok:
			return nil, fmt.Errorf("%s: meter %s belongs to nobody: %w", c.Key, l.Meter, ErrCase)
		case seen[l.Meter]:
			return nil, fmt.Errorf("%s: meter %s attested twice: %w", c.Key, l.Meter, ErrCase)
		case !l.Import.Valid() || !l.Export.Valid():
			return nil, fmt.Errorf("%s: meter %s import %s export %s: %w", c.Key, l.Meter, l.Import, l.Export, ErrCase)
		}
		seen[l.Meter] = true
		m := sums[owner]
		m.load += l.Import
		m.generated += l.Export
		if !m.load.Valid() || !m.generated.Valid() {
			return nil, fmt.Errorf("%s: member %s: %w", c.Key, owner, energy.ErrRange)
		}
		sums[owner] = m
	}
	return sums, nil
}

// position is what a member traded in the interval.
type position struct{ bought, sold energy.WattHours }

func (c Case) positions() (map[energy.Member]position, error) {
	sums := make(map[energy.Member]position)
	for i, t := range c.Trades {
		if i > 0 && compareTrades(c.Trades[i-1], t) == 0 {
			return nil, fmt.Errorf("%s: trade %d.%d twice: %w", c.Key, t.Sequence, t.Index, ErrCase)
		}
		if t.Quantity <= 0 || !t.Quantity.Valid() || !t.Price.Valid() || t.Buyer == t.Seller {
			return nil, fmt.Errorf("%s: trade %d.%d: %w", c.Key, t.Sequence, t.Index, ErrCase)
		}
		b, s := sums[t.Buyer], sums[t.Seller]
		b.bought += t.Quantity
		s.sold += t.Quantity
		if !b.bought.Valid() || !s.sold.Valid() {
			return nil, fmt.Errorf("%s: trade %d.%d: %w", c.Key, t.Sequence, t.Index, energy.ErrRange)
		}
		sums[t.Buyer], sums[t.Seller] = b, s
	}
	return sums, nil
}

func sortedMembers(positions map[energy.Member]position, energies map[energy.Member]metered) []energy.Member {
	var members []energy.Member
	for m := range positions {
		members = append(members, m)
	}
	for m := range energies {
		if _, ok := positions[m]; !ok {
			members = append(members, m)
		}
	}
	slices.SortFunc(members, func(a, b energy.Member) int { return strings.Compare(string(a), string(b)) })
	return members
}
