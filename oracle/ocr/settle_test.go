package ocr

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/smartcontractkit/libocr/offchainreporting2plus/ocr3types"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

// turn is the settlement report that an honest recount makes of a number; falsified is another one.
func (s *street) turn(number uint64) oracle.SettlementReport {
	return oracle.SettlementReport{Zone: "street", Interval: s.genesis.Add(int(number)), Number: number, Root: oracle.Hash{1, byte(number)},
		Block: 10 * number, Members: 5, Energy: 1500, Released: 1, Owed: energy.Money(100 * number)}
}

func (s *street) falsified(number uint64) oracle.SettlementReport {
	r := s.turn(number)
	r.Root = oracle.Hash{6, 6, 6}
	return r
}

// rootLog is the zone's log of settlement reports. It takes a number once and can be away.
type rootLog struct {
	t        *testing.T
	quorum   oracle.Quorum
	mu       sync.Mutex
	away     bool
	held     map[uint64]oracle.Settled
	arrived  chan oracle.Settled
	attempts chan uint64 // publications while away
}

func (l *rootLog) publish(_ context.Context, s oracle.Settled) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.quorum.VerifySettled(s); err != nil {
		l.t.Errorf("settlement %d: %v", s.Report.Number, err)
	}
	if decoded, err := oracle.DecodeSettled(oracle.AppendSettled(nil, s)); err != nil || decoded.Report != s.Report {
		l.t.Errorf("settlement %d does not survive the log: %v", s.Report.Number, err)
	}
	if l.away {
		select {
		case l.attempts <- s.Report.Number:
		default:
		}
		return errAway
	}
	if before, ok := l.held[s.Report.Number]; ok {
		if before.Report != s.Report {
			l.t.Errorf("two reports of number %d: %+v and %+v", s.Report.Number, before.Report, s.Report)
		}
		return nil
	}
	l.held[s.Report.Number] = s
	l.arrived <- s
	return nil
}

func (l *rootLog) known(number uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.held[number]
	return ok
}

func (l *rootLog) setAway(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
}

// wait is the next settlement, which must be of the report.
func (l *rootLog) wait(want oracle.SettlementReport) {
	l.t.Helper()
	select {
	case s := <-l.arrived:
		if s.Report != want || len(s.Signatures) != int(l.quorum.Faulty)+1 {
			l.t.Fatalf("settled %+v with %d signatures, want %+v with f+1", s.Report, len(s.Signatures), want)
		}
	case <-time.After(patience):
		l.t.Fatalf("number %d not settled within %s", want.Number, patience)
	}
}

// offer hands every oracle that runs what its recount counted.
func (g *group) offer(r oracle.SettlementReport) {
	for _, n := range g.nodes {
		if n != nil {
			n.Offer(r)
		}
	}
}

func TestFourOraclesSettle(t *testing.T) {
	g := newGroup(t, 2)
	g.pass(g.genesis)
	g.offer(g.turn(1))
	g.roots.wait(g.turn(1))
	for number := uint64(2); number <= 4; number++ { // one after the other, while intervals are attested
		started := time.Now()
		interval := g.genesis.Add(int(number) - 1)
		g.pass(interval)
		g.offer(g.turn(number))
		g.check(g.log.wait(interval))
		g.roots.wait(g.turn(number))
		t.Logf("number %d was settled %s after it was counted", number, time.Since(started))
	}
	g.stop(2)
	for number := uint64(5); number <= 7; number++ { // counted all at once
		g.offer(g.turn(number))
	}
	for number := uint64(5); number <= 7; number++ {
		g.roots.wait(g.turn(number))
	}
}

// What was agreed on and not published is made again after a restart of all, once each has counted it again.
func TestNoRootIsLostWhenAllOraclesStop(t *testing.T) {
	g := newGroup(t, 1)
	g.offer(g.turn(1))
	g.roots.wait(g.turn(1))
	g.roots.setAway(true)
	g.offer(g.turn(2))
	select {
	case number := <-g.roots.attempts:
		if number != 2 {
			t.Errorf("published number %d, want 2", number)
		}
	case <-time.After(patience):
		t.Fatalf("nothing published within %s", patience)
	}
	for i := range g.nodes {
		g.stop(i)
	}
	g.roots.setAway(false)
	for i := range g.nodes {
		g.start(i)
	}
	for number := uint64(1); number <= 3; number++ { // a recount tells everything again
		g.offer(g.turn(number))
	}
	g.roots.wait(g.turn(2))
	g.roots.wait(g.turn(3))
}

// An oracle that recounts otherwise, or that is told what nobody else counted, gets nothing signed and holds nobody up.
func TestAFalsifiedRecountIsNotSigned(t *testing.T) {
	g := newGroup(t, 2)
	g.pass(g.genesis)
	g.nodes[1].Offer(g.falsified(1))
	g.pass(g.genesis.Add(1))
	g.check(g.log.wait(g.genesis.Add(1)))
	for _, i := range []int{0, 2, 3} {
		g.nodes[i].Offer(g.turn(1))
	}
	g.roots.wait(g.turn(1))
	g.pass(g.genesis.Add(2))
	g.check(g.log.wait(g.genesis.Add(2)))
	for start := time.Now(); g.nodes[1].Status().Refused == 0; time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > patience {
			t.Fatal("the oracle that recounted otherwise refused nothing")
		}
	}
	for _, i := range []int{0, 2, 3} {
		if refused := g.nodes[i].Status().Refused; refused != 0 {
			t.Errorf("oracle %d refused %d signatures, want 0", i+1, refused)
		}
	}
}

