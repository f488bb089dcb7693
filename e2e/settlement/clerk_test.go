package settlement_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/clerk"
)

func TestBatchesGoToFinal(t *testing.T) {
	s := start(t).street(t, "street")
	for n := range 3 {
		s.trade(t, n)
		s.attest(t, n)
	}
	done := s.work(t, 2, nil)
	must(t, done.err)
	s.check(t, 0, 1, 2)
	for n := range 3 {
		if got := done.settled[s.key(n)]; got != 1 {
			t.Errorf("interval %d: told %d times that it is settled, want 1", n, got)
		}
	}
	if got, want := s.supply(t), energy.WattHours(850+860+870); got != want {
		t.Errorf("token supply: got %s, want %s", got, want)
	}
	s.checkAnnounced(t, 0, 1, 2)

	s.trade(t, 3)
	s.attest(t, 3)
	done = s.work(t, 3, nil)
	must(t, done.err)
	s.check(t, 0, 1, 2, 3)
	if len(done.settled) != 1 {
		t.Errorf("a second clerk settled %v again", done.settled)
	}
}

// checkAnnounced reads the settlement log.
func (s *street) checkAnnounced(t *testing.T, intervals ...int) {
	t.Helper()
	var got, want []oracle.Report
	_, err := s.bus.Replay(t.Context(), bus.SettleSubject(s.zone), 1, func(m bus.Message) error {
		r, err := oracle.DecodeReport(m.Data)
		got = append(got, r)
		return err
	})
	must(t, err)
	for _, n := range intervals {
		want = append(want, s.reports[nth(n)].Report)
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d settlements announced, want %d", s.zone, len(got), len(want))
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s announcement %d: got %+v, want %+v", s.zone, i, got[i], want[i])
		}
	}
}

// An attestation that comes before the market's log has passed its interval waits for it.
func TestAttestationWaitsForTheMarket(t *testing.T) {
	s := start(t).street(t, "street")
	s.trade(t, 0)
	s.attest(t, 1)
	var once sync.Once
	p := &probe{hook: func(name string, effect func() error) error {
		err := effect()
		if name == "NewestClosed" && err == nil {
			newest, ok, err := s.ledger.NewestClosed(t.Context())
			if err != nil || !ok || newest != nth(0) {
				return err // the clerk has not read the market's log yet
			}
			once.Do(func() { // it has, and interval 1 must wait
				if b, err := s.ledger.Pending(t.Context()); len(b) != 0 || err != nil {
					t.Errorf("pending before the gate closed: %v %v", b, err)
				}
				s.trade(t, 1)
				s.attest(t, 0) // takes its turn
			})
		}
		return err
	}}
	must(t, s.work(t, 0, p).err)
	s.check(t, 0, 1)
}

// An interval nobody opened a book for is settled when a later gate has closed.
func TestIntervalWithoutABook(t *testing.T) {
	s := start(t).street(t, "street")
	s.trade(t, 0)
	s.attest(t, 0)
	s.attest(t, 1)
	s.trade(t, 2)
	s.attest(t, 2)
	must(t, s.work(t, 2, nil).err)
	s.check(t, 0, 1, 2)
}

