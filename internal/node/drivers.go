package node

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/exchange/autopilot"
	"github.com/wattle/wattle/exchange/sequencer"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/agent"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/oracle/ocr"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/clerk"
)

// startMarket starts the sequencer, the gates and the autopilot.
func (s *street) startMarket(ctx context.Context, launch func(func(context.Context) error)) error {
	config := sequencer.Config{Rules: demoRules(s.length), Bus: s.bus, Now: s.clock.Now, Log: s.log}
	if s.config.NATSURL == "" {
		config.Lease = -1 // the lock of the data directory keeps a second market out, and needs no time to expire
	}
	seq, err := sequencer.New(config)
	if err != nil {
		return err
	}
	s.market = seq
	gates, err := sequencer.NewClockwork(sequencer.ClockworkConfig{Sequencer: seq, Horizon: horizon, GateLead: gateLead(s.length)})
	if err != nil {
		return err
	}
	pilot, err := s.autopilot(seq)
	if err != nil {
		return err
	}
	launch(seq.Run)
	if err := seq.Wait(ctx); err != nil {
		return err
	}
	launch(gates.Run)
	launch(func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.covered: // before that the market would refuse every order to buy
			return pilot.Run(ctx)
		}
	})
	launch(func(ctx context.Context) error { return s.followLive(ctx, pilot) })
	launch(func(ctx context.Context) error {
		return s.bus.Follow(ctx, bus.MeterSubject(streetZone, "*"), 1, func(m bus.Message) error {
			if reading, err := meter.DecodeSignedReading(m.Data); err == nil {
				pilot.Reading(reading)
			}
			return nil
		})
	})
	return nil
}

// followLive hands the live values of all homes to the page and the autopilot.
func (s *street) followLive(ctx context.Context, pilot *autopilot.Autopilot) error {
	return s.bus.FollowLive(ctx, bus.LiveSubject(streetZone, "*"), func(_ string, data []byte) error {
		var l meter.Live
		if err := json.Unmarshal(data, &l); err != nil {
			return nil // not ours; the next is a second away
		}
		s.page.Live(l)
		pilot.Live(l)
		return nil
	})
}

// startOracles starts the group, each oracle with its own reader of the readings and its own recount of settlement, so
// that one can be stopped alone.
func (s *street) startOracles(ctx context.Context, group *errgroup.Group, nodes []*ocr.Node) error {
	group.Go(func() error { return s.attested.follow(ctx, s.bus, streetZone) })
	group.Go(func() error { return s.roots.follow(ctx, s.bus, streetZone, s.quorum) })
	for i, node := range nodes {
		turns, err := s.recounts(ctx, node)
		if err != nil {
			return err
		}
		alone := s.stoppable(ctx, oracleName(i))
		group.Go(func() error { return unlessStopped(alone, ctx, node.Run(alone)) })
		group.Go(func() error { return unlessStopped(alone, ctx, s.feed(alone, node)) })
		group.Go(func() error { return unlessStopped(alone, ctx, turns.Run(alone)) })
	}
	return nil
}

// startHomes starts every home's Modbus server and agent.
func (s *street) startHomes(ctx context.Context, group *errgroup.Group) error {
	for _, h := range s.homes {
		work := s.agentOf(h, s.seed.device(h.page.Meter))
		if err := work.Validate(); err != nil {
			return err
		}
		if h.serve != nil {
			alone := s.stoppable(ctx, string(h.page.Member))
			group.Go(func() error { return unlessStopped(alone, ctx, h.serve(alone)) })
		}
		group.Go(func() error { return agent.Run(ctx, work) })
	}
	return nil
}

// stoppable is a context that a fault of that name ends.
func (s *street) stoppable(ctx context.Context, name string) context.Context {
	alone, stop := context.WithCancel(ctx)
	s.faults[name] = stop
	return alone
}

// unlessStopped forgives a part that ended because it alone was stopped.
func unlessStopped(alone, all context.Context, err error) error {
	if alone.Err() != nil && all.Err() == nil {
		return nil
	}
	return err
}

func (s *street) startClerk(ctx context.Context, launch func(func(context.Context) error)) (err error) {
	if s.turns, err = s.recount(ctx, s.log, func(settlement.Notice, []settlement.ChainEntry) error { return nil }); err != nil {
		return err
	}
	payouts, err := s.payouts()
	if err != nil {
		return err
	}
	c, err := clerk.New(clerk.Config{Zone: streetZone, Tariffs: demoTariffs, Ledger: s.ledger, Chain: zoneChain{s.chain, s.chain.Watch(), streetZone},
		Turns: s.turns, Payouts: payouts, Bus: s.bus, Settled: s.afterSettlement, Log: s.log})
	if err != nil {
		return err
	}
	launch(s.turns.Run)
	launch(s.fund)
	launch(s.bookDeposits)
	launch(s.coverOrders)
	launch(c.Run)
	return nil
}

// afterSettlement counts, breaks what is to be broken, and ends the demo when there are enough.
func (s *street) afterSettlement(settlement.Batch) error {
	s.settled++
	if s.settled == 1 {
		s.first = max(0, time.Since(s.began)-s.ready)
		for _, f := range s.config.Faults {
			s.log.LogAttrs(context.Background(), slog.LevelWarn, "stopped as asked", slog.String("part", f))
			s.faults[f]()
		}
	}
	if s.settled == s.config.Intervals {
		return errEnough
	}
	return nil
}

// startPage serves the page and keeps it up to date from the logs.
func (s *street) startPage(launch func(func(context.Context) error), listener net.Listener) {
	launch(func(ctx context.Context) error { return s.page.Run(ctx, listener) })
	launch(func(ctx context.Context) error {
		return s.bus.Follow(ctx, bus.MarketSubject(streetZone), 1, func(m bus.Message) error {
			events, err := exchange.DecodeMarketMessage(m.Data)
			if err != nil {
				return fmt.Errorf("market log at %d: %w", m.Sequence, err)
			}
			return s.page.Market(events)
		})
	})
	launch(func(ctx context.Context) error {
		return s.bus.Follow(ctx, bus.SettleSubject(streetZone), 1, func(m bus.Message) error { return s.showSettled(ctx, m) })
	})
}

func (s *street) showSettled(ctx context.Context, m bus.Message) error {
	report, err := oracle.DecodeReport(m.Data)
	if err != nil {
		return nil // anybody may write to the log; the ledger is asked for what is shown
	}
	summary, err := s.ledger.SummaryAt(ctx, report.Interval.StartUnix())
	if err != nil {
		return err
	}
	s.page.Settled(webInterval(summary))
	return nil
}

// autopilot makes the trader of all simulated homes and devices.
func (s *street) autopilot(seq *sequencer.Sequencer) (*autopilot.Autopilot, error) {
	var homes []autopilot.Home
	for _, h := range s.homes {
		homes = append(homes, autopilot.Home{Member: h.page.Member, Meter: h.page.Meter, SellAtLeast: demoTariff.Export, BuyAtMost: demoTariff.Import,
			Battery: h.battery})
	}
	slices.SortFunc(homes, func(a, b autopilot.Home) int { return strings.Compare(string(a.Member), string(b.Member)) })
	return autopilot.New(autopilot.Config{Rules: demoRules(s.length), Tariff: autopilot.Tariff{Import: demoTariff.Import, Export: demoTariff.Export, Network: demoTariff.Network},
		GateLead: gateLead(s.length), Homes: homes, Submit: seq.Submit, Now: s.clock.Now, Log: s.log})
}
