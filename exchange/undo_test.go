package exchange

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestPoisonedWhileCarriedOut lets commands panic at every step of their carrying out, each time with everything that can be
// made anew in disarray. What is left is as if their checks had panicked, which change nothing.
func TestPoisonedWhileCarriedOut(t *testing.T) {
	steps := map[CommandKind]int{}
	for name, rules := range variants() {
		t.Run(name, func(t *testing.T) {
			own := map[CommandKind]int{}
			f := newTrafficUnder(11, rules)
			m := NewMarket(rules)
			for n := range 1000 {
				c := f.next()
				if n > 100 && n%(1+own[c.Kind]/4) == 0 { // the more it was tried, the less
					own[c.Kind] += failEverywhere(t, m, c, f)
				}
				m.Apply(c)
			}
			for _, c := range weekLater(m) {
				own[c.Kind] += failEverywhere(t, m, c, f)
				m.Apply(c)
			}
			for kind, n := range own {
				steps[kind] += n
			}
		})
	}
	for kind := OpenBook; kind <= PassTime; kind++ {
		if steps[kind] == 0 {
			t.Errorf("no %s was carried out: the test shows nothing of it", kind)
		}
	}
	t.Logf("failed at steps: %v", steps)
}

// weekLater are commands that let a market forget identities and books.
func weekLater(m *Market) []Command {
	open := m.Open()
	at := open[len(open)-1].EndUnix()*1000 + 2*Retention
	return []Command{
		{Kind: Resume, Scope: ScopeZone, Time: at}, {Kind: Resume, Scope: ScopePlatform, Time: at},
		{Kind: OpenBook, Interval: open[len(open)-1].Add(3000), Time: at}, {Kind: CloseGate, Interval: open[0], Time: at},
		{Kind: Place, Interval: open[len(open)-1], Member: "a-new-one", ClientID: clientID(1 << 20), Side: Sell, Price: m.rules.MaxPrice, Quantity: 100, Time: at},
	}
}

// failEverywhere applies a command to copies of a market, of which each fails at another step, and returns their number.
func failEverywhere(t *testing.T, m *Market, c Command, f *traffic) (steps int) {
	t.Helper()
	before := m.AppendSnapshot(nil)
	copied := func() *Market {
		again, err := Restore(m.rules, before)
		if err != nil {
			t.Fatal(err)
		}
		return again
	}
	counting := copied()
	counting.fault = func() { steps++ }
	counting.Apply(c)
	want := copied()
	want.probe = func(Command) { panic("in its checks") }
	poisoned := slices.Clone(want.Apply(c))
	want.probe = nil
	after := want.AppendSnapshot(nil)
	for at := range steps {
		if at > 60 && at%97 != 0 { // a sweep has thousands of equal steps
			continue
		}
		got := copied()
		failAt(got, at)
		if events := got.Apply(c); !slices.Equal(events, poisoned) || events[0].Reason != Poisoned {
			t.Fatalf("%s, step %d: got %+v, want %+v", c.Kind, at, events, poisoned)
		}
		if state := got.AppendSnapshot(nil); !slices.Equal(state, after) {
			t.Fatalf("%s of %+v, step %d: the state is another", c.Kind, c, at)
		}
		checkInvariants(t, got)
		goOn(t, *f, want, got)
		if want, _ = Restore(m.rules, after); want == nil {
			t.Fatal("the state cannot be restored")
		}
	}
	return steps
}

// failAt lets a market fail at a step, counted from 0.
func failAt(m *Market, at int) {
	step := 0
	m.fault = func() {
		if step == at {
			m.fault = nil
			disarray(m)
			panic("while it was carried out")
		}
		step++
	}
}

// goOn applies what comes next to both markets.
func goOn(t *testing.T, f traffic, want, got *Market) {
	t.Helper()
	source := *f.rng
	f.rng = &source
	for range 5 {
		c := f.next()
		if a, b := want.Apply(c), got.Apply(c); !slices.Equal(a, b) {
			t.Fatalf("then %s: got %+v, want %+v", c.Kind, b, a)
		}
	}
	if want.StateHash() != got.StateHash() {
		t.Fatal("the states are not the same afterwards")
	}
}

// disarray spoils all that follows from the rest of a market's state.
func disarray(m *Market) {
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range m.match.books {
		b := &m.match.books[i]
		b.bid, b.ask, b.count, b.top = rng.Int64(), rng.Int64(), 77, rng.Uint64()
		for _, words := range [][]uint64{b.words, b.sums} {
			for i := range words {
				words[i] = rng.Uint64()
			}
		}
		for i := range b.heads {
			b.heads[i] = rng.Uint32()
		}
		b.ticks = nil
	}
	for i := range m.match.orders {
		o, d := &m.match.orders[i], &m.details[min(i, len(m.details)-1)]
		o.prev, o.next, o.marked = rng.Uint32(), rng.Uint32(), !o.marked
		d.prev, d.next, d.place = rng.Uint32(), rng.Uint32(), rng.Uint32()
	}
	for i := range m.accounts {
		a := &m.accounts[i]
		a.first, a.last, a.reserved, a.committed = rng.Uint32(), rng.Uint32(), 1<<50, 1<<50
	}
	for i := range m.outcomes.table {
		m.outcomes.table[i] = bucket{beyond: rng.Uint64()}
	}
	m.match.free, m.match.closed, m.byNumber = rng.Uint32(), []uint32{9, 9}, nil
	m.waiting.table, m.expiry.slots = nil, []uint32{5, 5}
	clear(m.byStart)
	m.near.members[3], m.near.books[3] = 1, &book{}
	m.events = m.events[:0]
}
