package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// childDir in the environment makes the test program a process that only runs a cluster in that directory, to be killed.
const childDir = "WATTLE_TEST_CLUSTER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		runChild(dir)
	}
	os.Exit(m.Run())
}

// runChild inserts numbers for as long as it lives, and says each that is committed.
func runChild(dir string) {
	ctx := context.Background()
	c, err := Start(ctx, Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	db, err := pgx.Connect(ctx, c.URL())
	for i := 0; err == nil; i++ {
		if _, err = db.Exec(ctx, `INSERT INTO number VALUES ($1)`, i); err == nil {
			fmt.Println(i)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// openDir makes a directory that the server's user may pass through, for which t.TempDir is too private.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wattle-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "postgres")
}

func mustStart(t *testing.T, dir string) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), Config{Dir: dir, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop() }) // the test has looked at what matters
	return c
}

func mustExec(t *testing.T, c *Cluster, sql string) {
	t.Helper()
	db := mustConnect(t, c)
	if _, err := db.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func mustConnect(t *testing.T, c *Cluster) *pgx.Conn {
	t.Helper()
	db, err := pgx.Connect(t.Context(), c.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.Background()) }) // may have been cut by the test
	return db
}

func count(t *testing.T, c *Cluster) (n int) {
	t.Helper()
	if err := mustConnect(t, c).QueryRow(t.Context(), `SELECT count(*) FROM number`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStopAndStartAgain(t *testing.T) {
	dir := openDir(t)
	first := mustStart(t, dir)
	mustExec(t, first, `CREATE TABLE number AS SELECT generate_series(1, 1000) AS n`)
	for setting, want := range map[string]string{"data_checksums": "on", "fsync": "on", "synchronous_commit": "on", "listen_addresses": "", "TimeZone": "UTC"} {
		var got string
		if err := mustConnect(t, first).QueryRow(t.Context(), `SELECT current_setting($1)`, setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %q, error %v, want %q", setting, got, err, want)
		}
	}
	socket := first.socket
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("socket directory: got %v, %v, want mode 0700", info, err)
	}
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := first.Stop(); err != nil {
		t.Fatalf("second stop: %v", err)
	}
	if _, err := os.Stat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("socket directory after stop: got %v, want none", err)
	}
	if got := count(t, mustStart(t, dir)); got != 1000 {
		t.Errorf("got %d rows, want 1000", got)
	}
}

// TestKilledWithItsParent kills the process that runs the cluster while it commits, and starts again at once, when the
// old server may still be shutting down.
func TestKilledWithItsParent(t *testing.T) {
	dir := openDir(t)
	c := mustStart(t, dir)
	mustExec(t, c, `CREATE TABLE number (n int PRIMARY KEY)`)
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	committed, socket := killChild(t, dir, 200)
	again := mustStart(t, dir)
	if got := count(t, again); got < committed {
		t.Errorf("got %d rows, want at least the %d that were committed", got, committed)
	}
	if _, err := os.Stat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("socket directory of the killed process: got %v, want it removed", err)
	}
}

// killChild runs a child until it has committed some rows, kills it, and returns how many it said it committed.
func killChild(t *testing.T, dir string, rows int) (committed int, socket string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = t.Output()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); committed++ {
		if committed == rows {
			if socket, err = os.Readlink(filepath.Join(dir, "socket")); err != nil {
				t.Error(err)
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); committed < rows {
		t.Fatalf("the child ended after %d rows: %v", committed, err)
	}
	return committed, socket
}

// onMessage calls a function for the log message with a given text.
type onMessage struct {
	slog.Handler
	text string
	call func()
}

func (h onMessage) Enabled(context.Context, slog.Level) bool { return true }

func (h onMessage) Handle(_ context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, h.text) {
		h.call()
	}
	return nil
}

