package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement"
)

// ErrHold is returned for a change of a hold that does not follow the one before: a step left out, another member, or a
// hold that has ended.
var ErrHold = problem.New(problem.Conflict, "this is not the next step of the hold")

// HoldStep says how much of a member's money a hold holds from now on.
type HoldStep struct {
	Hold   string // name of the hold, such as a client order id, or one for all orders of the member
	Step   uint32 // 0 places it, each change counts one up
	Member energy.Member
	Amount energy.Money // 0 releases everything and ends the hold
	At     int64        // Unix seconds
}

// Hold places, changes or ends a hold: the difference moves between the member's money and collateral. More than the
// member's money is ErrCover. A repeat is harmless; a step that says something else than the one recorded is ErrDiffers, and
// one that does not follow is ErrHold.
func (l *Ledger) Hold(ctx context.Context, s HoldStep) error {
	if s.Hold == "" || s.Amount < 0 || s.Step == 0 && s.Amount == 0 {
		return fmt.Errorf("hold %q of %s: %w", s.Hold, s.Amount, ErrAmount)
	}
	return l.post(ctx, func(tx pgx.Tx) error {
		newest, err := l.lockZone(ctx, tx)
		if err != nil {
			return err
		}
		held, repeat, err := l.held(ctx, tx, s)
		if repeat || err != nil {
			return err
		}
		if err := l.enrolled(ctx, tx, s.Member); err != nil {
			return err
		}
		if err := l.addStep(ctx, tx, s); err != nil {
			return err
		}
		if s.Amount > held {
			if err := l.covers(ctx, tx, s.Member, s.Amount-held); err != nil {
				return err
			}
		}
		return l.enterHold(ctx, tx, newest, s, s.Amount-held)
	})
}

// held returns what a hold holds before a step, and whether the step is recorded already.
func (l *Ledger) held(ctx context.Context, tx pgx.Tx, s HoldStep) (held energy.Money, repeat bool, err error) {
	var member energy.Member
	var amount energy.Money
	find := func(step uint32) error {
		return tx.QueryRow(ctx, `SELECT member, amount_nano FROM hold_step WHERE zone = $1 AND hold = $2 AND step = $3`, l.zone, s.Hold, int32(step)).
			Scan(&member, &amount)
	}
	err = find(s.Step)
	if err == nil && (member != s.Member || amount != s.Amount) {
		return 0, true, fmt.Errorf("hold %s step %d holds %s of %s: %w", s.Hold, s.Step, amount, member, ErrDiffers)
	}
	if err == nil {
		return 0, true, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return 0, false, fmt.Errorf("hold %s: %w", s.Hold, err)
	}
	if s.Step == 0 {
		return 0, false, nil
	}
	err = find(s.Step - 1)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && (member != s.Member || amount == 0) {
		err = ErrHold
	}
	if err != nil {
		return 0, false, fmt.Errorf("hold %s step %d: %w", s.Hold, s.Step, err)
	}
	return amount, false, nil
}

func (l *Ledger) addStep(ctx context.Context, tx pgx.Tx, s HoldStep) error {
	var previous *int32
	if s.Step > 0 {
		n := int32(s.Step - 1)
		previous = &n
	}
	_, err := tx.Exec(ctx, `INSERT INTO hold_step (zone, hold, step, member, amount_nano, previous_step) VALUES ($1, $2, $3, $4, $5, $6)`,
		l.zone, s.Hold, int32(s.Step), s.Member, int64(s.Amount), previous)
	if err != nil {
		return fmt.Errorf("hold %s step %d: %w", s.Hold, s.Step, err)
	}
	return nil
}

func (l *Ledger) enterHold(ctx context.Context, tx pgx.Tx, newest head, s HoldStep, more energy.Money) error {
	e := Entry{Source: Hold, ID: fmt.Sprintf("%s/%d", s.Hold, s.Step), At: s.At}
	collateral := settlement.Account{Kind: settlement.CollateralAccount, Owner: s.Member}
	p := settlement.Posting{ID: l.causeID(Hold, e.ID), Asset: settlement.MoneyAsset, Leg: settlement.Hold, From: money(s.Member), To: collateral, Amount: int64(more)}
	if more < 0 {
		p.Leg, p.From, p.To, p.Amount = settlement.Release, p.To, p.From, -p.Amount
	}
	if more != 0 {
		e.Postings = []settlement.Posting{p}
	}
	d, err := l.draft(e)
	if err != nil {
		return err
	}
	return l.enter(ctx, tx, newest, d, nil)
}

// Collateral is what the market may let a member's orders and unsettled trades cost from an entry on: what is held, less
// what the member owes.
type Collateral struct {
	Entry    uint64 // number
	Member   energy.Member
	Amount   energy.Money    // >= 0
	Interval energy.Interval // whose trades the amount counts, where the entry settled one; else not valid
}

// Collaterals returns, of at most limit entries after one, every change of what members with collateral may spend, in the
// order of the entries: as exchange.SetCollateral takes it. Upto is the entry to go on from.
func (l *Ledger) Collaterals(ctx context.Context, after uint64, limit int) (changes []Collateral, upto uint64, err error) {
	rows, err := l.db.Query(ctx, `WITH entry AS (
			SELECT id, zone, number, source, at FROM journal WHERE zone = $1 AND number > $2 ORDER BY number LIMIT $3),
		touched AS (
			SELECT DISTINCT j.id, j.number, j.source, j.at, c.owner FROM entry j
			JOIN account c ON c.zone = j.zone AND c.kind = 'collateral'
			JOIN account a ON a.zone = c.zone AND a.owner = c.owner AND a.asset = 'money'
			JOIN balance_block b ON (b.zone, b.block, b.journal) = (a.zone, a.number >> 6, j.id) AND b.ends[(a.number & 63) + 1] < b.ends[(a.number & 63) + 2])
		SELECT coalesce(t.number, 0), coalesce(t.owner, ''), coalesce(t.source = 'settlement', false), coalesce(t.at, 0), z.interval_seconds,
			coalesce((SELECT sum(CASE WHEN a.kind = 'collateral' THEN s.amount ELSE least(s.amount, 0) END)::bigint FROM account a
				CROSS JOIN LATERAL (SELECT b.amounts[(a.number & 63) + 1] AS amount FROM balance_block b
					WHERE b.zone = a.zone AND b.block = a.number >> 6 AND b.journal <= t.id ORDER BY b.journal DESC LIMIT 1) s
				WHERE a.zone = $1 AND a.owner = t.owner AND a.asset = 'money' AND a.kind IN ('member', 'collateral')), 0),
			coalesce((SELECT max(number) FROM entry), $2)
		FROM zone z LEFT JOIN touched t ON true WHERE z.zone = $1 ORDER BY 1, 2`, l.zone, int64(after), limit)
	if err != nil {
		return nil, after, fmt.Errorf("collateral: %w", err)
	}
	var c Collateral
	var settled bool
	var at int64
	var seconds int32
	upto = after
	_, err = pgx.ForEachRow(rows, []any{&c.Entry, &c.Member, &settled, &at, &seconds, &c.Amount, &upto}, func() (err error) {
		if c.Entry == 0 {
			return nil // nothing changed
		}
		c.Amount, c.Interval = max(0, c.Amount), energy.Interval{}
		if settled {
			c.Interval, err = energy.NewInterval(at, energy.Length(seconds))
		}
		changes = append(changes, c)
		return err
	})
	return changes, upto, err
}
