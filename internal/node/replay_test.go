package node

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// handmade is a workload of six commands on two instruments: two fills, one cancel that finds its order and one that
// does not.
func handmade() []byte {
	records := []struct {
		id         uint64
		price      int64
		quantity   uint32
		instrument uint16
		kind, side byte
	}{
		{1, 100, 10, 0, 0, 1}, {2, 101, 10, 0, 0, 1}, {3, 0, 12, 0, 2, 0}, {4, 99, 5, 1, 0, 0}, {4, 0, 0, 1, 3, 0}, {4, 0, 0, 1, 3, 0},
	}
	b := make([]byte, workloadHeader)
	copy(b, workloadMagic)
	binary.LittleEndian.PutUint32(b[8:], 1)
	binary.LittleEndian.PutUint32(b[12:], 2)
	sum := tradeSum{hash: tradeHashStart}
	sum.add(2, 1, 3, 100, 10)
	sum.add(2, 2, 3, 101, 2)
	for i, v := range []uint64{uint64(len(records)), 1, 99, 101, 4, 7, sum.trades, sum.volume, sum.hash, 1, 1, 8, 2, 3} {
		binary.LittleEndian.PutUint64(b[16+8*i:], v)
	}
	for _, r := range records {
		b = binary.LittleEndian.AppendUint64(b, r.id)
		b = binary.LittleEndian.AppendUint64(b, uint64(r.price))
		b = binary.LittleEndian.AppendUint32(b, r.quantity)
		b = binary.LittleEndian.AppendUint32(b, 9)
		b = binary.LittleEndian.AppendUint16(b, r.instrument)
		b = append(b, r.kind, r.side, 0, 0, 0, 0)
	}
	return b
}

func replay(t *testing.T, workload, trades string) (ReplayReport, string) {
	t.Helper()
	var out bytes.Buffer
	if err := ExchangeReplay(t.Context(), ReplayConfig{Workload: workload, Trades: trades, JSON: true}, &out); err != nil {
		t.Fatal(err)
	}
	var r struct {
		Commands, Trades, Volume int
		Hash                     string
		Match                    bool
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("%q is not one line of JSON: %v", out.String(), err)
	}
	return ReplayReport{Commands: r.Commands, Trades: uint64(r.Trades), Volume: uint64(r.Volume), Hash: r.Hash, Match: r.Match}, out.String()
}

func TestReplay(t *testing.T) {
	dir := t.TempDir()
	file, trades := filepath.Join(dir, "w.mewl"), filepath.Join(dir, "trades")
	if err := os.WriteFile(file, handmade(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, line := replay(t, file, trades)
	if r.Commands != 5 || r.Trades != 2 || r.Volume != 12 || !r.Match {
		t.Errorf("got %s, want 5 commands, 2 trades of 12, a match", line)
	}
	for _, key := range []string{"commands", "ns_per_command", "p50_ns", "p99_ns", "p999_ns", "allocs_per_command", "trades", "volume", "hash", "match"} {
		if !strings.Contains(line, `"`+key+`":`) {
			t.Errorf("%s has no %s", line, key)
		}
	}
	written, err := os.ReadFile(trades)
	if err != nil || len(written) != 80 || binary.LittleEndian.Uint64(written[48:]) != 2 {
		t.Errorf("%d bytes of trades, %v, want two of 40 with makers 1 and 2", len(written), err)
	}
	other := handmade()
	other[80]++ // the hash it should have
	if err := os.WriteFile(file, other, 0o600); err != nil {
		t.Fatal(err)
	}
	if r, line := replay(t, file, ""); r.Match {
		t.Errorf("got %s of a workload that expects other trades", line)
	}
}

func TestReplayRefusesWhatIsNoWorkload(t *testing.T) {
	for name, spoil := range map[string]func([]byte) []byte{
		"empty":           func(b []byte) []byte { return nil },
		"other magic":     func(b []byte) []byte { b[0]++; return b },
		"other version":   func(b []byte) []byte { b[8]++; return b },
		"cut":             func(b []byte) []byte { return b[:len(b)-1] },
		"record missing":  func(b []byte) []byte { return b[:len(b)-recordSize] },
		"warm-up":         func(b []byte) []byte { b[24] = 200; return b },
		"no instruments":  func(b []byte) []byte { b[12] = 0; return b },
		"prices":          func(b []byte) []byte { b[39] = 1; return b },
		"wide prices":     func(b []byte) []byte { b[44] = 1; return b },
		"huge ids":        func(b []byte) []byte { b[54] = 1; return b },
		"id 0":            func(b []byte) []byte { b[workloadHeader] = 0; return b },
		"id beyond":       func(b []byte) []byte { b[workloadHeader] = 99; return b },
		"price beyond":    func(b []byte) []byte { b[workloadHeader+8]++; b[workloadHeader+8] += 50; return b },
		"no quantity":     func(b []byte) []byte { b[workloadHeader+16] = 0; return b },
		"no instrument":   func(b []byte) []byte { b[workloadHeader+24] = 2; return b },
		"unknown type":    func(b []byte) []byte { b[workloadHeader+26] = 4; return b },
		"unknown side":    func(b []byte) []byte { b[workloadHeader+27] = 2; return b },
		"more than fits":  func(b []byte) []byte { b[23] = 0x80; return b },
		"endless warm-up": func(b []byte) []byte { b[31] = 0xff; return b },
	} {
		if _, err := parseWorkload(spoil(handmade())); !errors.Is(err, ErrWorkload) {
			t.Errorf("%s: got %v, want ErrWorkload", name, err)
		}
	}
	if err := ExchangeReplay(t.Context(), ReplayConfig{}, &bytes.Buffer{}); !errors.Is(err, ErrConfig) {
		t.Errorf("no file: got %v, want ErrConfig", err)
	}
}

func FuzzParseWorkload(f *testing.F) {
	f.Add(handmade())
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := parseWorkload(data)
		if err != nil || w.maxID > 1<<16 || w.maxPrice-w.minPrice > 1<<16 || w.instruments > 16 {
			return
		}
		r := w.replayer()
		for i := range w.records {
			r.apply(&w.records[i])
		}
	})
}

// TestReplayOfGeneratedWorkloads plays what the generator beside the format makes: its plain reference book says which
// trades there are.
func TestReplayOfGeneratedWorkloads(t *testing.T) {
	generator, err := filepath.Abs("../../../shared/data/mewl/gen")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(generator); err != nil {
		t.Skipf("the workload generator is not here: %v", err)
	}
	program := filepath.Join(t.TempDir(), "gen")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir = generator
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, kind := range []string{"lob", "energy"} {
		for _, seed := range []string{"1", "2", "3", "4", "5"} {
			file := filepath.Join(t.TempDir(), "w.mewl")
			if out, err := exec.CommandContext(t.Context(), program, "-kind", kind, "-seed", seed, "-n", "30000", "-live", "300", "-o", file).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			r, line := replay(t, file, "")
			if !r.Match || r.Trades == 0 {
				t.Errorf("%s seed %s: got %s, want a match", kind, seed, line)
			}
		}
	}
}
