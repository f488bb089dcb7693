package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// TakeMarket records what one message of the market's log said: trades, and the intervals whose gates closed, which
// become batches. Reader and sequence are the position after the message.
func (l *Ledger) TakeMarket(ctx context.Context, reader string, sequence uint64, trades map[energy.Interval][]settlement.Trade, closed []energy.Interval) error {
	return pgx.BeginFunc(ctx, l.db, func(tx pgx.Tx) error {
		for interval, list := range trades {
			if err := l.copyTrades(ctx, tx, interval, list); err != nil {
				return fmt.Errorf("trades of %s: %w", interval, err)
			}
		}
		for _, interval := range closed {
			if err := l.open(ctx, tx, settlement.Key{Zone: l.zone, Interval: interval}); err != nil {
				return err
			}
		}
		return l.advance(ctx, tx, reader, sequence)
	})
}

func (l *Ledger) copyTrades(ctx context.Context, tx pgx.Tx, interval energy.Interval, list []settlement.Trade) error {
	zone, start := string(l.zone), interval.StartUnix()
	return copyRows(ctx, tx, `COPY trade (zone, sequence, index, interval_start, buyer, seller, quantity_wh, price_micro) FROM STDIN BINARY`,
		len(list), func(i int, t *tuples) {
			x := &list[i]
			t.begin(8)
			t.text(zone)
			t.int8(int64(x.Sequence))
			t.int2(int16(x.Index))
			t.int8(start)
			t.text(string(x.Buyer))
			t.text(string(x.Seller))
			t.int8(int64(x.Quantity))
			t.int8(int64(x.Price))
		})
}

func (l *Ledger) open(ctx context.Context, tx pgx.Tx, k settlement.Key) error {
	zone, start, run := l.key(k)
	_, err := tx.Exec(ctx, `INSERT INTO batch (zone, interval_start, interval_seconds, run, state)
		VALUES ($1, $2, $3, $4, 'traded') ON CONFLICT DO NOTHING`, zone, start, int32(k.Interval.Length()), run)
	if err != nil {
		return fmt.Errorf("open batch %s: %w", k, err)
	}
	return nil
}

// NewestClosed returns the latest interval whose gate has closed; ok is false before the first. Gates close in order,
// so every earlier interval has all its trades in the ledger.
func (l *Ledger) NewestClosed(ctx context.Context) (interval energy.Interval, ok bool, err error) {
	var start int64
	var seconds int32
	err = l.db.QueryRow(ctx, `SELECT interval_start, interval_seconds FROM batch WHERE zone = $1 ORDER BY interval_start DESC LIMIT 1`, l.zone).
		Scan(&start, &seconds)
	if errors.Is(err, pgx.ErrNoRows) {
		return energy.Interval{}, false, nil
	}
	if err != nil {
		return energy.Interval{}, false, fmt.Errorf("newest closed interval: %w", err)
	}
	interval, err = energy.NewInterval(start, energy.Length(seconds))
	return interval, err == nil, err
}

// TakeAttestation records an attestation and what it measured with its batch, which it opens where no book was ever opened for the
// interval. A second attestation under the same key is ErrDiffers if it says something else, and nothing otherwise.
func (l *Ledger) TakeAttestation(ctx context.Context, reader string, sequence uint64, a oracle.Attestation) error {
	k := settlement.Key{Zone: a.Report.Zone, Interval: a.Report.Interval, Run: a.Report.Run}
	return pgx.BeginFunc(ctx, l.db, func(tx pgx.Tx) error {
		if err := l.open(ctx, tx, k); err != nil {
			return err
		}
		b, err := l.lock(ctx, tx, k)
		if err != nil {
			return err
		}
		if b.State == settlement.Traded {
			zone, start, run := l.key(k)
			if _, err := tx.Exec(ctx, `UPDATE batch SET state = 'attested', attestation = $4 WHERE zone = $1 AND interval_start = $2 AND run = $3`,
				zone, start, run, oracle.AppendAttestation(nil, a)); err != nil {
				return fmt.Errorf("attest %s: %w", k, err)
			}
			if err := l.copyMeasurements(ctx, tx, k, a.Leaves); err != nil {
				return fmt.Errorf("attest %s: measurements: %w", k, err)
			}
		} else if b.Attestation.Report != a.Report {
			return fmt.Errorf("attest %s: %w", k, ErrDiffers)
		}
		return l.advance(ctx, tx, reader, sequence)
	})
}

// Skip moves a reader past a message that has nothing for the ledger.
func (l *Ledger) Skip(ctx context.Context, reader string, sequence uint64) error {
	return pgx.BeginFunc(ctx, l.db, func(tx pgx.Tx) error { return l.advance(ctx, tx, reader, sequence) })
}

const batchColumns = `interval_start, interval_seconds, run, state, attestation, coalesce(delivered_wh, 0), mint_transaction, coalesce(mint_block, 0), announced`

