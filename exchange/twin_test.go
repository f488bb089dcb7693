package exchange

import (
	"cmp"
	"slices"

	"github.com/wattle/wattle/energy"
)

// twin is the market as one would write it on a blackboard: one list of orders, searched from end to end each time, and
// every sum added up anew.
type twin struct {
	rules    Rules
	sequence uint64
	time     int64
	open     map[energy.Interval]bool // false: closed
	resting  []*twinOrder             // by entry
	known    map[twinKey]twinKnown
	members  map[energy.Member]*twinMember
	rooms    map[twinRoom]*twinFlow
	fleets   map[uint32]bool
	zone     bool
	platform bool
	events   []Event
}

type twinKey struct {
	member energy.Member
	client ClientID
}

type twinKnown struct {
	id      uint64
	command Command
}

type twinOrder struct {
	Command
	id    uint64
	taken energy.WattHours // in all
	rest  energy.WattHours
	doom  Reason
}

type twinMember struct {
	household, fleet, feeder uint32
	halted                   bool
	collateral               energy.Money
	costs                    map[energy.Interval]energy.Money // of trades
}

type twinRoom struct {
	interval energy.Interval
	feeder   uint32
	side     Side
}

type twinFlow struct{ limit, traded energy.WattHours }

func newTwin(r Rules) *twin {
	return &twin{
		rules: r, open: map[energy.Interval]bool{}, known: map[twinKey]twinKnown{}, members: map[energy.Member]*twinMember{},
		rooms: map[twinRoom]*twinFlow{}, fleets: map[uint32]bool{},
	}
}

func (w *twin) emit(e Event) {
	e.Sequence, e.Index, e.Time = w.sequence, uint16(len(w.events)), w.time
	w.events = append(w.events, e)
}

func (w *twin) refuse(c Command, id uint64, why Reason, rest energy.WattHours) {
	e := Event{Kind: Refused, Reason: why, Interval: c.Interval, Order: id, Member: c.Member, ClientID: c.ClientID, Side: c.Side, Price: c.Price,
		Quantity: c.Quantity, Rest: rest, Group: c.Group, Amount: c.Amount}
	if c.Type <= PostOnly {
		e.Type = c.Type
	}
	if c.Scope >= ScopeMember && c.Scope <= ScopeFeeder {
		e.Scope = c.Scope
	}
	if c.GoodTill >= 0 && c.GoodTill <= maxTime {
		e.GoodTill = c.GoodTill
	}
	w.emit(e)
}

func (w *twin) member(name energy.Member) *twinMember {
	if w.members[name] == nil {
		w.members[name] = &twinMember{costs: map[energy.Interval]energy.Money{}}
	}
	return w.members[name]
}

func (w *twin) about(o *twinOrder, kind EventKind, why Reason, price energy.Price, quantity, rest energy.WattHours) Event {
	return Event{Kind: kind, Reason: why, Interval: o.Interval, Order: o.id, Member: o.Member, ClientID: o.ClientID, Side: o.Side, Price: price,
		Quantity: quantity, Rest: rest, Type: o.Type, GoodTill: o.GoodTill}
}

func (w *twin) leave(o *twinOrder, kind EventKind, why Reason) {
	w.emit(w.about(o, kind, why, o.Price, o.rest, 0))
	w.drop(o)
}

func (w *twin) drop(o *twinOrder) {
	w.resting = slices.DeleteFunc(w.resting, func(x *twinOrder) bool { return x == o })
}

func (w *twin) apply(c Command) []Event {
	w.sequence++
	w.events = nil
	if c.Time < w.time {
		w.refuse(c, 0, TimeWentBack, 0)
		return w.events
	}
	w.time = c.Time
	switch c.Kind {
	case OpenBook, CloseGate:
		w.gate(c)
	case Place:
		w.place(c)
	case Cancel, Amend:
		w.change(c)
	case CancelAll, Halt, Resume:
		w.sweep(c)
	case Assign, SetCollateral, SetHeadroom:
		w.set(c)
	case PassTime:
		w.emit(Event{Kind: TimePassed})
		due := slices.DeleteFunc(slices.Clone(w.resting), func(o *twinOrder) bool { return o.GoodTill == 0 || o.GoodTill > w.time })
		slices.SortStableFunc(due, func(a, b *twinOrder) int { return cmp.Compare(a.GoodTill, b.GoodTill) })
		for _, o := range due {
			w.leave(o, Expired, TimeReached)
		}
	default:
		w.refuse(c, 0, BadCommand, 0)
	}
	return w.events
}

