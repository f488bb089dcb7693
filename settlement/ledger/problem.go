package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement"
)

// Problem is a batch that stays where it is, and why.
type Problem struct {
	Key    settlement.Key
	State  settlement.State
	Reason string
}

// Stays records why a batch does not go on; its next step takes the reason away. It reports whether the reason is new.
func (l *Ledger) Stays(ctx context.Context, k settlement.Key, reason string) (fresh bool, err error) {
	zone, start, run := l.key(k)
	tag, err := l.db.Exec(ctx, `UPDATE batch SET problem = $4 WHERE zone = $1 AND interval_start = $2 AND run = $3
		AND problem IS DISTINCT FROM $4`, zone, start, run, reason)
	if err != nil {
		return false, fmt.Errorf("problem of %s: %w", k, err)
	}
	return tag.RowsAffected() == 1, nil
}

// Problems returns the batches that stay where they are, oldest first, at most limit.
func (l *Ledger) Problems(ctx context.Context, limit int) ([]Problem, error) {
	rows, err := l.db.Query(ctx, `SELECT interval_start, interval_seconds, run, state, problem FROM batch
		WHERE zone = $1 AND problem IS NOT NULL ORDER BY interval_start, run LIMIT $2`, l.zone, limit)
	if err != nil {
		return nil, fmt.Errorf("problems: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Problem, err error) {
		var start int64
		var seconds int32
		var state string
		if err = row.Scan(&start, &seconds, &p.Key.Run, &state, &p.Reason); err != nil {
			return p, err
		}
		p.Key.Zone = l.zone
		if p.Key.Interval, err = energy.NewInterval(start, energy.Length(seconds)); err != nil {
			return p, err
		}
		p.State, err = settlement.ParseState(state)
		return p, err
	})
}
