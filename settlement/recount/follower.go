package recount

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// Chain is what a recount reads of the chain.
type Chain interface {
	// Entries returns what happened to the zone's money in the blocks after the first up to and including the second.
	Entries(ctx context.Context, after, to uint64) ([]settlement.ChainEntry, error)
	// Final returns the newest block that will not be taken back: nothing after it counts.
	Final(ctx context.Context) (uint64, error)
}

// Config is what a follower needs.
type Config struct {
	Zone    energy.Zone
	Tariffs settlement.TariffBook
	Owner   map[energy.Meter]energy.Member
	Bus     *bus.Bus
	Chain   Chain

	// Signed reports whether a quorum of oracles stands behind an attestation: nil, oracle.ErrQuorum, or an error of kind
	// unavailable, after which it is asked again.
	Signed func(context.Context, oracle.Attestation) error
	// Counted is told each turn once it was counted, in order, with what the chain had to say. It must be quick; its error
	// ends the follower. After a wrong notice, as after a restart, all turns are told again.
	Counted func(settlement.Notice, []settlement.ChainEntry) error

	Log *slog.Logger
}

// Validate reports what is missing.
func (c Config) Validate() error {
	if c.Zone == "" || c.Owner == nil || c.Bus == nil || c.Chain == nil || c.Signed == nil || c.Counted == nil || c.Log == nil {
		return problem.New(problem.Internal, "recount: zone, owner, bus, chain, signed, counted and log are needed")
	}
	return c.Tariffs.Validate()
}

// Follower is a recount that follows the logs. It is safe for concurrent use.
type Follower struct {
	Config
	wrong map[uint64]bool // notices, by sequence in their log, that are left out

	mu      sync.Mutex
	count   *settlement.Recount
	last    uint64        // sequence of the newest notice that was counted or left out
	waiting []bus.Message // notices behind last
	again   func()        // begins from nothing
}

// New returns a follower.
func New(c Config) (*Follower, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return &Follower{Config: c, wrong: map[uint64]bool{}, count: settlement.NewRecount(c.Zone, c.Tariffs, c.Owner), again: func() {}}, nil
}

// retry is how long the follower waits before it asks again for what is not there yet, in wall time.
const retry = 500 * time.Millisecond

// errCounted marks what Counted returned.
var errCounted = errors.New("counted turn")

// errAgain ends one pass over the logs for the next, which leaves out what was wrong.
var errAgain = errors.New("begin again")

// Run follows until ctx is done or a log cannot be read, and returns after every goroutine it started.
func (f *Follower) Run(ctx context.Context) error {
	for {
		if err := f.pass(ctx); !errors.Is(err, errAgain) || ctx.Err() != nil {
			return err
		}
	}
}

// pass tells the recount everything from the first message on.
func (f *Follower) pass(parent context.Context) error {
	stop, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	f.mu.Lock()
	f.count = settlement.NewRecount(f.Zone, f.Tariffs, f.Owner)
	f.last, f.waiting, f.again = 0, nil, func() { cancel(errAgain) }
	f.mu.Unlock()
	group, ctx := errgroup.WithContext(stop)
	group.Go(func() error { return f.Bus.Follow(ctx, bus.MarketSubject(f.Zone), 1, f.market) })
	group.Go(func() error {
		return f.Bus.Follow(ctx, bus.AttestSubject(f.Zone), 1, func(m bus.Message) error { return f.attested(ctx, m) })
	})
	group.Go(func() error { return f.Bus.Follow(ctx, bus.TurnSubject(f.Zone), 1, f.notice) })
	group.Go(func() error { return f.advance(ctx) })
	err := group.Wait()
	if cause := context.Cause(stop); errors.Is(cause, errAgain) {
		return cause
	}
	return err
}

func (f *Follower) market(m bus.Message) error {
	events, err := exchange.DecodeMarketMessage(m.Data)
	if err != nil {
		return fmt.Errorf("market log at %d: %w", m.Sequence, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count.Market(events)
	return nil
}

func (f *Follower) attested(ctx context.Context, m bus.Message) error {
	a, err := oracle.DecodeAttestation(m.Data)
	if err != nil || a.Report.Zone != f.Zone {
		return nil // anybody may write to the log; the clerk says so
	}
	for {
		err := f.Signed(ctx, a)
		switch {
		case err == nil:
			f.mu.Lock()
			defer f.mu.Unlock()
			f.count.Attested(a)
			return nil
		case problem.KindOf(err) != problem.Unavailable:
			return nil // no quorum stands behind it
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

func (f *Follower) notice(m bus.Message) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if m.Sequence > f.last {
		f.waiting = append(f.waiting, m)
	}
	return nil
}

// advance counts the notices as soon as what they depend on is known.
func (f *Follower) advance(ctx context.Context) error {
	for {
		counted, err := f.step(ctx)
		if err != nil {
			return err
		}
		if counted {
			continue
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// step deals with the first notice that waits; it reports whether there was one that need not wait any longer.
func (f *Follower) step(ctx context.Context) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.waiting) > 0 && f.waiting[0].Sequence <= f.last { // this program's own, counted when it was made
		f.waiting = f.waiting[1:]
	}
	if len(f.waiting) == 0 {
		return false, nil
	}
	m := f.waiting[0]
	err := f.check(ctx, m)
	if errors.Is(err, errCounted) {
		return false, err
	}
	if problem.KindOf(err) == problem.Unavailable || ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		f.Log.LogAttrs(ctx, slog.LevelError, "the operator's notice is wrong, it is not signed", slog.String("zone", string(f.Zone)),
			slog.Uint64("sequence", m.Sequence), slog.String("reason", err.Error()))
	}
	if errors.Is(err, settlement.ErrOtherwise) {
		f.wrong[m.Sequence] = true
		return false, errAgain
	}
	f.last, f.waiting = m.Sequence, f.waiting[1:]
	return true, nil
}

// check counts the turn of a notice.
func (f *Follower) check(ctx context.Context, m bus.Message) error {
	if f.wrong[m.Sequence] {
		return nil
	}
	n, err := settlement.DecodeNotice(m.Data)
	if err != nil {
		return err
	}
	entries, err := f.entries(ctx, n.Report.Block)
	if err != nil {
		return err
	}
	if err := f.count.Check(n, entries); err != nil {
		return err
	}
	if err := f.Counted(n, entries); err != nil {
		return fmt.Errorf("%w: %w", errCounted, err)
	}
	return nil
}

// entries returns what the chain has to say up to a block, once that is final.
func (f *Follower) entries(ctx context.Context, to uint64) ([]settlement.ChainEntry, error) {
	final, err := f.Chain.Final(ctx)
	if err != nil {
		return nil, err
	}
	if final < to {
		return nil, fmt.Errorf("block %d, the chain is final up to %d: %w", to, final, settlement.ErrPending)
	}
	return f.Chain.Entries(ctx, f.count.Block(), to)
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(retry):
		return nil
	}
}
