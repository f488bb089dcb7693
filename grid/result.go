package grid

import (
	"math"
	"math/cmplx"
)

// branchResult is what flows into a branch at its two ends, per unit; "near" is the end towards the source (of a loop:
// the from end).
type branchResult struct {
	pNear, qNear, pFar, qFar float64
	aNear, aFar              float64 // A
	use                      float64 // percent of the rating
}

// publish computes the currents that go with the voltages, and from them the results of every branch.
func (f *Flow) publish() {
	f.gather()
	root := &f.knots[0]
	f.sourceP = root.vre*root.ire + root.vim*root.iim
	f.sourceQ = root.vim*root.ire - root.vre*root.iim
	for i := 1; i < len(f.knots); i++ {
		k := &f.knots[i]
		above := &f.knots[k.parent]
		f.branch[i].carry(&f.result[i], above.vre, above.vim, k.vre, k.vim, k.ire, k.iim)
	}
	for i := range f.loops {
		l := &f.loops[i]
		a, b := &f.knots[l.from], &f.knots[l.to]
		va, vb := l.alpha*complex(a.vre, a.vim), l.beta*complex(b.vre, b.vim)
		l.branch.down = true
		l.branch.carry(&l.result, real(va), imag(va), real(vb), imag(vb), real(l.current), imag(l.current))
	}
}

// carry fills the result of a branch from the voltages at its ends and the current through its series impedance.
func (b *branch) carry(r *branchResult, nre, nim, fre, fim, ire, iim float64) {
	ure, uim := ire+b.g*nre-b.b*nim, iim+b.g*nim+b.b*nre // into the near end
	wre, wim := b.g*fre-b.b*fim-ire, b.g*fim+b.b*fre-iim // into the far end
	r.pNear, r.qNear = nre*ure+nim*uim, nim*ure-nre*uim
	r.pFar, r.qFar = fre*wre+fim*wim, fim*wre-fre*wim
	near, far := math.Sqrt(ure*ure+uim*uim), math.Sqrt(wre*wre+wim*wim)
	if b.down {
		r.aNear, r.aFar = near*b.ampFrom, far*b.ampTo
		r.use = max(near*b.useFrom, far*b.useTo)
	} else {
		r.aNear, r.aFar = near*b.ampTo, far*b.ampFrom
		r.use = max(near*b.useTo, far*b.useFrom)
	}
}

// Solution is what a power flow found, element by element, as case files expect it.
type Solution struct {
	Tool         string        `json:"tool"`
	Totals       Totals        `json:"totals"`
	Buses        []BusState    `json:"buses"`
	Lines        []BranchState `json:"lines"`
	Transformers []BranchState `json:"transformers,omitempty"`
}

// Totals sums a solution up.
type Totals struct {
	LossKW       float64  `json:"p_loss_kw"`
	LossKvar     float64  `json:"q_loss_kvar"`
	SourceKW     float64  `json:"p_source_kw"`
	SourceKvar   float64  `json:"q_source_kvar"`
	VMin         float64  `json:"vmin_pu"`
	VMinBus      int      `json:"vmin_bus"`
	VMax         float64  `json:"vmax_pu"`
	VMaxBus      int      `json:"vmax_bus"`
	LineLoading  float64  `json:"line_loading_max_percent"`
	TrafoLoading *float64 `json:"trafo_loading_max_percent,omitempty"`
}

// BusState is the voltage of a bus, per unit of its nominal voltage.
type BusState struct {
	ID       int     `json:"id"`
	VPU      float64 `json:"vm_pu"`
	AngleDeg float64 `json:"va_deg"`
}

// BranchState is what flows into a line or transformer at its ends; a transformer's from end is its high voltage.
type BranchState struct {
	ID       int     `json:"id"`
	FromKW   float64 `json:"p_from_kw"`
	FromKvar float64 `json:"q_from_kvar"`
	ToKW     float64 `json:"p_to_kw"`
	ToKvar   float64 `json:"q_to_kvar"`
	FromA    float64 `json:"i_from_a"`
	ToA      float64 `json:"i_to_a"`
	Loading  float64 `json:"loading_percent"` // of the rating, the worse end; 0 where none is known
}

