package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// oracleReport is what the tests read of `wattle oracle status --json`.
type oracleReport struct {
	Name     string            `json:"name"`
	Healthy  bool              `json:"healthy"`
	PID      int               `json:"pid"`
	Clock    time.Time         `json:"clock"`
	Sequence uint64            `json:"sequence"`
	Findings map[string]uint64 `json:"findings"`
}

// processStreet is a demo whose oracles are processes.
type processStreet struct {
	*program
	data, page string
}

func startProcessStreet(t *testing.T, flags ...string) processStreet {
	t.Helper()
	s := processStreet{data: dataDir(t)}
	s.program = start(t, append([]string{"demo", "--oracle-processes", "--listen", "127.0.0.1:0", "--data", s.data, "--homes", "3",
		"--interval", "5m", "--speed", "60"}, flags...)...)
	s.page = s.url(t)
	eventually(t, time.Minute, "four oracles take part", func() bool { return s.healthy(t) == 4 })
	return s
}

// reports asks the oracles, by name.
func (s processStreet) reports(t *testing.T) map[string]oracleReport {
	t.Helper()
	p := start(t, "oracle", "status", "--data", s.data, "--json")
	_ = p.wait(t, time.Minute) // it also says by its exit code whether all take part
	var list []oracleReport
	if err := json.Unmarshal([]byte(p.stdout.String()), &list); err != nil {
		t.Fatalf("status: %v\n%s%s", err, p.stdout, p.stderr)
	}
	named := map[string]oracleReport{}
	for _, r := range list {
		named[r.Name] = r
	}
	return named
}

func (s processStreet) healthy(t *testing.T) (n int) {
	t.Helper()
	for _, r := range s.reports(t) {
		if r.Healthy {
			n++
		}
	}
	return n
}

// final counts the intervals that are settled for good.
func (s processStreet) final(t *testing.T) (n int) {
	t.Helper()
	var newest []interval
	if err := fetch(t.Context(), s.page+"/api/intervals", &newest); err != nil {
		t.Fatal(err)
	}
	for _, i := range newest {
		if i.State == "final" {
			n++
		}
	}
	return n
}

// goesOn waits for so many more settled intervals.
func (s processStreet) goesOn(t *testing.T, more int) {
	t.Helper()
	want := s.final(t) + more
	eventually(t, time.Minute, "intervals are settled", func() bool { return s.final(t) >= want })
}

// end stops the street politely: no oracle may be left, and the audit must pass.
func (s processStreet) end(t *testing.T) {
	t.Helper()
	reports := s.reports(t)
	if err := s.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.wait(t, 30*time.Second); err != nil {
		t.Errorf("the street did not end cleanly: %v\n%s", err, tail(s.stderr.String()))
	}
	for _, r := range reports {
		if r.PID != 0 && syscall.Kill(r.PID, 0) == nil {
			t.Errorf("%s is left as process %d", r.Name, r.PID)
		}
	}
	audit(t, s.data)
}

func signal(t *testing.T, r oracleReport, s syscall.Signal) {
	t.Helper()
	if r.PID == 0 {
		t.Fatalf("%s does not say its process", r.Name)
	}
	if err := syscall.Kill(r.PID, s); err != nil {
		t.Fatalf("%s: %v", r.Name, err)
	}
}

