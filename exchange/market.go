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
	low      energy.Price // lowest price of the collar, in ticks: level 0
	sequence uint64       // commands applied
	time     int64        // of the last command, Unix milliseconds
	match    *Matcher
	details  []details // of the orders in the matcher, by slot
	expiry   expiry

	books    []*book // ascending by interval
	byStart  map[int64]*book
	byNumber []*book // of the matcher's books
	near     near
	floor    int64 // Unix seconds; intervals that start before it are shut and forgotten
	accounts []account
	memberOf map[energy.Member]uint32
	outcomes outcomes
	waiting  waiting

	commitments    map[commitment]energy.Money // of books that are not open, or were restored
	fleetsHalted   []uint32                    // ascending
	zoneHalted     bool
	platformHalted bool
	poison         []uint64 // digests of orders that the market could not carry out, oldest first

	arrival    arrival       // the order being placed or amended
	events     []Event       // of the command being applied
	committing bool          // the command being applied is past its checks
	undo       undo          // of that command
	probe      func(Command) // for tests: called before a command is checked
	fault      func()        // for tests: called at every step of carrying out a command
}

// details are what the market knows of a resting order besides what matching needs: one cache line.
type details struct {
	client     ClientID
	till       int64  // Unix milliseconds, 0: gate closure
	session    uint64 // 0: none
	entered    uint64 // Sequence of the command by which it joined its queue
	quantity   uint32 // in all, with what it traded
	member     uint32
	prev, next uint32 // the member's resting orders
	place      uint32 // in the expiry heap, from 1; 0: not in it
	kind       OrderType
	self       SelfTrading
	doom       Reason // why it is to leave its book, though it still rests
}

// book is one delivery interval.
type book struct {
	interval energy.Interval
	closed   bool
	number   uint16         // of the matcher's book, while open
	rooms    []headroom     // ascending by feeder and side
	costs    []energy.Money // of members' trades, by number, while open; see commitments
}

// NewMarket returns an empty market. It panics on rules that do not Validate: check them where they are read.
func NewMarket(rules Rules) *Market {
	if err := rules.Validate(); err != nil {
		panic(err)
	}
	low, high := rules.ticks()
	m := &Market{
		rules: rules, low: low, match: NewMatcher(int64(high-low)+1, 0), details: make([]details, 1), outcomes: newOutcomes(), waiting: newWaiting(),
		byStart: map[int64]*book{}, memberOf: map[energy.Member]uint32{}, commitments: map[commitment]energy.Money{},
	}
	m.match.gone = m.gone
	return m
}

