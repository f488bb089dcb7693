package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
)

const (
	keptBooks   = 96 // closed books in the view: in these a member's orders and their outcomes can be looked up
	shownLevels = 12 // of each side of a book: what fits a screen
	shownTrades = 40
)

// market shows the exchange's own view of its log: there is no second model of a book.
type market struct {
	view     *exchange.View
	gateLead time.Duration
	changed  map[energy.Interval]bool
	sent     exchange.Event // newest trade in a frame
}

func newMarket(street Street) *market {
	return &market{view: exchange.NewView(keptBooks), gateLead: street.GateLead, changed: map[energy.Interval]bool{}}
}

// apply folds events in the order of the log.
func (m *market) apply(events []exchange.Event) error {
	for _, e := range events {
		if err := m.view.Fold(e); err != nil {
			return fmt.Errorf("web: %w", err)
		}
		m.changed[e.Interval] = true
	}
	return nil
}

func (m *market) snapshot(now time.Time) any {
	known := m.view.Known()
	w, _ := m.frame(now, known, exchange.Event{})
	return w
}

func (m *market) difference(now time.Time) (any, bool) {
	if len(m.changed) == 0 {
		return nil, false
	}
	var intervals []energy.Interval
	for _, iv := range m.view.Known() {
		if m.changed[iv] {
			intervals = append(intervals, iv)
		}
	}
	clear(m.changed)
	w, newest := m.frame(now, intervals, m.sent)
	m.sent = newest
	return w, len(w.Books)+len(w.Trades) > 0
}

// frame shows the books of intervals that have not ended, and their trades after the given one, newest first. It also
// returns the newest trade of all.
func (m *market) frame(now time.Time, intervals []energy.Interval, after exchange.Event) (marketWire, exchange.Event) {
	w := marketWire{NowMs: now.UnixMilli(), Books: []bookWire{}, Trades: []tradeWire{}}
	var trades []exchange.Event
	for _, iv := range intervals {
		book, _ := m.view.Book(iv)
		if iv.End().After(now) {
			w.Books = append(w.Books, m.book(book))
		}
		for _, t := range book.Trades {
			if compareTrades(t, after) > 0 {
				trades = append(trades, t)
			}
		}
	}
	slices.SortFunc(trades, func(a, b exchange.Event) int { return compareTrades(b, a) })
	for _, t := range trades[:min(len(trades), shownTrades)] {
		w.Trades = append(w.Trades, tradeWire{
			ID: tradeID(t), AtMs: t.Time, Start: t.Interval.StartUnix(), Buyer: t.Buyer(), Seller: t.Seller(), Quantity: t.Quantity, Price: t.Price,
		})
	}
	if len(trades) > 0 {
		after = trades[0]
	}
	return w, after
}

func (m *market) book(b exchange.Book) bookWire {
	return bookWire{
		Start: b.Interval.StartUnix(), Seconds: b.Interval.Length(),
		GateMs: m.gate(b.Interval), Open: b.Open,
		Bids: levels(b.Bids), Asks: levels(b.Asks), Trades: b.Statistics.Trades, Traded: b.Statistics.Volume,
	}
}

// gate is when the gate of an interval closes, in Unix milliseconds.
func (m *market) gate(iv energy.Interval) int64 { return iv.Start().Add(-m.gateLead).UnixMilli() }

func levels(from []exchange.Level) []levelWire {
	out := make([]levelWire, 0, shownLevels)
	for _, l := range from[:min(len(from), shownLevels)] {
		out = append(out, levelWire{l.Price, l.Quantity})
	}
	return out
}

// tradeID is the trade's position in the market's log.
func tradeID(t exchange.Event) string {
	return strconv.FormatUint(t.Sequence, 10) + "." + strconv.Itoa(int(t.Index))
}

func compareTrades(a, b exchange.Event) int {
	if a.Sequence != b.Sequence {
		return cmp.Compare(a.Sequence, b.Sequence)
	}
	return cmp.Compare(a.Index, b.Index)
}
