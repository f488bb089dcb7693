package sequencer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
)

const (
	// retryPause is the wall time between two attempts to reach the logs: short against a gate closure, long against a
	// call.
	retryPause = 250 * time.Millisecond

	// mostFenced is how often in a row a holder of the lease reads the logs again because somebody else wrote them: the
	// holder before, who slept, does it once.
	mostFenced = 3
)

// ErrDeposed is why a sequencer stops taking commands when its lease is over: another one may have taken over.
var ErrDeposed = problem.New(problem.Unavailable, "the lease of the zone was lost")

// Run waits for the zone's lease, replays the order log, completes the market log, and then takes commands until ctx is
// done, when it finishes the batch in hand, gives the lease back and returns ctx's error. While the logs cannot be
// reached it takes none and starts over, from the lease, until they can; so it does when it lost the lease, which it
// learns from the clock, from the lease or, if it slept, from the log that refuses its batch. It ends when the message
// server does not sync what it acknowledges (bus.ErrLazy, bus.ErrUnproven), when somebody without the lease writes the
// zone (bus.ErrFenced), and when the logs do not verify (ErrBroken, ErrOtherRules): these need a person.
func (s *Sequencer) Run(ctx context.Context) error {
	if !s.busy.CompareAndSwap(false, true) {
		return ErrBusy
	}
	defer s.busy.Store(false)
	zone := s.config.Rules.Zone
	s.lease = nil
	own := map[exchange.Digest]bool{} // batches that may yet arrive in the log
	for {
		err := s.term(ctx, own)
		s.trouble.Store(&err)
		switch {
		case ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err()) || problem.KindOf(err) == problem.Unavailable):
			return ctx.Err()
		case problem.KindOf(err) != problem.Unavailable:
			return fmt.Errorf("market of zone %s: %w", zone, err)
		}
		s.config.Log.LogAttrs(ctx, slog.LevelWarn, "market interrupted", slog.String("zone", string(zone)), slog.String("problem", err.Error()))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryPause):
		}
	}
}

// term is Run from waiting for the lease to losing it, or to the first problem.
func (s *Sequencer) term(ctx context.Context, own map[exchange.Digest]bool) error {
	if err := s.config.Bus.Durable(ctx); err != nil {
		return err
	}
	if s.config.Lease < 0 {
		err := s.lead(ctx, own)
		if s.fencedByItself(ctx, err, own) {
			return fmt.Errorf("an earlier batch arrived late: %w", bus.ErrUnavailable)
		}
		return err
	}
	lease, err := s.take(ctx)
	if err != nil {
		return err
	}
	for range mostFenced {
		if err = s.hold(ctx, lease, own); errors.Is(err, ErrDeposed) {
			return err
		}
		if !errors.Is(err, bus.ErrFenced) {
			break
		}
		s.config.Log.LogAttrs(ctx, slog.LevelWarn, "another process wrote the market's logs", slog.String("zone", string(s.config.Rules.Zone)))
		if renewErr := lease.Renew(ctx); renewErr != nil {
			return fmt.Errorf("%w: %w", ErrDeposed, renewErr)
		}
	}
	if leaseErr := lease.Release(context.WithoutCancel(ctx)); leaseErr != nil {
		s.config.Log.LogAttrs(ctx, slog.LevelWarn, "lease not given back: the next sequencer waits for its end", slog.String("problem", leaseErr.Error()))
	}
	return err
}

// take waits for the lease of the zone. The holder is the same all through Run, so that a lease that could not be given
// back is not waited for.
func (s *Sequencer) take(ctx context.Context) (*bus.Lease, error) {
	if s.lease == nil {
		lease, err := s.config.Bus.Lease(ctx, s.config.Rules.Zone, s.config.Lease)
		if err != nil {
			return nil, err
		}
		s.lease = lease
	}
	for waited := false; ; waited = true {
		err := s.lease.Take(ctx)
		if !errors.Is(err, bus.ErrHeld) {
			return s.lease, err
		}
		s.trouble.Store(&err)
		if !waited {
			s.config.Log.LogAttrs(ctx, slog.LevelInfo, "market waits: another sequencer has the lease", slog.String("zone", string(s.config.Rules.Zone)))
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(s.lease.Term() / 10):
		}
	}
}

// hold leads while it keeps the lease and the message servers sync, and fails with ErrDeposed or bus.ErrLazy when not.
func (s *Sequencer) hold(ctx context.Context, lease *bus.Lease, own map[exchange.Digest]bool) error {
	leading, depose := context.WithCancelCause(ctx)
	var group sync.WaitGroup
	group.Go(func() { depose(keep(leading, lease)) })
	group.Go(func() { depose(s.watch(leading, lease.Term())) })
	err := s.lead(leading, own)
	depose(nil)
	group.Wait()
	if cause := context.Cause(leading); errors.Is(cause, ErrDeposed) || errors.Is(cause, bus.ErrLazy) {
		return cause
	}
	return err
}

// watch asks the message servers now and then, because one that was down may come back with other settings. It ends when
// ctx is done (it returns nil) or one does not sync.
func (s *Sequencer) watch(ctx context.Context, pause time.Duration) error {
	pulse := time.NewTicker(pause)
	defer pulse.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-pulse.C:
		}
		if err := s.config.Bus.Durable(ctx); errors.Is(err, bus.ErrLazy) {
			return err
		}
	}
}

// keep renews a lease until ctx is done (it returns nil) or the lease is lost. Terms count from before their renewal was
// asked for: the server may have begun them then.
func keep(ctx context.Context, lease *bus.Lease) error {
	pulse := time.NewTicker(lease.Term() / 3)
	defer pulse.Stop()
	end := time.NewTimer(lease.Term())
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-end.C:
			return fmt.Errorf("its term ended: %w", ErrDeposed)
		case <-pulse.C:
		}
		next := time.NewTimer(lease.Term())
		asking, cancel := context.WithTimeout(ctx, lease.Term()/3)
		err := lease.Renew(asking)
		cancel()
		switch {
		case err == nil:
			end = next
		case errors.Is(err, bus.ErrHeld):
			return fmt.Errorf("%w: %w", ErrDeposed, err)
		}
	}
}

// lead replays and then takes commands, until ctx is done or the first problem.
func (s *Sequencer) lead(ctx context.Context, own map[exchange.Digest]bool) error {
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
	return s.flow(ctx, w, w.message, func(ctx context.Context, durable chan<- batch) error {
		return s.write(ctx, w, running.requests, durable)
	})
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
