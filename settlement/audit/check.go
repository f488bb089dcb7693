package audit

import (
	"context"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// Witness is the chain as the check of a bundle asks it, about one zone.
type Witness interface {
	Quorum(ctx context.Context) (oracle.Quorum, error)
	// Record returns what the chain holds of a run; ok is false if it was never posted.
	Record(ctx context.Context, k settlement.Key) (r Record, ok bool, err error)
	Root(ctx context.Context, number uint64) (Root, error)
	Entries(ctx context.Context, after, to uint64) ([]settlement.ChainEntry, error)
}

// Summary is what the check of a bundle found right.
type Summary struct {
	Zone      energy.Zone      `json:"zone"`
	Interval  string           `json:"interval"`
	Runs      int              `json:"runs"`
	Readings  int              `json:"readings"`
	Trades    int              `json:"trades"`
	Postings  int              `json:"postings"`     // of all runs
	Delivered energy.WattHours `json:"delivered_wh"` // as the newest run says
	Minted    energy.WattHours `json:"minted_wh"`    // likewise
	Roots     int              `json:"roots"`        // settlement roots on chain that count the runs
}

// checker holds what a bundle says.
type checker struct {
	Bundle
	chain    Witness
	quorum   oracle.Quorum
	owners   map[energy.Meter]energy.Member
	later    map[meter.Digest]meter.SignedReading
	bases    map[boundary][]meter.SignedReading
	trades   []settlement.Trade
	postings [][]settlement.Posting // by run
	summary  Summary
}

// Check settles the interval of a bundle again and compares what comes out with the chain. It trusts the bundle for the
// registry and the tariff alone, and these only until a settlement root that a quorum signed comes out of them.
func Check(ctx context.Context, u Bundle, chain Witness) (Summary, error) {
	quorum, err := chain.Quorum(ctx)
	if err != nil {
		return Summary{}, err
	}
	c := checker{Bundle: u, chain: chain, quorum: quorum, owners: map[energy.Meter]energy.Member{},
		later: map[meter.Digest]meter.SignedReading{}, bases: map[boundary][]meter.SignedReading{},
		summary: Summary{Zone: u.Zone, Interval: u.Interval.String(), Runs: len(u.Runs), Readings: len(u.Readings)}}
	if err := c.readings(); err != nil {
		return c.summary, err
	}
	if err := c.market(); err != nil {
		return c.summary, err
	}
	for run := range u.Runs {
		if err := c.attested(ctx, run); err != nil {
			return c.summary, err
		}
	}
	if err := c.settle(); err != nil {
		return c.summary, err
	}
	for run := range u.Runs {
		if err := c.turn(ctx, run); err != nil {
			return c.summary, err
		}
	}
	return c.summary, nil
}

// readings checks who signed them.
func (c *checker) readings() error {
	devices := map[energy.Meter][32]byte{}
	for _, m := range c.Meters {
		c.owners[m.Meter], devices[m.Meter] = m.Member, m.Device
	}
	for _, s := range c.Readings {
		device, registered := devices[s.Meter]
		if !registered || device != s.Device || s.Zone != c.Zone || s.Verify() != nil {
			return differs("reading %s counter %d: not signed by the meter's device", s.Meter, s.Counter)
		}
		at := boundary{s.Meter, s.Boundary}
		c.later[s.Digest()] = s
		c.bases[at] = append(c.bases[at], s)
	}
	return nil
}

// market checks that the messages follow one another, from the opening of the book to the closing of the gate.
func (c *checker) market() error {
	var opened, closed bool
	for i, m := range c.Market {
		if m.Zone != c.Zone || i > 0 && (m.Number != c.Market[i-1].Number+1 || m.Previous != exchange.DigestOf(exchange.AppendMessage(nil, c.Market[i-1]))) {
			return differs("market message %d of %s does not follow the one before", m.Number, m.Zone)
		}
		for _, e := range m.Events {
			if e.Interval != c.Interval {
				continue
			}
			opened = opened || e.Kind == exchange.BookOpened && i == 0
			closed = closed || e.Kind == exchange.GateClosed && i == len(c.Market)-1
			if e.Kind == exchange.Traded {
				c.trades = append(c.trades, settlement.TradeOf(e))
			}
		}
	}
	if len(c.Market) > 0 && (!opened || !closed) {
		return differs("%s: the market messages do not reach from the opening of its book to its gate", c.Interval)
	}
	c.summary.Trades = len(c.trades)
	return nil
}

// attested checks who signed a run, that the chain holds the same, and the leaves.
func (c *checker) attested(ctx context.Context, run int) error {
	k, a := c.key(run), c.Runs[run].Attestation
	on, ok, err := c.chain.Record(ctx, k)
	switch {
	case err != nil:
		return err
	case !ok:
		return differs("%s: not on chain", k)
	case on.Report != a.Report:
		return differs("%s: the chain holds another report: root %x, exported %s; the bundle says root %x, exported %s",
			k, on.Report.Root[:6], on.Report.Export, a.Report.Root[:6], a.Report.Export)
	}
	// Signatures of an earlier group of oracles were checked by the contract, which remembers whose they were.
	if earlier := a.ConfigDigest != c.quorum.ConfigDigest && a.ConfigDigest == on.ConfigDigest && a.Sequence == on.Sequence; !earlier {
		if err := c.quorum.Verify(a); err != nil {
			return differs("%s: %v", k, err)
		}
	}
	for _, leaf := range a.Leaves {
		later, ok := c.later[leaf.Reading]
		if !ok || later.Meter != leaf.Meter || later.Boundary != k.Interval.EndUnix() {
			return differs("%s meter %s: no such reading", k, leaf.Meter)
		}
		bases := c.bases[boundary{leaf.Meter, leaf.Since}]
		if len(bases) == 0 {
			return differs("%s meter %s: no reading at %d to measure from", k, leaf.Meter, leaf.Since)
		}
		if err := checkLeaf(k, leaf, later, bases); err != nil {
			return differs("%v", err)
		}
	}
	return nil
}

// settle settles every run.
func (c *checker) settle() error {
	var before *settlement.Case
	for run := range c.Runs {
		this := settlement.Case{Key: c.key(run), Trades: c.trades, Leaves: c.Runs[run].Attestation.Leaves, Owner: c.owners, Tariff: c.Tariff, Before: before}
		result, err := settlement.Settle(this)
		if err != nil {
			return differs("%v", err)
		}
		c.postings = append(c.postings, result.Postings)
		c.summary.Postings += len(result.Postings)
		c.summary.Delivered, c.summary.Minted = result.Delivered, result.Export
		before = &this
	}
	return nil
}

// turn counts the turn of a run on the balances before it, which the root before stands for, and compares the root after
// with the chain.
func (c *checker) turn(ctx context.Context, run int) error {
	t := c.Runs[run].Turn
	if t == nil {
		return nil // no root counts it yet
	}
	k, n := c.key(run), t.Notice
	balances, err := t.before(c.Zone)
	if err != nil {
		return differs("%s: balances before: %v", k, err)
	}
	before := balances.Report()
	if n.Report.Number != before.Number+1 {
		return differs("%s: notice %d on balances of number %d", k, n.Report.Number, before.Number)
	}
	if before.Number > 0 {
		if err := c.compareRoot(ctx, k, before); err != nil {
			return err
		}
	}
	if before.Block > n.Report.Block {
		return differs("%s: notice %d goes back to block %d", k, n.Report.Number, n.Report.Block)
	}
	entries, err := c.chain.Entries(ctx, before.Block, n.Report.Block)
	if err != nil {
		return err
	}
	report, err := balances.Apply(settlement.Turn{Key: k, Block: n.Report.Block, Chain: entries, Payouts: n.Payouts, Postings: c.postings[run], Releases: n.Releases})
	if err != nil {
		return differs("%s: notice %d: %v", k, n.Report.Number, err)
	}
	if report != n.Report {
		return differs("%s: notice %d says %s, recomputed %s", k, n.Report.Number, nameRoot(rootOf(n.Report)), nameRoot(rootOf(report)))
	}
	if earlier := t.Signed.ConfigDigest != c.quorum.ConfigDigest && t.Signed.ConfigDigest == c.Runs[run].Attestation.ConfigDigest; !earlier {
		if err := c.quorum.VerifySettled(t.Signed); err != nil {
			return differs("%s settlement root %d: %v", k, n.Report.Number, err)
		}
	}
	if err := c.compareRoot(ctx, k, report); err != nil {
		return err
	}
	c.summary.Roots++
	return nil
}

func (c *checker) compareRoot(ctx context.Context, k settlement.Key, want oracle.SettlementReport) error {
	on, err := c.chain.Root(ctx, want.Number)
	if err != nil {
		return err
	}
	if on != rootOf(want) {
		return differs("%s settlement root %d: the chain has %s, recomputed %s", k, want.Number, nameRoot(on), nameRoot(rootOf(want)))
	}
	return nil
}
