//go:build linux

package powercut

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
)

// TestMarket cuts the power of a street at random moments, some while it starts and most under load: 6 times, or as
// often as WATTLE_CUTS says. What was acknowledged before must be there. Of what is said later nothing is asked: the
// kernel lets an fsync succeed that the shutdown overtakes, which a machine without power cannot tell anyone.
func TestMarket(t *testing.T) {
	cuts := 6
	if text := os.Getenv("WATTLE_CUTS"); text != "" {
		var err error
		if cuts, err = strconv.Atoi(text); err != nil || cuts < 1 {
			t.Fatalf("WATTLE_CUTS=%s: a positive number is needed", text)
		}
	}
	d := newDisk(t, 256<<20+int64(cuts)<<25) // 1.5 s of orders fit 32 MB
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	store := filepath.Join(d.dir, "nats")
	places := map[identity]uint64{} // of every order that was acknowledged
	for round := range cuts {
		s := startStreet(t, store, round, false)
		longest := 150 * time.Millisecond // a start
		if round%3 > 0 {
			await(t, s, s.first, "an acknowledgement")
			longest = 1500 * time.Millisecond
		}
		time.Sleep(time.Duration(random.Int64N(int64(longest))))
		acknowledged := s.acknowledged()
		d.cut()
		if round == 1 { // the others die at once
			await(t, s, s.failed, "the failure of an order on a dead disk")
		}
		s.kill()
		d.restore()
		maps.Copy(places, acknowledged)
		h := resume(t, store, round, places)
		t.Logf("cut %d: %d orders acknowledged, %d by now; %d in the log, in %d batches, with %d trades",
			round+1, len(acknowledged), len(places), len(h.places), h.batches, h.trades)
	}
}

// await waits for a street to say something.
func await(t *testing.T, s *street, said <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-said:
	case <-s.ended:
		s.kill()
		t.Fatalf("the street ended, want %s: %s", what, s.log.String())
	case <-time.After(20 * time.Second):
		s.kill()
		t.Fatalf("the street is silent, want %s: %s", what, s.log.String())
	}
}

// resume starts the market again, lets it trade, and checks its logs.
func resume(t *testing.T, store string, round int, places map[identity]uint64) history {
	t.Helper()
	nc, stop, err := connect(store, false)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	defer nc.Close()
	b, err := bus.Open(t.Context(), nc)
	if err != nil {
		t.Fatal(err)
	}
	trade(t, b, round, places)
	h, err := read(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if lost := h.missing(places); lost > 0 {
		t.Errorf("%d of %d acknowledged orders are lost or in another place", lost, len(places))
	}
	for id, times := range h.accepted {
		if times != 1 {
			t.Errorf("%s %s accepted %d times, want once", id.member, id.client, times)
		}
	}
	return h
}

// trade runs the market for the first order of each home that was acknowledged in this round, and for a new one.
func trade(t *testing.T, b *bus.Bus, round int, places map[identity]uint64) {
	t.Helper()
	s, err := newSequencer(b)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- s.Run(ctx)
		cancel()
	}()
	defer func() { // then the market log has all that was answered
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the market ended after the cut: %v", err)
		}
	}()
	for home := range homes {
		known := order(home, round, 1)
		want := places[identityOf(known)]
		if want == 0 {
			continue
		}
		if place, err := placed(ctx, s, known); err != nil || place != want {
			t.Errorf("%s: an acknowledged order sent again is in place %d (%v), want %d", known.Member, place, err, want)
		}
	}
	fresh := order(0, round, 0) // a street counts from 1
	place, err := placed(ctx, s, fresh)
	if err != nil {
		t.Errorf("no orders are taken after the cut: %v", err)
		return
	}
	places[identityOf(fresh)] = place
}

// history is what the logs of the zone say.
type history struct {
	batches, trades int
	places          map[identity]uint64 // of the order log: where an order was placed first
	accepted        map[identity]int
}

// missing counts the acknowledged orders that are not in the place that was told.
func (h history) missing(acknowledged map[identity]uint64) (n int) {
	for id, place := range acknowledged {
		if h.places[id] != place {
			n++
		}
	}
	return n
}

// read verifies the chains of both logs and that the market log is what the order log leads to, without the sequencer.
func read(ctx context.Context, b *bus.Bus) (history, error) {
	h := history{places: map[identity]uint64{}, accepted: map[identity]int{}}
	events, err := h.replay(ctx, b)
	if err != nil {
		return h, fmt.Errorf("order log: %w", err)
	}
	number, previous := uint64(0), exchange.Digest{}
	_, err = b.Replay(ctx, bus.MarketSubject(rules.Zone), 1, func(entry bus.Message) error {
		m, err := exchange.DecodeMessage(entry.Data)
		if err != nil {
			return err
		}
		if m.Number != number+1 || m.Previous != previous {
			return fmt.Errorf("message %d does not follow message %d", m.Number, number)
		}
		number, previous = m.Number, exchange.DigestOf(entry.Data)
		for _, e := range m.Events {
			if len(events) == 0 || e != events[0] {
				return fmt.Errorf("message %d: %+v is not what the order log leads to", number, e)
			}
			events = events[1:]
		}
		return nil
	})
	if err != nil {
		return h, fmt.Errorf("market log: %w", err)
	}
	if len(events) > 0 {
		return h, fmt.Errorf("market log: the last %d events are missing", len(events))
	}
	return h, nil
}

// replay applies the order log to a new market and returns what happens there.
func (h *history) replay(ctx context.Context, b *bus.Bus) (events []exchange.Event, err error) {
	market := exchange.NewMarket(rules)
	commands, previous := uint64(0), exchange.Digest{}
	_, err = b.Replay(ctx, bus.OrderSubject(rules.Zone), 1, func(entry bus.Message) error {
		batch, err := exchange.DecodeBatch(entry.Data)
		if err != nil {
			return err
		}
		if h.batches++; batch.Number != uint64(h.batches) || batch.Previous != previous || batch.First != commands+1 {
			return fmt.Errorf("batch %d from command %d does not follow %d commands", batch.Number, batch.First, commands)
		}
		previous = exchange.DigestOf(entry.Data)
		for _, c := range batch.Commands {
			commands++
			if id := identityOf(c); c.Kind == exchange.Place && h.places[id] == 0 {
				h.places[id] = commands
			}
			for _, e := range market.Apply(c) {
				events = append(events, e)
				switch e.Kind {
				case exchange.Accepted:
					h.accepted[identity{e.Member, e.ClientID}]++
				case exchange.Traded:
					h.trades++
				}
			}
		}
		return nil
	})
	return events, err
}

// TestLazyMarket cuts the power of a street whose message server does not sync what it acknowledges, though somebody
// stated that it does.
func TestLazyMarket(t *testing.T) {
	d := newDisk(t, 256<<20)
	store := filepath.Join(d.dir, "nats")
	s := startStreet(t, store, 0, true)
	await(t, s, s.many, "500 acknowledgements")
	before := s.acknowledged()
	d.cut()
	s.kill()
	d.restore()

	nc, stop, err := connect(store, true)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	defer nc.Close()
	b, err := bus.Open(t.Context(), nc)
	if err != nil {
		t.Fatal(err)
	}
	h, err := read(t.Context(), b)
	lost := h.missing(before)
	t.Logf("%d of %d acknowledged orders are lost (%v)", lost, len(before), err)
	if lost == 0 {
		t.Error("nothing is lost without sync: the cut is none, and the other test shows nothing")
	}
}
