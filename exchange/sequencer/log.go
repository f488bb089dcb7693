package sequencer

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

// writer is a market and the ends of its two logs. It belongs to one goroutine.
type writer struct {
	bus    *bus.Bus
	rules  exchange.Rules
	digest exchange.Digest // of rules
	market *exchange.Market

	batch, message chain
	unconfirmed    map[exchange.Digest]bool // batches whose append got no answer are noted here
}

// chain is the end of a log: where the next entry goes and what it names as the one before.
type chain struct {
	number   uint64
	digest   exchange.Digest
	sequence uint64 // of the stream
}

// recover rebuilds the market from the order log and completes the market log.
func (s *Sequencer) recover(ctx context.Context) (*writer, error) {
	rules := s.config.Rules
	w := &writer{bus: s.config.Bus, rules: rules, digest: rules.Digest(), market: exchange.NewMarket(rules), unconfirmed: map[exchange.Digest]bool{}}
	published, err := w.lastPublished(ctx)
	if err != nil {
		return nil, err
	}
	w.message.sequence = published.sequence
	_, err = w.bus.Replay(ctx, bus.OrderSubject(rules.Zone), 1, func(m bus.Message) error {
		if err := w.replay(ctx, m, published); err != nil {
			return fmt.Errorf("order log entry %d: %w", m.Sequence, err)
		}
		return nil
	})
	if err != nil {
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

// replay applies one entry of the order log. Because each market message names the digest of the one before, the last
// published one vouches for all.
func (w *writer) replay(ctx context.Context, entry bus.Message, published chain) error {
	b, err := exchange.DecodeBatch(entry.Data)
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrBroken)
	}
	switch {
	case b.Zone != w.rules.Zone:
		return fmt.Errorf("of zone %s: %w", b.Zone, ErrBroken)
	case b.Number != w.batch.number+1:
		return fmt.Errorf("batch %d after %d: %w", b.Number, w.batch.number, ErrBroken)
	case b.Previous != w.batch.digest:
		return fmt.Errorf("batch %d does not continue the batch before: %w", b.Number, ErrBroken)
	case b.Rules != w.digest:
		return fmt.Errorf("batch %d: %w", b.Number, ErrOtherRules)
	case b.First != w.market.Sequence()+1 || b.Commands[0].Time < w.market.Time():
		return fmt.Errorf("batch %d begins at command %d, want %d: %w", b.Number, b.First, w.market.Sequence()+1, ErrBroken)
	}
	w.batch = chain{b.Number, exchange.DigestOf(entry.Data), entry.Sequence}
	for _, events := range messages(w.apply(b.Commands)) {
		data, next := w.seal(events)
		switch {
		case next.number > published.number:
			if err := w.publish(ctx, data, next); err != nil {
				return err
			}
			continue
		case next.number == published.number && next.digest != published.digest:
			return fmt.Errorf("market log entry %d is not what the order log leads to: %w", published.sequence, ErrBroken)
		}
		next.sequence = published.sequence
		w.message = next
	}
	return nil
}

// apply returns copies of the events of each command.
func (w *writer) apply(commands []exchange.Command) [][]exchange.Event {
	events := make([][]exchange.Event, len(commands))
	for i, c := range commands {
		events[i] = slices.Clone(w.market.Apply(c))
	}
	return events
}

// appendBatch makes commands durable in the order log.
func (w *writer) appendBatch(ctx context.Context, commands []exchange.Command) error {
	next := chain{number: w.batch.number + 1}
	data := exchange.AppendBatch(nil, exchange.Batch{
		Zone: w.rules.Zone, Rules: w.digest, Number: next.number, Previous: w.batch.digest,
		First: w.market.Sequence() + 1, Commands: commands,
	})
	next.digest = exchange.DigestOf(data)
	sequence, err := w.bus.Append(ctx, bus.OrderSubject(w.rules.Zone), w.batch.sequence, data)
	if err != nil {
		if !errors.Is(err, bus.ErrFenced) {
			w.unconfirmed[next.digest] = true
		}
		return fmt.Errorf("order batch %d: %w", next.number, err)
	}
	next.sequence = sequence
	w.batch = next
	return nil
}

// messages divides the events of a batch into messages that fit the market log, all events of a command in one. After a
// crash the same batch must be divided the same way, so this is part of the log's format.
func messages(events [][]exchange.Event) [][]exchange.Event {
	var all [][]exchange.Event
	var message []exchange.Event
	for _, of := range events {
		if len(message)+len(of) > exchange.MaxMessageEvents {
			all, message = append(all, message), nil
		}
		message = append(message, of...)
	}
	return append(all, message)
}

// seal encodes the next message of the market log.
func (w *writer) seal(events []exchange.Event) (data []byte, next chain) {
	next = chain{number: w.message.number + 1}
	data = exchange.AppendMessage(nil, exchange.Message{Zone: w.rules.Zone, Number: next.number, Previous: w.message.digest, Events: events})
	next.digest = exchange.DigestOf(data)
	return data, next
}

// publish makes a sealed message durable in the market log. What it says follows from the order log alone, so where the
// same message is there already, from an append that got no answer, all is well.
func (w *writer) publish(ctx context.Context, data []byte, next chain) error {
	subject := bus.MarketSubject(w.rules.Zone)
	sequence, err := w.bus.Append(ctx, subject, w.message.sequence, data)
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
