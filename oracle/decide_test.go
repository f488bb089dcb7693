package oracle_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// leafOf returns the leaf of a meter, if the outcome has one.
func leafOf(o oracle.Outcome, id energy.Meter) (oracle.Leaf, bool) {
	for _, l := range o.Leaves {
		if l.Meter == id {
			return l, true
		}
	}
	return oracle.Leaf{}, false
}

// baseOf returns the newest reading of a meter that the outcome carries.
func baseOf(o oracle.Outcome, id energy.Meter) meter.SignedReading {
	for _, s := range o.Last {
		if s.Meter == id {
			return s
		}
	}
	return meter.SignedReading{}
}

func TestGenesisGivesBasesAndNoReport(t *testing.T) {
	o := based(t, registry(t, 2), 2)
	if report, ok, err := o.Report("street"); ok || err != nil {
		t.Errorf("got %+v, %v, want no report", report, err)
	}
	if len(o.Leaves) != 0 {
		t.Errorf("got %d leaves, want none", len(o.Leaves))
	}
}

func TestGenesisWithoutReadingsWaitsForBases(t *testing.T) {
	r, one := registry(t, 1), homeAt(1)
	empty := decide(r, genesis(), 4)
	if empty.Closed || empty.Next != genesis().Next.Next() {
		t.Fatalf("got closed %t, next %s, want the next interval and no report", empty.Closed, empty.Next)
	}
	second := one.after(one.first(), 1, 0, 10)
	if o := decide(r, empty, 4, second); o.Closed || baseOf(o, one.id) != second {
		t.Errorf("got closed %t, base %+v, want the first reading ever as base", o.Closed, baseOf(o, one.id))
	}
}

func TestAnIntervalIsAttested(t *testing.T) {
	r, one, two := registry(t, 2), homeAt(1), homeAt(2)
	start := based(t, r, 2)
	next := decide(r, start, 3, one.after(one.first(), 1, 0, 1250), two.after(two.first(), 1, 900, 0))
	report, ok, err := next.Report("street")
	if err != nil || !ok {
		t.Fatalf("got %t, %v, want a report", ok, err)
	}
	want := oracle.Report{
		Zone: "street", Interval: start.Next, Root: oracle.Root(next.Leaves), Meters: 2, Export: 1250, Import: 900,
	}
	if report != want {
		t.Errorf("got %+v, want %+v", report, want)
	}
	leaf, _ := leafOf(next, one.id)
	wantLeaf := oracle.Leaf{
		Meter: one.id, Export: 1250, Since: quarter, Quality: meter.Measured, Reading: one.after(one.first(), 1, 0, 1250).Digest(),
	}
	if leaf != wantLeaf {
		t.Errorf("got %+v, want %+v", leaf, wantLeaf)
	}
}

func TestTheIntervalClosesWhenAQuorumSaysSo(t *testing.T) {
	r, one := registry(t, 1), homeAt(1)
	start := based(t, r, 1)
	s := one.after(one.first(), 1, 0, 10)
	open := oracle.Observation{Interval: start.Next, Readings: []meter.SignedReading{s}}
	closed := observed(start.Next, s)
	elsewhere := observed(start.Next.Next(), s)
	for _, c := range []struct {
		name         string
		observations []oracle.Observation
		want         bool
	}{
		{"nobody", nil, false},
		{"two of three", []oracle.Observation{closed, closed, open}, false},
		{"two, and one of another interval", []oracle.Observation{closed, closed, elsewhere}, false},
		{"three of three", []oracle.Observation{closed, closed, closed}, true},
		{"three of four", []oracle.Observation{open, closed, closed, closed}, true},
	} {
		got := r.Decide(start, c.observations, faulty)
		if got.Closed != c.want || (got.Next != start.Next) != c.want {
			t.Errorf("%s: got closed %t, next %s, want closed %t", c.name, got.Closed, got.Next, c.want)
		}
		if !c.want && (len(got.Leaves) != 0 || !slices.Equal(got.Last, start.Last)) {
			t.Errorf("%s: the state changed without closing", c.name)
		}
	}
}

