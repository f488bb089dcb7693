package web

import (
	"slices"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
)

// restart puts a new server in the place of one that is gone without a word.
func (s *testStreet) restart(t *testing.T) {
	t.Helper()
	server, err := New(s.config())
	if err != nil {
		t.Fatal(err)
	}
	for _, events := range s.past {
		if err := server.Market(events); err != nil {
			t.Fatal(err)
		}
	}
	s.server = server
}

// TestOrdersEndWithALostServer: a server that died could cancel nothing; the next one does, before it makes new promises.
func TestOrdersEndWithALostServer(t *testing.T) {
	street := newTestStreet(t)
	ends := street.connect(t, "trade home-01", `{"op":"hello","cancel_on_disconnect":true}`)
	stays := street.connect(t, "trade home-01", `{"op":"hello"}`)
	ends.ask(street.entry("place", 1, "sell", "0.3000", "1"))
	stays.ask(street.entry("place", 2, "sell", "0.3000", "1"))
	street.call("trade home-01", "POST", "/api/orders", street.body(3, "sell", "0.3000", "1"))

	street.restart(t)
	address := street.serve(t)
	if code := knock(t, address, "trade home-01", `{"op":"hello","cancel_on_disconnect":true}`).closed(); code != websocket.CloseTryAgainLater {
		t.Errorf("a promise before the old ones are kept: got %d, want %d", code, websocket.CloseTryAgainLater)
	}
	knock(t, address, "trade home-01", `{"op":"hello"}`).hear("welcome")

	street.loseAnswers(problem.New(problem.Unavailable, "not known")) // the first attempt's answer is lost
	swept := make(chan struct{})
	go func() {
		defer close(swept)
		street.server.sweepFormer(t.Context())
	}()
	want := []string{id(2), id(3)}
	eventually(t, "orders of lost sessions cancelled", func() bool { return slices.Equal(street.resting("home-01"), want) })
	street.loseAnswers(nil)
	<-swept
	o := decode[orderWire](t, street.call("read home-01", "GET", "/api/orders/"+id(1), ""))
	if o.Reason != exchange.SessionEnded.String() {
		t.Errorf("got %+v, want the reason %s", o, exchange.SessionEnded)
	}
	p := knock(t, address, "trade home-01", `{"op":"hello","cancel_on_disconnect":true}`)
	p.hear("welcome")
	p.ask(street.entry("place", 4, "sell", "0.3000", "1"))
	if got, want := street.resting("home-01"), []string{id(2), id(3), id(4)}; !slices.Equal(got, want) {
		t.Errorf("afterwards %v rest, want %v", got, want)
	}
}
