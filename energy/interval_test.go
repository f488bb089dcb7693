package energy_test

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"
	_ "time/tzdata" // the local days below need Europe/Vienna on every machine

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
)

var lengths = []energy.Length{energy.OneMinute, energy.FiveMinutes, energy.FifteenMinutes, energy.ThirtyMinutes, energy.OneHour}

// lastSecond is 9999-12-31T23:59:59Z.
const lastSecond = 253402300799

// anyInterval draws intervals of every length from 1970 to 9999.
func anyInterval() *rapid.Generator[energy.Interval] {
	return rapid.Custom(func(t *rapid.T) energy.Interval {
		at := time.Unix(rapid.Int64Range(0, lastSecond).Draw(t, "second"), 0)
		return energy.IntervalAt(at, rapid.SampledFrom(lengths).Draw(t, "length"))
	})
}

func mustPanic(t *testing.T, what string, do func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: did not panic", what)
		}
	}()
	do()
}

func TestIntervalRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		iv := anyInterval().Draw(t, "interval")
		if got, err := energy.ParseInterval(iv.String()); err != nil || got != iv {
			t.Fatalf("%s: parsed %s, %v", iv, got, err)
		}
		b, err := iv.AppendBinary(nil)
		if err != nil || len(b) != energy.IntervalSize {
			t.Fatalf("%s: %d bytes, %v, want %d", iv, len(b), err, energy.IntervalSize)
		}
		if got, err := energy.DecodeInterval(b); err != nil || got != iv {
			t.Fatalf("%s: decoded %s, %v", iv, got, err)
		}
		if got, err := energy.NewInterval(iv.StartUnix(), iv.Length()); err != nil || got != iv {
			t.Fatalf("%s: made %s, %v", iv, got, err)
		}
	})
}

func TestIntervalIsHalfOpen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		iv := anyInterval().Draw(t, "interval")
		if !iv.Contains(iv.Start()) || iv.Contains(iv.End()) || iv.Contains(iv.Start().Add(-1)) || !iv.Contains(iv.End().Add(-1)) {
			t.Fatalf("%s does not contain exactly [start, end)", iv)
		}
		at := iv.Start().Add(time.Duration(rapid.Int64Range(0, int64(iv.Length().Duration())-1).Draw(t, "offset")))
		if got := energy.IntervalAt(at, iv.Length()); got != iv {
			t.Fatalf("at %s: got %s, want %s", at, got, iv)
		}
		if iv.EndUnix()-iv.StartUnix() != int64(iv.Length()) || iv.End().Sub(iv.Start()) != iv.Length().Duration() {
			t.Fatalf("%s: from %d to %d is not its length", iv, iv.StartUnix(), iv.EndUnix())
		}
		if iv.Start().Location() != time.UTC || iv.End().Location() != time.UTC {
			t.Fatalf("%s: not in UTC", iv)
		}
	})
}

func TestAddMovesByWholeLengths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		iv := energy.IntervalAt(time.Unix(rapid.Int64Range(2e9, 4e9).Draw(t, "second"), 0), rapid.SampledFrom(lengths).Draw(t, "length"))
		n := rapid.IntRange(-1000, 1000).Draw(t, "n")
		moved := iv.Add(n)
		if moved.StartUnix() != iv.StartUnix()+int64(n)*int64(iv.Length()) || moved.Length() != iv.Length() || !moved.Valid() {
			t.Fatalf("%s add %d: got %s", iv, n, moved)
		}
		if moved.Add(-n) != iv || iv.Next() != iv.Add(1) {
			t.Fatalf("%s add %d and back: got %s", iv, n, moved.Add(-n))
		}
		if got, want := moved.Compare(iv), min(1, max(-1, n)); got != want || iv.Compare(moved) != -want {
			t.Fatalf("compare %s with %s: got %d, want %d", moved, iv, got, want)
		}
	})
}

func TestCompareOrdersEqualStartsByLength(t *testing.T) {
	quarter, _ := energy.NewInterval(3600, energy.FifteenMinutes)
	hour, _ := energy.NewInterval(3600, energy.OneHour)
	again, _ := energy.NewInterval(3600, energy.OneHour)
	if quarter.Compare(hour) != -1 || hour.Compare(quarter) != 1 || hour.Compare(again) != 0 {
		t.Errorf("got %d %d %d, want -1 1 0", quarter.Compare(hour), hour.Compare(quarter), hour.Compare(again))
	}
}

func TestTimesOutsideTheCalendarPanic(t *testing.T) {
	first, _ := energy.NewInterval(0, energy.FifteenMinutes)
	last := energy.IntervalAt(time.Unix(lastSecond, 0), energy.FifteenMinutes)
	mustPanic(t, "interval at 1969-12-31T23:59:59Z", func() { energy.IntervalAt(time.Unix(-1, 0), energy.FifteenMinutes) })
	mustPanic(t, "interval at one nanosecond before 1970", func() { energy.IntervalAt(time.Unix(0, -1), energy.OneHour) })
	mustPanic(t, "interval at year 10000", func() { energy.IntervalAt(time.Unix(lastSecond+1, 0), energy.FifteenMinutes) })
	mustPanic(t, "interval of no length", func() { energy.IntervalAt(time.Unix(0, 0), 0) })
	mustPanic(t, "interval of seven minutes", func() { energy.IntervalAt(time.Unix(0, 0), 420) })
	mustPanic(t, "interval before the first", func() { first.Add(-1) })
	mustPanic(t, "interval after the last", func() { last.Next() })
	mustPanic(t, "interval far after the last", func() { first.Add(math.MaxInt) })
}

