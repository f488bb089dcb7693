package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement"
)

// head is the newest entry of a zone.
type head struct {
	number uint64
	digest [32]byte
}

// lockZone keeps every other entry of the zone away until the end of the transaction, and returns the newest one.
func (l *Ledger) lockZone(ctx context.Context, tx pgx.Tx) (h head, err error) {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, "journal of "+string(l.zone)); err != nil {
		return h, fmt.Errorf("lock zone %s: %w", l.zone, err)
	}
	var digest []byte
	err = tx.QueryRow(ctx, `SELECT number, digest FROM journal WHERE zone = $1 ORDER BY number DESC LIMIT 1`, l.zone).Scan(&h.number, &digest)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return h, fmt.Errorf("newest entry of %s: %w", l.zone, err)
	}
	copy(h.digest[:], digest)
	return h, nil
}

// post runs a transaction that enters postings. What it learned about accounts is kept only if it is committed.
func (l *Ledger) post(ctx context.Context, work func(tx pgx.Tx) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := pgx.BeginFunc(ctx, l.db, work)
	if err != nil {
		l.chart = newChart()
	}
	return err
}

// recorded says whether the cause of an entry is in the books. If it is there with other postings, that is ErrDiffers.
// The zone is locked.
func (l *Ledger) recorded(ctx context.Context, tx pgx.Tx, e Entry) (bool, error) {
	var digest, previous []byte
	err := tx.QueryRow(ctx, `SELECT number, at, digest, coalesce(previous_digest, '') FROM journal
		WHERE zone = $1 AND source = $2 AND source_id = $3`, l.zone, e.Source.String(), e.ID).Scan(&e.Number, &e.At, &digest, &previous)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for %s %s: %w", e.Source, e.ID, err)
	}
	copy(e.Previous[:], previous)
	if e.digest(l.zone) != [32]byte(digest) {
		return true, fmt.Errorf("%s %s: %w", e.Source, e.ID, ErrDiffers)
	}
	return true, nil
}

// enter appends an entry with its transfers and the balances after it. The zone is locked; run is that of a settlement.
func (l *Ledger) enter(ctx context.Context, tx pgx.Tx, newest head, e draft, run *int32) (err error) {
	if e.sides == nil {
		if e.sides, err = l.chart.open(ctx, tx, l.zone, e.Postings); err != nil {
			return err
		}
	}
	after := touched(e.sides)
	if err := after.load(ctx, tx, l.zone); err != nil {
		return err
	}
	if err := after.apply(e.Postings, e.sides); err != nil {
		return err
	}
	if err := after.check(e.Postings, e.sides); err != nil {
		return err
	}
	e.Number, e.Previous = newest.number+1, newest.digest
	var journal int64
	if err := tx.QueryRow(ctx, `SELECT nextval(pg_get_serial_sequence('journal', 'id'))`).Scan(&journal); err != nil {
		return fmt.Errorf("number of an entry: %w", err)
	}
	lines := e.lines()
	var leading sync.WaitGroup
	leading.Go(func() { after.lead(lines) })
	digest, err := copyTransfers(ctx, tx, l.zone, journal, e, lines)
	leading.Wait()
	if err != nil {
		return fmt.Errorf("transfers: %w", err)
	}
	if err := copyBlocks(ctx, tx, l.zone, journal, after.list); err != nil {
		return fmt.Errorf("balances: %w", err)
	}
	var number *int64
	var previous []byte
	if newest.number > 0 {
		n := int64(newest.number)
		number, previous = &n, newest.digest[:]
	}
	_, err = tx.Exec(ctx, `INSERT INTO journal (id, zone, number, source, source_id, at, run, transfers, digest, previous_number, previous_digest)
		OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		journal, l.zone, int64(e.Number), e.Source.String(), e.ID, e.At, run, int32(len(e.Postings)), digest[:], number, previous)
	if err != nil {
		return fmt.Errorf("enter %s %s: %w", e.Source, e.ID, err)
	}
	return nil
}

// copyTransfers writes the transfers and returns the digest of the entry, which it computes while the server works. The
// postings lie apart in memory, so it takes many at a time: the processor then waits for all of them at once.
func copyTransfers(ctx context.Context, tx pgx.Tx, zone energy.Zone, journal int64, e draft, lines []side) (digest [32]byte, err error) {
	h := sha256.New()
	h.Write(appendEntryHeader(nil, zone, e.Entry))
	buffer := make([]byte, 0, 1<<13)
	var taken [64]settlement.Posting
	err = copyRows(ctx, tx, `COPY transfer (journal, amount, energy_wh, line, debit, credit, id, leg, rate) FROM STDIN BINARY`, len(e.order), func(i int, t *tuples) {
		n := i % len(taken)
		if n == 0 {
			next := e.order[i:min(i+len(taken), len(e.order))]
			for k, place := range next {
				taken[k] = e.Postings[place]
			}
			for k := range next {
				buffer = write(h, appendPosting(buffer, &taken[k]))
			}
		}
		p := &taken[n]
		t.begin(9)
		t.int8(journal)
		t.int8(p.Amount)
		t.int8(int64(p.Energy))
		t.int4(int32(i))
		t.int4(lines[i].debit)
		t.int4(lines[i].credit)
		t.bytes(p.ID[:])
		t.text(p.Leg.String())
		t.int4(p.Rate)
	})
	h.Write(buffer)
	h.Sum(digest[:0])
	return digest, err
}

// write hashes a buffer that is almost full and empties it.
func write(h hash.Hash, buffer []byte) []byte {
	if len(buffer) < cap(buffer)-256 {
		return buffer
	}
	h.Write(buffer)
	return buffer[:0]
}

// once enters an entry, whose postings are in the order of their IDs, that is not there yet; check says whether the
// balances allow it.
func (l *Ledger) once(ctx context.Context, e Entry, check func(tx pgx.Tx) error) error {
	return l.post(ctx, func(tx pgx.Tx) error {
		newest, err := l.lockZone(ctx, tx)
		if err != nil {
			return err
		}
		there, err := l.recorded(ctx, tx, e)
		if there || err != nil {
			return err
		}
		if err := check(tx); err != nil {
			return err
		}
		d, err := l.draft(e)
		if err != nil {
			return err
		}
		return l.enter(ctx, tx, newest, d, nil)
	})
}

// amount returns what an account holds.
func (l *Ledger) amount(ctx context.Context, tx pgx.Tx, a settlement.Account, asset settlement.Asset) (amount int64, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce(sum(amount), 0)::bigint FROM balance WHERE zone = $1 AND kind = $2 AND owner = $3 AND asset = $4`,
		l.zone, a.Kind.String(), a.Owner, asset.String()).Scan(&amount)
	if err != nil {
		return 0, fmt.Errorf("balance of %s %s: %w", a.Kind, a.Owner, err)
	}
	return amount, nil
}
