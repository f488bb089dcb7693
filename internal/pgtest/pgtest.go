// Package pgtest gives a test a database of its own, with the schema in place, on one private PostgreSQL cluster per
// test process. A machine without the PostgreSQL programs fails the test.
package pgtest

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/wattle/wattle/internal/embed/postgres"
	"github.com/wattle/wattle/migrations"
)

// timeout bounds one statement on the server: databases are copied and dropped in a fraction of it.
const timeout = time.Minute

var (
	// cluster starts the process's server and returns the connection string of the database that others are copied from.
	// Nobody may be connected to that one.
	cluster = sync.OnceValues(start)

	// lifeline keeps the shell of removeAtExit waiting. A file that nothing refers to is closed.
	lifeline *os.File //nolint:unused // written, never read: see above

	// made numbers the databases.
	made atomic.Int64
)

// New returns connections to a fresh database, in the role of the program. Both end with the test.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	config, err := pgxpool.ParseConfig(URL(t))
	if err != nil {
		t.Fatalf("address of test database: %v", err)
	}
	config.ConnConfig.RuntimeParams["role"] = migrations.Role
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		t.Fatalf("connect to test database: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// URL returns the connection string of a fresh database, which ends with the test.
func URL(t testing.TB) string {
	t.Helper()
	template, err := cluster()
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	name := fmt.Sprintf("test_%d", made.Add(1))
	if err := execute(template, `CREATE DATABASE `+name+` TEMPLATE wattle`); err != nil {
		t.Fatalf("create test database: %v", err)
	}
	t.Cleanup(func() {
		if err := execute(template, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	return in(template, name)
}

// execute runs one statement from the maintenance database.
func execute(template, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	db, err := pgx.Connect(ctx, in(template, "postgres"))
	if err != nil {
		return err
	}
	defer db.Close(ctx)
	_, err = db.Exec(ctx, statement)
	return err
}

// in is the connection string of another database of the same server.
func in(template, database string) string {
	u, err := url.Parse(template)
	if err != nil {
		panic(err) // the cluster made it
	}
	u.Path = "/" + database
	return u.String()
}

func start() (template string, err error) {
	dir, err := os.MkdirTemp("", "wattle-pgtest-")
	if err != nil {
		return "", err
	}
	if err := removeAtExit(dir); err != nil {
		os.RemoveAll(dir)
		return "", err
	}
	if err := os.Chmod(dir, 0o711); err != nil { // the server's user passes through
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*timeout)
	defer cancel()
	c, err := postgres.Start(ctx, postgres.Config{Dir: filepath.Join(dir, "postgres"), Log: slog.New(slog.DiscardHandler), NoSync: true})
	if err != nil {
		return "", err
	}
	db, err := pgx.Connect(ctx, c.URL())
	if err != nil {
		return "", err
	}
	defer db.Close(ctx)
	return c.URL(), migrations.Apply(ctx, db)
}

// removeAtExit starts a shell that waits for the end of this process, however it ends, and for the server that ends with
// it, and removes both directories. A testing package has no hook for that.
func removeAtExit(dir string) error {
	const script = `cat
pid=$(head -n 1 "$1/postgres/data/postmaster.pid" 2>/dev/null)
while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
rm -rf "$(readlink "$1/postgres/socket")" "$1"`
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	shell := exec.Command("sh", "-c", script, "sh", dir)
	shell.Stdin = read
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt from the keyboard is not for it
	if err := shell.Start(); err != nil {
		return err
	}
	lifeline = write // closed by the kernel when this process ends
	return shell.Process.Release()
}
