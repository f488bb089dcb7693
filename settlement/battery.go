package settlement

import (
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// Colour says where stored energy came from.
type Colour uint8

const (
	// Solar came from the household's own roof.
	Solar Colour = iota
	// Grid came from the residual supplier, and from nobody knows where.
	Grid
	// Neighbour was delivered by a trade.
	Neighbour
	colours // how many there are
)

// Mix is energy by colour, each >= 0.
type Mix [colours]energy.WattHours

// Sum is the energy of all colours.
func (m Mix) Sum() (sum energy.WattHours) {
	for _, e := range m {
		sum += e
	}
	return sum
}

// plus adds colour by colour; a factor of −1 subtracts.
func (m Mix) plus(other Mix, factor energy.WattHours) Mix {
	for c := range m {
		m[c] += factor * other[c]
	}
	return m
}

// split takes e <= m.Sum() out of the mix in proportion, by largest remainder, ties to the earlier colour. No colour gives
// more than it has.
func (m Mix) split(e energy.WattHours) (part Mix) {
	if e == 0 {
		return part
	}
	weights := make([]int64, len(m))
	for c, held := range m {
		weights[c] = int64(held)
	}
	shares, err := e.Split(weights)
	if err != nil {
		panic(err) // the weights are not negative, and not all zero, as e is not
	}
	return Mix(shares)
}

// Battery is what is stored, what it cost and where it came from. The zero Battery is empty.
//
// What is lost takes its part of every colour and leaves its cost: stored energy becomes dearer as it becomes less. What is
// discharged has the mix and the mean cost of what is held.
type Battery struct {
	Held Mix
	Cost energy.Money // of what is held; what lost everything leaves its cost to the next charge
}

// Drawn is what a discharge delivered.
type Drawn struct {
	Energy Mix          // at the battery's terminals
	Lost   Mix          // on the way
	Cost   energy.Money // of both: Cost / Energy.Sum() is what a delivered Wh cost
}

// ErrBattery is returned for energy that was not stored. What is in a battery when its account begins is charged first,
// as Grid and at a price.
var ErrBattery = problem.New(problem.Invalid, "not in the battery")

// Charge stores in, which cost this much, less what of it was lost on the way.
func (b Battery) Charge(in Mix, cost energy.Money, lost energy.WattHours) (Battery, Mix, error) {
	for _, e := range in {
		if !e.Valid() {
			return b, Mix{}, fmt.Errorf("charge of %s: %w", e, energy.ErrRange)
		}
	}
	total, err := b.Cost.Add(cost)
	if err != nil {
		return b, Mix{}, fmt.Errorf("charge for %s: %w", cost, err)
	}
	if lost < 0 || lost > in.Sum() {
		return b, Mix{}, fmt.Errorf("%s of a charge of %s lost: %w", lost, in.Sum(), ErrBattery)
	}
	gone := in.split(lost)
	after := Battery{Held: b.Held.plus(in, 1).plus(gone, -1), Cost: total}
	if !after.Held.Sum().Valid() {
		return b, Mix{}, fmt.Errorf("%s stored: %w", after.Held.Sum(), energy.ErrRange)
	}
	return after, gone, nil
}

// Discharge delivers out and loses lost on the way.
func (b Battery) Discharge(out, lost energy.WattHours) (Battery, Drawn, error) {
	held := b.Held.Sum()
	if !out.Valid() || !lost.Valid() || out+lost > held {
		return b, Drawn{}, fmt.Errorf("discharge of %s and %s lost, with %s held: %w", out, lost, held, ErrBattery)
	}
	if out == 0 {
		after, gone, err := b.Standby(lost)
		return after, Drawn{Lost: gone}, err
	}
	taken := b.Held.split(out + lost)
	costs, err := b.Cost.Split([]int64{int64(out + lost), int64(held - out - lost)})
	if err != nil {
		panic(err) // both weights are not negative, and out is not zero
	}
	delivered := taken.split(out)
	return Battery{Held: b.Held.plus(taken, -1), Cost: costs[1]},
		Drawn{Energy: delivered, Lost: taken.plus(delivered, -1), Cost: costs[0]}, nil
}

// Standby loses energy without delivering any.
func (b Battery) Standby(lost energy.WattHours) (Battery, Mix, error) {
	if held := b.Held.Sum(); lost < 0 || lost > held {
		return b, Mix{}, fmt.Errorf("%s lost, with %s held: %w", lost, held, ErrBattery)
	}
	gone := b.Held.split(lost)
	return Battery{Held: b.Held.plus(gone, -1), Cost: b.Cost}, gone, nil
}
