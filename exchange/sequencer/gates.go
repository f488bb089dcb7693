package sequencer

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
)

// maxStep bounds the commands of one submission, so that catching up does not keep orders waiting.
const maxStep = 100

// ClockworkConfig is what opens books and closes gates of a zone.
type ClockworkConfig struct {
	Sequencer *Sequencer
	Horizon   int           // how many intervals are open for trading at a time; 0 means 8
	GateLead  time.Duration // zone time from gate closure to the start of delivery; not negative
	CatchUp   int           // intervals missed while stopped that get a book, opened and shut, at most; 0 means 672, a week of quarter hours
	Period    time.Duration // wall time between two looks at the clock; 0 means 100 ms
}

// Clockwork opens each interval's book ahead of time, closes its gate before delivery starts, and lets orders expire that
// are good till a time. What it has to do
// follows from the zone's clock and the market's own state, so it needs no memory and may be stopped at any moment: at
// its next start it closes, in order, the gates that are due, and gives every interval missed meanwhile its book, so
// that intervals follow one another without a hole.
type Clockwork struct{ config ClockworkConfig }

// NewClockwork returns a clockwork that is not running yet.
func NewClockwork(c ClockworkConfig) (*Clockwork, error) {
	if c.Horizon == 0 {
		c.Horizon = 8
	}
	if c.CatchUp == 0 {
		c.CatchUp = 672
	}
	if c.Period == 0 {
		c.Period = 100 * time.Millisecond
	}
	switch {
	case c.Sequencer == nil:
		return nil, fmt.Errorf("a sequencer is required: %w", ErrConfig)
	case c.Horizon < 0 || c.Horizon > 10_000:
		return nil, fmt.Errorf("%d intervals open at a time: use 1 to 10000: %w", c.Horizon, ErrConfig)
	case c.GateLead < 0 || c.CatchUp < 0 || c.Period < 0:
		return nil, fmt.Errorf("gate lead, catch-up and period cannot be negative: %w", ErrConfig)
	}
	return &Clockwork{c}, nil
}

// Run keeps the gates until ctx is done, and returns ctx's error. While the market takes no commands it waits.
func (k *Clockwork) Run(ctx context.Context) error {
	tick := time.NewTicker(k.config.Period)
	defer tick.Stop()
	for {
		if err := k.step(ctx); err != nil && problem.KindOf(err) != problem.Unavailable && ctx.Err() == nil {
			return fmt.Errorf("gates of zone %s: %w", k.config.Sequencer.config.Rules.Zone, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// step does what is due now.
func (k *Clockwork) step(ctx context.Context) error {
	s := k.config.Sequencer
	for {
		gates, err := s.Gates()
		if err != nil {
			return err
		}
		commands := k.due(gates, s.config.Now())
		if len(commands) == 0 {
			return nil
		}
		events, err := s.Submit(ctx, commands...)
		if err != nil {
			return err
		}
		refused := false
		for _, of := range events {
			k.tell(ctx, of)
			refused = refused || of[0].Kind == exchange.Refused
		}
		if refused {
			return nil // the market knows better than Gates said: look again later
		}
	}
}

// due lists what the market should be told at a time, oldest interval first, a bounded part of it.
func (k *Clockwork) due(gates Gates, now time.Time) []exchange.Command {
	var due []exchange.Command
	add := func(kind exchange.CommandKind, iv energy.Interval) {
		due = append(due, exchange.Command{Kind: kind, Interval: iv})
	}
	for _, iv := range gates.Open {
		if k.shut(iv, now) && len(due) < maxStep {
			add(exchange.CloseGate, iv)
		}
	}
	if gates.Expiry != 0 && gates.Expiry <= now.UnixMilli() {
		due = append(due, exchange.Command{Kind: exchange.PassTime})
	}
	next := energy.IntervalAt(now.Add(k.config.GateLead), k.config.Sequencer.config.Rules.Length).Next() // first with its gate open
	first := next
	if gates.Newest.Valid() {
		first = gates.Newest.Next()
		if oldest := next.Add(-k.config.CatchUp); first.Compare(oldest) < 0 {
			first = oldest
		}
	}
	for iv := first; iv.Compare(next.Add(k.config.Horizon)) < 0 && len(due) < maxStep; iv = iv.Next() {
		add(exchange.OpenBook, iv)
		if k.shut(iv, now) {
			add(exchange.CloseGate, iv)
		}
	}
	return due
}

// shut reports whether the gate of iv is to be closed at a time.
func (k *Clockwork) shut(iv energy.Interval, now time.Time) bool {
	return !now.Before(iv.Start().Add(-k.config.GateLead))
}

// tell logs what a command of the clockwork led to.
func (k *Clockwork) tell(ctx context.Context, events []exchange.Event) {
	log, last := k.config.Sequencer.config.Log, events[len(events)-1]
	interval := slog.String("interval", last.Interval.String())
	switch last.Kind {
	case exchange.GateClosed:
		log.LogAttrs(ctx, slog.LevelInfo, "gate closed", interval, slog.Int("expired", len(events)-1))
	case exchange.Refused:
		log.LogAttrs(ctx, slog.LevelWarn, "gate command refused", interval, slog.String("reason", last.Reason.String()))
	}
}
