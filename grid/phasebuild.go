package grid

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"
)

// phaseKnot is a bus that the sweeps visit. A plain one hangs on the bus above it by nothing but series impedance, and
// so does everything behind it: its voltage is the upper one plus z times the current fed in behind it. Any other is
// eliminated exactly, leaf first, with everything linear at it: V = D⁻¹·b + T·V_above, b_above −= W·b.
type phaseKnot struct {
	parent  int32 // kept knot above, -1 at the source
	off     int32 // of its conductors in flat vectors
	mat     int32 // of its matrices: z, or D⁻¹, W and T
	k, kp   int32 // conductors here and above
	plain   bool
	perVolt float64 // 1 over the square of its largest voltage without load, 1/V²
}

// phaseBus is a bus in depth-first order, with what is needed to build and to publish.
type phaseBus struct {
	bus    int
	parent int32 // place above, -1 at the source
	off    int32 // of its conductors in the full voltage vector
	owner  int32 // kept knot whose current its line carries; -1: none
	z      int32 // of its series impedance in matrices, where it is plain; else -1
	k      int32
	kept   int32 // its knot, -1 where it was merged into a chain or carries nothing
	plain  bool
	line   int // the line above, where it is plain
}

// PhaseFlow solves the power flow of one feeder, again and again for changing powers, without allocating. Buses that
// only hand current on are merged into chains; their voltages are computed when they are asked for. A PhaseFlow is not
// safe for concurrent use.
type PhaseFlow struct {
	feeder *Feeder
	trace  *phaseTracing
	local  [][conductors]int32 // position of each conductor at its bus, -1 where it is not there
	buses  []phaseBus
	knots  []phaseKnot
	mats   []complex128
	loads  []phasePart
	spans  []span // parts of each load
	meshes []phaseLoop
	loopM  [][]complex128 // turns the loops' voltages into their currents
	base   []complex128   // currents fed in by the source
	b, v   []complex128   // by kept conductor
	idle   []complex128   // voltages without load
	saved  []complex128
	before []complex128
	ends   []int32      // the loops' conductors, flat
	at     []complex128 // their voltages
	full   []complex128 // voltages of every bus
	assets []phaseAsset
	amps   []float64
	emf    []complex128
	source [][]complex128 // admittance behind the source
}

// span is a range of parts.
type span struct{ from, to int32 }

// phaseLoop is a pair of buses outside the tree.
type phaseLoop struct {
	pair  int
	first int // of its conductors among the loops' ends
	y     [][]complex128
}

// NewPhaseFlow prepares a feeder for solving. It returns the feeder's Defects, if any.
func NewPhaseFlow(n *Feeder) (*PhaseFlow, error) {
	if err := n.Check(); err != nil {
		return nil, err
	}
	p := &phaseBuilder{PhaseFlow: &PhaseFlow{feeder: n, trace: n.trace()}}
	p.place()
	p.gatherDiagonals()
	p.findPlain()
	p.keep()
	if err := p.eliminate(); err != nil {
		return nil, err
	}
	p.listLoads()
	p.listAssets()
	f := p.PhaseFlow
	size := len(f.b)
	f.v, f.idle, f.saved, f.before = make([]complex128, size), make([]complex128, size), make([]complex128, size), make([]complex128, size)
	p.closeLoops()
	copy(f.b, f.base)
	f.linear()
	copy(f.idle, f.v)
	for i := range f.knots {
		k := &f.knots[i]
		largest := 0.0
		for _, v := range f.idle[k.off : k.off+k.k] {
			largest = max(largest, real(v)*real(v)+imag(v)*imag(v))
		}
		k.perVolt = 1 / largest
		if !finite(k.perVolt) {
			return nil, Defects{{Element: "bus " + f.busName(i), What: "it has no voltage even without load", Do: "check the elements above it"}}
		}
	}
	return f, nil
}

// phaseBuilder holds what only building needs.
type phaseBuilder struct {
	*PhaseFlow
	diag    [][][]complex128 // by place: everything linear at the bus, but its branches downwards
	shunted []bool
	wanted  []bool // by place: current is fed in here, or a loop ends here
	loops   []int  // pairs
}

