package sequencer

import (
	"errors"
	"log/slog"
	"syscall"
	"testing"
	"time"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
)

// TestWedgedServer stops the message server in its tracks, connections open: an order in flight is answered that it must
// be sent again, the market says why it takes no others, and goes on when the server does. The order is placed once.
func TestWedgedServer(t *testing.T) {
	z := newServers(t, 1)
	s, err := New(Config{Rules: rules, Bus: z.open(), Now: newClock().Now, Log: slog.New(slog.DiscardHandler), Lease: -1})
	if err != nil {
		t.Fatal(err)
	}
	stop := start(t, s)
	if _, err := s.Submit(t.Context(), open(0)); err != nil || s.Trouble() != nil {
		t.Fatalf("submit: %v; trouble: %v", err, s.Trouble())
	}
	for id := range 2 {
		z.servers[0].signal(t, syscall.SIGSTOP)
		sell := order("maria", id+1, exchange.Sell, 180_000, 500)
		began := time.Now()
		if _, err := s.Submit(t.Context(), sell); !errors.Is(err, ErrUnconfirmed) || problem.KindOf(err) != problem.Unavailable {
			t.Errorf("submit to a wedged log: got %v, want ErrUnconfirmed", err)
		}
		t.Logf("answered after %s", time.Since(began).Round(time.Millisecond))
		for !errors.Is(s.Trouble(), bus.ErrUnavailable) || !errors.Is(s.Trouble(), ErrNotRunning) {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("trouble: got %v, want that the message server does not answer", s.Trouble())
			}
			time.Sleep(time.Millisecond)
		}
		if _, err := s.Submit(t.Context(), sell); !errors.Is(err, ErrNotRunning) {
			t.Errorf("submit meanwhile: got %v, want ErrNotRunning", err)
		}
		z.servers[0].signal(t, syscall.SIGCONT)
		if err := s.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		for again := range 2 {
			events, err := s.Submit(t.Context(), sell)
			if err != nil || s.Trouble() != nil {
				t.Fatalf("submit when it is back: %v; trouble: %v", err, s.Trouble())
			}
			if e := events[0][0]; e.Order == 0 || again == 1 && e.Reason != exchange.DuplicateID {
				t.Errorf("sent again: %s %s, want it placed once", e.Kind, e.Reason)
			}
		}
	}
	stop()
	accepted := 0
	for _, e := range published(t, z.open()) {
		if e.Kind == exchange.Accepted {
			accepted++
		}
	}
	if accepted != 2 {
		t.Errorf("%d orders accepted, want 2", accepted)
	}
}
