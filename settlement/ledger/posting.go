package ledger

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// Post writes the result of an attested batch (deliveries, transfers, balances) and moves it to posted, in one transaction.
// A batch in another state is settlement.ErrState, and nothing is written.
func (l *Ledger) Post(ctx context.Context, r settlement.Result) error {
	e := Entry{Source: Settlement, ID: sourceID(r.Key), At: r.Key.Interval.StartUnix(), Postings: r.Postings}
	return l.post(ctx, func(tx pgx.Tx) error {
		newest, err := l.lockZone(ctx, tx)
		if err != nil {
			return err
		}
		zone, start, run := l.key(r.Key)
		state, err := l.lockState(ctx, tx, r.Key)
		if err != nil {
			return err
		}
		if state != settlement.Attested {
			return fmt.Errorf("post %s, which is %s: %w", r.Key, state, settlement.ErrState)
		}
		var d draft
		var wrong error
		var drafting sync.WaitGroup
		drafting.Go(func() { d, wrong = l.draft(e) })
		err = l.copyDeliveries(ctx, tx, r)
		drafting.Wait()
		if err != nil {
			return fmt.Errorf("post %s: deliveries: %w", r.Key, err)
		}
		if wrong != nil {
			return fmt.Errorf("post %s: %w", r.Key, wrong)
		}
		if err := l.enter(ctx, tx, newest, d, &run); err != nil {
			return fmt.Errorf("post %s: %w", r.Key, err)
		}
		_, err = tx.Exec(ctx, `UPDATE batch SET state = 'posted', delivered_wh = $4, problem = NULL WHERE zone = $1 AND interval_start = $2 AND run = $3`,
			zone, start, run, int64(r.Delivered))
		return err
	})
}

// sourceID names a batch as the cause of an entry.
func sourceID(k settlement.Key) string { return fmt.Sprintf("%d/%d", k.Interval.StartUnix(), k.Run) }

func (l *Ledger) copyMeasurements(ctx context.Context, tx pgx.Tx, k settlement.Key, leaves []oracle.Leaf) error {
	zone, start, run := l.key(k)
	return copyRows(ctx, tx, `COPY measurement (zone, interval_start, run, meter, import_wh, export_wh, since, quality, reading) FROM STDIN BINARY`,
		len(leaves), func(i int, t *tuples) {
			leaf := &leaves[i]
			t.begin(9)
			t.text(zone)
			t.int8(start)
			t.int4(run)
			t.text(string(leaf.Meter))
			t.int8(int64(leaf.Import))
			t.int8(int64(leaf.Export))
			t.int8(leaf.Since)
			t.text(leaf.Quality.String())
			t.bytes(leaf.Reading[:])
		})
}

func (l *Ledger) copyDeliveries(ctx context.Context, tx pgx.Tx, r settlement.Result) error {
	zone, start, run := l.key(r.Key)
	return copyRows(ctx, tx, `COPY delivery (zone, interval_start, run, sequence, index, delivered_wh) FROM STDIN BINARY`,
		len(r.Deliveries), func(i int, t *tuples) {
			d := &r.Deliveries[i]
			t.begin(6)
			t.text(zone)
			t.int8(start)
			t.int4(run)
			t.int8(int64(d.Trade.Sequence))
			t.int2(int16(d.Trade.Index))
			t.int8(int64(d.Quantity))
		})
}

// Minted moves a posted batch to minted.
func (l *Ledger) Minted(ctx context.Context, k settlement.Key, m settlement.MintRecord) error {
	zone, start, run := l.key(k)
	tag, err := l.db.Exec(ctx, `UPDATE batch SET state = 'minted', mint_transaction = $4, mint_block = $5, problem = NULL
		WHERE zone = $1 AND interval_start = $2 AND run = $3 AND state = 'posted'`, zone, start, run, m.Transaction[:], int64(m.Block))
	return step("mint", k, tag.RowsAffected(), err)
}

// Finish moves a minted batch to final.
func (l *Ledger) Finish(ctx context.Context, k settlement.Key) error {
	zone, start, run := l.key(k)
	tag, err := l.db.Exec(ctx, `UPDATE batch SET state = 'final', problem = NULL WHERE zone = $1 AND interval_start = $2 AND run = $3 AND state = 'minted'`, zone, start, run)
	return step("finish", k, tag.RowsAffected(), err)
}

// Announced records that whoever follows the settlement log was told of a final batch.
func (l *Ledger) Announced(ctx context.Context, k settlement.Key) error {
	zone, start, run := l.key(k)
	tag, err := l.db.Exec(ctx, `UPDATE batch SET announced = true WHERE zone = $1 AND interval_start = $2 AND run = $3 AND state = 'final'`, zone, start, run)
	return step("announce", k, tag.RowsAffected(), err)
}

// Unmint moves a batch whose report is no longer on chain back to posted, so that it is minted again.
func (l *Ledger) Unmint(ctx context.Context, k settlement.Key) error {
	zone, start, run := l.key(k)
	tag, err := l.db.Exec(ctx, `UPDATE batch SET state = 'posted', mint_transaction = NULL, mint_block = NULL, announced = false
		WHERE zone = $1 AND interval_start = $2 AND run = $3 AND state IN ('minted', 'final')`, zone, start, run)
	return step("unmint", k, tag.RowsAffected(), err)
}

func step(name string, k settlement.Key, rows int64, err error) error {
	if err == nil && rows != 1 {
		err = settlement.ErrState
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", name, k, err)
	}
	return nil
}