// place puts the buses in depth-first order and numbers their conductors.
func (p *phaseBuilder) place() {
	t := p.trace
	p.local = make([][conductors]int32, len(t.buses))
	off := int32(0)
	for i, b := range t.visit {
		k := int32(0)
		for c := range conductors {
			p.local[b][c] = -1
			if t.has[b][c] {
				p.local[b][c] = k
				k++
			}
		}
		parent := int32(-1)
		if i > 0 {
			parent = int32(t.order[t.above[i]])
		}
		p.buses = append(p.buses, phaseBus{bus: b, parent: parent, off: off, owner: -1, z: -1, k: k, kept: -1})
		off += k
	}
	p.full = make([]complex128, off)
	p.loops = t.loops
}

// local2 are a node's place and its position there.
func (p *phaseBuilder) local2(n node) (place int, position int32) {
	b := p.trace.index[n.bus]
	return p.trace.order[b], p.local[b][n.conductor-1]
}

// zeros is a matrix of zeros.
func zeros(rows, columns int32) [][]complex128 {
	a := make([][]complex128, rows)
	for i := range a {
		a[i] = make([]complex128, columns)
	}
	return a
}

// primitive is an asset's nodal admittance matrix over its nodes.
func (l *PhaseLine) primitive() ([]node, [][]complex128) {
	n := int32(len(l.Phases))
	y := invert(complexMatrix(l.R, l.X))
	full := zeros(2*n, 2*n)
	for i := range n {
		for k := range n {
			half := complex128(0)
			if len(l.B) > 0 {
				half = complex(0, l.B[i][k]/2)
			}
			full[i][k], full[i+n][k+n] = y[i][k]+half, y[i][k]+half
			full[i][k+n], full[i+n][k] = -y[i][k], -y[i][k]
		}
	}
	return append(nodesAt(l.From, l.Phases), nodesAt(l.To, l.phasesTo())...), full
}

// stamp adds the part of a primitive matrix whose rows lie at one place and whose columns lie at another.
func (p *phaseBuilder) stamp(into [][]complex128, rows, columns int, nodes []node, y [][]complex128) {
	for i, a := range nodes {
		pa, la := p.local2(a)
		if pa != rows {
			continue
		}
		for k, b := range nodes {
			if pb, lb := p.local2(b); pb == columns {
				into[la][lb] += y[i][k]
			}
		}
	}
}

// primitives calls what a pair of buses is joined by.
func (p *phaseBuilder) primitives(q *pair, use func([]node, [][]complex128)) {
	for _, i := range q.lines {
		use(p.feeder.Lines[i].primitive())
	}
	for _, i := range q.elements {
		e := &p.feeder.Elements[i]
		use(parseNodes(e.Nodes), complexMatrix(e.YRe, e.YIm))
	}
}

// gatherDiagonals adds up the source, the elements and the constant impedances at each bus.
func (p *phaseBuilder) gatherDiagonals() {
	n := len(p.buses)
	p.diag, p.shunted, p.wanted = make([][][]complex128, n), make([]bool, n), make([]bool, n)
	for i := range p.buses {
		p.diag[i] = zeros(p.buses[i].k, p.buses[i].k)
	}
	s := &p.feeder.Source
	p.source = invert(complexMatrix(s.ZRe, s.ZIm))
	p.stamp(p.diag[0], 0, 0, parseNodes(s.Nodes), p.source)
	for k := range s.Nodes {
		p.emf = append(p.emf, cmplx.Rect(s.VLN, (s.AngleDeg-120*float64(k))*math.Pi/180))
	}
	for _, i := range p.trace.single {
		e := &p.feeder.Elements[i]
		place, _ := p.local2(parseNodes(e.Nodes)[0])
		p.stamp(p.diag[place], place, place, parseNodes(e.Nodes), complexMatrix(e.YRe, e.YIm))
		p.shunted[place] = true
	}
	for i := range p.feeder.Loads {
		l := &p.feeder.Loads[i]
		place, _ := p.local2(node{l.Bus, l.Nodes[0]})
		if l.Model != "z" {
			p.wanted[place] = true
			continue
		}
		p.shunted[place] = true
		for _, part := range l.parts() {
			y := cmplx.Conj(part.s) / complex(part.vn*part.vn, 0)
			nodes := nodesAt(l.Bus, part.between)
			p.stamp(p.diag[place], place, place, nodes, [][]complex128{{y, -y}, {-y, y}}[:len(nodes)])
		}
	}
	for _, q := range p.loops {
		for _, b := range []int{p.trace.pairs[q].a, p.trace.pairs[q].b} {
			p.wanted[p.trace.order[b]] = true
		}
	}
}

