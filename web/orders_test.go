package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
)

// testTokens knows one token of each scope per member: "trade home-01" and "read home-01".
type testTokens struct {
	mu      sync.Mutex
	revoked map[string]bool
}

func newTestTokens() *testTokens { return &testTokens{revoked: map[string]bool{}} }

func (k *testTokens) Member(_ context.Context, token string) (energy.Member, Scope, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	scope, member, _ := strings.Cut(token, " ")
	if k.revoked[token] || !strings.HasPrefix(member, "home-") {
		return "", 0, ErrToken
	}
	switch scope {
	case "read":
		return energy.Member(member), ReadScope, nil
	case "trade":
		return energy.Member(member), TradeScope, nil
	case "old":
		return "", 0, ErrExpired
	case "broken":
		return "", 0, errors.New("relation api_token does not exist")
	}
	return "", 0, ErrToken
}

func (k *testTokens) revoke(token string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.revoked[token] = true
}

// call asks the server as the bearer of a token.
func (s *testStreet) call(token, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return s.ask(r)
}

// id is a client id made of a number.
func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", n) }

// start is the first interval that is open.
func (s *testStreet) start() int64 { return s.gate.StartUnix() }

func (s *testStreet) body(n int, side, price, quantity string) string {
	return fmt.Sprintf(`{"client_id":%q,"start":%d,"side":%q,"price_per_kwh":%q,"quantity_kwh":%q}`, id(n), s.start(), side, price, quantity)
}

func decode[T any](t testing.TB, w *httptest.ResponseRecorder) (value T) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &value); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return value
}

func TestAnOrderLives(t *testing.T) {
	street := newTestStreet(t)
	w := street.call("trade home-01", "POST", "/api/orders", street.body(1, "sell", "0.1820", "1.25"))
	placed := decode[orderWire](t, w)
	if w.Code != 201 || placed.ClientID != id(1) || placed.Status != "resting" || placed.Price != "0.1820" || placed.Rest != "1.250" {
		t.Fatalf("placed: got %d %+v, want it resting", w.Code, placed)
	}
	w = street.call("trade home-02", "POST", "/api/orders", street.body(1, "buy", "0.1900", "0.5"))
	if bought := decode[orderWire](t, w); w.Code != 201 || bought.Status != "filled" || bought.Traded != "0.500" || bought.Value != 500*182_000 {
		t.Errorf("bought: got %d %+v, want it filled at the resting price", w.Code, bought)
	}
	w = street.call("read home-01", "GET", "/api/orders/"+strings.ReplaceAll(id(1), "-", ""), "")
	if got := decode[orderWire](t, w); w.Code != 200 || got.Rest != "0.750" || got.Traded != "0.500" {
		t.Errorf("looked up: got %d %+v, want 0.750 kWh left", w.Code, got)
	}
	w = street.call("read home-01", "GET", "/api/orders?status=resting&side=sell", "")
	if got := decode[[]orderWire](t, w); len(got) != 1 || got[0].ClientID != id(1) {
		t.Errorf("list: got %+v, want the one order", got)
	}
	for i := range 2 { // the second time there is nothing left to cancel
		w = street.call("trade home-01", "DELETE", "/api/orders/"+id(1), "")
		if got := decode[orderWire](t, w); w.Code != 200 || got.Status != "withdrawn" || got.Reason != "at-members-wish" || got.Detail == "" {
			t.Errorf("cancelled, time %d: got %d %+v, want it withdrawn", i+1, w.Code, got)
		}
	}
	if got := decode[[]orderWire](t, street.call("read home-01", "GET", "/api/orders?status=resting", "")); len(got) != 0 {
		t.Errorf("resting after all: got %+v, want none", got)
	}
}

