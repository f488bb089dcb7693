package clerk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// Ledger is where the clerk's batches are. settlement/ledger implements it.
type Ledger interface {
	Position(ctx context.Context, reader string) (uint64, error)
	TakeMarket(ctx context.Context, reader string, sequence uint64, trades map[energy.Interval][]settlement.Trade, closed []energy.Interval) error
	TakeAttestation(ctx context.Context, reader string, sequence uint64, a oracle.Attestation) error
	Skip(ctx context.Context, reader string, sequence uint64) error
	NewestClosed(ctx context.Context) (energy.Interval, bool, error)
	Owners(ctx context.Context) (map[energy.Meter]energy.Member, error)
	Trades(ctx context.Context, interval energy.Interval) ([]settlement.Trade, error)
	Pending(ctx context.Context) ([]settlement.Batch, error)
	Recent(ctx context.Context, limit int) ([]settlement.Batch, error)
	Post(ctx context.Context, r settlement.Result) error
	Minted(ctx context.Context, k settlement.Key, m settlement.MintRecord) error
	Finish(ctx context.Context, k settlement.Key) error
	Unmint(ctx context.Context, k settlement.Key) error
}

// Chain is where reports are posted and energy is minted.
type Chain interface {
	// Quorum returns the oracles whose signatures the contract accepts.
	Quorum(ctx context.Context) (oracle.Quorum, error)
	// Mint posts the attestation, once per (zone, interval, run) however often it is called.
	Mint(ctx context.Context, a oracle.Attestation) (settlement.MintRecord, error)
	// Minted returns where the chain holds the report of a batch.
	Minted(ctx context.Context, k settlement.Key) (settlement.MintRecord, bool, error)
	// Head returns the number of the newest block.
	Head(ctx context.Context) (uint64, error)
}

// Config is what a clerk needs.
type Config struct {
	Zone          energy.Zone
	Tariffs       settlement.TariffBook
	Ledger        Ledger
	Chain         Chain
	Bus           *bus.Bus
	Confirmations uint64                       // blocks on top of a mint before it is final; 0 where blocks are never taken back
	Settled       func(settlement.Batch) error // called after each batch became final, before the next; an error stops the clerk
	Log           *slog.Logger
}

// Validate reports what is missing.
func (c Config) Validate() error {
	if c.Ledger == nil || c.Chain == nil || c.Bus == nil || c.Settled == nil || c.Log == nil {
		return problem.New(problem.Internal, "clerk: ledger, chain, bus, settled and log are needed")
	}
	return c.Tariffs.Validate()
}

// Clerk settles one zone.
type Clerk struct {
	Config
	quorum oracle.Quorum
}

// New returns a clerk.
func New(c Config) (*Clerk, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return &Clerk{Config: c}, nil
}

// retry is how long the clerk waits before it asks an unavailable engine again, in wall time.
const retry = 500 * time.Millisecond

// rechecked is how many of the newest batches are looked up on chain at start: as many as a reorganisation or a lost
// block cache could have taken back.
const rechecked = 64

// Run settles until ctx is done or a batch cannot be settled, and returns after every goroutine it started.
func (c *Clerk) Run(ctx context.Context) error {
	if err := c.recover(ctx); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	market := make(chan bus.Message) // unbuffered: the log is the queue
	attest := make(chan bus.Message)
	group.Go(func() error { return c.follow(ctx, settlement.MarketReader, bus.MarketSubject(c.Zone), market) })
	group.Go(func() error { return c.follow(ctx, settlement.AttestReader, bus.AttestSubject(c.Zone), attest) })
	group.Go(func() error { return c.work(ctx, market, attest) })
	return group.Wait()
}

