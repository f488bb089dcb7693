package chain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/chain/bindings/hub"
)

// ErrNumber is returned for a settlement root whose number is not the next one on chain.
var ErrNumber = problem.New(problem.Conflict, "another settlement root comes next on chain")

// SettledNumber is the number of a zone's newest settlement root on chain, 0 before the first.
func (c *Chain) SettledNumber(ctx context.Context, zone energy.Zone) (uint64, error) {
	purse, err := c.purse(ctx, zone)
	return purse.Last, err
}

func (c *Chain) purse(ctx context.Context, zone energy.Zone) (hub.IEscrowPurse, error) {
	out, err := c.ask(ctx, c.hub.PackPurseOf(zone.Bytes()))
	if err != nil {
		return hub.IEscrowPurse{}, fmt.Errorf("purse of %s: %w", zone, err)
	}
	return c.hub.UnpackPurseOf(out)
}

// ask calls the hub.
func (c *Chain) ask(ctx context.Context, data []byte) ([]byte, error) {
	contracts, err := c.known(ctx)
	if err != nil {
		return nil, err
	}
	return c.call(ctx, contracts.Hub, data)
}

// Settle puts a signed settlement root on chain, once: a root that is there is no error. It returns ErrNumber for one
// that is not the next.
func (c *Chain) Settle(ctx context.Context, s oracle.Settled) error {
	r := s.Report
	on, err := c.settlementOf(ctx, r.Zone, r.Number)
	if err != nil {
		return err
	}
	if on == [32]byte(r.Root) {
		return nil
	}
	contracts, err := c.known(ctx)
	if err != nil {
		return err
	}
	var signatures []byte
	for _, signature := range s.Signatures {
		signatures = append(signatures, signature[:]...)
	}
	// A revoked number is used again, for another root.
	purpose := fmt.Sprintf("settle %s number %d, root %x", r.Zone, r.Number, r.Root[:8])
	receipt, err := c.Send(ctx, purpose, &contracts.Hub,
		c.hub.PackSettle(oracle.AppendSettlementReport(nil, r), s.ConfigDigest, s.Sequence, signatures))
	if errors.Is(err, ErrNumber) { // somebody else was faster
		if on, lookErr := c.settlementOf(ctx, r.Zone, r.Number); lookErr == nil && on == [32]byte(r.Root) {
			return nil
		}
	}
	if err != nil {
		return err
	}
	c.log.LogAttrs(ctx, slog.LevelInfo, "settlement root on chain", slog.String("zone", string(r.Zone)), slog.Uint64("number", r.Number),
		slog.String("transaction", receipt.TxHash.Hex()), slog.Uint64("gas", receipt.GasUsed))
	return nil
}

// settlementOf is the root under a number, zero where there is none.
func (c *Chain) settlementOf(ctx context.Context, zone energy.Zone, number uint64) ([32]byte, error) {
	out, err := c.ask(ctx, c.hub.PackSettlementOf(zone.Bytes(), number))
	if err != nil {
		return [32]byte{}, fmt.Errorf("settlement %d of %s: %w", number, zone, err)
	}
	on, err := c.hub.UnpackSettlementOf(out)
	return on.Root, err
}