// What no quorum stands behind is skipped, and what comes after is settled.
func TestRefusedAttestations(t *testing.T) {
	e := start(t)
	s, other := e.street(t, "street"), e.street(t, "other")
	s.trade(t, 0)
	altered := s.signed(t, s.measured(t, 0), 0, 2)
	altered.Leaves[0].Export += 1000
	altered.Report, _ = oracle.NewReport(s.zone, nth(0), 0, altered.Leaves)
	stale := s.measured(t, 0)
	stale.ConfigDigest = [32]byte{9}
	refused := [][]byte{
		[]byte("garbage"), nil,
		oracle.AppendAttestation(nil, s.signed(t, s.measured(t, 0))),
		oracle.AppendAttestation(nil, s.signed(t, s.measured(t, 0), 1)),
		oracle.AppendAttestation(nil, s.signed(t, s.measured(t, 0), 1, 1)),
		oracle.AppendAttestation(nil, s.signed(t, s.measured(t, 0), 0, 1, 2)),
		oracle.AppendAttestation(nil, s.signed(t, stale, 0, 1)),
		oracle.AppendAttestation(nil, altered),
		oracle.AppendAttestation(nil, other.signed(t, other.measured(t, 0), 0, 1)),
	}
	for _, data := range refused {
		s.publish(t, data)
	}
	s.attest(t, 0)
	var log bytes.Buffer
	done := s.workWith(t, 0, nil, func(c *clerk.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	must(t, done.err)
	s.check(t, 0)
	if got := strings.Count(log.String(), `level=ERROR msg="attestation refused"`); got != len(refused) {
		t.Errorf("%d refusals in the log, want %d:\n%s", got, len(refused), log.String())
	}
}

// The same report again, signed by others under another sequence, changes nothing, whenever it comes.
func TestRepeatedAttestation(t *testing.T) {
	s := start(t).street(t, "street")
	again := func(n int, sequence uint64) {
		a := s.measured(t, n)
		a.Sequence = sequence
		s.publish(t, oracle.AppendAttestation(nil, s.signed(t, a, 3, 1)))
	}
	s.trade(t, 0)
	s.trade(t, 1)
	s.attest(t, 0)
	again(0, 77)
	s.attest(t, 1)
	done := s.work(t, 1, nil)
	must(t, done.err)
	s.check(t, 0, 1)

	again(0, 78)
	s.trade(t, 2)
	s.attest(t, 2)
	later := s.work(t, 2, nil)
	must(t, later.err)
	s.check(t, 0, 1, 2)
	if done.settled[s.key(0)] != 1 || later.settled[s.key(0)] != 0 {
		t.Errorf("interval 0: told %d and %d times that it is settled, want 1 and 0", done.settled[s.key(0)], later.settled[s.key(0)])
	}
}

// Of two reports of one interval, each signed by a quorum, the first counts; the second is refused and a person told.
func TestSecondReportIsRefused(t *testing.T) {
	s := start(t).street(t, "street")
	s.trade(t, 0)
	s.attest(t, 0)
	second := s.measured(t, 0)
	second.Leaves[0].Export++
	second.Report, _ = oracle.NewReport(s.zone, nth(0), 0, second.Leaves)
	s.publish(t, oracle.AppendAttestation(nil, s.signed(t, second, 0, 1)))
	s.trade(t, 1)
	s.attest(t, 1)
	var log bytes.Buffer
	done := s.workWith(t, 1, nil, func(c *clerk.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	must(t, done.err)
	s.check(t, 0, 1)
	if text := log.String(); !strings.Contains(text, `level=ERROR msg="attestation refused"`) || !strings.Contains(text, s.key(0).String()) {
		t.Errorf("the log does not tell of the refusal:\n%s", text)
	}
}

var errAway = problem.New(problem.Unavailable, "the chain is away")

// A chain that is away for a while is waited for at every step, also at the start.
func TestUnavailableChainIsWaitedFor(t *testing.T) {
	s := start(t).street(t, "street")
	s.trade(t, 0)
	s.attest(t, 0)
	must(t, s.work(t, 0, nil).err)
	s.trade(t, 1)
	s.attest(t, 1)
	failed := map[string]bool{}
	p := &probe{hook: func(name string, effect func() error) error {
		if strings.HasPrefix(name, "chain.") || name == "Quorum" || name == "Mint" || name == "Follow" {
			if !failed[name] {
				failed[name] = true
				return errAway
			}
		}
		return effect()
	}}
	must(t, s.work(t, 1, p).err)
	s.check(t, 0, 1)
	if len(failed) != 4 {
		t.Errorf("the chain failed in %v, want all four calls", failed)
	}
}

// Any other failure stops the clerk, and its error says at which batch.
func TestOtherFailuresStop(t *testing.T) {
	e := start(t)
	broken := errors.New("broken")
	for i, name := range []string{"Post", "Mint", "ledger.Minted", "chain.Minted", "Finish", "Settled"} {
		s := e.street(t, energy.Zone("street-"+string(rune('a'+i))))
		s.trade(t, 0)
		s.attest(t, 0)
		done := s.work(t, 0, &probe{hook: func(called string, effect func() error) error {
			if called == name {
				return broken
			}
			return effect()
		}})
		if !errors.Is(done.err, broken) || !strings.Contains(done.err.Error(), s.key(0).String()) {
			t.Errorf("%s: got %v, want an error that names %s", name, done.err, s.key(0))
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	if _, err := clerk.New(clerk.Config{}); err == nil {
		t.Error("an empty config: got no error")
	}
	s := start(t).street(t, "street")
	config := clerk.Config{Zone: s.zone, Ledger: s.ledger, Chain: s.contract(), Turns: noTurns{}, Bus: s.bus, Log: quiet,
		Settled: func(settlement.Batch) error { return nil }, Tariffs: settlement.Always(settlement.Tariff{Import: 1, Export: 2})}
	if _, err := clerk.New(config); !errors.Is(err, settlement.ErrCase) {
		t.Errorf("a tariff to earn by: got %v, want %v", err, settlement.ErrCase)
	}
}
