package settlement

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// usualVAT is 20 % on everything but fees, which carry 10 %.
func usualVAT() map[Leg]Rate {
	rates := map[Leg]Rate{PlatformFee: 100_000}
	for _, l := range []Leg{TradePayment, ResidualImport, ResidualExport, NetworkCharge, LevyCharge, MarkupCharge} {
		rates[l] = 200_000
	}
	return rates
}

// TestEveryCharge is one trade of 10 kWh at 6 between near neighbours: 8 used, 7 generated, a tenth tolerated.
func TestEveryCharge(t *testing.T) {
	c := caseOf(map[energy.Member]home{"elif": {load: 8 * kwh}, "maria": {generated: 7 * kwh}}, trade(1, "elif", "maria", 10*kwh, 6*unit))
	c.Tariff = Tariff{Import: 8 * unit, Export: 4 * unit, Network: 3 * unit, Local: []energy.Price{unit}, Levy: unit / 2, Fee: unit / 10,
		FeeShare: 10_000, Band: 100_000, Markup: 2 * unit, VAT: usualVAT()}
	c.Distance = map[Pair]Class{{"elif", "maria"}: 1}
	c.Liable = map[energy.Member]bool{"maria": true}
	r := settle(t, c)
	elif, maria := member("elif"), member("maria")
	want := []string{
		"mint issuance maria 7000", "trade elif maria 60", "vat-trade elif tax 12", "delivery maria elif 7000",
		"fee elif platform 1.6", "vat-fee elif tax 0.16",
		"network-local elif network 8", "vat-network elif tax 1.6", // 8 kWh near, whatever maria generated
		"network-shortfall maria network 6", "vat-network maria tax 1.2", // 3 kWh
		"residual-export supplier elif 8", // elif is not liable
		"markup elif supplier 2", "vat-markup elif tax 0.4",
		"levy elif levy 4", "vat-levy elif tax 0.8",
		"residual-import maria supplier 24", "vat-residual-import maria tax 4.8",
		"markup maria supplier 4", "vat-markup maria tax 0.8",
	}
	var got []string
	for _, p := range r.Postings {
		name := func(a Account) string { return strings.TrimPrefix(a.Kind.String()+string(a.Owner), "member") }
		amount := energy.Money(p.Amount).Decimal().String()
		if p.Asset == EnergyAsset {
			amount = fmt.Sprint(p.Amount)
		}
		got = append(got, fmt.Sprintf("%s %s %s %s", p.Leg, name(p.From), name(p.To), amount))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := money(r, elif) + money(r, maria) + money(r, supplier) + money(r, network) + money(r, levy) + money(r, platform) + money(r, tax); got != 0 {
		t.Errorf("sum of all accounts: got %s, want 0", got)
	}
}

func TestVATIsAddedByWhoeverReceives(t *testing.T) {
	c := caseOf(map[energy.Member]home{"elif": {load: 1000}, "maria": {generated: 1000}}, trade(1, "elif", "maria", 1000, -unit))
	c.Tariff.VAT, c.Liable = usualVAT(), map[energy.Member]bool{"elif": true}
	r := settle(t, c)
	if got := money(r, member("maria")); got != -1.2e9 { // elif takes the energy off her hands, and is liable
		t.Errorf("seller at a negative price: got %s, want -1.2", got)
	}
	if got := money(r, tax); got != 0.2e9 {
		t.Errorf("tax: got %s, want 0.2", got)
	}
}

func drawTariff(t *rapid.T) Tariff {
	price := rapid.Int64Range(0, 4e6)
	rate := rapid.Int64Range(0, int64(MaxRate))
	export := price.Draw(t, "export") - 1e6
	tariff := Tariff{Export: energy.Price(export), Import: energy.Price(export + price.Draw(t, "spread")), Network: energy.Price(price.Draw(t, "network")),
		Levy: energy.Price(price.Draw(t, "levy")), Fee: energy.Price(price.Draw(t, "fee")), FeeShare: Rate(rate.Draw(t, "fee share")),
		Band: Rate(rate.Draw(t, "band")), Markup: energy.Price(price.Draw(t, "markup"))}
	for range rapid.IntRange(0, 2).Draw(t, "classes") {
		tariff.Local = append(tariff.Local, energy.Price(rapid.Int64Range(0, int64(tariff.Network)).Draw(t, "local")))
	}
	if rapid.Bool().Draw(t, "VAT") {
		tariff.VAT = map[Leg]Rate{}
		for leg := range usualVAT() {
			tariff.VAT[leg] = 200_000
		}
	}
	return tariff
}

// drawRichCase is drawCase with every part of a tariff, VAT status and distance.
func drawRichCase(t *rapid.T) Case {
	c := drawCase(t)
	c.Tariff = drawTariff(t)
	c.Distance, c.Liable = map[Pair]Class{}, map[energy.Member]bool{}
	for i, tr := range c.Trades {
		c.Distance[Pair{tr.Buyer, tr.Seller}] = Class(i % 3)
		c.Liable[tr.Seller] = i%2 == 0
	}
	return c
}

// drawMeters gives every meter of a case new values; some are not attested, and of these some are substituted.
func drawMeters(t *rapid.T, c Case) Case {
	amount := rapid.Int64Range(0, 5000)
	var leaves []oracle.Leaf
	c.Substitutes = nil
	for _, l := range c.Leaves {
		l.Import, l.Export = energy.WattHours(amount.Draw(t, "load")), energy.WattHours(amount.Draw(t, "generated"))
		switch rapid.IntRange(0, 3).Draw(t, "attested") {
		case 0:
			c.Substitutes = append(c.Substitutes, Substitute{l.Meter, l.Import, l.Export})
		case 1:
		default:
			leaves = append(leaves, l)
		}
	}
	c.Leaves = leaves
	return c
}

// comply sets the meters of a case, one for each member, to the net positions.
func comply(c Case, who func(energy.Member) bool) Case {
	c.Leaves = slices.Clone(c.Leaves)
	for i, l := range c.Leaves {
		if m := c.Owner[l.Meter]; who(m) {
			var p party
			for _, t := range c.Trades {
				if t.Buyer == m {
					p.bought += t.Quantity
				}
				if t.Seller == m {
					p.sold += t.Quantity
				}
			}
			c.Leaves[i].Import, c.Leaves[i].Export = p.position()
		}
	}
	return c
}

func TestACompliantPartyIsNeverWorseOffBecauseOfAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawRichCase(t)
		honest := rapid.SampledFrom(c.Leaves).Draw(t, "honest").Meter
		m := c.Owner[honest]
		good := settle(t, comply(c, func(energy.Member) bool { return true }))
		bad := settle(t, comply(c, func(who energy.Member) bool { return who == m }))
		if got, want := money(bad, member(m)), money(good, member(m)); got != want {
			t.Fatalf("%s: gets %s where others fail, %s where all comply", m, got, want)
		}
	})
}