func TestClosedIsClearedInTheNextRound(t *testing.T) {
	_, _, outcome := example(t)
	idle := registry(t, 3).Decide(outcome, []oracle.Observation{{Interval: outcome.Next}}, faulty)
	if idle.Closed || len(idle.Leaves) != 0 || idle.Next != outcome.Next || !slices.Equal(idle.Last, outcome.Last) {
		t.Errorf("got closed %t, %d leaves, next %s, want the same state and nothing to report", idle.Closed, len(idle.Leaves), idle.Next)
	}
	if _, ok, err := idle.Report("street"); ok || err != nil {
		t.Errorf("an interval is reported twice: %t, %v", ok, err)
	}
}

func TestAReadingEntersWhenMoreThanTheFaultyHoldIt(t *testing.T) {
	r, one, two := registry(t, 2), homeAt(1), homeAt(2)
	start := based(t, r, 2)
	a, b := one.after(one.first(), 1, 0, 10), two.after(two.first(), 1, 20, 0)
	got := r.Decide(start, []oracle.Observation{
		observed(start.Next, a, b), observed(start.Next, a), observed(start.Next),
	}, faulty)
	if _, ok := leafOf(got, one.id); !ok {
		t.Error("held by two of three: no leaf")
	}
	if l, ok := leafOf(got, two.id); ok {
		t.Errorf("held by one oracle, which may be faulty: got leaf %+v", l)
	}
	if baseOf(got, two.id) != two.first() {
		t.Error("held by one oracle, which may be faulty: it became the base")
	}
}

func TestAMissingMeterTelescopes(t *testing.T) {
	r, one, two := registry(t, 2), homeAt(1), homeAt(2)
	start := based(t, r, 2)
	a := one.after(one.first(), 1, 0, 10)
	gap := decide(r, start, 3, a)
	if !gap.Closed || len(gap.Leaves) != 1 || baseOf(gap, two.id) != two.first() {
		t.Fatalf("got closed %t, %d leaves, want home 1 alone and home 2's old base", gap.Closed, len(gap.Leaves))
	}
	b := two.after(two.first(), 2, 333, 1)
	full := decide(r, gap, 3, one.after(a, 1, 0, 10), b)
	want := oracle.Leaf{Meter: two.id, Import: 333, Export: 1, Since: quarter, Quality: meter.Late, Reading: b.Digest()}
	if got, _ := leafOf(full, two.id); got != want {
		t.Errorf("got %+v, want %+v: all since its base, and late, as nobody knows in which interval", got, want)
	}
}

// What a reading cannot prove is not attested; whether it may be measured from afterwards is another matter.
func TestReadingsThatDoNotMeasure(t *testing.T) {
	one, other := homeAt(1), homeAt(9)
	first := one.first()
	chain := func(alter func(*meter.Reading)) meter.SignedReading { return one.after(first, 1, 100, 100, alter) }
	for _, c := range []struct {
		name    string
		reading meter.SignedReading
		newBase bool
	}{
		{"register reset", chain(func(r *meter.Reading) { r.Import, r.Export = 0, 0 }), true},
		{"broken chain", chain(func(r *meter.Reading) { r.Previous = meter.Digest{1} }), true},
		{"implausible export", chain(func(r *meter.Reading) { r.Export = first.Export + 4000 }), true},
		{"implausible import", chain(func(r *meter.Reading) { r.Import = first.Import + 8000 }), true},
		{"more than any order carries", chain(func(r *meter.Reading) { r.Import = 1<<63 - 1 }), true},
		{"a new device", func() meter.SignedReading {
			r := first.Reading
			r.Counter, r.Boundary, r.Taken = 1, r.Boundary+900, r.Taken+900_000
			return meter.Sign(other.key, r)
		}(), true},
		{"the counter again", chain(func(r *meter.Reading) { r.Counter = first.Counter }), false},
	} {
		r, err := oracle.NewRegistry("street", energy.FifteenMinutes, time.Minute, []oracle.Registration{
			{Meter: one.id, Device: c.reading.Device, MaxExport: 10_000, MaxImport: 20_000},
		})
		if err != nil {
			t.Fatal(err)
		}
		o := decide(r, based(t, registry(t, 1), 1), 3, c.reading)
		if !o.Closed || len(o.Leaves) != 0 {
			t.Errorf("%s: got closed %t, leaves %+v, want none", c.name, o.Closed, o.Leaves)
		}
		want := first
		if c.newBase {
			want = c.reading
		}
		if got := baseOf(o, one.id); len(o.Last) != 1 || got != want {
			t.Errorf("%s: got base counter %d boundary %d, want %d %d", c.name, got.Counter, got.Boundary, want.Counter, want.Boundary)
		}
	}
}

