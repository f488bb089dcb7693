package node

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/wattle/wattle/exchange"
)

// ReplayConfig is what ExchangeReplay needs.
type ReplayConfig struct {
	Workload string // file of commands, "MEWL" version 1
	Trades   string // file to write every trade to, 40 bytes each; none where empty
	JSON     bool   // print one JSON object instead of a line for people
}

// ReplayReport is what a replay measured. The times are of the processor on one core, without reading the file.
type ReplayReport struct {
	Commands  int    `json:"commands"`
	NsPer     num    `json:"ns_per_command"`
	P50       int64  `json:"p50_ns"`
	P99       int64  `json:"p99_ns"`
	P999      int64  `json:"p999_ns"`
	AllocsPer num    `json:"allocs_per_command"`
	Trades    uint64 `json:"trades"`
	Volume    uint64 `json:"volume"`
	Hash      string `json:"hash"`
	Match     bool   `json:"match"`
}

// num is a ratio with four digits after the point, as it is printed.
type num struct{ over, under int64 }

// MarshalJSON prints the ratio.
func (n num) MarshalJSON() ([]byte, error) { return []byte(n.String()), nil }

// String prints the ratio.
func (n num) String() string {
	v := n.over * 10_000 / max(n.under, 1)
	return fmt.Sprintf("%d.%04d", v/10_000, v%10_000)
}

// ExchangeReplay plays a workload through the market's own books, without members, collateral and headroom, and prints
// what it took and whether the trades are those the file expects.
func ExchangeReplay(ctx context.Context, c ReplayConfig, stdout io.Writer) error {
	if c.Workload == "" {
		return fmt.Errorf("name a file with --workload: %w", ErrConfig)
	}
	w, err := readWorkload(c.Workload)
	if err != nil {
		return err
	}
	report, err := w.measure(ctx, c.Trades)
	if err != nil {
		return err
	}
	if !c.JSON {
		_, err = fmt.Fprintf(stdout, "%d commands, %s ns each (p50 %d, p99 %d, p99.9 %d), %s allocations; %d trades of %d, hash %s, as expected: %t\n",
			report.Commands, report.NsPer, report.P50, report.P99, report.P999, report.AllocsPer, report.Trades, report.Volume, report.Hash, report.Match)
		return err
	}
	return json.NewEncoder(stdout).Encode(report)
}

// measure plays a workload twice: once for the time in all, and once for the time of each command and the trades.
func (w *workload) measure(ctx context.Context, trades string) (ReplayReport, error) {
	report := ReplayReport{Commands: len(w.records) - w.warmup}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r := w.replayer()
	for i := range w.records[:w.warmup] {
		r.apply(&w.records[i])
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := processorTime()
	for i := range w.records[w.warmup:] {
		r.apply(&w.records[w.warmup+i])
	}
	report.NsPer = num{processorTime() - start, int64(report.Commands)}
	runtime.ReadMemStats(&after)
	report.AllocsPer = num{int64(after.Mallocs - before.Mallocs), int64(report.Commands)}
	if err := ctx.Err(); err != nil {
		return report, err
	}
	return report, w.verify(&report, trades)
}

// verify plays a workload command by command.
func (w *workload) verify(report *ReplayReport, trades string) (err error) {
	out := bufio.NewWriter(io.Discard)
	if trades != "" {
		file, err := os.Create(trades)
		if err != nil {
			return fmt.Errorf("trades: %w", err)
		}
		defer file.Close()
		out.Reset(file)
	}
	r := w.replayer()
	took := make([]int64, 0, len(w.records))
	clock := clockTime()
	sum := tradeSum{hash: tradeHashStart}
	for i := range w.records {
		begin := time.Now()
		fills := r.apply(&w.records[i])
		if d := time.Since(begin).Nanoseconds(); i >= w.warmup {
			took = append(took, max(0, d-clock))
		}
		for _, f := range fills {
			record := sum.add(uint64(i), f.Maker, w.records[i].id, uint64(w.minPrice+int64(f.Level)), uint64(f.Quantity))
			if _, err := out.Write(record[:]); err != nil {
				return fmt.Errorf("trades: %w", err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("trades: %w", err)
	}
	slices.Sort(took)
	at := func(permille int) int64 {
		if len(took) == 0 {
			return 0
		}
		return took[(len(took)-1)*permille/1000]
	}
	report.P50, report.P99, report.P999 = at(500), at(990), at(999)
	report.Trades, report.Volume, report.Hash = sum.trades, sum.volume, fmt.Sprintf("%#016x", sum.hash)
	report.Match = sum == w.expected && r.cancels == w.cancels
	return nil
}

// tradeSum sums trades up as the header of a workload does.
type tradeSum struct{ trades, volume, hash uint64 }

const (
	tradeHashStart = 1469598103934665603
	tradeHashPrime = 1099511628211
)

func (s *tradeSum) add(fields ...uint64) (record [40]byte) {
	for i, v := range fields {
		s.hash = (s.hash ^ v) * tradeHashPrime
		binary.LittleEndian.PutUint64(record[8*i:], v)
	}
	s.trades++
	s.volume += fields[4]
	return record
}

// replayer is the market's books and where the orders of a workload wait in them.
type replayer struct {
	books   *exchange.Matcher
	slots   []uint32 // by order
	low     int64
	cancels uint64
}

func (w *workload) replayer() *replayer {
	r := &replayer{books: exchange.NewMatcher(w.maxPrice-w.minPrice+1, int(w.peakLive)), slots: make([]uint32, w.maxID+1), low: w.minPrice}
	for range w.instruments {
		r.books.OpenBook()
	}
	return r
}

func (r *replayer) apply(c *record) []exchange.Fill {
	if c.kind == recordCancel {
		if r.books.Cancel(r.slots[c.id], c.id) {
			r.cancels++
		}
		return nil
	}
	in := exchange.Incoming{ID: c.id, Level: uint32(c.price - r.low), Quantity: c.quantity, Owner: c.owner, Book: c.instrument, Side: c.side}
	fills, slot := r.books.Place(&in, c.kind == recordLimit)
	if slot != 0 {
		r.slots[c.id] = slot
	}
	return fills
}

// thisThread asks Getrusage for the calling thread alone: RUSAGE_THREAD of getrusage(2).
const thisThread = 1

// processorTime is what this thread has used of its processor, in nanoseconds; where the system does not say, what the
// clock says.
func processorTime() int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(thisThread, &used); err != nil {
		return time.Now().UnixNano()
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

// clockTime is what it costs to look at the clock twice, in nanoseconds.
func clockTime() int64 {
	least := int64(1 << 62)
	for range 1000 {
		begin := time.Now()
		least = min(least, time.Since(begin).Nanoseconds())
	}
	return least
}