func TestAnAmendedOrder(t *testing.T) {
	street := newTestStreet(t)
	street.call("trade home-01", "POST", "/api/orders", street.body(1, "sell", "0.1820", "1.25"))
	for range 2 { // amending twice is amending once
		w := street.call("trade home-01", "PATCH", "/api/orders/"+id(1), `{"quantity_kwh":"1.000"}`)
		if got := decode[orderWire](t, w); w.Code != 200 || got.Quantity != "1.000" || got.Rest != "1.000" || got.Price != "0.1820" {
			t.Errorf("smaller: got %d %+v, want 1.000 kWh at 0.1820", w.Code, got)
		}
	}
	w := street.call("trade home-01", "PATCH", "/api/orders/"+id(1), `{"price_per_kwh":"0.2000"}`)
	if got := decode[orderWire](t, w); w.Code != 200 || got.Quantity != "1.000" || got.Price != "0.2000" {
		t.Errorf("dearer: got %d %+v, want 1.000 kWh at 0.2000", w.Code, got)
	}
	for body, status := range map[string]int{`{}`: 400, `{"side":"buy"}`: 400, `{"price_per_kwh":"0.20005"}`: 422} {
		if w := street.call("trade home-01", "PATCH", "/api/orders/"+id(1), body); w.Code != status {
			t.Errorf("%s: got %d %s, want %d", body, w.Code, w.Body, status)
		}
	}
}

// Every kind of order does over the wire what it does in the market.
func TestKindsOfOrders(t *testing.T) {
	street := newTestStreet(t)
	street.call("trade home-02", "POST", "/api/orders", street.body(1, "sell", "0.2000", "1"))
	later, earlier := street.clock.Load()+60_000, street.clock.Load()-1
	for n, c := range []struct {
		fields string
		status int
		state  string // status of the order, or the reason of its refusal
		traded string
	}{
		{`"type":"post-only","price_per_kwh":"0.2000","quantity_kwh":"1"`, 409, "would-trade", ""},
		{`"type":"post-only","price_per_kwh":"0.1000","quantity_kwh":"1"`, 201, "resting", "0.000"},
		{`"type":"fill-or-kill","price_per_kwh":"0.2000","quantity_kwh":"1.1"`, 409, "unfillable", ""},
		{`"type":"fill-or-kill","price_per_kwh":"0.2000","quantity_kwh":"0.1"`, 201, "filled", "0.100"},
		{`"type":"immediate-or-cancel","price_per_kwh":"0.1900","quantity_kwh":"0.1"`, 201, "withdrawn", "0.000"},
		{`"type":"market","quantity_kwh":"0.1"`, 201, "filled", "0.100"},
		{`"type":"market","quantity_kwh":"5"`, 201, "withdrawn", "0.800"},
		{fmt.Sprintf(`"price_per_kwh":"0.1000","quantity_kwh":"1","good_till_ms":%d`, earlier), 422, "good-till-passed", ""},
		{fmt.Sprintf(`"price_per_kwh":"0.1000","quantity_kwh":"1","good_till_ms":%d`, later), 201, "resting", "0.000"},
	} {
		body := fmt.Sprintf(`{"client_id":%q,"start":%d,"side":"buy",%s}`, id(n+1), street.start(), c.fields)
		w := street.call("trade home-01", "POST", "/api/orders", body)
		state := ""
		if w.Code == 201 {
			o := decode[orderWire](t, w)
			state = o.Status
			if o.Traded != c.traded {
				t.Errorf("%s: got %+v, want %s kWh traded", c.fields, o, c.traded)
			}
		} else {
			state = decode[problemWire](t, w).Reason
		}
		if w.Code != c.status || state != c.state {
			t.Errorf("%s: got %d %s, want %d %s", c.fields, w.Code, w.Body, c.status, c.state)
		}
	}
	w := street.call("trade home-01", "PATCH", "/api/orders/"+id(9), `{"quantity_kwh":"0.5"}`)
	if got := decode[orderWire](t, w); got.GoodTill != later {
		t.Errorf("amended: got %+v, want it good till %d as before", got, later)
	}
	street.clock.Store(later)
	street.apply(exchange.Command{Kind: exchange.PassTime})
	if got := decode[orderWire](t, street.call("read home-01", "GET", "/api/orders/"+id(9), "")); got.Status != "lapsed" {
		t.Errorf("a minute later: got %+v, want it lapsed", got)
	}
}

