package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
)

// heard is any message of the feed, as a program reads it.
type heard struct {
	Kind    string          `json:"kind"`
	First   uint64          `json:"first"`
	Next    uint64          `json:"next"`
	Books   []depthWire     `json:"books"`
	Trades  []printWire     `json:"trades"`
	Orders  []orderWire     `json:"orders"`
	Session string          `json:"session"`
	Request int64           `json:"request"`
	Status  int             `json:"status"`
	Body    json.RawMessage `json:"body"`
	text    string
}

// program is a client of the feed.
type program struct {
	*websocket.Conn
	t       testing.TB
	session string
}

// connect opens a socket whose frames come when the test flushes.
func (s *testStreet) connect(t testing.TB, token, hello string) *program {
	t.Helper()
	p := knock(t, s.serve(t), token, hello)
	p.session = p.hear("welcome").Session
	return p
}

// serve serves the street's server on an address of its own.
func (s *testStreet) serve(t testing.TB) (address string) {
	server := httptest.NewServer(s.server.Handler())
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func knock(t testing.TB, address, token, hello string) *program {
	t.Helper()
	socket, response, err := websocket.DefaultDialer.Dial("ws://"+address+"/api/stream", http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		t.Fatalf("dial: %v (%v)", err, response)
	}
	t.Cleanup(func() { _ = socket.Close() })
	if err := socket.SetReadDeadline(within(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	p := &program{Conn: socket, t: t}
	p.say(hello)
	return p
}

func (p *program) say(text string) {
	p.t.Helper()
	if err := p.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) read() heard {
	p.t.Helper()
	_, text, err := p.ReadMessage()
	if err != nil {
		p.t.Fatalf("read: %v", err)
	}
	h := heard{text: string(text)}
	if err := json.Unmarshal(text, &h); err != nil {
		p.t.Fatalf("%v in %s", err, text)
	}
	return h
}

// hear reads up to the next message of a kind.
func (p *program) hear(kind string) heard {
	p.t.Helper()
	for {
		if h := p.read(); h.Kind == kind {
			return h
		}
	}
}

// ask sends a request and returns its answer.
func (p *program) ask(text string) heard {
	p.t.Helper()
	p.say(text)
	return p.hear("answer")
}

// closed reads until the socket ends and returns its code.
func (p *program) closed() int {
	p.t.Helper()
	for {
		if _, _, err := p.ReadMessage(); err != nil {
			if end, ok := errors.AsType[*websocket.CloseError](err); ok {
				return end.Code
			}
			p.t.Fatalf("got %v, want the socket closed", err)
		}
	}
}

func (s *testStreet) entry(op string, n int, side, price, quantity string) string {
	return strings.Replace(s.body(n, side, price, quantity), "{", fmt.Sprintf(`{"op":%q,"request":%d,`, op, n), 1)
}

// picture is what a program knows of the market.
type picture struct {
	next   uint64
	books  map[int64]map[string]string // start: side and price: quantity
	trades map[string]printWire
	orders map[string]orderWire
}

func (k *picture) take(t testing.TB, h heard) {
	t.Helper()
	switch h.Kind {
	case "snapshot":
		*k = picture{h.Next, map[int64]map[string]string{}, map[string]printWire{}, map[string]orderWire{}}
	case "difference":
		if h.First > k.next {
			t.Fatalf("frame from %d on, want %d", h.First, k.next)
		}
		k.next = h.Next
	default:
		return
	}
	for _, b := range h.Books {
		if k.books[b.Start] == nil {
			k.books[b.Start] = map[string]string{}
		}
		for side, offers := range map[string][]offerWire{"bid ": b.Bids, "ask ": b.Asks} {
			for _, o := range offers {
				k.books[b.Start][side+o.Price] = o.Quantity
				if o.Quantity == "0.000" {
					delete(k.books[b.Start], side+o.Price)
				}
			}
		}
		if !b.Open {
			delete(k.books, b.Start)
		}
	}
	for _, p := range h.Trades {
		k.trades[p.ID] = p
	}
	for _, o := range h.Orders {
		k.orders[o.ClientID] = o
	}
}

// Programs that join at any time, miss frames and resume know in the end what one knows who joins last.
func TestTheFeedAddsUp(t *testing.T) {
	street := newTestStreet(t)
	first := street.connect(t, "read home-01", `{"op":"hello"}`)
	first.Close()
	var programs []*program
	var pictures []picture
	for step := range 24 {
		if step%4 == 0 {
			p := street.connect(t, "read home-01", `{"op":"hello"}`)
			programs, pictures = append(programs, p), append(pictures, picture{})
			pictures[len(pictures)-1].take(t, p.hear("snapshot"))
		}
		before := street.market.Sequence() + 1
		street.advance(3 * time.Minute)
		street.server.feed.flush()
		street.server.feed.flush() // nothing happened: nothing is sent
		for i, p := range programs {
			h := p.hear("difference")
			if h.First != before || h.Next != street.market.Sequence()+1 {
				t.Fatalf("program %d: got %d to %d, want %d to %d", i, h.First, h.Next, before, street.market.Sequence()+1)
			}
			if (step+i)%5 == 3 { // this one was lost on the way
				p.say(fmt.Sprintf(`{"op":"resume","from":%d}`, pictures[i].next))
				h = p.hear("difference")
				p.hear("answer")
			}
			pictures[i].take(t, h)
		}
	}
	last := street.connect(t, "read home-01", `{"op":"hello"}`)
	var want picture
	want.take(t, last.hear("snapshot"))
	if len(want.trades) == 0 || len(want.orders) == 0 || len(want.books) != booksAhead {
		t.Fatalf("got %d trades, %d own orders, %d books: nothing to compare", len(want.trades), len(want.orders), len(want.books))
	}
	for i, got := range pictures {
		if got.next != want.next || !reflect.DeepEqual(got.books, want.books) {
			t.Errorf("program %d: got %d %v, want %d %v", i, got.next, got.books, want.next, want.books)
		}
		for id, o := range want.orders {
			if got.orders[id] != o {
				t.Errorf("program %d: got %+v, want %+v", i, got.orders[id], o)
			}
		}
		for id, trade := range got.trades {
			if w, ok := want.trades[id]; ok && w != trade {
				t.Errorf("program %d: got trade %+v, want %+v", i, trade, w)
			}
		}
	}
}

func TestAGapIsFilledOrTheSnapshotComes(t *testing.T) {
	street := newTestStreet(t)
	p := street.connect(t, "read home-01", `{"op":"hello"}`)
	start := p.hear("snapshot").Next
	steps := 2 * keptFrames
	for range steps {
		street.order()
		street.server.feed.flush()
		p.hear("difference")
	}
	end := street.market.Sequence() + 1
	for _, c := range []struct {
		from uint64
		kind string // of the first frame; none: nothing was missed
	}{{0, "snapshot"}, {1, "snapshot"}, {start, "snapshot"}, {end - 1, "difference"}, {end - 8, "difference"}, {end, ""}, {end + 1, "snapshot"}, {1 << 52, "snapshot"}} {
		p.say(fmt.Sprintf(`{"op":"resume","request":5,"from":%d}`, c.from))
		next := c.from
		for h := p.read(); h.Kind != "answer"; h = p.read() {
			if next == c.from && h.Kind != c.kind || h.Kind == "difference" && h.First > next {
				t.Errorf("from %d: got %s from %d on, want a %s and no hole after %d", c.from, h.Kind, h.First, c.kind, next)
			}
			next = h.Next
		}
		if c.kind != "" && next != end {
			t.Errorf("from %d: told up to %d, want %d", c.from, next, end)
		}
		again := street.connect(t, "read home-01", fmt.Sprintf(`{"op":"hello","from":%d}`, c.from)) // the same when a program comes back
		if c.kind != "" {
			if h := again.read(); h.Kind != c.kind {
				t.Errorf("hello from %d: got %s, want %s", c.from, h.Kind, c.kind)
			}
		}
		again.Close()
	}
	street.server.feed.beat()
	if h := p.hear("heartbeat"); h.Next != end {
		t.Errorf("heartbeat: got %d, want the next command %d", h.Next, end)
	}
}

func TestTheFeedHasNoNames(t *testing.T) {
	street := newTestStreet(t)
	other := street.connect(t, "trade home-12", `{"op":"hello"}`) // buys only, and does nothing here
	own := street.connect(t, "trade home-01", `{"op":"hello"}`)
	own.hear("snapshot")
	texts := []string{other.hear("snapshot").text}
	for n := range 10 {
		own.ask(street.entry("place", n+1, "sell", "0.1000", "1"))
		street.call("trade home-02", "POST", "/api/orders", street.body(n+1, "buy", "0.1000", "1"))
		street.server.feed.flush()
		mine, theirs := own.hear("difference"), other.hear("difference")
		if len(mine.Orders) != 1 || len(mine.Trades) != 1 || len(theirs.Trades) != 1 {
			t.Fatalf("got %s and %s, want the own order and the trade", mine.text, theirs.text)
		}
		if o := mine.Orders[0]; o.ClientID != id(n+1) || o.Status != "filled" {
			t.Errorf("got order %+v, want the own one", o)
		}
		texts = append(texts, theirs.text)
	}
	other.say(`{"op":"resume"}`)
	texts = append(texts, other.hear("snapshot").text)
	for _, text := range texts {
		nameless(t, "the feed", text)
	}
	if h := other.ask(fmt.Sprintf(`{"op":"cancel","client_id":%q}`, id(9))); h.Status != 200 && h.Status != 404 {
		t.Errorf("cancelling the neighbour's: got %s, want 404", h.text)
	}
}

func TestOrdersOverTheSocket(t *testing.T) {
	d := readDocument(t)
	street := newTestStreet(t)
	p := street.connect(t, "trade home-01", `{"op":"hello","cancel_on_disconnect":false}`)
	p.hear("snapshot")
	for i, c := range []struct {
		text   string
		status int
	}{
		{street.entry("place", 1, "sell", "0.3000", "1"), 201},
		{street.entry("place", 1, "sell", "0.3000", "1"), 200},
		{street.entry("place", 2, "sell", "0.9000", "1"), 422},
		{street.entry("place", 3, "hold", "0.3000", "1"), 400},
		{fmt.Sprintf(`{"op":"amend","request":5,"client_id":%q,"quantity_kwh":"0.5"}`, id(1)), 200},
		{fmt.Sprintf(`{"op":"amend","client_id":%q}`, id(1)), 400},
		{fmt.Sprintf(`{"op":"amend","client_id":%q,"quantity_kwh":"0.5"}`, id(9)), 404},
		{fmt.Sprintf(`{"op":"cancel","client_id":%q,"side":"buy"}`, id(1)), 400},
		{fmt.Sprintf(`{"op":"cancel","client_id":%q}`, id(1)), 200},
		{`{"op":"cancel","client_id":"7"}`, 400},
		{`{"op":"cancel_all","side":"sell"}`, 200},
		{`{"op":"cancel_all","session":"` + p.session + `"}`, 200},
		{`{"op":"cancel_all","session":"` + p.session + `","side":"buy"}`, 400},
		{`{"op":"cancel_all"}`, 200},
		{`{"op":"hello"}`, 400},
		{`{"op":"rob"}`, 400},
		{`{"op":"resume","from":1}`, 200},
		{`[]`, 400},
		{`{"op":"cancel_all","request":-1}`, 400},
	} {
		h := p.ask(c.text)
		if h.Status != c.status {
			t.Errorf("%d: %s: got %s, want %d", i, c.text, h.text, c.status)
		}
		checkMessage(t, d, h)
	}
	reader := street.connect(t, "read home-01", `{"op":"hello"}`)
	if h := reader.ask(street.entry("place", 20, "sell", "0.3000", "1")); h.Status != 403 || h.Request != 20 {
		t.Errorf("with a token to read: got %s, want 403 to request 20", h.text)
	}
}

func checkMessage(t *testing.T, d document, h heard) {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(h.text), &value); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range d.check(value, schema("FeedMessage"), h.Kind) {
		t.Errorf("%s in %s", wrong, h.text)
	}
}

func TestFeedMessagesAreAsDocumented(t *testing.T) {
	d := readDocument(t)
	street := settledStreet(t)
	server := httptest.NewServer(street.server.Handler())
	t.Cleanup(server.Close)
	p := knock(t, server.Listener.Addr().String(), "trade home-01", `{"op":"hello","cancel_on_disconnect":true}`)
	kinds := map[string]bool{}
	for i := range 5 {
		if i == 2 { // welcome and snapshot have come
			p.say(street.entry("place", 1, "sell", "0.3000", "1"))
		}
		if i == 3 {
			street.server.feed.beat() // cuts the difference too
		}
		h := p.read()
		checkMessage(t, d, h)
		kinds[h.Kind] = true
	}
	if want := 5; len(kinds) != want {
		t.Errorf("got %v, want %d kinds", kinds, want)
	}
}

// resting are the ids of a member's orders that wait.
func (s *testStreet) resting(member string) (ids []string) {
	for _, o := range s.server.state.orders(energy.Member(member)) {
		if o.Status == exchange.Resting {
			ids = append(ids, formatClientID(o.ClientID))
		}
	}
	slices.Sort(ids)
	return ids
}

// eventually waits until ready, which something else works towards.
func eventually(t testing.TB, what string, ready func() bool) {
	t.Helper()
	for deadline := within(20 * time.Second); !ready(); {
		if time.Now().After(deadline) {
			t.Fatalf("never came: %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestOrdersEndWithTheirSocket(t *testing.T) {
	street := newTestStreet(t)
	street.server.feed.silence = 500 * time.Millisecond
	for name, end := range map[string]func(*program){
		"closed": func(p *program) { _ = p.Close() },
		"silent": func(*program) {}, // nobody reads, so no ping is answered
	} {
		street.call("trade home-01", "DELETE", "/api/orders", "")
		base := int(street.market.Sequence()) * 100
		p := street.connect(t, "trade home-01", `{"op":"hello","cancel_on_disconnect":true}`)
		stays := street.connect(t, "trade home-01", `{"op":"hello"}`)
		p.ask(street.entry("place", base+1, "sell", "0.3000", "1"))
		street.call("trade home-01", "POST", "/api/orders", street.body(base+2, "sell", "0.3000", "1"))
		withSession := strings.Replace(street.body(base+3, "sell", "0.3000", "1"), "{", `{"session":"`+p.session+`",`, 1)
		if w := street.call("trade home-01", "POST", "/api/orders", withSession); w.Code != 201 {
			t.Fatalf("%s: got %d %s, want the order taken", name, w.Code, w.Body)
		}
		if w := street.call("trade home-02", "POST", "/api/orders", strings.Replace(withSession, "sell", "buy", 1)); w.Code != 409 {
			t.Errorf("%s: the neighbour's order in this session: got %d, want 409", name, w.Code)
		}
		stays.ask(street.entry("place", base+4, "sell", "0.3000", "1"))
		street.loseAnswers(problem.New(problem.Unavailable, "not known")) // the first attempt's answer is lost
		end(p)
		want := []string{id(base + 2), id(base + 4)}
		eventually(t, name+": orders of the session cancelled", func() bool { return slices.Equal(street.resting("home-01"), want) })
		street.loseAnswers(nil)
		o := decode[orderWire](t, street.call("read home-01", "GET", "/api/orders/"+id(base+1), ""))
		if o.Reason != exchange.SessionEnded.String() {
			t.Errorf("%s: got %+v, want the reason %s", name, o, exchange.SessionEnded)
		}
		if w := street.call("trade home-01", "POST", "/api/orders", strings.ReplaceAll(withSession, id(base+3), id(base+5))); w.Code != 409 {
			t.Errorf("%s: an order of the session that is over: got %d, want 409", name, w.Code)
		}
		_ = stays.Close()
	}
}

func TestOrdersEndWithTheServer(t *testing.T) {
	street := newTestStreet(t)
	address, stop := running(t, street)
	p := knock(t, address, "trade home-01", `{"op":"hello","cancel_on_disconnect":true}`)
	p.hear("snapshot")
	if h := p.ask(street.entry("place", 1, "sell", "0.3000", "1")); h.Status != 201 {
		t.Fatalf("got %s, want it placed", h.text)
	}
	stop()
	if code := p.closed(); code != websocket.CloseGoingAway {
		t.Errorf("got %d, want going away", code)
	}
	if got := street.resting("home-01"); len(got) != 0 {
		t.Errorf("got %v still waiting, want none", got)
	}
}

func TestWhoIsNotWelcome(t *testing.T) {
	street := newTestStreet(t)
	address, _ := running(t, street)
	for _, c := range []struct {
		token, hello string
		code         int
	}{
		{"nonsense", `{"op":"hello"}`, 1008},
		{"", `{"op":"hello"}`, 1008},
		{"", `{"op":"hello","token":"nonsense"}`, 1008},
		{"read home-01", `{"op":"hello","cancel_on_disconnect":true}`, 1008},
		{"trade home-01", `{"op":"place"}`, 1003},
		{"trade home-01", `{"op":"hello","member":"home-02"}`, 1003},
		{"trade home-01", `{"op":"hello","from":-1}`, 1003},
		{"trade home-01", `hello`, 1003},
		{"broken home-01", `{"op":"hello"}`, 1013},
		{"trade home-01", `{"op":"hello","token":"` + strings.Repeat("x", maxCommand) + `"}`, 1009},
	} {
		if code := knock(t, address, c.token, c.hello).closed(); code != c.code {
			t.Errorf("%q with %.60s: got %d, want %d", c.token, c.hello, code, c.code)
		}
	}
	for i := range maxOwnTraders + 1 {
		p := knock(t, address, "", `{"op":"hello","token":"read home-03"}`)
		if i < maxOwnTraders {
			p.hear("snapshot")
		} else if code := p.closed(); code != 1013 {
			t.Errorf("one socket too many: got %d, want 1013", code)
		}
	}
	for origin, want := range map[string]int{"http://" + address: 101, "https://evil.example": 403, "null": 403} {
		socket, response, err := websocket.DefaultDialer.Dial("ws://"+address+"/api/stream", http.Header{"Origin": {origin}})
		if response == nil || response.StatusCode != want {
			t.Errorf("origin %s: got %v, %v, want %d", origin, response, err, want)
		}
		if socket != nil {
			_ = socket.Close()
		}
	}
}

func TestARevokedTokenLosesItsSocket(t *testing.T) {
	street := newTestStreet(t)
	p := street.connect(t, "trade home-01", `{"op":"hello","cancel_on_disconnect":true}`)
	p.ask(street.entry("place", 1, "sell", "0.3000", "1"))
	street.tokens.revoke("trade home-01")
	street.wall.Add(lookAgainEvery.Milliseconds())
	p.say(street.entry("place", 2, "sell", "0.3000", "1"))
	if code := p.closed(); code != websocket.ClosePolicyViolation {
		t.Errorf("got %d, want a policy violation", code)
	}
	eventually(t, "its orders cancelled", func() bool { return len(street.resting("home-01")) == 0 })
}
