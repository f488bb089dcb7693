package sim

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// summer is shortly before sunrise in Vienna on a long day.
var summer = time.Date(2026, 6, 21, 2, 0, 0, 0, time.UTC)

func street(t testing.TB, c Config) *Neighbourhood {
	t.Helper()
	if c.Start.IsZero() {
		c.Start = summer
	}
	n, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestConfigIsChecked(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		says   string
	}{
		{"too many homes", Config{Start: summer, Homes: 201}, "choose 1 to 200"},
		{"fewer than no homes", Config{Start: summer, Homes: -1}, "choose 1 to 200"},
		{"no start", Config{}, "no start"},
		{"beyond the pole", Config{Start: summer, Latitude: 90.1}, "latitude"},
		{"no latitude", Config{Start: summer, Latitude: math.NaN()}, "latitude"},
		{"around the world", Config{Start: summer, Longitude: -181}, "longitude"},
	} {
		_, err := New(c.config)
		if !errors.Is(err, ErrConfig) || problem.KindOf(err) != problem.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want an invalid configuration that says %q", c.name, err, c.says)
		}
	}
	n := street(t, Config{Start: summer.Add(700 * time.Millisecond)})
	want := Config{Homes: DefaultHomes, Start: summer, Latitude: DefaultLatitude, Longitude: DefaultLongitude}
	if n.Config() != want {
		t.Errorf("defaults: got %+v, want %+v", n.Config(), want)
	}
}

func TestEveryHomeIsDescribed(t *testing.T) {
	for _, homes := range []int{1, 2, 3, 12, 40, MaxHomes} {
		solar, storage := 0, 0
		seen := map[string]bool{}
		for _, h := range street(t, Config{Seed: 5, Homes: homes}).Homes() {
			if _, err := energy.ParseMember(string(h.Member)); err != nil || h.Meter != energy.Meter(h.Member+"-grid") {
				t.Fatalf("member %s meter %s: %v", h.Member, h.Meter, err)
			}
			for _, word := range []string{string(h.Member), string(h.Meter), h.Name} {
				if seen[word] || word == "" {
					t.Fatalf("%d homes: %q names two of them", homes, word)
				}
				seen[word] = true
			}
			if (h.Peak > 0) != (h.Inverter > 0) || (h.Capacity > 0) != (h.Storage > 0) || h.Capacity > 0 && h.Peak == 0 {
				t.Errorf("%s is half equipped: %+v", h.Member, h.Description)
			}
			if h.MaxExport != h.Inverter+h.Storage || h.Storage > h.Inverter || h.MaxImport < 10_000 {
				t.Errorf("%s: connection of %d and %d W", h.Member, h.MaxExport, h.MaxImport)
			}
			if h.Peak > 0 {
				solar++
			}
			if h.Capacity > 0 {
				storage++
			}
		}
		if want := int(math.Round(0.6 * float64(homes))); solar != want || storage != want/2 {
			t.Errorf("%d homes: got %d with solar, %d with a battery, want %d and %d", homes, solar, storage, want, want/2)
		}
	}
}

// A dozen homes have what a market needs, whatever the seed: over the morning at least three sell and three buy.
func TestMorningSunMakesAMarket(t *testing.T) {
	for seed := range uint64(60) {
		sellers, buyers := 0, 0
		for _, h := range street(t, Config{Seed: seed}).Homes() {
			from, to := h.State(summer.Add(4*time.Hour)), h.State(summer.Add(7*time.Hour))
			if net := (to.Export - from.Export) - (to.Import - from.Import); net > 0 {
				sellers++
			} else if net < 0 {
				buyers++
			}
		}
		if sellers < 3 || buyers < 3 {
			t.Errorf("seed %d: got %d sellers and %d buyers, want 3 of each at least", seed, sellers, buyers)
		}
	}
}

func TestSunOverTheStreet(t *testing.T) {
	n := street(t, Config{})
	if noon := n.Sun(time.Date(2026, 6, 21, 10, 56, 0, 0, time.UTC)); math.Abs(noon-65.24) > 0.1 {
		t.Errorf("summer noon: got %.2f°, want 65.24°", noon)
	}
	if night := n.Sun(time.Date(2026, 6, 21, 22, 56, 0, 0, time.UTC)); night > -18 || night < -19 {
		t.Errorf("summer midnight: got %.2f°, want about -18.4°", night)
	}
}
