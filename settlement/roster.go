package settlement

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

// flows is energy over all meters of a member.
type flows struct{ load, generated energy.WattHours }

// party is a member and what settlement knows of it in the interval.
type party struct {
	member       energy.Member
	attested     flows // by a quorum
	metered      flows // attested, and the substitutes for meters that were not
	bought, sold energy.WattHours
}

// roster is the parties of a case by number, so that a million of them are looked up by name only once. Trades are in
// log order, and buyer and seller hold the numbers of the parties of each.
type roster struct {
	number        map[energy.Member]uint32
	parties       []party
	ascending     []uint32 // all numbers, in the order of the names
	trades        []Trade
	buyer, seller []uint32
	class         []Class        // of each trade; empty where no class has a price of its own
	estimated     []energy.Meter // ascending
}

// newRoster reads a case. It returns ErrCase or energy.ErrRange for what cannot be settled.
func newRoster(c *Case) (*roster, error) {
	r := &roster{number: make(map[energy.Member]uint32, len(c.Owner)), parties: make([]party, 0, len(c.Owner))}
	if err := r.attest(c); err != nil {
		return nil, err
	}
	if err := r.trade(c); err != nil {
		return nil, err
	}
	r.ascending = make([]uint32, len(r.parties))
	for i := range r.ascending {
		r.ascending[i] = uint32(i)
	}
	slices.SortFunc(r.ascending, func(a, b uint32) int {
		return strings.Compare(string(r.parties[a].member), string(r.parties[b].member))
	})
	return r, nil
}

// of is the number of a member, a new one for a new member.
func (r *roster) of(m energy.Member) uint32 {
	n, ok := r.number[m]
	if !ok {
		n = uint32(len(r.parties))
		r.number[m] = n
		r.parties = append(r.parties, party{member: m})
	}
	return n
}

// attest adds up the leaves and substitutes by member.
func (r *roster) attest(c *Case) error {
	leaves := inOrder(c.Leaves, func(a, b oracle.Leaf) int { return cmp.Compare(a.Meter, b.Meter) })
	for i, l := range leaves {
		if i > 0 && leaves[i-1].Meter == l.Meter {
			return fmt.Errorf("%s: meter %s attested twice: %w", c.Key, l.Meter, ErrCase)
		}
		p, err := r.measure(c, l.Meter, l.Import, l.Export)
		if err != nil {
			return err
		}
		p.attested = p.metered // substitutes come later
	}
	substitutes := inOrder(c.Substitutes, func(a, b Substitute) int { return cmp.Compare(a.Meter, b.Meter) })
	for i, s := range substitutes {
		if i > 0 && substitutes[i-1].Meter == s.Meter {
			return fmt.Errorf("%s: meter %s substituted twice: %w", c.Key, s.Meter, ErrCase)
		}
		_, attested := slices.BinarySearchFunc(leaves, s.Meter, func(l oracle.Leaf, m energy.Meter) int { return cmp.Compare(l.Meter, m) })
		if attested {
			continue
		}
		if _, err := r.measure(c, s.Meter, s.Import, s.Export); err != nil {
			return err
		}
		r.estimated = append(r.estimated, s.Meter)
	}
	return nil
}

// measure adds a meter's energy to its owner's.
func (r *roster) measure(c *Case, m energy.Meter, load, generated energy.WattHours) (*party, error) {
	owner, ok := c.Owner[m]
	switch {
	case !ok:
		return nil, fmt.Errorf("%s: meter %s belongs to nobody of the zone: %w", c.Key, m, ErrCase)
	case !load.Valid() || !generated.Valid():
		return nil, fmt.Errorf("%s: meter %s import %s export %s: %w", c.Key, m, load, generated, ErrCase)
	}
	p := &r.parties[r.of(owner)]
	p.metered.load += load
	p.metered.generated += generated
	if !p.metered.load.Valid() || !p.metered.generated.Valid() {
		return nil, fmt.Errorf("%s: member %s: %w", c.Key, owner, energy.ErrRange)
	}
	return p, nil
}

// trade adds up the trades by member.
func (r *roster) trade(c *Case) error {
	r.trades = inOrder(c.Trades, compareTrades)
	r.buyer, r.seller = make([]uint32, len(r.trades)), make([]uint32, len(r.trades))
	if len(c.Tariff.Local) > 0 {
		r.class = make([]Class, len(r.trades))
	}
	for i, t := range r.trades {
		if i > 0 && compareTrades(r.trades[i-1], t) == 0 {
			return fmt.Errorf("%s: trade %d.%d twice: %w", c.Key, t.Sequence, t.Index, ErrCase)
		}
		if t.Quantity <= 0 || !t.Quantity.Valid() || !t.Price.Valid() || t.Buyer == t.Seller {
			return fmt.Errorf("%s: trade %d.%d of %s at %s by %s from %s: %w", c.Key, t.Sequence, t.Index, t.Quantity, t.Price,
				t.Buyer, t.Seller, ErrCase)
		}
		b, s := r.of(t.Buyer), r.of(t.Seller)
		r.buyer[i], r.seller[i] = b, s
		if r.class != nil {
			r.class[i] = c.Distance[Pair{t.Buyer, t.Seller}]
		}
		r.parties[b].bought += t.Quantity
		r.parties[s].sold += t.Quantity
		if !r.parties[b].bought.Valid() || !r.parties[s].sold.Valid() {
			return fmt.Errorf("%s: trade %d.%d: %w", c.Key, t.Sequence, t.Index, energy.ErrRange)
		}
	}
	return nil
}

// inOrder is the list in order: itself where it is already, else a sorted copy.
func inOrder[T any](list []T, compare func(a, b T) int) []T {
	if slices.IsSortedFunc(list, compare) {
		return list
	}
	return slices.SortedFunc(slices.Values(list), compare)
}
