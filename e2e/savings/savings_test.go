package savings

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
)

const (
	seeds = 20
	days  = 2

	// mostLost is what a household may lose in its first two days by forecasts that failed: 5 cents.
	mostLost energy.Money = 50_000_000
)

// TestEveryStreetSaves trades the first two days of 20 streets, spread over the year. Nobody knows anything about the
// homes at first.
func TestEveryStreetSaves(t *testing.T) {
	var table strings.Builder
	households, losers := 0, 0
	var all, worst energy.Money
	var delivered, most energy.WattHours
	for seed := range uint64(seeds) {
		start := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 18*int(seed))
		s := newStreet(t, seed, start)
		s.run(start.Add(days * 24 * time.Hour))
		if s.settled != days*96 {
			t.Fatalf("seed %d: %d intervals were settled, want %d", seed, s.settled, days*96)
		}
		var street energy.Money
		fmt.Fprintf(&table, "\nseed %2d %s", seed, start.Format("02 Jan"))
		for _, h := range s.homes {
			saved := s.bills[h.Member].utility - s.bills[h.Member].paid
			fmt.Fprintf(&table, "%7s", saved.Decimal().StringFixed(2))
			street += saved
			households++
			if saved < 0 {
				losers++
			}
			worst = min(worst, saved)
			if saved < -mostLost {
				t.Errorf("seed %d: %s loses %s in %d days", seed, h.Member, -saved, days)
			}
		}
		fmt.Fprintf(&table, "  = %6s, %2d %% of what neighbours could use", street.Decimal().StringFixed(2), 100*s.delivered/s.possible)
		if street <= 0 {
			t.Errorf("seed %d: the street saves %s", seed, street)
		}
		all, delivered, most = all+street, delivered+s.delivered, most+s.possible
	}
	t.Logf("savings in %d days against the utility's tariff, by home:%s", days, table.String())
	t.Logf("%d streets save %s; %d of %d households lose, at most %s; %s of %s that neighbours could use were delivered",
		seeds, all.Decimal().StringFixed(2), losers, households, -worst, delivered, most)
	if losers*20 > households {
		t.Errorf("%d of %d households lose, want at most one in twenty", losers, households)
	}
}
