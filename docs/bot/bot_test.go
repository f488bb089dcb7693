package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/web"
)

var opening = time.Date(2026, 6, 20, 7, 0, 0, 0, time.UTC)

const periods = 3

// testStreet is the real server in front of the real market, whose log is kept in memory.
type testStreet struct {
	t       *testing.T
	address string
	books   []energy.Interval
	entry   web.Submit // where orders go

	mu     sync.Mutex
	market *exchange.Market
	log    []exchange.Event
	server *web.Server
	lose   error // what Submit returns after it has done its work
}

func newStreet(t *testing.T) *testStreet {
	s := &testStreet{t: t, market: exchange.NewMarket(exchange.Rules{
		Zone: "street", Length: energy.FifteenMinutes, MaxPrice: 400_000, Tick: 100, MaxQuantity: 100_000,
	})}
	iv := energy.IntervalAt(opening, energy.FifteenMinutes)
	for range periods {
		iv = iv.Next()
		s.books = append(s.books, iv)
		s.market.Apply(exchange.Command{Kind: exchange.OpenBook, Time: opening.UnixMilli(), Interval: iv})
		s.log = append(s.log, exchange.Event{Sequence: s.market.Sequence(), Kind: exchange.BookOpened, Time: opening.UnixMilli(), Interval: iv})
	}
	s.address, s.entry = "127.0.0.1:0", s.submit
	return s
}

// serve starts a server that knows the log so far. It ends with the test or when stop is called.
func (s *testStreet) serve() (stop func()) {
	s.t.Helper()
	server, err := web.New(web.Config{
		Street: web.Street{
			Zone: "street", Interval: energy.FifteenMinutes, Speed: 1, Currency: "EUR", ImportPrice: 300_000, ExportPrice: 80_000,
			Homes: []web.Home{{Member: "home-01", Meter: "home-01-grid"}, {Member: "home-02", Meter: "home-02-grid"}},
		},
		Source: history{}, Now: func() time.Time { return opening }, Log: slog.New(slog.DiscardHandler),
		Tokens: tokens{}, Submit: s.entry, Wall: time.Now, Rules: s.market.Rules(),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.address = listener.Addr().String()
	s.mu.Lock()
	s.server = server
	err = server.Market(s.log)
	s.mu.Unlock()
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx, listener) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("server: %v", err)
		}
	})
	s.t.Cleanup(stop)
	return stop
}

// submit is the sequencer of this street.
func (s *testStreet) submit(_ context.Context, commands ...exchange.Command) (all [][]exchange.Event, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range commands {
		c.Time = opening.UnixMilli()
		events := slices.Clone(s.market.Apply(c))
		s.log = append(s.log, events...)
		if err := s.server.Market(events); err != nil {
			return nil, err
		}
		all = append(all, events)
	}
	if commands[0].Kind == exchange.CancelAll { // the server's own at its start, not the bot's
		return all, nil
	}
	return all, s.lose
}

func (s *testStreet) loseAnswers(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lose = err
}

type history struct{ web.Source }

func (history) Intervals(context.Context, int) ([]web.Interval, error) { return nil, nil }

// tokens takes a member's name for a token of scope trade.
type tokens struct{}

func (tokens) Member(_ context.Context, token string) (energy.Member, web.Scope, error) {
	if !strings.HasPrefix(token, "home-") {
		return "", 0, web.ErrToken
	}
	return energy.Member(token), web.TradeScope, nil
}

// orders are a member's orders that wait, as REST tells them.
func (s *testStreet) orders(member string) (resting []order) {
	s.t.Helper()
	r, err := http.NewRequest("GET", "http://"+s.address+"/api/orders?status=resting&limit=500", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+member)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode == http.StatusOK {
		err = json.Unmarshal(body, &resting)
	}
	if err != nil {
		s.t.Fatalf("%v in %s", err, body)
	}
	return resting
}

var placed int

// trade places an order of the neighbour's.
func (s *testStreet) trade(member, id string, iv energy.Interval, side, price, quantity string) order {
	s.t.Helper()
	placed++
	if id == "" {
		id = fmt.Sprintf("%032x", placed)
	}
	body := fmt.Sprintf(`{"client_id":%q,"start":%d,"side":%q,"price_per_kwh":%q,"quantity_kwh":%q}`, id, iv.StartUnix(), side, price, quantity)
	r, err := http.NewRequest("POST", "http://"+s.address+"/api/orders", bytes.NewReader([]byte(body)))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+member)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	var o order
	if err := json.NewDecoder(response.Body).Decode(&o); err != nil || response.StatusCode != http.StatusCreated {
		s.t.Fatalf("%s: got %d, %v", body, response.StatusCode, err)
	}
	return o
}

func (s *testStreet) settings() settings {
	return settings{
		url: "http://" + s.address, token: "home-01", name: "test", intervals: 2, size: 500, most: 1000, spread: 20_000, every: 10 * time.Millisecond,
	}
}

