package settlement

import (
	"fmt"
	"iter"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

// maxBalance bounds a balance on both sides of zero, and all debts together, so that their sums fit: 1e9 currency units.
const maxBalance = energy.Money(1e18)

// slot finds the record in which the account is kept, and begins one for a new account.
func (b *Balances) slot(a Account) (int, error) {
	leaf, ok := leafOf(a)
	if !ok {
		return 0, fmt.Errorf("an account of kind %d of %q has no balance here: %w", a.Kind, a.Owner, ErrTurn)
	}
	slot, known := b.slots[leaf]
	if !known {
		slot = len(b.records)
		b.slots[leaf] = slot
		b.records, b.mark = append(b.records, record{account: leaf}), append(b.mark, 0)
		b.touch(slot)
	}
	return slot, nil
}

// touch remembers the record as it was before this turn and lends it for a change.
func (b *Balances) touch(slot int) *record {
	if turn := b.number + 1; b.mark[slot] != turn {
		b.mark[slot] = turn
		b.touched, b.before = append(b.touched, slot), append(b.before, b.records[slot])
	}
	return &b.records[slot]
}

// undo takes back what an unfinished turn changed.
func (b *Balances) undo(known int, leaving []int, old sums) {
	for i, slot := range b.touched {
		b.records[slot], b.mark[slot] = b.before[i], 0
	}
	for _, r := range b.records[known:] {
		delete(b.slots, r.account)
	}
	b.records, b.mark, b.leaving, b.sums = b.records[:known], b.mark[:known], leaving, old
	b.touched, b.before = b.touched[:0], b.before[:0]
}

// move changes a balance.
func (b *Balances) move(slot int, amount energy.Money) error {
	r := b.touch(slot)
	after, err := r.balance.Add(amount)
	if err != nil || after < -maxBalance || after > maxBalance {
		return fmt.Errorf("balance of %s and %s: %w", r.account, amount, energy.ErrRange)
	}
	if r.account.Kind != SupplierAccount {
		b.sums.negative += min(0, after) - min(0, r.balance)
		if b.sums.negative < -maxBalance {
			return fmt.Errorf("debts of %s together: %w", -b.sums.negative, energy.ErrRange)
		}
	}
	r.balance = after
	return nil
}

func (b *Balances) moveEnergy(slot int, amount energy.WattHours) (err error) {
	r := b.touch(slot)
	if r.energy, err = r.energy.Add(amount); err != nil {
		return err
	}
	b.sums.energy, err = b.sums.energy.Add(amount)
	return err
}

// free makes money of the balance withdrawable. Nothing makes it less: a claim may have paid it already.
func (b *Balances) free(slot int, amount energy.Money) (err error) {
	if amount < 0 {
		panic("settlement: released money would fall")
	}
	if err := b.move(slot, -amount); err != nil {
		return err
	}
	r := b.touch(slot)
	if r.released, err = r.released.Add(amount); err != nil {
		return err
	}
	b.sums.released, err = b.sums.released.Add(amount)
	return err
}

// leaf is what the next root says about a record.
func (b *Balances) leaf(slot int) BalanceLeaf {
	r := b.records[slot]
	balance := max(0, r.balance)
	if r.account.Kind == SupplierAccount {
		balance = b.credit()
	}
	return BalanceLeaf{Zone: b.zone, Account: r.account, Payout: r.payout, Energy: r.energy, Released: r.released, Balance: balance}
}

// hash brings the tree up to date with the records that the turn touched. The records from slot known on are new.
func (b *Balances) hash(known int) {
	if slot, ok := b.slots[supplier]; ok {
		b.touch(slot) // it carries the debts of others
	}
	b.hashes = append(b.hashes, make([]oracle.Hash, len(b.records)-known)...)
	hashes := oracle.LeafHashes(len(b.touched), func(to []byte, i int) []byte { return AppendBalanceLeaf(to, b.leaf(b.touched[i])) })
	for i, slot := range b.touched {
		b.hashes[slot] = hashes[i]
	}
	if known < len(b.records) {
		b.order = b.sorted(known)
		b.places = make([]int, len(b.order))
		leaves := make([]oracle.Hash, len(b.order))
		for place, slot := range b.order {
			b.places[slot], leaves[place] = place, b.hashes[slot]
		}
		b.tree = oracle.NewTree(leaves)
		return
	}
	places := make([]int, len(b.touched))
	for i, slot := range b.touched {
		places[i] = b.places[slot]
	}
	slices.Sort(places)
	changed := make([]oracle.Hash, len(places))
	for i, place := range places {
		changed[i] = b.hashes[b.order[place]]
	}
	b.tree.Update(places, changed)
}

// sorted is the order of all slots, given that of those before known.
func (b *Balances) sorted(known int) []int {
	compare := func(one, other int) int { return compareAccounts(b.records[one].account, b.records[other].account) }
	var fresh []int
	for slot := known; slot < len(b.records); slot++ {
		fresh = append(fresh, slot)
	}
	slices.SortFunc(fresh, compare)
	order := make([]int, 0, len(b.records))
	for _, slot := range b.order {
		for len(fresh) > 0 && compare(fresh[0], slot) < 0 {
			order, fresh = append(order, fresh[0]), fresh[1:]
		}
		order = append(order, slot)
	}
	return append(order, fresh...)
}

// Report is the statement after the last turn; its root is zero before the first.
func (b *Balances) Report() oracle.SettlementReport {
	return oracle.SettlementReport{
		Zone: b.zone, Interval: b.last.Interval, Run: b.last.Run, Root: b.tree.Root(), Number: b.number, Block: b.block,
		Members: uint32(len(b.records)), Energy: b.sums.energy, Released: b.sums.released, Owed: b.sums.deposited,
	}
}

// Leaves are all leaves under the root of Report, in their order.
func (b *Balances) Leaves() iter.Seq[BalanceLeaf] {
	return func(yield func(BalanceLeaf) bool) {
		for _, slot := range b.order {
			if !yield(b.leaf(slot)) {
				return
			}
		}
	}
}

// Leaf returns what the newest root says about an account; ok is false where it has none.
func (b *Balances) Leaf(a Account) (leaf BalanceLeaf, ok bool) {
	slot, ok := b.slots[a]
	if !ok {
		return BalanceLeaf{}, false
	}
	return b.leaf(slot), true
}

// Counts reports whether the turn of a batch was counted.
func (b *Balances) Counts(k Key) bool { return k.Zone == b.zone && k.Run < b.runs[k.Interval] }

// Prove returns the leaf of an account and the siblings that lead from its hash to the root of Report. It reports false for
// an account that has none.
func (b *Balances) Prove(a Account) (BalanceLeaf, []oracle.Hash, bool) {
	slot, ok := b.slots[a]
	if !ok {
		return BalanceLeaf{}, nil, false
	}
	return b.leaf(slot), b.tree.Prove(b.places[slot]), true
}
