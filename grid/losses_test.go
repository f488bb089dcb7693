package grid

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
)

// residualTransfers turns every load of a case into a transfer with the source, and a part of them into trades.
func residualTransfers(r *rand.Rand, f *Flow) (transfers []Transfer) {
	source := busIndex(f, f.network.Source.Bus)
	for i := range f.network.Buses {
		kw, _ := f.Drawn(i)
		e := energy.WattHours(math.Round(math.Abs(kw) * 250)) // a quarter hour
		switch {
		case kw > 0:
			transfers = append(transfers, Transfer{source, i, e})
		case kw < 0:
			transfers = append(transfers, Transfer{i, source, e})
		}
	}
	for range 20 {
		transfers = append(transfers, Transfer{r.IntN(f.Buses()), r.IntN(f.Buses()), energy.WattHours(r.IntN(500))})
	}
	return transfers
}

func TestLossesSumToTheWattHour(t *testing.T) {
	for _, name := range caseFiles(t, "balanced") {
		f := balanced(t, name)
		if _, err := f.Solve(); err != nil || len(f.loops) > 0 {
			continue
		}
		r := rand.New(rand.NewPCG(4, 4))
		transfers := residualTransfers(r, f)
		lost := f.LossEnergy(15 * time.Minute)
		if _, kw := f.Losses(); math.Abs(kw-f.Solution().Totals.LossKW) > 1e-6 {
			t.Errorf("%s: losses are %g kW, want those of the solution, %g", name, kw, f.Solution().Totals.LossKW)
		}
		for _, method := range []LossMethod{ProRata, Marginal, Tracing} {
			shares, err := f.AllocateLosses(method, transfers, lost)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			sum := energy.WattHours(0)
			for i, s := range shares {
				sum += s
				if method != Marginal && s < 0 {
					t.Errorf("%s: transfer %d bears %d Wh, want none below 0", name, i, s)
				}
				if transfers[i].Energy == 0 && s != 0 {
					t.Errorf("%s: transfer %d of nothing bears %d Wh", name, i, s)
				}
			}
			if sum != lost {
				t.Errorf("%s, method %d: shares sum to %d Wh, want %d", name, method, sum, lost)
			}
		}
	}
}

// A line with a load at its end and a roof in its middle: what each method says, by hand.
func TestLossMethodsByHand(t *testing.T) {
	n := &Network{Buses: []Bus{{ID: 0, VnKV: 0.4}, {ID: 1, VnKV: 0.4}, {ID: 2, VnKV: 0.4}}, Source: Source{VPU: 1},
		Lines: []Line{{ID: 1, From: 0, To: 1, R: 0.1, RatingA: 100}, {ID: 2, From: 1, To: 2, R: 0.1, RatingA: 100}},
		Loads: []Load{{ID: 1, Bus: 2, PKW: 20}, {ID: 2, Bus: 1, PKW: -5}}}
	f, err := NewFlow(n)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Solve(); err != nil {
		t.Fatal(err)
	}
	transfers := []Transfer{{0, 2, 15_000}, {1, 2, 5_000}, {2, 0, 1_000}}
	for _, c := range []struct {
		method LossMethod
		order  func(grid, neighbour, back energy.WattHours) bool
		what   string
	}{
		{ProRata, func(g, n, b energy.WattHours) bool { return g > 2*n && n > 4*b && b > 0 }, "in proportion to energy"},
		{Marginal, func(g, n, b energy.WattHours) bool { return g > 3*n && n > 0 && b < 0 }, "the long way bears most, counterflow is credited"},
		{Tracing, func(g, n, b energy.WattHours) bool { return g > 3*n && n > 0 && b == 0 }, "counterflow bears nothing"},
	} {
		got, err := f.AllocateLosses(c.method, transfers, f.LossEnergy(time.Hour))
		if err != nil || !c.order(got[0], got[1], got[2]) {
			t.Errorf("method %d: got %v, %v, want %s", c.method, got, err, c.what)
		}
	}
	if _, err := f.AllocateLosses(ProRata, nil, 5); err == nil {
		t.Error("losses without any transfer must be refused")
	}
}

func TestNetworkCharges(t *testing.T) {
	f := balanced(t, "balanced/cigre_lv.json")
	if _, err := f.Solve(); err != nil {
		t.Fatal(err)
	}
	at := func(id int) int { return busIndex(f, id) }
	for _, c := range []struct {
		name          string
		tariff        Tariff
		seller, buyer int
		want          energy.Price
	}{
		{"distance", Tariff{Method: ByDistance, PerUnit: 10_000}, at(42), at(36), 17_876}, // 1.78758 pu, from trade_paths.json
		{"branches", Tariff{Method: ByBranches, Other: 100, Branch: map[Step]energy.Price{{ID: 35}: 1000}}, at(42), at(36), 1800},
		{"within the low voltage", Tariff{Method: ByLevel, Levels: []Level{{1, 5_000}, {30, 9_000}}}, at(42), at(36), 5_000},
		{"over the medium voltage", Tariff{Method: ByLevel, Levels: []Level{{1, 5_000}, {30, 9_000}}}, at(18), at(35), 9_000},
	} {
		if err := c.tariff.Validate(); err != nil {
			t.Fatal(err)
		}
		got, err := f.NetworkCharge(&c.tariff, c.seller, c.buyer)
		back, _ := f.NetworkCharge(&c.tariff, c.buyer, c.seller)
		if err != nil || got != c.want || back != got {
			t.Errorf("%s: got %d, %d backwards, %v, want %d", c.name, got, back, err, c.want)
		}
	}
	s, b := SplitCharge(7)
	if s != 3 || b != 4 {
		t.Errorf("got %d and %d, want 3 and 4", s, b)
	}
}

// Only the direction that loads a branch further is priced.
func TestCongestionIsPricedOneWay(t *testing.T) {
	n := &Network{Buses: []Bus{{ID: 0, VnKV: 0.4}, {ID: 1, VnKV: 0.4}}, Source: Source{VPU: 1},
		Lines: []Line{{ID: 1, From: 0, To: 1, R: 0.01, RatingA: 100}}, Loads: []Load{{ID: 1, Bus: 1, PKW: 62}}} // 69 kVA at 1 pu
	f, err := NewFlow(n)
	if err != nil {
		t.Fatal(err)
	}
	a, err := NewAdmission(f, Limits{0.9, 1.1})
	if err != nil {
		t.Fatal(err)
	}
	if to, back := a.CongestionPrice(0, 1, 100_000), a.CongestionPrice(1, 0, 100_000); to < 20_000 || to > 40_000 || back != 0 {
		t.Errorf("got %d with the flow and %d against it, want about a quarter of 100000 and 0", to, back)
	}
}
