package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
	"github.com/wattle/wattle/meter"
)

const agentText = `zone = "street"
meter = "home-01-grid"
interval = "1m"
nats = "NATS"
listen = "127.0.0.1:0"

[[device]]
url = "DEVICE"
role = "inverter"
`

// agentFile writes an agent's configuration and returns its path.
func agentFile(t *testing.T, natsURL, device string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "agent.toml")
	text := strings.NewReplacer("NATS", natsURL, "DEVICE", device).Replace(agentText)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// An agent on a machine of its own signs with its own key, keeps what it cannot send, and sends it when the broker is
// there; killed and started again it goes on with its chain.
func TestAgentOfItsOwnSignsAndSends(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the next minute")
	}
	served := serves(t, "meter", "serve", "--dump", filepath.Join(deviceDumps, "sma-sb36-day-2023.json"), "--listen", "127.0.0.1:0")
	port := bustest.FreePort(t)
	config := agentFile(t, "nats://127.0.0.1:"+strconv.Itoa(port), served)
	first := start(t, "meter", "agent", "--config", config)
	health := healthOf(t, first)
	eventually(t, 20*time.Second, "a reading waits for the broker", func() bool {
		return health().Waiting > 0
	})
	if r := health(); r.Refusal == "" {
		t.Errorf("got %+v, want the broker's refusal", r)
	}
	server := bustest.Start(t, &server.Options{Host: "127.0.0.1", Port: port})
	nc, err := nats.Connect(server.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	eventually(t, 30*time.Second, "everything is sent", func() bool { r := health(); return r.Waiting == 0 && r.Refusal == "" })
	first.Process.Kill()
	<-first.done
	key, err := os.ReadFile(filepath.Join(filepath.Dir(config), "device.key"))
	if err != nil || len(strings.TrimSpace(string(key))) != 64 {
		t.Fatalf("key: %v", err)
	}
	second := start(t, "meter", "agent", "--config", config)
	health = healthOf(t, second)
	eventually(t, 90*time.Second, "a minute later the next reading is sent", func() bool { r := health(); return r.Counter > 1 && r.Waiting == 0 })
	if r := health(); r.Drift == nil || *r.Drift > 1000 || *r.Drift < -1000 {
		t.Errorf("got %+v, want a clock that is within a second of the message server's, which is the same", r)
	}

	b, err := bus.Open(t.Context(), nc)
	if err != nil {
		t.Fatal(err)
	}
	var chain []meter.SignedReading
	if _, err := b.Replay(t.Context(), bus.MeterSubject("street", "home-01-grid"), 1, func(m bus.Message) error {
		r, err := meter.DecodeSignedReading(m.Data)
		chain = append(chain, r)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for i, r := range chain {
		if err := r.Verify(); err != nil || r.Counter != uint64(i+1) || r.Export != 21_707_970 || i > 0 && r.Previous != chain[i-1].Digest() {
			t.Errorf("reading %d: got %+v %v", i+1, r.Reading, err)
		}
	}
	if len(chain) < 2 || chain[len(chain)-1].Boot != 2 {
		t.Errorf("got %d readings, want at least 2 over 2 starts", len(chain))
	}
}

// agentHealth is what an agent says of itself.
type agentHealth struct {
	Problem, Refusal string
	Counter          uint64
	Waiting          int
	Drift            *int64 `json:"clock_drift_ms"`
}

// healthOf is how to ask a running agent.
func healthOf(t *testing.T, p *program) func() agentHealth {
	t.Helper()
	var url string
	eventually(t, 20*time.Second, "the agent says where its health is", func() bool {
		_, after, ok := strings.Cut(p.stdout.String(), "health at ")
		url = strings.TrimSpace(after)
		return ok && strings.HasSuffix(after, "\n")
	})
	return func() (r agentHealth) {
		answer, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if err := json.NewDecoder(answer.Body).Decode(&r); err != nil {
			t.Fatal(err)
		}
		return r
	}
}

// What an agent cannot work with is explained, and no key is ever made in the place of another.
func TestAgentExplainsWhatIsWrong(t *testing.T) {
	good := agentFile(t, "nats://127.0.0.1:1", "tcp://127.0.0.1:1")
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(old, change string) string {
		path := filepath.Join(t.TempDir(), "agent.toml")
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, change, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	open, damaged, folder := changed("", ""), changed("", ""), changed(`listen`, "key = \"none/device.key\"\nlisten")
	for path, mode := range map[string]os.FileMode{open: 0o644, damaged: 0o600} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), "device.key"), []byte("no key\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range []refusal{
		{"no file named", usage, []string{}, []string{"--config"}},
		{"no such file", usage, []string{"--config", good + "x"}, []string{"no such file"}},
		{"unknown key", usage, []string{"--config", changed("zone", "colour = 1\nzone")}, []string{"line 1", "colour"}},
		{"no device", failed, []string{"--config", changed("[[device]]\nurl = \"tcp://127.0.0.1:1\"\nrole = \"inverter\"", "")}, []string{"one grid meter, or one inverter alone"}},
		{"strange role", usage, []string{"--config", changed("\"inverter\"", "\"lamp\"")}, []string{"device 1", "lamp", "grid, inverter or battery"}},
		{"strange interval", failed, []string{"--config", changed("1m", "7m")}, []string{"1, 5, 15, 30 or 60 minutes"}},
		{"key for all to read", failed, []string{"--config", open}, []string{"device.key", "chmod 600"}},
		{"damaged key", failed, []string{"--config", damaged}, []string{"holds no key", "another device"}},
		{"key in no folder", failed, []string{"--config", folder}, []string{"device key", "no such file"}},
	} {
		r.args = append([]string{"meter", "agent"}, r.args...)
		r.refused(t)
	}
	if text, err := os.ReadFile(filepath.Join(filepath.Dir(damaged), "device.key")); err != nil || string(text) != "no key\n" {
		t.Errorf("the damaged key was replaced: %q %v", text, err)
	}
}
