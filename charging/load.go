package charging

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// ErrLoad is returned for a connection or a car that cannot be planned for.
var ErrLoad = problem.New(problem.Invalid, "these chargers cannot share this connection")

// Connection is what chargers share: a fuse, or the envelope of a connection point.
type Connection struct {
	Volts   int64 // between phase and neutral
	Amperes int64 // per phase, for all chargers together: what is contracted or allowed, less what the house draws
	Surplus energy.Watts
}

// Car is one that wants energy now.
type Car struct {
	Session  string
	Phases   int64            // 1 or 3
	Least    int64            // A per phase below which it does not charge: 6 by IEC 61851-1
	Most     int64            // A per phase: the least of the connector's, the cable's and the car's limit
	Solar    bool             // it charges from surplus only, until it must hurry
	Wanted   energy.WattHours // still missing; 0: not known
	Leaves   time.Time        // when it must be done; zero: no matter
	Waited   time.Duration    // since it last charged: who waits longest goes first where not all can charge
	voltsSum int64
}

// Allotment is what a car may draw, for OCPP's charging profiles.
type Allotment struct {
	Session string
	Amperes int64 // per phase; 0: pause
	Power   energy.Watts
}

// power is what a current gives.
func (c Car) power(amperes int64) energy.Watts { return energy.Watts(amperes * c.voltsSum) }

// maxAmperes bounds a current: no low-voltage connection is larger.
const maxAmperes = 10_000

// Share says what each car may draw, in the order in which the cars came. The sum stays within the connection, every single-phase car
// counted on the same phase: how cars are wired to phases is not known. Cars that must hurry come first, then those that take from the
// grid, then those that take only surplus; within a class each gets its least first, whoever waits longest before the others, and the
// rest ampere by ampere, always to those that have least.
func (c Connection) Share(now time.Time, cars []Car) ([]Allotment, error) {
	if err := c.validate(cars); err != nil {
		return nil, err
	}
	cars = slices.Clone(cars)
	for i := range cars {
		cars[i].voltsSum = c.Volts * cars[i].Phases
	}
	amperes := make([]int64, len(cars))
	var hurried, calm, solar []int
	for i, car := range cars {
		switch {
		case car.hurries(now):
			hurried = append(hurried, i)
		case car.Solar:
			solar = append(solar, i)
		default:
			calm = append(calm, i)
		}
	}
	left, surplus := max(0, c.Amperes), max(0, c.Surplus)
	for _, class := range [][]int{hurried, calm} {
		left = fill(cars, class, amperes, left, nil)
	}
	for i := range cars { // what others draw is no surplus any more
		surplus = max(0, surplus-cars[i].power(amperes[i]))
	}
	fill(cars, solar, amperes, left, &surplus)
	out := make([]Allotment, len(cars))
	for i, car := range cars {
		out[i] = Allotment{car.Session, amperes[i], car.power(amperes[i])}
	}
	return out, nil
}

func (c Connection) validate(cars []Car) error {
	if c.Volts < 100 || c.Volts > 1000 || c.Amperes > maxAmperes || c.Surplus > energy.MaxPower {
		return fmt.Errorf("connection of %d V and %d A: %w", c.Volts, c.Amperes, ErrLoad)
	}
	seen := map[string]bool{}
	for _, car := range cars {
		switch {
		case seen[car.Session]:
			return fmt.Errorf("session %s is there twice: %w", car.Session, ErrLoad)
		case car.Phases != 1 && car.Phases != 3:
			return fmt.Errorf("session %s: %d phases, want 1 or 3: %w", car.Session, car.Phases, ErrLoad)
		case car.Least < 1 || car.Most < car.Least || car.Most > maxAmperes || car.Wanted < 0 || car.Wanted > energy.MaxEnergy:
			return fmt.Errorf("session %s: %d to %d A, %s: %w", car.Session, car.Least, car.Most, car.Wanted, ErrLoad)
		}
		seen[car.Session] = true
	}
	return nil
}

// hurries says whether a car must charge now to be done in time: at full current it needs 3/4 or more of the time that is left. A car
// past its time does not hurry: nothing says that it still matters.
func (c Car) hurries(now time.Time) bool {
	left := int64(c.Leaves.Sub(now) / time.Second)
	if c.Wanted == 0 || c.Leaves.IsZero() || left <= 0 {
		return false
	}
	return int64(c.Wanted)*3600*4 >= int64(c.power(c.Most))*min(left, maxLeft)*3
}

// maxLeft is a year: so much power over so much time fits int64.
const maxLeft = 366 * 24 * 3600

// fill gives a class of cars what is left of the current, and where surplus is given, no more power than that. It returns what remains.
func fill(cars []Car, class []int, amperes []int64, left int64, surplus *energy.Watts) int64 {
	give := func(i int, more int64) bool {
		power := cars[i].power(more)
		if more > left || amperes[i]+more > cars[i].Most || surplus != nil && power > *surplus {
			return false
		}
		amperes[i] += more
		left -= more
		if surplus != nil {
			*surplus -= power
		}
		return true
	}
	order := slices.Clone(class)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(cars[b].Waited, cars[a].Waited) })
	var going []int
	for _, i := range order {
		if give(i, cars[i].Least) {
			going = append(going, i)
		}
	}
	for len(going) > 0 {
		level := amperes[slices.MinFunc(going, func(a, b int) int { return cmp.Compare(amperes[a], amperes[b]) })]
		still := going[:0]
		for _, i := range going {
			if amperes[i] > level || give(i, 1) {
				still = append(still, i)
			}
		}
		going = still
	}
	return left
}
