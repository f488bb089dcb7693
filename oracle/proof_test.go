package oracle_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// forked is a device that signed two exports for its counter 2.
func forked(t testing.TB) oracle.Equivocated {
	t.Helper()
	first := homeAt(1).first()
	e, err := oracle.Equivocate(homeAt(1).after(first, 1, 5, 900), homeAt(1).after(first, 1, 5, 100))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEquivocationBytes(t *testing.T) {
	e := forked(t)
	b := oracle.AppendEquivocation(nil, e)
	golden(t, "equivocation.golden", table(t, b, []field{
		{"domain", 21}, {"first", meter.SignedReadingSize}, {"second", meter.SignedReadingSize},
	}))
	if got, err := oracle.DecodeEquivocation(b); err != nil || got != e {
		t.Errorf("got %+v, %v, want %+v", got, err, e)
	}
	if f := e.Finding(); f.Validate() != nil || !f.Accuses() || f.Confidence != oracle.Sure {
		t.Errorf("finding %+v, want a sure accusation", f)
	}
}

func TestEquivocationIsRefused(t *testing.T) {
	s := newStreet(t, 2)
	one, other := s.reading("home-01-grid", 0, meter.Digest{}, 100), s.reading("home-01-grid", 0, meter.Digest{}, 900)
	unsigned := other
	unsigned.Signature[3] ^= 1
	again := one
	again.Signature[3] ^= 1
	for name, second := range map[string]meter.SignedReading{
		"the same reading":              one,
		"its signature altered":         again,
		"another counter":               s.reading("home-01-grid", 1, one.Digest(), 200),
		"another device":                s.reading("home-02-grid", 0, meter.Digest{}, 900),
		"a signature that is not right": unsigned,
	} {
		if _, err := oracle.Equivocate(one, second); !errors.Is(err, oracle.ErrUnproven) {
			t.Errorf("%s: got %v, want %v", name, err, oracle.ErrUnproven)
		}
	}
	e := forked(t)
	good := oracle.AppendEquivocation(nil, e)
	for i := range good {
		if _, err := oracle.DecodeEquivocation(with(good, i, good[i]^1)); err == nil {
			t.Fatalf("byte %d altered: accepted", i)
		}
	}
	if _, err := oracle.DecodeEquivocation(oracle.AppendEquivocation(nil, oracle.Equivocated{First: e.Second, Second: e.First})); !errors.Is(err, oracle.ErrMalformed) {
		t.Errorf("out of order: got %v, want %v", err, oracle.ErrMalformed)
	}
}

func FuzzDecodeEquivocation(f *testing.F) {
	fuzzDecoder(f, oracle.DecodeEquivocation, oracle.AppendEquivocation, oracle.AppendEquivocation(nil, forked(f)))
}

func TestCountersFindAForkAtOnce(t *testing.T) {
	s := newStreet(t, 1)
	var c oracle.Counters
	first := s.reading("home-01-grid", 0, meter.Digest{}, 100)
	for _, r := range []meter.SignedReading{first, s.reading("home-01-grid", 1, first.Digest(), 200), first} {
		if _, found := c.Take(r); found {
			t.Fatalf("counter %d: a repeat is no fork", r.Counter)
		}
	}
	fork := s.reading("home-01-grid", 1, first.Digest(), 300)
	if proof, found := c.Take(fork); !found || proof.Second != fork && proof.First != fork {
		t.Errorf("got %v, want the proof", found)
	}
	c.Forget(fork.Boundary + 1)
	if _, found := c.Take(fork); found {
		t.Error("found what was forgotten")
	}
}

// The naive twin of a mark remembers each Wh of the register that was counted.
func TestMarkCountsEachWattHourOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var mark oracle.Mark
		earlier := meter.SignedReading{Reading: meter.Reading{Export: 40}}
		counted := map[energy.WattHours]bool{}
		for w := range earlier.Export {
			counted[w] = true
		}
		for range 30 {
			later := earlier
			if later.Export += energy.WattHours(random.IntN(20)); random.IntN(6) == 0 {
				later.Export = energy.WattHours(random.IntN(100))
			}
			var want energy.WattHours
			for w := range later.Export {
				if !counted[w] {
					counted[w], want = true, want+1
				}
			}
			repeated := mark.Repeated(earlier, later)
			next, _, got := mark.Advance(earlier, later)
			if got != want || repeated != max(0, later.Export-earlier.Export)-want {
				t.Fatalf("from %d to %d: %d new, %d repeated, want %d", earlier.Export, later.Export, got, repeated, want)
			}
			mark, earlier = next, later
		}
	}
}
