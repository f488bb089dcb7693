package exchange

import (
	"slices"

	"github.com/wattle/wattle/energy"
)

// change cancels or amends an order.
func (w *twin) change(c Command) {
	key := twinKey{c.Member, c.ClientID}
	first, used := w.known[key]
	o := w.order(key)
	switch {
	case !used:
		w.refuse(c, 0, UnknownOrder, 0)
		return
	case o == nil:
		w.refuse(c, first.id, OrderIsDone, 0)
		return
	case c.Kind == Cancel:
		w.leave(o, Cancelled, AtMembersWish)
		return
	}
	why := NoReason
	if w.gone(o) {
		why = OrderIsDone
	}
	for _, next := range []Reason{w.blocked(o.Member), w.fits(c), w.till(c)} {
		if why == NoReason {
			why = next
		}
	}
	if why != NoReason {
		w.refuse(c, o.id, why, 0)
		return
	}
	traded := o.taken - o.rest
	rest := c.Quantity - traded
	if rest <= 0 {
		w.leave(o, Cancelled, AtMembersWish)
		return
	}
	if c.Price == o.Price && c.GoodTill == o.GoodTill && rest <= o.rest {
		o.taken, o.rest = c.Quantity, rest
		w.emit(w.about(o, Amended, NoReason, o.Price, c.Quantity, rest))
		return
	}
	next := *o
	next.Price, next.GoodTill = c.Price, c.GoodTill
	taken, trim, refusal := w.consider(&next, rest)
	if refusal != NoReason {
		w.refuse(c, o.id, refusal, 0)
		return
	}
	w.drop(o)
	next.rest, next.taken = taken, traded+taken
	w.emit(w.about(&next, Amended, trim, next.Price, traded+rest, taken))
	w.enter(&next)
}

// sweep cancels orders of a scope, and halts or resumes it.
func (w *twin) sweep(c Command) {
	_, err := energy.ParseMember(string(c.Member))
	good := map[Scope]bool{
		ScopeMember: err == nil, ScopeSession: (err == nil && c.Session != 0 || c.Member == "" && c.Session == 0) && c.Kind == CancelAll,
		ScopeFleet: c.Group > 0 && c.Group <= MaxGroup, ScopeZone: true, ScopePlatform: c.Kind != CancelAll,
	}
	if !good[c.Scope] {
		w.refuse(c, 0, BadCommand, 0)
		return
	}
	e := Event{Kind: Swept, Scope: c.Scope}
	why := map[Scope]Reason{ScopeMember: AtMembersWish, ScopeSession: SessionEnded, ScopeFleet: ByOperator, ScopeZone: ByOperator}[c.Scope]
	if c.Scope == ScopeMember || c.Scope == ScopeSession {
		e.Member = c.Member
	}
	if c.Scope == ScopeFleet {
		e.Group = c.Group
	}
	if c.Kind != CancelAll {
		why = map[Scope]Reason{ScopeMember: MemberHalted, ScopeFleet: FleetHalted, ScopeZone: ZoneHalted, ScopePlatform: PlatformHalted}[c.Scope]
		halted := c.Kind == Halt
		e.Kind = map[bool]EventKind{true: Halted, false: Resumed}[halted]
		switch c.Scope {
		case ScopeMember:
			w.member(c.Member).halted = halted
		case ScopeFleet:
			w.fleets[c.Group] = halted
		case ScopeZone:
			w.zone = halted
		case ScopePlatform:
			w.platform = halted
		}
	}
	w.emit(e)
	if c.Kind == Resume {
		return
	}
	for _, o := range w.within(c) {
		w.leave(o, Cancelled, why)
	}
}

// within lists the orders of a scope: a member's by entry, others book by book.
func (w *twin) within(c Command) (list []*twinOrder) {
	if c.Scope == ScopeMember || c.Scope == ScopeSession && c.Member != "" {
		for _, o := range w.resting {
			if o.Member == c.Member && (c.Scope == ScopeMember || o.Session == c.Session) {
				list = append(list, o)
			}
		}
		return list
	}
	var intervals []energy.Interval
	for iv, open := range w.open {
		if open {
			intervals = append(intervals, iv)
		}
	}
	slices.SortFunc(intervals, energy.Interval.Compare)
	for _, iv := range intervals {
		for _, o := range append(w.queue(iv, Buy), w.queue(iv, Sell)...) {
			fleet := c.Scope != ScopeFleet || w.member(o.Member).fleet == c.Group
			if ends := o.Session != 0 && o.Session < LastingSession; fleet && (c.Scope != ScopeSession || ends) {
				list = append(list, o)
			}
		}
	}
	return list
}

// set takes in what the market is told about members and feeders.
func (w *twin) set(c Command) {
	_, err := energy.ParseMember(string(c.Member))
	why := NoReason
	switch c.Kind {
	case Assign:
		if c.Scope != ScopeHousehold && c.Scope != ScopeFleet && c.Scope != ScopeFeeder || c.Group > MaxGroup || err != nil {
			why = BadCommand
		} else if slices.ContainsFunc(w.resting, func(o *twinOrder) bool { return o.Member == c.Member }) {
			why = HasOrders
		}
	case SetCollateral:
		if err != nil || c.Amount < 0 {
			why = BadCommand
		} else if c.Interval.Valid() && c.Interval.Length() != w.rules.Length {
			why = MisalignedInterval
		}
	case SetHeadroom:
		why = w.shut(c.Interval)
		if c.Side != Buy && c.Side != Sell || c.Group > MaxGroup {
			why = BadCommand
		} else if c.Quantity < 0 || c.Quantity > maxHeadroom {
			why = Overflow
		}
	}
	if why != NoReason {
		w.refuse(c, 0, why, 0)
		return
	}
	switch c.Kind {
	case Assign:
		m := w.member(c.Member)
		*map[Scope]*uint32{ScopeHousehold: &m.household, ScopeFleet: &m.fleet, ScopeFeeder: &m.feeder}[c.Scope] = c.Group
		w.emit(Event{Kind: Assigned, Member: c.Member, Scope: c.Scope, Group: c.Group})
	case SetCollateral:
		w.member(c.Member).collateral = c.Amount
		delete(w.member(c.Member).costs, c.Interval)
		w.emit(Event{Kind: CollateralSet, Interval: c.Interval, Member: c.Member, Amount: c.Amount})
	case SetHeadroom:
		key := twinRoom{c.Interval, c.Group, c.Side}
		if w.rooms[key] == nil {
			w.rooms[key] = &twinFlow{}
		}
		w.rooms[key].limit = c.Quantity
		w.emit(Event{Kind: HeadroomSet, Interval: c.Interval, Side: c.Side, Quantity: c.Quantity, Group: c.Group})
	}
}
