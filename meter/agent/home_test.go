package agent

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/modbus"
)

const (
	inverterUnit = 1
	meterUnit    = 2
)

// home is a Modbus/TCP server with a battery inverter (models 103, 802) and a grid meter (203).
type home struct {
	t       *testing.T
	address string
	stop    func()

	mu    sync.Mutex
	units map[byte]map[uint16]uint16
}

func newHome(t *testing.T) *home {
	h := &home{t: t, address: "127.0.0.1:0", units: map[byte]map[uint16]uint16{
		inverterUnit: chain([]uint16{1, 103, 802}, []int{66, 50, 62}),
		meterUnit:    chain([]uint16{1, 203}, []int{66, 105}),
	}}
	h.production(1_000_000)
	h.put(inverterUnit, 14, 2500, 0) // W and its factor
	h.put(inverterUnit, 52+11, 555)  // SoC
	h.put(inverterUnit, 52+56, 0xFFFF)
	h.put(inverterUnit, 52+47, 0xFF9C) // W: -100
	h.put(inverterUnit, 52+63, 0)
	h.count(50_000, 20_000)
	h.put(meterUnit, 54, 0)            // TotWh_SF
	h.put(meterUnit, 18, 0xFA24)       // W: -1500
	h.put(meterUnit, 22, 0)            // W_SF
	h.put(meterUnit, 16, 4999, 0xFFFE) // Hz
	h.put(meterUnit, 8, 2301)          // PhVphA
	h.put(meterUnit, 15, 0xFFFF)       // V_SF
	h.start()
	return h
}

// chain is a SunSpec map at 40000 whose points are all marked as not implemented.
func chain(ids []uint16, lengths []int) map[uint16]uint16 {
	r := map[uint16]uint16{40000: 0x5375, 40001: 0x6E53}
	next := uint16(40002)
	for i, id := range ids {
		r[next], r[next+1] = id, uint16(lengths[i])
		for j := range lengths[i] {
			r[next+2+uint16(j)] = 0x8000
		}
		next += 2 + uint16(lengths[i])
	}
	r[next], r[next+1] = 0xFFFF, 0
	return r
}

// put writes words at an offset from the unit's second model.
func (h *home) put(unit byte, offset int, words ...uint16) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, w := range words {
		h.units[unit][uint16(40070+offset+i)] = w
	}
}

// count sets the registers of the grid meter.
func (h *home) count(imported, exported uint32) {
	h.put(meterUnit, 46, uint16(imported>>16), uint16(imported))
	h.put(meterUnit, 38, uint16(exported>>16), uint16(exported))
}

// production sets the register of the inverter.
func (h *home) production(wh uint32) { h.put(inverterUnit, 24, uint16(wh>>16), uint16(wh), 0) }

// start listens again at the address the home had.
func (h *home) start() {
	listener, err := net.Listen("tcp", h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	h.address = listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				defer context.AfterFunc(ctx, func() { conn.Close() })()
				for h.answer(conn) == nil {
				}
			})
		}
	})
	h.stop = sync.OnceFunc(func() {
		cancel()
		listener.Close()
		running.Wait()
	})
	h.t.Cleanup(h.stop)
}

func (h *home) answer(conn net.Conn) error {
	var q [12]byte // every request here reads holding registers
	if _, err := io.ReadFull(conn, q[:]); err != nil {
		return err
	}
	address, count := binary.BigEndian.Uint16(q[8:]), binary.BigEndian.Uint16(q[10:])
	h.mu.Lock()
	defer h.mu.Unlock()
	data := []byte{q[7], byte(2 * count)}
	for i := range count {
		w, ok := h.units[q[6]][address+i]
		if !ok {
			data = []byte{q[7] | 0x80, 2}
			break
		}
		data = binary.BigEndian.AppendUint16(data, w)
	}
	frame := append(q[:4:4], 0, byte(1+len(data)), q[6])
	_, err := conn.Write(append(frame, data...))
	return err
}

// clock is the zone's time, which only the test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) set(t time.Time) { c.mu.Lock(); defer c.mu.Unlock(); c.t = t }

// noon is a boundary of every length.
var noon = time.Date(2026, 6, 21, 12, 0, 0, 0, time.UTC)

// bench runs an agent and hands out what it says.
type bench struct {
	t     *testing.T
	clock *clock
	read  chan meter.SignedReading
	live  chan meter.Live
	end   func() error // stops the agent
}

func testConfig(t *testing.T, h *home) Config {
	return Config{
		Zone: "street", Meter: "home-01-grid", Key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), Length: energy.FifteenMinutes,
		Sources: []Source{at(h.address, meterUnit, GridMeter), at(h.address, inverterUnit, Inverter)},
		Outbox:  filepath.Join(t.TempDir(), "outbox"), Log: slog.New(slog.DiscardHandler),
		Poll: 5 * time.Millisecond, Timeout: 5 * time.Second, Backoff: 10 * time.Millisecond, Retry: time.Millisecond, Replay: 10_000,
	}
}

// begin runs an agent from the given time on. Every reading is taken by the test before the next is published.
func begin(t *testing.T, c Config, at time.Time) *bench {
	b := &bench{t: t, clock: &clock{t: at}, read: make(chan meter.SignedReading), live: make(chan meter.Live, 1)}
	c.Now = b.clock.now
	c.Publish = func(ctx context.Context, s meter.SignedReading) error {
		select {
		case b.read <- s:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	c.Live = func(l meter.Live) {
		select {
		case <-b.live: // the newest replaces the one before
		default:
		}
		b.live <- l
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, c) }()
	b.end = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() {
		if err := b.end(); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	return b
}

// patience bounds how long a test waits for what must happen.
const patience = 20 * time.Second

func (b *bench) reading() meter.SignedReading {
	b.t.Helper()
	select {
	case s := <-b.read:
		if err := s.Verify(); err != nil {
			b.t.Fatal(err)
		}
		return s
	case <-time.After(patience):
		b.t.Fatal("no reading was published")
		panic("unreachable")
	}
}

// until waits for a live message that fits.
func (b *bench) until(what string, fits func(meter.Live) bool) meter.Live {
	b.t.Helper()
	var last meter.Live
	deadline := time.After(patience)
	for {
		select {
		case last = <-b.live:
			if fits(last) {
				return last
			}
		case <-deadline:
			b.t.Fatalf("never %s, last %+v", what, last)
		}
	}
}

func (b *bench) measure(earlier, later meter.SignedReading) meter.Measurement {
	b.t.Helper()
	m, err := meter.Measure(earlier, later)
	if err != nil {
		b.t.Fatal(err)
	}
	return m
}

var errDown = errors.New("broker is down")

// at is a device that speaks Modbus/TCP.
func at(address string, unit byte, role Role) Source {
	return Source{Link: modbus.Config{Address: address}, Unit: unit, Role: role}
}
