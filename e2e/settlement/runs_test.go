package settlement_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/clerk"
)

// corrected is the attestation of a later run of interval n, in which anna exported more or less.
func (s *street) corrected(t *testing.T, n int, run uint32, change energy.WattHours) oracle.Attestation {
	t.Helper()
	a := s.measured(t, n)
	a.Leaves[0].Export += change
	report, err := oracle.NewReport(s.zone, nth(n), run, a.Leaves)
	must(t, err)
	a.Report, a.Sequence = report, 100*uint64(run)+a.Sequence
	return s.signed(t, a, 0, 2)
}

// Corrections post what is different, mint or burn what is different, and all runs together are the last one alone.
func TestLaterRunsCorrect(t *testing.T) {
	s := start(t).street(t, "street")
	for n := range 2 {
		s.trade(t, n)
		s.attest(t, n)
	}
	more, less := s.corrected(t, 0, 1, 70), s.corrected(t, 0, 2, -200)
	s.publish(t, oracle.AppendAttestation(nil, more))
	s.publish(t, oracle.AppendAttestation(nil, less))
	s.trade(t, 2)
	s.attest(t, 2)
	must(t, s.work(t, 2, nil).err)

	settled, err := s.ledger.Settled(t.Context())
	must(t, err)
	if len(settled) != 5 {
		t.Fatalf("%d batches are final, want run 0 to 2 of the first interval and two others", len(settled))
	}
	whole := map[settlement.Holding]int64{}
	owners, err := s.ledger.Owners(t.Context())
	must(t, err)
	for n, leaves := range [][]oracle.Leaf{less.Leaves, s.reports[nth(1)].Leaves, s.reports[nth(2)].Leaves} {
		r, err := settlement.Settle(settlement.Case{Key: s.key(n), Trades: s.trades[nth(n)], Leaves: leaves, Owner: owners, Tariff: tariff})
		must(t, err)
		for _, p := range r.Postings {
			whole[settlement.Holding{Account: p.From, Asset: p.Asset}] -= p.Amount
			whole[settlement.Holding{Account: p.To, Asset: p.Asset}] += p.Amount
		}
	}
	balances, err := s.ledger.Balances(t.Context())
	must(t, err)
	for holding, want := range whole {
		if balances[holding] != want {
			t.Errorf("balance of %s %s: got %d, want %d as the corrected intervals settled alone", holding.Account, holding.Asset, balances[holding], want)
		}
	}
	if got, want := s.supply(t), energy.WattHours(850-200+860+870); got != want {
		t.Errorf("token supply: got %s, want %s", got, want)
	}
	if totals, err := s.ledger.Totals(t.Context()); err != nil || totals.Intervals != 3 || totals.Export != 850-200+860+870 {
		t.Errorf("totals: got %+v %v, want three intervals as they are now", totals, err)
	}
}

// A correction after the final run is refused.
func TestNothingChangesAfterTheFinalRun(t *testing.T) {
	s := start(t).street(t, "street")
	s.trade(t, 0)
	s.attest(t, 0)
	s.publish(t, oracle.AppendAttestation(nil, s.corrected(t, 0, 1, 70)))
	s.trade(t, 1)
	s.attest(t, 1)
	var log bytes.Buffer
	done := s.workWith(t, 1, nil, func(c *clerk.Config) {
		c.Runs, c.Log = settlement.Schedule{0}, slog.New(slog.NewTextHandler(&log, nil))
	})
	must(t, done.err)
	s.check(t, 0, 1)
	if !strings.Contains(log.String(), "attestation refused") {
		t.Errorf("the log does not tell of the refusal:\n%s", &log)
	}
}

// A batch that cannot be settled stays where it is and says why; those after it go on, and it follows when the cause is
// gone.
func TestABatchThatCannotBeSettledStays(t *testing.T) {
	s := start(t).street(t, "street")
	for n := range 2 {
		s.trade(t, n)
		s.attest(t, n)
	}
	gap := settlement.TariffBook{{From: nth(1).StartUnix(), Until: settlement.Forever, Tariff: tariff}}
	must(t, s.workWith(t, 1, nil, func(c *clerk.Config) { c.Tariffs = gap }).err)
	problems, err := s.ledger.Problems(t.Context(), 10)
	if err != nil || len(problems) != 1 || problems[0].Key != s.key(0) || problems[0].State != settlement.Attested ||
		!strings.Contains(problems[0].Reason, "no tariff before") {
		t.Fatalf("problems: got %+v %v, want interval 0 with its reason", problems, err)
	}
	if transfers, err := s.ledger.Transfers(t.Context(), s.key(0)); len(transfers) != 0 || err != nil {
		t.Errorf("posted of the batch that stays: %d %v, want nothing", len(transfers), err)
	}
	s.trade(t, 2)
	s.attest(t, 2)
	must(t, s.work(t, 2, nil).err)
	s.check(t, 0, 1, 2)
	if problems, err := s.ledger.Problems(t.Context(), 10); len(problems) != 0 || err != nil {
		t.Errorf("problems afterwards: got %+v %v", problems, err)
	}
}
