package grid

import (
	"fmt"
	"math"
	"math/cmplx"
)

// phasePart is one branch of a load: power between two conductors, or one conductor and earth.
type phasePart struct {
	a, b int32      // flat conductors; b is -1 for earth
	s    complex128 // VA drawn; for constant current: conj(S)/Vn, A
	amps bool       // constant current
}

// loadPart is a part before it has a place.
type loadPart struct {
	between []int // one or two conductors
	s       complex128
	vn      float64 // V across it
}

// parts splits a load.
func (l *PhaseLoad) parts() (parts []loadPart) {
	s, vn := complex(l.PKW*1e3, l.QKvar*1e3), l.KV*1e3
	switch {
	case l.Connection == "delta" && len(l.Nodes) == 2:
		return []loadPart{{l.Nodes, s, vn}}
	case l.Connection == "delta":
		for k := range l.Nodes {
			parts = append(parts, loadPart{[]int{l.Nodes[k], l.Nodes[(k+1)%3]}, s / 3, vn})
		}
		return parts
	}
	if len(l.Nodes) > 1 {
		vn /= sqrt3
	}
	for _, c := range l.Nodes {
		parts = append(parts, loadPart{[]int{c}, s / complex(float64(len(l.Nodes)), 0), vn})
	}
	return parts
}

// listLoads places the parts of all loads; constant impedances are in the matrices already.
func (p *phaseBuilder) listLoads() {
	p.spans = make([]span, len(p.feeder.Loads))
	for i := range p.feeder.Loads {
		l := &p.feeder.Loads[i]
		p.spans[i].from = int32(len(p.loads))
		if l.Model != "z" {
			for _, part := range l.parts() {
				x := phasePart{a: p.flat(node{l.Bus, part.between[0]}), b: -1, s: part.s}
				if len(part.between) == 2 {
					x.b = p.flat(node{l.Bus, part.between[1]})
				}
				if l.Model == "i" {
					x.amps, x.s = true, cmplx.Conj(part.s)/complex(part.vn, 0)
				}
				p.loads = append(p.loads, x)
			}
		}
		p.spans[i].to = int32(len(p.loads))
	}
}

// flat is the number of a kept bus's conductor.
func (p *phaseBuilder) flat(n node) int32 {
	place, position := p.local2(n)
	return p.knots[p.buses[place].kept].off + position
}

// Draw sets the power that a load of constant power takes, given by its index: kW and kvar, spread over its parts. It
// panics for a load of another model: those are part of the network.
func (f *PhaseFlow) Draw(load int, kw, kvar float64) {
	if f.feeder.Loads[load].Model != "pq" {
		panic("grid: the power of load " + f.feeder.Loads[load].ID + " follows its voltage")
	}
	parts := f.loads[f.spans[load].from:f.spans[load].to]
	for i := range parts {
		parts[i].s = complex(kw, kvar) * complex(1e3/float64(len(parts)), 0)
	}
}

// Buses is how many buses the feeder has.
func (f *PhaseFlow) Buses() int { return len(f.buses) }

const (
	// maxPhaseSweeps bounds the sweeps: near collapse their changes shrink slowly, beyond it never.
	maxPhaseSweeps = 300
	// phaseTolerance is how far a voltage may be from the solution, as a part of the bus's voltage.
	phaseTolerance = 1e-9
)

// Solve finds the voltages of every bus and the results of every branch. The error wraps ErrNoSolution and names the
// place and the reason; then there are no results.
func (f *PhaseFlow) Solve() (Verdict, error) {
	v, err := f.SolveReduced()
	if err != nil {
		return v, err
	}
	f.recover()
	if !f.publish() {
		return v, fmt.Errorf("%w: a result is not a number", ErrNoSolution)
	}
	return v, nil
}

// SolveReduced finds the voltages where power is taken or given, and leaves the other buses and the branches for Solve.
func (f *PhaseFlow) SolveReduced() (Verdict, error) {
	v, ok := f.iterate()
	if !ok {
		return v, f.explain()
	}
	return v, nil
}

func (f *PhaseFlow) iterate() (Verdict, bool) {
	copy(f.v, f.idle)
	last := math.Inf(1)
	for n := 1; n <= maxPhaseSweeps; n++ {
		copy(f.b, f.base)
		f.feed()
		change := f.linear()
		ratio := change / last
		v := Verdict{Iterations: n, Change: change}
		switch {
		case !finite(change) || n > 20 && ratio > 1.5:
			return v, false
		case change <= phaseTolerance/4, n > 2 && change*ratio <= phaseTolerance*(1-ratio): // the rest of a geometric series
			return v, true
		}
		last = change
	}
	return Verdict{Iterations: maxPhaseSweeps}, false
}

// feed adds what the loads take at the present voltages.
func (f *PhaseFlow) feed() {
	for i := range f.loads {
		l := &f.loads[i]
		v := f.v[l.a]
		if l.b >= 0 {
			v -= f.v[l.b]
		}
		vre, vim := real(v), imag(v)
		vv := vre*vre + vim*vim
		var current complex128
		if l.amps {
			size := 1 / math.Sqrt(vv)
			current = l.s * complex(vre*size, vim*size)
		} else {
			p, q := real(l.s), imag(l.s)
			inv := 1 / vv
			current = complex((p*vre+q*vim)*inv, (p*vim-q*vre)*inv)
		}
		f.b[l.a] -= current
		if l.b >= 0 {
			f.b[l.b] += current
		}
	}
}

