package ocr

import (
	"errors"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

func TestShelfTakesWhatTheRegistryAccepts(t *testing.T) {
	s := newStreet(t, 2)
	now := s.genesis.End().Add(time.Second)
	shelf := newShelf(s.registry, &verified{}, func() time.Time { return now })

	good := s.sign(home(1), s.genesis, 0)
	forged := good
	forged.Export++
	stranger := newStreet(t, 1).sign(home(1), s.genesis, 0) // the same name, another device
	askew := good.Reading
	askew.Boundary++
	askew.Taken += 1000
	future := s.sign(home(1), s.genesis.Add(300), 0)

	for name, c := range map[string]struct {
		reading meter.SignedReading
		want    error
	}{
		"good": {good, nil}, "again": {good, nil}, "forged": {forged, meter.ErrSignature}, "stranger": {stranger, meter.ErrSignature},
		"off the grid": {meter.Sign(s.keys[home(1)], askew), oracle.ErrMalformed}, "from the future": {future, oracle.ErrMalformed},
	} {
		if err := shelf.Put(c.reading); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if held := shelf.Held(s.genesis.EndUnix()); len(held) != 1 || held[0] != good {
		t.Errorf("held %+v, want the good reading once", held)
	}
}

func TestShelfIsBounded(t *testing.T) {
	s := newStreet(t, 1)
	now := s.genesis.End()
	shelf := newShelf(s.registry, &verified{}, func() time.Time { return now })

	for i := range 5 { // five stories for one boundary: two are proof enough
		if err := shelf.Put(s.sign(home(1), s.genesis, 0)); err != nil {
			t.Fatal(err)
		}
		s.last[home(1)] = meter.SignedReading{Reading: meter.Reading{Counter: uint64(i + 1)}}
	}
	if held := shelf.Held(s.genesis.EndUnix()); len(held) != copies {
		t.Errorf("%d readings of one meter for one boundary, want %d", len(held), copies)
	}
	next := s.genesis.Next()
	now = next.End()
	if err := shelf.Put(s.sign(home(1), next, 0)); err != nil {
		t.Fatal(err)
	}
	shelf.Drop(next.EndUnix())
	if held := shelf.Held(s.genesis.EndUnix()); len(held) != 0 {
		t.Errorf("%d readings held of a closed interval, want 0", len(held))
	}
	if err := shelf.Put(s.sign(home(1), s.genesis, 0)); err != nil || len(shelf.Held(s.genesis.EndUnix())) != 0 || shelf.size != 1 {
		t.Errorf("late reading: %v, %d held, size %d, want nil, 0, 1", err, len(shelf.Held(s.genesis.EndUnix())), shelf.size)
	}
	now = now.Add(shelfSpan + time.Hour)
	old := s.sign(home(1), next.Next(), 0)
	if err := shelf.Put(old); err != nil || len(shelf.Held(old.Boundary)) != 0 {
		t.Errorf("reading older than the span: %v, %d held, want nil, 0", err, len(shelf.Held(old.Boundary)))
	}
	shelf.size = shelfSize
	recent := energy.IntervalAt(now, energy.FifteenMinutes)
	if err := shelf.Put(s.sign(home(1), recent, 0)); !errors.Is(err, ErrShelfFull) {
		t.Errorf("full shelf: %v, want %v", err, ErrShelfFull)
	}
}

func TestVerifiedForgetsInTheEnd(t *testing.T) {
	var v verified
	digest := func(i int) meter.Digest { return meter.Digest{byte(i), byte(i >> 8), byte(i >> 16)} }
	for i := range 3 * generation {
		v.add(digest(i))
		if !v.has(digest(i)) {
			t.Fatalf("reading %d forgotten at once", i)
		}
	}
	if n := len(v.young) + len(v.old); n > 2*generation {
		t.Errorf("%d readings remembered, want at most %d", n, 2*generation)
	}
	if v.has(digest(0)) {
		t.Error("the first of three generations is remembered, want it forgotten")
	}
}
