package exchange

import "github.com/wattle/wattle/energy"

// near remembers where the books and members that were asked for last are, before the maps are asked. What it says is
// checked by who asks, so it may be out of date.
type near struct {
	books   [256]*book
	members [1024]uint32 // number+1
}

// book is where a book may be remembered.
func (n *near) book(start int64) **book {
	return &n.books[uint64(start)*0x9e3779b97f4a7c15>>56]
}

// member is where a member's number may be remembered: by the end of the name, which differs most.
func (n *near) member(name energy.Member) *uint32 {
	h := uint32(len(name))
	if len(name) >= 4 {
		h ^= uint32(name[len(name)-1]) | uint32(name[len(name)-2])<<8 | uint32(name[len(name)-3])<<16 | uint32(name[len(name)-4])<<24
	}
	return &n.members[h*0x9e3779b1>>22]
}

// numberOf is the number of a member, or false where the market has not met it.
func (m *Market) numberOf(name energy.Member) (uint32, bool) {
	at := m.near.member(name)
	if n := *at; n != 0 && m.accounts[n-1].name == name {
		return n - 1, true
	}
	n, known := m.memberOf[name]
	if known {
		*at = n + 1
	}
	return n, known
}

// number is that of a member, or the one it would get.
func (m *Market) number(name energy.Member) uint32 {
	_, number := m.lookup(name)
	return number
}

// bookAt is the book of the interval that starts at a Unix second, or nil.
func (m *Market) bookAt(start int64) *book {
	at := m.near.book(start)
	if b := *at; b != nil && b.interval.StartUnix() == start {
		return b
	}
	b := m.byStart[start]
	*at = b
	return b
}
