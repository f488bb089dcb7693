package web

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
)

const (
	maxPrints     = 200
	defaultPrints = 50
)

// What the market shows to everyone says nothing of who: neither names nor the number of orders at a price, which would
// say where one home stands alone.

func (s *Server) getMarket(w http.ResponseWriter, r *http.Request) {
	answer := booksWire{NowMs: s.config.Now().UnixMilli(), Rules: rulesOf(s.config.Rules), Books: []bookLineWire{}}
	s.state.change(func() {
		m := s.state.market
		answer.Next = m.view.Sequence() + 1
		for _, iv := range m.view.Known() {
			b, _ := m.view.Book(iv)
			answer.Books = append(answer.Books, bookLineWire{
				Start: iv.StartUnix(), Seconds: iv.Length(), GateMs: m.gate(iv), Open: b.Open, Statistics: statisticsOf(b.Statistics),
			})
		}
	})
	s.answer(w, r, http.StatusOK, answer)
}

func (s *Server) getDepth(w http.ResponseWriter, r *http.Request) {
	iv, err := s.intervalOf(r.PathValue("start"))
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	var answer oneBookWire
	var found bool
	s.state.change(func() {
		m := s.state.market
		var b exchange.Book
		if b, found = m.view.Book(iv); found {
			surplus, _ := m.view.Surplus(iv)
			answer = oneBookWire{Next: m.view.Sequence() + 1, Book: m.depth(b), Share: decimal.New(surplus.Share, -6).StringFixed(6)}
		}
	})
	if !found {
		s.refuse(w, r, fmt.Errorf("market of %s: %w", iv, ErrUnknown))
		return
	}
	s.answer(w, r, http.StatusOK, answer)
}

// depth is the whole book, unlike what the page shows.
func (m *market) depth(b exchange.Book) depthWire {
	return depthWire{
		Start: b.Interval.StartUnix(), Seconds: b.Interval.Length(), GateMs: m.gate(b.Interval), Open: b.Open,
		Bids: offers(b.Bids), Asks: offers(b.Asks), Statistics: statisticsOf(b.Statistics),
	}
}

func offers(from []exchange.Level) []offerWire {
	out := make([]offerWire, len(from))
	for i, l := range from {
		out[i] = offerWire{perKWh(l.Price), kWh(l.Quantity)}
	}
	return out
}

func (s *Server) getTrades(w http.ResponseWriter, r *http.Request) {
	limit, err := limitOf(r, defaultPrints, maxPrints)
	var only energy.Interval
	if text := r.URL.Query().Get("start"); err == nil && text != "" {
		only, err = s.intervalOf(text)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	var answer printsWire
	s.state.change(func() {
		answer = printsWire{s.state.market.view.Sequence() + 1, s.state.market.prints(only, limit)}
	})
	s.answer(w, r, http.StatusOK, answer)
}

// prints are the newest trades of an interval, or of all with the zero interval, newest first.
func (m *market) prints(only energy.Interval, limit int) []printWire {
	var trades []exchange.Event
	for _, iv := range m.view.Known() {
		if b, _ := m.view.Book(iv); !only.Valid() || iv == only {
			trades = append(trades, b.Trades...)
		}
	}
	slices.SortFunc(trades, func(a, b exchange.Event) int { return compareTrades(b, a) })
	out := []printWire{}
	for _, t := range trades[:min(limit, len(trades))] {
		out = append(out, printOf(t))
	}
	return out
}
