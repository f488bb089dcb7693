package grid

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// The naive twin: the whole nodal admittance matrix, and Newton's method with a dense Jacobian by differences of nothing
// cleverer than the current balance itself.

// drawn is the current that the loads of a node take at the voltages, A or per unit.
type drawn func(v []complex128) []complex128

// denseNewton solves Y·V + drawn(V) = fed, with the voltages of the first fixed nodes given.
func denseNewton(y [][]complex128, v, fed []complex128, fixed int, loads drawn) bool {
	n := len(v) - fixed
	balance := func(v []complex128) []complex128 {
		f := loads(v)
		for i := range f {
			f[i] -= fed[i]
			for k := range v {
				f[i] += y[i][k] * v[k]
			}
		}
		return f
	}
	size := 0.0
	for _, x := range v {
		size = max(size, cmplx.Abs(x))
	}
	for range 30 {
		f := balance(v)
		a := make([][]float64, 2*n)
		for i := range a {
			a[i] = make([]float64, 2*n+1)
		}
		for c := range 2 * n {
			moved := append([]complex128(nil), v...)
			h := 1e-7 * size
			moved[fixed+c/2] += complex(h, 0) * part(c)
			for i, g := range balance(moved)[fixed:] {
				d := (g - f[fixed+i]) / complex(h, 0)
				a[2*i][c], a[2*i+1][c] = real(d), imag(d)
			}
		}
		for i := range n {
			a[2*i][2*n], a[2*i+1][2*n] = -real(f[fixed+i]), -imag(f[fixed+i])
		}
		step := denseSolve(a)
		largest := 0.0
		for i := range n {
			d := complex(step[2*i], step[2*i+1])
			v[fixed+i] += d
			largest = max(largest, cmplx.Abs(d)/size)
		}
		if largest < 1e-11 {
			return true
		}
		if !finite(largest) {
			return false
		}
	}
	return false
}

// denseSolve is Gaussian elimination with row exchanges; the right side is the last column.
func denseSolve(a [][]float64) []float64 {
	n := len(a)
	for c := range n {
		best := c
		for r := c + 1; r < n; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[best][c]) {
				best = r
			}
		}
		a[c], a[best] = a[best], a[c]
		for r := c + 1; r < n; r++ {
			if f := a[r][c] / a[c][c]; f != 0 {
				for k := c; k <= n; k++ {
					a[r][k] -= f * a[c][k]
				}
			}
		}
	}
	x := make([]float64, n)
	for r := n - 1; r >= 0; r-- {
		x[r] = a[r][n]
		for k := r + 1; k < n; k++ {
			x[r] -= a[r][k] * x[k]
		}
		x[r] /= a[r][r]
	}
	return x
}

// randomNetwork is a tree with a few loops, transformers, taps, shunts and loads of every kind.
func randomNetwork(r *rand.Rand, buses int) *Network {
	n := &Network{Source: Source{Bus: 0, VPU: 0.98 + 0.05*r.Float64(), AngleDeg: 20 * r.Float64()}}
	for i := range buses {
		n.Buses = append(n.Buses, Bus{ID: i, VnKV: 10})
	}
	line := func(a, b int) {
		n.Lines = append(n.Lines, Line{ID: len(n.Lines), From: a, To: b, R: 0.05 + 0.4*r.Float64(), X: 0.4 * r.Float64(),
			B: 2e-5 * r.Float64(), G: 1e-7 * r.Float64(), RatingA: 100})
	}
	for i := 1; i < buses; i++ {
		up := r.IntN(i)
		if r.IntN(6) != 0 {
			n.Buses[i].VnKV = n.Buses[up].VnKV
			if r.IntN(2) == 0 {
				line(up, i)
			} else {
				line(i, up)
			}
			continue
		}
		t := Transformer{ID: i, HV: up, LV: i, SnKVA: 2000 + 3000*r.Float64(), VkPercent: 4 + 4*r.Float64(), VkrPercent: r.Float64(),
			PfeKW: 3 * r.Float64(), I0Percent: 0.5, ShiftDeg: float64(r.IntN(12) * 30), Parallel: 1 + r.IntN(2), TapFactor: 0.96 + 0.08*r.Float64()}
		n.Buses[i].VnKV = 10
		if n.Buses[up].VnKV == 10 {
			n.Buses[i].VnKV = 20
		}
		t.VnHV, t.VnLV = n.Buses[up].VnKV*1.02, n.Buses[i].VnKV*0.99
		if r.IntN(2) == 0 {
			t.HV, t.LV, t.VnHV, t.VnLV = t.LV, t.HV, t.VnLV, t.VnHV
		}
		n.Transformers = append(n.Transformers, t)
	}
	for range r.IntN(4) {
		if a, b := r.IntN(buses), r.IntN(buses); a != b && n.Buses[a].VnKV == n.Buses[b].VnKV {
			line(a, b)
		}
	}
	for range buses {
		i := float64(r.IntN(2) * r.IntN(50))
		n.Loads = append(n.Loads, Load{ID: len(n.Loads), Bus: r.IntN(buses), PKW: 120*r.Float64() - 40, QKvar: 60*r.Float64() - 20,
			IPercent: i, ZPercent: float64(r.IntN(2)) * r.Float64() * (100 - i)})
	}
	n.Shunts = []Shunt{{ID: 0, Bus: r.IntN(buses), PKW: 1, QKvar: -100}}
	return n
}

