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
}

const (
	chunkBits  = 12
	chunkSize  = 1 << chunkBits
	numberMask = 1<<32 - 1
	bucketLoad = 4  // entries in a bucket on average, from which on there are to be more buckets
	saltedBits = 12 // of the number of buckets, up to which the hash changes as the table grows
)

// outcomes are the identities of orders by age, in chunks that are used again, and a hash table that finds them by member
// and client id. Nothing in it is a pointer but the chunks themselves.
type outcomes struct {
	chunks      []*[chunkSize]outcome // the first holds number base
	base        uint64                // a multiple of chunkSize, up to first
	first, next uint64                // numbers of the oldest outcome and of the one to come
	table       []bucket
	bits        int    // of the number of buckets: the upper ones of a hash say in which to look
	salt        uint64 // of the hash; it depends on ids that no member knows all of, so that nobody can choose colliding ones
	seen        uint64 // by Foresee; of no use but that it had to look
}

// bucket is one cache line of the table. A new order is looked up in vain, in a table that is in no cache: so a bucket is
// searched without a branch that must wait for it.
type bucket struct {
	entries [7]uint64 // numbers+1 of outcomes, each under the upper half of its hash; what was forgotten may stay for a while
	beyond  uint64    // number+1 of the newest outcome that found no room here and is in a bucket after this one
}

// matches has a bit for each entry with these bits of a hash.
func (b *bucket) matches(h uint64) (bits uint64) {
	for i, e := range b.entries {
		bits |= ((e>>32 ^ h>>32) - 1) >> 63 << i
	}
	return bits
}

func newOutcomes() outcomes { return outcomes{table: make([]bucket, 1<<8), bits: 8} }

// count is how many identities are remembered.
func (s *outcomes) count() int { return int(s.next - s.first) }

// at is the outcome of a number from first to next-1.
func (s *outcomes) at(number uint64) *outcome {
	return &s.chunks[(number-s.base)>>chunkBits][number&(chunkSize-1)]
}

// identityHash spreads identities evenly.
func identityHash(salt uint64, member uint32, client *ClientID) uint64 {
	a := binary.LittleEndian.Uint64(client[:]) ^ salt ^ 0x9e3779b97f4a7c15
	b := binary.LittleEndian.Uint64(client[8:]) ^ uint64(member)*0xd6e8feb86659fd93 ^ 0xe7037ed1a0b428db
	high, low := bits.Mul64(a, b)
	high, low = bits.Mul64(high^low^salt, 0xa0761d6478bd642f)
	return high ^ low
}

// home is the number of the bucket for a hash.
func (s *outcomes) home(h uint64) uint64 { return h >> (64 - s.bits) }

// bucket is that of a number; after the last comes the first.
func (s *outcomes) bucket(number uint64) *bucket { return &s.table[number&uint64(len(s.table)-1)] }

// number is that of the outcome which an entry of the table names, if it is from first to next-1; else it was forgotten.
func (s *outcomes) number(entry uint64) (number uint64, known bool) {
	age := (entry - 1 - s.first) & numberMask
	return s.first + age, age < s.next-s.first
}

// find returns the outcome of an identity, or nil.
func (s *outcomes) find(member uint32, client *ClientID) *outcome {
	h := identityHash(s.salt, member, client)
	for i := s.home(h); ; i++ {
		b := s.bucket(i)
		for found := b.matches(h); found != 0; found &= found - 1 {
			number, known := s.number(b.entries[bits.TrailingZeros64(found)])
			if !known {
				continue
			}
			if o := s.at(number); o.member == member && o.client == *client {
				return o
			}
		}
		if b.beyond <= s.first {
			return nil
		}
	}
}

// Foresee looks at what placing these orders will look at, all at once: memory that is in no cache is then waited for once
// and not order by order. It changes nothing that counts; call it before a batch is applied.
func (m *Market) Foresee(commands []Command) {
	s := &m.outcomes
	for i := range commands {
		c := &commands[i]
		if number, known := m.numberOf(c.Member); known && c.Kind == Place {
			s.seen ^= s.bucket(s.home(identityHash(s.salt, number, &c.ClientID))).beyond
		}
	}
}

// add remembers an identity that is not known yet.
func (s *outcomes) add(o *outcome) {
	if s.count() >= bucketLoad*len(s.table) {
		s.grow()
	}
	if (s.next-s.base)>>chunkBits == uint64(len(s.chunks)) {
		s.lengthen()
	}
	*s.at(s.next) = *o
	s.enter(s.next, s.hash(o))
	s.next++
}

func (s *outcomes) hash(o *outcome) uint64 { return identityHash(s.salt, o.member, &o.client) }

// lengthen makes room for another chunk of outcomes: the first, where all it holds is forgotten, or a new one.
func (s *outcomes) lengthen() {
	if s.first-s.base >= chunkSize {
		free := s.chunks[0]
		copy(s.chunks, s.chunks[1:])
		s.chunks[len(s.chunks)-1] = free
		s.base += chunkSize
		return
	}
	s.chunks = append(s.chunks, new([chunkSize]outcome))
}

// enter puts an outcome into the table, in the place of one that is forgotten or was never there.
func (s *outcomes) enter(number, h uint64) {
	for i := s.home(h); ; i++ {
		b := s.bucket(i)
		for j, e := range b.entries {
			if _, known := s.number(e); e == 0 || !known {
				b.entries[j] = h&^numberMask | (number+1)&numberMask
				return
			}
		}
		b.beyond = max(b.beyond, number+1)
	}
}

// grow doubles the table. While it is small it hashes anew, with a salt from the ids that came in. A bucket of a large one
// becomes two that are neighbours, so memory is walked through in order.
func (s *outcomes) grow() {
	s.bits++
	if s.bits <= saltedBits {
		for n := s.next - min(uint64(s.count()), 64); n < s.next; n++ {
			s.salt = identityHash(s.salt, uint32(n), &s.at(n).client)
		}
		s.rehash()
		return
	}
	old := s.table
	s.table = make([]bucket, 1<<s.bits)
	for i := range old {
		for _, e := range old[i].entries {
			if number, known := s.number(e); known && e != 0 {
				s.enter(number, e)
			}
		}
	}
}

// rehash makes the table from the outcomes.
func (s *outcomes) rehash() {
	s.table = make([]bucket, 1<<s.bits)
	for n := s.first; n < s.next; n++ {
		s.enter(n, s.hash(s.at(n)))
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
func (s *outcomes) forget() { s.first++ }

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
