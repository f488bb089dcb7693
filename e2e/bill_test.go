package e2e

import (
	"fmt"
	"testing"
	"time"
)

// TestBillEqualsReadings compares what each home's ledger says it fed in, and what it sold and bought, with what its
// meter was attested, interval by interval.
func TestBillEqualsReadings(t *testing.T) {
	t.Parallel()
	p := start(t, "demo", "--listen", "127.0.0.1:0", "--speed", "60", "--data", dataDir(t))
	url := p.url(t)
	var final []proof
	eventually(t, 2*time.Minute, "two intervals are final", func() bool {
		final = finalProofs(t, url)
		return len(final) >= 2
	})
	for _, interval := range final {
		for _, leaf := range interval.Leaves {
			var ledger struct {
				Lines []line `json:"lines"`
			}
			if err := fetch(t.Context(), url+"/api/members/"+leaf.Member+"/ledger?limit=200", &ledger); err != nil {
				t.Fatal(err)
			}
			energy := map[string]int64{}
			for _, l := range ledger.Lines {
				if l.Start != interval.Interval.Start {
					continue
				}
				sign := int64(1)
				if l.Money < 0 {
					sign = -1
				}
				switch l.Leg {
				case "trade":
					energy["net"] += sign * l.Energy
				case "residual-export":
					energy["net"] += l.Energy
				case "residual-import":
					energy["net"] -= l.Energy
				default:
					energy[l.Leg] += l.Energy
				}
			}
			if energy["mint"] != leaf.Export || energy["network"] != leaf.Import || energy["net"] != leaf.Export-leaf.Import {
				t.Errorf("%s at %d: the bill says %v, the meter export %d import %d", leaf.Member, interval.Interval.Start, energy, leaf.Export, leaf.Import)
			}
		}
	}
}

type line struct {
	Start  int64  `json:"start"`
	Leg    string `json:"leg"`
	Energy int64  `json:"energy_wh"`
	Money  int64  `json:"money_nano,string"`
}

type proof struct {
	Interval interval `json:"interval"`
	Leaves   []struct {
		Member string `json:"member"`
		Export int64  `json:"export_wh"`
		Import int64  `json:"import_wh"`
	} `json:"leaves"`
}

// finalProofs reads the proof of every interval that is final.
func finalProofs(t *testing.T, url string) (final []proof) {
	t.Helper()
	var intervals []interval
	if err := fetch(t.Context(), url+"/api/intervals", &intervals); err != nil {
		return nil
	}
	for _, i := range intervals {
		var p proof
		if i.State != "final" {
			continue
		}
		if err := fetch(t.Context(), fmt.Sprintf("%s/api/intervals/%d", url, i.Start), &p); err != nil {
			t.Fatal(err)
		}
		final = append(final, p)
	}
	return final
}
