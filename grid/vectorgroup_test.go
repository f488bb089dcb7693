package grid

import (
	"errors"
	"math"
	"math/cmplx"
	"testing"
)

// Under a load that is equal in all phases a transformer of any group does what the balanced model of its nameplate does,
// and its low voltage lags by its clock.
func TestVectorGroupsAgreeWithTheBalancedModel(t *testing.T) {
	for group, clock := range map[string]int{"Dyn5": 5, "Dyn11": 11, "Dyn1": 1, "Dyn7": 7, "Yyn0": 0, "YNyn0": 0, "YNyn6": 6, "Yyn4": 4, "YNd11": 11, "YNd5": 5, "Dd0": 0, "Dd6": 6} {
		plate := PhaseTransformer{ID: "t", HV: "a", LV: "b", Group: group, SnKVA: 250, VnHV: 20, VnLV: 0.4, VkPercent: 4, VkrPercent: 1.2,
			PfeKW: 0.6, I0Percent: 0.3, Tap: 1.025, EarthHV: true, EarthLV: true}
		e, err := plate.Element()
		if err != nil {
			t.Fatal(err)
		}
		tiny := [][]float64{{1e-6, 0, 0}, {0, 1e-6, 0}, {0, 0, 1e-6}}
		n := &Feeder{Source: PhaseSource{VLN: 20_000 / sqrt3, ZRe: tiny, ZIm: tiny, Nodes: []string{"a.1", "a.2", "a.3"}},
			Elements: []Element{e, {ID: "earth", Nodes: []string{"b.1", "b.2", "b.3"}, // of a delta: what its cables have
				YRe: [][]float64{{1e-6, 0, 0}, {0, 1e-6, 0}, {0, 0, 1e-6}}, YIm: [][]float64{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}}},
			Loads: []PhaseLoad{{ID: "l", Bus: "b", Nodes: []int{1, 2, 3}, Connection: "delta", Model: "pq", KV: 0.4, PKW: 180, QKvar: 60}}}
		f, err := NewPhaseFlow(n)
		if err != nil {
			t.Fatalf("%s: %v", group, err)
		}
		if _, err := f.Solve(); err != nil {
			t.Fatalf("%s: %v", group, err)
		}
		one, err := NewFlow(&Network{Buses: []Bus{{ID: 0, VnKV: 20}, {ID: 1, VnKV: 0.4}}, Source: Source{VPU: 1},
			Transformers: []Transformer{{HV: 0, LV: 1, SnKVA: 250, VnHV: 20, VnLV: 0.4, VkPercent: 4, VkrPercent: 1.2, PfeKW: 0.6, I0Percent: 0.3,
				ShiftDeg: float64(30 * clock), TapFactor: 1.025}}, Loads: []Load{{Bus: 1, PKW: 180, QKvar: 60}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := one.Solve(); err != nil {
			t.Fatal(err)
		}
		want := one.Voltage(1)
		for c := range 3 {
			got := f.full[f.buses[1].off+int32(c)] / complex(400/sqrt3, 0)
			if d := cmplx.Abs(got - want*cmplx.Rect(1, -2*math.Pi/3*float64(c))); d > 1e-6 {
				t.Errorf("%s, phase %d: got %v, want %v turned by 120 degrees each", group, c+1, got, want)
			}
		}
		if d := f.Solution().Totals.LossKW - one.Solution().Totals.LossKW; math.Abs(d) > 1e-3 {
			t.Errorf("%s: losses differ by %g kW", group, d)
		}
	}
}

// A load on one phase leaves the star point of a Dyn where it is, and moves that of a Yyn whose other star is not earthed.
func TestStarPoints(t *testing.T) {
	for group, steady := range map[string]bool{"Dyn5": true, "YNyn0": true, "Yyn0": false} {
		plate := PhaseTransformer{ID: "t", HV: "a", LV: "b", Group: group, SnKVA: 250, VnHV: 20, VnLV: 0.4, VkPercent: 4, VkrPercent: 1.2,
			PfeKW: 0.6, I0Percent: 0.3, EarthHV: true}
		e, err := plate.Element()
		if err != nil {
			t.Fatal(err)
		}
		tiny := [][]float64{{1e-6, 0, 0}, {0, 1e-6, 0}, {0, 0, 1e-6}}
		f, err := NewPhaseFlow(&Feeder{Source: PhaseSource{VLN: 20_000 / sqrt3, ZRe: tiny, ZIm: tiny, Nodes: []string{"a.1", "a.2", "a.3"}},
			Elements: []Element{e, {ID: "earth", Nodes: []string{"b.4"}, YRe: [][]float64{{10}}, YIm: [][]float64{{0}}}},
			Loads:    []PhaseLoad{{ID: "l", Bus: "b", Nodes: []int{1, 4}, Connection: "delta", Model: "z", KV: 0.23, PKW: 10}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Solve(); err != nil {
			t.Fatal(err)
		}
		v := cmplx.Abs(f.full[f.buses[1].off] - f.full[f.buses[1].off+3])
		if (v > 225) != steady {
			t.Errorf("%s: the loaded phase has %.1f V", group, v)
		}
	}
}

func TestVectorGroupRefusals(t *testing.T) {
	for _, group := range []string{"", "Dyn4", "Yyn5", "Dyn12", "Xyn5", "Dzn0", "dyn5", "Dyn", "Dyn-1"} {
		p := PhaseTransformer{ID: "t", HV: "a", LV: "b", Group: group, SnKVA: 250, VnHV: 20, VnLV: 0.4, VkPercent: 4, VkrPercent: 1}
		if _, err := p.Element(); !errors.Is(err, ErrNetwork) {
			t.Errorf("%q: got %v, want a refusal", group, err)
		}
	}
}
