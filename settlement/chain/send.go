package chain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wattle/wattle/internal/problem"
)

var (
	// ErrPending is returned for a transaction that no block holds yet. It is not lost: the same Send goes on.
	ErrPending = problem.New(problem.Unavailable, "the transaction is not in a block yet: try again")
	// ErrDisplaced is returned for a transaction whose nonce the chain gave to one that is not ours: somebody else
	// uses the key. The same Send makes a new one.
	ErrDisplaced = problem.New(problem.Conflict, "another program uses the same key: give this one its own")
	// ErrFunds is returned where the sender cannot pay for the transaction.
	ErrFunds = problem.New(problem.Conflict, "the sender's account cannot pay for the transaction: fill it up")
	// ErrFee is returned while the chain asks for a higher fee than Config.MaxFee allows. Nothing is lost: the same Send
	// goes on when the chain is cheaper.
	ErrFee = problem.New(problem.Unavailable, "the chain's fee is above the ceiling: wait, or raise --chain-max-fee")
	// ErrGas is returned for a transaction that no block can hold.
	ErrGas = problem.New(problem.Invalid, "the transaction needs more gas than the chain allows")
)

const (
	// maxGas is the most one transaction may use since the Osaka fork (EIP-7825).
	maxGas = 1 << 24
	// firstPause is where the pauses between two looks for a receipt begin; each is twice the one before.
	firstPause = 20 * time.Millisecond
	// resendEvery is the number of looks after which the transaction is handed to the node again: pools forget.
	resendEvery = 8
	// displacedAfter is the number of looks that must find the nonce used and no receipt. One look may fall between
	// the block and its index.
	displacedAfter = 10
)

// Send makes the transaction of a purpose happen and returns its receipt; to is nil for a new contract. It happens
// once: a repeated Send returns the first one's receipt, or sends the same bytes again where they were lost. Where no
// block takes it, it is sent again with a higher fee under the same nonce, up to Config.MaxFee.
//
// A transaction that would revert is not sent; one that reverts in its block is set aside, so that the same Send makes
// a new one. Both return an error that is ErrReverted and names the contract's reason.
func (c *Chain) Send(ctx context.Context, purpose string, to *common.Address, data []byte) (*types.Receipt, error) {
	e, err := c.prepare(ctx, purpose, to, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", purpose, err)
	}
	receipt, err := c.await(ctx, &e)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", purpose, err)
	}
	if receipt.Status != types.ReceiptStatusSuccessful {
		reason := c.replay(ctx, e.newest(), receipt)
		return nil, fmt.Errorf("%s: transaction %s: %w", purpose, receipt.TxHash, errors.Join(reason, c.outbox.setAside(ctx, c.sender, e, reverted)))
	}
	if err := c.outbox.mined(ctx, c.sender, e, receipt); err != nil {
		return nil, fmt.Errorf("%s: %w", purpose, err)
	}
	return receipt, nil
}

// Resume hands every transaction that the chain has not counted to the node again, in the order of their nonces. It is
// for the start of the program, and for a chain that went back.
func (c *Chain) Resume(ctx context.Context) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	nonce, err := c.client.NonceAt(ctx, c.sender, nil)
	if err != nil {
		return unreachable("nonce", err)
	}
	pending, err := c.outbox.from(ctx, c.sender, nonce)
	if err != nil {
		return err
	}
	for _, e := range pending {
		if err := c.broadcast(ctx, e); err != nil && !errors.Is(err, errCheap) {
			return fmt.Errorf("resume %s: %w", e.purpose, err)
		}
		c.log.LogAttrs(ctx, slog.LevelInfo, "transaction sent again",
			slog.String("purpose", e.purpose), slog.Uint64("nonce", e.nonce), slog.String("transaction", e.newest().Hash().Hex()))
	}
	return nil
}

// prepare finds or writes the purpose's transaction and hands a new one to the node.
func (c *Chain) prepare(ctx context.Context, purpose string, to *common.Address, data []byte) (entry, error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	e, ok, err := c.outbox.find(ctx, purpose)
	if err != nil || ok {
		return e, err
	}
	fields, err := c.fields(ctx, to, data)
	if err != nil {
		return entry{}, err
	}
	nonce, err := c.client.NonceAt(ctx, c.sender, nil)
	if err != nil {
		return entry{}, unreachable("nonce", err)
	}
	e, err = c.outbox.add(ctx, purpose, c.sender, nonce, func(nonce uint64) (*types.Transaction, error) {
		fields.Nonce = nonce
		return types.SignNewTx(c.key, types.LatestSignerForChainID(c.id), &fields)
	})
	if err != nil {
		return entry{}, err
	}
	if err := c.broadcast(ctx, e); !errors.Is(err, errCheap) {
		return e, err
	}
	return e, nil // await offers more
}

