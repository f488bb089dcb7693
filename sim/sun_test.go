package sim

import (
	"math"
	"testing"
	"time"
)

var vienna = place{DefaultLatitude * radians, DefaultLongitude * radians}

// crossing is when the sun's elevation passes through degrees within the hours after from.
func crossing(t *testing.T, p place, from time.Time, degrees float64) time.Time {
	t.Helper()
	above := p.sun(from.UnixMilli()).elevation() > degrees
	for at := from; at.Before(from.Add(12 * time.Hour)); at = at.Add(10 * time.Second) {
		if (p.sun(at.UnixMilli()).elevation() > degrees) != above {
			return at
		}
	}
	t.Fatalf("the sun does not pass %g° within 12 h after %s", degrees, from)
	return time.Time{}
}

// The almanac's sunrise is the upper limb at the horizon with 34' of refraction: the centre at -0.833°.
func TestSunriseAndSunsetOfVienna(t *testing.T) {
	for _, day := range []struct{ rise, set time.Time }{
		{time.Date(2026, 3, 20, 4, 58, 0, 0, time.UTC), time.Date(2026, 3, 20, 17, 7, 0, 0, time.UTC)},
		{time.Date(2026, 6, 21, 2, 54, 0, 0, time.UTC), time.Date(2026, 6, 21, 18, 59, 0, 0, time.UTC)},
		{time.Date(2026, 12, 21, 6, 42, 0, 0, time.UTC), time.Date(2026, 12, 21, 15, 3, 0, 0, time.UTC)},
	} {
		midnight := day.rise.Truncate(24 * time.Hour)
		rise := crossing(t, vienna, midnight, -0.833)
		set := crossing(t, vienna, midnight.Add(11*time.Hour), -0.833)
		if rise.Sub(day.rise).Abs() > 3*time.Minute || set.Sub(day.set).Abs() > 3*time.Minute {
			t.Errorf("%s: got %s to %s, want %s to %s", day.rise.Format(time.DateOnly),
				rise.Format("15:04"), set.Format("15:04"), day.rise.Format("15:04"), day.set.Format("15:04"))
		}
	}
}

func TestSunAtKnownPlaces(t *testing.T) {
	highest := func(p place, day time.Time) float64 {
		high := -90.0
		for step := range 24 * 360 {
			high = max(high, p.sun(day.Add(time.Duration(step)*10*time.Second).UnixMilli()).elevation())
		}
		return high
	}
	const obliquity = 23.436
	for _, c := range []struct {
		name                string
		latitude, longitude float64
		day                 time.Time
		want                float64
	}{
		{"Vienna, summer solstice", 48.2, 16.37, time.Date(2026, 6, 21, 0, 0, 0, 0, time.UTC), 90 - 48.2 + obliquity},
		{"Vienna, winter solstice", 48.2, 16.37, time.Date(2026, 12, 21, 0, 0, 0, 0, time.UTC), 90 - 48.2 - obliquity},
		{"equator, equinox", 0, -41.5, time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC), 90},
		{"Sydney, summer solstice", -33.87, 151.21, time.Date(2026, 12, 21, 0, 0, 0, 0, time.UTC), 90 - 33.87 + obliquity},
		{"Tromsø, polar night", 69.65, 18.96, time.Date(2026, 12, 21, 0, 0, 0, 0, time.UTC), 90 - 69.65 - obliquity},
	} {
		got := highest(place{c.latitude * radians, c.longitude * radians}, c.day)
		if math.Abs(got-c.want) > 0.1 {
			t.Errorf("%s: got %.2f°, want %.2f°", c.name, got, c.want)
		}
	}
}

func TestSunIsADirection(t *testing.T) {
	for h := range 24 {
		s := vienna.sun(summer.Add(time.Duration(h) * time.Hour).UnixMilli())
		if length := s.dot(s); math.Abs(length-1) > 1e-12 {
			t.Errorf("hour %d: length² %g, want 1", h, length)
		}
	}
	if morning := vienna.sun(time.Date(2026, 6, 21, 5, 0, 0, 0, time.UTC).UnixMilli()); morning.east < 0.5 {
		t.Errorf("morning sun: east %.2f, want it in the east", morning.east)
	}
}

// Clear-sky light has the known size: about 900 W/m² on level ground at Vienna's summer noon, less under clouds.
func TestLight(t *testing.T) {
	noon := vienna.sun(time.Date(2026, 6, 21, 10, 56, 0, 0, time.UTC).UnixMilli())
	level := func(cover float64) float64 { l := shine(noon, cover); return l.beam*noon.up + l.diffuse }
	if clear := level(0); clear < 850 || clear > 1000 {
		t.Errorf("clear noon: got %.0f W/m², want 850 to 1000", clear)
	}
	if grey := level(1) / level(0); math.Abs(grey-0.25) > 1e-9 {
		t.Errorf("overcast: got %.3f of the clear sky, want 0.25", grey)
	}
	if dark := shine(vector{north: math.Sqrt(1 - 0.0001), up: -0.01}, 0); dark != (light{}) {
		t.Errorf("night: got %+v, want none", dark)
	}
}
