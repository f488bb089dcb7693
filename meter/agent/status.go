package agent

import (
	"sync"
	"time"

	"github.com/wattle/wattle/meter"
)

// Status is how an agent does, for its health endpoint. The zero value is ready; it is safe for concurrent use.
type Status struct {
	mu     sync.Mutex
	report Report
	last   time.Time
}

// Report is a Status at one moment.
type Report struct {
	Looked     int64  `json:"looked_ms"`      // Unix milliseconds of the last look at the signed device, by the zone's clock
	Problem    string `json:"problem"`        // a sentence for the owner; empty: the device is well
	Boundary   int64  `json:"boundary_s"`     // Unix seconds: of the newest signed reading; 0: none yet
	Counter    uint64 `json:"counter"`        // of the newest signed reading
	Waiting    int    `json:"waiting"`        // readings that were not published yet
	Refusal    string `json:"refusal"`        // why the last publication did not succeed; empty: it did
	ClockStep  int64  `json:"clock_step_ms"`  // the last time the clock was set, by how much; 0: never
	ClockDrift int64  `json:"clock_drift_ms"` // how far the clock is ahead of the message server's, when that was last asked
	Event      string `json:"event"`          // the last reset, jump or exchange of a register; empty: none
	EventAt    int64  `json:"event_at_ms"`
}

// MaxDrift is how far an agent's clock may be off: further, readings would stand for other instants than they say.
const MaxDrift = 30 * time.Second

// Healthy reports whether readings are signed and published, by a clock that is right.
func (r Report) Healthy() bool {
	return r.Problem == "" && r.Refusal == "" && max(r.ClockDrift, -r.ClockDrift) <= MaxDrift.Milliseconds()
}

// Drift notes how far the agent's clock is ahead of one that can be trusted.
func (s *Status) Drift(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.ClockDrift = d.Milliseconds()
}

// Report is the status now.
func (s *Status) Report() Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.report
}

// clockStep is how far a clock may move besides time's passing before that counts as being set.
const clockStep = time.Second

// look notes a look at the signed device. A time that carries a monotonic reading shows whether the clock was set between
// two looks.
func (s *Status) look(at time.Time, problem string, o *outbox) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.last.IsZero() {
		step := at.Round(0).Sub(s.last.Round(0)) - at.Sub(s.last)
		if step > clockStep || step < -clockStep {
			s.report.ClockStep = step.Milliseconds()
		}
	}
	newest := o.newest()
	s.last, s.report.Looked, s.report.Problem = at, at.UnixMilli(), problem
	s.report.Boundary, s.report.Counter, s.report.Waiting = newest.Boundary, newest.Counter, o.waiting()
}

func (s *Status) event(at time.Time, e meter.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Event, s.report.EventAt = e.String(), at.UnixMilli()
}

func (s *Status) published(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Refusal = ""
	if err != nil {
		s.report.Refusal = err.Error()
	}
}