// fields fills in everything but the nonce.
func (c *Chain) fields(ctx context.Context, to *common.Address, data []byte) (types.DynamicFeeTx, error) {
	gas, err := c.client.EstimateGas(ctx, ethereum.CallMsg{From: c.sender, To: to, Data: data})
	if err != nil {
		return types.DynamicFeeTx{}, c.refusal(err)
	}
	if gas > maxGas {
		return types.DynamicFeeTx{}, fmt.Errorf("%d gas, at most %d: %w", gas, maxGas, ErrGas)
	}
	now, err := c.asks(ctx)
	if err != nil {
		return types.DynamicFeeTx{}, err
	}
	first, err := now.first(c.maxFee)
	if err != nil {
		return types.DynamicFeeTx{}, err
	}
	return types.DynamicFeeTx{
		ChainID: c.id, To: to, Data: data, Gas: min(gas+gas/4, maxGas), GasTipCap: first.tip, GasFeeCap: first.most,
	}, nil
}

// broadcast hands the newest attempt to the node. One that is in its pool or in a block already is no error; await tells.
func (c *Chain) broadcast(ctx context.Context, e entry) error {
	err := c.client.SendTransaction(ctx, e.newest())
	if err == nil || harmless(err) {
		if e.state != prepared {
			return nil
		}
		return c.outbox.sent(ctx, c.sender, e)
	}
	if says(err, "insufficient funds") {
		return fmt.Errorf("%w: %w", ErrFunds, err)
	}
	if says(err, "less than block base fee", "transaction underpriced", "fee too low") {
		return fmt.Errorf("%w: %w", errCheap, err)
	}
	return unreachable("send", err)
}

// errCheap is returned for an attempt that the node does not even keep, for the chain asks for more.
var errCheap = problem.New(problem.Unavailable, "the chain asks for a higher fee")

// harmless reports that the node has the transaction, or another attempt of it.
func harmless(err error) bool {
	return says(err, "already known", "alreadyknown", "known transaction", "already imported", "nonce too low",
		"replacement transaction underpriced")
}

// says reports that a node's answer has one of these words. JSON-RPC has no codes for them, and they differ from node
// to node.
func says(err error, words ...string) bool {
	text := strings.ToLower(err.Error())
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// await looks for the receipt with growing pauses, sends again what the node forgot, pays more for what no block takes,
// and gives up at the deadline.
func (c *Chain) await(ctx context.Context, e *entry) (*types.Receipt, error) {
	patient, cancel := context.WithTimeoutCause(ctx, c.wait, ErrPending)
	defer cancel()
	pause, used, waited := min(firstPause, c.poll), 0, patience{}
	for look := 1; ; look++ {
		receipt, err := c.receipt(patient, *e)
		if err != nil && patient.Err() == nil || receipt != nil {
			return receipt, err
		}
		// The second look tells a lost transaction from a new one, which prepare has just handed over.
		if look%resendEvery == 2 {
			if err := c.insist(patient, e, &waited); err != nil && patient.Err() == nil {
				return nil, err
			}
		}
		if nonce, err := c.client.NonceAt(patient, c.sender, nil); err == nil && nonce > e.nonce {
			used++
		}
		if used >= displacedAfter {
			return nil, errors.Join(fmt.Errorf("nonce %d: %w", e.nonce, ErrDisplaced), c.outbox.setAside(ctx, c.sender, *e, displaced))
		}
		select {
		case <-patient.Done():
			return nil, fmt.Errorf("transaction %s: %w", e.newest().Hash(), context.Cause(patient))
		case <-time.After(pause):
		}
		pause = min(2*pause, c.poll)
	}
}

// receipt returns the receipt of whichever attempt is in a block, or nil.
func (c *Chain) receipt(ctx context.Context, e entry) (*types.Receipt, error) {
	for _, tx := range slices.Backward(e.attempts) {
		receipt, err := c.client.TransactionReceipt(ctx, tx.Hash())
		if err == nil {
			return receipt, nil
		}
		if !notFound(err) {
			return nil, unreachable("receipt", err)
		}
	}
	return nil, nil
}

// notFound reports that the node knows no receipt, or is still building the index it would be found by.
func notFound(err error) bool {
	return errors.Is(err, ethereum.NotFound) || strings.Contains(err.Error(), "indexing is in progress")
}