// TestATradeWithoutEnergyGainsNobody adds a trade whose seller has nothing to a case: both together never gain.
func TestATradeWithoutEnergyGainsNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawRichCase(t)
		q := energy.WattHours(rapid.Int64Range(1, 5000).Draw(t, "quantity"))
		c.Owner["empty-grid"] = "empty"
		c.Leaves = append(c.Leaves, oracle.Leaf{Meter: "empty-grid", Quality: meter.Measured})
		buyer := c.Owner[c.Leaves[0].Meter]
		fictive := c
		fictive.Distance[Pair{buyer, "empty"}] = 1
		fictive.Trades = append(slices.Clone(c.Trades), trade(uint64(len(c.Trades)+1), buyer, "empty", q, energy.Price(rapid.Int64Range(-5e6, 9e6).Draw(t, "price"))))
		both := func(r Result) energy.Money { return money(r, member(buyer)) + money(r, member("empty")) }
		// Every VAT line may be rounded by half a unit, and what is one line without the trade may be two with it.
		if got, want := both(settle(t, fictive)), both(settle(t, c)); got > want+10 {
			t.Fatalf("%s and an empty roof get %s with a trade between them, %s without", buyer, got, want)
		}
	})
}

func TestEveryAssetSumsToZeroUnderEveryTariff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := settle(t, drawMeters(t, drawRichCase(t)))
		ids, sums := map[[32]byte]bool{}, map[Holding]int64{}
		for _, p := range r.Postings {
			if p.Amount <= 0 || p.Energy < 0 || p.From == p.To || ids[p.ID] {
				t.Fatalf("posting %+v: not positive, one-sided or repeated", p)
			}
			ids[p.ID] = true
			sums[Holding{p.From, p.Asset}] -= p.Amount
			sums[Holding{p.To, p.Asset}] += p.Amount
		}
		var totals [3]int64
		for h, v := range sums {
			totals[h.Asset] += v
			if institution := h.Account.Kind != MemberAccount && h.Account.Kind != SupplierAccount && h.Account.Kind != IssuanceAccount; institution && v < 0 {
				t.Fatalf("%s: pays %d", h.Account.Kind, -v)
			}
			if h.Account.Kind == MemberAccount && h.Asset == EnergyAsset && v < 0 {
				t.Fatalf("%s: gave %d Wh it never had", h.Account.Owner, -v)
			}
		}
		if totals != [3]int64{} {
			t.Fatalf("totals %v, want none", totals)
		}
	})
}

// accounts is the balance of every account after some runs.
func accounts(runs ...Result) map[Holding]int64 {
	sums := map[Holding]int64{}
	add := func(h Holding, v int64) {
		if sums[h] += v; sums[h] == 0 {
			delete(sums, h)
		}
	}
	for _, r := range runs {
		for _, p := range r.Postings {
			add(Holding{p.From, p.Asset}, -p.Amount)
			add(Holding{p.To, p.Asset}, p.Amount)
		}
	}
	return sums
}

