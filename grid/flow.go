package grid

import (
	"fmt"
	"math"
	"math/cmplx"

	"github.com/wattle/wattle/internal/problem"
)

// ErrNoSolution is returned for a network whose loads cannot be carried: no voltages exist, or none were found.
var ErrNoSolution = problem.New(problem.Conflict, "the power flow has no solution")

// Verdict says how a solution was found. It accompanies every set of numbers: what has none is not a result.
type Verdict struct {
	Iterations int     // sweeps, and Newton steps where sweeps were too slow
	Newton     bool    // whether Newton steps were needed: the network is near its limit
	Change     float64 // largest change of a voltage in the last iteration, pu
}

const (
	baseKVA = 1000.0 // power base of the per-unit figures: 1 MVA

	// tolerance is how far a voltage may be from the solution, pu: a tenth of what references agree to.
	tolerance = 1e-9
	// maxSweeps bounds the sweeps before Newton steps take over: 19 do for a network at half its collapse load.
	maxSweeps = 30
	// slowSweeps is the ratio of successive changes above which Newton steps are faster.
	slowSweeps = 0.7
)

// knot is an electrical node in solver order. Transformer ratios are normalised away: voltages of a knot are divided by
// the product of the ratios on its way from the source, impedances and admittances scaled to match, powers unchanged.
type knot struct {
	vre, vim float64 // voltage
	ire, iim float64 // own current drawn, then the current of everything behind it
	p, q     float64 // power drawn at this voltage, per unit of baseKVA
	g, b     float64 // shunt admittance
	r, x     float64 // series impedance towards the source
	parent   int32   // place of the knot one step towards the source
}

// Flow solves the power flow of one network, again and again for changing powers, without allocating. Voltages and
// branch results stay valid until the next Solve. A Flow is not safe for concurrent use; Solve depends on the powers
// set before and on nothing else.
type Flow struct {
	network          *Network
	trace            *tracing
	place            []int32        // place of the knot of each bus
	sigma            []complex128   // true voltage = knot voltage × sigma, by place
	vn               []float64      // nominal voltage of each place, kV
	knots            []knot         // place 0 is the source
	branch           []branch       // the branch above each place; branch[0] is not used
	result           []branchResult // by place
	stubs            []stub
	loops            []loop
	mesh             *mesh // nil without loops
	power            []demand
	currents         []int32 // places with constant-current loads
	source           complex128
	sourceP, sourceQ float64 // what the source gives, per unit
	newton           *newton
}

// demand is the power drawn at a place, by how it depends on the voltage, per unit.
type demand struct{ p, q, pi, qi float64 }

// NewFlow prepares a network for solving. It returns the network's Defects, if any.
func NewFlow(n *Network) (*Flow, error) {
	if err := n.Check(); err != nil {
		return nil, err
	}
	return newFlow(n), nil
}

// newFlow expects a network without defects.
func newFlow(n *Network) *Flow {
	t := n.trace()
	f := &Flow{network: n, trace: t}
	size := len(t.visit)
	f.knots = make([]knot, size)
	f.branch = make([]branch, size)
	f.result = make([]branchResult, size)
	f.sigma = make([]complex128, size)
	f.vn = make([]float64, size)
	f.power = make([]demand, size)
	f.place = make([]int32, len(n.Buses))
	for i := range n.Buses {
		f.place[i] = int32(t.order[t.node[i]])
		f.vn[f.place[i]] = n.Buses[i].VnKV
	}
	f.source = cmplx.Rect(n.Source.VPU, n.Source.AngleDeg*math.Pi/180)
	f.buildTree()
	f.buildLoops()
	f.buildShunts()
	f.buildLoads()
	return f
}

// Buses is how many buses the network has.
func (f *Flow) Buses() int { return len(f.network.Buses) }

// Draw sets the constant power drawn at a bus, given by its index: kW and kvar, negative where it is fed in. It replaces
// all of the bus's loads and generators whose power does not depend on the voltage, and adds up with nothing: buses
// joined by closed switches share one place, the last call wins.
func (f *Flow) Draw(bus int, kw, kvar float64) {
	d := &f.power[f.place[bus]]
	d.p, d.q = kw/baseKVA, kvar/baseKVA
}

