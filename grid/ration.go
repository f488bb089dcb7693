package grid

import (
	"cmp"
	"slices"

	"github.com/wattle/wattle/energy"
)

// Class is the priority of a load in an island: lower is served first.
type Class uint8

// The published classes.
const (
	LifeSupport Class = iota // registered, never shed by us
	Critical                 // water, communication, light, fridges
	Basic                    // a household's first 500 W
	Normal                   // the rest of a household
	Flexible                 // heat, laundry
	Deferrable               // vehicles, air conditioning, pools: first to go
	Classes                  // how many there are
)

// Need is what one connection wants in one class.
type Need struct {
	ID     string // unique; breaks ties
	Class  Class
	Wants  energy.Watts
	Whole  bool             // all or nothing: it cannot be limited
	Served energy.WattHours // what it got in this class since the island began: who got least is next
}

// Ration divides supply among needs: class by class; within a class first what is all or nothing, whoever was served
// least first, then equally among the others, nobody more than wanted. The shares, in the order of the needs, sum to at
// most supply, and to all of it where everything is wanted in parts. A class gets nothing before the ones above it have
// all they want, but for what no whole need could use.
func Ration(supply energy.Watts, needs []Need) []energy.Watts {
	shares := make([]energy.Watts, len(needs))
	order := make([]int, len(needs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &needs[a], &needs[b]
		whole := 0
		if x.Whole != y.Whole {
			whole = 1
			if x.Whole {
				whole = -1
			}
		}
		return cmp.Or(cmp.Compare(x.Class, y.Class), whole, cmp.Compare(x.Served, y.Served), cmp.Compare(x.ID, y.ID))
	})
	left := max(0, supply)
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && needs[order[to]].Class == needs[order[from]].Class {
			to++
		}
		parts := from
		for ; parts < to && needs[order[parts]].Whole; parts++ {
			if w := max(0, needs[order[parts]].Wants); w <= left {
				shares[order[parts]] = w
				left -= w
			}
		}
		left = level(left, needs, order[parts:to], shares)
		from = to
	}
	return shares
}

// level fills the needs equally up to what each wants and returns what is left. What does not divide goes to those who
// were served least.
func level(left energy.Watts, needs []Need, order []int, shares []energy.Watts) energy.Watts {
	bySize := slices.Clone(order)
	slices.SortStableFunc(bySize, func(a, b int) int { return cmp.Compare(needs[a].Wants, needs[b].Wants) })
	for i, n := range bySize { // the smallest first: what it does not need is there for the others
		share := min(max(0, needs[n].Wants), left/energy.Watts(len(bySize)-i))
		shares[n] = share
		left -= share
	}
	for _, n := range order {
		if left > 0 && shares[n] < needs[n].Wants {
			shares[n]++
			left--
		}
	}
	return left
}

// Shed chooses loads to switch off until at least deficit and a tenth is freed: the last class first, in a class whoever
// is most above the fair share, then by ID. It returns the indexes in the order of switching; they are restored in
// reverse. Life support is never chosen.
func Shed(deficit energy.Watts, running []Need) []int {
	var count [Classes]energy.Watts
	var sum [Classes]energy.Watts
	order := make([]int, 0, len(running))
	for i, n := range running {
		if n.Class > LifeSupport && n.Class < Classes && n.Wants > 0 {
			order = append(order, i)
			count[n.Class]++
			sum[n.Class] += n.Wants
		}
	}
	above := func(n *Need) energy.Watts { return n.Wants - sum[n.Class]/count[n.Class] }
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &running[a], &running[b]
		return cmp.Or(cmp.Compare(y.Class, x.Class), cmp.Compare(above(y), above(x)), cmp.Compare(y.Served, x.Served), cmp.Compare(x.ID, y.ID))
	})
	target := deficit + (deficit+9)/10
	freed := energy.Watts(0)
	for i, n := range order {
		if freed >= target {
			return order[:i]
		}
		freed += running[n].Wants
	}
	return order
}

// ScarcityPrice rises from the ordinary price to the highest as the part of demand that cannot be served grows, and never
// leaves the bounds that were set beforehand: scarcity must not auction away a fridge. It falls to the floor in surplus.
func ScarcityPrice(ordinary, floor, highest energy.Price, supply, demand energy.Watts) energy.Price {
	switch {
	case demand <= 0 || supply >= 2*demand:
		return floor
	case supply > demand: // down to the floor at twice the demand
		return ordinary - energy.Price(int64(ordinary-floor)*int64(supply-demand)/int64(demand))
	default:
		return ordinary + energy.Price(int64(highest-ordinary)*int64(demand-max(0, supply))/int64(demand))
	}
}
