package e2e

import (
	"strings"
	"testing"
	"time"
)

// interval is what the tests read of an interval in the web API.
type interval struct {
	Start  int64  `json:"start"`
	State  string `json:"state"`
	Meters int    `json:"meters"`
}

// TestOneOracleAndOneHomeStop stops an oracle and a Modbus server after the first settled interval: the others go on,
// the home counts as silent, and nothing is lost or invented.
func TestOneOracleAndOneHomeStop(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	p := start(t, "demo", "--listen", "127.0.0.1:0", "--data", data, "--speed", "60", "--fault", "oracle-2", "--fault", "home-03", "--intervals", "4", "--json")
	url := p.url(t)
	eventually(t, 2*time.Minute, "the silent home is marked", func() bool { return strings.Contains(p.stderr.String(), "stopped as asked") })
	eventually(t, time.Minute, "three intervals are final, the newest without the silent home", func() bool {
		var newest []interval
		if err := fetch(t.Context(), url+"/api/intervals", &newest); err != nil {
			return false
		}
		final := 0
		for _, i := range newest {
			if i.State == "final" {
				final++
			}
		}
		for _, i := range newest {
			if i.State == "final" {
				return final >= 3 && i.Meters == 11
			}
		}
		return false
	})
	var health struct {
		Status string `json:"status"`
	}
	if err := fetch(t.Context(), url+"/healthz", &health); err != nil || health.Status != "degraded" {
		t.Errorf("health: got %q %v, want degraded", health.Status, err)
	}
	if err := p.wait(t, 2*time.Minute); err != nil {
		t.Fatalf("demo: %v\n%s", err, tail(p.stderr.String()))
	}
	conserved(t, p.summary(t))
	audit(t, data)

	// The next start has all parts again: what the silent home fed in meanwhile comes with its next reading.
	conserved(t, demo(t, "--intervals", "1", "--data", data, "--speed", "60"))
	audit(t, data)
}
