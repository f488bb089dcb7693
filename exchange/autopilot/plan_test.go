package autopilot

import (
	"math/rand/v2"
	"testing"

	"github.com/wattle/wattle/energy"
)

// cheapestWay is the naive twin of optimise: it tries every sequence of levels.
func cheapestWay(b Battery, at int, outlook []Outlook, worth energy.Price, levels int, most energy.WattHours) energy.Money {
	if len(outlook) == 0 {
		return -worth.Cost(b.level(at, levels) - b.Reserve)
	}
	best := energy.Money(1 << 62)
	for to := range levels + 1 {
		out, ok := b.terminals(b.level(to, levels)-b.level(at, levels), most)
		if ok {
			best = min(best, outlook[0].cost(out)+cheapestWay(b, to, outlook[1:], worth, levels, most))
		}
	}
	return best
}

func randomPlan(r *rand.Rand, steps int) (Battery, energy.WattHours, []Outlook, energy.Price) {
	b := Battery{Capacity: 1000 + energy.WattHours(r.IntN(9000)), Power: 500 + energy.Watts(r.IntN(9000)), OneWay: 800 + int64(r.IntN(201)), Controlled: true}
	b.Reserve = b.Capacity / energy.WattHours(5+r.IntN(20))
	outlook := make([]Outlook, steps)
	for i := range outlook {
		sell := energy.Price(r.IntN(200_000) - 50_000)
		outlook[i] = Outlook{energy.WattHours(r.IntN(1500)), energy.WattHours(r.IntN(1500)), sell + energy.Price(r.IntN(300_000)), sell}
	}
	return b, b.Reserve + energy.WattHours(r.Int64N(int64(b.Capacity-b.Reserve+1))), outlook, energy.Price(r.IntN(300_000))
}

func TestPlanIsTheCheapestWay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		levels := 2 + r.IntN(4)
		b, charge, outlook, worth := randomPlan(r, 1+r.IntN(5))
		at := 0
		for at < levels && b.level(at+1, levels) <= charge {
			at++
		}
		p := optimise(b, charge, outlook, worth, energy.FifteenMinutes, levels)
		if want := cheapestWay(b, at, outlook, worth, levels, b.perInterval(energy.FifteenMinutes)); p.Cost != want {
			t.Fatalf("%+v from %s over %+v: got %s, want %s", b, charge, outlook, p.Cost, want)
		}
		keepsToTheBattery(t, b, p, outlook, worth)
	}
}

// keepsToTheBattery checks that the steps of a plan balance, respect the battery and cost what the plan says.
func keepsToTheBattery(t *testing.T, b Battery, p Plan, outlook []Outlook, worth energy.Price) {
	t.Helper()
	var cost energy.Money
	for i, s := range p.Steps {
		if s.SetPoint > b.Power || s.SetPoint < -b.Power || s.Charge < 0 || s.Charge > b.Capacity || s.Import < 0 || s.Export < 0 {
			t.Fatalf("%+v step %d: %+v is beyond the battery", b, i, s)
		}
		out := outlook[i].Need - outlook[i].Surplus - s.Import + s.Export
		if got := power(out, energy.FifteenMinutes); got != s.SetPoint {
			t.Fatalf("step %d: %+v does not balance with %+v: the battery gives %s", i, s, outlook[i], got)
		}
		cost += outlook[i].Buy.Cost(s.Import) - outlook[i].Sell.Cost(s.Export)
	}
	cost -= worth.Cost(max(0, p.Steps[len(p.Steps)-1].Charge-b.Reserve))
	if cost != p.Cost {
		t.Fatalf("the steps cost %s, the plan says %s", cost, p.Cost)
	}
}

func TestControlNeverCostsMoreThanTheInverterAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var alone, controlled energy.Money
	for range 50 {
		b, charge, outlook, worth := randomPlan(r, 96)
		p := PlanBattery(b, charge, outlook, worth, energy.FifteenMinutes)
		keepsToTheBattery(t, b, p, outlook, worth)
		b.Controlled = false
		self := PlanBattery(b, charge, outlook, worth, energy.FifteenMinutes)
		keepsToTheBattery(t, b, self, outlook, worth)
		if p.Cost > self.Cost {
			t.Errorf("controlled costs %s, alone %s", p.Cost, self.Cost)
		}
		alone, controlled = alone+self.Cost, controlled+p.Cost
	}
	if controlled >= alone {
		t.Errorf("control saved nothing: %s and %s", controlled, alone)
	}
}

func TestInverterAlone(t *testing.T) {
	b := Battery{Capacity: 2000, Reserve: 100, Power: 4000, OneWay: 1000}
	outlook := []Outlook{{Surplus: 1500}, {Surplus: 1000}, {Need: 300}, {Need: 2000}, {Need: 1200}, {Need: 50}}
	want := []Step{
		{-4000, 0, 500, 1500}, // as much as passes
		{-2000, 0, 500, 2000}, // as much as fits
		{1200, 0, 0, 1700},    // what is lacking
		{4000, 1000, 0, 700},  // as much as passes
		{2400, 600, 0, 100},   // down to the reserve
		{0, 50, 0, 100},       // nothing left
	}
	p := PlanBattery(b, 500, outlook, 0, energy.FifteenMinutes)
	for i, s := range p.Steps {
		if s != want[i] {
			t.Errorf("step %d: got %+v, want %+v", i, s, want[i])
		}
	}
	none := PlanBattery(Battery{}, 0, outlook[:1], 0, energy.FifteenMinutes)
	if got, want := none.Steps[0], (Step{0, 0, 1500, 0}); got != want {
		t.Errorf("without a battery: got %+v, want %+v", got, want)
	}
}
