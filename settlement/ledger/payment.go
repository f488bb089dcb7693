package ledger

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement"
)

// ErrAmount is returned for an amount of money that cannot be moved.
var ErrAmount = problem.New(problem.Invalid, "the amount must be more than zero")

// Payment is money that goes in or out.
type Payment struct {
	ID     string // of what caused it, such as the transaction and log index on chain: one payment, however often it is told
	Member energy.Member
	Amount energy.Money // > 0
	At     int64        // Unix seconds
}

// Deposit books money that came into escrow as the member's. A repeat is harmless; another amount or member under the same
// ID is ErrDiffers.
func (l *Ledger) Deposit(ctx context.Context, p Payment) error {
	return l.pay(ctx, Deposit, p, settlement.Posting{Leg: settlement.Deposit, From: settlement.Account{Kind: settlement.EscrowAccount}, To: money(p.Member)})
}

// Withdraw releases a member's money, for good: from the next settlement root on it can be paid out of escrow, and nothing
// that is posted later touches it. More than the member's money that is not held is ErrCover; more than escrow owes is
// ErrOverdraft. A repeat is harmless; another amount or member under the same ID is ErrDiffers.
func (l *Ledger) Withdraw(ctx context.Context, p Payment) error {
	return l.pay(ctx, Withdrawal, p, settlement.Posting{Leg: settlement.Withdrawal, From: money(p.Member), To: settlement.Account{Kind: settlement.EscrowAccount}})
}

// Booked reports whether a cause is in the books.
func (l *Ledger) Booked(ctx context.Context, source Source, id string) (booked bool, err error) {
	err = l.db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM journal WHERE zone = $1 AND source = $2 AND source_id = $3)`,
		l.zone, source.String(), id).Scan(&booked)
	if err != nil {
		return false, fmt.Errorf("look for %s %s: %w", source, id, err)
	}
	return booked, nil
}

func money(m energy.Member) settlement.Account {
	return settlement.Account{Kind: settlement.MemberAccount, Owner: m}
}

func (l *Ledger) pay(ctx context.Context, source Source, p Payment, posting settlement.Posting) error {
	if p.Amount <= 0 || p.ID == "" {
		return fmt.Errorf("%s %q of %s: %w", source, p.ID, p.Amount, ErrAmount)
	}
	posting.ID, posting.Asset, posting.Amount = l.causeID(source, p.ID), settlement.MoneyAsset, int64(p.Amount)
	return l.once(ctx, Entry{Source: source, ID: p.ID, At: p.At, Postings: []settlement.Posting{posting}}, func(tx pgx.Tx) error {
		if err := l.enrolled(ctx, tx, p.Member); err != nil || source == Deposit {
			return err
		}
		return l.covers(ctx, tx, p.Member, p.Amount)
	})
}

// causeID is SHA-256 over a domain, the zone, the source and the digest of the cause's ID.
func (l *Ledger) causeID(source Source, id string) [32]byte {
	zone, cause := l.zone.Bytes(), sha256.Sum256([]byte(id))
	b := append([]byte("wattle/cause/1"), zone[:]...)
	return sha256.Sum256(append(append(b, byte(source)), cause[:]...))
}

// enrolled is ErrNotFound for somebody who is not a member.
func (l *Ledger) enrolled(ctx context.Context, tx pgx.Tx, m energy.Member) error {
	var there bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM member WHERE zone = $1 AND member = $2)`, l.zone, m).Scan(&there); err != nil {
		return fmt.Errorf("member %s: %w", m, err)
	}
	if !there {
		return fmt.Errorf("member %q: %w", m, ErrNotFound)
	}
	return nil
}

// covers is ErrCover where a member has less money than an amount. The zone is locked.
func (l *Ledger) covers(ctx context.Context, tx pgx.Tx, m energy.Member, amount energy.Money) error {
	has, err := l.amount(ctx, tx, money(m), settlement.MoneyAsset)
	if err == nil && energy.Money(has) < amount {
		err = fmt.Errorf("%s has %s of %s: %w", m, energy.Money(has), amount, ErrCover)
	}
	return err
}

// Released returns the money released to every member who ever withdrew, as of an entry: the sum of all withdrawals up to
// it, which never falls. 0 means the newest.
func (l *Ledger) Released(ctx context.Context, upTo uint64) (map[energy.Member]energy.Money, error) {
	rows, err := l.db.Query(ctx, `SELECT a.owner, sum(t.amount)::bigint FROM journal j JOIN transfer t ON t.journal = j.id
		JOIN account a ON (a.zone, a.number) = (j.zone, t.debit)
		WHERE j.zone = $1 AND j.source = 'withdrawal' AND ($2 = 0 OR j.number <= $2) GROUP BY a.owner`, l.zone, int64(upTo))
	if err != nil {
		return nil, fmt.Errorf("released: %w", err)
	}
	released := map[energy.Member]energy.Money{}
	var m energy.Member
	var amount energy.Money
	_, err = pgx.ForEachRow(rows, []any{&m, &amount}, func() error {
		released[m] = amount
		return nil
	})
	return released, err
}
