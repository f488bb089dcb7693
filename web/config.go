package web

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
)

// ErrConfig is returned for a configuration that cannot be served.
var ErrConfig = problem.New(problem.Invalid, "web configuration")

// ErrUnknown is returned by a Source for a member or an interval that it does not know.
var ErrUnknown = problem.New(problem.NotFound, "not known here")

// Config is what a Server needs. Street, Source, Now and Log are required.
type Config struct {
	Street Street
	Source Source
	Now    func() time.Time // the street's clock
	Log    *slog.Logger
	// Hosts are further names, without port, under which browsers may reach the server. localhost and literal
	// addresses always may; another name could be one that a hostile page rebound to this address.
	Hosts []string

	// Tokens lets programs trade; without it there is no order API.
	Tokens Tokens
	// Submit hands their orders to the market; without it they can only look. It returns what happened once that is
	// durable, and Market is told the same events. A zone has one such server at a time: when it starts it cancels what
	// programs wished to be cancelled when they lost the one before.
	Submit Submit
	Wall   func() time.Time // the wall's clock, by which programs are throttled; required with Tokens
	Rules  exchange.Rules   // of the market, to show; zero: they are not shown
}

// Street is what does not change while the street runs.
type Street struct {
	Zone        energy.Zone
	Interval    energy.Length
	GateLead    time.Duration // from gate closure to the start of delivery; not negative
	Speed       int           // seconds of the street in one of the wall
	Currency    string        // ISO 4217
	TimeZone    string        // IANA name of the street's local time, only to show it; empty: the reader's
	ImportPrice energy.Price  // what a home pays the residual supplier
	ExportPrice energy.Price  // what a home is paid by the residual supplier
	Contracts   []Contract
	Homes       []Home
}

// Source reads the history of the street from the engines that own it. Its methods are called by many goroutines.
type Source interface {
	// Intervals are the newest intervals whose gate has closed, newest first, at most limit.
	Intervals(ctx context.Context, limit int) ([]Interval, error)
	// Interval is the newest run of the interval that starts at the Unix second start, or ErrUnknown.
	Interval(ctx context.Context, start int64) (Proof, error)
	// Ledger is the member's balances and newest lines, newest first, at most limit, or ErrUnknown.
	Ledger(ctx context.Context, member energy.Member, limit int) (Ledger, error)
}

// Validate says what is wrong with the configuration.
func (c Config) Validate() error {
	if c.Source == nil || c.Now == nil || c.Log == nil {
		return fmt.Errorf("source, clock and log are required: %w", ErrConfig)
	}
	if (c.Tokens != nil) != (c.Wall != nil) || c.Submit != nil && c.Tokens == nil {
		return fmt.Errorf("tokens and the wall's clock belong together, orders need both: %w", ErrConfig)
	}
	for _, host := range c.Hosts {
		if host == "" || strings.ContainsAny(host, ":/ ") {
			return fmt.Errorf("host %q: want a name without port: %w", host, ErrConfig)
		}
	}
	return c.Street.validate()
}

func (s Street) validate() error {
	if _, err := energy.ParseZone(string(s.Zone)); err != nil {
		return fmt.Errorf("zone: %w", err)
	}
	switch {
	case !s.Interval.Valid():
		return fmt.Errorf("interval of %d s: %w", s.Interval, energy.ErrInterval)
	case s.GateLead < 0:
		return fmt.Errorf("gate lead %s: want it not negative: %w", s.GateLead, ErrConfig)
	case s.Speed < 1:
		return fmt.Errorf("speed %d: want at least 1: %w", s.Speed, ErrConfig)
	case len(s.Currency) != 3:
		return fmt.Errorf("currency %q: want an ISO 4217 code: %w", s.Currency, ErrConfig)
	case !s.ImportPrice.Valid() || !s.ExportPrice.Valid():
		return fmt.Errorf("supplier prices: %w", energy.ErrRange)
	case len(s.Homes) == 0:
		return fmt.Errorf("no homes: %w", ErrConfig)
	}
	seen := map[string]bool{}
	for _, h := range s.Homes {
		if _, err := energy.ParseMember(string(h.Member)); err != nil {
			return fmt.Errorf("home: %w", err)
		}
		if seen["member "+string(h.Member)] || seen["meter "+string(h.Meter)] {
			return fmt.Errorf("home %s: member or meter occurs twice: %w", h.Member, ErrConfig)
		}
		seen["member "+string(h.Member)], seen["meter "+string(h.Meter)] = true, true
	}
	return nil
}