func (l *Ledger) scanBatch(row pgx.CollectableRow) (b settlement.Batch, err error) {
	var start int64
	var seconds, run int32
	var state string
	var attestation, transaction []byte
	if err = row.Scan(&start, &seconds, &run, &state, &attestation, &b.Delivered, &transaction, &b.Mint.Block, &b.Announced); err != nil {
		return b, err
	}
	interval, err := energy.NewInterval(start, energy.Length(seconds))
	if err != nil {
		return b, err
	}
	b.Key = settlement.Key{Zone: l.zone, Interval: interval, Run: uint32(run)}
	if b.State, err = settlement.ParseState(state); err != nil {
		return b, err
	}
	if attestation != nil {
		if b.Attestation, err = oracle.DecodeAttestation(attestation); err != nil {
			return b, fmt.Errorf("batch %s: %w", b.Key, err)
		}
	}
	copy(b.Mint.Transaction[:], transaction)
	return b, nil
}

func (l *Ledger) lock(ctx context.Context, tx pgx.Tx, k settlement.Key) (settlement.Batch, error) {
	zone, start, run := l.key(k)
	rows, err := tx.Query(ctx, `SELECT `+batchColumns+` FROM batch WHERE zone = $1 AND interval_start = $2 AND run = $3 FOR UPDATE`, zone, start, run)
	if err != nil {
		return settlement.Batch{}, fmt.Errorf("batch %s: %w", k, err)
	}
	return l.one(k, rows)
}

// lockState locks a batch without reading what was attested.
func (l *Ledger) lockState(ctx context.Context, tx pgx.Tx, k settlement.Key) (settlement.State, error) {
	var text string
	zone, start, run := l.key(k)
	err := tx.QueryRow(ctx, `SELECT state FROM batch WHERE zone = $1 AND interval_start = $2 AND run = $3 FOR UPDATE`, zone, start, run).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("batch %s: %w", k, err)
	}
	return settlement.ParseState(text)
}

func (l *Ledger) one(k settlement.Key, rows pgx.Rows) (settlement.Batch, error) {
	b, err := pgx.CollectExactlyOneRow(rows, l.scanBatch)
	if errors.Is(err, pgx.ErrNoRows) {
		return settlement.Batch{}, fmt.Errorf("batch %s: %w", k, ErrNotFound)
	}
	return b, err
}

// Batch returns one batch, or ErrNotFound.
func (l *Ledger) Batch(ctx context.Context, k settlement.Key) (settlement.Batch, error) {
	zone, start, run := l.key(k)
	rows, err := l.db.Query(ctx, `SELECT `+batchColumns+` FROM batch WHERE zone = $1 AND interval_start = $2 AND run = $3`, zone, start, run)
	if err != nil {
		return settlement.Batch{}, fmt.Errorf("batch %s: %w", k, err)
	}
	return l.one(k, rows)
}

// Pending returns the batches that are attested and not yet announced, oldest first.
func (l *Ledger) Pending(ctx context.Context) ([]settlement.Batch, error) {
	return l.batches(ctx, `WHERE zone = $1 AND (state IN ('attested', 'posted', 'minted') OR state = 'final' AND NOT announced)
		ORDER BY interval_start, run`)
}

// Recent returns the newest batches from the given state on, newest first.
func (l *Ledger) Recent(ctx context.Context, limit int) ([]settlement.Batch, error) {
	return l.batches(ctx, `WHERE zone = $1 AND state IN ('posted', 'minted', 'final') ORDER BY interval_start DESC, run DESC LIMIT $2`, limit)
}

// Batches returns every batch, oldest first.
func (l *Ledger) Batches(ctx context.Context) ([]settlement.Batch, error) {
	return l.batches(ctx, `WHERE zone = $1 ORDER BY interval_start, run`)
}

// Settled returns every final batch, oldest first.
func (l *Ledger) Settled(ctx context.Context) ([]settlement.Batch, error) {
	return l.batches(ctx, `WHERE zone = $1 AND state = 'final' ORDER BY interval_start, run`)
}

func (l *Ledger) batches(ctx context.Context, where string, more ...any) ([]settlement.Batch, error) {
	rows, err := l.db.Query(ctx, `SELECT `+batchColumns+` FROM batch `+where, append([]any{l.zone}, more...)...)
	if err != nil {
		return nil, fmt.Errorf("batches: %w", err)
	}
	return pgx.CollectRows(rows, l.scanBatch)
}

// Trades returns the trades of an interval in log order.
func (l *Ledger) Trades(ctx context.Context, interval energy.Interval) ([]settlement.Trade, error) {
	rows, err := l.db.Query(ctx, `SELECT sequence, index, buyer, seller, quantity_wh, price_micro FROM trade
		WHERE zone = $1 AND interval_start = $2 ORDER BY sequence, index`, l.zone, interval.StartUnix())
	if err != nil {
		return nil, fmt.Errorf("trades of %s: %w", interval, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t settlement.Trade, err error) {
		err = row.Scan(&t.Sequence, &t.Index, &t.Buyer, &t.Seller, &t.Quantity, &t.Price)
		return t, err
	})
}
