package grid

import (
	"math"
	"math/cmplx"
)

// loop is a branch outside the tree. With the voltages alpha·V at its from end and beta·V at its to end, its current is
// their difference over z (compensation method, Shirmohammadi et al., IEEE Trans. Power Systems 3(2) 1988).
type loop struct {
	edge        int
	from, to    int32
	z           complex128
	alpha, beta complex128
	branch      branch
	current     complex128
	result      branchResult
}

// mesh makes the sweeps of a network with loops: the tree's, then the loops' currents that close them exactly.
type mesh struct {
	f        *Flow
	response [][]complex128 // inverse of how the loops' gaps answer to the loops' currents
	gap      []complex128
	dj       []complex128
	di, dv   []complex128 // by place
	before   []complex128
}

func newMesh(f *Flow) *mesh {
	m, n := len(f.loops), len(f.knots)
	s := &mesh{f: f, gap: make([]complex128, m), dj: make([]complex128, m),
		di: make([]complex128, n), dv: make([]complex128, n), before: make([]complex128, n)}
	a := make([][]complex128, m)
	for k := range a {
		a[k] = make([]complex128, m)
	}
	for l := range f.loops {
		clear(s.dj)
		s.dj[l] = 1
		s.spread()
		for k := range f.loops {
			p := &f.loops[k]
			a[k][l] = p.alpha*s.dv[p.from] - p.beta*s.dv[p.to] - p.z*s.dj[k]
		}
	}
	s.response = invert(a)
	return s
}

// reset opens every loop.
func (s *mesh) reset() {
	for i := range s.f.loops {
		s.f.loops[i].current = 0
	}
}

// spread computes the change of every voltage that a change of the loops' currents makes.
func (s *mesh) spread() {
	clear(s.di)
	for i := range s.f.loops {
		l := &s.f.loops[i]
		s.di[l.from] += cmplx.Conj(l.alpha) * s.dj[i]
		s.di[l.to] -= cmplx.Conj(l.beta) * s.dj[i]
	}
	knots := s.f.knots
	for i := len(knots) - 1; i > 0; i-- {
		s.di[knots[i].parent] += s.di[i]
	}
	s.dv[0] = 0
	for i := 1; i < len(knots); i++ {
		s.dv[i] = s.dv[knots[i].parent] - complex(knots[i].r, knots[i].x)*s.di[i]
	}
}

// close finds the change of the loops' currents that closes their gaps at the present voltages.
func (s *mesh) close() {
	for k := range s.f.loops {
		l := &s.f.loops[k]
		a, b := &s.f.knots[l.from], &s.f.knots[l.to]
		s.gap[k] = l.alpha*complex(a.vre, a.vim) - l.beta*complex(b.vre, b.vim) - l.z*l.current
	}
	for k := range s.dj {
		sum := complex128(0)
		for l, gap := range s.gap {
			sum -= s.response[k][l] * gap
		}
		s.dj[k] = sum
	}
}

// meshedSweep is sweep for a network with loops.
func (f *Flow) meshedSweep() float64 {
	s := f.mesh
	for i := range f.knots {
		s.before[i] = complex(f.knots[i].vre, f.knots[i].vim)
	}
	f.gather()
	f.spread()
	s.close()
	s.spread()
	for i := range f.loops {
		f.loops[i].current += s.dj[i]
	}
	largest := 0.0
	for i := range f.knots {
		k := &f.knots[i]
		k.vre += real(s.dv[i])
		k.vim += imag(s.dv[i])
		d := cmplx.Abs(complex(k.vre, k.vim) - s.before[i])
		if math.IsNaN(d) {
			return math.Inf(1)
		}
		largest = max(largest, d)
	}
	f.redraw()
	return largest
}

// redraw sets every own current from the present voltages, loops included.
func (f *Flow) redraw() {
	f.bend()
	for i := range f.knots {
		f.knots[i].draw()
	}
	for i := range f.loops {
		l := &f.loops[i]
		from, to := cmplx.Conj(l.alpha)*l.current, cmplx.Conj(l.beta)*l.current
		f.knots[l.from].ire += real(from)
		f.knots[l.from].iim += imag(from)
		f.knots[l.to].ire -= real(to)
		f.knots[l.to].iim -= imag(to)
	}
}

// invert returns the inverse of a small dense matrix by Gauss-Jordan elimination with row exchanges; a is used up. A
// singular matrix gives infinities, which the verdict refuses.
func invert(a [][]complex128) [][]complex128 {
	n := len(a)
	inv := make([][]complex128, n)
	for i := range inv {
		inv[i] = make([]complex128, n)
		inv[i][i] = 1
	}
	for c := range n {
		best := c
		for r := c + 1; r < n; r++ {
			if cmplx.Abs(a[r][c]) > cmplx.Abs(a[best][c]) {
				best = r
			}
		}
		a[c], a[best] = a[best], a[c]
		inv[c], inv[best] = inv[best], inv[c]
		d := 1 / a[c][c]
		for k := range n {
			a[c][k] *= d
			inv[c][k] *= d
		}
		for r := range n {
			if w := a[r][c]; r != c && w != 0 {
				for k := range n {
					a[r][k] -= w * a[c][k]
					inv[r][k] -= w * inv[c][k]
				}
			}
		}
	}
	return inv
}
