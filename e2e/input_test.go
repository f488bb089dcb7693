package e2e

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wattle/wattle/internal/embed"
)

// refusal is a start that must not happen: what is asked for, how the program ends, and words of the sentence it says.
type refusal struct {
	name string
	code int
	args []string
	says []string
}

const (
	failed = 1
	usage  = 2
)

// refused runs the program, which must say its sentence on standard error and nothing else anywhere. It returns what
// was said.
func (r refusal) refused(t *testing.T, prepare ...func(*exec.Cmd)) (text string) {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := exec.CommandContext(ctx, binary, r.args...)
	var stdout, stderr bytes.Buffer
	p.Stdout, p.Stderr = &stdout, &stderr
	for _, f := range prepare {
		f(p)
	}
	err = p.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != r.code {
		t.Errorf("%s: got %v, want exit code %d\n%s", r.name, err, r.code, tail(stderr.String()))
	}
	if stdout.Len() != 0 {
		t.Errorf("%s: got standard output %q, want none", r.name, &stdout)
	}
	text = stderr.String()
	for _, word := range r.says {
		if !strings.Contains(text, word) {
			t.Errorf("%s: %q is not in\n%s", r.name, word, tail(text))
		}
	}
	for _, trace := range []string{"panic:", "goroutine ", ".go:"} {
		if strings.Contains(text, trace) {
			t.Errorf("%s: the program shows its insides:\n%s", r.name, tail(text))
		}
	}
	sentence := text[strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n")+1:]
	if !strings.HasPrefix(sentence, "wattle") || len(sentence) > 600 {
		t.Errorf("%s: the last line is not a sentence for people: %q", r.name, sentence)
	}
	return text
}

// quick is a demo on its own directory and any free port, with more flags.
func quick(data string, flags ...string) []string {
	return append([]string{"demo", "--data", data, "--listen", "127.0.0.1:0"}, flags...)
}

func TestWrongCommandLinesDoNothing(t *testing.T) {
	data := dataDir(t)
	for _, r := range []refusal{
		{"no such command", usage, []string{"frobnicate"}, []string{`no command "frobnicate"`, "wattle help"}},
		{"half a command", usage, []string{"meter"}, []string{`no command "meter"`, "wattle help"}},
		{"no such flag", usage, quick(data, "--bogus"), []string{"-bogus", "wattle demo --help"}},
		{"no such flag of the audit", usage, []string{"audit", "--bogus"}, []string{"-bogus", "wattle audit --help"}},
		{"stray word", usage, quick(data, "stray"), []string{`"stray" is not a flag`, "--help"}},
		{"no number", usage, quick(data, "--homes", "many"), []string{`"many"`, "-homes"}},
		{"speed 0", usage, quick(data, "--speed", "0"), []string{"--speed 0", "use 1 to 240"}},
		{"speed 241", usage, quick(data, "--speed", "241"), []string{"--speed 241", "use 1 to 240"}},
		{"homes 0", usage, quick(data, "--homes", "0"), []string{"homes", "0", "1 to 200"}},
		{"homes -1", usage, quick(data, "--homes", "-1"), []string{"homes", "-1", "1 to 200"}},
		{"homes 999", usage, quick(data, "--homes", "999"), []string{"homes", "999", "1 to 200"}},
		{"intervals -1", usage, quick(data, "--intervals", "-1"), []string{"--intervals -1", "use 0 or more"}},
		{"interval 7m", usage, quick(data, "--interval", "7m"), []string{"--interval 7m", "use 1m, 5m, 15m, 30m or 1h"}},
		{"interval 0", usage, quick(data, "--interval", "0s"), []string{"interval", "1m, 5m, 15m, 30m or 1h"}},
		{"start is no time", usage, quick(data, "--start", "nonsense"), []string{`"nonsense"`, "2026-06-21T06:56:00Z"}},
		{"start in another age", usage, quick(data, "--start", "1816-06-21T06:56:00Z"), []string{"--start 1816", "between 2000 and 2100"}},
		{"no port", usage, quick(data, "--listen", "localhost"), []string{`--listen "localhost"`, "HOST:PORT"}},
		{"port out of range", usage, quick(data, "--listen", "127.0.0.1:99999"), []string{"99999", "HOST:PORT"}},
		{"no directory", usage, quick("", "--homes", "3"), []string{"--data", "name a directory"}},
		{"device is no URL", usage, quick(data, "--speed", "1", "--device", "nonsense"), []string{`--device`, `"nonsense"`, "tcp://HOST:PORT?unit=1"}},
		{"device of another scheme", usage, quick(data, "--speed", "1", "--device", "http://192.0.2.7"), []string{"--device", "tcp://HOST:PORT?unit=1"}},
		{"unit out of range", usage, quick(data, "--speed", "1", "--device", "tcp://192.0.2.7?unit=256"), []string{"unit must be 0 to 255"}},
		{"device twice", usage, quick(data, "--speed", "1", "--device", "tcp://192.0.2.7:502", "--device", "tcp://192.0.2.7?unit=1"), []string{"named twice"}},
		{"device in fast motion", usage, quick(data, "--device", "tcp://192.0.2.7"), []string{"--device needs --speed 1"}},
		{"chain without a key", usage, quick(data, "--chain-url", "http://127.0.0.1:1"), []string{"--operator-key"}},
		{"database is no URL", usage, quick(data+"-1", "--database-url", "nonsense"), []string{"--database-url", "nonsense"}},
		{"fault of nothing", usage, quick(data+"-2", "--fault", "oracle-9"), []string{"--fault oracle-9", "home-03"}},
		{"meter without URL", usage, []string{"meter", "read"}, []string{"--url", "tcp://192.0.2.7:502"}},
		{"meter is no URL", usage, []string{"meter", "read", "--url", "nonsense"}, []string{"--url", "nonsense", "tcp://HOST:PORT"}},
		{"meter unit", usage, []string{"meter", "read", "--url", "tcp://127.0.0.1:1", "--unit", "300"}, []string{"--unit 300", "0 to 255"}},
		{"meter timeout", usage, []string{"meter", "read", "--url", "tcp://127.0.0.1:1", "--timeout", "0s"}, []string{"--timeout 0s"}},
		{"audit of nothing", usage, []string{"audit", "--data", data}, []string{"--data " + data, "no street in this directory"}},
	} {
		r.refused(t)
	}
	if _, err := os.Stat(data); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a wrong command line left something in %s: %v", data, err)
	}
}

