package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	python      = "/usr/bin/python3" // Debian's, which sees Debian's pymodbus
	deviceDumps = "../../shared/data/sunspec/dumps"
	deviceUnit  = "126" // the unit of SMA's inverters
)

// device is a Modbus server that is not ours, with the registers of a real inverter.
type device struct {
	url      string
	commands io.Writer
	answers  *bufio.Reader
}

func serveDevice(t *testing.T, dump string) *device {
	t.Helper()
	dump = filepath.Join(deviceDumps, dump)
	if _, err := os.Stat(dump); err != nil {
		t.Skipf("the register dumps of real devices are not on this machine: %v", err)
	}
	return serveRegisters(t, dump)
}

func serveRegisters(t *testing.T, dump string) *device {
	t.Helper()
	if out, err := exec.Command(python, "-c", "import pymodbus.server.async_io").CombinedOutput(); err != nil {
		t.Skipf("pymodbus is not installed, try: apt-get install python3-pymodbus python3-serial\n%s", out)
	}
	server := exec.Command(python, "../meter/sunspec/testdata/serve_dump.py", dump)
	said := &output{}
	server.Stderr = said
	commands, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		commands.Close()
		server.Wait()
	})
	d := &device{commands: commands, answers: bufio.NewReader(out)}
	port, err := d.answers.ReadString('\n')
	if err != nil {
		t.Fatalf("pymodbus did not start: %v\n%s", err, said)
	}
	d.url = "tcp://127.0.0.1:" + strings.TrimSpace(port)
	return d
}

// produced sets what the inverter has ever fed out: SunSpec model 101, WH, which this one counts in steps of 10 Wh.
func (d *device) produced(t *testing.T, wh int64) {
	t.Helper()
	const register = 40209
	fmt.Fprintln(d.commands, register, wh/10>>16, wh/10&0xffff)
	if _, err := d.answers.ReadString('\n'); err != nil {
		t.Fatalf("pymodbus did not take %d Wh: %v", wh, err)
	}
}

// said runs a command that must work and returns its standard output.
func said(t *testing.T, args ...string) string {
	t.Helper()
	p := start(t, args...)
	if err := p.wait(t, time.Minute); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, p.stderr)
	}
	return p.stdout.String()
}

func TestMeterReadSaysWhatADeviceSays(t *testing.T) {
	for _, c := range []struct {
		dump     string
		text     []string // lines
		absent   string
		readings string
		points   map[string]string // of the inverter, SunSpec model 101
	}{
		{"sma-sb36-day-2023.json",
			[]string{"SMA SB3.6-1AV-41, serial 3005067415", "model 101 inverter", "W 1080 W measured", "WH 21707970 Wh measured", "Hz 49.98 Hz measured",
				"PhVphA 239.2 V measured", "TmpCab 42 C measured", "WRtg 3680 W measured"}, "PhVphB",
			`{"power_w":1080,"export_wh":21707970,"import_wh":null,"frequency_hz":49.98}`,
			map[string]string{"W": `1080 W`, "WH": `21707970 Wh`, "Hz": `49.98 Hz`,
				"A": `4.5 A`, "PhVphB": `null V`, "St": `4 `}},
		{"sma-sb36-night-2025.json",
			[]string{"SMA SB3.6-1AV-41, serial 3005067415", "WH 29479140 Wh measured", "WRtg 3680 W measured"}, "TmpCab",
			`{"power_w":null,"export_wh":29479140,"import_wh":null,"frequency_hz":null}`,
			map[string]string{"W": `null W`, "WH": `29479140 Wh`, "Hz": `null Hz`}},
	} {
		t.Run(c.dump, func(t *testing.T) {
			d := serveDevice(t, c.dump)
			lines := map[string]bool{}
			text := said(t, "meter", "read", "--url", d.url, "--unit", deviceUnit)
			for line := range strings.Lines(text) {
				lines[strings.Join(strings.Fields(line), " ")] = true
			}
			for _, want := range c.text {
				if !lines[want] {
					t.Errorf("no line %q in\n%s", want, text)
				}
			}
			if strings.Contains(text, c.absent) {
				t.Errorf("%s, which the device does not say, is in\n%s", c.absent, text)
			}
			var got struct {
				Device struct{ Manufacturer, Model, Serial, Version string }
				Points []struct {
					Model      int
					Name, Unit string
					Value      json.RawMessage
				}
				Readings json.RawMessage
			}
			if err := json.Unmarshal([]byte(said(t, "meter", "read", "--url", d.url+"?unit="+deviceUnit, "--json")), &got); err != nil {
				t.Fatal(err)
			}
			if got, want := got.Device.Manufacturer+" "+got.Device.Model+" "+got.Device.Serial, "SMA SB3.6-1AV-41 3005067415"; got != want {
				t.Errorf("device: got %s, want %s", got, want)
			}
			if string(got.Readings) != c.readings {
				t.Errorf("readings: got %s, want %s", got.Readings, c.readings)
			}
			found := 0
			for _, p := range got.Points {
				if want, ok := c.points[p.Name]; ok && p.Model == 101 {
					found++
					if said := string(p.Value) + " " + p.Unit; said != want {
						t.Errorf("%s: got %s, want %s", p.Name, said, want)
					}
				}
			}
			if found != len(c.points) {
				t.Errorf("found %d of the points %v", found, c.points)
			}
		})
	}
}

