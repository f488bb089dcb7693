package agent

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/wattle/wattle/meter"
)

// A real inverter's registers, served by an implementation that is not ours, become a signed reading of a home that
// sells what it produces.
func TestRealInverterIsSigned(t *testing.T) {
	const python, dump = "/usr/bin/python3", "../../../shared/data/sunspec/dumps/sma-sb36-day-2023.json"
	if _, err := os.Stat(dump); err != nil {
		t.Skip("no dumps of real devices beside the repository: put them under shared/data/sunspec/dumps")
	}
	if out, err := exec.Command(python, "-c", "import pymodbus.server.async_io").CombinedOutput(); err != nil {
		t.Skipf("pymodbus is not installed, try: apt-get install python3-pymodbus python3-serial\n%s", out)
	}
	server := exec.Command(python, "../sunspec/testdata/serve_dump.py", dump)
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
		server.Wait() // its exit status says nothing about the agent
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("pymodbus did not start: %v", err)
	}

	c := testConfig(t, &home{})
	c.Sources = []Source{at(net.JoinHostPort("127.0.0.1", strings.TrimSpace(port)), 1, Inverter)}
	b := begin(t, c, noon)
	got := b.reading()
	if got.Import != 0 || got.Export != 21_707_970 || got.Frequency != 49_980 || got.Voltage != 239_200 || got.Quality != meter.Measured {
		t.Errorf("got %+v, want 21707970 Wh at 49.98 Hz and 239.2 V", got.Reading)
	}
	if l := b.until("producing", func(l meter.Live) bool { return l.Reachable }); l.Solar != 1080 || l.Grid != -1080 {
		t.Errorf("got %+v, want 1080 W into the grid", l)
	}
}
