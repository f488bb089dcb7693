package grid

import (
	"fmt"
	"math"
	"math/cmplx"

	"github.com/wattle/wattle/energy"
)

// PhaseAdmission decides whether trades of one interval fit a feeder, phase by phase, by power flows alone: the voltage
// of every connection of constant power or current, and every rating that the feeder knows. It is not safe for
// concurrent use, and its PhaseFlow must not be used by anything else.
type PhaseAdmission struct {
	flow    *PhaseFlow
	limits  Limits
	nominal []float64 // V across each part
	owner   []int     // load of each part
	voltage []float64 // how far each part is outside the band in the forecast, pu
	use     []float64 // how far each asset is above its rating, as a part of it
}

// NewPhaseAdmission solves the forecast that the flow holds. What it violates is not refused, only made no worse. The
// band is per unit of each load's nominal voltage.
func NewPhaseAdmission(f *PhaseFlow, limits Limits) (*PhaseAdmission, error) {
	if err := limits.Validate(); err != nil {
		return nil, err
	}
	a := &PhaseAdmission{flow: f, limits: limits, nominal: make([]float64, len(f.loads)), owner: make([]int, len(f.loads)),
		voltage: make([]float64, len(f.loads)), use: make([]float64, len(f.assets))}
	for i, s := range f.spans {
		for k, part := range f.feeder.Loads[i].parts() {
			if at := int(s.from) + k; at < int(s.to) {
				a.nominal[at], a.owner[at] = part.vn, i
			}
		}
	}
	return a, a.Refresh()
}

// Refresh takes what is committed now for the forecast: from here on violations may not grow.
func (a *PhaseAdmission) Refresh() error {
	if _, err := a.flow.Solve(); err != nil {
		return fmt.Errorf("admission: %w", err)
	}
	for i := range a.voltage {
		v := a.across(i)
		a.voltage[i] = max(0, v-a.limits.VMax, a.limits.VMin-v)
	}
	for i := range a.use {
		a.use[i] = max(0, a.flow.overload(i))
	}
	return nil
}

// across is the voltage of a part, pu.
func (a *PhaseAdmission) across(part int) float64 {
	l := &a.flow.loads[part]
	v := a.flow.v[l.a]
	if l.b >= 0 {
		v -= a.flow.v[l.b]
	}
	return cmplx.Abs(v) / a.nominal[part]
}

// overload is how far an asset is above its rating, as a part of it; −1 where none is known.
func (f *PhaseFlow) overload(asset int) float64 {
	x := &f.assets[asset]
	largest := 0.0
	switch {
	case x.ratingA > 0:
		for _, amps := range f.amps[x.amps : int(x.amps)+len(x.from)+len(x.to)] {
			largest = max(largest, amps/x.ratingA)
		}
	case x.ratingVA > 0:
		largest = max(cmplx.Abs(x.fromVA), cmplx.Abs(x.toVA)) / x.ratingVA
	}
	return largest - 1
}

// Admit decides on a trade between two loads of constant power, given by their indexes. Nothing is committed.
func (a *PhaseAdmission) Admit(seller, buyer int, want energy.Watts, mode Mode) (Decision, error) {
	if want <= 0 || seller == buyer {
		return Decision{Admitted: max(0, want)}, nil
	}
	d := largest(want, float64(want)/2e3, mode, func(kw float64) (float64, string) { return a.trial(seller, buyer, kw) })
	_, err := a.flow.Solve() // back to the committed state, whose results others read
	return d, err
}

// Commit adds a trade that Admit found to fit.
func (a *PhaseAdmission) Commit(seller, buyer int, power energy.Watts) {
	a.flow.shift(seller, -float64(power))
	a.flow.shift(buyer, float64(power))
}

// shift adds active power in W to a load of constant power.
func (f *PhaseFlow) shift(load int, watts float64) {
	if f.feeder.Loads[load].Model != "pq" {
		panic("grid: the power of load " + f.feeder.Loads[load].ID + " follows its voltage")
	}
	parts := f.loads[f.spans[load].from:f.spans[load].to]
	for i := range parts {
		parts[i].s += complex(watts/float64(len(parts)), 0)
	}
}

// trial solves with a trade added and returns the smallest margin to a limit, in parts of a limit, and its name.
func (a *PhaseAdmission) trial(seller, buyer int, kw float64) (float64, string) {
	f := a.flow
	f.shift(seller, -kw*1e3)
	f.shift(buyer, kw*1e3)
	_, err := f.Solve()
	f.shift(seller, kw*1e3)
	f.shift(buyer, -kw*1e3)
	if err != nil {
		return math.Inf(-1), "the voltage would collapse"
	}
	margin, part, asset := math.Inf(1), -1, -1
	for i := range a.voltage {
		v := a.across(i)
		if m := min(a.limits.VMax-v, v-a.limits.VMin) + before(a.voltage[i]); m < margin {
			margin, part = m, i
		}
	}
	for i := range a.use {
		if m := before(a.use[i]) - f.overload(i); m < margin {
			margin, asset = m, i
		}
	}
	if asset >= 0 {
		return margin, f.assets[asset].id + " at its rating"
	}
	if part >= 0 {
		return margin, "voltage of load " + f.feeder.Loads[a.owner[part]].ID
	}
	return margin, ""
}

// Unbalance is the ratio of the negative to the positive sequence of three phase voltages (EN 50160: 2 %).
func Unbalance(a, b, c complex128) float64 {
	turn := cmplx.Rect(1, 2*math.Pi/3)
	positive := a + turn*b + turn*turn*c
	negative := a + turn*turn*b + turn*c
	return cmplx.Abs(negative) / cmplx.Abs(positive)
}