func TestManyAreCancelledAtOnce(t *testing.T) {
	street := newTestStreet(t)
	for n := range 6 {
		side, price := "sell", "0.3000"
		if n%2 == 0 {
			side, price = "buy", "0.1000"
		}
		street.call("trade home-01", "POST", "/api/orders", street.body(n+1, side, price, "1"))
	}
	street.call("trade home-02", "POST", "/api/orders", street.body(1, "sell", "0.3000", "1"))
	for _, c := range []struct {
		query string
		want  int
	}{{"?side=buy", 3}, {"?side=buy", 0}, {fmt.Sprintf("?start=%d", street.start()+900), 0}, {"", 3}, {"", 0}} {
		w := street.call("trade home-01", "DELETE", "/api/orders"+c.query, "")
		if got := decode[sweepWire](t, w); w.Code != 200 || len(got.ClientIDs) != c.want {
			t.Errorf("%q: got %d %+v, want %d cancelled", c.query, w.Code, got, c.want)
		}
	}
	if got := decode[[]orderWire](t, street.call("read home-02", "GET", "/api/orders?status=resting", "")); len(got) != 1 {
		t.Errorf("the neighbour has %d orders left, want the one", len(got))
	}
}

// Every route of the order API, with every kind of token.
func TestWhoMayDoWhat(t *testing.T) {
	street := newTestStreet(t)
	street.call("trade home-01", "POST", "/api/orders", street.body(1, "sell", "0.3000", "1"))
	street.tokens.revoke("trade home-09")
	one := "/api/orders/" + id(1)
	amend := `{"quantity_kwh":"0.900"}`
	for _, c := range []struct {
		method, path, body         string
		none, wrong, read, foreign int // foreign: of a member who never used the id
	}{
		{"GET", "/api/orders", "", 401, 401, 200, 200},
		{"GET", one, "", 401, 401, 200, 404},
		{"POST", "/api/orders", street.body(2, "buy", "0.1000", "1"), 401, 401, 403, 201},
		{"PATCH", one, amend, 401, 401, 403, 404},
		{"DELETE", one, "", 401, 401, 403, 404},
		{"DELETE", "/api/orders", "", 401, 401, 403, 200},
	} {
		for token, want := range map[string]int{
			"": c.none, "nonsense": c.wrong, "trade": c.wrong, "trade home-09": c.wrong, "old home-01": c.wrong, strings.Repeat("x", 2000): c.wrong,
			"read home-01": c.read, "trade home-02": c.foreign, "broken home-01": 500,
		} {
			w := street.call(token, c.method, c.path, c.body)
			if w.Code != want {
				t.Errorf("%s %s with %.20q: got %d %s, want %d", c.method, c.path, token, w.Code, w.Body, want)
			}
			if w.Code == 401 && w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s %s with %.20q: 401 without WWW-Authenticate", c.method, c.path, token)
			}
			if told := strings.Contains(w.Body.String(), "has expired"); told != strings.HasPrefix(token, "old") {
				t.Errorf("%s %s with %.20q: got %s, want to be told of expiry if that is it", c.method, c.path, token, w.Body)
			}
		}
	}
	if got := decode[orderWire](t, street.call("read home-01", "GET", one, "")); got.Status != "resting" || got.Rest != "1.000" {
		t.Errorf("got %+v, want the order as it was placed", got)
	}
	if log := street.log.String(); strings.Contains(log, "broken home-01") || !strings.Contains(log, "api_token") {
		t.Errorf("the log should tell the problem and not the token: %s", log)
	}
}

func TestWithoutTokensThereIsNoOrderAPI(t *testing.T) {
	config := newTestStreet(t).config()
	config.Tokens, config.Wall, config.Submit = nil, nil, nil
	server, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"GET", "/api/orders"}, {"POST", "/api/orders"}, {"DELETE", "/api/orders/" + id(1)}, {"GET", "/api/stream"}} {
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, httptest.NewRequest(c[0], "http://localhost"+c[1], nil))
		if w.Code != 404 {
			t.Errorf("%s %s: got %d, want 404", c[0], c[1], w.Code)
		}
	}
}

func TestWithoutAMarketOrdersCanOnlyBeLookedAt(t *testing.T) {
	street := newTestStreet(t)
	config := street.config()
	config.Submit = nil
	server, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	street.server = server
	if w := street.call("trade home-01", "GET", "/api/orders", ""); w.Code != 200 {
		t.Errorf("look: got %d, want 200", w.Code)
	}
	if w := street.call("trade home-01", "POST", "/api/orders", street.body(1, "buy", "0.1", "1")); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("place: got %d, allow %q, want 405 and only to look", w.Code, w.Header().Get("Allow"))
	}
}

