package meter

import "github.com/wattle/wattle/energy"

// Grade says how far what a register said can be trusted. Only a Good step may be signed.
type Grade uint8

// The grades, from nothing to good.
const (
	Missing   Grade = iota // the device says nothing, and never did
	Suspect                // it says what cannot be: more than it can move, or less than before
	Held                   // it says nothing now; the last good count stands
	Estimated              // from power over time, for devices without an energy register
	Good                   // measured
)

// String is the grade in lower case, as people read it.
func (g Grade) String() string {
	return [...]string{"missing", "suspect", "held", "estimated", "measured"}[min(g, Good)]
}

// Event is what happened to a register besides counting. In none of them is energy made up: what flowed while it happened
// is not counted, except across a wrap.
type Event uint8

// What can happen to a register.
const (
	Nothing   Event = iota
	Began           // the first value
	Wrapped         // it went past its largest value, and on from 0
	Reset           // it lost its memory and counts from another value, lower than before
	Jumped          // it counts from another value, higher than it can have come to
	Exchanged       // another device stands in its place
	Returned        // after a Reset or Jumped it is back where it was: the device had only been confused
)

// String is the event in lower case.
func (e Event) String() string {
	return [...]string{"nothing", "began", "wrapped", "reset", "jumped", "exchanged", "returned"}[min(e, Returned)]
}

// Sample is what a cumulative register said.
type Sample struct {
	At     int64             // Unix milliseconds
	Serial string            // of the device; empty where it does not say
	Raw    *energy.WattHours // nil: absent
}

// Step is what a sample means.
type Step struct {
	Grade Grade
	Count energy.WattHours // continuous over resets and exchanges; never falls
	Event Event
}

// Register turns what one cumulative register says into a count that never falls and never holds energy that did not
// flow. Values that cannot be are not believed until they have gone on consistently for Patience; then the register
// counts on from there, and what lies between is left out.
type Register struct {
	Most     energy.Watts // the most that can flow; a fifth more is believed
	Modulus  int64        // Wh at which the register begins again from 0; 0: it does not
	Patience int64        // ms that an unbelievable value must go on; 0: defaultPatience
	Confirm  int          // samples that must agree on it; 0: defaultConfirm

	serial string
	begun  bool
	now    mark  // at: since when it says so, but for unchanged
	seen   int64 // when a value was believed last
	doubt  mark  // what is said instead of what is believable
	doubts int
	since  int64 // when the doubt began
	before mark  // where it was when it was reset or jumped; at 0: never
}

// mark is a raw value at an instant, and what it counts as.
type mark struct {
	raw, at int64
	count   int64
}

// Ten minutes outlast what devices say while they wake up; ten samples outlast a burst of nonsense.
const (
	defaultPatience = 10 * 60 * 1000
	defaultConfirm  = 10
)

// Resume makes the register go on from what was known before a restart: its raw value, what that counted as, and when.
func (r *Register) Resume(raw, count energy.WattHours, at int64) {
	r.begun, r.now, r.seen = true, mark{int64(raw), at, int64(count)}, at
}

// Raw is the last raw value that was believed.
func (r *Register) Raw() energy.WattHours { return energy.WattHours(r.now.raw) }

// Observe takes the next sample. Samples come in the order of time; an older one is held against nothing and believed
// nothing.
func (r *Register) Observe(s Sample) Step {
	switch {
	case s.Raw == nil || *s.Raw < 0 || r.begun && s.At < r.seen:
		return r.without(Held)
	case !r.begun:
		r.begun, r.serial, r.now, r.seen = true, s.Serial, mark{int64(*s.Raw), s.At, int64(*s.Raw)}, s.At
		return Step{Good, *s.Raw, Began}
	}
	raw := int64(*s.Raw)
	exchanged := s.Serial != "" && r.serial != "" && s.Serial != r.serial
	if s.Serial != "" && r.serial == "" {
		r.serial = s.Serial
	}
	switch {
	case exchanged:
		return r.suspect(s, raw, Exchanged)
	case r.believable(r.now, raw, s.At):
		return r.take(raw, raw-r.now.raw, s.At, Nothing)
	case r.Modulus > 0 && raw < r.now.raw && r.believable(r.now, raw+r.Modulus, s.At):
		return r.take(raw, raw+r.Modulus-r.now.raw, s.At, Wrapped)
	case r.before.at != 0 && r.believable(r.before, raw, s.At):
		// Nothing that was counted since may be counted again.
		gone := max(0, r.before.count+raw-r.before.raw-r.now.count)
		r.before = mark{}
		return r.take(raw, gone, s.At, Returned)
	case raw == 0:
		return r.without(Held) // what a device says that is not awake yet
	case raw < r.now.raw:
		return r.suspect(s, raw, Reset)
	}
	return r.suspect(s, raw, Jumped)
}

// unchanged is the longest time that a register which stands still saves up for its next step: coarse ones move a kWh at a
// time.
const unchanged = 60 * 60 * 1000

// believable reports whether a register can have come from one value to the other.
func (r *Register) believable(from mark, raw, at int64) bool {
	const margin = 2 // Wh: the resolution of both values
	most := int64(r.Most)*(at-from.at)/(1000*3600)*6/5 + int64(r.Most)*6/5*1000/(1000*3600) + margin
	return raw >= from.raw && raw-from.raw <= most
}

func (r *Register) take(raw, delta, at int64, e Event) Step {
	since := at
	if raw == r.now.raw {
		since = max(r.now.at, at-unchanged)
	}
	r.now, r.seen = mark{raw, since, r.now.count + delta}, at
	r.doubts = 0
	return Step{Good, energy.WattHours(r.now.count), e}
}

func (r *Register) without(g Grade) Step {
	if !r.begun {
		return Step{}
	}
	return Step{g, energy.WattHours(r.now.count), Nothing}
}

// suspect follows a value that cannot be. When it has gone on for long enough the register counts on from there.
func (r *Register) suspect(s Sample, raw int64, becomes Event) Step {
	if r.doubts == 0 || !r.believable(r.doubt, raw, s.At) {
		r.doubts, r.since = 0, s.At
	}
	r.doubt = mark{raw: raw, at: s.At}
	r.doubts++
	patience, confirm := r.Patience, r.Confirm
	if patience == 0 {
		patience = defaultPatience
	}
	if confirm == 0 {
		confirm = defaultConfirm
	}
	if r.doubts < confirm || s.At-r.since < patience {
		return r.without(Suspect)
	}
	if becomes == Exchanged {
		r.serial, r.before = s.Serial, mark{}
	} else {
		r.before = r.now
	}
	return r.take(raw, 0, s.At, becomes)
}
