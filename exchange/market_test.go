package exchange

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wattle/wattle/energy"
)

// traffic makes commands as a lively, careless street would send them: mostly orders, some cancels, repeats and nonsense.
type traffic struct {
	rng    *rand.Rand
	rules  Rules
	start  int64
	clock  int64
	serial int
	recent []Command
}

func newTraffic(seed uint64) *traffic {
	return &traffic{rng: rand.New(rand.NewPCG(seed, 1)), rules: testRules(), start: 1_782_000_000 / 900 * 900}
}

func (f *traffic) interval() energy.Interval {
	at := f.start + f.clock/2000*900 + int64(f.rng.IntN(4))*900
	iv, err := energy.NewInterval(at, energy.FifteenMinutes)
	if err != nil {
		panic(err)
	}
	return iv
}

func (f *traffic) member() energy.Member {
	return energy.Member(fmt.Sprintf("home-%02d", 1+f.rng.IntN(9)))
}

func (f *traffic) next() Command {
	f.clock++
	c := f.draw()
	c.Time = f.start*1000 + f.clock
	if f.rng.IntN(2000) == 0 {
		c.Time -= 50
	}
	return c
}

func (f *traffic) draw() Command {
	n := f.rng.IntN(1000)
	switch {
	case n < 6:
		return Command{Kind: OpenBook, Interval: f.interval()}
	case n < 8:
		return Command{Kind: CloseGate, Interval: f.interval()}
	case n < 250 && len(f.recent) > 0:
		old := f.recent[f.rng.IntN(len(f.recent))]
		return Command{Kind: Cancel, Member: old.Member, ClientID: old.ClientID}
	case n < 280 && len(f.recent) > 0:
		return f.recent[f.rng.IntN(len(f.recent))] // sent twice
	case n < 290:
		return f.nonsense()
	}
	f.serial++
	c := Command{
		Kind: Place, Interval: f.interval(), Member: f.member(), ClientID: clientID(f.serial), Side: Buy,
		Price: energy.Price(1500+f.rng.IntN(60)) * f.rules.Tick, Quantity: energy.WattHours(1 + f.rng.IntN(5000)),
	}
	if f.rng.IntN(2) == 0 {
		c.Side, c.Price = Sell, c.Price+20*f.rules.Tick
	}
	switch f.rng.IntN(500) {
	case 0:
		c.Price += f.rules.Tick / 2
	case 1:
		c.Price += f.rules.MaxPrice
	case 2:
		c.Price = f.rules.MinPrice - f.rules.Tick
	}
	f.recent = append(f.recent, c)
	if len(f.recent) > 200 {
		f.recent = slices.Delete(f.recent, 0, 100)
	}
	return c
}

func (f *traffic) nonsense() Command {
	odd := []int64{0, -1, 1, 150_050, 1 << 62, -1 << 63, 1<<63 - 1}
	pick := func() int64 { return odd[f.rng.IntN(len(odd))] }
	f.serial++
	c := Command{
		Kind: CommandKind(f.rng.IntN(6)), Member: f.member(), ClientID: clientID(f.serial * f.rng.IntN(2)), Side: Side(f.rng.IntN(4)),
		Price: energy.Price(pick()), Quantity: energy.WattHours(pick()),
	}
	if f.rng.IntN(2) == 0 {
		c.Interval = f.interval()
	}
	if f.rng.IntN(3) == 0 {
		c.Member = energy.Member(strings.Repeat("Not a name ", f.rng.IntN(5)))
	}
	return c
}

// TestTwin drives the market and its naive twin with the same traffic: every event must be equal, and after each
// command the invariants hold.
func TestTwin(t *testing.T) {
	const seeds, commands = 12, 10_000
	kinds := map[string]int{}
	for seed := range uint64(seeds) {
		f, m, w, v := newTraffic(seed), NewMarket(testRules()), newTwin(testRules()), NewView(1000)
		book := newLedger()
		for i := range commands {
			c := f.next()
			got, want := m.Apply(c), w.apply(c)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d command %d %+v:\ngot  %+v\nwant %+v", seed, i, c, got, want)
			}
			for _, e := range got {
				kinds[e.Kind.String()+" "+e.Reason.String()]++
				book.post(t, e)
				if err := v.Fold(e); err != nil {
					t.Fatal(err)
				}
			}
			checkInvariants(t, m)
			if i%500 == 0 {
				checkView(t, m, v)
				book.check(t, m)
			}
		}
	}
	for _, want := range []string{"traded none", "expired none", "cancelled self-trade", "cancelled at-members-wish", "refused duplicate-id",
		"refused order-is-done", "refused unknown-order", "refused book-is-closed", "refused unknown-interval", "refused bad-command",
		"refused bad-quantity", "refused price-outside-collar", "refused price-off-tick", "refused already-open"} {
		if kinds[want] == 0 {
			t.Errorf("the traffic never led to %q: it tests less than it says", want)
		}
	}
}

// ledger follows the energy of every order: ordered = traded + left + resting.
type ledger struct {
	open           map[uint64]energy.WattHours
	bought, sold   energy.WattHours
	ordered, ended energy.WattHours
}

