package settlement

import (
	"math/bits"

	"github.com/wattle/wattle/energy"
)

// provenance assigns attested energy to trades: how much of each trade the seller generated and the buyer used.
//
// First each trade gets its pro rata part: its quantity times the smaller of what the seller generated of everything
// sold and what the buyer used of everything bought. What rounding or one side's shortage left stranded is then routed
// to a maximum flow, so no energy that could be local is called residual. The tie-break is the log: trades are tried
// in the order they happened, shortest detours first. trades must be in log order.
func provenance(trades []Trade, energies map[energy.Member]metered, positions map[energy.Member]position) []energy.WattHours {
	f := flow{trades: trades, delivered: make([]energy.WattHours, len(trades)),
		generated: map[energy.Member]energy.WattHours{}, used: map[energy.Member]energy.WattHours{},
		bySeller: map[energy.Member][]int{}, byBuyer: map[energy.Member][]int{}}
	for i, t := range trades {
		if f.bySeller[t.Seller] == nil {
			f.sellers = append(f.sellers, t.Seller)
			f.generated[t.Seller] = energies[t.Seller].generated
		}
		if f.byBuyer[t.Buyer] == nil {
			f.used[t.Buyer] = energies[t.Buyer].load
		}
		f.bySeller[t.Seller] = append(f.bySeller[t.Seller], i)
		f.byBuyer[t.Buyer] = append(f.byBuyer[t.Buyer], i)
	}
	for i, t := range trades {
		f.move(i, min(share(t.Quantity, energies[t.Seller].generated, positions[t.Seller].sold),
			share(t.Quantity, energies[t.Buyer].load, positions[t.Buyer].bought)))
	}
	for i, t := range trades {
		f.move(i, min(t.Quantity-f.delivered[i], f.generated[t.Seller], f.used[t.Buyer]))
	}
	for f.augment() {
	}
	return f.delivered
}

// share is quantity scaled down by have/want, rounded down; all of it when there is enough.
func share(quantity, have, want energy.WattHours) energy.WattHours {
	if have >= want {
		return quantity
	}
	hi, lo := bits.Mul64(uint64(quantity), uint64(have))
	q, _ := bits.Div64(hi, lo, uint64(want)) // quantity <= want, so the quotient fits
	return energy.WattHours(q)
}

// flow is a flow network: seller → trade → buyer. generated and used hold what is left of each end.
type flow struct {
	trades    []Trade
	delivered []energy.WattHours
	sellers   []energy.Member // by first trade
	generated map[energy.Member]energy.WattHours
	used      map[energy.Member]energy.WattHours
	bySeller  map[energy.Member][]int
	byBuyer   map[energy.Member][]int
}

func (f *flow) move(trade int, e energy.WattHours) {
	f.delivered[trade] += e
	f.generated[f.trades[trade].Seller] -= e
	f.used[f.trades[trade].Buyer] -= e
}

// augment finds the shortest path from a seller with energy left to a buyer with need left, forward over trades that
// are not full and back over trades that can give way, moves what it carries, and reports whether there was one.
func (f *flow) augment() bool {
	sellerVia := map[energy.Member]int{} // the trade over which a seller was reached, -1 for a source
	buyerVia := map[energy.Member]int{}
	var queue []energy.Member // of sellers
	for _, s := range f.sellers {
		if f.generated[s] > 0 {
			sellerVia[s] = -1
			queue = append(queue, s)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, i := range f.bySeller[queue[0]] {
			buyer := f.trades[i].Buyer
			if _, reached := buyerVia[buyer]; reached || f.delivered[i] == f.trades[i].Quantity {
				continue
			}
			buyerVia[buyer] = i
			if f.used[buyer] > 0 {
				f.push(buyer, buyerVia, sellerVia)
				return true
			}
			for _, back := range f.byBuyer[buyer] {
				seller := f.trades[back].Seller
				if _, reached := sellerVia[seller]; !reached && f.delivered[back] > 0 {
					sellerVia[seller] = back
					queue = append(queue, seller)
				}
			}
		}
	}
	return false
}

// push moves along the path that ends at buyer as much as its narrowest part allows.
func (f *flow) push(buyer energy.Member, buyerVia, sellerVia map[energy.Member]int) {
	width := f.used[buyer]
	var forward, back []int
	for at := buyer; ; {
		i := buyerVia[at]
		forward = append(forward, i)
		width = min(width, f.trades[i].Quantity-f.delivered[i])
		seller := f.trades[i].Seller
		j := sellerVia[seller]
		if j < 0 {
			width = min(width, f.generated[seller])
			break
		}
		back = append(back, j)
		width = min(width, f.delivered[j])
		at = f.trades[j].Buyer
	}
	for _, i := range forward {
		f.move(i, width)
	}
	for _, j := range back {
		f.move(j, -width)
	}
}
