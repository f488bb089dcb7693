package node

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wattle/wattle/internal/problem"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

const cases = "../../settlement/testdata/cases"

// TestSettleCases settles every case file and compares both forms of printing with the golden files beside it.
func TestSettleCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(cases, "*.json"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%d case files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, ".json")
		for golden, asJSON := range map[string]bool{name + ".txt": false, name + ".golden": true} {
			var out bytes.Buffer
			if err := Settle(SettleConfig{Case: file, JSON: asJSON}, &out); err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			if *rewrite {
				if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || !bytes.Equal(out.Bytes(), want) {
				t.Errorf("%s: got\n%s\nwant %s, %v", file, &out, golden, err)
			}
		}
	}
}

// TestSettlePublishedVectors reads from the output what the vectors say.
func TestSettlePublishedVectors(t *testing.T) {
	for name, wants := range map[string][]string{
		"deviation": {"member elif -52.00", "member maria 36.00", "residual-import member maria supplier 24.00", "residual-export supplier member elif 8.00"},
		"stranded":  {"1.0 s1 b1 6.0000 10000 5000", "2.0 s2 b1 6.0000 10000 10000", "3.0 s1 b2 6.0000 10000 10000", "total 25000"},
		"rerouted":  {"total 200000"},
		"allocated": {"roof anna 5000", "roof bert 1667", "roof cara 3333", "anna 1000 0 bert 333 0 cara 667 0", "member anna -38.00",
			"share of anna: ours 5000000 mWh, the operator's 4000000 mWh, keying"},
	} {
		var out bytes.Buffer
		if err := Settle(SettleConfig{Case: filepath.Join(cases, name+".json")}, &out); err != nil {
			t.Fatal(err)
		}
		plain := strings.Join(strings.Fields(out.String()), " ")
		for _, want := range wants {
			if !strings.Contains(plain, want) {
				t.Errorf("%s: no %q in\n%s", name, want, &out)
			}
		}
	}
}

func TestSettleRefuses(t *testing.T) {
	var out bytes.Buffer
	if err := Settle(SettleConfig{}, &out); !errors.Is(err, ErrConfig) {
		t.Errorf("no file: got %v", err)
	}
	if err := Settle(SettleConfig{Case: filepath.Join(t.TempDir(), "none.json")}, &out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: got %v", err)
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"zone": "street"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Settle(SettleConfig{Case: bad}, &out); problem.KindOf(err) != problem.Invalid || out.Len() > 0 {
		t.Errorf("half a case: got %v and printed %q", err, &out)
	}
}
