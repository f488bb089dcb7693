package node

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/ledger"
)

const (
	// memberHold is the part of the deposit that covers what a member's orders may cost; the rest can be withdrawn.
	memberHold = memberDeposit / 2

	// depositReader and collateralReader name, in the ledger, how far the chain's blocks and the ledger's own entries were
	// read.
	depositReader    = "chain/deposits"
	collateralReader = "market/collateral"

	// depositEvery is the pause between two looks, in wall time.
	depositEvery = 500 * time.Millisecond

	// maxCollateral bounds the entries of the ledger told to the market at once.
	maxCollateral = 100
)

// bookDeposits enters deposits into the ledger once their block is final, and holds a part as collateral.
func (s *street) bookDeposits(ctx context.Context) error {
	watch := s.chain.Watch()
	return s.every(ctx, "deposits", func() error {
		after, err := s.ledger.Position(ctx, depositReader)
		if err != nil {
			return err
		}
		p, err := watch.Look(ctx)
		if err != nil || p.Final <= after {
			return err
		}
		entries, err := s.chain.Entries(ctx, streetZone, after, p.Final)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Kind == settlement.Deposited && e.Account.Kind == settlement.MemberAccount {
				if err := s.bookDeposit(ctx, e); err != nil {
					return err
				}
			}
		}
		return s.ledger.Skip(ctx, depositReader, p.Final)
	})
}

// bookDeposit enters one deposit, once.
func (s *street) bookDeposit(ctx context.Context, e settlement.ChainEntry) error {
	id := fmt.Sprintf("block %d event %d", e.Place.Block, e.Place.Index)
	at := s.clock.Now().Unix()
	booked, err := s.ledger.Booked(ctx, ledger.Deposit, id)
	if err == nil && !booked {
		err = s.ledger.Deposit(ctx, ledger.Payment{ID: id, Member: e.Account.Owner, Amount: e.Amount, At: at})
	}
	if problem.KindOf(err) == problem.NotFound { // anybody can pay in for a name that nobody has
		s.log.LogAttrs(ctx, slog.LevelWarn, "deposit for nobody", slog.String("deposit", id))
		return nil
	}
	if err != nil {
		return err
	}
	hold := "market " + string(e.Account.Owner)
	held, err := s.ledger.Booked(ctx, ledger.Hold, hold+"/0")
	if err != nil || held || e.Amount < memberHold {
		return err
	}
	return s.ledger.Hold(ctx, ledger.HoldStep{Hold: hold, Member: e.Account.Owner, Amount: memberHold, At: at})
}

// coverOrders tells the market what members may owe, as the ledger says. It closes s.covered when everybody's deposit is
// there.
func (s *street) coverOrders(ctx context.Context) error {
	told := map[energy.Member]bool{}
	return s.every(ctx, "collateral", func() error {
		after, err := s.ledger.Position(ctx, collateralReader)
		if err != nil {
			return err
		}
		changes, upto, err := s.ledger.Collaterals(ctx, after, maxCollateral)
		if err != nil {
			return err
		}
		if told != nil && (len(told) >= len(s.homes) || after > 0 && len(told) == 0) { // or the street lived before
			close(s.covered)
			told = nil
		}
		if upto == after {
			return nil
		}
		var commands []exchange.Command
		for _, c := range changes {
			if told != nil {
				told[c.Member] = true
			}
			commands = append(commands, exchange.Command{Kind: exchange.SetCollateral, Member: c.Member, Amount: c.Amount, Interval: c.Interval})
		}
		for len(commands) > 0 {
			n := min(len(commands), exchange.MaxBatch)
			if _, err := s.market.Submit(ctx, commands[:n]...); err != nil {
				return err
			}
			commands = commands[n:]
		}
		return s.ledger.Skip(ctx, collateralReader, upto)
	})
}

// every repeats work until ctx is done or it fails otherwise than by an engine that is away.
func (s *street) every(ctx context.Context, what string, work func() error) error {
	for {
		if err := work(); err != nil && ctx.Err() == nil {
			if problem.KindOf(err) != problem.Unavailable {
				return fmt.Errorf("%s: %w", what, err)
			}
			s.log.LogAttrs(ctx, slog.LevelWarn, "engine unavailable, trying again", slog.String("step", what), slog.String("reason", err.Error()))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(depositEvery):
		}
	}
}
