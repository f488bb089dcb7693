package exchange

import "github.com/wattle/wattle/energy"

// arrival is an order on its way into a book.
type arrival struct {
	in      Incoming
	kind    OrderType
	book    *book
	account *account
	member  uint32
	price   energy.Price
	asked   energy.WattHours // still to trade or rest
	taken   energy.WattHours // of asked, after the limits
	why     Reason           // taken is less than asked
	left    uint32           // of taken, after trades
	stopped bool             // by a self-trade
	till    int64
	client  ClientID
	held    hold // of the order that is amended
}

// place enters an order: it trades with what is better or equal on the other side, and the rest waits. Everything up to
// admitted only looks; everything after it only does.
func (m *Market) place(c *Command) {
	a, number := m.lookup(c.Member)
	body := bodyOf(c)
	switch {
	case c.ClientID == (ClientID{}) || a.name == "" && !named(c.Member):
		m.refuse(c, m.sequence, BadCommand)
		return
	case len(m.poison) > 0 && m.poisonous(body):
		m.refuse(c, 0, Poisoned)
		return
	}
	if past := m.outcomes.find(number, &c.ClientID); past != nil {
		m.repeated(c, past, body)
		return
	}
	r := &m.arrival
	*r = arrival{kind: c.Type, account: a, member: number, price: c.Price, asked: c.Quantity, till: c.GoodTill, client: c.ClientID}
	why := m.admit(c, r)
	if why == NoReason {
		why = m.plan(r)
	}
	m.begin()
	r.account = m.intern(c.Member, number)
	m.outcomes.add(&outcome{client: c.ClientID, id: m.sequence, body: body, time: m.time, member: number})
	m.step()
	m.forgetOutcomes()
	m.step()
	if why != NoReason {
		m.refuse(c, m.sequence, why)
		return
	}
	m.tell(Accepted, r, m.sequence, c.Quantity)
	if slot := m.enter(r, c.Side); slot != 0 {
		m.settleIn(slot, r, c, uint32(r.taken))
	}
}

func (m *Market) poisonous(body uint64) bool {
	for _, p := range m.poison {
		if p == body {
			return true
		}
	}
	return false
}

// repeated names the order that had the identity first and what is left of it now.
func (m *Market) repeated(c *Command, past *outcome, body uint64) {
	why := DuplicateID
	if past.body != body {
		why = ReusedID
	}
	m.refuse(c, past.id, why)
	if slot := m.resting(past.member, &past.client); slot != 0 {
		m.events[len(m.events)-1].Rest = energy.WattHours(m.match.orders[slot].rest)
	}
}

// forgetOutcomes drops identities older than Retention, a few at a time, unless their order still rests.
func (m *Market) forgetOutcomes() {
	for range 4 {
		o := m.outcomes.oldest()
		if o == nil || o.time+Retention >= m.time || m.resting(o.member, &o.client) != 0 {
			return
		}
		m.outcomes.forget()
	}
}

// admit checks an order by itself and prepares its matching.
func (m *Market) admit(c *Command, r *arrival) Reason {
	if !c.wellFormed() {
		return BadCommand
	}
	b, why := m.bookOf(c.Interval)
	if b == nil {
		return why
	}
	if why := m.blocked(r.account); why != NoReason {
		return why
	}
	if why := m.rules.fits(c.Price, c.Quantity); why != NoReason {
		return why
	}
	switch {
	case c.GoodTill > maxTime:
		return Overflow
	case c.GoodTill != 0 && c.GoodTill <= m.time:
		return GoodTillPassed
	case c.Type.Rests() && m.match.books[b.number].count >= MaxResting:
		return BookIsFull
	}
	r.book = b
	r.in = Incoming{
		ID: m.sequence, Level: uint32(c.Price/m.rules.Tick - m.low), Owner: r.account.owner(r.member), Book: b.number, Side: c.Side,
		SelfTrade: m.selfTrading(c.SelfTrade),
	}
	return NoReason
}

// selfTrading is how an order treats others of its household.
func (m *Market) selfTrading(s SelfTrading) SelfTrading {
	if s == ByRule {
		s = m.rules.SelfTrade
	}
	if s == ByRule {
		s = CancelNewest
	}
	return s
}

// plan finds what an order will do, within what its member's limits allow.
func (m *Market) plan(r *arrival) Reason {
	r.taken = r.asked
	if r.kind.Rests() {
		if why := m.limit(r, r.asked); why != NoReason {
			return why
		}
	}
	m.look(r)
	switch {
	case r.kind == PostOnly && m.trades():
		return WouldTrade
	case r.kind == FillOrKill && r.left > 0:
		return Unfillable
	case r.kind.Rests() || m.rules.Collateral == Unlimited && m.rules.Headroom == Unlimited:
		return NoReason
	}
	filled := r.asked - energy.WattHours(r.left)
	if why := m.limit(r, filled); why != NoReason {
		return why
	}
	if r.why == NoReason {
		r.taken = r.asked // what finds nobody costs nothing
		return NoReason
	}
	m.look(r)
	return NoReason
}

// look finds the trades of what is taken of an order.
func (m *Market) look(r *arrival) {
	r.in.Quantity = uint32(r.taken)
	r.left, r.stopped = m.match.plan(&r.in)
}

// trades reports whether the plan has trades, or self-trades to be prevented.
func (m *Market) trades() bool {
	for i := range m.match.steps {
		if s := &m.match.steps[i]; s.quantity > 0 || s.own {
			return true
		}
	}
	return m.arrival.stopped
}

// limit sets how much of a quantity is taken, or says why the order is refused.
func (m *Market) limit(r *arrival, quantity energy.WattHours) Reason {
	price := r.price
	if !r.kind.Rests() {
		price = 0 // it pays what it trades at: see affordable
	}
	taken, why := m.allowed(r.account, r.book, r.in.Side, price, quantity, &r.held)
	if !r.kind.Rests() && m.rules.Collateral != Unlimited {
		if most := m.affordable(r); most < taken {
			taken, why = most, TrimmedToCollateral
		}
	}
	if why == NoReason {
		return NoReason
	}
	rule, refusal := m.rules.Headroom, NoHeadroom
	if why == TrimmedToCollateral {
		rule, refusal = m.rules.Collateral, NoCollateral
	}
	if rule == Refuse || r.kind == FillOrKill || taken < m.rules.least() {
		return refusal
	}
	r.taken, r.why = taken, why
	return NoReason
}

// affordable is how much of the planned trades a member's collateral pays for.
func (m *Market) affordable(r *arrival) energy.WattHours {
	free, sum := m.arrivalFunds(r), energy.WattHours(0)
	for i := range m.match.steps {
		s := &m.match.steps[i]
		quantity := energy.WattHours(s.quantity)
		per := unit(r.in.Side, m.price(m.match.orders[s.slot].level))
		if per > 0 && energy.WattHours(free/per) < quantity {
			sum += energy.WattHours(free / per)
			break
		}
		free -= per * energy.Money(quantity)
		sum += quantity
	}
	return sum - sum%m.rules.lot()
}

func (m *Market) arrivalFunds(r *arrival) energy.Money {
	return max(0, r.account.available()+r.held.money)
}

// price is that of a level.
func (m *Market) price(level uint32) energy.Price {
	return (m.low + energy.Price(level)) * m.rules.Tick
}
