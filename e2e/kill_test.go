package e2e

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// count reads how often something is done from the environment: the long targets of the Makefile ask for more.
func count(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q: want a positive number", name, text)
	}
	return n
}

// TestKill kills the street at random moments and starts it again on the same data.
func TestKill(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range count(t, "WATTLE_KILLS", 2) {
		p := start(t, "demo", "--listen", "127.0.0.1:0", "--data", data, "--speed", "60")
		if random.IntN(4) > 0 { // most kills hit a living street, some its start
			eventually(t, time.Minute, "the street lives", func() bool { return strings.Contains(p.stderr.String(), "The street lives") })
		}
		pause := time.Duration(random.Int64N(int64(20 * time.Second)))
		select {
		case err := <-p.done:
			t.Fatalf("the street ended by itself: %v\n%s", err, tail(p.stderr.String()))
		case <-time.After(pause):
		}
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-p.done
		t.Logf("killed after %s", pause.Round(time.Millisecond))
	}
	s := demo(t, "--intervals", "2", "--data", data, "--speed", "60")
	conserved(t, s)
	audit(t, data)
}

// TestStopAndStartAgain stops the street politely, right after it began to live, again and again: it must end by itself
// each time. Oracles that remembered the addresses of an earlier start did not.
func TestStopAndStartAgain(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	for range 8 {
		p := start(t, "demo", "--listen", "127.0.0.1:0", "--data", data)
		p.url(t)
		if err := p.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := p.wait(t, 30*time.Second); err != nil {
			t.Fatalf("the street did not end cleanly: %v\n%s", err, tail(p.stderr.String()))
		}
	}
}
