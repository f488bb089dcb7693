package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/oracle/ocr"
)

// OracleReport is how an oracle process does.
type OracleReport struct {
	Name      string            `json:"name"`
	Health    string            `json:"health"`           // address it answers at
	Healthy   bool              `json:"healthy"`          // takes part in rounds
	Reason    string            `json:"reason,omitempty"` // why it is not healthy
	PID       int               `json:"pid,omitempty"`
	Signer    string            `json:"signer,omitempty"`
	Peer      string            `json:"peer,omitempty"`
	Clock     time.Time         `json:"clock,omitzero"`      // what its clock shows
	Sequence  uint64            `json:"sequence"`            // of its last round since it started
	LastRound time.Time         `json:"last_round,omitzero"` // by its clock
	Next      string            `json:"next_interval,omitempty"`
	Findings  map[string]uint64 `json:"findings"` // what it refused since it started, by reason
}

// refusals count the readings that an oracle did not use, by reason. It is safe for concurrent use; nil counts nothing.
type refusals struct {
	mu     sync.Mutex
	counts map[string]uint64
}

// reasons are the findings about one reading, and the error that tells each.
var reasons = []struct {
	name string
	err  error
}{
	{"reading late", oracle.ErrLate}, {"reading not signed by its registered device", meter.ErrSignature},
	{"reading malformed or of another time", oracle.ErrMalformed}, {"no room for a reading", ocr.ErrShelfFull},
}

func (r *refusals) count(err error) {
	if r == nil || err == nil {
		return
	}
	name := "reading not decoded"
	for _, reason := range reasons {
		if errors.Is(err, reason.err) {
			name = reason.name
			break
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts == nil {
		r.counts = map[string]uint64{}
	}
	r.counts[name]++
}

func (r *refusals) all() map[string]uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts == nil {
		return map[string]uint64{}
	}
	return maps.Clone(r.counts)
}

// report says how the oracle of this process does.
func (r *oracleRole) report(s *street, node *ocr.Node, keys ocr.Keys) OracleReport {
	status, id, now := node.Status(), keys.Identity(), s.clock.Now()
	p := OracleReport{Name: r.Name, Health: r.Health, PID: os.Getpid(), Signer: newIdentityFile(id).Signer, Peer: id.Peer, Clock: now,
		Sequence: status.Sequence, LastRound: status.At, Healthy: now.Sub(status.At) < s.clock.scale(oracleQuiet), Findings: s.refused.all()}
	if status.Refused > 0 {
		p.Findings["settlement not as recounted"] = status.Refused
	}
	if status.Next.Valid() {
		p.Next = status.Next.String()
	}
	if !p.Healthy {
		p.Reason = "takes part in no round"
	}
	return p
}

// serveOracleHealth answers GET /health with the report, 200 when the oracle takes part and else 503, and GET /metrics.
func serveOracleHealth(ctx context.Context, listener net.Listener, report func() OracleReport, metrics prometheus.Gatherer) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		r := report()
		w.Header().Set("Content-Type", "application/json")
		if !r.Healthy {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(r) // a client that left is not our trouble
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("health: %w", err)
	}
	return ctx.Err()
}

// askOracle asks an oracle how it does. One that does not answer in time is reported as not healthy.
func askOracle(ctx context.Context, name, address string) OracleReport {
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	silent := func(err error) OracleReport {
		return OracleReport{Name: name, Health: address, Reason: "does not answer: " + err.Error(), Findings: map[string]uint64{}}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/health", nil)
	if err != nil {
		return silent(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return silent(err)
	}
	defer response.Body.Close()
	var r OracleReport
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<16)).Decode(&r); err != nil {
		return silent(err)
	}
	return r
}

// OracleStatusConfig says which oracles to ask.
type OracleStatusConfig struct {
	Health []string // addresses
	Data   string   // directory of a demo with oracle processes, which knows its own
	JSON   bool
}

// errUnhealthy ends OracleStatus where an oracle does not take part.
var errUnhealthy = errors.New("not every oracle takes part")

// OracleStatus prints how oracles do. It fails when one does not take part.
func OracleStatus(ctx context.Context, c OracleStatusConfig, stdout io.Writer) error {
	names := map[string]string{} // by address
	for _, address := range c.Health {
		names[address] = address
	}
	if len(names) == 0 {
		files, _ := filepath.Glob(filepath.Join(c.Data, "secrets", "oracle-*.toml")) // fails only for a bad pattern
		for _, path := range files {
			r, err := readOracleFile(path)
			if err != nil {
				return err
			}
			names[r.Health] = r.Name
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("no oracles: give --health HOST:PORT, or the --data of a demo with --oracle-processes: %w", ErrConfig)
	}
	reports := []OracleReport{}
	for _, address := range slices.Sorted(maps.Keys(names)) {
		reports = append(reports, askOracle(ctx, names[address], address))
	}
	slices.SortStableFunc(reports, func(a, b OracleReport) int { return strings.Compare(a.Name, b.Name) })
	if err := printReports(stdout, reports, c.JSON); err != nil {
		return err
	}
	if slices.ContainsFunc(reports, func(r OracleReport) bool { return !r.Healthy }) {
		return errUnhealthy
	}
	return nil
}

func printReports(stdout io.Writer, reports []OracleReport, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(stdout).Encode(reports)
	}
	for _, r := range reports {
		state := "takes part"
		if !r.Healthy {
			state = r.Reason
		}
		if _, err := fmt.Fprintf(stdout, "%-12s %s; round %d at %s, next %s\n", r.Name, state, r.Sequence, r.LastRound.UTC().Format(time.RFC3339), or(r.Next, "unknown")); err != nil {
			return err
		}
		for _, reason := range slices.Sorted(maps.Keys(r.Findings)) {
			if _, err := fmt.Fprintf(stdout, "%-12s %6d  %s\n", "", r.Findings[reason], reason); err != nil {
				return err
			}
		}
	}
	return nil
}
