package chain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement/chain/bindings/hub"
)

// Posted says where an attested interval stands on chain.
type Posted struct {
	Transaction common.Hash
	Block       uint64
}

// Record is what the chain says about one interval.
type Record struct {
	Interval     energy.Interval
	Run          uint32
	Root         oracle.Hash
	Export       energy.WattHours
	Import       energy.WattHours
	Meters       uint32
	ConfigDigest [32]byte
	Sequence     uint64
	Transaction  common.Hash
	Block        uint64
}

// ErrDiffers is returned where the chain holds another report of the interval than the one to be posted: a quorum of
// oracles signed two.
var ErrDiffers = problem.New(problem.Internal, "the chain holds another report of this interval")

// logSpan is the number of blocks searched in one request; nodes limit it.
const logSpan = 10_000

// Post puts an attested interval on chain and so mints its export. It happens once, whoever posted it: a repeat
// returns where it stands.
func (c *Chain) Post(ctx context.Context, a oracle.Attestation) (Posted, error) {
	r := a.Report
	what := fmt.Sprintf("post %s %s run %d", r.Zone, r.Interval, r.Run)
	contracts, err := c.known(ctx)
	if err != nil {
		return Posted{}, fmt.Errorf("%s: %w", what, err)
	}
	if posted, ok, err := c.posted(ctx, r); err != nil || ok {
		return posted, err
	}
	var signatures []byte
	for _, s := range a.Signatures {
		signatures = append(signatures, s[:]...)
	}
	data := c.hub.PackPost(oracle.AppendReport(nil, r), a.ConfigDigest, a.Sequence, signatures)
	receipt, err := c.Send(ctx, what, &contracts.Hub, data)
	if errors.Is(err, ErrAlreadyPosted) { // somebody else was faster
		if posted, ok, err := c.posted(ctx, r); err != nil || ok {
			return posted, err
		}
	}
	if err != nil {
		return Posted{}, err
	}
	c.log.LogAttrs(ctx, slog.LevelInfo, "interval posted", slog.String("zone", string(r.Zone)),
		slog.String("interval", r.Interval.String()), slog.Uint64("run", uint64(r.Run)), slog.Int64("minted_wh", int64(r.Export)),
		slog.String("transaction", receipt.TxHash.Hex()), slog.Uint64("block", receipt.BlockNumber.Uint64()), slog.Uint64("gas", receipt.GasUsed))
	return Posted{receipt.TxHash, receipt.BlockNumber.Uint64()}, nil
}

// posted looks for the report on chain, and makes sure that it is the same.
func (c *Chain) posted(ctx context.Context, r oracle.Report) (Posted, bool, error) {
	on, ok, err := c.Find(ctx, r.Zone, r.Interval, r.Run)
	if err != nil || !ok {
		return Posted{}, false, err
	}
	if on.Root != r.Root || on.Export != r.Export || on.Import != r.Import || on.Meters != r.Meters {
		return Posted{}, false, fmt.Errorf("%s %s run %d in transaction %s: %w", r.Zone, r.Interval, r.Run, on.Transaction, ErrDiffers)
	}
	return Posted{on.Transaction, on.Block}, true, nil
}

// Find returns what the newest block says about an interval, and where; ok is false if it was never posted.
func (c *Chain) Find(ctx context.Context, zone energy.Zone, interval energy.Interval, run uint32) (record Record, ok bool, err error) {
	contracts, err := c.known(ctx)
	if err != nil {
		return Record{}, false, err
	}
	raw, err := c.call(ctx, contracts.Hub, c.hub.PackStatementOf(zone.Bytes(), uint64(interval.StartUnix()), run))
	if err != nil {
		return Record{}, false, fmt.Errorf("find %s %s: %w", zone, interval, err)
	}
	statement, err := c.hub.UnpackStatementOf(raw)
	if err != nil {
		return Record{}, false, fmt.Errorf("find %s %s: %w", zone, interval, err)
	}
	if statement.PostedIn == 0 || energy.Length(statement.Length) != interval.Length() {
		return Record{}, false, nil
	}
	start := common.BigToHash(big.NewInt(interval.StartUnix()))
	records, err := c.records(ctx, contracts.Hub, statement.PostedIn, statement.PostedIn, zone, start)
	if err != nil {
		return Record{}, false, err
	}
	for _, r := range records {
		if r.Run == run {
			return r, true, nil
		}
	}
	// The state has it and the log has not: the chain moved in between.
	return Record{}, false, fmt.Errorf("find %s %s: event in block %d: %w", zone, interval, statement.PostedIn, ErrUnreachable)
}