// A device that repeats a counter stays where it was, and the meters around it are untouched.
func TestARepeatedCounterHoldsUpNobodyElse(t *testing.T) {
	r := registry(t, 3)
	start := based(t, r, 3)
	var readings []meter.SignedReading
	for n := 1; n <= 3; n++ {
		h := homeAt(n)
		readings = append(readings, h.after(h.first(), 1, 10, 0, func(r *meter.Reading) {
			if n == 2 {
				r.Counter = 1
			}
		}))
	}
	o := decide(r, start, 3, readings...)
	want := []meter.SignedReading{readings[0], homeAt(2).first(), readings[2]}
	if len(o.Leaves) != 2 || !slices.Equal(o.Last, want) {
		t.Errorf("got %d leaves and bases %+v, want 2 and home 2's old base between the others' new ones", len(o.Leaves), o.Last)
	}
}

func TestAReadingMayBeLateByLessThanAnInterval(t *testing.T) {
	r, one := registry(t, 1), homeAt(1)
	for _, c := range []struct {
		name  string
		delay time.Duration
		want  error
	}{
		{"at the boundary", 0, nil},
		{"within tolerance", time.Minute, nil},
		{"just before the next boundary", 15*time.Minute - time.Millisecond, nil},
		{"at the next boundary", 15 * time.Minute, oracle.ErrLate},
		{"a year later", 365 * 24 * time.Hour, oracle.ErrLate},
	} {
		s := one.after(one.first(), 1, 0, 10, func(r *meter.Reading) { r.Taken = r.Boundary*1000 + c.delay.Milliseconds() })
		if err := r.Check(s); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
		o := r.Observe(intervalEnding(s), []meter.SignedReading{s}, time.UnixMilli(s.Taken))
		if got := len(o.Readings) == 1; got != (c.want == nil) {
			t.Errorf("%s: observed %t, want %t", c.name, got, c.want == nil)
		}
	}
}

// A device that claims to be late each time would otherwise be allowed twice what its nameplate can produce.
func TestLatenessIsCreditedOnce(t *testing.T) {
	r, one := registry(t, 1), homeAt(1)
	late := func(r *meter.Reading) { r.Taken, r.Quality = r.Boundary*1000+899_000, meter.Late }
	start := based(t, r, 1)

	// Nearly two intervals lie between the registers, so nearly two intervals' energy is plausible.
	s := one.after(one.first(), 1, 0, 4900, late)
	o := decide(r, start, 3, s)
	if l, ok := leafOf(o, one.id); !ok || l.Export != 4900 || l.Quality != meter.Late {
		t.Fatalf("got %+v, %t, want 4900 Wh, late", l, ok)
	}
	// One interval lies between this one and the last: 10 kW make 2,500 Wh.
	if l, ok := leafOf(decide(r, o, 3, one.after(s, 1, 0, 4900, late)), one.id); ok {
		t.Errorf("got %+v, want no leaf", l)
	}
	if l, ok := leafOf(decide(r, o, 3, one.after(s, 1, 0, 2500, late)), one.id); !ok || l.Export != 2500 {
		t.Errorf("got %+v, %t, want 2500 Wh", l, ok)
	}
}

