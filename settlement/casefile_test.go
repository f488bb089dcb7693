package settlement

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wattle/wattle/internal/problem"
)

func caseText(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "cases", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestParseCase(t *testing.T) {
	cases, err := ParseCase([]byte(caseText(t, "corrected")))
	if err != nil {
		t.Fatal(err)
	}
	c := cases[0]
	switch {
	case len(cases) != 2 || cases[1].Before != &cases[0] || cases[1].Key.Run != 1:
		t.Errorf("got %d runs, want run 1 after run 0", len(cases))
	case c.Tariff.Import != 300_000 || c.Tariff.FeeShare != 10_000 || c.Tariff.VAT[TradePayment] != 200_000 || c.Tariff.VAT[MarkupCharge] != 0:
		t.Errorf("tariff: got %+v", c.Tariff)
	case len(c.Owner) != 3 || !c.Liable["maria"] || c.Distance[Pair{"elif", "maria"}] != 1:
		t.Errorf("zone: got %v %v %v", c.Owner, c.Liable, c.Distance)
	case c.Leaves[0].Import != 1250 || c.Leaves[0].Export != 0 || c.Substitutes[0].Export != 1400:
		t.Errorf("energy: got %+v %+v", c.Leaves, c.Substitutes)
	case c.Trades[0] != Trade{Sequence: 41, Index: 2, Buyer: "elif", Seller: "maria", Quantity: 1500, Price: 180_000}:
		t.Errorf("trade: got %+v", c.Trades[0])
	}
}

// TestCaseFileRefuses spoils one place of a good case after the other: every one is refused, with a reason that names
// it, before or in the settlement, and nothing is posted.
func TestCaseFileRefuses(t *testing.T) {
	good := caseText(t, "corrected")
	for _, test := range []struct{ from, to, reason string }{
		{`"zone": "street",`, `"zone": "avenue",`, "zone avenue is not among the zones"},
		{`"jonas-grid"`, `"maria-grid"`, "meter maria-grid is in zone street and again in lane"},
		{`{"zone": "lane"`, `{"zone": "street"`, "zone street is given twice"},
		{`"index": 2, "interval": "2026-06-19T08:00Z/PT15M"`, `"index": 2, "interval": "2026-06-19T08:15Z/PT15M"`, "trade 41.2: it is of 2026-06-19T08:15Z/PT15M"},
		{`"until": "2026-03-29T01:00:00Z"`, `"until": "2026-03-28T01:00:00Z"`, "none from 2026-03-28T01:00:00Z to 2026-03-29T01:00:00Z"},
		{`"until": "2026-10-25T01:00:00Z"`, `"until": "2026-05-25T01:00:00Z"`, "no tariff after the last of the book, which ends 2026-05-25T01:00:00Z"},
		{`"since": {"import": "5120.000"`, `"since": {"import": "5121.251"`, "a register went backwards, import by -1Wh"},
		{`"normal": "0.20", `, ``, `the rate "normal" of trade is missing`},
		{`"levy": "normal",`, ``, "no VAT rate for levy"},
		{`"levy": "normal",`, `"mint": "normal",`, "there are 7 legs, of which 6 are taxed"},
		{`"run": 1`, `"run": 0`, "run 0 is reported twice"},
		{`"run": 1`, `"run": 2`, "run 2 follows run 0"},
		{`"meter": "elif-garage", "kwh"`, `"meter": "elif-grid", "kwh"`, "meter elif-grid attested twice"},
		{`"meter": "elif-garage", "kwh"`, `"meter": "jonas-grid", "kwh"`, "meter jonas-grid belongs to nobody of the zone"},
		{`"buyer": "elif", "seller": "maria", "kwh"`, `"buyer": "elif", "seller": "jonas", "kwh"`, `member "jonas" has no meter in zone street`},
		{`"buyer": "elif", "seller": "maria", "kwh"`, `"buyer": "maria", "seller": "maria", "kwh"`, "by maria from maria"},
		{`"liable": ["maria"]`, `"liable": ["jonas"]`, `liable: member "jonas"`},
		{`"class": 1`, `"class": 0`, "distance: elif from maria"},
		{`"kwh": "1.500"`, `"kwh": "-1.500"`, "trade 41.2: kwh"},
		{`"kwh": "1.500"`, `"kwh": "1.5005"`, "finer than the smallest unit"},
		{`"kwh": "1.500"`, `"kwh": "0"`, "trade 41.2 of 0Wh"},
		{`"price": "0.18"`, `"price": 0.18`, "cannot unmarshal number"},
		{`"price": "0.18"`, `"price": "1001"`, "price"},
		{`"import": "0.30", "export": "0.08", "network": "0.07"}`, `"import": "0.30", "export": "0.31"}`, "export must not exceed import"},
		{`"local": ["0.03", "0.05"]`, `"local": ["0.08"]`, "network class 1"},
		{`"utc_offset": "+02:00"`, `"utc_offset": "Europe/Vienna"`, "want +02:00"},
		{`{"from": "22:00"`, `{"from": "10:10"`, "the price changes within it, at 10h10m0s"},
		{`"band": "0.1"`, `"band": "1.1"`, "use 0 to 1"},
		{`"liable"`, `"reliable"`, "unknown field"},
		{`"liable"`, `"Liable"`, `key "Liable"`},
		{`"liable": ["maria"]`, `"liable": null`, "null"},
		{`"liable": ["maria"]`, `"liable": [], "liable": []`, `key "liable" twice`},
		{`"liable": ["maria"]`, `"liable": [[[[[[[[["maria"]]]]]]]]]`, "nested deeper"},
		{`"kwh": {"import": "0.300", "export": "0"}`, `"since": {"import": "0.300", "export": "0"}`, "give kwh, or since and until"},
	} {
		text := strings.Replace(good, test.from, test.to, 1)
		if text == good {
			t.Fatalf("%q is not in the case", test.from)
		}
		cases, err := ParseCase([]byte(text))
		for i := 0; err == nil && i < len(cases); i++ {
			var r Result
			if r, err = Settle(cases[i]); err != nil && r.Postings != nil {
				t.Errorf("%s: %d postings", test.reason, len(r.Postings))
			}
		}
		if err == nil || !strings.Contains(err.Error(), test.reason) || problem.KindOf(err) != problem.Invalid {
			t.Errorf("%s -> %s: got %v, want %q", test.from, test.to, err, test.reason)
		}
	}
	for _, text := range []string{"", "{", good + "{}", "[]", `"case"`, strings.Repeat(" ", MaxCaseFile+1)} {
		if _, err := ParseCase([]byte(text)); problem.KindOf(err) != problem.Invalid {
			t.Errorf("%.20q: got %v", text, err)
		}
	}
}

func TestParseTariffs(t *testing.T) {
	var file struct{ Tariffs json.RawMessage }
	if err := json.Unmarshal([]byte(caseText(t, "corrected")), &file); err != nil {
		t.Fatal(err)
	}
	book, err := ParseTariffs(file.Tariffs)
	if err != nil || len(book) != 2 {
		t.Fatalf("got %d tariffs, %v", len(book), err)
	}
	if got, err := book.At(intervalAt("2026-06-21T10:00")); err != nil || got.Import != 240_000 || got.Levy != 15_000 {
		t.Errorf("on Sunday: got %+v, %v", got, err)
	}
}

func FuzzParseCase(f *testing.F) {
	for _, name := range []string{"corrected", "deviation", "stranded", "allocated"} {
		f.Add([]byte(caseText(f, name)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		cases, err := ParseCase(b)
		if err != nil {
			if problem.KindOf(err) != problem.Invalid {
				t.Fatalf("got kind %s of %v, want invalid", problem.KindOf(err), err)
			}
			return
		}
		for _, c := range cases {
			r, err := Settle(c)
			if err != nil {
				return
			}
			var sums [3]int64
			for h, amount := range accounts(r) {
				sums[h.Asset] += amount
			}
			if sums != [3]int64{} {
				t.Fatalf("sums %v, want none", sums)
			}
		}
	})
}

func FuzzParseTariffs(f *testing.F) {
	f.Add([]byte(`[{"from": "2026-01-01T00:00:00Z", "import": "8", "export": "4"}]`))
	f.Add([]byte(`[{"from": "2026-01-01T00:00:00Z", "utc_offset": "-03:30", "windows": [{"from": "00:00", "import": "8", "export": "4"}]}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		book, err := ParseTariffs(b)
		if err != nil {
			if problem.KindOf(err) != problem.Invalid {
				t.Fatalf("got kind %s of %v, want invalid", problem.KindOf(err), err)
			}
			return
		}
		if tariff, err := book.At(testKey.Interval); err == nil && tariff.Validate() != nil {
			t.Fatalf("a tariff that is not valid: %+v", tariff)
		}
	})
}
