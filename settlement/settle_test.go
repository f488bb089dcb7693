package settlement

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

var testKey = Key{Zone: "street", Interval: energy.IntervalAt(time.Date(2026, 6, 21, 8, 0, 0, 0, time.UTC), energy.FifteenMinutes)}

// kwh and units keep the vectors of the field readable: 10 kWh at 6 is 60 units of money.
const (
	kwh  = energy.WattHours(1000)
	unit = energy.Price(1e6)
)

type home struct{ load, generated energy.WattHours }

func caseOf(homes map[energy.Member]home, trades ...Trade) Case {
	c := Case{Key: testKey, Trades: trades, Owner: map[energy.Meter]energy.Member{},
		Tariff: Tariff{Import: 8 * unit, Export: 4 * unit}}
	for _, m := range slices.Sorted(maps.Keys(homes)) {
		h, id := homes[m], energy.Meter(string(m)+"-grid")
		c.Owner[id] = m
		c.Leaves = append(c.Leaves, oracle.Leaf{Meter: id, Import: h.load, Export: h.generated, Quality: meter.Measured})
	}
	return c
}

func trade(n uint64, buyer, seller energy.Member, q energy.WattHours, p energy.Price) Trade {
	return Trade{Sequence: n, Buyer: buyer, Seller: seller, Quantity: q, Price: p}
}

// money is the balance change of an account in whole units.
func money(r Result, a Account) energy.Money {
	var sum energy.Money
	for _, p := range r.Postings {
		if p.Asset == MoneyAsset && p.To == a {
			sum += energy.Money(p.Amount)
		}
		if p.Asset == MoneyAsset && p.From == a {
			sum -= energy.Money(p.Amount)
		}
	}
	return sum
}

