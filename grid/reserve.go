package grid

import "github.com/wattle/wattle/energy"

// Slot is one interval ahead of an island: what is firmly generated in it, and what each class wants.
type Slot struct {
	Supply energy.WattHours
	Wants  [Classes]energy.WattHours
}

// Store is the battery that carries an island, after its losses: what it holds above its untouchable reserve, what fits,
// and what it can take or give in one slot.
type Store struct {
	Energy, Capacity  energy.WattHours
	Charge, Discharge energy.WattHours
}

// Carry plans which class is served in which slot up to the horizon. No class is served at the cost of one above it, now
// or later; within that each class gets as much energy as is possible, and as early. The answer has the energy of each
// slot and class. Quantities below 0 count as 0.
func Carry(store Store, slots []Slot) [][Classes]energy.WattHours {
	plan := make([][Classes]energy.WattHours, len(slots))
	net := make([]energy.WattHours, len(slots)) // supply less what is promised to the classes so far
	for t := range slots {
		net[t] = max(0, slots[t].Supply)
	}
	need := make([]energy.WattHours, len(slots)+1) // what must be stored at the start of each slot to keep the promises
	for c := range Classes {
		for t := len(slots) - 1; t >= 0; t-- {
			need[t] = max(0, need[t+1]-min(net[t], store.Charge))
		}
		held := min(store.Energy, store.Capacity)
		for t := range slots {
			most := min(net[t]+store.Discharge, net[t]+held-need[t+1])
			x := max(0, min(slots[t].Wants[c], most))
			plan[t][c] = x
			net[t] -= x
			held = min(store.Capacity, held+min(net[t], store.Charge))
		}
	}
	return plan
}

// Critically reports whether every critical need and those above it can be met up to the horizon.
func Critically(store Store, slots []Slot) bool {
	plan := Carry(store, slots)
	for t := range slots {
		for c := LifeSupport; c <= Critical; c++ {
			if plan[t][c] < slots[t].Wants[c] {
				return false
			}
		}
	}
	return true
}
