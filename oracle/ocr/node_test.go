package ocr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/pgtest"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// patience is how long the wall clock may run before something that must happen has not.
const patience = 20 * time.Second

// clock is the street's clock, set by the test: a quarter of an hour passes in no time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// attestLog is the zone's log of attestations. It takes an interval once, as the real one does by message id, and can be away.
type attestLog struct {
	t        *testing.T
	quorum   oracle.Quorum
	mu       sync.Mutex
	away     bool
	held     map[energy.Interval]oracle.Attestation
	arrived  chan oracle.Attestation
	attempts chan energy.Interval // publications while away
}

var errAway = errors.New("the log is away")

func (l *attestLog) publish(_ context.Context, a oracle.Attestation) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.quorum.Verify(a); err != nil {
		l.t.Errorf("attestation of %s: %v", a.Report.Interval, err)
	}
	if decoded, err := oracle.DecodeAttestation(oracle.AppendAttestation(nil, a)); err != nil || decoded.Report != a.Report {
		l.t.Errorf("attestation of %s does not survive the log: %v", a.Report.Interval, err)
	}
	if l.away {
		select {
		case l.attempts <- a.Report.Interval:
		default:
		}
		return errAway
	}
	if before, ok := l.held[a.Report.Interval]; ok {
		if before.Report != a.Report {
			l.t.Errorf("two reports of %s: %+v and %+v", a.Report.Interval, before.Report, a.Report)
		}
		return nil
	}
	l.held[a.Report.Interval] = a
	l.arrived <- a
	return nil
}

func (l *attestLog) known(interval energy.Interval) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.held[interval]
	return ok
}

func (l *attestLog) setAway(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
}

// wait is the next attestation, which must be of the interval.
func (l *attestLog) wait(interval energy.Interval) oracle.Attestation {
	l.t.Helper()
	select {
	case a := <-l.arrived:
		if a.Report.Interval != interval {
			l.t.Fatalf("attested %s, want %s", a.Report.Interval, interval)
		}
		return a
	case <-time.After(patience):
		l.t.Fatalf("%s not attested within %s", interval, patience)
	}
	return oracle.Attestation{}
}

// group is four oracles with everything real but the meters: libocr over loopback, go-ethereum, PostgreSQL.
type group struct {
	*street
	clock      clock
	log        *attestLog
	roots      *rootLog
	chain      *chain
	pool       *pgxpool.Pool
	keys       []Keys
	addresses  []string
	capability common.Address
	nodes      []*Node
	stops      []func()
}

