package node

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/agent"
)

// MeterAgentConfig says where the agent's configuration is.
type MeterAgentConfig struct {
	File   string
	Kettle bool // only find out whether the grid meter counts the right way round
}

// agentFile is an agent's configuration as it is written. Paths are from the file's folder.
type agentFile struct {
	Zone     string       `toml:"zone"`
	Meter    string       `toml:"meter"`
	Interval string       `toml:"interval"`
	Key      string       `toml:"key"`
	Outbox   string       `toml:"outbox"`
	NATS     string       `toml:"nats"`
	Listen   string       `toml:"listen"`
	MaxPower int64        `toml:"max_power_w"`
	Replay   int          `toml:"replay_per_second"`
	Devices  []deviceFile `toml:"device"`
}

type deviceFile struct {
	URL     string `toml:"url"`
	Role    string `toml:"role"`
	Profile string `toml:"profile"`
	Use     string `toml:"use"`
	Invert  bool   `toml:"invert"`
	Poll    string `toml:"poll"`
}

// MeterAgent reads and signs for one home until ctx is done.
func MeterAgent(ctx context.Context, c MeterAgentConfig, stdout, stderr io.Writer) error {
	if c.File == "" {
		return fmt.Errorf("--config: name the agent's configuration: %w", ErrConfig)
	}
	f, err := readAgentFile(c.File)
	if err != nil {
		return fmt.Errorf("--config %s: %w: %w", c.File, err, ErrConfig)
	}
	work, err := f.agent(filepath.Dir(c.File))
	if err != nil {
		return fmt.Errorf("--config %s: %w", c.File, err)
	}
	work.Log = slog.New(slog.NewTextHandler(stderr, nil))
	if c.Kettle {
		return kettle(ctx, work, stdout)
	}
	nc, err := nats.Connect(f.NATS, nats.Name("wattle agent "+f.Meter), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1))
	if err != nil {
		return fmt.Errorf("nats %s: %w", f.NATS, err)
	}
	defer nc.Close() // what was not acknowledged is in the outbox
	work.Publish = publisher(nc, work.Zone)
	group, ctx := errgroup.WithContext(ctx)
	where := "none"
	if f.Listen != "" {
		listener, err := net.Listen("tcp", f.Listen)
		if err != nil {
			return fmt.Errorf("listen %s: %w", f.Listen, err)
		}
		where = "http://" + listener.Addr().String() + "/health"
		group.Go(func() error { return serveHealth(ctx, listener, work.Status) })
	}
	group.Go(func() error { return watchDrift(ctx, nc, work) })
	_, err = fmt.Fprintf(stdout, "agent of meter %s in zone %s\ndevice key %s: register it with the zone\nhealth at %s\n", work.Meter, work.Zone,
		hex.EncodeToString(work.Key.Public().(ed25519.PublicKey)), where)
	group.Go(func() error { return agent.Run(ctx, work) })
	return errors.Join(err, group.Wait())
}

func readAgentFile(path string) (f agentFile, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return f, err
	}
	d := toml.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err = d.Decode(&f)
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		row, _ := unknown.Errors[0].Position()
		return f, fmt.Errorf("line %d: key %s is unknown", row, strings.Join(unknown.Errors[0].Key(), "."))
	}
	return f, err
}

// agent is the agent's configuration with the files it names, which lie in dir.
func (f agentFile) agent(dir string) (agent.Config, error) {
	within := func(path, otherwise string) string {
		if path == "" {
			path = otherwise
		}
		if filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(dir, path)
	}
	c := agent.Config{
		Zone: energy.Zone(f.Zone), Meter: energy.Meter(f.Meter), Outbox: within(f.Outbox, "outbox"), Now: time.Now,
		MaxPower: energy.Watts(f.MaxPower), Replay: f.Replay, Status: &agent.Status{},
		Publish: func(context.Context, meter.SignedReading) error { return errors.New("not connected yet") }, Log: slog.New(slog.DiscardHandler),
	}
	interval, err := time.ParseDuration(or(f.Interval, "15m"))
	if err != nil {
		return c, fmt.Errorf("interval: %w: %w", err, ErrConfig)
	}
	c.Length = energy.Length(interval / time.Second)
	for i, d := range f.Devices {
		source, err := d.source()
		if err != nil {
			return c, fmt.Errorf("device %d: %w: %w", i+1, err, ErrConfig)
		}
		c.Sources = append(c.Sources, source)
	}
	if c.Key, err = deviceKey(within(f.Key, "device.key")); err != nil {
		return c, fmt.Errorf("device key: %w", err)
	}
	return c, c.Validate()
}

