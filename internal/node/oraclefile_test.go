package node

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// goodOracle is a configuration that can be run.
func goodOracle() oracleFile {
	address := "0x" + strings.Repeat("ab", 20)
	return oracleFile{Name: "oracle-1", Zone: string(streetZone), Interval: "5m", Deadline: "30s", Keys: "keys", Listen: "127.0.0.1:1", Health: "127.0.0.1:2",
		NATS: "nats://127.0.0.1", Chain: "rpc", Contract: address, Hub: address, Token: address, Money: address,
		Clock:  &clockFile{Shows: defaultStart, Wall: time.Now(), Speed: 60},
		Meters: []meterFile{{Meter: "m", Member: "home", Device: strings.Repeat("11", 32), MaxExport: 1, MaxImport: 1}}}
}

func TestOracleFile(t *testing.T) {
	for says, change := range map[string]func(*oracleFile){
		"":                   func(*oracleFile) {},
		"oracle_contract":    func(f *oracleFile) { f.Contract = "0xab" },
		"money_contract":     func(f *oracleFile) { f.Money = "" },
		"nats is missing":    func(f *oracleFile) { f.NATS = "" },
		"interval":           func(f *oracleFile) { f.Interval = "7m" },
		"reading_deadline":   func(f *oracleFile) { f.Deadline = "soon" },
		"belong together":    func(f *oracleFile) { f.Clock.Speed = 0 },
		"Ed25519 public key": func(f *oracleFile) { f.Meters[0].Device = "11" },
		"zone":               func(f *oracleFile) { f.Zone = "elsewhere" },
	} {
		f := goodOracle()
		change(&f)
		text, err := toml.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := readOracle(t, text); says == "" && (err != nil || r.path("keys") != filepath.Join(r.dir, "keys")) ||
			says != "" && (!errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), says)) {
			t.Errorf("got %v, want an error that says %q", err, says)
		}
	}
	if _, err := readOracle(t, []byte("nmae = \"oracle-1\"\n")); !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), "line 1: key nmae is unknown") {
		t.Errorf("misspelt key: %v", err)
	}
}

func readOracle(t *testing.T, text []byte) (*oracleRole, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "oracle.toml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return readOracleFile(path)
}
