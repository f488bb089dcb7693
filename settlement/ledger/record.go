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

// Balances returns the balance of every account there is, as the sum over all transfers that name it.
func (l *Ledger) Balances(ctx context.Context) (map[settlement.Holding]int64, error) {
	rows, err := l.db.Query(ctx, `WITH moved AS (
			SELECT account, sum(side.amount) AS amount FROM journal j JOIN transfer t ON t.journal = j.id
			CROSS JOIN LATERAL (VALUES (t.credit, t.amount), (t.debit, -t.amount)) AS side (account, amount)
			WHERE j.zone = $1 GROUP BY account)
		SELECT kind, owner, asset, coalesce(amount, 0)::bigint FROM account LEFT JOIN moved ON account = number WHERE zone = $1`, l.zone)
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

// transferColumns are a transfer as a posting; transferTables join what they need to a journal j.
const (
	transferColumns = `t.id, d.kind, d.owner, c.kind, c.owner, d.asset, c.asset, t.amount, t.leg, t.energy_wh, t.rate`
	transferTables  = `transfer t ON t.journal = j.id
		JOIN account d ON (d.zone, d.number) = (j.zone, t.debit) JOIN account c ON (c.zone, c.number) = (j.zone, t.credit)`
)

func scanTransfer(row pgx.CollectableRow) (p settlement.Posting, err error) {
	var id []byte
	var from, to, asset, other, leg string
	if err = row.Scan(&id, &from, &p.From.Owner, &to, &p.To.Owner, &asset, &other, &p.Amount, &leg, &p.Energy, &p.Rate); err != nil {
		return p, err
	}
	if asset != other || len(id) != len(p.ID) {
		return p, fmt.Errorf("transfer %x from %s to %s: %w", id, asset, other, ErrBroken)
	}
	copy(p.ID[:], id)
	p.From.Kind, p.To.Kind = settlement.ParseAccountKind(from), settlement.ParseAccountKind(to)
	p.Asset, p.Leg = settlement.ParseAsset(asset), settlement.ParseLeg(leg)
	return p, nil
}

// Transfers returns what the ledger holds of a batch as postings, ascending by ID.
func (l *Ledger) Transfers(ctx context.Context, k settlement.Key) ([]settlement.Posting, error) {
	rows, err := l.db.Query(ctx, `SELECT `+transferColumns+` FROM journal j JOIN `+transferTables+`
		WHERE j.zone = $1 AND j.source = 'settlement' AND j.source_id = $2 ORDER BY t.line`, l.zone, sourceID(k))
	if err != nil {
		return nil, fmt.Errorf("transfers of %s: %w", k, err)
	}
	return pgx.CollectRows(rows, scanTransfer)
}

// Unsettled returns the transfers that no settlement caused (deposits, withdrawals, holds), in the order of their entries.
func (l *Ledger) Unsettled(ctx context.Context) ([]settlement.Posting, error) {
	rows, err := l.db.Query(ctx, `SELECT `+transferColumns+` FROM journal j JOIN `+transferTables+`
		WHERE j.zone = $1 AND j.source <> 'settlement' ORDER BY j.number, t.line`, l.zone)
	if err != nil {
		return nil, fmt.Errorf("transfers without a batch: %w", err)
	}
	return pgx.CollectRows(rows, scanTransfer)
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
