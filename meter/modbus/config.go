package modbus

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strconv"
	"time"
)

// What a zero Config field stands for.
const (
	defaultTimeout    = 2 * time.Second // slow inverters need 0.8 s
	defaultQueue      = 16              // a few units with a few requests each
	defaultMinBackoff = time.Second
	defaultMaxBackoff = time.Minute
	defaultPort       = "502" // registered for Modbus/TCP
	defaultUnit       = 1
)

// Config describes one physical link. Zero durations and sizes take the defaults above.
type Config struct {
	Address      string        // host:port
	Timeout      time.Duration // of connecting, and of each answer
	ConnectDelay time.Duration // between connecting and the first request: some gateways need 1 to 2 s
	RequestDelay time.Duration // between an answer and the next request
	Queue        int           // requests that may wait; one more fails with ErrQueue

	MinBackoff time.Duration // after the second failure in a row, doubled with each further one
	MaxBackoff time.Duration
	// Jitter spreads a backoff so that many links do not retry in step; nil chooses between half and the whole of it.
	Jitter func(time.Duration) time.Duration
}

// Validate reports the first field that cannot work.
func (c Config) Validate() error {
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		return fmt.Errorf("address %q: want HOST:PORT: %w", c.Address, ErrConfig)
	}
	if min(c.Timeout, c.ConnectDelay, c.RequestDelay, c.MinBackoff, c.MaxBackoff) < 0 {
		return fmt.Errorf("a duration is negative: %w", ErrConfig)
	}
	if c.Queue < 0 {
		return fmt.Errorf("queue %d: must not be negative: %w", c.Queue, ErrConfig)
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Queue == 0 {
		c.Queue = defaultQueue
	}
	if c.MinBackoff == 0 {
		c.MinBackoff = defaultMinBackoff
	}
	if c.MaxBackoff == 0 {
		c.MaxBackoff = max(defaultMaxBackoff, c.MinBackoff)
	}
	if c.Jitter == nil {
		c.Jitter = halfToWhole
	}
	return c
}

// halfToWhole decides nothing but when to retry, so it needs no seed.
func halfToWhole(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }

// ParseURL reads the address of a device, tcp://HOST:PORT?unit=1. Port and unit may be left out: 502 and 1.
func ParseURL(text string) (address string, unit byte, err error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", 0, fmt.Errorf("device address %q: want tcp://HOST:PORT?unit=1: %w", text, ErrConfig)
	case u.Scheme != "tcp":
		return "", 0, fmt.Errorf("device address %q: scheme must be tcp, as in tcp://HOST:PORT?unit=1: %w", text, ErrConfig)
	case u.Hostname() == "":
		return "", 0, fmt.Errorf("device address %q: the host is missing, want tcp://HOST:PORT?unit=1: %w", text, ErrConfig)
	case u.User != nil || u.Fragment != "" || (u.Path != "" && u.Path != "/"):
		return "", 0, fmt.Errorf("device address %q: only host, port and unit are known: %w", text, ErrConfig)
	}
	port := u.Port()
	if port == "" {
		port = defaultPort
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", 0, fmt.Errorf("device address %q: port must be 1 to 65535: %w", text, ErrConfig)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", 0, fmt.Errorf("device address %q: query: %w", text, ErrConfig)
	}
	unit = defaultUnit
	for key, values := range query {
		if key != "unit" || len(values) != 1 {
			return "", 0, fmt.Errorf("device address %q: %q is not a parameter, only one unit is: %w", text, key, ErrConfig)
		}
		n, err := strconv.ParseUint(values[0], 10, 8)
		if err != nil {
			return "", 0, fmt.Errorf("device address %q: unit must be 0 to 255: %w", text, ErrConfig)
		}
		unit = byte(n)
	}
	address = net.JoinHostPort(u.Hostname(), port)
	if err := (Config{Address: address}).Validate(); err != nil {
		return "", 0, fmt.Errorf("device address %q: %w", text, err)
	}
	return address, unit, nil
}
