package bus_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
)

func newLease(t *testing.T, b *bus.Bus, term time.Duration) *bus.Lease {
	t.Helper()
	l, err := b.Lease(t.Context(), street, term)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// takeWhenFree asks until the lease is free, and returns how long that took.
func takeWhenFree(t *testing.T, l *bus.Lease) time.Duration {
	t.Helper()
	began := time.Now()
	for {
		err := l.Take(t.Context())
		if err == nil {
			return time.Since(began)
		}
		if !errors.Is(err, bus.ErrHeld) || time.Since(began) > time.Minute {
			t.Fatalf("after %s: %v", time.Since(began), err)
		}
	}
}

func TestLeaseHasOneHolderWhoMustRenew(t *testing.T) {
	const term = 500 * time.Millisecond
	b := bustest.Open(t)
	first, second := newLease(t, b, term), newLease(t, b, 7*term)
	if got := second.Term(); got != term {
		t.Errorf("the second lease has term %s, want that of the first, %s", got, term)
	}
	if err := first.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := second.Take(t.Context()); !errors.Is(err, bus.ErrHeld) {
		t.Fatalf("second taker: got %v, want %v", err, bus.ErrHeld)
	}
	for range 4 { // twice the term
		time.Sleep(term / 2)
		if err := first.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := second.Take(t.Context()); !errors.Is(err, bus.ErrHeld) {
			t.Fatalf("second taker while renewed: got %v, want %v", err, bus.ErrHeld)
		}
	}
	before := first.Token()
	if waited := takeWhenFree(t, second); waited < term/2 || waited > 10*term {
		t.Errorf("free after %s, want about %s", waited, term)
	}
	if second.Token() <= before {
		t.Errorf("token %d after %d, want it to grow", second.Token(), before)
	}
	if err := first.Renew(t.Context()); !errors.Is(err, bus.ErrHeld) {
		t.Errorf("late renewal: got %v, want %v", err, bus.ErrHeld)
	}
	if err := first.Release(t.Context()); err == nil {
		t.Error("the first holder released the lease of the second")
	}
	if err := second.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if err := first.Take(t.Context()); err != nil {
		t.Errorf("after release: %v", err)
	}
}

func TestLeaseTokensGrowOverServerRestarts(t *testing.T) {
	dir := t.TempDir()
	ns := bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: -1, StoreDir: dir})
	port := ns.Addr().(*net.TCPAddr).Port
	b := connect(t, ns.ClientURL())
	last := uint64(0)
	for range 3 {
		l := newLease(t, b, 200*time.Millisecond)
		takeWhenFree(t, l)
		if l.Token() <= last {
			t.Errorf("token %d after %d, want it to grow", l.Token(), last)
		}
		last = l.Token()
		ns.Shutdown()
		ns.WaitForShutdown()
		ns = bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: port, StoreDir: dir})
		if err := l.Renew(t.Context()); err != nil && !errors.Is(err, bus.ErrHeld) && !errors.Is(err, bus.ErrUnavailable) {
			t.Errorf("renew after the restart: %v", err)
		}
	}
}
