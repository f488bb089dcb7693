package oracle_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// The layouts of docs/protocol.md.
var (
	leafLayout   = []field{{"meter", 32}, {"import", 8}, {"export", 8}, {"since", 8}, {"quality", 1}, {"reading", 32}}
	reportLayout = []field{
		{"domain", 32}, {"zone", 32}, {"start", 8}, {"length", 4}, {"run", 4}, {"root", 32}, {"leaves", 4}, {"export", 8}, {"import", 8},
	}
)

func TestReportBytes(t *testing.T) {
	a := attested(t)
	b := oracle.AppendReport(nil, a.Report)
	out := "report\n" + table(t, b, reportLayout)
	for i, l := range a.Leaves {
		out += fmt.Sprintf("leaf %d\n%s      hash        %x\n", i, table(t, oracle.AppendLeaf(nil, l), leafLayout), l.Hash())
		for _, sibling := range oracle.Prove(a.Leaves, i) {
			out += fmt.Sprintf("      sibling     %x\n", sibling)
		}
	}
	out += fmt.Sprintf("signing\n      hash        %x\n", a.SigningHash())
	golden(t, "report.golden", out)
	if got, err := oracle.DecodeReport(b); err != nil || got != a.Report {
		t.Errorf("got %+v, %v, want %+v", got, err, a.Report)
	}
}

func TestAttestationBytes(t *testing.T) {
	a := attested(t, 1, 3)
	b := oracle.AppendAttestation(nil, a)
	out := table(t, b, []field{
		{"domain", 17}, {"report", oracle.ReportSize}, {"config", 32}, {"sequence", 8},
		{"count", 1}, {"signature", oracle.SignatureSize}, {"signature", oracle.SignatureSize},
		{"count", 4}, {"leaf", oracle.LeafSize}, {"leaf", oracle.LeafSize}, {"leaf", oracle.LeafSize},
	})
	for _, n := range []int{1, 3} {
		out += fmt.Sprintf("      signer      %x\n", quorum(t).Signers[n-1])
	}
	golden(t, "attestation.golden", out)
	got, err := oracle.DecodeAttestation(b)
	if err != nil || got.Report != a.Report || got.ConfigDigest != a.ConfigDigest || got.Sequence != a.Sequence ||
		!slices.Equal(got.Signatures, a.Signatures) || !slices.Equal(got.Leaves, a.Leaves) {
		t.Errorf("got %+v, %v, want %+v", got, err, a)
	}
}

func TestObservationBytes(t *testing.T) {
	_, o, _ := example(t)
	o.Settled = settled(t).Report
	b := oracle.AppendObservation(nil, o)
	golden(t, "observation.golden", table(t, b, []field{
		{"start", 8}, {"length", 4}, {"closed", 1}, {"settled", 1}, {"settlement", oracle.SettlementReportSize},
		{"reading", meter.SignedReadingSize}, {"reading", meter.SignedReadingSize}, {"reading", meter.SignedReadingSize},
	}))
	got, err := oracle.DecodeObservation(b)
	if err != nil || !reflect.DeepEqual(got, o) {
		t.Errorf("got %+v, %v, want %+v", got, err, o)
	}
}

func TestOutcomeBytes(t *testing.T) {
	_, _, o := example(t)
	o.Settled = settled(t).Report
	b := oracle.AppendOutcome(nil, o)
	golden(t, "outcome.golden", table(t, b, []field{
		{"domain", 16}, {"start", 8}, {"length", 4}, {"closed", 1}, {"settled", 1}, {"settlement", oracle.SettlementReportSize},
		{"count", 4}, {"reading", meter.SignedReadingSize}, {"reading", meter.SignedReadingSize}, {"reading", meter.SignedReadingSize},
		{"count", 4}, {"leaf", oracle.LeafSize}, {"leaf", oracle.LeafSize}, {"leaf", oracle.LeafSize},
	}))
	got, err := oracle.DecodeOutcome(b)
	if err != nil || !reflect.DeepEqual(got, o) {
		t.Errorf("got %+v, %v, want %+v", got, err, o)
	}
}

