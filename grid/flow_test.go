package grid

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
)

// Equal powers give equal bits, whatever was solved before, and repeated solves allocate nothing.
func TestSolveDependsOnItsPowersAlone(t *testing.T) {
	for _, name := range []string{"balanced/cigre_lv.json", "balanced/ieee33bw_meshed.json", "balanced/ieee33bw_stress3.json"} {
		f, other := balanced(t, name), balanced(t, name)
		bits := func(f *Flow) string {
			if _, err := f.Solve(); err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(f.Solution())
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		want := bits(f)
		kw, kvar := other.Drawn(7)
		other.Draw(7, kw+5, kvar)
		bits(other)
		other.Draw(7, kw, kvar)
		if got := bits(other); got != want {
			t.Errorf("%s: a solve before changed the next", name)
		}
		if n := testing.AllocsPerRun(20, func() { _, _ = f.Solve() }); n != 0 {
			t.Errorf("%s: %g allocations per solve, want 0", name, n)
		}
	}
	f := phased(t, "threephase/lv4wire_12.json")
	if n := testing.AllocsPerRun(20, func() { _, _ = f.Solve() }); n != 0 {
		t.Errorf("%g allocations per solve with phases, want 0", n)
	}
}

// Near its limit a network is still solved, beyond it refused: the limit found is the one the refusal names.
func TestTheLimitIsHonest(t *testing.T) {
	f := balanced(t, "balanced/ieee33bw.json")
	full := append([]demand(nil), f.power...)
	scale := func(s float64) (Verdict, error) {
		for i, d := range full {
			f.power[i] = demand{d.p * s, d.q * s, 0, 0}
		}
		return f.Solve()
	}
	if v, err := scale(3.6); err != nil || !v.Newton {
		t.Errorf("at 3.6 times the load: %+v, %v, want a solution by Newton's steps", v, err)
	}
	if _, err := scale(3.66); !errors.Is(err, ErrNoSolution) || !strings.Contains(err.Error(), "carries 99.") {
		t.Errorf("at 3.66 times the load: got %v, want a refusal that names 99 %%", err)
	}
	if _, err := scale(1e9); !errors.Is(err, ErrNoSolution) {
		t.Errorf("got %v, want a refusal", err)
	}
	if _, err := scale(math.NaN()); !errors.Is(err, ErrNoSolution) {
		t.Errorf("powers that are not numbers: got %v, want a refusal", err)
	}
	if _, err := scale(1); err != nil {
		t.Errorf("after all refusals: %v", err)
	}
}

// Beyond its limit a feeder with phases is refused with the place.
func TestThePhasedLimitIsHonest(t *testing.T) {
	f := phased(t, "threephase/lv4wire_12.json")
	for i := range f.feeder.Loads {
		f.Draw(i, 200, 50)
	}
	if _, err := f.Solve(); !errors.Is(err, ErrNoSolution) || !strings.Contains(err.Error(), "bus b") {
		t.Errorf("got %v, want a refusal that names the place", err)
	}
	for i := range f.feeder.Loads {
		f.Draw(i, 1, 0.2)
	}
	if _, err := f.Solve(); err != nil {
		t.Errorf("after the refusal: %v", err)
	}
}
