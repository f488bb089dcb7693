package sequencer

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
	"github.com/wattle/wattle/internal/problem"
)

// TestServerOutages stops and starts the message server under load. Who gets no answer sends the same order again:
// every order is accepted exactly once, and the sequencer comes back by itself.
func TestServerOutages(t *testing.T) {
	dir := t.TempDir()
	ns := bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: -1, StoreDir: dir})
	port := ns.Addr().(*net.TCPAddr).Port
	nc, err := nats.Connect(ns.ClientURL(), nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond), nats.ReconnectJitter(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	b, err := bus.Open(t.Context(), nc, bus.WithStatement())
	if err != nil {
		t.Fatal(err)
	}
	s := newSequencer(t, b, newClock(), rules)
	stop := start(t, s)
	if _, err := s.Submit(t.Context(), open(0)); err != nil {
		t.Fatal(err)
	}

	const submitters, outages = 4, 2
	answered := make(chan struct{})
	var over atomic.Bool
	var placed [submitters]atomic.Int64
	var group sync.WaitGroup
	for n := range submitters {
		group.Go(func() {
			for id := 1; !over.Load(); id++ {
				for { // until there is an answer
					_, err := s.Submit(t.Context(), order(fmt.Sprintf("home-%d", n), id, exchange.Sell, 180_000, 10))
					if err == nil {
						break
					}
					if problem.KindOf(err) != problem.Unavailable {
						t.Errorf("submit: %v, want answers or unavailable", err)
						return
					}
					if errors.Is(err, ErrNotRunning) && s.Wait(t.Context()) != nil {
						return
					}
				}
				placed[n].Store(int64(id))
				select {
				case answered <- struct{}{}:
				default: // nobody waits
				}
			}
		})
	}
	progress := func() { // waits for answers
		for range 80 {
			select {
			case <-answered:
			case <-time.After(time.Minute):
				t.Fatal("no answers for a minute")
			}
		}
	}
	for range outages {
		progress()
		ns.Shutdown()
		ns.WaitForShutdown()
		ns = bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: port, StoreDir: dir})
	}
	progress()
	over.Store(true)
	group.Wait()
	stop()

	accepted := map[string]int{}
	for _, e := range published(t, b) {
		if e.Kind == exchange.Accepted {
			accepted[fmt.Sprintf("%s %s", e.Member, e.ClientID)]++
		}
	}
	want := int64(0)
	for n := range submitters {
		want += placed[n].Load()
	}
	if int64(len(accepted)) != want {
		t.Errorf("%d orders accepted, want the %d that were answered", len(accepted), want)
	}
	for key, times := range accepted {
		if times != 1 {
			t.Errorf("%s accepted %d times, want once", key, times)
		}
	}
}

// TestOwnBatchArrivesLate writes a batch that this sequencer had given up on, under its feet: it is not another writer.
func TestOwnBatchArrivesLate(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	s := newSequencer(t, b, clock, rules)
	start(t, s)
	if _, err := s.Submit(t.Context(), open(0)); err != nil {
		t.Fatal(err)
	}
	w := recovered(t, newSequencer(t, b, clock, rules))
	late := []exchange.Command{order("maria", 1, exchange.Sell, 180_000, 10)}
	late[0].Time = w.market.Time()
	if err := w.appendBatch(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if s.fencedByItself(t.Context(), bus.ErrFenced, map[exchange.Digest]bool{{1}: true}) {
		t.Error("another's batch was taken for the own")
	}
	own := map[exchange.Digest]bool{w.batch.digest: true}
	if !s.fencedByItself(t.Context(), fmt.Errorf("order batch 2: %w", bus.ErrFenced), own) {
		t.Error("the own batch was taken for another's")
	}
	data, next := w.seal(w.apply(late, outcome{}).events)
	before := w.message
	for range 2 { // the second time it finds the first
		w.message = before
		if err := w.publish(t.Context(), data, next); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := w.message.sequence, before.sequence+1; got != want {
		t.Errorf("market log ends at %d, want %d", got, want)
	}
}
