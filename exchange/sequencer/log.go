package sequencer

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
)

var (
	// ErrBroken is returned for logs that do not verify: entries are missing, changed or not each other's.
	ErrBroken = problem.New(problem.Internal, "the market's logs do not verify: stop trading and restore them from a copy")

	// ErrOtherRules is returned for an order log that was written under other market rules.
	ErrOtherRules = problem.New(problem.Conflict, "the order log was written under other market rules: start with the rules of this data, or with new data")
)

// ackPatience is how long the log may take to acknowledge an entry, thousands of times what a disk needs: then it is
// taken for wedged, those who wait are told so, and the market takes no orders until the log answers again.
const ackPatience = 2 * time.Second

// writer is a market and the ends of its two logs. Replay has it all; then the three groups of its fields belong to one
// goroutine each.
type writer struct {
	bus    *bus.Bus
	rules  exchange.Rules
	digest exchange.Digest // of rules

	batch       chain                    // the end of the order log
	commands    uint64                   // in the order log
	time        int64                    // of the last of them
	written     []byte                   // memory for batches
	unconfirmed map[exchange.Digest]bool // batches whose append got no answer are noted here

	market *exchange.Market // behind the order log by what is being applied
	saved  uint64           // commands in the newest checkpoint that was begun
	saving atomic.Bool      // a checkpoint is on its way
	free   chan outcome     // memory of batches that were replayed

	message chain  // the end of the market log, behind the market by what is being published
	told    []byte // memory for its messages
}

// chain is the end of a log: where the next entry goes and what it names as the one before.
type chain struct {
	number   uint64
	digest   exchange.Digest
	sequence uint64 // of the stream
}

// recover rebuilds the market from its newest checkpoint and the order log behind that, and completes the market log.
func (s *Sequencer) recover(ctx context.Context) (*writer, error) {
	rules := s.config.Rules
	w := &writer{bus: s.config.Bus, rules: rules, digest: rules.Digest(), market: exchange.NewMarket(rules), unconfirmed: map[exchange.Digest]bool{},
		free: make(chan outcome, applyAhead)}
	published, err := w.lastPublished(ctx)
	if err != nil {
		return nil, err
	}
	w.message.sequence = published.sequence
	if err := s.restore(ctx, w, published); err != nil {
		return nil, err
	}
	w.saved = w.commands
	if err := s.flow(ctx, w, published, w.replay); err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	if w.message.number < published.number {
		return nil, fmt.Errorf("market log entry %d is message %d, but the order log only leads to %d: %w",
			published.sequence, published.number, w.message.number, ErrBroken)
	}
	return w, nil
}

// lastPublished is the end of the market log as it is stored.
func (w *writer) lastPublished(ctx context.Context) (chain, error) {
	last, found, err := w.bus.LastOf(ctx, bus.MarketSubject(w.rules.Zone))
	if err != nil || !found {
		return chain{}, err
	}
	m, err := exchange.DecodeMessage(last.Data)
	if err != nil {
		return chain{}, fmt.Errorf("market log entry %d: %w: %w", last.Sequence, err, ErrBroken)
	}
	return chain{number: m.Number, digest: exchange.DigestOf(last.Data), sequence: last.Sequence}, nil
}

