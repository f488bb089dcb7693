package grid

import (
	"math"
	"math/cmplx"
)

// phaseAsset is a line or element, with what its results need.
type phaseAsset struct {
	id       string
	from, to []int32 // flat conductors in the full vector
	y        []complex128
	place    int32   // the place below a plain line; -1 for everything else
	down     bool    // the line's from end is the upper one
	amps     int32   // of its currents
	ratingA  float64 // of each conductor; 0: not known
	ratingVA float64 // of all of it; 0: not known
	fromVA   complex128
	toVA     complex128
}

// listAssets lists lines and elements in the order of the feeder.
func (p *phaseBuilder) listAssets() {
	plainBelow := map[int]int32{}
	for i := range p.buses {
		if b := &p.buses[i]; b.plain {
			plainBelow[b.line] = int32(i)
		}
	}
	add := func(a phaseAsset) {
		a.amps = int32(len(p.amps))
		p.amps = append(p.amps, make([]float64, len(a.from)+len(a.to))...)
		p.assets = append(p.assets, a)
	}
	for i := range p.feeder.Elements {
		add(p.elementAsset(&p.feeder.Elements[i]))
	}
	for i := range p.feeder.Lines {
		l := &p.feeder.Lines[i]
		nodes, y := l.primitive()
		a := phaseAsset{id: "line." + l.ID, place: -1, ratingA: l.RatingA}
		for k, n := range nodes {
			if k < len(l.Phases) {
				a.from = append(a.from, p.wire(n))
			} else {
				a.to = append(a.to, p.wire(n))
			}
		}
		if place, ok := plainBelow[i]; ok {
			a.place = place
			a.down = p.trace.index[l.To] == p.buses[place].bus
		} else {
			for _, row := range y {
				a.y = append(a.y, row...)
			}
		}
		add(a)
	}
}

// wire is the number of a node in the full voltage vector.
func (p *phaseBuilder) wire(n node) int32 {
	place, position := p.local2(n)
	return p.buses[place].off + position
}

// elementAsset sorts an element's nodes by its two sides.
func (p *phaseBuilder) elementAsset(e *Element) phaseAsset {
	nodes := parseNodes(e.Nodes)
	y := complexMatrix(e.YRe, e.YIm)
	a := phaseAsset{id: e.ID, place: -1, ratingVA: e.SnKVA * 1e3}
	order := make([]int, 0, len(nodes)) // first side first
	for pass := range 2 {
		for k, n := range nodes {
			switch first := n.bus == nodes[0].bus; {
			case pass == 0 && first:
				a.from, order = append(a.from, p.wire(n)), append(order, k)
			case pass == 1 && !first:
				a.to, order = append(a.to, p.wire(n)), append(order, k)
			}
		}
	}
	for _, r := range order {
		for _, c := range order {
			a.y = append(a.y, y[r][c])
		}
	}
	return a
}

// recover computes the voltages of all buses from those of the kept ones.
func (f *PhaseFlow) recover() {
	for i := range f.buses {
		b := &f.buses[i]
		out := f.full[b.off : b.off+b.k]
		if b.kept >= 0 {
			copy(out, f.v[f.knots[b.kept].off:])
			continue
		}
		copy(out, f.full[f.buses[b.parent].off:])
		if b.owner < 0 {
			continue // nothing flows
		}
		current := f.b[f.knots[b.owner].off:]
		if b.k == 3 {
			z, x, v := (*[9]complex128)(f.mats[b.z:]), (*[3]complex128)(current), (*[3]complex128)(out)
			v[0] += z[0]*x[0] + z[1]*x[1] + z[2]*x[2]
			v[1] += z[3]*x[0] + z[4]*x[1] + z[5]*x[2]
			v[2] += z[6]*x[0] + z[7]*x[1] + z[8]*x[2]
			continue
		}
		multiply(out, f.mats[b.z:], current[:b.k], 1)
	}
}

// publish fills the results of every branch. It reports whether all of them are numbers.
func (f *PhaseFlow) publish() bool {
	sum := 0.0
	for i := range f.assets {
		a := &f.assets[i]
		if a.place >= 0 {
			f.publishPlain(a)
		} else {
			f.publishGeneral(a)
		}
		sum += real(a.fromVA) + real(a.toVA) + imag(a.fromVA) + imag(a.toVA)
	}
	return finite(sum)
}

// publishPlain: what is fed in behind the line comes out of it at the upper end.
func (f *PhaseFlow) publishPlain(a *phaseAsset) {
	b := &f.buses[a.place]
	a.fromVA, a.toVA = 0, 0
	if b.owner < 0 {
		return // its currents are zero for good
	}
	current := f.b[f.knots[b.owner].off:]
	upper, lower := a.from, a.to
	if !a.down {
		upper, lower = lower, upper
	}
	amps := f.amps[a.amps:]
	up, low := complex128(0), complex128(0)
	for c, at := range lower {
		j := current[at-b.off]
		conj := complex(real(j), -imag(j))
		up -= f.full[upper[c]] * conj
		low += f.full[at] * conj
		size := math.Sqrt(squareOf(j))
		amps[c], amps[len(lower)+c] = size, size
	}
	if a.down {
		a.fromVA, a.toVA = up, low
	} else {
		a.fromVA, a.toVA = low, up
	}
}

