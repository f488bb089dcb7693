package settlement_test

import (
	"context"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/clerk"
)

// contract is the chain as the clerk sees it.
type contract struct {
	*engines
	zone          energy.Zone
	watch         *chain.Watch
	confirmations uint64 // on top of a block that is final
}

// contract returns the chain as a new clerk sees it.
func (s *street) contract() contract { return contract{s.engines, s.zone, s.chain.Watch(), 0} }

// confirmed makes a clerk wait for confirmations.
func confirmed(confirmations uint64) func(*clerk.Config) {
	return func(c *clerk.Config) {
		probed := c.Chain.(probedChain)
		probed.real.confirmations = confirmations
		c.Chain = probed
	}
}

func (c contract) Quorum(ctx context.Context) (oracle.Quorum, error) { return c.chain.Quorum(ctx) }

func (c contract) Mint(ctx context.Context, a oracle.Attestation) (settlement.MintRecord, error) {
	p, err := c.chain.Post(ctx, a)
	return settlement.MintRecord{Transaction: p.Transaction, Block: p.Block}, err
}

func (c contract) Minted(ctx context.Context, k settlement.Key) (settlement.MintRecord, bool, error) {
	r, ok, err := c.chain.Find(ctx, k.Zone, k.Interval, k.Run)
	return settlement.MintRecord{Transaction: r.Transaction, Block: r.Block}, ok, err
}

func (c contract) SettledNumber(ctx context.Context) (uint64, error) {
	return c.chain.SettledNumber(ctx, c.zone)
}

func (c contract) Settle(ctx context.Context, settled oracle.Settled) error {
	return c.chain.Settle(ctx, settled)
}

// noTurns says that every root was made, for tests of what comes before.
type noTurns struct{}

func (noTurns) Counts(settlement.Key) bool { return true }

func (noTurns) Propose(context.Context, settlement.Key, []settlement.Payout, map[energy.Member]energy.Money) error {
	return nil
}

func (c contract) Follow(ctx context.Context) (final uint64, reorganised bool, err error) {
	p, err := c.watch.Look(ctx)
	return p.Head - min(p.Head, c.confirmations), p.Reorganised, err
}