// All returns everything that was posted about a zone, ascending by interval and run.
func (c *Chain) All(ctx context.Context, zone energy.Zone) ([]Record, error) {
	contracts, err := c.known(ctx)
	if err != nil {
		return nil, err
	}
	head, err := c.client.HeaderByNumber(ctx, nil)
	if err != nil {
		return nil, unreachable("newest block", err)
	}
	var all []Record
	for from := c.birth(ctx); from <= head.Number.Uint64(); from += logSpan {
		records, err := c.records(ctx, contracts.Hub, from, min(from+logSpan-1, head.Number.Uint64()), zone)
		if err != nil {
			return nil, err
		}
		all = append(all, records...)
	}
	slices.SortFunc(all, func(a, b Record) int {
		if order := a.Interval.Compare(b.Interval); order != 0 {
			return order
		}
		return int(a.Run) - int(b.Run)
	})
	return all, nil
}

// birth is the block of the hub, or 0 where only the chain knows it.
func (c *Chain) birth(ctx context.Context) uint64 {
	if c.outbox.db == nil { // a Reader has none
		return 0
	}
	e, ok, err := c.outbox.find(ctx, deployHub)
	if err != nil || !ok {
		return 0
	}
	receipt, err := c.receipt(ctx, e)
	if err != nil || receipt == nil {
		return 0
	}
	return receipt.BlockNumber.Uint64()
}

// records reads the Posted events of a zone, of one start if it is given.
func (c *Chain) records(
	ctx context.Context, address common.Address, from, to uint64, zone energy.Zone, start ...common.Hash,
) ([]Record, error) {
	contract := c.hub.GetABI()
	logs, err := c.client.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(to), Addresses: []common.Address{address},
		Topics: [][]common.Hash{{contract.Events[hub.HubPostedEventName].ID}, {common.Hash(zone.Bytes())}, start},
	})
	if err != nil {
		return nil, unreachable("events", err)
	}
	var records []Record
	for _, l := range logs {
		r, err := c.decode(l)
		if err != nil {
			return nil, fmt.Errorf("event in transaction %s: %w", l.TxHash, err)
		}
		records = append(records, r)
	}
	return records, nil
}

func (c *Chain) decode(l types.Log) (Record, error) {
	e, err := c.hub.UnpackPostedEvent(&l)
	if err != nil {
		return Record{}, err
	}
	interval, err := energy.NewInterval(int64(e.Start), energy.Length(e.Length))
	if err != nil {
		return Record{}, err
	}
	return Record{
		Interval: interval, Run: e.Run, Root: e.Root, Export: energy.WattHours(e.Exported), Import: energy.WattHours(e.Imported),
		Meters: e.Meters, ConfigDigest: e.ConfigDigest, Sequence: e.Sequence, Transaction: l.TxHash, Block: l.BlockNumber,
	}, nil
}

// Supply is the energy of all tokens in existence.
func (c *Chain) Supply(ctx context.Context) (energy.WattHours, error) {
	contracts, err := c.known(ctx)
	if err != nil {
		return 0, err
	}
	raw, err := c.call(ctx, contracts.Token, c.token.PackTotalSupply())
	if err != nil {
		return 0, fmt.Errorf("supply: %w", err)
	}
	supply, err := c.token.UnpackTotalSupply(raw)
	if err != nil {
		return 0, fmt.Errorf("supply: %w", err)
	}
	if !supply.IsInt64() {
		return 0, fmt.Errorf("supply %s Wh: %w", supply, energy.ErrRange)
	}
	return energy.WattHours(supply.Int64()), nil
}
