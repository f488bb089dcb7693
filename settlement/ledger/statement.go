package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
)

// Balance is what a member owns.
type Balance struct {
	Money  energy.Money     // received less paid
	Energy energy.WattHours // minted and received less delivered
}

// Line is one transfer seen from a member.
type Line struct {
	ID           [32]byte // of the posting
	Interval     energy.Interval
	Run          uint32
	Leg          string // as settlement.Leg prints it
	Asset        string // "money" or "energy"
	Counterparty string // the other account's owner, or its kind
	Amount       int64  // > 0 received, < 0 given; 1e-9 of the currency unit or Wh
	Energy       energy.WattHours
}

// Balance returns the balances of a member; a member without transfers has none.
func (l *Ledger) Balance(ctx context.Context, m energy.Member) (b Balance, err error) {
	err = l.db.QueryRow(ctx, `SELECT coalesce(sum(amount) FILTER (WHERE asset = 'money'), 0)::bigint,
		coalesce(sum(amount) FILTER (WHERE asset = 'energy'), 0)::bigint
		FROM balance WHERE zone = $1 AND kind = 'member' AND owner = $2`, l.zone, m).Scan(&b.Money, &b.Energy)
	if err != nil {
		return Balance{}, fmt.Errorf("balance of %s: %w", m, err)
	}
	return b, nil
}

// Lines returns the newest transfers of a member, newest interval first.
func (l *Ledger) Lines(ctx context.Context, m energy.Member, limit int) ([]Line, error) {
	rows, err := l.db.Query(ctx, `SELECT t.id, t.run, t.interval_start, b.interval_seconds, t.leg, t.asset,
			CASE WHEN mine.id = t.credit_id THEN t.amount ELSE -t.amount END, t.energy_wh,
			CASE WHEN other.kind = 'member' THEN other.owner ELSE other.kind END
		FROM account mine
		JOIN transfer t ON mine.id IN (t.debit_id, t.credit_id)
		JOIN account other ON other.id = CASE WHEN mine.id = t.credit_id THEN t.debit_id ELSE t.credit_id END
		JOIN batch b ON (b.zone, b.interval_start, b.run) = (t.zone, t.interval_start, t.run)
		WHERE mine.zone = $1 AND mine.kind = 'member' AND mine.owner = $2
		ORDER BY t.interval_start DESC, t.asset DESC, t.leg, t.id LIMIT $3`, l.zone, m, limit)
	if err != nil {
		return nil, fmt.Errorf("lines of %s: %w", m, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (line Line, err error) {
		var id []byte
		var start int64
		var seconds int32
		if err = row.Scan(&id, &line.Run, &start, &seconds, &line.Leg, &line.Asset, &line.Amount, &line.Energy, &line.Counterparty); err != nil {
			return line, err
		}
		copy(line.ID[:], id)
		line.Interval, err = energy.NewInterval(start, energy.Length(seconds))
		return line, err
	})
}
