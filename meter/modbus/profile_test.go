package modbus

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/wattle/wattle/meter"
)

// Every profile in the folder can be read, and names what people look for.
func TestBuiltinProfiles(t *testing.T) {
	names := Profiles()
	for _, want := range []string{
		"eastron-sdm120", "eastron-sdm230", "eastron-sdm630", "eastron-sdm72d", "carlo-gavazzi-em24", "carlo-gavazzi-em340", "carlo-gavazzi-em530",
		"schneider-iem3155", "abb-b23-b24", "janitza-umg", "huawei-sun2000", "chint-dtsu666", "sungrow-sh", "sungrow-sg", "goodwe-et", "growatt-tlx",
		"victron-gx", "solaredge-battery", "byd-through-sma", "sma-data-manager",
	} {
		if _, err := BuiltinProfile(want); err != nil {
			t.Error(err)
		}
	}
	for _, name := range append(names, blueprint) {
		text, err := os.ReadFile("profiles/" + name + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		p, err := ParseProfile(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c := p.Tune(Config{Address: "h:502"}); c.Validate() != nil || c.withDefaults().MaxRegisters < 40 {
			t.Errorf("%s: link %+v", name, c)
		}
	}
	if _, err := BuiltinProfile(blueprint); !errors.Is(err, ErrNoProfile) {
		t.Errorf("blueprint: got %v, want %v", err, ErrNoProfile)
	}
}

func TestProfilesThatCannotBeMeant(t *testing.T) {
	text, err := os.ReadFile("profiles/" + blueprint + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown key":          {"update_ms = 500", "update_ms = 500\ncolour = 1", "colour"},
		"unknown key of point": {`type = "float32", unit = "V"`, `type = "float32", unit = "V", zoom = 2`, "zoom"},
		"overlapping":          {"export = { address = 74", "export = { address = 73", "import and export overlap at register 73"},
		"same register":        {"export = { address = 74", "export = { address = 72", "overlap"},
		"no source":            {`source = "Example`, `source = "" # "Example`, "source"},
		"no update":            {"update_ms = 500", "update_ms = 0", "update_ms"},
		"no word order":        {`words = "high-first"`, `words = ""`, "words"},
		"strange word order":   {`words = "low-first" }`, `words = "middle" }`, "middle"},
		"unknown type":         {`"uint32"`, `"uint24"`, "uint24"},
		"text without size":    {`size = 8`, `size = 0`, "serial"},
		"number with size":     {`{ address = 12, `, `{ size = 2, address = 12, `, "size"},
		"beyond the registers": {`address = 110`, `address = 65535`, "65535"},
		"negative scale":       {`"0.1"`, `"-0.1"`, "scale"},
		"scale without number": {`"0.1"`, `"tenth"`, "scale"},
		"unknown unit":         {`unit = "Hz"`, `unit = "1/s"`, "1/s"},
		"unknown function":     {"function = 4 ", "function = 6 ", "function 6"},
		"unknown point in use": {`production = ["export"]`, `production = ["yields"]`, "yields"},
		"wrong unit in use":    {`power = ["-power"]`, `power = ["import"]`, "kWh"},
		"sign of an energy":    {`production = ["export"]`, `production = ["-export"]`, "sign"},
		"unknown use":          {"[use.load]", "[use.lamp]", "lamp"},
		"field of another use": {"[use.load]", "[use.load]\nsoc = [\"power\"]", "soc"},
		"empty use":            {`charged = ["import"]`, `charged = []`, "charged"},
		"too many registers":   {"max_registers = 80", "max_registers = 500", "500"},
		"no TOML":              {"[points]", "[points", "line"},
		"wrong kind":           {"unit = 1 ", `unit = "one" `, "line"},
		"absent of no kind":    {`absent = "none"`, `absent = "some"`, "some"},
	} {
		changed := strings.Replace(string(text), c.old, c.new, 1)
		if changed == string(text) {
			t.Fatalf("%s: %q is not in the blueprint", name, c.old)
		}
		if _, err := ParseProfile([]byte(changed)); !errors.Is(err, ErrProfile) || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: got %v, want %v that says %q", name, err, ErrProfile, c.want)
		}
	}
}

// bank is a device in memory: input registers lie beside holding registers.
type bank struct {
	holding, input Image
	limit          uint16
	asked          int
}

func (b *bank) Limit() uint16 { return b.limit }

func (b *bank) ReadHoldingRegisters(_ context.Context, address, count uint16) ([]uint16, []byte, error) {
	return b.read(b.holding, address, count)
}

func (b *bank) ReadInputRegisters(_ context.Context, address, count uint16) ([]uint16, []byte, error) {
	return b.read(b.input, address, count)
}

func (b *bank) read(from Image, address, count uint16) (words []uint16, frame []byte, err error) {
	b.asked++
	for i := range count {
		w, ok := from[address+i]
		if !ok {
			return nil, nil, &Exception{Function: readHolding, Code: codeIllegalAddress}
		}
		words = append(words, w)
		frame = binary.BigEndian.AppendUint16(frame, w)
	}
	return words, frame, nil
}

func (m Image) float(address uint16, v float32) {
	bits := math.Float32bits(v)
	m[address], m[address+1] = uint16(bits>>16), uint16(bits)
}

func snapshotText(s meter.Snapshot) string {
	show := func(v any) string {
		text := fmt.Sprintf("%v", v)
		return text
	}
	var out []string
	for _, f := range []struct {
		name string
		v    any
	}{{"grid", deref(s.Grid)}, {"import", deref(s.Import)}, {"export", deref(s.Export)}, {"solar", deref(s.Solar)}, {"production", deref(s.Production)},
		{"battery", deref(s.Battery)}, {"charged", deref(s.Charged)}, {"discharged", deref(s.Discharged)}, {"charge", deref(s.Charge)}} {
		if f.v != nil {
			out = append(out, f.name+" "+show(f.v))
		}
	}
	return strings.Join(append(out, fmt.Sprintf("%dmHz %dmV", s.Frequency, s.Voltage)), " ")
}

func deref[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

func wantUse(t *testing.T, profile string, b *bank, use, want string) {
	t.Helper()
	p, err := BuiltinProfile(profile)
	if err != nil {
		t.Fatal(err)
	}
	if b.limit == 0 {
		b.limit = uint16(p.Tune(Config{}).withDefaults().MaxRegisters)
	}
	s, err := p.Snapshot(t.Context(), b, use)
	if err != nil {
		t.Fatal(err)
	}
	if got := snapshotText(s); got != want {
		t.Errorf("%s as %s:\ngot  %s\nwant %s", profile, use, got, want)
	}
}

// A single-phase meter, as its document's example says 230 V; the same registers as grid meter and behind a roof.
func TestEastron(t *testing.T) {
	b := &bank{input: Image{}}
	for a := range uint16(100) {
		b.input[a] = 0
	}
	b.input.float(0, 230.2)
	b.input.float(12, -1500.4)
	b.input.float(70, 49.98)
	b.input.float(72, 1234.567)
	b.input.float(74, 89.5)
	wantUse(t, "eastron-sdm120", b, "grid", "grid -1500W import 1234567Wh export 89500Wh 49980mHz 230200mV")
	if b.asked != 1 {
		t.Errorf("requests: got %d, want 1: the registers lie within one", b.asked)
	}
	wantUse(t, "eastron-sdm120", b, "pv", "solar 1500W production 89500Wh 49980mHz 230200mV")
	wantUse(t, "eastron-sdm120", b, "battery", "battery 1500W charged 1234567Wh discharged 89500Wh 0mHz 0mV")
	b.input.float(72, float32(math.NaN()))
	wantUse(t, "eastron-sdm120", b, "grid", "grid -1500W export 89500Wh 49980mHz 230200mV")
}

// Low word first, and signed energies.
func TestCarloGavazzi(t *testing.T) {
	b := &bank{input: Image{}}
	for a := range uint16(120) {
		b.input[a] = 0
	}
	b.input[0], b.input[40], b.input[41] = 2301, 0xFFFF-122, 0xFFFF // -12.3 W
	b.input[0x33] = 500
	b.input[0x34], b.input[0x35], b.input[0x4E] = 0x0002, 0x0001, 7 // 65538 and 7 tenths of a kWh
	wantUse(t, "carlo-gavazzi-em340", b, "grid", "grid -12W import 6553800Wh export 700Wh 50000mHz 230100mV")
}

// What an inverter does not have is refused, and costs nothing but requests; what it does not know is absent.
func TestHuaweiWithoutABattery(t *testing.T) {
	b := &bank{holding: Image{}}
	for a := uint16(37100); a < 37140; a++ {
		b.holding[a] = 0
	}
	b.holding[37113], b.holding[37114] = 0xFFFF, 0xFC18 // -1000: draws
	b.holding[37121], b.holding[37122] = 0x7FFF, 0xFFFF
	b.holding[37120] = 250
	b.holding[37118] = 5001
	wantUse(t, "huawei-sun2000", b, "grid", "grid 1000W export 2500Wh 50010mHz 0mV")
	wantUse(t, "huawei-sun2000", b, "battery", "0mHz 0mV")
	p, err := BuiltinProfile("huawei-sun2000")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Snapshot(t.Context(), b, "load"); !errors.Is(err, ErrUse) {
		t.Errorf("as load: got %v, want %v", err, ErrUse)
	}
	if _, err := p.Values(t.Context(), &bank{limit: 60}); !errors.Is(err, ErrIllegalAddress) {
		t.Errorf("another device: got %v, want %v", err, ErrIllegalAddress)
	}
	values, err := p.Values(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		if v.Name == "grid_power" && fmt.Sprint(v.Value) != "-1000" || v.Name == "serial" && v.Value != nil {
			t.Errorf("got %+v", v)
		}
	}
}

// Sums of phases, and the battery's sign turned.
func TestVictron(t *testing.T) {
	b := &bank{input: Image{}}
	for a := uint16(800); a < 860; a++ {
		b.input[a] = 0
	}
	b.input[820], b.input[821], b.input[822], b.input[842], b.input[843] = 100, 0xFFFF, 1, 500, 55
	wantUse(t, "victron-gx", b, "grid", "grid 100W 0mHz 0mV")
	wantUse(t, "victron-gx", b, "battery", "battery -500W charge 550 0mHz 0mV")
	b.input[811], b.input[850] = 300, 50
	wantUse(t, "victron-gx", b, "pv", "solar 350W 0mHz 0mV")
}

// Whatever is written, reading it ends with a profile or with ErrProfile, and a profile reads any device without panic.
func FuzzProfile(f *testing.F) {
	for _, name := range append(Profiles(), blueprint) {
		text, err := os.ReadFile("profiles/" + name + ".toml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), uint16(0x7FFF))
	}
	f.Fuzz(func(t *testing.T, text string, word uint16) {
		p, err := ParseProfile([]byte(text))
		if err != nil {
			if !errors.Is(err, ErrProfile) {
				t.Fatalf("got %v, want %v", err, ErrProfile)
			}
			return
		}
		b := &bank{holding: Image{}, input: Image{}, limit: MaxRegisters}
		for _, q := range p.points {
			for i := range q.span.Count {
				b.holding[q.span.Address+i], b.input[q.span.Address+i] = word, word
			}
		}
		if _, err := p.Values(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		for _, use := range p.Uses() {
			s, err := p.Snapshot(t.Context(), b, use)
			if err != nil {
				t.Fatal(err)
			}
			if s.Import != nil && *s.Import < 0 || s.Charge != nil && *s.Charge > 1000 {
				t.Fatalf("out of range: %s", snapshotText(s))
			}
		}
	})
}
