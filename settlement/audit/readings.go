package audit

import (
	"context"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// readReadings checks signature, device and chain of every reading in the log. Counters may be left out: an agent gives
// up what it could not send for weeks.
func (a *auditor) readReadings(ctx context.Context) error {
	last := map[[32]byte]meter.SignedReading{}
	_, err := a.Bus.Replay(ctx, bus.MeterSubject(a.Zone, "*"), 1, func(m bus.Message) error {
		s, err := meter.DecodeSignedReading(m.Data)
		if err != nil {
			return differs("reading at log position %d of %s: %v", m.Sequence, m.Subject, err)
		}
		device, registered := a.Devices[s.Meter]
		if !registered || device != s.Device || s.Zone != a.Zone || s.Verify() != nil {
			return differs("reading %s counter %d at log position %d: not signed by the meter's device", s.Meter, s.Counter, m.Sequence)
		}
		digest := s.Digest()
		if _, again := a.readings[digest]; again {
			return nil // the agent sent it twice because an answer was lost
		}
		before, ok := last[s.Device]
		if ok && (s.Counter <= before.Counter || s.Counter == before.Counter+1 && s.Previous != before.Digest()) {
			return differs("reading %s counter %d: does not chain to counter %d", s.Meter, s.Counter, before.Counter)
		}
		last[s.Device] = s
		a.readings[digest] = s
		at := boundary{s.Meter, s.Boundary}
		a.boundaries[at] = append(a.boundaries[at], s)
		a.report.Readings++
		return nil
	})
	return err
}

// checkLeaf recomputes the measurement of a leaf from the registers.
func (a *auditor) checkLeaf(k settlement.Key, leaf oracle.Leaf) error {
	later, ok := a.readings[leaf.Reading]
	if !ok || later.Meter != leaf.Meter || later.Boundary != k.Interval.EndUnix() {
		return differs("%s meter %s: no such reading", k, leaf.Meter)
	}
	bases := a.boundaries[boundary{leaf.Meter, leaf.Since}]
	if len(bases) == 0 {
		return differs("%s meter %s: no reading at %d to measure from", k, leaf.Meter, leaf.Since)
	}
	var m meter.Measurement
	var err error
	for _, earlier := range bases {
		m, err = meter.Measure(earlier, later)
		if err == nil && m.Import == leaf.Import && m.Export == leaf.Export && quality(k, earlier, later) == leaf.Quality {
			return nil
		}
	}
	if err != nil {
		return differs("%s meter %s: attested import %s export %s, the registers say: %v", k, leaf.Meter, leaf.Import, leaf.Export, err)
	}
	return differs("%s meter %s: attested import %s export %s %s, the registers say import %s export %s %s", k, leaf.Meter,
		leaf.Import, leaf.Export, leaf.Quality, m.Import, m.Export, quality(k, bases[len(bases)-1], later))
}

// quality is that of the measurement of an interval: measured only if it is of this interval, between registers that
// were both read in time.
func quality(k settlement.Key, earlier, later meter.SignedReading) meter.Quality {
	worst := max(earlier.Quality, later.Quality)
	if later.Boundary-earlier.Boundary != int64(k.Interval.Length()) {
		worst = meter.Late
	}
	for _, s := range []meter.SignedReading{earlier, later} {
		if s.Taken-s.Boundary*1000 > meter.Tolerance(k.Interval.Length()).Milliseconds() {
			worst = meter.Late
		}
	}
	return worst
}
