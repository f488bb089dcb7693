package ocmf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// ErrDuplicate is returned for a payload that was billed before.
var ErrDuplicate = problem.New(problem.Conflict, "this payload was billed before")

// Transaction is the energy of one charging transaction between two signed readings of one meter.
type Transaction struct {
	Meter      string
	Register   string
	Begin, End time.Time
	// TimeCertain says that both times are of a synchronised clock, or the end is measured from the begin (relative): only then may a
	// bill count minutes.
	TimeCertain bool
	// From and To are the register in Wh; Energy is their difference, whole Wh, rounded down: never more than was metered.
	From, To decimal.Decimal
	Energy   energy.WattHours
}

// Check says whether the record's readings are fit to be billed, each by itself: the meter's status is good, and no error is flagged.
func (r *Record) Check() error {
	if r.content.meter == "" {
		return fmt.Errorf("no serial number, neither of the meter nor of the gateway: %w", ErrReading)
	}
	if len(r.content.readings) == 0 {
		return fmt.Errorf("no readings: %w", ErrReading)
	}
	for i, reading := range r.content.readings {
		if _, energy := reading.wattHours(); !energy {
			continue // a duration or another register: it is not billed
		}
		if reading.Status != "G" {
			return fmt.Errorf("reading %d has status %q, not G: %w", i+1, reading.Status, ErrReading)
		}
		if reading.Errors != "" {
			return fmt.Errorf("reading %d has errors %q: %w", i+1, reading.Errors, ErrReading)
		}
	}
	return nil
}

// Accept is all that can be said about one record alone: its signature and its readings are in order.
func (r *Record) Accept(k *Key) error {
	if err := r.Verify(k); err != nil {
		return err
	}
	return r.Check()
}

// ending are the reasons of a reading that ends a transaction: E, and remotely, locally, aborted, by power loss.
const ending = "ELRAP"

// Pair finds the begin and the end of one transaction, in one record or in several that follow each other without a gap. Records
// must have been accepted; repeats of one payload count once.
func Pair(records ...*Record) (d Transaction, err error) {
	records = distinct(records)
	if err := connected(records); err != nil {
		return d, err
	}
	var begin, end *Reading
	for _, record := range records {
		for i := range record.content.readings {
			reading := &record.content.readings[i]
			if _, ok := reading.wattHours(); !ok {
				continue
			}
			switch {
			case reading.Reason == "B" && begin == nil:
				begin = reading
			case reading.Reason == "B" && reading.Register == begin.Register:
				return d, fmt.Errorf("two begins: %w", ErrReading)
			case begin == nil || reading.Register != begin.Register:
			case end != nil:
				return d, fmt.Errorf("something follows the end: %w", ErrReading)
			case reading.Reason != "" && strings.Contains(ending, reading.Reason):
				end = reading
			}
		}
	}
	if begin == nil || end == nil {
		return d, fmt.Errorf("begin or end is missing: %w", ErrReading)
	}
	return between(records[0].content.meter, *begin, *end)
}

// distinct returns each payload once, in the order of pagination.
func distinct(records []*Record) []*Record {
	seen := map[Digest]bool{}
	var kept []*Record
	for _, r := range records {
		if !seen[r.Digest()] {
			seen[r.Digest()] = true
			kept = append(kept, r)
		}
	}
	slices.SortStableFunc(kept, func(a, b *Record) int { return cmp.Compare(a.content.pagination.number, b.content.pagination.number) })
	return kept
}

func connected(records []*Record) error {
	for i, r := range records {
		if err := r.Check(); err != nil {
			return err
		}
		first, page := records[0].content, r.content.pagination
		if r.content.meter != first.meter || r.content.gateway != first.gateway {
			return fmt.Errorf("meters %s and %s: %w", first.meter, r.content.meter, ErrReading)
		}
		if page.context != 'T' || page.number != first.pagination.number+uint64(i) {
			return fmt.Errorf("page %c%d does not follow T%d directly: %w", page.context, page.number, first.pagination.number, ErrReading)
		}
	}
	return nil
}

func between(meter string, begin, end Reading) (d Transaction, err error) {
	d = Transaction{Meter: meter, Register: begin.Register, Begin: begin.At, End: end.At}
	d.From, _ = begin.wattHours()
	d.To, _ = end.wattHours()
	d.TimeCertain = end.Clock == 'R' || begin.Clock == 'S' && end.Clock == 'S'
	amount := d.To.Sub(d.From).Floor()
	switch {
	case end.At.Before(begin.At):
		return d, fmt.Errorf("the end is before the begin: %w", ErrReading)
	case amount.IsNegative():
		return d, fmt.Errorf("the register fell from %s to %s Wh: %w", d.From, d.To, ErrReading)
	case amount.GreaterThan(decimal.NewFromInt(int64(energy.MaxEnergy))):
		return d, fmt.Errorf("%s Wh is more than a car takes: %w", amount, ErrReading)
	}
	d.Energy = energy.WattHours(amount.IntPart())
	return d, nil
}

// Billed remembers the payloads that were billed. The zero value remembers none.
type Billed struct{ digests map[Digest]struct{} }

// Add bills the payloads of one transaction, all or none.
func (b *Billed) Add(records ...*Record) error {
	for _, r := range records {
		if _, ok := b.digests[r.Digest()]; ok {
			return fmt.Errorf("meter %s page %c%d: %w", r.content.meter, r.content.pagination.context, r.content.pagination.number, ErrDuplicate)
		}
	}
	if b.digests == nil {
		b.digests = map[Digest]struct{}{}
	}
	for _, r := range records {
		b.digests[r.Digest()] = struct{}{}
	}
	return nil
}

// Meter is the meter's serial number, or the gateway's where it is the meter.
func (r *Record) Meter() string { return r.content.meter }

// Page is the record's place among its gateway's records, such as T117.
func (r *Record) Page() string {
	return fmt.Sprintf("%c%d", r.content.pagination.context, r.content.pagination.number)
}

// Readings are what the record says about registers, in its order.
func (r *Record) Readings() []Reading { return slices.Clone(r.content.readings) }
