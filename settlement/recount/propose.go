package recount

import (
	"bytes"
	"context"
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement"
)

// Counts reports whether the turn of a batch was counted.
func (f *Follower) Counts(k settlement.Key) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count.Balances().Counts(k)
}

// Read lends the balances for reading while f runs.
func (f *Follower) Read(read func(*settlement.Balances)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	read(f.count.Balances())
}

// Propose counts the turn of a batch and puts its notice on the log, see settlement.Recount. It returns an error of kind unavailable while something that the turn depends on is
// missing. For the operator alone.
func (f *Follower) Propose(ctx context.Context, k settlement.Key, payouts []settlement.Payout, released map[energy.Member]energy.Money) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.current(ctx); err != nil {
		return err
	}
	block, err := f.Chain.Final(ctx)
	if err != nil {
		return err
	}
	entries, err := f.entries(ctx, block)
	if err != nil {
		return err
	}
	n, err := f.count.Propose(k, block, entries, payouts, released)
	if err != nil {
		return err
	}
	if err := f.publish(ctx, settlement.AppendNotice(nil, n)); err != nil {
		f.again() // the turn was counted, and is not on the log
		return err
	}
	return f.Counted(n, entries)
}

// current makes sure that every notice on the log was counted.
func (f *Follower) current(ctx context.Context) error {
	newest, ok, err := f.Bus.LastOf(ctx, bus.TurnSubject(f.Zone))
	if err != nil {
		return err
	}
	if ok && newest.Sequence > f.last {
		return fmt.Errorf("notice at %d is not counted yet: %w", newest.Sequence, settlement.ErrPending)
	}
	return nil
}

// publish appends a notice behind the last, and finds out what happened where the answer is lost.
func (f *Follower) publish(ctx context.Context, notice []byte) error {
	subject := bus.TurnSubject(f.Zone)
	for {
		sequence, err := f.Bus.Append(ctx, subject, f.last, notice)
		if err == nil {
			f.last = sequence
			return nil
		}
		newest, ok, lookErr := f.Bus.LastOf(ctx, subject)
		switch {
		case lookErr == nil && ok && newest.Sequence > f.last && bytes.Equal(newest.Data, notice):
			f.last = newest.Sequence
			return nil
		case problem.KindOf(err) != problem.Unavailable:
			return fmt.Errorf("publish notice: %w", err)
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}
