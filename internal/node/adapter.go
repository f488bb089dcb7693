package node

import (
	"context"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/audit"
	"github.com/wattle/wattle/settlement/chain"
)

// zoneChain is the chain as the clerk and the audit of one zone see it.
type zoneChain struct {
	*chain.Chain
	watch *chain.Watch
	zone  energy.Zone
}

// Mint implements clerk.Chain.
func (z zoneChain) Mint(ctx context.Context, a oracle.Attestation) (settlement.MintRecord, error) {
	posted, err := z.Post(ctx, a)
	return settlement.MintRecord{Transaction: posted.Transaction, Block: posted.Block}, err
}

// Minted implements clerk.Chain.
func (z zoneChain) Minted(ctx context.Context, k settlement.Key) (settlement.MintRecord, bool, error) {
	r, ok, err := z.Find(ctx, k.Zone, k.Interval, k.Run)
	return settlement.MintRecord{Transaction: r.Transaction, Block: r.Block}, ok, err
}

// Follow implements clerk.Chain.
func (z zoneChain) Follow(ctx context.Context) (final uint64, reorganised bool, err error) {
	p, err := z.watch.Look(ctx)
	return p.Final, p.Reorganised, err
}

// SettledNumber implements clerk.Chain.
func (z zoneChain) SettledNumber(ctx context.Context) (uint64, error) {
	return z.Chain.SettledNumber(ctx, z.zone)
}

// Records implements audit.Chain.
func (z zoneChain) Records(ctx context.Context) ([]audit.Record, error) {
	all, err := z.All(ctx, z.zone)
	if err != nil {
		return nil, err
	}
	records := make([]audit.Record, len(all))
	for i, r := range all {
		records[i] = z.record(r)
	}
	return records, nil
}

// Record implements audit.Witness.
func (z zoneChain) Record(ctx context.Context, k settlement.Key) (audit.Record, bool, error) {
	r, ok, err := z.Find(ctx, k.Zone, k.Interval, k.Run)
	return z.record(r), ok, err
}

func (z zoneChain) record(r chain.Record) audit.Record {
	return audit.Record{Transaction: r.Transaction, Block: r.Block, ConfigDigest: r.ConfigDigest, Sequence: r.Sequence, Report: oracle.Report{Zone: z.zone, Interval: r.Interval, Run: r.Run,
		Root: r.Root, Meters: r.Meters, Export: r.Export, Import: r.Import}}
}

// Root implements audit.Witness.
func (z zoneChain) Root(ctx context.Context, number uint64) (audit.Root, error) {
	on, err := z.Chain.Root(ctx, z.zone, number)
	return audit.Root{Number: number, Root: on.Root, Block: on.Block, Released: on.Released, Owed: on.Owed}, err
}

// Roots implements audit.Chain.
func (z zoneChain) Roots(ctx context.Context) ([]audit.Root, error) {
	newest, err := z.SettledNumber(ctx)
	if err != nil {
		return nil, err
	}
	roots := make([]audit.Root, newest)
	for i := range roots {
		if roots[i], err = z.Root(ctx, uint64(i+1)); err != nil {
			return nil, err
		}
	}
	return roots, nil
}

// Entries implements audit.Chain.
func (z zoneChain) Entries(ctx context.Context, after, to uint64) ([]settlement.ChainEntry, error) {
	return z.Chain.Entries(ctx, z.zone, after, to)
}

// Escrow implements audit.Chain.
func (z zoneChain) Escrow(ctx context.Context) (audit.Escrow, error) {
	e, err := z.Chain.Escrow(ctx, z.zone)
	return audit.Escrow(e), err
}

// Debt implements audit.Chain.
func (z zoneChain) Debt(ctx context.Context) (energy.WattHours, error) {
	return z.Chain.Debt(ctx, z.zone)
}

// Retired implements audit.Chain.
func (z zoneChain) Retired(ctx context.Context) (energy.WattHours, error) {
	return z.Chain.Retired(ctx, z.zone)
}
