package sequencer

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
)

func TestRestartRebuildsTheSameMarket(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	for round := range uint64(4) {
		w := recovered(t, newSequencer(t, b, clock, rules))
		s := newSequencer(t, b, clock, rules)
		for _, c := range randomOrders(round, 150) {
			clock.advance(time.Second)
			if err := commit(t.Context(), s, w, c); err != nil {
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
			do := func(commands ...exchange.Command) {
				t.Helper()
				if err := commit(t.Context(), s, w, commands...); err != nil {
					t.Fatal(err)
				}
			}
			do(open(0), open(1))
			for n := 0; n < exchange.MaxResting; n += 512 {
				var many []exchange.Command
				for i := range 512 {
					here := order("maria", n+i+1, exchange.Sell, 1000, 5)
					there := order("jonas", n+i+1, exchange.Sell, 1000, 5)
					there.Interval = interval(1)
					many = append(many, here, there)
				}
				do(many[:512]...)
				do(many[512:]...)
			}
			last := []exchange.Command{{Kind: exchange.CloseGate, Interval: interval(0)}, {Kind: exchange.CloseGate, Interval: interval(1)}}
			for i := range last {
				last[i].Time = w.market.Time()
			}
			if err := w.appendBatch(t.Context(), last); err != nil {
				t.Fatal(err)
			}
			groups := w.apply(last, outcome{}).messages()
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
			if err := commit(t.Context(), s, w, open(0)); err != nil {
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
			m := exchange.Message{Zone: rules.Zone, Number: 1, Events: w.apply(commands, outcome{}).events}
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
