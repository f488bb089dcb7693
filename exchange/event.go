package exchange

import "github.com/wattle/wattle/energy"

// EventKind says what happened.
type EventKind uint8

const (
	// BookOpened: orders for Interval are taken from now on.
	BookOpened EventKind = iota + 1
	// GateClosed: the book of Interval is shut; every resting order has expired.
	GateClosed
	// Accepted: the order rests or trades; Quantity is what was ordered.
	Accepted
	// Refused: the command changed no book; Reason says why. A refused order has used up its ClientID.
	Refused
	// Traded: Quantity changed hands at Price, the resting order's.
	Traded
	// Cancelled: Quantity, the rest of the order, left the book at its member's wish or to prevent a self-trade.
	Cancelled
	// Expired: Quantity, the rest of the order, left the book at gate closure.
	Expired
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
)

// Event is one consequence of a command. Sequence numbers of commands are the zone's log positions, so
// (zone, Sequence, Index) names an event for ever. Every command causes at least one event, so a follower that sees
// Index 0 of every Sequence and no hole between indexes has missed nothing.
type Event struct {
	Sequence uint64 // of the command that caused it: 1, 2, 3 … without gaps
	Index    uint16 // position among the command's events; MaxResting keeps it in range
	Kind     EventKind
	Reason   Reason
	Time     int64 // Unix milliseconds, the command's; never decreases
	Interval energy.Interval

	// The order the event is about; for Traded the incoming one, for DuplicateID the one that had the id first.
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
