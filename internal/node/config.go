package node

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/embed"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter/modbus"
	"github.com/wattle/wattle/settlement/chain"
)

// DemoConfig is what a demo is started with. Zero values of Homes, Seed, Interval and Start mean: as the street in the
// data directory was founded, or the default.
type DemoConfig struct {
	Homes     int           // simulated homes
	Seed      uint64        // of the make-believe weather and people
	Interval  time.Duration // delivery interval
	Start     time.Time     // what the street's clock shows at its very first start
	Speed     int           // how much faster than the wall the clock runs
	Data      string        // directory of everything that must survive
	Listen    string        // address of the page
	Intervals int           // stop after this many settled intervals; 0 goes on
	JSON      bool          // print the summary as one JSON object
	Devices   []string      // real devices, tcp://HOST:PORT?unit=N
	Faults    []string      // "oracle-4" or "home-03": stopped after the first settled interval

	OracleProcesses bool // each oracle is a process of its own

	TokenLifetime time.Duration // of programs' tokens; 0 is token.DefaultLifetime

	DatabaseURL string // instead of the embedded PostgreSQL
	NATSURL     string // instead of the embedded NATS
	NATSMonitor string // the monitoring addresses of its servers, with commas between, to make sure that they sync every message

	NATSReplicas int // how many servers of a NATS cluster keep each log; 0 means 1

	ChainURL    string // instead of the embedded chain
	OperatorKey string // file with the chain key in hex; for ChainURL, where somebody must have funded it
	PostgresBin string // where the PostgreSQL programs are, if not where they usually are

	ChainConfirmations int   // blocks on top that make a block of ChainURL's chain final; chain.FinalByTag asks the chain
	ChainMaxFee        int64 // ceiling of the fee on ChainURL's chain, gwei per gas; 0 is chain.DefaultMaxFee
}

// Founding is what a street keeps for life.
type Founding struct {
	Homes    int           `json:"homes"`
	Seed     uint64        `json:"seed"`
	Interval time.Duration `json:"interval_ns"`
	Start    time.Time     `json:"start"`
}

// The demo's defaults: a street in Vienna, shortly before nine on a summer morning, four minutes before the first
// delivery interval, so that its book can be traded.
const (
	defaultHomes    = 12
	defaultSeed     = 1
	defaultInterval = 15 * time.Minute
	latitude        = 48.2
	longitude       = 16.37
)

var defaultStart = time.Date(2026, 6, 21, 6, 56, 0, 0, time.UTC)

var (
	// ErrConfig is returned for a configuration that cannot be run.
	ErrConfig = problem.New(problem.Invalid, "cannot run with this configuration")

	// ErrDamaged is returned when a file of the data directory is missing or does not hold what was written into it.
	ErrDamaged = problem.New(problem.Internal, "the data directory is damaged: restore it from a copy, or use another one (--data DIR)")
)

// Validate says what is wrong in words that name the flag.
func (c DemoConfig) Validate() error {
	refuse := func(format string, args ...any) error {
		return fmt.Errorf(format+": %w", append(args, ErrConfig)...)
	}
	if c.Homes < 0 || c.Homes > 200 {
		return refuse("--homes %d: use 1 to 200", c.Homes)
	}
	if c.Speed < 1 || c.Speed > 240 {
		return refuse("--speed %d: use 1 to 240", c.Speed)
	}
	if c.Interval != 0 {
		if _, err := energy.LengthOf(c.Interval); err != nil {
			return refuse("--interval %s: use 1m, 5m, 15m, 30m or 1h", c.Interval)
		}
	}
	if !c.Start.IsZero() && (c.Start.Year() < 2000 || c.Start.Year() > 2100) {
		return refuse("--start %s: use a time between 2000 and 2100", c.Start.Format(time.RFC3339))
	}
	if c.Intervals < 0 {
		return refuse("--intervals %d: use 0 or more", c.Intervals)
	}
	if c.TokenLifetime < 0 {
		return refuse("--token-lifetime %s: use a time such as 8760h, a year", c.TokenLifetime)
	}
	if c.Data == "" {
		return refuse("--data: name a directory")
	}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil || !validPort(port) {
		return refuse("--listen %q: use HOST:PORT, such as 127.0.0.1:8080", c.Listen)
	}
	if !slices.Contains([]int{0, 1, 3, 5}, c.NATSReplicas) {
		return refuse("--nats-replicas %d: use 1, 3 or 5", c.NATSReplicas)
	}
	if c.NATSReplicas > 1 && c.NATSURL == "" {
		return refuse("--nats-replicas %d needs --nats-url, a cluster of as many servers", c.NATSReplicas)
	}
	if err := c.validateDevices(); err != nil {
		return err
	}
	if c.ChainURL != "" && c.OperatorKey == "" {
		return refuse("--chain-url needs --operator-key, a file with a funded key in hex")
	}
	if c.ChainConfirmations < chain.FinalByTag || c.ChainConfirmations > chain.ReorganisationDepth {
		return refuse("--chain-confirmations %d: use 0 to %d, or %d for the chain's own word", c.ChainConfirmations, chain.ReorganisationDepth, chain.FinalByTag)
	}
	if c.ChainMaxFee < 0 || c.ChainMaxFee > maxFeeGwei {
		return refuse("--chain-max-fee %d: use gwei, 1 to %d", c.ChainMaxFee, maxFeeGwei)
	}
	return nil
}