func (d deviceFile) source() (agent.Source, error) {
	e, err := openable(d.URL)
	if err != nil {
		return agent.Source{}, err
	}
	s := agent.Source{Link: e.Link, Unit: e.Unit, Invert: d.Invert}
	switch d.Role {
	case "grid":
		s.Role = agent.GridMeter
	case "inverter", "battery":
		s.Role = agent.Inverter
	default:
		return s, fmt.Errorf("role %q: want grid, inverter or battery", d.Role)
	}
	if d.Poll != "" {
		if s.Poll, err = time.ParseDuration(d.Poll); err != nil || s.Poll <= 0 {
			return s, fmt.Errorf("poll %q: want a duration such as 1s", d.Poll)
		}
	}
	if s.Profile, s.Use, err = (DeviceConfig{Profile: d.Profile, Use: d.Use}).readProfile(); err != nil {
		return s, fmt.Errorf("profile %s: %w", d.Profile, err)
	}
	if s.Profile != nil {
		s.Link = s.Profile.Tune(s.Link)
		if !e.Named && s.Profile.Unit != 0 {
			s.Unit = s.Profile.Unit
		}
	}
	return s, nil
}

// deviceKey is the key in the file, made when there is no file. It is made for no other reason: a device that changes its
// key is another device, whose past is lost.
func deviceKey(path string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newDeviceKey(path)
	}
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others: chmod 600 it, and give the device a new key if others may have", path)
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s holds no key: restore it from a copy; a new key would be another device", path)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func newDeviceKey(path string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	if err := createPrivate(path, []byte(hex.EncodeToString(key.Seed())+"\n")); err != nil {
		return nil, fmt.Errorf("make it: %w", err)
	}
	return key, nil
}

// publisher puts readings into the zone's log, which is opened when the broker is there.
func publisher(nc *nats.Conn, zone energy.Zone) func(context.Context, meter.SignedReading) error {
	var b *bus.Bus
	return func(ctx context.Context, r meter.SignedReading) (err error) {
		if b == nil {
			if !nc.IsConnected() {
				return errors.New("the message server is not reachable")
			}
			if b, err = bus.Open(ctx, nc); err != nil {
				return err
			}
		}
		_, err = b.Publish(ctx, bus.MeterSubject(zone, r.Meter), fmt.Sprintf("reading %s %d", r.Meter, r.Counter), meter.AppendSignedReading(nil, r))
		return err
	}
}

// driftEvery is how often the clock is held against the message server's: cheap clocks lose a second or two a day.
const driftEvery = time.Minute

// watchDrift tells the agent's status how far its clock is ahead of the message server's, halfway through the question.
func watchDrift(ctx context.Context, nc *nats.Conn, c agent.Config) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return fmt.Errorf("clock of the message server: %w", err)
	}
	next := time.NewTicker(driftEvery)
	defer next.Stop()
	for {
		if name, err := js.StreamNameBySubject(ctx, bus.MeterSubject(c.Zone, c.Meter)); err == nil {
			asked := time.Now()
			if stream, err := js.Stream(ctx, name); err == nil {
				took := time.Since(asked)
				drift := asked.Add(took / 2).Sub(stream.CachedInfo().TimeStamp)
				c.Status.Drift(drift)
				if drift > agent.MaxDrift || drift < -agent.MaxDrift {
					c.Log.LogAttrs(ctx, slog.LevelError, "clock is wrong: set it, and let it be kept by a time server",
						slog.String("meter", string(c.Meter)), slog.Duration("ahead", drift))
				}
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-next.C:
		}
	}
}

// serveHealth answers GET /health with the agent's report: 200 when it is healthy, else 503.
func serveHealth(ctx context.Context, listener net.Listener, status *agent.Status) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		report := status.Report()
		w.Header().Set("Content-Type", "application/json")
		if !report.Healthy() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(report) // a client that left is not our trouble
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("health: %w", err)
	}
	return nil
}

// kettlePatience is how long a person has to turn one on.
const kettlePatience = 3 * time.Minute

// kettle finds out whether the grid meter counts the right way round.
func kettle(ctx context.Context, c agent.Config, stdout io.Writer) error {
	for _, s := range c.Sources {
		if s.Role != agent.GridMeter {
			continue
		}
		fmt.Fprintf(stdout, "Wait five seconds, then turn on a kettle or something else of 2 kW, and leave it on for ten.\n")
		verdict, err := agent.Commission(ctx, s, kettlePatience)
		switch {
		case err != nil:
			return err
		case verdict == meter.Upright:
			_, err = fmt.Fprintln(stdout, "The grid meter counts the right way round.")
			return err
		case verdict == meter.Inverted:
			return fmt.Errorf("the grid meter counts the wrong way round: set invert = %t for it", !s.Invert)
		}
		return fmt.Errorf("no step of 1.2 kW was seen in %s: try again with nothing else switching", kettlePatience)
	}
	return fmt.Errorf("there is no grid meter to test: %w", ErrConfig)
}
