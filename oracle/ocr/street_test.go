package ocr

import (
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// street is a zone whose devices the test holds: each keeps its own chain of readings.
type street struct {
	t        *testing.T
	registry oracle.Registry
	genesis  energy.Interval
	keys     map[energy.Meter]ed25519.PrivateKey
	last     map[energy.Meter]meter.SignedReading
}

func newStreet(t *testing.T, homes int) *street {
	t.Helper()
	s := &street{t: t, keys: map[energy.Meter]ed25519.PrivateKey{}, last: map[energy.Meter]meter.SignedReading{}}
	s.genesis = energy.IntervalAt(time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC), energy.FifteenMinutes)
	var registrations []oracle.Registration
	for i := range homes {
		id := home(i + 1)
		public, secret, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		s.keys[id] = secret
		registrations = append(registrations, oracle.Registration{
			Meter: id, Device: [32]byte(public), MaxExport: 10_000, MaxImport: 20_000,
		})
	}
	var err error
	if s.registry, err = oracle.NewRegistry("street", energy.FifteenMinutes, 5*time.Minute, registrations); err != nil {
		t.Fatal(err)
	}
	return s
}

func home(n int) energy.Meter { return energy.Meter(fmt.Sprintf("home-%02d-grid", n)) }

// sign makes a meter's next reading, for an interval's end, with export more Wh than its last; it is not remembered.
func (s *street) sign(id energy.Meter, interval energy.Interval, export energy.WattHours) meter.SignedReading {
	last, ok := s.last[id]
	r := meter.Reading{
		Zone: "street", Meter: id, Boot: 1, Counter: 1, Boundary: interval.EndUnix(), Taken: interval.EndUnix()*1000 + 250,
		Import: 50_000, Export: 10_000, Quality: meter.Measured,
	}
	if ok {
		r.Counter, r.Previous, r.Import, r.Export = last.Counter+1, last.Digest(), last.Import+7, last.Export+export
	}
	return meter.Sign(s.keys[id], r)
}

// readings is one reading of every meter for an interval's end: home n exported n times 100 Wh.
func (s *street) readings(interval energy.Interval) (all []meter.SignedReading) {
	for i, m := range s.registry.Meters {
		r := s.sign(m.Meter, interval, energy.WattHours(100*(i+1)))
		s.last[m.Meter] = r
		all = append(all, r)
	}
	return all
}
