package charging_test

import (
	"errors"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/charging"
	"github.com/wattle/wattle/energy"
)

func price(t testing.TB, text string) energy.Price {
	t.Helper()
	p, err := energy.ParsePrice(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func money(t testing.TB, text string) energy.Money {
	t.Helper()
	m, err := energy.ParseMoney(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var noon = time.Date(2026, 6, 22, 12, 0, 0, 0, time.UTC) // a Monday

// session is periods from noon on: minutes, Wh, and whether the car only stands.
type part struct {
	minutes int
	energy  energy.WattHours
	parking bool
}

func periods(parts ...part) (all []charging.Period) {
	at := noon
	for _, p := range parts {
		end := at.Add(time.Duration(p.minutes) * time.Minute)
		all = append(all, charging.Period{Start: at, End: end, Energy: p.energy, Parking: p.parking})
		at = end
	}
	return all
}

func component(t testing.TB, kind charging.Kind, per string, step int64, vat charging.VAT) charging.Component {
	t.Helper()
	return charging.Component{Kind: kind, Price: price(t, per), Step: step, VAT: vat}
}

func tariff(elements ...charging.Element) charging.Tariff {
	return charging.Tariff{Currency: "EUR", Zone: time.UTC, Elements: elements}
}

func element(components ...charging.Component) charging.Element {
	return charging.Element{Components: components}
}

func TestPrice(t *testing.T) {
	kwh := component(t, charging.PerEnergy, "0.25", 1, 1000)
	mixed := tariff(element(component(t, charging.PerSession, "0.50", 1, 2000), kwh, component(t, charging.PerParking, "2.00", 900, 2000)))
	hours := tariff(element(component(t, charging.PerCharging, "2.00", 300, 1000)))
	idle := tariff(element(kwh, charging.Component{Kind: charging.PerParking, Price: price(t, "6"), Step: 60, Grace: 10 * time.Minute, VAT: 2000}))
	least, most, gross := tariff(element(kwh)), tariff(element(kwh)), tariff(element(kwh))
	least.Minimum, most.Maximum, gross.TaxIncluded = money(t, "0.50"), money(t, "2"), true
	day := element(component(t, charging.PerCharging, "1.20", 1800, 0), component(t, charging.PerParking, "1.00", 900, 0))
	evening := element(component(t, charging.PerCharging, "2.40", 900, 0), component(t, charging.PerParking, "1.00", 900, 0))
	day.Restriction, evening.Restriction = charging.Restriction{To: 13 * 60}, charging.Restriction{From: 13 * 60, To: 20 * 60}
	steps := tariff(day, evening)
	tiers := tariff(charging.Element{Components: []charging.Component{component(t, charging.PerEnergy, "0.10", 1, 0)}, Restriction: charging.Restriction{MaxEnergy: 5000}}, element(kwh))
	for _, c := range []struct {
		name            string
		tariff          charging.Tariff
		periods         []charging.Period
		net, tax, total string
	}{
		{"no session", least, nil, "0", "0", "0"},
		{"energy", tariff(element(kwh)), periods(part{60, 10_000, false}), "2.50", "0.25", "2.75"},
		{"fee, energy and parking up to the quarter hour", mixed, periods(part{60, 20_000, false}, part{20, 0, true}), "6.50", "0.80", "7.30"},
		{"nothing but the fee", mixed, periods(part{0, 0, false}), "0.50", "0.10", "0.60"},
		{"time up to five minutes", hours, periods(part{118, 15_342, false}), "4.00", "0.40", "4.40"},
		{"time on the step", hours, periods(part{60, 1, false}), "2.00", "0.20", "2.20"},
		{"within the grace", idle, periods(part{60, 10_000, false}, part{10, 0, true}), "2.50", "0.25", "2.75"},
		{"past the grace", idle, periods(part{60, 10_000, false}, part{25, 0, true}), "4.00", "0.55", "4.55"},
		{"the grace is one for the session", idle, periods(part{6, 0, true}, part{60, 10_000, false}, part{6, 0, true}), "2.70", "0.29", "2.99"},
		{"below the minimum", least, periods(part{60, 1000, false}), "0.50", "0.05", "0.55"},
		{"at the minimum", least, periods(part{60, 2000, false}), "0.50", "0.05", "0.55"},
		{"nothing metered, the minimum all the same", least, periods(part{1, 0, false}), "0.50", "0.05", "0.55"},
		{"below the maximum", most, periods(part{60, 7000, false}), "1.75", "0.175", "1.92"},
		{"above the maximum", most, periods(part{60, 50_000, false}), "2.00", "0.20", "2.20"},
		{"tax included", gross, periods(part{60, 11_000, false}), "2.50", "0.25", "2.75"},
		{"one price, its own step", steps, periods(part{31, 1, false}), "1.20", "0", "1.20"},
		{"the last step counts for all", steps, periods(part{60, 1, false}, part{16, 1, false}), "2.40", "0", "2.40"},
		{"only parking is rounded up", steps, periods(part{31, 1, false}, part{16, 0, true}), "1.12", "0", "1.12"},
		{"tiers by energy", tiers, periods(part{15, 5000, false}, part{15, 4000, false}), "1.50", "0.10", "1.60"},
	} {
		b, err := c.tariff.Price(c.periods)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if b.Net != money(t, c.net) || b.Tax != money(t, c.tax) || b.Total != money(t, c.total) {
			t.Errorf("%s: got %s + %s = %s, want %s + %s = %s", c.name, b.Net, b.Tax, b.Total, c.net, c.tax, c.total)
		}
	}
}

func TestPriceRefuses(t *testing.T) {
	good := tariff(element(component(t, charging.PerEnergy, "0.25", 1, 1000)))
	gap := periods(part{1, 1, false}, part{1, 1, false})
	gap[1].Start = gap[1].Start.Add(time.Second)
	back := periods(part{-1, 1, false})
	for _, bad := range [][]charging.Period{gap, back, periods(part{1, -1, false}), periods(part{600_000, 1, false})} {
		if _, err := good.Price(bad); !errors.Is(err, charging.ErrPeriods) {
			t.Errorf("%v: got %v, want %v", bad, err, charging.ErrPeriods)
		}
	}
	twice := component(t, charging.PerEnergy, "0.25", 1, 1000)
	none, negative, lost := good, tariff(element(component(t, charging.PerEnergy, "-0.25", 1, 0))), good
	none.Currency, lost.Zone = "euro", nil
	for _, bad := range []charging.Tariff{none, negative, lost, tariff(), tariff(element()), tariff(element(twice, twice))} {
		if _, err := bad.Price(nil); !errors.Is(err, charging.ErrTariff) {
			t.Errorf("%+v: got %v, want %v", bad, err, charging.ErrTariff)
		}
	}
}

func anyTariff(t *rapid.T) charging.Tariff {
	components := func(name string) (all []charging.Component) {
		for kind := charging.PerSession; kind <= charging.PerParking; kind++ {
			if rapid.Bool().Draw(t, name) || kind == charging.PerEnergy {
				c := charging.Component{Kind: kind, Price: energy.Price(rapid.Int64Range(0, 5e6).Draw(t, "price")), Step: rapid.Int64Range(0, 1000).Draw(t, "step"), VAT: charging.VAT(rapid.SampledFrom([]int{0, 550, 1000, 2000}).Draw(t, "vat"))}
				if kind == charging.PerParking {
					c.Grace = time.Duration(rapid.IntRange(0, 20).Draw(t, "grace")) * time.Minute
				}
				all = append(all, c)
			}
		}
		return all
	}
	out := tariff(element(components("first")...), element(components("second")...))
	out.Elements[0].Restriction = charging.Restriction{
		From: rapid.IntRange(0, 1440).Draw(t, "from"), To: rapid.IntRange(0, 1440).Draw(t, "to"),
		MaxEnergy:   energy.WattHours(rapid.SampledFrom([]int{0, 100, 1000}).Draw(t, "most")),
		MinDuration: time.Duration(rapid.SampledFrom([]int{0, 10, 30}).Draw(t, "after")) * time.Minute,
	}
	out.TaxIncluded = rapid.Bool().Draw(t, "included")
	out.Minimum = energy.Money(rapid.SampledFrom([]int64{0, 1e9, 3e9}).Draw(t, "minimum"))
	out.Maximum = energy.Money(rapid.SampledFrom([]int64{0, 3e9, 7e9}).Draw(t, "maximum"))
	return out
}

func anyPeriods(t *rapid.T) []charging.Period {
	var parts []part
	for range rapid.IntRange(1, 8).Draw(t, "periods") {
		parking := rapid.Bool().Draw(t, "parking")
		p := part{rapid.IntRange(0, 40).Draw(t, "minutes"), 0, parking}
		if !parking {
			p.energy = energy.WattHours(rapid.Int64Range(0, 2000).Draw(t, "wh"))
		}
		parts = append(parts, p)
	}
	return periods(parts...)
}

// naive prices a session second by second and Wh by Wh in fractions, without any rounding.
func naive(t charging.Tariff, all []charging.Period) *big.Rat {
	type unit struct {
		component charging.Component
		weight    *big.Rat // how many kWh, hours or sessions
	}
	var units []unit
	last := map[charging.Kind]charging.Component{}
	count := map[charging.Kind]int64{}
	var charged energy.WattHours
	parked := 0
	find := func(kind charging.Kind, at time.Time) (charging.Component, bool) {
		for _, e := range t.Elements {
			r, minute := e.Restriction, at.Hour()*60+at.Minute()
			day := r.From == r.To || r.From < r.To && r.From <= minute && minute < r.To || r.From > r.To && (r.From <= minute || minute < r.To)
			if !day || r.MaxEnergy > 0 && charged >= r.MaxEnergy || at.Sub(all[0].Start) < r.MinDuration {
				continue
			}
			for _, c := range e.Components {
				if c.Kind == kind {
					return c, true
				}
			}
		}
		return charging.Component{}, false
	}
	use := func(kind charging.Kind, c charging.Component, weight *big.Rat) {
		units, last[kind] = append(units, unit{c, weight}), c
		count[kind]++
	}
	if c, ok := find(charging.PerSession, all[0].Start); ok {
		use(charging.PerSession, c, big.NewRat(1, 1))
	}
	for _, p := range all {
		if c, ok := find(charging.PerEnergy, p.Start); ok {
			for range p.Energy {
				use(charging.PerEnergy, c, big.NewRat(1, 1000))
			}
		}
		kind := charging.PerCharging
		if p.Parking {
			kind = charging.PerParking
		}
		c, ok := find(kind, p.Start)
		for range int(p.End.Sub(p.Start) / time.Second) {
			if ok && (!p.Parking || parked >= int(c.Grace/time.Second)) {
				use(kind, c, big.NewRat(1, 3600))
			}
			if p.Parking {
				parked++
			}
		}
		charged += p.Energy
	}
	rounded := []charging.Kind{charging.PerEnergy, charging.PerCharging}
	if count[charging.PerParking] > 0 {
		rounded[1] = charging.PerParking
	}
	for _, kind := range rounded {
		for step := last[kind].Step; step > 1 && count[kind]%step != 0; {
			use(kind, last[kind], map[bool]*big.Rat{true: big.NewRat(1, 1000), false: big.NewRat(1, 3600)}[kind == charging.PerEnergy])
		}
	}
	sum, taxed := new(big.Rat), new(big.Rat)
	for _, u := range units {
		amount := new(big.Rat).Mul(big.NewRat(int64(u.component.Price), 1e6), u.weight)
		sum.Add(sum, amount)
		if !t.TaxIncluded {
			amount.Mul(amount, big.NewRat(int64(10_000+u.component.VAT), 10_000))
		}
		taxed.Add(taxed, amount)
	}
	limit := new(big.Rat)
	switch low, high := big.NewRat(int64(t.Minimum), 1e9), big.NewRat(int64(t.Maximum), 1e9); {
	case t.Maximum > 0 && sum.Cmp(high) > 0:
		limit = high
	case sum.Cmp(low) < 0:
		limit = low
	default:
		return taxed
	}
	if sum.Sign() == 0 {
		if !t.TaxIncluded {
			limit.Mul(limit, big.NewRat(int64(10_000+t.Elements[0].Components[0].VAT), 10_000))
		}
		return limit
	}
	return taxed.Mul(taxed, limit.Quo(limit, sum))
}

func TestPriceAgreesWithItsNaiveTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tariff, all := anyTariff(t), anyPeriods(t)
		b, err := tariff.Price(all)
		if err != nil {
			t.Fatal(err)
		}
		difference := new(big.Rat).Sub(naive(tariff, all), big.NewRat(int64(b.Net+b.Tax), 1e9))
		allowed := big.NewRat(20, 1e9) // a unit for each line and rate
		var metered energy.Money
		for _, l := range b.Lines {
			if l.Kind < charging.AtLeast {
				metered += l.Amount
			}
		}
		if metered > 0 && metered < tariff.Minimum {
			if metered < 1e7 {
				return // less than a cent lifted to the minimum: its rates of VAT are known to few places
			}
			allowed = big.NewRat(1, 1e6) // the minimum multiplies what the lines were rounded by
		}
		if difference.Abs(difference).Cmp(allowed) > 0 {
			t.Errorf("%+v\n%+v: off by %s", tariff, b, difference.FloatString(12))
		}
	})
}

func TestABillAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tariff, all := anyTariff(t), anyPeriods(t)
		b, err := tariff.Price(all)
		if err != nil {
			t.Fatal(err)
		}
		var lines, net, tax energy.Money
		for _, l := range b.Lines {
			lines += l.Amount
			if l.Billed < l.Measured {
				t.Errorf("%s: billed %d of %d measured", l.Kind, l.Billed, l.Measured)
			}
		}
		for _, x := range b.Taxes {
			net, tax = net+x.Net, tax+x.Tax
		}
		base := net
		if tariff.TaxIncluded {
			base += tax
		}
		if net != b.Net || tax != b.Tax || lines != base || b.Net+b.Tax+b.Rounding != b.Total || b.Total%1e7 != 0 {
			t.Errorf("it does not add up: %+v", b)
		}
		if b.Rounding > 5e6 || b.Rounding < -5e6 {
			t.Errorf("rounded by %s", b.Rounding)
		}
		if base < tariff.Minimum || tariff.Maximum > 0 && base > tariff.Maximum {
			t.Errorf("%s is outside %s and %s", base, tariff.Minimum, tariff.Maximum)
		}
	})
}