func settle(t fataler, c Case) Result {
	t.Helper()
	r, err := Settle(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDeviationMethod(t *testing.T) {
	r := settle(t, caseOf(map[energy.Member]home{"elif": {load: 8 * kwh}, "maria": {generated: 7 * kwh}},
		trade(1, "elif", "maria", 10*kwh, 6*unit)))
	for _, want := range []struct {
		account Account
		units   energy.Money
	}{{member("elif"), -52}, {member("maria"), 36}, {Account{Kind: SupplierAccount}, 16}} {
		if got := money(r, want.account); got != want.units*1e9 {
			t.Errorf("%v: got %s, want %d", want.account, got, want.units)
		}
	}
	if r.Delivered != 7*kwh {
		t.Errorf("delivered: got %s, want 7 kWh", r.Delivered)
	}
}

func TestProvenanceRoutesStrandedEnergy(t *testing.T) {
	for _, test := range []struct {
		name  string
		homes map[energy.Member]home
		size  energy.WattHours
		want  []energy.WattHours
	}{
		{"published vector b", map[energy.Member]home{"b1": {load: 15}, "b2": {load: 10}, "s1": {generated: 15}, "s2": {generated: 10}},
			10, []energy.WattHours{5, 10, 10}},
		{"published vector c", map[energy.Member]home{"b1": {load: 100}, "b2": {load: 100}, "s1": {generated: 100}, "s2": {generated: 100}},
			100, []energy.WattHours{0, 100, 100}},
		{"nothing metered", nil, 10, []energy.WattHours{0, 0, 0}},
	} {
		r := settle(t, caseOf(test.homes, trade(1, "b1", "s1", test.size, unit), trade(2, "b1", "s2", test.size, unit),
			trade(3, "b2", "s1", test.size, unit)))
		var got []energy.WattHours
		for _, d := range r.Deliveries {
			got = append(got, d.Quantity)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestCompliantPartyIsUntouchedByAnothersDeviation(t *testing.T) {
	keeps := caseOf(map[energy.Member]home{"elif": {load: 1000}, "maria": {generated: 1000}}, trade(1, "elif", "maria", 1000, 6*unit))
	fails := caseOf(map[energy.Member]home{"elif": {load: 1000}, "maria": {}}, trade(1, "elif", "maria", 1000, 6*unit))
	if got, want := money(settle(t, fails), member("elif")), money(settle(t, keeps), member("elif")); got != want {
		t.Errorf("buyer with a failing seller: got %s, want %s", got, want)
	}
}

func TestNegativePriceIsPaidByTheSeller(t *testing.T) {
	r := settle(t, caseOf(map[energy.Member]home{"elif": {load: 1000}, "maria": {generated: 1000}}, trade(1, "elif", "maria", 1000, -unit)))
	if got := money(r, member("elif")); got != 1e9 {
		t.Errorf("buyer: got %s, want 1.00", got)
	}
}

func TestSettleRefuses(t *testing.T) {
	good := func() Case {
		return caseOf(map[energy.Member]home{"elif": {load: 1}, "maria": {generated: 1}}, trade(1, "elif", "maria", 1, unit))
	}
	for name, spoil := range map[string]func(*Case){
		"meter of nobody":    func(c *Case) { c.Leaves[0].Meter = "stranger" },
		"meter twice":        func(c *Case) { c.Leaves = append(c.Leaves, c.Leaves[0]) },
		"negative energy":    func(c *Case) { c.Leaves[0].Import = -1 },
		"trade twice":        func(c *Case) { c.Trades = append(c.Trades, c.Trades[0]) },
		"trade of nothing":   func(c *Case) { c.Trades[0].Quantity = 0 },
		"trade with oneself": func(c *Case) { c.Trades[0].Seller = c.Trades[0].Buyer },
		"export above import": func(c *Case) {
			c.Tariff.Export = c.Tariff.Import + 1
		},
	} {
		c := good()
		spoil(&c)
		if _, err := Settle(c); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

// drawCase makes a street of up to six members who trade at random and deviate at random.
func drawCase(t *rapid.T) Case {
	amount := rapid.Int64Range(0, 5000)
	n := rapid.IntRange(2, 6).Draw(t, "members")
	homes := map[energy.Member]home{}
	name := func(i int) energy.Member { return energy.Member(fmt.Sprintf("m%d", i)) }
	for i := range n {
		homes[name(i)] = home{energy.WattHours(amount.Draw(t, "load")), energy.WattHours(amount.Draw(t, "generated"))}
	}
	var trades []Trade
	for i := range rapid.IntRange(0, 12).Draw(t, "trades") {
		buyer := rapid.IntRange(0, n-1).Draw(t, "buyer")
		seller := (buyer + rapid.IntRange(1, n-1).Draw(t, "seller")) % n
		trades = append(trades, trade(uint64(i+1), name(buyer), name(seller), energy.WattHours(1+amount.Draw(t, "quantity")),
			energy.Price(rapid.Int64Range(-1e6, 9e6).Draw(t, "price"))))
	}
	c := caseOf(homes, trades...)
	c.Tariff.Network = 12345
	return c
}

func TestEverythingSumsToZeroAndStaysWithinWhatWasMetered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		r := settle(t, c)
		balances := map[Account]map[Asset]int64{}
		ids := map[[32]byte]bool{}
		for _, p := range r.Postings {
			if p.Amount <= 0 || p.From == p.To || ids[p.ID] {
				t.Fatalf("posting %+v: not positive, one-sided or repeated", p)
			}
			ids[p.ID] = true
			for a, v := range map[Account]int64{p.From: -p.Amount, p.To: p.Amount} {
				if balances[a] == nil {
					balances[a] = map[Asset]int64{}
				}
				balances[a][p.Asset] += v
			}
		}
		var export energy.WattHours
		for _, l := range c.Leaves {
			export += l.Export
		}
		if got := -balances[Account{Kind: IssuanceAccount}][EnergyAsset]; got != int64(export) {
			t.Fatalf("minted %d Wh, attested %d", got, export)
		}
		out, in := map[energy.Member]energy.WattHours{}, map[energy.Member]energy.WattHours{}
		for _, d := range r.Deliveries {
			if d.Quantity < 0 || d.Quantity > d.Trade.Quantity {
				t.Fatalf("delivered %s of %s", d.Quantity, d.Trade.Quantity)
			}
			out[d.Trade.Seller] += d.Quantity
			in[d.Trade.Buyer] += d.Quantity
		}
		parties, _ := newRoster(&c)
		for _, p := range parties.parties {
			m, e := p.member, p.attested
			if out[m] > e.generated || in[m] > e.load {
				t.Fatalf("%s: delivered %s of %s, took %s of %s", m, out[m], e.generated, in[m], e.load)
			}
			if balances[member(m)][EnergyAsset] < 0 {
				t.Fatalf("%s: negative energy", m)
			}
		}
		if got, want := r.Delivered, maximumFlow(c); got != want {
			t.Fatalf("delivered %s, maximum is %s", got, want)
		}
	})
}

func TestOrderOfInputDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		want := settle(t, c)
		c.Trades = rapid.Permutation(c.Trades).Draw(t, "trades in another order")
		c.Leaves = rapid.Permutation(c.Leaves).Draw(t, "leaves in another order")
		if got := settle(t, c); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// maximumFlow is the naive twin: depth-first augmentation by single watt-hours' worth of residual capacity on a matrix.
func maximumFlow(c Case) energy.WattHours {
	node := map[string]int{"source": 0, "sink": 1}
	id := func(name string) int {
		if _, ok := node[name]; !ok {
			node[name] = len(node)
		}
		return node[name]
	}
	parties, _ := newRoster(&c)
	const size = 40
	var capacity [size][size]energy.WattHours
	for _, t := range c.Trades {
		capacity[id("s "+string(t.Seller))][id("b "+string(t.Buyer))] += t.Quantity
	}
	for _, p := range parties.parties {
		capacity[0][id("s "+string(p.member))] = p.attested.generated
		capacity[id("b "+string(p.member))][1] = p.attested.load
	}
	var total energy.WattHours
	for {
		var seen [size]bool
		var visit func(at int, width energy.WattHours) energy.WattHours
		visit = func(at int, width energy.WattHours) energy.WattHours {
			if at == 1 {
				return width
			}
			seen[at] = true
			for next := range size {
				if w := min(width, capacity[at][next]); w > 0 && !seen[next] {
					if moved := visit(next, w); moved > 0 {
						capacity[at][next] -= moved
						capacity[next][at] += moved
						return moved
					}
				}
			}
			return 0
		}
		moved := visit(0, 1<<62)
		if moved == 0 {
			return total
		}
		total += moved
	}
}

// fataler is a test or a property test.
type fataler interface {
	Helper()
	Fatal(...any)
}