// start runs a bot until the test ends or stop is called.
func (s *testStreet) start(of settings) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- newBot(of, slog.New(slog.DiscardHandler)).run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("bot: %v", err)
		}
	})
	s.t.Cleanup(stop)
	return stop
}

// quotes are the bot's orders that wait in a period, such as "buy 0.1800 0.500".
func (s *testStreet) quotes(iv energy.Interval) (quotes []string) {
	for _, o := range s.orders("home-01") {
		if o.Start == iv.StartUnix() {
			quotes = append(quotes, o.Side+" "+o.Price+" "+o.Rest)
		}
	}
	slices.Sort(quotes)
	return quotes
}

// wait waits until the quotes of a period are as wanted.
func (s *testStreet) wait(what string, iv energy.Interval, want ...string) {
	s.t.Helper()
	var got []string
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); <-time.After(60 * time.Millisecond) {
		if got = s.quotes(iv); slices.Equal(got, want) {
			return
		}
	}
	s.t.Fatalf("%s: got %v, want %v", what, got, want)
}

func TestTheBotMakesAMarket(t *testing.T) {
	s := newStreet(t)
	s.serve()
	stop := s.start(s.settings())
	first, second, third := s.books[0], s.books[1], s.books[2]
	s.wait("at the start", first, "buy 0.1800 0.500", "sell 0.2000 0.500")
	s.wait("the next period", second, "buy 0.1800 0.500", "sell 0.2000 0.500")
	if got := s.quotes(third); len(got) != 0 {
		t.Errorf("beyond its periods: got %v, want nothing", got)
	}
	s.trade("home-02", "", second, "sell", "0.1600", "0.200") // trades with the bot's bid
	s.wait("after it bought", second, "buy 0.1800 0.500", "sell 0.2000 0.500")
	s.trade("home-02", "", second, "buy", "0.1950", "3.000") // waits: the middle moves up
	s.wait("beside a high bid", second, "buy 0.1850 0.500", "sell 0.2050 0.500")
	for range 4 {
		s.trade("home-02", "", first, "sell", "0.1000", "0.250")
		s.wait("while it buys", first, s.afterBuying(first)...)
	}
	s.wait("when it holds what it may", first, "sell 0.2000 0.500")
	stop()
	for _, iv := range s.books {
		s.wait("after it stopped", iv)
	}
}

// afterBuying is what the bot should quote for what it holds.
func (s *testStreet) afterBuying(iv energy.Interval) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := energy.WattHours(0)
	for _, e := range s.log {
		if e.Kind == exchange.Traded && e.Interval == iv {
			held += e.Quantity
		}
	}
	quotes := []string{"sell 0.2000 0.500"}
	if size := min(500, 1000-held); size > 0 {
		quotes = slices.Insert(quotes, 0, "buy 0.1800 "+kWh(size))
	}
	return quotes
}

// A bot that comes back finds its orders by their ids and does not place them a second time.
func TestTheBotTakesUpItsOrders(t *testing.T) {
	s := newStreet(t)
	s.serve()
	b := newBot(s.settings(), slog.New(slog.DiscardHandler))
	earlier := s.trade("home-01", b.newID(), s.books[0], "buy", "0.1200", "0.300")
	traded := s.trade("home-01", b.newID(), s.books[0], "buy", "0.1500", "0.700")
	s.trade("home-02", "", s.books[0], "sell", "0.1500", "0.700")
	other := s.trade("home-01", "", s.books[0], "buy", "0.0900", "0.100") // the household's own
	s.start(s.settings())
	s.wait("what the household holds and wants", s.books[0], "buy 0.0900 0.100", "buy 0.1800 0.300", "sell 0.2000 0.500")
	ids := map[string]bool{}
	for _, o := range s.orders("home-01") {
		ids[o.ClientID] = true
	}
	if !ids[earlier.ClientID] || !ids[other.ClientID] || ids[traded.ClientID] {
		t.Errorf("got %v, want %s amended and %s left alone", ids, earlier.ClientID, other.ClientID)
	}
}

// The server goes away and comes back, from its log, at the same address; answers get lost. Nothing is placed twice.
func TestTheBotOutlivesTheServer(t *testing.T) {
	s := newStreet(t)
	stop := s.serve()
	s.loseAnswers(web.ErrUnknown) // any error: it is not known whether the order arrived
	s.start(s.settings())
	for deadline := time.Now().Add(15 * time.Second); len(s.orders("home-01")) < 4; <-time.After(60 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the orders never arrived")
		}
	}
	s.loseAnswers(nil)
	s.wait("after lost answers", s.books[0], "buy 0.1800 0.500", "sell 0.2000 0.500")
	stop()
	s.serve()
	s.wait("with the server back", s.books[0], "buy 0.1800 0.500", "sell 0.2000 0.500")
	s.wait("with the server back", s.books[1], "buy 0.1800 0.500", "sell 0.2000 0.500")
	s.trade("home-02", "", s.books[1], "buy", "0.1950", "3.000")
	s.wait("and it follows", s.books[1], "buy 0.1850 0.500", "sell 0.2050 0.500")
}