// shut says why an interval has no open book.
func (w *twin) shut(iv energy.Interval) Reason {
	open, known := w.open[iv]
	switch {
	case iv.Length() != w.rules.Length:
		return MisalignedInterval
	case !known:
		return UnknownInterval
	case !open:
		return BookIsClosed
	}
	return NoReason
}

func (w *twin) gate(c Command) {
	why := w.shut(c.Interval)
	switch {
	case c.Kind == OpenBook && why == UnknownInterval:
		w.open[c.Interval] = true
		w.emit(Event{Kind: BookOpened, Interval: c.Interval})
	case c.Kind == OpenBook && why == NoReason:
		w.refuse(c, 0, AlreadyOpen, 0)
	case why != NoReason:
		w.refuse(c, 0, why, 0)
	default:
		w.open[c.Interval] = false
		for _, side := range []Side{Buy, Sell} {
			for _, o := range w.queue(c.Interval, side) {
				w.leave(o, Expired, NoReason)
			}
		}
		w.emit(Event{Kind: GateClosed, Interval: c.Interval})
	}
}

// queue lists one side of a book in the order in which it trades.
func (w *twin) queue(iv energy.Interval, side Side) (queue []*twinOrder) {
	for _, o := range w.resting {
		if o.Interval == iv && o.Side == side {
			queue = append(queue, o)
		}
	}
	slices.SortStableFunc(queue, func(a, b *twinOrder) int {
		if side == Buy {
			return cmp.Compare(b.Price, a.Price)
		}
		return cmp.Compare(a.Price, b.Price)
	})
	return queue
}

// meeting is what happens to a resting order.
type meeting struct {
	with     *twinOrder
	quantity energy.WattHours
	own      bool
}

func (w *twin) household(name energy.Member) any {
	if h := w.member(name).household; h != 0 {
		return h
	}
	return name
}

func (w *twin) gone(o *twinOrder) bool {
	return o.doom != NoReason || o.GoodTill != 0 && o.GoodTill <= w.time
}

// walk finds whom an order of quantity meets.
func (w *twin) walk(o *twinOrder, quantity energy.WattHours) (met []meeting, left energy.WattHours, stopped bool) {
	left = quantity
	mode := cmp.Or(o.SelfTrade, w.rules.SelfTrade, CancelNewest)
	for _, x := range w.queue(o.Interval, o.Side.Opposite()) {
		switch {
		case left == 0 || o.Side == Buy && x.Price > o.Price || o.Side == Sell && x.Price < o.Price:
			return met, left, false
		case w.gone(x):
			met = append(met, meeting{with: x})
		case w.household(x.Member) == w.household(o.Member):
			if mode != CancelNewest {
				met = append(met, meeting{with: x, own: true})
			}
			if mode != CancelOldest {
				return met, left, true
			}
		default:
			q := min(left, x.rest)
			left -= q
			met = append(met, meeting{with: x, quantity: q})
		}
	}
	return met, left, false
}

func exposure(side Side, price energy.Price, quantity energy.WattHours) energy.Money {
	if side == Sell {
		price = -price
	}
	return max(0, price.Cost(quantity))
}

