package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter/modbus"
	"github.com/wattle/wattle/meter/sunspec"
)

// MeterScanConfig says where to look for devices.
type MeterScanConfig struct {
	URL     string
	Units   string        // "1-247", "1,126"
	Timeout time.Duration // for the answer of each unit
	JSON    bool
}

// errNothing is returned where no unit answered.
var errNothing = problem.New(problem.NotFound, "no unit answered")

// scanned is a unit that answered.
type scanned struct {
	Unit   int              `json:"unit"`
	Parts  []reportedDevice `json:"devices"`
	Models []uint16         `json:"models"`
	Note   string           `json:"note,omitempty"`
}

// MeterScan asks every unit of a link who it is, and prints those that answer as they do.
func MeterScan(ctx context.Context, c MeterScanConfig, stdout io.Writer) error {
	units, err := parseUnits(c.Units)
	if err != nil {
		return err
	}
	d, err := DeviceConfig{URL: c.URL, Unit: -1, Timeout: c.Timeout}.open()
	if err != nil {
		return err
	}
	defer d.link.Close() // only reads were sent
	found := []scanned{}
	for _, unit := range units {
		d.unit, d.client = byte(unit), d.link.Unit(byte(unit))
		s, err := scanUnit(ctx, c.Timeout, d)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, modbus.ErrConnect), errors.Is(err, modbus.ErrProtocol):
			return d.explain(err)
		case err != nil:
			continue // silence is the answer of units that are not there
		}
		found = append(found, s)
		if !c.JSON {
			if err := s.print(stdout); err != nil {
				return err
			}
		}
	}
	if c.JSON {
		if err := json.NewEncoder(stdout).Encode(map[string]any{"units": found}); err != nil {
			return err
		}
	}
	if len(found) == 0 {
		return fmt.Errorf("%s, units %s: %w: check the wiring, and that Modbus is switched on in the device", d.address, c.Units, errNothing)
	}
	return nil
}

func scanUnit(ctx context.Context, timeout time.Duration, d *device) (scanned, error) {
	s := scanned{Unit: int(d.unit), Models: []uint16{}, Parts: []reportedDevice{}}
	// The first request decides whether anybody is there; what answers gets the time it needs.
	first, cancel := context.WithTimeout(ctx, timeout)
	_, _, err := d.client.ReadHoldingRegisters(first, 40000, 2)
	cancel()
	if err != nil && !modbus.Refused(err) {
		return s, err
	}
	rest, cancel := context.WithTimeout(ctx, 20*timeout)
	defer cancel()
	chain, err := sunspec.Discover(rest, d.client)
	if errors.Is(err, sunspec.ErrNoModels) {
		s.Note = "answers, but not in SunSpec: name its --profile to read it"
		return s, nil
	}
	if err != nil {
		return s, err
	}
	if chain.Flaw != nil {
		s.Note = chain.Flaw.Error()
	}
	for _, b := range chain.Blocks {
		s.Models = append(s.Models, b.Model)
	}
	parts, err := chain.Parts(rest, d.client)
	for _, p := range parts {
		s.Parts = append(s.Parts, reportedDevice{p.Manufacturer, p.Model, p.Serial, p.Version})
	}
	return s, err
}

func (s scanned) print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "unit %d", s.Unit)
	for _, p := range s.Parts {
		fmt.Fprintf(&b, "  %s %s, serial %s", or(p.Manufacturer, "unknown maker"), p.Model, or(p.Serial, "unknown"))
	}
	if len(s.Models) > 0 {
		fmt.Fprintf(&b, "  models %s", strings.Trim(fmt.Sprint(s.Models), "[]"))
	}
	if s.Note != "" {
		fmt.Fprintf(&b, "  %s", s.Note)
	}
	_, err := fmt.Fprintln(w, b.String())
	return err
}

// parseUnits reads unit numbers such as 1-10,126.
func parseUnits(text string) ([]int, error) {
	wrong := fmt.Errorf("--units %q: use numbers and ranges within 0 to 255, such as 1-10,126: %w", text, ErrConfig)
	var units []int
	for part := range strings.SplitSeq(text, ",") {
		low, high, ranged := strings.Cut(part, "-")
		first, err := strconv.Atoi(low)
		last := first
		if err == nil && ranged {
			last, err = strconv.Atoi(high)
		}
		if err != nil || first < 0 || last > 255 || first > last {
			return nil, wrong
		}
		for u := first; u <= last; u++ {
			if !slices.Contains(units, u) {
				units = append(units, u)
			}
		}
	}
	return units, nil
}
