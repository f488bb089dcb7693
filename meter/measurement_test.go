package meter_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
)

// following is the reading n quarter hours after s, chained to it if n is 1, with so much more energy.
func following(s meter.SignedReading, n int64, imported, exported energy.WattHours) meter.Reading {
	r := s.Reading
	r.Counter += uint64(n)
	r.Boundary += 900 * n
	r.Taken += 900_000 * n
	r.Import += imported
	r.Export += exported
	r.Previous = meter.Digest{}
	if n == 1 {
		r.Previous = s.Digest()
	}
	return r
}

func TestMeasure(t *testing.T) {
	first := meter.Sign(key(1), example())
	next := following(first, 1, 120, 3412)
	next.Quality = meter.Late
	got, err := meter.Measure(first, meter.Sign(key(1), next))
	want := meter.Measurement{Meter: "home-01-grid", Since: quarter, Until: quarter + 900, Import: 120, Export: 3412, Quality: meter.Late}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestMeasureRefuses(t *testing.T) {
	first := meter.Sign(key(1), example())
	for _, c := range []struct {
		name  string
		alter func(*meter.Reading)
		by    byte
		want  error
	}{
		{"another zone", func(r *meter.Reading) { r.Zone = "lane" }, 1, meter.ErrSequence},
		{"another meter", func(r *meter.Reading) { r.Meter = "home-02-grid" }, 1, meter.ErrSequence},
		{"another device", func(*meter.Reading) {}, 2, meter.ErrSequence},
		{"the same counter", func(r *meter.Reading) { r.Counter = 1 }, 1, meter.ErrSequence},
		{"the same boundary", func(r *meter.Reading) { r.Boundary = quarter }, 1, meter.ErrSequence},
		{"an earlier boundary", func(r *meter.Reading) { r.Boundary = quarter - 900 }, 1, meter.ErrSequence},
		{"a broken chain", func(r *meter.Reading) { r.Previous[31] ^= 1 }, 1, meter.ErrSequence},
		{"no chain", func(r *meter.Reading) { r.Previous = meter.Digest{} }, 1, meter.ErrSequence},
		{"import backwards", func(r *meter.Reading) { r.Import = 5_119_999 }, 1, meter.ErrReset},
		{"export backwards", func(r *meter.Reading) { r.Export = 0 }, 1, meter.ErrReset},
		{"more import than fits", func(r *meter.Reading) { r.Import += energy.MaxEnergy }, 1, energy.ErrRange},
		{"more export than fits", func(r *meter.Reading) { r.Export = 1<<63 - 1 }, 1, energy.ErrRange},
	} {
		r := following(first, 1, 1, 1)
		c.alter(&r)
		if got, err := meter.Measure(first, meter.Sign(key(c.by), r)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %+v, %v, want %v", c.name, got, err, c.want)
		}
	}
}

// Where readings are missing there is nothing to chain to, and the counter alone orders.
func TestMeasureOverMissingReadings(t *testing.T) {
	first := meter.Sign(key(1), example())
	later := meter.Sign(key(1), following(first, 5, 600, 17_000))
	got, err := meter.Measure(first, later)
	want := meter.Measurement{Meter: "home-01-grid", Since: quarter, Until: quarter + 5*900, Import: 600, Export: 17_000, Quality: meter.Measured}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

// Whichever readings are lost between two, the measurements of those that are left add up to the same energy.
func TestMeasurementsTelescope(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chain := []meter.SignedReading{meter.Sign(key(1), example())}
		for range rapid.IntRange(1, 12).Draw(t, "intervals") {
			last := chain[len(chain)-1]
			more := rapid.Int64Range(0, 20_000)
			chain = append(chain, meter.Sign(key(1), following(last, 1, energy.WattHours(more.Draw(t, "import")), energy.WattHours(more.Draw(t, "export")))))
		}
		first, last := chain[0], chain[len(chain)-1]
		earlier := first
		var imported, exported energy.WattHours
		for i, later := range chain[1:] {
			if i < len(chain)-2 && rapid.Bool().Draw(t, "lost") {
				continue
			}
			m, err := meter.Measure(earlier, later)
			if err != nil {
				t.Fatal(err)
			}
			if m.Since != earlier.Boundary || m.Until != later.Boundary || m.Import < 0 || m.Export < 0 {
				t.Fatalf("between %d and %d: got %+v", earlier.Boundary, later.Boundary, m)
			}
			imported, exported, earlier = imported+m.Import, exported+m.Export, later
		}
		if imported != last.Import-first.Import || exported != last.Export-first.Export {
			t.Fatalf("got %s in, %s out, want %s, %s", imported, exported, last.Import-first.Import, last.Export-first.Export)
		}
	})
}

func TestQuality(t *testing.T) {
	for q, want := range map[meter.Quality]string{0: "unknown", meter.Measured: "measured", meter.Late: "late", 3: "unknown"} {
		if got := q.String(); got != want || q.Valid() != (want != "unknown") {
			t.Errorf("quality %d: got %q, valid %t, want %q", q, got, q.Valid(), want)
		}
	}
}

func TestTolerance(t *testing.T) {
	for length, want := range map[energy.Length]time.Duration{
		energy.OneMinute: 4 * time.Second, energy.FifteenMinutes: time.Minute, energy.OneHour: 4 * time.Minute,
	} {
		if got := meter.Tolerance(length); got != want {
			t.Errorf("%s: got %s, want %s", length.Duration(), got, want)
		}
	}
}
