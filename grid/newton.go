package grid

import (
	"fmt"
	"math"
	"math/cmplx"
)

// newton solves linear systems with the Jacobian of the knots' current balances at the present voltages, rectangular
// coordinates. Leaf-first elimination of a tree fills nothing in, so factoring and solving take time proportional to the
// number of knots; loops come in as a correction of small rank (Woodbury).
type newton struct {
	f       *Flow
	inv     [][4]float64   // inverse of each eliminated 2×2 diagonal block, row by row
	y       []complex128   // admittance towards the source
	columns [][]complex128 // answers to a unit of each loop's current, real and imaginary
	closing [][]complex128 // inverse of the loops' own system, real entries
	work    []complex128
}

// newtonLimit bounds the Newton steps: from a flat start a solution takes fewer than 10, or there is none.
const newtonLimit = 40

func (f *Flow) jacobian() *newton {
	if f.newton == nil {
		n := len(f.knots)
		f.newton = &newton{f: f, inv: make([][4]float64, n), y: make([]complex128, n), work: make([]complex128, n)}
		for i := 1; i < n; i++ {
			f.newton.y[i] = 1 / complex(f.knots[i].r, f.knots[i].x)
		}
	}
	return f.newton
}

// factor eliminates the Jacobian at the present voltages.
func (s *newton) factor() {
	f := s.f
	for i := range f.knots {
		s.inv[i] = f.block(i)
	}
	for i := 1; i < len(f.knots); i++ {
		addComplex(&s.inv[i], s.y[i])
		addComplex(&s.inv[f.knots[i].parent], s.y[i])
	}
	for i := len(f.knots) - 1; i > 0; i-- {
		d := &s.inv[i]
		det := d[0]*d[3] - d[1]*d[2]
		*d = [4]float64{d[3] / det, -d[1] / det, -d[2] / det, d[0] / det}
		p := &s.inv[f.knots[i].parent]
		g, b := real(s.y[i]), imag(s.y[i])
		// The parent's block loses Y·D⁻¹·Y with Y = [g −b; b g].
		e0, e1 := d[0]*g+d[1]*b, -d[0]*b+d[1]*g
		e2, e3 := d[2]*g+d[3]*b, -d[2]*b+d[3]*g
		p[0] -= g*e0 - b*e2
		p[1] -= g*e1 - b*e3
		p[2] -= b*e0 + g*e2
		p[3] -= b*e1 + g*e3
	}
	s.factorLoops()
}

// addComplex adds the multiplication by a complex number to a 2×2 block.
func addComplex(d *[4]float64, y complex128) {
	d[0] += real(y)
	d[1] -= imag(y)
	d[2] += imag(y)
	d[3] += real(y)
}

// block is how a knot's own current answers to its voltage: shunt, constant power and constant current.
func (f *Flow) block(i int) [4]float64 {
	k, d := &f.knots[i], &f.power[i]
	var out [4]float64
	addComplex(&out, complex(k.g, k.b))
	v := complex(k.vre, k.vim)
	// I = conj(S/V): dI = −conj(S)/conj(V)² · conj(dV)
	c := -complex(k.p, -k.q) / (cmplx.Conj(v) * cmplx.Conj(v))
	out[0] += real(c)
	out[1] += imag(c)
	out[2] += imag(c)
	out[3] -= real(c)
	if d.pi != 0 || d.qi != 0 { // S grows with |V|: dI = conj(Si)/conj(V) · d|V|
		size := math.Hypot(k.vre, k.vim)
		w := complex(d.pi, -d.qi) * complex(cmplx.Abs(f.sigma[i]), 0) / cmplx.Conj(v)
		out[0] += real(w) * k.vre / size
		out[1] += real(w) * k.vim / size
		out[2] += imag(w) * k.vre / size
		out[3] += imag(w) * k.vim / size
	}
	return out
}

func apply(d *[4]float64, x complex128) complex128 {
	return complex(d[0]*real(x)+d[1]*imag(x), d[2]*real(x)+d[3]*imag(x))
}

// solveTree replaces currents by the changes of voltage they make, without the loops. The source does not move.
func (s *newton) solveTree(x []complex128) {
	knots := s.f.knots
	for i := len(knots) - 1; i > 0; i-- {
		x[knots[i].parent] += s.y[i] * apply(&s.inv[i], x[i])
	}
	x[0] = 0
	for i := 1; i < len(knots); i++ {
		x[i] = apply(&s.inv[i], x[i]+s.y[i]*x[knots[i].parent])
	}
}

// part returns the real (even) or imaginary (odd) unit.
func part(i int) complex128 {
	if i%2 == 0 {
		return 1
	}
	return 1i
}

// gapOf is how far a change of voltages opens a loop.
func (l *loop) gapOf(x []complex128) complex128 { return l.alpha*x[l.from] - l.beta*x[l.to] }

