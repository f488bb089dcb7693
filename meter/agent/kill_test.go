package agent

import (
	"bufio"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/wattle/wattle/meter"
)

// Where the child of TestKilledAgentGoesOn finds its outbox and its device.
const (
	childOutbox = "WATTLE_TEST_OUTBOX"
	childDevice = "WATTLE_TEST_DEVICE"
	childStart  = "WATTLE_TEST_START" // RFC 3339
)

func TestMain(m *testing.M) {
	if os.Getenv(childDevices) != "" {
		serveDevices()
	}
	if path := os.Getenv(childOutbox); path != "" {
		child(path, os.Getenv(childDevice), os.Getenv(childStart))
	}
	os.Exit(m.Run())
}

// child runs an agent whose broker is down. Every look at the device finds a new boundary and so stores a reading;
// then it says a line.
func child(outbox, device, start string) {
	begin, err := time.Parse(time.RFC3339, start)
	if err != nil {
		panic(err)
	}
	now := &clock{t: begin}
	c := Config{
		Zone: "street", Meter: "home-01-grid", Key: testKey, Length: 900,
		Sources: []Source{at(device, meterUnit, GridMeter)},
		Outbox:  outbox, Now: now.now, Publish: noPublish, Log: slog.New(slog.DiscardHandler),
		Poll: time.Millisecond, Retry: time.Millisecond,
		Live: func(meter.Live) {
			now.set(now.now().Add(15 * time.Minute))
			os.Stdout.WriteString("stored\n")
		},
	}
	if err := Run(context.Background(), c); err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
	}
	os.Exit(1)
}

// An agent that is killed at any moment loses no reading, signs no counter twice and goes on with the chain.
func TestKilledAgentGoesOn(t *testing.T) {
	h := newHome(t)
	c := testConfig(t, h)
	kills := 3
	if text := os.Getenv("WATTLE_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n > 300 { // they must lie within the 30 days
			t.Fatalf("WATTLE_KILLS=%s: want at most 300", text)
		}
		kills = n
	}
	const each = 4
	end := noon.AddDate(0, 0, 30) // nobody takes a reading for 30 days
	for n := range kills {
		agent := exec.Command(os.Args[0])
		start := noon.Add(time.Duration(n) * 2 * time.Hour).Format(time.RFC3339)
		agent.Env = append(os.Environ(), childOutbox+"="+c.Outbox, childDevice+"="+h.address, childStart+"="+start)
		out, err := agent.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := agent.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range each {
			if !lines.Scan() || lines.Text() != "stored" {
				t.Errorf("agent said %q", lines.Text())
			}
		}
		agent.Process.Kill()
		agent.Wait() // which says that it was killed
	}

	b := begin(t, c, end)
	last := b.reading()
	if last.Counter != 1 {
		t.Errorf("first counter: got %d, want 1: nothing was published yet", last.Counter)
	}
	for last.Boundary < end.Unix() {
		next := b.reading()
		if next.Counter != last.Counter+1 {
			t.Fatalf("counter: got %d after %d", next.Counter, last.Counter)
		}
		b.measure(last, next)
		last = next
	}
	if last.Boot != uint32(kills)+1 || last.Counter < uint64(kills*each)+1 {
		t.Errorf("got boot %d counter %d, want boot %d and more than %d readings", last.Boot, last.Counter, kills+1, kills*each)
	}
}

// A broker that is down keeps nothing from being signed, and gets everything in order when it is back.
func TestReadingsWaitForTheBroker(t *testing.T) {
	h := newHome(t)
	c := testConfig(t, h)
	const unsent = 6
	b := begin(t, c, noon) // takes nothing yet: the publisher waits with the first reading
	for i := range unsent {
		at := noon.Add(time.Duration(i) * 15 * time.Minute)
		b.clock.set(at)
		for range 2 { // the first look may have begun before the boundary
			b.until("polled", func(l meter.Live) bool { return l.At == at.UnixMilli() })
		}
	}
	for i := range uint64(unsent) {
		if got := b.reading().Counter; got != i+1 {
			t.Errorf("counter: got %d, want %d", got, i+1)
		}
	}
}
