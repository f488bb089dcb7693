package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// EachTrade hands over every trade in log order, with the Unix second at which its interval starts.
func (l *Ledger) EachTrade(ctx context.Context, each func(start int64, t settlement.Trade) error) error {
	rows, err := l.db.Query(ctx, `SELECT interval_start, sequence, index, buyer, seller, quantity_wh, price_micro FROM trade
		WHERE zone = $1 ORDER BY sequence, index`, l.zone)
	if err != nil {
		return fmt.Errorf("trades: %w", err)
	}
	var start int64
	var t settlement.Trade
	_, err = pgx.ForEachRow(rows, []any{&start, &t.Sequence, &t.Index, &t.Buyer, &t.Seller, &t.Quantity, &t.Price},
		func() error { return each(start, t) })
	return err
}

// Balances returns the balance of every account there is, over all transfers that name it.
func (l *Ledger) Balances(ctx context.Context) (map[settlement.Holding]int64, error) {
	rows, err := l.db.Query(ctx, `SELECT kind, owner, asset, amount FROM balance WHERE zone = $1`, l.zone)
	if err != nil {
		return nil, fmt.Errorf("balances: %w", err)
	}
	balances := map[settlement.Holding]int64{}
	var kind, asset string
	var owner energy.Member
	var amount int64
	_, err = pgx.ForEachRow(rows, []any{&kind, &owner, &asset, &amount}, func() error {
		account := settlement.Account{Kind: settlement.ParseAccountKind(kind), Owner: owner}
		balances[settlement.Holding{Account: account, Asset: settlement.ParseAsset(asset)}] = amount
		return nil
	})
	return balances, err
}

// Transfers returns what the ledger holds of a batch as postings, ascending by ID.
func (l *Ledger) Transfers(ctx context.Context, k settlement.Key) ([]settlement.Posting, error) {
	zone, start, run := l.key(k)
	rows, err := l.db.Query(ctx, `SELECT t.id, d.kind, d.owner, c.kind, c.owner, t.asset, t.amount, t.leg, t.energy_wh
		FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
		WHERE (t.zone, t.interval_start, t.run) = ($1, $2, $3) ORDER BY t.id`, zone, start, run)
	if err != nil {
		return nil, fmt.Errorf("transfers of %s: %w", k, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p settlement.Posting, err error) {
		var id []byte
		var from, to, asset, leg string
		if err = row.Scan(&id, &from, &p.From.Owner, &to, &p.To.Owner, &asset, &p.Amount, &leg, &p.Energy); err != nil {
			return p, err
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
