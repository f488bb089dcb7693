package migrations_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/internal/pgtest"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/migrations"
)

var rewrite = flag.Bool("rewrite", false, "rewrite schema.sql; then read the diff")

// made numbers the empty databases.
var made atomic.Int64

// empty creates a database without a schema and returns how to connect to it. It ends with the test.
func empty(t *testing.T) *pgx.ConnConfig {
	t.Helper()
	config, err := pgx.ParseConfig(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	maintenance := connect(t, config)
	name := fmt.Sprintf("empty_%d", made.Add(1))
	execute(t, maintenance, `CREATE DATABASE `+name+` TEMPLATE template0`)
	t.Cleanup(func() { execute(t, maintenance, `DROP DATABASE `+name+` WITH (FORCE)`) })
	config = config.Copy()
	config.Database = name
	return config
}

func connect(t *testing.T, config *pgx.ConnConfig) *pgx.Conn {
	t.Helper()
	db, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close(context.Background()) }) // the test's context is done by now
	return db
}

func execute(t *testing.T, db *pgx.Conn, statement string) {
	t.Helper()
	if _, err := db.Exec(context.Background(), statement); err != nil {
		t.Errorf("%s: %v", statement, err)
	}
}

func version(t *testing.T, db *pgx.Conn) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), `SELECT version FROM schema_version`).Scan(&n); err != nil {
		t.Fatalf("schema version: %v", err)
	}
	return n
}

func TestApplyTwiceIsApplyOnce(t *testing.T) {
	db := connect(t, empty(t))
	if err := migrations.Apply(t.Context(), db); err != nil {
		t.Fatalf("to an empty database: %v", err)
	}
	newest, once := version(t, db), schema(t, db)
	if newest == 0 {
		t.Fatal("got version 0, want the number of the last file")
	}
	execute(t, db, `INSERT INTO zone VALUES ('street', 900, 1782036000)`)
	if err := migrations.Apply(t.Context(), db); err != nil {
		t.Fatalf("to its own database: %v", err)
	}
	var zones int
	if err := db.QueryRow(t.Context(), `SELECT count(*) FROM zone`).Scan(&zones); err != nil || zones != 1 {
		t.Errorf("got %d zones, %v, want the one that was there", zones, err)
	}
	if again := schema(t, db); again != once || version(t, db) != newest {
		t.Errorf("the second time changed the schema:\n%s\nwas:\n%s", again, once)
	}
}

