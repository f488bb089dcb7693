package exchange

import (
	"math/rand/v2"
	"testing"

	"github.com/wattle/wattle/energy"
)

// TestLevels compares the bitmap and the sorted list with a plain array of queues.
func TestLevels(t *testing.T) {
	for _, span := range []int64{1, 63, 64, 65, 4096, 4097, denseLevels, denseLevels + 1} {
		l, plain := newLevels(span), make([]uint32, span)
		rng := rand.New(rand.NewPCG(uint64(span), 1))
		for range 3000 {
			at := uint32(rng.Int64N(span))
			if plain[at] == 0 {
				plain[at] = 1 + rng.Uint32N(100)
				l.occupy(at, plain[at])
			} else if rng.IntN(3) == 0 {
				plain[at]++
				l.lead(at, plain[at])
			} else {
				plain[at] = 0
				l.vacate(at)
			}
			at = uint32(rng.Int64N(span))
			above, below := noAsk, noBid
			for i := int64(at) + 1; i < span && above == noAsk; i++ {
				if plain[i] != 0 {
					above = i
				}
			}
			for i := int64(at) - 1; i >= 0 && below == noBid; i-- {
				if plain[i] != 0 {
					below = i
				}
			}
			if l.head(at) != plain[at] || l.above(at) != above || l.below(at) != below {
				t.Fatalf("%d levels, at %d: head %d above %d below %d, want %d %d %d", span, at, l.head(at), l.above(at), l.below(at), plain[at], above, below)
			}
		}
	}
}

// TestSweepsAreBounded: a halt of more orders than one command cancels blocks all of them at once, says how many are
// left, and gets them by and by.
func TestSweepsAreBounded(t *testing.T) {
	m := NewMarket(testRules())
	iv, _ := energy.NewInterval(900, energy.FifteenMinutes)
	m.Apply(Command{Kind: Assign, Member: "maria", Scope: ScopeFleet, Group: 1})
	serial := 0
	place := func(iv energy.Interval, member energy.Member, side Side, price energy.Price) []Event {
		serial++
		return m.Apply(Command{Kind: Place, Interval: iv, Member: member, ClientID: clientID(serial), Side: side, Price: price, Quantity: 5})
	}
	for i := range 2 {
		m.Apply(Command{Kind: OpenBook, Interval: iv.Add(i)})
		for range 3000 {
			place(iv.Add(i), "maria", Sell, 1000)
		}
	}
	place(iv.Add(1), "jonas", Sell, 1100)
	halted := m.Apply(Command{Kind: Halt, Scope: ScopeFleet, Group: 1})
	if got, want := len(halted), 1+MaxSweep; got != want || halted[0].Count != 6000-MaxSweep {
		t.Fatalf("halt gave %d events and left %d, want %d and %d", got, halted[0].Count, want, 6000-MaxSweep)
	}
	m = throughSnapshot(t, m)
	events := place(iv.Add(1), "elif", Buy, 1100)
	if got, want := len(events), 1+6000-MaxSweep+1; got != want || events[1].Reason != FleetHalted || events[want-1].MakerMember != "jonas" {
		t.Fatalf("buying met %d events, %s first; want %d cancellations by the halt, then a trade with jonas", got-1, events[1].Reason, want-2)
	}
	if again := m.Apply(Command{Kind: CancelAll, Scope: ScopeFleet, Group: 1}); len(again) != 1 || again[0].Count != 0 {
		t.Errorf("the second sweep gave %d events and left %d, want nothing to do", len(again), again[0].Count)
	}
	checkInvariants(t, m)
}

// TestSteadyStateAllocatesNothing: a busy market of constant size leaves the garbage collector nothing to do.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	limited := testRules()
	limited.Collateral, limited.Headroom = Trim, Trim
	m := NewMarket(limited)
	f := newOrderFlow(m)
	for range 50_000 {
		m.Apply(f.next())
	}
	commands := make([]Command, 20_001)
	for i := range commands {
		commands[i] = f.next()
	}
	i := 0
	if got := testing.AllocsPerRun(20_000, func() { m.Apply(commands[i]); i++ }); got != 0 {
		t.Errorf("%v allocations per command, want none", got)
	}
}

// TestSurplus compares the optimum with every way of matching few small orders, and knows an example.
func TestSurplus(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for range 300 {
		bids, asks := randomLevels(rng), randomLevels(rng)
		want := int64(0) // sell each Wh to who values it most, one Wh after the other
		for volume := int64(1); ; volume++ {
			gain := worthOf(bids, volume, false) - worthOf(asks, volume, true)
			if volume > total(bids) || volume > total(asks) || gain <= want {
				break
			}
			want = gain
		}
		if got := optimum(bids, asks).money(); int64(got) != want {
			t.Fatalf("optimum of %v and %v: got %d, want %d", bids, asks, got, want)
		}
	}
	m, v := NewMarket(testRules()), NewView(1)
	iv, _ := energy.NewInterval(900, energy.FifteenMinutes)
	apply := func(c Command) {
		c.Interval = iv
		for _, e := range m.Apply(c) {
			if err := v.Fold(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	apply(Command{Kind: OpenBook})
	for i, o := range []struct {
		side     Side
		price    energy.Price
		quantity energy.WattHours
	}{{Sell, 1000, 100}, {Buy, 2000, 100}, {Buy, 3000, 100}, {Sell, 2500, 50}} {
		apply(Command{Kind: Place, Member: energy.Member("m" + string(rune('a'+i))), ClientID: clientID(1), Side: o.side, Price: o.price, Quantity: o.quantity})
	}
	// Traded: 100 Wh of 1000 for 2000, and 50 Wh of 2500 for 3000. Best: 100 Wh of 1000 for 3000.
	want := Surplus{Reached: 100*1000 + 50*500, Optimum: 100 * 2000, Share: 625_000}
	if got, ok := v.Surplus(iv); !ok || got != want {
		t.Errorf("surplus %+v, want %+v", got, want)
	}
	if price, ok := func() (energy.Price, bool) { b, _ := v.Book(iv); return b.Statistics.WeightedPrice() }(); !ok || price != (100*1000+50*3000)/150 {
		t.Errorf("weighted price %d, want %d", price, (100*1000+50*3000)/150)
	}
}

func randomLevels(rng *rand.Rand) (levels []Level) {
	for range rng.IntN(5) {
		levels = append(levels, Level{Price: energy.Price(rng.IntN(20) - 10), Quantity: energy.WattHours(1 + rng.IntN(4))})
	}
	return levels
}

func total(levels []Level) (sum int64) {
	for _, l := range levels {
		sum += int64(l.Quantity)
	}
	return sum
}

// worthOf is what the first Wh are worth, dearest or cheapest first.
func worthOf(levels []Level, volume int64, cheapest bool) (sum int64) {
	var each []int64
	for _, l := range levels {
		for range l.Quantity {
			each = append(each, int64(l.Price))
		}
	}
	for range min(volume, int64(len(each))) {
		best := 0
		for i := range each {
			if cheapest && each[i] < each[best] || !cheapest && each[i] > each[best] {
				best = i
			}
		}
		sum += each[best]
		each = append(each[:best], each[best+1:]...)
	}
	return sum
}