// TestOracleProcessesDie kills one oracle, then suspends two and kills them: with three of four attestation goes on, with
// two it stops, and what was missed is caught up when they are back.
func TestOracleProcessesDie(t *testing.T) {
	t.Parallel()
	s := startProcessStreet(t)
	before := s.reports(t)
	signal(t, before["oracle-1"], syscall.SIGKILL)
	s.goesOn(t, 1)
	eventually(t, time.Minute, "the killed oracle is started again", func() bool {
		now := s.reports(t)["oracle-1"]
		return now.Healthy && now.PID != before["oracle-1"].PID
	})

	two := s.reports(t)
	signal(t, two["oracle-2"], syscall.SIGSTOP)
	signal(t, two["oracle-3"], syscall.SIGSTOP)
	inFlight := s.final(t) + 2 // agreed on before, or about to be
	stopped := two["oracle-4"].Clock
	eventually(t, time.Minute, "three intervals pass", func() bool { return s.reports(t)["oracle-4"].Clock.Sub(stopped) >= 15*time.Minute })
	if got := s.final(t); got > inFlight {
		t.Errorf("two of four oracles settled %d intervals, want at most %d", got, inFlight)
	}
	signal(t, two["oracle-2"], syscall.SIGKILL)
	signal(t, two["oracle-3"], syscall.SIGKILL)
	want := inFlight + 3
	eventually(t, 90*time.Second, "what was missed is caught up", func() bool { return s.final(t) >= want && s.healthy(t) == 4 })
	s.end(t)
}

// TestOracleProcessesLie puts a process that is wrong in the place of the fourth oracle: its clock is an hour ahead, then
// it knows other devices than there are. The other three go on, and what is settled stands up to the audit. With keys that
// the contract does not name it does not start.
func TestOracleProcessesLie(t *testing.T) {
	if os.Getenv("WATTLE_ORACLES") == "" {
		t.Skip("two minutes: make oracles")
	}
	t.Parallel()
	s := startProcessStreet(t, "--fault", "oracle-4")
	eventually(t, time.Minute, "the fourth oracle has stopped", func() bool { return s.reports(t)["oracle-4"].PID == 0 })
	secrets := filepath.Join(s.data, "secrets")
	wrong := func(change func(map[string]any)) *program {
		text, err := os.ReadFile(filepath.Join(secrets, "oracle-4.toml"))
		config := map[string]any{}
		if err == nil {
			err = toml.Unmarshal(text, &config)
		}
		if err == nil {
			change(config)
			text, err = toml.Marshal(config)
		}
		path := filepath.Join(secrets, "wrong.toml")
		if err == nil {
			err = os.WriteFile(path, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return start(t, "oracle", "run", "--config", path)
	}
	takesPart := func() bool { r := s.reports(t)["oracle-4"]; return r.Healthy && r.Sequence > 0 }
	stop := func(p *program) {
		if err := p.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := p.wait(t, 30*time.Second); err != nil {
			t.Errorf("the oracle did not end cleanly: %v\n%s", err, tail(p.stderr.String()))
		}
	}

	ahead := wrong(func(config map[string]any) {
		clock := config["clock"].(map[string]any)
		clock["shows"] = clock["shows"].(time.Time).Add(time.Hour)
	})
	eventually(t, time.Minute, "the oracle whose clock is ahead takes part", takesPart)
	s.goesOn(t, 2)
	stop(ahead)

	misled := wrong(func(config map[string]any) {
		for _, m := range config["meter"].([]any) {
			m.(map[string]any)["device"] = strings.Repeat("11", 32)
		}
		config["data"], config["database"] = dataDir(t), "" // its own register would not take other devices
	})
	eventually(t, time.Minute, "the oracle that knows other devices refuses readings", func() bool {
		return s.reports(t)["oracle-4"].Findings["reading not signed by its registered device"] > 0
	})
	s.goesOn(t, 2)
	stop(misled)

	foreign := wrong(func(config map[string]any) {
		phrase := filepath.Join(secrets, "oracle.passphrase")
		keys, backup := filepath.Join(secrets, "foreign.keys"), filepath.Join(secrets, "foreign.backup")
		said(t, "oracle", "keys", "new", "--file", keys, "--passphrase-file", phrase)
		said(t, "oracle", "keys", "backup", "--file", keys, "--backup", backup, "--passphrase-file", phrase)
		said(t, "oracle", "keys", "prove", "--file", keys, "--backup", backup, "--passphrase-file", phrase)
		config["keys"] = keys
	})
	if err := foreign.wait(t, 30*time.Second); err == nil || !strings.Contains(foreign.stderr.String(), "the contract does not name this oracle") {
		t.Errorf("an oracle with other keys: %v\n%s", err, tail(foreign.stderr.String()))
	}
	s.end(t)
}
