package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement"
)

// Summary is how far a batch has come, in figures; what its state does not know yet is 0.
type Summary struct {
	Key       settlement.Key
	State     settlement.State
	Meters    int
	Export    energy.WattHours // attested
	Import    energy.WattHours // attested
	Trades    int
	Traded    energy.WattHours
	Delivered energy.WattHours
}

// Summaries returns the newest batches, newest first.
func (l *Ledger) Summaries(ctx context.Context, limit int) ([]Summary, error) {
	return l.summaries(ctx, `WHERE b.zone = $1 ORDER BY b.interval_start DESC, b.run DESC LIMIT $2`, limit)
}

// SummaryAt returns the newest run of the interval that starts at the Unix second start, or ErrNotFound.
func (l *Ledger) SummaryAt(ctx context.Context, start int64) (Summary, error) {
	found, err := l.summaries(ctx, `WHERE b.zone = $1 AND b.interval_start = $2 ORDER BY b.run DESC LIMIT 1`, start)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("interval at %d: %w", start, ErrNotFound)
	}
	if err != nil {
		return Summary{}, err
	}
	return found[0], nil
}

func (l *Ledger) summaries(ctx context.Context, where string, argument any) ([]Summary, error) {
	rows, err := l.db.Query(ctx, `SELECT b.interval_start, b.interval_seconds, b.run, b.state, m.meters, m.export, m.import, t.trades, t.traded, coalesce(b.delivered_wh, 0)
		FROM batch b
		CROSS JOIN LATERAL (SELECT count(*) AS meters, coalesce(sum(export_wh), 0)::bigint AS export, coalesce(sum(import_wh), 0)::bigint AS import
			FROM measurement WHERE (zone, interval_start, run) = (b.zone, b.interval_start, b.run)) m
		CROSS JOIN LATERAL (SELECT count(*) AS trades, coalesce(sum(quantity_wh), 0)::bigint AS traded
			FROM trade WHERE (zone, interval_start) = (b.zone, b.interval_start)) t `+where, l.zone, argument)
	if err != nil {
		return nil, fmt.Errorf("summaries: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Summary, err error) {
		var start int64
		var seconds int32
		var state string
		if err = row.Scan(&start, &seconds, &s.Key.Run, &state, &s.Meters, &s.Export, &s.Import, &s.Trades, &s.Traded, &s.Delivered); err != nil {
			return s, err
		}
		s.Key.Zone = l.zone
		if s.Key.Interval, err = energy.NewInterval(start, energy.Length(seconds)); err != nil {
			return s, err
		}
		s.State, err = settlement.ParseState(state)
		return s, err
	})
}

// Totals are sums over the newest final run of every interval and over the whole ledger, each read from its own rows.
type Totals struct {
	Intervals int64
	Trades    int64
	Traded    energy.WattHours
	Export    energy.WattHours // attested
	Import    energy.WattHours // attested
	Delivered energy.WattHours
	Money     energy.Money     // sum of all money balances: 0 or the ledger is broken
	EnergySum energy.WattHours // sum of all energy balances: likewise
	Issued    energy.WattHours // energy issued to members: what the chain must have minted
}

// Totals reads the sums.
func (l *Ledger) Totals(ctx context.Context) (t Totals, err error) {
	err = l.db.QueryRow(ctx, `WITH settled AS (SELECT DISTINCT ON (interval_start) * FROM batch WHERE zone = $1 AND state = 'final' ORDER BY interval_start, run DESC)
		SELECT (SELECT count(*) FROM settled),
			(SELECT count(*) FROM trade JOIN settled USING (zone, interval_start)),
			(SELECT coalesce(sum(quantity_wh), 0)::bigint FROM trade JOIN settled USING (zone, interval_start)),
			(SELECT coalesce(sum(export_wh), 0)::bigint FROM measurement JOIN settled USING (zone, interval_start, run)),
			(SELECT coalesce(sum(import_wh), 0)::bigint FROM measurement JOIN settled USING (zone, interval_start, run)),
			(SELECT coalesce(sum(d.delivered_wh), 0)::bigint FROM delivery d JOIN settled USING (zone, interval_start, run)),
			(SELECT coalesce(sum(amount), 0)::bigint FROM balance WHERE zone = $1 AND asset = 'money'),
			(SELECT coalesce(sum(amount), 0)::bigint FROM balance WHERE zone = $1 AND asset = 'energy'),
			(SELECT coalesce(-sum(amount), 0)::bigint FROM balance WHERE zone = $1 AND kind = 'issuance' AND asset = 'energy')`, l.zone).
		Scan(&t.Intervals, &t.Trades, &t.Traded, &t.Export, &t.Import, &t.Delivered, &t.Money, &t.EnergySum, &t.Issued)
	if err != nil {
		return Totals{}, fmt.Errorf("totals of %s: %w", l.zone, err)
	}
	return t, nil
}
