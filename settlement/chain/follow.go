package chain

import (
	"context"
	"fmt"
	"log/slog"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
)

// ReorganisationDepth is how many blocks a reorganisation may take back without ledger and chain drifting apart.
const ReorganisationDepth = 64

// Progress is how far the chain has come.
type Progress struct {
	Head  uint64 // newest block
	Safe  uint64 // newest block that is unlikely to be taken back
	Final uint64 // newest block that will not be taken back

	// Reorganised says that the block which was the newest at the last look is no longer part of the chain: whatever
	// was found in the last ReorganisationDepth blocks must be looked up again.
	Reorganised bool
}

// Follow looks at the chain and brings the state of every transaction up to date. What a reorganisation took back is
// sent again.
func (c *Chain) Follow(ctx context.Context) (Progress, error) {
	c.following.Lock()
	defer c.following.Unlock()
	head, err := c.header(ctx, nil)
	if err != nil {
		return Progress{}, err
	}
	p := Progress{Head: head.Number.Uint64()}
	if p.Reorganised, err = c.reorganised(ctx, head); err != nil {
		return Progress{}, err
	}
	if p.Safe, p.Final, err = c.finality(ctx, p.Head); err != nil {
		return Progress{}, err
	}
	if p.Reorganised {
		c.log.LogAttrs(ctx, slog.LevelWarn, "the chain took blocks back", slog.Uint64("block", c.seen.Number.Uint64()), slog.Uint64("head", p.Head))
		if err := c.lookAgain(ctx, p.Head); err != nil {
			return Progress{}, err
		}
	}
	if err := c.outbox.settle(ctx, c.sender, p.Safe, p.Final); err != nil {
		return Progress{}, err
	}
	c.seen = head
	return p, nil
}

// header returns a block's header by its number or tag, nil for the newest.
func (c *Chain) header(ctx context.Context, number *big.Int) (*types.Header, error) {
	head, err := c.client.HeaderByNumber(ctx, number)
	if err != nil {
		return nil, unreachable(fmt.Sprintf("block %v", number), err)
	}
	return head, nil
}

// reorganised reports whether the newest block of the last look is gone.
func (c *Chain) reorganised(ctx context.Context, head *types.Header) (bool, error) {
	if c.seen == nil || c.seen.Hash() == head.Hash() {
		return false, nil
	}
	if head.Number.Cmp(c.seen.Number) <= 0 {
		return true, nil
	}
	at, err := c.header(ctx, c.seen.Number)
	return err == nil && at.Hash() != c.seen.Hash(), err
}

// finality returns the newest blocks that are safe and final.
func (c *Chain) finality(ctx context.Context, head uint64) (safe, final uint64, err error) {
	if c.depth != FinalByTag {
		deep := head - min(head, uint64(c.depth))
		return deep, deep, nil
	}
	for tag, number := range map[rpc.BlockNumber]*uint64{rpc.SafeBlockNumber: &safe, rpc.FinalizedBlockNumber: &final} {
		h, err := c.client.HeaderByNumber(ctx, big.NewInt(tag.Int64()))
		if err != nil && !strings.Contains(err.Error(), "not found") { // a young chain has none yet
			return 0, 0, unreachable(tag.String()+" block", err)
		}
		if err == nil {
			*number = h.Number.Uint64()
		}
	}
	return safe, final, nil
}

// lookAgain finds out where the transactions of the newest blocks are now, and sends what no block holds any more.
func (c *Chain) lookAgain(ctx context.Context, head uint64) error {
	entries, err := c.outbox.since(ctx, c.sender, head-min(head, ReorganisationDepth))
	if err != nil {
		return err
	}
	for _, e := range entries {
		receipt, err := c.receipt(ctx, e)
		if err != nil {
			return err
		}
		if receipt != nil {
			err = c.outbox.mined(ctx, c.sender, e, receipt)
		} else {
			err = c.outbox.sent(ctx, c.sender, e)
		}
		if err != nil {
			return err
		}
	}
	return c.Resume(ctx)
}
