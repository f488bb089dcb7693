package exchange

import (
	"slices"

	"github.com/wattle/wattle/energy"
)

// account is what the market knows of a member.
type account struct {
	name        energy.Member
	household   uint32 // 0: its own
	fleet       uint32
	feeder      uint32
	halted      bool
	first, last uint32 // its resting orders, in the order they entered

	// Money, where the rules limit it: reserved + committed <= collateral when they were last raised.
	collateral energy.Money
	reserved   energy.Money // what its resting orders may cost at worst
	committed  energy.Money // what its trades cost in intervals that are not settled
}

// owner tells households apart: members of one do not trade with each other.
func (a *account) owner(number uint32) uint32 {
	if a.household != 0 {
		return a.household | 1<<31
	}
	return number
}

// available is what further orders may cost.
func (a *account) available() energy.Money { return a.collateral - a.reserved - a.committed }

// commitment names what a member's trades of one interval cost.
type commitment uint64

// commitmentOf packs a member's number over the minute in which an interval starts: up to the year 9999 it fits.
func commitmentOf(member uint32, start int64) commitment {
	return commitment(member)<<32 | commitment(start/60)
}

func (c commitment) member() uint32 { return uint32(c >> 32) }

// start is that of the interval, a Unix second.
func (c commitment) start() int64 { return int64(uint32(c)) * 60 }

// headroom is what the members of a feeder may buy or sell in one interval.
type headroom struct {
	feeder uint32
	side   Side
	limit  energy.WattHours
	used   energy.WattHours // resting and traded
}

// unit is what an order costs per Wh at worst: buyers pay, and sellers do where the price is negative.
func unit(side Side, price energy.Price) energy.Money {
	if side == Sell {
		price = -price
	}
	return energy.Money(max(0, price))
}

// lookup returns the account of a member and its number. A member not met yet has the number it would get, and an
// account nobody may change.
func (m *Market) lookup(name energy.Member) (*account, uint32) {
	if n, known := m.numberOf(name); known {
		return &m.accounts[n], n
	}
	return &account{}, uint32(len(m.accounts))
}

// intern returns the account of a member, opening one for a number that is new.
func (m *Market) intern(name energy.Member, number uint32) *account {
	if int(number) == len(m.accounts) {
		m.step()
		m.accounts = append(m.accounts, account{name: name})
		m.step()
		m.memberOf[name] = number
	}
	return &m.accounts[number]
}

// room returns the headroom of a feeder, or nil where none was set.
func (b *book) room(feeder uint32, side Side) *headroom {
	i, found := b.roomAt(feeder, side)
	if !found {
		return nil
	}
	return &b.rooms[i]
}

func (b *book) roomAt(feeder uint32, side Side) (int, bool) {
	key, at := roomKey(feeder, side), 0
	for n := len(b.rooms); n > 0; { // halves what is left without a branch on what is found
		half := (n + 1) / 2
		next := at + half
		if r := &b.rooms[next-1]; roomKey(r.feeder, r.side) < key {
			at = next
		}
		n -= half
	}
	return at, at < len(b.rooms) && roomKey(b.rooms[at].feeder, b.rooms[at].side) == key
}

func roomKey(feeder uint32, side Side) uint64 { return uint64(feeder)<<8 | uint64(side) }

// reserve takes what an order of quantity may cost and carry off its member's limits; a negative quantity gives it back.
func (m *Market) reserve(a *account, b *book, side Side, price energy.Price, quantity energy.WattHours) {
	m.step()
	if m.rules.Collateral != Unlimited {
		a.reserved += unit(side, price) * energy.Money(quantity)
	}
	m.carry(a, b, side, quantity)
}

// carry takes energy off a feeder's headroom; a negative quantity gives it back.
func (m *Market) carry(a *account, b *book, side Side, quantity energy.WattHours) {
	if m.rules.Headroom == Unlimited {
		return
	}
	if r := b.room(a.feeder, side); r != nil {
		m.undo.rooms = append(m.undo.rooms, roomBefore{r, r.used})
		m.step()
		r.used += quantity
	}
}

// commit keeps what a trade costs a member until its interval is settled. The energy stays off the headroom.
func (m *Market) commit(a *account, number uint32, b *book, side Side, price energy.Price, quantity energy.WattHours) {
	cost := unit(side, price) * energy.Money(quantity)
	if m.rules.Collateral == Unlimited || cost == 0 {
		return
	}
	if int(number) >= len(b.costs) {
		b.costs = append(b.costs, make([]energy.Money, len(m.accounts)-len(b.costs))...)
	}
	m.noteCost(b, number)
	a.committed += cost
	b.costs[number] += cost
}

