//go:build linux

package powercut

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/exchange/sequencer"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/embed"
)

// The tests run this program again as a street, by these environment variables.
const (
	storeVariable = "WATTLE_TEST_STORE"
	roundVariable = "WATTLE_TEST_ROUND"
	lazyVariable  = "WATTLE_TEST_LAZY" // not empty: a message server that acknowledges before the disk has the message
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(storeVariable); dir != "" {
		if err := live(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if os.Getenv(dirVariable) == "" {
		if code, ok := inNamespace(); ok {
			os.Exit(code)
		}
	}
	os.Exit(m.Run())
}

var rules = exchange.Rules{
	Zone: "street", Length: energy.FifteenMinutes, MinPrice: 0, MaxPrice: 500_000, Tick: 100, MaxQuantity: 50_000,
}

// now stands still, before the gate of the only interval.
func now() time.Time { return time.Date(2026, 6, 21, 9, 50, 0, 0, time.UTC) }

func interval() energy.Interval {
	return energy.IntervalAt(time.Date(2026, 6, 21, 10, 0, 0, 0, time.UTC), energy.FifteenMinutes)
}

// homes trade with each other, one order after the other.
const homes = 16

// order is the n-th of a home in a round. Homes of even number buy, the others sell.
func order(home, round, n int) exchange.Command {
	c := exchange.Command{
		Kind: exchange.Place, Interval: interval(), Member: energy.Member(fmt.Sprintf("home-%02d", home)),
		Side: exchange.Side(1 + home%2), Price: 180_000, Quantity: 10,
	}
	copy(c.ClientID[:], fmt.Sprintf("%04d-%011d", round, n))
	return c
}

// connect starts a message server on a store.
func connect(dir string, lazy bool) (_ *nats.Conn, stop func(), err error) {
	if lazy {
		return connectLazily(dir)
	}
	ns, err := embed.StartNATS(embed.NATSConfig{Dir: dir, Log: loud()})
	if err != nil {
		return nil, nil, err
	}
	nc, err := ns.Connect()
	return nc, ns.Stop, err
}

// connectLazily has the library's defaults. The bus is not shown the server, so that it has to believe what it is told.
func connectLazily(dir string) (*nats.Conn, func(), error) {
	ns, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir})
	if err != nil {
		return nil, nil, err
	}
	ns.Start()
	if !ns.ReadyForConnections(20 * time.Second) {
		return nil, nil, errors.New("the message server is not ready")
	}
	nc, err := nats.Connect("", nats.InProcessServer(struct{ nats.InProcessConnProvider }{ns}))
	return nc, func() { ns.Shutdown(); ns.WaitForShutdown() }, err
}

// loud says what a person must know. That files are incomplete after a cut is none of it.
func loud() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// newSequencer has few commands between two checkpoints, so that cuts hit those too.
func newSequencer(b *bus.Bus) (*sequencer.Sequencer, error) {
	return sequencer.New(sequencer.Config{Rules: rules, Bus: b, Now: now, Log: loud(), Lease: -1, Checkpoint: 200})
}

// live is a street on a store. It prints each order that was acknowledged, and "failed" when the first was not, until its
// standard input ends.
func live(dir string) error {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // whoever started this has ended
		os.Exit(1)
	}()
	round, err := strconv.Atoi(os.Getenv(roundVariable))
	if err != nil {
		return err
	}
	nc, _, err := connect(dir, os.Getenv(lazyVariable) != "")
	if err != nil {
		return err
	}
	ctx := context.Background()
	b, err := bus.Open(ctx, nc, bus.WithStatement())
	if err != nil {
		return err
	}
	s, err := newSequencer(b)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	var failed sync.Once
	for home := range homes {
		go func() {
			for n := 1; ; n++ {
				place, err := placed(ctx, s, order(home, round, n))
				for ; err != nil; place, err = placed(ctx, s, order(home, round, n)) {
					failed.Do(func() { fmt.Println("failed"); fmt.Fprintln(os.Stderr, err) })
				}
				fmt.Printf("%d %d %d\n", home, n, place)
			}
		}()
	}
	return <-ended
}

// placed sends an order and returns its place in the log. An order that is known already has kept its place.
func placed(ctx context.Context, s *sequencer.Sequencer, c exchange.Command) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := s.Wait(ctx); err != nil {
		return 0, err
	}
	events, err := s.Submit(ctx, exchange.Command{Kind: exchange.OpenBook, Interval: interval()}, c)
	if err != nil {
		return 0, err
	}
	e := events[1][0]
	if e.Kind != exchange.Accepted && e.Reason != exchange.DuplicateID || e.Order == 0 {
		return 0, fmt.Errorf("%s %s: %s, want accepted or known already", c.Member, c.ClientID, e.Reason.Sentence())
	}
	return e.Order, nil
}

// identity is what an order is known by.
type identity struct {
	member energy.Member
	client exchange.ClientID
}

func identityOf(c exchange.Command) identity { return identity{c.Member, c.ClientID} }

// street is the process of live.
type street struct {
	*exec.Cmd
	log    strings.Builder // to be read when it has ended
	first  chan struct{}   // closed with the first acknowledgement
	many   chan struct{}   // closed with the 500th
	failed chan struct{}   // closed with the first order that was not acknowledged
	ended  chan struct{}   // closed when all it said is read

	mutex  sync.Mutex
	places map[identity]uint64 // acknowledged
}

// startStreet starts one on the store, which ends with the test at the latest.
func startStreet(t *testing.T, store string, round int, lazy bool) *street {
	t.Helper()
	s := &street{Cmd: exec.Command(os.Args[0]), first: make(chan struct{}), many: make(chan struct{}), failed: make(chan struct{}), ended: make(chan struct{}), places: map[identity]uint64{}}
	s.Env = append(os.Environ(), storeVariable+"="+store, roundVariable+"="+strconv.Itoa(round))
	if lazy {
		s.Env = append(s.Env, lazyVariable+"=1")
	}
	s.Stderr = &s.log
	if _, err := s.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	output, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	go s.listen(output, round)
	t.Cleanup(s.kill)
	return s
}

func (s *street) listen(output io.Reader, round int) {
	defer close(s.ended)
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if lines.Text() == "failed" {
			close(s.failed)
			continue
		}
		var home, n int
		var place uint64
		if _, err := fmt.Sscan(lines.Text(), &home, &n, &place); err != nil {
			continue // the end of a line was cut off
		}
		s.mutex.Lock()
		s.places[identityOf(order(home, round, n))] = place
		count := len(s.places)
		s.mutex.Unlock()
		switch count {
		case 1:
			close(s.first)
		case 500:
			close(s.many)
		}
	}
}

// acknowledged is a copy of what is known by now.
func (s *street) acknowledged() map[identity]uint64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return maps.Clone(s.places)
}

// kill is a kill -9.
func (s *street) kill() {
	if s.ProcessState == nil {
		_ = s.Process.Kill() // fails only if it has ended
		<-s.ended
		_ = s.Wait() // says that it was killed
	}
}
