package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement"
)

// papers checks what stands beside the entries: that every step of a hold moved what it says, and that every invoice says
// what the entries it knows give.
func (v *verifier) papers(ctx context.Context, l *Ledger) error {
	if err := v.holds(ctx); err != nil {
		return err
	}
	rows, err := v.tx.Query(ctx, `SELECT member, period_start, period_end FROM invoice WHERE zone = $1
		GROUP BY member, period_start, period_end ORDER BY min(number)`, v.zone)
	if err != nil {
		return fmt.Errorf("invoices: %w", err)
	}
	type period struct {
		member     energy.Member
		start, end int64
	}
	periods, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p period, err error) {
		return p, row.Scan(&p.member, &p.start, &p.end)
	})
	if err != nil {
		return fmt.Errorf("invoices: %w", err)
	}
	for _, p := range periods {
		b, err := l.bill(ctx, v.tx, p.member, p.start, p.end)
		if err != nil {
			return fmt.Errorf("invoices of %s: %w: %w", p.member, err, ErrBroken)
		}
		if err := v.invoices(b); err != nil {
			return err
		}
	}
	return v.numbers(ctx)
}

// invoices writes every invoice of a bill again, from the entries that were there.
func (v *verifier) invoices(b settlement.Bill) error {
	all, lines := b.Invoices, b.Lines
	b.Invoices = nil
	for _, held := range all {
		b.Lines = nil
		for _, line := range lines {
			if line.Entry <= held.Entry {
				b.Lines = append(b.Lines, line)
			}
		}
		want, _ := due(b, held.Side)
		want.Number, want.Entry, want.IssuedAt = held.Number, held.Entry, held.IssuedAt
		if held != want {
			return fmt.Errorf("%s invoice %d of %s: a %s over %s (%d cents) that corrects %d, its entries give a %s over %s (%d cents) that corrects %d: %w",
				v.zone, held.Number, b.Member, held.Kind, held.Amount, held.Cents, held.Corrects, want.Kind, want.Amount, want.Cents, want.Corrects, ErrBroken)
		}
		if held.Entry > v.newest.number {
			return fmt.Errorf("%s invoice %d of %s knows entry %d, the newest is %d: %w", v.zone, held.Number, b.Member, held.Entry, v.newest.number, ErrBroken)
		}
		b.Invoices = append(b.Invoices, held)
	}
	return nil
}

// numbers looks for an invoice number that is missing.
func (v *verifier) numbers(ctx context.Context) error {
	var wrong int64
	if err := v.tx.QueryRow(ctx, `SELECT coalesce(min(n), 0) FROM (SELECT number, row_number() OVER (ORDER BY number) AS n, previous_number FROM invoice WHERE zone = $1) i
		WHERE number <> n OR coalesce(previous_number, 0) <> n - 1`, v.zone).Scan(&wrong); err != nil {
		return fmt.Errorf("invoice numbers: %w", err)
	}
	if wrong != 0 {
		return fmt.Errorf("%s invoice %d is missing or follows another one: %w", v.zone, wrong, ErrBroken)
	}
	return nil
}

// holds compares the steps of holds with the entries they made.
func (v *verifier) holds(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, `SELECT coalesce(s.hold || '/' || s.step, j.source_id), j.id IS NOT NULL, coalesce(s.member, ''), coalesce(s.amount_nano, 0) - coalesce(before.amount_nano, 0),
			s.hold IS NOT NULL AND (s.step = 0) = (before.hold IS NULL) AND coalesce(before.member = s.member, true),
			coalesce(a.owner, s.member, ''), coalesce(CASE WHEN a.number = t.credit THEN t.amount ELSE -t.amount END, 0)
		FROM (SELECT * FROM hold_step WHERE zone = $1) s
		FULL JOIN (SELECT * FROM journal WHERE zone = $1 AND source = 'hold') j ON j.source_id = s.hold || '/' || s.step
		LEFT JOIN hold_step before ON (before.zone, before.hold, before.step) = (s.zone, s.hold, s.step - 1)
		LEFT JOIN transfer t ON t.journal = j.id
		LEFT JOIN account a ON a.zone = j.zone AND a.number IN (t.debit, t.credit) AND a.kind = 'collateral'
		ORDER BY j.number, s.hold, s.step`, v.zone)
	if err != nil {
		return fmt.Errorf("holds: %w", err)
	}
	var name, member, owner string
	var entered, follows bool
	var says, moved int64
	_, err = pgx.ForEachRow(rows, []any{&name, &entered, &member, &says, &follows, &owner, &moved}, func() error {
		if !entered || !follows || member != owner || says != moved {
			return fmt.Errorf("%s hold %s of %s says %s, its entry moved %s of %s: %w", v.zone, name, member, energy.Money(says), energy.Money(moved), owner, ErrBroken)
		}
		return nil
	})
	return err
}
