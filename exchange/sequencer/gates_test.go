package sequencer

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bustest"
)

func newClockwork(t *testing.T, s *Sequencer) *Clockwork {
	t.Helper()
	k, err := NewClockwork(ClockworkConfig{Sequencer: s, Horizon: 2, GateLead: 3 * time.Minute, CatchUp: 4, Period: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// short prints commands as "open 10:00, close 10:00".
func short(commands []exchange.Command) string {
	var out []string
	for _, c := range commands {
		verb := map[exchange.CommandKind]string{exchange.OpenBook: "open", exchange.CloseGate: "close"}[c.Kind]
		out = append(out, fmt.Sprintf("%s %s", verb, c.Interval.Start().Format("15:04")))
	}
	return strings.Join(out, ", ")
}

func TestDue(t *testing.T) {
	k := newClockwork(t, newSequencer(t, bustest.Open(t), newClock(), rules))
	books := func(newest int, open ...int) Gates {
		g := Gates{Newest: interval(newest)}
		for _, n := range open {
			g.Open = append(g.Open, interval(n))
		}
		return g
	}
	for _, c := range []struct {
		name, now string
		gates     Gates
		want      string
	}{
		{"first start", "09:50:00", Gates{}, "open 10:00, open 10:15"},
		{"first start after a gate", "09:57:00", Gates{}, "open 10:15, open 10:30"},
		{"a second before gate closure", "09:56:59", books(1, 0, 1), ""},
		{"gate closure", "09:57:00", books(1, 0, 1), "close 10:00, open 10:30"},
		{"the same once more", "09:57:00", books(2, 1, 2), ""},
		{"two gates late", "10:13:00", books(1, 0, 1), "close 10:00, close 10:15, open 10:30, open 10:45"},
		{"missed intervals get their books", "10:50:00", books(1, 0, 1),
			"close 10:00, close 10:15, open 10:30, close 10:30, open 10:45, close 10:45, open 11:00, open 11:15"},
		{"not more than the limit", "14:50:00", books(1), "open 14:00, close 14:00, open 14:15, close 14:15, open 14:30, close 14:30, open 14:45, close 14:45, open 15:00, open 15:15"},
		{"the clock went back", "09:00:00", books(1, 0, 1), ""},
	} {
		now, err := time.Parse("2006-01-02 15:04:05", "2026-06-21 "+c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := short(k.due(c.gates, now)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestClockworkKeepsGatesAcrossRestarts runs a morning of the zone's clock in jumps, with restarts in between: every
// interval's book opens once and closes once, in order.
func TestClockworkKeepsGatesAcrossRestarts(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	for range 5 {
		s := newSequencer(t, b, clock, rules)
		stop := start(t, s)
		k := newClockwork(t, s)
		for range 10 {
			if err := k.step(t.Context()); err != nil {
				t.Fatal(err)
			}
			clock.advance(4 * time.Minute)
		}
		stop()
		clock.advance(50 * time.Minute)
	}
	opened, closed := interval(-1), interval(-1)
	for _, e := range published(t, b) {
		switch e.Kind {
		case exchange.BookOpened:
			if e.Interval != opened.Next() {
				t.Errorf("opened %s after %s", e.Interval, opened)
			}
			opened = e.Interval
		case exchange.GateClosed:
			if e.Interval != closed.Next() || time.UnixMilli(e.Time).Before(e.Interval.Start().Add(-3*time.Minute)) {
				t.Errorf("closed %s after %s at %s", e.Interval, closed, time.UnixMilli(e.Time).UTC())
			}
			closed = e.Interval
		default:
			t.Errorf("event %s, want only opened and closed", e.Kind)
		}
	}
	if closed.Compare(interval(20)) < 0 {
		t.Errorf("closed up to %s, want the whole morning", closed)
	}
}

func TestClockworkRuns(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	s := newSequencer(t, b, clock, rules)
	k := newClockwork(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- k.Run(ctx) }() // before the market is there
	start(t, s)
	want := []energy.Interval{interval(0), interval(1)}
	for deadline := time.Now().Add(20 * time.Second); ; {
		g, err := s.Gates()
		if err == nil && len(g.Open) == 2 && g.Open[0] == want[0] && g.Open[1] == want[1] {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("open books %v, want %v", g.Open, want)
		}
		runtime.Gosched()
	}
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("run ended with %v, want canceled", err)
	}
}

// TestClockworkLetsOrdersExpire: an order that is good till a time leaves its book at that time, without anybody else
// sending anything.
func TestClockworkLetsOrdersExpire(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	s := newSequencer(t, b, clock, rules)
	stop := start(t, s)
	k := newClockwork(t, s)
	step := func() {
		t.Helper()
		if err := k.step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	step()
	gates, err := s.Gates()
	if err != nil {
		t.Fatal(err)
	}
	till := clock.Now().Add(time.Minute)
	order := exchange.Command{Kind: exchange.Place, Interval: gates.Open[0], Member: "maria", ClientID: exchange.ClientID{1}, Side: exchange.Sell,
		Price: rules.MinPrice, Quantity: 1000, GoodTill: till.UnixMilli()}
	if events, err := s.Submit(t.Context(), order); err != nil || events[0][0].Kind != exchange.Accepted {
		t.Fatalf("place: got %v %v", events, err)
	}
	step()
	if got, _ := s.Gates(); got.Expiry != till.UnixMilli() {
		t.Errorf("next expiry: got %d, want %d", got.Expiry, till.UnixMilli())
	}
	clock.advance(time.Minute)
	step()
	if got, _ := s.Gates(); got.Expiry != 0 {
		t.Errorf("after it: got %d, want none", got.Expiry)
	}
	stop() // which publishes everything
	all := published(t, b)
	if last := all[len(all)-1]; last.Kind != exchange.Expired || last.Member != "maria" || last.Quantity != 1000 {
		t.Errorf("last event: got %+v, want maria's order expired", last)
	}
}