// The oracles judge lateness themselves.
func TestALeafIsLateWhateverTheAgentSays(t *testing.T) {
	r, one := registry(t, 1), homeAt(1)
	for _, c := range []struct {
		delay int64
		said  meter.Quality
		want  meter.Quality
	}{
		{60_000, meter.Measured, meter.Measured}, {60_001, meter.Measured, meter.Late}, {60_001, meter.Late, meter.Late}, {0, meter.Late, meter.Late},
	} {
		s := one.after(one.first(), 1, 0, 10, func(r *meter.Reading) { r.Taken, r.Quality = r.Boundary*1000+c.delay, c.said })
		first := decide(r, based(t, r, 1), 3, s)
		second := decide(r, first, 3, one.after(s, 1, 0, 10, func(r *meter.Reading) { r.Quality = meter.Measured }))
		for i, o := range []oracle.Outcome{first, second} {
			if l, ok := leafOf(o, one.id); !ok || l.Quality != c.want {
				t.Errorf("%d ms, said to be %s: leaf %d is %s, want %s at both ends of the late reading", c.delay, c.said, i, l.Quality, c.want)
			}
		}
	}
}

func TestObserve(t *testing.T) {
	r, one, two, stranger := registry(t, 2), homeAt(1), homeAt(2), homeAt(3)
	a, b := one.after(one.first(), 1, 0, 10), two.after(two.first(), 1, 0, 20)
	interval := intervalEnding(a)
	forged := a
	forged.Export++
	deviceOfAnother := meter.Sign(two.key, a.Reading)
	elsewhere := one.after(one.first(), 1, 0, 10, func(r *meter.Reading) { r.Zone = "lane" })
	later := a.Boundary*1000 + 250
	for _, c := range []struct {
		name   string
		held   []meter.SignedReading
		at     int64 // Unix milliseconds
		want   []meter.SignedReading
		closed bool
	}{
		{"everything", []meter.SignedReading{b, a}, later, []meter.SignedReading{a, b}, true},
		{"a repeat", []meter.SignedReading{a, a, b}, later, []meter.SignedReading{a, b}, true},
		{"one missing", []meter.SignedReading{a}, later, []meter.SignedReading{a}, false},
		{"one missing, a moment before the deadline", []meter.SignedReading{a}, a.Boundary*1000 + 299_999, []meter.SignedReading{a}, false},
		{"one missing at the deadline", []meter.SignedReading{a}, a.Boundary*1000 + 300_000, []meter.SignedReading{a}, true},
		{"nothing at the deadline", nil, a.Boundary*1000 + 300_000, nil, true},
		{"before it was taken", []meter.SignedReading{a, b}, later - 1, nil, false},
		{"other boundaries", []meter.SignedReading{one.first(), two.after(b, 1, 0, 0)}, later, nil, false},
		{"a forgery", []meter.SignedReading{forged}, later, nil, false},
		{"a stranger", []meter.SignedReading{stranger.after(stranger.first(), 1, 0, 0)}, later, nil, false},
		{"another home's device", []meter.SignedReading{deviceOfAnother}, later, nil, false},
		{"another zone", []meter.SignedReading{elsewhere}, later, nil, false},
	} {
		o := r.Observe(interval, c.held, time.UnixMilli(c.at))
		if o.Interval != interval || o.Closed != c.closed || !slices.Equal(o.Readings, c.want) {
			t.Errorf("%s: got closed %t, readings %+v, want %t, %+v", c.name, o.Closed, o.Readings, c.closed, c.want)
		}
		if _, err := oracle.DecodeObservation(oracle.AppendObservation(nil, o)); err != nil {
			t.Errorf("%s: the observation does not decode: %v", c.name, err)
		}
	}
}