func TestARefusedOrderSaysWhy(t *testing.T) {
	street := newTestStreet(t)
	for n, c := range []struct {
		side, price, quantity string
		start                 int64
		status                int
		reason                string
	}{
		{"buy", "0.10005", "1", 0, 422, "price-off-tick"},
		{"buy", "0.9", "1", 0, 422, "price-outside-collar"},
		{"buy", "-0.1", "1", 0, 422, "price-outside-collar"},
		{"sell", "0.1", "0", 0, 422, "bad-quantity"},
		{"sell", "0.1", "100.001", 0, 422, "bad-quantity"},
		{"sell", "0.1", "1", 900 * 500, 409, "unknown-interval"},
	} {
		body := fmt.Sprintf(`{"client_id":%q,"start":%d,"side":%q,"price_per_kwh":%q,"quantity_kwh":%q}`,
			id(n+1), street.start()+c.start, c.side, c.price, c.quantity)
		var first problemWire
		for try := range 2 { // a refusal is the order's one outcome
			w := street.call("trade home-01", "POST", "/api/orders", body)
			got := decode[problemWire](t, w)
			if try == 1 && c.reason == "unknown-interval" { // there is no book to remember it in
				c.reason = "duplicate-id"
				first = got
			}
			if w.Code != c.status || got.Status != c.status || got.Reason != c.reason || got.Detail == "" || got.Sequence == 0 {
				t.Errorf("%s, time %d: got %d %+v, want %d %s with its sequence", body, try+1, w.Code, got, c.status, c.reason)
			}
			if try == 1 && got != first {
				t.Errorf("%s: got %+v the second time, want %+v", body, got, first)
			}
			first = got
		}
	}
}

func TestBadRequestsReachNoLog(t *testing.T) {
	street := newTestStreet(t)
	before := street.market.Sequence()
	good := street.body(1, "buy", "0.1000", "1")
	for name, body := range map[string]string{
		"nothing": " ", "no object": `[]`, "half": good[:40], "two": good + good, "more": good + "x", "null": strings.Replace(good, `"buy"`, "null", 1),
		"unknown field": strings.Replace(good, "{", `{"member":"home-02",`, 1), "other case": strings.Replace(good, "side", "Side", 1),
		"twice":    strings.Replace(good, "{", `{"side":"sell",`, 1),
		"no side":  strings.Replace(good, `"side":"buy",`, "", 1),
		"odd side": strings.Replace(good, "buy", "hold", 1), "number as price": strings.Replace(good, `"0.1000"`, "0.1", 1),
		"exponent": strings.Replace(good, "0.1000", "1e-1", 1), "too fine": strings.Replace(good, "0.1000", "0.1000001", 1),
		"fraction of a Wh": strings.Replace(good, `"1"`, `"1.0005"`, 1), "negative energy": strings.Replace(good, `"1"`, `"-1"`, 1),
		"no id": strings.Replace(good, id(1), "", 1), "zero id": strings.Replace(good, id(1), strings.Repeat("0", 32), 1),
		"odd id": strings.Replace(good, id(1), id(1)+"00", 1), "misaligned": strings.Replace(good, fmt.Sprint(street.start()), fmt.Sprint(street.start()+1), 1),
		"negative start": strings.Replace(good, fmt.Sprint(street.start()), "-900", 1), "nested": strings.Replace(good, `"buy"`, `{"a":1}`, 1),
		"price of a market order": strings.Replace(good, "{", `{"type":"market",`, 1), "odd type": strings.Replace(good, "{", `{"type":"stop",`, 1),
		"odd session": strings.Replace(good, "{", `{"session":"7",`, 1),
	} {
		w := street.call("trade home-01", "POST", "/api/orders", body)
		if got := decode[problemWire](t, w); w.Code != 400 || got.Kind != "invalid" || got.Sequence != 0 {
			t.Errorf("%s: got %d %+v, want 400 and no sequence", name, w.Code, got)
		}
	}
	if w := street.call("trade home-01", "POST", "/api/orders", strings.Repeat(" ", 2000)+good); w.Code != 413 {
		t.Errorf("long body: got %d, want 413", w.Code)
	}
	r := httptest.NewRequest("POST", "http://localhost/api/orders", strings.NewReader(good))
	r.Header.Set("Authorization", "Bearer trade home-01")
	r.Header.Set("Content-Type", "text/plain")
	if w := street.ask(r); w.Code != 415 {
		t.Errorf("plain text: got %d, want 415", w.Code)
	}
	if w := street.call("trade home-01", "POST", "/api/orders", strings.Replace(good, "{", `{"session":"00000000000000aa",`, 1)); w.Code != 409 {
		t.Errorf("session that is not open: got %d, want 409", w.Code)
	}
	for _, query := range []string{"?strat=900", "?side=", "?side=buy&side=sell", "?side=both", "?session=7", "?status=resting", "?a;b", "?%zz"} {
		if w := street.call("trade home-01", "DELETE", "/api/orders"+query, ""); w.Code != 400 {
			t.Errorf("cancel %s: got %d, want 400", query, w.Code)
		}
	}
	for _, path := range []string{"?start=7", "?side=both", "?session=00000000000000aa", "?session=1", "?limit=0", "?status=dead", fmt.Sprintf("?session=00000000000000aa&start=%d", street.start())} {
		if w := street.call("trade home-01", "GET", "/api/orders"+path, ""); w.Code != 400 {
			t.Errorf("%s: got %d, want 400", path, w.Code)
		}
	}
	if after := street.market.Sequence(); after != before {
		t.Errorf("%d commands reached the log, want none", after-before)
	}
}

