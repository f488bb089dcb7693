package audit

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// attestation is what the log says under one key: one report, signed once or more often.
type attestation struct {
	report oracle.Report
	leaves []oracle.Leaf
	first  uint64            // sequence of the first message
	forms  map[[32]byte]bool // digests of all messages
}

// readAttestations keeps the attestations that a quorum signed, with what each leaf needs of the readings. One whose
// report is on chain counts too: the contract has seen the quorum of its time.
func (a *auditor) readAttestations(ctx context.Context) error {
	quorum, err := a.Chain.Quorum(ctx)
	if err != nil {
		return err
	}
	_, err = a.Bus.Replay(ctx, bus.AttestSubject(a.Zone), 1, func(m bus.Message) error {
		a.attestEnd = m.Sequence
		attested, err := oracle.DecodeAttestation(m.Data)
		if err != nil || attested.Report.Zone != a.Zone {
			return nil // anybody may write to the log; what no quorum signed proves nothing and settled nothing
		}
		k := settlement.Key{Zone: a.Zone, Interval: attested.Report.Interval, Run: attested.Report.Run}
		if record, posted := a.records[k]; quorum.Verify(attested) != nil && !(posted && record.Report == attested.Report) {
			return nil
		}
		return a.keep(k, attested, m)
	})
	return err
}

func (a *auditor) keep(k settlement.Key, attested oracle.Attestation, m bus.Message) error {
	form := sha256.Sum256(m.Data)
	if before, ok := a.attestations[k]; ok {
		if before.report != attested.Report {
			return differs("%s: a quorum signed two reports", k)
		}
		before.forms[form] = true
		return nil
	}
	if a.audited(k.Interval) {
		for _, leaf := range attested.Leaves {
			a.want(k, leaf)
		}
	}
	_, posted := a.records[k]
	a.collect.run(attested, posted)
	a.count.Attested(attested)
	a.attestations[k] = attestation{attested.Report, attested.Leaves, m.Sequence, map[[32]byte]bool{form: true}}
	a.report.Attestations++
	return nil
}

// checkTelescope makes sure that no energy is attested twice: what an interval says of a meter begins where an earlier
// interval ended, or later. Runs correct each other, so each is looked at by itself.
func (a *auditor) checkTelescope(context.Context) error {
	type measured struct {
		meter energy.Meter
		run   uint32
	}
	until := map[measured]int64{}
	keys := slices.SortedFunc(maps.Keys(a.attestations), func(p, q settlement.Key) int { return p.Interval.Compare(q.Interval) })
	for _, k := range keys {
		for _, leaf := range a.attestations[k].leaves {
			m := measured{leaf.Meter, k.Run}
			if leaf.Since < until[m] {
				return differs("%s meter %s: measured from %d, energy up to %d is attested already", k, leaf.Meter, leaf.Since, until[m])
			}
			until[m] = k.Interval.EndUnix()
		}
	}
	return nil
}