func TestWaitsForAnEarlierServer(t *testing.T) {
	dir := openDir(t)
	earlier := mustStart(t, dir)
	mustExec(t, earlier, `CREATE TABLE number AS SELECT generate_series(1, 1000) AS n`)
	waited := false
	log := slog.New(onMessage{slog.DiscardHandler, "waiting for an earlier", func() {
		waited = true
		if err := earlier.Stop(); err != nil {
			t.Error(err)
		}
	}})
	c, err := Start(t.Context(), Config{Dir: dir, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Stop() }()
	if got := count(t, c); got != 1000 || !waited {
		t.Errorf("got %d rows, waited %v, want 1000, true", got, waited)
	}
}

func TestServerKilled(t *testing.T) {
	dir := openDir(t)
	c := mustStart(t, dir)
	mustExec(t, c, `CREATE TABLE number AS SELECT generate_series(1, 1000) AS n`)
	c.server.signal(syscall.SIGKILL)
	<-c.Done()
	// At once: children of the killed server may still be there.
	if got := count(t, mustStart(t, dir)); got != 1000 {
		t.Errorf("got %d rows, want 1000", got)
	}
	if err := c.Stop(); err == nil {
		t.Error("stop of the killed server: got no error")
	}
}

// TestForeignPid plants the lock file of a killed server whose process number is now that of another program.
func TestForeignPid(t *testing.T) {
	dir := openDir(t)
	c := mustStart(t, dir)
	lock := filepath.Join(dir, "data", "postmaster.pid")
	text, err := os.ReadFile(lock)
	if err != nil {
		t.Fatal(err)
	}
	c.server.signal(syscall.SIGKILL)
	<-c.Done()
	other := exec.Command("sleep", "60")
	other.SysProcAttr = &syscall.SysProcAttr{}
	o, err := findOwner(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	other.SysProcAttr.Credential, other.Dir = o.credential, "/"
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	_, rest, _ := strings.Cut(string(text), "\n")
	if err := os.WriteFile(lock, []byte(strconv.Itoa(other.Process.Pid)+"\n"+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	again, err := Start(ctx, Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Stop(); err != nil {
		t.Error(err)
	}
}

func TestUnfinishedInitdbIsRemoved(t *testing.T) {
	dir := openDir(t)
	left := filepath.Join(dir, "data.tmp-1")
	if err := os.MkdirAll(filepath.Join(left, "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustStart(t, dir)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want it removed", err)
	}
}

func TestRefusals(t *testing.T) {
	discard := slog.New(slog.NewTextHandler(io.Discard, nil))
	tests := []struct {
		name string
		make func(t *testing.T, dir string) Config
		want error
		say  string // what the sentence must name
	}{
		{"other version", func(t *testing.T, dir string) Config {
			if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("8\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			return Config{Dir: dir}
		}, ErrVersion, "postgresql-8"},
		{"no programs", func(t *testing.T, dir string) Config { return Config{Dir: dir, BinDir: t.TempDir()} }, ErrNoPrograms, "apt-get install postgresql"},
		{"closed to the server's user", func(t *testing.T, dir string) Config {
			if os.Geteuid() != 0 {
				t.Skip("only root hands the cluster to another user")
			}
			if err := os.Chmod(filepath.Dir(dir), 0o700); err != nil {
				t.Fatal(err)
			}
			return Config{Dir: dir}
		}, ErrUnreachable, "chmod o+x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := test.make(t, openDir(t))
			c.Log = discard
			_, err := Start(t.Context(), c)
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.say) {
				t.Errorf("got %v, want %v, with %q", err, test.want, test.say)
			}
		})
	}
}

func TestServerThatCannotStartSaysWhy(t *testing.T) {
	dir := openDir(t)
	if err := mustStart(t, dir).Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "data", "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, ErrStart) || !strings.Contains(err.Error(), "could not find the database system") {
		t.Errorf("got %v, want %v, with the server's own words", err, ErrStart)
	}
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]string{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": "15",
		"postgres (PostgreSQL) 18beta1":                          "18",
		"postgres (PostgreSQL) 17.2":                             "17",
		"postgres (PostgreSQL) ":                                 "",
		"initdb 15":                                              "",
		"":                                                       "",
	} {
		if got, err := parseVersion(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, error %v, want %q", text, got, err, want)
		}
	}
}
