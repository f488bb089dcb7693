package node

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter/agent"
	"github.com/wattle/wattle/meter/modbus"
	"github.com/wattle/wattle/sim"
)

// neighbours serves simulated homes, which pass for real devices here, and returns one with a roof.
func neighbours(t *testing.T) (home, sim.Description) {
	t.Helper()
	n, err := sim.New(sim.Config{Seed: 1, Start: defaultStart, Latitude: latitude, Longitude: longitude})
	if err != nil {
		t.Fatal(err)
	}
	homes, err := simulatedHomes(n, func() time.Time { return defaultStart })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, len(homes))
	for _, h := range homes {
		go func() { ended <- h.serve(ctx) }()
	}
	t.Cleanup(func() {
		cancel()
		for range homes {
			<-ended
		}
	})
	for i, h := range homes {
		if h.page.Solar {
			return h, n.Homes()[i].Description
		}
	}
	t.Fatal("no home has a roof")
	return home{}, sim.Description{}
}

func TestSimulatedHome(t *testing.T) {
	h, d := neighbours(t)
	if h.page.Member != d.Member || h.page.Meter != d.Meter || h.maxExport != d.MaxExport || h.maxImport != d.MaxImport || len(h.sources) != 2 ||
		h.sources[0].Role != agent.GridMeter || h.sources[1].Role != agent.Inverter || h.sources[0].Link.Address != h.sources[1].Link.Address {
		t.Errorf("got %+v of %+v", h, d)
	}
	key := [32]byte{1}
	m := h.member(key)
	if m.Member != d.Member || m.Name != d.Name || m.Meter.Meter != d.Meter || m.Meter.Device != key || m.Meter.MaxExport != d.MaxExport || m.Meter.MaxImport != d.MaxImport {
		t.Errorf("got %+v of %+v", m, d)
	}
}

func TestDeviceIsAHome(t *testing.T) {
	served, d := neighbours(t)
	address := served.sources[0].Link.Address
	for _, c := range []struct {
		unit  byte
		role  agent.Role
		solar bool
		most  energy.Watts
	}{
		{sim.InverterUnit, agent.Inverter, true, d.Inverter},
		{sim.MeterUnit, agent.GridMeter, false, unratedPower},
	} {
		h, err := deviceHome(t.Context(), fmt.Sprintf("tcp://%s?unit=%d", address, c.unit), 3)
		if err != nil {
			t.Fatal(err)
		}
		want := agent.Source{Link: modbus.Config{Address: address}, Unit: c.unit, Role: c.role}
		if len(h.sources) != 1 || !reflect.DeepEqual(h.sources[0], want) || h.serve != nil || h.maxExport != c.most || h.maxImport != unratedPower {
			t.Errorf("unit %d: got %+v, want %+v with at most %d W", c.unit, h, want, c.most)
		}
		if h.page.Member != "device-03" || h.page.Meter != "device-03-grid" || h.page.Solar != c.solar || h.page.Name == "" || h.page.Name == "Device" {
			t.Errorf("unit %d: got %+v", c.unit, h.page)
		}
	}
}

func TestDeviceThatCannotBeAHome(t *testing.T) {
	served, _ := neighbours(t)
	for _, c := range []struct {
		url  string
		kind problem.Kind
		says string
	}{
		{"nonsense", problem.Invalid, "tcp://HOST:PORT?unit=1"},
		{"tcp://" + served.sources[0].Link.Address + "?unit=9", problem.NotFound, "does not answer as a SunSpec device"},
		{"tcp://127.0.0.1:1", problem.Unavailable, "does not answer as a SunSpec device"},
	} {
		_, err := deviceHome(t.Context(), c.url, 1)
		if err == nil || problem.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v of kind %v, want %v that says %q", c.url, err, problem.KindOf(err), c.kind, c.says)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := deviceHome(ctx, "tcp://"+served.sources[0].Link.Address, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped meanwhile: got %v, want %v", err, context.Canceled)
	}
}
