package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

var (
	// ErrReverted is returned for a transaction or call that the contract refuses.
	ErrReverted = problem.New(problem.Conflict, "refused by the contract")
	// ErrAlreadyPosted is returned for an interval that is on chain already.
	ErrAlreadyPosted = problem.New(problem.Conflict, "the interval is on chain already")
	// ErrNameplate is returned for more energy than the zone's nameplate could have produced.
	ErrNameplate = problem.New(problem.Conflict, "more energy than the registered nameplate could have produced")
	// ErrQuorum is returned for signatures that do not make a quorum of the oracles on chain.
	ErrQuorum = problem.New(problem.Denied, "not signed by a quorum of the oracles on chain")
)

// meanings are the contract's errors that callers tell apart.
var meanings = map[string]error{
	"AlreadyPosted": ErrAlreadyPosted, "ExceedsNameplate": ErrNameplate, "OtherConfig": ErrQuorum, "SignaturesSize": ErrQuorum,
	"MalformedSignature": ErrQuorum, "UnknownSigner": ErrQuorum, "RepeatedSigner": ErrQuorum,
	"OtherNumber": ErrNumber,
}

// refusal turns the error of a call into the contract's reason, or into ErrUnreachable where the contract gave none.
func (c *Chain) refusal(err error) error {
	var with rpc.DataError
	if errors.As(err, &with) {
		if text, ok := with.ErrorData().(string); ok {
			if data, decoding := hexutil.Decode(text); decoding == nil {
				return c.reason(data)
			}
		}
	}
	if strings.Contains(err.Error(), "execution reverted") {
		return fmt.Errorf("without a reason: %w", ErrReverted)
	}
	return unreachable("call", err)
}

// replay finds out why a transaction reverted by calling it once more on the state before its block.
func (c *Chain) replay(ctx context.Context, tx *types.Transaction, receipt *types.Receipt) error {
	call := ethereum.CallMsg{From: c.sender, To: tx.To(), Gas: tx.Gas(), Data: tx.Data()}
	for _, back := range []int64{0, 1} { // on the state after the block, which others in it may have made, then before
		if _, err := c.client.CallContract(ctx, call, new(big.Int).Sub(receipt.BlockNumber, big.NewInt(back))); err != nil {
			if reason := c.refusal(err); errors.Is(reason, ErrReverted) {
				return reason
			}
		}
	}
	return fmt.Errorf("without a reason: %w", ErrReverted)
}

// reason decodes what a contract reverted with.
func (c *Chain) reason(data []byte) error {
	if text, err := abi.UnpackRevert(data); err == nil {
		return fmt.Errorf("%s: %w", text, ErrReverted)
	}
	if len(data) >= 4 {
		contract := c.hub.GetABI()
		if known, err := contract.ErrorByID([4]byte(data)); err == nil {
			if values, err := known.Inputs.Unpack(data[4:]); err == nil {
				text := describe(known, values)
				if meaning := meanings[known.Name]; meaning != nil {
					return fmt.Errorf("%s: %w: %w", text, meaning, ErrReverted)
				}
				return fmt.Errorf("%s: %w", text, ErrReverted)
			}
		}
	}
	return fmt.Errorf("reason %s: %w", hexutil.Encode(data), ErrReverted)
}

// describe prints an error with its arguments, names as names.
func describe(e *abi.Error, values []any) string {
	parts := make([]string, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case [32]byte:
			if name, err := energy.DecodeName(v); err == nil {
				parts[i] = e.Inputs[i].Name + " " + name
			} else {
				parts[i] = e.Inputs[i].Name + " " + hexutil.Encode(v[:])
			}
		default:
			parts[i] = fmt.Sprintf("%s %v", e.Inputs[i].Name, v)
		}
	}
	return e.Name + "(" + strings.Join(parts, ", ") + ")"
}
