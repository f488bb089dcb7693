package exchange

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"maps"
	"slices"

	"github.com/wattle/wattle/energy"
)

// stateDomain separates the bytes of a market's state from all others. It ends in the version of the layout.
const stateDomain = "wattle/market-state/2"

// StateHash is SHA-256 over the market's snapshot, which holds everything that decides what it will answer. Two markets
// with equal hashes answer every further log equally. It costs time proportional to the state.
func (m *Market) StateHash() Digest {
	w := stateWriter{sum: sha256.New()}
	m.writeState(&w)
	return w.digest()
}

// BooksHash is SHA-256 over what can trade and at whose cost: StateHash without the market's position, its time and the
// identities it has heard of. A refused command leaves it as it was.
func (m *Market) BooksHash() Digest {
	w := stateWriter{sum: sha256.New()}
	m.writeBooks(&w)
	return w.digest()
}

// AppendSnapshot appends the canonical bytes of the market's state; docs/protocol.md has the layout. Restore reads them.
func (m *Market) AppendSnapshot(b []byte) []byte {
	w := stateWriter{buf: b}
	m.writeState(&w)
	return w.buf
}

// stateWriter collects fixed-width, big-endian fields, and feeds them to a hash if it has one.
type stateWriter struct {
	buf []byte
	sum hash.Hash
}

// flushAt bounds what waits for the hash.
const flushAt = 1 << 16

func (w *stateWriter) flush() {
	if w.sum != nil && len(w.buf) >= flushAt {
		w.sum.Write(w.buf)
		w.buf = w.buf[:0]
	}
}

func (w *stateWriter) digest() Digest {
	w.sum.Write(w.buf)
	return Digest(w.sum.Sum(nil))
}

func (w *stateWriter) numbers(values ...uint64) {
	for _, v := range values {
		w.buf = binary.BigEndian.AppendUint64(w.buf, v)
	}
	w.flush()
}

func (w *stateWriter) flags(values ...bool) {
	for _, v := range values {
		b := byte(0)
		if v {
			b = 1
		}
		w.buf = append(w.buf, b)
	}
}

func (m *Market) writeState(w *stateWriter) {
	w.buf = append(w.buf, stateDomain...)
	w.numbers(m.sequence, uint64(m.time))
	m.writeBooks(w)
	w.numbers(uint64(m.outcomes.count()))
	for n := m.outcomes.first; n < m.outcomes.next; n++ {
		o := m.outcomes.at(n)
		w.numbers(uint64(o.member), o.id, o.body, uint64(o.time))
		w.buf = append(w.buf, o.client[:]...)
	}
}

func (m *Market) writeBooks(w *stateWriter) {
	rules := m.rules.Digest()
	w.buf = append(w.buf, rules[:]...)
	w.flags(m.zoneHalted, m.platformHalted)
	w.numbers(uint64(m.floor), uint64(len(m.fleetsHalted)))
	for _, f := range m.fleetsHalted {
		w.numbers(uint64(f))
	}
	w.numbers(uint64(len(m.poison)))
	w.numbers(m.poison...)
	w.numbers(uint64(len(m.accounts)))
	for i := range m.accounts {
		a := &m.accounts[i]
		w.buf = appendMember(w.buf, a.name)
		w.flags(a.halted)
		w.numbers(uint64(a.household), uint64(a.fleet), uint64(a.feeder), uint64(a.collateral))
	}
	costs := m.costs()
	w.numbers(uint64(len(costs)))
	for _, c := range slices.Sorted(maps.Keys(costs)) {
		w.numbers(uint64(c.member()), uint64(c.start()), uint64(costs[c]))
	}
	w.numbers(uint64(len(m.books)))
	for _, b := range m.books {
		m.writeBook(w, b)
	}
}

// costs are the commitments of closed and of open books.
func (m *Market) costs() map[commitment]energy.Money {
	costs := maps.Clone(m.commitments)
	for _, b := range m.books {
		for number, cost := range b.costs {
			if cost != 0 {
				costs[commitmentOf(uint32(number), b.interval.StartUnix())] += cost
			}
		}
	}
	return costs
}

func (m *Market) writeBook(w *stateWriter, b *book) {
	w.numbers(uint64(b.interval.StartUnix()))
	w.flags(b.closed)
	if b.closed {
		return
	}
	w.numbers(uint64(len(b.rooms)))
	for _, r := range b.rooms {
		w.flags(r.side == Sell)
		w.numbers(uint64(r.feeder), uint64(r.limit), uint64(r.used))
	}
	w.numbers(uint64(m.match.Waiting(b.number)))
	m.match.each(b.number, func(slot uint32) {
		o, d := &m.match.orders[slot], &m.details[slot]
		w.buf = append(w.buf, byte(o.side), byte(d.kind), byte(d.self), byte(d.doom))
		w.numbers(o.id, uint64(o.level), uint64(o.rest), uint64(d.quantity), uint64(d.member), uint64(d.till), d.session, d.entered)
		w.buf = append(w.buf, d.client[:]...)
	})
}

// held is what a slot's order has reserved of its member's money.
func (m *Market) heldBy(slot uint32) energy.Money {
	o := &m.match.orders[slot]
	return unit(o.side, m.price(o.level)) * energy.Money(o.rest)
}
