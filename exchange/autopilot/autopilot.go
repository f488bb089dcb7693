package autopilot

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

// ErrConfig is returned by New.
var ErrConfig = problem.New(problem.Invalid, "unusable autopilot settings")

// maxCall bounds the commands of one call to Submit.
const maxCall = 100

// maxHorizon is a day: a battery of a home is full and empty within one.
const maxHorizon = 24 * time.Hour

// Home is a household that lets the autopilot trade.
type Home struct {
	Member      energy.Member
	Meter       energy.Meter // of its connection point
	SellAtLeast energy.Price // the tariff's export price or more: then selling cannot lose against the supplier
	BuyAtMost   energy.Price // the tariff's import price or less: then buying cannot lose either
	Battery     Battery      // the zero value where there is none, or nothing is known of it
}

// Submit sends commands to the market and returns the events of each, in the same order. An error of kind Unavailable
// means: ask again.
type Submit func(ctx context.Context, commands ...exchange.Command) ([][]exchange.Event, error)

// Config is what an autopilot needs.
type Config struct {
	Rules       exchange.Rules
	Tariff      Tariff
	Homes       []Home
	Submit      Submit
	Now         func() time.Time // the zone's clock
	Log         *slog.Logger     //
	GateLead    time.Duration    // zone time from gate closure to the start of delivery, as the market keeps it
	Ahead       time.Duration    // zone time before gate closure from which orders are placed; 0 means a third of an interval
	Reprice     time.Duration    // zone time before gate closure from which prices move; 0 means a sixth of an interval
	MaxAge      time.Duration    // zone time after which live values are too old to trade on; 0 means one interval
	Horizon     time.Duration    // how far plans look ahead; 0 means a day
	MinQuantity energy.WattHours // less is not worth an order; 0 means 10 Wh
	Period      time.Duration    // wall time between two looks at the clock; 0 means 100 ms
}

func (c *Config) setDefaults() {
	length := c.Rules.Length.Duration()
	for _, d := range []struct {
		value *time.Duration
		unset time.Duration
	}{{&c.Ahead, length / 3}, {&c.Reprice, length / 6}, {&c.MaxAge, length}, {&c.Horizon, maxHorizon}, {&c.Period, 100 * time.Millisecond}} {
		if *d.value == 0 {
			*d.value = d.unset
		}
	}
	if c.MinQuantity == 0 {
		c.MinQuantity = 10
	}
	c.MinQuantity = max(c.MinQuantity, c.Rules.MinQuantity)
}

// Validate checks that an autopilot can run with c.
func (c Config) Validate() error {
	if err := c.Rules.Validate(); err != nil {
		return fmt.Errorf("%w: %w", err, ErrConfig)
	}
	switch {
	case c.Submit == nil || c.Now == nil || c.Log == nil:
		return fmt.Errorf("market, clock and log are required: %w", ErrConfig)
	case !c.Tariff.Export.Valid() || !c.Tariff.Import.Valid() || c.Tariff.Export > c.Tariff.Import:
		return fmt.Errorf("tariff pays %s and asks %s: it cannot pay more than it asks: %w", c.Tariff.Export, c.Tariff.Import, ErrConfig)
	case c.Tariff.Network < 0 || !(c.Tariff.Import + c.Tariff.Network).Valid():
		return fmt.Errorf("network charge %s: use 0 or more, with the import price at most %s: %w", c.Tariff.Network, energy.MaxPrice, ErrConfig)
	case c.Horizon < 0 || c.Horizon > maxHorizon:
		return fmt.Errorf("horizon of %s: use at most %s: %w", c.Horizon, maxHorizon, ErrConfig)
	case c.GateLead < 0 || c.Ahead < 0 || c.Reprice < 0 || c.MaxAge < 0 || c.Period < 0 || c.MinQuantity < 0:
		return fmt.Errorf("negative time or quantity: %w", ErrConfig)
	}
	members, meters := map[energy.Member]bool{}, map[energy.Meter]bool{}
	for _, h := range c.Homes {
		if _, err := energy.ParseMember(string(h.Member)); err != nil {
			return fmt.Errorf("home %q: %w: %w", h.Member, err, ErrConfig)
		}
		if members[h.Member] || meters[h.Meter] {
			return fmt.Errorf("home %s or its meter %s is named twice: %w", h.Member, h.Meter, ErrConfig)
		}
		if !h.SellAtLeast.Valid() || !h.BuyAtMost.Valid() {
			return fmt.Errorf("home %s: limits %s and %s: %w: %w", h.Member, h.SellAtLeast, h.BuyAtMost, energy.ErrRange, ErrConfig)
		}
		if err := h.Battery.validate(); err != nil {
			return fmt.Errorf("home %s: %w: %w", h.Member, err, ErrConfig)
		}
		members[h.Member], meters[h.Meter] = true, true
	}
	return nil
}