func TestPlacesThatCannotHoldAStreet(t *testing.T) {
	root := filepath.Dir(dataDir(t))
	foreign := filepath.Join(root, "letters")
	thesis := filepath.Join(foreign, "thesis.txt")
	if err := errors.Join(os.Mkdir(foreign, 0o755), os.WriteFile(thesis, []byte("by heart"), 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, r := range []refusal{
		{"files of others", failed, quick(foreign), []string{foreign, "not empty", "--data"}},
		{"a file", failed, quick(thesis), []string{thesis, "not a directory"}},
	} {
		r.refused(t)
	}
	entries, err := os.ReadDir(foreign)
	text, readErr := os.ReadFile(thesis)
	if err != nil || readErr != nil || len(entries) != 1 || string(text) != "by heart" {
		t.Errorf("somebody else's directory was touched: %v %q %v %v", entries, text, err, readErr)
	}

	closed := filepath.Join(root, "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		refusal{"database user kept out", failed, quick(filepath.Join(closed, "data")), []string{closed, "chmod o+x", "--data"}}.refused(t)
		const nobody = 65534
		refusal{"not writable", failed, quick(filepath.Join(root, "data")), []string{root, "permission denied"}}.refused(t, func(p *exec.Cmd) {
			p.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
			p.Dir = "/"
		})
		return
	}
	if err := os.Chmod(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	refusal{"not writable", failed, quick(filepath.Join(closed, "data")), []string{closed, "permission denied"}}.refused(t)
}

// lives starts the street as if nothing had been, and stops it as people do.
func lives(t *testing.T, data string) {
	t.Helper()
	p := start(t, quick(data)...)
	p.url(t)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.wait(t, time.Minute); err != nil {
		t.Errorf("stopped on request: %v\n%s", err, tail(p.stderr.String()))
	}
}

func TestRefusedStartsLeaveTheStreetWhole(t *testing.T) {
	data := dataDir(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(strings.Repeat("01", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	nobody := address(t)
	for _, r := range []refusal{
		{"port taken", failed, quick(data, "--listen", taken.Addr().String()), []string{"--listen " + taken.Addr().String(), "choose another address"}},
		{"no PostgreSQL", failed, quick(data, "--postgres-bin", t.TempDir()), []string{"no PostgreSQL server programs", "apt-get install postgresql", "--database-url"}},
		{"no device", failed, quick(data, "--speed", "1", "--device", "tcp://"+nobody), []string{"--device tcp://" + nobody, "connection refused", "check"}},
		{"no database", failed, quick(data, "--database-url", "postgres://me:hunter2@"+nobody+"/street"), []string{"connection refused", "check --database-url"}},
		{"no NATS", failed, quick(data, "--nats-url", "nats://me:hunter2@"+nobody), []string{"nats://" + nobody, "check --nats-url"}},
		{"no chain", failed, quick(data, "--operator-key", key, "--chain-url", "http://"+nobody+"/hunter2"), []string{"http://" + nobody, "connection refused", "check --chain-url"}},
		{"no key", usage, quick(data, "--operator-key", key+"-not", "--chain-url", "http://"+nobody), []string{"--operator-key " + key + "-not", "no such file"}},
		{"meter", failed, []string{"meter", "read", "--url", "tcp://" + nobody}, []string{nobody, "connection refused", "check its power"}},
	} {
		if text := r.refused(t); strings.Contains(text, "hunter2") {
			t.Errorf("%s: a secret is told:\n%s", r.name, text)
		}
	}
	lives(t, data)

	for _, r := range []refusal{
		{"other homes", usage, quick(data, "--homes", "5"), []string{"--homes 12", "leave the flag out", "--data"}},
		{"other seed", usage, quick(data, "--seed", "5"), []string{"--seed 1", "leave the flag out"}},
		{"other interval", usage, quick(data, "--interval", "5m"), []string{"--interval 15m", "leave the flag out"}},
		{"other start", usage, quick(data, "--start", "2026-06-21T06:57:00Z"), []string{"--start 2026-06-21T06:56:00Z", "leave the flag out"}},
	} {
		r.refused(t)
	}
	holder, err := embed.OpenDir(data)
	if err != nil {
		t.Fatal(err)
	}
	inUse := []string{data, "in use by another process", "--data"}
	refusal{"in use", failed, quick(data), inUse}.refused(t)
	refusal{"audit of one in use", failed, []string{"audit", "--data", data}, inUse}.refused(t)
	if err := holder.Close(); err != nil {
		t.Fatal(err)
	}

	damaged := []string{"damaged", "restore it from a copy", "--data"}
	for _, d := range []struct {
		file, content string
		says          []string
	}{
		{"version", "2\n", []string{data, "newer version", "--data"}},
		{"secrets/street.json", "{\"homes\":", damaged},
		{"secrets/street.json", "{}", damaged},
		{"secrets/street.json", "", damaged},
		{"secrets/clock", "half past nine", damaged},
		{"secrets/clock", "", damaged},
		{"secrets/secret", "abcd", damaged},
		{"secrets/secret", "", damaged},
		{"secrets/oracle-2.keys", "abcd", []string{"oracle-2"}},
	} {
		path := filepath.Join(data, d.file)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(d.content), 0o600); err != nil {
			t.Fatal(err)
		}
		refusal{d.file + " holds " + d.content, failed, quick(data), d.says}.refused(t)
		if got, err := os.ReadFile(path); err != nil || string(got) != d.content {
			t.Errorf("%s was changed by a refused start: %q %v", d.file, got, err)
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"street.json", "secret"} {
		path := filepath.Join(data, "secrets", name)
		if err := os.Rename(path, path+".away"); err != nil {
			t.Fatal(err)
		}
		refusal{name + " is lost", failed, quick(data), append(damaged, path+" is missing")}.refused(t)
		if err := os.Rename(path+".away", path); err != nil {
			t.Fatal(err)
		}
	}
	lives(t, data)
}

// What accepts connections and then says nothing is given up in a few seconds.
func TestSilentServersAreGivenUp(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // never accepted: the kernel does, and nobody answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(strings.Repeat("01", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	at := silent.Addr().String()
	for _, r := range []refusal{
		{"database", failed, []string{"--database-url", "postgres://" + at + "/street"}, []string{"check --database-url"}},
		{"NATS", failed, []string{"--nats-url", "nats://" + at}, []string{"nats://" + at, "check --nats-url"}},
		{"chain", failed, []string{"--operator-key", key, "--chain-url", "http://" + at}, []string{"http://" + at, "check --chain-url"}},
		{"device", failed, []string{"--speed", "1", "--device", "tcp://" + at}, []string{"--device tcp://" + at, "did not answer in time"}},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			r.args = quick(dataDir(t), r.args...)
			r.refused(t)
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}
