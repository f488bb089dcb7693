package grid

import "math"

// Step is a branch on the way of a trade, from its seller to its buyer.
type Step struct {
	Transformer bool
	ID          int
	Forward     bool // along the element's own direction: from → to, high → low voltage
}

// climb calls what lies between two places of the tree: first what goes up from one, then what goes up from the other,
// and returns the place where both meet.
func (f *Flow) climb(from, to int32, up, down func(place int32)) int32 {
	for from != to {
		if from > to { // places are in depth-first order: the later one cannot be above
			up(from)
			from = f.knots[from].parent
		} else {
			down(to)
			to = f.knots[to].parent
		}
	}
	return from
}

// Path lists the branches between two buses, given by their indexes, along the tree; branches that close a loop are not
// on it, nor are switches.
func (f *Flow) Path(seller, buyer int) []Step {
	var steps, back []Step
	step := func(place int32, upwards bool) Step {
		e := f.trace.edges[f.trace.via[place]]
		return Step{Transformer: e.trafo >= 0, ID: e.id, Forward: f.branch[place].down != upwards}
	}
	f.climb(f.place[seller], f.place[buyer],
		func(p int32) { steps = append(steps, step(p, true)) },
		func(p int32) { back = append(back, step(p, false)) })
	for i := len(back) - 1; i >= 0; i-- {
		steps = append(steps, back[i])
	}
	return steps
}

// Impedance is the series impedance of the path between two buses, per unit on 1 MVA: their Thevenin distance in a
// radial network.
func (f *Flow) Impedance(a, b int) (r, x float64) {
	add := func(p int32) {
		r += f.knots[p].r
		x += f.knots[p].x
	}
	f.climb(f.place[a], f.place[b], add, add)
	return r, x
}

// Distance is the electrical distance of two buses, per unit on 1 MVA: the magnitude of the impedance between them.
func (f *Flow) Distance(a, b int) float64 { return math.Hypot(f.Impedance(a, b)) }
