package agent

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/modbus"
)

// ErrConfig is returned for a configuration that cannot work.
var ErrConfig = problem.New(problem.Invalid, "invalid agent configuration")

// Role says what a device of a home is read for.
type Role uint8

const (
	// GridMeter is the meter at the connection point: its registers are signed.
	GridMeter Role = iota + 1
	// Inverter tells solar and battery power. In a home without a grid meter its production register is signed as
	// export, with an import of 0.
	Inverter
)

// String names the device in a sentence.
func (r Role) String() string {
	switch r {
	case GridMeter:
		return "grid meter"
	case Inverter:
		return "inverter"
	}
	return "unknown device"
}

// Source is one device of a home. Sources with the same transport and address share a connection, as the first of them
// describes it.
type Source struct {
	Link modbus.Config
	Unit byte
	Role Role

	Profile *modbus.Profile // for a device that is not SunSpec; nil: SunSpec
	Use     string          // of the profile
	Invert  bool            // a grid meter that was wired the wrong way round: import is export
	Poll    time.Duration   // wall time between two looks; 0: the agent's
}

// Config describes the agent of one home.
type Config struct {
	Zone    energy.Zone
	Meter   energy.Meter
	Key     ed25519.PrivateKey // of the device that signs
	Length  energy.Length      // of the zone's delivery interval
	Sources []Source           // one grid meter and any inverters, or one inverter alone
	Outbox  string             // path of a file that belongs to this agent alone; made if it does not exist

	Now func() time.Time // the zone's clock, which may run faster than the wall
	// Publish hands a reading to the oracles and returns when it is safe there. A reading may come twice.
	Publish func(context.Context, meter.SignedReading) error
	Live    func(meter.Live) // called after every poll, from one goroutine; must not block; may be nil
	Log     *slog.Logger

	// MaxPower is the most that can flow through the signed device, in either direction: its registers are not believed
	// beyond it. 0: defaultMaxPower.
	MaxPower energy.Watts
	// Replay is how many readings a second are published while older ones wait; 0: 50. A street of agents that comes back
	// together must not flood the broker.
	Replay int
	Status *Status // where the agent says how it does; may be nil

	Poll    time.Duration // wall time between two looks at the devices; 0: 1 s
	Timeout time.Duration // wall time for an answer of a device; 0: as package modbus
	Backoff time.Duration // longest wall time that a device which keeps failing is left alone; 0: as package modbus
	Retry   time.Duration // wall time before a refused publication is tried again, doubled up to 30 s; 0: 1 s
	// Wake makes the agent look at the clock besides at each poll and, by a clock as fast as the wall's, at each boundary.
	// Faster clocks need it.
	Wake <-chan time.Time
}

const (
	defaultPoll    = time.Second
	defaultRetry   = time.Second
	maxRetry       = 30 * time.Second
	publishTimeout = 10 * time.Second      // a broker that takes longer is asked again
	boundaryPause  = 10 * time.Millisecond // between two looks at a clock that is about to pass a boundary
	defaultReplay  = 50

	// defaultMaxPower is a large house connection, 3 × 63 A.
	defaultMaxPower energy.Watts = 43_000
)

// Validate reports the first field that cannot work.
func (c Config) Validate() error {
	if _, err := energy.ParseZone(string(c.Zone)); err != nil {
		return fmt.Errorf("zone: %w", err)
	}
	if _, err := energy.ParseMeter(string(c.Meter)); err != nil {
		return fmt.Errorf("meter: %w", err)
	}
	switch {
	case len(c.Key) != ed25519.PrivateKeySize:
		return fmt.Errorf("key of %d bytes, want an Ed25519 private key: %w", len(c.Key), ErrConfig)
	case !c.Length.Valid():
		return fmt.Errorf("interval of %d s: want 1, 5, 15, 30 or 60 minutes: %w", c.Length, ErrConfig)
	case c.Outbox == "":
		return fmt.Errorf("outbox: the path is missing: %w", ErrConfig)
	case c.Now == nil || c.Publish == nil || c.Log == nil:
		return fmt.Errorf("now, publish and log are required: %w", ErrConfig)
	case min(c.Poll, c.Timeout, c.Backoff, c.Retry) < 0:
		return fmt.Errorf("a duration is negative: %w", ErrConfig)
	case c.MaxPower < 0 || c.MaxPower > energy.MaxPower || c.Replay < 0:
		return fmt.Errorf("at most %d W, %d readings a second: must not be negative: %w", c.MaxPower, c.Replay, ErrConfig)
	}
	return c.checkSources()
}

func (c Config) checkSources() error {
	count := map[Role]int{}
	for _, s := range c.Sources {
		if s.Role != GridMeter && s.Role != Inverter {
			return fmt.Errorf("device %s unit %d: role %d is unknown: %w", s.Link.Address, s.Unit, s.Role, ErrConfig)
		}
		if err := s.Link.Validate(); err != nil {
			return fmt.Errorf("%s: %w", s.Role, err)
		}
		if s.Poll < 0 {
			return fmt.Errorf("%s: a duration is negative: %w", s.Role, ErrConfig)
		}
		if s.Profile != nil && !slices.Contains(s.Profile.Uses(), s.Use) {
			return fmt.Errorf("%s: use %q of the profile, which has %v: %w", s.Role, s.Use, s.Profile.Uses(), ErrConfig)
		}
		count[s.Role]++
	}
	if count[GridMeter] > 1 || count[GridMeter] == 0 && count[Inverter] != 1 {
		return fmt.Errorf("%d grid meters and %d inverters: want one grid meter, or one inverter alone: %w",
			count[GridMeter], count[Inverter], ErrConfig)
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Poll == 0 {
		c.Poll = defaultPoll
	}
	if c.Retry == 0 {
		c.Retry = defaultRetry
	}
	if c.Replay == 0 {
		c.Replay = defaultReplay
	}
	if c.MaxPower == 0 {
		c.MaxPower = defaultMaxPower
	}
	if c.Status == nil {
		c.Status = &Status{}
	}
	if c.Live == nil {
		c.Live = func(meter.Live) {}
	}
	return c
}

// link puts the agent's own patience where the source has none.
func (c Config) link(l modbus.Config) modbus.Config {
	if l.Timeout == 0 {
		l.Timeout = c.Timeout
	}
	if l.MaxBackoff == 0 {
		l.MaxBackoff = c.Backoff
	}
	return l
}