// Entries returns what happened to the money of a zone in the blocks after the first up to and including the second, in
// the order of the chain.
func (c *Chain) Entries(ctx context.Context, zone energy.Zone, after, to uint64) (entries []settlement.ChainEntry, err error) {
	contracts, err := c.known(ctx)
	if err != nil {
		return nil, err
	}
	unit, err := c.unit(ctx, contracts)
	if err != nil {
		return nil, err
	}
	contract := c.hub.GetABI()
	events := []common.Hash{contract.Events[hub.HubDepositedEventName].ID, contract.Events[hub.HubReclaimedEventName].ID,
		contract.Events[hub.HubExitRequestedEventName].ID, contract.Events[hub.HubExitedEventName].ID}
	for from := max(after+1, c.birth(ctx)); from <= to; from += logSpan {
		logs, err := c.client.FilterLogs(ctx, ethereum.FilterQuery{Addresses: []common.Address{contracts.Hub},
			FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(min(from+logSpan-1, to)),
			Topics: [][]common.Hash{events, {common.Hash(zone.Bytes())}}})
		if err != nil {
			return nil, unreachable("events", err)
		}
		for _, l := range logs {
			e, err := c.entry(ctx, zone, unit, l)
			if err != nil {
				return nil, fmt.Errorf("event in transaction %s: %w", l.TxHash, err)
			}
			e.Place = settlement.LogPlace{Block: l.BlockNumber, Index: uint32(l.Index)}
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// unit is how much money (1e-9) a unit of the money token is.
func (c *Chain) unit(ctx context.Context, contracts Contracts) (energy.Money, error) {
	out, err := c.call(ctx, contracts.Money, c.money.PackDecimals())
	if err != nil {
		return 0, fmt.Errorf("decimals of the money token: %w", err)
	}
	decimals, err := c.money.UnpackDecimals(out)
	if err != nil {
		return 0, fmt.Errorf("decimals of the money token: %w", err)
	}
	unit := energy.Money(1)
	for range 9 - min(9, int(decimals)) {
		unit *= 10
	}
	return unit, nil
}

// entry reads one event of the escrow.
func (c *Chain) entry(ctx context.Context, zone energy.Zone, unit energy.Money, l types.Log) (settlement.ChainEntry, error) {
	switch contract := c.hub.GetABI(); l.Topics[0] {
	case contract.Events[hub.HubDepositedEventName].ID:
		e, err := c.hub.UnpackDepositedEvent(&l)
		if err != nil {
			return settlement.ChainEntry{}, err
		}
		return worth(settlement.Deposited, settlement.DepositedFor(e.Member), e.Amount, unit)
	case contract.Events[hub.HubReclaimedEventName].ID:
		e, err := c.hub.UnpackReclaimedEvent(&l)
		if err != nil {
			return settlement.ChainEntry{}, err
		}
		return worth(settlement.Reclaimed, settlement.DepositedFor(e.Member), e.Amount, unit)
	case contract.Events[hub.HubExitRequestedEventName].ID:
		e, err := c.hub.UnpackExitRequestedEvent(&l)
		if err != nil {
			return settlement.ChainEntry{}, err
		}
		head, err := c.header(ctx, new(big.Int).SetUint64(l.BlockNumber))
		if err != nil {
			return settlement.ChainEntry{}, err
		}
		return settlement.ChainEntry{Kind: settlement.ExitRequested, Account: settlement.DepositedFor(e.Member),
			By: settlement.Address(e.By), At: int64(head.Time)}, nil
	default:
		e, err := c.hub.UnpackExitedEvent(&l)
		if err != nil {
			return settlement.ChainEntry{}, err
		}
		account := settlement.Account{Kind: settlement.AccountKind(e.Kind)}
		if account.Kind == settlement.MemberAccount {
			account = settlement.DepositedFor(e.Member)
		}
		paid, err := c.paid(ctx, zone, e, l)
		if err != nil {
			return settlement.ChainEntry{}, err
		}
		return worth(settlement.ExitForced, account, paid, unit)
	}
}

func worth(kind settlement.ChainKind, account settlement.Account, amount uint64, unit energy.Money) (settlement.ChainEntry, error) {
	const most = uint64(1) << 62
	if amount > most/uint64(unit) {
		return settlement.ChainEntry{}, fmt.Errorf("%d units of money: %w", amount, energy.ErrRange)
	}
	return settlement.ChainEntry{Kind: kind, Account: account, Amount: energy.Money(amount) * unit}, nil
}

// paid is what an account had been paid in all when it was exited, in units of the money token: the sum of its claims.
func (c *Chain) paid(ctx context.Context, zone energy.Zone, e *hub.HubExited, exit types.Log) (sum uint64, err error) {
	contract := c.hub.GetABI()
	for from := c.birth(ctx); from <= exit.BlockNumber; from += logSpan {
		logs, err := c.client.FilterLogs(ctx, ethereum.FilterQuery{Addresses: []common.Address{exit.Address},
			FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(min(from+logSpan-1, exit.BlockNumber)),
			Topics: [][]common.Hash{{contract.Events[hub.HubClaimedEventName].ID}, {common.Hash(zone.Bytes())}, {common.Hash(e.Member)}}})
		if err != nil {
			return 0, unreachable("claims", err)
		}
		for _, l := range logs {
			claimed, err := c.hub.UnpackClaimedEvent(&l)
			if err != nil {
				return 0, err
			}
			earlier := l.BlockNumber < exit.BlockNumber || l.Index < exit.Index
			if claimed.Kind == e.Kind && earlier {
				sum += claimed.Amount
			}
		}
	}
	return sum, nil
}
