package agent

import (
	"testing"
	"time"
)

func TestClockThatDriftsIsNotHealthy(t *testing.T) {
	for drift, want := range map[time.Duration]bool{0: true, 29 * time.Second: true, -29 * time.Second: true, 31 * time.Second: false, -time.Hour: false} {
		var s Status
		s.Drift(drift)
		if got := s.Report(); got.Healthy() != want || got.ClockDrift != drift.Milliseconds() {
			t.Errorf("%s: got %+v, want healthy %t", drift, got, want)
		}
	}
}
