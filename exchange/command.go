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

// Valid reports whether s is a side.
func (s Side) Valid() bool { return s == Buy || s == Sell }

// Opposite is the side an order of side s trades with.
func (s Side) Opposite() Side { return Buy + Sell - s }

// String is the side in lower case.
func (s Side) String() string {
	switch s {
	case Buy:
		return "buy"
	case Sell:
		return "sell"
	}
	return "none"
}

// ClientID is the identity a member gives an order before the first attempt to place it. (member, ClientID) has
// exactly one outcome, ever: a refusal is an outcome too. The zero ClientID names no order.
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

// String is the kind in lower case.
func (k CommandKind) String() string {
	switch k {
	case OpenBook:
		return "open-book"
	case CloseGate:
		return "close-gate"
	case Place:
		return "place"
	case Cancel:
		return "cancel"
	}
	return "unknown"
}

// Command is one entry of a zone's log. What the market must know arrives as a command; fields that a kind does not
// use are zero, and the market does not look at them.
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
