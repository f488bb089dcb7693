package bus_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
)

// connect reaches a server over TCP and comes back quickly after it was away.
func connect(t *testing.T, url string) *bus.Bus {
	t.Helper()
	nc, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond), nats.ReconnectJitter(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	b, err := bus.Open(t.Context(), nc)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// follow collects the sequences of a subject and closes done when it has seen the last one.
func follow(ctx context.Context, b *bus.Bus, subject string, last uint64) (got *[]uint64, done chan error) {
	got, done = new([]uint64), make(chan error, 1)
	enough := errors.New("enough")
	go func() {
		err := b.Follow(ctx, subject, 1, func(m bus.Message) error {
			*got = append(*got, m.Sequence)
			if m.Sequence == last {
				return enough
			}
			return nil
		})
		if err == enough {
			err = nil
		}
		done <- err
	}()
	return got, done
}

func checkContiguous(t *testing.T, got []uint64, last uint64) {
	t.Helper()
	for i, sequence := range got {
		if sequence != uint64(i+1) {
			t.Fatalf("message %d: got sequence %d, want %d", i, sequence, i+1)
		}
	}
	if uint64(len(got)) != last {
		t.Fatalf("got %d messages, want %d", len(got), last)
	}
}

func TestFollowSurvivesServerRestarts(t *testing.T) {
	dir := t.TempDir()
	ns := bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: -1, StoreDir: dir})
	port := ns.Addr().(*net.TCPAddr).Port
	b := connect(t, ns.ClientURL())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	const rounds, perRound = 4, 100
	got, done := follow(ctx, b, bus.MarketSubject(street), rounds*perRound)
	last := uint64(0)
	for round := range rounds {
		for range perRound {
			sequence, err := b.Append(ctx, bus.MarketSubject(street), last, nil)
			for errors.Is(err, bus.ErrUnavailable) { // the client is not back yet
				sequence, err = b.Append(ctx, bus.MarketSubject(street), last, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			last = sequence
		}
		if round < rounds-1 {
			ns.Shutdown()
			ns.WaitForShutdown()
			ns = bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: port, StoreDir: dir})
		}
	}
	if err := <-done; err != nil {
		t.Fatalf("follow: %v", err)
	}
	checkContiguous(t, *got, rounds*perRound)
}

// TestFollowSurvivesABadLine cuts the follower's connection at random bytes while a writer on a good line goes on.
func TestFollowSurvivesABadLine(t *testing.T) {
	ns := bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: -1})
	writer, reader := connect(t, ns.ClientURL()), connect(t, "nats://"+badLine(t, ns.Addr().String()))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	const messages = 1000
	got, done := follow(ctx, reader, "zone.*.meter.*", messages)
	for i := range messages {
		if _, err := writer.Publish(ctx, bus.MeterSubject(street, "home-01-grid"), fmt.Sprint(i), make([]byte, 200)); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		t.Fatalf("follow: %v", err)
	}
	checkContiguous(t, *got, messages)
}

// badLine forwards connections to a server and breaks each, after the first, when 1 to 64 KiB have come back.
func badLine(t *testing.T, server string) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	t.Cleanup(func() { listener.Close(); group.Wait() })
	random := rand.New(rand.NewPCG(1, 2))
	group.Go(func() {
		for {
			down, err := listener.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial("tcp", server)
			if err != nil {
				down.Close()
				continue
			}
			limit := 1024 + random.Int64N(63*1024)
			group.Go(func() { _, _ = io.Copy(up, down); up.Close() })
			group.Go(func() { _, _ = io.CopyN(down, up, limit); down.Close(); up.Close() })
		}
	})
	return listener.Addr().String()
}

func TestALogThatLostItsEndIsDamaged(t *testing.T) {
	first := bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: -1})
	port := first.Addr().(*net.TCPAddr).Port
	b := connect(t, first.ClientURL())
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for i := range uint64(3) {
		if _, err := b.Append(ctx, bus.MarketSubject(street), i, nil); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 1)
	seen := make(chan uint64, 3)
	go func() {
		done <- b.Follow(ctx, bus.MarketSubject(street), 1, func(m bus.Message) error { seen <- m.Sequence; return nil })
	}()
	for <-seen != 3 {
	}
	first.Shutdown()
	first.WaitForShutdown()
	second := bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: port}) // empty directory
	connect(t, second.ClientURL())                                             // makes the logs, empty
	if err := <-done; !errors.Is(err, bus.ErrDamaged) {
		t.Fatalf("got %v, want %v", err, bus.ErrDamaged)
	}
}

func TestClosedConnection(t *testing.T) {
	ns := bustest.Start(t, &server.Options{DontListen: true})
	nc, err := nats.Connect("", nats.InProcessServer(ns))
	if err != nil {
		t.Fatal(err)
	}
	b, err := bus.Open(t.Context(), nc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Append(t.Context(), bus.OrderSubject(street), 0, nil); err != nil {
		t.Fatal(err)
	}
	err = b.Follow(t.Context(), bus.OrderSubject(street), 1, func(bus.Message) error { nc.Close(); return nil })
	if !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("follow: got %v, want %v", err, bus.ErrUnavailable)
	}
	if _, err := b.Append(t.Context(), bus.OrderSubject(street), 1, nil); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("append: got %v, want %v", err, bus.ErrUnavailable)
	}
	if _, _, err := b.LastOf(t.Context(), bus.OrderSubject(street)); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("last: got %v, want %v", err, bus.ErrUnavailable)
	}
}
