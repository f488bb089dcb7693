package grid

import (
	"fmt"
	"math"
	"math/cmplx"

	"github.com/wattle/wattle/energy"
)

// Mode says what a zone does with a trade that does not fit.
type Mode uint8

const (
	// Trim admits the part that fits.
	Trim Mode = iota
	// Refuse admits all of a trade or nothing.
	Refuse
	// Price admits as Trim does; the trade pays CongestionPrice besides.
	Price
)

// Decision is the answer to a trade.
type Decision struct {
	Admitted energy.Watts // at most what was asked; the rest does not fit
	Exact    bool         // a power flow decided; otherwise the linear model was sure
	Binding  string       // what stands in the way of more, for people; empty where all was admitted
}

// bisections bounds how often in a row the search for the largest part of a trade that fits may move the same of its
// two bounds: a trade that does not fit by a 256th is not worth more power flows.
const bisections = 8

// Admit decides on a trade between two buses, given by their indexes. Up to 0.8 of the linear limit it is admitted at
// once; above it a power flow with the trade added decides. A trade that only relieves what the forecast violates always
// fits. Nothing is committed.
func (a *Admission) Admit(seller, buyer int, want energy.Watts, mode Mode) (Decision, error) {
	if want <= 0 || a.flow.place[seller] == a.flow.place[buyer] {
		return Decision{Admitted: max(0, want)}, nil // within one bus nothing flows
	}
	kw := float64(want) / 1e3
	limit := sure * a.Max(seller, buyer, kw/sure)
	if limit >= kw {
		return Decision{Admitted: want}, nil
	}
	if a.stale { // the exact answer must stand on what is committed
		if err := a.Refresh(); err != nil {
			return Decision{}, err
		}
	}
	d := largest(want, limit, mode, func(kw float64) (float64, string) { return a.trial(seller, buyer, kw) })
	_, err := a.flow.Solve() // back to the committed state, whose branch results others read
	return d, err
}

// largest decides by power flows alone.
func largest(want energy.Watts, guess float64, mode Mode, trial func(kw float64) (margin float64, binding string)) Decision {
	kw := float64(want) / 1e3
	fits, binding := search(guess, kw, trial)
	d := Decision{Admitted: energy.Watts(math.Floor(fits * 1e3)), Exact: true, Binding: binding}
	if fits >= kw {
		d.Admitted = want
	}
	if mode == Refuse && d.Admitted < want {
		d.Admitted = 0
	}
	return d
}

// Commit admits a trade that Admit found to fit: all further decisions count it. Once the linear state has moved far
// enough from the last power flow, the network is solved again.
func (a *Admission) Commit(seller, buyer int, power energy.Watts) error {
	a.commit(seller, buyer, float64(power)/1e3)
	if a.moved > staleSquare {
		return a.Refresh()
	}
	return nil
}

// search finds the largest part of a trade that fits, by power flows: false position with a bisection's guarantee. It
// returns what stands in the way of more.
func search(guess, want float64, trial func(kw float64) (margin float64, binding string)) (fits float64, binding string) {
	margin, place := trial(want)
	if margin >= 0 {
		return want, ""
	}
	high, highMargin := want, margin
	binding = place
	low, lowMargin := 0.0, 1.0
	probe := guess
	if probe <= 0 || probe >= high {
		probe = high / 2
	}
	for side, n := 0, 0; high-low > 0.002*low && side > -bisections && side < bisections && n < 5*bisections; n++ {
		margin, place := trial(probe)
		if margin >= 0 {
			low, lowMargin = probe, margin
			side = max(side, 0) + 1
		} else {
			high, highMargin, binding = probe, margin, place
			side = min(side, 0) - 1
		}
		if side > 1 { // the same side twice: weigh the other one less (Illinois)
			highMargin /= 2
		} else if side < -1 {
			lowMargin /= 2
		}
		share := lowMargin / (lowMargin - highMargin)
		if low == 0 || !finite(highMargin) {
			share = 0.5
		}
		probe = low + (high-low)*min(0.98, max(0.02, share-0.001))
	}
	return low, binding
}

// trial solves with a trade added and returns the smallest margin to a limit, in parts of a limit, and its name. What
// was violated before may stay as it was.
func (a *Admission) trial(seller, buyer int, kw float64) (margin float64, binding string) {
	f := a.flow
	s, b := f.place[seller], f.place[buyer]
	keepS, keepB := f.power[s], f.power[b]
	f.power[s].p -= kw / baseKVA
	f.power[b].p += kw / baseKVA
	_, err := f.Solve()
	f.power[s], f.power[b] = keepS, keepB
	if err != nil {
		return math.Inf(-1), "the voltage would collapse"
	}
	margin, binding, _ = a.margin()
	return margin, binding
}

// margin is the smallest margin of the last solution to a limit, in parts of a limit, with the limit's name and place.
func (a *Admission) margin() (margin float64, binding string, place int32) {
	f := a.flow
	margin, where := math.Inf(1), -1
	for i := range f.knots {
		v := math.Sqrt(f.square(int32(i))) * cmplx.Abs(f.sigma[i])
		if m := min(a.limits.VMax-v, v-a.limits.VMin) + before(a.worst.voltage[i]); m < margin {
			margin, where = m, i
		}
	}
	line := -1
	for i := range a.worst.use {
		if m := before(a.worst.use[i]) - f.overload(i); m < margin {
			margin, line = m, i
		}
	}
	switch {
	case line >= len(f.knots):
		l := &f.loops[line-len(f.knots)]
		return margin, f.trace.edges[l.edge].String() + " at its rating", l.to
	case line >= 0:
		return margin, f.trace.edges[f.trace.via[line]].String() + " at its rating", int32(line)
	default:
		return margin, fmt.Sprintf("voltage of %s", f.busAt(where)), int32(where)
	}
}

// before is what a violation of the forecast allows: as much as it was, and the solver's own tolerance.
func before(violation float64) float64 {
	if violation == 0 {
		return 0
	}
	return violation + 2*tolerance
}

// Headroom is how much more active power a branch can carry.
type Headroom struct {
	Transformer bool
	ID          int
	Away        energy.Watts // away from the source
	Towards     energy.Watts // towards the source
}

// Headrooms lists the rated branches of the tree, in solver order. A branch beyond its rating has a negative headroom in
// the direction of its flow.
func (a *Admission) Headrooms() []Headroom {
	var list []Headroom
	for i := 1; i < len(a.posts); i++ {
		away, towards := a.buy[i].room, a.sell[i].room
		if math.IsInf(away, 1) {
			continue
		}
		e := a.flow.trace.edges[a.flow.trace.via[i]]
		list = append(list, Headroom{Transformer: e.trafo >= 0, ID: e.id,
			Away: energy.Watts(math.Floor(away * baseKVA * 1e3)), Towards: energy.Watts(math.Floor(towards * baseKVA * 1e3))})
	}
	return list
}
