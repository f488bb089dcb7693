package agent

import (
	"strings"
	"testing"
	"time"

	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/modbus"
)

// pass lets the clock go on minute by minute, with a look at the devices in each.
func (b *bench) pass(minutes int) {
	b.t.Helper()
	for range minutes {
		at := b.clock.now().Add(time.Minute)
		b.clock.set(at)
		b.until("looked", func(l meter.Live) bool { return l.At == at.UnixMilli() })
	}
}

// A meter that was exchanged counts from another value: what it counted before stays, what it came with is not sold. The
// shift survives a restart of the agent.
func TestExchangedMeterIsCountedOn(t *testing.T) {
	h := newHome(t)
	c := testConfig(t, h)
	c.Status = &Status{}
	b := begin(t, c, noon)
	first := b.reading()
	b.pass(1)
	h.count(100, 7) // lower than 50,000 and 20,000
	b.pass(5)
	if got := c.Status.Report(); got.Healthy() || !strings.Contains(got.Problem, "fell below") {
		t.Errorf("while it is not believed: got %+v", got)
	}
	b.pass(13) // until 12:19
	second := b.reading()
	if m := b.measure(first, second); m.Import != 0 || m.Export != 0 {
		t.Errorf("across the exchange: got %+v, want no energy", m)
	}
	h.count(120, 9)
	b.pass(12)
	third := b.reading()
	if m := b.measure(second, third); m.Import != 20 || m.Export != 2 {
		t.Errorf("after the exchange: got %+v, want 20 Wh in and 2 out", m)
	}
	if got := c.Status.Report(); !got.Healthy() || got.Event != "reset" || got.Counter != third.Counter {
		t.Errorf("got %+v, want a reset that is over", got)
	}
	if err := b.end(); err != nil {
		t.Fatal(err)
	}
	h.count(150, 9)
	b = begin(t, c, b.clock.now().Add(15*time.Minute))
	if m := b.measure(third, b.reading()); m.Import != 30 || m.Export != 0 {
		t.Errorf("after the restart: got %+v, want 30 Wh in", m)
	}
}

// What rises by more than can flow is not sold.
func TestRegisterThatJumpedIsHeld(t *testing.T) {
	h := newHome(t)
	c := testConfig(t, h)
	c.MaxPower = 10_000
	b := begin(t, c, noon)
	first := b.reading()
	b.pass(1)
	h.count(500_000, 20_000) // a scale factor ten times too large
	b.clock.set(noon.Add(15 * time.Minute))
	b.until("held", func(l meter.Live) bool { return strings.Contains(l.Problem, "more than can flow") })
	h.count(50_040, 20_000)
	if m := b.measure(first, b.reading()); m.Import != 40 {
		t.Errorf("got %+v, want 40 Wh in", m)
	}
}

// A meter that was wired the wrong way round is turned.
func TestInvertedMeter(t *testing.T) {
	c := testConfig(t, newHome(t))
	c.Sources[0].Invert = true
	b := begin(t, c, noon)
	if got := b.reading(); got.Import != 20_000 || got.Export != 50_000 {
		t.Errorf("got import %s export %s, want them turned", got.Import, got.Export)
	}
	b.until("turned", func(l meter.Live) bool { return l.Grid == 1500 })
}

// A device that is not SunSpec is read by its profile.
func TestDeviceWithAProfile(t *testing.T) {
	h := newHome(t)
	profile, err := modbus.ParseProfile([]byte(`
manufacturer = "Test"
model = "T1"
source = "this test"
update_ms = 100
function = 3
words = "high-first"
[points]
power = { address = 100, type = "int16", unit = "W" }
import = { address = 101, type = "uint16", scale = "0.1", unit = "kWh" }
export = { address = 102, type = "uint16", scale = "0.1", unit = "kWh" }
[use.grid]
power = ["power"]
import = ["import"]
export = ["export"]
`))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range []uint16{0xFFFE, 77, 11} {
		h.mu.Lock()
		h.units[7] = mapWith(h.units[7], uint16(100+i), v)
		h.mu.Unlock()
	}
	c := testConfig(t, h)
	c.Sources = []Source{{Link: modbus.Config{Address: h.address}, Unit: 7, Role: GridMeter, Profile: profile, Use: "grid", Poll: time.Millisecond}}
	b := begin(t, c, noon)
	if got := b.reading(); got.Import != 7700 || got.Export != 1100 {
		t.Errorf("got import %s export %s, want 7.7 and 1.1 kWh", got.Import, got.Export)
	}
	b.until("powered", func(l meter.Live) bool { return l.Grid == -2 })
}

func mapWith(m map[uint16]uint16, key, value uint16) map[uint16]uint16 {
	if m == nil {
		m = map[uint16]uint16{}
	}
	m[key] = value
	return m
}

// Time that passes is not a clock that was set.
func TestClockThatGoesOnIsNotReported(t *testing.T) {
	o, err := openOutbox(t.TempDir() + "/outbox")
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	var s Status
	now := time.Now()
	s.look(now, "", o)
	s.look(now.Add(time.Minute), "", o)
	if got := s.Report().ClockStep; got != 0 {
		t.Errorf("a minute that passed: got %d ms", got)
	}
}
