package exchange

import "github.com/wattle/wattle/energy"

// Side is the side of an order.
type Side uint8

const (
	// Buy bids for energy that the member will import.
	Buy Side = iota + 1
	// Sell offers energy that the member will export.
	Sell
)

// ClientID is the identity a member gives an order before the first attempt to place it. (member, ClientID) has
// exactly one outcome, ever.
type ClientID [16]byte

// CommandKind says what a command asks for.
type CommandKind uint8

const (
	// OpenBook opens the book of Interval.
	OpenBook CommandKind = iota + 1
	// CloseGate shuts the book of Interval; what rests in it expires.
	CloseGate
	// Place enters a limit order, good till gate closure.
	Place
	// Cancel takes the rest of an order out of its book.
	Cancel
)

// Command is one entry of a zone's log. What the market must know arrives as a command; fields that a kind does not
// use are zero.
type Command struct {
	Kind     CommandKind
	Time     int64 // Unix milliseconds at which the sequencer took it in; never decreases
	Interval energy.Interval
	Member   energy.Member
	ClientID ClientID
	Side     Side
	Price    energy.Price     // limit, per kWh
	Quantity energy.WattHours // > 0
}
