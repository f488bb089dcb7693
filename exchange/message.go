package exchange

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/wattle/wattle/energy"
)

const (
	// MaxBatch is how many commands one message of the order log may carry: 117 kB.
	MaxBatch = 1000
	// MaxMessageEvents is how many events one message of the market log may carry: 1.02 MB, under the 1 MiB that a NATS
	// server takes by default. The events of one command always fit: MaxResting trades and a few more.
	MaxMessageEvents = 5000
	_                = uint(MaxMessageEvents - max(MaxResting, MaxSweep) - 2) //nolint:unconvert // compiles only while they fit
	_                = uint(1<<20 - 4096 - MaxMessageEvents*EventSize)        // and leave room for head and envelope
)

// Batch is one message of a zone's order log: commands that became durable together. Each batch names the digest of
// the one before, so a log that lost or changed an entry does not verify.
type Batch struct {
	Zone     energy.Zone
	Rules    Digest // of the rules the market runs under
	Number   uint64 // 1, 2, 3 …
	Previous Digest // of batch Number-1, zero for the first
	First    uint64 // Sequence of the first command
	Commands []Command
}

// Message is one message of a zone's market log: the events of consecutive commands, all of each, and at least one.
// It chains to the message before like Batch.
type Message struct {
	Zone     energy.Zone
	Number   uint64 // 1, 2, 3 …
	Previous Digest // of message Number-1, zero for the first
	Events   []Event
}

// The domains separate logged bytes from all others. They end in the version of the layout.
const (
	batchDomain   = "wattle/order-batch/2"
	messageDomain = "wattle/market-events/2"
)

const (
	batchHead   = len(batchDomain) + energy.IDSize + 32 + 8 + 32 + 8 + 4
	messageHead = len(messageDomain) + energy.IDSize + 8 + 32 + 4
)

// AppendBatch appends the canonical bytes of a batch: domain, zone (32), rules (32), number (u64), previous (32),
// first (u64), count (u32), commands; big-endian.
func AppendBatch(b []byte, batch Batch) []byte {
	zone := batch.Zone.Bytes()
	b = append(b, batchDomain...)
	b = append(b, zone[:]...)
	b = append(b, batch.Rules[:]...)
	b = binary.BigEndian.AppendUint64(b, batch.Number)
	b = append(b, batch.Previous[:]...)
	b = binary.BigEndian.AppendUint64(b, batch.First)
	b = binary.BigEndian.AppendUint32(b, uint32(len(batch.Commands)))
	for i := range batch.Commands {
		b = appendCommand(b, &batch.Commands[i])
	}
	return b
}

// DecodeBatch reads what AppendBatch wrote, exactly. It checks that times do not go backwards within the batch; that
// it follows the batch before is its reader's to check.
func DecodeBatch(b []byte) (Batch, error) {
	if len(b) < batchHead || string(b[:len(batchDomain)]) != batchDomain {
		return Batch{}, fmt.Errorf("order batch of %d bytes or another version: %w", len(b), ErrMalformed)
	}
	d := decoder{rest: b[len(batchDomain):]}
	batch := Batch{Zone: d.zone(), Rules: d.digest(), Number: d.uint64(), Previous: d.digest(), First: d.uint64()}
	count := d.uint32()
	switch {
	case d.err != nil:
		return Batch{}, fmt.Errorf("order batch: %w", d.err)
	case batch.Number == 0 || batch.First == 0 || count == 0 || count > MaxBatch || len(d.rest) != int(count)*CommandSize:
		return Batch{}, fmt.Errorf("order batch %d with %d commands in %d bytes: %w", batch.Number, count, len(b), ErrMalformed)
	}
	batch.Commands = make([]Command, count)
	last := int64(0)
	for i := range batch.Commands {
		c, err := DecodeCommand(d.take(CommandSize))
		if err != nil {
			return Batch{}, fmt.Errorf("order batch %d command %d: %w", batch.Number, i, err)
		}
		if c.Time < last {
			return Batch{}, fmt.Errorf("order batch %d command %d goes back in time: %w", batch.Number, i, ErrMalformed)
		}
		last, batch.Commands[i] = c.Time, c
	}
	return batch, nil
}

// AppendMessage appends the canonical bytes of a market message: domain, zone (32), number (u64), previous (32), count
// (u32), events; big-endian.
func AppendMessage(b []byte, m Message) []byte {
	zone := m.Zone.Bytes()
	b = append(b, messageDomain...)
	b = append(b, zone[:]...)
	b = binary.BigEndian.AppendUint64(b, m.Number)
	b = append(b, m.Previous[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(m.Events)))
	for i := range m.Events {
		b = appendEvent(b, &m.Events[i])
	}
	return b
}

// DecodeMessage reads what AppendMessage wrote, exactly. It checks that the events are whole and gapless within the
// message; that it follows the message before is its reader's to check.
func DecodeMessage(b []byte) (Message, error) {
	if len(b) < messageHead || string(b[:len(messageDomain)]) != messageDomain {
		return Message{}, fmt.Errorf("market message of %d bytes or another version: %w", len(b), ErrMalformed)
	}
	d := decoder{rest: b[len(messageDomain):]}
	m := Message{Zone: d.zone(), Number: d.uint64(), Previous: d.digest()}
	count := d.uint32()
	switch {
	case d.err != nil:
		return Message{}, fmt.Errorf("market message: %w", d.err)
	case m.Number == 0 || count == 0 || count > MaxMessageEvents || len(d.rest) != int(count)*EventSize:
		return Message{}, fmt.Errorf("market message %d with %d events in %d bytes: %w", m.Number, count, len(b), ErrMalformed)
	}
	m.Events = make([]Event, count)
	for i := range m.Events {
		e, err := DecodeEvent(d.take(EventSize))
		if err != nil {
			return Message{}, fmt.Errorf("market message %d event %d: %w", m.Number, i, err)
		}
		if i == 0 && e.Index != 0 || i > 0 && !e.follows(m.Events[i-1]) {
			return Message{}, fmt.Errorf("market message %d event %d is %d.%d, out of order: %w", m.Number, i, e.Sequence, e.Index, ErrMalformed)
		}
		m.Events[i] = e
	}
	return m, nil
}

// DecodeMarketMessage returns the events of one message of the market log.
func DecodeMarketMessage(data []byte) ([]Event, error) {
	m, err := DecodeMessage(data)
	return m.Events, err
}

// DigestOf is what the next message of a log chains to: SHA-256 over the encoded message.
func DigestOf(message []byte) Digest { return sha256.Sum256(message) }

// follows reports whether e is the event right after last.
func (e Event) follows(last Event) bool {
	if e.Sequence == last.Sequence {
		return e.Index == last.Index+1 && last.Index != 1<<16-1
	}
	return e.Sequence == last.Sequence+1 && e.Index == 0
}

func (d *decoder) zone() energy.Zone {
	name, err := energy.DecodeName([energy.IDSize]byte(d.take(energy.IDSize)))
	d.keep(err)
	return energy.Zone(name)
}
