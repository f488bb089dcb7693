package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// Transfers returns what the ledger holds of a batch as postings, ascending by ID.
func (l *Ledger) Transfers(ctx context.Context, k settlement.Key) ([]settlement.Posting, error) {
	zone, start, run := l.key(k)
	rows, err := l.db.Query(ctx, `SELECT t.id, d.kind, d.owner, c.kind, c.owner, t.asset, d.asset, c.asset, t.amount, t.leg, t.energy_wh
		FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
		WHERE (t.zone, t.interval_start, t.run) = ($1, $2, $3) ORDER BY t.id`, zone, start, run)
	if err != nil {
		return nil, fmt.Errorf("transfers of %s: %w", k, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p settlement.Posting, err error) {
		var id []byte
		var from, to, asset, fromAsset, toAsset, leg string
		if err = row.Scan(&id, &from, &p.From.Owner, &to, &p.To.Owner, &asset, &fromAsset, &toAsset, &p.Amount, &leg, &p.Energy); err != nil {
			return p, err
		}
		if asset != fromAsset || asset != toAsset {
			return p, fmt.Errorf("transfer %x moves %s between accounts of %s and %s: %w", id, asset, fromAsset, toAsset, ErrDiffers)
		}
		copy(p.ID[:], id)
		p.From.Kind, p.To.Kind = settlement.ParseAccountKind(from), settlement.ParseAccountKind(to)
		p.Asset, p.Leg = settlement.ParseAsset(asset), settlement.ParseLeg(leg)
		return p, nil
	})
}

// Measurements returns what the ledger holds of a batch's attested leaves, ascending by meter.
func (l *Ledger) Measurements(ctx context.Context, k settlement.Key) ([]oracle.Leaf, error) {
	zone, start, run := l.key(k)
	rows, err := l.db.Query(ctx, `SELECT meter, import_wh, export_wh, since, quality, reading FROM measurement
		WHERE (zone, interval_start, run) = ($1, $2, $3) ORDER BY meter COLLATE "C"`, zone, start, run)
	if err != nil {
		return nil, fmt.Errorf("measurements of %s: %w", k, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (leaf oracle.Leaf, err error) {
		var quality string
		var reading []byte
		err = row.Scan(&leaf.Meter, &leaf.Import, &leaf.Export, &leaf.Since, &quality, &reading)
		leaf.Quality = meter.ParseQuality(quality)
		copy(leaf.Reading[:], reading)
		return leaf, err
	})
}

// Deliveries returns what the ledger holds of a batch's deliveries, in log order.
func (l *Ledger) Deliveries(ctx context.Context, k settlement.Key) ([]settlement.Delivered, error) {
	zone, start, run := l.key(k)
	rows, err := l.db.Query(ctx, `SELECT t.sequence, t.index, t.buyer, t.seller, t.quantity_wh, t.price_micro, d.delivered_wh
		FROM delivery d JOIN trade t USING (zone, sequence, index)
		WHERE (d.zone, d.interval_start, d.run) = ($1, $2, $3) ORDER BY t.sequence, t.index`, zone, start, run)
	if err != nil {
		return nil, fmt.Errorf("deliveries of %s: %w", k, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (d settlement.Delivered, err error) {
		t := &d.Trade
		err = row.Scan(&t.Sequence, &t.Index, &t.Buyer, &t.Seller, &t.Quantity, &t.Price, &d.Quantity)
		return d, err
	})
}
