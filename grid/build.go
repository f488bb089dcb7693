package grid

import (
	"math"
	"math/cmplx"
)

// branch is what the results of a line or transformer need, in the frame in which its series impedance is written.
type branch struct {
	g, b           float64 // half of the shunt admittance, at each end
	ampFrom, ampTo float64 // A per unit of current at each end
	useFrom, useTo float64 // percent of the rating per unit of current at each end; 0 where none is known
	down           bool    // the element's "from" end is the one towards the source
}

// stub is a line that is open at one end: a load of its charging current.
type stub struct {
	line  int
	place int32
	y     complex128 // admittance at the closed end, per unit of the knot's frame
	from  bool       // the closed end is the line's from end
}

// model is a line or transformer in per unit of its "to" side (a transformer's low voltage), without the knots' frames.
type model struct {
	z, half complex128 // series impedance, half of the shunt admittance
	ratio   complex128 // from side's voltage per to side's voltage
	branch  branch
}

const sqrt3 = 1.7320508075688772935274463415058723669428

// perAmpere is the current in A of one unit at a nominal voltage in kV.
func perAmpere(vn float64) float64 { return baseKVA / (sqrt3 * vn) }

func (n *Network) lineModel(i int, vn float64) model {
	l := &n.Lines[i]
	base := vn * vn * 1e3 / baseKVA // ohm
	m := model{z: complex(l.R, l.X) / complex(base, 0), half: complex(l.G, l.B) * complex(base/2, 0), ratio: 1}
	m.branch = branch{ampFrom: perAmpere(vn), ampTo: perAmpere(vn)}
	if l.RatingA > 0 {
		m.branch.useFrom = 100 * perAmpere(vn) / l.RatingA
		m.branch.useTo = m.branch.useFrom
	}
	return m
}

// trafoModel is the pi model of IEC 60909 data on the low-voltage side: z from the short-circuit test, y from the
// no-load test.
func (n *Network) trafoModel(i int, vnHV, vnLV float64) model {
	t := &n.Transformers[i]
	units, k := t.units(), (t.VnLV/vnLV)*(t.VnLV/vnLV)
	z := t.VkPercent / 100 * baseKVA / t.SnKVA * k
	r := t.VkrPercent / 100 * baseKVA / t.SnKVA * k
	y := t.I0Percent / 100 * t.SnKVA / baseKVA / k
	g := t.PfeKW / baseKVA / k
	m := model{
		z:     complex(r, math.Sqrt(max(0, z*z-r*r))) / complex(units, 0),
		half:  complex(g, -math.Sqrt(max(0, y*y-g*g))) * complex(units/2, 0),
		ratio: cmplx.Rect(t.VnHV*t.tap()/vnHV/(t.VnLV/vnLV), t.ShiftDeg*math.Pi/180),
	}
	m.branch = branch{ampFrom: perAmpere(vnHV) / cmplx.Abs(m.ratio), ampTo: perAmpere(vnLV)}
	m.branch.useFrom = 100 * m.branch.ampFrom / (t.SnKVA * units / (sqrt3 * t.VnHV))
	m.branch.useTo = 100 * m.branch.ampTo / (t.SnKVA * units / (sqrt3 * t.VnLV))
	return m
}

func (f *Flow) model(e edge, from, to int32) model {
	var m model
	if e.line >= 0 {
		m = f.network.lineModel(e.line, f.vn[to])
	} else {
		m = f.network.trafoModel(e.trafo, f.vn[from], f.vn[to])
	}
	m.branch.g, m.branch.b = real(m.half), imag(m.half)
	return m
}

// rescale moves a branch into the frame of knots whose true voltages are size times theirs.
func (b *branch) rescale(size float64) {
	b.g, b.b = b.g*size*size, b.b*size*size
	b.ampFrom, b.ampTo = b.ampFrom/size, b.ampTo/size
	b.useFrom, b.useTo = b.useFrom/size, b.useTo/size
}

