package settlement_test

import (
	"fmt"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement/audit"
)

// forgery rewrites a message of a log into none, one or more.
type forgery struct {
	name    string
	subject string
	number  int // of the message in its subject, from 1; -1 the last, 0 every one
	forge   func(t *testing.T, data []byte) [][]byte
	words   []string
}

// forged copies the zone's logs to a new server, with one message forged.
func (s *street) forged(t *testing.T, f forgery) *bus.Bus {
	t.Helper()
	to := bustest.Open(t)
	written := 0
	for _, subject := range []string{bus.MeterSubject(s.zone, "*"), bus.OrderSubject(s.zone), bus.MarketSubject(s.zone), bus.AttestSubject(s.zone),
		bus.TurnSubject(s.zone), bus.RootSubject(s.zone)} {
		var all []bus.Message
		_, err := s.bus.Replay(t.Context(), subject, 1, func(m bus.Message) error {
			all = append(all, m)
			return nil
		})
		must(t, err)
		last := map[string]int{}
		for _, m := range all {
			last[m.Subject]++
		}
		number := map[string]int{}
		for _, m := range all {
			number[m.Subject]++
			messages := [][]byte{m.Data}
			if n := number[m.Subject]; m.Subject == f.subject && (n == f.number || f.number == 0 || f.number < 0 && n == last[m.Subject]) {
				messages = f.forge(t, m.Data)
			}
			for _, data := range messages {
				written++
				_, err := to.Publish(t.Context(), m.Subject, fmt.Sprint(written), data)
				must(t, err)
			}
		}
	}
	return to
}

func drop(*testing.T, []byte) [][]byte { return nil }

func garbage(_ *testing.T, data []byte) [][]byte { return [][]byte{data, []byte("garbage")} }

// reading changes a reading and leaves its signature, or lets the device sign it again.
func reading(signer int, change func(*meter.Reading)) func(*testing.T, []byte) [][]byte {
	return func(t *testing.T, data []byte) [][]byte {
		t.Helper()
		r, err := meter.DecodeSignedReading(data)
		must(t, err)
		if change(&r.Reading); signer >= 0 {
			r = meter.Sign(deviceOf(signer), r.Reading)
		}
		return [][]byte{meter.AppendSignedReading(nil, r)}
	}
}

// batch changes a message of the order log.
func batch(change func(*exchange.Batch)) func(*testing.T, []byte) [][]byte {
	return func(t *testing.T, data []byte) [][]byte {
		t.Helper()
		b, err := exchange.DecodeBatch(data)
		must(t, err)
		change(&b)
		return [][]byte{exchange.AppendBatch(nil, b)}
	}
}

// message changes a message of the market log.
func message(change func(*exchange.Message)) func(*testing.T, []byte) [][]byte {
	return func(t *testing.T, data []byte) [][]byte {
		t.Helper()
		m, err := exchange.DecodeMessage(data)
		must(t, err)
		change(&m)
		return [][]byte{exchange.AppendMessage(nil, m)}
	}
}

// collude changes an attestation and has a quorum sign it. The first one stays before it if both is set.
func (s *street) collude(both bool, change func(*oracle.Attestation)) func(*testing.T, []byte) [][]byte {
	return func(t *testing.T, data []byte) (all [][]byte) {
		t.Helper()
		a, err := oracle.DecodeAttestation(data)
		must(t, err)
		change(&a)
		a.Report, err = oracle.NewReport(s.zone, a.Report.Interval, a.Report.Run, a.Leaves)
		must(t, err)
		a.Signatures = nil
		if both {
			all = append(all, data)
		}
		return append(all, oracle.AppendAttestation(nil, s.signed(t, a, 0, 1)))
	}
}

