package settlement

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
)

// published is the naive twin of provenance: the rule as it is written, with maps, without pointers and numbers.
type published struct {
	c                                        Case
	load, generated, bought, sold, used, fed map[energy.Member]energy.WattHours
	delivered                                []energy.WattHours
}

func publish(c Case) *published {
	type sums = map[energy.Member]energy.WattHours
	p := &published{c, sums{}, sums{}, sums{}, sums{}, sums{}, sums{}, make([]energy.WattHours, len(c.Trades))}
	for _, l := range c.Leaves {
		p.load[c.Owner[l.Meter]] += l.Import
		p.generated[c.Owner[l.Meter]] += l.Export
	}
	for _, t := range c.Trades {
		p.bought[t.Buyer] += t.Quantity
		p.sold[t.Seller] += t.Quantity
	}
	for i, t := range c.Trades {
		part := t.Quantity
		if have, want := p.generated[t.Seller], p.sold[t.Seller]; have < want {
			part = min(part, t.Quantity*have/want)
		}
		if have, want := p.load[t.Buyer], p.bought[t.Buyer]; have < want {
			part = min(part, t.Quantity*have/want)
		}
		p.move(i, part)
	}
	return p
}

func (p *published) move(i int, e energy.WattHours) {
	p.delivered[i] += e
	p.fed[p.c.Trades[i].Seller] += e
	p.used[p.c.Trades[i].Buyer] += e
}

func (p *published) spare(m energy.Member) energy.WattHours { return p.generated[m] - p.fed[m] }
func (p *published) need(m energy.Member) energy.WattHours  { return p.load[m] - p.used[m] }

func (p *published) route() []energy.WattHours {
	for i, t := range p.c.Trades {
		p.move(i, min(t.Quantity-p.delivered[i], p.spare(t.Seller), p.need(t.Buyer)))
	}
	for {
		sellers, buyers, found := p.layers()
		if !found {
			return p.delivered
		}
		for i := 0; i < len(p.c.Trades); {
			s := p.c.Trades[i].Seller
			if path := p.path(s, sellers, buyers); p.spare(s) > 0 && path != nil {
				p.push(path)
			} else {
				i++
			}
		}
	}
}

// layers counts detours from every seller with energy to spare.
func (p *published) layers() (sellers, buyers map[energy.Member]int, found bool) {
	sellers, buyers = map[energy.Member]int{}, map[energy.Member]int{}
	for _, t := range p.c.Trades {
		if p.spare(t.Seller) > 0 {
			sellers[t.Seller] = 0
		}
	}
	for depth := 0; depth <= len(p.c.Trades) && !found; depth++ {
		for i, t := range p.c.Trades {
			if at, ok := sellers[t.Seller]; ok && at == depth && p.delivered[i] < t.Quantity {
				if _, reached := buyers[t.Buyer]; !reached {
					buyers[t.Buyer] = depth
					found = found || p.need(t.Buyer) > 0
				}
			}
		}
		for i, t := range p.c.Trades {
			if at, ok := buyers[t.Buyer]; ok && at == depth && p.delivered[i] > 0 {
				if _, reached := sellers[t.Seller]; !reached {
					sellers[t.Seller] = depth + 1
				}
			}
		}
	}
	return sellers, buyers, found
}

// path is the first path from a seller through the layers, trades in log order.
func (p *published) path(s energy.Member, sellers, buyers map[energy.Member]int) []int {
	for i, t := range p.c.Trades {
		at, reached := buyers[t.Buyer]
		if t.Seller != s || p.delivered[i] == t.Quantity || !reached || at != sellers[s] {
			continue
		}
		if p.need(t.Buyer) > 0 {
			return []int{i}
		}
		for j, back := range p.c.Trades {
			next, reached := sellers[back.Seller]
			if back.Buyer != t.Buyer || p.delivered[j] == 0 || !reached || next != at+1 {
				continue
			}
			if rest := p.path(back.Seller, sellers, buyers); rest != nil {
				return append([]int{i, j}, rest...)
			}
		}
	}
	return nil
}

func (p *published) push(path []int) {
	trades := p.c.Trades
	width := min(p.spare(trades[path[0]].Seller), p.need(trades[path[len(path)-1]].Buyer))
	for n, i := range path {
		if n%2 == 0 {
			width = min(width, trades[i].Quantity-p.delivered[i])
		} else {
			width = min(width, p.delivered[i])
		}
	}
	for n, i := range path {
		if n%2 == 0 {
			p.move(i, width)
		} else {
			p.move(i, -width)
		}
	}
}

func TestProvenanceIsAsPublished(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		c.Trades = append(c.Trades, drawCase(t).Trades...) // longer detours, more than one trade of a pair
		for i := range c.Trades {
			c.Trades[i].Sequence = uint64(i + 1)
		}
		twin := publish(c)
		var proRata energy.WattHours
		for _, e := range twin.delivered {
			proRata += e
		}
		want := twin.route()
		r := settle(t, c)
		for i, d := range r.Deliveries {
			if d.Quantity != want[i] {
				t.Fatalf("trade %d: got %s, want %s of %v", i, d.Quantity, want[i], want)
			}
		}
		if r.Delivered < proRata {
			t.Fatalf("delivered %s, pro rata %s", r.Delivered, proRata)
		}
	})
}

// TestALongDetour is a chain of homes in which everybody sells to two neighbours and can feed one. Pro rata leaves half
// a home's energy at one end and half a home's need at the other: the way from one to the other leads over all homes.
func TestALongDetour(t *testing.T) {
	const links = 5000
	homes := map[energy.Member]home{}
	var trades []Trade
	name := func(kind string, i int) energy.Member { return energy.Member(fmt.Sprintf("%s%04d", kind, i)) }
	for i := range links {
		homes[name("s", i)] = home{generated: 10}
		homes[name("b", i)] = home{load: 10}
		if i > 0 {
			trades = append(trades, trade(uint64(2*i), name("b", i-1), name("s", i), 10, unit))
		}
		trades = append(trades, trade(uint64(2*i+1), name("b", i), name("s", i), 10, unit))
	}
	if r := settle(t, caseOf(homes, trades...)); r.Delivered != 10*links {
		t.Errorf("delivered %s, want all of %d homes", r.Delivered, links)
	}
}