func TestLocalDaysHave92Or96Or100QuarterHours(t *testing.T) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		day  time.Time
		want int
	}{
		{time.Date(2026, 3, 29, 0, 0, 0, 0, vienna), 92},
		{time.Date(2026, 6, 21, 0, 0, 0, 0, vienna), 96},
		{time.Date(2026, 10, 25, 0, 0, 0, 0, vienna), 100},
	} {
		midnight := c.day.AddDate(0, 0, 1)
		quarters, hours := 0, 0
		names := map[string]bool{}
		for iv := energy.IntervalAt(c.day, energy.FifteenMinutes); iv.Start().Before(midnight); iv = iv.Next() {
			quarters++
			names[iv.String()] = true
		}
		for iv := energy.IntervalAt(c.day, energy.OneHour); iv.Start().Before(midnight); iv = iv.Next() {
			hours++
		}
		if quarters != c.want || hours*4 != c.want || len(names) != c.want {
			t.Errorf("%s: got %d quarter hours (%d names) and %d hours, want %d", c.day.Format(time.DateOnly), quarters, len(names), hours, c.want)
		}
	}
}

func TestNewIntervalRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		start  int64
		length energy.Length
	}{
		{"misaligned", 60, energy.FifteenMinutes}, {"before 1970", -900, energy.FifteenMinutes},
		{"no length", 0, 0}, {"seven minutes", 0, 420}, {"a day", 0, 86400},
		{"ends after 9999", 253402300800, energy.OneMinute}, {"huge", math.MaxInt64 - math.MaxInt64%900, energy.FifteenMinutes},
	} {
		if got, err := energy.NewInterval(c.start, c.length); !errors.Is(err, energy.ErrInterval) {
			t.Errorf("%s: got %s, %v, want ErrInterval", c.name, got, err)
		}
	}
	if (energy.Interval{}).Valid() {
		t.Error("the zero interval is valid")
	}
}

func TestLengthOf(t *testing.T) {
	for _, l := range lengths {
		if got, err := energy.LengthOf(l.Duration()); err != nil || got != l || !l.Valid() {
			t.Errorf("%s: got %d, %v, want %d", l.Duration(), got, err, l)
		}
	}
	for _, d := range []time.Duration{0, time.Second, -time.Minute, 15*time.Minute + 1, 24 * time.Hour} {
		if got, err := energy.LengthOf(d); !errors.Is(err, energy.ErrInterval) {
			t.Errorf("%s: got %d, %v, want ErrInterval", d, got, err)
		}
	}
}

func TestParseInterval(t *testing.T) {
	quarter, _ := energy.NewInterval(1774746000, energy.FifteenMinutes)
	if got, err := energy.ParseInterval("2026-03-29T01:00Z/PT15M"); err != nil || got != quarter {
		t.Errorf("got %s, %v, want %s", got, err, quarter)
	}
	for _, text := range []string{
		"", "/", "2026-03-29T01:00Z", "2026-03-29T01:00Z/", "2026-03-29T01:00Z/PT7M", "2026-03-29T01:07Z/PT15M",
		"2026-03-29T01:00/PT15M", "2026-03-29T01:00+01:00/PT15M", "2026-02-30T01:00Z/PT15M", "1969-12-31T23:45Z/PT15M",
		"2026-03-29T1:00Z/PT15M",  // one hour, one spelling
		"2026-03-29T01:00Z/PT60M", // PT1H
		"2026-03-29T01:00Z/PT15M/PT15M", " 2026-03-29T01:00Z/PT15M", "12026-03-29T01:00Z/PT15M",
	} {
		if got, err := energy.ParseInterval(text); !errors.Is(err, energy.ErrInterval) {
			t.Errorf("%q: got %s, %v, want ErrInterval", text, got, err)
		}
	}
}

func FuzzParseInterval(f *testing.F) {
	for _, seed := range []string{"2026-03-29T01:00Z/PT15M", "1970-01-01T00:00Z/PT1H", "9999-12-31T23:59Z/PT1M", "2026-03-29T1:00Z/PT15M", "/", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		iv, err := energy.ParseInterval(text)
		if err == nil && iv.String() != text {
			t.Fatalf("%q parses and prints %q: an interval has one spelling", text, iv)
		}
	})
}

func FuzzDecodeInterval(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 132})
	f.Add([]byte{0, 0, 0, 58, 255, 244, 65, 128, 0, 0, 0, 60})
	f.Add(bytes.Repeat([]byte{255}, 12))
	f.Fuzz(func(t *testing.T, b []byte) {
		iv, err := energy.DecodeInterval(b)
		if err != nil {
			if !errors.Is(err, energy.ErrInterval) {
				t.Fatalf("got %v, want ErrInterval", err)
			}
			return
		}
		if got, _ := iv.AppendBinary(nil); !bytes.Equal(got, b[:energy.IntervalSize]) || !iv.Valid() {
			t.Fatalf("decoded %x to %s, encodes to %x", b, iv, got)
		}
	})
}
