package settlement

import (
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// ErrEscrow is returned while the escrow holds less than its members own: no root can be made until the residual
// supplier deposits the rest.
var ErrEscrow = problem.New(problem.Conflict, "the escrow is short: the residual supplier must deposit what is missing")

// ErrTurn is returned for a turn that does not follow the one before, or moves what is not there. Nothing of it counts.
var ErrTurn = problem.New(problem.Conflict, "the turn cannot be counted")

// Turn is what happened between one settlement root and the next. It is applied in the order of the fields, and each list
// in its own: chain entries as on the chain, postings as Settle returned them, releases as the ledger took them.
type Turn struct {
	Key      Key          // of the batch that the new root settles; run 0 of an interval before run 1
	Block    uint64       // the chain up to and including this block is counted; not before the last turn's
	Chain    []ChainEntry // after the last turn's block
	Payouts  []Payout
	Postings []Posting // of the batch
	Releases []Released
}

// ChainKind says what happened on the chain.
type ChainKind uint8

const (
	// Deposited: somebody paid Amount into the escrow for the account.
	Deposited ChainKind = iota + 1
	// Reclaimed: a deposit of Amount that no root had counted went back.
	Reclaimed
	// ExitRequested: By asks at the time At that the member leaves. It counts if By is the member's payout address: then
	// the first turn of an interval that starts ExitHorizon later releases all of the member's money, once.
	ExitRequested
	// ExitForced: out of an earlier root, the chain has paid the account Amount in all. What a member gets after that is
	// released at once.
	ExitForced
)

// ExitHorizon is how long after a request to leave an interval may start that the member traded in before, in seconds: 48
// hours.
const ExitHorizon = 48 * 60 * 60

// exited is the place of a request in the record of a member whom the chain paid out by force.
const exited = -1

// ChainEntry is one thing that happened on the chain.
type ChainEntry struct {
	Kind    ChainKind
	Account Account
	Amount  energy.Money // >= 0
	By      Address      // of a request
	At      int64        // of a request: Unix seconds, > 0
	Place   LogPlace     // where the chain says so
}

// LogPlace is the place of an event on the chain.
type LogPlace struct {
	Block uint64
	Index uint32 // among the block's events
}

// DepositedFor is the account that a deposit on the chain is for. What is for nobody, or for no name, is the residual
// supplier's.
func DepositedFor(name [energy.IDSize]byte) Account {
	m, err := energy.DecodeName(name)
	if err != nil {
		return supplier
	}
	return member(energy.Member(m))
}

// Payout names where an account is paid. It is said once: who could change it later could take the money.
type Payout struct {
	Account Account
	Address Address
}

// Released frees money for withdrawal, for ever.
type Released struct {
	Account Account
	Amount  energy.Money // > 0, at most the balance
}

// record is what is kept about an account.
type record struct {
	account  Account
	payout   Address
	energy   energy.WattHours
	released energy.Money
	balance  energy.Money // may be negative
	leaves   int64        // Unix seconds from which an interval must start that releases everything; 0 never, or exited
}

// sums are kept along, so that a turn costs what it touches.
type sums struct {
	energy    energy.WattHours
	released  energy.Money
	negative  energy.Money // of the balances below zero, but the supplier's: the credit that the supplier gives; <= 0
	deposited energy.Money
}

// Balances is what every account of a zone has by now: a state machine over turns. From the same turns it yields the same
// leaves, report and hash on every machine. It is not safe for concurrent use.
type Balances struct {
	zone   energy.Zone
	number uint64
	block  uint64
	last   Key // of the last turn
	runs   map[energy.Interval]uint32

	records []record // as they came
	slots   map[Account]int
	leaving []int // slots of who asked to leave, as they came
	sums    sums

	hashes []oracle.Hash // of the leaves, by slot
	order  []int         // slots, ascending by account
	places []int         // slot → place in order
	tree   *oracle.Tree

	touched []int // slots changed in this turn, as they were changed
	before  []record
	mark    []uint64 // slot → number of the turn that touched it last
}

// NewBalances has no accounts and no root.
func NewBalances(zone energy.Zone) *Balances {
	return &Balances{zone: zone, runs: map[energy.Interval]uint32{}, slots: map[Account]int{}, tree: oracle.NewTree(nil)}
}

// Apply counts a turn and returns the report over it. A turn that is refused leaves everything as it was.
func (b *Balances) Apply(t Turn) (oracle.SettlementReport, error) {
	if err := b.follows(t); err != nil {
		return oracle.SettlementReport{}, err
	}
	known, leaving, old := len(b.records), b.leaving, b.sums
	if err := b.count(t); err != nil {
		b.undo(known, leaving, old)
		return oracle.SettlementReport{}, fmt.Errorf("%s: %w", t.Key, err)
	}
	b.hash(known)
	b.number, b.block, b.last = b.number+1, t.Block, t.Key
	b.runs[t.Key.Interval] = t.Key.Run + 1
	b.touched, b.before = b.touched[:0], b.before[:0]
	return b.Report(), nil
}

func (b *Balances) follows(t Turn) error {
	switch {
	case t.Key.Zone != b.zone || !t.Key.Interval.Valid():
		return fmt.Errorf("%s: not of zone %s: %w", t.Key, b.zone, ErrTurn)
	case t.Key.Run != b.runs[t.Key.Interval]:
		return fmt.Errorf("%s: run %d comes next: %w", t.Key, b.runs[t.Key.Interval], ErrTurn)
	case t.Block < b.block:
		return fmt.Errorf("%s: block %d after block %d: %w", t.Key, t.Block, b.block, ErrTurn)
	}
	return nil
}

// count does what the turn says and checks that a root can be made of it.
func (b *Balances) count(t Turn) error {
	for i, e := range t.Chain {
		if err := b.chain(e); err != nil {
			return fmt.Errorf("chain entry %d: %w", i, err)
		}
	}
	for i, p := range t.Payouts {
		if err := b.payout(p); err != nil {
			return fmt.Errorf("payout %d: %w", i, err)
		}
	}
	for i, p := range t.Postings {
		if err := b.post(p); err != nil {
			return fmt.Errorf("posting %d, %s: %w", i, p.Leg, err)
		}
	}
	for i, r := range t.Releases {
		if err := b.release(r); err != nil {
			return fmt.Errorf("release %d: %w", i, err)
		}
	}
	if err := b.letGo(t.Key.Interval.StartUnix()); err != nil {
		return err
	}
	return b.check()
}

// letGo releases the money of who leaves with an interval that starts at the time.
func (b *Balances) letGo(start int64) error {
	staying := b.leaving[:0:0]
	for _, slot := range b.leaving {
		r := b.records[slot]
		if r.leaves > start {
			staying = append(staying, slot)
			continue
		}
		if r.balance > 0 {
			if err := b.free(slot, r.balance); err != nil {
				return err
			}
		}
		if r.leaves == exited {
			staying = append(staying, slot)
		} else {
			b.touch(slot).leaves = 0
		}
	}
	b.leaving = staying
	return nil
}

// check finds who has less than nothing.
func (b *Balances) check() error {
	for _, slot := range b.touched {
		if r := b.records[slot]; r.energy < 0 {
			return fmt.Errorf("%s would have claimed %s too much: %w", r.account, -r.energy, ErrTurn)
		}
	}
	if rest := b.credit(); rest < 0 {
		return fmt.Errorf("%s is missing: %w", -rest, ErrEscrow)
	}
	return nil
}

// credit is what the supplier's leaf has left after the debts of all others.
func (b *Balances) credit() energy.Money {
	if slot, ok := b.slots[supplier]; ok {
		return b.records[slot].balance + b.sums.negative
	}
	return b.sums.negative
}

func (b *Balances) chain(e ChainEntry) error {
	if e.Amount < 0 {
		return fmt.Errorf("%s of %s: %w", e.Amount, e.Account, ErrTurn)
	}
	switch e.Kind {
	case Deposited:
		return b.deposit(e.Account, e.Amount)
	case Reclaimed:
		return b.deposit(e.Account, -e.Amount)
	case ExitRequested:
		// Anybody can ask for anybody, so a request that does not count must cost nothing.
		slot, known := b.slots[e.Account]
		if known && e.Account.Kind == MemberAccount && e.By != (Address{}) && b.records[slot].payout == e.By && e.At > 0 {
			b.leave(slot, e.At+ExitHorizon)
		}
		return nil
	case ExitForced:
		slot, known := b.slots[e.Account]
		if !known {
			return fmt.Errorf("the exit of %s, which has no leaf: %w", e.Account, ErrTurn)
		}
		if e.Account.Kind == MemberAccount {
			b.leave(slot, exited)
		}
		return b.free(slot, max(0, e.Amount-b.records[slot].released))
	}
	return fmt.Errorf("kind %d: %w", e.Kind, ErrTurn)
}

func (b *Balances) deposit(a Account, amount energy.Money) error {
	slot, err := b.slot(a)
	if err != nil {
		return err
	}
	if b.sums.deposited, err = b.sums.deposited.Add(amount); err != nil {
		return err
	}
	return b.move(slot, amount)
}

// leave notes from when on the member is let go. A newer request takes the place of an older one, and none that of an
// exit.
func (b *Balances) leave(slot int, from int64) {
	r := b.touch(slot)
	if r.leaves == 0 {
		b.leaving = append(b.leaving, slot)
	}
	if r.leaves != exited {
		r.leaves = from
	}
}

func (b *Balances) payout(p Payout) error {
	slot, err := b.slot(p.Account)
	if err != nil {
		return err
	}
	r := b.touch(slot)
	if p.Address == (Address{}) || r.payout != (Address{}) && r.payout != p.Address {
		return fmt.Errorf("%s is paid to %x, not to %x: %w", p.Account, r.payout, p.Address, ErrTurn)
	}
	r.payout = p.Address
	return nil
}

func (b *Balances) release(r Released) error {
	slot, err := b.slot(r.Account)
	if err != nil {
		return err
	}
	available := b.records[slot].balance
	if r.Account.Kind == SupplierAccount {
		available = b.credit()
	}
	if r.Amount <= 0 || r.Amount > available {
		return fmt.Errorf("%s of %s, which has %s: %w", r.Amount, r.Account, available, ErrTurn)
	}
	return b.free(slot, r.Amount)
}

func (b *Balances) post(p Posting) error {
	for _, side := range [2]struct {
		account Account
		amount  int64
	}{{p.From, -p.Amount}, {p.To, p.Amount}} {
		if p.Asset == EnergyAsset && side.account.Kind == IssuanceAccount {
			continue
		}
		slot, err := b.slot(side.account)
		switch {
		case err != nil:
		case p.Amount <= 0:
			err = fmt.Errorf("amount %d: %w", p.Amount, ErrTurn)
		case p.Asset == MoneyAsset:
			err = b.move(slot, energy.Money(side.amount))
		case p.Asset == EnergyAsset:
			err = b.moveEnergy(slot, energy.WattHours(side.amount))
		default:
			err = fmt.Errorf("asset %d: %w", p.Asset, ErrTurn)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