// Autopilot places orders for homes. Live and Reading are safe for concurrent use, also with Run.
type Autopilot struct {
	config  Config
	traders []*trader

	mutex sync.Mutex
	feeds map[energy.Meter]*feed
}

// New returns an autopilot that is not running yet.
func New(c Config) (*Autopilot, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c.setDefaults()
	a := &Autopilot{config: c, feeds: map[energy.Meter]*feed{}}
	for _, h := range c.Homes {
		a.traders = append(a.traders, &trader{home: h, stagger: stagger(h.Member)})
		a.feeds[h.Meter] = newFeed(&a.config, h)
	}
	return a, nil
}

// Live takes in a home's present state. Meters of no home are ignored, as are values older than what is known.
func (a *Autopilot) Live(l meter.Live) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if f := a.feeds[l.Meter]; f != nil {
		f.hear(l)
	}
}

// Reading takes in a signed reading, the signature of which others check: the autopilot only estimates by it. Fed with
// the log of readings from its start, an autopilot knows after a restart what it knew of every home's habits; how its
// battery was used is known from live values only, and is learned again.
func (a *Autopilot) Reading(r meter.SignedReading) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if f := a.feeds[r.Meter]; f != nil {
		f.learn(r)
	}
}

// Plan is what a home is expected to do from the interval that is traded next to the horizon, or false where nothing is
// known of it. Where the battery is controlled, its set points are for whoever controls it to carry out; the autopilot
// itself commands nothing.
func (a *Autopilot) Plan(m energy.Meter) (energy.Interval, Plan, bool) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	f := a.feeds[m]
	if f == nil {
		return energy.Interval{}, Plan{}, false
	}
	at := a.config.schedule(a.config.Now())
	p, ok := f.plan(at, a.config.intervals())
	return at.interval, p, ok
}

// Run trades until ctx is done, and returns ctx's error. While the market is not available it tries again.
func (a *Autopilot) Run(ctx context.Context) error {
	tick := time.NewTicker(a.config.Period)
	defer tick.Stop()
	for {
		err := a.Step(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && problem.KindOf(err) != problem.Unavailable:
			return fmt.Errorf("autopilot of zone %s: %w", a.config.Rules.Zone, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Step lets every home say what it has to say now. A home that took its order back says at once what replaces it. Run
// calls it; a simulation that turns its own clock calls it instead of Run, never both.
func (a *Autopilot) Step(ctx context.Context) error {
	speakers := a.traders
	for len(speakers) > 0 {
		part := speakers[:min(maxCall, len(speakers))]
		again, err := a.speak(ctx, part)
		if err != nil {
			return err
		}
		speakers = append(again, speakers[len(part):]...)
	}
	return nil
}

// speak submits what some homes have to say, in one call, and returns those that have more to say.
func (a *Autopilot) speak(ctx context.Context, traders []*trader) (again []*trader, err error) {
	at := a.config.schedule(a.config.Now())
	var commands []exchange.Command
	var speakers []*trader
	for _, t := range traders {
		estimate := func() (estimate, bool) { return a.estimate(t.home.Meter, at) }
		if c, ok := t.next(&a.config, at, estimate); ok {
			commands, speakers = append(commands, c), append(speakers, t)
		}
	}
	if len(commands) == 0 {
		return nil, nil
	}
	events, err := a.config.Submit(ctx, commands...)
	if err != nil {
		return nil, fmt.Errorf("submit %d commands: %w", len(commands), err)
	}
	for i, t := range speakers {
		a.tell(ctx, events[i])
		t.learn(&a.config, at, commands[i], events[i], func() (estimate, bool) { return a.estimate(t.home.Meter, at) })
		if t.phase == replacing {
			again = append(again, t)
		}
	}
	return again, nil
}

func (a *Autopilot) estimate(m energy.Meter, at schedule) (estimate, bool) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.feeds[m].estimate(at)
}

// tell logs the refusals that a person may want to know of.
func (a *Autopilot) tell(ctx context.Context, events []exchange.Event) {
	e := events[0]
	switch e.Reason {
	case exchange.NoReason, exchange.AtMembersWish, exchange.DuplicateID, exchange.ReusedID, exchange.OrderIsDone, exchange.UnknownInterval:
		return
	}
	a.config.Log.LogAttrs(ctx, slog.LevelWarn, "order refused", slog.String("member", string(e.Member)),
		slog.String("interval", e.Interval.String()), slog.String("reason", e.Reason.String()))
}
