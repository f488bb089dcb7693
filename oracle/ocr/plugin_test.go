package ocr

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/smartcontractkit/libocr/commontypes"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/ocr3types"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// bench runs the plugins of four oracles round by round, without a network.
type bench struct {
	*street
	now     time.Time
	known   map[energy.Interval]bool
	roots   map[uint64]bool
	plugins []ocr3types.ReportingPlugin[Info]
	shelves []*shelf
	counts  []*recounted
	round   ocr3types.OutcomeContext
}

func newBench(t *testing.T, homes int) *bench {
	t.Helper()
	b := &bench{street: newStreet(t, homes), known: map[energy.Interval]bool{}, roots: map[uint64]bool{}}
	b.now = b.genesis.Start()
	for i := range 4 {
		f := &factory{
			registry: b.registry, verified: &verified{}, progress: &progress{}, recounted: newRecounted(slog.New(slog.DiscardHandler)),
			known:     func(iv energy.Interval) bool { return b.known[iv] },
			knownRoot: func(number uint64) bool { return b.roots[number] },
			now:       func() time.Time { return b.now },
		}
		f.shelf = newShelf(b.registry, f.verified, f.now)
		p, info, err := f.NewReportingPlugin(context.Background(), ocr3types.ReportingPluginConfig{
			OracleID: commontypes.OracleID(i), N: 4, F: 1, OffchainConfig: encodeGenesis("street", b.genesis),
		})
		if err != nil {
			t.Fatal(err)
		}
		if info.Limits != limits {
			t.Errorf("limits %+v, want %+v", info.Limits, limits)
		}
		b.plugins, b.shelves, b.counts = append(b.plugins, p), append(b.shelves, f.shelf), append(b.counts, f.recounted)
	}
	b.advance(nil)
	return b
}

func (b *bench) advance(outcome ocr3types.Outcome) {
	b.round = ocr3types.OutcomeContext{SeqNr: b.round.SeqNr + 1, PreviousOutcome: outcome}
}

func (b *bench) put(r meter.SignedReading) {
	b.t.Helper()
	for _, shelf := range b.shelves {
		if err := shelf.Put(r); err != nil {
			b.t.Fatal(err)
		}
	}
}

// run is one round of all four; it returns the reports that it makes.
func (b *bench) run() []ocr3types.ReportPlus[Info] {
	b.t.Helper()
	ctx := context.Background()
	var all []types.AttributedObservation
	for i, p := range b.plugins {
		o, err := p.Observation(ctx, b.round, nil)
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, types.AttributedObservation{Observation: o, Observer: commontypes.OracleID(i)})
	}
	var outcome ocr3types.Outcome
	for i, p := range b.plugins {
		for _, a := range all {
			if err := p.ValidateObservation(ctx, b.round, nil, a); err != nil {
				b.t.Fatalf("oracle %d refuses the observation of %d: %v", i, a.Observer, err)
			}
		}
		if ok, err := p.ObservationQuorum(ctx, b.round, nil, all[:2]); ok || err != nil {
			b.t.Errorf("two observations a quorum: %v, %v, want false", ok, err)
		}
		if ok, err := p.ObservationQuorum(ctx, b.round, nil, all[1:]); !ok || err != nil {
			b.t.Errorf("three observations a quorum: %v, %v, want true", ok, err)
		}
		got, err := p.Outcome(ctx, b.round, nil, all)
		if err != nil {
			b.t.Fatal(err)
		}
		if i > 0 && !bytes.Equal(got, outcome) {
			b.t.Fatalf("oracle %d decides otherwise than oracle 0", i)
		}
		outcome = got
	}
	reports, err := b.plugins[0].Reports(ctx, b.round.SeqNr, outcome)
	if err != nil {
		b.t.Fatal(err)
	}
	b.advance(outcome)
	return reports
}

