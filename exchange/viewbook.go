package exchange

import (
	"maps"
	"slices"

	"github.com/wattle/wattle/energy"
)

// recentTrades is how many trades of one interval a view remembers: more than a page shows.
const recentTrades = 50

// Level is what waits at one price.
type Level struct {
	Price    energy.Price
	Quantity energy.WattHours
	Orders   int
}

// Statistics sum up one interval's book since it opened.
type Statistics struct {
	Orders  int // accepted
	Refused int // commands for this interval
	Trades  int
	Volume  energy.WattHours // traded
	Value   energy.Money     // of the trades: Volume at their prices; at the largest amount where it does not fit
	Low     energy.Price     // of the trades; zero before the first
	High    energy.Price
	Last    energy.Price
}

// WeightedPrice is the average price of the traded energy, rounded towards zero, or false before the first trade.
func (s Statistics) WeightedPrice() (energy.Price, bool) {
	if s.Volume <= 0 {
		return 0, false
	}
	return energy.Price(int64(s.Value) / int64(s.Volume)), true
}

// Book is a copy of the state of one interval's book.
type Book struct {
	Interval   energy.Interval
	Open       bool
	Bids       []Level // best first
	Asks       []Level // best first
	Trades     []Event // Traded, newest first, a limited number
	Statistics Statistics
}

// BestBid is the highest price someone would buy at, or false where nobody would.
func (b Book) BestBid() (Level, bool) { return first(b.Bids) }

// BestAsk is the lowest price someone would sell at, or false where nobody would.
func (b Book) BestAsk() (Level, bool) { return first(b.Asks) }

func first(levels []Level) (Level, bool) {
	if len(levels) == 0 {
		return Level{}, false
	}
	return levels[0], true
}

// Status says what became of an order.
type Status uint8

const (
	// Resting: some of it waits in the book.
	Resting Status = iota + 1
	// Filled: all of it traded.
	Filled
	// Withdrawn: the rest was cancelled; Reason says why.
	Withdrawn
	// Lapsed: the rest expired at gate closure or at the time the order was good till.
	Lapsed
	// Rejected: it was never taken; Reason says why.
	Rejected
)

// String is the status in lower case.
func (s Status) String() string {
	names := [...]string{"unknown", "resting", "filled", "withdrawn", "lapsed", "rejected"}
	if int(s) < len(names) {
		return names[s]
	}
	return names[0]
}

// OrderState is what became of one order so far.
type OrderState struct {
	Order    uint64
	Interval energy.Interval
	Member   energy.Member
	ClientID ClientID
	Side     Side
	Price    energy.Price     // limit
	Quantity energy.WattHours // as ordered
	Rest     energy.WattHours // waiting in the book
	Traded   energy.WattHours
	Value    energy.Money // of what traded; at the largest amount where it does not fit
	Status   Status
	Reason   Reason
	Placed   int64 // Unix milliseconds
	Changed  int64 // Unix milliseconds
	Type     OrderType
	GoodTill int64            // Unix milliseconds, 0: gate closure
	wanted   energy.WattHours // of Rest, when it ended: what would still have traded
}

type viewBook struct {
	interval energy.Interval
	open     bool
	orders   map[uint64]*OrderState
	byMember map[energy.Member][]uint64
	names    names // the view's
	bids     map[energy.Price]Level
	asks     map[energy.Price]Level
	trades   []Event // oldest first
	stats    Statistics
}

func newViewBook(iv energy.Interval, n names) *viewBook {
	return &viewBook{
		interval: iv, open: true, names: n,
		orders: map[uint64]*OrderState{}, byMember: map[energy.Member][]uint64{},
		bids: map[energy.Price]Level{}, asks: map[energy.Price]Level{},
	}
}

func (b *viewBook) fold(e Event) {
	switch e.Kind {
	case Accepted:
		b.stats.Orders++
		b.add(e, Resting)
		b.wait(e.Side, e.Price, e.Rest, 1)
	case Refused:
		b.stats.Refused++
		if e.Order == e.Sequence && e.Member != "" { // an order, and not a repeat of one
			b.add(e, Rejected)
		}
	case Traded:
		b.trade(e)
	case Cancelled:
		b.end(e, Withdrawn)
	case Expired:
		b.end(e, Lapsed)
	case Amended:
		b.amend(e)
	}
}

