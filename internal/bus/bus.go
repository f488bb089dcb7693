package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/wattle/wattle/internal/problem"
)

var (
	// ErrFenced is returned by Append when the subject's newest message is not the one the writer knows.
	ErrFenced = problem.New(problem.Conflict, "another writer was faster: read the log again before appending")

	// ErrUnavailable is returned when the server does not answer. A message that was being written may be in the log.
	ErrUnavailable = problem.New(problem.Unavailable, "the message server does not answer: try again")

	// ErrTooLarge is returned for a message beyond the server's limit (max_payload, 1 MB by default).
	ErrTooLarge = problem.New(problem.Invalid, "the message is larger than the message server accepts")

	// ErrSettings is returned by Open for an existing log that could lose messages.
	ErrSettings = problem.New(problem.Conflict, "the log exists with settings under which it could lose messages: correct them on the message server")

	// ErrReplicas is returned by Open when fewer servers keep a log than WithReplicas asks for.
	ErrReplicas = problem.New(problem.Conflict, "the message server keeps fewer copies of the logs than asked for: ask for fewer, use a cluster, or raise those of the logs that exist (nats stream update --replicas) while nobody trades")

	// ErrDamaged is returned when a log is shorter than what was read from it, or has holes.
	ErrDamaged = problem.New(problem.Internal, "the log has lost messages: stop, and restore the message server's files from a copy")
)

const (
	// callTimeout bounds one exchange with the server: thousands of fsyncs, or one election in a cluster.
	callTimeout = 5 * time.Second

	// duplicateWindow is how long the server remembers message ids. It only saves space: readers deduplicate for good.
	duplicateWindow = 2 * time.Minute

	// notClustered is the server's error for several copies where there is only one server.
	notClustered jetstream.ErrorCode = 10074
)

// Bus reads and writes the logs. It is safe for concurrent use.
type Bus struct {
	nc *nats.Conn
	js jetstream.JetStream

	replicas int // of what it creates

	system   *nats.Conn // these three: see Durable
	monitors []string
	stated   bool
}

// Message is one entry of a log.
type Message struct {
	Subject  string
	Sequence uint64 // position in the stream, from 1
	Data     []byte
}

// Option is a setting of Open.
type Option func(*Bus)

// WithReplicas has each log, lease and checkpoint kept by n servers of a cluster: 1 (the default), 3 or 5, of which a
// minority may die. Open fails with ErrReplicas where fewer keep what exists already; more are welcome.
func WithReplicas(n int) Option { return func(b *Bus) { b.replicas = n } }

// Open creates the logs that do not exist yet and refuses those whose settings could lose messages. What only
// concerns the operator of the server (placement, more replicas) stays as it is. Closing nc is the caller's. Who needs to
// know that messages survive a power cut asks Durable; options tell it whom to ask.
func Open(ctx context.Context, nc *nats.Conn, options ...Option) (*Bus, error) {
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(callTimeout))
	if err != nil {
		return nil, fmt.Errorf("open message logs: %w", err)
	}
	b := &Bus{nc: nc, js: js, replicas: 1}
	for _, o := range options {
		o(b)
	}
	for _, s := range streams {
		if err := b.openStream(ctx, s.name, s.subject); err != nil {
			return nil, fmt.Errorf("open log %s: %w", s.name, err)
		}
	}
	for _, name := range []string{leaseStream, checkpointStream} {
		if err := b.checkBucket(ctx, name); err != nil {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
	}
	return b, nil
}

// Replicas is how many servers keep what this bus creates.
func (b *Bus) Replicas() int { return b.replicas }

// checkBucket refuses a bucket that fewer servers keep than asked for, if it exists.
func (b *Bus) checkBucket(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	s, err := b.js.Stream(ctx, name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil
	}
	if err != nil {
		return classify(err)
	}
	return b.enough(s.CachedInfo().Config.Replicas)
}

