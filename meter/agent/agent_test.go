package agent

import (
	"context"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wattle/wattle/meter"
)

func TestSignsAtEveryBoundary(t *testing.T) {
	h := newHome(t)
	b := begin(t, testConfig(t, h), noon.Add(5*time.Second))
	first := b.reading()
	if first.Counter != 1 || first.Boot != 1 || first.Boundary != noon.Unix() || first.Quality != meter.Measured ||
		first.Import != 50_000 || first.Export != 20_000 || first.Frequency != 49_990 || first.Voltage != 230_100 ||
		first.Taken != noon.Add(5*time.Second).UnixMilli() || first.Frames == (meter.Digest{}) {
		t.Errorf("first reading: got %+v", first.Reading)
	}

	h.count(50_100, 20_007)
	b.clock.set(noon.Add(15*time.Minute - time.Millisecond))
	b.until("polled before the boundary", func(l meter.Live) bool { return l.At == b.clock.now().UnixMilli() })
	h.count(50_120, 20_010)
	b.clock.set(noon.Add(15*time.Minute + time.Minute))
	second := b.reading()
	m := b.measure(first, second)
	if m.Import != 120 || m.Export != 10 || m.Quality != meter.Measured || second.Boundary != noon.Unix()+900 {
		t.Errorf("second interval: got %+v, want 120 Wh import, 10 Wh export, measured", m)
	}

	h.count(60_000, 30_000)
	b.clock.set(noon.Add(92 * time.Minute)) // 2 minutes after 13:30, with four boundaries missed
	third := b.reading()
	m = b.measure(second, third)
	if third.Boundary != noon.Add(90*time.Minute).Unix() || third.Counter != 3 || m.Import != 9880 || m.Export != 9990 || m.Quality != meter.Late {
		t.Errorf("after missed boundaries: got %+v of %+v, want 9880 and 9990 Wh, late", m, third.Reading)
	}
	if whole := b.measure(first, third); whole.Import != 10_000 || whole.Export != 10_000 {
		t.Errorf("whole: got %+v, want 10000 Wh each: intervals must telescope", whole)
	}
}

func TestReadsAtOnceWhenTheBoundaryHasPassed(t *testing.T) {
	c := testConfig(t, newHome(t))
	c.Poll = time.Hour
	wake := make(chan time.Time)
	c.Wake = wake
	b := begin(t, c, noon)
	b.reading()
	b.clock.set(noon.Add(15 * time.Minute))
	wake <- time.Time{}
	if got, want := b.reading().Boundary, noon.Unix()+900; got != want {
		t.Errorf("boundary: got %d, want %d", got, want)
	}
}

