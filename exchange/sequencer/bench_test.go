package sequencer

import (
	"fmt"
	"os"
	"path/filepath"
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

// openSynced is a bus on a server in this process that syncs every message, as the embedded one does.
func openSynced(b testing.TB) *bus.Bus {
	b.Helper()
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

// fsyncTime is the median time of writing a batch of n commands to a file of its own and syncing it, alone on the disk.
func fsyncTime(b *testing.B, n int) time.Duration {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "fsync"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	times, data := make([]time.Duration, 200), make([]byte, n*exchange.CommandSize)
	for i := range times {
		began := time.Now()
		if _, err := f.Write(data); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		times[i] = time.Since(began)
	}
	return percentile(times, 0.5)
}

// BenchmarkDurable places orders, of which every second trades, and counts each when its client knows that it is on the
// disk. "every N/s" are clients that together send that many; the others each send the next order when the last one is
// answered. fsync-ms is the disk's own time for the average batch, limit-ms five of these and 5 ms.
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
	last, _, err := bu.LastOf(b.Context(), bus.OrderSubject(rules.Zone))
	if err != nil {
		b.Fatal(err)
	}
	all := slices.Concat(times...)
	size := orders / int(last.Sequence)
	fsync := fsyncTime(b, max(size, 1))
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(orders)/elapsed.Seconds(), "orders/s")
	b.ReportMetric(float64(size), "orders/batch")
	for name, d := range map[string]time.Duration{
		"p50-ms": percentile(all, 0.5), "p99-ms": percentile(all, 0.99), "fsync-ms": fsync, "limit-ms": 5*fsync + 5*time.Millisecond,
	} {
		b.ReportMetric(float64(d.Microseconds())/1000, name)
	}
}

// BenchmarkReplay starts a market from its order log alone.
func BenchmarkReplay(b *testing.B) {
	const batches = 200
	bu := bustest.Open(b)
	s := newSequencer(b, bu, newClock(), rules)
	w := recovered(b, s)
	if err := commit(b.Context(), s, w, open(0)); err != nil {
		b.Fatal(err)
	}
	for n := range batches {
		commands := make([]exchange.Command, exchange.MaxBatch)
		for i := range commands {
			commands[i] = order(fmt.Sprintf("home-%d", i%100), n*len(commands)+i+1, exchange.Side(1+i%2), 180_000, 10)
		}
		if err := commit(b.Context(), s, w, commands...); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		recovered(b, s)
	}
	b.ReportMetric(float64(b.N*batches*exchange.MaxBatch)/b.Elapsed().Seconds(), "commands/s")
}
