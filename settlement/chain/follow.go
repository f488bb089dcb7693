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

// Watch follows the chain for one caller, who alone is told of a reorganisation. It is not safe for concurrent use.
type Watch struct {
	chain *Chain
	seen  *types.Header // the newest block at the last look; nil before the first
}

// Watch returns a new watch.
func (c *Chain) Watch() *Watch { return &Watch{chain: c} }

// Look looks at the chain and brings the state of every transaction up to date. What a reorganisation took back is sent
// again.
func (w *Watch) Look(ctx context.Context) (Progress, error) {
	c := w.chain
	head, err := c.header(ctx, nil)
	if err != nil {
		return Progress{}, err
	}
	p := Progress{Head: head.Number.Uint64()}
	if p.Reorganised, err = w.reorganised(ctx, head); err != nil {
		return Progress{}, err
	}
	if p.Safe, p.Final, err = c.finality(ctx, p.Head); err != nil {
		return Progress{}, err
	}
	if p.Reorganised {
		c.log.LogAttrs(ctx, slog.LevelWarn, "the chain took blocks back", slog.Uint64("block", w.seen.Number.Uint64()), slog.Uint64("head", p.Head))
		if err := c.lookAgain(ctx, p.Head); err != nil {
			return Progress{}, err
		}
	}
	if w.seen == nil || w.seen.Hash() != head.Hash() {
		if err := c.outbox.settle(ctx, c.sender, p.Safe, p.Final); err != nil {
			return Progress{}, err
		}
	}
	w.seen = head
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
func (w *Watch) reorganised(ctx context.Context, head *types.Header) (bool, error) {
	if w.seen == nil || w.seen.Hash() == head.Hash() {
		return false, nil
	}
	if head.Number.Cmp(w.seen.Number) <= 0 {
		return true, nil
	}
	at, err := w.chain.header(ctx, w.seen.Number)
	return err == nil && at.Hash() != w.seen.Hash(), err
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
