package grid

import (
	"math"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
)

func TestViolationsHaveADuration(t *testing.T) {
	at, err := energy.NewInterval(0, 900)
	if err != nil {
		t.Fatal(err)
	}
	low := func(v float64) []Sample {
		return []Sample{{Quantity: Voltage, Element: "home-7", Value: v, Low: 0.9, High: 1.1}}
	}
	var s Supervision
	for i, v := range []float64{1, 0.89, 0.87, 0.88, 0.95} {
		ended := s.Observe(at.Add(i), low(v))
		if i < 4 {
			if len(ended) != 0 {
				t.Fatalf("interval %d: got %v ended", i, ended)
			}
			continue
		}
		want := Violation{Quantity: Voltage, Element: "home-7", First: at.Add(1), Last: at.Add(3), Worst: 0.87, Limit: 0.9}
		if len(ended) != 1 || ended[0] != want {
			t.Errorf("got %+v, want %+v", ended, want)
		}
	}
	s.Observe(at.Add(9), low(1.2))
	if ended := s.Observe(at.Add(11), low(1.3)); len(ended) != 1 || ended[0].Worst != 1.2 || len(s.Open()) != 1 || s.Open()[0].First != at.Add(11) {
		t.Errorf("a gap must end a violation: got %+v, open %+v", ended, s.Open())
	}
}

func TestSupplyOfAWeek(t *testing.T) {
	for _, c := range []struct {
		outside int
		value   float64
		want    bool
	}{{0, 1, true}, {50, 0.87, true}, {51, 0.87, false}, {1, 0.84, false}, {1, 1.11, false}, {500, math.NaN(), true}} {
		var s Supply
		for i := range 1000 {
			if i < c.outside {
				s.Add(c.value)
			} else {
				s.Add(1.01)
			}
		}
		if s.Compliant() != c.want {
			t.Errorf("%d means of %g: got %t", c.outside, c.value, s.Compliant())
		}
	}
}

// The exact steps agree with small steps of the differential equations.
func TestThermalAgreesWithSmallSteps(t *testing.T) {
	oil, rise := 20+oilEnd(0.3), math.Pow(0.3, 1.6)*23
	exact := NewThermal(0.3, 20)
	const dt = 0.5
	for _, load := range []float64{0.3, 1.2, 0.7, 1.5} {
		for range int(1800 / dt) {
			oil += dt / 10800 * (math.Pow((1+6*load*load)/7, 0.8)*55 - (oil - 20))
			rise += dt / 480 * (math.Pow(load, 1.6)*23 - rise)
		}
		exact = exact.After(30*time.Minute, load, 20)
		if d := exact.HotSpot() - (oil + rise); math.Abs(d) > 0.05 {
			t.Errorf("load %g: got %.2f °C, %.3f K from the small steps", load, exact.HotSpot(), d)
		}
	}
	if hot := NewThermal(1, 20).HotSpot(); math.Abs(hot-98) > 1e-9 { // the standard's rated hot spot
		t.Errorf("got %g °C at rated load, want 98", hot)
	}
}

func TestThermalReserve(t *testing.T) {
	cool, hot := NewThermal(0.1, 10), NewThermal(1.1, 35)
	if r := cool.Reserve(15*time.Minute, 10); r != CyclicLimit {
		t.Errorf("got %g after a cool night, want %g", r, CyclicLimit)
	}
	r := hot.Reserve(time.Hour, 35)
	if r >= 1 || math.Abs(hot.After(time.Hour, r, 35).HotSpot()-HotLimit) > 1e-6 {
		t.Errorf("got %g after a hot day, at %g °C", r, hot.After(time.Hour, r, 35).HotSpot())
	}
	if a := NewThermal(1, 20).Ageing(); math.Abs(a-1) > 1e-9 {
		t.Errorf("got ageing %g at 98 °C, want 1", a)
	}
}
