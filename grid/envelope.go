package grid

import (
	"math"

	"github.com/wattle/wattle/energy"
)

// Connection is where a member meets the network, and the most its contract allows in each direction.
type Connection struct {
	Bus            int // index
	Import, Export energy.Watts
}

// Envelope is how much one connection may take and give in an interval, whatever all others do within theirs.
type Envelope struct {
	Import, Export     energy.Watts
	ImportBy, ExportBy string // what stands in the way of more, for people; empty where it is the contract
}

// Allow cuts a wanted power, import positive, to the envelope, and says why where it must.
func (e Envelope) Allow(wanted energy.Watts) (allowed energy.Watts, reason string) {
	switch {
	case wanted > e.Import:
		return e.Import, e.ImportBy
	case -wanted > e.Export:
		return -e.Export, e.ExportBy
	}
	return wanted, ""
}

// Curtailment is the record of who was cut in an interval, by how much and why.
type Curtailment struct {
	Bus             int // index
	Interval        energy.Interval
	Wanted, Allowed energy.Watts // import positive
	Reason          string
}

// Energy is what the interval lost by the cut, Wh, never negative: what a rule that compensates pays for.
func (c Curtailment) Energy() (energy.WattHours, error) {
	return max(c.Wanted-c.Allowed, c.Allowed-c.Wanted).Over(c.Interval.Length().Duration())
}

// envelopeSteps halves the interval of a share until it is known to 0.1 %.
const envelopeSteps = 10

// Envelopes are dynamic operating envelopes: fair shares of what the network can carry. In each direction all connections
// are raised together, in equal parts of their contracts; those who push on what binds first stop, the others go on
// (progressive filling). The draws of buses without a connection stay as they are. Nothing is committed.
func (a *Admission) Envelopes(connections []Connection) ([]Envelope, error) {
	f := a.flow
	kept := append([]demand(nil), f.power...)
	envelopes := make([]Envelope, len(connections))
	fill := func(sign float64, contract func(Connection) energy.Watts, set func(*Envelope, energy.Watts, string)) {
		shares, binding := a.fill(connections, sign, contract)
		for i, c := range connections {
			if binding[i] != "" {
				set(&envelopes[i], energy.Watts(math.Floor(shares[i]*float64(contract(c)))), binding[i])
			} else {
				set(&envelopes[i], contract(c), "")
			}
		}
	}
	fill(1, func(c Connection) energy.Watts { return c.Import }, func(e *Envelope, w energy.Watts, by string) { e.Import, e.ImportBy = w, by })
	fill(-1, func(c Connection) energy.Watts { return c.Export }, func(e *Envelope, w energy.Watts, by string) { e.Export, e.ExportBy = w, by })
	copy(f.power, kept)
	_, err := f.Solve()
	return envelopes, err
}

// fill finds the share of each contract in one direction, and what binds it.
func (a *Admission) fill(connections []Connection, sign float64, contract func(Connection) energy.Watts) (shares []float64, binding []string) {
	f := a.flow
	shares, binding = make([]float64, len(connections)), make([]string, len(connections))
	live := make([]bool, len(connections))
	for i := range live {
		live[i] = true
	}
	try := func(level float64) (bool, string, int32) {
		for _, c := range connections {
			f.power[f.place[c.Bus]].p = 0
		}
		for i, c := range connections {
			share := shares[i]
			if live[i] {
				share = level
			}
			f.power[f.place[c.Bus]].p += sign * share * float64(contract(c)) / 1e3 / baseKVA
		}
		return a.feasible()
	}
	low := 0.0
	for left := len(connections); left > 0; {
		ok, what, place := try(1)
		if ok {
			low = 1
		}
		high := 1.0
		for range envelopeSteps {
			middle := (low + high) / 2
			if fits, w, p := try(middle); fits {
				low = middle
			} else {
				high, what, place = middle, w, p
			}
		}
		stopped := 0
		for pass := 0; stopped == 0; pass++ { // first those who push hard on what binds, at last everyone who goes on
			for i, c := range connections {
				if live[i] && (ok || pass == 2 || a.pushes(f.place[c.Bus], place, pass)) {
					live[i], shares[i] = false, low
					if !ok {
						binding[i] = what
					}
					stopped++
				}
			}
		}
		left -= stopped
	}
	return shares, binding
}

// pushes reports whether power at one place moves what binds at another: at first only where at least half of the way
// from the source is shared, then where any is.
func (a *Admission) pushes(place, binding int32, pass int) bool {
	if binding < 0 {
		return true
	}
	top := a.flow.climb(place, binding, func(int32) {}, func(int32) {})
	shared := a.sell[top].rise
	if pass == 0 {
		return shared >= a.sell[binding].rise/2
	}
	return shared > 0
}

// feasible solves and reports whether nothing is violated beyond the forecast, and otherwise what and where.
func (a *Admission) feasible() (bool, string, int32) {
	if _, err := a.flow.Solve(); err != nil {
		return false, "the voltage would collapse", -1
	}
	margin, binding, place := a.margin()
	return margin >= 0, binding, place
}

// Hosting is how much one more connection could give and take at a bus, given by its index, with everything else as
// committed, each at most the given power.
func (a *Admission) Hosting(bus int, most energy.Watts) (export, imports Decision, err error) {
	source := a.sourceBus()
	if export, err = a.Admit(bus, source, most, Trim); err != nil {
		return export, imports, err
	}
	imports, err = a.Admit(source, bus, most, Trim)
	return export, imports, err
}

// sourceBus is the index of a bus at the source.
func (a *Admission) sourceBus() int {
	for i, p := range a.flow.place {
		if p == 0 {
			return i
		}
	}
	panic("grid: no bus at the source")
}
