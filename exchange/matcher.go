package exchange

// Matcher holds the books of a market: who waits at which price, in which order. It knows prices as levels, members as
// numbers and no rules; Market adds those. It is not safe for concurrent use. Its orders lie in pooled slots and its
// lists are numbers of slots, so that a busy market allocates nothing and leaves the garbage collector nothing to follow.
// Freed slots are used again last in, first out: they are still in cache.
type Matcher struct {
	span   int64     // levels of each book
	orders []resting // slot 0 stays empty: it ends lists
	free   uint32    // first free slot
	books  []queues
	closed []uint32 // books to be used again
	steps  []step   // of the order being placed
	fills  []Fill
	gone   func(slot uint32) bool // says of a marked order whether it must not trade any more
}

// resting is one waiting order: half a cache line.
type resting struct {
	id         uint64 // 0 in a free slot; a handle is a slot with the id that was put there
	prev, next uint32 // the ring of its queue; next also links free slots
	rest       uint32 // Wh, > 0
	level      uint32
	owner      uint32 // two orders of one owner do not trade with each other
	book       uint16
	marked     bool
	side       Side
}

// queues is one book.
type queues struct {
	levels
	bid   int64 // best occupied level to buy at, or noBid
	ask   int64 // best occupied level to sell at, or noAsk
	count int32 // orders
}

// Incoming is an order as a Matcher takes it.
type Incoming struct {
	ID        uint64 // not 0; none that waits may have it
	Level     uint32 // its limit
	Quantity  uint32 // Wh, > 0
	Owner     uint32
	Book      uint16
	Side      Side
	SelfTrade SelfTrading // ByRule: owners do not matter
}

// Fill is a trade with a waiting order, at its level.
type Fill struct {
	Maker    uint64
	Quantity uint32
	Level    uint32
}

// step is what happens to one waiting order while an incoming one is placed.
type step struct {
	slot     uint32
	quantity uint32 // traded; 0: it leaves without
	own      bool   // it leaves to prevent a self-trade
}

// NewMatcher returns a matcher without books whose books will have so many levels, up to 1<<32. It allocates room for
// so many waiting orders, and more when they come.
func NewMatcher(span int64, room int) *Matcher {
	return &Matcher{span: span, orders: make([]resting, 1, room+1), steps: make([]step, 0, MaxResting), fills: make([]Fill, 0, MaxResting)}
}

// OpenBook returns the number of a new book, used again after CloseBook. There may be 65,536 at a time.
func (m *Matcher) OpenBook() uint16 {
	if n := len(m.closed); n > 0 {
		book := m.closed[n-1]
		m.closed = m.closed[:n-1]
		return uint16(book)
	}
	if len(m.books) == 1<<16 {
		panic("exchange: 65536 books are open")
	}
	m.books = append(m.books, queues{levels: newLevels(m.span), bid: noBid, ask: noAsk})
	return uint16(len(m.books) - 1)
}

// CloseBook takes back a book in which nobody waits.
func (m *Matcher) CloseBook(book uint16) {
	m.closed = append(m.closed, uint32(book))
}

// Place trades an order with those that wait, best price first, oldest first, and lets the rest wait if it rests. It
// returns the fills, valid until the next Place, and the slot in which the rest waits, or 0.
func (m *Matcher) Place(in *Incoming, rests bool) (fills []Fill, slot uint32) {
	left, stopped := m.plan(in)
	m.fills = m.fills[:0]
	for i := range m.steps {
		s := &m.steps[i]
		if s.quantity > 0 {
			o := &m.orders[s.slot]
			m.fills = append(m.fills, Fill{o.id, s.quantity, o.level})
		}
		m.carryOut(s)
	}
	if left > 0 && rests && !stopped {
		slot = m.wait(in, left)
	}
	return m.fills, slot
}

// Cancel takes the order with this id out of its book, if it waits in this slot.
func (m *Matcher) Cancel(slot uint32, id uint64) bool {
	if !m.waits(slot, id) {
		return false
	}
	m.remove(slot)
	return true
}

// Waiting is how many orders wait in a book.
func (m *Matcher) Waiting(book uint16) int { return int(m.books[book].count) }

// waits reports whether the order with this id waits in this slot.
func (m *Matcher) waits(slot uint32, id uint64) bool {
	return slot != 0 && int(slot) < len(m.orders) && m.orders[slot].id == id
}

