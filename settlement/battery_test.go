package settlement

import (
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
)

// Ten kWh from the roof at 4 and ten at night at 20 lose two on the way in and two on the way out.
func TestBatteryCarriesCostAndColour(t *testing.T) {
	b, lost, err := Battery{}.Charge(Mix{Solar: 10 * kwh, Grid: 10 * kwh}, 240*coin, 2*kwh)
	if err != nil || b.Held != (Mix{9 * kwh, 9 * kwh, 0}) || lost != (Mix{kwh, kwh, 0}) {
		t.Fatalf("charge: got %+v, lost %v, %v", b, lost, err)
	}
	b, drawn, err := b.Discharge(4*kwh, 2*kwh)
	if err != nil || drawn.Energy != (Mix{2 * kwh, 2 * kwh, 0}) || drawn.Lost != (Mix{kwh, kwh, 0}) || drawn.Cost != 80*coin {
		t.Fatalf("discharge: got %+v, %v", drawn, err)
	}
	b, _, err = b.Standby(12 * kwh)
	if err != nil || b != (Battery{Cost: 160 * coin}) {
		t.Fatalf("standby: got %+v, %v, want the cost to stay", b, err)
	}
	if b, _, err = b.Charge(Mix{Neighbour: 3}, 5, 0); err != nil {
		t.Fatal(err)
	}
	if _, drawn, err = b.Discharge(3, 0); err != nil || drawn.Energy != (Mix{Neighbour: 3}) || drawn.Cost != 160*coin+5 {
		t.Fatalf("the next discharge: got %+v, %v", drawn, err)
	}
}

func TestBatteryRefuses(t *testing.T) {
	b := Battery{Held: Mix{Solar: 5}, Cost: 7}
	for name, do := range map[string]func() (Battery, error){
		"more lost than charged": func() (Battery, error) { after, _, err := b.Charge(Mix{Grid: 1}, 1, 2); return after, err },
		"negative charge":        func() (Battery, error) { after, _, err := b.Charge(Mix{Grid: -1, Solar: 2}, 1, 0); return after, err },
		"negative loss":          func() (Battery, error) { after, _, err := b.Charge(Mix{Grid: 1}, 1, -1); return after, err },
		"more than fits": func() (Battery, error) {
			after, _, err := b.Charge(Mix{Grid: energy.MaxEnergy}, 1, 0)
			return after, err
		},
		"cost beyond measure":    func() (Battery, error) { after, _, err := b.Charge(Mix{Grid: 1}, 1<<63-1, 0); return after, err },
		"more than is held":      func() (Battery, error) { after, _, err := b.Discharge(4, 2); return after, err },
		"negative discharge":     func() (Battery, error) { after, _, err := b.Discharge(-1, 2); return after, err },
		"more standby than held": func() (Battery, error) { after, _, err := b.Standby(6); return after, err },
		"negative standby":       func() (Battery, error) { after, _, err := b.Standby(-1); return after, err },
	} {
		if after, err := do(); after != b || !errors.Is(err, ErrBattery) && !errors.Is(err, energy.ErrRange) {
			t.Errorf("%s: got %+v, %v", name, after, err)
		}
	}
}

// naiveBattery is the twin: fractions, no rounding.
type naiveBattery struct {
	held [colours]*big.Rat
	cost *big.Rat
}

func (n *naiveBattery) sum() *big.Rat {
	sum := new(big.Rat)
	for _, held := range n.held {
		sum.Add(sum, held)
	}
	return sum
}

// keep scales what is held to what is left after some of it is gone, and returns the part that went.
func (n *naiveBattery) keep(gone energy.WattHours) *big.Rat {
	part := new(big.Rat)
	if sum := n.sum(); sum.Sign() > 0 {
		part.Quo(big.NewRat(int64(gone), 1), sum)
	}
	for c := range n.held {
		n.held[c].Sub(n.held[c], new(big.Rat).Mul(n.held[c], part))
	}
	return part
}

func (n *naiveBattery) charge(in Mix, cost energy.Money, lost int64) {
	for c := range in {
		n.held[c].Add(n.held[c], big.NewRat(int64(in[c]), 1))
		if in.Sum() > 0 {
			n.held[c].Sub(n.held[c], big.NewRat(int64(in[c])*lost, int64(in.Sum())))
		}
	}
	n.cost.Add(n.cost, big.NewRat(int64(cost), 1))
}

// near says whether what was rounded in so many steps can stand for the exact.
func near(exact *big.Rat, rounded int64, steps int) bool {
	off := new(big.Rat).Sub(exact, big.NewRat(rounded, 1))
	return off.Abs(off).Cmp(big.NewRat(int64(steps), 1)) <= 0
}

func TestBatteryConservesEnergyColourAndCost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b Battery
		twin := naiveBattery{[colours]*big.Rat{new(big.Rat), new(big.Rat), new(big.Rat)}, new(big.Rat)}
		var in, out, lost Mix
		var paid, received energy.Money
		amount := rapid.Int64Range(0, 3000)
		steps := rapid.IntRange(1, 40).Draw(t, "steps")
		for range steps {
			var err error
			var gone Mix
			switch held := int64(b.Held.Sum()); rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				charge := Mix{energy.WattHours(amount.Draw(t, "solar")), energy.WattHours(amount.Draw(t, "grid")), energy.WattHours(amount.Draw(t, "neighbour"))}
				cost := energy.Money(rapid.Int64Range(-1000, 1e6).Draw(t, "cost"))
				loss := rapid.Int64Range(0, int64(charge.Sum())).Draw(t, "loss")
				b, gone, err = b.Charge(charge, cost, energy.WattHours(loss))
				in, paid = in.plus(charge, 1), paid+cost
				twin.charge(charge, cost, loss)
			case 1:
				take := rapid.Int64Range(0, held).Draw(t, "take")
				loss := rapid.Int64Range(0, take).Draw(t, "loss")
				var drawn Drawn
				b, drawn, err = b.Discharge(energy.WattHours(take-loss), energy.WattHours(loss))
				gone, out, received = drawn.Lost, out.plus(drawn.Energy, 1), received+drawn.Cost
				if part := twin.keep(energy.WattHours(take)); take > loss {
					twin.cost.Sub(twin.cost, part.Mul(part, twin.cost))
				}
			case 2:
				loss := energy.WattHours(rapid.Int64Range(0, held).Draw(t, "loss"))
				b, gone, err = b.Standby(loss)
				twin.keep(loss)
			}
			if err != nil {
				t.Fatal(err)
			}
			lost = lost.plus(gone, 1)
			if in != out.plus(lost, 1).plus(b.Held, 1) || paid != received+b.Cost || min(b.Held[Solar], b.Held[Grid], b.Held[Neighbour]) < 0 {
				t.Fatalf("in %v, out %v, lost %v, paid %s, received %s, %+v", in, out, lost, paid, received, b)
			}
			if out[Solar] > in[Solar] {
				t.Fatalf("sold %s as solar, charged %s", out[Solar], in[Solar])
			}
			for c, held := range b.Held {
				if !near(twin.held[c], int64(held), steps) {
					t.Fatalf("colour %d: %s, by the formula %s", c, held, twin.held[c].FloatString(3))
				}
			}
		}
		if !near(twin.cost, int64(b.Cost), steps) {
			t.Fatalf("cost %s, by the formula %s", b.Cost, twin.cost.FloatString(3))
		}
	})
}
