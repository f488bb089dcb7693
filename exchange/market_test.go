package exchange

import (
	"errors"
	"flag"
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
	mid    int // price, in ticks
	recent []Command
}

func newTraffic(seed uint64) *traffic {
	return newTrafficUnder(seed, testRules())
}

func newTrafficUnder(seed uint64, r Rules) *traffic {
	mid := 1500
	if r.MinPrice == -r.MaxPrice {
		mid = -40 // around zero
	}
	return &traffic{rng: rand.New(rand.NewPCG(seed, 1)), rules: r, start: 1_782_000_000 / 900 * 900, mid: mid}
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
	case n < 9:
		return Command{Kind: OpenBook, Interval: f.interval()}
	case n < 10 && f.rng.IntN(3) == 0:
		return Command{Kind: CloseGate, Interval: f.interval()}
	case n < 200 && len(f.recent) > 0:
		old := f.recent[f.rng.IntN(len(f.recent))]
		return Command{Kind: Cancel, Member: old.Member, ClientID: old.ClientID}
	case n < 260 && len(f.recent) > 0:
		old := f.recent[f.rng.IntN(len(f.recent))]
		old.Kind = Amend
		f.vary(&old)
		return old
	case n < 280 && len(f.recent) > 0:
		old := f.recent[f.rng.IntN(len(f.recent))] // sent twice
		if f.rng.IntN(4) == 0 {
			f.vary(&old)
		}
		return old
	case n < 290:
		return f.nonsense()
	case n < 340:
		return f.operator()
	}
	f.serial++
	c := Command{
		Kind: Place, Interval: f.interval(), Member: f.member(), ClientID: clientID(f.serial), Side: Buy,
		Price: energy.Price(f.mid+f.rng.IntN(60)) * f.rules.Tick, Quantity: f.quantity(), Session: []uint64{0, 1, 2, LastingSession}[f.rng.IntN(4)],
	}
	if f.rng.IntN(2) == 0 {
		c.Side, c.Price = Sell, c.Price+20*f.rules.Tick
	}
	if f.rng.IntN(3) == 0 {
		c.Type, c.SelfTrade = OrderType(f.rng.IntN(5)), SelfTrading(f.rng.IntN(4))
	}
	if f.rng.IntN(4) == 0 {
		c.GoodTill = f.start*1000 + f.clock + int64(f.rng.IntN(2000)) - 5
	}
	switch f.rng.IntN(500) {
	case 0:
		c.Price += f.rules.Tick / 2
	case 1:
		c.Price += f.rules.MaxPrice
	case 2:
		c.Price = f.rules.MinPrice - f.rules.Tick
	case 3:
		c.Quantity++
	case 4:
		c.Quantity = -c.Quantity
	}
	f.recent = append(f.recent, c)
	if len(f.recent) > 80 {
		f.recent = slices.Delete(f.recent, 0, 40)
	}
	return c
}

func (f *traffic) quantity() energy.WattHours {
	lot := f.rules.lot()
	return lot * energy.WattHours(1+f.rng.IntN(5000/int(lot)))
}

// vary changes an order in one of the ways an amendment may.
func (f *traffic) vary(c *Command) {
	switch f.rng.IntN(5) {
	case 0:
		c.Quantity = f.quantity()
	case 1:
		c.Quantity = (c.Quantity/2 + f.rules.lot()) / f.rules.lot() * f.rules.lot()
	case 2:
		c.Price += energy.Price(f.rng.IntN(41)-20) * f.rules.Tick
	case 3:
		c.GoodTill = f.start*1000 + f.clock + int64(f.rng.IntN(400))
	case 4:
		c.Price += energy.Price(f.rng.IntN(21)-10) * f.rules.Tick
		c.Quantity = f.quantity()
	}
}