func TestDecodersRefuse(t *testing.T) {
	a := attested(t, 1, 3)
	_, observation, outcome := example(t)
	leaf := func(alter func(*oracle.Leaf)) []byte {
		l := a.Leaves[0]
		alter(&l)
		return oracle.AppendLeaf(nil, l)
	}
	attestation := func(alter func(*oracle.Attestation)) []byte {
		altered := a
		altered.Leaves = slices.Clone(a.Leaves)
		alter(&altered)
		return oracle.AppendAttestation(nil, altered)
	}
	state := func(alter func(*oracle.Outcome)) []byte {
		altered := outcome
		altered.Last, altered.Leaves = slices.Clone(outcome.Last), slices.Clone(outcome.Leaves)
		alter(&altered)
		return oracle.AppendOutcome(nil, altered)
	}
	one := homeAt(1)
	settling := oracle.AppendObservation(nil, oracle.Observation{Interval: observation.Interval, Settled: settled(t).Report})
	for _, c := range []struct {
		name   string
		decode func([]byte) error
		bytes  []byte
	}{
		{"leaf: negative import", decodeLeaf, leaf(func(l *oracle.Leaf) { l.Import = -1 })},
		{"leaf: more export than fits", decodeLeaf, leaf(func(l *oracle.Leaf) { l.Export = energy.MaxEnergy + 1 })},
		{"leaf: since before 1970", decodeLeaf, leaf(func(l *oracle.Leaf) { l.Since = -1 })},
		{"leaf: no quality", decodeLeaf, leaf(func(l *oracle.Leaf) { l.Quality = 0 })},
		{"leaf: no meter", decodeLeaf, leaf(func(l *oracle.Leaf) { l.Meter = "" })},
		{"report: negative export", decodeReport, oracle.AppendReport(nil, oracle.Report{Zone: "street", Interval: outcome.Next, Export: -1})},
		{"report: no interval", decodeReport, oracle.AppendReport(nil, oracle.Report{Zone: "street"})},
		{"report: no zone", decodeReport, oracle.AppendReport(nil, oracle.Report{Interval: outcome.Next})},
		{"report: another domain", decodeReport, append([]byte("wattle/settlement/1"), oracle.AppendReport(nil, a.Report)[19:]...)},
		{"attestation: leaf altered", decodeAttestation, attestation(func(a *oracle.Attestation) { a.Leaves[1].Import++ })},
		{"attestation: leaf missing", decodeAttestation, attestation(func(a *oracle.Attestation) { a.Leaves = a.Leaves[:2] })},
		{"attestation: leaf twice", decodeAttestation, attestation(func(a *oracle.Attestation) { a.Leaves[1] = a.Leaves[0] })},
		{"attestation: leaves out of order", decodeAttestation, attestation(func(a *oracle.Attestation) { slices.Reverse(a.Leaves) })},
		{"attestation: total altered", decodeAttestation, attestation(func(a *oracle.Attestation) { a.Report.Export++ })},
		{"attestation: too many signatures", decodeAttestation, attestation(func(a *oracle.Attestation) {
			a.Signatures = make([][oracle.SignatureSize]byte, oracle.MaxOracles+1)
		})},
		{"observation: reading for another boundary", decodeObservation, oracle.AppendObservation(nil, observed(observation.Interval, one.first()))},
		{"observation: reading twice", decodeObservation, oracle.AppendObservation(nil, observed(observation.Interval, observation.Readings[0], observation.Readings[0]))},
		{"observation: two readings of one meter", decodeObservation, oracle.AppendObservation(nil, observed(observation.Interval,
			observation.Readings[0], one.after(one.first(), 1, 5, 0)))},
		{"observation: out of order", decodeObservation, oracle.AppendObservation(nil, observed(observation.Interval, observation.Readings[1], observation.Readings[0]))},
		{"observation: closed neither 0 nor 1", decodeObservation, with(oracle.AppendObservation(nil, observation), 12, 2)},
		{"outcome: closed neither 0 nor 1", decodeOutcome, with(oracle.AppendOutcome(nil, outcome), 28, 2)},
		{"observation: settled neither 0 nor 1", decodeObservation, with(oracle.AppendObservation(nil, observation), 13, 2)},
		{"observation: settlement of number 0", decodeObservation, with(settling, 13+1+119, 0)},
		{"outcome: another version", decodeOutcome, with(oracle.AppendOutcome(nil, outcome), 15, '1')},
		{"outcome: settled neither 0 nor 1", decodeOutcome, with(oracle.AppendOutcome(nil, outcome), 29, 2)},
		{"outcome: bases out of order", decodeOutcome, state(func(o *oracle.Outcome) { slices.Reverse(o.Last) })},
		{"outcome: base twice", decodeOutcome, state(func(o *oracle.Outcome) { o.Last[1] = o.Last[0] })},
		{"outcome: leaves out of order", decodeOutcome, state(func(o *oracle.Outcome) { slices.Reverse(o.Leaves) })},
		{"outcome: leaves of no interval", decodeOutcome, state(func(o *oracle.Outcome) { o.Closed = false })},
		{"outcome: interval before 1970", decodeOutcome, state(func(o *oracle.Outcome) { o.Next, _ = energy.NewInterval(0, energy.FifteenMinutes) })},
	} {
		if err := c.decode(c.bytes); !errors.Is(err, oracle.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", c.name, err)
		}
	}
}

