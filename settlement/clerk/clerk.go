package clerk

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/energy"
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
	Batch(ctx context.Context, k settlement.Key) (settlement.Batch, error)
	Pending(ctx context.Context) ([]settlement.Batch, error)
	Recent(ctx context.Context, limit int) ([]settlement.Batch, error)
	Post(ctx context.Context, r settlement.Result) error
	Minted(ctx context.Context, k settlement.Key, m settlement.MintRecord) error
	Finish(ctx context.Context, k settlement.Key) error
	Announced(ctx context.Context, k settlement.Key) error
	Unmint(ctx context.Context, k settlement.Key) error
	// Stays records why a batch does not go on, and reports whether the reason is new.
	Stays(ctx context.Context, k settlement.Key, reason string) (fresh bool, err error)
	// Released returns what every member may have withdrawn in all, as of an entry; 0 is the newest.
	Released(ctx context.Context, upTo uint64) (map[energy.Member]energy.Money, error)
}

// Turns is where the balances are counted under settlement roots. settlement/recount implements it.
type Turns interface {
	// Counts reports whether the turn of a batch was counted.
	Counts(k settlement.Key) bool
	// Propose counts the turn of a batch and tells the oracles. It returns settlement.ErrEscrow while money is missing,
	// and an error of kind unavailable while anything else is.
	Propose(ctx context.Context, k settlement.Key, payouts []settlement.Payout, released map[energy.Member]energy.Money) error
}

// Chain is where reports are posted and energy is minted.
type Chain interface {
	// Quorum returns the oracles whose signatures the contract accepts.
	Quorum(ctx context.Context) (oracle.Quorum, error)
	// Mint posts the attestation, once per (zone, interval, run) however often it is called.
	Mint(ctx context.Context, a oracle.Attestation) (settlement.MintRecord, error)
	// Minted returns where the chain holds the report of a batch.
	Minted(ctx context.Context, k settlement.Key) (settlement.MintRecord, bool, error)
	// Follow looks at the chain: blocks up to final will not be taken back, and reorganised says that blocks were taken
	// back since the last look.
	Follow(ctx context.Context) (final uint64, reorganised bool, err error)
	// SettledNumber returns the number of the newest settlement root on chain, 0 before the first.
	SettledNumber(ctx context.Context) (uint64, error)
	// Settle puts a signed settlement root on chain, once however often it is called.
	Settle(ctx context.Context, s oracle.Settled) error
}

// Config is what a clerk needs.
type Config struct {
	Zone    energy.Zone
	Tariffs settlement.TariffBook
	Runs    settlement.Schedule // of settlement; UsualSchedule if nil
	Ledger  Ledger
	Chain   Chain
	Turns   Turns
	Payouts []settlement.Payout // where each account is paid; who has none cannot claim
	Bus     *bus.Bus
	Settled func(settlement.Batch) error // called after each batch became final, before the next; an error stops the clerk
	Log     *slog.Logger
}

// Validate reports what is missing.
func (c Config) Validate() error {
	if c.Ledger == nil || c.Chain == nil || c.Turns == nil || c.Bus == nil || c.Settled == nil || c.Log == nil {
		return problem.New(problem.Internal, "clerk: ledger, chain, turns, bus, settled and log are needed")
	}
	if err := c.Runs.Validate(); err != nil {
		return err
	}
	return c.Tariffs.Validate()
}

// Clerk settles one zone.
type Clerk struct {
	Config
	quorum oracle.Quorum
	posted chan struct{} // holds one wake-up for whoever mints
}

// New returns a clerk.
func New(c Config) (*Clerk, error) {
	if c.Runs == nil {
		c.Runs = settlement.UsualSchedule()
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return &Clerk{Config: c, posted: make(chan struct{}, 1)}, nil
}

// retry is how long the clerk waits before it asks an unavailable engine again, and between two looks at the chain, in
// wall time.
const retry = 500 * time.Millisecond

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
	group.Go(func() error { return c.mint(ctx) })
	group.Go(func() error { return c.turn(ctx) })
	return group.Wait()
}

// persist repeats an outside call while its engine is unavailable: a batch stays where it is, nothing is skipped.
func (c *Clerk) persist(ctx context.Context, what string, call func() error) error {
	for {
		err := call()
		if err == nil || ctx.Err() != nil || problem.KindOf(err) != problem.Unavailable {
			return err
		}
		c.Log.LogAttrs(ctx, slog.LevelWarn, "engine unavailable, trying again", slog.String("step", what), slog.String("reason", err.Error()))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retry):
		}
	}
}
