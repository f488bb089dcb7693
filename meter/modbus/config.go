package modbus

import (
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net"
	"time"
)

// What a zero Config field stands for.
const (
	defaultTimeout    = 2 * time.Second // slow inverters need 0.8 s
	defaultQueue      = 16              // a few units with a few requests each
	defaultMinBackoff = time.Second
	defaultMaxBackoff = time.Minute
	defaultBaud       = 9600 // what meters are delivered with; the specification's 19200 is rare on walls
)

// gatewaySilence is how long a gateway's stream must be silent before a request: its bytes come in packets, so that
// the 3.5 characters of the serial line behind it cannot be seen.
const gatewaySilence = time.Millisecond

// Transport is how frames reach a device.
type Transport uint8

// The ways to a device.
const (
	TCP        Transport = iota // Modbus/TCP
	TLS                         // Modbus/TCP Security
	RTU                         // a serial line
	RTUOverTCP                  // a serial line behind a gateway that passes its bytes through
)

// String is the scheme of the transport in a device's address.
func (t Transport) String() string {
	for name, transport := range schemes {
		if transport == t {
			return name
		}
	}
	return "unknown"
}

// Serial is how a serial line is set: 8 data bits always. The zero value is 9600 baud, no parity, one stop bit.
type Serial struct {
	Baud   int
	Parity Parity
	Stop   int // bits, 1 or 2
}

// Parity of a serial line.
type Parity byte

// The parities of a serial line.
const (
	NoParity Parity = iota
	EvenParity
	OddParity
)

func (s Serial) withDefaults() Serial {
	if s.Baud == 0 {
		s.Baud = defaultBaud
	}
	if s.Stop == 0 {
		s.Stop = 1
	}
	return s
}

// silence is 3.5 characters of 11 bits, and 1.75 ms above 19200 baud: MODBUS over Serial Line V1.02, section 2.5.1.1.
func (s Serial) silence() time.Duration {
	if s.Baud > 19200 {
		return 1750 * time.Microsecond
	}
	return time.Duration(35*11) * time.Second / time.Duration(10*s.Baud)
}

// Config describes one physical link. Zero durations and sizes take the defaults above.
type Config struct {
	Transport Transport
	Address   string      // HOST:PORT, or the path of a serial line
	Serial    Serial      // of RTU
	TLS       *tls.Config // of TLS; nil trusts what the system trusts

	Timeout      time.Duration // of connecting, and of each answer
	ConnectDelay time.Duration // between connecting and the first request: some gateways need 1 to 2 s
	RequestDelay time.Duration // between an answer and the next request
	// Release closes a connection that was not used for so long: devices that accept one client only are then free for
	// others between polls. 0 keeps it.
	Release      time.Duration
	MaxRegisters int // in one request, for devices that allow fewer than 125; 0: 125
	Queue        int // requests that may wait; one more fails with ErrQueue

	MinBackoff time.Duration // after the second failure in a row, doubled with each further one
	MaxBackoff time.Duration
	// Jitter spreads a backoff so that many links do not retry in step; nil chooses between half and the whole of it.
	Jitter func(time.Duration) time.Duration
}

// Validate reports the first field that cannot work.
func (c Config) Validate() error {
	switch c.Transport {
	case RTU:
		if c.Address == "" {
			return fmt.Errorf("serial line: the path is missing: %w", ErrConfig)
		}
		if c.Serial.Stop < 0 || c.Serial.Stop > 2 || c.Serial.Parity > OddParity {
			return fmt.Errorf("serial line %s: want 1 or 2 stop bits and no, even or odd parity: %w", c.Address, ErrConfig)
		}
	case TCP, TLS, RTUOverTCP:
		if _, _, err := net.SplitHostPort(c.Address); err != nil {
			return fmt.Errorf("address %q: want HOST:PORT: %w", c.Address, ErrConfig)
		}
	default:
		return fmt.Errorf("transport %d is unknown: %w", c.Transport, ErrConfig)
	}
	if min(c.Timeout, c.ConnectDelay, c.RequestDelay, c.Release, c.MinBackoff, c.MaxBackoff) < 0 {
		return fmt.Errorf("a duration is negative: %w", ErrConfig)
	}
	if c.MaxRegisters < 0 || c.MaxRegisters > MaxRegisters {
		return fmt.Errorf("%d registers in a request: want 1 to %d: %w", c.MaxRegisters, MaxRegisters, ErrConfig)
	}
	if c.Queue < 0 {
		return fmt.Errorf("queue %d: must not be negative: %w", c.Queue, ErrConfig)
	}
	return nil
}

func (c Config) withDefaults() Config {
	c.Serial = c.Serial.withDefaults()
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.MaxRegisters == 0 {
		c.MaxRegisters = MaxRegisters
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
