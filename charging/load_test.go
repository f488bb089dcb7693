package charging_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/charging"
	"github.com/wattle/wattle/energy"
)

func TestShare(t *testing.T) {
	calm := charging.Car{Phases: 3, Least: 6, Most: 16}
	solar, hurried, single := calm, calm, calm
	solar.Solar, single.Phases, single.Most = true, 1, 32
	hurried.Solar, hurried.Wanted, hurried.Leaves = true, 22_000, noon.Add(2*time.Hour) // at 11 kW it takes all of it
	late, waiting := hurried, calm
	late.Leaves, waiting.Waited = noon.Add(-time.Hour), time.Hour
	for _, c := range []struct {
		name       string
		connection charging.Connection
		cars       []charging.Car
		want       []int64
	}{
		{"nobody", charging.Connection{Amperes: 32}, nil, nil},
		{"one alone", charging.Connection{Amperes: 32}, []charging.Car{calm}, []int64{16}},
		{"two share", charging.Connection{Amperes: 25}, []charging.Car{calm, calm}, []int64{13, 12}},
		{"what one cannot take the other has", charging.Connection{Amperes: 40}, []charging.Car{calm, single}, []int64{16, 24}},
		{"one must wait", charging.Connection{Amperes: 11}, []charging.Car{calm, calm}, []int64{11, 0}},
		{"who waited longer goes first", charging.Connection{Amperes: 11}, []charging.Car{calm, waiting}, []int64{0, 11}},
		{"too little for anybody", charging.Connection{Amperes: 5}, []charging.Car{calm}, []int64{0}},
		{"the house draws more than there is", charging.Connection{Amperes: -3}, []charging.Car{calm}, []int64{0}},
		{"no surplus", charging.Connection{Amperes: 32}, []charging.Car{solar}, []int64{0}},
		{"surplus for 7 A", charging.Connection{Amperes: 32, Surplus: 5000}, []charging.Car{solar}, []int64{7}},
		{"surplus that another takes", charging.Connection{Amperes: 32, Surplus: 5000}, []charging.Car{calm, solar}, []int64{16, 0}},
		{"it must hurry", charging.Connection{Amperes: 20}, []charging.Car{calm, hurried}, []int64{0, 16}},
		{"too late to hurry", charging.Connection{Amperes: 20}, []charging.Car{calm, late}, []int64{16, 0}},
	} {
		c.connection.Volts = 230
		for i := range c.cars {
			c.cars[i].Session = fmt.Sprint(i)
		}
		got, err := c.connection.Share(noon, c.cars)
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.name, got, err, c.want)
			continue
		}
		for i, want := range c.want {
			if got[i].Amperes != want {
				t.Errorf("%s: got %v, want %v", c.name, got, c.want)
				break
			}
		}
	}
}

func TestShareRefuses(t *testing.T) {
	good := charging.Car{Session: "a", Phases: 3, Least: 6, Most: 16}
	two, upside := good, good
	two.Phases, upside.Most = 2, 5
	for _, cars := range [][]charging.Car{{good, good}, {two}, {upside}} {
		if _, err := (charging.Connection{Volts: 230, Amperes: 32}).Share(noon, cars); !errors.Is(err, charging.ErrLoad) {
			t.Errorf("%v: got %v, want %v", cars, err, charging.ErrLoad)
		}
	}
	if _, err := (charging.Connection{Amperes: 32}).Share(noon, nil); !errors.Is(err, charging.ErrLoad) {
		t.Errorf("no voltage: got %v, want %v", err, charging.ErrLoad)
	}
}

func TestTheLimitIsNeverPassed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := charging.Connection{Volts: 230, Amperes: rapid.Int64Range(-10, 200).Draw(t, "amperes"), Surplus: energy.Watts(rapid.Int64Range(-5000, 50_000).Draw(t, "surplus"))}
		var cars []charging.Car
		for i := range rapid.IntRange(0, 12).Draw(t, "cars") {
			least := rapid.Int64Range(6, 8).Draw(t, "least")
			car := charging.Car{
				Session: fmt.Sprint(i), Phases: rapid.SampledFrom([]int64{1, 3}).Draw(t, "phases"), Least: least,
				Most: least + rapid.Int64Range(0, 26).Draw(t, "more"), Solar: rapid.Bool().Draw(t, "solar"),
				Waited: time.Duration(rapid.IntRange(0, 3).Draw(t, "waited")) * time.Hour,
			}
			if rapid.Bool().Draw(t, "leaves") {
				car.Wanted = energy.WattHours(rapid.Int64Range(0, 60_000).Draw(t, "wanted"))
				car.Leaves = noon.Add(time.Duration(rapid.IntRange(-1, 12).Draw(t, "leaves")) * time.Hour)
			}
			cars = append(cars, car)
		}
		got, err := c.Share(noon, cars)
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		var power, fromSun energy.Watts
		for i, a := range got {
			sum, power = sum+a.Amperes, power+a.Power
			if a.Session != cars[i].Session || a.Amperes != 0 && (a.Amperes < cars[i].Least || a.Amperes > cars[i].Most) {
				t.Errorf("%+v got %+v", cars[i], a)
			}
			if cars[i].Solar && cars[i].Wanted == 0 {
				fromSun += a.Power
			}
		}
		if sum > max(0, c.Amperes) || power > energy.Watts(3*c.Volts*max(0, c.Amperes)) {
			t.Errorf("%d A and %s of %d A", sum, power, c.Amperes)
		}
		if fromSun > max(0, c.Surplus) {
			t.Errorf("%s from a surplus of %s", fromSun, c.Surplus)
		}
		for i, a := range got { // alike cars are served alike
			for j, b := range got {
				if cars[i].Solar == cars[j].Solar && cars[i].Wanted == 0 && cars[j].Wanted == 0 && cars[i].Phases == cars[j].Phases &&
					a.Amperes > 0 && b.Amperes > 0 && a.Amperes > b.Amperes+1 && b.Amperes < cars[j].Most && a.Amperes > cars[i].Least {
					t.Errorf("%+v and %+v", a, b)
				}
			}
		}
	})
}
