package energy_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
)

func TestNames(t *testing.T) {
	longest := strings.Repeat("a", energy.MaxName)
	for _, name := range []string{"a", "street", "home-01-grid", "z9", longest} {
		if got, err := energy.ParseZone(name); err != nil || string(got) != name {
			t.Errorf("zone %q: got %q, %v", name, got, err)
		}
		if got, err := energy.ParseMember(name); err != nil || string(got) != name {
			t.Errorf("member %q: got %q, %v", name, got, err)
		}
		if got, err := energy.ParseMeter(name); err != nil || string(got) != name {
			t.Errorf("meter %q: got %q, %v", name, got, err)
		}
	}
	// A dot, star or greater-than would be a subject or a wildcard of the log; a slash a path.
	for _, name := range []string{
		"", longest + "a", "9a", "-a", "a-", "-", "Home", "home 1", "home.1", "*", ">", "a/b", "a_b", "müller", "a\x00", "a\n",
	} {
		if got, err := energy.ParseZone(name); !errors.Is(err, energy.ErrName) {
			t.Errorf("zone %q: got %q, %v, want ErrName", name, got, err)
		}
		if got, err := energy.ParseMember(name); !errors.Is(err, energy.ErrName) {
			t.Errorf("member %q: got %q, %v, want ErrName", name, got, err)
		}
		if got, err := energy.ParseMeter(name); !errors.Is(err, energy.ErrName) {
			t.Errorf("meter %q: got %q, %v, want ErrName", name, got, err)
		}
	}
}

func TestNameRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-z]([a-z0-9-]{0,29}[a-z0-9])?`).Draw(t, "name")
		for _, encoded := range [][energy.IDSize]byte{energy.Zone(name).Bytes(), energy.Member(name).Bytes(), energy.Meter(name).Bytes()} {
			if encoded[energy.IDSize-1] != 0 {
				t.Fatalf("%q does not end in zero: %x", name, encoded)
			}
			if got, err := energy.DecodeName(encoded); err != nil || got != name {
				t.Fatalf("%q: decoded %q, %v", name, got, err)
			}
		}
	})
}

func TestAnOverlongNameIsNotCut(t *testing.T) {
	mustPanic(t, "a name of 32 characters", func() { energy.Zone(strings.Repeat("a", energy.IDSize)).Bytes() })
}

func FuzzDecodeName(f *testing.F) {
	street := energy.Zone("street").Bytes()
	f.Add(street[:])
	f.Add(append([]byte("a\x00b"), make([]byte, 29)...))
	f.Add([]byte(strings.Repeat("a", 32)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) != energy.IDSize {
			return
		}
		name, err := energy.DecodeName([energy.IDSize]byte(b))
		if err != nil {
			if !errors.Is(err, energy.ErrName) {
				t.Fatalf("got %v, want ErrName", err)
			}
			return
		}
		if again := energy.Zone(name).Bytes(); string(again[:]) != string(b) {
			t.Fatalf("%x decodes to %q, which encodes to %x", b, name, again)
		}
		if _, err := energy.ParseZone(name); err != nil {
			t.Fatalf("decoded %q, which does not parse: %v", name, err)
		}
	})
}
