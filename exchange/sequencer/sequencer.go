package sequencer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
)

var (
	// ErrNotRunning is returned while the market takes no commands: before its log is replayed and after it stopped.
	// Nothing was written.
	ErrNotRunning = problem.New(problem.Unavailable, "the market is not taking orders at the moment: try again")

	// ErrUnconfirmed is returned when it is not known whether commands became durable. Orders sent again with the
	// same ids are placed once.
	ErrUnconfirmed = problem.New(problem.Unavailable, "it is not known whether the orders arrived: send them again with the same ids")

	// ErrTooMany is returned for more commands than one batch can hold.
	ErrTooMany = problem.New(problem.Invalid, "too many commands at once: send them in several calls")

	// ErrConfig is returned by New.
	ErrConfig = problem.New(problem.Invalid, "unusable sequencer settings")

	// ErrBusy is returned by Run while another Run of the same sequencer works.
	ErrBusy = problem.New(problem.Conflict, "the sequencer is running already")
)

// retryPause is the wall time between two attempts to reach the logs: short against a gate closure, long against a
// call.
const retryPause = 250 * time.Millisecond

// Config is what a sequencer needs.
type Config struct {
	Rules    exchange.Rules   // of the zone's market; a log written under other rules is refused
	Bus      *bus.Bus         //
	Now      func() time.Time // the zone's clock; commands never go back in time even if it does
	Log      *slog.Logger     //
	MaxBatch int              // commands after which a batch is written at once; 0 means 100, at most exchange.MaxBatch
	MaxWait  time.Duration    // wall time a batch waits for more commands after its first; 0 means 2 ms
}

// Validate checks that a sequencer can run with c.
func (c Config) Validate() error {
	if err := c.Rules.Validate(); err != nil {
		return fmt.Errorf("%w: %w", err, ErrConfig)
	}
	switch {
	case c.Bus == nil || c.Now == nil || c.Log == nil:
		return fmt.Errorf("bus, clock and log are required: %w", ErrConfig)
	case c.MaxBatch < 0 || c.MaxBatch > exchange.MaxBatch:
		return fmt.Errorf("batches of %d commands: use 1 to %d: %w", c.MaxBatch, exchange.MaxBatch, ErrConfig)
	case c.MaxWait < 0 || c.MaxWait > time.Second:
		return fmt.Errorf("waiting %s for a batch: use up to 1s: %w", c.MaxWait, ErrConfig)
	}
	return nil
}

// Sequencer writes one zone's logs. Submit and Gates are safe for concurrent use, also with Run.
type Sequencer struct {
	config Config
	busy   atomic.Bool
	mutex  sync.Mutex
	now    *session      // nil while not running
	ready  chan struct{} // closed while running
	gates  atomic.Pointer[Gates]
}

// Gates is what the market knows about its intervals.
type Gates struct {
	Open   []energy.Interval // books that are open, ascending
	Newest energy.Interval   // the latest that ever had a book; zero before the first
}

// session is one Run from the end of its replay on.
type session struct {
	requests chan request
	done     chan struct{} // closed when no more requests are taken
}

type request struct {
	commands []exchange.Command
	reply    chan reply // has room for one, so that answering never waits
}

type reply struct {
	events [][]exchange.Event
	err    error
}

// New returns a sequencer that is not running yet.
func New(c Config) (*Sequencer, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.MaxBatch == 0 {
		c.MaxBatch = 100
	}
	if c.MaxWait == 0 {
		c.MaxWait = 2 * time.Millisecond
	}
	return &Sequencer{config: c, ready: make(chan struct{})}, nil
}

// Submit has commands applied next to each other, in the given order, and returns the events of each once they are
// durable. Their Time is set by the sequencer. It trusts its caller in who may send what: opening and closing books is
// Clockwork's. With ErrNotRunning nothing was written; with ErrUnconfirmed, or when ctx ends while waiting, it is not
// known. What is submitted beyond what the log can take waits in Submit until ctx ends: nothing is queued behind it.
func (s *Sequencer) Submit(ctx context.Context, commands ...exchange.Command) ([][]exchange.Event, error) {
	if len(commands) == 0 {
		return nil, nil
	}
	if len(commands) > exchange.MaxBatch {
		return nil, fmt.Errorf("%d commands, at most %d: %w", len(commands), exchange.MaxBatch, ErrTooMany)
	}
	r := request{commands: slices.Clone(commands), reply: make(chan reply, 1)}
	for i := range r.commands {
		r.commands[i].Time = 0
		if err := r.commands[i].Encodable(); err != nil {
			return nil, fmt.Errorf("command %d: %w", i, err)
		}
	}
	running := s.session()
	if running == nil {
		return nil, ErrNotRunning
	}
	select {
	case running.requests <- r:
	case <-running.done:
		return nil, ErrNotRunning
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case answer := <-r.reply:
		return answer.events, answer.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ctx.Err(), ErrUnconfirmed)
	}
}

// Gates returns what the market knows about its intervals, or ErrNotRunning.
func (s *Sequencer) Gates() (Gates, error) {
	g := s.gates.Load()
	if g == nil || s.session() == nil {
		return Gates{}, ErrNotRunning
	}
	return Gates{Open: slices.Clone(g.Open), Newest: g.Newest}, nil
}

func (s *Sequencer) session() *session {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.now
}

