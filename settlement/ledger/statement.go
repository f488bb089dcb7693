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

// linesOf picks, of the entry j and the block b after it, the transfers t that touched the account mine.
const linesOf = ` CROSS JOIN LATERAL unnest(b.lines[b.ends[(mine.number & 63) + 1] + 1 : b.ends[(mine.number & 63) + 2]]) AS l (line)
		JOIN transfer t ON (t.journal, t.line) = (j.id, l.line)
		JOIN account other ON (other.zone, other.number) = (j.zone, CASE WHEN mine.number = t.credit THEN t.debit ELSE t.credit END)`

// Lines returns the newest transfers that settlement caused on a member's accounts, newest interval first.
func (l *Ledger) Lines(ctx context.Context, m energy.Member, limit int) ([]Line, error) {
	rows, err := l.db.Query(ctx, `SELECT t.id, j.run, j.at, z.interval_seconds, t.leg, mine.asset,
			CASE WHEN mine.number = t.credit THEN t.amount ELSE -t.amount END, t.energy_wh,
			CASE WHEN other.kind = 'member' THEN other.owner ELSE other.kind END
		FROM account mine JOIN zone z USING (zone)
		CROSS JOIN LATERAL (SELECT journal, ends, lines FROM balance_block WHERE (zone, block) = (mine.zone, mine.number >> 6)
			AND ends[(mine.number & 63) + 1] < ends[(mine.number & 63) + 2] ORDER BY journal DESC LIMIT $3) b
		JOIN journal j ON j.id = b.journal AND j.source = 'settlement'`+linesOf+`
		WHERE mine.zone = $1 AND mine.kind = 'member' AND mine.owner = $2
		ORDER BY j.at DESC, mine.asset DESC, t.leg, t.id LIMIT $3`, l.zone, m, limit)
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
