package e2e

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/wattle/wattle/meter/modbus"
	"github.com/wattle/wattle/meter/sunspec"
	"github.com/wattle/wattle/sim"
)

// A battery of the street obeys a command over Modbus, and goes back to normal by itself.
func TestBatteryObeysACommand(t *testing.T) {
	start := time.Date(2026, 6, 21, 0, 0, 0, 0, time.UTC)
	street, err := sim.New(sim.Config{Start: start})
	if err != nil {
		t.Fatal(err)
	}
	var home *sim.Home
	for _, h := range street.Homes() {
		if h.Capacity > 0 {
			home = h
		}
	}
	at := start.Add(19 * time.Hour)
	for home.State(at).Battery <= 0 {
		at = at.Add(time.Minute)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- home.Serve(ctx, listener, func() time.Time { return at }) }()
	t.Cleanup(func() { stop(); <-done })
	link, err := modbus.Open(modbus.Config{Address: listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { link.Close() })
	battery := link.Unit(sim.InverterUnit)
	chain, err := sunspec.Discover(t.Context(), battery)
	if err != nil {
		t.Fatal(err)
	}
	control, err := sunspec.NewControl(chain, battery, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	hold := int32(0)
	if err := control.Set(t.Context(), sunspec.Command{Discharge: &hold}); err != nil {
		t.Fatal(err)
	}
	if got := home.State(at.Add(30 * time.Second)).Battery; got > 0 {
		t.Errorf("while held: got %s, want no discharging", got)
	}
	if s := home.State(at.Add(3 * time.Minute)); s.Battery <= 0 && s.Load > s.Solar && s.Charge > 0.06 {
		t.Errorf("after it reverted: got %+v, want discharging again", s)
	}
	if err := control.Normal(t.Context()); err != nil {
		t.Error(err)
	}
}
