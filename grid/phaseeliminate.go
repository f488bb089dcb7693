package grid

import "math/cmplx"

// eliminate computes every kept knot's matrices.
func (p *phaseBuilder) eliminate() error {
	total := map[int32][]complex128{} // impedance of the chain above each plain place, from its kept knot on
	for i := range p.buses {
		b := &p.buses[i]
		if !b.plain {
			continue
		}
		z := p.series(b)
		b.z = int32(len(p.mats))
		p.mats = append(p.mats, z...)
		sum := append([]complex128(nil), z...)
		if above := total[b.parent]; above != nil && p.buses[b.parent].kept < 0 {
			for k := range sum {
				sum[k] += above[k]
			}
		}
		total[int32(i)] = sum
		if b.kept >= 0 {
			k := &p.knots[b.kept]
			k.mat, k.kp = int32(len(p.mats)), b.k
			p.mats = append(p.mats, sum...)
		}
	}
	for i := len(p.buses) - 1; i >= 0; i-- {
		if !p.buses[i].plain {
			if err := p.eliminateBus(i); err != nil {
				return err
			}
		}
	}
	for k, n := range parseNodes(p.feeder.Source.Nodes) {
		_, position := p.local2(n)
		for j, e := range p.emf {
			p.base[position] += p.source[k][j] * e
		}
	}
	return nil
}

// eliminateBus inverts what is linear at a bus and takes the rest to the bus above.
func (p *phaseBuilder) eliminateBus(i int) error {
	b := &p.buses[i]
	knot := &p.knots[b.kept]
	if i == 0 {
		d := invert(clone(p.diag[0]))
		knot.mat = int32(len(p.mats))
		p.append(d)
		return p.floating(i, p.diag[0], d)
	}
	up := int(b.parent)
	kp := p.buses[up].k
	down, cross, back := zeros(kp, kp), zeros(kp, b.k), zeros(b.k, kp)
	p.primitives(&p.trace.pairs[p.trace.via[i]], func(nodes []node, y [][]complex128) {
		p.stamp(p.diag[i], i, i, nodes, y)
		p.stamp(down, up, up, nodes, y)
		p.stamp(cross, up, i, nodes, y)
		p.stamp(back, i, up, nodes, y)
	})
	rest := schur(p.diag[i], back, cross, down)
	d := invert(clone(p.diag[i]))
	if err := p.floating(i, p.diag[i], d); err != nil {
		return err
	}
	w := product(cross, d)
	t := product(d, back)
	for r := range t {
		for c := range t[r] {
			t[r][c] = -t[r][c]
		}
	}
	for r := range rest {
		for c := range rest[r] {
			p.diag[up][r][c] += rest[r][c]
		}
	}
	knot.mat, knot.kp = int32(len(p.mats)), kp
	p.append(d)
	p.append(w)
	p.append(t)
	return nil
}

// schur returns down − cross·d⁻¹·back by Gaussian elimination of the whole matrix. The product with an explicit inverse
// would lose what little ties a delta network to earth.
func schur(d, back, cross, down [][]complex128) [][]complex128 {
	k := len(d)
	all := make([][]complex128, 0, k+len(down))
	for i := range d {
		all = append(all, append(append([]complex128(nil), d[i]...), back[i]...))
	}
	for i := range down {
		all = append(all, append(append([]complex128(nil), cross[i]...), down[i]...))
	}
	for c := range k {
		best := c
		for r := c + 1; r < k; r++ {
			if cmplx.Abs(all[r][c]) > cmplx.Abs(all[best][c]) {
				best = r
			}
		}
		all[c], all[best] = all[best], all[c]
		for r := c + 1; r < len(all); r++ {
			factor := all[r][c] / all[c][c]
			for j := c; j < len(all[r]); j++ {
				all[r][j] -= factor * all[c][j]
			}
		}
	}
	for i := range down {
		down[i] = all[k+i][k:]
	}
	return down
}

// floatingRatio is how near to singular a bus's admittance may be: below it nothing but rounding ties its voltage to
// earth.
const floatingRatio = 1e-14

// floating refuses a bus whose voltage to earth nothing determines, such as a delta winding without any load to earth.
func (p *phaseBuilder) floating(i int, y, inverse [][]complex128) error {
	if size, other := norm(y), norm(inverse); size*other < 1/floatingRatio { // false for what is not a number
		return nil
	}
	return Defects{{Element: "bus " + p.trace.buses[p.buses[i].bus], What: "its voltage to earth is not determined",
		Do: "earth a star point or a corner, give its lines their susceptance, or check that each of its conductors is supplied"}}
}

// norm is the largest sum of a row's magnitudes.
func norm(a [][]complex128) (largest float64) {
	for _, row := range a {
		sum := 0.0
		for _, x := range row {
			sum += cmplx.Abs(x)
		}
		largest = max(largest, sum)
	}
	return largest
}

func clone(a [][]complex128) [][]complex128 {
	out := make([][]complex128, len(a))
	for i := range a {
		out[i] = append([]complex128(nil), a[i]...)
	}
	return out
}

func product(a, b [][]complex128) [][]complex128 {
	out := zeros(int32(len(a)), int32(len(b[0])))
	for i := range a {
		for k, x := range a[i] {
			for c, y := range b[k] {
				out[i][c] += x * y
			}
		}
	}
	return out
}

// append writes a matrix behind the others, row by row.
func (p *phaseBuilder) append(a [][]complex128) {
	for _, row := range a {
		p.mats = append(p.mats, row...)
	}
}

// closeLoops computes how the loops' currents follow from the voltages that the tree alone would have:
// I = (1 + Y·Z)⁻¹·Y·V, with Z the tree's answer at the loops' ends.
func (p *phaseBuilder) closeLoops() {
	for _, q := range p.loops {
		pair := &p.trace.pairs[q]
		loop := phaseLoop{pair: q, first: len(p.ends)}
		position := map[node]int{}
		for _, b := range []int{pair.a, pair.b} {
			for c := range conductors {
				if l := p.local[b][c]; l >= 0 {
					position[node{p.trace.buses[b], c + 1}] = len(p.ends) - loop.first
					p.ends = append(p.ends, p.knots[p.buses[p.trace.order[b]].kept].off+l)
				}
			}
		}
		size := int32(len(p.ends) - loop.first)
		loop.y = zeros(size, size)
		p.primitives(pair, func(nodes []node, y [][]complex128) {
			for i, a := range nodes {
				for k, b := range nodes {
					loop.y[position[a]][position[b]] += y[i][k]
				}
			}
		})
		p.meshes = append(p.meshes, loop)
	}
	n := int32(len(p.ends))
	if n == 0 {
		return
	}
	p.at = make([]complex128, n)
	z, y := zeros(n, n), zeros(n, n)
	for c, end := range p.ends {
		clear(p.b)
		p.b[end] = 1
		p.tree()
		for r, other := range p.ends {
			z[r][c] = p.v[other]
		}
	}
	for _, loop := range p.meshes {
		for r := range loop.y {
			copy(y[loop.first+r][loop.first:], loop.y[r])
		}
	}
	m := product(y, z)
	for i := range m {
		m[i][i]++
	}
	p.loopM = product(invert(m), y)
}
