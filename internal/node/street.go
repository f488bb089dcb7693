package node

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/exchange/autopilot"
	"github.com/wattle/wattle/exchange/sequencer"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/embed"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/agent"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/oracle/ocr"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/clerk"
	"github.com/wattle/wattle/settlement/ledger"
	"github.com/wattle/wattle/sim"
	"github.com/wattle/wattle/web"
)

// street is a running demo: one zone with everything that works for it.
type street struct {
	*engines
	config   DemoConfig
	dir      *embed.Dir
	log      *slog.Logger
	clock    *Clock
	founding Founding
	length   energy.Length
	homes    []home
	ledger   *ledger.Ledger
	chain    *chain.Chain
	quorum   oracle.Quorum
	attested attested
	page     *web.Server
	began    time.Time     // of the program, by the wall
	ready    time.Duration // from began until the street lived
	first    time.Duration // from ready until the first settlement of this run
	settled  int           // intervals that this run settled
	faults   map[string]context.CancelFunc
}

// errEnough ends a demo that has settled as many intervals as it was asked to.
var errEnough = errors.New("enough intervals settled")

// Demo runs the street until ctx is done or the intervals asked for are settled. The summary goes to stdout, everything
// else to stderr.
func Demo(ctx context.Context, c DemoConfig, stdout, stderr io.Writer) (err error) {
	began := time.Now()
	if err := c.Validate(); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("--listen %s: %v: %w", c.Listen, err, problem.New(problem.Conflict, "choose another address, or stop who uses it"))
	}
	defer listener.Close()
	dir, err := embed.OpenDir(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	s := &street{config: c, dir: dir, log: log, began: began, faults: map[string]context.CancelFunc{}}
	if err := s.found(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	err = s.run(ctx, listener, stderr)
	if errors.Is(err, errEnough) {
		return s.summarise(ctx, stdout)
	}
	if ctx.Err() != nil {
		return nil // stopped on request
	}
	return err
}

// found opens the street in the data directory: founding, clock, homes and engines. On error nothing is left running.
func (s *street) found(ctx context.Context) (err error) {
	secrets, err := private(s.dir, "secrets")
	if err != nil {
		return err
	}
	if s.founding, err = s.config.found(secrets); err != nil {
		return err
	}
	if s.length, err = energy.LengthOf(s.founding.Interval); err != nil {
		return err
	}
	if s.clock, err = OpenClock(secrets, s.founding.Start, s.config.Speed); err != nil {
		return err
	}
	neighbourhood, err := sim.New(sim.Config{Seed: s.founding.Seed, Homes: s.founding.Homes, Start: s.founding.Start, Latitude: latitude, Longitude: longitude})
	if err != nil {
		return err
	}
	if _, err := private(s.dir, "outbox"); err != nil {
		return err
	}
	if s.homes, err = simulatedHomes(neighbourhood, s.clock.Now); err != nil {
		return err
	}
	for i, url := range s.config.Devices {
		h, err := deviceHome(ctx, url, i+1)
		if err != nil {
			return err
		}
		s.homes = append(s.homes, h)
	}
	if err := s.checkFaults(); err != nil {
		return err
	}
	seed, err := openSecret(secrets)
	if err != nil {
		return err
	}
	operator, err := s.config.operator(seed)
	if err != nil {
		return err
	}
	urls := engineURLs{s.config.DatabaseURL, s.config.NATSURL, s.config.ChainURL, s.config.PostgresBin}
	if s.engines, err = openEngines(ctx, s.dir, urls, crypto.PubkeyToAddress(operator.PublicKey), s.log); err != nil {
		return err
	}
	s.ledger = ledger.New(s.db, streetZone)
	s.chain, err = chain.Open(ctx, chain.Config{Client: s.eth, Key: operator, DB: s.db, Log: s.log, Poll: 100 * time.Millisecond})
	if err != nil {
		return errors.Join(err, s.close())
	}
	return nil
}

func (c DemoConfig) operator(seed secret) (*ecdsa.PrivateKey, error) {
	if c.OperatorKey == "" {
		return seed.operator()
	}
	key, err := crypto.LoadECDSA(c.OperatorKey)
	if err != nil {
		return nil, fmt.Errorf("--operator-key %s: %v: %w", c.OperatorKey, err, ErrConfig)
	}
	return key, nil
}

// checkFaults refuses a fault that names nothing of this street.
func (s *street) checkFaults() error {
	known := map[string]bool{}
	for i := range oracleCount {
		known[oracleName(i)] = true
	}
	for _, h := range s.homes {
		known[string(h.page.Member)] = h.serve != nil
	}
	for _, f := range s.config.Faults {
		if !known[f] {
			return fmt.Errorf("--fault %s: name one of oracle-1 to oracle-%d or a simulated home such as home-03: %w", f, oracleCount, ErrConfig)
		}
	}
	return nil
}

// run installs what is missing, starts every driver and works until one of them ends.
func (s *street) run(ctx context.Context, listener net.Listener, stderr io.Writer) error {
	seed, err := openSecret(s.dir.Path("secrets"))
	if err != nil {
		return err
	}
	registry, genesis, err := s.register(ctx, seed)
	if err != nil {
		return err
	}
	keys, err := oracleKeys(s.dir.Path("secrets"), seed.passphrase())
	if err != nil {
		return err
	}
	contracts, nodes, err := s.install(ctx, keys, registry, genesis)
	if err != nil {
		return err
	}
	if err := s.openPage(contracts); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	launch := func(work func(context.Context) error) { group.Go(func() error { return work(ctx) }) }
	if err := s.startMarket(ctx, launch); err != nil {
		return errors.Join(err, group.Wait())
	}
	s.startOracles(ctx, group, nodes)
	if err := s.startHomes(ctx, group, seed); err != nil {
		return err
	}
	if err := s.startClerk(launch); err != nil {
		return err
	}
	s.startPage(launch, listener)
	launch(func(ctx context.Context) error { return s.watch(ctx, nodes) })
	if err := s.clock.Start(); err != nil {
		return err
	}
	launch(s.clock.Run)
	s.ready = time.Since(s.began)
	fmt.Fprintf(stderr, "\n  The street lives: http://%s\n  %d homes, %d oracles, %s intervals, %d times as fast as the wall. Data: %s\n\n",
		listener.Addr(), len(s.homes), oracleCount, s.founding.Interval, s.config.Speed, s.config.Data)
	return group.Wait()
}

// register enrols every home and returns what the oracles may know of them.
func (s *street) register(ctx context.Context, seed secret) (oracle.Registry, energy.Interval, error) {
	zone, err := s.ledger.Found(ctx, ledger.Zone{Length: s.length, Genesis: energy.IntervalAt(s.founding.Start.Add(-time.Second), s.length)})
	if err != nil {
		return oracle.Registry{}, energy.Interval{}, err
	}
	var registrations []oracle.Registration
	for _, h := range s.homes {
		m := h.member([32]byte(seed.device(h.page.Meter)[32:]))
		if err := s.ledger.Enrol(ctx, m); err != nil {
			return oracle.Registry{}, energy.Interval{}, err
		}
		registrations = append(registrations, m.Meter)
	}
	registry, err := oracle.NewRegistry(streetZone, s.length, readingDeadline(s.length, s.config.Speed), registrations)
	return registry, zone.Genesis, err
}

// install puts the contracts on chain, unless they are, and makes the oracles.
func (s *street) install(ctx context.Context, keys []ocr.Keys, registry oracle.Registry, genesis energy.Interval) ([]web.Contract, []*ocr.Node, error) {
	if err := s.chain.Resume(ctx); err != nil {
		return nil, nil, err
	}
	contracts, err := s.chain.Deploy(ctx)
	if err != nil {
		return nil, nil, err
	}
	members, err := s.ledger.Members(ctx)
	if err != nil {
		return nil, nil, err
	}
	var nameplate energy.Watts
	for _, m := range members {
		nameplate += m.Meter.MaxExport
	}
	if err := s.chain.RegisterZone(ctx, streetZone, nameplate); err != nil {
		return nil, nil, err
	}
	setup := ocr.Setup{Zone: streetZone, Genesis: genesis, Faulty: oracleFaulty, Timing: ocr.DefaultTiming}
	for _, k := range keys {
		setup.Oracles = append(setup.Oracles, k.Identity())
	}
	capability, quorum, err := ocr.Install(ctx, s.chain, s.eth, setup)
	if err != nil {
		return nil, nil, err
	}
	if err := s.chain.SetOracles(ctx, quorum); err != nil {
		return nil, nil, err
	}
	s.quorum = quorum
	nodes, err := s.oracles(keys, capability, registry)
	return []web.Contract{{Name: "Hub", Address: contracts.Hub[:]}, {Name: "Energy token", Address: contracts.Token[:]},
		{Name: "Oracle configuration", Address: capability[:]}}, nodes, err
}

func (s *street) openPage(contracts []web.Contract) (err error) {
	var homes []web.Home
	for _, h := range s.homes {
		homes = append(homes, h.page)
	}
	s.page, err = web.New(web.Config{Source: source{s.ledger, s.quorum}, Now: s.clock.Now, Log: s.log, Street: web.Street{
		Zone: streetZone, Interval: s.length, GateLead: gateLead(s.length), Speed: s.config.Speed, Currency: "EUR", TimeZone: "Europe/Vienna",
		ImportPrice: demoTariff.Import, ExportPrice: demoTariff.Export, Contracts: contracts, Homes: homes}})
	return err
}

// startMarket starts the sequencer, the gates and the autopilot.
func (s *street) startMarket(ctx context.Context, launch func(func(context.Context) error)) error {
	seq, err := sequencer.New(sequencer.Config{Rules: demoRules(s.length), Bus: s.bus, Now: s.clock.Now, Log: s.log})
	if err != nil {
		return err
	}
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
	launch(pilot.Run)
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

// startOracles starts the group, each oracle with its own reader of the readings, so that one can be stopped alone.
func (s *street) startOracles(ctx context.Context, group *errgroup.Group, nodes []*ocr.Node) {
	group.Go(func() error { return s.attested.follow(ctx, s.bus, streetZone) })
	for i, node := range nodes {
		alone := s.stoppable(ctx, oracleName(i))
		group.Go(func() error { return unlessStopped(alone, ctx, node.Run(alone)) })
		group.Go(func() error { return unlessStopped(alone, ctx, s.feed(alone, node)) })
	}
}

// startHomes starts every home's Modbus server and agent.
func (s *street) startHomes(ctx context.Context, group *errgroup.Group, seed secret) error {
	for _, h := range s.homes {
		work := s.agentOf(h, seed.device(h.page.Meter))
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

func (s *street) startClerk(launch func(func(context.Context) error)) error {
	c, err := clerk.New(clerk.Config{Zone: streetZone, Tariff: demoTariff, Ledger: s.ledger, Chain: zoneChain{s.chain, s.eth, streetZone},
		Bus: s.bus, Settled: s.afterSettlement, Log: s.log, Confirmations: s.config.confirmations()})
	if err != nil {
		return err
	}
	launch(c.Run)
	return nil
}

// confirmations is how deep a mint must lie before it is final: the embedded chain seals a block only once, an external
// one may take a few back.
func (c DemoConfig) confirmations() uint64 {
	if c.ChainURL == "" {
		return 0
	}
	return 12
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
		homes = append(homes, autopilot.Home{Member: h.page.Member, Meter: h.page.Meter, SellAtLeast: demoTariff.Export, BuyAtMost: demoTariff.Import})
	}
	slices.SortFunc(homes, func(a, b autopilot.Home) int { return strings.Compare(string(a.Member), string(b.Member)) })
	return autopilot.New(autopilot.Config{Rules: demoRules(s.length), Tariff: autopilot.Tariff{Import: demoTariff.Import, Export: demoTariff.Export},
		GateLead: gateLead(s.length), Homes: homes, Submit: seq.Submit, Now: s.clock.Now, Log: s.log})
}

// close stops the engines.
func (s *street) close() error { return s.engines.close() }
