package sequencer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
	"github.com/wattle/wattle/internal/problem"
)

var rules = exchange.Rules{
	Zone: "street", Length: energy.FifteenMinutes, MinPrice: 0, MaxPrice: 500_000, Tick: 100, MaxQuantity: 50_000,
}

// testClock is set by hand.
type testClock struct{ milli atomic.Int64 }

func newClock() *testClock {
	c := &testClock{}
	c.milli.Store(time.Date(2026, 6, 21, 9, 50, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *testClock) Now() time.Time          { return time.UnixMilli(c.milli.Load()).UTC() }
func (c *testClock) advance(d time.Duration) { c.milli.Add(d.Milliseconds()) }

// newSequencer returns one that knows no lease: nothing but the log keeps two of them apart.
func newSequencer(t testing.TB, b *bus.Bus, clock *testClock, r exchange.Rules) *Sequencer {
	t.Helper()
	s, err := New(Config{Rules: r, Bus: b, Now: clock.Now, Log: slog.New(slog.DiscardHandler), Lease: -1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start runs s until the test ends or stop is called, which returns what Run returned.
func start(t testing.TB, s *Sequencer) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- s.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-result
	})
	t.Cleanup(func() { stop() })
	waiting, done := context.WithTimeout(t.Context(), 20*time.Second)
	defer done()
	if err := s.Wait(waiting); err != nil {
		t.Fatalf("the sequencer is not ready: %v, %v", err, stop())
	}
	return stop
}

func interval(n int) energy.Interval {
	return energy.IntervalAt(time.Date(2026, 6, 21, 10, 0, 0, 0, time.UTC), energy.FifteenMinutes).Add(n)
}

func open(n int) exchange.Command {
	return exchange.Command{Kind: exchange.OpenBook, Interval: interval(n)}
}

func order(member string, id int, side exchange.Side, price energy.Price, quantity energy.WattHours) exchange.Command {
	c := exchange.Command{Kind: exchange.Place, Interval: interval(0), Member: energy.Member(member), Side: side, Price: price, Quantity: quantity}
	copy(c.ClientID[:], fmt.Sprintf("%016d", id))
	return c
}

// published reads the whole market log as a follower does: by the chain, into a view.
func published(t testing.TB, b *bus.Bus) []exchange.Event {
	t.Helper()
	var all []exchange.Event
	view, last := exchange.NewView(100), chain{}
	_, err := b.Replay(t.Context(), bus.MarketSubject(rules.Zone), 1, func(m bus.Message) error {
		message, err := exchange.DecodeMessage(m.Data)
		if err != nil {
			return err
		}
		if message.Number != last.number+1 || message.Previous != last.digest {
			return fmt.Errorf("message %d does not follow %d", message.Number, last.number)
		}
		last = chain{number: message.Number, digest: exchange.DigestOf(m.Data)}
		for _, e := range message.Events {
			if err := view.Fold(e); err != nil {
				return err
			}
		}
		all = append(all, message.Events...)
		return nil
	})
	if err != nil {
		t.Fatalf("market log: %v", err)
	}
	return all
}

func recovered(t testing.TB, s *Sequencer) *writer {
	t.Helper()
	w, err := s.recover(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// commit does one step of a running sequencer: a batch of commands through both logs.
func commit(ctx context.Context, s *Sequencer, w *writer, commands ...exchange.Command) error {
	return s.flow(ctx, w, w.message, func(_ context.Context, durable chan<- batch) error {
		b := batch{requests: []request{{commands: commands, reply: make(chan reply, 1)}}}
		err := s.commit(ctx, w, &b)
		if err == nil {
			b.end = w.batch
			durable <- b
		}
		return err
	})
}

// randomOrders are commands of a small street.
func randomOrders(seed uint64, n int) []exchange.Command {
	rng := rand.New(rand.NewPCG(seed, 2))
	commands := []exchange.Command{open(0), open(1)}
	for i := range n {
		c := order(fmt.Sprintf("home-%d", rng.IntN(6)), int(seed)*1_000_000+i/2+1, exchange.Side(1+rng.IntN(2)), energy.Price(1000+rng.IntN(20))*100, energy.WattHours(1+rng.IntN(900)))
		c.Interval = interval(rng.IntN(2))
		if rng.IntN(4) == 0 {
			c = exchange.Command{Kind: exchange.Cancel, Member: c.Member, ClientID: c.ClientID}
		}
		commands = append(commands, c)
	}
	return commands
}

func TestAnswersAreWhatTheMarketLogSays(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	s := newSequencer(t, b, clock, rules)
	stop := start(t, s)
	var answered []exchange.Event
	for _, c := range randomOrders(1, 200) {
		clock.advance(7 * time.Millisecond)
		events, err := s.Submit(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		answered = append(answered, events[0]...)
	}
	if err := stop(); !errors.Is(err, context.Canceled) {
		t.Errorf("run ended with %v, want canceled", err)
	}
	logged := published(t, b)
	if len(logged) != len(answered) {
		t.Fatalf("%d events in the log, want the %d answered", len(logged), len(answered))
	}
	trades := 0
	for i, want := range answered {
		if logged[i] != want {
			t.Fatalf("event %d: got %+v, want %+v", i, logged[i], want)
		}
		if want.Kind == exchange.Traded {
			trades++
		}
	}
	if trades == 0 {
		t.Error("nothing traded: the test shows less than it says")
	}
}

func TestSecondWriterIsFenced(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	old, young := newSequencer(t, b, clock, rules), newSequencer(t, b, clock, rules)
	stopOld := start(t, old)
	start(t, young)
	if _, err := young.Submit(t.Context(), open(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := old.Submit(t.Context(), open(1)); !errors.Is(err, ErrNotRunning) || problem.KindOf(err) != problem.Unavailable {
		t.Errorf("submit to the slower writer: got %v, want ErrNotRunning", err)
	}
	if err := stopOld(); !errors.Is(err, bus.ErrFenced) {
		t.Errorf("the slower writer ended with %v, want ErrFenced", err)
	}
	if _, err := old.Submit(t.Context(), open(1)); !errors.Is(err, ErrNotRunning) {
		t.Errorf("submit after the end: got %v, want ErrNotRunning", err)
	}
	if _, err := young.Submit(t.Context(), open(1)); err != nil {
		t.Errorf("the faster writer stopped too: %v", err)
	}
}

func TestManySubmitters(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	s := newSequencer(t, b, clock, rules)
	stop := start(t, s)
	if _, err := s.Submit(t.Context(), open(0)); err != nil {
		t.Fatal(err)
	}
	const submitters, each = 40, 25
	var group sync.WaitGroup
	var mutex sync.Mutex
	seen := map[uint64]bool{}
	for n := range submitters {
		group.Go(func() {
			member := fmt.Sprintf("home-%02d", n)
			for i := range each {
				pair := []exchange.Command{order(member, 2*i+1, exchange.Sell, 180_000, 10), order(member, 2*i+2, exchange.Buy, 100_000, 10)}
				events, err := s.Submit(t.Context(), pair...)
				if err != nil {
					t.Error(err)
					return
				}
				mutex.Lock()
				for j, of := range events {
					if of[0].Member != pair[j].Member || of[0].ClientID != pair[j].ClientID || of[0].Kind != exchange.Accepted {
						t.Errorf("answer %s for %s, want accepted for %s", of[0].Kind, of[0].Member, member)
					}
					seen[of[0].Sequence] = true
				}
				if events[1][0].Sequence != events[0][0].Sequence+1 {
					t.Errorf("commands of one call got places %d and %d", events[0][0].Sequence, events[1][0].Sequence)
				}
				mutex.Unlock()
			}
		})
	}
	group.Wait()
	stop()
	if got, want := len(seen), submitters*each*2; got != want {
		t.Errorf("%d different places in the log, want %d", got, want)
	}
	last, _, err := b.LastOf(t.Context(), bus.OrderSubject(rules.Zone))
	if err != nil {
		t.Fatal(err)
	}
	if limit := uint64(submitters * each / 2); last.Sequence > limit {
		t.Errorf("%d batches for %d calls, want at most %d: nothing is gathered", last.Sequence, submitters*each, limit)
	}
}

func TestOrderSentTwiceIsPlacedOnceAcrossRestarts(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	sell := order("maria", 1, exchange.Sell, 180_000, 500)
	first := uint64(0)
	for round := range 3 {
		s := newSequencer(t, b, clock, rules)
		stop := start(t, s)
		events, err := s.Submit(t.Context(), open(round), sell)
		if err != nil {
			t.Fatal(err)
		}
		e := events[1][0]
		if round == 0 {
			first = e.Order
			if e.Kind != exchange.Accepted {
				t.Fatalf("first time: %s, want accepted", e.Kind)
			}
		} else if e.Kind != exchange.Refused || e.Reason != exchange.DuplicateID || e.Order != first || e.Rest != 500 {
			t.Errorf("again: %s %s order %d rest %s, want refused duplicate-id order %d rest 500Wh", e.Kind, e.Reason, e.Order, e.Rest, first)
		}
		stop()
	}
}

func TestTimeNeverGoesBack(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	s := newSequencer(t, b, clock, rules)
	start(t, s)
	before, err := s.Submit(t.Context(), open(0))
	if err != nil {
		t.Fatal(err)
	}
	clock.advance(-time.Hour)
	after, err := s.Submit(t.Context(), open(1))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := after[0][0].Time, before[0][0].Time; got != want || after[0][0].Kind != exchange.BookOpened {
		t.Errorf("after the clock went back: %s at %d, want opened at %d", after[0][0].Kind, got, want)
	}
}

func TestSubmitRefuses(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	s := newSequencer(t, b, clock, rules)
	if _, err := s.Submit(t.Context(), open(0)); !errors.Is(err, ErrNotRunning) {
		t.Errorf("before run: got %v, want ErrNotRunning", err)
	}
	if _, err := s.Gates(); !errors.Is(err, ErrNotRunning) {
		t.Errorf("gates before run: got %v, want ErrNotRunning", err)
	}
	start(t, s)
	if err := s.Run(t.Context()); !errors.Is(err, ErrBusy) {
		t.Errorf("second run: got %v, want ErrBusy", err)
	}
	if _, err := s.Submit(t.Context(), make([]exchange.Command, exchange.MaxBatch+1)...); !errors.Is(err, ErrTooMany) {
		t.Errorf("too many: got %v, want ErrTooMany", err)
	}
	if _, err := s.Submit(t.Context(), exchange.Command{Kind: exchange.Cancel, Member: "Not A Name"}); !errors.Is(err, exchange.ErrMalformed) {
		t.Errorf("a member that is none: got %v, want ErrMalformed", err)
	}
	if events, err := s.Submit(t.Context()); events != nil || err != nil {
		t.Errorf("nothing: got %v, %v, want nothing", events, err)
	}
	if _, err := New(Config{Rules: rules}); !errors.Is(err, ErrConfig) {
		t.Errorf("no bus: got %v, want ErrConfig", err)
	}
}