func TestAnOrderSentAgainIsPlacedOnce(t *testing.T) {
	street := newTestStreet(t)
	body := street.body(1, "sell", "0.3000", "1")
	street.loseAnswers(problem.New(problem.Unavailable, "not known"))
	w := street.call("trade home-01", "POST", "/api/orders", body)
	if got := decode[problemWire](t, w); w.Code != 503 || got.Reason != "unknown-outcome" || w.Header().Get("Retry-After") == "" {
		t.Fatalf("lost answer: got %d %+v, want 503 unknown-outcome", w.Code, got)
	}
	street.loseAnswers(nil)
	if w := street.call("trade home-01", "GET", "/api/orders/"+id(1), ""); w.Code != 200 {
		t.Errorf("looked up: got %d, want it found", w.Code)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			w := street.call("trade home-01", "POST", "/api/orders", body)
			if got := decode[orderWire](t, w); w.Code != 200 || got.ClientID != id(1) || got.Rest != "1.000" {
				t.Errorf("again: got %d %s, want 200 and the order", w.Code, w.Body)
			}
		})
	}
	group.Wait()
	if got := decode[[]orderWire](t, street.call("read home-01", "GET", "/api/orders", "")); len(got) != 1 {
		t.Errorf("got %d orders, want 1", len(got))
	}
	w = street.call("trade home-01", "POST", "/api/orders", street.body(1, "sell", "0.3000", "2"))
	if got := decode[problemWire](t, w); w.Code != 409 || got.Reason != "reused-id" {
		t.Errorf("another order under the same id: got %d %+v, want 409 reused-id", w.Code, got)
	}
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	street := newTestStreet(t)
	before := street.market.Sequence()
	body := street.body(1, "sell", "0.3000", "1")
	for n := range orderRate.burst {
		if w := street.call("trade home-01", "POST", "/api/orders", body); w.Code/100 != 2 {
			t.Fatalf("order %d: got %d, want it let in", n, w.Code)
		}
	}
	w := street.call("trade home-01", "POST", "/api/orders", body)
	if got := decode[problemWire](t, w); w.Code != 429 || w.Header().Get("Retry-After") != "1" || got.Reason != "too-often" {
		t.Errorf("one too many: got %d %+v, want 429", w.Code, got)
	}
	if got := street.market.Sequence() - before; got != uint64(orderRate.burst) {
		t.Errorf("%d commands reached the log, want %d", got, orderRate.burst)
	}
	if w := street.call("trade home-01", "DELETE", "/api/orders/"+id(1), ""); w.Code != 200 {
		t.Errorf("cancel: got %d, want it let in", w.Code)
	}
	if w := street.call("trade home-02", "POST", "/api/orders", body); w.Code != 201 {
		t.Errorf("neighbour: got %d, want it let in", w.Code)
	}
	street.wall.Add(orderRate.every.Milliseconds())
	for _, want := range []int{200, 429} {
		if w := street.call("trade home-01", "POST", "/api/orders", body); w.Code != want {
			t.Errorf("after a while: got %d, want %d", w.Code, want)
		}
	}
}