func TestReportIsMadeUntilItIsKnown(t *testing.T) {
	b := newBench(t, 3)
	first := b.genesis.Next()
	if reports := b.run(); len(reports) != 0 {
		t.Fatalf("%d reports before anything was read, want 0", len(reports))
	}
	b.now = b.genesis.End().Add(time.Second)
	for _, r := range b.readings(b.genesis) {
		b.put(r)
	}
	if reports := b.run(); len(reports) != 0 {
		t.Fatalf("%d reports of the genesis interval, want 0: it gives bases", len(reports))
	}
	b.now = first.End().Add(time.Second)
	for _, r := range b.readings(first) {
		b.put(r)
	}
	b.run()
	// The next interval is over and read, but the first report is lost: it comes again, and nothing else happens.
	b.now = first.Next().End().Add(time.Second)
	for _, r := range b.readings(first.Next()) {
		b.put(r)
	}
	lost := b.round.PreviousOutcome
	for range 3 {
		reports := b.run()
		if len(reports) != 1 || reports[0].ReportWithInfo.Info.Report.Interval != first {
			t.Fatalf("reports %+v, want that of %s again", reports, first)
		}
		if !bytes.Equal(b.round.PreviousOutcome, lost) {
			t.Fatal("an empty round changed the outcome")
		}
	}
	again := ocr3types.ReportWithInfo[Info]{Info: Info{Report: oracle.Report{Interval: first}}}
	accept, err := b.plugins[0].ShouldAcceptAttestedReport(context.Background(), 1, again)
	if !accept || err != nil {
		t.Errorf("unpublished report accepted: %v, %v, want true", accept, err)
	}

	b.known[first] = true
	reports := b.run()
	if len(reports) != 1 {
		t.Fatalf("%d reports, want 1", len(reports))
	}
	info := reports[0].ReportWithInfo.Info
	if info.Report.Interval != first.Next() || info.Report.Export != 600 || len(info.Leaves) != 3 || info.Leaves[0].Since != first.EndUnix() {
		t.Errorf("report %+v over %+v, want %s with 600 Wh of three homes since %d", info.Report, info.Leaves, first.Next(), first.EndUnix())
	}
	if !bytes.Equal(reports[0].ReportWithInfo.Report, oracle.AppendReport(nil, info.Report)) {
		t.Error("the report's bytes are not the report")
	}
	transmit, err := b.plugins[0].ShouldTransmitAcceptedReport(context.Background(), 1, again)
	if transmit || err != nil {
		t.Errorf("published report transmitted: %v, %v, want false", transmit, err)
	}
}

func TestObservationsThatAreRefused(t *testing.T) {
	b := newBench(t, 2)
	b.now = b.genesis.End().Add(time.Second)
	good := b.sign(home(1), b.genesis, 0)
	forged := good
	forged.Export += 1000
	stranger := newStreet(t, 1).sign(home(1), b.genesis, 0)
	observe := func(interval energy.Interval, readings ...meter.SignedReading) []byte {
		return oracle.AppendObservation(nil, oracle.Observation{Interval: interval, Closed: true, Readings: readings})
	}
	for name, c := range map[string]struct {
		bytes []byte
		want  error
	}{
		"good":             {observe(b.genesis, good), nil},
		"nothing":          {nil, oracle.ErrMalformed},
		"other interval":   {observe(b.genesis.Next()), oracle.ErrMalformed},
		"forged reading":   {observe(b.genesis, forged), meter.ErrSignature},
		"stranger's":       {observe(b.genesis, stranger), meter.ErrSignature},
		"the same twice":   {observe(b.genesis, good, good), oracle.ErrMalformed},
		"a byte too many":  {append(observe(b.genesis, good), 0), oracle.ErrMalformed},
		"broken signature": {observe(b.genesis, meter.SignedReading{Reading: good.Reading}), meter.ErrSignature},
	} {
		err := b.plugins[0].ValidateObservation(context.Background(), b.round, nil, types.AttributedObservation{Observation: c.bytes})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestContractOfAnotherZoneIsRefused(t *testing.T) {
	s := newStreet(t, 1)
	hour := energy.IntervalAt(s.genesis.Start(), energy.OneHour)
	for name, c := range map[string]struct {
		config []byte
		want   error
	}{
		"other zone":   {encodeGenesis("avenue", s.genesis), ErrZone},
		"other length": {encodeGenesis("street", hour), ErrZone},
		"nothing":      {nil, oracle.ErrMalformed},
		"cut":          {encodeGenesis("street", s.genesis)[:40], oracle.ErrMalformed},
	} {
		f := &factory{registry: s.registry}
		_, _, err := f.NewReportingPlugin(context.Background(), ocr3types.ReportingPluginConfig{OffchainConfig: c.config})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func FuzzGenesis(f *testing.F) {
	interval, err := energy.NewInterval(1_780_000_200, energy.FifteenMinutes)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encodeGenesis("street", interval))
	f.Fuzz(func(t *testing.T, b []byte) {
		zone, genesis, err := decodeGenesis(b)
		if err == nil && !bytes.Equal(encodeGenesis(zone, genesis), b) {
			t.Errorf("%x decodes to %s %s, which encodes otherwise", b, zone, genesis)
		}
	})
}
