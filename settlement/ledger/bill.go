package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement"
)

// ErrOpen is returned for invoices about a period that is not over or not settled to its end.
var ErrOpen = problem.New(problem.Conflict, "the period is not over, or not settled to its end: its statement is provisional")

// ErrPeriod is returned for a period that ends before it starts.
var ErrPeriod = problem.New(problem.Invalid, "a period ends after it starts")

// Bill returns what settlement and payments moved on a member's money between two Unix seconds, with the invoices issued so
// far. Somebody who is not a member is ErrNotFound.
func (l *Ledger) Bill(ctx context.Context, m energy.Member, start, end int64) (settlement.Bill, error) {
	var b settlement.Bill
	err := pgx.BeginTxFunc(ctx, l.db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		b, err = l.bill(ctx, tx, m, start, end)
		return err
	})
	return b, err
}

func (l *Ledger) bill(ctx context.Context, tx pgx.Tx, m energy.Member, start, end int64) (settlement.Bill, error) {
	b := settlement.Bill{Zone: l.zone, Member: m, Start: start, End: end}
	if end <= start {
		return b, fmt.Errorf("bill of %s: %w", m, ErrPeriod)
	}
	err := tx.QueryRow(ctx, `SELECT m.name, NOT EXISTS (SELECT FROM batch WHERE zone = $1 AND interval_start + interval_seconds >= $4)
			OR EXISTS (SELECT FROM batch WHERE zone = $1 AND interval_start >= $3 AND interval_start < $4 AND state IN ('traded', 'attested'))
		FROM member m WHERE m.zone = $1 AND m.member = $2`, l.zone, m, start, end).Scan(&b.Name, &b.Provisional)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return b, fmt.Errorf("member %q: %w", m, err)
	}
	if b.Lines, b.Opening, err = l.billLines(ctx, tx, m, start, end); err != nil {
		return b, fmt.Errorf("bill of %s: %w", m, err)
	}
	b.Invoices, err = l.invoices(ctx, tx, m, start, end)
	return b, err
}

// billLines returns the lines of a period, and the sum of those before it: the balance less everything since, for a month is
// read sooner than the years before it. The books do not change meanwhile.
func (l *Ledger) billLines(ctx context.Context, tx pgx.Tx, m energy.Member, start, end int64) (lines []settlement.BillLine, opening energy.Money, err error) {
	balance, err := l.amount(ctx, tx, money(m), settlement.MoneyAsset)
	if err != nil {
		return nil, 0, err
	}
	opening = energy.Money(balance)
	rows, err := tx.Query(ctx, `SELECT t.id, j.number, j.at, coalesce(j.run, 0), j.source = 'settlement', t.leg,
			CASE WHEN other.kind = 'member' THEN other.owner ELSE other.kind END,
			CASE WHEN mine.number = t.credit THEN t.amount ELSE -t.amount END, t.energy_wh, t.rate
		FROM account mine
		JOIN journal j ON j.zone = mine.zone AND j.at >= $3
		JOIN balance_block b ON (b.zone, b.block, b.journal) = (mine.zone, mine.number >> 6, j.id)
			AND b.ends[(mine.number & 63) + 1] < b.ends[(mine.number & 63) + 2]`+linesOf+`
		WHERE mine.zone = $1 AND mine.kind = 'member' AND mine.owner = $2 AND mine.asset = 'money'
		ORDER BY j.at, j.number, t.line`, l.zone, m, start)
	if err != nil {
		return nil, 0, err
	}
	var line settlement.BillLine
	var id []byte
	var leg string
	_, err = pgx.ForEachRow(rows, []any{&id, &line.Entry, &line.At, &line.Run, &line.Settles, &leg, &line.Counterparty, &line.Amount, &line.Energy, &line.Rate}, func() error {
		opening -= line.Amount
		if line.At < end {
			copy(line.ID[:], id)
			line.Leg = settlement.ParseLeg(leg)
			lines = append(lines, line)
		}
		return nil
	})
	return lines, opening, err
}

