package exchange

import (
	"cmp"
	"maps"
	"slices"

	"github.com/wattle/wattle/energy"
)

// undo is what the command that is being carried out has overwritten, as far as nothing else tells it: enough to take the
// command back where it panics half-way. What follows from the rest (queues, lists, heaps, tables, sums) is made anew then.
type undo struct {
	orders   []orderBefore
	rooms    []roomBefore
	costs    []costBefore
	slots    int // of orders
	accounts int
	first    uint64 // of outcomes
	next     uint64

	zoneHalted, platformHalted bool
	floor                      int64
	rare                       rareBefore
}

// orderBefore is a slot as it was, free or not.
type orderBefore struct {
	slot uint32
	resting
	details
}

type roomBefore struct {
	room *headroom
	used energy.WattHours
}

// costBefore is what a member's trades in a book cost; without a book it is a commitment.
type costBefore struct {
	book *book
	key  commitment
	cost energy.Money
}

// rareBefore is what a member's commands about an order do not change.
type rareBefore struct {
	noted  bool
	fleets []uint32
	books  []*book
	book   *book // the one the command is about, or nil
	was    book
	rooms  []headroom // of was
	member uint32     // the one the command is about, if it was known
	known  bool
	of     account
}

// begin ends the checks of a command: what follows changes the market.
func (m *Market) begin() {
	u := &m.undo
	u.orders, u.rooms, u.costs = u.orders[:0], u.rooms[:0], u.costs[:0]
	u.slots, u.accounts, u.first, u.next = len(m.match.orders), len(m.accounts), m.outcomes.first, m.outcomes.next
	u.zoneHalted, u.platformHalted, u.floor, u.rare.noted = m.zoneHalted, m.platformHalted, m.floor, false
	m.committing = true
}

// beginRare is begin for commands that are not about one order, but about a book, a member of that number, or neither.
func (m *Market) beginRare(b *book, member uint32) {
	r := &m.undo.rare
	r.fleets, r.books = append(r.fleets[:0], m.fleetsHalted...), append(r.books[:0], m.books...)
	if r.book = b; b != nil {
		r.was, r.rooms = *b, append(r.rooms[:0], b.rooms...)
	}
	if r.member, r.known = member, int(member) < len(m.accounts); r.known {
		r.of = m.accounts[member]
	}
	m.begin()
	r.noted = true
}

// nobody is the number of no member.
const nobody = 1<<32 - 1

// step is a place in the carrying out of a command at which tests let it fail.
func (m *Market) step() {
	if m.fault != nil && m.committing {
		m.fault()
	}
}

// note keeps an order's slot as it is before it is changed.
func (m *Market) note(slot uint32) {
	m.undo.orders = append(m.undo.orders, orderBefore{slot, m.match.orders[slot], m.details[slot]})
	m.step()
}

// takeBack leaves the market as it was before the command that is being carried out, but for its sequence and time.
func (m *Market) takeBack() {
	u := &m.undo
	for _, before := range slices.Backward(u.orders) {
		m.match.orders[before.slot], m.details[before.slot] = before.resting, before.details
	}
	m.match.orders, m.details = m.match.orders[:u.slots], m.details[:u.slots]
	for _, before := range slices.Backward(u.rooms) {
		before.room.used = before.used
	}
	for _, before := range slices.Backward(u.costs) {
		before.restore(m)
	}
	for i := u.accounts; i < len(m.accounts); i++ {
		delete(m.memberOf, m.accounts[i].name)
	}
	m.accounts = m.accounts[:u.accounts]
	m.outcomes.first, m.outcomes.next = u.first, u.next
	m.zoneHalted, m.platformHalted, m.floor = u.zoneHalted, u.platformHalted, u.floor
	if r := &u.rare; r.noted {
		m.fleetsHalted, m.books = append(m.fleetsHalted[:0], r.fleets...), append(m.books[:0], r.books...)
		if r.book != nil {
			*r.book = r.was
			r.book.rooms = slices.Clone(r.rooms)
		}
		if r.known {
			m.accounts[r.member] = r.of
		}
	}
	m.relink()
}

func (before *costBefore) restore(m *Market) {
	switch {
	case before.book == nil && before.cost == 0:
		delete(m.commitments, before.key)
	case before.book == nil:
		m.commitments[before.key] = before.cost
	default:
		before.book.costs[before.key.member()] = before.cost
	}
}

// relink makes anew what follows from the orders, books, accounts and identities.
func (m *Market) relink() {
	m.outcomes.rehash()
	m.near, m.waiting, m.expiry = near{}, newWaiting(), expiry{}
	m.match.clear()
	clear(m.byStart)
	m.byNumber = make([]*book, len(m.match.books))
	for _, b := range m.books {
		m.byStart[b.interval.StartUnix()] = b
		if !b.closed {
			m.byNumber[b.number] = b
		}
	}
	for number, b := range m.byNumber {
		if b == nil {
			m.match.CloseBook(uint16(number))
		}
	}
	for i := range m.accounts {
		a := &m.accounts[i]
		a.first, a.last, a.reserved, a.committed = 0, 0, 0, 0
	}
	costs := m.costs()
	for _, c := range slices.Sorted(maps.Keys(costs)) {
		m.accounts[c.member()].committed += costs[c]
	}
	for _, slot := range m.byEntry() {
		m.match.enqueue(slot, &m.match.orders[slot])
		d := m.details[slot]
		d.place = 0
		m.describe(slot, d)
		if m.rules.Collateral != Unlimited {
			m.accounts[d.member].reserved += m.heldBy(slot)
		}
	}
}

// byEntry are the slots of resting orders, in the order in which they joined their queues. It frees the others.
func (m *Market) byEntry() []uint32 {
	var slots []uint32
	for slot := range m.match.orders[1:] {
		if slot := uint32(slot) + 1; m.match.orders[slot].id != 0 {
			slots = append(slots, slot)
		} else {
			m.match.release(slot)
		}
	}
	slices.SortFunc(slots, func(a, b uint32) int { return cmp.Compare(m.details[a].entered, m.details[b].entered) })
	return slots
}
