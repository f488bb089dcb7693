package modbus

import (
	"errors"
	"testing"
	"time"
)

func TestParseURL(t *testing.T) {
	for text, want := range map[string]struct {
		address string
		unit    byte
	}{
		"tcp://10.0.0.7:1502?unit=126": {"10.0.0.7:1502", 126},
		"tcp://inverter.local":         {"inverter.local:502", 1},
		"tcp://[::1]:502/?unit=0":      {"[::1]:502", 0},
	} {
		address, unit, err := ParseURL(text)
		if err != nil || address != want.address || unit != want.unit {
			t.Errorf("%q: got %q %d %v, want %q %d", text, address, unit, err, want.address, want.unit)
		}
	}
	for _, text := range []string{
		"", "10.0.0.7:502", "http://10.0.0.7:502", "tcp://:502", "tcp://h:0", "tcp://h:99999", "tcp://h:502?unit=256", "tcp://h:502?unit=",
		"tcp://h:502?units=1", "tcp://h:502?unit=1&unit=2", "tcp://h:502/path", "tcp://user@h:502", "tcp://h:502?%zz", "tcp://h:502#1", "tcp://h o:502",
	} {
		if address, unit, err := ParseURL(text); !errors.Is(err, ErrConfig) {
			t.Errorf("%q: got %q %d %v, want %v", text, address, unit, err, ErrConfig)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("tcp://10.0.0.7:1502?unit=126")
	f.Add("tcp://[::1%25lo]:502")
	f.Fuzz(func(t *testing.T, text string) {
		address, _, err := ParseURL(text)
		if err == nil && (Config{Address: address}).Validate() != nil {
			t.Errorf("%q: address %q cannot be used", text, address)
		}
	})
}

func TestOpenRefusesWhatCannotWork(t *testing.T) {
	for _, c := range []Config{{}, {Address: "host"}, {Address: "h:1", Timeout: -1}, {Address: "h:1", Queue: -1}} {
		if l, err := Open(c); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: got %v, want %v", c, err, ErrConfig)
			l.Close()
		}
	}
}

func TestJitterStaysWithinHalfAndWhole(t *testing.T) {
	for range 1000 {
		if got := halfToWhole(time.Second); got < time.Second/2 || got > time.Second {
			t.Fatalf("got %s, want 500ms to 1s", got)
		}
	}
}
