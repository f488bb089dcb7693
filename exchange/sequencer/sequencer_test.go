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

func newSequencer(t testing.TB, b *bus.Bus, clock *testClock, r exchange.Rules) *Sequencer {
	t.Helper()
	s, err := New(Config{Rules: r, Bus: b, Now: clock.Now, Log: slog.New(slog.DiscardHandler)})
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

func TestRestartRebuildsTheSameMarket(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	for round := range uint64(4) {
		w := recovered(t, newSequencer(t, b, clock, rules))
		s := newSequencer(t, b, clock, rules)
		for _, c := range randomOrders(round, 150) {
			clock.advance(time.Second)
			if err := s.commit(t.Context(), w, []request{{commands: []exchange.Command{c}, reply: make(chan reply, 1)}}); err != nil {
				t.Fatal(err)
			}
		}
		again := recovered(t, newSequencer(t, b, clock, rules))
		if got, want := again.market.StateHash(), w.market.StateHash(); got != want {
			t.Fatalf("round %d: state %x after restart, want %x", round, got, want)
		}
		if again.batch != w.batch || again.message != w.message {
			t.Fatalf("round %d: log ends %+v %+v after restart, want %+v %+v", round, again.batch, again.message, w.batch, w.message)
		}
	}
}

// TestCrashBetweenTheLogs stops between the order log and the market log, and between two messages of one batch.
func TestCrashBetweenTheLogs(t *testing.T) {
	for survived := range 3 {
		t.Run(fmt.Sprintf("%d messages written", survived), func(t *testing.T) {
			b, clock := bustest.Open(t), newClock()
			s := newSequencer(t, b, clock, rules)
			w := recovered(t, s)
			commit := func(commands ...exchange.Command) {
				t.Helper()
				if err := s.commit(t.Context(), w, []request{{commands: commands, reply: make(chan reply, 1)}}); err != nil {
					t.Fatal(err)
				}
			}
			commit(open(0), open(1))
			for n := 0; n < exchange.MaxResting; n += 512 {
				var many []exchange.Command
				for i := range 512 {
					here := order("maria", n+i+1, exchange.Sell, 1000, 5)
					there := order("jonas", n+i+1, exchange.Sell, 1000, 5)
					there.Interval = interval(1)
					many = append(many, here, there)
				}
				commit(many[:512]...)
				commit(many[512:]...)
			}
			last := []exchange.Command{{Kind: exchange.CloseGate, Interval: interval(0)}, {Kind: exchange.CloseGate, Interval: interval(1)}}
			for i := range last {
				last[i].Time = w.market.Time()
			}
			if err := w.appendBatch(t.Context(), last); err != nil {
				t.Fatal(err)
			}
			groups := messages(w.apply(last))
			if len(groups) != 2 {
				t.Fatalf("%d messages for the batch, want 2", len(groups))
			}
			for _, g := range groups[:survived] {
				data, next := w.seal(g)
				if err := w.publish(t.Context(), data, next); err != nil {
					t.Fatal(err)
				}
			}
			again := recovered(t, newSequencer(t, b, clock, rules))
			if got, want := again.market.StateHash(), w.market.StateHash(); got != want {
				t.Errorf("state %x, want %x", got, want)
			}
			logged := published(t, b)
			if end := logged[len(logged)-1]; end.Kind != exchange.GateClosed || end.Sequence != again.market.Sequence() {
				t.Errorf("the market log ends with %s of command %d, want closed of %d", end.Kind, end.Sequence, again.market.Sequence())
			}
		})
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

func TestLogsThatDoNotVerifyHalt(t *testing.T) {
	good := func(w *writer) exchange.Batch {
		return exchange.Batch{
			Zone: rules.Zone, Rules: rules.Digest(), Number: w.batch.number + 1, Previous: w.batch.digest, First: w.market.Sequence() + 1,
			Commands: []exchange.Command{{Kind: exchange.OpenBook, Time: w.market.Time(), Interval: interval(7)}},
		}
	}
	for name, c := range map[string]struct {
		spoil func(*exchange.Batch)
		want  error
	}{
		"hole in the numbers": {func(b *exchange.Batch) { b.Number++ }, ErrBroken},
		"another past":        {func(b *exchange.Batch) { b.Previous[3]++ }, ErrBroken},
		"command missing":     {func(b *exchange.Batch) { b.First++ }, ErrBroken},
		"another zone":        {func(b *exchange.Batch) { b.Zone = "avenue" }, ErrBroken},
		"back in time":        {func(b *exchange.Batch) { b.Commands[0].Time-- }, ErrBroken},
		"not a batch":         {func(b *exchange.Batch) { b.Commands[0].Kind = 77 }, ErrBroken},
		"other rules":         {func(b *exchange.Batch) { b.Rules[0]++ }, ErrOtherRules},
	} {
		t.Run(name, func(t *testing.T) {
			b, clock := bustest.Open(t), newClock()
			s := newSequencer(t, b, clock, rules)
			w := recovered(t, s)
			if err := s.commit(t.Context(), w, []request{{commands: []exchange.Command{open(0)}, reply: make(chan reply, 1)}}); err != nil {
				t.Fatal(err)
			}
			batch := good(w)
			c.spoil(&batch)
			if _, err := b.Append(t.Context(), bus.OrderSubject(rules.Zone), w.batch.sequence, exchange.AppendBatch(nil, batch)); err != nil {
				t.Fatal(err)
			}
			if err := newSequencer(t, b, clock, rules).Run(t.Context()); !errors.Is(err, c.want) {
				t.Errorf("run: got %v, want %v", err, c.want)
			}
		})
	}
}

func TestMarketLogThatIsNotTheOrderLogsHalts(t *testing.T) {
	for name, spoil := range map[string]func(*exchange.Message){
		"ahead of the order log": func(m *exchange.Message) { m.Number++ },
		"other events":           func(m *exchange.Message) { m.Events[0].Interval = interval(3) },
	} {
		t.Run(name, func(t *testing.T) {
			b, clock := bustest.Open(t), newClock()
			w := recovered(t, newSequencer(t, b, clock, rules))
			commands := []exchange.Command{open(0)}
			commands[0].Time = 1000
			if err := w.appendBatch(t.Context(), commands); err != nil {
				t.Fatal(err)
			}
			m := exchange.Message{Zone: rules.Zone, Number: 1, Events: w.apply(commands)[0]}
			spoil(&m)
			if _, err := b.Append(t.Context(), bus.MarketSubject(rules.Zone), 0, exchange.AppendMessage(nil, m)); err != nil {
				t.Fatal(err)
			}
			if err := newSequencer(t, b, clock, rules).Run(t.Context()); !errors.Is(err, ErrBroken) {
				t.Errorf("run: got %v, want ErrBroken", err)
			}
		})
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

func BenchmarkSubmit(b *testing.B) {
	bu, clock := bustest.Open(b), newClock()
	s := newSequencer(b, bu, clock, rules)
	start(b, s)
	if _, err := s.Submit(b.Context(), open(0)); err != nil {
		b.Fatal(err)
	}
	var serial atomic.Int64
	b.SetParallelism(100)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := int(serial.Add(1))
			side := exchange.Side(1 + n%2)
			if _, err := s.Submit(context.Background(), order(fmt.Sprintf("home-%d", n%50), n, side, 180_000, 10)); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
}
