package exchange

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// TestOutcomes compares the table of identities with a map while it grows, shrinks and holds many times what one bucket does.
func TestOutcomes(t *testing.T) {
	type identity struct {
		member uint32
		client ClientID
	}
	rng := rand.New(rand.NewPCG(1, 2))
	s, twin := newOutcomes(), map[identity]uint64{}
	var all []identity
	for n := range 120_000 {
		who := identity{member: rng.Uint32N(5)}
		binary.LittleEndian.PutUint32(who.client[:], rng.Uint32N(1<<18))
		got, want := s.find(who.member, &who.client), twin[who]
		if (got != nil) != (want != 0) || got != nil && got.id != want {
			t.Fatalf("%d: got %v, want %d", n, got, want)
		}
		if got == nil {
			s.add(&outcome{client: who.client, member: who.member, id: uint64(n) + 1})
			twin[who] = uint64(n) + 1
			all = append(all, who)
		}
		for most := 10_000 + n/10_000%3*20_000; s.count() > most; { // it breathes
			if o := s.oldest(); o.client != all[0].client || o.id != twin[all[0]] {
				t.Fatalf("%d: oldest is %v, want %v", n, o, all[0])
			}
			s.forget()
			delete(twin, all[0])
			all = all[1:]
		}
	}
	for who, want := range twin {
		if got := s.find(who.member, &who.client); got == nil || got.id != want {
			t.Fatalf("%v: got %v, want %d", who, got, want)
		}
	}
	spilled := 0
	for _, b := range s.table {
		if b.beyond > s.first {
			spilled++
		}
	}
	if spilled == 0 {
		t.Fatal("no bucket was ever too small: the test shows nothing of what happens then")
	}
}
