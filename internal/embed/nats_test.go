package embed

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"

	"github.com/wattle/wattle/internal/bus"
)

// childNATS in the environment makes the test program a process that only appends to a log in that directory.
const childNATS = "WATTLE_TEST_NATS"

func runNATSChild(dir string) {
	ctx := context.Background()
	b, _, err := openBus(ctx, dir, slog.New(slog.DiscardHandler))
	for last := uint64(0); err == nil; {
		if last, err = b.Append(ctx, bus.MarketSubject("street"), last, []byte("events")); err == nil {
			fmt.Println(last)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func openBus(ctx context.Context, dir string, log *slog.Logger) (*bus.Bus, *NATS, error) {
	n, err := StartNATS(NATSConfig{Dir: dir, Log: log})
	if err != nil {
		return nil, nil, err
	}
	nc, err := n.Connect()
	if err != nil {
		return nil, n, err
	}
	b, err := bus.Open(ctx, nc)
	return b, n, err
}

func TestNATSKeepsWhatItAcknowledged(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childNATS+"="+dir)
	child.Stderr = t.Output()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	const enough = 200
	acknowledged := uint64(0)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if acknowledged++; acknowledged == enough {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); acknowledged < enough {
		t.Fatalf("the child ended after %d: %v", acknowledged, err)
	}
	b, n, err := openBus(t.Context(), dir, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer n.Stop()
	last, err := b.Replay(t.Context(), bus.MarketSubject("street"), 1, func(bus.Message) error { return nil })
	if err != nil || last < acknowledged {
		t.Fatalf("got %d messages, error %v, want at least %d", last, err, acknowledged)
	}
	if _, err := b.Append(t.Context(), bus.MarketSubject("street"), last, nil); err != nil {
		t.Fatal(err)
	}
}

func TestNATSStopsTwice(t *testing.T) {
	n, err := StartNATS(NATSConfig{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	n.Stop()
	n.Stop()
}