// free is what a member may still spend and a feeder still carry, not counting an order itself.
func (w *twin) free(o *twinOrder) (money energy.Money, wh energy.WattHours) {
	m := w.member(o.Member)
	money = m.collateral
	for _, cost := range m.costs {
		money -= cost
	}
	flow := w.rooms[twinRoom{o.Interval, m.feeder, o.Side}]
	if flow != nil {
		wh = flow.limit - flow.traded
	}
	for _, x := range w.resting {
		if x.Member == o.Member && x.id != o.id {
			money -= exposure(x.Side, x.Price, x.rest)
		}
		if flow != nil && x.id != o.id && x.Interval == o.Interval && x.Side == o.Side && w.member(x.Member).feeder == m.feeder {
			wh -= x.rest
		}
	}
	return max(0, money), max(0, wh)
}

// limit finds how much of an order its member's limits allow. Quantities are tried one lot after the other.
func (w *twin) limit(o *twinOrder, quantity energy.WattHours, met []meeting) (taken energy.WattHours, trim, refusal Reason) {
	money, wh := w.free(o)
	taken = quantity
	if w.rules.Headroom != Unlimited && wh < taken {
		taken, trim = wh-wh%w.rules.lot(), TrimmedToHeadroom
	}
	if w.rules.Collateral != Unlimited {
		affordable := func(q energy.WattHours) bool {
			if o.Type.Rests() {
				return exposure(o.Side, o.Price, q) <= money
			}
			cost := energy.Money(0)
			for _, x := range met {
				part := min(q, x.quantity)
				cost += exposure(o.Side, x.with.Price, part)
				q -= part
			}
			return cost <= money
		}
		if !affordable(taken) {
			trim = TrimmedToCollateral
			low, high := energy.WattHours(0), taken
			for low+1 < high {
				if middle := (low + high) / 2; affordable(middle) {
					low = middle
				} else {
					high = middle
				}
			}
			taken = low
		}
	}
	taken -= taken % w.rules.lot()
	rule := w.rules.Headroom
	refusal = NoHeadroom
	if trim == TrimmedToCollateral {
		rule, refusal = w.rules.Collateral, NoCollateral
	}
	switch {
	case trim == NoReason:
		return quantity, NoReason, NoReason
	case rule == Refuse || o.Type == FillOrKill || taken < w.rules.least():
		return 0, NoReason, refusal
	}
	return taken, trim, NoReason
}

// consider finds what an order does, or why it is refused.
func (w *twin) consider(o *twinOrder, quantity energy.WattHours) (taken energy.WattHours, trim, refusal Reason) {
	taken = quantity
	if o.Type.Rests() {
		if taken, trim, refusal = w.limit(o, quantity, nil); refusal != NoReason {
			return 0, trim, refusal
		}
	}
	met, left, stopped := w.walk(o, taken)
	if o.Type == PostOnly && (stopped || slices.ContainsFunc(met, func(x meeting) bool { return x.own || x.quantity > 0 })) {
		return 0, trim, WouldTrade
	}
	if o.Type == FillOrKill && left > 0 {
		return 0, trim, Unfillable
	}
	if !o.Type.Rests() {
		part, why, refusal := w.limit(o, taken-left, met)
		if refusal != NoReason || why != NoReason {
			return part, why, refusal
		}
	}
	return taken, trim, NoReason
}

func (w *twin) place(c Command) {
	if c.Type == AtMarket {
		low, high := w.rules.MinPrice, w.rules.MaxPrice // test rules have whole ticks
		c.Price = high
		if c.Side == Sell {
			c.Price = low
		}
	}
	if _, err := energy.ParseMember(string(c.Member)); err != nil || c.ClientID == (ClientID{}) {
		w.refuse(c, w.sequence, BadCommand, 0)
		return
	}
	key := twinKey{c.Member, c.ClientID}
	said := c
	said.Time, said.Session, said.Member, said.ClientID, said.Scope, said.Group, said.Amount = 0, 0, "", ClientID{}, 0, 0, 0
	if first, used := w.known[key]; used {
		why := DuplicateID
		if first.command != said {
			why = ReusedID
		}
		rest := energy.WattHours(0)
		if o := w.order(key); o != nil {
			rest = o.rest
		}
		w.refuse(c, first.id, why, rest)
		return
	}
	w.known[key] = twinKnown{w.sequence, said}
	o := &twinOrder{Command: c, id: w.sequence}
	why := w.reason(c)
	var trim Reason
	if why == NoReason {
		o.taken, trim, why = w.consider(o, c.Quantity)
	}
	if why != NoReason {
		w.refuse(c, w.sequence, why, 0)
		return
	}
	w.emit(w.about(o, Accepted, trim, o.Price, c.Quantity, o.taken))
	o.rest = o.taken
	w.enter(o)
}