// Drawn returns the constant power drawn at the place of a bus, kW and kvar.
func (f *Flow) Drawn(bus int) (kw, kvar float64) {
	d := &f.power[f.place[bus]]
	return d.p * baseKVA, d.q * baseKVA
}

// Solve finds the voltages and fills the branch results. The error wraps ErrNoSolution and names the place and the reason;
// then there are no results.
func (f *Flow) Solve() (Verdict, error) {
	f.start()
	v, ok := f.sweeps()
	if !ok {
		f.start()
		steps, found := f.newtonSteps()
		v.Iterations += steps
		v.Newton = true
		if !found {
			return v, f.explain()
		}
	}
	f.publish()
	if !finite(f.sourceP) || !finite(f.sourceQ) {
		return v, fmt.Errorf("%w: the source's power is not a number", ErrNoSolution)
	}
	return v, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// start puts every knot to the source's voltage.
func (f *Flow) start() {
	re, im := real(f.source), imag(f.source)
	for i := range f.knots {
		k := &f.knots[i]
		k.vre, k.vim = re, im
		k.p, k.q = f.power[i].p, f.power[i].q
	}
	f.bend()
	for i := range f.knots {
		f.knots[i].draw()
	}
	if f.mesh != nil {
		f.mesh.reset()
	}
}

// draw sets the knot's own current at its voltage: I = y V + conj(S/V).
func (k *knot) draw() {
	vv := k.vre*k.vre + k.vim*k.vim
	inv := 1 / vv
	k.ire = k.g*k.vre - k.b*k.vim + (k.p*k.vre+k.q*k.vim)*inv
	k.iim = k.g*k.vim + k.b*k.vre + (k.p*k.vim-k.q*k.vre)*inv
}

// bend adds what loads of constant current take at the present voltage.
func (f *Flow) bend() {
	for _, i := range f.currents {
		k, d := &f.knots[i], &f.power[i]
		v := math.Hypot(k.vre, k.vim) * cmplx.Abs(f.sigma[i])
		k.p, k.q = d.p+d.pi*v, d.q+d.qi*v
	}
}

// sweeps iterates until no voltage moves, or gives up.
func (f *Flow) sweeps() (Verdict, bool) {
	last := math.Inf(1)
	for n := 1; n <= maxSweeps; n++ {
		change := f.sweep()
		ratio := change / last
		v := Verdict{Iterations: n, Change: change}
		switch {
		case !finite(change) || n > 3 && ratio > slowSweeps && change > tolerance:
			return v, false
		case change <= tolerance/4, n > 2 && change*ratio <= tolerance*(1-ratio): // the rest of a geometric series
			return v, true
		}
		last = change
	}
	return Verdict{Iterations: maxSweeps}, false
}

// sweep gathers the currents towards the source, spreads the voltages from it, and returns the largest change.
func (f *Flow) sweep() float64 {
	if f.mesh != nil {
		return f.meshedSweep()
	}
	f.gather()
	change := f.spread()
	if len(f.currents) > 0 {
		f.bend()
		for _, i := range f.currents {
			f.knots[i].draw()
		}
	}
	return change
}

// gather adds every knot's current to that of the knot above it.
func (f *Flow) gather() {
	knots := f.knots
	for i := len(knots) - 1; i > 0; i-- {
		k := &knots[i]
		above := &knots[k.parent]
		above.ire += k.ire
		above.iim += k.iim
	}
}

// spread computes every voltage from the one above, then the knot's own current at it. It returns the largest change of
// a voltage; one that is not a number is returned as infinite.
func (f *Flow) spread() float64 {
	knots := f.knots
	knots[0].draw()
	largest := 0.0
	for i := 1; i < len(knots); i++ {
		k := &knots[i]
		above := &knots[k.parent]
		vre := above.vre - (k.r*k.ire - k.x*k.iim)
		vim := above.vim - (k.r*k.iim + k.x*k.ire)
		dre, dim := vre-k.vre, vim-k.vim
		k.vre, k.vim = vre, vim
		if d := dre*dre + dim*dim; !(d <= largest) {
			if math.IsNaN(d) {
				return math.Inf(1)
			}
			largest = d
		}
		inv := 1 / (vre*vre + vim*vim)
		k.ire = k.g*vre - k.b*vim + (k.p*vre+k.q*vim)*inv
		k.iim = k.g*vim + k.b*vre + (k.p*vim-k.q*vre)*inv
	}
	return math.Sqrt(largest)
}
