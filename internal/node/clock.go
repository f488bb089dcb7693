package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wattle/wattle/internal/embed"
)

// Clock is the street's time. It stands still until Start and then runs Speed times as fast as the wall. What it has
// shown is kept in a file, so that a street that is stopped and started again, however rudely, never sees a time twice.
type Clock struct {
	path  string
	speed int
	from  time.Time // what the clock shows until it is started
	epoch atomic.Pointer[time.Time]
	kept  atomic.Pointer[time.Time] // what the file says; the clock stands still rather than pass it
}

// lead is how much wall time the file is ahead of the clock: it must cover the time between two writes.
const (
	lead  = 2 * time.Second
	every = 500 * time.Millisecond
)

// OpenClock returns a clock at the later of start and what the file in dir says was reached.
func OpenClock(dir string, start time.Time, speed int) (*Clock, error) {
	c := &Clock{path: filepath.Join(dir, "clock"), speed: speed, from: start.UTC()}
	text, err := os.ReadFile(c.path)
	if os.IsNotExist(err) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("clock: %w", err)
	}
	reached, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("clock %s holds %q, not a time: %w", c.path, strings.TrimSpace(string(text)), ErrDamaged)
	}
	if reached.After(c.from) {
		c.from = reached
	}
	return c, nil
}

// clockAt is a clock that shows a time at a moment of the wall's and runs on from there, without a file: for processes that
// live by another's clock.
func clockAt(shows, wall time.Time, speed int) *Clock {
	c := &Clock{speed: speed, from: shows.UTC()}
	c.epoch.Store(&wall)
	never := time.Unix(1<<40, 0)
	c.kept.Store(&never)
	return c
}

// wallClock shows what the wall does, also when that is set.
func wallClock() *Clock { return clockAt(time.Unix(0, 0), time.Unix(0, 0), 1) }

// hands say what the clock showed at a moment of the wall's, after Start.
func (c *Clock) hands() (shows, wall time.Time) { return c.from, *c.epoch.Load() }

// Now is the street's time.
func (c *Clock) Now() time.Time {
	epoch := c.epoch.Load()
	if epoch == nil {
		return c.from
	}
	now := c.from.Add(c.scale(time.Since(*epoch)))
	if kept := *c.kept.Load(); now.After(kept) { // the disk is slower than lead
		return kept
	}
	return now
}

func (c *Clock) scale(wall time.Duration) time.Duration {
	return wall * time.Duration(c.speed)
}

// Start sets the clock going, after it has written down how far it may go before the next write.
func (c *Clock) Start() error {
	if err := c.keep(); err != nil {
		return err
	}
	now := time.Now()
	c.epoch.Store(&now)
	return nil
}

// Run keeps the file ahead of the clock until ctx is done.
func (c *Clock) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if err := c.keep(); err != nil {
				return err
			}
		}
	}
}

func (c *Clock) keep() error {
	next := c.Now().Add(c.scale(lead))
	if err := embed.WriteFile(c.path, []byte(next.Format(time.RFC3339Nano)+"\n")); err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	c.kept.Store(&next)
	return nil
}
