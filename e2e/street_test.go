package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// build builds the program once for all tests of the process.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "wattle-e2e-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o711); err != nil { // the database's own user passes through
		return "", err
	}
	binary := filepath.Join(dir, "wattle")
	out, err := exec.Command("go", "build", "-o", binary, "../cmd/wattle").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if binary, err := build(); err == nil {
		os.RemoveAll(filepath.Dir(binary))
	}
	os.Exit(code)
}

// summary is what `wattle demo --json` prints.
type summary struct {
	Intervals        int     `json:"intervals"`
	SettledIntervals int     `json:"settled_intervals"`
	Homes            int     `json:"homes"`
	Readings         int     `json:"readings"`
	Attestations     int     `json:"attestations"`
	Orders           int     `json:"orders"`
	Trades           int     `json:"trades"`
	TradedWh         int64   `json:"traded_wh"`
	ExportWh         int64   `json:"attested_export_wh"`
	ImportWh         int64   `json:"attested_import_wh"`
	DeliveredWh      int64   `json:"delivered_wh"`
	MintedWh         int64   `json:"minted_wh"`
	SupplyWh         int64   `json:"token_supply_wh"`
	LedgerSum        int64   `json:"ledger_sum_nano"`
	LedgerEnergySum  int64   `json:"ledger_energy_sum_wh"`
	ChainDifference  int64   `json:"chain_ledger_difference_wh"`
	Ready            float64 `json:"ready_seconds"`
	FirstSettlement  float64 `json:"first_settlement_seconds"`
}

// dataDir is a directory that the database's user can reach, also where tests run as root.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wattle-street-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "data")
}

// program is a running wattle.
type program struct {
	*exec.Cmd
	stdout, stderr *output
	done           chan error
}

// output collects what a program prints and can be read while it does.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func start(t *testing.T, args ...string) *program {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{Cmd: exec.Command(binary, args...), stdout: &output{}, stderr: &output{}, done: make(chan error, 1)}
	p.Stdout, p.Stderr = p.stdout, p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.Wait() }()
	t.Cleanup(func() { p.Process.Kill() })
	return p
}

// wait returns the program's end, or fails the test when it takes longer.
func (p *program) wait(t *testing.T, longest time.Duration) error {
	t.Helper()
	select {
	case err := <-p.done:
		p.done <- err
		return err
	case <-time.After(longest):
		p.Process.Signal(syscall.SIGQUIT) // shows where it hangs
		<-p.done
		t.Fatalf("%v does not end within %s\n%s", p.Args, longest, tail(p.stderr.String()))
		return nil
	}
}

func tail(text string) string {
	const most = 8000
	if len(text) > most {
		return "…" + text[len(text)-most:]
	}
	return text
}

// demo runs the demo to its end and returns its summary.
func demo(t *testing.T, args ...string) summary {
	t.Helper()
	p := start(t, append([]string{"demo", "--listen", "127.0.0.1:0", "--json"}, args...)...)
	if err := p.wait(t, 6*time.Minute); err != nil {
		t.Fatalf("demo: %v\n%s", err, tail(p.stderr.String()))
	}
	return p.summary(t)
}

// summary reads what the program printed.
func (p *program) summary(t *testing.T) summary {
	t.Helper()
	var s summary
	decoder := json.NewDecoder(strings.NewReader(p.stdout.String()))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		t.Fatalf("summary: %v\n%s", err, p.stdout)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		t.Fatalf("standard output holds more than one object:\n%s", p.stdout)
	}
	t.Logf("%+v", s)
	return s
}

// url waits until the street lives and returns the address of its page.
func (p *program) url(t *testing.T) (url string) {
	t.Helper()
	eventually(t, 90*time.Second, "the street lives", func() bool {
		_, after, ok := strings.Cut(p.stderr.String(), "The street lives: ")
		url, _, _ = strings.Cut(after, "\n")
		return ok && url != ""
	})
	return url
}

// conserved asserts that nothing was lost or invented.
func conserved(t *testing.T, s summary) {
	t.Helper()
	if s.LedgerSum != 0 || s.LedgerEnergySum != 0 || s.ChainDifference != 0 {
		t.Errorf("sums: money %d energy %d chain %d, want 0", s.LedgerSum, s.LedgerEnergySum, s.ChainDifference)
	}
	if s.MintedWh != s.ExportWh || s.SupplyWh != s.ExportWh {
		t.Errorf("attested export %d, minted %d, supply %d: want all equal", s.ExportWh, s.MintedWh, s.SupplyWh)
	}
	if s.Attestations != s.SettledIntervals {
		t.Errorf("attestations on chain: got %d, want %d", s.Attestations, s.SettledIntervals)
	}
	if s.DeliveredWh > min(s.TradedWh, s.ExportWh, s.ImportWh) {
		t.Errorf("delivered %d of traded %d, export %d, import %d", s.DeliveredWh, s.TradedWh, s.ExportWh, s.ImportWh)
	}
}

// audit runs the audit, which must pass.
func audit(t *testing.T, data string) {
	t.Helper()
	p := start(t, "audit", "--data", data)
	if err := p.wait(t, 2*time.Minute); err != nil {
		t.Errorf("audit: %v\n%s%s", err, p.stdout, tail(p.stderr.String()))
	}
}

// address is a loopback address that is free now.
func address(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// eventually polls until the condition holds.
func eventually(t *testing.T, longest time.Duration, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(longest); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("not within %s: %s", longest, what)
}

// fetch reads JSON from a page.
func fetch(ctx context.Context, url string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(into)
}

func TestThreeIntervalsConserve(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	s := demo(t, "--intervals", "3", "--speed", "45", "--data", data)
	conserved(t, s)
	if s.Intervals != 3 || s.SettledIntervals != 3 || s.Homes != 12 || s.Readings != 36 {
		t.Errorf("got %d intervals, %d settled, %d homes, %d readings; want 3, 3, 12, 36", s.Intervals, s.SettledIntervals, s.Homes, s.Readings)
	}
	if s.Orders == 0 || s.Trades == 0 || s.DeliveredWh == 0 || s.ExportWh == 0 || s.ImportWh == 0 {
		t.Errorf("a street on a summer morning trades: got %+v", s)
	}
	audit(t, data)

	again := demo(t, "--intervals", "1", "--speed", "45", "--data", data)
	conserved(t, again)
	if again.SettledIntervals != 4 || again.SupplyWh <= s.SupplyWh {
		t.Errorf("second start: got %d settled intervals and supply %d after %d", again.SettledIntervals, again.SupplyWh, s.SupplyWh)
	}
	if again.Ready > 15 {
		t.Logf("second start took %.1f s to be ready", again.Ready)
	}
	audit(t, data)
}