// The throttle against a bucket that is filled by hand.
func TestThrottleIsABucket(t *testing.T) {
	var now time.Time
	throttle := newThrottle(func() time.Time { return now })
	r := rate{"x", 10 * time.Millisecond, 3}
	full := int64(3 * 10)
	for i := range 2000 {
		step := int64(i*7919) % 23
		now = now.Add(time.Duration(step) * time.Millisecond)
		full = min(full+step, 30)
		want := full >= 10
		wait := throttle.take("home-01", r)
		if (wait == 0) != want {
			t.Fatalf("step %d: got a wait of %s with %d ms in the bucket", i, wait, full)
		}
		if want {
			full -= 10
		} else if wait != time.Duration(10-full)*time.Millisecond {
			t.Fatalf("step %d: got a wait of %s, want %d ms", i, wait, 10-full)
		}
	}
}

// The market shows everyone what is offered and traded, and nobody whose it is.
func TestTheMarketHasNoNames(t *testing.T) {
	street := settledStreet(t)
	street.call("trade home-01", "POST", "/api/orders", street.body(77, "sell", "0.1800", "1"))
	street.call("trade home-02", "POST", "/api/orders", street.body(78, "buy", "0.4000", "1"))
	for _, path := range []string{"/api/market", "/api/market/trades", fmt.Sprintf("/api/market/trades?start=%d", street.start()), fmt.Sprintf("/api/market/%d", street.start())} {
		w := street.get(path)
		if w.Code != 200 || w.Body.Len() < 50 {
			t.Errorf("%s: got %d %s, want something", path, w.Code, w.Body)
		}
		nameless(t, path, w.Body.String())
	}
	trades := decode[printsWire](t, street.get("/api/market/trades?limit=200")).Trades
	if len(trades) == 0 {
		t.Error("no trades, want some")
	}
	if !slices.IsSortedFunc(trades, func(a, b printWire) int { return int(b.AtMs - a.AtMs) }) {
		t.Error("trades are not the newest first")
	}
	for path, want := range map[string]int{"/api/market/7": 400, "/api/market/0": 404, "/api/market/x": 400, "/api/market/trades?limit=201": 400, "/api/market/trades?start=1": 400} {
		if w := street.get(path); w.Code != want {
			t.Errorf("%s: got %d, want %d", path, w.Code, want)
		}
	}
}

// nameless complains about names of members and of their orders.
func nameless(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{"home-", "client_id\":\"", "member", "buyer", "seller"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s tells %q: %s", where, secret, text)
		}
	}
}

func TestOrderAnswersAreAsDocumented(t *testing.T) {
	d := readDocument(t)
	street := settledStreet(t)
	orders := map[string]any{"type": "array", "items": schema("Order")}
	for _, c := range []struct {
		method, path, body string
		status             int
		schema             map[string]any
	}{
		{"GET", "/api/market", "", 200, schema("Books")},
		{"GET", "/api/market/trades", "", 200, schema("Prints")},
		{"GET", fmt.Sprintf("/api/market/%d", street.start()), "", 200, schema("OneBook")},
		{"POST", "/api/orders", street.body(900, "sell", "0.3990", "1"), 201, schema("Order")},
		{"POST", "/api/orders", street.body(900, "sell", "0.3990", "1"), 200, schema("Order")},
		{"POST", "/api/orders", street.body(901, "sell", "0.9990", "1"), 422, schema("Problem")},
		{"POST", "/api/orders", `{}`, 400, schema("Problem")},
		{"GET", "/api/orders/" + id(900), "", 200, schema("Order")},
		{"GET", "/api/orders/" + id(902), "", 404, schema("Problem")},
		{"PATCH", "/api/orders/" + id(900), `{"quantity_kwh":"0.5"}`, 200, schema("Order")},
		{"GET", "/api/orders", "", 200, orders},
		{"DELETE", "/api/orders/" + id(900), "", 200, schema("Order")},
		{"DELETE", "/api/orders", "", 200, schema("Sweep")},
	} {
		w := street.call("trade home-01", c.method, c.path, c.body)
		var body any
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Errorf("%s %s: %v in %s", c.method, c.path, err, w.Body)
			continue
		}
		if w.Code != c.status {
			t.Errorf("%s %s: got %d %s, want %d", c.method, c.path, w.Code, w.Body, c.status)
		}
		for _, problem := range d.check(body, c.schema, c.method+" "+c.path) {
			t.Error(problem)
		}
	}
}

