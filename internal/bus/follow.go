package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// heartbeat is how often an idle server says that it is still there; it is missed after two.
	heartbeat = time.Second

	// idleWait is how long a reader waits before it checks whether the connection was replaced meanwhile.
	idleWait = 3 * time.Second

	// cursorTimeout bounds the opening of a cursor. It is short, since a request that a broken connection has swallowed is
	// not answered, and is made again.
	cursorTimeout = 2 * time.Second

	// readAhead bounds the messages on their way to one reader.
	readAhead = 256

	// retryFirst and retryMost bound the growing pause between two attempts to read from a server that fails.
	retryFirst = 50 * time.Millisecond
	retryMost  = 2 * time.Second

	// patience is how long Replay tries without progress. Follow has no end but its context.
	patience = 15 * time.Second

	// mostStuck is how often in a row the server may open a cursor and then not hand over what it says is there, until it
	// is taken for unreadable: it keeps silent about entries that do not fit their own sum.
	mostStuck = 2
)

// Replay hands over, in order, the messages of a subject from a sequence on that exist now, and returns the sequence
// of the last one, or from-1 when there was none: follow on from last+1. An error of each ends it and is returned.
// The subject may have wildcards. The calls of each come from the calling goroutine.
func (b *Bus) Replay(ctx context.Context, subject string, from uint64, each func(Message) error) (last uint64, err error) {
	r, err := b.newReader(subject, from, each)
	if err != nil {
		return 0, err
	}
	r.finite = true
	err = r.run(ctx)
	return r.next - 1, err
}

// Follow hands over the messages of a subject from a sequence on, in order, none twice and none left out, whatever
// happens to the connection, until ctx is done (it returns ctx's error), each fails (it returns that error), the
// connection is closed, or the log turns out to be damaged. The subject may have wildcards. The calls of each come
// from the calling goroutine.
func (b *Bus) Follow(ctx context.Context, subject string, from uint64, each func(Message) error) error {
	r, err := b.newReader(subject, from, each)
	if err != nil {
		return err
	}
	return r.run(ctx)
}

// reader is one pass over a log. A session is one consumer on the server; after any doubt (missed heartbeat, new
// connection, hole in the deliveries) the session is given up and the next one starts behind the last message.
type reader struct {
	b       *Bus
	stream  string
	subject string
	each    func(Message) error
	next    uint64 // lowest stream sequence not yet handed over
	finite  bool   // end when nothing is pending
}

// errDone ends a finite reader; errDoubt and errStuck end a session.
var (
	errDone  = errors.New("all is read")
	errDoubt = errors.New("a message may have been missed")
	errStuck = errors.New("a message that is there does not come")
)

// eachError marks an error that is the caller's own and goes back as it is.
type eachError struct{ error }

func (b *Bus) newReader(subject string, from uint64, each func(Message) error) (*reader, error) {
	stream, err := streamOf(subject, true)
	if err != nil {
		return nil, err
	}
	return &reader{b: b, stream: stream, subject: subject, each: each, next: max(from, 1)}, nil
}

func (r *reader) run(ctx context.Context) error {
	pause, waited := retryFirst, time.Duration(0) // waited: sum of the pauses since the last message
	stuck := 0
	for {
		before := r.next
		err := r.session(ctx)
		var own eachError
		switch {
		case errors.Is(err, errDone):
			return nil
		case errors.As(err, &own):
			return own.error
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrDamaged), r.b.nc.IsClosed():
			return fmt.Errorf("read %s: %w", r.subject, classify(err))
		}
		if r.next > before {
			pause, waited, stuck = retryFirst, 0, 0
		}
		if errors.Is(err, errStuck) {
			stuck++
		}
		if stuck == mostStuck {
			return fmt.Errorf("read %s: nothing comes from sequence %d on: %w", r.subject, r.next, ErrDamaged)
		}
		if waited += pause; r.finite && waited > patience {
			return fmt.Errorf("read %s: %w", r.subject, classify(err))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, retryMost)
	}
}

// session reads with one consumer until something is in doubt.
func (r *reader) session(ctx context.Context) error {
	reconnects := r.b.nc.Stats().Reconnects
	consumer, err := r.consumer(ctx)
	if err != nil {
		return err
	}
	defer r.drop(ctx, consumer)
	pending := consumer.CachedInfo().NumPending
	if r.finite && pending == 0 {
		return errDone
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(readAhead), jetstream.PullHeartbeat(heartbeat),
		jetstream.PullExpiry(10*heartbeat))
	if err != nil {
		return err
	}
	defer messages.Stop()
	for delivered := uint64(1); ; delivered++ {
		m, err := r.wait(ctx, messages, reconnects)
		if err != nil {
			return err
		}
		if err := r.hand(m, delivered); err != nil {
			return err
		}
		if r.finite && delivered == pending {
			return errDone
		}
	}
}

// consumer checks that the log still holds all that it ever held, and opens a cursor in it.
func (r *reader) consumer(ctx context.Context) (jetstream.Consumer, error) {
	ctx, cancel := context.WithTimeout(ctx, cursorTimeout)
	defer cancel()
	s, err := r.b.js.Stream(ctx, r.stream)
	if err != nil {
		return nil, classify(err)
	}
	if state := s.CachedInfo().State; state.Msgs != state.LastSeq || r.next > state.LastSeq+1 {
		return nil, fmt.Errorf("log %s has %d messages up to sequence %d, and is read from %d: %w",
			r.stream, state.Msgs, state.LastSeq, r.next, ErrDamaged)
	}
	return s.CreateConsumer(ctx, jetstream.ConsumerConfig{
		FilterSubject:     r.subject,
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       r.next,
		AckPolicy:         jetstream.AckNonePolicy,
		MemoryStorage:     true,
		Replicas:          1,
		InactiveThreshold: time.Minute, // a cursor that its reader could not drop
	})
}

// wait returns the next message. On a new connection, messages that were on their way over the old one are lost.
func (r *reader) wait(ctx context.Context, messages jetstream.MessagesContext, reconnects uint64) (jetstream.Msg, error) {
	for {
		waiting, cancel := context.WithTimeout(ctx, idleWait)
		m, err := messages.Next(jetstream.NextContext(waiting))
		cancel()
		idle := errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil
		switch {
		case r.b.nc.Stats().Reconnects != reconnects:
			return nil, errDoubt
		case idle && r.finite:
			return nil, errStuck
		case !idle:
			return m, err
		}
	}
}

// hand gives one message to the caller if it is the one that must come next.
func (r *reader) hand(m jetstream.Msg, delivered uint64) error {
	meta, err := m.Metadata()
	if err != nil {
		return err
	}
	if meta.Sequence.Consumer != delivered || meta.Sequence.Stream < r.next {
		return errDoubt
	}
	if err := r.each(Message{Subject: m.Subject(), Sequence: meta.Sequence.Stream, Data: m.Data()}); err != nil {
		return eachError{err}
	}
	r.next = meta.Sequence.Stream + 1
	return nil
}

// drop removes the cursor from the server, which would otherwise keep it for a minute.
func (r *reader) drop(ctx context.Context, consumer jetstream.Consumer) {
	if r.b.nc.Status() != nats.CONNECTED {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = r.b.js.DeleteConsumer(ctx, r.stream, consumer.CachedInfo().Name)
}
