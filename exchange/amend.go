package exchange

import "github.com/wattle/wattle/energy"

// own finds the resting order a member names, or says why there is none.
func (m *Market) own(c *Command) (slot uint32, id uint64, why Reason) {
	number, known := m.numberOf(c.Member)
	if !known {
		return 0, 0, UnknownOrder
	}
	if slot = m.resting(number, &c.ClientID); slot != 0 {
		return slot, m.match.orders[slot].id, NoReason
	}
	if past := m.outcomes.find(number, &c.ClientID); past != nil {
		return 0, past.id, OrderIsDone
	}
	return 0, 0, UnknownOrder
}

func (m *Market) cancel(c *Command) {
	slot, id, why := m.own(c)
	if why != NoReason {
		m.refuse(c, id, why)
		return
	}
	m.begin()
	m.leave(slot, Cancelled, AtMembersWish)
}

// amend changes a resting order. One that only gets smaller keeps its place; any other is taken out and enters anew under
// its old number, as if it came now.
func (m *Market) amend(c *Command) {
	slot, id, why := m.own(c)
	if why == NoReason {
		why = m.amendable(c, slot)
	}
	if why != NoReason {
		m.refuse(c, id, why)
		return
	}
	o, d := &m.match.orders[slot], &m.details[slot]
	traded := energy.WattHours(d.quantity - o.rest)
	rest := c.Quantity - traded
	switch {
	case rest <= 0:
		m.begin()
		m.leave(slot, Cancelled, AtMembersWish)
	case c.Price == m.price(o.level) && c.GoodTill == d.till && uint32(rest) <= o.rest:
		m.begin()
		m.shrink(slot, rest, c.Quantity)
	default:
		m.move(c, slot, traded, rest)
	}
}

// amendable checks an amendment by itself.
func (m *Market) amendable(c *Command, slot uint32) Reason {
	d := &m.details[slot]
	if m.match.orders[slot].marked && m.gone(slot) {
		return OrderIsDone
	}
	if why := m.blocked(&m.accounts[d.member]); why != NoReason {
		return why
	}
	if why := m.rules.fits(c.Price, c.Quantity); why != NoReason {
		return why
	}
	switch {
	case c.GoodTill < 0:
		return BadCommand
	case c.GoodTill > maxTime:
		return Overflow
	case c.GoodTill != 0 && c.GoodTill <= m.time:
		return GoodTillPassed
	}
	return NoReason
}

// shrink makes a resting order smaller where it waits.
func (m *Market) shrink(slot uint32, rest, quantity energy.WattHours) {
	o, d := &m.match.orders[slot], &m.details[slot]
	b, a := m.byNumber[o.book], &m.accounts[d.member]
	m.reserve(a, b, o.side, m.price(o.level), rest-energy.WattHours(o.rest))
	m.note(slot)
	o.rest, d.quantity = uint32(rest), uint32(quantity)
	e := m.event(Amended, NoReason, b.interval)
	e.Order, e.Member, e.ClientID, e.Side, e.Price, e.Quantity, e.Rest = o.id, a.name, d.client, o.side, m.price(o.level), quantity, rest
	e.Type, e.GoodTill = d.kind, d.till
}

// move takes a resting order out of its queue and enters it anew.
func (m *Market) move(c *Command, slot uint32, traded, rest energy.WattHours) {
	o, d := &m.match.orders[slot], m.details[slot]
	b, side, before := m.byNumber[o.book], o.side, m.price(o.level)
	r := &m.arrival
	*r = arrival{
		kind: d.kind, book: b, account: &m.accounts[d.member], member: d.member, price: c.Price, asked: rest, till: c.GoodTill, client: d.client,
		held: hold{unit(side, before) * energy.Money(o.rest), energy.WattHours(o.rest)},
		in: Incoming{
			ID: o.id, Level: uint32(c.Price/m.rules.Tick - m.low), Owner: o.owner, Book: o.book, Side: side, SelfTrade: m.selfTrading(d.self),
		},
	}
	if why := m.plan(r); why != NoReason {
		m.refuse(c, o.id, why)
		return
	}
	m.begin()
	m.reserve(r.account, b, side, before, -energy.WattHours(o.rest))
	m.release(slot)
	m.tell(Amended, r, r.in.ID, traded+rest)
	slot = m.enter(r, side)
	if slot == 0 {
		return
	}
	d.till, d.entered, d.quantity = c.GoodTill, m.sequence, uint32(traded+r.taken)
	d.place, d.doom = 0, NoReason
	m.describe(slot, d)
}
