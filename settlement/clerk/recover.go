package clerk

import (
	"context"
	"fmt"
	"slices"

	"github.com/wattle/wattle/settlement"
)

// rechecked is how many of the newest batches are looked up on chain after a start or a reorganisation: at least as many
// as the blocks it may take back.
const rechecked = 64

// recover brings ledger and chain together after a stop of any kind: a mint that the chain no longer holds goes back to
// posted, and every batch that was under way is settled.
func (c *Clerk) recover(ctx context.Context) error {
	batches, err := c.Ledger.Recent(ctx, rechecked)
	if err != nil {
		return err
	}
	slices.Reverse(batches) // oldest first
	if err := c.recheck(ctx, batches); err != nil {
		return err
	}
	return c.postPending(ctx)
}

// recheck takes back to posted what the chain no longer holds where the ledger says.
func (c *Clerk) recheck(ctx context.Context, batches []settlement.Batch) error {
	for _, b := range batches {
		if b.State != settlement.Minted && b.State != settlement.Final {
			continue
		}
		stands, err := c.stands(ctx, b)
		if err == nil && !stands {
			err = c.unmint(ctx, b)
		}
		if err != nil {
			return fmt.Errorf("recheck %s: %w", b.Key, err)
		}
	}
	return nil
}