func (c *Clerk) follow(ctx context.Context, reader, subject string, to chan<- bus.Message) error {
	position, err := c.Ledger.Position(ctx, reader)
	if err != nil {
		return err
	}
	return c.Bus.Follow(ctx, subject, position+1, func(m bus.Message) error {
		select {
		case to <- m:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// work takes messages one at a time. An attestation waits until the market's log has passed its interval; meanwhile no
// further one is taken.
func (c *Clerk) work(ctx context.Context, market, attest <-chan bus.Message) error {
	var waiting *bus.Message
	for {
		next := attest
		if waiting != nil {
			next = nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case m := <-market:
			if err := c.takeMarket(ctx, m); err != nil {
				return err
			}
		case m := <-next:
			waiting = &m
		}
		if waiting == nil {
			continue
		}
		taken, err := c.takeAttestation(ctx, *waiting)
		if err != nil {
			return err
		}
		if taken {
			waiting = nil
		}
	}
}

func (c *Clerk) takeMarket(ctx context.Context, m bus.Message) error {
	events, err := exchange.DecodeMarketMessage(m.Data)
	if err != nil {
		return fmt.Errorf("market log at %d: %w", m.Sequence, err)
	}
	trades, closed := Fold(events)
	return c.Ledger.TakeMarket(ctx, settlement.MarketReader, m.Sequence, trades, closed)
}

// Fold picks from the market's events what settlement needs: the trades by interval, and the intervals whose gates
// closed.
func Fold(events []exchange.Event) (map[energy.Interval][]settlement.Trade, []energy.Interval) {
	trades := map[energy.Interval][]settlement.Trade{}
	var closed []energy.Interval
	for _, e := range events {
		switch e.Kind {
		case exchange.GateClosed:
			closed = append(closed, e.Interval)
		case exchange.Traded:
			trades[e.Interval] = append(trades[e.Interval], settlement.TradeOf(e))
		}
	}
	return trades, closed
}

// takeAttestation records an attestation and settles its batch; taken is false while trades may still be missing.
func (c *Clerk) takeAttestation(ctx context.Context, m bus.Message) (taken bool, err error) {
	a, err := oracle.DecodeAttestation(m.Data)
	if err != nil {
		return c.refuse(ctx, m, err)
	}
	if a.Report.Zone != c.Zone {
		return c.refuse(ctx, m, fmt.Errorf("zone %s: %w", a.Report.Zone, oracle.ErrQuorum))
	}
	if err := c.verify(ctx, a); errors.Is(err, oracle.ErrQuorum) {
		return c.refuse(ctx, m, err)
	} else if err != nil {
		return false, err
	}
	newest, ok, err := c.Ledger.NewestClosed(ctx)
	if err != nil || !ok || newest.Compare(a.Report.Interval) < 0 {
		return false, err
	}
	if err := c.Ledger.TakeAttestation(ctx, settlement.AttestReader, m.Sequence, a); err != nil {
		return false, err
	}
	return true, c.settlePending(ctx)
}

// verify checks the signatures under the quorum last seen, and under the contract's newest if they do not fit.
func (c *Clerk) verify(ctx context.Context, a oracle.Attestation) error {
	if c.quorum.Verify(a) == nil {
		return nil
	}
	if err := c.persist(ctx, "quorum", func() (err error) {
		c.quorum, err = c.Chain.Quorum(ctx)
		return err
	}); err != nil {
		return fmt.Errorf("quorum: %w", err)
	}
	return c.quorum.Verify(a)
}

// refuse skips a message that no quorum stands behind. It does not stop the zone: anybody may write to the log.
func (c *Clerk) refuse(ctx context.Context, m bus.Message, reason error) (bool, error) {
	c.Log.LogAttrs(ctx, slog.LevelError, "attestation refused", slog.Uint64("sequence", m.Sequence), slog.String("reason", reason.Error()))
	return true, c.Ledger.Skip(ctx, settlement.AttestReader, m.Sequence)
}

// settlePending moves every attested batch to final, oldest first.
func (c *Clerk) settlePending(ctx context.Context) error {
	batches, err := c.Ledger.Pending(ctx)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if err := c.settle(ctx, b); err != nil {
			return fmt.Errorf("settle %s: %w", b.Key, err)
		}
	}
	return nil
}

// settle takes one batch through its remaining arrows.
func (c *Clerk) settle(ctx context.Context, b settlement.Batch) error {
	for b.State != settlement.Final {
		if err := c.step(ctx, &b); err != nil {
			return err
		}
	}
	c.Log.LogAttrs(ctx, slog.LevelInfo, "interval settled", slog.String("zone", string(c.Zone)), slog.String("interval", b.Key.Interval.String()),
		slog.Int64("export_wh", int64(b.Attestation.Report.Export)), slog.Int64("import_wh", int64(b.Attestation.Report.Import)))
	if err := c.announce(ctx, b); err != nil {
		return err
	}
	return c.Settled(b)
}

// step takes a batch through one arrow.
func (c *Clerk) step(ctx context.Context, b *settlement.Batch) (err error) {
	switch b.State {
	case settlement.Attested:
		err = c.post(ctx, *b)
		b.State = settlement.Posted
	case settlement.Posted:
		if err = c.persist(ctx, "mint", func() (err error) {
			b.Mint, err = c.Chain.Mint(ctx, b.Attestation)
			return err
		}); err != nil {
			return err
		}
		err = c.Ledger.Minted(ctx, b.Key, b.Mint)
		b.State = settlement.Minted
	case settlement.Minted:
		if err = c.confirm(ctx, *b); err != nil {
			return err
		}
		var stands bool
		if stands, err = c.stands(ctx, *b); err != nil {
			return err
		}
		if !stands {
			b.State = settlement.Posted
			return c.unmint(ctx, *b)
		}
		err = c.Ledger.Finish(ctx, b.Key)
		b.State = settlement.Final
	default:
		err = settlement.ErrState
	}
	return err
}

func (c *Clerk) post(ctx context.Context, b settlement.Batch) error {
	owners, err := c.Ledger.Owners(ctx)
	if err != nil {
		return err
	}
	trades, err := c.Ledger.Trades(ctx, b.Key.Interval)
	if err != nil {
		return err
	}
	tariff, err := c.Tariffs.At(b.Key.Interval)
	if err != nil {
		return err
	}
	result, err := settlement.Settle(settlement.Case{Key: b.Key, Trades: trades, Leaves: b.Attestation.Leaves, Owner: owners, Tariff: tariff})
	if err != nil {
		return err
	}
	return c.Ledger.Post(ctx, result)
}

// confirm waits until the block of the mint has its confirmations.
func (c *Clerk) confirm(ctx context.Context, b settlement.Batch) error {
	return c.persist(ctx, "confirm", func() error {
		head, err := c.Chain.Head(ctx)
		if err == nil && head < b.Mint.Block+c.Confirmations {
			err = errUnconfirmed
		}
		return err
	})
}

// stands reports whether the chain holds the report of a batch where the ledger says.
func (c *Clerk) stands(ctx context.Context, b settlement.Batch) (stands bool, err error) {
	err = c.persist(ctx, "look up", func() error {
		record, held, err := c.Chain.Minted(ctx, b.Key)
		stands = held && record == b.Mint
		return err
	})
	return stands, err
}

// unmint takes a batch back to posted whose report the chain has lost or moved.
func (c *Clerk) unmint(ctx context.Context, b settlement.Batch) error {
	c.Log.LogAttrs(ctx, slog.LevelWarn, "mint is no longer where it was on chain, minting again", slog.String("zone", string(c.Zone)),
		slog.String("interval", b.Key.Interval.String()))
	return c.Ledger.Unmint(ctx, b.Key)
}

var errUnconfirmed = problem.New(problem.Unavailable, "not enough confirmations yet")

// announce tells whoever follows the settlement log; the ledger, not the announcement, is the truth.
func (c *Clerk) announce(ctx context.Context, b settlement.Batch) error {
	id := "settled " + b.Key.String()
	return c.persist(ctx, "announce", func() error {
		_, err := c.Bus.Publish(ctx, bus.SettleSubject(c.Zone), id, oracle.AppendReport(nil, b.Attestation.Report))
		return err
	})
}

// persist repeats an outside call while its engine is unavailable: a batch stays where it is, nothing is skipped.
func (c *Clerk) persist(ctx context.Context, what string, call func() error) error {
	for {
		err := call()
		if err == nil || ctx.Err() != nil || problem.KindOf(err) != problem.Unavailable {
			return err
		}
		if !errors.Is(err, errUnconfirmed) {
			c.Log.LogAttrs(ctx, slog.LevelWarn, "engine unavailable, trying again", slog.String("step", what), slog.String("reason", err.Error()))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retry):
		}
	}
}