// dense solves a network the naive way, in kV, kA and MVA per phase-to-phase convention.
func (n *Network) dense() ([]complex128, bool) {
	size := len(n.Buses)
	y := zeros(int32(size), int32(size))
	at := func(vn, pu float64) complex128 { return complex(vn*pu, 0) }
	for _, l := range n.Lines {
		s, h := 1/complex(l.R, l.X), complex(l.G, l.B)/2
		y[l.From][l.From] += s + h
		y[l.To][l.To] += s + h
		y[l.From][l.To] -= s
		y[l.To][l.From] -= s
	}
	for _, t := range n.Transformers {
		zk := t.VnLV * t.VnLV * 1e3 / t.SnKVA // ohm, from kV² over MVA
		z, r := t.VkPercent/100*zk, t.VkrPercent/100*zk
		m, g := t.I0Percent/100/zk, t.PfeKW/t.SnKVA/zk
		units := complex(float64(t.Parallel), 0)
		s, h := units/complex(r, math.Sqrt(z*z-r*r)), units*complex(g, -math.Sqrt(m*m-g*g))/2
		a := cmplx.Rect(t.VnHV*t.TapFactor/t.VnLV, t.ShiftDeg*math.Pi/180)
		y[t.LV][t.LV] += s + h
		y[t.HV][t.HV] += (s + h) / square(a)
		y[t.LV][t.HV] -= s / a
		y[t.HV][t.LV] -= s / cmplx.Conj(a)
	}
	v, fed := make([]complex128, size), make([]complex128, size)
	for i, b := range n.Buses {
		v[i] = at(b.VnKV, 1)
	}
	flow, err := NewFlow(n) // only where to start: phase shifts are beyond the reach of a flat start
	if err != nil {
		panic(err)
	}
	for i := range v {
		v[i] *= flow.sigma[flow.place[i]] * flow.source
	}
	loads := func(v []complex128) []complex128 {
		out := make([]complex128, size)
		for _, l := range n.Loads {
			u := complex(cmplx.Abs(v[l.Bus])/n.Buses[l.Bus].VnKV, 0)
			shares := complex(1-(l.IPercent+l.ZPercent)/100, 0) + complex(l.IPercent/100, 0)*u + complex(l.ZPercent/100, 0)*u*u
			out[l.Bus] += cmplx.Conj(shares * complex(l.PKW, l.QKvar) / 1e3 / v[l.Bus])
		}
		for _, s := range n.Shunts {
			out[s.Bus] += complex(s.PKW, -s.QKvar) / 1e3 / complex(n.Buses[s.Bus].VnKV*n.Buses[s.Bus].VnKV, 0) * v[s.Bus]
		}
		return out
	}
	ok := denseNewton(y, v, fed, 1, loads)
	for i, b := range n.Buses {
		v[i] /= complex(b.VnKV, 0)
	}
	return v, ok
}

func TestFlowAgreesWithDenseNewton(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 7))
		n := randomNetwork(r, 3+r.IntN(14))
		f, err := NewFlow(n)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		want, ok := n.dense()
		_, err = f.Solve()
		if !ok || err != nil {
			t.Fatalf("seed %d: dense found a solution: %t; flow: %v", seed, ok, err)
		}
		for i := range want {
			if d := cmplx.Abs(f.Voltage(i) - want[i]); !(d < 1e-8) {
				t.Errorf("seed %d, bus %d: got %v, want %v (%d loops)", seed, i, f.Voltage(i), want[i], len(f.loops))
			}
		}
		s := f.Solution()
		kw := s.Totals.SourceKW - s.Totals.LossKW
		for _, l := range n.Loads {
			u := s.Buses[l.Bus].VPU
			kw -= l.PKW * (1 - (l.IPercent+l.ZPercent)/100 + l.IPercent/100*u + l.ZPercent/100*u*u)
		}
		kw -= n.Shunts[0].PKW * s.Buses[n.Shunts[0].Bus].VPU * s.Buses[n.Shunts[0].Bus].VPU
		if math.Abs(kw) > 1e-3 {
			t.Errorf("seed %d: source less losses less loads is %g kW, want 0", seed, kw)
		}
	}
}

// Newton's steps must find what sweeps find, loops or not.
func TestNewtonStepsAgreeWithSweeps(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 11))
		f, err := NewFlow(randomNetwork(r, 3+r.IntN(20)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Solve(); err != nil {
			t.Fatal(err)
		}
		want := f.Solution()
		f.start()
		if n, ok := f.newtonSteps(); !ok || n > 8 {
			t.Errorf("seed %d: %d steps, found %t", seed, n, ok)
		}
		f.publish()
		compare(t, f.Solution(), want)
	}
}