// buildTree normalises the tree's transformers away and fills knots and branches.
func (f *Flow) buildTree() {
	t := f.trace
	f.sigma[0] = 1
	f.knots[0].parent = -1
	for i := 1; i < len(f.knots); i++ {
		e := t.edges[t.via[i]]
		parent := int32(t.order[t.above[i]])
		down := e.from == t.above[i]
		from, to := parent, int32(i)
		if !down {
			from, to = to, from
		}
		m := f.model(e, from, to)
		if down {
			f.sigma[i] = f.sigma[parent] / m.ratio
		} else {
			f.sigma[i] = f.sigma[parent] * m.ratio
		}
		size := cmplx.Abs(f.sigma[to])
		m.branch.rescale(size)
		m.branch.down = down
		f.branch[i] = m.branch
		z := m.z / complex(size*size, 0)
		k := &f.knots[i]
		k.parent, k.r, k.x = parent, real(z), imag(z)
	}
}

// buildLoops sets up the branches that close loops; their results are computed in per unit of their "to" side.
func (f *Flow) buildLoops() {
	t := f.trace
	for _, i := range t.loops {
		e := t.edges[i]
		from, to := int32(t.order[e.from]), int32(t.order[e.to])
		m := f.model(e, from, to)
		f.loops = append(f.loops, loop{edge: i, from: from, to: to, z: m.z, branch: m.branch,
			alpha: f.sigma[from] / m.ratio, beta: f.sigma[to]})
	}
	if len(f.loops) > 0 {
		f.mesh = newMesh(f)
	}
}

// buildShunts adds the admittances of shunts, and of the branches' halves at both of their ends.
func (f *Flow) buildShunts() {
	add := func(place int32, y complex128) {
		f.knots[place].g += real(y)
		f.knots[place].b += imag(y)
	}
	for i := 1; i < len(f.knots); i++ {
		y := complex(f.branch[i].g, f.branch[i].b)
		add(int32(i), y)
		add(f.knots[i].parent, y)
	}
	for _, l := range f.loops {
		y := complex(l.branch.g, l.branch.b)
		add(l.from, y*square(l.alpha))
		add(l.to, y*square(l.beta))
	}
	index := f.index()
	for _, s := range f.network.Shunts {
		p := f.place[index[s.Bus]]
		add(p, complex(s.PKW/baseKVA, -s.QKvar/baseKVA)*square(f.sigma[p]))
	}
	for i := range f.network.Lines {
		l := &f.network.Lines[i]
		if !l.hanging() || l.G == 0 && l.B == 0 {
			continue
		}
		bus := l.From
		if !on(l.ClosedFrom) {
			bus = l.To
		}
		p := f.place[index[bus]]
		m := f.network.lineModel(i, f.vn[p])
		y := (m.half + 1/(m.z+1/m.half)) * square(f.sigma[p])
		f.stubs = append(f.stubs, stub{line: i, place: p, y: y, from: on(l.ClosedFrom)})
		add(p, y)
	}
}

// square is |s|² as a complex number.
func square(s complex128) complex128 { return s * cmplx.Conj(s) }

// index maps bus numbers to their places in the network's list.
func (f *Flow) index() map[int]int {
	index := make(map[int]int, len(f.network.Buses))
	for i, b := range f.network.Buses {
		index[b.ID] = i
	}
	return index
}

// buildLoads splits every load by how it depends on the voltage.
func (f *Flow) buildLoads() {
	index := f.index()
	add := func(l *Load, sign float64) {
		if !on(l.InService) {
			return
		}
		i := f.place[index[l.Bus]]
		p, q := sign*l.PKW/baseKVA, sign*l.QKvar/baseKVA
		d := &f.power[i]
		d.p += p * (100 - l.IPercent - l.ZPercent) / 100
		d.q += q * (100 - l.IPercent - l.ZPercent) / 100
		d.pi += p * l.IPercent / 100
		d.qi += q * l.IPercent / 100
		y := complex(p, -q) * complex(l.ZPercent/100, 0) * square(f.sigma[i])
		f.knots[i].g += real(y)
		f.knots[i].b += imag(y)
	}
	for i := range f.network.Loads {
		add(&f.network.Loads[i], 1)
	}
	for i := range f.network.Generators {
		add(&f.network.Generators[i], -1)
	}
	for i, d := range f.power {
		if d.pi != 0 || d.qi != 0 {
			f.currents = append(f.currents, int32(i))
		}
	}
}
