package exchange

import (
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/wattle/wattle/energy"
)

// lively is a market with books, orders, limits and identities.
func lively(t testing.TB, rules Rules) *Market {
	t.Helper()
	m := NewMarket(rules)
	f := newTrafficUnder(3, rules)
	for range 3000 {
		m.Apply(f.next())
	}
	for _, scope := range []Scope{ScopeZone, ScopePlatform} {
		m.Apply(Command{Kind: Resume, Time: m.Time(), Scope: scope})
	}
	if len(m.Open()) == 0 {
		t.Fatal("no book is open")
	}
	m.Apply(Command{Kind: Resume, Time: m.Time(), Scope: ScopeMember, Member: "maria"})
	return m
}

// TestBadInputChangesNothing: each kind of bad input is refused for its own reason, and what can trade stays as it is.
func TestBadInputChangesNothing(t *testing.T) {
	rules := testRules()
	rules.Lot, rules.MinQuantity = 5, 20
	m := lively(t, rules)
	open := m.Open()
	closed, _ := energy.NewInterval(1_782_000_000/900*900-900, energy.FifteenMinutes)
	m.Apply(Command{Kind: OpenBook, Time: m.Time(), Interval: closed})
	m.Apply(Command{Kind: CloseGate, Time: m.Time(), Interval: closed})
	hour, _ := energy.NewInterval(open[0].StartUnix()/3600*3600, energy.OneHour)
	good := Command{Kind: Place, Time: m.Time(), Interval: open[0], Member: "maria", ClientID: clientID(1_000_000), Side: Buy, Price: 100, Quantity: 100}
	if e := m.Apply(good)[0]; e.Kind != Accepted {
		t.Fatalf("the good order: %s %s", e.Kind, e.Reason)
	}
	for i, c := range []struct {
		want  Reason
		spoil func(*Command)
	}{
		{UnknownInterval, func(c *Command) { c.Interval = open[0].Add(5000) }},
		{BookIsClosed, func(c *Command) { c.Interval = closed }},
		{MisalignedInterval, func(c *Command) { c.Interval = hour }},
		{BadQuantity, func(c *Command) { c.Quantity = 0 }},
		{BadQuantity, func(c *Command) { c.Quantity = -100 }},
		{BelowMinimum, func(c *Command) { c.Quantity = 15 }},
		{OffLot, func(c *Command) { c.Quantity = 101 }},
		{Overflow, func(c *Command) { c.Quantity = 1<<63 - 1 }},
		{Overflow, func(c *Command) { c.Price = -1 << 63 }},
		{Overflow, func(c *Command) { c.GoodTill = 1 << 62 }},
		{PriceOffTick, func(c *Command) { c.Price = 101 }},
		{PriceOutsideCollar, func(c *Command) { c.Price = 600_000 }},
		{GoodTillPassed, func(c *Command) { c.GoodTill = m.Time() }},
		{ReusedID, func(c *Command) { c.ClientID, c.Quantity = good.ClientID, 105 }},
		{DuplicateID, func(c *Command) { c.ClientID = good.ClientID }},
		{BadCommand, func(c *Command) { c.Side = 3 }},
		{BadCommand, func(c *Command) { c.Member = "No Name" }},
		{BadCommand, func(c *Command) { c.Kind = 200 }},
		{TimeWentBack, func(c *Command) { c.Time-- }},
		{UnknownOrder, func(c *Command) { c.Kind = Cancel }},
		{UnknownOrder, func(c *Command) { c.Kind = Amend }},
		{BadCommand, func(c *Command) { c.Kind, c.Scope = CancelAll, ScopePlatform }},
		{BadCommand, func(c *Command) { c.Kind, c.Amount = SetCollateral, -1 }},
		{Overflow, func(c *Command) { c.Kind, c.Quantity = SetHeadroom, -1 }},
		{HasOrders, func(c *Command) { c.Kind, c.Scope, c.Group = Assign, ScopeFleet, 1 }},
	} {
		bad := good
		bad.ClientID, bad.Time = clientID(1_000_001+i), m.Time()
		c.spoil(&bad)
		before := m.BooksHash()
		if why := rules.Check(bad); why != NoReason && why != c.want {
			t.Errorf("input %d: the rules say %s, the market %s", i, why, c.want)
		} else if why == NoReason && slices.Contains([]Reason{BadQuantity, BelowMinimum, OffLot, Overflow, PriceOffTick, PriceOutsideCollar, MisalignedInterval}, c.want) && bad.Kind == Place {
			t.Errorf("input %d: the rules let pass what no market takes: %s", i, c.want)
		}
		if e := m.Apply(bad); len(e) != 1 || e[0].Kind != Refused || e[0].Reason != c.want {
			t.Errorf("input %d: got %s %s and %d events, want refused %s", i, e[0].Kind, e[0].Reason, len(e), c.want)
		}
		if m.BooksHash() != before {
			t.Errorf("input %d, refused as %s, changed the books", i, c.want)
		}
	}
}