func TestTheBotEndsWithoutAGoodToken(t *testing.T) {
	s := newStreet(t)
	s.serve()
	with := s.settings()
	with.token = "nonsense"
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := newBot(with, slog.New(slog.DiscardHandler)).run(ctx); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("got %v, want it to say that the token is not good", err)
	}
}

func TestTheBotNoticesGaps(t *testing.T) {
	b := newBot(settings{name: "test"}, slog.New(slog.DiscardHandler))
	mine := order{ClientID: b.newID(), Start: 900, Side: buy, Price: "0.1", Rest: "1", Status: "resting"}
	b.take(message{Kind: "snapshot", First: 1, Next: 10, Books: []book{{Start: 900, Open: true, Bids: []offer{{"0.1", "1"}}}}, Orders: []order{mine, {ClientID: "x", Start: 900}}})
	for _, c := range []struct {
		m    message
		want bool
	}{
		{message{Kind: "difference", First: 10, Next: 12}, false},
		{message{Kind: "difference", First: 8, Next: 12}, false},
		{message{Kind: "difference", First: 11, Next: 12}, true},
		{message{Kind: "heartbeat", Next: 10}, false},
		{message{Kind: "heartbeat", Next: 11}, true},
		{message{Kind: "snapshot", First: 1, Next: 99}, false},
	} {
		if got := b.missing(c.m); got != c.want {
			t.Errorf("%+v: got %t, want %t", c.m, got, c.want)
		}
	}
	b.take(message{Kind: "difference", First: 10, Next: 12, Books: []book{{Start: 900, Open: true, Bids: []offer{{"0.1", "0"}}, Asks: []offer{{"0.2", "3"}}}}})
	if k := b.books[900]; len(k.bids) != 0 || k.asks[200_000] != 3000 || len(b.orders) != 1 || b.next != 12 {
		t.Errorf("got %+v, orders %v, next %d, want the levels replaced, the own order, 12", k, b.orders, b.next)
	}
	b.take(message{Kind: "difference", First: 12, Next: 13, Books: []book{{Start: 900}}})
	if len(b.books)+len(b.orders) != 0 {
		t.Errorf("after its gate closed: got %v %v, want nothing", b.books, b.orders)
	}
}

func TestQuotes(t *testing.T) {
	s := settings{size: 500, most: 1000, spread: 20_000}
	l := limits{80_000, 300_000, 100}
	side := func(p energy.Price) map[energy.Price]energy.WattHours {
		return map[energy.Price]energy.WattHours{p: 1000}
	}
	for name, c := range map[string]struct {
		bids, asks map[energy.Price]energy.WattHours
		held       energy.WattHours
		bid, ask   quote
	}{
		"empty":          {nil, nil, 0, quote{180_000, 500}, quote{200_000, 500}},
		"between":        {side(150_000), side(170_000), 0, quote{150_000, 500}, quote{170_000, 500}},
		"narrow":         {side(150_000), side(150_100), 0, quote{140_000, 500}, quote{160_000, 500}},
		"dear asks":      {nil, side(350_000), 0, quote{180_000, 500}, quote{200_000, 500}},
		"cheap asks":     {nil, side(60_000), 0, quote{80_000, 500}, quote{80_100, 500}},
		"dear bids":      {side(390_000), nil, 0, quote{299_900, 500}, quote{300_000, 500}},
		"holds some":     {nil, nil, 800, quote{180_000, 200}, quote{200_000, 500}},
		"holds all":      {nil, nil, 1000, quote{180_000, 0}, quote{200_000, 500}},
		"sold all":       {nil, nil, -1000, quote{180_000, 500}, quote{200_000, 0}},
		"sold even more": {nil, nil, -1500, quote{180_000, 500}, quote{200_000, 0}},
	} {
		bid, ask := s.quotes(l, depth{c.bids, c.asks}, c.held)
		if bid != c.bid || ask != c.ask {
			t.Errorf("%s: got %+v %+v, want %+v %+v", name, bid, ask, c.bid, c.ask)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Setenv("WATTLE_TOKEN", "")
	for _, args := range [][]string{
		{}, {"--token", "x", "--size", "0"}, {"--token", "x", "--size", "1e3"}, {"--token", "x", "--most", "0.1"}, {"--token", "x", "--intervals", "0"},
		{"--token", "x", "--spread", "0"}, {"--token-file", "does/not/exist"},
	} {
		if s, err := readSettings(args); err == nil {
			t.Errorf("%q: got %+v, want it refused", args, s)
		}
	}
	s, err := readSettings([]string{"--token", "x", "--size", "0.25"})
	if err != nil || s.size != 250 || s.token != "x" {
		t.Errorf("got %+v, %v, want 250 Wh", s, err)
	}
}
