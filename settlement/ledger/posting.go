package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/settlement"
)

// Post writes the result of an attested batch (measurements, deliveries, transfers) and moves it to posted, in one
// transaction. A batch in another state is settlement.ErrState, and nothing is written.
func (l *Ledger) Post(ctx context.Context, r settlement.Result) error {
	return pgx.BeginFunc(ctx, l.db, func(tx pgx.Tx) error {
		b, err := l.lock(ctx, tx, r.Key)
		if err != nil {
			return err
		}
		if b.State != settlement.Attested {
			return fmt.Errorf("post %s, which is %s: %w", r.Key, b.State, settlement.ErrState)
		}
		if err := l.copyMeasurements(ctx, tx, b); err != nil {
			return fmt.Errorf("post %s: measurements: %w", r.Key, err)
		}
		if err := l.copyDeliveries(ctx, tx, r); err != nil {
			return fmt.Errorf("post %s: deliveries: %w", r.Key, err)
		}
		accounts, err := l.accounts(ctx, tx, r.Postings)
		if err != nil {
			return fmt.Errorf("post %s: accounts: %w", r.Key, err)
		}
		if err := l.copyTransfers(ctx, tx, r, accounts); err != nil {
			return fmt.Errorf("post %s: transfers: %w", r.Key, err)
		}
		zone, start, run := l.key(r.Key)
		_, err = tx.Exec(ctx, `UPDATE batch SET state = 'posted', delivered_wh = $4 WHERE zone = $1 AND interval_start = $2 AND run = $3`,
			zone, start, run, int64(r.Delivered))
		return err
	})
}

func (l *Ledger) copyMeasurements(ctx context.Context, tx pgx.Tx, b settlement.Batch) error {
	zone, start, run := l.key(b.Key)
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"measurement"},
		[]string{"zone", "interval_start", "run", "meter", "import_wh", "export_wh", "since", "quality", "reading"},
		pgx.CopyFromSlice(len(b.Attestation.Leaves), func(i int) ([]any, error) {
			leaf := b.Attestation.Leaves[i]
			return []any{zone, start, run, string(leaf.Meter), int64(leaf.Import), int64(leaf.Export), leaf.Since, leaf.Quality.String(), leaf.Reading[:]}, nil
		}))
	return err
}

func (l *Ledger) copyDeliveries(ctx context.Context, tx pgx.Tx, r settlement.Result) error {
	zone, start, run := l.key(r.Key)
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"delivery"},
		[]string{"zone", "interval_start", "run", "sequence", "index", "delivered_wh"},
		pgx.CopyFromSlice(len(r.Deliveries), func(i int) ([]any, error) {
			d := r.Deliveries[i]
			return []any{zone, start, run, int64(d.Trade.Sequence), int16(d.Trade.Index), int64(d.Quantity)}, nil
		}))
	return err
}

// accounts opens the accounts that the postings need and returns the ID of each.
func (l *Ledger) accounts(ctx context.Context, tx pgx.Tx, postings []settlement.Posting) (map[settlement.Holding]int64, error) {
	ids := make(map[settlement.Holding]int64)
	var needed []settlement.Holding
	for _, p := range postings {
		for _, h := range []settlement.Holding{{Account: p.From, Asset: p.Asset}, {Account: p.To, Asset: p.Asset}} {
			if _, ok := ids[h]; !ok {
				ids[h] = 0
				needed = append(needed, h)
			}
		}
	}
	slices.SortFunc(needed, func(a, b settlement.Holding) int { // one order for all writers: no deadlock
		return strings.Compare(a.Account.Kind.String()+string(a.Account.Owner)+a.Asset.String(), b.Account.Kind.String()+string(b.Account.Owner)+b.Asset.String())
	})
	batch := &pgx.Batch{}
	for _, h := range needed {
		args := []any{l.zone, h.Account.Kind.String(), h.Account.Owner, h.Asset.String()}
		batch.Queue(`INSERT INTO account (zone, kind, owner, asset) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, args...)
		batch.Queue(`SELECT id FROM account WHERE zone = $1 AND kind = $2 AND owner = $3 AND asset = $4`, args...).
			QueryRow(func(row pgx.Row) error {
				var id int64
				err := row.Scan(&id)
				ids[h] = id
				return err
			})
	}
	return ids, tx.SendBatch(ctx, batch).Close()
}

func (l *Ledger) copyTransfers(ctx context.Context, tx pgx.Tx, r settlement.Result, ids map[settlement.Holding]int64) error {
	zone, start, run := l.key(r.Key)
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"transfer"},
		[]string{"id", "debit_id", "credit_id", "asset", "amount", "leg", "energy_wh", "zone", "interval_start", "run"},
		pgx.CopyFromSlice(len(r.Postings), func(i int) ([]any, error) {
			p := r.Postings[i]
			return []any{p.ID[:], ids[settlement.Holding{Account: p.From, Asset: p.Asset}], ids[settlement.Holding{Account: p.To, Asset: p.Asset}], p.Asset.String(), p.Amount, p.Leg.String(),
				int64(p.Energy), zone, start, run}, nil
		}))
	return err
}

// Minted moves a posted batch to minted.
func (l *Ledger) Minted(ctx context.Context, k settlement.Key, m settlement.MintRecord) error {
	zone, start, run := l.key(k)
	tag, err := l.db.Exec(ctx, `UPDATE batch SET state = 'minted', mint_transaction = $4, mint_block = $5
		WHERE zone = $1 AND interval_start = $2 AND run = $3 AND state = 'posted'`, zone, start, run, m.Transaction[:], int64(m.Block))
	return step("mint", k, tag.RowsAffected(), err)
}

// Finish moves a minted batch to final.
func (l *Ledger) Finish(ctx context.Context, k settlement.Key) error {
	zone, start, run := l.key(k)
	tag, err := l.db.Exec(ctx, `UPDATE batch SET state = 'final' WHERE zone = $1 AND interval_start = $2 AND run = $3 AND state = 'minted'`, zone, start, run)
	return step("finish", k, tag.RowsAffected(), err)
}

// Unmint moves a batch whose report is no longer on chain back to posted, so that it is minted again.
func (l *Ledger) Unmint(ctx context.Context, k settlement.Key) error {
	zone, start, run := l.key(k)
	tag, err := l.db.Exec(ctx, `UPDATE batch SET state = 'posted', mint_transaction = NULL, mint_block = NULL
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