// TestMalformedBytesNeverReachTheMarket: what cannot be decoded is no command.
func TestMalformedBytesNeverReachTheMarket(t *testing.T) {
	iv, _ := energy.NewInterval(900, energy.FifteenMinutes)
	good := AppendCommand(nil, Command{Kind: Place, Interval: iv, Member: "maria", ClientID: clientID(1), Side: Buy, Price: 100, Quantity: 100})
	for name, spoil := range map[string]func([]byte) []byte{
		"short":               func(b []byte) []byte { return b[1:] },
		"long":                func(b []byte) []byte { return append(b, 0) },
		"no kind":             func(b []byte) []byte { b[0] = 0; return b },
		"before 1970":         func(b []byte) []byte { b[1] = 0x80; return b },
		"misaligned interval": func(b []byte) []byte { b[16] = 1; return b },
		"no length":           func(b []byte) []byte { b[20] = 1; return b },
		"no name":             func(b []byte) []byte { b[21] = 'M'; return b },
		"no side":             func(b []byte) []byte { b[69] = 9; return b },
		"no type":             func(b []byte) []byte { b[86] = 9; return b },
	} {
		if _, err := DecodeCommand(spoil(slices.Clone(good))); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
	if _, err := DecodeCommand(good); err != nil {
		t.Errorf("good bytes: %v", err)
	}
}

// TestPoisonedCommand: an order whose checks panic is refused, changes nothing, and is refused from then on under any
// id, also by a market restored from a snapshot.
func TestPoisonedCommand(t *testing.T) {
	m := lively(t, testRules())
	c := Command{Kind: Place, Time: m.Time(), Interval: m.Open()[0], Member: "never-met", ClientID: clientID(7), Side: Buy, Price: 100, Quantity: 123}
	m.probe = func(c Command) {
		if c.Quantity == 123 && c.ClientID == clientID(7) {
			panic("a defect")
		}
	}
	accounts, identities, before := len(m.accounts), m.outcomes.count(), m.AppendSnapshot(nil)
	if e := m.Apply(c); len(e) != 1 || e[0].Kind != Refused || e[0].Reason != Poisoned || e[0].ClientID != c.ClientID {
		t.Fatalf("got %+v, want refused poisoned", e)
	}
	if len(m.accounts) != accounts || m.outcomes.count() != identities || len(m.AppendSnapshot(nil)) != len(before)+8 {
		t.Error("the poisoned order left a trace besides its digest")
	}
	for name, market := range map[string]*Market{"the same": m, "restored": throughSnapshot(t, m)} {
		again := c
		again.ClientID = clientID(8)
		if e := market.Apply(again)[0]; e.Reason != Poisoned {
			t.Errorf("%s market, another id: %s %s, want refused poisoned", name, e.Kind, e.Reason)
		}
		again.Quantity++
		if e := market.Apply(again)[0]; e.Kind != Accepted {
			t.Errorf("%s market, another order: %s %s, want accepted", name, e.Kind, e.Reason)
		}
		checkInvariants(t, market)
	}
}

// TestEveryProcessorCountGivesTheSameState replays one log with several settings of the scheduler.
func TestEveryProcessorCountGivesTheSameState(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	hashes := map[Digest][]int{}
	for _, n := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(n)
		hash := lively(t, testRules()).StateHash()
		hashes[hash] = append(hashes[hash], n)
	}
	if len(hashes) != 1 {
		t.Errorf("states differ by the number of processors: %v", hashes)
	}
}

// TestIdentitiesAreKeptForSevenDays: a repeat within Retention is known, also after others were forgotten.
func TestIdentitiesAreKeptForSevenDays(t *testing.T) {
	m := NewMarket(testRules())
	iv, _ := energy.NewInterval(1_782_000_000/900*900, energy.FifteenMinutes)
	m.Apply(Command{Kind: OpenBook, Interval: iv})
	start := int64(1_782_000_000_000)
	order := func(n int, after int64) Reason {
		return m.Apply(Command{Kind: Place, Time: start + after, Interval: iv, Member: "maria", ClientID: clientID(n), Side: Buy, Price: 100, Quantity: 100, Type: ImmediateOrCancel})[0].Reason
	}
	const minute = 60_000
	for n := range 20_000 {
		if why := order(n+1, int64(n)); why != NoReason {
			t.Fatalf("order %d: %s", n+1, why)
		}
	}
	if why := order(1, Retention); why != DuplicateID {
		t.Errorf("after seven days: %s, want duplicate-id", why)
	}
	for n := range 10_000 { // each makes the market forget a few
		order(30_001+n, Retention+minute)
	}
	if got, want := m.outcomes.count(), 10_000; got != want {
		t.Errorf("%d identities are kept, want the newest %d", got, want)
	}
	for n := range 10_000 {
		if why := order(30_001+n, Retention+minute); why != DuplicateID {
			t.Fatalf("order %d again: %s, want duplicate-id", 30_001+n, why)
		}
	}
	throughSnapshot(t, m)
}