// plan finds the steps that placing an order takes, changing nothing but m.steps, and returns what is left of it and
// whether a self-trade stopped it.
func (m *Matcher) plan(in *Incoming) (left uint32, stopped bool) {
	b := &m.books[in.Book]
	m.steps = m.steps[:0]
	left = in.Quantity
	if in.Side == Buy {
		for at := b.ask; at <= int64(in.Level); at = b.above(uint32(at)) {
			if left, stopped = m.planLevel(in, b.head(uint32(at)), left); left == 0 || stopped {
				return left, stopped
			}
		}
		return left, false
	}
	for at := b.bid; at >= int64(in.Level); at = b.below(uint32(at)) {
		if left, stopped = m.planLevel(in, b.head(uint32(at)), left); left == 0 || stopped {
			return left, stopped
		}
	}
	return left, false
}

// planLevel is plan at one level.
func (m *Matcher) planLevel(in *Incoming, head, left uint32) (uint32, bool) {
	for slot := head; ; {
		o := &m.orders[slot]
		switch {
		case o.marked && m.gone(slot):
			m.steps = append(m.steps, step{slot: slot})
		case o.owner == in.Owner && in.SelfTrade != ByRule:
			if in.SelfTrade != CancelNewest {
				m.steps = append(m.steps, step{slot: slot, own: true})
			}
			if in.SelfTrade != CancelOldest {
				return left, true
			}
		default:
			quantity := min(left, o.rest)
			m.steps = append(m.steps, step{slot: slot, quantity: quantity})
			if left -= quantity; left == 0 {
				return 0, false
			}
		}
		if slot = o.next; slot == head {
			return left, false
		}
	}
}

// carryOut does one step of a plan.
func (m *Matcher) carryOut(s *step) {
	o := &m.orders[s.slot]
	if s.quantity > 0 && s.quantity < o.rest {
		o.rest -= s.quantity
		return
	}
	m.remove(s.slot)
}

// wait puts what is left of an order at the end of the queue at its level.
func (m *Matcher) wait(in *Incoming, left uint32) uint32 {
	slot := m.free
	if slot == 0 {
		m.orders = append(m.orders, resting{})
		slot = uint32(len(m.orders) - 1)
	} else {
		m.free = m.orders[slot].next
	}
	o := &m.orders[slot]
	*o = resting{id: in.ID, rest: left, level: in.Level, owner: in.Owner, book: in.Book, side: in.Side}
	m.enqueue(slot, o)
	return slot
}

// enqueue puts an order at the end of the queue at its level.
func (m *Matcher) enqueue(slot uint32, o *resting) {
	b := &m.books[o.book]
	b.count++
	if head := b.head(o.level); head != 0 {
		first := &m.orders[head]
		o.prev, o.next = first.prev, head
		m.orders[first.prev].next = slot
		first.prev = slot
		return
	}
	o.prev, o.next = slot, slot
	b.occupy(o.level, slot)
	if o.side == Buy {
		b.bid = max(b.bid, int64(o.level))
	} else {
		b.ask = min(b.ask, int64(o.level))
	}
}

// dequeue takes an order out of its queue. Its slot stays taken.
func (m *Matcher) dequeue(slot uint32, o *resting) {
	b := &m.books[o.book]
	b.count--
	if o.next != slot {
		m.orders[o.prev].next = o.next
		m.orders[o.next].prev = o.prev
		if b.head(o.level) == slot {
			b.lead(o.level, o.next)
		}
		return
	}
	b.vacate(o.level)
	switch int64(o.level) {
	case b.bid:
		b.bid = b.below(o.level)
	case b.ask:
		b.ask = b.above(o.level)
	}
}

// remove takes an order out of its queue and frees its slot.
func (m *Matcher) remove(slot uint32) {
	o := &m.orders[slot]
	m.dequeue(slot, o)
	m.release(slot)
}

// release frees the slot of an order that is in no queue.
func (m *Matcher) release(slot uint32) {
	o := &m.orders[slot]
	o.id, o.next = 0, m.free
	m.free = slot
}

// clear empties every book and forgets which slots and books are free.
func (m *Matcher) clear() {
	m.free, m.closed, m.steps = 0, m.closed[:0], m.steps[:0]
	for i := range m.books {
		m.books[i] = queues{levels: newLevels(m.span), bid: noBid, ask: noAsk}
	}
}

// each calls visit with every order of a book: bids from best to worst, then asks from best to worst, older first at
// equal price. The order visited may be removed.
func (m *Matcher) each(book uint16, visit func(slot uint32)) {
	b := &m.books[book]
	for at := b.bid; at != noBid; {
		next := b.below(uint32(at))
		m.eachAt(b.head(uint32(at)), visit)
		at = next
	}
	for at := b.ask; at != noAsk; {
		next := b.above(uint32(at))
		m.eachAt(b.head(uint32(at)), visit)
		at = next
	}
}

func (m *Matcher) eachAt(head uint32, visit func(slot uint32)) {
	last := m.orders[head].prev
	for slot := head; ; {
		next := m.orders[slot].next
		visit(slot)
		if slot == last {
			return
		}
		slot = next
	}
}
