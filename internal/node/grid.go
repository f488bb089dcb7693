package node

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/wattle/wattle/grid"
)

// GridConfig names a case file for the grid commands.
type GridConfig struct {
	Case   string // a case file, plain or gzip, pandapower's JSON, or a directory of CSV tables
	Radial bool   // refuse loops in CSV tables
	Repeat int    // solves to time, GridBench alone
	JSON   bool   // print one JSON object instead of lines for people
}

// GridTiming is what GridBench measured, on one processor, with the results of every branch.
type GridTiming struct {
	Buses      int   `json:"buses"`
	Ns         int64 `json:"ns_per_solve"`
	Iterations int   `json:"iterations"`
}

// maxCaseBytes bounds what a case file may unpack to.
const maxCaseBytes = 1 << 30

// readCase reads and checks a network.
func readCase(c GridConfig) (*grid.Case, error) {
	name := c.Case
	if name == "" {
		return nil, fmt.Errorf("name a file with --case: %w", ErrConfig)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return readTables(name, c.Radial)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("case: %w", err)
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) { // gzip, RFC 1952
		if data, err = unzip(data); err != nil {
			return nil, fmt.Errorf("case %s: %w", name, err)
		}
	}
	network, err := grid.ParseCase(data)
	if err != nil {
		return nil, fmt.Errorf("case %s: %w", name, err)
	}
	return network, nil
}

// readTables reads a directory of CSV tables.
func readTables(directory string, radial bool) (*grid.Case, error) {
	files, err := filepath.Glob(filepath.Join(directory, "*.csv"))
	if err != nil {
		return nil, fmt.Errorf("case %s: %w", directory, err)
	}
	texts := map[string]string{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("case: %w", err)
		}
		texts[strings.TrimSuffix(filepath.Base(file), ".csv")] = string(data)
	}
	network, err := grid.ImportTables(texts, radial)
	if err != nil {
		return nil, fmt.Errorf("case %s: %w", directory, err)
	}
	return &grid.Case{Name: filepath.Base(directory), Format: grid.BalancedFormat, Balanced: network}, nil
}

func unzip(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, maxCaseBytes+1))
	if err == nil && len(out) > maxCaseBytes {
		err = fmt.Errorf("it unpacks to more than %d bytes", maxCaseBytes)
	}
	return out, err
}

// GridSolve solves a case and prints voltages and flows in the form of a case file's "expected" part. A case without a
// solution is an error; with JSON the answer then is {"converged": false, "reason": …}.
func GridSolve(_ context.Context, c GridConfig, stdout io.Writer) error {
	network, err := readCase(c)
	if err != nil {
		return err
	}
	answer, verdict, err := network.Solve()
	switch {
	case err != nil && c.JSON:
		refusal := struct {
			Converged bool   `json:"converged"`
			Reason    string `json:"reason"`
		}{false, err.Error()}
		return errors.Join(json.NewEncoder(stdout).Encode(refusal), err)
	case err != nil:
		return err
	case c.JSON:
		return json.NewEncoder(stdout).Encode(answer)
	}
	_, err = fmt.Fprintf(stdout, "solved in %d iterations\n%v", verdict.Iterations, answer)
	return err
}

// GridCheck says whether a case file can be solved at all, defect by defect.
func GridCheck(_ context.Context, c GridConfig, stdout io.Writer) error {
	network, err := readCase(c)
	if err != nil {
		return err
	}
	solver, err := network.Solver()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%d buses, no defects\n", solver.Buses())
	return err
}

// GridBench times repeated solves from a flat start.
func GridBench(ctx context.Context, c GridConfig, stdout io.Writer) error {
	if c.Repeat < 1 {
		return fmt.Errorf("--repeat %d: use 1 or more: %w", c.Repeat, ErrConfig)
	}
	network, err := readCase(c)
	if err != nil {
		return err
	}
	solver, err := network.Solver()
	if err != nil {
		return err
	}
	verdict, err := solver.Solve()
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	runtime.GC() // what reading the file left behind is not the solver's time
	start := processorTime()
	for range c.Repeat {
		if _, err := solver.Solve(); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	timing := GridTiming{Buses: solver.Buses(), Ns: (processorTime() - start) / int64(c.Repeat), Iterations: verdict.Iterations}
	if c.JSON {
		return json.NewEncoder(stdout).Encode(timing)
	}
	_, err = fmt.Fprintf(stdout, "%d buses: %d ns each, %d iterations\n", timing.Buses, timing.Ns, timing.Iterations)
	return err
}