func TestLiveTellsWhatTheDevicesDo(t *testing.T) {
	b := begin(t, testConfig(t, newHome(t)), noon)
	b.reading()
	got := b.until("complete", func(l meter.Live) bool { return l.Solar != 0 })
	want := meter.Live{Meter: "home-01-grid", At: noon.UnixMilli(), Grid: -1500, Solar: 2500, Battery: -100, Charge: 555, Reachable: true}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDeadDeviceIsToldAndCaughtUpWith(t *testing.T) {
	h := newHome(t)
	b := begin(t, testConfig(t, h), noon)
	first := b.reading()
	b.until("complete", func(l meter.Live) bool { return l.Solar != 0 })
	h.stop()
	dead := b.until("unreachable", func(l meter.Live) bool { return !l.Reachable })
	if dead.Grid != -1500 || dead.Solar != 2500 || dead.Charge != 555 || !strings.Contains(dead.Problem, "does not answer") {
		t.Errorf("dead: got %+v, want the last known powers and a sentence", dead)
	}
	b.clock.set(noon.Add(47 * time.Minute))
	h.count(50_900, 20_000)
	h.start()
	second := b.reading()
	if m := b.measure(first, second); second.Boundary != noon.Add(45*time.Minute).Unix() || m.Import != 900 {
		t.Errorf("after the outage: got %+v, want 900 Wh until 12:45", m)
	}
	b.until("reachable again", func(l meter.Live) bool { return l.Reachable && l.Problem == "" })
}

// One home's dead device delays nobody else's readings.
func TestHomesAreIndependent(t *testing.T) {
	dead := newHome(t)
	dead.stop()
	begin(t, testConfig(t, dead), noon).until("unreachable", func(l meter.Live) bool { return !l.Reachable })
	b := begin(t, testConfig(t, newHome(t)), noon)
	for i := range 5 {
		b.clock.set(noon.Add(time.Duration(i) * 15 * time.Minute))
		if got, want := b.reading().Counter, uint64(i+1); got != want {
			t.Fatalf("counter: got %d, want %d", got, want)
		}
	}
}

func TestRegistersThatFellAreHeld(t *testing.T) {
	h := newHome(t)
	b := begin(t, testConfig(t, h), noon)
	first := b.reading()
	h.count(0, 0) // as devices do that wake up
	b.clock.set(noon.Add(15 * time.Minute))
	held := b.until("held", func(l meter.Live) bool { return !l.Reachable })
	if !strings.Contains(held.Problem, "fell below its last signed value") {
		t.Errorf("problem: got %q, want the fallen register", held.Problem)
	}
	h.count(50_000, 20_001)
	if m := b.measure(first, b.reading()); m.Import != 0 || m.Export != 1 {
		t.Errorf("after: got %+v, want 1 Wh export", m)
	}
}

func TestAbsentRegisterIsNotSigned(t *testing.T) {
	h := newHome(t)
	h.put(meterUnit, 54, 0x8000) // the energies' scale factor
	b := begin(t, testConfig(t, h), noon)
	held := b.until("held", func(l meter.Live) bool { return !l.Reachable })
	if !strings.Contains(held.Problem, "does not say how much energy") || held.Grid != -1500 {
		t.Errorf("got %+v, want the power and a sentence about the registers", held)
	}
	h.put(meterUnit, 54, 1)
	if got := b.reading(); got.Counter != 1 || got.Import != 500_000 {
		t.Errorf("got %+v, want the first reading with 500 kWh", got.Reading)
	}
}

func TestClockThatWentBackIsTold(t *testing.T) {
	b := begin(t, testConfig(t, newHome(t)), noon)
	b.reading()
	b.clock.set(noon.Add(-time.Hour))
	b.until("told", func(l meter.Live) bool { return strings.Contains(l.Problem, "clock") })
	b.clock.set(noon.Add(15 * time.Minute))
	if got := b.reading().Counter; got != 2 {
		t.Errorf("counter: got %d, want 2", got)
	}
}

func TestHomeWithOnlyAnInverterSellsItsProduction(t *testing.T) {
	h := newHome(t)
	c := testConfig(t, h)
	c.Sources = c.Sources[1:]
	b := begin(t, c, noon)
	first := b.reading()
	if first.Import != 0 || first.Export != 1_000_000 {
		t.Errorf("got import %s export %s, want 0 and the production", first.Import, first.Export)
	}
	live := b.until("producing", func(l meter.Live) bool { return l.Reachable })
	if live.Grid != -2500 || live.Solar != 2500 {
		t.Errorf("got %+v, want all 2500 W into the grid", live)
	}
	h.production(0) // waking up
	b.clock.set(noon.Add(15 * time.Minute))
	b.until("held", func(l meter.Live) bool { return !l.Reachable })
	h.production(1_000_400)
	if m := b.measure(first, b.reading()); m.Export != 400 {
		t.Errorf("got %+v, want 400 Wh export", m)
	}
}

func TestDeviceThatIsNoSunSpecIsExplained(t *testing.T) {
	h := newHome(t)
	c := testConfig(t, h)
	c.Sources = []Source{at(h.address, 77, GridMeter)}
	b := begin(t, c, noon)
	l := b.until("explained", func(l meter.Live) bool { return !l.Reachable })
	if !strings.Contains(l.Problem, "SunSpec") || !strings.Contains(l.Problem, "77") {
		t.Errorf("problem: got %q, want a sentence about SunSpec and unit 77", l.Problem)
	}
}

func TestValidate(t *testing.T) {
	good := testConfig(t, &home{address: "h:502"})
	good.Now = time.Now
	good.Publish = noPublish
	if err := good.Validate(); err != nil {
		t.Fatalf("got %v, want a valid configuration", err)
	}
	meterAt := func(unit byte) Source { return at("h:502", unit, GridMeter) }
	for name, spoil := range map[string]func(*Config){
		"zone":        func(c *Config) { c.Zone = "No Zone" },
		"meter":       func(c *Config) { c.Meter = "" },
		"key":         func(c *Config) { c.Key = ed25519.PrivateKey{1} },
		"length":      func(c *Config) { c.Length = 7 },
		"outbox":      func(c *Config) { c.Outbox = "" },
		"now":         func(c *Config) { c.Now = nil },
		"publish":     func(c *Config) { c.Publish = nil },
		"log":         func(c *Config) { c.Log = nil },
		"poll":        func(c *Config) { c.Poll = -1 },
		"no source":   func(c *Config) { c.Sources = nil },
		"two meters":  func(c *Config) { c.Sources = []Source{meterAt(1), meterAt(2)} },
		"no role":     func(c *Config) { c.Sources[0].Role = 0 },
		"bad address": func(c *Config) { c.Sources[0].Link.Address = "h" },
	} {
		c := good
		c.Sources = append([]Source(nil), good.Sources...)
		spoil(&c)
		if err := c.Validate(); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

func TestOutboxOfAnotherDeviceIsRefused(t *testing.T) {
	h := newHome(t)
	c := testConfig(t, h)
	b := begin(t, c, noon)
	b.reading()
	if err := b.end(); err != nil {
		t.Fatal(err)
	}
	c.Key = ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", ed25519.SeedSize)))
	c.Now, c.Publish = time.Now, noPublish
	if err := Run(t.Context(), c); !errors.Is(err, ErrConfig) {
		t.Errorf("got %v, want %v", err, ErrConfig)
	}
}

func noPublish(context.Context, meter.SignedReading) error { return errDown }