// Wait returns when the market takes commands, or with ctx's error.
func (s *Sequencer) Wait(ctx context.Context) error {
	s.mutex.Lock()
	ready := s.ready
	s.mutex.Unlock()
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Sequencer) begin() *session {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.now = &session{requests: make(chan request), done: make(chan struct{})}
	close(s.ready)
	return s.now
}

func (s *Sequencer) end() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	close(s.now.done)
	s.now, s.ready = nil, make(chan struct{})
}

// Run replays the order log, completes the market log, and then takes commands until ctx is done, when it finishes the
// batch in hand and returns ctx's error. While the logs cannot be reached it takes none and starts over, from the
// replay, until they can. It ends when another sequencer writes the zone (bus.ErrFenced) and when the logs do not
// verify (ErrBroken, ErrOtherRules): both need a person.
func (s *Sequencer) Run(ctx context.Context) error {
	if !s.busy.CompareAndSwap(false, true) {
		return ErrBusy
	}
	defer s.busy.Store(false)
	own := map[exchange.Digest]bool{} // batches that may yet arrive in the log
	for {
		err := s.runOnce(ctx, own)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if problem.KindOf(err) != problem.Unavailable && !s.fencedByItself(ctx, err, own) {
			return fmt.Errorf("market of zone %s: %w", s.config.Rules.Zone, err)
		}
		s.config.Log.LogAttrs(ctx, slog.LevelWarn, "market interrupted", slog.String("zone", string(s.config.Rules.Zone)), slog.String("problem", err.Error()))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryPause):
		}
	}
}

// runOnce is Run until the first problem.
func (s *Sequencer) runOnce(ctx context.Context, own map[exchange.Digest]bool) error {
	w, err := s.recover(ctx)
	if err != nil {
		return err
	}
	w.unconfirmed = own
	s.config.Log.LogAttrs(ctx, slog.LevelInfo, "market ready", slog.String("zone", string(s.config.Rules.Zone)),
		slog.Uint64("sequence", w.market.Sequence()), slog.Int("open_books", len(w.market.Open())))
	s.publishGates(w.market)
	running := s.begin()
	defer s.end()
	return s.serve(ctx, w, running.requests)
}

// fencedByItself reports whether the newest batch is one of this sequencer's own that arrived after all, later than it
// waited: then there is no other writer.
func (s *Sequencer) fencedByItself(ctx context.Context, err error, own map[exchange.Digest]bool) bool {
	if !errors.Is(err, bus.ErrFenced) || len(own) == 0 {
		return false
	}
	last, found, err := s.config.Bus.LastOf(ctx, bus.OrderSubject(s.config.Rules.Zone))
	return err == nil && found && own[exchange.DigestOf(last.Data)]
}

// serve gathers requests into batches and commits each. It answers every request it takes.
func (s *Sequencer) serve(ctx context.Context, w *writer, requests <-chan request) error {
	var held *request // did not fit the batch before
	for {
		var batch []request
		if held != nil {
			batch, held = append(batch, *held), nil
		} else {
			select {
			case <-ctx.Done():
				return nil
			case r := <-requests:
				batch = append(batch, r)
			}
		}
		batch, held = s.gather(batch, requests)
		if err := s.commit(ctx, w, batch); err != nil {
			if held != nil {
				held.reply <- reply{err: ErrNotRunning}
			}
			return err
		}
	}
}

// gather adds requests to a batch until it is full or its time is up. A request is never divided: the one that does
// not fit is held for the next batch.
func (s *Sequencer) gather(batch []request, requests <-chan request) (full []request, held *request) {
	count := len(batch[0].commands)
	deadline := time.NewTimer(s.config.MaxWait)
	defer deadline.Stop()
	for count < s.config.MaxBatch {
		select {
		case r := <-requests:
			count += len(r.commands)
			if count > exchange.MaxBatch {
				return batch, &r
			}
			batch = append(batch, r)
		case <-deadline.C:
			return batch, nil
		}
	}
	return batch, nil
}

// commit makes a batch durable, applies it, answers, and publishes the events. A batch once begun is finished even if
// ctx ends; the bus bounds how long that takes.
func (s *Sequencer) commit(ctx context.Context, w *writer, requests []request) error {
	ctx = context.WithoutCancel(ctx)
	var commands []exchange.Command
	for _, r := range requests {
		commands = append(commands, r.commands...)
	}
	at := max(s.config.Now().UnixMilli(), w.market.Time())
	for i := range commands {
		commands[i].Time = at
	}
	if err := w.appendBatch(ctx, commands); err != nil {
		refusal := ErrUnconfirmed
		if errors.Is(err, bus.ErrFenced) {
			refusal = ErrNotRunning // the log refused it: nothing was written
		}
		for _, r := range requests {
			r.reply <- reply{err: refusal}
		}
		return err
	}
	events := w.apply(commands)
	s.publishGates(w.market)
	rest := events
	for _, r := range requests {
		r.reply <- reply{events: rest[:len(r.commands):len(r.commands)]}
		rest = rest[len(r.commands):]
	}
	for _, m := range messages(events) {
		data, next := w.seal(m)
		if err := w.publish(ctx, data, next); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sequencer) publishGates(m *exchange.Market) {
	newest, _ := m.Newest()
	s.gates.Store(&Gates{Open: m.Open(), Newest: newest})
}
