package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/settlement"
)

// Verify reads the zone's books from their first entry and checks that they hold together: entries without a gap, each
// with the digest of its transfers and of the entry before; balances after each entry equal to the sum of all transfers
// so far; every transfer found from both of its accounts; every asset summing to zero; and holds and invoices as the
// entries give them. The first contradiction is an error that is ErrBroken. Nothing may be posted while it runs; it holds one entry and all balances in memory.
func (l *Ledger) Verify(ctx context.Context) error {
	return pgx.BeginTxFunc(ctx, l.db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		v := verifier{zone: string(l.zone), tx: tx, amounts: map[int32]int64{}}
		rows, err := tx.Query(ctx, `SELECT id, number, source, source_id, at, transfers, digest, coalesce(previous_digest, '') FROM journal
			WHERE zone = $1 ORDER BY number`, l.zone)
		if err != nil {
			return fmt.Errorf("entries: %w", err)
		}
		entries, err := pgx.CollectRows(rows, scanEntry)
		if err != nil {
			return fmt.Errorf("entries: %w", err)
		}
		for _, e := range entries {
			if err := v.verify(ctx, l, e); err != nil {
				return err
			}
		}
		if err := v.strays(ctx); err != nil {
			return err
		}
		return v.papers(ctx, l)
	})
}

// heldEntry is an entry as its row says it.
type heldEntry struct {
	Entry
	journal   int64
	transfers int
	held      []byte // digest
}

func scanEntry(row pgx.CollectableRow) (e heldEntry, err error) {
	var source string
	var previous []byte
	err = row.Scan(&e.journal, &e.Number, &source, &e.ID, &e.At, &e.transfers, &e.held, &previous)
	e.Source = parseSource(source)
	copy(e.Previous[:], previous)
	return e, err
}

// verifier holds the books as far as they are checked.
type verifier struct {
	zone    string
	tx      pgx.Tx
	newest  head
	amounts map[int32]int64 // by account
}

func (v *verifier) broken(e heldEntry, format string, args ...any) error {
	return fmt.Errorf("%s entry %d, %s %s: "+format+": %w", append(append([]any{v.zone, e.Number, e.Source, e.ID}, args...), ErrBroken)...)
}

func (v *verifier) verify(ctx context.Context, l *Ledger, e heldEntry) error {
	if e.Number != v.newest.number+1 {
		return v.broken(e, "it follows entry %d", v.newest.number)
	}
	if e.Previous != v.newest.digest {
		return v.broken(e, "it names another entry before it")
	}
	rows, err := v.tx.Query(ctx, `SELECT `+transferColumns+` FROM journal j JOIN `+transferTables+` WHERE j.id = $1 ORDER BY t.line`, e.journal)
	if err != nil {
		return fmt.Errorf("transfers: %w", err)
	}
	if e.Postings, err = pgx.CollectRows(rows, scanTransfer); err != nil {
		return fmt.Errorf("%s entry %d: %w", v.zone, e.Number, err)
	}
	if len(e.Postings) != e.transfers {
		return v.broken(e, "%d transfers, it says %d", len(e.Postings), e.transfers)
	}
	if err := checkPostings(e.Postings); err != nil {
		return v.broken(e, "%v", err)
	}
	v.newest = head{e.Number, e.Entry.digest(l.zone)}
	if [32]byte(e.held) != v.newest.digest {
		return v.broken(e, "its transfers have another digest")
	}
	return v.verifyBlocks(ctx, e)
}

// verifyBlocks checks the balances after an entry.
func (v *verifier) verifyBlocks(ctx context.Context, e heldEntry) error {
	rows, err := v.tx.Query(ctx, `SELECT debit, credit FROM transfer WHERE journal = $1 ORDER BY line`, e.journal)
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	sides, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s side, err error) {
		return s, row.Scan(&s.debit, &s.credit)
	})
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	want := touched(sides)
	want.lead(sides)
	for i, s := range sides {
		v.amounts[s.debit] -= e.Postings[i].Amount
		v.amounts[s.credit] += e.Postings[i].Amount
	}
	if rows, err = v.tx.Query(ctx, `SELECT block, amounts, ends, lines FROM balance_block WHERE (zone, journal) = ($1, $2) ORDER BY block`, v.zone, e.journal); err != nil {
		return fmt.Errorf("balances: %w", err)
	}
	var number int32
	var amounts []int64
	var ends, lines []int32
	n := 0
	_, err = pgx.ForEachRow(rows, []any{&number, &amounts, &ends, &lines}, func() error {
		if n == len(want.list) || number != want.list[n].number {
			return v.broken(e, "balances of block %d, which it does not touch, or too few", number)
		}
		b := want.list[n]
		n++
		for i, amount := range amounts {
			if account := number<<blockShift | int32(i); amount != v.amounts[account] {
				return v.broken(e, "balance of account %d is %d, its transfers sum to %d", account, amount, v.amounts[account])
			}
		}
		if !slices.Equal(ends, b.ends[:]) || !slices.Equal(lines, b.lines) {
			return v.broken(e, "block %d leads to other transfers", number)
		}
		return nil
	})
	if err == nil && n != len(want.list) {
		err = v.broken(e, "no balances of block %d", want.list[n].number)
	}
	return err
}

// strays looks for rows that belong to no entry, and for assets that do not sum to zero.
func (v *verifier) strays(ctx context.Context) error {
	var transfers, blocks int
	if err := v.tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM transfer t WHERE NOT EXISTS (SELECT FROM journal WHERE id = t.journal)),
		(SELECT count(*) FROM balance_block b WHERE NOT EXISTS (SELECT FROM journal WHERE id = b.journal AND zone = b.zone))`).Scan(&transfers, &blocks); err != nil {
		return fmt.Errorf("rows of no entry: %w", err)
	}
	if transfers > 0 || blocks > 0 {
		return fmt.Errorf("%d transfers and %d balances belong to no entry: %w", transfers, blocks, ErrBroken)
	}
	sums := map[settlement.Asset]int64{}
	for account, amount := range v.amounts {
		asset := settlement.MoneyAsset
		if account>>classShift&ofEnergy != 0 {
			asset = settlement.EnergyAsset
		}
		sums[asset] += amount
	}
	for _, asset := range []settlement.Asset{settlement.MoneyAsset, settlement.EnergyAsset} {
		if sums[asset] != 0 {
			return fmt.Errorf("%s: all %s sums to %d: %w", v.zone, asset, sums[asset], ErrBroken)
		}
	}
	return nil
}
