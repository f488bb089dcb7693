package settlement

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// town is an interval of so many homes, half of them with a roof: each roof sells to two neighbours drawn at random, and
// everybody deviates.
func town(homes int) Case {
	random := rand.New(rand.NewPCG(7, 7))
	name := func(i int) energy.Member { return energy.Member(fmt.Sprintf("home-%07d", i)) }
	c := Case{Key: testKey, Owner: make(map[energy.Meter]energy.Member, homes), Leaves: make([]oracle.Leaf, homes), Distance: map[Pair]Class{},
		Tariff: Tariff{Import: 300_000, Export: 80_000, Network: 70_000, Local: []energy.Price{30_000}, Levy: 15_000, Band: 100_000, Markup: 20_000}}
	for i := range homes {
		m := name(i)
		id := energy.Meter(m + "-grid")
		c.Owner[id] = m
		c.Leaves[i] = oracle.Leaf{Meter: id, Quality: meter.Measured, Import: energy.WattHours(random.IntN(500))}
		if i%2 == 0 {
			c.Leaves[i].Import, c.Leaves[i].Export = 0, energy.WattHours(random.IntN(500))
		}
	}
	for i := 0; i < homes; i += 2 {
		for n := range 2 {
			buyer := 2*random.IntN(homes/2) + 1
			c.Trades = append(c.Trades, Trade{Sequence: uint64(i + n + 1), Buyer: name(buyer), Seller: name(i),
				Quantity: energy.WattHours(1 + random.IntN(250)), Price: energy.Price(100_000 + random.Int64N(100_000))})
			if n == 0 {
				c.Distance[Pair{name(buyer), name(i)}] = 1
			}
		}
	}
	return c
}

// processorTime is what this process has used of its processors, in nanoseconds.
func processorTime() int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

// BenchmarkSettle settles a whole interval. On a machine with other work cpu-ns says more than ns; B/member counts all
// that was allocated, so memory is never more.
func BenchmarkSettle(b *testing.B) {
	for _, homes := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(homes), func(b *testing.B) {
			c := town(homes)
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := processorTime()
			var r Result
			for b.Loop() {
				var err error
				if r, err = Settle(c); err != nil {
					b.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			processor := processorTime() - start
			runs := uint64(b.N) * uint64(homes)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(runs), "ns/member")
			b.ReportMetric(float64(processor)/float64(runs), "cpu-ns/member")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(runs), "B/member")
			b.ReportMetric(float64(len(r.Postings)), "postings")
			runtime.KeepAlive(r)
		})
	}
}
