package clerk

import (
	"context"
	"log/slog"

	"github.com/wattle/wattle/settlement"
)

// recover brings ledger and chain together after a stop of any kind: a mint that the chain no longer holds goes back to
// posted, and every batch that was under way is settled.
func (c *Clerk) recover(ctx context.Context) error {
	batches, err := c.Ledger.Recent(ctx, rechecked)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.State != settlement.Minted && b.State != settlement.Final {
			continue
		}
		_, held, err := c.Chain.Minted(ctx, b.Key)
		if err != nil {
			return err
		}
		if !held {
			c.Log.LogAttrs(ctx, slog.LevelWarn, "mint is no longer on chain, minting again", slog.String("interval", b.Key.Interval.String()))
			if err := c.Ledger.Unmint(ctx, b.Key); err != nil {
				return err
			}
		}
	}
	return c.settlePending(ctx)
}
