package oracle

import (
	"math/big"

	"github.com/wattle/wattle/energy"
)

// Losses are what a feeder's wires lose, as its owner modelled them.
type Losses struct {
	Idle   energy.Watts // always: the transformer's iron, the meters themselves
	Copper int64        // 1e-6 of the energy through the transformer, for each kW of its mean power
}

// Of is the modelled loss in an interval in which the transformer delivered net Wh, negative where the feeder fed back.
func (l Losses) Of(net energy.WattHours, interval energy.Interval) energy.WattHours {
	power := distance(net, 0) * 3600 / energy.WattHours(interval.Length()) // W
	copper := new(big.Int).Mul(big.NewInt(int64(power)), big.NewInt(int64(distance(net, 0))))
	copper.Mul(copper, big.NewInt(l.Copper)).Div(copper, big.NewInt(1e9))
	return over(l.Idle, interval) + energy.WattHours(copper.Int64())
}

// Branch is what a feeder's meters measured in one interval, Wh. Net is the transformer meter's, the utility's own:
// negative where the feeder fed back. The others are sums over the homes.
type Branch struct {
	Interval       energy.Interval
	Net            energy.WattHours
	Import, Export energy.WattHours
}

// Gap is the energy that came in, from transformer and homes, and reached no meter and no modelled loss.
func (b Branch) Gap(l Losses) energy.WattHours {
	return b.Net + b.Export - b.Import - l.Of(b.Net, b.Interval)
}

// Gap scores a feeder's balance over a period, best whole days. 2 % of what the homes took and 0.5 % of what they gave
// are the meters' accuracy and the model's. Somebody takes without a meter or gives less than he says: whoever it
// is, it is not shown by this alone, and no home is accused.
func (l Losses) Gap(branches []Branch) (Score, bool) {
	var gap, limit int64
	for _, b := range branches {
		gap += int64(b.Gap(l))
		limit += 20*int64(b.Import) + 5*int64(b.Export)
	}
	return Score{FeederGap, Fraud, gap, limit / 1000, 700}, gap > limit/1000
}

// Slope is by how much, in millionths, a feeder's gap grows with a home's series over the same intervals: the least
// squares fit with a constant. An honest home has about 0; one of whose solar energy a tenth never came, 100,000.
// Homes under one sun make at the same time: beside a liar, an honest home's slope is not 0 either.
func Slope(gaps, series []energy.WattHours) int64 {
	n := min(len(gaps), len(series))
	gaps, series = gaps[:n], series[:n]
	count, gap, own := big.NewInt(int64(n)), total(gaps), total(series)
	cross, square, product := inner(gaps, series), inner(series, series), new(big.Int)
	cross.Mul(cross, count).Sub(cross, product.Mul(gap, own))
	square.Mul(square, count).Sub(square, product.Mul(own, own))
	if square.Sign() == 0 {
		return 0
	}
	return cross.Quo(cross.Mul(cross, big.NewInt(1e6)), square).Int64()
}

// total and inner are the sum and the sum of products of series of the same length, of any size.
func total(a []energy.WattHours) *big.Int {
	sum := new(big.Int)
	for _, e := range a {
		sum.Add(sum, big.NewInt(int64(e)))
	}
	return sum
}

func inner(a, b []energy.WattHours) *big.Int {
	sum, product := new(big.Int), new(big.Int)
	for i := range a {
		sum.Add(sum, product.Mul(big.NewInt(int64(a[i])), big.NewInt(int64(b[i]))))
	}
	return sum
}
