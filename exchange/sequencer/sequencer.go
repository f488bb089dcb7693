package sequencer

import (
	"context"
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

// leaseTerm is the default of Config.Lease: with a renewal every third of it and a look every tenth of it, another
// sequencer takes over within 3.3 s and a replay. In a cluster it is clusterLeaseTerm, because a holder cannot renew
// while the servers elect a leader, which was seen to take 8 s.
const (
	leaseTerm        = 3 * time.Second
	clusterLeaseTerm = 15 * time.Second
)

// Config is what a sequencer needs.
type Config struct {
	Rules    exchange.Rules   // of the zone's market; a log written under other rules is refused
	Bus      *bus.Bus         //
	Now      func() time.Time // the zone's clock; commands never go back in time even if it does
	Log      *slog.Logger     //
	MaxBatch int              // commands after which a batch is full; 0 means exchange.MaxBatch, which is the most

	// Lease is the wall time after which another sequencer of the zone takes over from one that does not answer, unless
	// the message server has another term already (bus.Lease): 0 means 3 s, 15 s in a cluster; at least 300 ms. A negative one means that
	// there is no other, as on a message server without a port; if there is one all the same, the slower one's Run ends
	// with bus.ErrFenced.
	Lease time.Duration

	// Checkpoint is how many commands a restart replays at most, or a little more: 0 means 500,000; a negative one means
	// that it replays all, and saves no checkpoints.
	Checkpoint int
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
	case c.Lease > 0 && c.Lease < 300*time.Millisecond || c.Lease > time.Minute:
		return fmt.Errorf("a lease of %s: use 300ms to 1m, or a negative one for none: %w", c.Lease, ErrConfig)
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

	lease   *bus.Lease // of Run
	trouble atomic.Pointer[error]
}

// Gates is what the market knows about its intervals.
type Gates struct {
	Open   []energy.Interval // books that are open, ascending
	Newest energy.Interval   // the latest that ever had a book; zero before the first
	Expiry int64             // Unix milliseconds: when the next resting order is no longer good; 0 while none is good till a time
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
		c.MaxBatch = exchange.MaxBatch
	}
	if c.Lease == 0 {
		c.Lease = leaseTerm
		if c.Bus.Replicas() > 1 {
			c.Lease = clusterLeaseTerm
		}
	}
	if c.Checkpoint == 0 {
		c.Checkpoint = checkpointEvery
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
	return Gates{Open: slices.Clone(g.Open), Newest: g.Newest, Expiry: g.Expiry}, nil
}

// Trouble returns nil while the market takes commands, else ErrNotRunning and what is known of the reason.
func (s *Sequencer) Trouble() error {
	if s.session() != nil {
		return nil
	}
	if why := s.trouble.Load(); why != nil && *why != nil {
		return fmt.Errorf("%w: %w", ErrNotRunning, *why)
	}
	return ErrNotRunning
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
