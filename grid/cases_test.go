package grid

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared is where the public reference cases lie.
const shared = "../../shared/data/grid"

// readCase reads a reference file, unzipped, or skips the test where it is absent.
func readCase(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(shared, name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("the reference cases are absent: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if data, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return data
}

// caseFiles lists the reference files of a folder.
func caseFiles(t testing.TB, folder string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(shared, folder, "*.json*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skipf("the reference cases are absent: nothing in %s/%s", shared, folder)
	}
	for i := range found {
		found[i] = folder + "/" + filepath.Base(found[i])
	}
	return found
}

// hasCase reports whether a reference file is here; some are kept elsewhere.
func hasCase(name string) bool {
	_, err := os.Stat(filepath.Join(shared, name))
	return err == nil
}

// balanced parses a balanced reference file and prepares its flow.
func balanced(t testing.TB, name string) *Flow {
	t.Helper()
	c, err := ParseCase(readCase(t, name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewFlow(c.Balanced)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestBalancedReferenceCases(t *testing.T) {
	for _, name := range caseFiles(t, "balanced") {
		t.Run(strings.TrimPrefix(name, "balanced/"), func(t *testing.T) {
			var file struct {
				Expected struct {
					Solution
					Converged *bool `json:"converged"`
				} `json:"expected"`
			}
			if err := json.Unmarshal(readCase(t, name), &file); err != nil {
				t.Fatal(err)
			}
			f := balanced(t, name)
			v, err := f.Solve()
			if file.Expected.Converged != nil && !*file.Expected.Converged {
				if !errors.Is(err, ErrNoSolution) || !strings.Contains(err.Error(), "bus") {
					t.Fatalf("got %v, want a refusal that names the place", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			worst := compare(t, f.Solution(), &file.Expected.Solution)
			t.Logf("%d iterations, newton %v; voltages within %.1e pu", v.Iterations, v.Newton, worst)
		})
	}
}

// compare checks a solution against the expected one and returns the largest difference of a voltage.
func compare(t *testing.T, got, want *Solution) (worst float64) {
	t.Helper()
	near := func(what string, id int, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance) {
			t.Errorf("%s of %d: got %.12g, want %.12g", what, id, got, want)
		}
	}
	if len(got.Buses) != len(want.Buses) || len(got.Lines) != len(want.Lines) || len(got.Transformers) != len(want.Transformers) {
		t.Fatalf("got %d buses, %d lines, %d transformers, want %d, %d, %d", len(got.Buses), len(got.Lines), len(got.Transformers),
			len(want.Buses), len(want.Lines), len(want.Transformers))
	}
	for i, b := range want.Buses {
		near("voltage", b.ID, got.Buses[i].VPU, b.VPU, 1e-8)
		near("angle", b.ID, math.Remainder(got.Buses[i].AngleDeg-b.AngleDeg, 360), 0, 1e-6)
		worst = max(worst, math.Abs(got.Buses[i].VPU-b.VPU))
	}
	branches := func(kind string, got, want []BranchState) {
		for i, w := range want {
			g := got[i]
			if g.ID != w.ID {
				t.Fatalf("%s %d: got id %d, want %d", kind, i, g.ID, w.ID)
			}
			near(kind+" p_from", w.ID, g.FromKW, w.FromKW, 1e-3)
			near(kind+" q_from", w.ID, g.FromKvar, w.FromKvar, 1e-3)
			near(kind+" p_to", w.ID, g.ToKW, w.ToKW, 1e-3)
			near(kind+" q_to", w.ID, g.ToKvar, w.ToKvar, 1e-3)
			near(kind+" i_from", w.ID, g.FromA, w.FromA, 1e-3)
			near(kind+" i_to", w.ID, g.ToA, w.ToA, 1e-3)
			near(kind+" loading", w.ID, g.Loading, w.Loading, 1e-3)
		}
	}
	branches("line", got.Lines, want.Lines)
	branches("transformer", got.Transformers, want.Transformers)
	near("loss kW", 0, got.Totals.LossKW, want.Totals.LossKW, 1e-3)
	near("loss kvar", 0, got.Totals.LossKvar, want.Totals.LossKvar, 1e-3)
	near("source kW", 0, got.Totals.SourceKW, want.Totals.SourceKW, 1e-3)
	near("source kvar", 0, got.Totals.SourceKvar, want.Totals.SourceKvar, 1e-3)
	near("vmin", got.Totals.VMinBus, got.Totals.VMin, want.Totals.VMin, 1e-8)
	near("vmax", got.Totals.VMaxBus, got.Totals.VMax, want.Totals.VMax, 1e-8)
	near("line loading", 0, got.Totals.LineLoading, want.Totals.LineLoading, 1e-3)
	return worst
}
