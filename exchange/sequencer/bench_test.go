package sequencer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
)

// openSynced is a bus on a server in this process that syncs every message, with two processors more than there are for
// what runs while it does, both as the embedded one.
func openSynced(b testing.TB) *bus.Bus {
	b.Helper()
	before := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(before + 2)
	b.Cleanup(func() { runtime.GOMAXPROCS(before) })
	ns := bustest.Start(b, &server.Options{DontListen: true, SyncAlways: true})
	nc, err := nats.Connect("", nats.InProcessServer(ns))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(nc.Close)
	bu, err := bus.Open(b.Context(), nc)
	if err != nil {
		b.Fatal(err)
	}
	return bu
}

// percentile sorts what it is given.
func percentile(times []time.Duration, of float64) time.Duration {
	slices.Sort(times)
	return times[min(int(of*float64(len(times))), len(times)-1)]
}

// fsyncTimes measures how long it takes to write n bytes to a file of its own and sync it, once per pause until stop is
// closed, at least 100 times.
func fsyncTimes(b *testing.B, n int, pause time.Duration, stop <-chan struct{}) []time.Duration {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "fsync"))
	if err != nil {
		b.Error(err)
		return nil
	}
	defer f.Close()
	var times []time.Duration
	for data := make([]byte, n); ; time.Sleep(pause) {
		select {
		case <-stop:
			if len(times) >= 100 {
				return times
			}
		default:
		}
		began := time.Now()
		_, err := f.Write(data)
		if err = errors.Join(err, f.Sync()); err != nil {
			b.Error(err)
			return nil
		}
		times = append(times, time.Since(began))
	}
}

// BenchmarkDurable places orders, of which every second trades, and counts each when its client knows that it is on the
// disk. "at N per s" are clients that together send that many; the others each send the next order when the last one is
// answered. The disk's own time for a batch is measured beside it, with a file of its own: fsync-ms when nobody else
// writes, busy-fsync the same during the run, 50 times a second. limit-ms is the goal for p99: five of the fsync-ms, and
// 5 ms; fsyncs is p99 without the 5 ms, in fsync-ms, and busy-fsyncs in busy-fsync-p99-ms.
func BenchmarkDurable(b *testing.B) {
	for _, c := range []struct{ clients, rate int }{{1, 0}, {100, 0}, {1000, 0}, {1000, 20_000}, {1000, 40_000}} {
		name := fmt.Sprintf("%d clients", c.clients)
		if c.rate > 0 {
			name += fmt.Sprintf(" at %d per s", c.rate)
		}
		b.Run(name, func(b *testing.B) { benchmarkDurable(b, c.clients, c.rate) })
	}
}

func benchmarkDurable(b *testing.B, clients, rate int) {
	bu := openSynced(b)
	s := newSequencer(b, bu, newClock(), rules)
	start(b, s)
	if _, err := s.Submit(b.Context(), open(0)); err != nil {
		b.Fatal(err)
	}
	each := max(b.N/clients, 1)
	times := make([][]time.Duration, clients)
	var group sync.WaitGroup
	over, probed := make(chan struct{}), make(chan []time.Duration, 1)
	go func() { probed <- fsyncTimes(b, 10*exchange.CommandSize, 20*time.Millisecond, over) }()
	b.ResetTimer()
	began := time.Now()
	for client := range clients {
		group.Go(func() {
			member, side := fmt.Sprintf("home-%d", client), exchange.Side(1+client%2)
			times[client] = make([]time.Duration, each)
			for i := range each {
				if clients == 1 {
					side = exchange.Side(1 + i%2)
				}
				sent := time.Now()
				if rate > 0 { // its turn, counted from the beginning: a late answer delays no later order's clock
					sent = began.Add(time.Duration(i*clients+client) * time.Second / time.Duration(rate))
					time.Sleep(time.Until(sent))
				}
				if _, err := s.Submit(b.Context(), order(member, i+1, side, 180_000, 10)); err != nil {
					b.Error(err)
					return
				}
				times[client][i] = time.Since(sent)
			}
		})
	}
	group.Wait()
	orders, elapsed := each*clients, time.Since(began)
	b.StopTimer()
	close(over)
	last, _, err := bu.LastOf(b.Context(), bus.OrderSubject(rules.Zone))
	if err != nil {
		b.Fatal(err)
	}
	all, busy := slices.Concat(times...), <-probed
	size := orders / int(last.Sequence)
	fsync := percentile(fsyncTimes(b, max(size, 1)*exchange.CommandSize, 0, over), 0.5)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(orders)/elapsed.Seconds(), "orders/s")
	b.ReportMetric(float64(size), "orders/batch")
	p99, limit := percentile(all, 0.99), 5*fsync+5*time.Millisecond
	for name, d := range map[string]time.Duration{
		"p50-ms": percentile(all, 0.5), "p99-ms": p99, "p999-ms": percentile(all, 0.999), "limit-ms": limit, "fsync-ms": fsync,
		"busy-fsync-p50-ms": percentile(busy, 0.5), "busy-fsync-p99-ms": percentile(busy, 0.99),
	} {
		b.ReportMetric(float64(d.Microseconds())/1000, name)
	}
	for name, d := range map[string]time.Duration{"fsyncs": fsync, "busy-fsyncs": percentile(busy, 0.99)} {
		b.ReportMetric(float64(max(0, p99-5*time.Millisecond))/float64(d), name)
	}
}
