package energy_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

func TestParseReadsWhatIsPrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := energy.WattHours(rapid.Int64Range(0, int64(energy.MaxEnergy)).Draw(t, "energy"))
		if got, err := energy.ParseKilowattHours(e.KilowattHours().String()); err != nil || got != e {
			t.Fatalf("energy %s printed %s: got %s, %v", e, e.KilowattHours(), got, err)
		}
		p := energy.Price(rapid.Int64Range(-int64(energy.MaxPrice), int64(energy.MaxPrice)).Draw(t, "price"))
		if got, err := energy.ParsePrice(p.String()); err != nil || got != p {
			t.Fatalf("price %d printed %s: got %d, %v", int64(p), p, int64(got), err)
		}
		m := energy.Money(anyInt64().Draw(t, "money"))
		if got, err := energy.ParseMoney(m.String()); err != nil || got != m {
			t.Fatalf("money %d printed %s: got %d, %v", int64(m), m, int64(got), err)
		}
	})
}

func TestStrings(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{energy.WattHours(3412).String(), "3412Wh"},
		{energy.WattHours(3412).KilowattHours().String(), "3.412"},
		{energy.Watts(-250).String(), "-250W"},
		{energy.Price(182_000).String(), "0.1820"},
		{energy.Price(182_001).String(), "0.182001"},
		{energy.Price(-1).String(), "-0.000001"},
		{energy.Money(12_340_000_000).String(), "12.34"},
		{energy.Money(1).String(), "0.000000001"},
		{energy.Money(0).String(), "0.00"},
		{energy.Money(math.MinInt64).String(), "-9223372036.854775808"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestRoundCentsIsHalfToEven(t *testing.T) {
	for m, want := range map[energy.Money]string{
		5_000_000: "0.00", 5_000_001: "0.01", 15_000_000: "0.02", 25_000_000: "0.02", 25_000_001: "0.03", 35_000_000: "0.04",
		-5_000_000: "0.00", -15_000_000: "-0.02", -25_000_000: "-0.02", -25_000_001: "-0.03",
		12_344_999_999: "12.34", 12_345_000_000: "12.34", 12_355_000_000: "12.36",
	} {
		if got := m.RoundCents().StringFixed(2); got != want {
			t.Errorf("%d: got %s, want %s", int64(m), got, want)
		}
	}
}

func TestParseDecimals(t *testing.T) {
	for _, c := range []struct {
		text string
		want energy.WattHours
		err  error
	}{
		{"3.412", 3412, nil},
		{"+1", 1000, nil},
		{"0", 0, nil},
		{"-0", 0, nil},
		{"000.5000", 500, nil},
		{".5", 500, nil},
		{"5.", 5000, nil},
		{"1000000", energy.MaxEnergy, nil},
		{"1000000.001", 0, energy.ErrRange},
		{"-0.001", 0, energy.ErrRange},
		{"0.0001", 0, energy.ErrInexact},
		{"9223372036854775808", 0, energy.ErrRange},
		{strings.Repeat("9", 40), 0, energy.ErrRange},
		{"", 0, energy.ErrSyntax},
		{".", 0, energy.ErrSyntax},
		{"-", 0, energy.ErrSyntax},
		{"1.2.3", 0, energy.ErrSyntax},
		{"--1", 0, energy.ErrSyntax},
		{" 1", 0, energy.ErrSyntax},
		{"1,5", 0, energy.ErrSyntax},
		{"1e3", 0, energy.ErrSyntax},
		{"1E-3", 0, energy.ErrSyntax},
		{"0x10", 0, energy.ErrSyntax},
		{"١", 0, energy.ErrSyntax},
		{"NaN", 0, energy.ErrSyntax},
		{"1e999999999", 0, energy.ErrSyntax},
		{strings.Repeat("0", 41), 0, energy.ErrSyntax},
	} {
		got, err := energy.ParseKilowattHours(c.text)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q: got %s, %v, want %s, %v", c.text, got, err, c.want, c.err)
		}
	}
}

func TestParseSaysWhatWasRefused(t *testing.T) {
	_, err := energy.ParsePrice("1e3")
	if err == nil || !strings.Contains(err.Error(), `price "1e3"`) || problem.KindOf(err) != problem.Invalid {
		t.Errorf("got %v of kind %s, want the text in a problem of kind invalid", err, problem.KindOf(err))
	}
}

// fuzzDecimal checks that a parser never panics, refuses with a kind, and reads what it prints.
func fuzzDecimal[Q comparable](f *testing.F, parse func(string) (Q, error), print func(Q) string) {
	for _, seed := range []string{"3.412", "-0.18", "+1", ".5", "5.", "", "1e9", "00", "1.2.3", "9223372036.854775807", strings.Repeat("9", 41)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := parse(text)
		if err != nil {
			if problem.KindOf(err) != problem.Invalid {
				t.Fatalf("%q: got kind %s, want invalid", text, problem.KindOf(err))
			}
			return
		}
		if again, err := parse(print(v)); err != nil || again != v {
			t.Fatalf("%q: parsed %v, printed %q, parsed %v, %v", text, v, print(v), again, err)
		}
	})
}

func FuzzParseKilowattHours(f *testing.F) {
	fuzzDecimal(f, energy.ParseKilowattHours, func(e energy.WattHours) string { return e.KilowattHours().String() })
}

func FuzzParsePrice(f *testing.F) { fuzzDecimal(f, energy.ParsePrice, energy.Price.String) }

func FuzzParseMoney(f *testing.F) { fuzzDecimal(f, energy.ParseMoney, energy.Money.String) }
