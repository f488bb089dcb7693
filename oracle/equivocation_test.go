package oracle_test

import (
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// street is a zone of meters whose keys the test holds.
type street struct {
	registry oracle.Registry
	keys     map[energy.Meter]ed25519.PrivateKey
	first    energy.Interval
}

func newStreet(t *testing.T, homes int) street {
	t.Helper()
	s := street{keys: map[energy.Meter]ed25519.PrivateKey{}}
	s.first = energy.IntervalAt(time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC), energy.FifteenMinutes)
	var registrations []oracle.Registration
	for i := range homes {
		seed := make([]byte, ed25519.SeedSize)
		seed[0] = byte(i + 1)
		id := energy.Meter(fmt.Sprintf("home-%02d-grid", i+1))
		s.keys[id] = ed25519.NewKeyFromSeed(seed)
		registrations = append(registrations, oracle.Registration{
			Meter: id, Device: [32]byte(s.keys[id].Public().(ed25519.PublicKey)), MaxExport: 10_000, MaxImport: 20_000,
		})
	}
	var err error
	if s.registry, err = oracle.NewRegistry("street", energy.FifteenMinutes, 5*time.Minute, registrations); err != nil {
		t.Fatal(err)
	}
	return s
}

// reading is a meter's nth reading: at the end of the nth interval, 100 Wh more export with each.
func (s street) reading(id energy.Meter, n int, previous meter.Digest, export energy.WattHours) meter.SignedReading {
	boundary := s.first.Add(n).EndUnix()
	return meter.Sign(s.keys[id], meter.Reading{
		Zone: "street", Meter: id, Boot: 1, Counter: uint64(n + 1), Previous: previous, Boundary: boundary,
		Taken: boundary*1000 + 40, Export: export, Quality: meter.Measured,
	})
}

func TestObserveLeavesOutAMeterThatSignedTwice(t *testing.T) {
	s := newStreet(t, 3)
	honest := s.reading("home-01-grid", 0, meter.Digest{}, 100)
	one := s.reading("home-02-grid", 0, meter.Digest{}, 100)
	other := s.reading("home-02-grid", 0, meter.Digest{}, 900)
	last := s.reading("home-03-grid", 0, meter.Digest{}, 100)
	now := s.first.End().Add(time.Second)

	o := s.registry.Observe(s.first, []meter.SignedReading{last, one, honest, other, honest}, now)
	if len(o.Readings) != 2 || o.Readings[0] != honest || o.Readings[1] != last {
		t.Errorf("observed %d readings %v, want those of homes 01 and 03: a repeat is one reading, two different ones are none",
			len(o.Readings), o.Readings)
	}
	if o.Closed {
		t.Error("closed before the deadline with a meter missing, want open")
	}
	if o = s.registry.Observe(s.first, []meter.SignedReading{one}, now.Add(s.registry.Deadline)); len(o.Readings) != 1 || !o.Closed {
		t.Errorf("after the deadline %d readings, closed %v, want 1, true", len(o.Readings), o.Closed)
	}
}

func TestDecideLeavesOutAMeterThatToldOraclesDifferentThings(t *testing.T) {
	s := newStreet(t, 2)
	base := []meter.SignedReading{
		s.reading("home-01-grid", 0, meter.Digest{}, 100), s.reading("home-02-grid", 0, meter.Digest{}, 100),
	}
	honest := s.reading("home-01-grid", 1, base[0].Digest(), 200)
	one, other := s.reading("home-02-grid", 1, base[1].Digest(), 200), s.reading("home-02-grid", 1, base[1].Digest(), 900)
	previous := oracle.Outcome{Next: s.first.Next(), Last: base}
	now := s.first.Next().End().Add(time.Second)
	observe := func(readings ...meter.SignedReading) oracle.Observation {
		return s.registry.Observe(previous.Next, readings, now)
	}

	next := s.registry.Decide(previous, []oracle.Observation{
		observe(honest, one), observe(honest, one), observe(honest, other), observe(honest, other),
	}, 1)
	if !next.Closed || len(next.Leaves) != 1 || next.Leaves[0].Meter != "home-01-grid" || next.Leaves[0].Export != 100 {
		t.Errorf("closed %v with leaves %+v, want one of home-01-grid over 100 Wh", next.Closed, next.Leaves)
	}
	if len(next.Last) != 2 || next.Last[0] != honest || next.Last[1] != base[1] {
		t.Errorf("bases %+v, want home 01's new reading and home 02's old one", next.Last)
	}
}

func TestDecodeOutcomeRefusesASecondEncoding(t *testing.T) {
	s := newStreet(t, 1)
	b := oracle.AppendOutcome(nil, oracle.Genesis(s.first))
	b[len(b)-9] = 2 // closed, before the two counts of zero
	if _, err := oracle.DecodeOutcome(b); err == nil {
		t.Error("outcome with closed = 2 decoded, want an error")
	}
}
