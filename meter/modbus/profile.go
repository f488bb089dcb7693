package modbus

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

// Profiles are data, not code: profiles/blueprint.toml explains the form.
//
//go:embed profiles/*.toml
var profileFiles embed.FS

const blueprint = "blueprint"

var (
	// ErrProfile is returned for a profile that contradicts itself or says something unknown.
	ErrProfile = problem.New(problem.Invalid, "invalid profile")
	// ErrNoProfile is returned for a name that no built-in profile has.
	ErrNoProfile = problem.New(problem.NotFound, "no such profile")
	// ErrUse is returned where a profile cannot serve the wanted use.
	ErrUse = problem.New(problem.Invalid, "the profile does not say how the device is used so")
)

// Profile says which registers of a device that is not SunSpec mean what.
type Profile struct {
	Manufacturer string
	Model        string
	Source       string        // the document the registers were taken from
	Update       time.Duration // how often the device renews its values
	Unit         byte          // where the device usually is
	points       []profilePoint
	uses         map[string]map[string][]term
	gap          uint16
	link         Config // what the device needs: delays and limits
}

// profilePoint is a value of a profile.
type profilePoint struct {
	name      string
	function  byte
	span      Span
	kind      string
	scale     meter.Number
	unit      string
	lowFirst  bool
	absent    string
	shownOnly bool // a text
}

// term is a point that counts into a value, with its sign.
type term struct {
	point    string
	negative bool
}

// profileFile is a profile as it is written.
type profileFile struct {
	Manufacturer string                         `toml:"manufacturer"`
	Model        string                         `toml:"model"`
	Source       string                         `toml:"source"`
	UpdateMS     int                            `toml:"update_ms"`
	Unit         int                            `toml:"unit"`
	Function     int                            `toml:"function"`
	Words        string                         `toml:"words"`
	Absent       string                         `toml:"absent"`
	Link         linkFile                       `toml:"link"`
	Points       map[string]pointFile           `toml:"points"`
	Use          map[string]map[string][]string `toml:"use"`
}

type linkFile struct {
	TimeoutMS      int `toml:"timeout_ms"`
	ConnectDelayMS int `toml:"connect_delay_ms"`
	RequestDelayMS int `toml:"request_delay_ms"`
	ReleaseMS      int `toml:"release_ms"`
	MaxRegisters   int `toml:"max_registers"`
	Gap            int `toml:"gap"`
}

type pointFile struct {
	Address  int    `toml:"address"`
	Type     string `toml:"type"`
	Size     int    `toml:"size"`
	Scale    string `toml:"scale"`
	Unit     string `toml:"unit"`
	Function int    `toml:"function"`
	Words    string `toml:"words"`
	Absent   string `toml:"absent"`
}

// Profiles are the names of the built-in profiles.
func Profiles() []string {
	entries, err := profileFiles.ReadDir("profiles")
	if err != nil {
		panic(err) // they are in the binary
	}
	var names []string
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".toml"); name != blueprint {
			names = append(names, name)
		}
	}
	return names
}

// BuiltinProfile is the built-in profile with this name.
func BuiltinProfile(name string) (*Profile, error) {
	if !slices.Contains(Profiles(), name) {
		return nil, fmt.Errorf("%q: there are %s: %w", name, strings.Join(Profiles(), ", "), ErrNoProfile)
	}
	text, err := profileFiles.ReadFile("profiles/" + name + ".toml")
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	return ParseProfile(text)
}

