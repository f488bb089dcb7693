package node

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wattle/wattle/internal/embed"
)

func openClock(t *testing.T, dir string, speed int) *Clock {
	t.Helper()
	c, err := OpenClock(dir, defaultStart, speed)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClockStandsUntilItIsStarted(t *testing.T) {
	c := openClock(t, t.TempDir(), 240)
	if got := c.Now(); !got.Equal(defaultStart) {
		t.Errorf("before: got %s, want %s", got, defaultStart)
	}
	wall := time.Now()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for c.Now().Before(defaultStart.Add(time.Minute)) {
		if took := time.Since(wall); took > 10*time.Second {
			t.Fatalf("after %s it shows %s", took, c.Now())
		}
	}
	if took := time.Since(wall); took < time.Minute/240 {
		t.Errorf("a minute took %s of the wall, want at least %s", took, time.Minute/240)
	}
}

// Whenever the program is killed, the next one begins where no time was shown yet, and not far behind it.
func TestClockShowsNoTimeTwice(t *testing.T) {
	dir := t.TempDir()
	last := defaultStart.Add(-time.Nanosecond)
	for range 20 {
		c := openClock(t, dir, 120)
		if now := c.Now(); !now.After(last) || now.Sub(last) > c.scale(2*lead) {
			t.Fatalf("got %s after %s", now, last)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		last = c.Now()
	}
}

// A disk that is too slow to keep the file ahead of the clock holds the clock up.
func TestClockWaitsForTheDisk(t *testing.T) {
	dir := t.TempDir()
	c := openClock(t, dir, 240)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	c.epoch.Store(&long)
	shown := c.Now()
	if next := openClock(t, dir, 240).Now(); shown.After(next) {
		t.Errorf("shown %s, but the next program begins at %s", shown, next)
	}
	if err := c.keep(); err != nil {
		t.Fatal(err)
	}
	if now := c.Now(); !now.After(shown) {
		t.Errorf("got %s after %s and a write, want it to go on", now, shown)
	}
}

func TestClockFileThatIsNoTime(t *testing.T) {
	for _, text := range []string{"", "half past nine", "2026-06-21", "1782025000"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "clock"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenClock(dir, defaultStart, 1); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: got %v, want %v", text, err, ErrDamaged)
		}
	}
}

func TestWriteFileReplacesTheWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, text := range []string{"a long first text", "short", ""} {
		if err := embed.WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != text {
			t.Errorf("got %q %v, want %q", got, err, text)
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("got %v %v, want the file alone", entries, err)
	}
	if err := embed.WriteFile(filepath.Join(path, "below a file"), nil); err == nil {
		t.Error("below a file: got no error")
	}
}
