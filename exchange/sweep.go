package exchange

import "slices"

// blocked says by which halt, if any, a member may not place orders.
func (m *Market) blocked(a *account) Reason {
	switch {
	case m.platformHalted:
		return PlatformHalted
	case m.zoneHalted:
		return ZoneHalted
	case a.fleet != 0 && m.fleetHalted(a.fleet):
		return FleetHalted
	case a.halted:
		return MemberHalted
	}
	return NoReason
}

func (m *Market) fleetHalted(fleet uint32) bool {
	_, halted := slices.BinarySearch(m.fleetsHalted, fleet)
	return halted
}

// aims checks whom a sweep, halt or resumption is about.
func (m *Market) aims(c *Command) bool {
	switch c.Scope {
	case ScopeMember:
		return named(c.Member)
	case ScopeSession:
		return c.Kind == CancelAll && (named(c.Member) && c.Session != 0 || c.Member == "" && c.Session == 0)
	case ScopeFleet:
		return c.Group > 0 && c.Group <= MaxGroup
	case ScopeZone:
		return true
	case ScopePlatform:
		return c.Kind != CancelAll
	}
	return false
}

// cancelAll takes orders out of their books at the wish of who may: their member, its session's end, or an operator.
func (m *Market) cancelAll(c *Command) {
	if !m.aims(c) {
		m.refuse(c, 0, BadCommand)
		return
	}
	m.beginRare(nil, nobody)
	why := ByOperator
	switch c.Scope {
	case ScopeMember:
		why = AtMembersWish
	case ScopeSession:
		why = SessionEnded
	}
	m.sweep(c, m.answer(c, Swept), why)
}

// halt blocks orders first, then cancels what rests.
func (m *Market) halt(c *Command) {
	if !m.aims(c) {
		m.refuse(c, 0, BadCommand)
		return
	}
	m.beginRare(nil, m.number(c.Member))
	why := m.setHalt(c, true)
	m.step()
	m.sweep(c, m.answer(c, Halted), why)
}

func (m *Market) resume(c *Command) {
	if !m.aims(c) {
		m.refuse(c, 0, BadCommand)
		return
	}
	m.beginRare(nil, m.number(c.Member))
	m.setHalt(c, false)
	m.step()
	m.answer(c, Resumed)
}

// setHalt blocks or frees a scope and returns the reason that the block gives.
func (m *Market) setHalt(c *Command, halted bool) Reason {
	switch c.Scope {
	case ScopeMember:
		m.intern(c.Member, m.number(c.Member)).halted = halted
		return MemberHalted
	case ScopeFleet:
		i, found := slices.BinarySearch(m.fleetsHalted, c.Group)
		switch {
		case halted && !found:
			m.fleetsHalted = slices.Insert(m.fleetsHalted, i, c.Group)
		case !halted && found:
			m.fleetsHalted = slices.Delete(m.fleetsHalted, i, i+1)
		}
		return FleetHalted
	case ScopeZone:
		m.zoneHalted = halted
		return ZoneHalted
	}
	m.platformHalted = halted
	return PlatformHalted
}

// answer emits the first event of a command about a scope.
func (m *Market) answer(c *Command, kind EventKind) int {
	e := Event{Kind: kind, Scope: c.Scope}
	switch c.Scope {
	case ScopeMember, ScopeSession:
		e.Member = c.Member
	case ScopeFleet:
		e.Group = c.Group
	}
	return m.emit(e)
}

// sweep cancels the orders within a command's scope, MaxSweep at most, and counts those left for the next command. They
// are marked, so that they do not trade.
func (m *Market) sweep(c *Command, answer int, why Reason) {
	cancelled, left := 0, uint32(0)
	visit := func(slot uint32) {
		if cancelled < MaxSweep {
			cancelled++
			m.leave(slot, Cancelled, why)
			return
		}
		left++
		m.note(slot)
		m.details[slot].doom = why
		m.match.orders[slot].marked = true
	}
	if c.Scope == ScopeMember || c.Scope == ScopeSession && c.Member != "" {
		a, _ := m.lookup(c.Member)
		for slot := a.first; slot != 0; {
			next := m.details[slot].next
			if c.Scope == ScopeMember || m.details[slot].session == c.Session {
				visit(slot)
			}
			slot = next
		}
	} else {
		for _, b := range m.books {
			if b.closed {
				continue
			}
			m.match.each(b.number, func(slot uint32) {
				if m.covers(c, &m.details[slot]) {
					visit(slot)
				}
			})
		}
	}
	m.events[answer].Count = left
}

// covers reports whether an order is within the scope of a command that is not about one member.
func (m *Market) covers(c *Command, d *details) bool {
	switch c.Scope {
	case ScopeFleet:
		return m.accounts[d.member].fleet == c.Group
	case ScopeSession:
		return d.session != 0 && d.session < LastingSession
	}
	return true
}

// assign puts a member into a group. One with resting orders stays where it is: they were let in as what it is.
func (m *Market) assign(c *Command) {
	grouped := c.Scope == ScopeHousehold || c.Scope == ScopeFleet || c.Scope == ScopeFeeder
	a, number := m.lookup(c.Member)
	switch {
	case !grouped || c.Group > MaxGroup || !named(c.Member):
		m.refuse(c, 0, BadCommand)
		return
	case a.first != 0:
		m.refuse(c, 0, HasOrders)
		return
	}
	m.beginRare(nil, number)
	a = m.intern(c.Member, number)
	switch c.Scope {
	case ScopeHousehold:
		a.household = c.Group
	case ScopeFleet:
		a.fleet = c.Group
	case ScopeFeeder:
		a.feeder = c.Group
	}
	m.emit(Event{Kind: Assigned, Member: c.Member, Scope: c.Scope, Group: c.Group})
}
