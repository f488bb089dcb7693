package sunspec

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wattle/wattle/meter/modbus"
)

const python = "/usr/bin/python3" // Debian's, which sees Debian's pymodbus

// servers are Modbus servers that are not ours; each returns the command that serves a dump, or skips.
var servers = map[string]func(t *testing.T, dump string) *exec.Cmd{
	"pymodbus": func(t *testing.T, dump string) *exec.Cmd {
		if out, err := exec.Command(python, "-c", "import pymodbus.server.async_io").CombinedOutput(); err != nil {
			t.Skipf("pymodbus is not installed, try: apt-get install python3-pymodbus python3-serial\n%s", out)
		}
		return exec.Command(python, filepath.Join("testdata", "serve_dump.py"), dump)
	},
	"libmodbus": func(t *testing.T, dump string) *exec.Cmd {
		server := filepath.Join(t.TempDir(), "serve_dump")
		out, err := exec.Command("sh", "-c", `cc -o "$0" testdata/serve_dump.c $(pkg-config --cflags --libs libmodbus)`, server).CombinedOutput()
		if err != nil {
			t.Skipf("libmodbus is not installed, try: apt-get install gcc pkg-config libmodbus-dev\n%s", out)
		}
		return exec.Command(server, dump)
	},
	"modbus-serial": func(t *testing.T, dump string) *exec.Cmd {
		if out, err := exec.Command("node", "-e", `require("modbus-serial")`).CombinedOutput(); err != nil {
			t.Skipf("modbus-serial is not installed, try: npm install modbus-serial, and NODE_PATH=node_modules\n%.200s", out)
		}
		return exec.Command("node", filepath.Join("testdata", "serve_dump.js"), dump)
	},
}

// serveDump starts a server with the dump of a real device and returns a client of it.
func serveDump(t *testing.T, command func(*testing.T, string) *exec.Cmd, dump string) *modbus.Client {
	t.Helper()
	shared(t, dump)
	server := command(t, filepath.Join(sharedData, dump))
	var said bytes.Buffer
	server.Stderr = &said
	hold, err := server.StdinPipe()
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
		hold.Close()
		server.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		hold.Close()
		server.Wait()
		t.Fatalf("the server did not start: %v\n%s", err, said.String())
	}
	link, err := modbus.Open(modbus.Config{Address: net.JoinHostPort("127.0.0.1", strings.TrimSpace(port))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { link.Close() })
	return link.Unit(1)
}

func TestRealInverter(t *testing.T) {
	for name, command := range servers {
		t.Run(name+" by day", func(t *testing.T) { byDay(t, serveDump(t, command, "dumps/sma-sb36-day-2023.json")) })
		t.Run(name+" at night", func(t *testing.T) { atNight(t, serveDump(t, command, "dumps/sma-sb36-night-2025.json")) })
	}
}

// An SMA Sunny Boy 3.6 by day: values as the owner's own reader printed them.
func byDay(t *testing.T, client *modbus.Client) {
	t.Helper()
	wantSnapshot(t, client, "import - export - production 21707970Wh grid - solar 1080W battery - charge - 49980mHz 239200mV")

	d, err := Read(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Common{"SMA", "SB3.6-1AV-41", "", "4.00.75.R", "3005067415"}); len(d.Parts) != 1 || d.Parts[0] != want {
		t.Errorf("parts: got %v, want %v alone", d.Parts, want)
	}
	models := make(map[uint16]Model)
	for _, m := range d.Models {
		models[m.ID] = m
	}
	if got, want := len(d.Models), 17; got != want {
		t.Errorf("models: got %d, want %d", got, want)
	}
	for _, c := range []struct {
		model       uint16
		name, value string
	}{
		{101, "W", "1080 W"},
		{101, "WH", "21707970 Wh"},
		{101, "Hz", "49.98 Hz"},
		{101, "PhVphB", "<nil> V"},
		{101, "TmpCab", "42 C"},
		{101, "St", "4 "},
		{120, "WRtg", "3680 W"},
		{121, "WMax", "3680 W"},
		{122, "ActWh", "21707967 Wh"},
		{124, "ChaState", "<nil> % AhrRtg"},
		{160, "module[1].DCW", "670 W"},
		{160, "module[2].DCW", "480 W"},
	} {
		p := models[c.model].Find(c.name)
		if got := fmt.Sprint(p.Value, " ", p.Unit); got != c.value {
			t.Errorf("model %d %s: got %s, want %s", c.model, c.name, got, c.value)
		}
	}
}

// The same make at night: 110 registers are refused, powers and voltages are marked as not implemented.
func atNight(t *testing.T, client *modbus.Client) {
	t.Helper()
	wantSnapshot(t, client, "import - export - production 29479140Wh grid - solar - battery - charge - 0mHz 0mV")
	d, err := Read(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(d.Models), 17; got != want {
		t.Errorf("models: got %d, want %d", got, want)
	}
}
