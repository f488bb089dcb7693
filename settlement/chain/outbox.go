package chain

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// state is how far a transaction has come. It goes back from mined, safe or final to sent when the chain takes back
// its block.
type state string

const (
	prepared  state = "prepared"  // written, perhaps never sent
	sent      state = "sent"      // handed to the node
	mined     state = "mined"     // in a block
	safe      state = "safe"      // in a block that is unlikely to be taken back
	final     state = "final"     // in a block that will not be taken back
	reverted  state = "reverted"  // in a block, without effect; another transaction takes over its purpose
	displaced state = "displaced" // its nonce went to another program's transaction
)

// entry is one transaction that is or will be sent: attempts that differ in nothing but the fee, the oldest first.
type entry struct {
	purpose  string
	nonce    uint64
	state    state
	attempts []*types.Transaction
}

// newest is the attempt with the highest fee.
func (e entry) newest() *types.Transaction { return e.attempts[len(e.attempts)-1] }

// outbox is the tables chain_transaction and chain_attempt.
type outbox struct{ db *pgxpool.Pool }

// find returns the transaction of a purpose.
func (o outbox) find(ctx context.Context, purpose string) (entry, bool, error) {
	return o.one(ctx, `WHERE t.purpose = $1`, purpose)
}

// last returns the sender's transaction with the highest nonce.
func (o outbox) last(ctx context.Context, sender common.Address) (entry, bool, error) {
	return o.one(ctx, `WHERE t.sender = $1 AND t.nonce = (SELECT max(nonce) FROM chain_transaction WHERE sender = $1)`, sender[:])
}

func (o outbox) one(ctx context.Context, where string, args ...any) (entry, bool, error) {
	entries, err := o.many(ctx, where, args...)
	if err != nil || len(entries) == 0 {
		return entry{}, false, err
	}
	return entries[0], true, nil
}

// from returns the sender's transactions with this nonce or a higher one, in their order.
func (o outbox) from(ctx context.Context, sender common.Address, nonce uint64) ([]entry, error) {
	return o.many(ctx, `WHERE t.sender = $1 AND t.nonce >= $2`, sender[:], int64(nonce))
}

// since returns the sender's transactions that were in a block of this number or a higher one when last seen.
func (o outbox) since(ctx context.Context, sender common.Address, block uint64) ([]entry, error) {
	return o.many(ctx, `WHERE t.sender = $1 AND t.block >= $2`, sender[:], int64(block))
}

func (o outbox) many(ctx context.Context, where string, args ...any) ([]entry, error) {
	rows, err := o.db.Query(ctx, `SELECT t.purpose, t.state, a.raw
		FROM chain_transaction t JOIN chain_attempt a USING (sender, nonce) `+where+` ORDER BY t.nonce, a.attempt`, args...)
	if err != nil {
		return nil, fmt.Errorf("read transactions: %w", err)
	}
	var entries []entry
	var e entry
	var raw []byte
	_, err = pgx.ForEachRow(rows, []any{&e.purpose, &e.state, &raw}, func() error {
		tx := new(types.Transaction)
		if err := tx.UnmarshalBinary(raw); err != nil {
			return fmt.Errorf("transaction of %q: %w", e.purpose, err)
		}
		if n := len(entries); n == 0 || entries[n-1].nonce != tx.Nonce() {
			entries = append(entries, entry{purpose: e.purpose, nonce: tx.Nonce(), state: e.state})
		}
		newest := &entries[len(entries)-1]
		newest.attempts = append(newest.attempts, tx)
		return nil
	})
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
		e = entry{purpose, signed.Nonce(), prepared, nil}
		if _, err := tx.Exec(ctx, `INSERT INTO chain_transaction (purpose, sender, nonce, state) VALUES ($1, $2, $3, $4)`,
			purpose, sender[:], int64(e.nonce), e.state); err != nil {
			return err
		}
		return o.attempt(ctx, tx, sender, &e, signed)
	})
	if err != nil {
		return entry{}, fmt.Errorf("write transaction: %w", err)
	}
	return e, nil
}

// replace writes another attempt of a transaction.
func (o outbox) replace(ctx context.Context, sender common.Address, e *entry, signed *types.Transaction) error {
	err := pgx.BeginFunc(ctx, o.db, func(tx pgx.Tx) error { return o.attempt(ctx, tx, sender, e, signed) })
	if err != nil {
		return fmt.Errorf("write replacement: %w", err)
	}
	return nil
}

func (o outbox) attempt(ctx context.Context, tx pgx.Tx, sender common.Address, e *entry, signed *types.Transaction) error {
	raw, err := signed.MarshalBinary()
	if err != nil {
		return err
	}
	hash := signed.Hash()
	_, err = tx.Exec(ctx, `INSERT INTO chain_attempt (sender, nonce, attempt, hash, raw) VALUES ($1, $2, $3, $4, $5)`,
		sender[:], int64(e.nonce), len(e.attempts), hash[:], raw)
	if err == nil {
		e.attempts = append(e.attempts, signed)
	}
	return err
}

// sent records that the node has taken a transaction, or that the chain took it back out of its block.
func (o outbox) sent(ctx context.Context, sender common.Address, e entry) error {
	return o.mark(ctx, `UPDATE chain_transaction SET state = 'sent', mined = NULL, block = NULL WHERE sender = $1 AND nonce = $2`,
		sender[:], int64(e.nonce))
}

// mined records the block that holds a transaction.
func (o outbox) mined(ctx context.Context, sender common.Address, e entry, receipt *types.Receipt) error {
	return o.mark(ctx, `UPDATE chain_transaction SET state = 'mined', mined = $3, block = $4 WHERE sender = $1 AND nonce = $2
		AND (mined, block) IS DISTINCT FROM ($3, $4)`, sender[:], int64(e.nonce), receipt.TxHash[:], receipt.BlockNumber.Int64())
}

// settle records which transactions are safe and final now.
func (o outbox) settle(ctx context.Context, sender common.Address, safe, final uint64) error {
	return o.mark(ctx, `UPDATE chain_transaction SET state = CASE WHEN block <= $3 THEN 'final' ELSE 'safe' END
		WHERE sender = $1 AND (state IN ('mined', 'safe') AND block <= $3 OR state = 'mined' AND block <= $2)`, sender[:], int64(safe), int64(final))
}

// setAside frees the purpose of a transaction that will never do what it was for; the row stays, under another name.
func (o outbox) setAside(ctx context.Context, sender common.Address, e entry, why state) error {
	return o.mark(ctx, `UPDATE chain_transaction SET purpose = $3, state = $4, mined = NULL, block = NULL WHERE sender = $1 AND nonce = $2`,
		sender[:], int64(e.nonce), fmt.Sprintf("%s, %s %s", e.purpose, why, e.newest().Hash()), why)
}

func (o outbox) mark(ctx context.Context, sql string, args ...any) error {
	if _, err := o.db.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("mark transaction: %w", err)
	}
	return nil
}
