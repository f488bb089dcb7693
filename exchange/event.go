package exchange

import "github.com/wattle/wattle/energy"

// EventKind says what happened.
type EventKind uint8

const (
	// BookOpened: orders for Interval are taken from now on.
	BookOpened EventKind = iota + 1
	// GateClosed: the book of Interval is shut; every resting order has expired.
	GateClosed
	// Accepted: the order rests or trades; Quantity is what was ordered, Rest what the market took of it. Where that is
	// less, Reason says why it was trimmed.
	Accepted
	// Refused: the command changed no book; Reason says why. A refused order has used up its ClientID.
	Refused
	// Traded: Quantity changed hands at Price, the resting order's.
	Traded
	// Cancelled: Quantity, the rest of the order, left the book or did not enter it; Reason says why.
	Cancelled
	// Expired: Quantity, the rest of the order, left the book at gate closure or at the time it was good till.
	Expired
	// Amended: the order now has Price, Quantity in all, of which Rest is open, and GoodTill. Where Rest is less than was
	// asked for, Reason says why it was trimmed.
	Amended
	// Swept: the orders of a CancelAll follow; Count of them still rest.
	Swept
	// Halted: Scope is blocked from now on; its orders' cancellations follow, Count of them still rest.
	Halted
	// Resumed: Scope is no longer blocked.
	Resumed
	// Assigned: Member belongs to Group of Scope.
	Assigned
	// CollateralSet: Member has collateral of Amount.
	CollateralSet
	// HeadroomSet: feeder Group has headroom of Quantity in Interval on Side.
	HeadroomSet
	// TimePassed: the orders that were good till Time follow; Count of them still rest.
	TimePassed
)

// Reason says why a command was refused or an order left the book.
type Reason uint8

// The reasons. Their sentences are in Reason.Sentence.
const (
	NoReason Reason = iota
	UnknownInterval
	BookIsClosed
	BadQuantity
	PriceOutsideCollar
	PriceOffTick
	DuplicateID
	UnknownOrder
	AtMembersWish
	SelfTrade
	BadCommand
	AlreadyOpen
	OrderIsDone
	BookIsFull
	UnknownZone
	MisalignedInterval
	OffLot
	BelowMinimum
	Overflow
	ReusedID
	Unfillable
	WouldTrade
	Unfilled
	GoodTillPassed
	TimeReached
	NoCollateral
	TrimmedToCollateral
	NoHeadroom
	TrimmedToHeadroom
	SessionEnded
	ByOperator
	MemberHalted
	FleetHalted
	ZoneHalted
	PlatformHalted
	HasOrders
	TimeWentBack
	Poisoned
)

// Event is one consequence of a command. Sequence numbers of commands are the zone's log positions, so
// (zone, Sequence, Index) names an event for ever. Every command causes at least one event, and the first one answers
// it (of CloseGate the last); a follower that sees Index 0 of every Sequence and no hole between indexes has missed nothing.
type Event struct {
	Sequence uint64 // of the command that caused it: 1, 2, 3 … without gaps
	Index    uint16 // position among the command's events; MaxResting keeps it in range
	Kind     EventKind
	Reason   Reason
	Time     int64 // Unix milliseconds, the command's; never decreases
	Interval energy.Interval

	// The order the event is about; for Traded the incoming one, for DuplicateID and ReusedID the one that had the id first.
	Order    uint64 // Sequence of its Place command, 0 where there is none
	Member   energy.Member
	ClientID ClientID
	Side     Side
	Price    energy.Price
	Quantity energy.WattHours
	Rest     energy.WattHours // of the order, after the event

	// Traded only: the resting order.
	Maker       uint64
	MakerMember energy.Member
	MakerClient ClientID
	MakerRest   energy.WattHours

	Type     OrderType    // of the order
	GoodTill int64        // of the order; Unix milliseconds, 0: gate closure
	Scope    Scope        // of Swept, Halted, Resumed and Assigned
	Group    uint32       // of Scope; the feeder of HeadroomSet
	Amount   energy.Money // of CollateralSet
	Count    uint32       // orders within Scope that still rest
}

// Buyer is the member who bought in a Traded event.
func (e Event) Buyer() energy.Member {
	if e.Side == Buy {
		return e.Member
	}
	return e.MakerMember
}

// Seller is the member who sold in a Traded event.
func (e Event) Seller() energy.Member {
	if e.Side == Sell {
		return e.Member
	}
	return e.MakerMember
}

// Left is what the events of one command leave of an order in its book, or false where they are not about it.
func Left(events []Event, order uint64) (rest energy.WattHours, found bool) {
	for i := range events {
		switch e := &events[i]; {
		case order == 0 || e.Kind == Refused && e.Reason != DuplicateID && e.Reason != ReusedID || e.Order != order && e.Maker != order:
		case e.Maker == order:
			rest, found = e.MakerRest, true
		default:
			rest, found = e.Rest, true
		}
	}
	return rest, found
}