// linear turns the currents fed in into voltages, loops included, and returns the largest change, as a part of the
// voltage; infinite where one is not a number. Afterwards b holds what is fed in behind each plain knot.
func (f *PhaseFlow) linear() float64 {
	if len(f.ends) == 0 {
		return f.tree()
	}
	copy(f.before, f.v)
	copy(f.saved, f.b)
	f.tree()
	for i, end := range f.ends {
		f.at[i] = f.v[end]
	}
	copy(f.b, f.saved)
	for i, end := range f.ends {
		sum := complex128(0)
		for k, v := range f.at {
			sum += f.loopM[i][k] * v
		}
		f.b[end] -= sum
	}
	f.tree()
	largest := 0.0
	for i := range f.knots {
		k := &f.knots[i]
		for c := k.off; c < k.off+k.k; c++ {
			d := f.v[c] - f.before[c]
			largest = max(largest, (real(d)*real(d)+imag(d)*imag(d))*k.perVolt)
		}
	}
	if math.IsNaN(largest) {
		return math.Inf(1)
	}
	return math.Sqrt(largest)
}

// tree is linear without the loops.
func (f *PhaseFlow) tree() float64 {
	for i := len(f.knots) - 1; i > 0; i-- {
		k := &f.knots[i]
		up := f.knots[k.parent].off
		switch {
		case k.plain && k.k == 3:
			b, above := (*[3]complex128)(f.b[k.off:]), (*[3]complex128)(f.b[up:])
			above[0] += b[0]
			above[1] += b[1]
			above[2] += b[2]
		case k.plain:
			for c := range k.k {
				f.b[up+c] += f.b[k.off+c]
			}
		default:
			multiply(f.b[up:up+k.kp], f.mats[k.mat+k.k*k.k:], f.b[k.off:k.off+k.k], -1)
		}
	}
	largest := 0.0
	for i := range f.knots {
		d := f.descend(&f.knots[i])
		if !(d <= largest) {
			if math.IsNaN(d) {
				return math.Inf(1)
			}
			largest = d
		}
	}
	return math.Sqrt(largest)
}

// descend computes one knot's voltages and returns the square of their largest change, as a part of the voltage.
func (f *PhaseFlow) descend(k *phaseKnot) (largest float64) {
	if k.plain && k.k == 3 {
		z := (*[9]complex128)(f.mats[k.mat:])
		b, v := (*[3]complex128)(f.b[k.off:]), (*[3]complex128)(f.v[k.off:])
		above := (*[3]complex128)(f.v[f.knots[k.parent].off:])
		v0 := above[0] + z[0]*b[0] + z[1]*b[1] + z[2]*b[2]
		v1 := above[1] + z[3]*b[0] + z[4]*b[1] + z[5]*b[2]
		v2 := above[2] + z[6]*b[0] + z[7]*b[1] + z[8]*b[2]
		d0, d1, d2 := v0-v[0], v1-v[1], v2-v[2]
		v[0], v[1], v[2] = v0, v1, v2
		return max(squareOf(d0), squareOf(d1), squareOf(d2)) * k.perVolt
	}
	var next [conductors]complex128
	switch {
	case k.plain:
		up := f.knots[k.parent].off
		copy(next[:], f.v[up:up+k.k])
		multiply(next[:k.k], f.mats[k.mat:], f.b[k.off:k.off+k.k], 1)
	case k.parent < 0:
		multiply(next[:k.k], f.mats[k.mat:], f.b[k.off:k.off+k.k], 1)
	default:
		up := f.knots[k.parent].off
		multiply(next[:k.k], f.mats[k.mat:], f.b[k.off:k.off+k.k], 1)
		multiply(next[:k.k], f.mats[k.mat+k.k*k.k+k.kp*k.k:], f.v[up:up+k.kp], 1)
	}
	for c := range k.k {
		largest = max(largest, squareOf(next[c]-f.v[k.off+c]))
		f.v[k.off+c] = next[c]
	}
	return largest * k.perVolt
}

func squareOf(x complex128) float64 { return real(x)*real(x) + imag(x)*imag(x) }

// multiply adds sign·m·x to out; m has a row for each entry of out.
func multiply(out, m, x []complex128, sign complex128) {
	for r := range out {
		row := m[r*len(x):]
		sum := complex128(0)
		for c, v := range x {
			sum += row[c] * v
		}
		out[r] += sign * sum
	}
}

// explain says where and why there is no solution: how much of its loads the feeder carries, and where the voltage
// falls most then.
func (f *PhaseFlow) explain() error {
	loads := append([]phasePart(nil), f.loads...)
	defer copy(f.loads, loads)
	carried, place := 0.0, 0
	for step := 0.5; step > 1.0/4096; step /= 2 {
		for i := range loads {
			f.loads[i].s = loads[i].s * complex(carried+step, 0)
		}
		if _, ok := f.iterate(); ok {
			carried += step
			place = f.deepest()
		}
	}
	return fmt.Errorf("%w at bus %s: the voltage collapses there; the feeder carries %.1f %% of its loads: lower them or strengthen the way to it",
		ErrNoSolution, f.busName(place), carried*100)
}

// deepest is the knot whose voltage lies farthest from its voltage without load.
func (f *PhaseFlow) deepest() (place int) {
	largest := 0.0
	for i := range f.knots {
		k := &f.knots[i]
		for c := k.off; c < k.off+k.k; c++ {
			if d := squareOf(f.v[c]-f.idle[c]) * k.perVolt; d > largest {
				place, largest = i, d
			}
		}
	}
	return place
}
