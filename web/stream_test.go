package web

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/meter"
)

// received is any frame, as a client reads it.
type received struct {
	Topic topic            `json:"topic"`
	Kind  string           `json:"kind"`
	N     uint64           `json:"n"`
	Data  json.RawMessage  `json:"data"`
	Last  map[topic]uint64 `json:"last"`
}

// dial opens a socket to the street, whose frames come when the test flushes.
func (s *testStreet) dial(t testing.TB, query string) *websocket.Conn {
	t.Helper()
	server := httptest.NewServer(s.server.Handler())
	t.Cleanup(server.Close)
	return dial(t, server.Listener.Addr().String(), query)
}

func dial(t testing.TB, address, query string) *websocket.Conn {
	t.Helper()
	socket, response, err := websocket.DefaultDialer.Dial("ws://"+address+"/ws"+query, nil)
	if err != nil {
		t.Fatalf("dial: %v (%v)", err, response)
	}
	t.Cleanup(func() { _ = socket.Close() })
	if err := socket.SetReadDeadline(within(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return socket
}

func read(t testing.TB, socket *websocket.Conn) received {
	t.Helper()
	var frame received
	if err := socket.ReadJSON(&frame); err != nil {
		t.Fatalf("read a frame: %v", err)
	}
	return frame
}

// running serves the street until the test ends and returns its address.
func running(t *testing.T, s *testStreet) (address string, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.server.Run(ctx, listener) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return listener.Addr().String(), stop
}

func TestSnapshotThenNumberedDifferences(t *testing.T) {
	street := settledStreet(t)
	socket := street.dial(t, "?topics=flow")
	first := read(t, socket)
	if first.Kind != "snapshot" || first.Topic != flowTopic {
		t.Fatalf("got %s of %s, want a snapshot of flow", first.Kind, first.Topic)
	}
	for i := range uint64(3) {
		for range 50 { // far more changes than frames: they are conflated
			street.server.Live(street.live(0))
		}
		street.server.stream.flush()
		street.server.stream.flush() // nothing changed: nothing is sent
		got := read(t, socket)
		var flow flowWire
		if err := json.Unmarshal(got.Data, &flow); err != nil {
			t.Fatal(err)
		}
		if got.Kind != "difference" || got.N != first.N+1+i || len(flow.Homes) != 1 || flow.Homes[0].Member != "home-01" {
			t.Errorf("got %s %d with homes %v, want difference %d with home-01", got.Kind, got.N, flow.Homes, first.N+1+i)
		}
	}
	street.server.stream.beat()
	if got := read(t, socket); got.Kind != "heartbeat" || got.Last[flowTopic] != first.N+3 {
		t.Errorf("got %s with %v, want a heartbeat with flow %d", got.Kind, got.Last, first.N+3)
	}
}

func TestTwoHundredClientsGetTheSameNumbers(t *testing.T) {
	street := settledStreet(t)
	address, _ := running(t, street)
	const clients, perTopic = 200, 3
	sequences := make([]map[topic][]uint64, clients)
	var group sync.WaitGroup
	sockets := make([]*websocket.Conn, clients)
	for i := range sockets {
		sockets[i] = dial(t, address, "?topics=flow,market")
	}
	feed := make(chan struct{})
	for i, socket := range sockets {
		group.Go(func() {
			seen := map[topic][]uint64{}
			for len(seen[flowTopic]) < perTopic+1 || len(seen[marketTopic]) < perTopic+1 {
				var frame received
				if err := socket.ReadJSON(&frame); err != nil {
					t.Errorf("client %d: %v", i, err)
					return
				}
				if len(seen[frame.Topic]) <= perTopic {
					seen[frame.Topic] = append(seen[frame.Topic], frame.N)
				}
			}
			sequences[i] = seen
		})
	}
	go func() {
		defer close(feed)
		for range 20 * perTopic {
			street.advance(5 * time.Second)
			<-time.After(frameEvery / 5) // the street goes on while frames are sent
		}
	}()
	group.Wait()
	<-feed
	for i, seen := range sequences {
		if !reflect.DeepEqual(seen, sequences[0]) {
			t.Fatalf("client %d: got %v, want what the first got: %v", i, seen, sequences[0])
		}
		for name, numbers := range seen {
			for j, n := range numbers {
				if n != numbers[0]+uint64(j) {
					t.Fatalf("client %d, %s: got %v, want numbers without a gap", i, name, numbers)
				}
			}
		}
	}
}

func TestSlowClientIsDisconnectedAndOthersGoOn(t *testing.T) {
	street := settledStreet(t)
	slow, quick := street.dial(t, "?topics=flow"), street.dial(t, "?topics=flow")
	read(t, quick)
	clients := func() (n int) {
		street.server.state.change(func() { n = len(street.server.stream.clients) })
		return n
	}
	live := street.live(0)
	live.Problem = strings.Repeat("x", 256<<10) // fills what the system buffers for the slow one
	const most = 1000
	for i := 0; clients() == 2; i++ {
		if i == most {
			t.Fatalf("a client that reads nothing still hears the stream after %d frames", most)
		}
		live.At++
		street.server.Live(live)
		street.server.stream.flush()
		read(t, quick)
	}
	var err error
	for err == nil { // what was on its way still arrives
		_, _, err = slow.ReadMessage()
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		t.Errorf("slow client: got %v, want the connection ended", err)
	}
	street.server.Live(street.live(1))
	street.server.stream.flush()
	if got := read(t, quick); got.Kind != "difference" {
		t.Errorf("quick client: got %s, want the next difference", got.Kind)
	}
}

func TestClientThatSendsIsDisconnected(t *testing.T) {
	street := settledStreet(t)
	socket := street.dial(t, "?topics=settlement")
	read(t, socket)
	if err := socket.WriteMessage(websocket.TextMessage, []byte(`{"buy":"everything"}`)); err != nil {
		t.Fatal(err)
	}
	_, _, err := socket.ReadMessage()
	if _, closed := errors.AsType[*websocket.CloseError](err); !closed {
		t.Errorf("got %v, want the socket closed", err)
	}
}

func TestForeignPagesGetNoSocket(t *testing.T) {
	street := settledStreet(t)
	address, _ := running(t, street)
	for origin, want := range map[string]int{"http://" + address: 101, "https://evil.example": 403, "null": 403, "http://" + address + ".evil.example": 403} {
		socket, response, err := websocket.DefaultDialer.Dial("ws://"+address+"/ws", http.Header{"Origin": {origin}})
		if response == nil {
			t.Fatalf("origin %s: %v", origin, err)
		}
		if response.StatusCode != want {
			t.Errorf("origin %s: got %d, want %d", origin, response.StatusCode, want)
		}
		if socket != nil {
			_ = socket.Close()
		}
	}
}

func TestRunEndsEverythingItStarted(t *testing.T) {
	street := settledStreet(t)
	address, stop := running(t, street)
	var sockets []*websocket.Conn
	for range 20 {
		sockets = append(sockets, dial(t, address, ""))
	}
	for _, socket := range sockets {
		read(t, socket)
	}
	stop()
	for _, socket := range sockets {
		var err error
		for err == nil {
			_, _, err = socket.ReadMessage()
		}
		if !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Errorf("got %v, want going away", err)
		}
	}
	deadline, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for left := ""; ; runtime.Gosched() {
		if left = serverGoroutines(); left == "" {
			break
		}
		if deadline.Err() != nil {
			t.Fatalf("still running:\n%s", left)
		}
	}
	if _, err := http.Get("http://" + address + "/healthz"); err == nil {
		t.Error("the stopped server still answers")
	}
}

// serverGoroutines are the stacks of goroutines that a server started.
func serverGoroutines() string {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	var left []string
	for _, stack := range strings.Split(string(stacks), "\n\n") {
		if strings.Contains(stack, "web.(*") && !strings.Contains(stack, "testing.tRunner") || strings.Contains(stack, "net/http.(*conn).serve") {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}

// TestDifferencesAddUpToTheSnapshot lets readers join at every step and compares what their differences add up to with
// the snapshot of who joins last.
func TestDifferencesAddUpToTheSnapshot(t *testing.T) {
	street := newTestStreet(t)
	type reader struct {
		trades map[string]tradeWire
		books  map[int64]bookWire
		settle map[int64]Interval
	}
	join := func() reader {
		r := reader{map[string]tradeWire{}, map[int64]bookWire{}, map[int64]Interval{}}
		m := street.server.state.market.snapshot(street.now()).(marketWire)
		for _, tr := range m.Trades {
			r.trades[tr.ID] = tr
		}
		for _, b := range m.Books {
			r.books[b.Start] = b
		}
		for _, i := range street.server.state.settlement.snapshot(street.now()).(settlementWire).Intervals {
			r.settle[i.Start] = i
		}
		return r
	}
	var readers []reader
	for step := range 60 {
		readers = append(readers, join())
		street.advance(time.Minute)
		if step%3 == 0 { // some join in the middle of a frame
			readers = append(readers, join())
		}
		market, _ := street.server.state.market.difference(street.now())
		settled, _ := street.server.state.settlement.difference(street.now())
		for _, r := range readers {
			if m, ok := market.(marketWire); ok {
				for _, tr := range m.Trades {
					r.trades[tr.ID] = tr
				}
				for _, b := range m.Books {
					r.books[b.Start] = b
				}
			}
			for _, i := range settled.(settlementWire).Intervals {
				r.settle[i.Start] = i
			}
		}
	}
	last := join()
	for i, r := range readers {
		for start := range r.books {
			if (start+900)*1000 <= street.clock.Load() {
				delete(r.books, start) // ended
			}
		}
		if !reflect.DeepEqual(r.books, last.books) {
			t.Fatalf("reader %d: got books %v, want %v", i, r.books, last.books)
		}
		if !reflect.DeepEqual(r.settle, last.settle) {
			t.Fatalf("reader %d: got intervals %v, want %v", i, r.settle, last.settle)
		}
		for id, want := range last.trades {
			if got := r.trades[id]; got != want {
				t.Fatalf("reader %d: trade %s: got %v, want %v", i, id, got, want)
			}
		}
	}
}

func TestMarketSaysWhatIsMissing(t *testing.T) {
	street := settledStreet(t)
	next := street.market.Apply(exchange.Command{Kind: exchange.OpenBook, Time: street.clock.Load(), Interval: street.gate.Add(90)})
	gap := slices.Clone(next)
	for i := range gap {
		gap[i].Sequence += 5
	}
	if err := street.server.Market(gap); !errors.Is(err, exchange.ErrGap) {
		t.Errorf("got %v, want %v", err, exchange.ErrGap)
	}
	for range 2 { // the second is a repeat
		if err := street.server.Market(slices.Clone(next)); err != nil {
			t.Errorf("got %v, want the events taken", err)
		}
	}
}

func TestOldAndForeignLiveValuesAreIgnored(t *testing.T) {
	street := newTestStreet(t)
	street.server.Live(meter.Live{Meter: "home-01-grid", At: 2000, Grid: 7, Reachable: true})
	street.server.Live(meter.Live{Meter: "home-01-grid", At: 1000, Grid: 5, Reachable: true})
	street.server.Live(meter.Live{Meter: "elsewhere-grid", At: 3000, Grid: 9, Reachable: true})
	got := street.server.state.flow.snapshot(street.now()).(flowWire).Homes
	want := []liveWire{{Member: "home-01", AtMs: 2000, Grid: 7, Reachable: true}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
