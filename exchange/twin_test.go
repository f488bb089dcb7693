package exchange

import (
	"slices"

	"github.com/wattle/wattle/energy"
)

// twin is the market as one would write it on a blackboard: one list of orders, searched from end to end each time.
type twin struct {
	rules    Rules
	sequence uint64
	time     int64
	open     map[energy.Interval]bool // false: closed
	resting  []*twinOrder             // by time
	known    map[twinKey]uint64
	events   []Event
}

type twinKey struct {
	member energy.Member
	client ClientID
}

type twinOrder struct {
	Command
	id   uint64
	rest energy.WattHours
}

func newTwin(r Rules) *twin {
	return &twin{rules: r, open: map[energy.Interval]bool{}, known: map[twinKey]uint64{}}
}

func (w *twin) emit(e Event) {
	e.Sequence, e.Index, e.Time = w.sequence, uint16(len(w.events)), w.time
	w.events = append(w.events, e)
}

func (w *twin) refuse(c Command, id uint64, why Reason, rest energy.WattHours) {
	w.emit(Event{Kind: Refused, Reason: why, Interval: c.Interval, Order: id, Member: c.Member, ClientID: c.ClientID, Side: c.Side, Price: c.Price, Quantity: c.Quantity, Rest: rest})
}

func (w *twin) leave(o *twinOrder, kind EventKind, why Reason) {
	w.emit(Event{Kind: kind, Reason: why, Interval: o.Interval, Order: o.id, Member: o.Member, ClientID: o.ClientID, Side: o.Side, Price: o.Price, Quantity: o.rest})
	w.resting = slices.DeleteFunc(w.resting, func(x *twinOrder) bool { return x == o })
}

func (w *twin) apply(c Command) []Event {
	w.sequence++
	w.events = nil
	if c.Time < w.time {
		w.refuse(c, 0, BadCommand, 0)
		return w.events
	}
	w.time = c.Time
	open, known := w.open[c.Interval]
	switch c.Kind {
	case OpenBook:
		switch {
		case c.Interval.Length() != w.rules.Length:
			w.refuse(c, 0, BadCommand, 0)
		case open:
			w.refuse(c, 0, AlreadyOpen, 0)
		case known:
			w.refuse(c, 0, BookIsClosed, 0)
		default:
			w.open[c.Interval] = true
			w.emit(Event{Kind: BookOpened, Interval: c.Interval})
		}
	case CloseGate:
		switch {
		case !known:
			w.refuse(c, 0, UnknownInterval, 0)
		case !open:
			w.refuse(c, 0, BookIsClosed, 0)
		default:
			w.open[c.Interval] = false
			for _, side := range []Side{Buy, Sell} {
				for o := w.best(c.Interval, side); o != nil; o = w.best(c.Interval, side) {
					w.leave(o, Expired, NoReason)
				}
			}
			w.emit(Event{Kind: GateClosed, Interval: c.Interval})
		}
	case Place:
		w.place(c, open, known)
	case Cancel:
		id, used := w.known[twinKey{c.Member, c.ClientID}]
		at := slices.IndexFunc(w.resting, func(o *twinOrder) bool { return o.id == id })
		switch {
		case !used:
			w.refuse(c, 0, UnknownOrder, 0)
		case at < 0:
			w.refuse(c, id, OrderIsDone, 0)
		default:
			w.leave(w.resting[at], Cancelled, AtMembersWish)
		}
	default:
		w.refuse(c, 0, BadCommand, 0)
	}
	return w.events
}

// best is the order that trades first.
func (w *twin) best(iv energy.Interval, side Side) *twinOrder {
	var best *twinOrder
	for _, o := range w.resting {
		if o.Interval != iv || o.Side != side {
			continue
		}
		if best == nil || side == Buy && o.Price > best.Price || side == Sell && o.Price < best.Price {
			best = o
		}
	}
	return best
}

func (w *twin) place(c Command, open, known bool) {
	key := twinKey{c.Member, c.ClientID}
	if _, err := energy.ParseMember(string(c.Member)); err != nil || c.ClientID == (ClientID{}) {
		w.refuse(c, w.sequence, BadCommand, 0)
		return
	}
	if id, used := w.known[key]; used {
		rest := energy.WattHours(0)
		for _, o := range w.resting {
			if o.id == id {
				rest = o.rest
			}
		}
		w.refuse(c, id, DuplicateID, rest)
		return
	}
	w.known[key] = w.sequence
	if why := w.reason(c, open, known); why != NoReason {
		w.refuse(c, w.sequence, why, 0)
		return
	}
	in := &twinOrder{Command: c, id: w.sequence, rest: c.Quantity}
	w.emit(Event{Kind: Accepted, Interval: c.Interval, Order: in.id, Member: c.Member, ClientID: c.ClientID, Side: c.Side, Price: c.Price, Quantity: c.Quantity, Rest: c.Quantity})
	w.resting = append(w.resting, in)
	for in.rest > 0 {
		o := w.best(c.Interval, c.Side.Opposite())
		if o == nil || c.Side == Buy && o.Price > c.Price || c.Side == Sell && o.Price < c.Price {
			return
		}
		if o.Member == c.Member {
			w.leave(in, Cancelled, SelfTrade)
			return
		}
		q := min(in.rest, o.rest)
		in.rest, o.rest = in.rest-q, o.rest-q
		w.emit(Event{
			Kind: Traded, Interval: c.Interval, Order: in.id, Member: c.Member, ClientID: c.ClientID, Side: c.Side,
			Price: o.Price, Quantity: q, Rest: in.rest, Maker: o.id, MakerMember: o.Member, MakerClient: o.ClientID, MakerRest: o.rest,
		})
		w.resting = slices.DeleteFunc(w.resting, func(x *twinOrder) bool { return x.rest == 0 })
	}
}

func (w *twin) reason(c Command, open, known bool) Reason {
	count := 0
	for _, o := range w.resting {
		if o.Interval == c.Interval {
			count++
		}
	}
	switch {
	case c.Side != Buy && c.Side != Sell:
		return BadCommand
	case !known:
		return UnknownInterval
	case !open:
		return BookIsClosed
	case c.Quantity <= 0 || c.Quantity > w.rules.MaxQuantity:
		return BadQuantity
	case c.Price < w.rules.MinPrice || c.Price > w.rules.MaxPrice:
		return PriceOutsideCollar
	case c.Price%w.rules.Tick != 0:
		return PriceOffTick
	case count >= MaxResting:
		return BookIsFull
	}
	return NoReason
}
