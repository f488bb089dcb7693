package grid

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/wattle/wattle/energy"
)

// Transfer is energy that went from one bus to another during an interval, buses given by their indexes: a trade, or a
// residual flow with the source's bus at its other end.
type Transfer struct {
	Seller, Buyer int
	Energy        energy.WattHours // not negative
}

// LossMethod says who bears the losses.
type LossMethod uint8

const (
	// ProRata shares losses by energy, wherever it went.
	ProRata LossMethod = iota
	// Marginal shares them by what more of each transfer would lose on its way: r·P/V² of each branch with the net flow,
	// −r·P/V² against it. A transfer that unloads the wires is credited.
	Marginal
	// Tracing shares the losses of each branch among the transfers that run with its net flow, by energy. Nothing is
	// credited.
	Tracing
)

// Losses is what the last solution loses, kW: in the series impedances of the branches, and in all.
func (f *Flow) Losses() (series, total float64) {
	for i := 1; i < len(f.knots); i++ {
		r := &f.result[i]
		total += r.pNear + r.pFar
		series += f.seriesLoss(i)
	}
	for i := range f.loops {
		l := &f.loops[i]
		total += l.result.pNear + l.result.pFar
		series += squareOf(l.current) * real(l.z)
	}
	for i := range f.stubs {
		total += real(f.stubs[i].y) * f.square(f.stubs[i].place)
	}
	return series * baseKVA, total * baseKVA
}

// seriesLoss is what the branch above a place loses in its series impedance, per unit.
func (f *Flow) seriesLoss(place int) float64 {
	k := &f.knots[place]
	return k.r * (k.ire*k.ire + k.iim*k.iim)
}

// LossEnergy is the energy that the last solution loses in a period, Wh, half to even.
func (f *Flow) LossEnergy(d time.Duration) energy.WattHours {
	_, kw := f.Losses()
	return energy.WattHours(math.RoundToEven(kw * 1e3 * d.Hours()))
}

// marginalBand is how far the marginal shares may be from the losses to explain and still be scaled to them; otherwise
// they stay as they are, and the difference is shared pro rata.
const marginalBand = 1.25

// AllocateLosses shares lost energy among transfers around the last solution, in their order. The shares sum to lost,
// to the Wh: what a method does not explain (iron losses, reactive currents, untold flows) is shared pro rata. Marginal
// and Tracing need a radial network. Transfers without any energy bear nothing; without any transfer with energy, lost
// must be 0.
func (f *Flow) AllocateLosses(method LossMethod, transfers []Transfer, lost energy.WattHours) ([]energy.WattHours, error) {
	if method != ProRata && len(f.loops) > 0 {
		return nil, fmt.Errorf("allocate losses: %w: share them pro rata", ErrMeshed)
	}
	total := 0.0
	for i, t := range transfers {
		if !t.Energy.Valid() {
			return nil, fmt.Errorf("allocate losses: transfer %d of %d Wh: %w", i, t.Energy, energy.ErrRange)
		}
		total += float64(t.Energy)
	}
	shares := make([]energy.WattHours, len(transfers))
	if total == 0 {
		if lost != 0 {
			return nil, fmt.Errorf("allocate losses: nothing was transferred that could bear %d Wh: %w", lost, energy.ErrRange)
		}
		return shares, nil
	}
	weights := make([]float64, len(transfers)) // Wh
	series, all := f.Losses()
	explained := 0.0
	if all > 0 {
		explained = float64(lost) * series / all
	}
	switch method {
	case Marginal:
		f.marginalShares(transfers, explained, weights)
	case Tracing:
		f.tracedShares(transfers, explained, weights)
	}
	rest := float64(lost)
	for _, w := range weights {
		rest -= w
	}
	for i, t := range transfers {
		weights[i] += rest * float64(t.Energy) / total
	}
	roundTo(shares, weights, transfers, lost)
	return shares, nil
}

// marginalShares are half of the marginal losses of each transfer, which sum to the losses where the transfers are all
// of the flow, scaled to what is to be explained.
func (f *Flow) marginalShares(transfers []Transfer, explained float64, weights []float64) {
	prefix := make([]float64, len(f.knots))
	for i := 1; i < len(f.knots); i++ {
		k, r := &f.knots[i], &f.result[i]
		prefix[i] = prefix[k.parent] - k.r*r.pFar/f.square(int32(i))
	}
	sum := 0.0
	for i, t := range transfers {
		weights[i] = float64(t.Energy) * (prefix[f.place[t.Buyer]] - prefix[f.place[t.Seller]])
		sum += weights[i]
	}
	if scale := explained / sum; scale >= 1/marginalBand && scale <= marginalBand {
		for i := range weights {
			weights[i] *= scale
		}
	}
}

// tracedShares shares each branch's part of what is to be explained among the transfers that run with its flow.
func (f *Flow) tracedShares(transfers []Transfer, explained float64, weights []float64) {
	with := make([]float64, len(f.knots)) // energy of the transfers that run with each branch's flow
	visit := func(t *Transfer, use func(place int32)) {
		f.climb(f.place[t.Seller], f.place[t.Buyer],
			func(p int32) {
				if f.result[p].pFar > 0 { // power comes out of the network behind it
					use(p)
				}
			},
			func(p int32) {
				if f.result[p].pFar <= 0 {
					use(p)
				}
			})
	}
	series := 0.0
	for i := 1; i < len(f.knots); i++ {
		series += f.seriesLoss(i)
	}
	if series == 0 {
		return
	}
	for i := range transfers {
		visit(&transfers[i], func(p int32) { with[p] += float64(transfers[i].Energy) })
	}
	for i := range transfers {
		visit(&transfers[i], func(p int32) {
			if with[p] > 0 {
				weights[i] += explained * f.seriesLoss(int(p)) / series * float64(transfers[i].Energy) / with[p]
			}
		})
	}
}

// roundTo rounds weights that sum to a whole number by largest remainder; the first of equals is rounded up first.
func roundTo(shares []energy.WattHours, weights []float64, transfers []Transfer, total energy.WattHours) {
	left := total
	order := make([]int, 0, len(weights))
	for i, w := range weights {
		shares[i] = energy.WattHours(math.Floor(w))
		left -= shares[i]
		if transfers[i].Energy > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := weights[a]-math.Floor(weights[a]), weights[b]-math.Floor(weights[b]); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	for i := 0; left > 0; i++ {
		shares[order[i%len(order)]]++
		left--
	}
	for i := len(order) - 1; left < 0; i-- { // the sum of floats was a little high
		shares[order[(i+len(order))%len(order)]]--
		left++
	}
}