// noteCost keeps what a member's trades in a book cost before it is changed.
func (m *Market) noteCost(b *book, number uint32) {
	m.undo.costs = append(m.undo.costs, costBefore{b, commitmentOf(number, 0), b.costs[number]})
	m.step()
}

func (m *Market) noteCommitment(c commitment) {
	m.undo.costs = append(m.undo.costs, costBefore{nil, c, m.commitments[c]})
	m.step()
}

// keepCosts keeps what the trades of a book that closes cost until they are settled.
func (m *Market) keepCosts(b *book) {
	for number, cost := range b.costs {
		if cost != 0 {
			m.noteCommitment(commitmentOf(uint32(number), b.interval.StartUnix()))
			m.commitments[commitmentOf(uint32(number), b.interval.StartUnix())] += cost
		}
	}
	b.costs = nil
}

// settled forgets what a member's trades of an interval cost.
func (m *Market) settled(a *account, number uint32, iv energy.Interval) {
	c := commitmentOf(number, iv.StartUnix())
	m.noteCommitment(c)
	a.committed -= m.commitments[c]
	delete(m.commitments, c)
	if b := m.bookAt(iv.StartUnix()); b != nil && int(number) < len(b.costs) {
		m.noteCost(b, number)
		a.committed -= b.costs[number]
		b.costs[number] = 0
	}
}

// setCollateral takes in what a member has deposited.
func (m *Market) setCollateral(c *Command) {
	_, number := m.lookup(c.Member)
	switch {
	case !named(c.Member) || c.Amount < 0:
		m.refuse(c, 0, BadCommand)
		return
	case c.Interval.Valid() && c.Interval.Length() != m.rules.Length:
		m.refuse(c, 0, MisalignedInterval)
		return
	}
	m.beginRare(nil, number)
	a := m.intern(c.Member, number)
	m.step()
	a.collateral = c.Amount
	m.step()
	if c.Interval.Valid() {
		m.settled(a, number, c.Interval)
	}
	m.emit(Event{Kind: CollateralSet, Interval: c.Interval, Member: c.Member, Amount: c.Amount})
}

// setHeadroom takes in what a feeder can carry.
func (m *Market) setHeadroom(c *Command) {
	b, why := m.bookOf(c.Interval)
	switch {
	case !c.Side.Valid() || c.Group > MaxGroup:
		why = BadCommand
	case c.Quantity < 0 || c.Quantity > maxHeadroom:
		why = Overflow
	}
	if why != NoReason {
		m.refuse(c, 0, why)
		return
	}
	m.beginRare(b, nobody)
	i, found := b.roomAt(c.Group, c.Side)
	if !found {
		b.rooms = slices.Insert(b.rooms, i, headroom{feeder: c.Group, side: c.Side})
	}
	m.step()
	b.rooms[i].limit = c.Quantity
	m.step()
	m.emit(Event{Kind: HeadroomSet, Interval: c.Interval, Side: c.Side, Quantity: c.Quantity, Group: c.Group})
}

// maxHeadroom is more than any book can trade, and far from overflow.
const maxHeadroom = energy.WattHours(1) << 50

// named reports whether a member's name is one.
func named(name energy.Member) bool {
	_, err := energy.ParseMember(string(name))
	return err == nil
}

// allowed returns how much of quantity an account's limits allow an order at a price, and why not more. What the order
// holds already, before it is amended, counts as free.
func (m *Market) allowed(a *account, b *book, side Side, price energy.Price, quantity energy.WattHours, held *hold) (energy.WattHours, Reason) {
	why := NoReason
	if m.rules.Headroom != Unlimited {
		free := held.energy
		if r := b.room(a.feeder, side); r != nil {
			free += r.limit - r.used
		}
		if free = max(0, free); free < quantity {
			quantity, why = free-free%m.rules.lot(), TrimmedToHeadroom
		}
	}
	if per := unit(side, price); m.rules.Collateral != Unlimited {
		if free := max(0, a.available()+held.money); per*energy.Money(quantity) > free { // it fits: see MaxEnergy
			quantity, why = energy.WattHours(free/per), TrimmedToCollateral
		}
	}
	if why != NoReason {
		quantity -= quantity % m.rules.lot()
	}
	return quantity, why
}

// hold is what an order has reserved.
type hold struct {
	money  energy.Money
	energy energy.WattHours
}