// A Modbus device that is no SunSpec device is told from one that is off.
func TestDeviceThatIsNoSunSpecIsExplained(t *testing.T) {
	registers := filepath.Join(t.TempDir(), "registers.json")
	if err := os.WriteFile(registers, []byte(`{"0":1,"40000":7,"40001":8,"50000":9,"50001":10}`), 0o600); err != nil {
		t.Fatal(err)
	}
	d := serveRegisters(t, registers)
	refusal{"meter read", failed, []string{"meter", "read", "--url", d.url}, []string{"SunSpec", "unit 1"}}.refused(t)
	refusal{"demo", failed, quick(dataDir(t), "--speed", "1", "--device", d.url), []string{"--device " + d.url, "SunSpec", "check address, unit"}}.refused(t)
}

// memberLedger is what a street's page says of a member's account.
type memberLedger struct {
	Lines []struct {
		Start  int64  `json:"start"`
		Leg    string `json:"leg"`
		Energy int64  `json:"energy_wh"`
		Money  string `json:"money_nano"`
		Tokens int64  `json:"tokens_wh"`
	} `json:"lines"`
}

// sums are the energy sold, the money for it and the tokens minted of one interval.
func (l memberLedger) sums(t *testing.T, start int64) (sold, money, minted int64) {
	t.Helper()
	for _, line := range l.Lines {
		if line.Start != start {
			continue
		}
		switch line.Leg {
		case "mint":
			minted += line.Tokens
		case "trade", "residual-export":
			amount, err := strconv.ParseInt(line.Money, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			sold, money = sold+line.Energy, money+amount
		}
	}
	return sold, money, minted
}

// A real device lives in real time: two intervals of a minute take two and a half.
func TestRealDeviceSellsWhatItsRegisterSays(t *testing.T) {
	if testing.Short() {
		t.Skip("takes three minutes of real time")
	}
	t.Parallel()
	const (
		before   = 21_707_970 // Wh, in the dump
		produced = 40         // Wh in the first minute that is settled: 2.4 of the 3.68 kW on the nameplate
	)
	d := serveDevice(t, "sma-sb36-day-2023.json")
	begin := time.Date(2026, 6, 21, 6, 55, 30, 0, time.UTC) // in the minute whose end gives every meter its base
	first := begin.Truncate(time.Minute).Add(time.Minute)
	data := dataDir(t)
	p := start(t, "demo", "--speed", "1", "--interval", "1m", "--start", begin.Format(time.RFC3339), "--device", d.url+"?unit="+deviceUnit,
		"--intervals", "2", "--json", "--listen", "127.0.0.1:0", "--data", data)
	page := p.url(t)

	var street struct {
		Now   int64 `json:"now_ms"`
		Homes []struct {
			Member, Name   string
			Solar, Battery bool
		} `json:"homes"`
	}
	eventually(t, 2*time.Minute, "the clock passes the middle of the first minute", func() bool {
		return fetch(t.Context(), page+"/api/street", &street) == nil && street.Now >= first.Add(20*time.Second).UnixMilli()
	})
	d.produced(t, before+produced)
	if got, want := fmt.Sprint(street.Homes[len(street.Homes)-1]), "{device-01 SMA SB3.6-1AV-41 true false}"; len(street.Homes) != 13 || got != want {
		t.Errorf("got %d homes, the last %s; want 13, %s", len(street.Homes), got, want)
	}
	var ledger memberLedger
	eventually(t, 2*time.Minute, "the first minute is minted", func() bool {
		if err := fetch(t.Context(), page+"/api/members/device-01/ledger", &ledger); err != nil {
			return false
		}
		_, _, minted := ledger.sums(t, first.Unix())
		return minted != 0
	})
	d.produced(t, before+produced+30)
	sold, money, minted := ledger.sums(t, first.Unix())
	if minted != produced || sold != produced {
		t.Errorf("register rose by %d Wh: minted %d, sold %d; want all alike in %+v", produced, minted, sold, ledger)
	}
	const supplierPays, supplierAsks = 80_000, 300_000 // n€ per Wh; neighbours' prices lie between
	if money < produced*supplierPays || money > produced*supplierAsks {
		t.Errorf("got %d n€ for %d Wh, want %d to %d each", money, produced, supplierPays, supplierAsks)
	}

	if err := p.wait(t, 2*time.Minute); err != nil {
		t.Fatalf("demo: %v\n%s", err, tail(p.stderr.String()))
	}
	s := p.summary(t)
	conserved(t, s)
	if s.Homes != 13 || s.SettledIntervals != 2 || s.ExportWh < produced+30 {
		t.Errorf("got %+v, want 13 homes and 2 settled intervals with the device's %d Wh", s, produced+30)
	}
	audit(t, data)
}
