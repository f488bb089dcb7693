package settlement

import (
	"strings"
	"testing"

	"github.com/wattle/wattle/internal/problem"
)

func TestAllocationFile(t *testing.T) {
	good := caseText(t, "allocated")
	for _, test := range []struct{ from, to, reason string }{
		{`{"key": "dynamic", "price": "6"}`, `{"key": "fair", "price": "6"}`, `key "fair"`},
		{`"key": "dynamic"`, `"key": "static"`, `key "static"`},
		{`"key": "dynamic"`, `"key": "dynamic", "parts": []`, `key "dynamic"`},
		{`"key": "dynamic"`, `"key": "static", "parts": [{"member": "anna", "part": "0.5"}, {"member": "anna", "part": "0.5"}]`, "two parts of anna"},
		{`"key": "dynamic"`, `"key": "static", "parts": [{"member": "anna", "part": "1.5"}]`, "use 0 to 1"},
		{`"key": "dynamic"`, `"key": "static", "parts": [{"member": "dora", "part": "0.5"}]`, "parts for 0 of 1"},
		{`"key": "dynamic"`, `"key": "hourly", "hours": [{"from": "2026-06-21T08:15:00Z", "parts": []}]`, "begins within an hour"},
		{`"key": "dynamic"`, `"key": "hourly", "hours": [{"from": "2026-06-21T09:00:00Z", "parts": []}]`, "has no parts"},
		{`, "price": "6"`, ``, "price"},
		{`"allocation": {"key": "dynamic", "price": "6"},`, ``, "give trades, or an allocation"},
		{`"allocation"`, `"trades": [], "allocation"`, "give trades, or an allocation"},
		{`roof-grid,0,0,0,10,0`, `roof-grid,0,0,0,10`, "6 fields, want 7"},
		{`anna-grid,6,4,4,0,0`, `dora-grid,6,4,4,0,0`, "meter dora-grid is not in the community"},
		{`anna-grid,6,4,4,0,0`, `anna-grid,6,5,5,0,0`, "11000000 mWh covered, 10000000 mWh given"},
	} {
		text := strings.Replace(good, test.from, test.to, 1)
		if text == good {
			t.Fatalf("%q is not in the case", test.from)
		}
		if _, err := ParseCase([]byte(text)); err == nil || !strings.Contains(err.Error(), test.reason) || problem.KindOf(err) != problem.Invalid {
			t.Errorf("%s -> %s: got %v, want %q", test.from, test.to, err, test.reason)
		}
	}
}

func TestAllocationFileWithParts(t *testing.T) {
	for _, key := range []string{
		`"key": "static", "parts": [{"member": "anna", "part": "0.25"}, {"member": "cara", "part": "0.75"}]`,
		`"key": "hourly", "hours": [{"from": "2026-06-21T07:00:00Z", "parts": []}, {"from": "2026-06-21T08:00:00Z", "parts": [
			{"member": "anna", "part": "0.25"}, {"member": "cara", "part": "0.75"}]}]`,
	} {
		cases, err := ParseCase([]byte(strings.Replace(caseText(t, "allocated"), `"key": "dynamic"`, key, 1)))
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		if c := cases[0]; len(c.Trades) != 2 || c.Trades[0].Quantity != 2500 || c.Trades[1].Quantity != 4000 {
			t.Errorf("%s: got %+v", key, c.Trades)
		}
	}
}
