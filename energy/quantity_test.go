package energy_test

import (
	"errors"
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
)

// anyInt64 draws from all of int64, with its ends and zero far more often than chance would.
func anyInt64() *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Int64(),
		rapid.Int64Range(-1000, 1000),
		rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, math.MaxInt64 - 1, math.MaxInt64}),
	)
}

// fits returns the int64 that v is, or ok = false.
func fits(v *big.Int) (int64, bool) { return v.Int64(), v.IsInt64() }

func TestAddAndSubAreExactOrRefuse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyInt64().Draw(t, "a"), anyInt64().Draw(t, "b")
		x, y := big.NewInt(a), big.NewInt(b)
		wantSum, sumFits := fits(new(big.Int).Add(x, y))
		wantDiff, diffFits := fits(new(big.Int).Sub(x, y))

		for _, c := range []struct {
			name string
			got  int64
			err  error
			want int64
			fits bool
		}{
			result("Wh +", energy.WattHours(a).Add, energy.WattHours(b), wantSum, sumFits),
			result("Wh -", energy.WattHours(a).Sub, energy.WattHours(b), wantDiff, diffFits),
			result("Money +", energy.Money(a).Add, energy.Money(b), wantSum, sumFits),
			result("Money -", energy.Money(a).Sub, energy.Money(b), wantDiff, diffFits),
		} {
			switch {
			case c.fits && (c.err != nil || c.got != c.want):
				t.Fatalf("%d %s %d: got %d, %v, want %d", a, c.name, b, c.got, c.err, c.want)
			case !c.fits && !errors.Is(c.err, energy.ErrRange):
				t.Fatalf("%d %s %d: got %d, %v, want ErrRange", a, c.name, b, c.got, c.err)
			}
		}
	})
}

func result[Q ~int64](name string, do func(Q) (Q, error), operand Q, want int64, fits bool) struct {
	name string
	got  int64
	err  error
	want int64
	fits bool
} {
	got, err := do(operand)
	return struct {
		name string
		got  int64
		err  error
		want int64
		fits bool
	}{name, int64(got), err, want, fits}
}

func TestShort(t *testing.T) {
	for _, c := range []struct{ have, want, short energy.WattHours }{
		{0, 0, 0}, {7, 10, 3}, {10, 10, 0}, {11, 10, 0}, {0, energy.MaxEnergy, energy.MaxEnergy},
	} {
		if got := c.have.Short(c.want); got != c.short {
			t.Errorf("%s short of %s: got %s, want %s", c.have, c.want, got, c.short)
		}
	}
}

func TestLimitsAreInclusive(t *testing.T) {
	for e, want := range map[energy.WattHours]bool{
		-1: false, 0: true, energy.MaxEnergy: true, energy.MaxEnergy + 1: false, math.MinInt64: false,
	} {
		if got := e.Valid(); got != want {
			t.Errorf("%s valid: got %t, want %t", e, got, want)
		}
	}
	for p, want := range map[energy.Price]bool{
		-energy.MaxPrice - 1: false, -energy.MaxPrice: true, 0: true, energy.MaxPrice: true, energy.MaxPrice + 1: false,
	} {
		if got := p.Valid(); got != want {
			t.Errorf("price %s valid: got %t, want %t", p, got, want)
		}
	}
}

func TestCostIsExactAtTheLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := energy.Price(rapid.Int64Range(-int64(energy.MaxPrice), int64(energy.MaxPrice)).Draw(t, "price"))
		e := energy.WattHours(rapid.Int64Range(0, int64(energy.MaxEnergy)).Draw(t, "energy"))
		want := new(big.Int).Mul(big.NewInt(int64(p)), big.NewInt(int64(e)))
		if got := p.Cost(e); want.Cmp(big.NewInt(int64(got))) != 0 {
			t.Fatalf("%s at %s: got %d, want %s", e, p, int64(got), want)
		}
		// The same product by way of the decimals people see.
		if got, want := p.Cost(e).Decimal(), p.Decimal().Mul(e.KilowattHours()); !got.Equal(want) {
			t.Fatalf("%s at %s: got %s, want %s", e, p, got, want)
		}
	})
}

func TestOverAgreesWithBigArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyInt64().Draw(t, "watts")
		d := time.Duration(rapid.OneOf(
			rapid.Int64Range(0, math.MaxInt64),
			rapid.SampledFrom([]int64{0, 1, int64(time.Second), int64(15 * time.Minute), int64(time.Hour), int64(2 * time.Hour)}),
		).Draw(t, "duration"))
		exact := new(big.Int).Mul(big.NewInt(w), big.NewInt(int64(d)))
		want, ok := fits(exact.Quo(exact, big.NewInt(int64(time.Hour)))) // Quo rounds towards zero
		got, err := energy.Watts(w).Over(d)
		switch {
		case ok && (err != nil || int64(got) != want):
			t.Fatalf("%d W over %s: got %d, %v, want %d", w, d, int64(got), err, want)
		case !ok && !errors.Is(err, energy.ErrRange):
			t.Fatalf("%d W over %s: got %d, %v, want ErrRange", w, d, int64(got), err)
		}
	})
}

func TestOver(t *testing.T) {
	for _, c := range []struct {
		power energy.Watts
		over  time.Duration
		want  energy.WattHours
	}{
		{4_000, 15 * time.Minute, 1_000},
		{-4_000, 15 * time.Minute, -1_000},
		{3, time.Minute, 0},   // 0.05 Wh
		{-59, time.Minute, 0}, // towards zero, not down
		{energy.MaxPower, time.Hour, energy.MaxEnergy},
		{math.MinInt64, time.Hour, math.MinInt64},
	} {
		if got, err := c.power.Over(c.over); err != nil || got != c.want {
			t.Errorf("%s over %s: got %s, %v, want %s", c.power, c.over, got, err, c.want)
		}
	}
	if _, err := energy.Watts(1).Over(-1); !errors.Is(err, energy.ErrRange) {
		t.Errorf("over a negative time: got %v, want ErrRange", err)
	}
}
