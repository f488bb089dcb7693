package grid

import (
	"encoding/json"
	"math"
	"math/cmplx"
	"strings"
	"testing"
)

// phased parses a three-phase reference file and prepares its flow.
func phased(t testing.TB, name string) *PhaseFlow {
	t.Helper()
	c, err := ParseCase(readCase(t, name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewPhaseFlow(c.Phased)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestThreePhaseReferenceCases(t *testing.T) {
	for _, name := range caseFiles(t, "threephase") {
		t.Run(strings.TrimPrefix(name, "threephase/"), func(t *testing.T) {
			var file struct {
				Expected PhaseSolution `json:"expected"`
			}
			if err := json.Unmarshal(readCase(t, name), &file); err != nil {
				t.Fatal(err)
			}
			f := phased(t, name)
			v, err := f.Solve()
			if err != nil {
				t.Fatal(err)
			}
			worst := comparePhases(t, f.Solution(), &file.Expected)
			t.Logf("%d iterations, %d of %d buses swept; voltages within %.1e", v.Iterations, len(f.knots), len(f.buses), worst)
		})
	}
}

// comparePhases checks a solution against the expected one and returns the largest relative difference of a voltage.
func comparePhases(t *testing.T, got, want *PhaseSolution) (worst float64) {
	t.Helper()
	nodes := map[string]NodeState{}
	largest := map[string]float64{} // by bus: what the voltage of its neutral is small against
	for _, n := range got.Nodes {
		nodes[n.ID] = n
		bus := n.ID[:strings.LastIndexByte(n.ID, '.')]
		largest[bus] = max(largest[bus], n.V)
	}
	if len(got.Nodes) != len(want.Nodes) {
		t.Fatalf("got %d nodes, want %d", len(got.Nodes), len(want.Nodes))
	}
	for _, w := range want.Nodes {
		g := nodes[w.ID]
		d := cmplx.Abs(complex(g.VRe-w.VRe, g.VIm-w.VIm)) / largest[w.ID[:strings.LastIndexByte(w.ID, '.')]]
		if !(d <= 1e-7) {
			t.Errorf("voltage of %s: got %g%+gi, want %g%+gi", w.ID, g.VRe, g.VIm, w.VRe, w.VIm)
		}
		worst = max(worst, d)
	}
	branches := map[string]PhaseBranch{}
	for _, b := range got.Branches {
		branches[b.ID] = b
	}
	near := func(what, id string, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%s of %s: got %.12g, want %.12g", what, id, got, want)
		}
	}
	for _, w := range want.Branches {
		g := branches[w.ID]
		near("p_from", w.ID, g.FromKW, w.FromKW, 1e-3)
		near("q_from", w.ID, g.FromKvar, w.FromKvar, 1e-3)
		near("p_to", w.ID, g.ToKW, w.ToKW, 1e-3)
		near("q_to", w.ID, g.ToKvar, w.ToKvar, 1e-3)
		for i, a := range w.FromA {
			near("i_from", w.ID, g.FromA[i], a, 1e-3)
		}
		for i, a := range w.ToA {
			near("i_to", w.ID, g.ToA[i], a, 1e-3)
		}
	}
	near("loss", "all", got.Totals.LossKW, want.Totals.LossKW, 1e-3)
	near("loss kvar", "all", got.Totals.LossKvar, want.Totals.LossKvar, 1e-3)
	near("source", "all", got.Totals.SourceKW, want.Totals.SourceKW, 1e-3)
	near("source kvar", "all", got.Totals.SourceKvar, want.Totals.SourceKvar, 1e-3)
	return worst
}

func TestDayOfQuarterHours(t *testing.T) {
	var day struct {
		LoadOrder []string    `json:"load_order"`
		LoadKW    [][]float64 `json:"load_kw"`
		Expected  [][]any     `json:"expected"`
	}
	if err := json.Unmarshal(readCase(t, "timeseries/euro_lv_day96.json.gz"), &day); err != nil {
		t.Fatal(err)
	}
	f := phased(t, "threephase/euro_lv_static.json.gz")
	index := map[string]int{}
	for i, l := range f.feeder.Loads {
		index[l.ID] = i
	}
	tan := math.Tan(math.Acos(0.95))
	for i, row := range day.LoadKW {
		for k, kw := range row {
			f.Draw(index[day.LoadOrder[k]], kw, kw*tan)
		}
		if _, err := f.Solve(); err != nil {
			t.Fatal(err)
		}
		s := f.Solution()
		low, high := math.Inf(1), 0.0
		for _, n := range s.Nodes {
			if !strings.HasPrefix(n.ID, "sourcebus") {
				low, high = min(low, n.V), max(high, n.V)
			}
		}
		for c, g := range map[int]float64{1: low, 3: high, 5: s.Branches[0].FromKW, 6: s.Branches[0].FromKvar, 7: s.Totals.LossKW} {
			if w := day.Expected[i][c].(float64); math.Abs(g-w) > 1e-5 {
				t.Errorf("interval %d, column %d: got %.9g, want %.9g", i, c, g, w)
			}
		}
	}
}

func BenchmarkPhaseFlow(b *testing.B) {
	f := phased(b, "threephase/euro_lv_static.json.gz")
	b.Run("full", func(b *testing.B) { measure(b, func() error { _, err := f.Solve(); return err }) })
	b.Run("reduced", func(b *testing.B) { measure(b, func() error { _, err := f.SolveReduced(); return err }) })
}
