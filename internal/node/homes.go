package node

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange/autopilot"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/agent"
	"github.com/wattle/wattle/meter/modbus"
	"github.com/wattle/wattle/meter/sunspec"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement/ledger"
	"github.com/wattle/wattle/sim"
	"github.com/wattle/wattle/web"
)

// batteryReserve is the part of a battery's capacity that its inverter never takes out: a twentieth.
const batteryReserve = 20

// home is one home of the street, simulated or behind a real device.
type home struct {
	page      web.Home
	maxExport energy.Watts
	maxImport energy.Watts
	battery   autopilot.Battery // zero without
	sources   []agent.Source
	serve     func(context.Context) error // the simulated home's Modbus server; nil for a real device
}

func (h home) member(device [32]byte) ledger.Member {
	return ledger.Member{Member: h.page.Member, Name: h.page.Name,
		Meter: oracle.Registration{Meter: h.page.Meter, Device: device, MaxExport: h.maxExport, MaxImport: h.maxImport}}
}

// simulatedHomes opens a Modbus server on loopback for every home of the neighbourhood.
func simulatedHomes(n *sim.Neighbourhood, now func() time.Time) ([]home, error) {
	var homes []home
	for _, simulated := range n.Homes() {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("Modbus server of %s: %w", simulated.Member, err)
		}
		link := modbus.Config{Address: listener.Addr().String()}
		h := home{
			page: web.Home{Member: simulated.Member, Meter: simulated.Meter, Name: simulated.Name,
				Solar: simulated.Peak > 0, Battery: simulated.Capacity > 0},
			maxExport: simulated.MaxExport, maxImport: simulated.MaxImport,
			battery: autopilot.Battery{Capacity: simulated.Capacity, Reserve: simulated.Capacity / batteryReserve, Power: simulated.Storage},
			sources: []agent.Source{{Link: link, Unit: sim.MeterUnit, Role: agent.GridMeter}},
			serve:   func(ctx context.Context) error { return simulated.Serve(ctx, listener, now) },
		}
		if h.page.Solar {
			h.sources = append(h.sources, agent.Source{Link: link, Unit: sim.InverterUnit, Role: agent.Inverter})
		}
		homes = append(homes, h)
	}
	return homes, nil
}

// probeTimeout is how long a device may take to be discovered when the street starts.
const probeTimeout = 15 * time.Second

// unratedPower stands in for the nameplate of a device that does not say its own: a large house connection, 3 × 63 A.
const unratedPower energy.Watts = 43_000

// deviceHome asks a real device what it is and makes it the n-th home behind a device.
func deviceHome(ctx context.Context, url string, n int) (home, error) {
	endpoint, err := openable(url)
	if err != nil {
		return home{}, fmt.Errorf("--device: %w: %w", err, ErrConfig)
	}
	link, err := modbus.Open(endpoint.Link)
	if err != nil {
		return home{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	device, err := sunspec.Read(ctx, link.Unit(endpoint.Unit))
	if err = errors.Join(err, link.Close()); err != nil {
		return home{}, fmt.Errorf("--device %s does not answer as a SunSpec device: %w; check address, unit and that no other program holds its only connection", url, err)
	}
	name := energy.Member(fmt.Sprintf("device-%02d", n))
	h := home{page: web.Home{Member: name, Meter: energy.Meter(name + "-grid"), Name: deviceName(device)},
		maxExport: unratedPower, maxImport: unratedPower}
	role := agent.Role(0)
	for _, m := range device.Models {
		switch {
		case m.ID >= 201 && m.ID <= 214:
			role = agent.GridMeter
		case (m.ID >= 101 && m.ID <= 113) && role == 0:
			role, h.page.Solar = agent.Inverter, true
		case m.ID == 120:
			if w, ok := m.Find("WRtg").Value.(meter.Number); ok {
				if watts, ok := w.Round(0); ok && watts > 0 && watts <= int64(energy.MaxPower) {
					h.maxExport = energy.Watts(watts)
				}
			}
		}
	}
	if role == 0 {
		return home{}, fmt.Errorf("--device %s shows neither a SunSpec meter (201 to 214) nor an inverter (101 to 113): %w", url, problem.New(problem.Invalid, "nothing to sell"))
	}
	h.sources = []agent.Source{{Link: endpoint.Link, Unit: endpoint.Unit, Role: role}}
	return h, nil
}

func deviceName(d sunspec.Device) string {
	for _, p := range d.Parts {
		if p.Manufacturer != "" || p.Model != "" {
			return p.Manufacturer + " " + p.Model
		}
	}
	return "Device"
}

// clockCheck is how often agents look at the street's clock: one of 240 times the wall's passes 24 s in it, well within
// meter.Tolerance of a quarter hour.
const clockCheck = 100 * time.Millisecond

// agentOf says what the agent of a home does.
func (s *street) agentOf(h home, key ed25519.PrivateKey) agent.Config {
	return agent.Config{
		Zone: streetZone, Meter: h.page.Meter, Key: key, Length: s.length, Sources: h.sources,
		Outbox: s.dir.Path(filepath.Join("outbox", string(h.page.Meter))), Now: s.clock.Now, Log: s.log, MaxPower: max(h.maxExport, h.maxImport),
		Wake: time.NewTicker(clockCheck).C,
		Publish: func(ctx context.Context, r meter.SignedReading) error {
			id := fmt.Sprintf("reading %s %d", r.Meter, r.Counter)
			_, err := s.bus.Publish(ctx, bus.MeterSubject(streetZone, r.Meter), id, meter.AppendSignedReading(nil, r))
			return err
		},
		Live: func(l meter.Live) {
			data, err := json.Marshal(l)
			if err == nil {
				err = s.bus.SendLive(bus.LiveSubject(streetZone, l.Meter), data)
			}
			if err != nil { // live values are lost without harm: the next one is a second away
				s.log.LogAttrs(context.Background(), slog.LevelDebug, "live value not sent", slog.String("meter", string(l.Meter)), slog.String("reason", err.Error()))
			}
		},
	}
}
