package grid

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/wattle/wattle/energy"
)

// profiles reads the quarter-hour means in kW of the first homes' load profiles.
func profiles(t *testing.T, homes int) [][]float64 {
	t.Helper()
	out := make([][]float64, homes)
	for h := range out {
		name := filepath.Join(shared, "../profiles/ieee-european-lv", fmt.Sprintf("load_profile_%d.txt", h+1))
		text, err := os.ReadFile(name)
		if err != nil {
			t.Skipf("the load profiles are absent: %v", err)
		}
		var minutes []float64
		for _, field := range strings.Fields(string(text)) {
			x, err := strconv.ParseFloat(field, 64)
			if err != nil {
				t.Fatal(err)
			}
			minutes = append(minutes, x)
		}
		for q := 0; q+15 <= len(minutes); q += 15 {
			sum := 0.0
			for _, x := range minutes[q : q+15] {
				sum += x
			}
			out[h] = append(out[h], sum/15)
		}
	}
	return out
}

// europeanStreet is the European feeder with ratings: 100 kVA, and 100 A where nothing else is said.
func europeanStreet(t *testing.T) *PhaseFlow {
	f := phased(t, "threephase/euro_lv_static.json.gz")
	n := *f.feeder
	n.Elements[0].SnKVA = 100
	for i := range n.Lines {
		n.Lines[i].RatingA = 100
	}
	f, err := NewPhaseFlow(&n)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A day on the European feeder: every other home has a roof, the others want to charge cars, and they trade as much as
// they like. What the market admits violates nothing; what it would have done without admission does.
func TestMarketOnTheEuropeanFeederKeepsItsLimits(t *testing.T) {
	f := europeanStreet(t)
	loads := profiles(t, len(f.feeder.Loads))
	limits := Limits{0.92, 1.10}
	r := rand.New(rand.NewPCG(55, 1))
	var feasible, admitted, wanted energy.Watts
	caught := 0
	for quarter := 0; quarter < 96; quarter += 4 {
		type trade struct {
			seller, buyer int
			want          energy.Watts
		}
		var trades []trade
		for h := range f.feeder.Loads {
			f.Draw(h, loads[h][quarter], loads[h][quarter]*0.33)
			if sun := math.Sin(math.Pi * float64(quarter-24) / 48); h%2 == 0 && sun > 0 {
				trades = append(trades, trade{h, 2*r.IntN(len(f.feeder.Loads)/2) + 1, energy.Watts(7000 * sun)})
			}
		}
		a, err := NewPhaseAdmission(f, limits)
		if err != nil {
			t.Fatal(err)
		}
		kept := append([]phasePart(nil), f.loads...)
		for _, x := range trades { // with admission off
			a.Commit(x.seller, x.buyer, x.want)
		}
		if _, err := f.Solve(); err != nil || violated(a) != "" {
			caught++
		}
		copy(f.loads, kept)
		for _, x := range trades {
			exact := 0.0 // by bisection to a watt
			for step := float64(x.want) / 1e3; step > 0.0005; step /= 2 {
				if m, _ := a.trial(x.seller, x.buyer, exact+step); m >= 0 {
					exact = min(exact+step, float64(x.want)/1e3)
				}
			}
			d, err := a.Admit(x.seller, x.buyer, x.want, Trim)
			if err != nil {
				t.Fatal(err)
			}
			a.Commit(x.seller, x.buyer, d.Admitted)
			wanted, feasible, admitted = wanted+x.want, feasible+energy.Watts(exact*1e3), admitted+d.Admitted
		}
		if _, err := f.Solve(); err != nil {
			t.Fatal(err)
		}
		if what := violated(a); what != "" {
			t.Errorf("quarter %d: %s", quarter, what)
		}
	}
	t.Logf("%d kW wanted, %d feasible, %d admitted; violations without admission in %d of 24 intervals", wanted/1000, feasible/1000, admitted/1000, caught)
	if float64(admitted) < 0.95*float64(feasible) {
		t.Errorf("%d of %d W feasible were admitted, want 95 %%", admitted, feasible)
	}
	if caught == 0 || admitted == wanted {
		t.Error("the street never met a limit: the test shows nothing")
	}
}

// violated names what the present solution violates beyond the forecast.
func violated(a *PhaseAdmission) string {
	for i := range a.voltage {
		if v := a.across(i); v > a.limits.VMax+before(a.voltage[i])+1e-9 || v < a.limits.VMin-before(a.voltage[i])-1e-9 {
			return fmt.Sprintf("load %s at %.4f pu", a.flow.feeder.Loads[a.owner[i]].ID, v)
		}
	}
	for i := range a.use {
		if u := a.flow.overload(i); u > before(a.use[i])+1e-9 {
			return fmt.Sprintf("%s %.2f %% above its rating", a.flow.assets[i].id, 100*u)
		}
	}
	return ""
}

func TestUnbalance(t *testing.T) {
	turn := cmplx.Rect(1, -2*math.Pi/3)
	if u := Unbalance(230, 230*turn, 230*turn*turn); u > 1e-12 {
		t.Errorf("got %g for a balanced system", u)
	}
	if u := Unbalance(230, 230*turn*turn, 230*turn); !(u > 1e9) {
		t.Errorf("got %g for the negative sequence alone", u)
	}
	if u := Unbalance(1.1, turn, turn*turn); math.Abs(u-0.1/3.1) > 1e-12 {
		t.Errorf("got %g, want 0.1/3.1", u)
	}
}
