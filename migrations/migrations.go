// Package migrations holds the database schema as numbered SQL files and applies what is missing, each file in one
// transaction, forward only.
package migrations

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/internal/problem"
)

//go:embed [0-9]*.sql
var files embed.FS

// ErrNewer is returned for a database whose schema this program does not know.
var ErrNewer = problem.New(problem.Conflict, "the database was written by a newer version: use that version, or another database")

// Role is what the program works as once the schema is in place (SET ROLE): it may add to the books and not change them.
// Whoever applies the migrations owns the tables and is made a member of it.
const Role = "wattle_app"

// lockKey serialises migrating processes (pg_advisory_xact_lock); any fixed number serves.
const lockKey = 0x77617474

// Apply brings the schema of the database behind db to the newest version known here.
func Apply(ctx context.Context, db *pgx.Conn) error {
	names, err := fs.Glob(files, "*.sql") // sorted by name, so by number
	if err != nil {
		return err
	}
	for i, name := range names {
		if n, err := strconv.Atoi(name[:4]); err != nil || n != i+1 {
			return fmt.Errorf("migration %s: want number %04d", name, i+1)
		}
	}
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		version, err := lockVersion(ctx, tx)
		if err != nil {
			return err
		}
		if version > len(names) {
			return fmt.Errorf("schema version %d, known %d: %w", version, len(names), ErrNewer)
		}
		for i, name := range names[version:] {
			sql, err := files.ReadFile(name)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, string(sql)); err != nil {
				return fmt.Errorf("migration %s: %w", name, err)
			}
			if _, err := tx.Exec(ctx, `UPDATE schema_version SET version = $1`, version+i+1); err != nil {
				return fmt.Errorf("migration %s: %w", name, err)
			}
		}
		return nil
	})
}

// lockVersion serialises migrations and returns the version that is in place, 0 for an empty database.
func lockVersion(ctx context.Context, tx pgx.Tx) (version int, err error) {
	if _, err = tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(lockKey)); err != nil {
		return 0, fmt.Errorf("lock schema: %w", err)
	}
	var exists bool
	if err = tx.QueryRow(ctx, `SELECT to_regclass('schema_version') IS NOT NULL`).Scan(&exists); err != nil {
		return 0, fmt.Errorf("look for schema: %w", err)
	}
	if !exists {
		_, err = tx.Exec(ctx, `CREATE TABLE schema_version (version integer NOT NULL); INSERT INTO schema_version VALUES (0)`)
		return 0, err
	}
	err = tx.QueryRow(ctx, `SELECT version FROM schema_version`).Scan(&version)
	return version, err
}