// A settlement report is made in every second round until the log holds it, and only then the next one is agreed on.
func TestSettlementIsMadeUntilItIsKnown(t *testing.T) {
	b := newBench(t, 1)
	for _, c := range b.counts[:3] {
		c.Offer(b.turn(1))
		c.Offer(b.turn(2))
	}
	b.counts[3].Offer(b.falsified(1))
	made := func() (numbers []uint64) {
		for range 2 * settlementRounds {
			for _, r := range b.run() {
				want := ocr3types.ReportWithInfo[Info]{Report: oracle.AppendSettlementReport(nil, r.ReportWithInfo.Info.Settled), Info: r.ReportWithInfo.Info}
				if accept, err := b.plugins[0].ShouldAcceptAttestedReport(t.Context(), 1, want); err != nil || accept == b.roots[want.Info.Settled.Number] {
					t.Errorf("settlement %d accepted: %t, %v", want.Info.Settled.Number, accept, err)
				}
				if !bytes.Equal(r.ReportWithInfo.Report, want.Report) || want.Info.Settled != b.turn(want.Info.Settled.Number) {
					t.Errorf("report %x, want that of %+v", r.ReportWithInfo.Report, want.Info.Settled)
				}
				numbers = append(numbers, r.ReportWithInfo.Info.Settled.Number)
			}
		}
		return numbers
	}
	if got := made(); len(got) != 2 || got[0] != 1 || got[1] != 1 {
		t.Fatalf("made %v, want number 1 twice", got)
	}
	b.roots[1] = true
	if got := made(); len(got) != 2 || got[1] != 2 {
		t.Fatalf("made %v, want number 2 as 1 is published", got)
	}
	b.roots[2] = true
	if got := made(); len(got) != 2 || got[1] != 2 {
		t.Fatalf("made %v, want number 2, as nobody counted 3", got)
	}
}

// After a change of the configuration nothing was agreed on yet: the group goes on behind what the log holds.
func TestANewConfigurationGoesOnBehindTheLog(t *testing.T) {
	b := newBench(t, 1)
	b.roots[1], b.roots[2] = true, true
	for _, c := range b.counts {
		for number := uint64(1); number <= 4; number++ {
			c.Offer(b.turn(number))
		}
	}
	b.run()
	if o, err := oracle.DecodeOutcome(b.round.PreviousOutcome); err != nil || o.Settled != b.turn(3) {
		t.Errorf("agreed on %+v, %v, want number 3", o.Settled, err)
	}
	skipping := oracle.AppendObservation(nil, oracle.Observation{Interval: b.genesis, Settled: b.turn(5)})
	err := b.plugins[0].ValidateObservation(t.Context(), b.round, nil, types.AttributedObservation{Observation: skipping})
	if !errors.Is(err, oracle.ErrMalformed) {
		t.Errorf("observation of number 5 after 3: got %v, want %v", err, oracle.ErrMalformed)
	}
}

func TestOnlyOwnRecountsAreSigned(t *testing.T) {
	s := newStreet(t, 1)
	var log bytes.Buffer
	counts := newRecounted(slog.New(slog.NewTextHandler(&log, nil)))
	keys := newKeys(t)
	ring := keyring{keys.bundle, counts}
	sign := func(report []byte) error {
		_, err := ring.Sign(types.ConfigDigest{1}, 1, ocr3types.ReportWithInfo[Info]{Report: report})
		return err
	}
	settled := func(r oracle.SettlementReport) error { return sign(oracle.AppendSettlementReport(nil, r)) }
	for range slowRecount - 1 {
		if err := settled(s.turn(1)); !errors.Is(err, ErrNotRecounted) {
			t.Fatalf("not counted yet: got %v, want %v", err, ErrNotRecounted)
		}
	}
	if log.Len() > 0 {
		t.Errorf("a recount on its way is nothing to tell, got %s", &log)
	}
	if settled(s.turn(1)); !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), "has not come to it") {
		t.Errorf("a recount that does not get there: got %s", &log)
	}
	log.Reset()
	counts.Offer(s.turn(1))
	if err := settled(s.turn(1)); err != nil {
		t.Errorf("counted: got %v", err)
	}
	for range 3 {
		if err := settled(s.falsified(1)); !errors.Is(err, ErrNotRecounted) {
			t.Fatalf("falsified: got %v, want %v", err, ErrNotRecounted)
		}
	}
	if strings.Count(log.String(), "level=ERROR") != 1 || !strings.Contains(log.String(), "come out otherwise") {
		t.Errorf("a falsified report must be told once, got %s", &log)
	}
	if err := sign([]byte("anything")); !errors.Is(err, oracle.ErrMalformed) {
		t.Errorf("neither attestation nor settlement: got %v, want %v", err, oracle.ErrMalformed)
	}
	if got := counts.Refused(); got != slowRecount+3 {
		t.Errorf("refused %d, want %d", got, slowRecount+3)
	}
}

func TestRecountedIsBounded(t *testing.T) {
	s := newStreet(t, 1)
	counts := newRecounted(slog.New(slog.DiscardHandler))
	for number := uint64(1); number <= recountedSize+10; number++ {
		counts.Offer(s.turn(number))
	}
	if len(counts.reports) > recountedSize+1 {
		t.Errorf("holds %d reports, want %d at most", len(counts.reports), recountedSize+1)
	}
	all := func(uint64) bool { return true }
	if next := counts.Next(s.turn(recountedSize), all); next.Number != recountedSize+1 || len(counts.reports) != 11 {
		t.Errorf("next is %d of %d held, want %d of 11", next.Number, len(counts.reports), recountedSize+1)
	}
	if counts.Offer(s.turn(3)); len(counts.reports) != 11 {
		t.Error("a number that is over was kept")
	}
}