const (
	weiPerGwei = 1e9
	// maxFeeGwei is more than any chain has ever asked for a unit of gas.
	maxFeeGwei = 1e6
)

// confirmations is how many blocks on top make a block final: the embedded chain seals a block only once.
func (c DemoConfig) confirmations() int {
	if c.ChainURL == "" {
		return 0
	}
	return c.ChainConfirmations
}

func validPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && strconv.FormatUint(n, 10) == text
}

// validateDevices checks what can be known of the devices without asking them.
func (c DemoConfig) validateDevices() error {
	seen := map[string]bool{}
	for _, url := range c.Devices {
		e, err := modbus.ParseURL(url)
		if err != nil {
			return fmt.Errorf("--device: %w: %w", err, ErrConfig)
		}
		device := fmt.Sprint(e.Link.Address, " unit ", e.Unit)
		if seen[device] {
			return fmt.Errorf("--device %s is named twice, and its energy can be sold once: %w", url, ErrConfig)
		}
		seen[device] = true
	}
	if len(c.Devices) > 0 && c.Speed != 1 {
		return fmt.Errorf("--device needs --speed 1: a real device lives in real time: %w", ErrConfig)
	}
	return nil
}

// found reads how the street in dir was founded, or founds it by the configuration.
func (c DemoConfig) found(dir string) (Founding, error) {
	f, err := c.plan(dir)
	path := foundingPath(dir)
	if err != nil || exists(path) {
		return f, err
	}
	text, err := json.Marshal(f)
	if err != nil {
		return f, err
	}
	return f, embed.WriteFile(path, append(text, '\n'))
}

func foundingPath(dir string) string { return filepath.Join(dir, "street.json") }

// plan reads how the street in dir was founded, or says how it would be, and writes nothing. What the configuration asks
// for must agree with what stands.
func (c DemoConfig) plan(dir string) (Founding, error) {
	path := foundingPath(dir)
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		if exists(filepath.Join(dir, "secret")) { // which is written later
			return Founding{}, fmt.Errorf("%s is missing: %w", path, ErrDamaged)
		}
		f := Founding{Homes: or(c.Homes, defaultHomes), Seed: or(c.Seed, defaultSeed), Interval: or(c.Interval, defaultInterval), Start: c.Start.UTC()}
		if c.Start.IsZero() {
			f.Start = defaultStart
		}
		return f, nil
	}
	if err != nil {
		return Founding{}, fmt.Errorf("street: %w", err)
	}
	var f Founding
	if err := json.Unmarshal(text, &f); err != nil {
		return f, fmt.Errorf("%s: %v: %w", path, err, ErrDamaged)
	}
	stands := DemoConfig{Homes: f.Homes, Interval: f.Interval, Start: f.Start, Speed: 1, Data: c.Data, Listen: ":0"}
	if f.Homes == 0 || f.Interval == 0 || f.Start.IsZero() || stands.Validate() != nil {
		return f, fmt.Errorf("%s says %s: %w", path, bytes.TrimSpace(text), ErrDamaged)
	}
	return f, c.agree(f)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (c DemoConfig) agree(f Founding) error {
	for _, asked := range []struct {
		flag    string
		differs bool
		stands  any
	}{
		{"--homes", c.Homes != 0 && c.Homes != f.Homes, f.Homes},
		{"--seed", c.Seed != 0 && c.Seed != f.Seed, f.Seed},
		{"--interval", c.Interval != 0 && c.Interval != f.Interval, f.Interval},
		{"--start", !c.Start.IsZero() && !c.Start.Equal(f.Start), f.Start.Format(time.RFC3339)},
	} {
		if asked.differs {
			return fmt.Errorf("the street in %s was founded with %s %v: leave the flag out, or use another --data: %w", c.Data, asked.flag, asked.stands, ErrConfig)
		}
	}
	return nil
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
