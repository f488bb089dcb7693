package e2e

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// serves starts a command that listens, and returns the address it says.
func serves(t *testing.T, args ...string) string {
	t.Helper()
	p := start(t, args...)
	var url string
	eventually(t, 20*time.Second, "the command listens", func() bool {
		_, after, ok := strings.Cut(p.stdout.String(), " at ")
		url, _, _ = strings.Cut(after, "\n")
		return ok && strings.HasSuffix(after, "\n")
	})
	t.Cleanup(func() {
		p.Process.Signal(os.Interrupt)
		if err := p.wait(t, 10*time.Second); err != nil {
			t.Errorf("%v: %v\n%s", args, err, p.stderr)
		}
	})
	return url
}

func registersOf(t *testing.T, path string) (registers map[string]*uint16) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &registers); err != nil {
		t.Fatal(err)
	}
	return registers
}

// A real inverter's registers go through a foreign server, our dump, our server and our proxy, and come out the same.
func TestDumpOfADeviceIsTheDevice(t *testing.T) {
	const night = "sma-sb36-night-2025.json"
	d := serveDevice(t, night)
	out := filepath.Join(t.TempDir(), "dump.json")
	if got := said(t, "meter", "dump", "--url", d.url, "--unit", deviceUnit, "--out", out); !strings.Contains(got, "877 registers from 40000 to 40876, 110 of them refused") {
		t.Errorf("dump: got %q", got)
	}
	if want := registersOf(t, filepath.Join(deviceDumps, night)); !reflect.DeepEqual(registersOf(t, out), want) {
		t.Errorf("the dump is not the device")
	}
	served := serves(t, "meter", "serve", "--dump", out, "--listen", "127.0.0.1:0")
	shared := serves(t, "meter", "proxy", "--url", served, "--listen", "127.0.0.1:0")
	if first, again := said(t, "meter", "read", "--url", d.url, "--json"), said(t, "meter", "read", "--url", shared, "--json"); first != again {
		t.Errorf("through dump, server and proxy: got %s, want %s", again, first)
	}
	scan := said(t, "meter", "scan", "--url", shared, "--units", "3,126")
	for _, want := range []string{"unit 3  SMA SB3.6-1AV-41, serial 3005067415", "unit 126  ", "models 1 11 12 101 120"} {
		if !strings.Contains(scan, want) {
			t.Errorf("scan: no %q in %s", want, scan)
		}
	}
	if got := said(t, "meter", "watch", "--url", served, "--count", "2", "--every", "10ms"); strings.Count(got, "production 29479140Wh") != 2 {
		t.Errorf("watch: got %q", got)
	}
}

