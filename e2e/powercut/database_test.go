//go:build linux

package powercut

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/internal/embed"
)

// writers commit one row after the other.
const writers = 8

// TestDatabase cuts the power of the database under load.
func TestDatabase(t *testing.T) {
	before, found := cutDatabase(t, "on", 300)
	lost := missing(before, found)
	t.Logf("%d committed, %d rows found, %d lost", len(before), len(found), lost)
	if lost > 0 {
		t.Errorf("%d of %d committed rows are lost", lost, len(before))
	}
}

// TestLazyDatabase does so where commits do not wait for the disk.
func TestLazyDatabase(t *testing.T) {
	before, found := cutDatabase(t, "off", 3000)
	lost := missing(before, found)
	t.Logf("%d committed, %d rows found, %d lost", len(before), len(found), lost)
	if lost == 0 {
		t.Error("nothing is lost without sync: the cut is none, and the other test shows nothing")
	}
}

func missing(before, found map[int64]bool) (n int) {
	for id := range before {
		if !found[id] {
			n++
		}
	}
	return n
}

// cutDatabase commits at least as many rows as given, cuts the power, and returns what was committed before and what is
// there after.
func cutDatabase(t *testing.T, synchronous string, least int) (before, found map[int64]bool) {
	t.Helper()
	d := newDisk(t, 512<<20)
	cluster := startDatabase(t, d)
	execute(t, cluster, `CREATE TABLE wrote (id bigint PRIMARY KEY)`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	committed := make(chan int64) // so that few commits are on their way when the power goes
	var group sync.WaitGroup
	for writer := range writers {
		group.Go(func() { commit(ctx, cluster.URL()+"&synchronous_commit="+synchronous, int64(writer), committed) })
	}
	before = map[int64]bool{}
	for timeout := time.After(20 * time.Second); len(before) < least; {
		select {
		case id := <-committed:
			before[id] = true
		case <-timeout:
			t.Fatalf("%d rows in 20 s, want %d", len(before), least)
		}
	}
	processes := family(t, serverOf(t, d)) // no file can be read later
	d.cut()
	for _, pid := range slices.Backward(processes) { // all: a child that waits for another's lock outlives the server
		_ = syscall.Kill(pid, syscall.SIGKILL) // fails only if it has ended
	}
	<-cluster.Done()
	cancel()
	group.Wait()
	d.restore()

	cluster = startDatabase(t, d)
	found = rows(t, cluster)
	execute(t, cluster, `INSERT INTO wrote VALUES (-1)`) // it still takes rows
	if err := cluster.Stop(); err != nil {
		t.Error(err)
	}
	return before, found
}

// commit commits rows until something is in its way.
func commit(ctx context.Context, url string, first int64, committed chan<- int64) {
	db, err := pgx.Connect(ctx, url)
	if err != nil {
		return // then rows are missing
	}
	defer db.Close(context.WithoutCancel(ctx))
	for id := first; ; id += writers {
		if _, err := db.Exec(ctx, `INSERT INTO wrote VALUES ($1)`, id); err != nil {
			return
		}
		select {
		case committed <- id:
		case <-ctx.Done():
			return
		}
	}
}

// startDatabase starts the cluster of a disk, which ends with the test at the latest.
func startDatabase(t *testing.T, d *disk) *embed.Postgres {
	t.Helper()
	cluster, err := embed.StartPostgres(t.Context(), embed.PostgresConfig{Dir: filepath.Join(d.dir, "postgres"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cluster.Stop() }) // says how it ended, which the test has seen
	return cluster
}

// serverOf is the process of the cluster's server.
func serverOf(t *testing.T, d *disk) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(d.dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// family is the server and its children. The server is stopped, while the children go on: it reaps none of them, so
// their numbers stay theirs, and does not end by itself.
func family(t *testing.T, server int) []int {
	t.Helper()
	if err := syscall.Kill(server, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", server, server))
	if err != nil {
		t.Error(err)
	}
	all := []int{server}
	for _, number := range strings.Fields(string(text)) {
		child, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, child)
	}
	return all
}

func execute(t *testing.T, cluster *embed.Postgres, statement string) {
	t.Helper()
	db := open(t, cluster)
	defer db.Close(context.WithoutCancel(t.Context()))
	if _, err := db.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func rows(t *testing.T, cluster *embed.Postgres) map[int64]bool {
	t.Helper()
	db := open(t, cluster)
	defer db.Close(context.WithoutCancel(t.Context()))
	all, err := db.Query(t.Context(), `SELECT id FROM wrote`)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := pgx.CollectRows(all, pgx.RowTo[int64])
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[int64]bool, len(ids))
	for _, id := range ids {
		found[id] = true
	}
	return found
}

func open(t *testing.T, cluster *embed.Postgres) *pgx.Conn {
	t.Helper()
	db, err := pgx.Connect(t.Context(), cluster.URL())
	if err != nil {
		t.Fatal(err)
	}
	return db
}
