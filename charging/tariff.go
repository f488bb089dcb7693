package charging

import (
	"fmt"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// ErrTariff is returned for a tariff or a price card that cannot price every session.
var ErrTariff = problem.New(problem.Invalid, "this tariff cannot be used")

// Kind is what a component charges for. The names in OCPI are FLAT, ENERGY, TIME and PARKING_TIME.
type Kind uint8

// What a component can charge for.
const (
	PerSession  Kind = iota // once
	PerEnergy               // Wh
	PerCharging             // seconds in which the car charges
	PerParking              // seconds in which it stands connected and does not
	AtLeast                 // what lifts the sum to the minimum
	AtMost                  // what lowers it to the maximum, negative
)

// String is the kind as a receipt says it.
func (k Kind) String() string {
	return [...]string{"session", "energy", "charging", "parking", "minimum", "maximum"}[min(k, AtMost)]
}

// VAT is a rate of value-added tax in 1/100 of a percent: 2000 is 20 %.
type VAT int64

// Limits of what a tariff may say. With them every sum fits int64.
const (
	maxVAT     VAT = 10_000
	maxStep        = 1_000_000 // Wh or seconds
	maxSession     = 366 * 24 * time.Hour
	dayMinutes     = 24 * 60
)

// Component is one price of an element.
type Component struct {
	Kind  Kind
	Price energy.Price  // 1e-6 of the currency per session, kWh or hour; not negative
	Step  int64         // the session's total is rounded up to a multiple: Wh or seconds; 0 or 1: it is not
	Grace time.Duration // parking only: so much of it is free
	VAT   VAT
}

// Restriction says when an element applies. The zero value is always. A period of charging is judged by its start.
type Restriction struct {
	From, To    int              // minutes of the local day, [From, To); From > To goes over midnight; equal: all day
	Days        uint8            // bit 0 Sunday … bit 6 Saturday; 0: every day
	MinEnergy   energy.WattHours // of the session so far, [MinEnergy, MaxEnergy); 0: no bound
	MaxEnergy   energy.WattHours
	MinDuration time.Duration // since the session began, likewise
	MaxDuration time.Duration
}

// Element is a group of prices that apply together. Of the elements that have a price for a kind, the first that applies is used.
type Element struct {
	Components  []Component
	Restriction Restriction
}

// Tariff prices a session, by the rules of OCPI 2.2.1, module tariffs.
type Tariff struct {
	Currency    string // ISO 4217
	Elements    []Element
	Minimum     energy.Money // of a session, 0: none; with tax where TaxIncluded, else without
	Maximum     energy.Money // likewise
	TaxIncluded bool         // prices contain the tax
	Zone        *time.Location
}

// Validate refuses what cannot be computed with.
func (t Tariff) Validate() error {
	if !currency(t.Currency) {
		return fmt.Errorf("currency %q is not three capital letters: %w", t.Currency, ErrTariff)
	}
	const most = energy.Money(energy.MaxPrice) * 1000
	if t.Minimum < 0 || t.Maximum < 0 || t.Minimum > most || t.Maximum > most || t.Maximum > 0 && t.Minimum > t.Maximum {
		return fmt.Errorf("minimum %s and maximum %s contradict: %w", t.Minimum, t.Maximum, ErrTariff)
	}
	if t.Zone == nil {
		return fmt.Errorf("no time zone: %w", ErrTariff)
	}
	if len(t.Elements) == 0 || len(t.Elements) > 100 {
		return fmt.Errorf("%d elements, want 1 to 100: %w", len(t.Elements), ErrTariff)
	}
	for i, e := range t.Elements {
		if err := e.validate(); err != nil {
			return fmt.Errorf("element %d: %w", i+1, err)
		}
	}
	return nil
}

func currency(text string) bool {
	if len(text) != 3 {
		return false
	}
	for _, c := range text {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}

func (e Element) validate() error {
	if len(e.Components) == 0 || len(e.Components) > 4 {
		return fmt.Errorf("%d components, want 1 to 4: %w", len(e.Components), ErrTariff)
	}
	var seen [AtLeast]bool
	for _, c := range e.Components {
		if c.Kind >= AtLeast || seen[c.Kind] {
			return fmt.Errorf("component %s is there twice or not known: %w", c.Kind, ErrTariff)
		}
		seen[c.Kind] = true
		if c.Price < 0 || c.Price > energy.MaxPrice || c.Step < 0 || c.Step > maxStep || c.VAT < 0 || c.VAT > maxVAT {
			return fmt.Errorf("component %s: price, step or VAT out of range: %w", c.Kind, ErrTariff)
		}
		if c.Grace < 0 || c.Grace > maxSession || c.Grace%time.Second != 0 || c.Grace > 0 && c.Kind != PerParking {
			return fmt.Errorf("component %s: grace %s: want whole seconds, of parking only: %w", c.Kind, c.Grace, ErrTariff)
		}
	}
	r := e.Restriction
	switch {
	case r.From < 0 || r.From > dayMinutes || r.To < 0 || r.To > dayMinutes:
		return fmt.Errorf("time of day out of range: %w", ErrTariff)
	case r.MinEnergy < 0 || r.MaxEnergy < 0 || r.MinDuration < 0 || r.MaxDuration < 0 || r.Days > 127:
		return fmt.Errorf("restriction out of range: %w", ErrTariff)
	}
	return nil
}

// Period is a part of a session in which nothing changed that a tariff asks for. Periods follow each other.
type Period struct {
	Start, End time.Time
	Energy     energy.WattHours
	Parking    bool // the car stands connected and does not charge
}

// position is how far a session has come at the start of a period.
type position struct {
	began  time.Time
	energy energy.WattHours
	parked time.Duration
}

// applies says whether the restriction holds at an instant.
func (r Restriction) applies(at time.Time, zone *time.Location, p position) bool {
	local := at.In(zone)
	minute := local.Hour()*60 + local.Minute()
	elapsed := at.Sub(p.began)
	switch {
	case r.From < r.To && (minute < r.From || minute >= r.To):
		return false
	case r.From > r.To && minute < r.From && minute >= r.To:
		return false
	case r.Days != 0 && r.Days&(1<<local.Weekday()) == 0:
		return false
	case p.energy < r.MinEnergy || r.MaxEnergy > 0 && p.energy >= r.MaxEnergy:
		return false
	case elapsed < r.MinDuration || r.MaxDuration > 0 && elapsed >= r.MaxDuration:
		return false
	}
	return true
}

// place is where a component stands in its tariff.
type place struct{ element, component int }

// active finds the component of a kind that applies, if one does.
func (t Tariff) active(k Kind, at time.Time, p position) (place, bool) {
	for i, e := range t.Elements {
		for j, c := range e.Components {
			if c.Kind == k && e.Restriction.applies(at, t.Zone, p) {
				return place{i, j}, true
			}
		}
	}
	return place{}, false
}

func (t Tariff) at(p place) Component { return t.Elements[p.element].Components[p.component] }
