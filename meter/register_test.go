package meter

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
)

// story is a register whose samples come every second but where the test says otherwise.
type story struct {
	t *testing.T
	r Register
	s Sample
}

func (s *story) says(raw int64) Step {
	s.s.At += 1000
	wh := energy.WattHours(raw)
	s.s.Raw = &wh
	return s.r.Observe(s.s)
}

func (s *story) silent() Step {
	s.s.At += 1000
	s.s.Raw = nil
	return s.r.Observe(s.s)
}

func (s *story) want(got Step, g Grade, count energy.WattHours, e Event) {
	s.t.Helper()
	if got != (Step{g, count, e}) {
		s.t.Errorf("got %s %s %s, want %s %s %s", got.Grade, got.Count, got.Event, g, count, e)
	}
}

func newStory(t *testing.T) *story {
	return &story{t: t, r: Register{Most: 10_000, Patience: 5000, Confirm: 5, Modulus: 1 << 32}}
}

func TestRegisterCounts(t *testing.T) {
	s := newStory(t)
	s.want(s.silent(), Missing, 0, Nothing)
	s.want(s.says(5000), Good, 5000, Began)
	s.want(s.says(5002), Good, 5002, Nothing)
	s.want(s.silent(), Held, 5002, Nothing)
	s.want(s.says(5003), Good, 5003, Nothing)
	s.s.At -= 5000 // a clock that went back
	s.want(s.says(5004), Held, 5003, Nothing)
}

// Inverters that wake up say 0, or what they have counted since midnight, before they remember.
func TestRegisterOfADeviceThatWakesUp(t *testing.T) {
	s := newStory(t)
	s.says(21_000_000)
	for range 100 {
		s.want(s.says(0), Held, 21_000_000, Nothing)
	}
	for range 3 {
		s.want(s.says(17), Suspect, 21_000_000, Nothing)
	}
	s.want(s.says(21_000_005), Good, 21_000_005, Nothing)
}

// A spike, or a scale factor ten times too large, is not energy.
func TestRegisterThatJumpsForAMoment(t *testing.T) {
	s := newStory(t)
	s.says(21_000_000)
	s.want(s.says(210_000_000), Suspect, 21_000_000, Nothing)
	s.want(s.says(4_000_000_000), Suspect, 21_000_000, Nothing)
	s.want(s.says(21_000_002), Good, 21_000_002, Nothing)
}

func TestRegisterThatIsReset(t *testing.T) {
	s := newStory(t)
	s.says(900_000)
	for n := range 5 {
		s.want(s.says(int64(100+n)), Suspect, 900_000, Nothing)
	}
	s.want(s.says(106), Good, 900_000, Reset)
	s.want(s.says(109), Good, 900_003, Nothing)
	// It had only been confused: what it counted meanwhile is in what it counts now.
	s.want(s.says(900_020), Good, 900_020, Returned)
	s.want(s.says(900_022), Good, 900_022, Nothing)
}

func TestRegisterThatCountsFromAHigherValue(t *testing.T) {
	s := newStory(t)
	s.says(100)
	for range 5 {
		s.want(s.says(5_000_000), Suspect, 100, Nothing)
	}
	s.want(s.says(5_000_002), Good, 100, Jumped)
	s.want(s.says(5_000_004), Good, 102, Nothing)
}

// A register that counts in steps of a kWh moves rarely and far.
func TestCoarseRegister(t *testing.T) {
	s := newStory(t)
	s.says(5_000_000)
	for range 600 {
		s.want(s.says(5_000_000), Good, 5_000_000, Nothing)
	}
	s.want(s.says(5_001_000), Good, 5_001_000, Nothing)
	s.want(s.says(5_002_000), Suspect, 5_001_000, Nothing)
}

func TestRegisterThatWraps(t *testing.T) {
	s := newStory(t)
	s.says(1<<32 - 2)
	s.want(s.says(1), Good, 1<<32+1, Wrapped)
	s.want(s.says(3), Good, 1<<32+3, Nothing)
}

func TestDeviceThatIsExchanged(t *testing.T) {
	s := newStory(t)
	s.s.Serial = "A"
	s.says(1000)
	s.s.Serial = "B"
	for n := range 5 {
		s.want(s.says(int64(1000+n)), Suspect, 1000, Nothing)
	}
	s.want(s.says(1005), Good, 1000, Exchanged)
	s.s.Serial = ""
	s.want(s.says(1007), Good, 1002, Nothing)
}

