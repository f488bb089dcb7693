package node

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wattle/wattle/grid"
)

// tablesDir writes a street of one home as CSV tables.
func tablesDir(t *testing.T, load string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"source":      "bus\n0\n",
		"buses":       "id,name,vn_kv\n0,busbar,0.4\n1,Church Street,0.4\n",
		"lines":       "id,from,to,length_km,r_ohm_per_km,x_ohm_per_km,imax_a\n1,0,1,0.5,0.6,0.1,150\n",
		"connections": "id,bus,phases,contract_kw,p_kw\n1,1,123,5000," + load + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestGridCommands(t *testing.T) {
	ctx := t.Context()
	var out bytes.Buffer
	c := GridConfig{Case: tablesDir(t, "10"), JSON: true, Repeat: 10}
	if err := GridSolve(ctx, c, &out); err != nil {
		t.Fatal(err)
	}
	var solution grid.Solution
	if err := json.Unmarshal(out.Bytes(), &solution); err != nil || len(solution.Lines) != 1 || solution.Totals.LossKW <= 0 {
		t.Errorf("got %s, %v, want a solution with one line", out.String(), err)
	}
	out.Reset()
	var timing GridTiming
	if err := GridBench(ctx, c, &out); err != nil || json.Unmarshal(out.Bytes(), &timing) != nil || timing.Buses != 2 || timing.Iterations < 1 {
		t.Errorf("got %s, %v, want a timing of 2 buses", out.String(), err)
	}
	out.Reset()
	if err := GridCheck(ctx, c, &out); err != nil || !strings.Contains(out.String(), "no defects") {
		t.Errorf("got %s, %v, want no defects", out.String(), err)
	}
}

// What has no solution is an error and says so in JSON too.
func TestGridSolveRefuses(t *testing.T) {
	var out bytes.Buffer
	err := GridSolve(t.Context(), GridConfig{Case: tablesDir(t, "5000"), JSON: true}, &out)
	if !errors.Is(err, grid.ErrNoSolution) || !strings.Contains(out.String(), `"converged":false`) || !strings.Contains(out.String(), "Church Street") {
		t.Errorf("got %v and %s, want a refusal with the place", err, out.String())
	}
	if err := GridSolve(t.Context(), GridConfig{}, &out); !errors.Is(err, ErrConfig) {
		t.Errorf("got %v, want ErrConfig without a case", err)
	}
}