func with(b []byte, at int, value byte) []byte {
	b[at] = value
	return b
}

func decodeLeaf(b []byte) error        { _, err := oracle.DecodeLeaf(b); return err }
func decodeReport(b []byte) error      { _, err := oracle.DecodeReport(b); return err }
func decodeAttestation(b []byte) error { _, err := oracle.DecodeAttestation(b); return err }
func decodeObservation(b []byte) error { _, err := oracle.DecodeObservation(b); return err }
func decodeOutcome(b []byte) error     { _, err := oracle.DecodeOutcome(b); return err }

// Every prefix of something valid, and something valid with one byte more, is refused and does not panic.
func TestDecodersRefuseEveryOtherLength(t *testing.T) {
	a := attested(t, 1, 3)
	_, observation, outcome := example(t)
	settling := oracle.Observation{Interval: observation.Interval, Settled: settled(t).Report}
	outcome.Settled = settling.Settled
	for _, c := range []struct {
		name   string
		decode func([]byte) error
		bytes  []byte
	}{
		{"observation of a settlement", decodeObservation, oracle.AppendObservation(nil, settling)},
		{"leaf", decodeLeaf, oracle.AppendLeaf(nil, a.Leaves[0])},
		{"report", decodeReport, oracle.AppendReport(nil, a.Report)},
		{"attestation", decodeAttestation, oracle.AppendAttestation(nil, a)},
		{"outcome", decodeOutcome, oracle.AppendOutcome(nil, outcome)},
		{"observation", decodeObservation, oracle.AppendObservation(nil, observation)},
	} {
		for n := range len(c.bytes) {
			whole := c.name == "observation" && n >= 14 && (n-14)%meter.SignedReadingSize == 0 // fewer readings
			if err := c.decode(c.bytes[:n]); (err == nil) != whole {
				t.Errorf("%s of %d bytes: got %v", c.name, n, err)
			}
		}
		if err := c.decode(append(bytes.Clone(c.bytes), 0)); err == nil {
			t.Errorf("%s and one byte more: accepted", c.name)
		}
	}
}

// fuzzDecoder checks that a decoder never panics, refuses as Invalid, and accepts only what it would write itself.
func fuzzDecoder[T any](f *testing.F, decode func([]byte) (T, error), encode func([]byte, T) []byte, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
		f.Add(s[:len(s)-1])
		f.Add(append(bytes.Clone(s), s...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := decode(b)
		if err != nil {
			if problem.KindOf(err) != problem.Invalid {
				t.Fatalf("got %v of kind %s, want invalid", err, problem.KindOf(err))
			}
			return
		}
		if got := encode(nil, v); !bytes.Equal(got, b) {
			t.Fatalf("decoded and encoded again:\n%x\nwant\n%x", got, b)
		}
	})
}

func FuzzDecodeLeaf(f *testing.F) {
	fuzzDecoder(f, oracle.DecodeLeaf, oracle.AppendLeaf, oracle.AppendLeaf(nil, attested(f).Leaves[0]))
}

func FuzzDecodeReport(f *testing.F) {
	fuzzDecoder(f, oracle.DecodeReport, oracle.AppendReport, oracle.AppendReport(nil, attested(f).Report))
}

func FuzzDecodeAttestation(f *testing.F) {
	fuzzDecoder(f, oracle.DecodeAttestation, oracle.AppendAttestation,
		oracle.AppendAttestation(nil, attested(f, 1, 2)), oracle.AppendAttestation(nil, attested(f)))
}

func FuzzDecodeObservation(f *testing.F) {
	_, o, _ := example(f)
	fuzzDecoder(f, oracle.DecodeObservation, oracle.AppendObservation,
		oracle.AppendObservation(nil, o), oracle.AppendObservation(nil, oracle.Observation{Interval: o.Interval}),
		oracle.AppendObservation(nil, oracle.Observation{Interval: o.Interval, Settled: settled(f).Report}))
}

func FuzzDecodeOutcome(f *testing.F) {
	_, _, o := example(f)
	fuzzDecoder(f, oracle.DecodeOutcome, oracle.AppendOutcome,
		oracle.AppendOutcome(nil, o), oracle.AppendOutcome(nil, genesis()),
		oracle.AppendOutcome(nil, oracle.Outcome{Next: o.Next, Settled: settled(f).Report}))
}