// operator is what is not a member's own wish.
func (f *traffic) operator() Command {
	scopes := []Scope{ScopeMember, ScopeFleet, ScopeSession, ScopeZone, ScopePlatform}
	c := Command{Member: f.member(), Group: uint32(f.rng.IntN(4)), Session: uint64(f.rng.IntN(3)), Scope: scopes[f.rng.IntN(3)]}
	if f.rng.IntN(6) == 0 {
		c.Scope = scopes[f.rng.IntN(5)]
	}
	switch n := f.rng.IntN(20); {
	case n < 2:
		c.Kind = CancelAll
		if f.rng.IntN(8) == 0 {
			c.Scope, c.Member, c.Session = ScopeSession, "", 0
		}
	case n < 3:
		c.Kind = Halt
		if f.rng.IntN(10) == 0 {
			c.Scope = scopes[f.rng.IntN(5)]
		}
	case n < 9:
		c.Kind = Resume
		c.Scope = scopes[f.rng.IntN(5)]
	case n < 12:
		c.Kind, c.Scope = Assign, []Scope{ScopeHousehold, ScopeFleet, ScopeFleet, ScopeFeeder, Scope(f.rng.IntN(9))}[f.rng.IntN(5)]
	case n < 15:
		c.Kind, c.Amount = SetCollateral, energy.Money(f.rng.IntN(2_000_000_000))*5-5
		if f.rng.IntN(2) == 0 {
			c.Interval = f.interval()
		}
	case n < 18:
		c.Kind, c.Side, c.Quantity, c.Interval = SetHeadroom, Side(1+f.rng.IntN(2)), energy.WattHours(f.rng.IntN(200_000)-50), f.interval()
	default:
		c.Kind = PassTime
	}
	return c
}

func (f *traffic) nonsense() Command {
	odd := []int64{0, -1, 1, 150_050, 1 << 62, -1 << 63, 1<<63 - 1}
	pick := func() int64 { return odd[f.rng.IntN(len(odd))] }
	f.serial++
	c := Command{
		Kind: CommandKind(f.rng.IntN(14)), Member: f.member(), ClientID: clientID(f.serial * f.rng.IntN(2)), Side: Side(f.rng.IntN(4)),
		Price: energy.Price(pick()), Quantity: energy.WattHours(pick()), Type: OrderType(f.rng.IntN(7)), SelfTrade: SelfTrading(f.rng.IntN(5)),
		GoodTill: pick(), Session: uint64(pick()), Scope: Scope(f.rng.IntN(9)), Group: uint32(pick()), Amount: energy.Money(pick()),
	}
	if c.Kind == Halt { // once in a while is enough
		c.Kind = Cancel
	}
	if f.rng.IntN(2) == 0 {
		c.Interval = f.interval()
	}
	if f.rng.IntN(8) == 0 {
		c.Interval = energy.Interval{}
	}
	if f.rng.IntN(3) == 0 {
		c.Member = energy.Member(strings.Repeat("Not a name ", f.rng.IntN(5)))
	}
	return c
}

// variants are the rules that random traffic is tried under.
func variants() map[string]Rules {
	plain := testRules()
	limited := testRules()
	limited.Collateral, limited.Headroom, limited.Lot, limited.MinQuantity, limited.SelfTrade = Trim, Trim, 5, 20, CancelOldest
	strict := testRules()
	strict.MinPrice, strict.Collateral, strict.Headroom, strict.SelfTrade = -500_000, Refuse, Refuse, CancelBoth
	wide := testRules()
	wide.Tick = 1
	poor := limited
	poor.Headroom = Unlimited
	return map[string]Rules{"plain": plain, "limited": limited, "strict": strict, "wide": wide, "poor": poor}
}

var long = flag.Int("commands", 100_000, "how many random commands TestTwin tries")

// TestTwin drives the market and its naive twin with the same traffic: every event must be equal, the invariants hold
// after each command, and a market restored from a snapshot goes on as the one it was taken of.
func TestTwin(t *testing.T) {
	kinds := map[string]int{}
	for name, rules := range variants() {
		t.Run(name, func(t *testing.T) {
			const each = 5000
			for seed := range uint64(max(1, *long/each/len(variants()))) {
				twinRun(t, rules, seed, each, kinds)
			}
		})
	}
	for _, want := range []string{"traded none", "expired none", "expired time-reached", "cancelled self-trade", "cancelled at-members-wish",
		"cancelled unfilled", "cancelled session-ended", "cancelled by-operator", "cancelled member-halted", "cancelled fleet-halted",
		"amended none", "amended trimmed-to-collateral", "accepted trimmed-to-collateral", "accepted trimmed-to-headroom",
		"refused duplicate-id", "refused reused-id", "refused order-is-done", "refused unknown-order", "refused book-is-closed",
		"refused unknown-interval", "refused misaligned-interval", "refused bad-command", "refused bad-quantity", "refused overflow",
		"refused below-minimum", "refused off-lot", "refused price-outside-collar", "refused price-off-tick", "refused already-open",
		"refused unfillable", "refused would-trade", "refused good-till-passed", "refused no-collateral", "refused no-headroom",
		"refused member-halted", "refused fleet-halted", "refused zone-halted", "refused platform-halted", "refused has-orders",
		"refused time-went-back", "halted none", "resumed none", "swept none", "assigned none", "collateral-set none", "headroom-set none",
		"time-passed none"} {
		if kinds[want] == 0 {
			t.Errorf("the traffic never led to %q: it tests less than it says", want)
		}
	}
}

