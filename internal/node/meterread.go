package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/sunspec"
)

// MeterReadConfig says what to read.
type MeterReadConfig struct {
	DeviceConfig
	JSON bool
}

// MeterRead prints what a unit says of itself: every point this program can name.
func MeterRead(ctx context.Context, c MeterReadConfig, stdout io.Writer) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	report, err := d.report(ctx)
	if err = errors.Join(err, d.link.Close()); err != nil {
		return d.explain(err)
	}
	if c.JSON {
		err = json.NewEncoder(stdout).Encode(report)
	} else {
		err = report.print(stdout)
	}
	return errors.Join(err, d.explain(report.flaw))
}

// deviceReport is what a device says, for people and programs.
type deviceReport struct {
	Device   reportedDevice   `json:"device"`
	Parts    []reportedDevice `json:"parts,omitempty"` // all of them, where several devices stand behind the unit
	Points   []reportedPoint  `json:"points"`
	Readings reportedReadings `json:"readings"`
	titles   map[uint16]string
	flaw     error // of the chain of models: what is said is right, but not all
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

// reportedReadings is what an agent would take: of the meter, or else of the inverter or battery, whose production and
// discharge count as export. The power is > 0 for a meter's import, an inverter's production, a battery's discharge.
type reportedReadings struct {
	Power     *energy.Watts     `json:"power_w"`
	Export    *energy.WattHours `json:"export_wh"`
	Import    *energy.WattHours `json:"import_wh"`
	Frequency *meter.Number     `json:"frequency_hz"`
}

// report reads everything the device says.
func (d *device) report(ctx context.Context) (deviceReport, error) {
	if d.profile != nil {
		return d.reportProfile(ctx)
	}
	chain, err := sunspec.Discover(ctx, d.client)
	if err != nil {
		return deviceReport{}, err
	}
	said, err := chain.Read(ctx, d.client)
	if err != nil {
		return deviceReport{}, err
	}
	snapshot, err := chain.Snapshot(ctx, d.client)
	if err != nil {
		return deviceReport{}, err
	}
	r := deviceReport{Readings: readingsOf(snapshot), Points: []reportedPoint{}, titles: map[uint16]string{}, flaw: chain.Flaw}
	for _, p := range said.Parts {
		r.Parts = append(r.Parts, reportedDevice{p.Manufacturer, p.Model, p.Serial, p.Version})
	}
	if len(r.Parts) > 0 {
		r.Device = r.Parts[0]
	}
	if len(r.Parts) == 1 {
		r.Parts = nil
	}
	for _, m := range said.Models {
		r.titles[m.ID] = m.Title
		for _, p := range m.Points {
			r.Points = append(r.Points, reportedPoint{m.ID, m.Part, p.Name, p.Value, p.Unit, qualityOf(p.Value)})
		}
	}
	return r, nil
}

// reportProfile is report for a device that is not SunSpec.
func (d *device) reportProfile(ctx context.Context) (deviceReport, error) {
	values, err := d.profile.Values(ctx, d.client)
	if err != nil {
		return deviceReport{}, err
	}
	snapshot, err := d.profile.Snapshot(ctx, d.client, d.use)
	if err != nil {
		return deviceReport{}, err
	}
	r := deviceReport{Readings: readingsOf(snapshot), Device: reportedDevice{Manufacturer: d.profile.Manufacturer, Model: d.profile.Model}}
	for _, v := range values {
		if text, ok := v.Value.(string); ok {
			switch v.Name {
			case "model":
				r.Device.Model = text
			case "serial":
				r.Device.Serial = text
			case "version":
				r.Device.Version = text
			}
		}
		r.Points = append(r.Points, reportedPoint{Name: v.Name, Value: v.Value, Unit: v.Unit, Quality: qualityOf(v.Value)})
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
	for _, power := range []*energy.Watts{s.Solar, s.Battery} {
		if r.Power == nil {
			r.Power = power
		}
	}
	if r.Export == nil && r.Import == nil {
		r.Export = s.Production
	}
	if r.Export == nil && r.Import == nil {
		r.Export, r.Import = s.Discharged, s.Charged
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
