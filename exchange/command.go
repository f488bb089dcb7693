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

// OrderType says how long an order waits, and for what. The zero OrderType is Limit.
type OrderType uint8

const (
	// Limit trades at its price or better; the rest waits.
	Limit OrderType = iota
	// AtMarket trades at any price within the collar; the rest is cancelled. Its Price is not looked at: in events it is the
	// end of the collar that is worst for its member.
	AtMarket
	// ImmediateOrCancel trades at its price or better; the rest is cancelled.
	ImmediateOrCancel
	// FillOrKill trades all of itself at its price or better, at once, or is refused.
	FillOrKill
	// PostOnly waits; it is refused where it would trade at once.
	PostOnly
)

// Valid reports whether t is an order type.
func (t OrderType) Valid() bool { return t <= PostOnly }

// Rests reports whether what does not trade at once waits in the book.
func (t OrderType) Rests() bool { return t == Limit || t == PostOnly }

// String is the type in lower case.
func (t OrderType) String() string {
	names := [...]string{"limit", "market", "immediate-or-cancel", "fill-or-kill", "post-only"}
	if t.Valid() {
		return names[t]
	}
	return "unknown"
}

// SelfTrading says which order gives way where two of one household would trade with each other.
type SelfTrading uint8

const (
	// ByRule leaves it to the zone's rules, which take it as CancelNewest.
	ByRule SelfTrading = iota
	// CancelNewest cancels the rest of the incoming order.
	CancelNewest
	// CancelOldest cancels the resting order; the incoming one goes on.
	CancelOldest
	// CancelBoth cancels both.
	CancelBoth
)

// Valid reports whether s is known.
func (s SelfTrading) Valid() bool { return s <= CancelBoth }

// Scope says whom CancelAll, Halt and Resume are about, and which group Assign puts a member in.
type Scope uint8

const (
	// ScopeMember is one member.
	ScopeMember Scope = iota + 1
	// ScopeSession is what one member placed in one session; with neither member nor session, what all members placed in
	// sessions below LastingSession.
	ScopeSession
	// ScopeFleet is every member of a fleet: those an aggregator answers for.
	ScopeFleet
	// ScopeZone is everyone, by the zone's operator.
	ScopeZone
	// ScopePlatform is everyone, by the operator of all zones.
	ScopePlatform
	// ScopeHousehold is the members between whom trades are self-trades.
	ScopeHousehold
	// ScopeFeeder is the members whose energy flows through one line.
	ScopeFeeder
)

// Valid reports whether s is a scope.
func (s Scope) Valid() bool { return s >= ScopeMember && s <= ScopeFeeder }

// String is the scope in lower case.
func (s Scope) String() string {
	names := [...]string{"none", "member", "session", "fleet", "zone", "platform", "household", "feeder"}
	if int(s) < len(names) {
		return names[s]
	}
	return names[0]
}

// LastingSession is the first number of the sessions whose orders outlive them. Those of the others end with them, also when
// whoever kept the sessions ends: the next one cancels them before it opens sessions of its own.
const LastingSession = 1 << 62

// MaxGroup is the largest number of a household, fleet or feeder; 0 stands for none.
const MaxGroup = 1<<31 - 1

// CommandKind says what a command asks for.
type CommandKind uint8

const (
	// OpenBook opens the book of Interval.
	OpenBook CommandKind = iota + 1
	// CloseGate shuts the book of Interval; what rests in it expires.
	CloseGate
	// Place enters an order of Type, good till GoodTill or gate closure, whichever is first.
	Place
	// Cancel takes the rest of an order out of its book.
	Cancel
	// Amend gives a resting order a new Price, Quantity (of the whole order, with what it traded) and GoodTill. An order
	// that only gets smaller keeps its place in the queue. What is left after trades is cancelled where Quantity is no more
	// than they.
	Amend
	// CancelAll takes every resting order within Scope (member, session, fleet or zone) out of its book, MaxSweep at a
	// time: repeat it while the answer's Count is not 0.
	CancelAll
	// Halt blocks orders of Scope (member, fleet, zone or platform), then cancels like CancelAll those that rest. Blocked
	// orders that still rest do not trade.
	Halt
	// Resume lifts a Halt of the same Scope.
	Resume
	// Assign puts Member into the household, fleet or feeder of number Group. A member with resting orders is not moved.
	Assign
	// SetCollateral says that Member's orders and unsettled trades may cost Amount in all. With an Interval, the trades of
	// that interval are settled, and Amount counts them already.
	SetCollateral
	// SetHeadroom says that members of feeder Group may buy or sell Quantity in all in Interval, by Side.
	SetHeadroom
	// PassTime says nothing but its Time: orders good till then expire, MaxSweep at a time.
	PassTime
)

// String is the kind in lower case.
func (k CommandKind) String() string {
	names := [...]string{"unknown", "open-book", "close-gate", "place", "cancel", "amend", "cancel-all", "halt", "resume", "assign",
		"set-collateral", "set-headroom", "pass-time"}
	if int(k) < len(names) {
		return names[k]
	}
	return names[0]
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

	Type      OrderType
	SelfTrade SelfTrading
	GoodTill  int64  // Unix milliseconds from which the order is expired; 0: gate closure
	Session   uint64 // the connection the order came over, 0 where none
	Scope     Scope
	Group     uint32       // household, fleet or feeder, up to MaxGroup
	Amount    energy.Money // of collateral, not negative
}