// ticks are the lowest and the highest price within the collar, in ticks.
func (r Rules) ticks() (low, high energy.Price) {
	low, high = r.MinPrice/r.Tick, r.MaxPrice/r.Tick
	if low*r.Tick < r.MinPrice {
		low++
	}
	if high*r.Tick > r.MaxPrice {
		high--
	}
	return low, high
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
// their memory: copy what must stay. Whatever the command says it is answered: one that panics is refused as Poisoned and
// leaves the market as it was.
func (m *Market) Apply(c Command) []Event {
	m.sequence++
	m.events = m.events[:0]
	m.committing = false
	m.apply(&c)
	return m.events
}

func (m *Market) apply(c *Command) {
	defer m.contain(c)
	if c.Time < m.time {
		m.refuse(c, 0, TimeWentBack)
		return
	}
	m.time = c.Time
	if c.Kind == Place && c.Type == AtMarket {
		c.Price = m.rules.anyPrice(c.Side)
	}
	if m.probe != nil {
		m.probe(*c)
	}
	switch c.Kind {
	case Place:
		m.place(c)
	case Cancel:
		m.cancel(c)
	case Amend:
		m.amend(c)
	default:
		m.manage(c)
	}
}

// manage applies the commands that are not a member's about one order.
func (m *Market) manage(c *Command) {
	switch c.Kind {
	case OpenBook:
		m.openBook(c)
	case CloseGate:
		m.closeGate(c)
	case CancelAll:
		m.cancelAll(c)
	case Halt:
		m.halt(c)
	case Resume:
		m.resume(c)
	case Assign:
		m.assign(c)
	case SetCollateral:
		m.setCollateral(c)
	case SetHeadroom:
		m.setHeadroom(c)
	case PassTime:
		m.passTime()
	default:
		m.refuse(c, 0, BadCommand)
	}
}

// maxPoison is how many orders that could not be carried out are remembered: each is a defect, and there are few.
const maxPoison = 64

// contain turns a panic into the refusal of the command, and remembers an order that caused one by what it says, whatever
// its id. Checks change nothing, so only what comes after them is taken back.
func (m *Market) contain(c *Command) {
	if trouble := recover(); trouble == nil {
		return
	}
	if m.committing {
		m.takeBack()
	}
	m.events = m.events[:0]
	m.refuse(c, 0, Poisoned)
	if c.Kind != Place {
		return
	}
	if len(m.poison) == maxPoison {
		m.poison = slices.Delete(m.poison, 0, 1)
	}
	m.poison = append(m.poison, bodyOf(c))
}

// emit adds an event and returns its index.
func (m *Market) emit(e Event) int {
	m.step()
	e.Sequence, e.Index, e.Time = m.sequence, uint16(len(m.events)), m.time
	m.events = append(m.events, e)
	return len(m.events) - 1
}

// event adds an event that is to be filled in.
func (m *Market) event(kind EventKind, why Reason, iv energy.Interval) *Event {
	n := len(m.events)
	if n == cap(m.events) {
		m.events = slices.Grow(m.events, max(64, n))
	}
	m.events = m.events[:n+1]
	m.step()
	e := &m.events[n]
	*e = Event{}
	e.Sequence, e.Index, e.Kind, e.Reason, e.Time, e.Interval = m.sequence, uint16(n), kind, why, m.time, iv
	return e
}

// refuse answers with the command's own fields, so that whoever sent it recognises it.
func (m *Market) refuse(c *Command, id uint64, why Reason) {
	e := m.event(Refused, why, c.Interval)
	e.Order, e.Member, e.ClientID, e.Side, e.Price, e.Quantity = id, c.Member, c.ClientID, c.Side, c.Price, c.Quantity
	if c.Type.Valid() {
		e.Type = c.Type
	}
	if c.Scope.Valid() {
		e.Scope = c.Scope
	}
	e.Group, e.Amount = c.Group, c.Amount
	if c.GoodTill >= 0 && c.GoodTill <= maxTime {
		e.GoodTill = c.GoodTill
	}
}

// find returns where the book of iv is among books, or where it belongs.
func (m *Market) find(iv energy.Interval) (int, bool) {
	return slices.BinarySearchFunc(m.books, iv, func(b *book, iv energy.Interval) int { return b.interval.Compare(iv) })
}

func (m *Market) openBook(c *Command) {
	if c.Interval.Length() != m.rules.Length {
		m.refuse(c, 0, MisalignedInterval)
		return
	}
	i, found := m.find(c.Interval)
	switch {
	case found && !m.books[i].closed:
		m.refuse(c, 0, AlreadyOpen)
		return
	case found || c.Interval.StartUnix() < m.floor:
		m.refuse(c, 0, BookIsClosed)
		return
	}
	m.beginRare(nil, nobody)
	b := &book{interval: c.Interval, number: m.match.OpenBook()}
	if int(b.number) == len(m.byNumber) {
		m.byNumber = append(m.byNumber, b)
	}
	m.byNumber[b.number] = b
	m.step()
	m.books = slices.Insert(m.books, i, b)
	m.step()
	m.byStart[c.Interval.StartUnix()] = b
	m.emit(Event{Kind: BookOpened, Interval: c.Interval})
}

func (m *Market) closeGate(c *Command) {
	b, why := m.bookOf(c.Interval)
	if b == nil {
		m.refuse(c, 0, why)
		return
	}
	m.beginRare(b, nobody)
	m.match.each(b.number, func(slot uint32) { m.leave(slot, Expired, NoReason) })
	m.match.CloseBook(b.number)
	m.step()
	m.keepCosts(b)
	m.step()
	b.closed, b.rooms, m.byNumber[b.number] = true, nil, nil
	m.emit(Event{Kind: GateClosed, Interval: c.Interval})
	m.forgetBooks()
}

// forgetBooks drops the oldest books when they ended longer than Retention ago, but never the newest.
func (m *Market) forgetBooks() {
	for len(m.books) > 1 && m.books[0].closed && m.books[0].interval.EndUnix()*1000+Retention < m.time {
		iv := m.books[0].interval
		m.floor = iv.EndUnix()
		m.step()
		delete(m.byStart, iv.StartUnix())
		*m.near.book(iv.StartUnix()) = nil
		m.books = slices.Delete(m.books, 0, 1)
		m.step()
	}
}

// bookOf returns the open book of iv, or nil and why there is none.
func (m *Market) bookOf(iv energy.Interval) (*book, Reason) {
	b := m.bookAt(iv.StartUnix())
	switch {
	case iv.Length() != m.rules.Length:
		return nil, MisalignedInterval
	case b == nil && iv.StartUnix() < m.floor:
		return nil, BookIsClosed
	case b == nil:
		return nil, UnknownInterval
	case b.closed:
		return nil, BookIsClosed
	}
	return b, NoReason
}

// gone reports whether a marked order must not trade any more: its time is over, or it is to leave its book.
func (m *Market) gone(slot uint32) bool {
	d := &m.details[slot]
	return d.doom != NoReason || d.till != 0 && d.till <= m.time
}
