package grid

import "math/cmplx"

// Sensitivity says how a network answers to power fed in at one bus, to first order around the last solution.
type Sensitivity struct {
	VPerKW   []float64 // change of each bus's voltage, pu per kW
	VPerKvar []float64 // pu per kvar
	Loss     float64   // change of the network's losses, kW per kW; −1 where the bus unloads more than it adds, in the extreme
	LossQ    float64   // kW per kvar
}

// Sensitivities linearises the network around its last solution, which Solve must have found, and returns its answer to
// power fed in at a bus, given by its index (Christakou et al., IEEE Trans. Smart Grid 4(2) 2013). The network is
// factored once; further buses cost two substitutions each through the returned function.
func (f *Flow) Sensitivities() func(bus int) Sensitivity {
	s := f.jacobian()
	s.factor()
	x := make([]complex128, len(f.knots))
	return func(bus int) Sensitivity {
		out := Sensitivity{VPerKW: make([]float64, len(f.place)), VPerKvar: make([]float64, len(f.place))}
		out.Loss = s.answer(x, f.place[bus], 1/baseKVA, out.VPerKW)*baseKVA + 1
		out.LossQ = s.answer(x, f.place[bus], 1i/baseKVA, out.VPerKvar) * baseKVA
		if f.place[bus] == 0 { // the source takes back what is fed in beside it
			out.Loss, out.LossQ = 0, 0
		}
		return out
	}
}

// answer fills the changes of the buses' voltages that power fed in at a place makes, and returns the change of the
// source's power.
func (s *newton) answer(x []complex128, place int32, power complex128, voltages []float64) float64 {
	f := s.f
	clear(x)
	v := complex(f.knots[place].vre, f.knots[place].vim)
	x[place] = cmplx.Conj(power) / cmplx.Conj(v)
	s.solve(x)
	for i, p := range f.place {
		v := complex(f.knots[p].vre, f.knots[p].vim)
		voltages[i] = real(cmplx.Conj(v)*x[p]) / cmplx.Abs(v) * cmplx.Abs(f.sigma[p])
	}
	current := complex128(0) // out of the source
	for i := 1; i < len(f.knots); i++ {
		if f.knots[i].parent == 0 {
			current -= s.y[i] * x[i]
		}
	}
	for i := range f.loops {
		l := &f.loops[i]
		c := l.gapOf(x) / l.z
		if l.from == 0 {
			current += cmplx.Conj(l.alpha) * c
		}
		if l.to == 0 {
			current -= cmplx.Conj(l.beta) * c
		}
	}
	return real(f.source * cmplx.Conj(current))
}
