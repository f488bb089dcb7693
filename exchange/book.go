package exchange

import (
	"slices"

	"github.com/wattle/wattle/energy"
)

// none is the end of a list of slots.
const none int32 = -1

// order is a resting order in the pool. Lists link slots by number, so a busy market moves no memory and frees none.
type order struct {
	id         uint64
	client     ClientID
	book       *book
	price      energy.Price
	quantity   energy.WattHours // as ordered
	rest       energy.WattHours // > 0
	member     uint32           // index into Market.members
	outcome    uint32           // index into Market.outcomes
	prev, next int32            // neighbours at the level, by time; next links free slots too
	side       Side
}

// pool holds every resting order of a market. Freed slots are used again last in, first out: they are still in cache.
type pool struct {
	orders []order
	free   int32
}

func (p *pool) take() int32 {
	if p.free == none {
		p.orders = append(p.orders, order{})
		return int32(len(p.orders) - 1)
	}
	slot := p.free
	p.free = p.orders[slot].next
	return slot
}

func (p *pool) release(slot int32) {
	p.orders[slot] = order{next: p.free}
	p.free = slot
}

// level is the queue of orders at one price, oldest first.
type level struct {
	price      energy.Price
	head, tail int32
}

// ladder is one side of a book: its levels from worst to best, so that the best is added and removed at the end.
type ladder struct {
	side   Side
	levels []level
}

// book is the market of one delivery interval.
type book struct {
	interval energy.Interval
	closed   bool
	resting  int // number of orders in both ladders
	bids     ladder
	asks     ladder
}

func newBook(iv energy.Interval) *book {
	return &book{interval: iv, bids: ladder{side: Buy}, asks: ladder{side: Sell}}
}

func (b *book) ladder(side Side) *ladder {
	if side == Buy {
		return &b.bids
	}
	return &b.asks
}

// best is the level that trades first, or nil.
func (l *ladder) best() *level {
	if len(l.levels) == 0 {
		return nil
	}
	return &l.levels[len(l.levels)-1]
}

// find returns where the level of price is, or where it belongs.
func (l *ladder) find(price energy.Price) (int, bool) {
	return slices.BinarySearchFunc(l.levels, price, func(at level, price energy.Price) int {
		worse := at.price < price
		if l.side == Sell {
			worse = at.price > price
		}
		switch {
		case at.price == price:
			return 0
		case worse:
			return -1
		}
		return 1
	})
}

// rest appends an order to the queue at its price.
func (b *book) rest(p *pool, slot int32) {
	o := &p.orders[slot]
	l := b.ladder(o.side)
	i, found := l.find(o.price)
	if !found {
		l.levels = slices.Insert(l.levels, i, level{price: o.price, head: none, tail: none})
	}
	at := &l.levels[i]
	o.prev, o.next = at.tail, none
	if at.tail == none {
		at.head = slot
	} else {
		p.orders[at.tail].next = slot
	}
	at.tail = slot
	b.resting++
}

// remove takes an order out of its queue, and the level with its last order. The slot stays taken.
func (b *book) remove(p *pool, slot int32) {
	o := &p.orders[slot]
	l := b.ladder(o.side)
	i, found := l.find(o.price)
	if !found {
		panic("exchange: a resting order has no price level")
	}
	at := &l.levels[i]
	if o.prev == none {
		at.head = o.next
	} else {
		p.orders[o.prev].next = o.next
	}
	if o.next == none {
		at.tail = o.prev
	} else {
		p.orders[o.next].prev = o.prev
	}
	if at.head == none {
		l.levels = slices.Delete(l.levels, i, i+1)
	}
	b.resting--
}

// each calls visit with every resting order: bids from best to worst, then asks from best to worst, older first at
// equal price.
func (b *book) each(p *pool, visit func(slot int32)) {
	for _, l := range []*ladder{&b.bids, &b.asks} {
		for i := len(l.levels) - 1; i >= 0; i-- {
			for slot := l.levels[i].head; slot != none; {
				next := p.orders[slot].next
				visit(slot)
				slot = next
			}
		}
	}
}
