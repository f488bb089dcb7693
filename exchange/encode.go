package exchange

import (
	"encoding/binary"
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

const (
	// CommandSize is the length of an encoded command in bytes.
	CommandSize = 1 + 8 + energy.IntervalSize + energy.IDSize + 16 + 1 + 8 + 8
	// EventSize is the length of an encoded event in bytes.
	EventSize = 8 + 2 + 1 + 1 + 8 + energy.IntervalSize + 8 + energy.IDSize + 16 + 1 + 3*8 + 8 + energy.IDSize + 16 + 8
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
	case c.Kind < OpenBook || c.Kind > Cancel:
		return fmt.Errorf("command kind %d: %w", c.Kind, ErrMalformed)
	case c.Time < 0 || c.Time > maxTime:
		return fmt.Errorf("command at %d ms: %w", c.Time, ErrMalformed)
	case c.Side > Sell:
		return fmt.Errorf("side %d: %w", c.Side, ErrMalformed)
	case c.Member == "":
		return nil
	}
	if _, err := energy.ParseMember(string(c.Member)); err != nil {
		return fmt.Errorf("member: %w: %w", err, ErrMalformed)
	}
	return nil
}

// AppendCommand appends the canonical bytes of an Encodable command: kind (u8), time (i64), interval (start u64,
// length u32), member (32), client id (16), side (u8), price (i64), quantity (i64); big-endian, absent fields zero.
func AppendCommand(b []byte, c Command) []byte {
	b = append(b, byte(c.Kind))
	b = binary.BigEndian.AppendUint64(b, uint64(c.Time))
	b = appendInterval(b, c.Interval)
	b = appendMember(b, c.Member)
	b = append(b, c.ClientID[:]...)
	b = append(b, byte(c.Side))
	b = binary.BigEndian.AppendUint64(b, uint64(c.Price))
	return binary.BigEndian.AppendUint64(b, uint64(c.Quantity))
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
	if d.err != nil {
		return Command{}, fmt.Errorf("command: %w", d.err)
	}
	return c, c.Encodable()
}

// AppendEvent appends the canonical bytes of an event the market emitted: sequence (u64), index (u16), kind (u8),
// reason (u8), time (i64), interval (start u64, length u32), order (u64), member (32), client id (16), side (u8),
// price, quantity, rest (i64 each), maker (u64), maker's member (32), maker's client id (16), maker's rest (i64);
// big-endian, absent fields zero.
func AppendEvent(b []byte, e Event) []byte {
	b = binary.BigEndian.AppendUint64(b, e.Sequence)
	b = binary.BigEndian.AppendUint16(b, e.Index)
	b = append(b, byte(e.Kind), byte(e.Reason))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Time))
	b = appendInterval(b, e.Interval)
	b = binary.BigEndian.AppendUint64(b, e.Order)
	b = appendMember(b, e.Member)
	b = append(b, e.ClientID[:]...)
	b = append(b, byte(e.Side))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Price))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Quantity))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Rest))
	b = binary.BigEndian.AppendUint64(b, e.Maker)
	b = appendMember(b, e.MakerMember)
	b = append(b, e.MakerClient[:]...)
	return binary.BigEndian.AppendUint64(b, uint64(e.MakerRest))
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
	e.MakerRest = energy.WattHours(d.int64())
	switch {
	case d.err != nil:
		return Event{}, fmt.Errorf("event: %w", d.err)
	case e.Sequence == 0 || e.Kind < BookOpened || e.Kind > Expired || !e.Reason.Valid() || e.Side > Sell:
		return Event{}, fmt.Errorf("event %d.%d of kind %d, reason %d, side %d: %w", e.Sequence, e.Index, e.Kind, e.Reason, e.Side, ErrMalformed)
	case e.Time < 0 || e.Time > maxTime || e.Rest < 0 || e.MakerRest < 0:
		return Event{}, fmt.Errorf("event %d.%d at %d ms: %w", e.Sequence, e.Index, e.Time, ErrMalformed)
	}
	return e, nil
}

func appendInterval(b []byte, iv energy.Interval) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(iv.StartUnix()))
	return binary.BigEndian.AppendUint32(b, uint32(iv.Length()))
}

func appendMember(b []byte, member energy.Member) []byte {
	name := member.Bytes()
	return append(b, name[:]...)
}

// decoder takes fixed-width fields off bytes whose total length was checked, and keeps the first problem.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) take(n int) []byte {
	field := d.rest[:n]
	d.rest = d.rest[n:]
	return field
}

func (d *decoder) byte() byte       { return d.take(1)[0] }
func (d *decoder) uint16() uint16   { return binary.BigEndian.Uint16(d.take(2)) }
func (d *decoder) uint32() uint32   { return binary.BigEndian.Uint32(d.take(4)) }
func (d *decoder) uint64() uint64   { return binary.BigEndian.Uint64(d.take(8)) }
func (d *decoder) int64() int64     { return int64(d.uint64()) }
func (d *decoder) digest() Digest   { return Digest(d.take(32)) }
func (d *decoder) client() ClientID { return ClientID(d.take(16)) }

func (d *decoder) interval() energy.Interval {
	field := d.take(energy.IntervalSize)
	if [energy.IntervalSize]byte(field) == ([energy.IntervalSize]byte{}) {
		return energy.Interval{}
	}
	iv, err := energy.DecodeInterval(field)
	d.keep(err)
	return iv
}

func (d *decoder) member() energy.Member {
	field := [energy.IDSize]byte(d.take(energy.IDSize))
	if field == ([energy.IDSize]byte{}) {
		return ""
	}
	name, err := energy.DecodeName(field)
	d.keep(err)
	return energy.Member(name)
}

func (d *decoder) keep(err error) {
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("%w: %w", err, ErrMalformed)
	}
}