// enter trades an order and lets it rest.
func (w *twin) enter(o *twinOrder) {
	met, _, stopped := w.walk(o, o.rest)
	for _, x := range met {
		switch {
		case x.quantity > 0:
			w.trade(o, x.with, x.quantity)
		case x.own:
			w.leave(x.with, Cancelled, SelfTrade)
		case x.with.doom != NoReason:
			w.leave(x.with, Cancelled, x.with.doom)
		default:
			w.leave(x.with, Expired, TimeReached)
		}
	}
	switch {
	case o.rest == 0:
	case stopped:
		w.leave(o, Cancelled, SelfTrade)
	case !o.Type.Rests():
		w.leave(o, Cancelled, Unfilled)
	default:
		w.resting = append(w.resting, o)
	}
}

func (w *twin) trade(o, x *twinOrder, q energy.WattHours) {
	o.rest, x.rest = o.rest-q, x.rest-q
	e := w.about(o, Traded, NoReason, x.Price, q, o.rest)
	e.Maker, e.MakerMember, e.MakerClient, e.MakerRest = x.id, x.Member, x.ClientID, x.rest
	w.emit(e)
	for _, side := range []*twinOrder{o, x} {
		m := w.member(side.Member)
		if w.rules.Collateral != Unlimited {
			m.costs[side.Interval] += exposure(side.Side, x.Price, q)
		}
		if flow := w.rooms[twinRoom{side.Interval, m.feeder, side.Side}]; flow != nil {
			flow.traded += q
		}
	}
	if x.rest == 0 {
		w.drop(x)
	}
}

func (w *twin) order(key twinKey) *twinOrder {
	for _, o := range w.resting {
		if o.id == w.known[key].id {
			return o
		}
	}
	return nil
}

func (w *twin) blocked(name energy.Member) Reason {
	m := w.member(name)
	switch {
	case w.platform:
		return PlatformHalted
	case w.zone:
		return ZoneHalted
	case w.fleets[m.fleet]:
		return FleetHalted
	case m.halted:
		return MemberHalted
	}
	return NoReason
}

func (w *twin) fits(c Command) Reason {
	switch {
	case c.Quantity > energy.MaxEnergy || c.Price > energy.MaxPrice || c.Price < -energy.MaxPrice:
		return Overflow
	case c.Quantity <= 0 || c.Quantity > w.rules.MaxQuantity:
		return BadQuantity
	case c.Quantity < max(w.rules.MinQuantity, w.rules.Lot, 1):
		return BelowMinimum
	case c.Quantity%max(1, w.rules.Lot) != 0:
		return OffLot
	case c.Price < w.rules.MinPrice || c.Price > w.rules.MaxPrice:
		return PriceOutsideCollar
	case c.Price%w.rules.Tick != 0:
		return PriceOffTick
	}
	return NoReason
}

func (w *twin) till(c Command) Reason {
	switch {
	case c.GoodTill < 0:
		return BadCommand
	case c.GoodTill > maxTime:
		return Overflow
	case c.GoodTill != 0 && c.GoodTill <= w.time:
		return GoodTillPassed
	}
	return NoReason
}

func (w *twin) reason(c Command) Reason {
	if c.Side != Buy && c.Side != Sell || c.Type > PostOnly || c.SelfTrade > CancelBoth || c.GoodTill < 0 {
		return BadCommand
	}
	full := NoReason
	if c.Type.Rests() && len(w.queue(c.Interval, Buy))+len(w.queue(c.Interval, Sell)) >= MaxResting {
		full = BookIsFull
	}
	return cmp.Or(w.shut(c.Interval), w.blocked(c.Member), w.fits(c), w.till(c), full)
}
