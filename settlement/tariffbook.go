package settlement

import (
	"fmt"
	"math"
	"time"

	"github.com/wattle/wattle/energy"
)

// DatedTariff is a tariff and the time in which it holds: from From until before Until, both in Unix seconds.
//
// Windows give the supplier's prices by time of day. They are in local time, which is UTC plus Offset: the hour
// changes twice a year in many places, and there a new dated tariff begins. No calendar of time zones is needed.
type DatedTariff struct {
	From, Until int64
	Tariff      Tariff        // Import and Export hold where there are no windows
	Offset      time.Duration // of local time from UTC, whole minutes within 18 hours
	Windows     []Window      // ascending, the first at midnight; none where prices hold all day
	Weekend     []Window      // instead of Windows on Saturday and Sunday; none where these days are like the others
}

// Window is a part of a local day, up to the next window or midnight.
type Window struct {
	From   time.Duration // after midnight, whole minutes
	Import energy.Price
	Export energy.Price
}

// Forever is an Until that never comes.
const Forever int64 = math.MaxInt64

// TariffBook is what a zone's tariffs were, are and will be: ascending, each from where the one before ends.
type TariffBook []DatedTariff

// Always is a book with one tariff for all time.
func Always(t Tariff) TariffBook { return TariffBook{{Until: Forever, Tariff: t}} }

const (
	day       = 24 * time.Hour
	maxOffset = 18 * time.Hour // RFC 3339 has less than a day, the world at most 14 hours
)

// Validate refuses a book with a gap or an overlap, and says from when to when.
func (b TariffBook) Validate() error {
	if len(b) == 0 {
		return fmt.Errorf("tariffs: there are none: %w", ErrCase)
	}
	for i, d := range b {
		if i > 0 {
			switch before := b[i-1].Until; {
			case before < d.From:
				return fmt.Errorf("tariffs: none from %s to %s: %w", instant(before), instant(d.From), ErrCase)
			case before > d.From:
				return fmt.Errorf("tariffs: two from %s to %s: %w", instant(d.From), instant(min(before, d.Until)), ErrCase)
			}
		}
		if err := d.validate(); err != nil {
			return fmt.Errorf("tariff from %s: %w", instant(d.From), err)
		}
	}
	return nil
}

func (d DatedTariff) validate() error {
	if d.From < 0 || d.Until <= d.From {
		return fmt.Errorf("until %s: use a later time: %w", instant(d.Until), ErrCase)
	}
	if d.Offset.Abs() > maxOffset || d.Offset%time.Minute != 0 {
		return fmt.Errorf("offset %s: use whole minutes within %s: %w", d.Offset, maxOffset, ErrCase)
	}
	if len(d.Windows) == 0 {
		if len(d.Weekend) > 0 {
			return fmt.Errorf("windows of the weekend, but none of the week: %w", ErrCase)
		}
		return d.Tariff.Validate()
	}
	for _, windows := range [][]Window{d.Windows, d.Weekend} {
		for i, w := range windows {
			if i == 0 && w.From != 0 || i > 0 && w.From <= windows[i-1].From || w.From >= day || w.From%time.Minute != 0 {
				return fmt.Errorf("window at %s: begin at midnight, then ascend by whole minutes: %w", w.From, ErrCase)
			}
			if err := d.with(w).Validate(); err != nil {
				return fmt.Errorf("window at %s: %w", w.From, err)
			}
		}
	}
	return nil
}

func (d DatedTariff) with(w Window) Tariff {
	t := d.Tariff
	t.Import, t.Export = w.Import, w.Export
	return t
}

// At is the tariff of an interval. It returns ErrCase where the book has none, and where prices change within the
// interval. The book must be valid.
func (b TariffBook) At(iv energy.Interval) (Tariff, error) {
	start, end := iv.StartUnix(), iv.EndUnix()
	for _, d := range b {
		if start < d.From {
			return Tariff{}, fmt.Errorf("%s: no tariff before %s: %w", iv, instant(d.From), ErrCase)
		}
		if start >= d.Until {
			continue
		}
		if end > d.Until {
			return Tariff{}, fmt.Errorf("%s: the tariff changes within it, at %s: %w", iv, instant(d.Until), ErrCase)
		}
		return d.at(iv)
	}
	if len(b) == 0 {
		return Tariff{}, fmt.Errorf("%s: no tariff: %w", iv, ErrCase)
	}
	return Tariff{}, fmt.Errorf("%s: no tariff after the last of the book, which ends %s: %w", iv, instant(b[len(b)-1].Until), ErrCase)
}

// at picks the window in which the interval lies.
func (d DatedTariff) at(iv energy.Interval) (Tariff, error) {
	local := iv.StartUnix() + int64(d.Offset/time.Second)
	const seconds = int64(day / time.Second)
	days, second := local/seconds, local%seconds
	if second < 0 {
		days, second = days-1, second+seconds
	}
	windows := d.Windows
	weekday := time.Weekday((days + 7 + int64(time.Thursday)) % 7) // the first day of 1970 was one; days is at least -1
	if len(d.Weekend) > 0 && (weekday == time.Saturday || weekday == time.Sunday) {
		windows = d.Weekend
	}
	at, until := time.Duration(second)*time.Second, time.Duration(second)*time.Second+iv.Length().Duration()
	t := d.Tariff
	for _, w := range windows {
		switch {
		case w.From <= at:
			t = d.with(w)
		case w.From < until:
			return Tariff{}, fmt.Errorf("%s: the price changes within it, at %s local time: %w", iv, w.From, ErrCase)
		}
	}
	return t, nil
}

// instant prints a time for people.
func instant(unix int64) string {
	if unix == Forever {
		return "for ever"
	}
	return time.Unix(unix, 0).UTC().Format(time.RFC3339)
}