func newLedger() *ledger { return &ledger{open: map[uint64]energy.WattHours{}} }

func (l *ledger) post(t *testing.T, e Event) {
	switch e.Kind {
	case Accepted:
		l.open[e.Order] = e.Quantity
		l.ordered += e.Quantity
	case Traded:
		l.open[e.Order] -= e.Quantity
		l.open[e.Maker] -= e.Quantity
		l.bought, l.sold = l.bought+e.Quantity, l.sold+e.Quantity
		if l.open[e.Order] != e.Rest || l.open[e.Maker] != e.MakerRest || e.Rest < 0 || e.MakerRest < 0 {
			t.Fatalf("rests %s and %s, want %s and %s", e.Rest, e.MakerRest, l.open[e.Order], l.open[e.Maker])
		}
		if e.Buyer() == e.Seller() {
			t.Fatalf("%s traded with itself", e.Buyer())
		}
		if r := testRules(); e.Price < r.MinPrice || e.Price > r.MaxPrice || e.Quantity <= 0 {
			t.Fatalf("traded %s at %s, outside the rules", e.Quantity, e.Price)
		}
	case Cancelled, Expired:
		if l.open[e.Order] != e.Quantity {
			t.Fatalf("order %d left with %s, want %s", e.Order, e.Quantity, l.open[e.Order])
		}
		l.ended += e.Quantity
		l.open[e.Order] = 0
	}
}

func (l *ledger) check(t *testing.T, m *Market) {
	var resting energy.WattHours
	for _, b := range m.books {
		b.each(&m.pool, func(slot int32) { resting += m.pool.orders[slot].rest })
	}
	if got, want := l.bought+l.sold+l.ended+resting, l.ordered; got != want {
		t.Fatalf("traded, left and resting are %s, want what was ordered, %s", got, want)
	}
}

// checkInvariants: never crossed, levels in order, queues in order of arrival, counts true.
func checkInvariants(t *testing.T, m *Market) {
	for _, b := range m.books {
		bid, ask := b.bids.best(), b.asks.best()
		if bid != nil && ask != nil && bid.price >= ask.price {
			t.Fatalf("book %s is crossed: bid %s, ask %s", b.interval, bid.price, ask.price)
		}
		count := 0
		var last *order
		b.each(&m.pool, func(slot int32) {
			o := &m.pool.orders[slot]
			count++
			if o.rest <= 0 || o.rest > o.quantity || o.book != b || m.outcomes[o.outcome].slot != slot {
				t.Fatalf("order %d rests with %s of %s", o.id, o.rest, o.quantity)
			}
			if last != nil && last.side == o.side {
				worse := last.price > o.price
				if o.side == Sell {
					worse = last.price < o.price
				}
				if !worse && (last.price != o.price || last.id >= o.id) {
					t.Fatalf("order %d at %s stands behind %d at %s", o.id, o.price, last.id, last.price)
				}
			}
			last = o
		})
		if count != b.resting {
			t.Fatalf("book %s counts %d orders, want %d", b.interval, b.resting, count)
		}
	}
}

// checkView compares the folded view with the market's own books.
func checkView(t *testing.T, m *Market, v *View) {
	t.Helper()
	if got, want := v.Intervals(), m.Open(); !slices.Equal(got, want) {
		t.Fatalf("view has open books %v, want %v", got, want)
	}
	for _, b := range m.books {
		got, ok := v.Book(b.interval)
		if !ok || got.Open == b.closed {
			t.Fatalf("view of %s: known %t open %t, want open %t", b.interval, ok, got.Open, !b.closed)
		}
		for _, side := range []struct {
			ladder ladder
			levels []Level
		}{{b.bids, got.Bids}, {b.asks, got.Asks}} {
			var want []Level
			for i := len(side.ladder.levels) - 1; i >= 0; i-- {
				l := Level{Price: side.ladder.levels[i].price}
				for slot := side.ladder.levels[i].head; slot != none; slot = m.pool.orders[slot].next {
					o := &m.pool.orders[slot]
					l.Quantity, l.Orders = l.Quantity+o.rest, l.Orders+1
					if s := got.find(v, o.id, m.members[o.member]); s.Rest != o.rest || s.Status != Resting {
						t.Fatalf("view of order %d: %s %s, want resting %s", o.id, s.Status, s.Rest, o.rest)
					}
				}
				want = append(want, l)
			}
			if !slices.Equal(side.levels, want) {
				t.Fatalf("depth of %s:\ngot  %+v\nwant %+v", b.interval, side.levels, want)
			}
		}
	}
}

func (b Book) find(v *View, id uint64, member energy.Member) OrderState {
	for _, o := range v.Orders(member) {
		if o.Order == id {
			return o
		}
	}
	return OrderState{}
}