func newGroup(t *testing.T, homes int) *group {
	t.Helper()
	g := &group{street: newStreet(t, homes), chain: newChain(t), pool: pgtest.New(t)}
	g.clock.set(g.genesis.Start())
	setup, keys := newSetup(t, g.genesis, 4)
	g.keys = keys
	capability, quorum, err := Install(context.Background(), g.chain, g.chain, setup)
	if err != nil {
		t.Fatal(err)
	}
	g.capability = capability
	g.log = &attestLog{
		t: t, quorum: quorum, held: map[energy.Interval]oracle.Attestation{},
		arrived: make(chan oracle.Attestation, 100), attempts: make(chan energy.Interval, 1),
	}
	g.roots = &rootLog{t: t, quorum: quorum, held: map[uint64]oracle.Settled{}, arrived: make(chan oracle.Settled, 100), attempts: make(chan uint64, 1)}
	for range keys {
		g.addresses = append(g.addresses, freeAddress(t))
	}
	g.nodes, g.stops = make([]*Node, len(keys)), make([]func(), len(keys))
	for i := range keys {
		g.start(i)
	}
	t.Cleanup(func() {
		for i := range g.nodes {
			g.stop(i)
		}
	})
	return g
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start starts an oracle with an empty shelf: all it knows is in its database.
func (g *group) start(i int) {
	g.t.Helper()
	var peers []Peer
	for j, k := range g.keys {
		peers = append(peers, Peer{ID: k.Identity().Peer, Address: g.addresses[j]})
	}
	out := io.Discard
	if testing.Verbose() {
		out = os.Stderr
	}
	n, err := New(Config{
		Name: fmt.Sprintf("oracle-%d", i+1), Keys: g.keys[i], Listen: g.addresses[i], Peers: peers, DB: g.pool,
		Eth: g.chain, ChainID: 1337, Capability: g.capability, Registry: g.registry,
		Publish: g.log.publish, Known: g.log.known, PublishRoot: g.roots.publish, KnownRoot: g.roots.known,
		Now: g.clock.Now, Log: slog.New(slog.NewTextHandler(out, nil)),
	})
	if err != nil {
		g.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	g.nodes[i] = n
	g.stops[i] = func() {
		cancel()
		if err := <-done; err != nil {
			g.t.Errorf("%s: %v", n.config.Name, err)
		}
	}
}

func (g *group) stop(i int) {
	if g.stops[i] != nil {
		g.stops[i]()
	}
	g.nodes[i], g.stops[i] = nil, nil
}

// put gives a reading to every oracle that runs. A reading that is not valid is refused by all.
func (g *group) put(r meter.SignedReading, want error) {
	g.t.Helper()
	for _, n := range g.nodes {
		if n == nil {
			continue
		}
		if err := n.Put(r); !errors.Is(err, want) {
			g.t.Errorf("%s on reading of %s: %v, want %v", n.config.Name, r.Meter, err, want)
		}
	}
}

// pass lets an interval end and gives its readings to every oracle.
func (g *group) pass(interval energy.Interval) {
	g.t.Helper()
	g.clock.set(interval.End().Add(2 * time.Second))
	for _, r := range g.readings(interval) {
		g.put(r, nil)
	}
}

// check compares an attestation of an honest interval with what was read.
func (g *group) check(a oracle.Attestation) {
	g.t.Helper()
	want := energy.WattHours(0)
	for i := range g.registry.Meters {
		want += energy.WattHours(100 * (i + 1))
	}
	if int(a.Report.Meters) != len(g.registry.Meters) || a.Report.Export != want {
		g.t.Errorf("%s: %d meters exported %s, want %d and %s", a.Report.Interval, a.Report.Meters, a.Report.Export, len(g.registry.Meters), want)
	}
	for _, l := range a.Leaves {
		if l.Since != a.Report.Interval.StartUnix() || l.Import != 7 || l.Quality != meter.Measured {
			g.t.Errorf("%s: leaf %+v, want 7 Wh imported since the interval's start", a.Report.Interval, l)
		}
	}
}

func TestFourOraclesAttest(t *testing.T) {
	g := newGroup(t, 5)
	started := time.Now()
	interval := g.genesis
	g.pass(interval)
	for range 3 {
		interval = interval.Next()
		g.pass(interval)
		g.check(g.log.wait(interval))
	}
	t.Logf("three intervals after %s", time.Since(started))
	there := 0
	for _, n := range g.nodes {
		if s := n.Status(); s.Next == interval.Next() && s.Sequence > 0 && s.At == g.clock.Now() {
			there++
		}
	}
	if there < 3 {
		t.Errorf("%d oracles say they come to %s next, want the three that agreed at least", there, interval.Next())
	}

	g.stop(3)
	interval = interval.Next()
	g.pass(interval)
	g.check(g.log.wait(interval))
	t.Logf("one with an oracle down after %s", time.Since(started))

	g.start(3)
	g.stop(0)
	interval = interval.Next()
	g.pass(interval)
	g.check(g.log.wait(interval))
	t.Logf("one with the other back and another down after %s", time.Since(started))
}

func TestNothingIsLostWhenAllOraclesStopBeforeTheyPublish(t *testing.T) {
	g := newGroup(t, 2)
	first := g.genesis.Next()
	g.pass(g.genesis)
	g.pass(first)
	g.check(g.log.wait(first))

	g.log.setAway(true)
	g.pass(first.Next())
	select {
	case interval := <-g.log.attempts:
		if interval != first.Next() {
			t.Errorf("published %s, want %s", interval, first.Next())
		}
	case <-time.After(patience):
		t.Fatalf("nothing published within %s", patience)
	}
	// Another interval ends while the log is away: its readings are on the shelves only, and are lost with them.
	g.pass(first.Add(2))
	lost := []meter.SignedReading{g.last[home(1)], g.last[home(2)]}
	for i := range g.nodes {
		g.stop(i)
	}
	g.log.setAway(false)
	for i := range g.nodes {
		g.start(i)
	}
	g.check(g.log.wait(first.Next()))
	for _, r := range lost { // the zone's log of readings is read again after a start
		g.put(r, nil)
	}
	g.check(g.log.wait(first.Add(2)))
	g.pass(first.Add(3))
	g.check(g.log.wait(first.Add(3)))
}

func TestLiarsAreLeftOut(t *testing.T) {
	g := newGroup(t, 5)
	interval := g.genesis.Next()
	g.pass(g.genesis)

	// Home 4's reading is forged, home 5's device signs two stories, and not every oracle hears both.
	g.clock.set(interval.End().Add(2 * time.Second))
	for i := range 3 {
		r := g.sign(home(i+1), interval, energy.WattHours(100*(i+1)))
		g.last[home(i+1)] = r
		g.put(r, nil)
	}
	forged := g.sign(home(4), interval, 400)
	forged.Export += 5000
	g.put(forged, meter.ErrSignature)
	one, other := g.sign(home(5), interval, 500), g.sign(home(5), interval, 5000)
	for i, n := range g.nodes {
		told := []meter.SignedReading{one, other}
		if i == 3 {
			told = told[:1]
		}
		for _, r := range told {
			if err := n.Put(r); err != nil {
				t.Error(err)
			}
		}
	}
	g.clock.set(interval.End().Add(g.registry.Deadline)) // all wait for homes 4 and 5 until then
	a := g.log.wait(interval)
	if len(a.Leaves) != 3 || a.Leaves[2].Meter != home(3) || a.Report.Export != 600 {
		t.Errorf("attested %s of %+v, want 600Wh of homes 1 to 3", a.Report.Export, a.Leaves)
	}

	// Their next honest readings account for both intervals, from the last base that was agreed on.
	next := interval.Next()
	g.pass(next)
	a = g.log.wait(next)
	if len(a.Leaves) != 5 || a.Leaves[3].Since != interval.StartUnix() || a.Leaves[3].Export != 400 || a.Leaves[4].Since != interval.StartUnix() {
		t.Errorf("attested %+v, want five homes, 4 and 5 since %d", a.Leaves, interval.StartUnix())
	}
}

func TestNodeSaysWhatIsWrong(t *testing.T) {
	s := newStreet(t, 1)
	keys := newKeys(t)
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	good := Config{
		Name: "oracle-1", Keys: keys, Listen: busy.Addr().String(), DB: pgtest.New(t), Eth: newChain(t), ChainID: 1337,
		Peers: []Peer{{ID: keys.Identity().Peer, Address: busy.Addr().String()}}, Capability: common.Address{1}, Registry: s.registry,
		Publish: func(context.Context, oracle.Attestation) error { return nil }, Known: func(energy.Interval) bool { return false },
		PublishRoot: func(context.Context, oracle.Settled) error { return nil }, KnownRoot: func(uint64) bool { return false },
		Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	n, err := New(good)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Run(context.Background()); err == nil {
		t.Error("running on an address that is taken, want an error")
	}
	for name, change := range map[string]func(*Config){
		"name": func(c *Config) { c.Name = "" }, "keys": func(c *Config) { c.Keys = Keys{} }, "peers": func(c *Config) { c.Peers = nil },
		"peer": func(c *Config) { c.Peers = []Peer{{ID: "somebody", Address: "here"}} }, "listen": func(c *Config) { c.Listen = "here" },
		"contract": func(c *Config) { c.Capability = common.Address{} }, "registry": func(c *Config) { c.Registry = oracle.Registry{} },
		"log": func(c *Config) { c.Log = nil }, "root log": func(c *Config) { c.KnownRoot = nil },
		"meters": func(c *Config) { c.Registry.Meters = make([]oracle.Registration, MaxMeters+1) },
	} {
		c := good
		change(&c)
		if _, err := New(c); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: %v, want %v", name, err, ErrConfig)
		}
	}
}
