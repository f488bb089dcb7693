package chain

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// entry is one signed transaction that is or will be sent.
type entry struct {
	purpose string
	tx      *types.Transaction
}

// outbox is the table chain_transaction.
type outbox struct{ db *pgxpool.Pool }

// find returns the transaction of a purpose.
func (o outbox) find(ctx context.Context, purpose string) (entry, bool, error) {
	return o.one(ctx, `SELECT purpose, raw FROM chain_transaction WHERE purpose = $1`, purpose)
}

// last returns the sender's transaction with the highest nonce.
func (o outbox) last(ctx context.Context, sender common.Address) (entry, bool, error) {
	return o.one(ctx, `SELECT purpose, raw FROM chain_transaction WHERE sender = $1 ORDER BY nonce DESC LIMIT 1`, sender[:])
}

func (o outbox) one(ctx context.Context, sql string, args ...any) (entry, bool, error) {
	rows, err := o.db.Query(ctx, sql, args...)
	if err != nil {
		return entry{}, false, fmt.Errorf("read transactions: %w", err)
	}
	e, err := pgx.CollectExactlyOneRow(rows, scanEntry)
	if errors.Is(err, pgx.ErrNoRows) {
		return entry{}, false, nil
	}
	if err != nil {
		return entry{}, false, fmt.Errorf("read transactions: %w", err)
	}
	return e, true, nil
}

// from returns the sender's transactions with this nonce or a higher one, in their order.
func (o outbox) from(ctx context.Context, sender common.Address, nonce uint64) ([]entry, error) {
	rows, err := o.db.Query(ctx,
		`SELECT purpose, raw FROM chain_transaction WHERE sender = $1 AND nonce >= $2 ORDER BY nonce`, sender[:], int64(nonce))
	if err != nil {
		return nil, fmt.Errorf("read transactions: %w", err)
	}
	entries, err := pgx.CollectRows(rows, scanEntry)
	if err != nil {
		return nil, fmt.Errorf("read transactions: %w", err)
	}
	return entries, nil
}

// count returns how many transactions there are whose purpose begins with prefix.
func (o outbox) count(ctx context.Context, prefix string) (n int, err error) {
	err = o.db.QueryRow(ctx, `SELECT count(*) FROM chain_transaction WHERE starts_with(purpose, $1)`, prefix).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count transactions: %w", err)
	}
	return n, nil
}

// add writes a new transaction under the sender's next nonce: one above the highest written, but never one that the
// chain has already seen. It waits for other programs that use the same sender and database.
func (o outbox) add(
	ctx context.Context, purpose string, sender common.Address, onChain uint64, sign func(nonce uint64) (*types.Transaction, error),
) (e entry, err error) {
	err = pgx.BeginFunc(ctx, o.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('chain sender ' || encode($1, 'hex'), 0))`, sender[:]); err != nil {
			return err
		}
		var next int64
		err := tx.QueryRow(ctx, `SELECT coalesce(max(nonce) + 1, 0) FROM chain_transaction WHERE sender = $1`, sender[:]).Scan(&next)
		if err != nil {
			return err
		}
		signed, err := sign(max(uint64(next), onChain))
		if err != nil {
			return err
		}
		raw, err := signed.MarshalBinary()
		if err != nil {
			return err
		}
		hash := signed.Hash()
		_, err = tx.Exec(ctx, `INSERT INTO chain_transaction (purpose, sender, nonce, hash, raw) VALUES ($1, $2, $3, $4, $5)`,
			purpose, sender[:], int64(signed.Nonce()), hash[:], raw)
		e = entry{purpose, signed}
		return err
	})
	if err != nil {
		return entry{}, fmt.Errorf("write transaction: %w", err)
	}
	return e, nil
}

// setAside frees the purpose of a transaction that will never do what it was for; the row stays, under another name.
func (o outbox) setAside(ctx context.Context, e entry, why string) error {
	_, err := o.db.Exec(ctx, `UPDATE chain_transaction SET purpose = $2 WHERE purpose = $1`,
		e.purpose, fmt.Sprintf("%s, %s %s", e.purpose, why, e.tx.Hash()))
	if err != nil {
		return fmt.Errorf("set transaction aside: %w", err)
	}
	return nil
}

func scanEntry(row pgx.CollectableRow) (entry, error) {
	var e entry
	var raw []byte
	if err := row.Scan(&e.purpose, &raw); err != nil {
		return entry{}, err
	}
	e.tx = new(types.Transaction)
	if err := e.tx.UnmarshalBinary(raw); err != nil {
		return entry{}, fmt.Errorf("transaction of %q: %w", e.purpose, err)
	}
	return e, nil
}
