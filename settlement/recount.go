package settlement

import (
	"fmt"
	"maps"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/oracle"
)

// Recount is a zone's settlement told from its logs: the operator makes its notices with it, every oracle checks them
// with it before it signs, and so can anybody. It is a state machine and not safe for concurrent use.
type Recount struct {
	tariffs  TariffBook
	owner    map[energy.Meter]energy.Member
	balances *Balances
	trades   map[energy.Interval][]Trade
	newest   energy.Interval // whose gate has closed; not valid before the first
	attested map[Key][]oracle.Leaf
	spoilt   bool // a turn was counted that must not count
}

// NewRecount has seen nothing. It keeps tariffs and owner.
func NewRecount(zone energy.Zone, tariffs TariffBook, owner map[energy.Meter]energy.Member) *Recount {
	return &Recount{tariffs: tariffs, owner: owner, balances: NewBalances(zone),
		trades: map[energy.Interval][]Trade{}, attested: map[Key][]oracle.Leaf{}}
}

// Fold picks from the market's events what settlement needs: the trades by interval, and the intervals whose gates
// closed.
func Fold(events []exchange.Event) (map[energy.Interval][]Trade, []energy.Interval) {
	trades := map[energy.Interval][]Trade{}
	var closed []energy.Interval
	for _, e := range events {
		switch e.Kind {
		case exchange.GateClosed:
			closed = append(closed, e.Interval)
		case exchange.Traded:
			trades[e.Interval] = append(trades[e.Interval], TradeOf(e))
		}
	}
	return trades, closed
}

// Market takes the events of one message of the market's log, in the order of the log.
func (r *Recount) Market(events []exchange.Event) {
	trades, closed := Fold(events)
	for _, interval := range slices.SortedFunc(maps.Keys(trades), energy.Interval.Compare) {
		r.trades[interval] = append(r.trades[interval], trades[interval]...)
	}
	for _, interval := range closed {
		if !r.newest.Valid() || r.newest.Compare(interval) < 0 {
			r.newest = interval
		}
	}
}

// Attested takes an attestation that a quorum signed. The first under a key counts.
func (r *Recount) Attested(a oracle.Attestation) {
	k := Key{a.Report.Zone, a.Report.Interval, a.Report.Run}
	if _, ok := r.attested[k]; !ok {
		r.attested[k] = a.Leaves
	}
}

// Balances are what has been counted so far.
func (r *Recount) Balances() *Balances { return r.balances }

// Next is the number of the turn to come.
func (r *Recount) Next() uint64 { return r.balances.number + 1 }

// Block is the newest block of the chain that counts.
func (r *Recount) Block() uint64 { return r.balances.block }

// Propose counts the next turn and returns the notice of it. payouts are all payout addresses there are, and released is
// what each member may have withdrawn in all: what is known already is left out of the notice, and what a balance cannot
// give yet waits. It returns ErrPending, and counts nothing, while something is missing.
func (r *Recount) Propose(
	k Key, block uint64, chain []ChainEntry, payouts []Payout, released map[energy.Member]energy.Money,
) (Notice, error) {
	t := Turn{Key: k, Block: block, Chain: chain}
	if err := r.settle(&t); err != nil {
		return Notice{}, err
	}
	for _, p := range payouts {
		if leaf, ok := r.balances.Leaf(p.Account); !ok || leaf.Payout != p.Address {
			t.Payouts = append(t.Payouts, p)
		}
	}
	t.Releases = r.due(&t, released)
	report, err := r.balances.Apply(t)
	return Notice{report, t.Payouts, t.Releases}, err
}

// due is what can be released in a turn of what is to be released.
func (r *Recount) due(t *Turn, released map[energy.Member]energy.Money) (list []Released) {
	change := map[Account]energy.Money{}
	for _, e := range t.Chain {
		switch e.Kind {
		case Deposited:
			change[e.Account] += e.Amount
		case Reclaimed, ExitForced:
			change[e.Account] -= e.Amount
		}
	}
	for _, p := range t.Postings {
		if p.Asset == MoneyAsset {
			change[p.From] -= energy.Money(p.Amount)
			change[p.To] += energy.Money(p.Amount)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(released)) {
		leaf, _ := r.balances.Leaf(member(m))
		if amount := min(released[m]-leaf.Released, leaf.Balance+change[member(m)]); amount > 0 {
			list = append(list, Released{member(m), amount})
		}
	}
	return list
}

// Check counts the turn of a notice. The chain's entries are those after Block up to the notice's. ErrPending counts
// nothing; after ErrOtherwise the recount is spoilt and must be told from the beginning, without this notice.
func (r *Recount) Check(n Notice, chain []ChainEntry) error {
	if n.Report.Number != r.Next() {
		return fmt.Errorf("notice %d, %d comes next: %w", n.Report.Number, r.Next(), ErrTurn)
	}
	t := Turn{Key: n.Key(), Block: n.Report.Block, Chain: chain, Payouts: n.Payouts, Releases: n.Releases}
	if err := r.settle(&t); err != nil {
		return err
	}
	report, err := r.balances.Apply(t)
	if err == nil && report != n.Report {
		r.spoilt = true
		err = fmt.Errorf("notice %d of %s: %w", n.Report.Number, n.Key(), ErrOtherwise)
	}
	return err
}

// settle fills in the postings of a turn.
func (r *Recount) settle(t *Turn) error {
	if r.spoilt {
		return fmt.Errorf("after a notice that was wrong: %w", ErrOtherwise)
	}
	c, err := r.settles(t.Key)
	if err != nil {
		return err
	}
	result, err := Settle(*c)
	t.Postings = result.Postings
	return err
}

// settles is the case of a run, with that of the run before.
func (r *Recount) settles(k Key) (*Case, error) {
	leaves, ok := r.attested[k]
	if !ok || !r.newest.Valid() || r.newest.Compare(k.Interval) < 0 {
		return nil, fmt.Errorf("%s: %w", k, ErrPending)
	}
	tariff, err := r.tariffs.At(k.Interval)
	if err != nil {
		return nil, err
	}
	c := &Case{Key: k, Trades: r.trades[k.Interval], Leaves: leaves, Owner: r.owner, Tariff: tariff}
	if k.Run > 0 {
		c.Before, err = r.settles(Key{k.Zone, k.Interval, k.Run - 1})
	}
	return c, err
}
