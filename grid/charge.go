package grid

import (
	"fmt"
	"math"

	"github.com/wattle/wattle/energy"
)

// ChargeMethod says how the use of the network is paid for.
type ChargeMethod uint8

const (
	// ByDistance charges the electrical distance between seller and buyer.
	ByDistance ChargeMethod = iota
	// ByBranches charges each branch that a trade shares.
	ByBranches
	// ByLevel charges one price by the highest voltage that a trade touches.
	ByLevel
)

// Level is the price of trades that touch no higher voltage.
type Level struct {
	UpToKV float64
	Price  energy.Price
}

// Tariff is a zone's network charge for trades inside it, per kWh. It replaces the network charge on the traded energy;
// residual energy pays the ordinary one, so nothing is paid for twice.
type Tariff struct {
	Method  ChargeMethod
	PerUnit energy.Price          // ByDistance: per unit of impedance on 1 MVA, which is 0.16 ohm at 0.4 kV
	Branch  map[Step]energy.Price // ByBranches: by element, Forward not set
	Other   energy.Price          // ByBranches: every element that is not listed
	Levels  []Level               // ByLevel: from the lowest voltage up
}

// Validate reports what is wrong with the tariff.
func (t *Tariff) Validate() error {
	d := findings{}
	check := func(what string, p energy.Price) {
		d.need(p >= 0 && p <= energy.MaxPrice, "tariff", fmt.Sprintf("%s is %d µ/kWh", what, p), "use 0 up to the largest price")
	}
	check("the price per unit of distance", t.PerUnit)
	check("the price of other branches", t.Other)
	for _, p := range t.Branch {
		check("the price of a branch", p)
	}
	for i, l := range t.Levels {
		check("the price of a level", l.Price)
		d.need(l.UpToKV > 0 && (i == 0 || l.UpToKV > t.Levels[i-1].UpToKV), "tariff", "its levels do not rise", "list them from the lowest voltage up")
	}
	d.need(t.Method <= ByLevel, "tariff", "its method is unknown", "choose distance, branches or level")
	d.need(t.Method != ByLevel || len(t.Levels) > 0, "tariff", "it has no level", "list a price for each voltage")
	return d.list.or()
}

// NetworkCharge is what a trade between two buses, given by their indexes, pays for the network, per kWh, rounded half to
// even. Seller and buyer bear it together.
func (f *Flow) NetworkCharge(t *Tariff, seller, buyer int) (energy.Price, error) {
	price := 0.0
	switch t.Method {
	case ByDistance:
		price = f.Distance(seller, buyer) * float64(t.PerUnit)
	case ByBranches:
		for _, s := range f.Path(seller, buyer) {
			s.Forward = false
			if p, ok := t.Branch[s]; ok {
				price += float64(p)
			} else {
				price += float64(t.Other)
			}
		}
	case ByLevel:
		highest := f.highestKV(seller, buyer)
		for _, l := range t.Levels {
			if highest <= l.UpToKV {
				return l.Price, nil
			}
		}
		return 0, Defects{{Element: "tariff", What: fmt.Sprintf("it has no level for %g kV", highest), Do: "add one"}}
	}
	if price > float64(energy.MaxPrice) {
		return 0, fmt.Errorf("network charge: %w", energy.ErrRange)
	}
	return energy.Price(math.RoundToEven(price)), nil
}

// highestKV is the highest nominal voltage between two buses.
func (f *Flow) highestKV(a, b int) float64 {
	highest := max(f.vn[f.place[a]], f.vn[f.place[b]])
	visit := func(p int32) { highest = max(highest, f.vn[f.knots[p].parent]) }
	f.climb(f.place[a], f.place[b], visit, visit)
	return highest
}

// SplitCharge divides the charge of a trade between its sides: half each, the odd unit to the buyer.
func SplitCharge(total energy.Money) (seller, buyer energy.Money) {
	seller = total / 2
	return seller, total - seller
}

// The loading above which a branch is priced in a zone that prices congestion, and at which the price is full.
const priceFrom, priceFull = 0.8, 1.0

// CongestionPrice is what a trade between two buses pays per kWh for the branches it loads further, on top of the
// network charge: of each rated branch full·((loading − 0.8)/0.2)², from 0.8 of its rating on; nothing for a branch that
// it relieves. It is rounded half to even and at most the largest price.
func (a *Admission) CongestionPrice(seller, buyer int, full energy.Price) energy.Price {
	price := 0.0
	add := func(with, against *side) {
		capacity := (with.room + against.room) / 2 // the flow cancels out
		if math.IsInf(capacity, 1) || capacity <= 0 {
			return
		}
		loading := 1 - with.room/capacity
		step := min(1, max(0, (loading-priceFrom)/(priceFull-priceFrom)))
		price += step * step * float64(full)
	}
	a.flow.climb(a.flow.place[seller], a.flow.place[buyer],
		func(p int32) { add(&a.sell[p], &a.buy[p]) }, func(p int32) { add(&a.buy[p], &a.sell[p]) })
	return energy.Price(math.RoundToEven(min(price, float64(energy.MaxPrice))))
}
