package chain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"

	"github.com/ethereum/go-ethereum/core/types"
)

// fee is what a transaction offers for a unit of gas, in wei (EIP-1559).
type fee struct {
	tip  *big.Int // to whoever makes the block
	most *big.Int // tip and base fee together
}

// asked is what the chain asks at the newest block.
type asked struct {
	block uint64
	base  *big.Int
	tip   *big.Int // that the node suggests
}

func (c *Chain) asks(ctx context.Context) (asked, error) {
	head, err := c.client.HeaderByNumber(ctx, nil)
	if err != nil {
		return asked{}, unreachable("newest block", err)
	}
	tip, err := c.client.SuggestGasTipCap(ctx)
	if err != nil {
		return asked{}, unreachable("tip", err)
	}
	base := new(big.Int)
	if head.BaseFee != nil {
		base = head.BaseFee
	}
	return asked{head.Number.Uint64(), base, tip}, nil
}

// needs is the least with which the next block takes a transaction.
func (a asked) needs() *big.Int { return new(big.Int).Add(a.base, a.tip) }

// first is what a new transaction offers: room for the base fee to double, within the ceiling. A chain that asks for
// more than the ceiling is ErrFee.
func (a asked) first(ceiling *big.Int) (fee, error) {
	if a.needs().Cmp(ceiling) > 0 {
		return fee{}, fmt.Errorf("%s wei per gas, ceiling %s: %w", a.needs(), ceiling, ErrFee)
	}
	roomy := new(big.Int).Add(a.tip, new(big.Int).Lsh(a.base, 1))
	return fee{a.tip, least(roomy, ceiling)}, nil
}

// next is what another attempt of a transaction offers; ok is false where the old one's offer serves or the ceiling
// leaves no room for one that nodes accept, which is an eighth above the old.
func (a asked) next(old *types.Transaction, ceiling *big.Int) (offer fee, ok bool, err error) {
	tip, most := raised(old.GasTipCap()), raised(old.GasFeeCap())
	if most.Cmp(ceiling) > 0 {
		if old.GasFeeCap().Cmp(a.needs()) < 0 {
			err = fmt.Errorf("%s wei per gas, ceiling %s: %w", a.needs(), ceiling, ErrFee)
		}
		return fee{}, false, err
	}
	roomy := new(big.Int).Add(a.tip, new(big.Int).Lsh(a.base, 1))
	most = greatest(most, least(roomy, ceiling))
	return fee{least(greatest(tip, a.tip), most), most}, true, nil
}

// raised is an eighth more, for nodes refuse a replacement that offers less than a tenth more.
func raised(x *big.Int) *big.Int {
	more := new(big.Int).Rsh(x, 3)
	return more.Add(more, x).Add(more, big.NewInt(1))
}

func least(a, b *big.Int) *big.Int {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

func greatest(a, b *big.Int) *big.Int {
	if a.Cmp(b) > 0 {
		return a
	}
	return b
}

// stuckAfter is the number of new blocks without a transaction after which it is sent again with a higher fee.
const stuckAfter = 3

// patience remembers since which block an attempt has waited.
type patience struct {
	attempt int    // how many attempts there were
	since   uint64 // newest block when this one was first looked for
}

// insist hands a transaction to the node again, with a higher fee if blocks went by without it or the node asks for more.
func (c *Chain) insist(ctx context.Context, e *entry, waited *patience) error {
	now, err := c.asks(ctx)
	if err != nil {
		return err
	}
	if waited.attempt != len(e.attempts) {
		*waited = patience{len(e.attempts), now.block}
	}
	if now.block < waited.since+stuckAfter {
		if err := c.broadcast(ctx, *e); !errors.Is(err, errCheap) {
			return err
		}
	}
	if err := c.raise(ctx, e, now); err != nil {
		return err
	}
	if err := c.broadcast(ctx, *e); !errors.Is(err, errCheap) {
		return err
	}
	return nil // the chain's fee moved meanwhile
}

// raise signs another attempt with a higher fee and writes it down.
func (c *Chain) raise(ctx context.Context, e *entry, now asked) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	current, ok, err := c.outbox.find(ctx, e.purpose)
	if err != nil {
		return err
	}
	if ok && len(current.attempts) > len(e.attempts) { // another waiter was faster
		*e = current
		return nil
	}
	old := e.newest()
	offer, ok, err := now.next(old, c.maxFee)
	if err != nil || !ok {
		return err
	}
	signed, err := types.SignNewTx(c.key, types.LatestSignerForChainID(c.id), &types.DynamicFeeTx{
		ChainID: c.id, Nonce: e.nonce, To: old.To(), Data: old.Data(), Gas: old.Gas(), GasTipCap: offer.tip, GasFeeCap: offer.most,
	})
	if err != nil {
		return err
	}
	if err := c.outbox.replace(ctx, c.sender, e, signed); err != nil {
		return err
	}
	c.log.LogAttrs(ctx, slog.LevelWarn, "no block takes the transaction, offering more",
		slog.String("purpose", e.purpose), slog.Uint64("nonce", e.nonce), slog.String("fee_wei", offer.most.String()),
		slog.String("transaction", signed.Hash().Hex()))
	return nil
}
