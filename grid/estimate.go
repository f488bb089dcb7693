package grid

import (
	"fmt"
	"math"
	"math/cmplx"
)

// Measurement is one measured value of the present state.
type Measurement struct {
	Kind  MeasuredKind
	Bus   int     // index
	Value float64 // kW or kvar drawn, pu of voltage; of the source what it gives
	Sigma float64 // standard deviation in the same unit, above 0
}

// MeasuredKind says what was measured.
type MeasuredKind uint8

const (
	// MeasuredKW is the active power drawn at a bus.
	MeasuredKW MeasuredKind = iota
	// MeasuredVoltage is the voltage of a bus.
	MeasuredVoltage
	// MeasuredSourceKW is the active power that the source gives; the bus does not matter.
	MeasuredSourceKW
)

// Prior is what is believed of a bus without measuring it: a forecast, or a standard profile.
type Prior struct {
	Bus   int     // index
	KW    float64 // drawn
	Kvar  float64
	Sigma float64 // standard deviation of the active power, kW, above 0; the power factor is taken as known
}

// Estimate is the most likely state.
type Estimate struct {
	KW        []float64 // drawn, by prior
	Measured  []bool    // by prior: its own power was measured
	Residuals []float64 // by measurement: value less estimate, in its own standard deviations; above 3 it is doubtful
}

const (
	estimateRounds    = 20
	estimateTolerance = 1e-6 // kW
)

// Estimate finds the most likely active powers, given what is believed and what is measured, by weighted least squares:
// each round solves the power flow and linearises it. Reactive powers keep their ratio to the active ones. Afterwards the
// flow holds the estimated state. It takes one substitution for each prior and round, and a dense system of the size of
// the measurements.
func (f *Flow) Estimate(priors []Prior, measurements []Measurement) (*Estimate, error) {
	for _, p := range priors {
		if !(p.Sigma > 0) {
			return nil, Defects{{Element: f.network.Buses[p.Bus].String(), What: "its prior has no standard deviation", Do: "give kW above 0"}}
		}
	}
	for _, m := range measurements {
		if !(m.Sigma > 0) || !finite(m.Value) {
			return nil, Defects{{Element: f.network.Buses[m.Bus].String(), What: "a measurement is no number or has no standard deviation", Do: "leave it out or give one above 0"}}
		}
	}
	e := &Estimate{KW: make([]float64, len(priors)), Measured: make([]bool, len(priors)), Residuals: make([]float64, len(measurements))}
	for i, p := range priors {
		e.KW[i] = p.KW
		for _, m := range measurements {
			e.Measured[i] = e.Measured[i] || m.Kind == MeasuredKW && m.Bus == p.Bus
		}
	}
	for range estimateRounds {
		step, err := f.estimateStep(e, priors, measurements)
		if err != nil {
			return nil, err
		}
		if step < estimateTolerance {
			return e, nil
		}
	}
	return nil, fmt.Errorf("estimate: %w: the measurements contradict each other", ErrNoSolution)
}

// apply draws the estimated powers and solves.
func (f *Flow) applyEstimate(e *Estimate, priors []Prior) error {
	for _, p := range priors {
		f.Draw(p.Bus, 0, 0)
	}
	for i, p := range priors {
		kvar := p.Kvar
		if p.KW != 0 {
			kvar = p.Kvar * e.KW[i] / p.KW
		}
		kw0, kvar0 := f.Drawn(p.Bus)
		f.Draw(p.Bus, kw0+e.KW[i], kvar0+kvar)
	}
	_, err := f.Solve()
	return err
}

// predicted is what a measurement would show in the last solution.
func (f *Flow) predicted(m Measurement) float64 {
	switch m.Kind {
	case MeasuredKW:
		kw, _ := f.Drawn(m.Bus)
		return kw
	case MeasuredVoltage:
		return cmplx.Abs(f.Voltage(m.Bus))
	default:
		return f.sourceP * baseKVA
	}
}

// estimateStep moves the estimate by one Gauss-Newton step, in the form that inverts a matrix of the measurements' size:
// x += P·Hᵀ·(H·P·Hᵀ + R)⁻¹·(z − h(x) − H·(x0 − x)) − (x − x0), with P the priors' variances and R the measurements'.
func (f *Flow) estimateStep(e *Estimate, priors []Prior, measurements []Measurement) (step float64, err error) {
	if err := f.applyEstimate(e, priors); err != nil {
		return 0, fmt.Errorf("estimate: %w", err)
	}
	m := len(measurements)
	h := make([][]float64, m) // change of each measurement per kW drawn at each prior
	for r := range h {
		h[r] = make([]float64, len(priors))
	}
	answers := f.Sensitivities()
	for i, p := range priors {
		s := answers(p.Bus)
		ratio := 0.0
		if p.KW != 0 {
			ratio = p.Kvar / p.KW
		}
		for r, z := range measurements {
			switch z.Kind {
			case MeasuredKW:
				if f.place[z.Bus] == f.place[p.Bus] {
					h[r][i] = 1
				}
			case MeasuredVoltage:
				h[r][i] = -s.VPerKW[z.Bus] - ratio*s.VPerKvar[z.Bus]
			case MeasuredSourceKW:
				h[r][i] = 1 - s.Loss - ratio*s.LossQ
			}
		}
	}
	gain := zeros(int32(m), int32(m))
	gap := make([]float64, m)
	for r, z := range measurements {
		short := z.Value - f.predicted(z)
		e.Residuals[r] = short / z.Sigma
		for i, p := range priors {
			short += h[r][i] * (e.KW[i] - p.KW)
			for c := range measurements {
				gain[r][c] += complex(h[r][i]*p.Sigma*p.Sigma*h[c][i], 0)
			}
		}
		gain[r][r] += complex(z.Sigma*z.Sigma, 0)
		gap[r] = short
	}
	inverse := invert(gain)
	for i, p := range priors {
		next := p.KW
		for r := range measurements {
			for c := range measurements {
				next += p.Sigma * p.Sigma * h[r][i] * real(inverse[r][c]) * gap[c]
			}
		}
		if !finite(next) {
			return 0, fmt.Errorf("estimate: %w: a power is not a number", ErrNoSolution)
		}
		step = max(step, math.Abs(next-e.KW[i]))
		e.KW[i] = next
	}
	return step, nil
}