// publishGeneral: the primitive matrix times the voltages is what flows in.
func (f *PhaseFlow) publishGeneral(a *phaseAsset) {
	amps := f.amps[a.amps:]
	a.fromVA, a.toVA = 0, 0
	size := len(a.from) + len(a.to)
	at := func(i int) complex128 {
		if i < len(a.from) {
			return f.full[a.from[i]]
		}
		return f.full[a.to[i-len(a.from)]]
	}
	for r := range size {
		sum := complex128(0)
		for c := range size {
			sum += a.y[r*size+c] * at(c)
		}
		amps[r] = cmplx.Abs(sum)
		if r < len(a.from) {
			a.fromVA += at(r) * cmplx.Conj(sum)
		} else {
			a.toVA += at(r) * cmplx.Conj(sum)
		}
	}
}

// PhaseSolution is what a power flow with phases found, as case files expect it.
type PhaseSolution struct {
	Tool     string        `json:"tool"`
	Totals   PhaseTotals   `json:"totals"`
	Nodes    []NodeState   `json:"nodes"`
	Branches []PhaseBranch `json:"branches"`
}

// PhaseTotals sums a solution up. The source's power is taken behind its impedance.
type PhaseTotals struct {
	LossKW     float64 `json:"p_loss_kw"`
	LossKvar   float64 `json:"q_loss_kvar"`
	SourceKW   float64 `json:"p_source_kw"`
	SourceKvar float64 `json:"q_source_kvar"`
}

// NodeState is the voltage of a node to earth, V.
type NodeState struct {
	ID       string  `json:"id"`
	VRe      float64 `json:"v_re"`
	VIm      float64 `json:"v_im"`
	V        float64 `json:"vm_v"`
	AngleDeg float64 `json:"va_deg"`
}

// PhaseBranch is what flows into a line or element at its two sides, and the current of each conductor.
type PhaseBranch struct {
	ID       string    `json:"id"`
	FromKW   float64   `json:"p_from_kw"`
	FromKvar float64   `json:"q_from_kvar"`
	ToKW     float64   `json:"p_to_kw"`
	ToKvar   float64   `json:"q_to_kvar"`
	FromA    []float64 `json:"i_from_a"`
	ToA      []float64 `json:"i_to_a"`
}

// Solution copies the last solution out: nodes in the order in which the feeder names them, elements before lines.
func (f *PhaseFlow) Solution() *PhaseSolution {
	s := &PhaseSolution{Tool: "wattle"}
	for bus, name := range f.trace.buses {
		off := f.buses[f.trace.order[bus]].off
		for c := range conductors {
			if l := f.local[bus][c]; l >= 0 {
				v := f.full[off+l]
				s.Nodes = append(s.Nodes, NodeState{ID: node{name, c + 1}.String(), VRe: real(v), VIm: imag(v),
					V: cmplx.Abs(v), AngleDeg: cmplx.Phase(v) * 180 / math.Pi})
			}
		}
	}
	for i := range f.assets {
		a := &f.assets[i]
		amps := append([]float64{}, f.amps[a.amps:int(a.amps)+len(a.from)+len(a.to)]...)
		b := PhaseBranch{ID: a.id, FromKW: real(a.fromVA) / 1e3, FromKvar: imag(a.fromVA) / 1e3, ToKW: real(a.toVA) / 1e3,
			ToKvar: imag(a.toVA) / 1e3, FromA: amps[:len(a.from)], ToA: amps[len(a.from):]}
		s.Branches = append(s.Branches, b)
		s.Totals.LossKW += b.FromKW + b.ToKW
		s.Totals.LossKvar += b.FromKvar + b.ToKvar
	}
	source := f.sourcePower()
	s.Totals.SourceKW, s.Totals.SourceKvar = real(source)/1e3, imag(source)/1e3
	return s
}

// sourcePower is what the source gives behind its impedance, VA.
func (f *PhaseFlow) sourcePower() (total complex128) {
	nodes := parseNodes(f.feeder.Source.Nodes)
	at := make([]complex128, len(nodes))
	for i, n := range nodes {
		at[i] = f.full[f.local[f.buses[0].bus][n.conductor-1]]
	}
	for i := range nodes {
		current := complex128(0)
		for k := range nodes {
			current += f.source[i][k] * (f.emf[k] - at[k])
		}
		total += f.emf[i] * cmplx.Conj(current)
	}
	return total
}
