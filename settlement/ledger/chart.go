package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement"
)

// The upper bits of an account's number, its class, say what it holds and what its balance may be.
const (
	classShift = 28
	anyBalance = 0
	noDebt     = 1 // never negative
	noClaim    = 2 // never positive
	ofEnergy   = 4 // else of money
	classes    = 8
)

// class returns the class of an account of the chart, or false for one that the chart does not have.
func class(h settlement.Holding) (int, bool) {
	energyAsset := h.Asset == settlement.EnergyAsset
	switch h.Account.Kind {
	case settlement.MemberAccount:
		if energyAsset {
			return ofEnergy | noDebt, true
		}
		return anyBalance, true
	case settlement.SupplierAccount, settlement.NetworkAccount, settlement.PlatformAccount, settlement.LevyAccount, settlement.TaxAccount:
		return anyBalance, !energyAsset
	case settlement.CollateralAccount:
		return noDebt, !energyAsset
	case settlement.EscrowAccount:
		return noClaim, !energyAsset
	case settlement.IssuanceAccount:
		return ofEnergy | noClaim, energyAsset
	}
	return 0, false
}

// chart knows the numbers of a zone's accounts. Accounts are never changed and never removed, so what it knows stays true.
type chart struct {
	// numbers by kind, asset and owner: a map by a string is three times as fast as one by a struct
	numbers [settlement.CollateralAccount + 1][settlement.EnergyAsset + 1]map[energy.Member]int32
	next    [classes]int32 // the number that the next account of a class will have
}

func newChart() *chart {
	c := &chart{}
	for kind := range c.numbers {
		for asset := range c.numbers[kind] {
			c.numbers[kind][asset] = map[energy.Member]int32{}
		}
	}
	for i := range c.next {
		c.next[i] = int32(i) << classShift
	}
	return c
}

// of returns the number of an account, and false for one that is not open.
func (c *chart) of(a *settlement.Account, asset settlement.Asset) (int32, bool) {
	number, ok := c.numbers[a.Kind][asset][a.Owner]
	return number, ok
}

// set gives an account its number.
func (c *chart) set(h settlement.Holding, number int32) {
	c.numbers[h.Account.Kind][h.Asset][h.Account.Owner] = number
}

// refresh takes in the accounts that others have opened.
func (c *chart) refresh(ctx context.Context, tx pgx.Tx, zone energy.Zone) error {
	for i := range c.next {
		rows, err := tx.Query(ctx, `SELECT number, kind, owner, asset FROM account
			WHERE zone = $1 AND number >= $2 AND number <= $3 ORDER BY number`, zone, c.next[i], int32(i)<<classShift|(1<<classShift-1))
		if err != nil {
			return fmt.Errorf("accounts: %w", err)
		}
		var number int32
		var kind, asset string
		var owner energy.Member
		if _, err := pgx.ForEachRow(rows, []any{&number, &kind, &owner, &asset}, func() error {
			account := settlement.Account{Kind: settlement.ParseAccountKind(kind), Owner: owner}
			c.set(settlement.Holding{Account: account, Asset: settlement.ParseAsset(asset)}, number)
			c.next[i] = number + 1
			return nil
		}); err != nil {
			return fmt.Errorf("accounts: %w", err)
		}
	}
	return nil
}

// open numbers the accounts of postings, and opens those that are not there. The zone is locked.
func (c *chart) open(ctx context.Context, tx pgx.Tx, zone energy.Zone, postings []settlement.Posting) ([]side, error) {
	if err := c.refresh(ctx, tx, zone); err != nil {
		return nil, err
	}
	opened, err := c.missing(postings)
	if err != nil {
		return nil, err
	}
	name := string(zone)
	if err := copyRows(ctx, tx, `COPY account (zone, number, kind, owner, asset) FROM STDIN BINARY`, len(opened), func(i int, t *tuples) {
		h := opened[i]
		t.begin(5)
		t.text(name)
		number, _ := c.of(&h.Account, h.Asset)
		t.int4(number)
		t.text(h.Account.Kind.String())
		t.text(string(h.Account.Owner))
		t.text(h.Asset.String())
	}); err != nil {
		return nil, fmt.Errorf("open %d accounts: %w", len(opened), err)
	}
	return c.sides(postings), nil
}

// missing numbers the accounts that are not there. In the order of their names, so that their rows come in the order of
// the index over names: two accounts of a million members are opened at once.
func (c *chart) missing(postings []settlement.Posting) ([]settlement.Holding, error) {
	var opened []settlement.Holding
	for i := range postings {
		p := &postings[i]
		for _, a := range [2]settlement.Account{p.From, p.To} {
			if _, known := c.of(&a, p.Asset); known {
				continue
			}
			h := settlement.Holding{Account: a, Asset: p.Asset}
			if _, ok := class(h); !ok {
				return nil, fmt.Errorf("posting %x: %s holds no %s: %w", p.ID[:6], a.Kind, p.Asset, ErrPosting)
			}
			c.set(h, -1) // seen
			opened = append(opened, h)
		}
	}
	slices.SortFunc(opened, func(a, b settlement.Holding) int {
		if a.Account.Kind != b.Account.Kind {
			return cmp.Compare(a.Account.Kind, b.Account.Kind)
		}
		if byOwner := strings.Compare(string(a.Account.Owner), string(b.Account.Owner)); byOwner != 0 {
			return byOwner
		}
		return cmp.Compare(a.Asset, b.Asset)
	})
	for _, h := range opened {
		k, _ := class(h)
		c.set(h, c.next[k])
		c.next[k]++
	}
	return opened, nil
}

// side is the numbers of the two accounts of a posting.
type side struct{ debit, credit int32 }

// sides returns the accounts of every posting, or nil where one is not known.
func (c *chart) sides(postings []settlement.Posting) []side {
	sides := make([]side, len(postings))
	for i := range postings {
		p, s := &postings[i], &sides[i]
		var debit, credit bool
		s.debit, debit = c.of(&p.From, p.Asset)
		s.credit, credit = c.of(&p.To, p.Asset)
		if !debit || !credit {
			return nil
		}
	}
	return sides
}
