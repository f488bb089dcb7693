package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/wattle/wattle/meter/modbus"
	"github.com/wattle/wattle/meter/sunspec"
)

// MeterReadConfig names one unit of one device.
type MeterReadConfig struct {
	URL     string // tcp://HOST:PORT, optionally with ?unit=N
	Unit    int    // used where the URL names none
	Timeout time.Duration
	JSON    bool
}

// MeterRead prints what a SunSpec unit says of itself: its models and every point this program knows.
func MeterRead(ctx context.Context, c MeterReadConfig, stdout io.Writer) error {
	if c.URL == "" {
		return fmt.Errorf("--url: name the device, as in tcp://192.0.2.7:502: %w", ErrConfig)
	}
	if c.Unit < 0 || c.Unit > 255 {
		return fmt.Errorf("--unit %d: use 0 to 255: %w", c.Unit, ErrConfig)
	}
	if c.Timeout <= 0 {
		return fmt.Errorf("--timeout %s: use more than 0: %w", c.Timeout, ErrConfig)
	}
	endpoint, err := openable(c.URL)
	if err != nil {
		return fmt.Errorf("--url: %w: %w", err, ErrConfig)
	}
	address, unit := endpoint.Link.Address, endpoint.Unit
	if !endpoint.Named {
		unit = byte(c.Unit)
	}
	link, err := modbus.Open(endpoint.Link)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	device, err := sunspec.Read(ctx, link.Unit(unit))
	if err = errors.Join(err, link.Close()); err != nil {
		return fmt.Errorf("device %s unit %d: %w", address, unit, err)
	}
	if c.JSON {
		return json.NewEncoder(stdout).Encode(device)
	}
	return printDevice(stdout, device)
}

func printDevice(w io.Writer, d sunspec.Device) error {
	var b strings.Builder
	for _, p := range d.Parts {
		fmt.Fprintf(&b, "%s %s, serial %s\n", p.Manufacturer, p.Model, p.Serial)
	}
	for _, m := range d.Models {
		fmt.Fprintf(&b, "\nmodel %d at %d  %s\n", m.ID, m.Address, or(m.Name, "(not known to this program)"))
		names := make([]string, 0, len(m.Points))
		for name := range m.Points {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if v := m.Points[name]; v.Value != nil {
				fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("  %-12s %v %s", name, v.Value, v.Unit), " "))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
