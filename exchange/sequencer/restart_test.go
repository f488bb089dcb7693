package sequencer

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
)

// A busy day: 500 homes send, for each of its quarter hours, 10,000 commands, a fifth of them cancellations, in batches
// as they form at 20,000 orders per second.
const (
	dayIntervals = 96
	dayCommands  = 10_000
	dayHomes     = 500
	dayBatch     = 50
	dayOpen      = 8 // intervals at a time
)

// writeDay fills the logs, and saves checkpoints as a sequencer does.
func writeDay(b *testing.B, bu *bus.Bus) {
	s, err := New(Config{Rules: rules, Bus: bu, Now: newClock().Now, Log: slog.New(slog.DiscardHandler), Lease: -1})
	if err != nil {
		b.Fatal(err)
	}
	w, rng, ids := recovered(b, s), rand.New(rand.NewPCG(5, 8)), 0
	put := func(durable chan<- batch, commands ...exchange.Command) error {
		next := batch{requests: []request{{commands: commands, reply: make(chan reply, 1)}}}
		err := s.commit(b.Context(), w, &next)
		if err == nil {
			next.end = w.batch
			durable <- next
		}
		return err
	}
	err = s.flow(b.Context(), w, w.message, func(_ context.Context, durable chan<- batch) error {
		for n := range dayIntervals {
			if err := put(durable, open(n)); err != nil {
				return err
			}
			for range dayCommands / dayBatch {
				commands := make([]exchange.Command, dayBatch)
				for i := range commands {
					ids++
					c := order(fmt.Sprintf("home-%03d", ids%dayHomes), ids, exchange.Side(1+rng.IntN(2)), energy.Price(1500+rng.IntN(600))*100, energy.WattHours(1+rng.IntN(900)))
					c.Interval = interval(n)
					if rng.IntN(5) == 0 && ids > dayHomes {
						c = exchange.Command{Kind: exchange.Cancel, Member: c.Member, ClientID: order("", ids-dayHomes, 0, 0, 0).ClientID}
					}
					commands[i] = c
				}
				if err := put(durable, commands...); err != nil {
					return err
				}
			}
			if old := n - dayOpen; old >= 0 {
				if err := put(durable, exchange.Command{Kind: exchange.CloseGate, Interval: interval(old)}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkRestart starts a market with a busy day in its logs, from the order log alone and as a restart does it, from
// the newest checkpoint.
func BenchmarkRestart(b *testing.B) {
	bu := bustest.Open(b)
	writeDay(b, bu)
	for _, checkpoint := range []int{-1, 0} {
		b.Run(map[int]string{-1: "log", 0: "checkpoint"}[checkpoint], func(b *testing.B) {
			s, err := New(Config{Rules: rules, Bus: bu, Now: newClock().Now, Log: slog.New(slog.DiscardHandler), Lease: -1, Checkpoint: checkpoint})
			if err != nil {
				b.Fatal(err)
			}
			commands := uint64(0)
			for b.Loop() {
				commands = recovered(b, s).commands
			}
			seconds := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(commands), "commands")
			b.ReportMetric(seconds, "s")
			if checkpoint < 0 {
				b.ReportMetric(float64(commands)/seconds, "commands/s")
			}
		})
	}
}
