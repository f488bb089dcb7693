package sequencer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
	"github.com/wattle/wattle/internal/problem"
)

// shortWindow is for how long the message server of TestDuplicateStorm knows message ids: production has two minutes.
const shortWindow = 100 * time.Millisecond

// forgetful starts a message server that forgets message ids soon, with the logs on it, and connects to it.
func forgetful(t *testing.T) (*bus.Bus, *nats.Conn) {
	t.Helper()
	ns := bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: -1})
	nc, err := nats.Connect(ns.ClientURL(), nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond), nats.ReconnectJitter(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	for name, subject := range map[string]string{"ORDER": "zone.*.order", "MARKET": "zone.*.market"} {
		if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{
			Name: name, Subjects: []string{subject}, Discard: jetstream.DiscardNew, DenyDelete: true, DenyPurge: true, Duplicates: shortWindow,
		}); err != nil {
			t.Fatal(err)
		}
	}
	b, err := bus.Open(t.Context(), nc, bus.WithStatement())
	if err != nil {
		t.Fatal(err)
	}
	return b, nc
}

// TestDuplicateStorm sends each order many times: at once, while connections break, after the server has forgotten the
// ids of messages, and to sequencers that were started since. Each is placed once, and every answer names that place.
func TestDuplicateStorm(t *testing.T) {
	b, nc := forgetful(t)
	const members, orders, rounds = 20, 40, 4
	var mutex sync.Mutex
	places, sent := map[string]uint64{}, 0
	send := func(s *Sequencer, c exchange.Command) {
		for {
			waiting, done := context.WithTimeout(t.Context(), 20*time.Second)
			events, err := s.Submit(waiting, c)
			done()
			if err != nil {
				if problem.KindOf(err) != problem.Unavailable || s.Wait(t.Context()) != nil {
					t.Errorf("submit: %v", err)
					return
				}
				continue
			}
			e, key := events[0][0], fmt.Sprintf("%s %s", c.Member, c.ClientID)
			mutex.Lock()
			defer mutex.Unlock()
			sent++
			switch first, known := places[key]; {
			case e.Kind != exchange.Accepted && e.Reason != exchange.DuplicateID || e.Order == 0:
				t.Errorf("%s: %s %s, want accepted or known already", key, e.Kind, e.Reason)
			case !known:
				places[key] = e.Order
			case e.Order != first:
				t.Errorf("%s: order %d, was %d before", key, e.Order, first)
			}
			return
		}
	}
	for round := range rounds {
		s := newSequencer(t, b, newClock(), rules)
		stop := start(t, s)
		if _, err := s.Submit(t.Context(), open(0)); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for m := range members {
			group.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(round), uint64(m)))
				for id := 1; id <= orders; id++ {
					c := order(fmt.Sprintf("home-%02d", m), id, exchange.Sell, 180_000, 10)
					var copies sync.WaitGroup
					for range 1 + rng.IntN(5) {
						copies.Go(func() { send(s, c) })
					}
					copies.Wait()
					if m == 0 && id%15 == 0 {
						if err := nc.ForceReconnect(); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		group.Wait()
		stop()
		time.Sleep(2 * shortWindow) // until the server has forgotten
	}
	accepted := 0
	for _, e := range published(t, b) {
		if e.Kind == exchange.Accepted {
			accepted++
		}
	}
	if accepted != members*orders || len(places) != accepted {
		t.Errorf("%d orders accepted, %d answered, want %d", accepted, len(places), members*orders)
	}
	t.Logf("%d orders sent %d times", accepted, sent)
}

// TestGapHalts lets somebody limit the order log for a moment, so that its oldest entries are gone.
func TestGapHalts(t *testing.T) {
	ns := bustest.Start(t, &server.Options{DontListen: true, SyncAlways: true})
	nc, err := nats.Connect("", nats.InProcessServer(ns))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	b, err := bus.Open(t.Context(), nc)
	if err != nil {
		t.Fatal(err)
	}
	clock := newClock()
	s := newSequencer(t, b, clock, rules)
	w := recovered(t, s)
	for _, c := range randomOrders(3, 5) {
		if err := commit(t.Context(), s, w, c); err != nil {
			t.Fatal(err)
		}
	}
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), "ORDER")
	if err != nil {
		t.Fatal(err)
	}
	settings := stream.CachedInfo().Config
	limited := settings
	limited.MaxMsgs, limited.Discard = 4, jetstream.DiscardOld
	for _, c := range []jetstream.StreamConfig{limited, settings} {
		if _, err := js.UpdateStream(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	err = newSequencer(t, b, clock, rules).Run(t.Context())
	if !errors.Is(err, bus.ErrDamaged) || problem.KindOf(err) != problem.Internal || !strings.Contains(err.Error(), "ORDER has 4 messages up to sequence 7") {
		t.Errorf("run: got %v, want ErrDamaged and where", err)
	}
}

// TestFlippedByteHalts changes one byte of the newest order on the disk while the server is down. The server does not
// hand over what does not fit its own sum, without a word.
func TestFlippedByteHalts(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	with := func(use func(b *bus.Bus)) {
		ns := bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: -1, StoreDir: dir, SyncAlways: true})
		defer ns.WaitForShutdown()
		defer ns.Shutdown()
		nc, err := nats.Connect(fmt.Sprintf("nats://127.0.0.1:%d", ns.Addr().(*net.TCPAddr).Port))
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		b, err := bus.Open(t.Context(), nc, bus.WithStatement())
		if err != nil {
			t.Fatal(err)
		}
		use(b)
	}
	with(func(b *bus.Bus) {
		s := newSequencer(t, b, clock, rules)
		w := recovered(t, s)
		for _, c := range []exchange.Command{open(0), order("maria", 1, exchange.Sell, 180_000, 10), order("jonas", 1, exchange.Buy, 180_000, 10)} {
			if err := commit(t.Context(), s, w, c); err != nil {
				t.Fatal(err)
			}
		}
	})
	flipped := 0
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(path, "ORDER") || !strings.HasSuffix(path, ".blk") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		at := bytes.LastIndex(data, []byte("jonas"))
		if at < 0 {
			return nil
		}
		flipped++
		data[at] ^= 1
		return os.WriteFile(path, data, 0o600)
	})
	if err != nil || flipped != 1 {
		t.Fatalf("%d files changed, %v, want 1", flipped, err)
	}
	with(func(b *bus.Bus) {
		err := newSequencer(t, b, clock, rules).Run(t.Context())
		if !errors.Is(err, bus.ErrDamaged) || problem.KindOf(err) != problem.Internal || !strings.Contains(err.Error(), "sequence 3") {
			t.Errorf("run: got %v, want ErrDamaged and where", err)
		}
	})
}
