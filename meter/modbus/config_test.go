package modbus

import (
	"errors"
	"testing"
	"time"
)

func TestParseURL(t *testing.T) {
	for text, want := range map[string]Endpoint{
		"tcp://10.0.0.7:1502?unit=126":    {Link: Config{Address: "10.0.0.7:1502"}, Unit: 126, Named: true},
		"tcp://inverter.local":            {Link: Config{Address: "inverter.local:502"}, Unit: 1},
		"tcp://[::1]:502/?unit=0":         {Link: Config{Address: "[::1]:502"}, Unit: 0, Named: true},
		"rtuovertcp://gw:8899?timeout=3s": {Link: Config{Transport: RTUOverTCP, Address: "gw:8899", Timeout: 3 * time.Second}, Unit: 1},
		"tls://h?ca=a.pem&cert=b.pem&key=c.pem": {
			Link: Config{Transport: TLS, Address: "h:802"}, Unit: 1, Authority: "a.pem", Certificate: "b.pem", Key: "c.pem"},
		"rtu:///dev/ttyUSB0?baud=19200&parity=even&stop=1&unit=7": {Unit: 7, Named: true,
			Link: Config{Transport: RTU, Address: "/dev/ttyUSB0", Serial: Serial{Baud: 19200, Parity: EvenParity, Stop: 1}}},
		"tcp://h:502?connect-delay=1s&request-delay=50ms&max-registers=50&release=5s": {Unit: 1, Link: Config{Address: "h:502",
			ConnectDelay: time.Second, RequestDelay: 50 * time.Millisecond, MaxRegisters: 50, Release: 5 * time.Second}},
	} {
		e, err := ParseURL(text)
		same := e.Unit == want.Unit && e.Named == want.Named && e.Authority == want.Authority && e.Certificate == want.Certificate && e.Key == want.Key
		g, w := e.Link, want.Link
		same = same && g.Transport == w.Transport && g.Address == w.Address && g.Serial == w.Serial && g.Timeout == w.Timeout &&
			g.ConnectDelay == w.ConnectDelay && g.RequestDelay == w.RequestDelay && g.MaxRegisters == w.MaxRegisters && g.Release == w.Release
		if err != nil || !same {
			t.Errorf("%q: got %+v %v, want %+v", text, e, err, want)
		}
	}
	for _, text := range []string{
		"", "10.0.0.7:502", "http://10.0.0.7:502", "tcp://:502", "tcp://h:0", "tcp://h:99999", "tcp://h:502?unit=256", "tcp://h:502?unit=",
		"tcp://h:502?units=1", "tcp://h:502?unit=1&unit=2", "tcp://h:502/path", "tcp://user@h:502", "tcp://h:502?%zz", "tcp://h:502#1", "tcp://h o:502",
		"rtu://", "rtu://host/dev/x", "rtu:///dev/x?baud=1", "rtu:///dev/x?parity=some", "rtu:///dev/x?stop=3", "rtuovertcp://gw", "tcp://h?ca=x",
		"tcp://h?baud=9600", "tcp://h?timeout=0s", "tcp://h?timeout=9", "tcp://h?max-registers=126", "tcp://h?connect-delay=-1s",
	} {
		if e, err := ParseURL(text); !errors.Is(err, ErrConfig) {
			t.Errorf("%q: got %+v %v, want %v", text, e, err, ErrConfig)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("tcp://10.0.0.7:1502?unit=126")
	f.Add("tcp://[::1%25lo]:502")
	f.Add("rtu:///dev/ttyUSB0?baud=9600&parity=odd")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseURL(text)
		if err == nil && e.Link.Validate() != nil {
			t.Errorf("%q: %+v cannot be used", text, e.Link)
		}
	})
}

func TestOpenRefusesWhatCannotWork(t *testing.T) {
	for _, c := range []Config{
		{}, {Address: "host"}, {Address: "h:1", Timeout: -1}, {Address: "h:1", Queue: -1}, {Address: "h:1", MaxRegisters: 126},
		{Transport: 9, Address: "h:1"}, {Transport: RTU}, {Transport: RTU, Address: "line", Serial: Serial{Stop: 3}}, {Transport: RTUOverTCP, Address: "h"},
	} {
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

// 3.5 characters of 11 bits: 4.01 ms at 9600 baud.
func TestSilence(t *testing.T) {
	for baud, want := range map[int]time.Duration{9600: 4010416, 19200: 2005208, 38400: 1750000} {
		if got := (Serial{Baud: baud}).silence(); got != want {
			t.Errorf("%d baud: got %s, want %s", baud, got, want)
		}
	}
}
