package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// ErrNotFound is returned for a zone, member or batch the ledger does not hold.
var ErrNotFound = problem.New(problem.NotFound, "not in the ledger")

// ErrDiffers is returned where what is recorded under a key is not what is to be recorded.
var ErrDiffers = problem.New(problem.Conflict, "another record stands under this key")

// Ledger is the ledger of one zone. It is safe for concurrent use.
type Ledger struct {
	db   *pgxpool.Pool
	zone energy.Zone

	mu    sync.Mutex // held while something is posted
	chart *chart
}

// New returns the ledger of a zone in a migrated database.
func New(db *pgxpool.Pool, zone energy.Zone) *Ledger {
	return &Ledger{db: db, zone: zone, chart: newChart()}
}

// Zone is how a zone was founded.
type Zone struct {
	Length  energy.Length
	Genesis energy.Interval // the interval whose end gives every meter its base
}

// Member is a party with one metering point.
type Member struct {
	Member energy.Member
	Name   string
	Meter  oracle.Registration
}

// Found records the zone unless it is there, and returns what is recorded: a zone keeps its first interval length
// and genesis.
func (l *Ledger) Found(ctx context.Context, z Zone) (Zone, error) {
	_, err := l.db.Exec(ctx, `INSERT INTO zone (zone, interval_seconds, genesis) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		l.zone, int32(z.Length), z.Genesis.StartUnix())
	if err != nil {
		return Zone{}, fmt.Errorf("found zone %s: %w", l.zone, err)
	}
	return l.FoundedZone(ctx)
}

// FoundedZone returns what Found recorded, or ErrNotFound.
func (l *Ledger) FoundedZone(ctx context.Context) (Zone, error) {
	var seconds int32
	var genesis int64
	err := l.db.QueryRow(ctx, `SELECT interval_seconds, genesis FROM zone WHERE zone = $1`, l.zone).Scan(&seconds, &genesis)
	if errors.Is(err, pgx.ErrNoRows) {
		return Zone{}, fmt.Errorf("zone %s: %w", l.zone, ErrNotFound)
	}
	if err != nil {
		return Zone{}, fmt.Errorf("zone %s: %w", l.zone, err)
	}
	first, err := energy.NewInterval(genesis, energy.Length(seconds))
	return Zone{energy.Length(seconds), first}, err
}

// Enrol records a member and the meter unless they are there. A meter that is there with another key or owner is
// ErrDiffers.
func (l *Ledger) Enrol(ctx context.Context, m Member) error {
	return pgx.BeginFunc(ctx, l.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO member (zone, member, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			l.zone, m.Member, m.Name); err != nil {
			return fmt.Errorf("enrol %s: %w", m.Member, err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO meter (zone, meter, member, device_key, max_export_w, max_import_w)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			l.zone, m.Meter.Meter, m.Member, m.Meter.Device[:], int64(m.Meter.MaxExport), int64(m.Meter.MaxImport)); err != nil {
			return fmt.Errorf("enrol meter %s: %w", m.Meter.Meter, err)
		}
		var owner string
		var key []byte
		if err := tx.QueryRow(ctx, `SELECT member, device_key FROM meter WHERE zone = $1 AND meter = $2`, l.zone, m.Meter.Meter).
			Scan(&owner, &key); err != nil {
			return fmt.Errorf("enrol meter %s: %w", m.Meter.Meter, err)
		}
		if owner != string(m.Member) || string(key) != string(m.Meter.Device[:]) {
			return fmt.Errorf("meter %s is registered for %s with another device or owner: use the database of this street, or another one: %w", m.Meter.Meter, owner, ErrDiffers)
		}
		return nil
	})
}

// Members returns all members, ascending by meter.
func (l *Ledger) Members(ctx context.Context) ([]Member, error) {
	rows, err := l.db.Query(ctx, `SELECT member, name, meter, device_key, max_export_w, max_import_w
		FROM meter JOIN member USING (zone, member) WHERE zone = $1 ORDER BY meter COLLATE "C"`, l.zone)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (m Member, err error) {
		var key []byte
		err = row.Scan(&m.Member, &m.Name, &m.Meter.Meter, &key, &m.Meter.MaxExport, &m.Meter.MaxImport)
		copy(m.Meter.Device[:], key)
		return m, err
	})
}

// Owners returns the member of every meter.
func (l *Ledger) Owners(ctx context.Context) (map[energy.Meter]energy.Member, error) {
	members, err := l.Members(ctx)
	owners := make(map[energy.Meter]energy.Member, len(members))
	for _, m := range members {
		owners[m.Meter.Meter] = m.Member
	}
	return owners, err
}

// Position returns how far a reader of a log has come, 0 at the beginning.
func (l *Ledger) Position(ctx context.Context, reader string) (uint64, error) {
	var sequence int64
	err := l.db.QueryRow(ctx, `SELECT stream_sequence FROM consumer WHERE name = $1`, l.reader(reader)).Scan(&sequence)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("position of %s: %w", reader, err)
	}
	return uint64(sequence), nil
}

func (l *Ledger) reader(name string) string { return string(l.zone) + "/" + name }

func (l *Ledger) advance(ctx context.Context, tx pgx.Tx, reader string, sequence uint64) error {
	_, err := tx.Exec(ctx, `INSERT INTO consumer (name, stream_sequence) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET stream_sequence = excluded.stream_sequence`, l.reader(reader), int64(sequence))
	if err != nil {
		return fmt.Errorf("advance %s to %d: %w", reader, sequence, err)
	}
	return nil
}

// key returns the columns that name a batch.
func (l *Ledger) key(k settlement.Key) (zone string, start int64, run int32) {
	return string(l.zone), k.Interval.StartUnix(), int32(k.Run)
}
