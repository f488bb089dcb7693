package charging

import (
	"fmt"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

var (
	// ErrConnector is returned for a connector that the station does not have.
	ErrConnector = problem.New(problem.NotFound, "the station has no such connector")

	// ErrExpired is returned for a car that comes after its reservation or its quoted price ended.
	ErrExpired = problem.New(problem.Conflict, "the reservation has expired; ask for a new price")

	// ErrState is returned for an event that the session's state does not allow.
	ErrState = problem.New(problem.Conflict, "not possible in this state of the session")

	// ErrTransaction is returned for an event that names another transaction than the session's.
	ErrTransaction = problem.New(problem.Conflict, "this transaction is another session's")
)

// State is how far a session has come.
type State uint8

// The states of a session.
const (
	Authorised State = iota // the price is agreed, the car not yet there
	Plugged                 // the car is connected
	Charging
	Suspended // the car stands connected and takes nothing, or the station gives nothing
	Ended     // the energy is final; the car may still stand there
	Settled
)

// String is the state in lower case.
func (s State) String() string {
	return [...]string{"authorised", "plugged", "charging", "suspended", "ended", "settled"}[min(s, Settled)]
}

// Station is what cars are charged at.
type Station struct {
	ID         string
	Connectors []energy.Watts // the most power of each, numbered from 1 as in OCPP
}

// Terms are what was agreed before the start. They hold for the session, whatever the owner changes.
type Terms struct {
	Session   string
	Connector int
	Tariff    Tariff
	Quoted    time.Time
	Until     time.Time // the car must be plugged in before
}

// Action is what happened to a session.
type Action uint8

// What can happen to a session.
const (
	Plug Action = iota
	Start
	Meter // a meter value and nothing else
	Suspend
	Resume
	Stop   // the transaction is over
	Unplug // the car is gone
)

// Event is something that happened, as the station tells it.
type Event struct {
	Action      Action
	At          time.Time         // by the station's clock
	Received    time.Time         // by ours; an offline station may tell days later
	Transaction string            // with Start and all after
	Register    *energy.WattHours // the meter's cumulative register; nil: not told
}

// mark is a point of the session's course.
type mark struct {
	at      int64 // Unix seconds
	count   energy.WattHours
	parking bool // from here on
}

// Session is one car at one connector, from the agreed price to the receipt. It is for one goroutine at a time.
type Session struct {
	station     string
	terms       Terms
	state       State
	transaction string
	register    meter.Register
	marks       []mark
	gone        bool // the car has left
	doubtful    bool
	receipt     Receipt
}

// Open begins a session.
func Open(station Station, terms Terms) (*Session, error) {
	if terms.Connector < 1 || terms.Connector > len(station.Connectors) {
		return nil, fmt.Errorf("station %s, connector %d of %d: %w", station.ID, terms.Connector, len(station.Connectors), ErrConnector)
	}
	if err := terms.Tariff.Validate(); err != nil {
		return nil, err
	}
	if !terms.Until.After(terms.Quoted) {
		return nil, fmt.Errorf("station %s: %w", station.ID, ErrExpired)
	}
	// The receipt must not change when the caller's slices do.
	terms.Tariff.Elements = append([]Element(nil), terms.Tariff.Elements...)
	for i, e := range terms.Tariff.Elements {
		terms.Tariff.Elements[i].Components = append([]Component(nil), e.Components...)
	}
	return &Session{station: station.ID, terms: terms, register: meter.Register{Most: station.Connectors[terms.Connector-1]}}, nil
}

// State is how far the session has come.
func (s *Session) State() State { return s.state }

// Doubtful says that the meter told what cannot be: it fell, or rose by more than the connector can give. Such values are not counted
// until they have gone on consistently, and a person should look at the session.
func (s *Session) Doubtful() bool { return s.doubtful }

// Energy is what was charged so far.
func (s *Session) Energy() energy.WattHours {
	if len(s.marks) == 0 {
		return 0
	}
	return s.marks[len(s.marks)-1].count - s.marks[0].count
}

// Apply takes an event. A repeat changes nothing and is no error: stations tell again what was not acknowledged.
func (s *Session) Apply(e Event) error {
	if e.Action > Plug && s.transaction != "" && e.Transaction != s.transaction {
		return fmt.Errorf("session %s has transaction %q, not %q: %w", s.terms.Session, s.transaction, e.Transaction, ErrTransaction)
	}
	switch e.Action {
	case Plug:
		return s.plug(e)
	case Start:
		return s.start(e)
	}
	if s.transaction == "" {
		return fmt.Errorf("session %s has not started: %w", s.terms.Session, ErrState)
	}
	if s.state >= Ended {
		if e.Action == Unplug && s.state == Ended && !s.gone {
			s.observe(e, false)
			s.gone = true
		}
		return nil // told late or twice: the energy is final
	}
	switch e.Action {
	case Meter:
		s.observe(e, s.state == Suspended)
	case Suspend:
		s.observe(e, true)
		s.state = Suspended
	case Resume:
		s.observe(e, false)
		s.state = Charging
	case Stop:
		s.observe(e, true)
		s.state = Ended
	case Unplug:
		s.observe(e, false)
		s.state, s.gone = Ended, true
	default:
		return fmt.Errorf("action %d: %w", e.Action, ErrState)
	}
	return nil
}

func (s *Session) plug(e Event) error {
	switch {
	case s.state != Authorised:
		return nil
	case !e.Received.Before(s.terms.Until) && !e.At.Before(s.terms.Until):
		return fmt.Errorf("session %s was held until %s: %w", s.terms.Session, s.terms.Until.Format(time.RFC3339), ErrExpired)
	}
	s.state = Plugged
	return nil
}

func (s *Session) start(e Event) error {
	switch {
	case s.transaction != "":
		return nil
	case s.state != Plugged:
		return fmt.Errorf("start of session %s, which is %s: plug in first: %w", s.terms.Session, s.state, ErrState)
	case e.Transaction == "" || e.Register == nil || !e.Register.Valid():
		return fmt.Errorf("start of session %s needs a transaction and the register: %w", s.terms.Session, ErrState)
	}
	s.transaction, s.state = e.Transaction, Charging
	s.observe(e, false)
	return nil
}

// observe adds a mark. The station's clock is believed between the last mark, at first the quote, and our own time, not outside.
func (s *Session) observe(e Event, parking bool) {
	at := min(max(e.At.Unix(), s.terms.Quoted.Unix()), e.Received.Unix())
	var count energy.WattHours
	if n := len(s.marks); n > 0 {
		at, count = max(at, s.marks[n-1].at), s.marks[n-1].count
	}
	if e.Register != nil && s.state < Ended {
		step := s.register.Observe(meter.Sample{At: at * 1000, Raw: e.Register})
		if step.Grade == meter.Good {
			count = step.Count
		} else {
			s.doubtful = true
		}
	}
	s.marks = append(s.marks, mark{at, count, parking})
}
