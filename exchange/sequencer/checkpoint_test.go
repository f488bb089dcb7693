package sequencer

import (
	"bytes"
	"encoding/hex"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
)

// newCheckpointed returns a sequencer that saves a checkpoint every few commands, and where it logs.
func newCheckpointed(t testing.TB, b *bus.Bus, clock *testClock) (*Sequencer, *strings.Builder) {
	t.Helper()
	log := new(strings.Builder)
	s, err := New(Config{Rules: rules, Bus: b, Now: clock.Now, Log: slog.New(slog.NewTextHandler(log, nil)), Lease: -1, Checkpoint: 40})
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

// traded is a market log with some checkpoints, and the writer behind it.
func traded(t testing.TB, b *bus.Bus, clock *testClock) *writer {
	t.Helper()
	s, _ := newCheckpointed(t, b, clock)
	w := recovered(t, s)
	for _, c := range randomOrders(7, 210) {
		if err := commit(t.Context(), s, w, c); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func checkpoints(t testing.TB, b *bus.Bus) []uint64 {
	t.Helper()
	all, err := b.Checkpoints(t.Context(), rules.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// checkRestart restarts with and without checkpoints and wants the market that was there before. It returns the batch
// that the restart with checkpoints began behind, and what it logged.
func checkRestart(t testing.TB, b *bus.Bus, clock *testClock, before *writer) (batch uint64, logged string) {
	t.Helper()
	s, log := newCheckpointed(t, b, clock)
	w := &writer{bus: b, rules: rules, digest: rules.Digest()}
	published, err := w.lastPublished(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.restore(t.Context(), w, published); err != nil {
		t.Fatal(err)
	}
	batch, logged = w.batch.number, log.String()
	for name, again := range map[string]*writer{"with": recovered(t, s), "without": recovered(t, newFullReplay(t, b, clock))} {
		if got, want := again.market.StateHash(), before.market.StateHash(); got != want {
			t.Errorf("%s checkpoints: state %x after restart, want %x", name, got, want)
		}
		if again.batch != before.batch || again.message != before.message || again.commands != before.commands || again.time != before.time {
			t.Errorf("%s checkpoints: log ends %+v %+v after restart, want %+v %+v", name, again.batch, again.message, before.batch, before.message)
		}
	}
	return batch, logged
}

func newFullReplay(t testing.TB, b *bus.Bus, clock *testClock) *Sequencer {
	t.Helper()
	s, err := New(Config{Rules: rules, Bus: b, Now: clock.Now, Log: slog.New(slog.DiscardHandler), Lease: -1, Checkpoint: -1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRestartFromACheckpoint(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	w := traded(t, b, clock)
	all := checkpoints(t, b)
	if len(all) != checkpointsKept || all[0] != 200 || all[2] != 120 {
		t.Fatalf("checkpoints at batches %v, want the newest three of every 40 commands", all)
	}
	if batch, logged := checkRestart(t, b, clock, w); batch != all[0] || logged != "" {
		t.Errorf("restarted behind batch %d, saying %q, want %d and nothing", batch, logged, all[0])
	}
	// The restarted market goes on as the old one would have.
	s, _ := newCheckpointed(t, b, clock)
	again := recovered(t, s)
	for _, c := range randomOrders(8, 100) {
		if err := commit(t.Context(), s, again, c); err != nil {
			t.Fatal(err)
		}
	}
	checkRestart(t, b, clock, again)
}

func TestDamagedCheckpointsAreNotUsed(t *testing.T) {
	b, clock := bustest.Open(t), newClock()
	w := traded(t, b, clock)
	all := checkpoints(t, b)
	good, err := b.Checkpoint(t.Context(), rules.Zone, all[0])
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := decodeCheckpoint(good)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(change func(*checkpoint)) []byte {
		other := c
		other.state = bytes.Clone(c.state)
		change(&other)
		return encodeCheckpoint(other)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 4
	for name, data := range map[string][]byte{
		"a bit flipped":           flipped,
		"cut":                     good[:len(good)-1],
		"longer":                  append(bytes.Clone(good), 0),
		"empty":                   {},
		"another layout":          append([]byte("wattle/checkpoint/9"), good[len(checkpointDomain):]...),
		"other rules":             changed(func(c *checkpoint) { c.rules[0]++ }),
		"a state that is none":    changed(func(c *checkpoint) { c.state = c.state[:len(c.state)-1] }),
		"another position":        changed(func(c *checkpoint) { c.commands++ }),
		"ahead of the market log": changed(func(c *checkpoint) { c.message.number += 1000 }),
		"state and hash do not match": func() []byte {
			other := bytes.Clone(good)
			other[checkpointHead-9]++
			return append(other[:len(other)-32], sum(other[:len(other)-32])...)
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			if err := b.SaveCheckpoint(t.Context(), rules.Zone, all[0], checkpointsKept, data); err != nil {
				t.Fatal(err)
			}
			batch, logged := checkRestart(t, b, clock, w)
			if batch != all[1] || !strings.Contains(logged, "checkpoint not used") {
				t.Errorf("restarted behind batch %d, saying %q, want the older %d and a warning", batch, logged, all[1])
			}
		})
	}
	for _, position := range checkpoints(t, b) {
		if err := b.SaveCheckpoint(t.Context(), rules.Zone, position, checkpointsKept, flipped); err != nil {
			t.Fatal(err)
		}
	}
	if batch, _ := checkRestart(t, b, clock, w); batch != 0 {
		t.Errorf("restarted behind batch %d, want from the beginning: no checkpoint is whole", batch)
	}
}

func sum(b []byte) []byte {
	digest := exchange.DigestOf(b)
	return digest[:]
}

// TestCheckpointOfAnotherLogHalts starts with a log that lost or changed what the checkpoint was taken of.
func TestCheckpointOfAnotherLogHalts(t *testing.T) {
	for name, change := range map[string]func(*checkpoint){
		"the batch is another":          func(c *checkpoint) { c.batch.digest[0]++ },
		"the batch is not there":        func(c *checkpoint) { c.batch.sequence += 1000 },
		"the market message is another": func(c *checkpoint) { c.message.digest[0]++ },
	} {
		t.Run(name, func(t *testing.T) {
			b, clock := bustest.Open(t), newClock()
			w := traded(t, b, clock)
			c := checkpoint{rules: w.digest, batch: w.batch, message: w.message, commands: w.commands, time: w.time, state: w.market.AppendSnapshot(nil)}
			change(&c)
			if err := b.SaveCheckpoint(t.Context(), rules.Zone, c.batch.number, checkpointsKept, encodeCheckpoint(c)); err != nil {
				t.Fatal(err)
			}
			s, _ := newCheckpointed(t, b, clock)
			if err := s.Run(t.Context()); !errors.Is(err, ErrBroken) || !strings.Contains(err.Error(), "log entry") {
				t.Errorf("run: got %v, want ErrBroken and where", err)
			}
		})
	}
}

func TestCheckpointBytes(t *testing.T) {
	c := checkpoint{
		rules: exchange.Digest{1}, batch: chain{2, exchange.Digest{3}, 4}, message: chain{5, exchange.Digest{6}, 7},
		commands: 8, time: 9, state: []byte("state"),
	}
	zeros := func(n int) string { return strings.Repeat("00", n) }
	want := hex.EncodeToString([]byte("wattle/checkpoint/1")) + "01" + zeros(31) +
		zeros(7) + "02" + "03" + zeros(31) + zeros(7) + "04" +
		zeros(7) + "05" + "06" + zeros(31) + zeros(7) + "07" +
		zeros(7) + "08" + zeros(7) + "09" + hex.EncodeToString(sum([]byte("state"))) + zeros(7) + "05" + hex.EncodeToString([]byte("state"))
	data := encodeCheckpoint(c)
	if got := hex.EncodeToString(data[:len(data)-32]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := data[len(data)-32:]; !bytes.Equal(got, sum(data[:len(data)-32])) {
		t.Errorf("ends in %x, want the sum of what is before", got)
	}
}

func FuzzDecodeCheckpoint(f *testing.F) {
	f.Add(encodeCheckpoint(checkpoint{state: []byte("state")}), true)
	f.Add([]byte(checkpointDomain), false)
	f.Fuzz(func(t *testing.T, data []byte, summed bool) {
		if summed { // gets past the sum
			data = append(bytes.Clone(data), sum(data)...)
		}
		c, hash, err := decodeCheckpoint(data)
		if err != nil {
			if !errors.Is(err, ErrCheckpoint) {
				t.Errorf("got %v, want %v", err, ErrCheckpoint)
			}
			return
		}
		if again := encodeCheckpoint(c); !bytes.Equal(again, data) && bytes.Equal(sum(c.state), hash[:]) {
			t.Errorf("%x reads as %+v, which writes as %x", data, c, again)
		}
	})
}