// factorLoops computes the loops' corrections. The loop's change of current c = gap/z loads its from end and unloads
// its to end.
func (s *newton) factorLoops() {
	loops := s.f.loops
	if len(loops) == 0 {
		return
	}
	m := 2 * len(loops)
	if s.columns == nil {
		s.columns = make([][]complex128, m)
		for c := range s.columns {
			s.columns[c] = make([]complex128, len(s.f.knots))
		}
	}
	a := make([][]complex128, m)
	for r := range a {
		a[r] = make([]complex128, m)
	}
	for c := range m {
		x, l := s.columns[c], &loops[c/2]
		clear(x)
		x[l.from] += cmplx.Conj(l.alpha) * part(c)
		x[l.to] -= cmplx.Conj(l.beta) * part(c)
		s.solveTree(x)
		for k := range loops {
			answer := loops[k].gapOf(x)
			if k == c/2 {
				answer += loops[k].z * part(c)
			}
			a[2*k][c], a[2*k+1][c] = complex(real(answer), 0), complex(imag(answer), 0)
		}
	}
	s.closing = invert(a)
}

// solve replaces currents fed in by the changes of voltage they make.
func (s *newton) solve(x []complex128) {
	s.solveTree(x)
	loops := s.f.loops
	if len(loops) == 0 {
		return
	}
	gaps := make([]float64, 2*len(loops))
	for k := range loops {
		gap := loops[k].gapOf(x)
		gaps[2*k], gaps[2*k+1] = real(gap), imag(gap)
	}
	for c, column := range s.columns {
		current := 0.0
		for r, gap := range gaps {
			current += real(s.closing[c][r]) * gap
		}
		for i := range x {
			x[i] -= column[i] * complex(current, 0)
		}
	}
}

// newtonSteps solves by Newton's method from the present voltages. It returns the number of steps, and whether the
// voltages were found.
func (f *Flow) newtonSteps() (int, bool) {
	s := f.jacobian()
	for n := 1; n <= newtonLimit; n++ {
		for i := range f.loops {
			l := &f.loops[i]
			a, b := &f.knots[l.from], &f.knots[l.to]
			l.current = (l.alpha*complex(a.vre, a.vim) - l.beta*complex(b.vre, b.vim)) / l.z
		}
		f.redraw()
		for i := range f.knots {
			s.work[i] = -complex(f.knots[i].ire, f.knots[i].iim)
		}
		for i := 1; i < len(f.knots); i++ {
			k := &f.knots[i]
			above := &f.knots[k.parent]
			current := s.y[i] * complex(above.vre-k.vre, above.vim-k.vim)
			s.work[i] += current
			s.work[k.parent] -= current
		}
		s.factor()
		s.solve(s.work)
		change := 0.0
		for i := range f.knots {
			k := &f.knots[i]
			k.vre += real(s.work[i])
			k.vim += imag(s.work[i])
			change = max(change, cmplx.Abs(s.work[i])) // max keeps what is not a number
		}
		if !finite(change) {
			return n, false
		}
		if change < tolerance {
			for i := range f.loops {
				l := &f.loops[i]
				l.current += l.gapOf(s.work) / l.z
			}
			f.redraw()
			return n, true
		}
	}
	return newtonLimit, false
}

// explain says where and why there is no solution: how much of its loads the network carries, and where the voltage is
// lowest then.
func (f *Flow) explain() error {
	full := append([]demand(nil), f.power...)
	defer copy(f.power, full)
	carried, place := 0.0, 0
	step := 1.0
	for range 12 { // to 1/4096 of the loads
		step /= 2
		for i, d := range full {
			s := carried + step
			f.power[i] = demand{d.p * s, d.q * s, d.pi * s, d.qi * s}
		}
		if f.trial() {
			carried += step
			place = f.lowest()
		}
	}
	bus := f.busAt(place)
	if carried == 0 {
		return fmt.Errorf("%w: not even without its loads: look for an impossible impedance near %s", ErrNoSolution, bus)
	}
	return fmt.Errorf("%w at %s: the voltage collapses there; the network carries %.1f %% of its loads: lower them or strengthen the way to %s",
		ErrNoSolution, bus, carried*100, bus)
}

// trial solves without results.
func (f *Flow) trial() bool {
	f.start()
	if _, ok := f.sweeps(); ok {
		return true
	}
	f.start()
	_, ok := f.newtonSteps()
	return ok
}

// lowest is the place with the lowest voltage.
func (f *Flow) lowest() int {
	place, least := 0, math.Inf(1)
	for i := range f.knots {
		v := math.Hypot(f.knots[i].vre, f.knots[i].vim) * cmplx.Abs(f.sigma[i])
		if v < least {
			place, least = i, v
		}
	}
	return place
}

// busAt names the first bus at a place.
func (f *Flow) busAt(place int) Bus {
	for i, p := range f.place {
		if int(p) == place {
			return f.network.Buses[i]
		}
	}
	panic(fmt.Sprintf("grid: no bus at place %d", place))
}
