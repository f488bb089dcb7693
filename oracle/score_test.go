package oracle_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

var plant = oracle.Plant{Peak: 8_000, Inverter: 7_000, Capacity: 8_000}

func quarterAt(hour, minute int) energy.Interval {
	return energy.IntervalAt(time.Date(2026, 3, 20, hour, minute, 0, 0, time.UTC), energy.FifteenMinutes)
}

func TestSolarScores(t *testing.T) {
	for _, c := range []struct {
		name     string
		interval energy.Interval
		solar    energy.WattHours
		night    bool
		sky      bool
		class    oracle.Class
	}{
		{"midnight, a register's step", quarterAt(23, 0), 2, false, false, 0},
		{"midnight, a lamp on the cell", quarterAt(23, 0), 100, true, true, oracle.Fraud},
		{"noon, full sun", quarterAt(11, 0), 1_700, false, false, 0},
		{"noon, above the inverter", quarterAt(11, 0), 1_900, false, true, oracle.Registered},
		{"dusk, little", quarterAt(16, 45), 60, false, false, 0},
		{"dusk, a battery", quarterAt(16, 45), 900, false, true, oracle.Fraud},
	} {
		if _, found := plant.Night(vienna, c.interval, c.solar); found != c.night {
			t.Errorf("%s: night %v, want %v", c.name, found, c.night)
		}
		if s, found := plant.AboveSky(vienna, c.interval, c.solar); found != c.sky || found && s.Class != c.class {
			t.Errorf("%s: above the sky %v, %+v, want %v, %s", c.name, found, s, c.sky, c.class)
		}
	}
}

func TestEnergyBalanceOfAHome(t *testing.T) {
	day := func(f oracle.Flows) (flows []oracle.Flows) {
		for range 96 {
			flows = append(flows, f)
		}
		return flows
	}
	if s, found := oracle.Load(day(oracle.Flows{Import: 100, Solar: 200, Export: 150})); found {
		t.Errorf("a home that consumes: %+v", s)
	}
	if s, found := oracle.Load(day(oracle.Flows{Solar: 200, Export: 260})); !found || s.Class != oracle.DeviceDefect || s.Measured != -5760 {
		t.Errorf("a home that gives what it has not: %+v, %v", s, found)
	}
	for _, c := range []struct {
		name  string
		flows oracle.Flows
		found bool
		class oracle.Class
	}{
		{"none", oracle.Flows{Solar: 300}, false, 0},
		{"a good one", oracle.Flows{Solar: 300, Charged: 100, Discharged: 85}, false, 0},
		{"hidden in the sun", oracle.Flows{Solar: 300, Charged: 300}, true, oracle.Fraud},
		{"a dead register", oracle.Flows{Charged: 300}, true, oracle.DeviceDefect},
	} {
		if s, found := plant.Battery(day(c.flows)); found != c.found || found && s.Class != c.class {
			t.Errorf("battery, %s: %+v, %v, want %v, %s", c.name, s, found, c.found, c.class)
		}
	}
}

func TestTwins(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var one, rounded, other, flat []energy.WattHours
	for range 96 {
		v := energy.WattHours(100 + random.IntN(1000))
		one, rounded = append(one, v), append(rounded, v+energy.WattHours(random.IntN(2)))
		other, flat = append(other, v+energy.WattHours(random.IntN(60))), append(flat, 1_500)
	}
	if s, found := oracle.Twins(one, rounded, oracle.Registered); !found || s.Class != oracle.Registered || s.Measured != s.Expected {
		t.Errorf("one series twice: %+v, %v", s, found)
	}
	if s, found := oracle.Twins(one, other, oracle.Fraud); found {
		t.Errorf("like neighbours: %+v", s)
	}
	if s, found := oracle.Twins(flat, flat, oracle.Fraud); found {
		t.Errorf("two inverters at their limit: %+v", s)
	}
}

func TestClockScores(t *testing.T) {
	zone := []uint32{50_010, 49_990, 50_020, 50_000, 49_970, 50_010, 49_980, 50_030}
	shifted := append([]uint32{49_950, 50_030}, zone[:6]...)
	silent := make([]uint32, 8)
	if s, found := oracle.Pulse(shifted, zone); !found || s.Class != oracle.Clock {
		t.Errorf("frequencies of half an hour ago: %+v, %v", s, found)
	}
	for name, own := range map[string][]uint32{"ours": zone, "none": silent, "too few": shifted[:7]} {
		if s, found := oracle.Pulse(own, zone); found {
			t.Errorf("frequencies, %s: %+v", name, s)
		}
	}
	for _, c := range []struct {
		name   string
		delays []int64
		found  bool
	}{
		{"none", nil, false},
		{"prompt", []int64{80, 40, 900}, false},
		{"an outage", []int64{9e6, 8e6, 7e6, 6e6, 5e6, 4e6, 3e6, 40}, false},
		{"late once", []int64{9e6}, false},
		{"from the future", []int64{50, -5_000}, true},
		{"always late", []int64{95e3, 91e3, 92e3, 99e3, 91e3, 93e3, 94e3, 95e3}, true},
	} {
		if s, found := oracle.Skew(c.delays, energy.FifteenMinutes); found != c.found {
			t.Errorf("delays, %s: %+v, %v, want %v", c.name, s, found, c.found)
		}
	}
	wrong := oracle.Classify([]oracle.Score{{Kind: oracle.NightPower, Class: oracle.Fraud}, {Kind: oracle.ForeignPulse, Class: oracle.Clock}})
	right := oracle.Classify([]oracle.Score{{Kind: oracle.NightPower, Class: oracle.Fraud}, {Kind: oracle.TwinSeries, Class: oracle.Fraud}})
	if wrong[0].Class != oracle.Clock || right[0].Class != oracle.Fraud {
		t.Errorf("night power is %s beside a wrong clock and %s beside none", wrong[0].Class, right[0].Class)
	}
}