func (s *street) forgeries() []forgery {
	ben, carla := bus.MeterSubject(s.zone, "ben-grid"), bus.MeterSubject(s.zone, "carla-grid")
	order, market, attest := bus.OrderSubject(s.zone), bus.MarketSubject(s.zone), bus.AttestSubject(s.zone)
	return []forgery{
		{"register changed", ben, 3, reading(-1, func(r *meter.Reading) { r.Import++ }), []string{"ben-grid counter 3", "not signed"}},
		{"register changed and signed again", ben, 3, reading(1, func(r *meter.Reading) { r.Import++ }), []string{"ben-grid counter 4", "chain to counter 3"}},
		{"newest register changed and signed again", ben, -1, reading(1, func(r *meter.Reading) { r.Import++ }), []string{two, "ben-grid", "no such reading"}},
		{"reading of a device that is not registered", ben, 3, reading(0, func(*meter.Reading) {}), []string{"ben-grid counter 3", "not signed"}},
		{"reading of another meter", ben, 3, reading(1, func(r *meter.Reading) { r.Meter = "zoe-grid" }), []string{"zoe-grid counter 3", "not signed"}},
		{"reading of another zone", ben, 3, reading(1, func(r *meter.Reading) { r.Zone = "other" }), []string{"ben-grid counter 3", "not signed"}},
		{"reading dropped", ben, 3, drop, []string{one, "ben-grid", "no such reading"}},
		{"base dropped", carla, 1, drop, []string{zero, "carla-grid", "to measure from"}},
		{"counter used twice", ben, 3, func(t *testing.T, data []byte) [][]byte {
			return append([][]byte{data}, reading(1, func(r *meter.Reading) { r.Import++ })(t, data)...)
		}, []string{"ben-grid counter 3", "chain to counter 3"}},
		{"not a reading", ben, 3, garbage, []string{"reading at log position", "ben-grid"}},

		{"command changed", order, 2, batch(func(b *exchange.Batch) { b.Commands[0].Price -= 100 }), []string{"order log", "batch 3", "does not follow batch 2"}},
		{"command of the newest batch changed", order, -1, batch(func(b *exchange.Batch) { b.Commands[0].Interval = nth(7) }), []string{"market log", "event", nth(2).String()}},
		{"batch dropped", order, 2, drop, []string{"order log", "batch 3", "does not follow batch 1"}},
		{"newest batch dropped", order, -1, drop, []string{"market log", "event", nth(2).String()}},
		{"batch under other rules", order, -1, batch(func(b *exchange.Batch) { b.Rules[0]++ }), []string{"order log", "batch 6"}},
		{"batch of another zone", order, -1, batch(func(b *exchange.Batch) { b.Zone = "other" }), []string{"order log", "batch 6 of other"}},
		{"batch that leaves a command out", order, -1, batch(func(b *exchange.Batch) { b.First++ }), []string{"order log", "batch 6"}},
		{"not a batch", order, 3, garbage, []string{"order log"}},

		{"trade price", market, 2, message(func(m *exchange.Message) { m.Events[1].Price += 100 }), []string{"market log", "event 3.1", nth(0).String()}},
		{"trade quantity", market, 2, message(func(m *exchange.Message) { m.Events[1].Quantity-- }), []string{"market log", "event 3.1", nth(0).String()}},
		{"trade buyer", market, 2, message(func(m *exchange.Message) { m.Events[1].Member = "zoe" }), []string{"market log", "event 3.1"}},
		{"event left out", market, 2, message(func(m *exchange.Message) { m.Events = m.Events[:3] }), []string{"market log", "message 3"}},
		{"event made up", market, -1, message(func(m *exchange.Message) {
			e := m.Events[len(m.Events)-1]
			e.Index++
			m.Events = append(m.Events, e)
		}), []string{"market log", "event 10.", nth(2).String()}},
		{"message dropped", market, 2, drop, []string{"market log", "message 3", "does not follow message 1"}},
		{"newest message dropped", market, -1, drop, []string{"market log", "ends"}},
		{"message of another zone", market, 2, message(func(m *exchange.Message) { m.Zone = "other" }), []string{"market log", "message 2 of other"}},
		{"not a message", market, 2, garbage, []string{"market log"}},

		{"leaf changed", attest, 2, func(_ *testing.T, data []byte) [][]byte {
			data[len(data)-89+39]++ // import of the last leaf
			return [][]byte{data}
		}, []string{one, "neither"}},
		{"total changed", attest, 2, func(_ *testing.T, data []byte) [][]byte {
			data[17+131]++
			return [][]byte{data}
		}, []string{one, "neither"}},
		{"signature changed", attest, 2, func(_ *testing.T, data []byte) [][]byte {
			data[17+132+32+8+1]++
			return [][]byte{data}
		}, []string{one, "attestation that is not in the log"}},
		{"attestation dropped", attest, 2, drop, []string{"attestation log", "ends"}},
		{"attestation replaced by noise", attest, 2, func(*testing.T, []byte) [][]byte { return [][]byte{[]byte("noise")} }, []string{one}},
		{"quorum raises an import", attest, 2, s.collude(false, func(a *oracle.Attestation) { a.Leaves[1].Import++ }), []string{one, "ben-grid", "registers say"}},
		{"quorum raises an export", attest, 2, s.collude(false, func(a *oracle.Attestation) { a.Leaves[0].Export++ }), []string{one, "anna-grid", "registers say"}},
		{"quorum calls late energy measured", attest, 3, s.collude(false, func(a *oracle.Attestation) { a.Leaves[2].Quality = meter.Measured }), []string{two, "carla-grid", "late"}},
		{"quorum names another reading", attest, 2, s.collude(false, func(a *oracle.Attestation) { a.Leaves[1].Reading[0]++ }), []string{one, "ben-grid", "no such reading"}},
		{"quorum names another base", attest, 2, s.collude(false, func(a *oracle.Attestation) { a.Leaves[1].Since -= 60 }), []string{one, "ben-grid", "to measure from"}},
		{"quorum attests energy twice", attest, 2, s.collude(false, func(a *oracle.Attestation) {
			a.Leaves[1].Since, a.Leaves[1].Quality = nth(0).StartUnix(), meter.Late
			a.Leaves[1].Import += energy.WattHours(507)
		}), []string{one, "ben-grid", "attested already"}},
		{"quorum leaves a meter out", attest, 2, s.collude(false, func(a *oracle.Attestation) { a.Leaves = a.Leaves[:1] }), []string{one}},
		{"quorum signs twice", attest, 2, s.collude(true, func(a *oracle.Attestation) { a.Leaves = a.Leaves[:1] }), []string{one, "two reports"}},
	}
}

