package exchange

import (
	"encoding/binary"
	"math/bits"
)

// outcome remembers that an identity was used, for which order, for as long as Retention.
type outcome struct {
	client ClientID
	id     uint64 // Sequence of the Place command
	body   uint64 // digest of what was ordered
	time   int64  // Unix milliseconds
	member uint32
	slot   uint32 // where the order waits, if an order with this id still does
}

const (
	chunkBits  = 12
	chunkSize  = 1 << chunkBits
	numberBits = 40
	numberMask = 1<<numberBits - 1
)

// outcomes are the identities of orders by age, in chunks that are used again, and an open-addressing table that finds
// them by member and client id. Nothing in it is a pointer but the chunks themselves.
type outcomes struct {
	chunks      []*[chunkSize]outcome // the oldest outcome is in the first
	spare       []*[chunkSize]outcome
	first, next uint64   // numbers of the oldest outcome and of the one to come
	table       []uint64 // number+1 of an outcome under 24 bits of its hash; 0 where free
	salt        uint64   // of the hash; it depends on ids that no member knows all of, so that nobody can choose colliding ones
}

func newOutcomes() outcomes { return outcomes{table: make([]uint64, 1024)} }

// count is how many identities are remembered.
func (s *outcomes) count() int { return int(s.next - s.first) }

// at is the outcome of a number from first to next-1.
func (s *outcomes) at(number uint64) *outcome {
	return &s.chunks[number>>chunkBits-s.first>>chunkBits][number&(chunkSize-1)]
}

func (s *outcomes) hash(member uint32, client *ClientID) uint64 {
	a := binary.LittleEndian.Uint64(client[:]) ^ s.salt ^ 0x9e3779b97f4a7c15
	b := binary.LittleEndian.Uint64(client[8:]) ^ uint64(member)*0xd6e8feb86659fd93 ^ 0xe7037ed1a0b428db
	high, low := bits.Mul64(a, b)
	high, low = bits.Mul64(high^low^s.salt, 0xa0761d6478bd642f)
	return high ^ low
}

// find returns the outcome of an identity, or nil.
func (s *outcomes) find(member uint32, client *ClientID) *outcome {
	h := s.hash(member, client)
	mask := uint64(len(s.table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		e := s.table[i]
		if e == 0 {
			return nil
		}
		if e>>numberBits == h>>numberBits {
			if o := s.at(s.number(e)); o.member == member && o.client == *client {
				return o
			}
		}
	}
}

// number is that of the outcome which an entry of the table names.
func (s *outcomes) number(entry uint64) uint64 {
	return s.first + (entry-1-s.first)&numberMask
}

// add remembers an identity that is not known yet.
func (s *outcomes) add(o *outcome) *outcome {
	if 2*(s.count()+1) > len(s.table) {
		s.grow()
	}
	if s.next>>chunkBits-s.first>>chunkBits == uint64(len(s.chunks)) {
		chunk := new([chunkSize]outcome)
		if n := len(s.spare); n > 0 {
			chunk, s.spare = s.spare[n-1], s.spare[:n-1]
		}
		s.chunks = append(s.chunks, chunk)
	}
	at := s.at(s.next)
	*at = *o
	s.enter(s.next, s.hash(o.member, &o.client))
	s.next++
	return at
}

// enter puts an outcome into the table.
func (s *outcomes) enter(number, h uint64) {
	mask := uint64(len(s.table) - 1)
	i := h & mask
	for s.table[i] != 0 {
		i = (i + 1) & mask
	}
	s.table[i] = h>>numberBits<<numberBits | (number+1)&numberMask
}

// grow doubles the table and hashes anew, with a salt from the ids that came in.
func (s *outcomes) grow() {
	for n := max(s.first, s.next-min(s.next, 64)); n < s.next; n++ {
		s.salt = s.hash(uint32(n), &s.at(n).client)
	}
	s.table = make([]uint64, 2*len(s.table))
	for n := s.first; n < s.next; n++ {
		o := s.at(n)
		s.enter(n, s.hash(o.member, &o.client))
	}
}

// oldest is the outcome that forget would forget, or nil.
func (s *outcomes) oldest() *outcome {
	if s.first == s.next {
		return nil
	}
	return s.at(s.first)
}

// forget drops the oldest outcome.
func (s *outcomes) forget() {
	o := s.at(s.first)
	mask := uint64(len(s.table) - 1)
	entry := s.hash(o.member, &o.client)>>numberBits<<numberBits | (s.first+1)&numberMask
	i := s.hash(o.member, &o.client) & mask
	for s.table[i] != entry {
		i = (i + 1) & mask
	}
	for j := (i + 1) & mask; s.table[j] != 0; j = (j + 1) & mask { // close the hole, so that no search ends at it
		moved := s.at(s.number(s.table[j]))
		if home := s.hash(moved.member, &moved.client) & mask; (j-home)&mask >= (j-i)&mask {
			s.table[i] = s.table[j]
			i = j
		}
	}
	s.table[i] = 0
	s.first++
	if s.first&(chunkSize-1) == 0 {
		s.spare = append(s.spare, s.chunks[0])
		s.chunks = append(s.chunks[:0], s.chunks[1:]...)
	}
}

// bodyOf digests what an order asks for, so that a repeat is told from another order under the same id. The session is
// not part of it: a repeat may come over another connection.
func bodyOf(c *Command) uint64 {
	h := uint64(c.Interval.StartUnix())
	kind := uint64(c.Side)<<16 | uint64(c.Type)<<8 | uint64(c.SelfTrade)
	for _, v := range [...]uint64{kind, uint64(c.Price), uint64(c.Quantity), uint64(c.GoodTill)} {
		high, low := bits.Mul64(h^0x9e3779b97f4a7c15, v^0xe7037ed1a0b428db)
		h = high ^ low ^ bits.RotateLeft64(v, 23)
	}
	return h
}
