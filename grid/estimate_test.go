package grid

import (
	"errors"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// A street whose homes draw something else than believed: exact where all is measured, nearer to the truth where some
// is, and a meter that lies shows.
func TestEstimate(t *testing.T) {
	f := balanced(t, "balanced/simbench_lv_rural1_load.json")
	r := rand.New(rand.NewPCG(8, 8))
	var priors []Prior
	seen := map[int32]bool{}
	for _, l := range f.network.Loads {
		if bus := busIndex(f, l.Bus); !seen[f.place[bus]] {
			seen[f.place[bus]] = true
			priors = append(priors, Prior{Bus: bus, KW: l.PKW, Kvar: l.QKvar, Sigma: 0.5 * math.Abs(l.PKW)})
		}
	}
	truth := &Estimate{KW: make([]float64, len(priors))}
	for i, p := range priors {
		truth.KW[i] = p.KW * (0.5 + r.Float64())
	}
	if err := f.applyEstimate(truth, priors); err != nil {
		t.Fatal(err)
	}
	var voltages []float64
	for i := range f.place {
		voltages = append(voltages, cmplx.Abs(f.Voltage(i)))
	}
	measure := func(kind MeasuredKind, bus int, sigma float64) Measurement {
		m := Measurement{Kind: kind, Bus: bus, Sigma: sigma}
		for i, p := range priors {
			if p.Bus == bus && kind == MeasuredKW {
				m.Value = truth.KW[i]
			}
		}
		switch kind {
		case MeasuredVoltage:
			m.Value = voltages[bus]
		case MeasuredSourceKW:
			m.Value = f.sourceP * baseKVA
		}
		return m
	}
	all := []Measurement{measure(MeasuredSourceKW, 0, 0.1)}
	some := []Measurement{measure(MeasuredSourceKW, 0, 0.1)}
	for i, p := range priors {
		all = append(all, measure(MeasuredKW, p.Bus, 1e-4))
		if i%2 == 0 {
			some = append(some, measure(MeasuredKW, p.Bus, 0.01), measure(MeasuredVoltage, p.Bus, 0.001))
		}
	}
	distance := func(e *Estimate) (sum float64) {
		for i := range priors {
			sum += (e.KW[i] - truth.KW[i]) * (e.KW[i] - truth.KW[i])
		}
		return math.Sqrt(sum)
	}
	believed := &Estimate{}
	for _, p := range priors {
		believed.KW = append(believed.KW, p.KW)
	}
	exact, err := f.Estimate(priors, all)
	if err != nil || distance(exact) > 1e-3 {
		t.Fatalf("everything measured: %v, %g kW from the truth", err, distance(exact))
	}
	for i, v := range voltages {
		if d := math.Abs(cmplx.Abs(f.Voltage(i)) - v); d > 1e-6 {
			t.Errorf("bus %d is %g pu from the truth", i, d)
		}
	}
	partly, err := f.Estimate(priors, some)
	if err != nil || distance(partly) > 0.8*distance(believed) || !partly.Measured[0] || partly.Measured[1] {
		t.Fatalf("half measured: %v, %g kW from the truth, believed %g", err, distance(partly), distance(believed))
	}
	all[3].Value += 5
	lie, err := f.Estimate(priors, append(all, measure(MeasuredVoltage, priors[2].Bus, 1e-5)))
	if err != nil || math.Abs(lie.Residuals[0]) < 3 && math.Abs(lie.Residuals[len(all)]) < 3 {
		t.Errorf("a meter that lies by 5 kW must show: %v, residuals %v", err, lie.Residuals)
	}
	if _, err := f.Estimate([]Prior{{Bus: 1, KW: 1}}, nil); !errors.Is(err, ErrNetwork) {
		t.Errorf("got %v, want a prior without deviation refused", err)
	}
}
