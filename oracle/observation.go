package oracle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

// Registration is what is publicly known of a metering point: who may sign for it, and what its connection can carry.
type Registration struct {
	Meter     energy.Meter
	Device    [32]byte     // Ed25519 public key
	MaxExport energy.Watts // nameplate of everything behind the meter that can feed in
	MaxImport energy.Watts // contracted power of the connection
}

// Registry is the set of metering points of a zone, ascending by meter. Every oracle of a group holds the same one.
type Registry struct {
	Zone     energy.Zone
	Length   energy.Length
	Deadline time.Duration // how long after an interval's end readings are waited for
	Meters   []Registration
}

// Find returns the registration of a meter.
func (r Registry) Find(id energy.Meter) (Registration, bool) {
	i, ok := slices.BinarySearchFunc(r.Meters, id, func(m Registration, id energy.Meter) int {
		return strings.Compare(string(m.Meter), string(id))
	})
	if !ok {
		return Registration{}, false
	}
	return r.Meters[i], true
}

// Observation is what one oracle knows about one interval's end.
type Observation struct {
	Interval energy.Interval
	Closed   bool                  // every meter's reading is here, or the deadline has passed
	Readings []meter.SignedReading // for the boundary at the interval's end, ascending by meter, one per meter

	Settled SettlementReport // the next one, as this oracle recomputed it; its number is 0 where it has none
}

// Observe makes the observation of an interval at the time now out of the readings an oracle holds for its end. It
// leaves out readings that are not valid for the zone, and meters whose device signed two different ones.
func (r Registry) Observe(interval energy.Interval, held []meter.SignedReading, now time.Time) Observation {
	o := Observation{Interval: interval}
	for _, s := range held {
		if s.Boundary == interval.EndUnix() && r.Check(s) == nil && s.Taken <= now.UnixMilli() {
			o.Readings = append(o.Readings, s)
		}
	}
	slices.SortFunc(o.Readings, compareReadings)
	o.Readings = single(slices.Compact(o.Readings))
	o.Closed = !now.Before(interval.End()) &&
		(len(o.Readings) == len(r.Meters) || !now.Before(interval.End().Add(r.Deadline)))
	return o
}

// single keeps the readings whose meter occurs once. They must be sorted by meter.
func single(readings []meter.SignedReading) (kept []meter.SignedReading) {
	for i, s := range readings {
		before := i > 0 && readings[i-1].Meter == s.Meter
		after := i+1 < len(readings) && readings[i+1].Meter == s.Meter
		if !before && !after {
			kept = append(kept, s)
		}
	}
	return kept
}

func compareReadings(a, b meter.SignedReading) int {
	if c := strings.Compare(string(a.Meter), string(b.Meter)); c != 0 {
		return c
	}
	digestA, digestB := a.Digest(), b.Digest()
	return slices.Compare(digestA[:], digestB[:])
}

// ErrLate is returned for a reading taken when the next boundary was due: it can no longer stand for its own.
var ErrLate = problem.New(problem.Invalid, "read an interval or more after its boundary")

// Check says whether a reading may be used at all: of this zone, by the device registered for its meter, taken
// before the next boundary, signed.
func (r Registry) Check(s meter.SignedReading) error {
	registered, ok := r.Find(s.Meter)
	if s.Zone != r.Zone || !ok || registered.Device != s.Device {
		return fmt.Errorf("meter %s in zone %s: not registered: %w", s.Meter, s.Zone, meter.ErrSignature)
	}
	if s.Taken/1000-s.Boundary >= int64(r.Length) {
		return fmt.Errorf("meter %s counter %d: %w", s.Meter, s.Counter, ErrLate)
	}
	return s.Verify()
}

// AppendObservation appends the observation's bytes: interval 12, closed 1, settled 1 and if so the settlement report
// 156, then the signed readings.
func AppendObservation(b []byte, o Observation) []byte {
	b, _ = o.Interval.AppendBinary(b) // never fails
	b = appendFlag(b, o.Closed)
	b = appendSettled(b, o.Settled)
	for _, s := range o.Readings {
		b = meter.AppendSignedReading(b, s)
	}
	return b
}

// DecodeObservation reads what AppendObservation wrote and checks its form: boundaries at the interval's end,
// ascending meters. The readings' signatures are checked by Registry.Check.
func DecodeObservation(b []byte) (Observation, error) {
	const head = energy.IntervalSize + 1
	if len(b) < head || b[head-1] > 1 {
		return Observation{}, fmt.Errorf("observation of %d bytes: %w", len(b), ErrMalformed)
	}
	interval, err := energy.DecodeInterval(b)
	if err != nil {
		return Observation{}, fmt.Errorf("observation: %w", err)
	}
	o := Observation{Interval: interval, Closed: b[head-1] == 1}
	if o.Settled, b, err = cutSettled(b[head:]); err != nil {
		return Observation{}, fmt.Errorf("observation: %w", err)
	}
	if len(b)%meter.SignedReadingSize != 0 {
		return Observation{}, fmt.Errorf("observation with %d bytes of readings: %w", len(b), ErrMalformed)
	}
	for ; len(b) > 0; b = b[meter.SignedReadingSize:] {
		s, err := meter.DecodeSignedReading(b[:meter.SignedReadingSize])
		if err != nil {
			return Observation{}, fmt.Errorf("observation: %w", err)
		}
		if n := len(o.Readings); s.Boundary != interval.EndUnix() || n > 0 && o.Readings[n-1].Meter >= s.Meter {
			return Observation{}, fmt.Errorf("observation: reading of %s out of place: %w", s.Meter, ErrMalformed)
		}
		o.Readings = append(o.Readings, s)
	}
	return o, nil
}
