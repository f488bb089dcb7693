package oracle

import (
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

// Kind is what a finding is about. Its comment says what Measured and Expected count.
type Kind uint8

// What a finding can be about.
const (
	Equivocation   Kind = iota + 1 // two readings for one counter; the counter, and 1 reading expected
	NightPower                     // solar power without sun; Wh of the interval
	AboveSky                       // more solar energy than a clear sky can give; Wh of the interval
	RatioDrift                     // more than its neighbours, compared with before; 1e-6 of what they lead to expect
	TwinSeries                     // two series are one; intervals that agree, and those that were compared
	BatteryMissing                 // what went into a battery never came out of it; Wh out
	NegativeLoad                   // a home gives more than it takes and makes; Wh of load
	FeederGap                      // energy left the transformer and reached no meter; Wh over the period
	ForeignPulse                   // the grid's frequency is not the neighbours'; mHz apart
	ClockSkew                      // taken before its boundary, or received long after; ms
	RegisterRepeat                 // a register counts again what it counted before; Wh
)

var kindNames = [...]string{"", "equivocation", "night power", "above sky", "ratio drift", "twin series", "battery missing",
	"negative load", "feeder gap", "foreign pulse", "clock skew", "register repeat"}

// Valid reports whether k is a known kind.
func (k Kind) Valid() bool { return k >= Equivocation && int(k) < len(kindNames) }

// String is the kind in lower case.
func (k Kind) String() string {
	if !k.Valid() {
		return "unknown"
	}
	return kindNames[k]
}

// Class is what most likely explains a finding.
type Class uint8

// What can explain a finding.
const (
	Clock        Class = iota + 1 // the device's clock is wrong
	Registered                    // what is registered is not what is there
	Rounding                      // within what registers and clocks can resolve
	DeviceDefect                  // a device is broken or badly wired
	Fraud                         // somebody lies
)

var classNames = [...]string{"", "clock", "registration", "rounding", "device fault", "fraud"}

// Valid reports whether c is a known class.
func (c Class) Valid() bool { return c >= Clock && int(c) < len(classNames) }

// String is the class in lower case.
func (c Class) String() string {
	if !c.Valid() {
		return "unknown"
	}
	return classNames[c]
}

// Appeal is what became of a finding once its member spoke up.
type Appeal uint8

// What can become of a finding.
const (
	Unappealed Appeal = iota // nobody has objected
	Open                     // the member has objected
	Upheld                   // the member was right: the finding no longer counts
	Dismissed                // the finding stands
)

// String is the appeal in lower case.
func (a Appeal) String() string {
	return [...]string{"unappealed", "open", "upheld", "dismissed"}[min(a, Dismissed)]
}

// Sure is the confidence of what is proven, in parts per thousand.
const Sure = 1000

// Finding is what a check saw in the readings of a meter, with what it saw it in.
type Finding struct {
	Kind       Kind
	Class      Class
	Zone       energy.Zone
	Meter      energy.Meter // the meter, or that of the transformer for FeederGap
	Since      int64        // Unix seconds: the period it is about
	Until      int64        // Unix seconds, after Since
	Measured   int64        // in the unit of the kind
	Expected   int64        // in the same unit
	Confidence int          // 1 to Sure, parts per thousand
	Expires    int64        // Unix seconds from which it no longer counts; 0 never
	Readings   []meter.Digest
	Appeal     Appeal
}

// ErrAppeal is returned where a finding's appeal does not allow what was asked.
var ErrAppeal = problem.New(problem.Conflict, "not possible in this state of the appeal")

// ErrFinding is returned for a finding that says too little to answer to.
var ErrFinding = problem.New(problem.Invalid, "not a finding")

// Validate says whether a finding is complete: an accusation without evidence and end cannot be answered.
func (f Finding) Validate() error {
	switch {
	case !f.Kind.Valid() || !f.Class.Valid() || f.Appeal > Dismissed:
		return fmt.Errorf("%s, %s: %w", f.Kind, f.Class, ErrFinding)
	case f.Since >= f.Until || f.Confidence < 1 || f.Confidence > Sure:
		return fmt.Errorf("%s of %s from %d to %d, confidence %d: %w", f.Kind, f.Meter, f.Since, f.Until, f.Confidence, ErrFinding)
	case len(f.Readings) == 0:
		return fmt.Errorf("%s of %s: no readings: %w", f.Kind, f.Meter, ErrFinding)
	case f.Expires == 0 && f.Kind != Equivocation, f.Expires != 0 && f.Expires <= f.Until:
		return fmt.Errorf("%s of %s expires at %d: %w", f.Kind, f.Meter, f.Expires, ErrFinding)
	}
	return nil
}

// Counts reports whether a finding weighs at the time now, in Unix seconds: neither expired nor upheld on appeal.
func (f Finding) Counts(now int64) bool {
	return f.Appeal != Upheld && (f.Expires == 0 || now < f.Expires)
}

// Accuses reports whether the finding says that somebody lied, with more confidence than doubt.
func (f Finding) Accuses() bool { return f.Class == Fraud && f.Confidence > Sure/2 }

// Object opens an appeal. A finding is appealed once, before it expires. A proof needs no judgement: who published
// two statements for one counter can only show that the proof does not verify, which Equivocate decides.
func (f Finding) Object(now int64) (Finding, error) {
	if f.Appeal != Unappealed || !f.Counts(now) {
		return f, fmt.Errorf("object to %s of %s, appeal %s: %w", f.Kind, f.Meter, f.Appeal, ErrAppeal)
	}
	f.Appeal = Open
	return f, nil
}

// Rule closes an open appeal, for the member or against.
func (f Finding) Rule(forMember bool) (Finding, error) {
	if f.Appeal != Open {
		return f, fmt.Errorf("rule on %s of %s, appeal %s: %w", f.Kind, f.Meter, f.Appeal, ErrAppeal)
	}
	f.Appeal = Dismissed
	if forMember {
		f.Appeal = Upheld
	}
	return f, nil
}
