package autopilot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

const (
	gateLead = 3 * time.Minute
	homes    = 12
)

var (
	rules  = exchange.Rules{Zone: "street", Length: energy.FifteenMinutes, MinPrice: 0, MaxPrice: 500_000, Tick: 100, MaxQuantity: 20_000}
	tariff = Tariff{Export: 80_000, Import: 320_000}
	errOff = problem.New(problem.Unavailable, "the market is off")
)

// street is a real market with its gates, a clock set by hand, and what everybody said.
type street struct {
	t      *testing.T
	market *exchange.Market
	now    time.Time
	events []exchange.Event
	off    bool // the market does not answer
	deaf   bool // the market hears, but its answers are lost
}

func newStreet(t *testing.T) *street {
	s := &street{t: t, market: exchange.NewMarket(rules), now: time.Date(2026, 6, 21, 9, 45, 0, 0, time.UTC)}
	for n := range 40 {
		s.apply(exchange.Command{Kind: exchange.OpenBook, Interval: s.interval(n)})
	}
	return s
}

func (s *street) interval(n int) energy.Interval {
	return energy.IntervalAt(time.Date(2026, 6, 21, 10, 0, 0, 0, time.UTC), rules.Length).Add(n)
}

func (s *street) apply(c exchange.Command) []exchange.Event {
	c.Time = s.now.UnixMilli()
	events := slices.Clone(s.market.Apply(c))
	s.events = append(s.events, events...)
	return events
}

func (s *street) submit(_ context.Context, commands ...exchange.Command) ([][]exchange.Event, error) {
	if s.off {
		return nil, errOff
	}
	var answers [][]exchange.Event
	for _, c := range commands {
		answers = append(answers, s.apply(c))
	}
	if s.deaf {
		return nil, errOff
	}
	return answers, nil
}

// advance moves the clock and closes the gates that are due.
func (s *street) advance(d time.Duration) {
	s.now = s.now.Add(d)
	for _, iv := range s.market.Open() {
		if !s.now.Before(iv.Start().Add(-gateLead)) {
			s.apply(exchange.Command{Kind: exchange.CloseGate, Interval: iv})
		}
	}
}

func (s *street) config() Config {
	c := Config{
		Rules: rules, Tariff: tariff, Submit: s.submit, GateLead: gateLead,
		Now: func() time.Time { return s.now }, Log: slog.New(slog.DiscardHandler),
	}
	for n := range homes {
		c.Homes = append(c.Homes, home(n))
	}
	return c
}

func home(n int) Home {
	name := fmt.Sprintf("home-%02d", n+1)
	return Home{Member: energy.Member(name), Meter: energy.Meter(name + "-grid"), SellAtLeast: tariff.Export, BuyAtMost: tariff.Import}
}

