package node

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
)

func goodConfig() DemoConfig {
	return DemoConfig{Speed: 15, Data: "street", Listen: "127.0.0.1:0"}
}

func TestValidate(t *testing.T) {
	for name, change := range map[string]func(*DemoConfig){
		"defaults":   func(*DemoConfig) {},
		"largest":    func(c *DemoConfig) { c.Homes, c.Speed, c.Interval = 200, 240, time.Hour },
		"all hosts":  func(c *DemoConfig) { c.Listen = ":8080" },
		"one device": func(c *DemoConfig) { c.Speed, c.Devices = 1, []string{"tcp://192.0.2.7"} },
		"two units": func(c *DemoConfig) {
			c.Speed, c.Devices = 1, []string{"tcp://192.0.2.7?unit=1", "tcp://192.0.2.7?unit=2"}
		},
		"own chain": func(c *DemoConfig) { c.ChainURL, c.OperatorKey = "http://127.0.0.1:8545", "key" },
	} {
		c := goodConfig()
		change(&c)
		if err := c.Validate(); err != nil {
			t.Errorf("%s: got %v, want no error", name, err)
		}
	}
	for _, bad := range []struct {
		says   string
		change func(*DemoConfig)
	}{
		{"--homes 201", func(c *DemoConfig) { c.Homes = 201 }},
		{"--speed 0", func(c *DemoConfig) { c.Speed = 0 }},
		{"--interval -1m", func(c *DemoConfig) { c.Interval = -time.Minute }},
		{"--start 1999", func(c *DemoConfig) { c.Start = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"--intervals -1", func(c *DemoConfig) { c.Intervals = -1 }},
		{"--token-lifetime -1h", func(c *DemoConfig) { c.TokenLifetime = -time.Hour }},
		{"--data", func(c *DemoConfig) { c.Data = "" }},
		{"--listen", func(c *DemoConfig) { c.Listen = "127.0.0.1" }},
		{"--listen", func(c *DemoConfig) { c.Listen = "127.0.0.1:http" }},
		{"--listen", func(c *DemoConfig) { c.Listen = "127.0.0.1:65536" }},
		{"--listen", func(c *DemoConfig) { c.Listen = "127.0.0.1:" }},
		{"--nats-replicas 2", func(c *DemoConfig) { c.NATSReplicas, c.NATSURL = 2, "nats://127.0.0.1:4222" }},
		{"--nats-replicas 3 needs --nats-url", func(c *DemoConfig) { c.NATSReplicas = 3 }},
		{"--operator-key", func(c *DemoConfig) { c.ChainURL = "http://127.0.0.1:8545" }},
		{"--speed 1", func(c *DemoConfig) { c.Devices = []string{"tcp://192.0.2.7"} }},
		{"named twice", func(c *DemoConfig) { c.Speed, c.Devices = 1, []string{"tcp://192.0.2.7", "tcp://192.0.2.7:502?unit=1"} }},
		{"--device", func(c *DemoConfig) { c.Speed, c.Devices = 1, []string{"192.0.2.7:502"} }},
	} {
		c := goodConfig()
		bad.change(&c)
		if err := c.Validate(); !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("got %v, want %v that says %q", err, ErrConfig, bad.says)
		}
	}
}

func TestStreetKeepsHowItWasFounded(t *testing.T) {
	dir := t.TempDir()
	c := goodConfig()
	c.Homes, c.Seed, c.Interval, c.Start = 5, 7, time.Minute, time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	founded, err := c.found(dir)
	want := Founding{Homes: 5, Seed: 7, Interval: time.Minute, Start: c.Start.UTC()}
	if err != nil || founded != want {
		t.Fatalf("got %+v %v, want %+v", founded, err, want)
	}
	for name, asks := range map[string]DemoConfig{"the same": c, "nothing": goodConfig()} {
		if again, err := asks.found(dir); err != nil || again != want {
			t.Errorf("%s asked: got %+v %v, want %+v", name, again, err, want)
		}
	}
	for says, change := range map[string]func(*DemoConfig){
		"--homes 5":                    func(c *DemoConfig) { c.Homes = 6 },
		"--seed 7":                     func(c *DemoConfig) { c.Seed = 8 },
		"--interval 1m0s":              func(c *DemoConfig) { c.Interval = time.Hour },
		"--start 2026-01-02T02:04:05Z": func(c *DemoConfig) { c.Start = c.Start.Add(1) },
	} {
		other := c
		change(&other)
		if _, err := other.found(dir); !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %v that says %q", err, ErrConfig, says)
		}
	}
}

func TestDefaultFounding(t *testing.T) {
	got, err := goodConfig().found(t.TempDir())
	if want := (Founding{12, 1, 15 * time.Minute, defaultStart}); err != nil || got != want {
		t.Errorf("got %+v %v, want %+v", got, err, want)
	}
}

func TestDamagedFounding(t *testing.T) {
	for _, text := range []string{
		"", "{", "null", "{}", `"street"`,
		`{"homes":0,"seed":1,"interval_ns":900000000000,"start":"2026-06-21T06:56:00Z"}`,
		`{"homes":12,"seed":1,"interval_ns":7,"start":"2026-06-21T06:56:00Z"}`,
		`{"homes":12,"seed":1,"interval_ns":900000000000}`,
		`{"homes":12,"seed":1,"interval_ns":900000000000,"start":"0026-06-21T06:56:00Z"}`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "street.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := goodConfig().found(dir); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: got %+v %v, want %v", text, got, err, ErrDamaged)
		}
	}
}

// A street that lost a file is not founded anew on top of its own ledger.
func TestLostFilesAreMissed(t *testing.T) {
	dir := t.TempDir()
	if _, err := goodConfig().found(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := openSecret(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "street.json")); err != nil {
		t.Fatal(err)
	}
	if got, err := goodConfig().found(dir); !errors.Is(err, ErrDamaged) {
		t.Errorf("without street.json: got %+v %v, want %v", got, err, ErrDamaged)
	}
	if err := openClock(t, dir, 1).Start(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "secret")); err != nil {
		t.Fatal(err)
	}
	if _, err := openSecret(dir); !errors.Is(err, ErrDamaged) {
		t.Errorf("without secret: got %v, want %v", err, ErrDamaged)
	}
}

func TestSpansOfAnInterval(t *testing.T) {
	for _, c := range []struct {
		length         energy.Length
		speed          int
		gate, deadline time.Duration
	}{
		{energy.FifteenMinutes, 1, 3 * time.Minute, 90 * time.Second},
		{energy.FifteenMinutes, 15, 3 * time.Minute, 90 * time.Second},
		{energy.FifteenMinutes, 45, 3 * time.Minute, 3 * time.Minute},
		{energy.FifteenMinutes, 240, 3 * time.Minute, 7*time.Minute + 30*time.Second},
		{60, 1, 12 * time.Second, 6 * time.Second},
		{60, 240, 12 * time.Second, 30 * time.Second},
	} {
		if got := gateLead(c.length); got != c.gate {
			t.Errorf("gate of %s: got %s, want %s", c.length.Duration(), got, c.gate)
		}
		if got := readingDeadline(c.length, c.speed); got != c.deadline {
			t.Errorf("deadline of %s at %d: got %s, want %s", c.length.Duration(), c.speed, got, c.deadline)
		}
	}
}
