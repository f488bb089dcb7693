package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/modbus"
	"github.com/wattle/wattle/meter/sunspec"
)

// DeviceConfig names one unit of one device; every command about a device begins with it.
type DeviceConfig struct {
	URL     string // as modbus.ParseURL reads it
	Unit    int    // used where the URL names none
	Timeout time.Duration
}

// open connects to the device. The caller closes the link.
func (c DeviceConfig) open() (*modbus.Link, modbus.Endpoint, error) {
	if c.URL == "" {
		return nil, modbus.Endpoint{}, fmt.Errorf("--url: name the device, as in tcp://192.0.2.7:502: %w", ErrConfig)
	}
	if c.Unit < 0 || c.Unit > 255 {
		return nil, modbus.Endpoint{}, fmt.Errorf("--unit %d: use 0 to 255: %w", c.Unit, ErrConfig)
	}
	if c.Timeout <= 0 {
		return nil, modbus.Endpoint{}, fmt.Errorf("--timeout %s: use more than 0: %w", c.Timeout, ErrConfig)
	}
	e, err := openable(c.URL)
	if err != nil {
		return nil, e, fmt.Errorf("--url: %w: %w", err, ErrConfig)
	}
	if !e.Named {
		e.Unit = byte(c.Unit)
	}
	link, err := modbus.Open(e.Link)
	return link, e, err
}

// MeterReadConfig says what to read.
type MeterReadConfig struct {
	DeviceConfig
	JSON bool
}

// MeterRead prints what a unit says of itself: every point this program can name.
func MeterRead(ctx context.Context, c MeterReadConfig, stdout io.Writer) error {
	link, e, err := c.open()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	report, err := readSunSpec(ctx, link.Unit(e.Unit))
	if err = errors.Join(err, link.Close()); err != nil {
		return fmt.Errorf("device %s unit %d: %w", e.Link.Address, e.Unit, err)
	}
	if c.JSON {
		return json.NewEncoder(stdout).Encode(report)
	}
	return report.print(stdout)
}

// deviceReport is what a device says, for people and programs.
type deviceReport struct {
	Device   reportedDevice   `json:"device"`
	Parts    []reportedDevice `json:"parts,omitempty"` // all of them, where several devices stand behind the unit
	Points   []reportedPoint  `json:"points"`
	Readings reportedReadings `json:"readings"`
	titles   map[uint16]string
}

type reportedDevice struct {
	Manufacturer string `json:"manufacturer"`
	Model        string `json:"model"`
	Serial       string `json:"serial"`
	Version      string `json:"version"`
}

// reportedPoint is one value. Quality is "measured", or "missing" where the device does not say it.
type reportedPoint struct {
	Model   uint16 `json:"model,omitempty"`
	Part    int    `json:"part,omitempty"`
	Name    string `json:"name"`
	Value   any    `json:"value"`
	Unit    string `json:"unit"`
	Quality string `json:"quality"`
}

// reportedReadings is what an agent would take: of the meter, or else of the inverter, whose power and production count
// as export. Powers are > 0 as the device says them: a meter's import, an inverter's production.
type reportedReadings struct {
	Power     *energy.Watts     `json:"power_w"`
	Export    *energy.WattHours `json:"export_wh"`
	Import    *energy.WattHours `json:"import_wh"`
	Frequency *meter.Number     `json:"frequency_hz"`
}

func readSunSpec(ctx context.Context, client *modbus.Client) (deviceReport, error) {
	chain, err := sunspec.Discover(ctx, client)
	if err != nil {
		return deviceReport{}, err
	}
	device, err := chain.Read(ctx, client)
	if err != nil {
		return deviceReport{}, err
	}
	snapshot, err := chain.Snapshot(ctx, client)
	if err != nil {
		return deviceReport{}, err
	}
	r := deviceReport{Readings: readingsOf(snapshot), Points: []reportedPoint{}, titles: map[uint16]string{}}
	for _, p := range device.Parts {
		r.Parts = append(r.Parts, reportedDevice{p.Manufacturer, p.Model, p.Serial, p.Version})
	}
	if len(r.Parts) > 0 {
		r.Device = r.Parts[0]
	}
	if len(r.Parts) == 1 {
		r.Parts = nil
	}
	for _, m := range device.Models {
		r.titles[m.ID] = m.Title
		for _, p := range m.Points {
			r.Points = append(r.Points, reportedPoint{m.ID, m.Part, p.Name, p.Value, p.Unit, qualityOf(p.Value)})
		}
	}
	return r, nil
}

func qualityOf(value any) string {
	if value == nil {
		return "missing"
	}
	return meter.Measured.String()
}

func readingsOf(s meter.Snapshot) reportedReadings {
	r := reportedReadings{Power: s.Grid, Export: s.Export, Import: s.Import}
	if r.Power == nil {
		r.Power = s.Solar
	}
	if r.Export == nil && r.Import == nil {
		r.Export = s.Production
	}
	if s.Frequency != 0 {
		r.Frequency = &meter.Number{Units: int64(s.Frequency), Exponent: -3}
	}
	return r
}

// print lists what the device says, model by model; what it does not say is left out.
func (r deviceReport) print(w io.Writer) error {
	var b strings.Builder
	devices := r.Parts
	if len(devices) == 0 {
		devices = []reportedDevice{r.Device}
	}
	for _, d := range devices {
		fmt.Fprintf(&b, "%s %s, serial %s\n", or(d.Manufacturer, "unknown maker"), d.Model, or(d.Serial, "unknown"))
	}
	for i, p := range r.Points {
		if p.Model != 0 && (i == 0 || r.Points[i-1].Model != p.Model || r.Points[i-1].Part != p.Part) {
			fmt.Fprintf(&b, "\nmodel %d  %s\n", p.Model, r.titles[p.Model])
		}
		if p.Value != nil {
			fmt.Fprintf(&b, "  %-20s %14v %-8s %s\n", p.Name, p.Value, p.Unit, p.Quality)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
