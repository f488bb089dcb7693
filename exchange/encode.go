package exchange

import (
	"encoding/binary"
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
func AppendCommand(b []byte, c Command) []byte { return appendCommand(b, &c) }

func appendCommand(b []byte, c *Command) []byte {
	b = extend(b, CommandSize)
	p := (*[CommandSize]byte)(b[len(b)-CommandSize:])
	p[0] = byte(c.Kind)
	binary.BigEndian.PutUint64(p[1:9], uint64(c.Time))
	putInterval((*[energy.IntervalSize]byte)(p[9:21]), c.Interval)
	putMember((*[energy.IDSize]byte)(p[21:53]), c.Member)
	*(*ClientID)(p[53:69]) = c.ClientID
	p[69] = byte(c.Side)
	binary.BigEndian.PutUint64(p[70:78], uint64(c.Price))
	binary.BigEndian.PutUint64(p[78:86], uint64(c.Quantity))
	p[86] = byte(c.Type)
	p[87] = byte(c.SelfTrade)
	binary.BigEndian.PutUint64(p[88:96], uint64(c.GoodTill))
	binary.BigEndian.PutUint64(p[96:104], c.Session)
	p[104] = byte(c.Scope)
	binary.BigEndian.PutUint32(p[105:109], c.Group)
	binary.BigEndian.PutUint64(p[109:CommandSize], uint64(c.Amount))
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
	b = extend(b, EventSize)
	p := (*[EventSize]byte)(b[len(b)-EventSize:])
	binary.BigEndian.PutUint64(p[0:8], e.Sequence)
	binary.BigEndian.PutUint16(p[8:10], e.Index)
	p[10] = byte(e.Kind)
	p[11] = byte(e.Reason)
	binary.BigEndian.PutUint64(p[12:20], uint64(e.Time))
	putInterval((*[energy.IntervalSize]byte)(p[20:32]), e.Interval)
	binary.BigEndian.PutUint64(p[32:40], e.Order)
	putMember((*[energy.IDSize]byte)(p[40:72]), e.Member)
	*(*ClientID)(p[72:88]) = e.ClientID
	p[88] = byte(e.Side)
	binary.BigEndian.PutUint64(p[89:97], uint64(e.Price))
	binary.BigEndian.PutUint64(p[97:105], uint64(e.Quantity))
	binary.BigEndian.PutUint64(p[105:113], uint64(e.Rest))
	binary.BigEndian.PutUint64(p[113:121], e.Maker)
	putMember((*[energy.IDSize]byte)(p[121:153]), e.MakerMember)
	*(*ClientID)(p[153:169]) = e.MakerClient
	binary.BigEndian.PutUint64(p[169:177], uint64(e.MakerRest))
	p[177] = byte(e.Type)
	binary.BigEndian.PutUint64(p[178:186], uint64(e.GoodTill))
	p[186] = byte(e.Scope)
	binary.BigEndian.PutUint32(p[187:191], e.Group)
	binary.BigEndian.PutUint64(p[191:199], uint64(e.Amount))
	binary.BigEndian.PutUint32(p[199:EventSize], e.Count)
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
