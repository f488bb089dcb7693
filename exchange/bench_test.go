package exchange

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"

	"github.com/wattle/wattle/energy"
)

// BenchmarkApply is the market on a lively street's mixed traffic, checks included: every kind of order, amendments,
// cancels, repeats, gates and operators.
func BenchmarkApply(b *testing.B) {
	f := newTraffic(1)
	commands := make([]Command, 200_000)
	for i := range commands {
		commands[i] = f.next()
	}
	b.ReportAllocs()
	n := 0
	m := NewMarket(testRules())
	for b.Loop() {
		if n == len(commands) {
			b.StopTimer()
			n, m = 0, NewMarket(testRules())
			b.StartTimer()
		}
		m.Apply(commands[n])
		n++
	}
}

// weekOfCommands is how many commands come within Retention: those of a zone of a thousand busy homes.
const weekOfCommands = 1_000_000

// orderFlow makes a steady market: orders that rest and trade in 96 intervals, from 200 members, and cancels.
type orderFlow struct {
	rng     *rand.Rand
	members []energy.Member
	first   energy.Interval
	resting []Command
	shadow  *Market // what the commands lead to: nobody cancels orders that he knows to be gone, but for a few
	serial  uint64
	time    int64
}

func newOrderFlow(m *Market) *orderFlow {
	f := &orderFlow{rng: rand.New(rand.NewPCG(3, 5)), time: 1_782_000_000_000, shadow: NewMarket(m.rules)}
	for _, m := range []*Market{m, f.shadow} {
		f.prepare(m)
	}
	return f
}

// prepare opens the books and sets the limits.
func (f *orderFlow) prepare(m *Market) {
	f.members = nil
	f.first, _ = energy.NewInterval(1_782_000_000/900*900, energy.FifteenMinutes)
	for i := range 200 {
		f.members = append(f.members, energy.Member(fmt.Sprintf("home-%03d", i)))
	}
	for i := range 96 {
		m.Apply(Command{Kind: OpenBook, Time: f.time, Interval: f.first.Add(i)})
	}
	if m.rules.Collateral != Unlimited {
		for _, member := range f.members {
			m.Apply(Command{Kind: SetCollateral, Time: f.time, Member: member, Amount: 1 << 60})
		}
	}
	if m.rules.Headroom != Unlimited {
		for i := range 96 {
			for _, side := range []Side{Buy, Sell} {
				m.Apply(Command{Kind: SetHeadroom, Time: f.time, Interval: f.first.Add(i), Side: side, Quantity: maxHeadroom})
			}
		}
	}
}

func (f *orderFlow) next() Command {
	f.time += Retention / weekOfCommands
	c := f.make()
	f.shadow.Apply(c)
	return c
}

func (f *orderFlow) make() Command {
	if n := len(f.resting); n > 15_000 || n > 1000 && f.rng.IntN(100) < 30 {
		return f.cancel()
	}
	f.serial++
	c := Command{
		Kind: Place, Time: f.time, Interval: f.first.Add(f.rng.IntN(96)), Member: f.members[f.rng.IntN(200)], Side: Side(1 + f.rng.IntN(2)),
		Price: energy.Price(1500+f.rng.IntN(200)) * 100, Quantity: energy.WattHours(50 + f.rng.IntN(4950)),
	}
	id := f.serial * 0x9e3779b97f4a7c15
	for i := range c.ClientID {
		c.ClientID[i] = byte(id >> (i % 8 * 8))
	}
	if passive := f.rng.IntN(3) > 0; passive == (c.Side == Sell) {
		c.Price += 150 * 100
	}
	f.resting = append(f.resting, c)
	return c
}

// cancel takes back an order that rests, or in one of 50 cases one that may have traded.
func (f *orderFlow) cancel() Command {
	for {
		n := len(f.resting)
		i := f.rng.IntN(n)
		c := f.resting[i]
		f.resting[i] = f.resting[n-1]
		f.resting = f.resting[:n-1]
		member, _ := f.shadow.numberOf(c.Member)
		if f.shadow.resting(member, &c.ClientID) != 0 || f.rng.IntN(50) == 0 {
			c.Kind, c.Time = Cancel, f.time
			return c
		}
	}
}

// BenchmarkFull is a command's whole way: checks, matching, events, and the encoding of both. The market is as it is
// after weeks: as many identities are forgotten as come in.
func BenchmarkFull(b *testing.B) {
	limited := testRules()
	limited.Collateral, limited.Headroom = Trim, Trim
	for name, rules := range map[string]Rules{"free": testRules(), "limited": limited} {
		m := NewMarket(rules)
		f := newOrderFlow(m)
		for range weekOfCommands * 3 / 2 {
			m.Apply(f.next())
		}
		b.Run(name, func(b *testing.B) { f.measure(b, m) })
	}
}

func (f *orderFlow) measure(b *testing.B, m *Market) {
	commands := make([]Command, 200_000)
	events, used := 0, int64(0)
	var log []byte
	b.ReportAllocs()
	for left := b.N; left > 0; left -= len(commands) {
		b.StopTimer()
		commands = commands[:min(left, len(commands))]
		for i := range commands {
			commands[i] = f.next()
		}
		b.StartTimer()
		began := processorTime()
		for batch := range slices.Chunk(commands, 100) {
			m.Foresee(batch)
			log = log[:0]
			for i := range batch {
				log = appendCommand(log, &batch[i])
				for i, of := 0, m.Apply(batch[i]); i < len(of); i++ {
					log = appendEvent(log, &of[i])
					events++
				}
			}
		}
		used += processorTime() - began
	}
	b.ReportMetric(float64(events)/float64(b.N), "events/op")
	b.ReportMetric(float64(used)/float64(b.N), "cpu-ns/op")
}

// processorTime is what this process has used of its processors, in nanoseconds: on a busy machine it says more than the clock.
func processorTime() int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

// BenchmarkAppendEvent is what writing one event to the log costs.
func BenchmarkAppendEvent(b *testing.B) {
	_, message := sampleLog(b)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendEvent(buf[:0], message.Events[2])
	}
}