func (b *Bus) enough(replicas int) error {
	if replicas < b.replicas {
		return fmt.Errorf("%d instead of %d: %w", replicas, b.replicas, ErrReplicas)
	}
	return nil
}

func (b *Bus) openStream(ctx context.Context, name, subject string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	want := jetstream.StreamConfig{
		Name:       name,
		Subjects:   []string{subject},
		Retention:  jetstream.LimitsPolicy,
		Discard:    jetstream.DiscardNew,
		Storage:    jetstream.FileStorage,
		Replicas:   b.replicas,
		Duplicates: duplicateWindow,
		DenyDelete: true,
		DenyPurge:  true,
	}
	s, err := b.js.Stream(ctx, name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = b.js.CreateStream(ctx, want)
	}
	if err != nil {
		return classify(err)
	}
	have := s.CachedInfo().Config
	if len(have.Subjects) != 1 || have.Subjects[0] != subject || have.Storage != want.Storage || have.Retention != want.Retention ||
		have.Discard != want.Discard || !have.DenyDelete || !have.DenyPurge || have.MaxAge != 0 || have.MaxMsgsPerSubject > 0 ||
		have.PersistMode != jetstream.DefaultPersistMode || have.NoAck || have.Sealed {
		return ErrSettings
	}
	return b.enough(have.Replicas)
}

// Publish adds a message and returns its sequence once the log has it. A second message with the same id within two
// minutes is not added; the sequence is then that of the first.
func (b *Bus) Publish(ctx context.Context, subject, id string, data []byte) (sequence uint64, err error) {
	return b.publish(ctx, subject, data, jetstream.WithMsgID(id))
}

// Append adds a message if the newest message of its subject is still the one with sequence after (0: there is none)
// and returns the new sequence once the log has it. It fails with ErrFenced when another writer was faster, or when an
// earlier Append of this writer that ended in ErrUnavailable had arrived after all: LastOf tells which.
func (b *Bus) Append(ctx context.Context, subject string, after uint64, data []byte) (sequence uint64, err error) {
	return b.publish(ctx, subject, data, jetstream.WithExpectLastSequencePerSubject(after))
}

func (b *Bus) publish(ctx context.Context, subject string, data []byte, opt jetstream.PublishOpt) (uint64, error) {
	stream, err := streamOf(subject, false)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	ack, err := b.js.Publish(ctx, subject, data, opt, jetstream.WithExpectStream(stream))
	if err != nil {
		return 0, fmt.Errorf("write to %s: %w", subject, classify(err))
	}
	return ack.Sequence, nil
}

// LastOf returns the newest message of one subject, and whether there is any.
func (b *Bus) LastOf(ctx context.Context, subject string) (Message, bool, error) {
	name, err := streamOf(subject, false)
	if err != nil {
		return Message{}, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	s, err := b.js.Stream(ctx, name)
	if err != nil {
		return Message{}, false, fmt.Errorf("read last of %s: %w", subject, classify(err))
	}
	m, err := s.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return Message{}, false, nil
	}
	if err != nil {
		return Message{}, false, fmt.Errorf("read last of %s: %w", subject, classify(err))
	}
	return Message{Subject: m.Subject, Sequence: m.Sequence, Data: m.Data}, true, nil
}

// classify gives an error of the client library its kind. What is not known to be permanent is worth a retry.
func classify(err error) error {
	var api jetstream.JetStreamError
	if errors.As(err, &api) && api.APIError() != nil {
		switch api.APIError().ErrorCode {
		case jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
			return ErrFenced
		case jetstream.JSErrCodeStreamNotFound:
			return fmt.Errorf("%w (%w)", ErrDamaged, err)
		case notClustered:
			return fmt.Errorf("%w (%w)", ErrReplicas, err)
		}
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, ErrDamaged):
		return err
	case errors.Is(err, nats.ErrMaxPayload):
		return ErrTooLarge
	default:
		return fmt.Errorf("%w (%w)", ErrUnavailable, err)
	}
}
