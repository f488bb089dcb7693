package ledger_test

import (
	"errors"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/pgtest"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/ledger"
)

const hour = 3600

// correct settles run 1 of the interval, in which elif's load was other Wh.
func correct(t *testing.T, l *ledger.Ledger, load energy.WattHours, before settlement.Case) {
	t.Helper()
	a := attestation(t)
	a.Leaves[0].Import = load
	var err error
	a.Report, err = oracle.NewReport(zone, interval, 1, a.Leaves)
	must(t, err)
	must(t, l.TakeAttestation(t.Context(), "attest", 9, a))
	c := before
	c.Key.Run, c.Leaves, c.Before = 1, a.Leaves, &before
	r, err := settlement.Settle(c)
	must(t, err)
	must(t, l.Post(t.Context(), r))
}

func caseOf(t *testing.T, l *ledger.Ledger) settlement.Case {
	t.Helper()
	owners, err := l.Owners(t.Context())
	must(t, err)
	return settlement.Case{Key: key, Trades: trades, Leaves: attestation(t).Leaves, Owner: owners, Tariff: tariff}
}

func TestBillsAndInvoices(t *testing.T) {
	l, ctx := open(t), t.Context()
	start := interval.StartUnix()
	end := start + 900
	if _, err := l.Issue(ctx, "elif", start, end, end); !errors.Is(err, ledger.ErrOpen) {
		t.Errorf("before it is settled: got %v, want %v", err, ledger.ErrOpen)
	}
	must(t, l.Deposit(ctx, ledger.Payment{ID: "early", Member: "elif", Amount: 7, At: start - hour}))
	must(t, l.Deposit(ctx, ledger.Payment{ID: "now", Member: "elif", Amount: 5, At: start + 1}))
	settle(t, l)
	b, err := l.Bill(ctx, "elif", start, start+hour)
	must(t, err)
	if !b.Provisional || b.Opening != 7 || b.Total(settlement.Purchase) != -236_000_000 || b.Total(settlement.Sale) != 16_000_000 || b.Total(settlement.Payment) != 5 {
		t.Errorf("the hour is not over: got %+v", b)
	}
	balance, err := l.Balance(ctx, "elif")
	if err != nil || b.Closing() != balance.Money {
		t.Errorf("closing %s, balance %s %v: want them equal", b.Closing(), balance.Money, err)
	}
	if b, err = l.Bill(ctx, "elif", start-hour, start); err != nil || b.Opening != 0 || len(b.Lines) != 1 || b.Closing() != 7 {
		t.Errorf("the hour before: got %+v %v, want what came early alone", b, err)
	}
	for range 2 { // a repeat issues nothing
		b, err = l.Issue(ctx, "elif", start, end, end+60)
		must(t, err)
	}
	if v := b.Invoices; len(v) != 2 || v[0].Number != 1 || v[0].Kind != "invoice" || v[0].Amount != 236_000_000 || v[0].Cents != 24 || v[1].Number != 2 || v[1].Kind != "self-billed-invoice" || v[1].Cents != -2 {
		t.Errorf("got %+v", v)
	}
	correct(t, l, 700, caseOf(t, l)) // 100 Wh less load: less network, more surplus
	b, err = l.Issue(ctx, "elif", start, end, end+90)
	must(t, err)
	if v := b.Invoices; len(v) != 4 || v[2].Kind != "credit-note" || v[2].Corrects != 1 || v[2].Amount != -7_000_000 || v[2].Cents != -1 || v[3].Kind != "self-billed-invoice" || v[3].Corrects != 2 || v[3].Amount != -8_000_000 {
		t.Errorf("after a correction: got %+v", v)
	}
	if b, err = l.Issue(ctx, "maria", start, end, end+90); err != nil || len(b.Invoices) != 1 || b.Invoices[0].Number != 5 {
		t.Errorf("maria: got %+v %v", b.Invoices, err)
	}
	must(t, l.Verify(ctx))
}

func TestBillsRefuse(t *testing.T) {
	l, ctx := open(t), t.Context()
	if _, err := l.Bill(ctx, "zoe", 0, 1); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a stranger's: got %v, want %v", err, ledger.ErrNotFound)
	}
	if _, err := l.Bill(ctx, "elif", 5, 5); !errors.Is(err, ledger.ErrPeriod) {
		t.Errorf("of no time: got %v, want %v", err, ledger.ErrPeriod)
	}
}

// A program that is killed between the rows and the commit leaves nothing, and the same step goes through afterwards.
func TestACrashInTheMiddleLeavesNothing(t *testing.T) {
	db := pgtest.New(t)
	l, ctx := openOn(t, db), t.Context()
	must(t, l.TakeMarket(ctx, "market", 3, map[energy.Interval][]settlement.Trade{interval: trades}, []energy.Interval{interval}))
	must(t, l.TakeAttestation(ctx, "attest", 5, attestation(t)))
	r, err := settlement.Settle(caseOf(t, l))
	must(t, err)
	broken := r
	broken.Delivered = -1 // refused by the last statement, after all rows are written
	if err := l.Post(ctx, broken); err == nil {
		t.Fatal("got no error, want the constraint of the last statement")
	}
	var rows int
	must(t, db.QueryRow(ctx, `SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM transfer) + (SELECT count(*) FROM journal)
		+ (SELECT count(*) FROM balance_block) + (SELECT count(*) FROM delivery)`).Scan(&rows))
	if rows != 0 {
		t.Errorf("got %d rows, want none", rows)
	}
	must(t, l.Post(ctx, r))
	must(t, l.Verify(ctx))
	twice := r
	twice.Key.Run = 1
	twice.Postings = append(twice.Postings, twice.Postings[0])
	must(t, l.TakeAttestation(ctx, "attest", 6, func() oracle.Attestation {
		a := attestation(t)
		a.Report.Run = 1
		return a
	}()))
	if err := l.Post(ctx, twice); !errors.Is(err, ledger.ErrPosting) {
		t.Errorf("a posting twice: got %v, want %v", err, ledger.ErrPosting)
	}
}

// What somebody with the rights of the owner changes is found.
func TestVerifyFinds(t *testing.T) {
	db := pgtest.New(t)
	l := openOn(t, db)
	settle(t, l)
	if _, err := db.Exec(t.Context(), `BEGIN; SET LOCAL ROLE NONE; UPDATE transfer SET amount = amount + 1 WHERE line = 0; COMMIT`); err != nil {
		t.Fatal(err)
	}
	if err := l.Verify(t.Context()); !errors.Is(err, ledger.ErrBroken) {
		t.Errorf("got %v, want %v", err, ledger.ErrBroken)
	}
}