func (l *Ledger) invoices(ctx context.Context, tx pgx.Tx, m energy.Member, start, end int64) ([]settlement.Invoice, error) {
	rows, err := tx.Query(ctx, `SELECT number, kind, side, coalesce(corrects, 0), journal, amount_nano, amount_cents, issued_at FROM invoice
		WHERE zone = $1 AND member = $2 AND period_start = $3 AND period_end = $4 ORDER BY number`, l.zone, m, start, end)
	if err != nil {
		return nil, fmt.Errorf("invoices of %s: %w", m, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (v settlement.Invoice, err error) {
		var side string
		err = row.Scan(&v.Number, &v.Kind, &side, &v.Corrects, &v.Entry, &v.Amount, &v.Cents, &v.IssuedAt)
		if v.Side = settlement.Purchase; side == settlement.Sale.String() {
			v.Side = settlement.Sale
		}
		return v, err
	})
}

// Issue writes the invoices of a period that are due: the first time one for what the member bought and a self-billed one
// for what the member sold; later, where newer runs have changed a side, a credit note if the member pays less or earns
// less, else a further invoice, over the difference. It returns the bill with all of them. A repeat issues nothing. A
// provisional bill is ErrOpen.
func (l *Ledger) Issue(ctx context.Context, m energy.Member, start, end, now int64) (b settlement.Bill, err error) {
	err = pgx.BeginFunc(ctx, l.db, func(tx pgx.Tx) error {
		newest, err := l.lockZone(ctx, tx)
		if err != nil {
			return err
		}
		if b, err = l.bill(ctx, tx, m, start, end); err != nil {
			return err
		}
		if b.Provisional {
			return fmt.Errorf("invoice for %s: %w", m, ErrOpen)
		}
		for _, side := range []settlement.BillSide{settlement.Purchase, settlement.Sale} {
			v, due := due(b, side)
			if !due {
				continue
			}
			v.Entry, v.IssuedAt = newest.number, now
			if v.Number, err = l.issue(ctx, tx, b, v); err != nil {
				return fmt.Errorf("invoice for %s: %w", m, err)
			}
			b.Invoices = append(b.Invoices, v)
		}
		return nil
	})
	return b, err
}

// due returns the next document about one side of a bill, if there is anything to say.
func due(b settlement.Bill, side settlement.BillSide) (v settlement.Invoice, due bool) {
	v = settlement.Invoice{Side: side, Kind: "invoice"}
	if side == settlement.Sale {
		v.Kind = "self-billed-invoice"
	}
	var known uint64
	for _, earlier := range b.Invoices {
		if earlier.Side == side {
			known = earlier.Entry
			if v.Corrects == 0 {
				v.Corrects = earlier.Number
			}
		}
	}
	for _, l := range b.Lines {
		if l.Side() == side && l.Entry > known {
			v.Amount -= l.Amount
			due = true
		}
	}
	if v.Corrects != 0 {
		due = v.Amount != 0
		if (side == settlement.Sale) == (v.Amount > 0) {
			v.Kind = "credit-note"
		}
	}
	v.Cents = v.Amount.RoundCents().Shift(2).IntPart()
	return v, due
}

// issue writes a document under the number after the newest one of the zone, which is locked.
func (l *Ledger) issue(ctx context.Context, tx pgx.Tx, b settlement.Bill, v settlement.Invoice) (number uint64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO invoice (zone, number, previous_number, kind, member, period_start, period_end, side, corrects, journal, amount_nano, amount_cents, issued_at)
		SELECT $1, coalesce(max(number), 0) + 1, max(number), $2, $3, $4, $5, $6, nullif($7::bigint, 0), $8, $9, $10, $11 FROM invoice WHERE zone = $1
		RETURNING number`, l.zone, v.Kind, b.Member, b.Start, b.End, v.Side.String(), int64(v.Corrects), int64(v.Entry), int64(v.Amount), v.Cents, v.IssuedAt).
		Scan(&number)
	return number, err
}
