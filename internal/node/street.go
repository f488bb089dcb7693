package node

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/exchange/sequencer"
	"github.com/wattle/wattle/internal/embed"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/oracle/ocr"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/ledger"
	"github.com/wattle/wattle/settlement/recount"
	"github.com/wattle/wattle/sim"
	"github.com/wattle/wattle/web"
	"github.com/wattle/wattle/web/token"
)

// street is a running demo: one zone with everything that works for it.
type street struct {
	*engines
	config   DemoConfig
	dir      *embed.Dir
	log      *slog.Logger
	clock    *Clock
	founding Founding
	seed     secret
	length   energy.Length
	homes    []home
	ledger   *ledger.Ledger
	chain    *chain.Chain
	quorum   oracle.Quorum
	attested attested
	roots    settled
	turns    *recount.Follower // the operator's
	covered  chan struct{}     // closed when the deposits cover orders
	page     *web.Server
	market   *sequencer.Sequencer // before the page is served
	began    time.Time            // of the program, by the wall
	ready    time.Duration        // from began until the street lived
	first    time.Duration        // from ready until the first settlement of this run
	settled  int                  // intervals that this run settled
	faults   map[string]context.CancelFunc
	children []*oracleChild // oracles with processes of their own
	refused  *refusals      // in an oracle's own process
	stderr   io.Writer
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
	s := &street{config: c, dir: dir, log: log, began: began, faults: map[string]context.CancelFunc{}, covered: make(chan struct{}), stderr: stderr}
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
	if s.founding, err = s.config.plan(secrets); err != nil {
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
	if _, err := s.config.found(secrets); err != nil { // nothing is fixed for life before all that can be refused was
		return err
	}
	if _, err := private(s.dir, "outbox"); err != nil {
		return err
	}
	if s.seed, err = openSecret(secrets); err != nil {
		return err
	}
	operator, err := s.config.operator(s.seed)
	if err != nil {
		return err
	}
	urls := engineURLs{s.config.DatabaseURL, s.config.NATSURL, s.config.NATSMonitor, s.config.ChainURL, s.config.PostgresBin, s.config.NATSReplicas, ""}
	if s.config.OracleProcesses {
		urls.password = s.seed.password()
	}
	if s.engines, err = openEngines(ctx, s.dir, urls, crypto.PubkeyToAddress(operator.PublicKey), s.log); err != nil {
		return err
	}
	s.ledger = ledger.New(s.db, streetZone)
	s.chain, err = chain.Open(ctx, chain.Config{Client: s.eth, Key: operator, DB: s.db, Log: s.log, Poll: 100 * time.Millisecond,
		Confirmations: s.config.confirmations(), MaxFee: s.config.ChainMaxFee * weiPerGwei})
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
	registry, genesis, err := s.register(ctx)
	if err != nil {
		return err
	}
	keys, err := oracleKeys(s.dir.Path("secrets"), s.seed.passphrase())
	if err != nil {
		return err
	}
	contracts, nodes, err := s.install(ctx, keys, registry, genesis)
	if err != nil {
		return err
	}
	if err := s.openPage(ctx, contracts); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	if err := s.start(ctx, group, nodes, listener); err != nil {
		cancel()
		if cause := group.Wait(); cause != nil && !errors.Is(cause, context.Canceled) {
			return cause // of the part that ended first
		}
		return err
	}
	s.ready = time.Since(s.began)
	fmt.Fprintf(stderr, "\n  The street lives: http://%s\n  %d homes, %d oracles, %s intervals, %d times as fast as the wall. Data: %s\n\n",
		listener.Addr(), len(s.homes), oracleCount, s.founding.Interval, s.config.Speed, s.config.Data)
	return group.Wait()
}

// start starts every driver, and the clock when all of them work.
func (s *street) start(ctx context.Context, group *errgroup.Group, nodes []*ocr.Node, listener net.Listener) error {
	launch := func(work func(context.Context) error) { group.Go(func() error { return work(ctx) }) }
	if err := s.startMarket(ctx, launch); err != nil {
		return err
	}
	if err := s.startOracles(ctx, group, nodes); err != nil {
		return err
	}
	if err := s.startHomes(ctx, group); err != nil {
		return err
	}
	if err := s.startClerk(ctx, launch); err != nil {
		return err
	}
	s.startPage(launch, listener)
	launch(s.guard)
	launch(func(ctx context.Context) error { return s.watch(ctx, s.reporters(nodes)) })
	if err := s.clock.Start(); err != nil {
		return err
	}
	if err := s.startChildren(ctx, group); err != nil {
		return err
	}
	launch(s.clock.Run)
	return nil
}

// register enrols every home and returns what the oracles may know of them.
func (s *street) register(ctx context.Context) (oracle.Registry, energy.Interval, error) {
	zone, err := s.ledger.Found(ctx, ledger.Zone{Length: s.length, Genesis: energy.IntervalAt(s.founding.Start.Add(-time.Second), s.length)})
	if err != nil {
		return oracle.Registry{}, energy.Interval{}, err
	}
	var registrations []oracle.Registration
	for _, h := range s.homes {
		m := h.member([32]byte(s.seed.device(h.page.Meter)[32:]))
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
	contracts, err := s.chain.Deploy(ctx, chain.Terms{TestEuro: true})
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
	var nodes []*ocr.Node
	if s.config.OracleProcesses {
		err = s.oracleChildren(ctx, keys, capability, contracts, registry)
	} else {
		nodes, err = s.oracles(keys, capability, registry)
	}
	return []web.Contract{{Name: "Hub", Address: contracts.Hub[:]}, {Name: "Energy token", Address: contracts.Token[:]},
		{Name: "Oracle configuration", Address: capability[:]}}, nodes, err
}

func (s *street) openPage(ctx context.Context, contracts []web.Contract) error {
	tokens := token.New(s.db, streetZone, time.Now, or(s.config.TokenLifetime, token.DefaultLifetime))
	if err := s.issueTokens(ctx, tokens); err != nil {
		return err
	}
	var homes []web.Home
	for _, h := range s.homes {
		homes = append(homes, h.page)
	}
	var err error
	s.page, err = web.New(web.Config{Source: source{s.ledger, s.quorum}, Now: s.clock.Now, Log: s.log, Street: web.Street{
		Zone: streetZone, Interval: s.length, GateLead: gateLead(s.length), Speed: s.config.Speed, Currency: "EUR", TimeZone: "Europe/Vienna",
		ImportPrice: demoTariff.Import, ExportPrice: demoTariff.Export, Contracts: contracts, Homes: homes},
		Tokens: tokens, Wall: time.Now, Rules: demoRules(s.length),
		Submit: func(ctx context.Context, c ...exchange.Command) ([][]exchange.Event, error) {
			return s.market.Submit(ctx, c...)
		}})
	return err
}

// issueTokens keeps one token of every home in the data directory, for programs that trade for it.
func (s *street) issueTokens(ctx context.Context, tokens *token.Store) error {
	path := filepath.Join(s.dir.Path("secrets"), "api-tokens.json")
	had := map[energy.Member]string{}
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &had)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %v: %w", path, err, ErrDamaged)
	}
	var members []energy.Member
	for _, h := range s.homes {
		members = append(members, h.page.Member)
	}
	now, err := tokens.Ensure(ctx, members, web.TradeScope, "demo", had)
	if err != nil || maps.Equal(now, had) {
		return err
	}
	if text, err = json.MarshalIndent(now, "", "  "); err != nil {
		return err
	}
	return embed.WriteFile(path, append(text, '\n'))
}

// close stops the engines.
func (s *street) close() error { return s.engines.close() }