func (s *street) autopilot(c Config) *Autopilot {
	s.t.Helper()
	a, err := New(c)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// tell feeds every home: even ones import 1200 W and more, odd ones export as much, and every two hours they change.
func (s *street) tell(a *Autopilot, reachable bool) {
	for n := range homes {
		grid := energy.Watts(1200 + 100*n)
		if (n+s.now.Hour()/2)%2 == 1 {
			grid = -grid
		}
		a.Live(meter.Live{Meter: home(n).Meter, At: s.now.UnixMilli(), Grid: grid, Reachable: reachable})
	}
}

func (s *street) step(a *Autopilot) {
	s.t.Helper()
	if err := a.Step(s.t.Context()); err != nil && !errors.Is(err, errOff) {
		s.t.Fatal(err)
	}
}

// account is what one home did in one interval.
type account struct{ orders, cancels, refused, open, traded int }

func (s *street) accounts() map[string]*account {
	all := map[string]*account{}
	of := func(iv energy.Interval, m energy.Member) *account {
		key := fmt.Sprintf("%s %s", iv, m)
		if all[key] == nil {
			all[key] = &account{}
		}
		return all[key]
	}
	for _, e := range s.events {
		switch a := of(e.Interval, e.Member); e.Kind {
		case exchange.Accepted:
			a.orders, a.open = a.orders+1, a.open+int(e.Quantity)
		case exchange.Traded:
			maker := of(e.Interval, e.MakerMember)
			a.open, maker.open = a.open-int(e.Quantity), maker.open-int(e.Quantity)
			a.traded, maker.traded = a.traded+int(e.Quantity), maker.traded+int(e.Quantity)
		case exchange.Cancelled:
			a.cancels, a.open = a.cancels+1, a.open-int(e.Quantity)
		case exchange.Expired:
			a.open -= int(e.Quantity)
		case exchange.Refused:
			a.refused++
		}
	}
	return all
}

// TestMorning trades four hours, looking at the clock every 12 s of the zone: what 100 ms are at 120 times the speed.
func TestMorning(t *testing.T) {
	s := newStreet(t)
	a := s.autopilot(s.config())
	for range 240 * 5 {
		s.tell(a, true)
		s.step(a)
		s.advance(12 * time.Second)
	}
	trades, cancels, unfilled := 0, 0, 0
	for _, e := range s.events {
		switch e.Kind {
		case exchange.Traded:
			trades++
			if e.Price < tariff.Export || e.Price > tariff.Import {
				t.Errorf("traded at %s, outside the tariff", e.Price)
			}
		case exchange.Expired:
			unfilled++
		case exchange.Accepted:
			if lead := e.Interval.Start().Sub(time.UnixMilli(e.Time)); lead <= gateLead || lead > gateLead+5*time.Minute {
				t.Errorf("%s ordered %s before delivery, want between %s and %s", e.Member, lead, gateLead, gateLead+5*time.Minute)
			}
		case exchange.Refused:
			t.Errorf("%s was refused: %s", e.Member, e.Reason)
		}
	}
	for n := range 16 {
		for h := range homes {
			key := fmt.Sprintf("%s %s", s.interval(n), home(h).Member)
			got := s.accounts()[key]
			if got == nil || got.orders != 1+got.cancels || got.cancels > moves || got.traded > 300+25*h {
				t.Errorf("%s: %+v, want one order of at most %d Wh, moved at most %d times", key, got, 300+25*h, moves)
				continue
			}
			cancels += got.cancels
		}
	}
	if trades < 16*3 || cancels == 0 || unfilled == 0 {
		t.Errorf("%d trades, %d orders moved, %d expired: want a market that trades often but not always", trades, cancels, unfilled)
	}
}

func TestNoOrderWithoutTrustworthyData(t *testing.T) {
	for name, feed := range map[string]func(*street, *Autopilot){
		"nothing heard": func(*street, *Autopilot) {},
		"unreachable":   func(s *street, a *Autopilot) { s.tell(a, false) },
		"lost after a while": func(s *street, a *Autopilot) {
			s.tell(a, true)
			s.now = s.now.Add(time.Second)
			s.tell(a, false)
		},
		"too old": func(s *street, a *Autopilot) { s.tell(a, true); s.advance(16 * time.Minute) },
		"impossible": func(s *street, a *Autopilot) {
			a.Live(meter.Live{Meter: home(0).Meter, At: s.now.UnixMilli(), Grid: 1 << 62, Reachable: true})
		},
		"too little": func(s *street, a *Autopilot) {
			a.Live(meter.Live{Meter: home(0).Meter, At: s.now.UnixMilli(), Grid: -39, Reachable: true})
		},
		"another's meter": func(s *street, a *Autopilot) {
			a.Live(meter.Live{Meter: "home-99-grid", At: s.now.UnixMilli(), Grid: -5000, Reachable: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStreet(t)
			a := s.autopilot(s.config())
			feed(s, a)
			for range 60 {
				s.step(a)
				s.now = s.now.Add(12 * time.Second)
			}
			for key, got := range s.accounts() {
				if got.orders > 0 {
					t.Errorf("%s placed %d orders, want none", key, got.orders)
				}
			}
		})
	}
}

// TestCrashesAndLostAnswersNeverDouble restarts the autopilot and loses answers at every moment of an interval: no
// home ever has more energy ordered or traded than it forecast.
func TestCrashesAndLostAnswersNeverDouble(t *testing.T) {
	for name, disturb := range map[string]func(s *street, a **Autopilot, step int){
		"restart each time": func(s *street, a **Autopilot, _ int) { *a = s.autopilot(s.config()) },
		"restart sometimes": func(s *street, a **Autopilot, n int) {
			if n%4 == 3 {
				*a = s.autopilot(s.config())
			}
		},
		"answers lost":      func(s *street, _ **Autopilot, n int) { s.deaf = n%3 != 2 },
		"market off":        func(s *street, _ **Autopilot, n int) { s.off = n%3 != 2 },
		"lost, then killed": func(s *street, a **Autopilot, n int) { s.deaf = n%2 == 0; *a = s.autopilot(s.config()) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStreet(t)
			a := s.autopilot(s.config())
			for n := range 150 {
				disturb(s, &a, n)
				s.tell(a, true)
				s.step(a)
				accounts := s.accounts()
				for h := range 2 * homes {
					got := accounts[fmt.Sprintf("%s %s", s.interval(h/homes), home(h%homes).Member)]
					if most := 300 + 25*(h%homes); got != nil && got.open+got.traded > most {
						t.Fatalf("%s: %+v, want at most %d Wh", home(h%homes).Member, got, most)
					}
				}
				s.advance(12 * time.Second)
			}
			traded := 0
			for _, got := range s.accounts() {
				traded += got.traded
			}
			if traded == 0 {
				t.Error("nothing traded at all")
			}
		})
	}
}

func TestWaitsForTheBook(t *testing.T) {
	s := newStreet(t)
	s.market = exchange.NewMarket(rules)
	a := s.autopilot(s.config())
	s.now = s.interval(0).Start().Add(-gateLead - time.Minute)
	s.tell(a, true)
	s.step(a)
	s.apply(exchange.Command{Kind: exchange.OpenBook, Interval: s.interval(0)})
	s.step(a)
	got := s.accounts()[fmt.Sprintf("%s %s", s.interval(0), home(0).Member)]
	if got.refused != 1 || got.orders != 1 {
		t.Errorf("%+v, want one refusal before the book opened and one order after", got)
	}
}

func TestRunStopsAndRetries(t *testing.T) {
	s := newStreet(t)
	c := s.config()
	at := s.interval(0).Start().Add(-gateLead - time.Minute)
	c.Now = func() time.Time { return at }
	c.Period = time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	c.Submit = func(ctx context.Context, commands ...exchange.Command) ([][]exchange.Event, error) {
		if calls++; calls == 3 {
			cancel()
		}
		return nil, errOff
	}
	a := s.autopilot(c)
	s.now = at
	s.tell(a, true)
	if err := a.Run(ctx); !errors.Is(err, context.Canceled) || calls != 3 {
		t.Errorf("run ended with %v after %d calls, want canceled after 3", err, calls)
	}
}

func TestConfigValidate(t *testing.T) {
	for name, spoil := range map[string]func(*Config){
		"rules":    func(c *Config) { c.Rules.Tick = 0 },
		"submit":   func(c *Config) { c.Submit = nil },
		"tariff":   func(c *Config) { c.Tariff.Export = c.Tariff.Import + 1 },
		"time":     func(c *Config) { c.Ahead = -1 },
		"name":     func(c *Config) { c.Homes[0].Member = "Home 1" },
		"twice":    func(c *Config) { c.Homes[1] = c.Homes[0] },
		"network":  func(c *Config) { c.Tariff.Network = -1 },
		"horizon":  func(c *Config) { c.Horizon = maxHorizon + 1 },
		"reserve":  func(c *Config) { c.Homes[0].Battery = Battery{Capacity: 1000, Reserve: 1001, Power: 500} },
		"power":    func(c *Config) { c.Homes[0].Battery = Battery{Capacity: 1000} },
		"losses":   func(c *Config) { c.Homes[0].Battery = Battery{Capacity: 1000, Power: 500, OneWay: 1001} },
		"no limit": func(c *Config) { c.Homes[0].BuyAtMost = energy.MaxPrice + 1 },
	} {
		c := newStreet(t).config()
		spoil(&c)
		if _, err := New(c); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: got %v, want ErrConfig", name, err)
		}
	}
}
