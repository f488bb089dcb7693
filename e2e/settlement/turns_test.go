package settlement_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/audit"
	"github.com/wattle/wattle/settlement/clerk"
	"github.com/wattle/wattle/settlement/ledger"
)

// book enters the deposits that a turn counted.
func (s *street) book(ctx context.Context, n settlement.Notice, entries []settlement.ChainEntry) error {
	for i, e := range entries {
		if e.Kind != settlement.Deposited || e.Account.Kind != settlement.MemberAccount {
			continue
		}
		p := ledger.Payment{ID: fmt.Sprintf("turn %d entry %d", n.Report.Number, i), Member: e.Account.Owner, Amount: e.Amount, At: n.Report.Interval.EndUnix()}
		if err := s.ledger.Deposit(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// rooted runs the story with deposits, a withdrawal, a hold and invoices until three settlement roots are on chain.
func rooted(t *testing.T) *measuredStreet {
	t.Helper()
	s := measure(t, start(t).street(t, "street"))
	ctx := t.Context()
	must(t, s.chain.MintTestEuro(ctx, "all", 1000*euro))
	must(t, s.chain.Deposit(ctx, s.zone, "supplier", settlement.Account{Kind: settlement.SupplierAccount}, 500*euro))
	var payouts []settlement.Payout
	for i, m := range members {
		account := settlement.Account{Kind: settlement.MemberAccount, Owner: m}
		payouts = append(payouts, settlement.Payout{Account: account, Address: settlement.Address{byte(i + 1)}})
		must(t, s.chain.Deposit(ctx, s.zone, string(m), account, 20*euro))
	}
	f := s.turns(t)
	reach := func(number uint64) {
		s.workUntil(t, func() bool {
			on, err := s.chain.SettledNumber(ctx, s.zone)
			must(t, err)
			return on == number
		}, func(c *clerk.Config) { c.Turns, c.Payouts = f, payouts })
	}
	s.trade(t, 0)
	s.reads(t, 0)
	reach(1)
	must(t, s.ledger.Withdraw(ctx, ledger.Payment{ID: "anna", Member: "anna", Amount: 3 * euro, At: genesis + 900}))
	must(t, s.ledger.Hold(ctx, ledger.HoldStep{Hold: "orders", Member: "ben", Amount: 2 * euro, At: genesis + 900}))
	must(t, s.ledger.Hold(ctx, ledger.HoldStep{Hold: "orders", Step: 1, Member: "ben", Amount: euro, At: genesis + 950}))
	s.reads(t, 1, "carla-grid")
	s.trade(t, 2)
	s.reads(t, 2)
	reach(3)
	for _, m := range members {
		_, err := s.ledger.Issue(ctx, m, genesis, genesis+900, genesis+5000)
		must(t, err)
	}
	return s
}

func TestAuditOfRoots(t *testing.T) {
	s := rooted(t)
	report, err := audit.Run(t.Context(), s.auditConfig())
	if err != nil || report.Turns != 3 || report.Roots != 3 || report.Owed != 560*euro {
		t.Fatalf("got %+v %v, want 3 turns, 3 roots, 560 owed", report, err)
	}
	t.Run("period", func(t *testing.T) {
		config := s.auditConfig()
		config.From, config.To = nth(1).StartUnix(), nth(2).StartUnix()
		if r, err := audit.Run(t.Context(), config); err != nil || r.Intervals != 1 || r.Turns != 3 {
			t.Errorf("got %+v %v, want 1 interval, 3 turns", r, err)
		}
		config.To = config.From - 1
		if _, err := audit.Run(t.Context(), config); !errors.Is(err, audit.ErrPeriod) {
			t.Errorf("got %v, want %v", err, audit.ErrPeriod)
		}
	})
	t.Run("chain", s.chainIsForged)
	t.Run("logs", s.turnLogsAreForged)
	t.Run("books", func(t *testing.T) { s.tamper(t, paperTamperings) })
	t.Run("bundles", s.bundlesAreEnough)
	t.Run("proofs", s.proofsLead)
	t.Run("deposit that nobody made", func(t *testing.T) {
		must(t, s.ledger.Deposit(t.Context(), ledger.Payment{ID: "made up", Member: "anna", Amount: euro, At: genesis}))
		finds(t, s.auditConfig(), "member anna", "deposits of 21")
	})
}

// chainIsForged lets the chain say something else of the roots and the money.
func (s *measuredStreet) chainIsForged(t *testing.T) {
	for _, c := range []struct {
		name  string
		chain auditChain
		words []string
	}{
		{"root", auditChain{roots: func(r []audit.Root) []audit.Root { r[1].Root[31]++; return r }}, []string{"settlement root 2", one}},
		{"root's block", auditChain{roots: func(r []audit.Root) []audit.Root { r[1].Block++; return r }}, []string{"settlement root 2", one}},
		{"root's released", auditChain{roots: func(r []audit.Root) []audit.Root { r[2].Released++; return r }}, []string{"settlement root 3", two}},
		{"root's owed", auditChain{roots: func(r []audit.Root) []audit.Root { r[0].Owed--; return r }}, []string{"settlement root 1", zero}},
		{"root that nobody noticed", auditChain{roots: func(r []audit.Root) []audit.Root { return append(r, audit.Root{Number: 4}) }}, []string{"settlement root 4", "no notice"}},
		{"deposit", auditChain{entries: func(e []settlement.ChainEntry) []settlement.ChainEntry {
			if len(e) > 0 {
				e[0].Amount++
			}
			return e
		}}, []string{"notice 1", zero}},
		{"deposit left out", auditChain{entries: func([]settlement.ChainEntry) []settlement.ChainEntry { return nil }}, []string{"notice 1", zero}},
		{"escrow", auditChain{stolen: 1}, []string{"escrow", "owed"}},
		{"money of the contract", auditChain{lent: 1}, []string{"escrow", "holds"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := s.auditConfig()
			c.chain.contract, c.chain.zone = s.contract(), s.zone
			config.Chain = c.chain
			finds(t, config, c.words...)
		})
	}
}

// turnLogsAreForged changes notices and signed roots.
func (s *measuredStreet) turnLogsAreForged(t *testing.T) {
	turn, root := bus.TurnSubject(s.zone), bus.RootSubject(s.zone)
	flip := func(at int) func(*testing.T, []byte) [][]byte {
		return func(_ *testing.T, data []byte) [][]byte {
			data[at] ^= 1
			return [][]byte{data}
		}
	}
	const report = 13 // of a notice, behind its domain
	for _, f := range []forgery{
		{"notice dropped", turn, 2, drop, []string{"turn log", "notice 3"}},
		{"newest notice dropped", turn, -1, drop, []string{"settlement root 3"}},
		{"notice's domain", turn, 2, flip(0), []string{"turn log at 2"}},
		{"notice's interval", turn, 2, flip(report + 70), []string{"turn log at 2"}},
		{"notice's root", turn, 2, flip(report + 80), []string{"turn log at 2", one}},
		{"notice's number", turn, 2, flip(report + 119), []string{"turn log at 2"}},
		{"notice's block", turn, 2, flip(report + 127), []string{"settlement root 2"}},
		{"notice's energy", turn, 2, flip(report + 139), []string{"turn log at 2", one}},
		{"notice's released", turn, 2, flip(report + 147), []string{"turn log at 2", one}},
		{"notice's payout", turn, 1, flip(report + 156 + 4 + 52), []string{"turn log at 1", zero}},
		{"notice's release", turn, 2, flip(report + 156 + 4 + 4 + 40), []string{"turn log at 2", one}},
		{"not a notice", turn, 2, garbage, []string{"turn log at 3"}},
		{"signed root dropped", root, 2, drop, []string{"settlement root 2", "no quorum"}},
		{"signed root changed", root, 2, flip(16 + 90), []string{"settlement root 2", "no quorum"}},
		{"signature of a root", root, 3, flip(-1 + 16 + 156 + 32 + 8 + 1 + 20), []string{"settlement root 3", "no quorum"}},
		{"quorum signs another root", root, 2, s.colludeOnRoot, []string{"settlement root 2", "quorum signed"}},
	} {
		t.Run(f.name, func(t *testing.T) {
			config := s.auditConfig()
			config.Bus = s.forged(t, f)
			finds(t, config, f.words...)
		})
	}
}

// colludeOnRoot lets a quorum sign that somebody is owed less.
func (s *measuredStreet) colludeOnRoot(t *testing.T, data []byte) [][]byte {
	t.Helper()
	settled, err := oracle.DecodeSettled(data)
	must(t, err)
	settled.Report.Energy -= energy.WattHours(1)
	return [][]byte{data, oracle.AppendSettled(nil, s.signRoot(t, settled, 0, 2))}
}

var paperTamperings = []tampering{
	{"deposit amount", `UPDATE transfer SET amount = amount + 1 WHERE leg = 'deposit' AND credit = {anna money}`, []string{"street entry 2", "deposit"}},
	{"deposit's member", `UPDATE transfer SET credit = {ben money} WHERE leg = 'deposit' AND credit = {anna money}`, []string{"street entry 2", "deposit"}},
	{"withdrawal amount", `UPDATE transfer SET amount = amount - 1 WHERE leg = 'withdrawal'`, []string{"withdrawal"}},
	{"hold's amount", `UPDATE hold_step SET amount_nano = amount_nano + 1 WHERE step = 1`, []string{"hold orders/1", "ben"}},
	{"hold's member", `UPDATE hold_step SET member = 'anna' WHERE step = 1`, []string{"hold orders/1", "anna"}},
	{"hold's name", `UPDATE hold_step SET hold = 'ordert' WHERE step = 1`, []string{"hold orders/1"}},
	{"hold's step", `UPDATE hold_step SET step = 3, previous_step = 2 WHERE step = 1`, []string{"hold orders/1"}},
	{"hold's step missing", `DELETE FROM hold_step WHERE step = 1`, []string{"hold orders/1"}},
	{"hold's step made up", `INSERT INTO hold_step VALUES ('street', 'more', 0, 'anna', 5, NULL)`, []string{"hold more/0", "anna"}},
	{"invoice amount", `UPDATE invoice SET amount_nano = amount_nano + 1 WHERE number = 1`, []string{"invoice 1"}},
	{"invoice kind", `UPDATE invoice SET kind = 'self-billed-invoice' WHERE kind = 'invoice' AND number = 1`, []string{"invoice 1"}},
	{"invoice member", `UPDATE invoice SET member = 'zoe' WHERE number = 1`, []string{"invoices of zoe"}},
	{"invoice period", `UPDATE invoice SET period_end = period_end + 900 WHERE number = 1`, []string{"invoice 1"}},
	{"invoice side", `DELETE FROM invoice WHERE member = 'ben' AND side = 'sale'; UPDATE invoice SET side = 'sale' WHERE member = 'ben'`, []string{"of ben"}},
	{"invoice entry", `UPDATE invoice SET journal = 0 WHERE number = 1`, []string{"invoice 1"}},
	{"invoice corrects", `UPDATE invoice SET corrects = 1 WHERE number = 3`, []string{"invoice 3"}},
	{"invoice number", `UPDATE invoice SET number = 13, previous_number = 12 WHERE number = 3`, []string{"invoice 3", "missing"}},
	{"invoice missing", `DELETE FROM invoice WHERE number = 2`, []string{"invoice 2", "missing"}},
}

// A later run that attests less is recomputed as a difference, and what it burns is missing from the supply.
func TestAuditOfCorrections(t *testing.T) {
	s := settled(t)
	a := s.reports[nth(2)]
	var err error
	a.Report, err = oracle.NewReport(s.zone, nth(2), 1, a.Leaves[1:]) // without anna, who exported
	must(t, err)
	a.Leaves, a.Signatures, a.Sequence = a.Leaves[1:], nil, 99
	s.publish(t, oracle.AppendAttestation(nil, s.signed(t, a, 0, 2)))
	corrected := settlement.Key{Zone: s.zone, Interval: nth(2), Run: 1}
	s.workUntil(t, func() bool {
		b, err := s.ledger.Batch(t.Context(), corrected)
		return err == nil && b.State == settlement.Final
	}, func(c *clerk.Config) { c.Turns = noTurns{} })
	report, err := audit.Run(t.Context(), s.auditConfig())
	if err != nil || report.Intervals != 4 || report.Attestations != 4 || report.Minted != 1600 {
		t.Errorf("got %+v %v, want 4 settlements and 1600 Wh minted", report, err)
	}
	u, err := audit.Export(t.Context(), s.auditConfig(), nth(2))
	must(t, err)
	if summary, err := audit.Check(t.Context(), u, s.outsider(t)); err != nil || summary.Runs != 2 || summary.Minted != 0 {
		t.Errorf("bundle: got %+v %v, want 2 runs and nothing minted", summary, err)
	}
	s.tamper(t, []tampering{{"transfer of a correction", `UPDATE transfer SET amount = amount + 1 WHERE journal = (SELECT id FROM journal WHERE run = 1) AND line = 0`,
		[]string{corrected.String(), "transfer"}}})
}