func (b *viewBook) add(e Event, status Status) {
	o := &OrderState{
		Order: e.Order, Interval: e.Interval, Member: e.Member, ClientID: e.ClientID, Side: e.Side, Price: e.Price,
		Quantity: e.Quantity, Rest: e.Rest, Status: status, Reason: e.Reason, Placed: e.Time, Changed: e.Time,
		Type: e.Type, GoodTill: e.GoodTill,
	}
	b.orders[e.Order], b.names[identity{e.Member, e.ClientID}] = o, o
	b.byMember[e.Member] = append(b.byMember[e.Member], e.Order)
}

// forget takes the book's orders out of those known by name, but for names that were used again since.
func (b *viewBook) forget() {
	for _, o := range b.orders {
		if name := (identity{o.Member, o.ClientID}); b.names[name] == o {
			delete(b.names, name)
		}
	}
}

// wait changes what waits at a price. A level without orders is none.
func (b *viewBook) wait(side Side, price energy.Price, quantity energy.WattHours, orders int) {
	levels := b.bids
	if side == Sell {
		levels = b.asks
	}
	l := levels[price]
	l.Price, l.Quantity, l.Orders = price, l.Quantity+quantity, l.Orders+orders
	if l.Orders == 0 {
		delete(levels, price)
		return
	}
	levels[price] = l
}

func (b *viewBook) trade(e Event) {
	b.fill(e.Order, e.Rest, e)
	b.fill(e.Maker, e.MakerRest, e)
	if len(b.trades) == recentTrades {
		b.trades = slices.Delete(b.trades, 0, 1)
	}
	b.trades = append(b.trades, e)
	s := &b.stats
	if s.Trades == 0 {
		s.Low, s.High = e.Price, e.Price
	}
	s.Trades++
	s.Volume += e.Quantity
	s.Value = addValue(s.Value, e)
	s.Low, s.High, s.Last = min(s.Low, e.Price), max(s.High, e.Price), e.Price
}

// fill books one trade to one of its two orders.
func (b *viewBook) fill(id uint64, rest energy.WattHours, e Event) {
	o := b.orders[id]
	if o == nil {
		return
	}
	o.Rest, o.Changed = rest, e.Time
	o.Traded += e.Quantity
	o.Value = addValue(o.Value, e)
	gone := 0
	if rest == 0 {
		o.Status, gone = Filled, -1
	}
	b.wait(o.Side, o.Price, -e.Quantity, gone)
}

func (b *viewBook) end(e Event, status Status) {
	if o := b.orders[e.Order]; o != nil {
		if status == Lapsed || e.Reason == Unfilled {
			o.wanted = e.Quantity
		}
		o.Rest, o.Status, o.Reason, o.Changed = 0, status, e.Reason, e.Time
		b.wait(o.Side, o.Price, -e.Quantity, -1)
	}
}

// amend moves what waits of an order to where it is now.
func (b *viewBook) amend(e Event) {
	o := b.orders[e.Order]
	if o == nil {
		return
	}
	b.wait(o.Side, o.Price, -o.Rest, -1)
	o.Price, o.Quantity, o.Rest, o.GoodTill, o.Reason, o.Changed = e.Price, e.Quantity, e.Rest, e.GoodTill, e.Reason, e.Time
	b.wait(o.Side, o.Price, o.Rest, 1)
}

// addValue adds a trade's value. A sum beyond int64 stays at the largest amount: it is shown, never paid.
func addValue(sum energy.Money, e Event) energy.Money {
	value := e.Price.Cost(e.Quantity)
	total, err := sum.Add(value)
	switch {
	case err == nil:
		return total
	case value < 0:
		return -1 << 63
	}
	return 1<<63 - 1
}

func (b *viewBook) snapshot() Book {
	trades := slices.Clone(b.trades)
	slices.Reverse(trades)
	byPrice := func(x, y Level) int { return compare(x.Price, y.Price) }
	bids := slices.SortedFunc(maps.Values(b.bids), byPrice)
	slices.Reverse(bids)
	return Book{
		Interval: b.interval, Open: b.open, Trades: trades, Statistics: b.stats,
		Bids: bids, Asks: slices.SortedFunc(maps.Values(b.asks), byPrice),
	}
}
