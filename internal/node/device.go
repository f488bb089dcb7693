package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/modbus"
	"github.com/wattle/wattle/meter/sunspec"
)

// DeviceConfig names one unit of one device; every command about a device begins with it.
type DeviceConfig struct {
	URL     string // as modbus.ParseURL reads it
	Unit    int    // used where the URL names none; -1: what the profile says, or 1
	Profile string // name of a built-in profile or path of a file; empty: SunSpec
	Use     string // of the profile: grid, pv, battery or load; empty: the first it has, in this order
	Timeout time.Duration
}

// device is a unit that can be asked.
type device struct {
	link    *modbus.Link
	client  *modbus.Client
	address string
	unit    byte
	profile *modbus.Profile // nil: SunSpec
	use     string
	chain   *sunspec.Chain // once discovered
}

// open makes the link to the device, which connects with the first request. The caller closes it.
func (c DeviceConfig) open() (*device, error) {
	switch {
	case c.URL == "":
		return nil, fmt.Errorf("--url: name the device, as in tcp://192.0.2.7:502: %w", ErrConfig)
	case c.Unit < -1 || c.Unit > 255:
		return nil, fmt.Errorf("--unit %d: use 0 to 255: %w", c.Unit, ErrConfig)
	case c.Timeout <= 0:
		return nil, fmt.Errorf("--timeout %s: use more than 0: %w", c.Timeout, ErrConfig)
	}
	e, err := openable(c.URL)
	if err != nil {
		return nil, fmt.Errorf("--url: %w: %w", err, ErrConfig)
	}
	d := &device{address: e.Link.Address, unit: e.Unit}
	if d.profile, d.use, err = c.readProfile(); err != nil {
		return nil, fmt.Errorf("--profile %s: %w: %w", c.Profile, err, ErrConfig)
	}
	switch {
	case e.Named:
	case c.Unit >= 0:
		d.unit = byte(c.Unit)
	case d.profile != nil && d.profile.Unit != 0:
		d.unit = d.profile.Unit
	}
	if d.profile != nil {
		e.Link = d.profile.Tune(e.Link)
	}
	if d.link, err = modbus.Open(e.Link); err != nil {
		return nil, fmt.Errorf("--url: %w", err)
	}
	d.client = d.link.Unit(d.unit)
	return d, nil
}

// readProfile finds the profile and the use; none where SunSpec is wanted.
func (c DeviceConfig) readProfile() (p *modbus.Profile, use string, err error) {
	switch {
	case c.Profile == "":
		if c.Use != "" {
			return nil, "", errors.New("--use belongs to a profile: SunSpec devices say what they are")
		}
		return nil, "", nil
	case strings.HasSuffix(c.Profile, ".toml"):
		text, err := os.ReadFile(c.Profile)
		if err != nil {
			return nil, "", err
		}
		p, err = modbus.ParseProfile(text)
		if err != nil {
			return nil, "", err
		}
	default:
		if p, err = modbus.BuiltinProfile(c.Profile); err != nil {
			return nil, "", err
		}
	}
	if c.Use != "" && !slices.Contains(p.Uses(), c.Use) {
		return nil, "", fmt.Errorf("--use %s: the profile has %s", c.Use, strings.Join(p.Uses(), ", "))
	}
	for _, use := range []string{c.Use, "grid", "pv", "battery", "load"} {
		if slices.Contains(p.Uses(), use) {
			return p, use, nil
		}
	}
	return nil, "", modbus.ErrUse
}

// snapshot reads what an agent would.
func (d *device) snapshot(ctx context.Context) (meter.Snapshot, error) {
	if d.profile != nil {
		return d.profile.Snapshot(ctx, d.client, d.use)
	}
	if d.chain == nil {
		chain, err := sunspec.Discover(ctx, d.client)
		if err != nil {
			return meter.Snapshot{}, err
		}
		d.chain = &chain
	}
	s, err := d.chain.Snapshot(ctx, d.client)
	if errors.Is(err, sunspec.ErrChanged) {
		d.chain = nil
	}
	return s, err
}

// explain says which device failed and what to do about it.
func (d *device) explain(err error) error {
	if err == nil {
		return nil
	}
	hint := ""
	switch {
	case errors.Is(err, modbus.ErrConnect):
		hint = "; is the host right, Modbus switched on, and no other program holding its only connection?"
	case errors.Is(err, modbus.ErrTimeout), errors.Is(err, modbus.ErrGatewayTarget), errors.Is(err, modbus.ErrGatewayPath):
		hint = "; is the unit right? wattle meter scan finds it"
	case errors.Is(err, modbus.ErrProtocol):
		hint = "; is this port Modbus, and the transport (tcp, tls, rtuovertcp) right?"
	case errors.Is(err, sunspec.ErrNoModels):
		hint = "; for a device that is not SunSpec name its --profile"
	}
	return fmt.Errorf("device %s unit %d: %w%s", d.address, d.unit, err, hint)
}
