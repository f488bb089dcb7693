package sunspec

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wattle/wattle/meter/modbus"
)

const python = "/usr/bin/python3" // Debian's, which sees Debian's pymodbus

// serveDump starts pymodbus with the dump of a real device and returns a client of it.
func serveDump(t *testing.T, dump string) *modbus.Client {
	t.Helper()
	shared(t, dump)
	if out, err := exec.Command(python, "-c", "import pymodbus.server.async_io").CombinedOutput(); err != nil {
		t.Skipf("pymodbus is not installed, try: apt-get install python3-pymodbus python3-serial\n%s", out)
	}
	server := exec.Command(python, filepath.Join("testdata", "serve_dump.py"), filepath.Join(sharedData, dump))
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
		t.Fatalf("pymodbus did not start: %v\n%s", err, said.String())
	}
	link, err := modbus.Open(modbus.Config{Address: net.JoinHostPort("127.0.0.1", strings.TrimSpace(port))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { link.Close() })
	return link.Unit(1)
}

// An SMA Sunny Boy 3.6 by day: values as the owner's own reader printed them.
func TestRealInverterByDay(t *testing.T) {
	client := serveDump(t, "dumps/sma-sb36-day-2023.json")
	wantSnapshot(t, client, "import - export - production 21707970Wh grid - solar 1080W battery - charge - 49980mHz 239200mV")

	d, err := Read(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(d.Parts)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"manufacturer":"SMA","model":"SB3.6-1AV-41","options":"","version":"4.00.75.R","serial":"3005067415"}]`
	if string(got) != want {
		t.Errorf("parts: got %s, want %s", got, want)
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
		{101, "W", `{"value":1080,"unit":"W"}`},
		{101, "WH", `{"value":21707970,"unit":"Wh"}`},
		{101, "Hz", `{"value":49.98,"unit":"Hz"}`},
		{101, "PhVphB", `{"value":null,"unit":"V"}`},
		{101, "TmpCab", `{"value":42,"unit":"C"}`},
		{101, "St", `{"value":4}`},
		{120, "WRtg", `{"value":3680,"unit":"W"}`},
		{121, "WMax", `{"value":3680,"unit":"W"}`},
		{124, "ChaState", `{"value":null,"unit":"%"}`},
	} {
		got, err := json.Marshal(models[c.model].Points[c.name])
		if err != nil || string(got) != c.value {
			t.Errorf("model %d %s: got %s %v, want %s", c.model, c.name, got, err, c.value)
		}
	}
}

// The same make at night: 110 registers are refused, powers and voltages are marked as not implemented.
func TestRealInverterAtNight(t *testing.T) {
	client := serveDump(t, "dumps/sma-sb36-night-2025.json")
	wantSnapshot(t, client, "import - export - production 29479140Wh grid - solar - battery - charge - 0mHz 0mV")
	d, err := Read(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(d.Models), 17; got != want {
		t.Errorf("models: got %d, want %d", got, want)
	}
}
