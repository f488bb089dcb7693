package settlement

import (
	"math/bits"

	"github.com/wattle/wattle/energy"
)

// provenance assigns attested energy to trades: how much of each trade the seller generated and the buyer used.
//
// First each trade gets its pro rata part: its quantity times the smaller of what the seller generated of everything
// sold and what the buyer used of everything bought. What rounding left goes to the trades in log order. What one
// side's shortage left stranded is then routed to a maximum flow, so no energy that could be local is called residual,
// by the method of Dinic (1970). The tie-break is the log: shortest detours first; among equally short ones sellers in
// the order of their first trade, and trades in the order they happened.
func provenance(r *roster) []energy.WattHours {
	f := newFlow(r)
	for i, t := range r.trades {
		s, b := &r.parties[f.seller[i]], &r.parties[f.buyer[i]]
		f.move(uint32(i), min(share(t.Quantity, s.attested.generated, s.sold), share(t.Quantity, b.attested.load, b.bought)))
	}
	for i := range r.trades {
		f.move(uint32(i), min(f.room[i], f.generated[f.seller[i]], f.used[f.buyer[i]]))
	}
	for f.layer() {
		for _, s := range f.sellers {
			for f.generated[s] > 0 && f.augment(s) {
			}
		}
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

// flow is a flow network: seller → trade → buyer. Parties and trades are numbers. A member who sells and buys is two
// nodes. generated and used hold what is left of each end, room what is left of each trade.
type flow struct {
	buyer, seller                  []uint32 // by trade
	delivered, room                []energy.WattHours
	generated, used                []energy.WattHours
	sellers                        []uint32 // by first trade
	bySeller, byBuyer              index
	sellerLayer, buyerLayer        []int32  // how many detours away from energy that is left; -1 out of reach
	nextBySeller, nextByBuyer      []uint32 // the trades before were tried in this layering
	path, sellerQueue, nextSellers []uint32
}

func newFlow(r *roster) *flow {
	n, m := len(r.parties), len(r.trades)
	f := &flow{buyer: r.buyer, seller: r.seller, delivered: make([]energy.WattHours, m), room: make([]energy.WattHours, m),
		generated: make([]energy.WattHours, n), used: make([]energy.WattHours, n),
		bySeller: newIndex(r.seller, n), byBuyer: newIndex(r.buyer, n),
		sellerLayer: make([]int32, n), buyerLayer: make([]int32, n), nextBySeller: make([]uint32, n), nextByBuyer: make([]uint32, n)}
	for i := range r.parties {
		f.generated[i], f.used[i] = r.parties[i].attested.generated, r.parties[i].attested.load
	}
	for i, t := range r.trades {
		f.room[i] = t.Quantity
		if f.bySeller.of(r.seller[i])[0] == uint32(i) {
			f.sellers = append(f.sellers, r.seller[i])
		}
	}
	return f
}

// index lists the trades of each party in log order.
type index struct{ start, trades []uint32 }

func newIndex(parties []uint32, n int) index {
	x := index{make([]uint32, n+1), make([]uint32, len(parties))}
	for _, p := range parties {
		x.start[p+1]++
	}
	for p := range n {
		x.start[p+1] += x.start[p]
	}
	at := append([]uint32(nil), x.start...)
	for i, p := range parties {
		x.trades[at[p]] = uint32(i)
		at[p]++
	}
	return x
}

func (x *index) of(party uint32) []uint32 { return x.trades[x.start[party]:x.start[party+1]] }

// move delivers e more of a trade; less where it is negative.
func (f *flow) move(trade uint32, e energy.WattHours) {
	f.shift(trade, e)
	f.generated[f.seller[trade]] -= e
	f.used[f.buyer[trade]] -= e
}

func (f *flow) shift(trade uint32, e energy.WattHours) {
	f.delivered[trade] += e
	f.room[trade] -= e
}

// layer measures how many detours every seller and buyer is away from a seller with energy left, up to the nearest
// buyer with need left, and reports whether there is one. Forward goes over trades that have room, back over trades
// that can give way.
func (f *flow) layer() bool {
	for n := range f.sellerLayer {
		f.sellerLayer[n], f.buyerLayer[n] = -1, -1
	}
	clear(f.nextBySeller)
	clear(f.nextByBuyer)
	queue := f.sellerQueue[:0]
	for _, s := range f.sellers {
		if f.generated[s] > 0 {
			f.sellerLayer[s] = 0
			queue = append(queue, s)
		}
	}
	found := false
	for depth := int32(0); len(queue) > 0 && !found; depth++ {
		next := f.nextSellers[:0]
		for _, s := range queue {
			for _, i := range f.bySeller.of(s) {
				b := f.buyer[i]
				if f.room[i] == 0 || f.buyerLayer[b] >= 0 {
					continue
				}
				f.buyerLayer[b] = depth
				found = found || f.used[b] > 0
				for _, back := range f.byBuyer.of(b) {
					if g := f.seller[back]; f.delivered[back] > 0 && f.sellerLayer[g] < 0 {
						f.sellerLayer[g] = depth + 1
						next = append(next, g)
					}
				}
			}
		}
		f.sellerQueue, f.nextSellers = next, queue
		queue = next
	}
	return found
}

// augment finds the first path through the layers from a seller to a buyer with need left, moves what it carries, and
// reports whether there was one. The path alternates between trades forward and back. A trade that leads nowhere is
// not tried again in this layering.
func (f *flow) augment(source uint32) bool {
	f.path = f.path[:0]
	for seller := source; ; {
		i, ok := f.forward(seller)
		if !ok {
			if len(f.path) == 0 {
				return false
			}
			f.path = f.path[:len(f.path)-1] // the trade back to this seller leads nowhere
			f.nextByBuyer[f.buyer[f.path[len(f.path)-1]]]++
			i = f.path[len(f.path)-1]
		} else {
			f.path = append(f.path, i)
		}
		b := f.buyer[i]
		if f.used[b] > 0 {
			f.push(source, b)
			return true
		}
		if back, ok := f.back(b); ok {
			f.path = append(f.path, back)
			seller = f.seller[back]
			continue
		}
		f.path = f.path[:len(f.path)-1] // the trade forward to this buyer leads nowhere
		seller = f.seller[i]
		f.nextBySeller[seller]++
	}
}

// forward is the next trade of a seller that has room and leads to a buyer of the same layer.
func (f *flow) forward(s uint32) (uint32, bool) {
	trades := f.bySeller.of(s)
	for ; int(f.nextBySeller[s]) < len(trades); f.nextBySeller[s]++ {
		if i := trades[f.nextBySeller[s]]; f.room[i] > 0 && f.buyerLayer[f.buyer[i]] == f.sellerLayer[s] {
			return i, true
		}
	}
	return 0, false
}

// back is the next trade of a buyer that can give way and leads to a seller of the next layer.
func (f *flow) back(b uint32) (uint32, bool) {
	trades := f.byBuyer.of(b)
	for ; int(f.nextByBuyer[b]) < len(trades); f.nextByBuyer[b]++ {
		if i := trades[f.nextByBuyer[b]]; f.delivered[i] > 0 && f.sellerLayer[f.seller[i]] == f.buyerLayer[b]+1 {
			return i, true
		}
	}
	return 0, false
}

// push moves along the path as much as its narrowest part allows.
func (f *flow) push(source, sink uint32) {
	width := min(f.generated[source], f.used[sink])
	for at, i := range f.path {
		if at%2 == 0 {
			width = min(width, f.room[i])
		} else {
			width = min(width, f.delivered[i])
		}
	}
	f.generated[source] -= width
	f.used[sink] -= width
	for at, i := range f.path {
		if at%2 == 0 {
			f.shift(i, width)
		} else {
			f.shift(i, -width)
		}
	}
}
