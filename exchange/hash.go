package exchange

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"

	"github.com/wattle/wattle/energy"
)

// stateDomain separates the hashed bytes of a market's state from all others. It ends in the version of the layout.
const stateDomain = "wattle/market-state/1"

// StateHash is SHA-256 over everything that decides what the market will answer: rules, position, time, every book
// with its orders in priority order, and every order identity ever used. Two markets with equal hashes answer every
// further log equally. It costs time proportional to the state.
func (m *Market) StateHash() Digest {
	s := stateWriter{Hash: sha256.New()}
	rules := m.rules.Digest()
	s.Write([]byte(stateDomain))
	s.Write(rules[:])
	s.numbers(m.sequence, uint64(m.time), uint64(len(m.books)))
	for _, b := range m.books {
		s.book(m, b)
	}
	s.numbers(uint64(len(m.outcomes)))
	for _, o := range m.outcomes {
		s.member(m.members[o.key.member])
		s.Write(o.key.client[:])
		s.numbers(o.id)
	}
	return Digest(s.Sum(nil))
}

// stateWriter feeds a hash with fixed-width, big-endian fields. Writing to a hash cannot fail.
type stateWriter struct {
	hash.Hash
	buf [8]byte
}

func (s *stateWriter) numbers(values ...uint64) {
	for _, v := range values {
		binary.BigEndian.PutUint64(s.buf[:], v)
		s.Write(s.buf[:])
	}
}

func (s *stateWriter) member(member energy.Member) {
	name := member.Bytes()
	s.Write(name[:])
}

func (s *stateWriter) book(m *Market, b *book) {
	closed := uint64(0)
	if b.closed {
		closed = 1
	}
	s.numbers(uint64(b.interval.StartUnix()), uint64(b.interval.Length()), closed, uint64(b.resting))
	b.each(&m.pool, func(slot int32) {
		o := &m.pool.orders[slot]
		s.member(m.members[o.member])
		s.Write(o.client[:])
		s.numbers(o.id, uint64(o.side), uint64(o.price), uint64(o.quantity), uint64(o.rest))
	})
}
