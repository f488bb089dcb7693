package settlement

import (
	"fmt"
	"time"

	"github.com/wattle/wattle/energy"
)

// Schedule says how long after the end of an interval each run is due. Run 0 is due at once, the last is final.
type Schedule []time.Duration

// UsualSchedule is run 0 at the attestation, then after a day, after 30, and the final run after 400 days.
func UsualSchedule() Schedule { return Schedule{0, day, 30 * day, 400 * day} }

// maxSchedule bounds a schedule: ten years.
const maxSchedule = 3653 * day

// Validate refuses a schedule that is empty, does not begin at once or does not ascend.
func (s Schedule) Validate() error {
	if len(s) == 0 || s[0] != 0 {
		return fmt.Errorf("schedule %v: the first run is due after 0s: %w", s, ErrCase)
	}
	for i := 1; i < len(s); i++ {
		if s[i] <= s[i-1] || s[i] > maxSchedule {
			return fmt.Errorf("schedule %v: use ascending times up to %s: %w", s, maxSchedule, ErrCase)
		}
	}
	return nil
}

// Due is when a run of an interval is due. It returns ErrCase for a run after the final one.
func (s Schedule) Due(iv energy.Interval, run uint32) (time.Time, error) {
	if uint64(run) >= uint64(len(s)) {
		return time.Time{}, fmt.Errorf("%s run %d: run %d was final: %w", iv, run, len(s)-1, ErrCase)
	}
	return iv.End().Add(s[run]), nil
}

// Latest is the newest run of an interval that is due at a time, and whether any is.
func (s Schedule) Latest(iv energy.Interval, now time.Time) (run uint32, due bool) {
	for i, after := range s {
		if now.Before(iv.End().Add(after)) {
			break
		}
		run, due = uint32(i), true
	}
	return run, due
}

// Final reports whether no run follows.
func (s Schedule) Final(run uint32) bool { return uint64(run)+1 >= uint64(len(s)) }
