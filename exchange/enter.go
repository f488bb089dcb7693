package exchange

import "github.com/wattle/wattle/energy"

// enter carries out the plan of an order and returns the slot in which the rest waits, or 0.
func (m *Market) enter(r *arrival, side Side) (slot uint32) {
	rests := r.kind.Rests()
	if rests {
		m.reserve(r.account, r.book, side, r.price, r.taken)
	}
	rest := r.taken
	for i := range m.match.steps {
		s := &m.match.steps[i]
		switch {
		case s.quantity > 0:
			rest -= energy.WattHours(s.quantity)
			m.trade(r, s, rest)
		case s.own:
			m.leave(s.slot, Cancelled, SelfTrade)
		case m.details[s.slot].doom != NoReason:
			m.leave(s.slot, Cancelled, m.details[s.slot].doom)
		default:
			m.leave(s.slot, Expired, TimeReached)
		}
	}
	switch {
	case rest == 0:
		return 0
	case rests && !r.stopped:
		if m.match.free != 0 {
			m.note(m.match.free)
		}
		slot = m.match.wait(&r.in, uint32(rest))
		m.step()
		return slot
	}
	if rests {
		m.reserve(r.account, r.book, side, r.price, -rest)
	}
	e := m.event(Cancelled, Unfilled, r.book.interval)
	if r.stopped {
		e.Reason = SelfTrade
	}
	e.Order, e.Member, e.ClientID, e.Side, e.Price, e.Quantity = r.in.ID, r.account.name, r.client, side, r.price, rest
	e.Type, e.GoodTill = r.kind, r.till
	return 0
}

// trade carries out one step of a plan that trades.
func (m *Market) trade(r *arrival, s *step, rest energy.WattHours) {
	o, d := &m.match.orders[s.slot], &m.details[s.slot]
	m.step()
	maker := &m.accounts[d.member]
	price, quantity := m.price(o.level), energy.WattHours(s.quantity)
	e := m.event(Traded, NoReason, r.book.interval)
	e.Order, e.Member, e.ClientID, e.Side, e.Price, e.Quantity, e.Rest = r.in.ID, r.account.name, r.client, r.in.Side, price, quantity, rest
	e.Maker, e.MakerMember, e.MakerClient, e.MakerRest = o.id, maker.name, d.client, energy.WattHours(o.rest-s.quantity)
	e.Type, e.GoodTill = r.kind, r.till
	if m.rules.Collateral != Unlimited {
		maker.reserved -= unit(o.side, price) * energy.Money(quantity)
		m.commit(maker, d.member, r.book, o.side, price, quantity)
		if r.kind.Rests() {
			r.account.reserved -= unit(r.in.Side, r.price) * energy.Money(quantity)
		}
		m.commit(r.account, r.member, r.book, r.in.Side, price, quantity)
	}
	if !r.kind.Rests() {
		m.carry(r.account, r.book, r.in.Side, quantity)
	}
	if s.quantity < o.rest {
		m.note(s.slot)
		o.rest -= s.quantity
		return
	}
	m.release(s.slot)
}

// tell emits what the market took of an order.
func (m *Market) tell(kind EventKind, r *arrival, id uint64, quantity energy.WattHours) {
	e := m.event(kind, r.why, r.book.interval)
	e.Order, e.Member, e.ClientID, e.Side, e.Price, e.Quantity, e.Rest = id, r.account.name, r.client, r.in.Side, r.price, quantity, r.taken
	e.Type, e.GoodTill = r.kind, r.till
}

// settleIn notes what is to be known of an order that begins to wait.
func (m *Market) settleIn(slot uint32, r *arrival, c *Command, quantity uint32) {
	m.describe(slot, details{
		client: c.ClientID, till: c.GoodTill, session: c.Session, entered: m.sequence, quantity: quantity, member: r.member,
		kind: c.Type, self: c.SelfTrade,
	})
}

// describe adds the details of an order to those of its slot, its member's orders and the expiry heap.
func (m *Market) describe(slot uint32, d details) {
	if int(slot) == len(m.details) {
		m.details = append(m.details, details{})
	}
	a := &m.accounts[d.member]
	d.prev, d.next = a.last, 0
	m.details[slot] = d
	if a.last == 0 {
		a.first = slot
	} else {
		m.details[a.last].next = slot
	}
	m.step()
	a.last = slot
	m.await(slot)
	m.step()
	if d.till != 0 {
		m.expect(slot)
	}
	m.match.orders[slot].marked = d.till != 0 || d.doom != NoReason
}

// leave tells that the whole rest of a resting order leaves its book, gives back what it reserved, and forgets it.
func (m *Market) leave(slot uint32, kind EventKind, why Reason) {
	o, d := &m.match.orders[slot], &m.details[slot]
	b, a := m.byNumber[o.book], &m.accounts[d.member]
	price, rest := m.price(o.level), energy.WattHours(o.rest)
	e := m.event(kind, why, b.interval)
	e.Order, e.Member, e.ClientID, e.Side, e.Price, e.Quantity = o.id, a.name, d.client, o.side, price, rest
	e.Type, e.GoodTill = d.kind, d.till
	m.reserve(a, b, o.side, price, -rest)
	m.release(slot)
}

// release forgets a resting order; that its identity was used stays known.
func (m *Market) release(slot uint32) {
	m.note(slot)
	d := &m.details[slot]
	a := &m.accounts[d.member]
	if d.prev == 0 {
		a.first = d.next
	} else {
		m.details[d.prev].next = d.next
	}
	if d.next == 0 {
		a.last = d.prev
	} else {
		m.details[d.next].prev = d.prev
	}
	if d.place != 0 {
		m.unexpect(slot)
	}
	m.step()
	m.depart(slot)
	m.step()
	m.match.remove(slot)
	m.step()
}