// replay hands over the order log as far as it is written, each entry verified.
func (w *writer) replay(ctx context.Context, durable chan<- batch) error {
	_, err := w.bus.Replay(ctx, bus.OrderSubject(w.rules.Zone), w.batch.sequence+1, func(m bus.Message) error {
		commands, err := w.accept(m)
		if err != nil {
			return fmt.Errorf("order log entry %d: %w", m.Sequence, err)
		}
		select {
		case durable <- batch{commands: commands, end: w.batch}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return err
}

// accept verifies that an entry continues the order log as it is known so far, and returns its commands.
func (w *writer) accept(entry bus.Message) ([]exchange.Command, error) {
	b, err := exchange.DecodeBatch(entry.Data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrBroken)
	}
	switch {
	case b.Zone != w.rules.Zone:
		return nil, fmt.Errorf("of zone %s: %w", b.Zone, ErrBroken)
	case b.Number != w.batch.number+1:
		return nil, fmt.Errorf("batch %d after %d: %w", b.Number, w.batch.number, ErrBroken)
	case b.Previous != w.batch.digest:
		return nil, fmt.Errorf("batch %d does not continue the batch before: %w", b.Number, ErrBroken)
	case b.Rules != w.digest:
		return nil, fmt.Errorf("batch %d: %w", b.Number, ErrOtherRules)
	case b.First != w.commands+1:
		return nil, fmt.Errorf("batch %d begins at command %d, want %d: %w", b.Number, b.First, w.commands+1, ErrBroken)
	case b.Commands[0].Time < w.time:
		return nil, fmt.Errorf("batch %d goes back in time: %w", b.Number, ErrBroken)
	}
	w.advance(chain{b.Number, exchange.DigestOf(entry.Data), entry.Sequence}, b.Commands)
	return b.Commands, nil
}

// advance moves the end of the order log behind a batch.
func (w *writer) advance(end chain, commands []exchange.Command) {
	w.batch = end
	w.commands += uint64(len(commands))
	w.time = commands[len(commands)-1].Time
}

// outcome is what a batch led to: the events of its commands, one command's after the other's.
type outcome struct {
	events []exchange.Event
	ends   []int // behind the events of each command
}

// apply appends copies of the events of each command to an outcome that is empty.
func (w *writer) apply(commands []exchange.Command, o outcome) outcome {
	w.market.Foresee(commands)
	for _, c := range commands {
		o.events = append(o.events, w.market.Apply(c)...)
		o.ends = append(o.ends, len(o.events))
	}
	return o
}

// each divides an outcome by commands.
func (o outcome) each() [][]exchange.Event {
	all, begin := make([][]exchange.Event, len(o.ends)), 0
	for i, end := range o.ends {
		all[i], begin = o.events[begin:end:end], end
	}
	return all
}

// messages divides an outcome into messages that fit the market log, all events of a command in one. After a crash the
// same batch must be divided the same way, so this is part of the log's format.
func (o outcome) messages() [][]exchange.Event {
	var all [][]exchange.Event
	begin, last := 0, 0
	for _, end := range o.ends {
		if end-begin > exchange.MaxMessageEvents {
			all, begin = append(all, o.events[begin:last]), last
		}
		last = end
	}
	return append(all, o.events[begin:last])
}

// appendBatch makes commands durable in the order log.
func (w *writer) appendBatch(ctx context.Context, commands []exchange.Command) error {
	next := chain{number: w.batch.number + 1}
	data := exchange.AppendBatch(w.written[:0], exchange.Batch{
		Zone: w.rules.Zone, Rules: w.digest, Number: next.number, Previous: w.batch.digest,
		First: w.commands + 1, Commands: commands,
	})
	next.digest, w.written = exchange.DigestOf(data), data
	waiting, done := context.WithTimeout(ctx, ackPatience)
	defer done()
	sequence, err := w.bus.Append(waiting, bus.OrderSubject(w.rules.Zone), w.batch.sequence, data)
	if err != nil {
		if !errors.Is(err, bus.ErrFenced) {
			w.unconfirmed[next.digest] = true
		}
		return fmt.Errorf("order batch %d: %w", next.number, err)
	}
	next.sequence = sequence
	w.advance(next, commands)
	return nil
}

// seal encodes the next message of the market log. The bytes are valid until the next one.
func (w *writer) seal(events []exchange.Event) (data []byte, next chain) {
	next = chain{number: w.message.number + 1}
	data = exchange.AppendMessage(w.told[:0], exchange.Message{Zone: w.rules.Zone, Number: next.number, Previous: w.message.digest, Events: events})
	next.digest, w.told = exchange.DigestOf(data), data
	return data, next
}

// tell makes events the next message of the market log, unless it has that message already: then both must be the
// same. Because each message names the digest of the one before, the last published one vouches for all.
func (w *writer) tell(ctx context.Context, events []exchange.Event, published chain) error {
	data, next := w.seal(events)
	switch {
	case next.number > published.number:
		return w.publish(ctx, data, next)
	case next.number == published.number && next.digest != published.digest:
		return fmt.Errorf("market log entry %d is not what the order log leads to: %w", published.sequence, ErrBroken)
	}
	next.sequence = published.sequence
	w.message = next
	return nil
}

// publish makes a sealed message durable in the market log. What it says follows from the order log alone, so where the
// same message is there already, from an append that got no answer, all is well.
func (w *writer) publish(ctx context.Context, data []byte, next chain) error {
	subject := bus.MarketSubject(w.rules.Zone)
	waiting, done := context.WithTimeout(ctx, ackPatience)
	defer done()
	sequence, err := w.bus.Append(waiting, subject, w.message.sequence, data)
	if errors.Is(err, bus.ErrFenced) {
		last, found, lastErr := w.bus.LastOf(ctx, subject)
		if lastErr == nil && found && exchange.DigestOf(last.Data) == next.digest {
			sequence, err = last.Sequence, nil
		}
	}
	if err != nil {
		return fmt.Errorf("market message %d: %w", next.number, err)
	}
	next.sequence = sequence
	w.message = next
	return nil
}
