package exchange

import (
	"fmt"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// ErrGap is returned by View.Fold for an event that does not follow the last one: something was missed, and the view
// must be built again from the start of the log.
var ErrGap = problem.New(problem.Conflict, "market events are missing")

// View is what the events of a market's log add up to: depth, trades, statistics and every member's orders, per
// interval. It is the only model of the books besides the market's own. It is not safe for concurrent use; what its
// methods return are copies.
type View struct {
	keep  int // closed intervals remembered
	last  Event
	books []*viewBook // ascending by interval
	names names
}

// names finds the orders of the remembered intervals by what their members call them.
type names map[identity]*OrderState

type identity struct {
	member energy.Member
	client ClientID
}

// NewView returns an empty view that remembers the newest closed intervals, as many as keep, and every open one.
func NewView(keep int) *View { return &View{keep: keep, names: names{}} }

// Sequence is that of the last command whose events were folded, 0 before the first.
func (v *View) Sequence() uint64 { return v.last.Sequence }

// Time is that of the last event, in Unix milliseconds.
func (v *View) Time() int64 { return v.last.Time }

// Fold advances the view by one event of the log. Events must come in order and without holes, from the first one on;
// an event that was folded before is skipped, so that a message may be delivered twice. Between the events of one
// command the view is half-way: read it after whole messages.
func (v *View) Fold(e Event) error {
	if e.Sequence < v.last.Sequence || e.Sequence == v.last.Sequence && e.Index <= v.last.Index {
		return nil
	}
	if !e.follows(v.last) {
		return fmt.Errorf("event %d.%d after %d.%d: %w", e.Sequence, e.Index, v.last.Sequence, v.last.Index, ErrGap)
	}
	v.last = e
	switch e.Kind {
	case BookOpened:
		i, _ := v.find(e.Interval)
		v.books = slices.Insert(v.books, i, newViewBook(e.Interval, v.names))
	case GateClosed:
		if b := v.book(e.Interval); b != nil {
			b.open = false
			v.forget()
		}
	default:
		if b := v.book(e.Interval); b != nil {
			b.fold(e)
		}
	}
	return nil
}

// Intervals returns the intervals whose books are open, ascending.
func (v *View) Intervals() []energy.Interval {
	var open []energy.Interval
	for _, b := range v.books {
		if b.open {
			open = append(open, b.interval)
		}
	}
	return open
}

// Known returns every interval the view remembers, ascending, closed ones too.
func (v *View) Known() []energy.Interval {
	known := make([]energy.Interval, len(v.books))
	for i, b := range v.books {
		known[i] = b.interval
	}
	return known
}

// Book returns the state of an interval's book, or false where the view knows none.
func (v *View) Book(iv energy.Interval) (Book, bool) {
	b := v.book(iv)
	if b == nil {
		return Book{}, false
	}
	return b.snapshot(), true
}

// Orders returns the orders of a member in all remembered intervals, the newest first.
func (v *View) Orders(member energy.Member) []OrderState {
	var own []OrderState
	for _, b := range v.books {
		for _, id := range b.byMember[member] {
			own = append(own, *b.orders[id])
		}
	}
	slices.SortFunc(own, func(a, b OrderState) int { return -compare(a.Order, b.Order) })
	return own
}

// Order returns a member's order of that client id, or false where no remembered interval has one. It costs the same
// whatever the number of orders.
func (v *View) Order(member energy.Member, client ClientID) (OrderState, bool) {
	o := v.names[identity{member, client}]
	if o == nil {
		return OrderState{}, false
	}
	return *o, true
}

func (v *View) find(iv energy.Interval) (int, bool) {
	return slices.BinarySearchFunc(v.books, iv, func(b *viewBook, iv energy.Interval) int { return b.interval.Compare(iv) })
}

func (v *View) book(iv energy.Interval) *viewBook {
	if i, found := v.find(iv); found {
		return v.books[i]
	}
	return nil
}

// forget drops the oldest closed intervals beyond keep.
func (v *View) forget() {
	closed := 0
	for _, b := range v.books {
		if !b.open {
			closed++
		}
	}
	v.books = slices.DeleteFunc(v.books, func(b *viewBook) bool {
		if b.open || closed <= v.keep {
			return false
		}
		closed--
		b.forget()
		return true
	})
}

func compare[T uint64 | energy.Price](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
