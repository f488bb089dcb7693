package clerk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

func (c *Clerk) follow(ctx context.Context, reader, subject string, to chan<- bus.Message) error {
	position, err := c.Ledger.Position(ctx, reader)
	if err != nil {
		return err
	}
	return c.Bus.Follow(ctx, subject, position+1, func(m bus.Message) error {
		select {
		case to <- m:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// work takes messages one at a time. An attestation waits until the market's log has passed its interval; meanwhile no
// further one is taken.
func (c *Clerk) work(ctx context.Context, market, attest <-chan bus.Message) error {
	var waiting *bus.Message
	for {
		next := attest
		if waiting != nil {
			next = nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case m := <-market:
			if err := c.takeMarket(ctx, m); err != nil {
				return err
			}
		case m := <-next:
			waiting = &m
		}
		if waiting == nil {
			continue
		}
		taken, err := c.takeAttestation(ctx, *waiting)
		if err != nil {
			return err
		}
		if taken {
			waiting = nil
		}
	}
}

func (c *Clerk) takeMarket(ctx context.Context, m bus.Message) error {
	events, err := exchange.DecodeMarketMessage(m.Data)
	if err != nil {
		return fmt.Errorf("market log at %d: %w", m.Sequence, err)
	}
	trades, closed := settlement.Fold(events)
	return c.Ledger.TakeMarket(ctx, settlement.MarketReader, m.Sequence, trades, closed)
}

// takeAttestation records an attestation and settles its batch; taken is false while trades may still be missing.
func (c *Clerk) takeAttestation(ctx context.Context, m bus.Message) (taken bool, err error) {
	a, err := oracle.DecodeAttestation(m.Data)
	if err != nil {
		return c.refuse(ctx, m, err)
	}
	if a.Report.Zone != c.Zone {
		return c.refuse(ctx, m, fmt.Errorf("zone %s: %w", a.Report.Zone, oracle.ErrQuorum))
	}
	if err := c.verify(ctx, a); errors.Is(err, oracle.ErrQuorum) {
		return c.refuse(ctx, m, err)
	} else if err != nil {
		return false, err
	}
	if _, err := c.Runs.Due(a.Report.Interval, a.Report.Run); err != nil { // after the final run nothing changes
		return c.refuse(ctx, m, err)
	}
	newest, ok, err := c.Ledger.NewestClosed(ctx)
	if err != nil || !ok || newest.Compare(a.Report.Interval) < 0 {
		return false, err
	}
	err = c.Ledger.TakeAttestation(ctx, settlement.AttestReader, m.Sequence, a)
	if problem.KindOf(err) == problem.Conflict { // another report of this run is in the ledger
		return c.refuse(ctx, m, err)
	}
	if err != nil {
		return false, err
	}
	return true, c.postPending(ctx)
}

// verify checks the signatures under the quorum last seen, and under the contract's newest if they do not fit.
func (c *Clerk) verify(ctx context.Context, a oracle.Attestation) error {
	if c.quorum.Verify(a) == nil {
		return nil
	}
	if err := c.persist(ctx, "quorum", func() (err error) {
		c.quorum, err = c.Chain.Quorum(ctx)
		return err
	}); err != nil {
		return fmt.Errorf("quorum: %w", err)
	}
	return c.quorum.Verify(a)
}

// refuse skips a message that no quorum stands behind, or a second report of what is attested. It does not stop the zone:
// anybody may write to the log.
func (c *Clerk) refuse(ctx context.Context, m bus.Message, reason error) (bool, error) {
	c.Log.LogAttrs(ctx, slog.LevelError, "attestation refused", slog.Uint64("sequence", m.Sequence), slog.String("reason", reason.Error()))
	return true, c.Ledger.Skip(ctx, settlement.AttestReader, m.Sequence)
}

// postPending posts every attested batch, oldest first. Minting goes its own pace: the ledger does not wait for a chain
// that is away or too dear.
func (c *Clerk) postPending(ctx context.Context) error {
	batches, err := c.Ledger.Pending(ctx)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.State != settlement.Attested {
			continue
		}
		if err := c.unlessRefused(ctx, b.Key, c.post(ctx, b)); err != nil {
			return fmt.Errorf("settle %s: %w", b.Key, err)
		}
	}
	select {
	case c.posted <- struct{}{}:
	default: // a wake-up waits already
	}
	return nil
}

// unlessRefused turns the refusal of one batch into a word to the operator: the batch stays where it is and is tried
// again with the next, others go on.
func (c *Clerk) unlessRefused(ctx context.Context, k settlement.Key, err error) error {
	switch problem.KindOf(err) {
	case problem.Invalid, problem.Conflict, problem.Denied, problem.NotFound:
	default:
		return err
	}
	if errors.Is(err, settlement.ErrState) { // another clerk works on the zone
		return err
	}
	fresh, stayErr := c.Ledger.Stays(ctx, k, err.Error())
	if fresh {
		c.Log.LogAttrs(ctx, slog.LevelError, "batch stays where it is", slog.String("zone", string(k.Zone)),
			slog.String("interval", k.Interval.String()), slog.Uint64("run", uint64(k.Run)), slog.String("reason", err.Error()))
	}
	return stayErr
}

func (c *Clerk) post(ctx context.Context, b settlement.Batch) error {
	settles, err := c.caseOf(ctx, b)
	if err != nil {
		return err
	}
	if b.Key.Run > 0 {
		before, err := c.Ledger.Batch(ctx, settlement.Key{Zone: b.Key.Zone, Interval: b.Key.Interval, Run: b.Key.Run - 1})
		if err != nil {
			return fmt.Errorf("the run before: %w", err)
		}
		if before.State < settlement.Posted {
			return fmt.Errorf("%s is not posted: %w", before.Key, errRunBefore)
		}
		earlier, err := c.caseOf(ctx, before)
		if err != nil {
			return err
		}
		settles.Before = &earlier
	}
	result, err := settlement.Settle(settles)
	if err != nil {
		return err
	}
	return c.Ledger.Post(ctx, result)
}

// errRunBefore keeps a correction back until there is something to correct.
var errRunBefore = problem.New(problem.Conflict, "a later run waits for the one before")

// caseOf is what a batch settles.
func (c *Clerk) caseOf(ctx context.Context, b settlement.Batch) (settlement.Case, error) {
	owners, err := c.Ledger.Owners(ctx)
	if err != nil {
		return settlement.Case{}, err
	}
	trades, err := c.Ledger.Trades(ctx, b.Key.Interval)
	if err != nil {
		return settlement.Case{}, err
	}
	tariff, err := c.Tariffs.At(b.Key.Interval)
	if err != nil {
		return settlement.Case{}, err
	}
	return settlement.Case{Key: b.Key, Trades: trades, Leaves: b.Attestation.Leaves, Owner: owners, Tariff: tariff}, nil
}
