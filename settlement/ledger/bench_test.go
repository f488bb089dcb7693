package ledger_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/embed/postgres"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/migrations"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/ledger"
)

var membersFlag = flag.Int("members", 10_000, "members of the largest zone that BenchmarkSettlement settles")

// durable starts a server that syncs every commit, and returns connections in the role of the program.
func durable(b *testing.B) *pgxpool.Pool {
	b.Helper()
	dir := b.TempDir()
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o711); err != nil { // the server's user passes through
			b.Fatal(err)
		}
	}
	cluster, err := postgres.Start(b.Context(), postgres.Config{Dir: filepath.Join(dir, "postgres"), Log: slog.New(slog.DiscardHandler),
		Settings: []string{"shared_buffers=256MB", "max_wal_size=4GB"}}) // so that no checkpoint falls into the middle
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cluster.Stop() })
	db, err := pgx.Connect(b.Context(), cluster.URL())
	if err != nil {
		b.Fatal(err)
	}
	if err := migrations.Apply(b.Context(), db); err != nil {
		b.Fatal(err)
	}
	if err := db.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	config, err := pgxpool.ParseConfig(cluster.URL())
	if err != nil {
		b.Fatal(err)
	}
	config.ConnConfig.RuntimeParams["role"] = migrations.Role
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	return pool
}

// town is a zone of n members in which every other one sells to the next, and nobody keeps to it exactly.
func town(zone energy.Zone, n int, interval energy.Interval) settlement.Case {
	c := settlement.Case{Key: settlement.Key{Zone: zone, Interval: interval}, Owner: make(map[energy.Meter]energy.Member, n), Tariff: tariff,
		Leaves: make([]oracle.Leaf, n), Trades: make([]settlement.Trade, 0, n/2)}
	members := make([]energy.Member, n)
	for i := range n {
		members[i] = energy.Member(fmt.Sprintf("member-%07d", i))
		leaf := oracle.Leaf{Meter: energy.Meter("meter-" + string(members[i][7:])), Since: interval.StartUnix(), Quality: meter.Measured}
		binary.BigEndian.PutUint64(leaf.Reading[:], uint64(i))
		if i%2 == 0 {
			leaf.Export = energy.WattHours(900 + i%300)
		} else {
			leaf.Import = energy.WattHours(800 + i%300)
			c.Trades = append(c.Trades, settlement.Trade{Sequence: uint64(interval.StartUnix())*1_000_000 + uint64(i), Buyer: members[i], Seller: members[i-1],
				Quantity: 1000, Price: energy.Price(150_000 + i%1000)})
		}
		c.Leaves[i] = leaf
		c.Owner[leaf.Meter] = members[i]
	}
	return c
}

// BenchmarkSettlement settles one interval of a town whose accounts are open: from the trades to the postings on disk.
//
//	make bench-settlement N=1000000
func BenchmarkSettlement(b *testing.B) {
	for n := 10_000; ; n *= 10 {
		n = min(n, *membersFlag)
		b.Run(fmt.Sprint("members=", n), func(b *testing.B) { settleTown(b, n) })
		if n == *membersFlag {
			return
		}
	}
}

func settleTown(b *testing.B, n int) {
	db := durable(b)
	l := ledger.New(db, zone)
	if _, err := l.Found(b.Context(), ledger.Zone{Length: energy.FifteenMinutes, Genesis: interval.Add(-1)}); err != nil {
		b.Fatal(err)
	}
	first := town(zone, n, interval)
	take(b, l, first)
	begun := time.Now()
	settleCase(b, l, first)
	opened := time.Since(begun)
	var took, here, there time.Duration
	var postings int
	var wal int64
	rounds := 0
	b.ResetTimer()
	for i := range b.N {
		b.StopTimer()
		c := town(zone, n, interval.Add(i+1))
		take(b, l, c)
		before := walPosition(b, db)
		ourTime, serverTime := processorTime(b, db)
		b.StartTimer()
		from := time.Now()
		postings += settleCase(b, l, c)
		took += time.Since(from)
		b.StopTimer()
		wal += walPosition(b, db) - before
		ours, servers := processorTime(b, db)
		here, there = here+ours-ourTime, there+servers-serverTime
		rounds++
		b.StartTimer()
	}
	b.StopTimer()
	rate := float64(postings) / took.Seconds()
	single, inOne, each := rowByRow(b, db)
	b.ReportMetric(took.Seconds()/float64(rounds), "s/interval")
	b.ReportMetric(rate, "postings/s")
	b.ReportMetric(float64(wal)/float64(postings), "WAL-B/posting")
	fmt.Printf("%d members: %.2f s for %d postings, %.0f postings/s, %.0f B of WAL each; the first interval, which opens all accounts, %.2f s\n",
		n, took.Seconds()/float64(rounds), postings/rounds, rate, float64(wal)/float64(postings), opened.Seconds())
	fmt.Printf("%d members: %.2f s of processor time here and %.2f s in the server's connections; row by row in one transaction %.0f times more for a posting\n",
		n, here.Seconds()/float64(rounds), there.Seconds()/float64(rounds), each.Seconds()*float64(postings)/(here+there).Seconds())
	fmt.Printf("%d members: row by row %.0f postings/s committed one by one (%.0f times slower), %.0f/s in one transaction (%.0f times slower); peak memory %s\n",
		n, single, rate/single, inOne, rate/inOne, peak())
}

