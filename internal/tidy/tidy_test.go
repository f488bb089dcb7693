package tidy

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSourceKeepsTheRules(t *testing.T) {
	all := tree(t)
	for name, check := range rules {
		t.Run(name, func(t *testing.T) {
			for _, s := range all {
				for _, wrong := range check(s) {
					t.Error(wrong)
				}
			}
		})
	}
}

func TestEveryPackageIsDocumented(t *testing.T) {
	for _, wrong := range undocumented(tree(t)) {
		t.Error(wrong)
	}
}

func TestTrackedFilesNameNoMachine(t *testing.T) {
	for _, name := range tracked(t) {
		text, err := os.ReadFile(filepath.Join(root, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range words(name, text) {
			t.Error(wrong)
		}
	}
}

func TestTopOfTheTree(t *testing.T) {
	for _, wrong := range strangers(tracked(t)) {
		t.Error(wrong)
	}
}

// Each rule must catch its bad example, and leave the good one alone.
func TestRulesCatchBadExamples(t *testing.T) {
	const ours = `"github.com/wattle/wattle/`
	long := strings.Repeat("\n", maxFunctionLines)
	for _, c := range []struct {
		rule, path, body string
		want             string // part of what is said; empty: nothing is wrong
	}{
		{"layers", "energy/a.go", `import _ ` + ours + `meter"`, "energy may not import meter"},
		{"layers", "internal/problem/a.go", `import _ ` + ours + `energy"`, "internal/problem may not import energy"},
		{"layers", "energy/a.go", `import _ ` + ours + `internal/problem"`, ""},
		{"layers", "meter/a.go", `import _ ` + ours + `oracle"`, "meter may not import oracle"},
		{"layers", "meter/a.go", `import _ ` + ours + `meter/modbus"`, "meter may not import meter/modbus"},
		{"layers", "meter/a.go", `import _ ` + ours + `internal/bus"`, "meter may not import internal/bus"},
		{"layers", "exchange/a.go", `import _ ` + ours + `oracle"`, "exchange may not import oracle"},
		{"layers", "settlement/a.go", `import (_ ` + ours + `oracle"; _ ` + ours + `exchange")`, ""},
		{"layers", "settlement/clerk/a.go", `import _ ` + ours + `settlement/ledger"`, "settlement/clerk may not import settlement/ledger"},
		{"layers", "settlement/chain/a.go", `import _ ` + ours + `settlement/chain/bindings"`, ""},
		{"layers", "meter/sunspec/a.go", `import _ ` + ours + `meter/modbus"`, ""},
		{"layers", "meter/modbus/a.go", `import _ ` + ours + `meter/sunspec"`, "meter/modbus may not import meter/sunspec"},
		{"layers", "meter/agent/a.go", `import (_ ` + ours + `meter/sunspec"; _ ` + ours + `internal/bus")`, ""},
		{"layers", "web/a.go", `import _ ` + ours + `exchange/sequencer"`, "web may not import exchange/sequencer"},
		{"layers", "web/a.go", `import _ ` + ours + `internal/node"`, "web may not import internal/node"},
		{"layers", "sim/a.go", `import _ ` + ours + `exchange/autopilot"`, "sim may not import exchange/autopilot"},
		{"layers", "internal/node/a.go", `import (_ ` + ours + `web"; _ ` + ours + `sim"; _ ` + ours + `internal/embed")`, ""},
		{"layers", "internal/node/a.go", `import _ ` + ours + `internal/pgtest"`, "internal/node may not import internal/pgtest"},
		{"layers", "settlement/ledger/a_test.go", `import _ ` + ours + `internal/pgtest"`, ""},
		{"layers", "settlement/ledger/a.go", `import _ ` + ours + `internal/pgtest"`, "may not import internal/pgtest"},
		{"layers", "meter/a.go", `import _ ` + ours + `util"`, "meter may not import util"},
		{"layers", "util/a.go", ``, "the house has no room"},
		{"layers", "meter/helpers/a.go", ``, "the house has no room"},

		{"purity", "oracle/a.go", `import _ "os"`, "may not import os"},
		{"purity", "oracle/a.go", `import _ "net/http"`, "may not import net/http"},
		{"purity", "grid/a.go", `import _ "math/rand/v2"`, "may not import math/rand/v2"},
		{"purity", "meter/a.go", `import _ "github.com/nats-io/nats.go"`, "may not import github.com/nats-io/nats.go"},
		{"purity", "energy/a.go", `import _ "github.com/shopspring/decimal"`, ""},
		{"purity", "exchange/a.go", `func f() { go f() }`, "exchange/a.go:2: a pure package starts no goroutine"},
		{"purity", "exchange/a.go", `func f(c chan int) {}`, "no channel"},
		{"purity", "settlement/a.go", "import t \"time\"\nfunc f() { t.Sleep(1) }", "uses time.Sleep"},
		{"purity", "exchange/a_test.go", `func f() { go f() }`, ""},
		{"purity", "exchange/sequencer/a.go", `func f() { go f() }`, ""},

		{"clock", "exchange/a.go", "import \"time\"\nvar x = time.Now()", "exchange/a.go:3: uses time.Now"},
		{"clock", "web/a.go", "import \"time\"\nvar now = time.Now", "uses time.Now"},
		{"clock", "meter/agent/a.go", "import clock \"time\"\nvar x = clock.Since(y)", "uses time.Since"},
		{"clock", "web/a.go", "import time \"example.com/calendar\"\nvar x = time.Now()", ""},
		{"clock", "web/a_test.go", "import \"time\"\nvar x = time.Now()", ""},
		{"clock", "internal/node/a.go", "import \"time\"\nvar x = time.Now()", ""},

		{"floats", "meter/sunspec/a.go", `var x float32`, "float32 outside grid and sim"},
		{"floats", "settlement/a.go", `func f(x []float64) {}`, "float64 outside grid and sim"},
		{"floats", "grid/a.go", `var x float64`, ""},
		{"floats", "sim/a.go", `var x float64`, ""},
		{"floats", "energy/a.go", `const x = 1e9 // no float64 here`, ""},

		{"lengths", "web/a.go", "func f() {" + long + "}", "f has 61 lines"},
		{"lengths", "web/a.go", "func f() {" + long[1:] + "}", ""},
		{"lengths", "web/a.go", strings.Repeat("\n", maxFileLines), "401 lines"},
		{"lengths", "web/a_test.go", strings.Repeat("\n", maxFileLines), ""},
		{"lengths", "settlement/chain/bindings/a.go", "// Code generated by abigen. DO NOT EDIT.\n" + strings.Repeat("\n", maxFileLines), ""},
	} {
		s, err := parse(c.path, []byte("package a\n"+c.body))
		if err != nil {
			t.Fatalf("%s: %v", c.body, err)
		}
		said := strings.Join(rules[c.rule](s), "; ")
		if c.want == "" && said != "" || !strings.Contains(said, c.want) {
			t.Errorf("%s of %s\n%.200s\nsays %q, want %q", c.rule, c.path, c.body, said, c.want)
		}
	}
}

func TestAnUndocumentedPackageIsNamed(t *testing.T) {
	var all []*source
	for path, text := range map[string]string{
		"bare/a.go": "package bare", "told/doc.go": "// Package told is.\npackage told", "told/a.go": "package told", "e2e/a_test.go": "package e2e",
		"made/a.go": "// Code generated by abigen. DO NOT EDIT.\n\npackage made",
	} {
		s, err := parse(path, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if got := undocumented(all); len(got) != 1 || !strings.HasPrefix(got[0], "bare:") {
		t.Errorf("got %v, want the package bare alone", got)
	}
}

func TestMachineWordsAreCaught(t *testing.T) {
	slash, dot := "/", "."
	for text, want := range map[string]bool{
		"cd " + slash + "work/main":                            true,
		`dir: "` + slash + `tmp/x"`:                            true,
		"see " + slash + "root/go":                             true,
		`"resolved": "https://registry` + dot + `npmjs.org/x"`: true,
		"GOPROXY=https://proxy" + dot + "golang.org":           true,
		"GET /api/v1/root/7":                                   false,
		"the root/leaf pair":                                   false,
		"registry of meters":                                   false,
		"a/tmp/b":                                              false,
		"binary\x00" + slash + "tmp/x":                         false,
	} {
		if got := len(words("a", []byte("first line\n"+text))) > 0; got != want {
			t.Errorf("%q: caught %t, want %t", text, got, want)
		}
	}
	if got := words("a", []byte("one\ncd "+slash+"work/main")); len(got) != 1 || !strings.HasPrefix(got[0], "a:2:") {
		t.Errorf("got %v, want line 2 named once", got)
	}
}

func TestStrangersAtTheTopAreNamed(t *testing.T) {
	var tidyTree []string
	for _, name := range requiredTop {
		tidyTree = append(tidyTree, name+"/file")
	}
	if got := strangers(tidyTree); len(got) != 0 {
		t.Errorf("a tidy tree: got %v", got)
	}
	if got := strangers(append(tidyTree[1:], "scratch/notes.txt", "scratch/more.txt")); len(got) != 2 {
		t.Errorf("got %v, want scratch named once and energy missing", got)
	}
}
