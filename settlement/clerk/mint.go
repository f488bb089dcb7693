package clerk

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// mint brings posted batches on chain and to their end, until ctx is done.
func (c *Clerk) mint(ctx context.Context) error {
	for {
		if err := c.settlePosted(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.posted:
		case <-time.After(retry):
		}
	}
}

// settlePosted takes every posted batch as far as the chain allows, oldest first.
func (c *Clerk) settlePosted(ctx context.Context) error {
	final, _, err := c.look(ctx)
	if err != nil {
		return err
	}
	batches, err := c.Ledger.Pending(ctx)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.State != settlement.Attested {
			if err := c.unlessRefused(ctx, b.Key, c.settle(ctx, b, &final)); err != nil {
				return fmt.Errorf("settle %s: %w", b.Key, err)
			}
		}
	}
	return nil
}

// look returns the newest block that will not be taken back. After a reorganisation it first takes back the mints that
// went with the blocks.
func (c *Clerk) look(ctx context.Context) (final uint64, reorganised bool, err error) {
	err = c.persist(ctx, "look at the chain", func() error {
		now, changed, err := c.Chain.Follow(ctx)
		final, reorganised = now, reorganised || changed
		return err
	})
	if err != nil || !reorganised {
		return final, reorganised, err
	}
	batches, err := c.Ledger.Recent(ctx, rechecked)
	if err == nil {
		err = c.recheck(ctx, batches)
	}
	return final, reorganised, err
}

// settle takes one batch through its remaining arrows, or leaves it minted where its block is not final yet.
func (c *Clerk) settle(ctx context.Context, b settlement.Batch, final *uint64) (err error) {
	for b.State != settlement.Final {
		if b.State == settlement.Minted && b.Mint.Block > *final {
			var reorganised bool
			if *final, reorganised, err = c.look(ctx); err != nil || reorganised || b.Mint.Block > *final {
				return err
			}
		}
		if err := c.step(ctx, &b); err != nil {
			return err
		}
	}
	if err := c.announce(ctx, b); err != nil {
		return err
	}
	if err := c.Ledger.Announced(ctx, b.Key); err != nil {
		return err
	}
	c.Log.LogAttrs(ctx, slog.LevelInfo, "interval settled", slog.String("zone", string(c.Zone)), slog.String("interval", b.Key.Interval.String()),
		slog.Int64("export_wh", int64(b.Attestation.Report.Export)), slog.Int64("import_wh", int64(b.Attestation.Report.Import)))
	return c.Settled(b)
}

// step takes a batch through one arrow.
func (c *Clerk) step(ctx context.Context, b *settlement.Batch) (err error) {
	switch b.State {
	case settlement.Posted:
		if err = c.persist(ctx, "mint", func() (err error) {
			b.Mint, err = c.Chain.Mint(ctx, b.Attestation)
			return err
		}); err != nil {
			return err
		}
		err = c.Ledger.Minted(ctx, b.Key, b.Mint)
		b.State = settlement.Minted
	case settlement.Minted:
		var stands bool
		if stands, err = c.stands(ctx, *b); err != nil {
			return err
		}
		if !stands {
			b.State = settlement.Posted
			return c.unmint(ctx, *b)
		}
		err = c.Ledger.Finish(ctx, b.Key)
		b.State = settlement.Final
	default:
		err = settlement.ErrState
	}
	return err
}

// stands reports whether the chain holds the report of a batch where the ledger says.
func (c *Clerk) stands(ctx context.Context, b settlement.Batch) (stands bool, err error) {
	err = c.persist(ctx, "look up", func() error {
		record, held, err := c.Chain.Minted(ctx, b.Key)
		stands = held && record == b.Mint
		return err
	})
	return stands, err
}

// unmint takes a batch back to posted whose report the chain has lost or moved.
func (c *Clerk) unmint(ctx context.Context, b settlement.Batch) error {
	c.Log.LogAttrs(ctx, slog.LevelWarn, "mint is no longer where it was on chain, minting again", slog.String("zone", string(c.Zone)),
		slog.String("interval", b.Key.Interval.String()))
	return c.Ledger.Unmint(ctx, b.Key)
}

// announce tells whoever follows the settlement log; the ledger, not the announcement, is the truth.
func (c *Clerk) announce(ctx context.Context, b settlement.Batch) error {
	id := "settled " + b.Key.String()
	return c.persist(ctx, "announce", func() error {
		_, err := c.Bus.Publish(ctx, bus.SettleSubject(c.Zone), id, oracle.AppendReport(nil, b.Attestation.Report))
		return err
	})
}