func TestReplayGivesEqualStateHash(t *testing.T) {
	f := newTraffic(7)
	var log []Command
	m := NewMarket(testRules())
	hashes := map[Digest]bool{m.StateHash(): true}
	for i := range 3000 {
		c := f.next()
		log = append(log, c)
		m.Apply(c)
		if i%100 == 0 {
			hashes[m.StateHash()] = true
		}
	}
	again := NewMarket(testRules())
	for _, c := range log {
		again.Apply(c)
	}
	if got, want := again.StateHash(), m.StateHash(); got != want {
		t.Errorf("replayed state %x, want %x", got, want)
	}
	if got, want := len(hashes), 31; got != want {
		t.Errorf("%d different states, want %d: the hash misses something", got, want)
	}
	other := testRules()
	other.Tick = 1
	if NewMarket(other).StateHash() == NewMarket(testRules()).StateHash() {
		t.Error("markets under different rules have one hash")
	}
}

// TestFullBook fills a book to its bound and shuts it: the events of one command stay countable.
func TestFullBook(t *testing.T) {
	iv, _ := energy.NewInterval(900, energy.FifteenMinutes)
	m := NewMarket(testRules())
	m.Apply(Command{Kind: OpenBook, Interval: iv})
	place := func(n int) Event {
		return m.Apply(Command{Kind: Place, Interval: iv, Member: "maria", ClientID: clientID(n), Side: Sell, Price: 1000, Quantity: 5})[0]
	}
	for n := range MaxResting {
		if e := place(n + 1); e.Kind != Accepted {
			t.Fatalf("order %d: %s %s, want accepted", n+1, e.Kind, e.Reason)
		}
	}
	if e := place(MaxResting + 1); e.Reason != BookIsFull {
		t.Errorf("one order too many: %s %s, want refused book-is-full", e.Kind, e.Reason)
	}
	if got, want := len(m.Apply(Command{Kind: CloseGate, Interval: iv})), MaxResting+1; got != want {
		t.Errorf("gate closure gave %d events, want %d", got, want)
	}
}

func TestReasonsSayWhatToDo(t *testing.T) {
	seen := map[string]Reason{}
	for r := UnknownInterval; r.Valid(); r++ {
		s := r.Sentence()
		if len(s) < 20 || !strings.HasSuffix(s, ".") {
			t.Errorf("reason %s: sentence %q is no sentence", r, s)
		}
		for _, key := range []string{s, r.String()} {
			if other, dup := seen[key]; dup {
				t.Errorf("reasons %d and %d share %q", other, r, key)
			}
			seen[key] = r
		}
	}
	if Reason(200).Sentence() == "" {
		t.Error("an unknown reason has no sentence")
	}
}

func TestRulesValidate(t *testing.T) {
	for name, spoil := range map[string]func(*Rules){
		"zone":     func(r *Rules) { r.Zone = "No Zone" },
		"length":   func(r *Rules) { r.Length = 7 },
		"collar":   func(r *Rules) { r.MinPrice = r.MaxPrice + 1 },
		"ceiling":  func(r *Rules) { r.MaxPrice = energy.MaxPrice + 1 },
		"tick":     func(r *Rules) { r.Tick = 0 },
		"quantity": func(r *Rules) { r.MaxQuantity = 0 },
		"too much": func(r *Rules) { r.MaxQuantity = energy.MaxEnergy + 1 },
	} {
		r := testRules()
		spoil(&r)
		if err := r.Validate(); !errors.Is(err, ErrRules) {
			t.Errorf("%s: got %v, want ErrRules", name, err)
		}
	}
	if err := testRules().Validate(); err != nil {
		t.Errorf("good rules: %v", err)
	}
}

func TestViewRefusesGaps(t *testing.T) {
	m, v := NewMarket(testRules()), NewView(2)
	iv, _ := energy.NewInterval(900, energy.FifteenMinutes)
	opened := m.Apply(Command{Kind: OpenBook, Interval: iv})[0]
	m.Apply(Command{Kind: OpenBook, Interval: iv.Next()})
	third := m.Apply(Command{Kind: OpenBook, Interval: iv.Add(2)})[0]
	for _, e := range []Event{opened, opened} {
		if err := v.Fold(e); err != nil {
			t.Errorf("fold %d: %v", e.Sequence, err)
		}
	}
	if err := v.Fold(third); !errors.Is(err, ErrGap) {
		t.Errorf("fold over a hole: got %v, want ErrGap", err)
	}
	if got, want := v.Sequence(), uint64(1); got != want {
		t.Errorf("view at %d, want %d", got, want)
	}
}

func TestViewForgetsOldIntervals(t *testing.T) {
	m, v := NewMarket(testRules()), NewView(2)
	iv, _ := energy.NewInterval(900, energy.FifteenMinutes)
	for i := range 6 {
		for _, kind := range []CommandKind{OpenBook, CloseGate} {
			for _, e := range m.Apply(Command{Kind: kind, Interval: iv.Add(i)}) {
				if err := v.Fold(e); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if got, want := v.Known(), []energy.Interval{iv.Add(4), iv.Add(5)}; !slices.Equal(got, want) {
		t.Errorf("view remembers %v, want %v", got, want)
	}
}