func twinRun(t *testing.T, rules Rules, seed uint64, commands int, kinds map[string]int) {
	f, m, w, v := newTrafficUnder(seed, rules), NewMarket(rules), newTwin(rules), NewView(3)
	book := newLedger()
	for i := range commands {
		c := f.next()
		got, want := m.Apply(c), w.apply(c)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d command %d %+v:\ngot  %+v\nwant %+v", seed, i, c, got, want)
		}
		for _, e := range got {
			kinds[e.Kind.String()+" "+e.Reason.String()]++
			book.post(t, rules, e)
			if err := v.Fold(e); err != nil {
				t.Fatal(err)
			}
		}
		if i%7 == 0 {
			checkInvariants(t, m)
		}
		if i%500 == 0 {
			checkView(t, m, v)
			book.check(t, m)
		}
		if i%1000 == 999 {
			m = throughSnapshot(t, m)
		}
	}
}

// throughSnapshot returns the market restored from a snapshot of m.
func throughSnapshot(t *testing.T, m *Market) *Market {
	t.Helper()
	again, err := Restore(m.rules, m.AppendSnapshot(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := again.StateHash(), m.StateHash(); got != want {
		t.Fatalf("restored state %x, want %x", got, want)
	}
	checkInvariants(t, again)
	return again
}

// ledger follows the energy of every order: ordered = traded + left + resting.
type ledger struct {
	open           map[uint64]energy.WattHours
	bought, sold   energy.WattHours
	ordered, ended energy.WattHours
}

func newLedger() *ledger { return &ledger{open: map[uint64]energy.WattHours{}} }

func (l *ledger) post(t *testing.T, r Rules, e Event) {
	switch e.Kind {
	case Accepted:
		l.open[e.Order] = e.Rest
		l.ordered += e.Rest
	case Amended:
		l.ordered += e.Rest - l.open[e.Order]
		l.open[e.Order] = e.Rest
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
		if e.Price < r.MinPrice || e.Price > r.MaxPrice || e.Quantity <= 0 {
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
	for _, b := range openBooks(m) {
		m.match.each(b.number, func(slot uint32) { resting += energy.WattHours(m.match.orders[slot].rest) })
	}
	if got, want := l.bought+l.sold+l.ended+resting, l.ordered; got != want {
		t.Fatalf("traded, left and resting are %s, want what was ordered, %s", got, want)
	}
}

func openBooks(m *Market) (open []*book) {
	for _, b := range m.books {
		if !b.closed {
			open = append(open, b)
		}
	}
	return open
}

// checkInvariants: never crossed, levels in order, queues in order of entry, counts true, and reservations equal to what
// is exposed.
func checkInvariants(t *testing.T, m *Market) {
	t.Helper()
	reserved := make([]energy.Money, len(m.accounts))
	count := 0
	for _, b := range openBooks(m) {
		q := &m.match.books[b.number]
		if q.bid >= q.ask {
			t.Fatalf("book %s is crossed: bid %d, ask %d", b.interval, q.bid, q.ask)
		}
		used := map[headroom]energy.WattHours{}
		in, last := 0, uint32(0)
		m.match.each(b.number, func(slot uint32) {
			in++
			checkOrder(t, m, b, slot, last)
			last = slot
			o, d := &m.match.orders[slot], &m.details[slot]
			reserved[d.member] += m.heldBy(slot)
			used[headroom{feeder: m.accounts[d.member].feeder, side: o.side}] += energy.WattHours(o.rest)
		})
		if in != m.match.Waiting(b.number) {
			t.Fatalf("book %s counts %d orders, want %d", b.interval, m.match.Waiting(b.number), in)
		}
		count += in
		for _, r := range b.rooms {
			if rest := used[headroom{feeder: r.feeder, side: r.side}]; m.rules.Headroom != Unlimited && r.used < rest {
				t.Fatalf("feeder %d has %s in use, but orders rest for %s", r.feeder, r.used, rest)
			}
		}
	}
	checkAccounts(t, m, reserved, count)
}

func checkOrder(t *testing.T, m *Market, b *book, slot, before uint32) {
	t.Helper()
	o, d := &m.match.orders[slot], &m.details[slot]
	known := m.outcomes.find(d.member, &d.client)
	if o.rest == 0 || o.rest > d.quantity || o.book != b.number || known == nil || known.id != o.id || m.resting(d.member, &d.client) != slot {
		t.Fatalf("order %d rests with %d of %d, known as %+v", o.id, o.rest, d.quantity, known)
	}
	if last := &m.match.orders[before]; before != 0 && last.side == o.side {
		worse := last.level > o.level
		if o.side == Sell {
			worse = last.level < o.level
		}
		if !worse && (last.level != o.level || m.details[before].entered >= d.entered) {
			t.Fatalf("order %d at %d stands behind %d at %d", o.id, o.level, last.id, last.level)
		}
	}
}

func checkAccounts(t *testing.T, m *Market, reserved []energy.Money, count int) {
	t.Helper()
	committed := make([]energy.Money, len(m.accounts))
	for c, cost := range m.costs() {
		committed[c.member()] += cost
	}
	for i := range m.accounts {
		a := &m.accounts[i]
		if m.rules.Collateral == Unlimited {
			reserved[i] = 0
		}
		if a.reserved != reserved[i] || a.committed != committed[i] {
			t.Fatalf("%s has reserved %d and committed %d, want %d and %d", a.name, a.reserved, a.committed, reserved[i], committed[i])
		}
		last := uint64(0)
		for slot := a.first; slot != 0; slot = m.details[slot].next {
			if d := &m.details[slot]; int(d.member) != i || d.entered <= last {
				t.Fatalf("%s has the order in slot %d, entered at %d after %d", a.name, slot, d.entered, last)
			}
			last = m.details[slot].entered
			count--
		}
	}
	if count != 0 {
		t.Fatalf("members have %d orders more than books", -count)
	}
}

// checkView compares the folded view with the market's own books.
func checkView(t *testing.T, m *Market, v *View) {
	t.Helper()
	if got, want := v.Intervals(), m.Open(); !slices.Equal(got, want) {
		t.Fatalf("view has open books %v, want %v", got, want)
	}
	checkNames(t, v)
	for _, b := range m.books {
		got, ok := v.Book(b.interval)
		if !ok && b.closed {
			continue // forgotten
		}
		if !ok || got.Open == b.closed {
			t.Fatalf("view of %s: known %t open %t, want open %t", b.interval, ok, got.Open, !b.closed)
		}
		var bids, asks []Level
		if !b.closed {
			bids, asks = depth(t, m, v, b)
		}
		if !slices.Equal(got.Bids, bids) || !slices.Equal(got.Asks, asks) {
			t.Fatalf("depth of %s:\ngot  %+v %+v\nwant %+v %+v", b.interval, got.Bids, got.Asks, bids, asks)
		}
	}
}

// checkNames looks every order up by its name.
func checkNames(t *testing.T, v *View) {
	t.Helper()
	newest := map[identity]OrderState{}
	for _, b := range v.books {
		for _, o := range b.orders {
			if name := (identity{o.Member, o.ClientID}); o.Order >= newest[name].Order {
				newest[name] = *o
			}
		}
	}
	for name, want := range newest {
		if got, ok := v.Order(name.member, name.client); !ok || got != want {
			t.Fatalf("by name: got %+v, %t, want %+v", got, ok, want)
		}
	}
	if len(v.names) != len(newest) {
		t.Fatalf("%d orders are known by name, want %d", len(v.names), len(newest))
	}
}

func depth(t *testing.T, m *Market, v *View, b *book) (bids, asks []Level) {
	t.Helper()
	states := v.book(b.interval).orders
	m.match.each(b.number, func(slot uint32) {
		o, d := &m.match.orders[slot], &m.details[slot]
		levels, price := &bids, m.price(o.level)
		if o.side == Sell {
			levels = &asks
		}
		if n := len(*levels); n == 0 || (*levels)[n-1].Price != price {
			*levels = append(*levels, Level{Price: price})
		}
		l := &(*levels)[len(*levels)-1]
		l.Quantity, l.Orders = l.Quantity+energy.WattHours(o.rest), l.Orders+1
		s := states[o.id]
		if s == nil || s.Rest != energy.WattHours(o.rest) || s.Status != Resting || s.Quantity != s.Traded+s.Rest && s.Reason == NoReason ||
			s.GoodTill != d.till || s.Type != d.kind || s.Price != price {
			t.Fatalf("view of order %d: %+v, want resting %d", o.id, s, o.rest)
		}
	})
	return bids, asks
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
