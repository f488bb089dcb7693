package oracle_test

import (
	"math"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

// almanac is SunHeight in floating point, with the right ascension and the hour angle spelt out.
func almanac(latitude, longitude float64, unix int64) float64 {
	const rad = math.Pi / 180
	days := float64(unix-946_728_000) / 86_400
	mean := (280.460 + 0.9856474*days) * rad
	anomaly := (357.528 + 0.9856003*days) * rad
	ecliptic := mean + (1.915*math.Sin(anomaly)+0.020*math.Sin(2*anomaly))*rad
	obliquity := (23.439 - 0.0000004*days) * rad
	declination := math.Asin(math.Sin(obliquity) * math.Sin(ecliptic))
	ascension := math.Atan2(math.Cos(obliquity)*math.Sin(ecliptic), math.Cos(ecliptic))
	hour := 2*math.Pi*days + longitude*rad + mean - ascension
	return math.Sin(latitude*rad)*math.Sin(declination) + math.Cos(latitude*rad)*math.Cos(declination)*math.Cos(hour)
}

var vienna = oracle.Place{Latitude: 482_000_000, Longitude: 163_700_000}

func TestSunHeightIsTheAlmanacs(t *testing.T) {
	for _, p := range []struct{ latitude, longitude float64 }{{48.2, 16.37}, {-33.87, 151.21}, {69.65, 18.96}, {0, -179.9}, {-89, 10}} {
		place := oracle.Place{Latitude: int64(math.Round(p.latitude * 1e7)), Longitude: int64(math.Round(p.longitude * 1e7))}
		for unix := int64(0); unix < 2_500_000_000; unix += 1_234_567 { // 1970 to 2049
			got, want := place.SunHeight(unix), almanac(p.latitude, p.longitude, unix)*1e6
			if math.Abs(float64(got)-want) > 60 {
				t.Fatalf("%v at %s: height %d, want %.0f", p, time.Unix(unix, 0).UTC(), got, want)
			}
		}
	}
}

func TestSolarBoundOfADay(t *testing.T) {
	at := func(hour, minute int) energy.Interval {
		return energy.IntervalAt(time.Date(2026, 6, 21, hour, minute, 0, 0, time.UTC), energy.FifteenMinutes)
	}
	for _, c := range []struct {
		interval energy.Interval
		least    energy.WattHours // what a roof of 10 kW can reach under cloud edges
		most     energy.WattHours
		dark     bool
	}{
		{at(23, 0), 0, 0, true},
		{at(1, 30), 0, 0, true},
		{at(2, 45), 100, 250, false}, // the sun rises at 02:54
		{at(11, 0), 2700, 3600, false},
		{at(18, 45), 100, 500, false},
		{at(21, 0), 0, 0, true},
	} {
		got, dark := vienna.SolarBound(c.interval, 10_000), vienna.Dark(c.interval)
		if got < c.least || got > c.most || dark != c.dark {
			t.Errorf("%s: bound %d Wh, dark %v, want %d to %d, %v", c.interval, got, dark, c.least, c.most, c.dark)
		}
	}
}
