package settlement_test

import (
	"context"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/clerk"
	"github.com/wattle/wattle/settlement/ledger"
)

// probedLedger is the real ledger with a probe on every call.
type probedLedger struct {
	real *ledger.Ledger
	*probe
}

var _ clerk.Ledger = probedLedger{}

// ask lets the probe see a call that returns a value.
func ask[T any](p *probe, name string, effect func() (T, error)) (value T, err error) {
	err = p.call(name, func() (err error) {
		value, err = effect()
		return err
	})
	return value, err
}

func (l probedLedger) Position(ctx context.Context, reader string) (uint64, error) {
	return ask(l.probe, "Position", func() (uint64, error) { return l.real.Position(ctx, reader) })
}

func (l probedLedger) TakeMarket(ctx context.Context, reader string, sequence uint64, trades map[energy.Interval][]settlement.Trade, closed []energy.Interval) error {
	return l.call("TakeMarket", func() error { return l.real.TakeMarket(ctx, reader, sequence, trades, closed) })
}

func (l probedLedger) TakeAttestation(ctx context.Context, reader string, sequence uint64, a oracle.Attestation) error {
	return l.call("TakeAttestation", func() error { return l.real.TakeAttestation(ctx, reader, sequence, a) })
}

func (l probedLedger) Skip(ctx context.Context, reader string, sequence uint64) error {
	return l.call("Skip", func() error { return l.real.Skip(ctx, reader, sequence) })
}

func (l probedLedger) NewestClosed(ctx context.Context) (newest energy.Interval, ok bool, err error) {
	err = l.call("NewestClosed", func() (err error) {
		newest, ok, err = l.real.NewestClosed(ctx)
		return err
	})
	return newest, ok, err
}

func (l probedLedger) Owners(ctx context.Context) (map[energy.Meter]energy.Member, error) {
	return ask(l.probe, "Owners", func() (map[energy.Meter]energy.Member, error) { return l.real.Owners(ctx) })
}

func (l probedLedger) Trades(ctx context.Context, iv energy.Interval) ([]settlement.Trade, error) {
	return ask(l.probe, "Trades", func() ([]settlement.Trade, error) { return l.real.Trades(ctx, iv) })
}

func (l probedLedger) Batch(ctx context.Context, k settlement.Key) (settlement.Batch, error) {
	return ask(l.probe, "Batch", func() (settlement.Batch, error) { return l.real.Batch(ctx, k) })
}

func (l probedLedger) Released(ctx context.Context, upTo uint64) (map[energy.Member]energy.Money, error) {
	return ask(l.probe, "Released", func() (map[energy.Member]energy.Money, error) { return l.real.Released(ctx, upTo) })
}

func (l probedLedger) Pending(ctx context.Context) ([]settlement.Batch, error) {
	return ask(l.probe, "Pending", func() ([]settlement.Batch, error) { return l.real.Pending(ctx) })
}

func (l probedLedger) Recent(ctx context.Context, limit int) ([]settlement.Batch, error) {
	return ask(l.probe, "Recent", func() ([]settlement.Batch, error) { return l.real.Recent(ctx, limit) })
}

func (l probedLedger) Post(ctx context.Context, r settlement.Result) error {
	return l.call("Post", func() error { return l.real.Post(ctx, r) })
}

func (l probedLedger) Minted(ctx context.Context, k settlement.Key, m settlement.MintRecord) error {
	return l.call("ledger.Minted", func() error { return l.real.Minted(ctx, k, m) })
}

func (l probedLedger) Finish(ctx context.Context, k settlement.Key) error {
	return l.call("Finish", func() error { return l.real.Finish(ctx, k) })
}

func (l probedLedger) Announced(ctx context.Context, k settlement.Key) error {
	return l.call("Announced", func() error { return l.real.Announced(ctx, k) })
}

func (l probedLedger) Unmint(ctx context.Context, k settlement.Key) error {
	return l.call("Unmint", func() error { return l.real.Unmint(ctx, k) })
}

func (l probedLedger) Stays(ctx context.Context, k settlement.Key, reason string) (bool, error) {
	return ask(l.probe, "Stays", func() (bool, error) { return l.real.Stays(ctx, k, reason) })
}

// probedChain is the real chain with a probe on every call.
type probedChain struct {
	real contract
	*probe
}

var _ clerk.Chain = probedChain{}

func (c probedChain) Quorum(ctx context.Context) (oracle.Quorum, error) {
	return ask(c.probe, "Quorum", func() (oracle.Quorum, error) { return c.real.Quorum(ctx) })
}

func (c probedChain) Mint(ctx context.Context, a oracle.Attestation) (settlement.MintRecord, error) {
	return ask(c.probe, "Mint", func() (settlement.MintRecord, error) { return c.real.Mint(ctx, a) })
}

// Minted says that the chain does not hold the report where the probe answers errHidden.
func (c probedChain) Minted(ctx context.Context, k settlement.Key) (record settlement.MintRecord, held bool, err error) {
	err = c.call("chain.Minted", func() (err error) {
		record, held, err = c.real.Minted(ctx, k)
		return err
	})
	if err == errHidden {
		return settlement.MintRecord{}, false, nil
	}
	return record, held, err
}

func (c probedChain) Follow(ctx context.Context) (final uint64, reorganised bool, err error) {
	err = c.call("Follow", func() (err error) {
		final, reorganised, err = c.real.Follow(ctx)
		return err
	})
	return final, reorganised, err
}

func (c probedChain) SettledNumber(ctx context.Context) (uint64, error) {
	return ask(c.probe, "SettledNumber", func() (uint64, error) { return c.real.SettledNumber(ctx) })
}

func (c probedChain) Settle(ctx context.Context, s oracle.Settled) error {
	return c.call("Settle", func() error { return c.real.Settle(ctx, s) })
}