// Whatever is changed in a log is named, whoever signed it.
func TestAuditFindsEveryForgery(t *testing.T) {
	s := settled(t)
	for _, f := range s.forgeries() {
		t.Run(f.name, func(t *testing.T) {
			config := s.auditConfig()
			config.Bus = s.forged(t, f)
			finds(t, config, f.words...)
		})
	}
	t.Run("none", func(t *testing.T) {
		config := s.auditConfig()
		config.Bus = s.forged(t, forgery{})
		if _, err := audit.Run(t.Context(), config); err != nil {
			t.Errorf("copied as they are: got %v, want no difference", err)
		}
	})
}

// An order log that was written anew from one changed command on, with its chain in order, gives another market.
func TestAuditFindsARewrittenOrderLog(t *testing.T) {
	s := settled(t)
	var previous exchange.Digest
	config := s.auditConfig()
	config.Bus = s.forged(t, forgery{subject: bus.OrderSubject(s.zone), forge: func(t *testing.T, data []byte) [][]byte {
		t.Helper()
		changed := batch(func(b *exchange.Batch) {
			if b.Previous = previous; b.Number == 2 {
				b.Commands[0].Quantity = 599
			}
		})(t, data)
		previous = exchange.DigestOf(changed[0])
		return changed
	}})
	finds(t, config, "market log", "event 3.0", nth(0).String())
}
