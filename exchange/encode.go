package exchange

import (
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

const (
	// CommandSize is the length of an encoded command in bytes.
	CommandSize = 1 + 8 + energy.IntervalSize + energy.IDSize + 16 + 1 + 8 + 8 + 1 + 1 + 8 + 8 + 1 + 4 + 8
	// EventSize is the length of an encoded event in bytes.
	EventSize = 8 + 2 + 1 + 1 + 8 + energy.IntervalSize + 8 + energy.IDSize + 16 + 1 + 3*8 + 8 + energy.IDSize + 16 + 8 + 1 + 8 + 1 + 4 + 8 + 4
)

// ErrMalformed is returned for bytes that are not a command, an event or a message of a log, and for commands that
// have no encoding.
var ErrMalformed = problem.New(problem.Invalid, "malformed market message")

// maxTime is the year 9999 in Unix milliseconds: what a delivery interval can name.
const maxTime = 253402300800_000

// Encodable checks that c has an encoding: a known kind, a time within the years 1970 to 9999, a member that is a
// name or absent. What the market then thinks of it is the market's to say.
func (c Command) Encodable() error {
	switch {
	case c.Kind < OpenBook || c.Kind > PassTime:
		return fmt.Errorf("command kind %d: %w", c.Kind, ErrMalformed)
	case c.Time < 0 || c.Time > maxTime:
		return fmt.Errorf("command at %d ms: %w", c.Time, ErrMalformed)
	case c.Side > Sell:
		return fmt.Errorf("side %d: %w", c.Side, ErrMalformed)
	case !c.Type.Valid() || !c.SelfTrade.Valid() || c.Scope > ScopeFeeder || c.Group > MaxGroup:
		return fmt.Errorf("type %d, self-trading %d, scope %d, group %d: %w", c.Type, c.SelfTrade, c.Scope, c.Group, ErrMalformed)
	case c.GoodTill < 0 || c.GoodTill > maxTime:
		return fmt.Errorf("good till %d ms: %w", c.GoodTill, ErrMalformed)
	case c.Member == "":
		return nil
	}
	if _, err := energy.ParseMember(string(c.Member)); err != nil {
		return fmt.Errorf("member: %w: %w", err, ErrMalformed)
	}
	return nil
}

// AppendCommand appends the canonical bytes of an Encodable command: kind (u8), time (i64), interval (start u64,
// length u32), member (32), client id (16), side (u8), price (i64), quantity (i64), type, self-trading (u8 each), good till (i64), session
// (u64), scope (u8), group (u32), amount (i64); big-endian, absent fields zero.
func AppendCommand(b []byte, c Command) []byte {
	b, w := extend(b, CommandSize)
	w.byte(byte(c.Kind))
	w.uint64(uint64(c.Time))
	w.interval(c.Interval)
	w.member(c.Member)
	w.client(&c.ClientID)
	w.byte(byte(c.Side))
	w.uint64(uint64(c.Price))
	w.uint64(uint64(c.Quantity))
	w.byte(byte(c.Type))
	w.byte(byte(c.SelfTrade))
	w.uint64(uint64(c.GoodTill))
	w.uint64(c.Session)
	w.byte(byte(c.Scope))
	w.uint32(c.Group)
	w.uint64(uint64(c.Amount))
	return b
}

// DecodeCommand reads what AppendCommand wrote, exactly: a command has one encoding.
func DecodeCommand(b []byte) (Command, error) {
	if len(b) != CommandSize {
		return Command{}, fmt.Errorf("command of %d bytes, want %d: %w", len(b), CommandSize, ErrMalformed)
	}
	d := decoder{rest: b}
	c := Command{Kind: CommandKind(d.byte()), Time: d.int64(), Interval: d.interval(), Member: d.member()}
	c.ClientID = d.client()
	c.Side, c.Price, c.Quantity = Side(d.byte()), energy.Price(d.int64()), energy.WattHours(d.int64())
	c.Type, c.SelfTrade, c.GoodTill, c.Session = OrderType(d.byte()), SelfTrading(d.byte()), d.int64(), d.uint64()
	c.Scope, c.Group, c.Amount = Scope(d.byte()), d.uint32(), energy.Money(d.int64())
	if d.err != nil {
		return Command{}, fmt.Errorf("command: %w", d.err)
	}
	return c, c.Encodable()
}

// AppendEvent appends the canonical bytes of an event the market emitted: sequence (u64), index (u16), kind (u8),
// reason (u8), time (i64), interval (start u64, length u32), order (u64), member (32), client id (16), side (u8),
// price, quantity, rest (i64 each), maker (u64), maker's member (32), maker's client id (16), maker's rest (i64), type
// (u8), good till (i64), scope (u8), group (u32), amount (i64), count (u32); big-endian, absent fields zero.
func AppendEvent(b []byte, e Event) []byte { return appendEvent(b, &e) }

func appendEvent(b []byte, e *Event) []byte {
	b, w := extend(b, EventSize)
	w.uint64(e.Sequence)
	w.byte(byte(e.Index >> 8))
	w.byte(byte(e.Index))
	w.byte(byte(e.Kind))
	w.byte(byte(e.Reason))
	w.uint64(uint64(e.Time))
	w.interval(e.Interval)
	w.uint64(e.Order)
	w.member(e.Member)
	w.client(&e.ClientID)
	w.byte(byte(e.Side))
	w.uint64(uint64(e.Price))
	w.uint64(uint64(e.Quantity))
	w.uint64(uint64(e.Rest))
	w.uint64(e.Maker)
	w.member(e.MakerMember)
	w.client(&e.MakerClient)
	w.uint64(uint64(e.MakerRest))
	w.byte(byte(e.Type))
	w.uint64(uint64(e.GoodTill))
	w.byte(byte(e.Scope))
	w.uint32(e.Group)
	w.uint64(uint64(e.Amount))
	w.uint32(e.Count)
	return b
}

// DecodeEvent reads what AppendEvent wrote, exactly: an event has one encoding.
func DecodeEvent(b []byte) (Event, error) {
	if len(b) != EventSize {
		return Event{}, fmt.Errorf("event of %d bytes, want %d: %w", len(b), EventSize, ErrMalformed)
	}
	d := decoder{rest: b}
	e := Event{Sequence: d.uint64(), Index: d.uint16(), Kind: EventKind(d.byte()), Reason: Reason(d.byte()), Time: d.int64()}
	e.Interval, e.Order, e.Member, e.ClientID = d.interval(), d.uint64(), d.member(), d.client()
	e.Side, e.Price = Side(d.byte()), energy.Price(d.int64())
	e.Quantity, e.Rest = energy.WattHours(d.int64()), energy.WattHours(d.int64())
	e.Maker, e.MakerMember, e.MakerClient = d.uint64(), d.member(), d.client()
	e.MakerRest, e.Type, e.GoodTill = energy.WattHours(d.int64()), OrderType(d.byte()), d.int64()
	e.Scope, e.Group, e.Amount, e.Count = Scope(d.byte()), d.uint32(), energy.Money(d.int64()), d.uint32()
	switch {
	case d.err != nil:
		return Event{}, fmt.Errorf("event: %w", d.err)
	case e.Sequence == 0 || e.Kind < BookOpened || e.Kind > TimePassed || !e.Reason.Valid() || e.Side > Sell:
		return Event{}, fmt.Errorf("event %d.%d of kind %d, reason %d, side %d: %w", e.Sequence, e.Index, e.Kind, e.Reason, e.Side, ErrMalformed)
	case !e.Type.Valid() || e.Scope > ScopeFeeder || e.GoodTill < 0 || e.GoodTill > maxTime:
		return Event{}, fmt.Errorf("event %d.%d of type %d, scope %d, good till %d: %w", e.Sequence, e.Index, e.Type, e.Scope, e.GoodTill, ErrMalformed)
	case e.Time < 0 || e.Time > maxTime || e.Rest < 0 || e.MakerRest < 0:
		return Event{}, fmt.Errorf("event %d.%d at %d ms: %w", e.Sequence, e.Index, e.Time, ErrMalformed)
	}
	return e, nil
}
