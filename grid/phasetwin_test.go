package grid

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// randomFeeder has lines of one to four conductors, a delta-wye transformer, loads of every kind and sometimes a loop.
func randomFeeder(r *rand.Rand, buses int) *Feeder {
	diagonal := func(k int, own, mutual float64) [][]float64 {
		m := make([][]float64, k)
		for i := range m {
			m[i] = make([]float64, k)
			for j := range m[i] {
				m[i][j] = mutual
			}
			m[i][i] = own * (1 + 0.2*r.Float64())
		}
		return m
	}
	n := &Feeder{Source: PhaseSource{VLN: 11_000 / sqrt3, AngleDeg: 30, ZRe: diagonal(3, 0.5, 0.1), ZIm: diagonal(3, 2, 0.1),
		Nodes: []string{"src.1", "src.2", "src.3"}}}
	n.Elements = append(n.Elements, deltaWye("t", "src", "b0"),
		Element{ID: "reactor.g", Kind: "reactor", Nodes: []string{"b0.4"}, YRe: [][]float64{{1}}, YIm: [][]float64{{0}}})
	phases := [][]int{{1, 2, 3, 4}}
	line := func(from, to string, p []int) {
		l := PhaseLine{ID: fmt.Sprint(len(n.Lines)), From: from, To: to, Phases: p, R: diagonal(len(p), 0.05, 0.01), X: diagonal(len(p), 0.04, 0.015)}
		if r.IntN(3) == 0 {
			l.B = diagonal(len(p), 1e-5, -1e-6)
		}
		n.Lines = append(n.Lines, l)
	}
	for i := 1; i < buses; i++ {
		up := r.IntN(i)
		p := phases[up]
		if len(p) == 4 && r.IntN(4) == 0 {
			p = []int{4, 1 + r.IntN(3)}
		}
		phases = append(phases, p)
		line(fmt.Sprintf("b%d", up), fmt.Sprintf("b%d", i), p)
	}
	for range r.IntN(3) {
		if a, b := r.IntN(buses), r.IntN(buses); a != b && len(phases[a]) == 4 && len(phases[b]) == 4 {
			line(fmt.Sprintf("b%d", a), fmt.Sprintf("b%d", b), []int{1, 2, 3, 4})
		}
	}
	for i := range buses {
		l := PhaseLoad{ID: fmt.Sprint(i), Bus: fmt.Sprintf("b%d", i), Connection: "delta", Nodes: phases[i][:2], KV: 0.23,
			Model: []string{"pq", "i", "z"}[r.IntN(3)], PKW: 6*r.Float64() - 2, QKvar: 2 * r.Float64()}
		if len(phases[i]) == 4 {
			l.Nodes = []int{1 + r.IntN(3), 4}
			switch r.IntN(3) {
			case 0:
				l.Nodes, l.KV = []int{1, 2, 3}, 0.4
			case 1:
				l.Nodes, l.KV, l.Connection = []int{1, 2, 3}, 0.4, "wye"
			}
		}
		n.Loads = append(n.Loads, l)
	}
	return n
}

// deltaWye is a transformer Dyn of 11 kV to 400 V whose star point is the fourth conductor.
func deltaWye(id, hv, lv string) Element {
	y, a := 1/complex(0.002, 0.01), complex(400/sqrt3/11_000, 0) // siemens on the low-voltage side, turns
	e := Element{ID: "transformer." + id, Kind: "transformer"}
	for c := range 3 {
		e.Nodes = append(e.Nodes, fmt.Sprintf("%s.%d", hv, c+1))
	}
	for c := range 4 {
		e.Nodes = append(e.Nodes, fmt.Sprintf("%s.%d", lv, c+1))
	}
	full := zeros(7, 7)
	for w := range 3 { // each winding joins two high and two low terminals
		ends := [4]int{w, (w + 1) % 3, 3 + w, 6}
		turns := [4]complex128{a, -a, -1, 1}
		for i := range 4 {
			for k := range 4 {
				full[ends[i]][ends[k]] += y * turns[i] * turns[k]
			}
		}
	}
	for i := range 7 {
		full[i][i] += complex(1e-9, 0)
		e.YRe, e.YIm = append(e.YRe, make([]float64, 7)), append(e.YIm, make([]float64, 7))
		for k := range 7 {
			e.YRe[i][k], e.YIm[i][k] = real(full[i][k]), imag(full[i][k])
		}
	}
	return e
}

// dense solves a feeder the naive way, from the voltages it is given.
func (n *Feeder) dense(index map[string]int, v []complex128) bool {
	y := zeros(int32(len(v)), int32(len(v)))
	fed := make([]complex128, len(v))
	stamp := func(nodes []node, m [][]complex128) {
		for i, a := range nodes {
			for k, b := range nodes {
				y[index[a.String()]][index[b.String()]] += m[i][k]
			}
		}
	}
	for i := range n.Lines {
		stamp(n.Lines[i].primitive())
	}
	for _, e := range n.Elements {
		stamp(parseNodes(e.Nodes), complexMatrix(e.YRe, e.YIm))
	}
	source := invert(complexMatrix(n.Source.ZRe, n.Source.ZIm))
	stamp(parseNodes(n.Source.Nodes), source)
	for i, a := range n.Source.Nodes {
		for k := range n.Source.Nodes {
			fed[index[a]] += source[i][k] * cmplx.Rect(n.Source.VLN, (n.Source.AngleDeg-120*float64(k))*math.Pi/180)
		}
	}
	return denseNewton(y, v, fed, 0, func(v []complex128) []complex128 {
		out := make([]complex128, len(v))
		for _, l := range n.Loads {
			for _, p := range l.parts() {
				a, across := index[node{l.Bus, p.between[0]}.String()], complex128(0)
				across = v[a]
				if len(p.between) == 2 {
					across -= v[index[node{l.Bus, p.between[1]}.String()]]
				}
				u := cmplx.Abs(across) / p.vn
				share := map[string]float64{"pq": 1, "i": u, "z": u * u}[l.Model]
				current := cmplx.Conj(p.s * complex(share, 0) / across)
				out[a] += current
				if len(p.between) == 2 {
					out[index[node{l.Bus, p.between[1]}.String()]] -= current
				}
			}
		}
		return out
	})
}

func TestPhaseFlowAgreesWithDenseNewton(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 3))
		n := randomFeeder(r, 2+r.IntN(8))
		f, err := NewPhaseFlow(n)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if _, err := f.Solve(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got := f.Solution()
		index, v := map[string]int{}, make([]complex128, len(got.Nodes))
		for i, x := range got.Nodes {
			index[x.ID] = i
			v[i] = complex(x.VRe*1.02, x.VIm*0.99) + 0.5 // near, not at, the solution
		}
		if !n.dense(index, v) {
			t.Fatalf("seed %d: the dense twin found nothing", seed)
		}
		for i, x := range got.Nodes {
			if d := cmplx.Abs(complex(x.VRe, x.VIm) - v[i]); !(d < 230*1e-7) {
				t.Errorf("seed %d, node %s: got %g%+gi, want %v", seed, x.ID, x.VRe, x.VIm, v[i])
			}
		}
	}
}
