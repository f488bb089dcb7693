package ocr

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// ErrNotRecounted is returned for a settlement report that this oracle did not recompute itself, and so does not sign.
var ErrNotRecounted = problem.New(problem.Conflict, "not the settlement that this oracle recomputed")

const (
	// recountedSize is how many numbers behind the newest an oracle remembers: more than a year of quarter hours, 16 MB. Older
	// ones are told again after a restart, should the group really be that far behind.
	recountedSize = 65_536
	// slowRecount is how often a report is refused before a person hears that the recount does not get there: a minute
	// of rounds by DefaultTiming. Being a few seconds behind the others is nothing to tell.
	slowRecount = 30
)

// recounted are the settlement reports that this oracle recomputed itself, by number: it observes and signs these and no
// others. It is safe for concurrent use.
type recounted struct {
	log *slog.Logger

	mu      sync.Mutex
	reports map[uint64]oracle.SettlementReport
	floor   uint64 // numbers before it are over
	refused uint64 // signatures, since the start
	newest  oracle.SettlementReport
	times   int // that newest was refused
}

func newRecounted(log *slog.Logger) *recounted {
	return &recounted{log: log, reports: map[uint64]oracle.SettlementReport{}}
}

// Offer keeps a report. Told again it is no other; of two for one number the later counts.
func (c *recounted) Offer(r oracle.SettlementReport) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(r.Number - min(r.Number, recountedSize))
	if r.Number >= c.floor {
		c.reports[r.Number] = r
	}
}

// drop forgets the numbers before one, for ever.
func (c *recounted) drop(before uint64) {
	for ; c.floor < before; c.floor++ {
		delete(c.reports, c.floor)
	}
}

// Next is the report to be agreed on after one, of number 0 if there is none: the one that follows, or after none the
// first that the log does not hold. It waits until the log holds the one before, which is made anew until then.
func (c *recounted) Next(previous oracle.SettlementReport, known func(number uint64) bool) oracle.SettlementReport {
	number := previous.Number + 1
	switch {
	case previous.Number > 0 && !known(previous.Number):
		return oracle.SettlementReport{}
	case previous.Number == 0:
		for known(number) {
			number++
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(previous.Number)
	return c.reports[number]
}

// check returns ErrNotRecounted for a report that was not recomputed.
func (c *recounted) check(r oracle.SettlementReport) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	own, ok := c.reports[r.Number]
	if ok && own == r {
		return nil
	}
	c.refused++
	if c.newest != r {
		c.newest, c.times = r, 0
	}
	c.times++
	reason := "the recount has not come to it: look for what it waits for"
	if ok {
		reason = "recomputed, the balances come out otherwise: somebody's money is at stake"
	}
	if ok && c.times == 1 || !ok && c.times == slowRecount {
		c.log.LogAttrs(context.Background(), slog.LevelError, "settlement report not signed", slog.String("zone", string(r.Zone)),
			slog.String("interval", r.Interval.String()), slog.Uint64("number", r.Number), slog.String("root", hex.EncodeToString(r.Root[:])),
			slog.String("reason", reason))
	}
	return fmt.Errorf("settlement %d of %s: %w", r.Number, r.Zone, ErrNotRecounted)
}

// Refused is how many signatures were refused since the start.
func (c *recounted) Refused() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refused
}