// ParseProfile reads a profile. An unknown key, two points on one register and everything else that cannot be meant is
// ErrProfile.
func ParseProfile(text []byte) (*Profile, error) {
	var f profileFile
	d := toml.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		var unknown *toml.StrictMissingError
		var wrong *toml.DecodeError
		switch {
		case errors.As(err, &unknown):
			row, _ := unknown.Errors[0].Position()
			return nil, fmt.Errorf("line %d: key %s is unknown: %w", row, strings.Join(unknown.Errors[0].Key(), "."), ErrProfile)
		case errors.As(err, &wrong):
			row, _ := wrong.Position()
			return nil, fmt.Errorf("line %d: %v: %w", row, wrong, ErrProfile)
		}
		return nil, fmt.Errorf("%w: %w", err, ErrProfile)
	}
	p, err := f.profile()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrProfile)
	}
	return p, nil
}

func (f profileFile) profile() (*Profile, error) {
	switch {
	case f.Manufacturer == "" || f.Model == "" || f.Source == "":
		return nil, errors.New("manufacturer, model and source are required")
	case f.UpdateMS <= 0 || f.UpdateMS > 3_600_000:
		return nil, fmt.Errorf("update_ms %d: say how often the device renews its values", f.UpdateMS)
	case f.Unit < 0 || f.Unit > 255:
		return nil, fmt.Errorf("unit %d: want 0 to 255", f.Unit)
	case f.Words == "":
		return nil, errors.New(`words: say "high-first" or "low-first"`)
	case len(f.Points) == 0 || len(f.Use) == 0:
		return nil, errors.New("points and at least one use are required")
	case f.Link.Gap < 0 || f.Link.Gap > MaxRegisters:
		return nil, fmt.Errorf("gap %d: want 0 to %d", f.Link.Gap, MaxRegisters)
	}
	millis := func(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }
	p := &Profile{
		Manufacturer: f.Manufacturer, Model: f.Model, Source: f.Source, Update: millis(f.UpdateMS), Unit: byte(f.Unit),
		gap: uint16(f.Link.Gap), uses: make(map[string]map[string][]term),
		link: Config{
			Address: "device:502", Timeout: millis(f.Link.TimeoutMS), ConnectDelay: millis(f.Link.ConnectDelayMS),
			RequestDelay: millis(f.Link.RequestDelayMS), Release: millis(f.Link.ReleaseMS), MaxRegisters: f.Link.MaxRegisters,
		},
	}
	if err := p.link.Validate(); err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Points)) {
		point, err := f.point(name, f.Points[name])
		if err != nil {
			return nil, fmt.Errorf("point %s: %w", name, err)
		}
		p.points = append(p.points, point)
	}
	if err := p.arrange(); err != nil {
		return nil, err
	}
	for _, use := range slices.Sorted(maps.Keys(f.Use)) {
		if err := p.takeUse(use, f.Use[use]); err != nil {
			return nil, fmt.Errorf("use %s: %w", use, err)
		}
	}
	return p, nil
}

// arrange puts points in the order of their registers and refuses two on one.
func (p *Profile) arrange() error {
	slices.SortFunc(p.points, func(a, b profilePoint) int {
		return (int(a.function)-int(b.function))<<16 + int(a.span.Address) - int(b.span.Address)
	})
	for i, q := range p.points[1:] {
		if before := p.points[i]; before.function == q.function && int(q.span.Address) < before.span.end() {
			return fmt.Errorf("points %s and %s overlap at register %d", before.name, q.name, q.span.Address)
		}
	}
	return nil
}

// Tune puts what the device needs where a link's configuration says nothing.
func (p *Profile) Tune(c Config) Config {
	for _, d := range []struct{ own, of *time.Duration }{
		{&c.Timeout, &p.link.Timeout}, {&c.ConnectDelay, &p.link.ConnectDelay}, {&c.RequestDelay, &p.link.RequestDelay}, {&c.Release, &p.link.Release},
	} {
		if *d.own == 0 {
			*d.own = *d.of
		}
	}
	if c.MaxRegisters == 0 {
		c.MaxRegisters = p.link.MaxRegisters
	}
	return c
}

// Uses are what the device can be read for: grid, pv, battery, load.
func (p *Profile) Uses() []string { return slices.Sorted(maps.Keys(p.uses)) }
