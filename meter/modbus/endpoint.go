package modbus

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"
)

// schemes are the transports by the first word of a device's address.
var schemes = map[string]Transport{"tcp": TCP, "tls": TLS, "rtu": RTU, "rtuovertcp": RTUOverTCP}

const (
	tcpPort     = "502" // registered for Modbus/TCP
	tlsPort     = "802" // registered for Modbus/TCP Security
	defaultUnit = 1
)

// Endpoint is a device's address: the link to it, and its unit there.
type Endpoint struct {
	Link  Config
	Unit  byte // 1 where the address names none
	Named bool // whether it names one
	// Files of TLS, which this package does not read: what to trust, and who we are. Empty where the address names none.
	Authority, Certificate, Key string
}

// usage is what an address may look like.
const usage = "want tcp://HOST:PORT?unit=1, or tls://HOST:PORT, rtuovertcp://HOST:PORT, rtu:///dev/LINE"

// ParseURL reads a device's address: tcp://HOST:PORT?unit=1 and the like. The port may be left out where Modbus has one.
// Parameters: unit; timeout, connect-delay, request-delay, release (durations such as 500ms); max-registers; for rtu baud,
// parity (none, even, odd) and stop; for tls ca, cert and key (files in PEM).
func ParseURL(text string) (Endpoint, error) {
	e, err := parseURL(text)
	if err == nil {
		err = e.Link.Validate()
	}
	if err != nil {
		return Endpoint{}, fmt.Errorf("device address %q: %w", text, err)
	}
	return e, nil
}

func parseURL(text string) (Endpoint, error) {
	u, err := url.Parse(text)
	if err != nil {
		return Endpoint{}, fmt.Errorf("%s: %w", usage, ErrConfig)
	}
	transport, ok := schemes[u.Scheme]
	if !ok {
		return Endpoint{}, fmt.Errorf("scheme %q: %s: %w", u.Scheme, usage, ErrConfig)
	}
	e := Endpoint{Link: Config{Transport: transport}, Unit: defaultUnit}
	switch {
	case u.User != nil || u.Fragment != "":
		return Endpoint{}, fmt.Errorf("no user and no fragment belong here: %s: %w", usage, ErrConfig)
	case transport == RTU:
		if u.Host != "" || u.Path == "" {
			return Endpoint{}, fmt.Errorf("the path of the serial line is missing, as in rtu:///dev/ttyUSB0: %w", ErrConfig)
		}
		e.Link.Address = u.Path
	case u.Path != "" && u.Path != "/":
		return Endpoint{}, fmt.Errorf("path %q does not belong here: %s: %w", u.Path, usage, ErrConfig)
	default:
		if e.Link.Address, err = hostPort(u, transport); err != nil {
			return Endpoint{}, err
		}
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Endpoint{}, fmt.Errorf("what follows the question mark: %w: %w", err, ErrConfig)
	}
	for key, values := range query {
		if len(values) != 1 {
			return Endpoint{}, fmt.Errorf("%q is given twice: %w", key, ErrConfig)
		}
		if err := e.set(key, values[0]); err != nil {
			return Endpoint{}, err
		}
	}
	return e, nil
}

func hostPort(u *url.URL, transport Transport) (string, error) {
	if u.Hostname() == "" {
		return "", fmt.Errorf("the host is missing: %s: %w", usage, ErrConfig)
	}
	port := u.Port()
	if port == "" {
		switch transport {
		case TCP:
			port = tcpPort
		case TLS:
			port = tlsPort
		default:
			return "", fmt.Errorf("the port is missing: gateways have no usual one: %w", ErrConfig)
		}
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("port must be 1 to 65535: %w", ErrConfig)
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// set takes one parameter.
func (e *Endpoint) set(key, value string) error {
	c := &e.Link
	switch key {
	case "unit":
		n, err := strconv.ParseUint(value, 10, 8)
		if err != nil {
			return fmt.Errorf("unit must be 0 to 255: %w", ErrConfig)
		}
		e.Unit, e.Named = byte(n), true
		return nil
	case "timeout":
		return duration(&c.Timeout, key, value)
	case "connect-delay":
		return duration(&c.ConnectDelay, key, value)
	case "request-delay":
		return duration(&c.RequestDelay, key, value)
	case "release":
		return duration(&c.Release, key, value)
	case "max-registers":
		return number(&c.MaxRegisters, key, value, 1, MaxRegisters)
	}
	if c.Transport == RTU {
		switch key {
		case "baud":
			return number(&c.Serial.Baud, key, value, 300, 1_000_000)
		case "stop":
			return number(&c.Serial.Stop, key, value, 1, 2)
		case "parity":
			p, ok := map[string]Parity{"none": NoParity, "even": EvenParity, "odd": OddParity}[value]
			if !ok {
				return fmt.Errorf("parity must be none, even or odd: %w", ErrConfig)
			}
			c.Serial.Parity = p
			return nil
		}
	}
	file, ok := map[string]*string{"ca": &e.Authority, "cert": &e.Certificate, "key": &e.Key}[key]
	if !ok || c.Transport != TLS {
		return fmt.Errorf("%q is not a parameter of %s: %w", key, c.Transport, ErrConfig)
	}
	*file = value
	return nil
}

func duration(d *time.Duration, key, value string) (err error) {
	if *d, err = time.ParseDuration(value); err != nil || *d <= 0 || *d > time.Hour {
		return fmt.Errorf("%s must be a duration of at most 1h, such as 500ms: %w", key, ErrConfig)
	}
	return nil
}

func number(n *int, key, value string, least, most int) (err error) {
	if *n, err = strconv.Atoi(value); err != nil || *n < least || *n > most {
		return fmt.Errorf("%s must be %d to %d: %w", key, least, most, ErrConfig)
	}
	return nil
}
