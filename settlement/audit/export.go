package audit

import (
	"context"
	"fmt"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// ErrNotSettled is returned for an interval without a run on chain.
var ErrNotSettled = problem.New(problem.Conflict, "this interval is not settled on chain")

// Export audits an interval and returns its bundle, but for the chain's id and the hub.
func Export(ctx context.Context, c Config, interval energy.Interval) (Bundle, error) {
	c.From, c.To = interval.StartUnix(), interval.EndUnix()
	u := Bundle{Zone: c.Zone, Interval: interval}
	if _, err := run(ctx, c, &u); err != nil {
		return Bundle{}, err
	}
	if len(u.Runs) == 0 {
		return Bundle{}, fmt.Errorf("%s: %w", interval, ErrNotSettled)
	}
	var err error
	if u.Tariff, err = c.Tariffs.At(interval); err != nil {
		return Bundle{}, err
	}
	owners, err := c.Ledger.Owners(ctx)
	if err != nil {
		return Bundle{}, err
	}
	for m, device := range c.Devices {
		u.Meters = append(u.Meters, Meter{m, owners[m], device})
	}
	slices.SortFunc(u.Meters, func(a, b Meter) int {
		if a.Meter < b.Meter {
			return -1
		}
		return 1
	})
	slices.SortFunc(u.Readings, compareReadings)
	return u, nil
}

// collect keeps what a bundle needs while its interval is audited. Without a bundle it keeps nothing.
type collect struct{ bundle *Bundle }

// message keeps the market's messages from the opening of the book to the closing of the gate.
func (c collect) message(m exchange.Message) {
	if c.bundle == nil {
		return
	}
	about := func(kind exchange.EventKind) bool {
		return slices.ContainsFunc(m.Events, func(e exchange.Event) bool { return e.Interval == c.bundle.Interval && e.Kind == kind })
	}
	kept := c.bundle.Market
	begins, ended := about(exchange.BookOpened), len(kept) > 0 && c.closes(kept[len(kept)-1])
	if begins || len(kept) > 0 && !ended {
		c.bundle.Market = append(c.bundle.Market, m)
	}
}

func (c collect) closes(m exchange.Message) bool {
	return slices.ContainsFunc(m.Events, func(e exchange.Event) bool { return e.Interval == c.bundle.Interval && e.Kind == exchange.GateClosed })
}

func (c collect) reading(s meter.SignedReading) {
	if c.bundle != nil {
		c.bundle.Readings = append(c.bundle.Readings, s)
	}
}

// run keeps an attestation that is on chain.
func (c collect) run(a oracle.Attestation, posted bool) {
	if c.bundle != nil && posted && a.Report.Interval == c.bundle.Interval && int(a.Report.Run) == len(c.bundle.Runs) {
		c.bundle.Runs = append(c.bundle.Runs, RunRecord{Attestation: a})
	}
}

// turn keeps the notice of a run, with the balances before it.
func (c collect) turn(n settlement.Notice, before *settlement.Balances) {
	k := n.Key()
	if c.bundle == nil || k.Interval != c.bundle.Interval || int(k.Run) >= len(c.bundle.Runs) {
		return
	}
	t := &TurnRecord{Notice: n}
	if n.Report.Number > 1 {
		t.Before = before.AppendSnapshot(nil)
	}
	c.bundle.Runs[k.Run].Turn = t
}

// root keeps the signatures under a turn.
func (c collect) root(s oracle.Settled) {
	if c.bundle == nil {
		return
	}
	for i := range c.bundle.Runs {
		if t := c.bundle.Runs[i].Turn; t != nil && t.Notice.Report == s.Report && t.Signed.Report.Number == 0 {
			t.Signed = s
		}
	}
}

// finish leaves out the turns whose roots are not on chain yet.
func (c collect) finish(roots []Root) {
	if c.bundle == nil {
		return
	}
	for i := range c.bundle.Runs {
		if t := c.bundle.Runs[i].Turn; t != nil && t.Notice.Report.Number > uint64(len(roots)) {
			c.bundle.Runs[i].Turn = nil
		}
	}
}