// findPlain marks the buses that hang on series impedance alone, with everything behind them.
func (p *phaseBuilder) findPlain() {
	for i := 1; i < len(p.buses); i++ {
		b := &p.buses[i]
		q := &p.trace.pairs[p.trace.via[i]]
		above := p.buses[b.parent].bus
		b.plain = !p.shunted[i] && len(q.elements) == 0 && len(q.lines) == 1 && p.trace.has[b.bus] == p.trace.has[above]
		if !b.plain {
			continue
		}
		b.line = q.lines[0]
		l := &p.feeder.Lines[b.line]
		b.plain = len(l.B) == 0 && int32(len(l.Phases)) == b.k && slices.Equal(l.Phases, l.phasesTo())
	}
	for i := len(p.buses) - 1; i > 0; i-- {
		if !p.buses[i].plain {
			p.buses[p.buses[i].parent].plain = false
		}
	}
	p.buses[0].plain = false
}

// series writes a plain bus's impedance matrix in the order of its conductors.
func (p *phaseBuilder) series(b *phaseBus) []complex128 {
	l := &p.feeder.Lines[b.line]
	z := make([]complex128, b.k*b.k)
	for i, ci := range l.Phases {
		for k, ck := range l.Phases {
			z[p.local[b.bus][ci-1]*b.k+p.local[b.bus][ck-1]] = complex(l.R[i][k], l.X[i][k])
		}
	}
	return z
}

// keep decides which buses the sweeps visit: all that are not plain, where current is fed in, and where chains meet.
func (p *phaseBuilder) keep() {
	live := make([]int, len(p.buses)) // branches downwards that carry current
	for i := len(p.buses) - 1; i >= 0; i-- {
		if b := &p.buses[i]; i > 0 && (live[i] > 0 || p.wanted[i] || !b.plain) {
			live[b.parent]++
		}
	}
	size := int32(0)
	upper := make([]int32, len(p.buses)) // kept knot at or above each place
	for i := range p.buses {
		b := &p.buses[i]
		if b.plain && !p.wanted[i] && live[i] < 2 {
			upper[i] = upper[b.parent]
			continue
		}
		parent := int32(-1)
		if i > 0 {
			parent = upper[b.parent]
		}
		b.kept = int32(len(p.knots))
		upper[i] = b.kept
		p.knots = append(p.knots, phaseKnot{parent: parent, off: size, k: b.k, plain: b.plain})
		size += b.k
	}
	p.b, p.base = make([]complex128, size), make([]complex128, size)
	for i := len(p.buses) - 1; i >= 0; i-- { // a chain carries what the kept knot at its lower end does
		b := &p.buses[i]
		if b.kept >= 0 {
			b.owner = b.kept
		}
		if up := b.parent; up >= 0 && b.owner >= 0 && p.buses[up].kept < 0 {
			p.buses[up].owner = b.owner
		}
	}
}

// busName is the name of a kept knot's bus.
func (f *PhaseFlow) busName(knot int) string {
	for i := range f.buses {
		if f.buses[i].kept == int32(knot) {
			return f.trace.buses[f.buses[i].bus]
		}
	}
	panic(fmt.Sprintf("grid: no bus of knot %d", knot))
}