// What the document says a request may carry is what is read.
func TestRequestsAreAsDocumented(t *testing.T) {
	d := readDocument(t)
	for name, fields := range map[string][]string{"Place": placeFields, "Amend": amendFields} {
		properties := d.schemas[name].(map[string]any)["properties"].(map[string]any)
		for _, f := range fields {
			if properties[f] == nil {
				t.Errorf("%s: %s is read but not documented", name, f)
			}
		}
		if len(properties) != len(fields) {
			t.Errorf("%s: got %d documented fields, want %d", name, len(properties), len(fields))
		}
	}
	for name, values := range map[string][]string{"OrderType": typeNames, "Side": sideNames} {
		var documented []string
		for _, v := range d.schemas[name].(map[string]any)["enum"].([]any) {
			documented = append(documented, v.(string))
		}
		if !slices.Equal(documented, values) {
			t.Errorf("%s: got %v documented, want %v", name, documented, values)
		}
	}
}

func TestAnOrderIsReadWhole(t *testing.T) {
	o, err := parseObject([]byte(`{"client_id":"0102030405060708090a0b0c0d0e0f10","start":1782036900,"side":"sell","type":"post-only","price_per_kwh":"-0.0125",
		"quantity_kwh":"2.5","good_till_ms":1782036800000,"self_trade":"cancel-oldest","session":"00000000000000aa"}`), placeFields...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := o.place(energy.FifteenMinutes)
	iv, _ := energy.NewInterval(1782036900, energy.FifteenMinutes)
	want := exchange.Command{
		Kind: exchange.Place, Interval: iv, ClientID: exchange.ClientID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, Side: exchange.Sell,
		Type: exchange.PostOnly, Price: -12_500, Quantity: 2500, GoodTill: 1782036800000, SelfTrade: exchange.CancelOldest, Session: 0xaa,
	}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

// Whatever comes, an order that is read can be written to the log, and reading what it says again gives the same.
func FuzzOrderBody(f *testing.F) {
	f.Add([]byte(`{"client_id":"0102030405060708090a0b0c0d0e0f10","start":1782036900,"side":"sell","price_per_kwh":"0.1","quantity_kwh":"2.5"}`))
	f.Add([]byte(`{"client_id":"01020304-0506-0708-090a-0b0c0d0e0f10","start":0,"side":"buy","type":"market","quantity_kwh":"1","self_trade":"by-rule"}`))
	f.Add([]byte(`{"side":"buy","side":"sell"}`))
	f.Add([]byte("{\"\u017fide\":\"buy\"}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		o, err := parseObject(text, placeFields...)
		if err != nil {
			if !errors.Is(err, ErrBody) {
				t.Fatalf("got %v, want it to be the sender's fault", err)
			}
			return
		}
		c, err := o.place(energy.FifteenMinutes)
		if err != nil {
			if problem.KindOf(err) != problem.Invalid {
				t.Fatalf("got %v, want it to be the sender's fault", err)
			}
			return
		}
		c.Member = "home-01"
		if err := c.Encodable(); err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		again, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := parseObject(again, placeFields...); err != nil {
			t.Fatalf("%s: %v", again, err)
		} else if twice, err := p.place(energy.FifteenMinutes); err != nil || twice.ClientID != c.ClientID || twice.Price != c.Price {
			t.Fatalf("%s: got %+v, %v, want %+v", again, twice, err, c)
		}
	})
}
