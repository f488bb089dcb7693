package node

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/audit"
	"github.com/wattle/wattle/settlement/chain"
)

// zoneChain is the chain as the clerk and the audit of one zone see it.
type zoneChain struct {
	*chain.Chain
	eth  *ethclient.Client
	zone energy.Zone
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

// Head implements clerk.Chain.
func (z zoneChain) Head(ctx context.Context) (uint64, error) {
	head, err := z.eth.BlockNumber(ctx)
	if err != nil {
		return 0, fmt.Errorf("newest block: %w: %w", chain.ErrUnreachable, err)
	}
	return head, nil
}

// Records implements audit.Chain.
func (z zoneChain) Records(ctx context.Context) ([]audit.Record, error) {
	all, err := z.All(ctx, z.zone)
	if err != nil {
		return nil, err
	}
	records := make([]audit.Record, len(all))
	for i, r := range all {
		records[i] = audit.Record{Transaction: r.Transaction, Block: r.Block, Report: oracle.Report{Zone: z.zone, Interval: r.Interval, Run: r.Run,
			Root: r.Root, Meters: r.Meters, Export: r.Export, Import: r.Import}}
	}
	return records, nil
}
