package clerk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// turn asks for a settlement root for every final batch, in the order in which they became final, and puts the roots
// that the oracles signed on chain.
func (c *Clerk) turn(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	signed := make(chan oracle.Settled)
	group.Go(func() error {
		return c.Bus.Follow(ctx, bus.SettleSubject(c.Zone), 1, func(m bus.Message) error { return c.propose(ctx, m) })
	})
	group.Go(func() error {
		return c.Bus.Follow(ctx, bus.RootSubject(c.Zone), 1, func(m bus.Message) error { return c.takeRoot(ctx, m, signed) })
	})
	group.Go(func() error { return c.root(ctx, signed) })
	return group.Wait()
}

// propose makes the turn of a batch that was announced as final, unless it was made.
func (c *Clerk) propose(ctx context.Context, m bus.Message) error {
	report, err := oracle.DecodeReport(m.Data)
	if err != nil {
		return nil // anybody may write to the log
	}
	k := settlement.Key{Zone: report.Zone, Interval: report.Interval, Run: report.Run}
	if b, err := c.Ledger.Batch(ctx, k); err != nil || b.State != settlement.Final || b.Attestation.Report != report {
		if err != nil && problem.KindOf(err) != problem.NotFound {
			return err
		}
		return nil
	}
	for told := false; !c.Turns.Counts(k); {
		released, err := c.Ledger.Released(ctx, 0)
		if err != nil {
			return err
		}
		err = c.Turns.Propose(ctx, k, c.Payouts, released)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, settlement.ErrEscrow):
			if !told {
				c.Log.LogAttrs(ctx, slog.LevelError, "no settlement root before money is deposited", slog.String("zone", string(c.Zone)),
					slog.String("interval", k.Interval.String()), slog.String("reason", err.Error()))
			}
			told = true
		case problem.KindOf(err) != problem.Unavailable:
			return fmt.Errorf("turn of %s: %w", k, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retry):
		}
	}
	return nil
}

// takeRoot hands over a root that a quorum signed.
func (c *Clerk) takeRoot(ctx context.Context, m bus.Message, signed chan<- oracle.Settled) error {
	s, err := oracle.DecodeSettled(m.Data)
	if err == nil && s.Report.Zone != c.Zone {
		err = fmt.Errorf("zone %s: %w", s.Report.Zone, oracle.ErrQuorum)
	}
	if err != nil {
		c.Log.LogAttrs(ctx, slog.LevelError, "settlement root refused", slog.Uint64("sequence", m.Sequence), slog.String("reason", err.Error()))
		return nil
	}
	select {
	case signed <- s:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// kept is how many roots that are on chain stay at hand, for a chain that takes blocks back.
const kept = 64

// root puts signed roots on chain, by their numbers. The contract checks the signatures.
func (c *Clerk) root(ctx context.Context, signed <-chan oracle.Settled) error {
	roots := map[uint64]oracle.Settled{}
	tick := time.NewTicker(retry)
	defer tick.Stop()
	var on uint64 // number of the newest root on chain
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s := <-signed:
			if s.Report.Number+kept <= on {
				continue
			}
			roots[s.Report.Number] = s
		case <-tick.C:
		}
		if err := c.persist(ctx, "settled number", func() (err error) {
			on, err = c.Chain.SettledNumber(ctx)
			return err
		}); err != nil {
			return err
		}
		delete(roots, on-min(on, kept))
		s, ok := roots[on+1]
		if !ok {
			continue
		}
		if refused, err := c.settleRoot(ctx, s); err != nil {
			return err
		} else if refused {
			delete(roots, on+1)
		}
	}
}

// settleRoot sends one root. One that the contract refuses is told to a person and left.
func (c *Clerk) settleRoot(ctx context.Context, s oracle.Settled) (refused bool, err error) {
	err = c.persist(ctx, "settle", func() error { return c.Chain.Settle(ctx, s) })
	if err != nil && ctx.Err() == nil && problem.KindOf(err) != problem.Internal {
		c.Log.LogAttrs(ctx, slog.LevelError, "settlement root refused", slog.String("zone", string(c.Zone)),
			slog.Uint64("number", s.Report.Number), slog.String("reason", err.Error()))
		return true, nil
	}
	return false, err
}