// state turns a result into kW, seen from the element's from end.
func (r *branchResult) state(id int, down bool) BranchState {
	s := BranchState{ID: id, FromKW: r.pNear * baseKVA, FromKvar: r.qNear * baseKVA, ToKW: r.pFar * baseKVA, ToKvar: r.qFar * baseKVA,
		FromA: r.aNear, ToA: r.aFar, Loading: r.use}
	if !down {
		s.FromKW, s.FromKvar, s.ToKW, s.ToKvar = s.ToKW, s.ToKvar, s.FromKW, s.FromKvar
		s.FromA, s.ToA = s.ToA, s.FromA
	}
	return s
}

// Voltage returns the voltage of a bus, given by its index, per unit.
func (f *Flow) Voltage(bus int) complex128 {
	p := f.place[bus]
	return complex(f.knots[p].vre, f.knots[p].vim) * f.sigma[p]
}

// Solution copies the last solution out, element by element in the order of the network.
func (f *Flow) Solution() *Solution {
	s := &Solution{Tool: "wattle"}
	s.Buses = make([]BusState, len(f.network.Buses))
	s.Totals.VMin = math.Inf(1)
	for i, b := range f.network.Buses {
		v := f.Voltage(i)
		size := cmplx.Abs(v)
		s.Buses[i] = BusState{ID: b.ID, VPU: size, AngleDeg: cmplx.Phase(v) * 180 / math.Pi}
		if size < s.Totals.VMin {
			s.Totals.VMin, s.Totals.VMinBus = size, b.ID
		}
		if size > s.Totals.VMax {
			s.Totals.VMax, s.Totals.VMaxBus = size, b.ID
		}
	}
	f.copyBranches(s)
	s.Totals.SourceKW, s.Totals.SourceKvar = f.sourceP*baseKVA, f.sourceQ*baseKVA
	for _, l := range s.Lines {
		s.Totals.LossKW += l.FromKW + l.ToKW
		s.Totals.LossKvar += l.FromKvar + l.ToKvar
		s.Totals.LineLoading = max(s.Totals.LineLoading, l.Loading)
	}
	for _, x := range s.Transformers {
		s.Totals.LossKW += x.FromKW + x.ToKW
		s.Totals.LossKvar += x.FromKvar + x.ToKvar
		if s.Totals.TrafoLoading == nil {
			s.Totals.TrafoLoading = new(float64)
		}
		*s.Totals.TrafoLoading = max(*s.Totals.TrafoLoading, x.Loading)
	}
	return s
}

// copyBranches lists the branches in service, in the order of the network.
func (f *Flow) copyBranches(s *Solution) {
	lines := make([]*BranchState, len(f.network.Lines))
	trafos := make([]*BranchState, len(f.network.Transformers))
	put := func(e edge, r *branchResult, down bool) {
		state := r.state(e.id, down)
		if e.line >= 0 {
			lines[e.line] = &state
		} else {
			trafos[e.trafo] = &state
		}
	}
	for i := 1; i < len(f.knots); i++ {
		put(f.trace.edges[f.trace.via[i]], &f.result[i], f.branch[i].down)
	}
	for i := range f.loops {
		put(f.trace.edges[f.loops[i].edge], &f.loops[i].result, true)
	}
	for i := range f.stubs {
		state := f.hangingState(&f.stubs[i])
		lines[f.stubs[i].line] = &state
	}
	s.Lines = make([]BranchState, 0, len(lines))
	for i, l := range lines {
		switch {
		case l != nil:
			s.Lines = append(s.Lines, *l)
		case f.network.Lines[i].hanging():
			s.Lines = append(s.Lines, BranchState{ID: f.network.Lines[i].ID})
		}
	}
	for _, x := range trafos {
		if x != nil {
			s.Transformers = append(s.Transformers, *x)
		}
	}
}

// hangingState is what a line that is open at one end takes at the other.
func (f *Flow) hangingState(s *stub) BranchState {
	k := &f.knots[s.place]
	vv := k.vre*k.vre + k.vim*k.vim
	m := f.network.lineModel(s.line, f.vn[s.place])
	amps := cmplx.Abs(s.y) * math.Sqrt(vv) / cmplx.Abs(f.sigma[s.place])
	state := BranchState{ID: f.network.Lines[s.line].ID, FromKW: real(s.y) * vv * baseKVA, FromKvar: -imag(s.y) * vv * baseKVA,
		FromA: amps * m.branch.ampFrom, Loading: amps * m.branch.useFrom}
	if !s.from {
		state.ToKW, state.ToKvar, state.ToA = state.FromKW, state.FromKvar, state.FromA
		state.FromKW, state.FromKvar, state.FromA = 0, 0, 0
	}
	return state
}
