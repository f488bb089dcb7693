package exchange

import "github.com/wattle/wattle/energy"

// place enters an order: it trades with what is better or equal on the other side, and the rest waits.
func (m *Market) place(c Command) {
	member, ok := m.intern(c.Member)
	if !ok || c.ClientID == (ClientID{}) {
		m.refuse(c, m.sequence, BadCommand)
		return
	}
	key := orderKey{member, c.ClientID}
	if index, used := m.indexOf[key]; used {
		m.refuseDuplicate(c, m.outcomes[index])
		return
	}
	index := uint32(len(m.outcomes))
	m.indexOf[key] = index
	m.outcomes = append(m.outcomes, outcome{key: key, id: m.sequence, slot: none})

	b, why := m.admit(c)
	if why != NoReason {
		m.refuse(c, m.sequence, why)
		return
	}
	m.emit(Event{
		Kind: Accepted, Interval: c.Interval, Order: m.sequence,
		Member: c.Member, ClientID: c.ClientID, Side: c.Side, Price: c.Price, Quantity: c.Quantity, Rest: c.Quantity,
	})
	rest := m.match(b, c, member)
	if rest == 0 {
		return
	}
	slot := m.pool.take()
	m.pool.orders[slot] = order{
		id: m.sequence, client: c.ClientID, book: b, price: c.Price, quantity: c.Quantity, rest: rest,
		member: member, outcome: index, side: c.Side,
	}
	m.outcomes[index].slot = slot
	b.rest(&m.pool, slot)
}

// intern returns the number of a member, giving one to who has none. Text that is no name gets none.
func (m *Market) intern(member energy.Member) (uint32, bool) {
	if n, known := m.memberOf[member]; known {
		return n, true
	}
	if _, err := energy.ParseMember(string(member)); err != nil {
		return 0, false
	}
	n := uint32(len(m.members))
	m.members = append(m.members, member)
	m.memberOf[member] = n
	return n, true
}

// refuseDuplicate names the order that had the identity first and what is left of it now.
func (m *Market) refuseDuplicate(c Command, first outcome) {
	m.refuse(c, first.id, DuplicateID)
	if first.slot != none {
		m.events[len(m.events)-1].Rest = m.pool.orders[first.slot].rest
	}
}

// admit returns the book the order goes to, or why it may not.
func (m *Market) admit(c Command) (*book, Reason) {
	if !c.Side.Valid() {
		return nil, BadCommand
	}
	b, why := m.bookOf(c.Interval)
	switch {
	case b == nil:
		return nil, why
	case c.Quantity <= 0 || c.Quantity > m.rules.MaxQuantity:
		return nil, BadQuantity
	case c.Price < m.rules.MinPrice || c.Price > m.rules.MaxPrice:
		return nil, PriceOutsideCollar
	case c.Price%m.rules.Tick != 0:
		return nil, PriceOffTick
	case b.resting >= MaxResting:
		return nil, BookIsFull
	}
	return b, NoReason
}

// match trades the incoming order against the other side and returns what is left to rest. Where the next order to
// trade with is of the same member, the incoming rest is cancelled: the newest order gives way.
func (m *Market) match(b *book, c Command, member uint32) energy.WattHours {
	rest := c.Quantity
	others := b.ladder(c.Side.Opposite())
	for rest > 0 {
		top := others.best()
		if top == nil || !crosses(c.Side, c.Price, top.price) {
			return rest
		}
		slot := top.head
		maker := &m.pool.orders[slot]
		if maker.member == member {
			m.emit(Event{
				Kind: Cancelled, Reason: SelfTrade, Interval: c.Interval, Order: m.sequence,
				Member: c.Member, ClientID: c.ClientID, Side: c.Side, Price: c.Price, Quantity: rest,
			})
			return 0
		}
		quantity := min(rest, maker.rest)
		rest -= quantity
		maker.rest -= quantity
		m.emit(Event{
			Kind: Traded, Interval: c.Interval, Order: m.sequence,
			Member: c.Member, ClientID: c.ClientID, Side: c.Side, Price: maker.price, Quantity: quantity, Rest: rest,
			Maker: maker.id, MakerMember: m.members[maker.member], MakerClient: maker.client, MakerRest: maker.rest,
		})
		if maker.rest == 0 {
			b.remove(&m.pool, slot)
			m.done(slot)
		}
	}
	return rest
}

// crosses reports whether an order with this limit trades with one resting at price.
func crosses(side Side, limit, price energy.Price) bool {
	if side == Buy {
		return price <= limit
	}
	return price >= limit
}