// A device that is not SunSpec, by a built-in profile and by one of one's own.
func TestMeterReadByProfile(t *testing.T) {
	dir := t.TempDir()
	dump := filepath.Join(dir, "registers.json")
	registers := `{"0":17254,"1":13107,"12":50339,"13":32768,"70":16967,"71":60293,"72":17562,"73":16384,"74":16640,"75":0}` // 230.2 V, -1308 W, 49.98 Hz, 1234 kWh, 8 kWh
	profile := filepath.Join(dir, "mine.toml")
	text := "manufacturer = \"Mine\"\nmodel = \"M1\"\nsource = \"own notes\"\nupdate_ms = 1000\nfunction = 3\nwords = \"high-first\"\n" +
		"[points]\nvolts = { address = 0, type = \"float32\", unit = \"V\" }\nwatts = { address = 12, type = \"float32\", unit = \"W\" }\n" +
		"[use.pv]\npower = [\"-watts\"]\n"
	for path, content := range map[string]string{dump: registers, profile: text} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	url := serves(t, "meter", "serve", "--dump", dump, "--listen", "127.0.0.1:0")
	for _, c := range []struct{ profile, use, want string }{
		{"eastron-sdm120", "grid", `"readings":{"power_w":-1308,"export_wh":8000,"import_wh":1234000,"frequency_hz":49.98}`},
		{"eastron-sdm120", "pv", `"readings":{"power_w":1308,"export_wh":8000,"import_wh":null,"frequency_hz":49.98}`},
		{profile, "pv", `"readings":{"power_w":1308,"export_wh":null,"import_wh":null,"frequency_hz":null}`},
	} {
		if got := said(t, "meter", "read", "--url", url, "--profile", c.profile, "--use", c.use, "--json"); !strings.Contains(got, c.want) {
			t.Errorf("%s as %s: got %s, want %s", c.profile, c.use, got, c.want)
		}
	}
	bad := func(name, old, change string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.Replace(text, old, change, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, r := range []refusal{
		{"unknown profile", usage, []string{"--profile", "nobodys"}, []string{"nobodys", "eastron-sdm120"}},
		{"missing file", usage, []string{"--profile", filepath.Join(dir, "none.toml")}, []string{"none.toml", "no such file"}},
		{"unknown key", usage, []string{"--profile", bad("key.toml", "update_ms", "updates = 1\nupdate_ms")}, []string{"line 4", "updates"}},
		{"overlap", usage, []string{"--profile", bad("overlap.toml", "address = 12", "address = 1")}, []string{"volts and watts overlap at register 1"}},
		{"wrong use", usage, []string{"--profile", profile, "--use", "battery"}, []string{"battery", "pv"}},
		{"wrong device", failed, []string{"--profile", "huawei-sun2000"}, []string{"Huawei", "another device or unit"}},
	} {
		r.args = append([]string{"meter", "read", "--url", url}, r.args...)
		r.refused(t)
	}
}

// What cannot be read is explained.
func TestMeterCommandsExplainWhatIsWrong(t *testing.T) {
	nobody := address(t)
	dir := t.TempDir()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	chatty, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer chatty.Close()
	go func() {
		for {
			conn, err := chatty.Accept()
			if err != nil {
				return
			}
			conn.Write([]byte("220 mail.example ready\r\n"))
			defer conn.Close()
		}
	}()
	file := filepath.Join(dir, "no-dump")
	if err := os.WriteFile(file, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, r := range []refusal{
		{"wrong host", failed, []string{"read", "--url", "tcp://nowhere.invalid"}, []string{"nowhere.invalid", "is the host right"}},
		{"closed port", failed, []string{"read", "--url", "tcp://" + nobody}, []string{"connection refused", "Modbus switched on"}},
		{"no answer", failed, []string{"read", "--url", "tcp://" + silent.Addr().String(), "--timeout", "300ms"}, []string{"did not answer", "wattle meter scan"}},
		{"not Modbus", failed, []string{"read", "--url", "tcp://" + chatty.Addr().String()}, []string{"is this port Modbus"}},
		{"scan finds nobody", failed, []string{"scan", "--url", "tcp://" + silent.Addr().String(), "--timeout", "100ms", "--units", "1-2"}, []string{"no unit answered"}},
		{"scan of no units", usage, []string{"scan", "--url", "tcp://h", "--units", "5-1"}, []string{"--units", "1-10,126"}},
		{"dump to nowhere", failed, []string{"dump", "--url", "tcp://" + nobody, "--out", filepath.Join(dir, "x"), "--registers", "1-2"}, []string{"connection refused"}},
		{"dump without file", usage, []string{"dump", "--url", "tcp://h"}, []string{"--out"}},
		{"dump of no registers", usage, []string{"dump", "--url", "tcp://h", "--out", "x", "--registers", "9-3"}, []string{"--registers"}},
		{"serve nothing", usage, []string{"serve"}, []string{"--dump"}},
		{"serve no dump", usage, []string{"serve", "--dump", file}, []string{"no dump"}},
		{"serve a used port", failed, []string{"serve", "--dump", registersFile(t, dir, `{"1":2}`), "--listen", silent.Addr().String()}, []string{"--listen", "another"}},
		{"watch nobody", failed, []string{"watch", "--url", "tcp://" + nobody}, []string{"connection refused"}},
	} {
		r.args = append([]string{"meter"}, r.args...)
		r.refused(t)
	}
}

func registersFile(t *testing.T, dir, text string) string {
	t.Helper()
	path := filepath.Join(dir, "registers.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A chain that breaks off or leads nowhere: what was found is printed, and the end is not taken for a good one.
func TestFlawedChainIsReadAndTold(t *testing.T) {
	for name, c := range map[string]struct{ end, want string }{
		"broken off": {`"40070":103,"40071":50,"40072":0`, "breaks off inside a model"},
		"length 0":   {`"40070":103,"40071":0`, "model of length 0"},
	} {
		var b strings.Builder
		b.WriteString(`{"40000":21365,"40001":28243,"40002":1,"40003":66,"40004":16706`)
		for a := 40005; a < 40070; a++ {
			b.WriteString(`,"` + strconv.Itoa(a) + `":0`)
		}
		url := serves(t, "meter", "serve", "--dump", registersFile(t, t.TempDir(), b.String()+","+c.end+"}"), "--listen", "127.0.0.1:0")
		p := start(t, "meter", "read", "--url", url)
		if err := p.wait(t, time.Minute); err == nil || !strings.Contains(p.stderr.String(), c.want) || !strings.Contains(p.stdout.String(), "AB") {
			t.Errorf("%s: got %v, %s%s; want %q and what was read", name, err, p.stdout, p.stderr, c.want)
		}
	}
}