// take records trades and attestation, the steps before.
func take(b *testing.B, l *ledger.Ledger, c settlement.Case) {
	b.Helper()
	iv := c.Key.Interval
	if err := l.TakeMarket(b.Context(), "market", 1, map[energy.Interval][]settlement.Trade{iv: c.Trades}, []energy.Interval{iv}); err != nil {
		b.Fatal(err)
	}
	report, err := oracle.NewReport(zone, iv, 0, c.Leaves)
	if err != nil {
		b.Fatal(err)
	}
	if err := l.TakeAttestation(b.Context(), "attest", 1, oracle.Attestation{Report: report, Leaves: c.Leaves}); err != nil {
		b.Fatal(err)
	}
}

// settleCase settles from the trades in the database to the postings on disk.
func settleCase(b *testing.B, l *ledger.Ledger, c settlement.Case) int {
	b.Helper()
	from := time.Now()
	trades, err := l.Trades(b.Context(), c.Key.Interval)
	if err != nil {
		b.Fatal(err)
	}
	c.Trades = trades
	read := time.Since(from)
	result, err := settlement.Settle(c)
	if err != nil {
		b.Fatal(err)
	}
	settled := time.Since(from)
	if err := l.Post(b.Context(), result); err != nil {
		b.Fatal(err)
	}
	b.Logf("trades read %.2f s, settled %.2f s, posted %.2f s", read.Seconds(), (settled - read).Seconds(), (time.Since(from) - settled).Seconds())
	return len(result.Postings)
}

func walPosition(b *testing.B, db *pgxpool.Pool) (bytes int64) {
	b.Helper()
	if err := db.QueryRow(b.Context(), `SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn`).Scan(&bytes); err != nil {
		b.Fatal(err)
	}
	return bytes
}

// processorTime is what this process and the connections of the pool have used of the processors, which other work on the
// machine changes less than the time on the clock.
func processorTime(b *testing.B, db *pgxpool.Pool) (here, there time.Duration) {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	for _, c := range db.AcquireAllIdle(b.Context()) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Conn().PgConn().PID()))
		c.Release()
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // from the third on, proc_pid_stat(5)
		if len(fields) < 13 {
			b.Fatalf("/proc/PID/stat: got %q", text)
		}
		for _, field := range fields[11:13] { // utime and stime, 1/100 s
			ticks, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			there += time.Duration(ticks) * 10 * time.Millisecond
		}
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), there
}

// rowByRow inserts transfers with one statement each, committed one by one and in one transaction, and returns both rates,
// and the processor time of each in one transaction.
func rowByRow(b *testing.B, db *pgxpool.Pool) (single, inOne float64, each time.Duration) {
	b.Helper()
	const insert = `INSERT INTO transfer (journal, amount, energy_wh, line, debit, credit, id, leg, rate) VALUES ($1, 1, 1, $2, 0, 1, $3, 'trade', 0)`
	type executor interface {
		Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	}
	run := func(to executor, journal int64, rows int) float64 {
		from := time.Now()
		for i := range rows {
			id := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))
			r, err := to.Query(b.Context(), insert, journal, int32(i), id[:])
			if err == nil {
				r.Close()
				err = r.Err()
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		return float64(rows) / time.Since(from).Seconds()
	}
	single = run(db, 1<<40, 1000)
	here, there := processorTime(b, db)
	if err := pgx.BeginFunc(b.Context(), db, func(tx pgx.Tx) error {
		inOne = run(tx, 1<<40+1, 10_000)
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	ours, servers := processorTime(b, db)
	return single, inOne, (ours - here + servers - there) / 10_000
}

// peak is the most memory this process has used.
func peak() string {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