func TestANewerDatabaseIsLeftAlone(t *testing.T) {
	db := connect(t, empty(t))
	if err := migrations.Apply(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	execute(t, db, `UPDATE schema_version SET version = version + 1`)
	newer := version(t, db)
	err := migrations.Apply(t.Context(), db)
	if !errors.Is(err, migrations.ErrNewer) || problem.KindOf(err) != problem.Conflict {
		t.Errorf("got %v, want ErrNewer", err)
	}
	if got := version(t, db); got != newer {
		t.Errorf("got version %d, want %d untouched", got, newer)
	}
}

// A migration that does not go through leaves nothing behind, and goes through once its obstacle is gone.
func TestAFailedMigrationLeavesNothing(t *testing.T) {
	db := connect(t, empty(t))
	execute(t, db, `CREATE TABLE transfer (mine text)`)
	if err := migrations.Apply(t.Context(), db); err == nil || !strings.Contains(err.Error(), "0001") {
		t.Fatalf("got %v, want the file that failed", err)
	}
	if got := schema(t, db); strings.Contains(got, "zone") || strings.Contains(got, "schema_version") {
		t.Errorf("half a schema was left behind:\n%s", got)
	}
	execute(t, db, `DROP TABLE transfer`)
	if err := migrations.Apply(t.Context(), db); err != nil {
		t.Errorf("after the obstacle is gone: %v", err)
	}
}

func TestProgramsStartingTogetherApplyOnce(t *testing.T) {
	config := empty(t)
	group, ctx := errgroup.WithContext(t.Context())
	for range 8 {
		db := connect(t, config)
		group.Go(func() error { return migrations.Apply(ctx, db) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	db := connect(t, config)
	var rows int
	if err := db.QueryRow(t.Context(), `SELECT count(*) FROM schema_version`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("got %d versions, %v, want 1", rows, err)
	}
}

// schema.sql is what the migrations add up to; a change of schema is reviewed there.
func TestSchema(t *testing.T) {
	db := connect(t, empty(t))
	if err := migrations.Apply(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	got := schema(t, db)
	if *rewrite {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("schema.sql differs; -rewrite and read the diff. got:\n%s", got)
	}
}

// schema writes the schema as the server's catalogue has it: the same text from every version of the server.
func schema(t *testing.T, db *pgx.Conn) string {
	t.Helper()
	const tables = `
SELECT 'CREATE TABLE ' || t.relname || E' (\n' || string_agg(line, E',\n' ORDER BY kind, place, line COLLATE "C") || E'\n);'
FROM pg_class t, LATERAL (
    SELECT 0 AS kind, attnum AS place, '    ' || attname || ' ' || format_type(atttypid, atttypmod)
        || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
        || CASE attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY' WHEN 'd' THEN ' GENERATED BY DEFAULT AS IDENTITY' ELSE '' END
        || coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid), '') AS line
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 1, 0, '    CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid, true)
    FROM pg_constraint WHERE conrelid = t.oid AND contype IN ('p', 'u', 'f', 'c', 'x')
) lines
WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
GROUP BY t.relname`
	const indexes = `
SELECT pg_get_indexdef(indexrelid) || ';'
FROM pg_index JOIN pg_class i ON i.oid = indexrelid
WHERE i.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`
	const views = `
SELECT 'CREATE VIEW ' || relname || E' AS\n' || pg_get_viewdef(oid)
FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace`
	const grants = `
SELECT 'GRANT ' || string_agg(privilege_type, ', ' ORDER BY privilege_type COLLATE "C") || ' ON ' || relname || ' TO wattle_app;'
FROM pg_class, LATERAL aclexplode(relacl)
WHERE relnamespace = 'public'::regnamespace AND grantee = 'wattle_app'::regrole
GROUP BY relname`
	var out strings.Builder
	out.WriteString("-- Written by go test ./migrations -rewrite from the server's catalogue.\n")
	for _, query := range []string{tables, indexes, views, grants} {
		rows, err := db.Query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(lines) // the server would sort by its locale
		for _, line := range lines {
			out.WriteString("\n" + line + "\n")
		}
	}
	return out.String()
}

// What the ledger must never hold, whoever writes to it.
func TestTheLedgerRefuses(t *testing.T) {
	db := connect(t, empty(t))
	if err := migrations.Apply(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	execute(t, db, `
INSERT INTO zone VALUES ('street', 900, 1782036000);
INSERT INTO member VALUES ('street', 'anna', 'Anna');
INSERT INTO account (zone, number, kind, owner, asset) VALUES ('street', 0, 'supplier', '', 'money');
INSERT INTO batch (zone, interval_start, interval_seconds, run, state) VALUES ('street', 1782036900, 900, 0, 'traded');
INSERT INTO journal (zone, number, source, source_id, at, run, transfers, digest) VALUES ('street', 1, 'settlement', 'a', 1782036900, 0, 1, sha256('a'));
INSERT INTO transfer VALUES (1, 5, 0, 0, 0, 1, sha256('a'), 'trade', 0);
INSERT INTO invoice VALUES ('street', 1, NULL, 'invoice', 'anna', 0, 900, 'purchase', NULL, 1, 15000000, 2, 900);
INSERT INTO hold_step VALUES ('street', 'h', 0, 'anna', 5, NULL)`)
	const (
		entry   = `INSERT INTO journal (zone, number, source, source_id, at, run, transfers, digest, previous_number, previous_digest) VALUES `
		invoice = `INSERT INTO invoice VALUES `
		zeros   = `array_fill(0::bigint, ARRAY[64])`
		ends    = `array_fill(0, ARRAY[65])`
	)
	for name, statement := range map[string]string{
		"a transfer of nothing":                  `INSERT INTO transfer VALUES (1, 0, 0, 1, 0, 1, sha256('b'), 'trade', 0)`,
		"less than nothing":                      `INSERT INTO transfer VALUES (1, -5, 0, 1, 0, 1, sha256('b'), 'trade', 0)`,
		"from and to one account":                `INSERT INTO transfer VALUES (1, 5, 0, 1, 1, 1, sha256('b'), 'trade', 0)`,
		"money into an energy account":           `INSERT INTO transfer VALUES (1, 5, 0, 1, 0, 5 << 28, sha256('b'), 'trade', 0)`,
		"one line twice":                         `INSERT INTO transfer VALUES (1, 5, 0, 0, 0, 1, sha256('b'), 'trade', 0)`,
		"a number that does not fit the account": `INSERT INTO account VALUES ('street', 1, 'member', 'anna', 'energy')`,
		"collateral of energy":                   `INSERT INTO account VALUES ('street', 1 << 28, 'collateral', 'anna', 'energy')`,
		"an account twice":                       `INSERT INTO account VALUES ('street', 1, 'supplier', '', 'money')`,
		"an entry after a gap":                   entry + `('street', 3, 'deposit', 'b', 0, NULL, 0, sha256('b'), 2, sha256('a'))`,
		"an entry beside the chain":              entry + `('street', 2, 'deposit', 'b', 0, NULL, 0, sha256('b'), 1, sha256('b'))`,
		"a second first entry":                   entry + `('street', 1, 'deposit', 'b', 0, NULL, 0, sha256('b'), NULL, NULL)`,
		"a cause twice":                          entry + `('street', 2, 'settlement', 'a', 1782036900, 0, 0, sha256('b'), 1, sha256('a'))`,
		"a settlement of no batch":               entry + `('street', 2, 'settlement', 'b', 1782037800, 0, 0, sha256('b'), 1, sha256('a'))`,
		"collateral below zero":                  `INSERT INTO balance_block VALUES ('street', 1 << 22, 1, -1 || array_fill(0::bigint, ARRAY[63]), ` + ends + `, '{}')`,
		"energy below zero":                      `INSERT INTO balance_block VALUES ('street', 5 << 22, 1, -1 || array_fill(0::bigint, ARRAY[63]), ` + ends + `, '{}')`,
		"more out of escrow than went in":        `INSERT INTO balance_block VALUES ('street', 2 << 22, 1, 1 || array_fill(0::bigint, ARRAY[63]), ` + ends + `, '{}')`,
		"a line that no account has":             `INSERT INTO balance_block VALUES ('street', 0, 1, ` + zeros + `, ` + ends + `, '{1}')`,
		"an invoice after a gap":                 invoice + `('street', 3, 2, 'invoice', 'anna', 900, 1800, 'purchase', NULL, 1, 0, 0, 900)`,
		"an invoice twice":                       invoice + `('street', 2, 1, 'invoice', 'anna', 0, 900, 'purchase', NULL, 2, 0, 0, 900)`,
		"an invoice rounded the wrong way":       invoice + `('street', 2, 1, 'invoice', 'anna', 900, 1800, 'purchase', NULL, 1, 15000001, 1, 900)`,
		"a credit note for nothing":              invoice + `('street', 2, 1, 'credit-note', 'anna', 900, 1800, 'purchase', NULL, 1, 0, 0, 900)`,
		"a hold that skips a step":               `INSERT INTO hold_step VALUES ('street', 'h', 2, 'anna', 5, 1)`,
		"a hold that changes hands":              `INSERT INTO hold_step VALUES ('street', 'h', 1, 'ben', 5, 0)`,
		"a hold that holds less than nothing":    `INSERT INTO hold_step VALUES ('street', 'h', 1, 'anna', -5, 0)`,
	} {
		var refusal *pgconn.PgError
		if _, err := db.Exec(t.Context(), statement); !errors.As(err, &refusal) || refusal.ConstraintName == "" {
			t.Errorf("%s: got %v, want a constraint to refuse it", name, err)
		}
	}
}

// The program's role adds to the books and changes nothing in them.
func TestTheProgramMayNotChangeTheBooks(t *testing.T) {
	db := connect(t, empty(t))
	if err := migrations.Apply(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	execute(t, db, `SET ROLE `+migrations.Role)
	for _, table := range []string{"account", "journal", "transfer", "balance_block", "hold_step", "invoice", "trade", "measurement", "delivery", "zone"} {
		var column string
		if err := db.QueryRow(t.Context(), `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum = 2`, table).Scan(&column); err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{"UPDATE " + table + " SET " + column + " = " + column, "DELETE FROM " + table, "TRUNCATE " + table, "DROP TABLE " + table, "ALTER TABLE " + table + " DISABLE TRIGGER ALL"} {
			var refusal *pgconn.PgError
			if _, err := db.Exec(t.Context(), statement); !errors.As(err, &refusal) || refusal.Code != "42501" { // insufficient_privilege
				t.Errorf("%s: got %v, want it denied", statement, err)
			}
		}
	}
}
