package exchange

import (
	"slices"

	"github.com/wattle/wattle/energy"
)

// MaxResting is how many orders may rest in one book. It bounds the events of one command, which must fit one message
// of a log (see MaxMessageEvents) and an Event's Index.
const MaxResting = 4096

// MaxSweep is how many orders one command takes out of their books at most, but for CloseGate.
const MaxSweep = 4096

// Market is the auction of one zone: one book per delivery interval. It is a state machine without clock, randomness
// or map order. It is not safe for concurrent use: a market has one writer.
type Market struct {
	rules    Rules
	sequence uint64 // commands applied
	time     int64  // of the last command, Unix milliseconds
	books    []*book
	pool     pool

	members  []energy.Member
	memberOf map[energy.Member]uint32
	outcomes []outcome // of every order ever placed, in that order
	indexOf  map[orderKey]uint32

	events []Event // of the command being applied
}

// orderKey is the identity of an order: who placed it, under which id.
type orderKey struct {
	member uint32
	client ClientID
}

// outcome remembers for ever that an identity was used.
type outcome struct {
	key  orderKey
	id   uint64 // Sequence of the Place command
	slot int32  // while it rests, else none
}

// NewMarket returns an empty market. It panics on rules that do not Validate: check them where they are read.
func NewMarket(rules Rules) *Market {
	if err := rules.Validate(); err != nil {
		panic(err)
	}
	return &Market{
		rules: rules, pool: pool{free: none},
		memberOf: map[energy.Member]uint32{}, indexOf: map[orderKey]uint32{},
	}
}

// Rules are the rules the market runs under.
func (m *Market) Rules() Rules { return m.rules }

// Sequence is the number of commands applied so far.
func (m *Market) Sequence() uint64 { return m.sequence }

// Time is that of the last command, in Unix milliseconds, 0 before the first.
func (m *Market) Time() int64 { return m.time }

// Open returns the intervals whose books are open, ascending.
func (m *Market) Open() []energy.Interval {
	var open []energy.Interval
	for _, b := range m.books {
		if !b.closed {
			open = append(open, b.interval)
		}
	}
	return open
}

// Newest is the latest interval that ever had a book, or false before the first.
func (m *Market) Newest() (energy.Interval, bool) {
	if len(m.books) == 0 {
		return energy.Interval{}, false
	}
	return m.books[len(m.books)-1].interval, true
}

// Apply advances the market by one command and returns what happened, in order; there is always at least one event.
// Replaying the log from an equal Market yields equal events. The events are valid until the next Apply, which reuses
// their memory: copy what must stay. Whatever the command says it is answered, never panicked on; a panic means the
// market's own state is impossible.
func (m *Market) Apply(c Command) []Event {
	m.sequence++
	m.events = m.events[:0]
	if c.Time < m.time {
		m.refuse(c, 0, BadCommand)
		return m.events
	}
	m.time = c.Time
	switch c.Kind {
	case OpenBook:
		m.openBook(c)
	case CloseGate:
		m.closeGate(c)
	case Place:
		m.place(c)
	case Cancel:
		m.cancel(c)
	default:
		m.refuse(c, 0, BadCommand)
	}
	return m.events
}

func (m *Market) emit(e Event) {
	e.Sequence, e.Index, e.Time = m.sequence, uint16(len(m.events)), m.time
	m.events = append(m.events, e)
}

// refuse answers with the command's own fields, so that whoever sent it recognises it.
func (m *Market) refuse(c Command, id uint64, why Reason) {
	m.emit(Event{
		Kind: Refused, Reason: why, Interval: c.Interval, Order: id,
		Member: c.Member, ClientID: c.ClientID, Side: c.Side, Price: c.Price, Quantity: c.Quantity,
	})
}

// find returns where the book of iv is among books, or where it belongs.
func (m *Market) find(iv energy.Interval) (int, bool) {
	return slices.BinarySearchFunc(m.books, iv, func(b *book, iv energy.Interval) int { return b.interval.Compare(iv) })
}

func (m *Market) openBook(c Command) {
	if c.Interval.Length() != m.rules.Length {
		m.refuse(c, 0, BadCommand)
		return
	}
	i, found := m.find(c.Interval)
	switch {
	case !found:
		m.books = slices.Insert(m.books, i, newBook(c.Interval))
		m.emit(Event{Kind: BookOpened, Interval: c.Interval})
	case m.books[i].closed:
		m.refuse(c, 0, BookIsClosed)
	default:
		m.refuse(c, 0, AlreadyOpen)
	}
}

func (m *Market) closeGate(c Command) {
	b, why := m.bookOf(c.Interval)
	if b == nil {
		m.refuse(c, 0, why)
		return
	}
	b.each(&m.pool, func(slot int32) {
		o := &m.pool.orders[slot]
		m.leave(o, Expired, NoReason)
		m.done(slot)
	})
	*b = book{interval: b.interval, closed: true}
	m.emit(Event{Kind: GateClosed, Interval: c.Interval})
}

// bookOf returns the open book of iv, or nil and why there is none.
func (m *Market) bookOf(iv energy.Interval) (*book, Reason) {
	i, found := m.find(iv)
	switch {
	case !found:
		return nil, UnknownInterval
	case m.books[i].closed:
		return nil, BookIsClosed
	}
	return m.books[i], NoReason
}

func (m *Market) cancel(c Command) {
	member, known := m.memberOf[c.Member]
	index, used := m.indexOf[orderKey{member, c.ClientID}]
	if !known || !used {
		m.refuse(c, 0, UnknownOrder)
		return
	}
	past := m.outcomes[index]
	if past.slot == none {
		m.refuse(c, past.id, OrderIsDone)
		return
	}
	o := &m.pool.orders[past.slot]
	m.leave(o, Cancelled, AtMembersWish)
	o.book.remove(&m.pool, past.slot)
	m.done(past.slot)
}

// leave tells that the whole rest of a resting order leaves its book.
func (m *Market) leave(o *order, kind EventKind, why Reason) {
	m.emit(Event{
		Kind: kind, Reason: why, Interval: o.book.interval, Order: o.id,
		Member: m.members[o.member], ClientID: o.client, Side: o.side, Price: o.price, Quantity: o.rest,
	})
}

// done forgets a resting order that has left its book; that its identity was used stays known.
func (m *Market) done(slot int32) {
	m.outcomes[m.pool.orders[slot].outcome].slot = none
	m.pool.release(slot)
}