func TestRunsCompose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawRichCase(t)
		runs := []Result{settle(t, c)}
		direct := runs[0]
		ids := map[[32]byte]bool{}
		for n := range rapid.IntRange(1, 3).Draw(t, "corrections") {
			before := c
			c = drawMeters(t, c)
			if rapid.Bool().Draw(t, "another tariff") {
				c.Tariff = drawTariff(t)
			}
			alone := c
			alone.Key.Run, alone.Before = 0, nil
			direct = settle(t, alone)
			c.Key.Run, c.Before = uint32(n+1), &before
			runs = append(runs, settle(t, c))
		}
		for _, r := range runs {
			for _, p := range r.Postings {
				if p.Amount <= 0 || p.Energy < 0 || ids[p.ID] {
					t.Fatalf("posting %+v: not positive or repeated", p)
				}
				ids[p.ID] = true
			}
		}
		if got, want := accounts(runs...), accounts(direct); !reflect.DeepEqual(got, want) {
			t.Fatalf("after %d runs: got %v, want %v", len(runs), got, want)
		}
		if got, want := runs[len(runs)-1].Deliveries, direct.Deliveries; !reflect.DeepEqual(got, want) {
			t.Fatalf("deliveries of the last run: got %v, want %v", got, want)
		}
	})
}

func TestARunWithoutNewsPostsNothing(t *testing.T) {
	c := caseOf(map[energy.Member]home{"elif": {load: 8 * kwh}, "maria": {generated: 7 * kwh}}, trade(1, "elif", "maria", 10*kwh, 6*unit))
	again := c
	again.Key.Run, again.Before = 1, &c
	if r := settle(t, again); len(r.Postings) != 0 || r.Delivered != 7*kwh {
		t.Errorf("got %d postings and %s delivered, want none and 7 kWh", len(r.Postings), r.Delivered)
	}
}

func TestASubstituteIsForMoneyUntilTheReadingComes(t *testing.T) {
	c := caseOf(map[energy.Member]home{"elif": {load: 8 * kwh}, "maria": {generated: 7 * kwh}}, trade(1, "elif", "maria", 10*kwh, 6*unit))
	known := slices.IndexFunc(c.Leaves, func(l oracle.Leaf) bool { return l.Meter == "elif-grid" })
	late := c
	late.Leaves = c.Leaves[known : known+1]
	late.Substitutes = []Substitute{{Meter: "maria-grid", Export: 9 * kwh}, {Meter: "elif-grid", Import: 1}}
	first := settle(t, late)
	if got := money(first, member("maria")); got != 52e9 || first.Delivered != 0 || first.Export != 0 || !slices.Equal(first.Estimated, []energy.Meter{"maria-grid"}) {
		t.Errorf("with a substitute: got %s, %s delivered, %s minted, estimated %v", got, first.Delivered, first.Export, first.Estimated)
	}
	c.Key.Run, c.Before, c.Substitutes = 1, &late, late.Substitutes
	second := settle(t, c)
	if got := money(first, member("maria")) + money(second, member("maria")); got != 36e9 || second.Delivered != 7*kwh || second.Estimated != nil {
		t.Errorf("with the reading: got %s, %s delivered, estimated %v", got, second.Delivered, second.Estimated)
	}
}

func TestRunsMustFollowOneAnother(t *testing.T) {
	zero := caseOf(nil)
	another := zero
	another.Key.Zone = "lane"
	for name, spoil := range map[string]func(*Case){
		"run 1 without run 0":   func(c *Case) { c.Before = nil },
		"run 0 after run 0":     func(c *Case) { c.Key.Run = 0 },
		"run 2 after run 0":     func(c *Case) { c.Key.Run = 2 },
		"run 0 of another zone": func(c *Case) { c.Before = &another },
	} {
		c := zero
		c.Key.Run, c.Before = 1, &zero
		spoil(&c)
		if _, err := Settle(c); !errors.Is(err, ErrCase) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSubstituteIsTheMedianOfEarlierDays(t *testing.T) {
	day := func(load, generated energy.WattHours) oracle.Leaf {
		return oracle.Leaf{Meter: "maria-grid", Import: load, Export: generated}
	}
	for _, test := range []struct {
		days []oracle.Leaf
		want Substitute
	}{
		{[]oracle.Leaf{day(3, 4)}, Substitute{"maria-grid", 3, 4}},
		{[]oracle.Leaf{day(9, 1), day(3, 2)}, Substitute{"maria-grid", 3, 1}},
		{[]oracle.Leaf{day(1000, 5), day(2, 6), day(1, 0)}, Substitute{"maria-grid", 2, 5}},
	} {
		if got, err := SubstituteFrom("maria-grid", test.days); err != nil || got != test.want {
			t.Errorf("%v: got %v, %v, want %v", test.days, got, err, test.want)
		}
	}
	for _, m := range []energy.Meter{"elif-grid", "maria-grid"} {
		days := []oracle.Leaf{day(1, 1)}
		if m == "maria-grid" {
			days = nil
		}
		if _, err := SubstituteFrom(m, days); !errors.Is(err, ErrCase) {
			t.Errorf("%s by %v: got %v", m, days, err)
		}
	}
}
