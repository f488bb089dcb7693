package energy

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/wattle/wattle/internal/problem"
)

// Length is the duration of a delivery interval in seconds.
type Length uint32

// The lengths a zone may choose. They divide the hour, so every interval is aligned to the hour in UTC.
const (
	OneMinute      Length = 60
	FiveMinutes    Length = 5 * 60
	FifteenMinutes Length = 15 * 60
	ThirtyMinutes  Length = 30 * 60
	OneHour        Length = 60 * 60
)

// ErrInterval is returned for an interval that is malformed, misaligned or of a length no zone uses.
var ErrInterval = problem.New(problem.Invalid, "not a delivery interval")

// maxStart is the end of the year 9999: what RFC 3339 can print.
const maxStart = 253402300800

// Valid reports whether l is one of the lengths a zone may choose.
func (l Length) Valid() bool {
	switch l {
	case OneMinute, FiveMinutes, FifteenMinutes, ThirtyMinutes, OneHour:
		return true
	}
	return false
}

// Duration converts the length.
func (l Length) Duration() time.Duration { return time.Duration(l) * time.Second }

// LengthOf converts a duration to a length, or returns ErrInterval if no zone uses it.
func LengthOf(d time.Duration) (Length, error) {
	for _, l := range []Length{OneMinute, FiveMinutes, FifteenMinutes, ThirtyMinutes, OneHour} {
		if l.Duration() == d {
			return l, nil
		}
	}
	return 0, fmt.Errorf("%s: use 1m, 5m, 15m, 30m or 1h: %w", d, ErrInterval)
}

// Interval is the half-open period [start, start+length) in UTC in which traded energy is delivered. It is
// comparable and may be a map key. The zero Interval is not valid.
type Interval struct {
	start  int64 // Unix seconds, a multiple of length
	length Length
}

// NewInterval returns the interval that starts at the Unix second start.
func NewInterval(start int64, length Length) (Interval, error) {
	if !length.Valid() || start < 0 || start > maxStart-int64(length) || start%int64(length) != 0 {
		return Interval{}, fmt.Errorf("start %d length %d s: %w", start, length, ErrInterval)
	}
	return Interval{start, length}, nil
}

// IntervalAt returns the interval of the given length that contains t. It panics on an invalid length or a time
// outside the years 1970 to 9999: both are mistakes of the program.
func IntervalAt(t time.Time, length Length) Interval {
	second := t.Unix()
	if second < 0 {
		panic(fmt.Errorf("%s: %w", t, ErrInterval)) // % would round it up into 1970
	}
	return must(NewInterval(second-second%int64(max(length, 1)), length))
}

func must(iv Interval, err error) Interval {
	if err != nil {
		panic(err)
	}
	return iv
}

// Start is the first instant of the interval.
func (iv Interval) Start() time.Time { return time.Unix(iv.start, 0).UTC() }

// End is the first instant after the interval.
func (iv Interval) End() time.Time { return time.Unix(iv.start+int64(iv.length), 0).UTC() }

// StartUnix is the start in Unix seconds.
func (iv Interval) StartUnix() int64 { return iv.start }

// EndUnix is the end in Unix seconds.
func (iv Interval) EndUnix() int64 { return iv.start + int64(iv.length) }

// Length is the length of the interval.
func (iv Interval) Length() Length { return iv.length }

// Valid reports whether iv was made by this package and not the zero value.
func (iv Interval) Valid() bool { return iv.length != 0 }

// Next is the interval that begins where iv ends. It panics like Add.
func (iv Interval) Next() Interval { return iv.Add(1) }

// Add returns the interval n lengths later; n may be negative. It panics on the zero Interval and where the result
// would leave the years 1970 to 9999: both are mistakes of the program, and neither could be printed or encoded.
func (iv Interval) Add(n int) Interval {
	const most = maxStart / int64(OneMinute) // as many intervals as the calendar has, so that the product fits
	if int64(n) < -most || int64(n) > most {
		panic(fmt.Errorf("%d intervals after %s: %w", n, iv, ErrInterval))
	}
	return must(NewInterval(iv.start+int64(n)*int64(iv.length), iv.length))
}

// Contains reports whether start <= t < end.
func (iv Interval) Contains(t time.Time) bool {
	return !t.Before(iv.Start()) && t.Before(iv.End())
}

// Compare orders intervals by start, then by length.
func (iv Interval) Compare(other Interval) int {
	switch {
	case iv.start != other.start:
		return compareInt64(iv.start, other.start)
	default:
		return compareInt64(int64(iv.length), int64(other.length))
	}
}

func compareInt64(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// String prints ISO 8601: "2026-03-29T01:00Z/PT15M".
func (iv Interval) String() string {
	period := fmt.Sprintf("PT%dM", iv.length/60)
	if iv.length == OneHour {
		period = "PT1H"
	}
	return iv.Start().Format("2006-01-02T15:04Z") + "/" + period
}

// ParseInterval reads what String prints, and no other spelling of the same interval.
func ParseInterval(text string) (Interval, error) {
	start, period, ok := strings.Cut(text, "/")
	if !ok {
		return Interval{}, fmt.Errorf("%q: want 2006-01-02T15:04Z/PT15M: %w", text, ErrInterval)
	}
	t, err := time.Parse("2006-01-02T15:04Z", start)
	if err != nil {
		return Interval{}, fmt.Errorf("%q: start: %w", text, ErrInterval)
	}
	lengths := map[string]Length{"PT1M": OneMinute, "PT5M": FiveMinutes, "PT15M": FifteenMinutes, "PT30M": ThirtyMinutes, "PT1H": OneHour}
	iv, err := NewInterval(t.Unix(), lengths[period])
	if err != nil {
		return Interval{}, fmt.Errorf("%q: %w", text, err)
	}
	if iv.String() != text { // package time reads "1:00" too
		return Interval{}, fmt.Errorf("%q: want %s: %w", text, iv, ErrInterval)
	}
	return iv, nil
}

// IntervalSize is the length of an encoded interval in bytes.
const IntervalSize = 12

// AppendBinary appends start (u64) and length in seconds (u32), big-endian.
func (iv Interval) AppendBinary(b []byte) ([]byte, error) {
	b = binary.BigEndian.AppendUint64(b, uint64(iv.start))
	return binary.BigEndian.AppendUint32(b, uint32(iv.length)), nil
}

// DecodeInterval reads what AppendBinary wrote from the first IntervalSize bytes of b.
func DecodeInterval(b []byte) (Interval, error) {
	if len(b) < IntervalSize {
		return Interval{}, fmt.Errorf("interval of %d bytes: %w", len(b), ErrInterval)
	}
	start := binary.BigEndian.Uint64(b)
	if start > maxStart {
		return Interval{}, fmt.Errorf("start %d: %w", start, ErrInterval)
	}
	return NewInterval(int64(start), Length(binary.BigEndian.Uint32(b[8:])))
}