func TestFeederBalance(t *testing.T) {
	losses := oracle.Losses{Idle: 120, Copper: 700}
	if got := losses.Of(-10_000, quarterAt(11, 0)); got != 30+280 {
		t.Errorf("losses at 40 kW: %d Wh, want 30 idle and 280 of 10,000", got)
	}
	day := func(stolen energy.WattHours) (branches []oracle.Branch) {
		for i := range 96 {
			b := oracle.Branch{Interval: quarterAt(0, 0).Add(i), Import: 5_000, Export: 1_000, Net: 4_000 + stolen}
			for range 3 { // the losses are a function of what they add to
				b.Net = 4_000 + stolen + losses.Of(b.Net, b.Interval)
			}
			branches = append(branches, b)
		}
		return branches
	}
	if s, found := losses.Gap(day(0)); found || s.Measured > 100 {
		t.Errorf("honest: %+v", s)
	}
	if s, found := losses.Gap(day(150)); !found || s.Measured < 14_000 {
		t.Errorf("3 %% stolen: %+v, %v", s, found)
	}
}

func TestSlopeIsThatOfLeastSquares(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var gaps, series []energy.WattHours
		var n, g, s, gs, ss float64
		for range 2 + random.IntN(600) {
			made := random.IntN(2_000)
			gap := made/10 + random.IntN(300) - 100
			gaps, series = append(gaps, energy.WattHours(gap)), append(series, energy.WattHours(made))
			n, g, s = n+1, g+float64(gap), s+float64(made)
			gs, ss = gs+float64(gap*made), ss+float64(made*made)
		}
		if want, got := 1e6*(n*gs-g*s)/(n*ss-s*s), oracle.Slope(gaps, series); math.Abs(float64(got)-want) > 2 {
			t.Fatalf("slope %d, want %.0f", got, want)
		}
	}
	if got := oracle.Slope([]energy.WattHours{1, 2}, []energy.WattHours{5, 5}); got != 0 {
		t.Errorf("slope over a constant %d, want 0", got)
	}
}

// drifting are a home and its neighbours over 20 days of changing weather; the home makes a factor more, in percent,
// in the last five.
func drifting(percent int) (d oracle.Days) {
	random := rand.New(rand.NewPCG(7, 8))
	d.Peers = make([][]energy.WattHours, 12)
	for day := range 20 {
		light := 5_000 + random.IntN(20_000)
		made := light
		if day >= 15 {
			made = light * percent / 100
		}
		d.Own = append(d.Own, energy.WattHours(made))
		for i := range d.Peers {
			d.Peers[i] = append(d.Peers[i], energy.WattHours(light*(80+i)/100*(99+random.IntN(3))/100))
		}
	}
	return d
}

func TestDrift(t *testing.T) {
	snowed := drifting(115)
	for i := range 4 {
		for day := 15; day < 20; day++ {
			snowed.Peers[i][day] = 30
		}
	}
	short := drifting(115)
	short.Own = short.Own[:13]
	for _, c := range []struct {
		name                       string
		whole, forenoon, afternoon oracle.Days
		slope                      int64
		found                      bool
		class                      oracle.Class
	}{
		{"as always", drifting(100), drifting(100), drifting(100), 0, false, 0},
		{"less", drifting(60), drifting(60), drifting(60), 0, false, 0},
		{"too short", short, short, short, 0, false, 0},
		{"more modules", drifting(115), drifting(115), drifting(115), 10_000, true, oracle.Registered},
		{"a felled tree beside a liar", drifting(115), drifting(130), drifting(100), 100_000, true, oracle.Registered},
		{"a liar", drifting(115), drifting(115), drifting(115), 120_000, true, oracle.Fraud},
		{"a liar among snowed roofs", snowed, snowed, snowed, 120_000, true, oracle.Fraud},
	} {
		s, found := oracle.Drift(c.whole, c.forenoon, c.afternoon, c.slope)
		if found != c.found || found && s.Class != c.class {
			t.Errorf("%s: %+v, %v, want %v, %s", c.name, s, found, c.found, c.class)
		}
	}
}
