package audit

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// boundary names the readings of a meter for one instant.
type boundary struct {
	meter energy.Meter
	at    int64 // Unix seconds
}

// wanted is a leaf that no reading was found for yet.
type wanted struct {
	key      settlement.Key
	leaf     oracle.Leaf
	baseless bool // its reading is there, and none to measure from
}

// base is the readings from which leaves are measured, while there are such leaves.
type base struct {
	leaves   int
	readings []meter.SignedReading
}

// want notes what a leaf needs of the readings.
func (a *auditor) want(k settlement.Key, leaf oracle.Leaf) {
	at := boundary{leaf.Meter, k.Interval.EndUnix()}
	a.wanted[at] = append(a.wanted[at], wanted{key: k, leaf: leaf})
	since := boundary{leaf.Meter, leaf.Since}
	if a.bases[since] == nil {
		a.bases[since] = &base{}
	}
	a.bases[since].leaves++
}

// device is what is kept of the readings of one device: enough to know one that was sent again.
type device struct {
	last   meter.SignedReading
	newest []meter.Digest
}

// mostRepeats is how many readings back an agent may begin again after a crash.
const mostRepeats = 128

// readReadings checks signature, device and chain of every reading in the log, and the leaves that rest on it. Counters may
// be left out: an agent gives up what it could not send for weeks. Only what leaves to come are measured from is kept.
func (a *auditor) readReadings(ctx context.Context) error {
	devices := map[[32]byte]*device{}
	_, err := a.Bus.Replay(ctx, bus.MeterSubject(a.Zone, "*"), 1, func(m bus.Message) error {
		s, err := meter.DecodeSignedReading(m.Data)
		if err != nil {
			return differs("reading at log position %d of %s: %v", m.Sequence, m.Subject, err)
		}
		key, registered := a.Devices[s.Meter]
		if !registered || key != s.Device || s.Zone != a.Zone || s.Verify() != nil {
			return differs("reading %s counter %d at log position %d: not signed by the meter's device", s.Meter, s.Counter, m.Sequence)
		}
		d := devices[s.Device]
		if d == nil {
			d = &device{}
			devices[s.Device] = d
		}
		digest := s.Digest()
		if slices.Contains(d.newest, digest) {
			return nil // the agent sent it twice because an answer was lost
		}
		if before := d.last; before.Counter > 0 && (s.Counter <= before.Counter || s.Counter == before.Counter+1 && s.Previous != before.Digest()) {
			return differs("reading %s counter %d: does not chain to counter %d", s.Meter, s.Counter, before.Counter)
		}
		d.last = s
		d.newest = append(d.newest[max(0, len(d.newest)+1-mostRepeats):], digest)
		a.report.Readings++
		return a.take(s, digest)
	})
	if err != nil {
		return err
	}
	return a.unread()
}

// take checks the leaves that rest on a reading, and keeps it for those that are measured from it.
func (a *auditor) take(s meter.SignedReading, digest meter.Digest) error {
	at := boundary{s.Meter, s.Boundary}
	b := a.bases[at]
	if b != nil {
		b.readings = append(b.readings, s)
	}
	if b != nil || len(a.wanted[at]) > 0 {
		a.collect.reading(s)
	}
	var rest []wanted
	for _, w := range a.wanted[at] {
		if w.leaf.Reading != digest {
			rest = append(rest, w)
			continue
		}
		since := boundary{s.Meter, w.leaf.Since}
		if w.baseless = len(a.bases[since].readings) == 0; w.baseless {
			rest = append(rest, w)
			continue
		}
		if err := checkLeaf(w.key, w.leaf, s, a.bases[since].readings); err != nil {
			return differs("%v", err)
		}
		if a.bases[since].leaves--; a.bases[since].leaves == 0 {
			delete(a.bases, since)
		}
	}
	if delete(a.wanted, at); rest != nil {
		a.wanted[at] = rest
	}
	return nil
}

// unread names the first leaf that no reading was found for.
func (a *auditor) unread() error {
	var left []wanted
	for _, list := range a.wanted {
		left = append(left, list...)
	}
	slices.SortFunc(left, func(p, q wanted) int {
		return cmp.Or(compareKeys(p.key, q.key), cmp.Compare(p.leaf.Meter, q.leaf.Meter))
	})
	if len(left) == 0 {
		return nil
	}
	if w := left[0]; w.baseless {
		return differs("%s meter %s: no reading at %d to measure from", w.key, w.leaf.Meter, w.leaf.Since)
	}
	return differs("%s meter %s: no such reading", left[0].key, left[0].leaf.Meter)
}

// checkLeaf recomputes the measurement of a leaf from the registers: later is the reading it names, bases are those of its
// meter at the instant since when it measures, at least one.
func checkLeaf(k settlement.Key, leaf oracle.Leaf, later meter.SignedReading, bases []meter.SignedReading) error {
	var m meter.Measurement
	var err error
	for _, earlier := range bases {
		m, err = meter.Measure(earlier, later)
		if err == nil && m.Import == leaf.Import && m.Export == leaf.Export && quality(k, earlier, later) == leaf.Quality {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("%s meter %s: attested import %s export %s, the registers say: %w", k, leaf.Meter, leaf.Import, leaf.Export, err)
	}
	return fmt.Errorf("%s meter %s: attested import %s export %s %s, the registers say import %s export %s %s", k, leaf.Meter,
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