func TestNewRegistryRefuses(t *testing.T) {
	one := oracle.Registration{Meter: "home-01-grid", MaxExport: 1, MaxImport: 1}
	for _, c := range []struct {
		name     string
		length   energy.Length
		deadline time.Duration
		meters   []oracle.Registration
		want     error
	}{
		{"a meter twice", energy.FifteenMinutes, time.Minute, []oracle.Registration{one, one}, oracle.ErrMalformed},
		{"negative nameplate", energy.FifteenMinutes, time.Minute, []oracle.Registration{{Meter: "a", MaxExport: -1}}, energy.ErrRange},
		{"nameplate of a country", energy.FifteenMinutes, time.Minute, []oracle.Registration{{Meter: "a", MaxImport: energy.MaxPower + 1}}, energy.ErrRange},
		{"no deadline", energy.FifteenMinutes, 0, nil, energy.ErrInterval},
		{"a deadline after the next end", energy.FifteenMinutes, 15*time.Minute + 1, nil, energy.ErrInterval},
		{"a length of no zone", 7, time.Second, nil, energy.ErrInterval},
	} {
		if _, err := oracle.NewRegistry("street", c.length, c.deadline, c.meters); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestNewReportRefusesDisorder(t *testing.T) {
	ls := leaves(3)
	for name, ls := range map[string][]oracle.Leaf{"twice": {ls[0], ls[0]}, "out of order": {ls[1], ls[0]}} {
		if _, err := oracle.NewReport("street", genesis().Next, 0, ls); !errors.Is(err, oracle.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
}

// Four oracles, of which each misses readings of its own and one may say anything: over any number of intervals the
// order of observations makes no difference, and the leaves of a meter add up to its register.
func TestNothingIsLostOrCountedTwice(t *testing.T) {
	r := registry(t, 3)
	rapid.Check(t, func(rt *rapid.T) {
		state := based(t, r, 3)
		newest := slices.Clone(state.Last)
		exported := make(map[energy.Meter]energy.WattHours)
		for range rapid.IntRange(1, 6).Draw(rt, "intervals") {
			for n := range newest {
				newest[n] = homeAt(n+1).after(newest[n], 1, 0, energy.WattHours(rapid.Int64Range(0, 2500).Draw(rt, "export")))
			}
			observations := []oracle.Observation{liar(rt, state.Next)}
			for range 3 {
				o := observed(state.Next)
				for _, s := range newest {
					if !rapid.Bool().Draw(rt, "missed") {
						o.Readings = append(o.Readings, s)
					}
				}
				observations = append(observations, o)
			}
			next := r.Decide(state, observations, faulty)
			b := oracle.AppendOutcome(nil, next)
			permuted := rapid.Permutation(observations).Draw(rt, "order")
			if got := oracle.AppendOutcome(nil, r.Decide(state, permuted, faulty)); !bytes.Equal(got, b) {
				rt.Fatalf("another order of observations, another outcome:\n%x\n%x", got, b)
			}
			decoded, err := oracle.DecodeOutcome(b)
			if err != nil || !next.Closed {
				rt.Fatalf("closed %t, decoded: %v", next.Closed, err)
			}
			for _, l := range next.Leaves {
				exported[l.Meter] += l.Export
			}
			state = decoded
		}
		for n, s := range state.Last {
			if want := s.Export - homeAt(n+1).first().Export; exported[s.Meter] != want {
				rt.Fatalf("%s: leaves of %s, the register moved by %s", s.Meter, exported[s.Meter], want)
			}
		}
	})
}

// liar is what a faulty oracle may send: readings that no device signed, for this interval or another one.
func liar(t *rapid.T, interval energy.Interval) oracle.Observation {
	o := oracle.Observation{Interval: interval.Add(rapid.IntRange(-1, 1).Draw(t, "lie")), Closed: rapid.Bool().Draw(t, "closed")}
	for n := 1; n <= 3; n++ {
		s := homeAt(n).first()
		s.Counter, s.Boundary, s.Export = 1<<40, o.Interval.EndUnix(), energy.MaxEnergy
		s.Taken = s.Boundary * 1000
		o.Readings = append(o.Readings, s)
	}
	return o
}