func TestRegisterGoesOnAfterARestart(t *testing.T) {
	s := newStory(t)
	s.r.Resume(50, 900_050, 1000)
	s.s.At = 1000
	s.want(s.says(52), Good, 900_052, Nothing)
	if got := s.r.Raw(); got != 52 {
		t.Errorf("raw: got %s, want 52 Wh", got)
	}
}

// Whatever a device says, the count never falls, and each step holds no more than can have flowed since the one before.
func TestRegisterNeverFallsNorJumps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Register{Most: 10_000, Patience: 5000, Confirm: 5}
		at, last, changed := int64(0), energy.WattHours(0), int64(0)
		for range rapid.IntRange(1, 200).Draw(t, "samples") {
			at += rapid.Int64Range(1, 4000).Draw(t, "ms")
			said := energy.WattHours(rapid.Int64Range(0, 40).Draw(t, "low") + rapid.SampledFrom([]int64{0, 1000, 1_000_000}).Draw(t, "high"))
			step := r.Observe(Sample{At: at, Raw: &said})
			if most := last + energy.WattHours(12_000*(at-changed)/3_600_000+6); changed != 0 && (step.Count < last || step.Count > most && step.Event != Returned) {
				t.Fatalf("%s after %s in %d ms", step.Count, last, at-changed)
			}
			if step.Count != last || step.Event != Nothing {
				changed = at
			}
			last = step.Count
		}
	})
}

// A register that only lies for a while: nothing is invented, nothing is lost.
func TestRegisterKeepsTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Register{Most: 10_000}
		truth := rapid.Int64Range(10_000_000, 1<<40).Draw(t, "start")
		for at := int64(0); at < 300_000; at += 1000 {
			truth += rapid.Int64Range(0, 2).Draw(t, "flow")
			said := energy.WattHours(truth)
			sample := Sample{At: at, Raw: &said}
			lies := at > 0 && rapid.IntRange(0, 2).Draw(t, "lies") == 0
			if lies {
				if said = energy.WattHours(rapid.SampledFrom([]int64{0, 1, truth / 10, truth * 10, 1<<32 - 1}).Draw(t, "lie")); said == 1 {
					sample.Raw = nil
				}
			}
			step := r.Observe(sample)
			if int64(step.Count) > truth {
				t.Fatalf("count %s of %d Wh: invented", step.Count, truth)
			}
			if !lies && (step.Grade != Good || int64(step.Count) != truth) {
				t.Fatalf("got %s %s, want %d Wh", step.Grade, step.Count, truth)
			}
			if lies && step.Grade == Good {
				t.Fatalf("believed %s", said)
			}
		}
	})
}

func TestIntegral(t *testing.T) {
	var i Integral
	for s := range int64(3601) { // one hour at 1 kW
		i.Observe(s*1000, 1000)
	}
	if i.Import() != 1000 || i.Export() != 0 {
		t.Errorf("an hour of 1 kW: got %s in and %s out", i.Import(), i.Export())
	}
	i.Observe(7_200_000, 1000) // an hour of silence
	if i.Import() != 1000 {
		t.Errorf("silence: got %s", i.Import())
	}
	i = Integral{MaxGap: 3_600_000}
	i.Observe(0, 2000)
	i.Observe(3_600_000, -2000) // crosses zero in the middle
	if i.Import() != 500 || i.Export() != 500 {
		t.Errorf("across zero: got %s in and %s out, want 500 Wh each", i.Import(), i.Export())
	}
}

func TestDifference(t *testing.T) {
	main := Measurement{Meter: "main", Since: 900, Until: 1800, Import: 1000, Export: 100, Quality: Measured}
	charger := Measurement{Meter: "charger", Since: 900, Until: 1800, Import: 700, Quality: Measured}
	roof := Measurement{Meter: "roof", Since: 900, Until: 1800, Export: 500, Quality: Late}
	got, err := Difference(main, charger, roof)
	if want := (Measurement{"main", 900, 1800, 700, 0, Late}); err != nil || got != want {
		t.Errorf("got %+v %v, want %+v", got, err, want)
	}
	if got, err = Difference(charger, main); err != nil || got.Export != 200 || got.Import != 0 {
		t.Errorf("got %+v %v, want 200 Wh out", got, err)
	}
	roof.Until++
	if _, err := Difference(main, roof); !errors.Is(err, ErrSequence) {
		t.Errorf("another period: got %v, want %v", err, ErrSequence)
	}
}
