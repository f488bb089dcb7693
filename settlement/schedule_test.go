package settlement

import (
	"testing"
	"time"
)

func TestSchedule(t *testing.T) {
	s, iv := UsualSchedule(), testKey.Interval
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		after time.Duration
		run   uint32
		due   bool
	}{{-1, 0, false}, {0, 0, true}, {day - 1, 0, true}, {day, 1, true}, {30 * day, 2, true}, {400 * day, 3, true}, {4000 * day, 3, true}} {
		if run, due := s.Latest(iv, iv.End().Add(test.after)); run != test.run || due != test.due {
			t.Errorf("%s after the end: got run %d %t, want %d %t", test.after, run, due, test.run, test.due)
		}
	}
	if at, err := s.Due(iv, 2); err != nil || !at.Equal(iv.End().Add(30*day)) {
		t.Errorf("run 2: due at %s, %v, want 30 days after the end", at, err)
	}
	if _, err := s.Due(iv, 4); err == nil || s.Final(2) || !s.Final(3) {
		t.Errorf("run 3 is final, no run 4 is due: got %v", err)
	}
}

func TestScheduleRefuses(t *testing.T) {
	for _, s := range []Schedule{nil, {day}, {0, 0}, {0, day, day - 1}, {0, 2 * maxSchedule}} {
		if s.Validate() == nil {
			t.Errorf("%v: got no error", s)
		}
	}
}
