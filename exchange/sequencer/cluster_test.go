package sequencer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
)

// leader is the message server that leads the order log.
func (z *zone) leader() int {
	z.t.Helper()
	js, err := jetstream.New(z.nc)
	if err != nil {
		z.t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		stream, err := js.Stream(z.t.Context(), "ORDER")
		if err == nil {
			number, found := strings.CutPrefix(stream.CachedInfo().Cluster.Leader, "server-")
			if i, err := strconv.Atoi(number); found && err == nil {
				return i
			}
		}
		if time.Now().After(deadline) {
			z.t.Fatalf("no leader of the order log for a minute: %v", err)
		}
	}
}

// held is how many messages of each log a message server has on its own disk, by its own word.
func (s broker) held() (map[string]uint64, error) {
	response, err := http.Get(s.monitor + "/jsz?streams=true")
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var answer struct {
		Accounts []struct {
			Streams []struct {
				Name  string `json:"name"`
				State struct {
					Messages uint64 `json:"messages"`
				} `json:"state"`
			} `json:"stream_detail"`
		} `json:"account_details"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, err
	}
	held := map[string]uint64{}
	for _, a := range answer.Accounts {
		for _, stream := range a.Streams {
			held[stream.Name] = stream.State.Messages
		}
	}
	return held, nil
}

// catchUp waits until a message server has, of both logs of the market, at least what the others have now.
func (z *zone) catchUp(i int) time.Duration {
	z.t.Helper()
	began, want := time.Now(), map[string]uint64{}
	for j, s := range z.servers {
		held, err := s.held()
		if err != nil && j != i {
			z.t.Fatal(err)
		}
		for _, log := range []string{"ORDER", "MARKET"} {
			if j != i {
				want[log] = max(want[log], held[log])
			}
		}
	}
	for {
		held, err := z.servers[i].held()
		if err == nil && held["ORDER"] >= want["ORDER"] && held["MARKET"] >= want["MARKET"] {
			return time.Since(began)
		}
		if time.Since(began) > time.Minute {
			z.t.Fatalf("server-%d holds %v after a minute (%v), want at least %v", i, held, err, want)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestClusterKill kills a message server of three, the one that leads the order log, and at the same moment strikes the
// market that leads the zone: with kill -9, with SIGSTOP until another one has taken over, or not at all, in turn. As
// often as WATTLE_KILLS says and with the lease of production, or once each with a short one.
func TestClusterKill(t *testing.T) {
	lease, limit := 4*time.Second, time.Minute
	if os.Getenv("WATTLE_KILLS") != "" {
		lease, limit = clusterLeaseTerm, 20*time.Second
	}
	z := newZone(t, lease, 3)
	followed := z.follow()
	for kill := range killsOr(t, 3) {
		z.progress(200)
		market, _ := z.leads("")
		victim, server := z.markets[market], z.leader()
		began, what := time.Now(), "market killed"
		switch kill % 3 {
		case 0:
			_ = victim.Process.Kill() // fails only if it has ended
		case 1:
			what = "market asleep"
			victim.signal(t, syscall.SIGSTOP)
		case 2:
			what = "market spared"
		}
		z.servers[server].kill()
		pause := z.resumed(kill, market, began)
		z.serve(server)
		again := z.catchUp(server)
		t.Logf("server-%d killed, %s: first answer after %s; back with all messages %s after its start",
			server, what, pause.Round(time.Millisecond), again.Round(time.Millisecond))
		if pause > limit {
			t.Errorf("the zone was without a market for %s, want at most %s", pause, limit)
		}
	}
	z.progress(100)
	z.check()
	followed()
}

// follow reads the market log all through a test, by its chain. What it returns waits until the log has been read to its
// end.
func (z *zone) follow() (end func()) {
	z.t.Helper()
	b, subject := z.open(), bus.MarketSubject(rules.Zone)
	ctx, cancel := context.WithCancel(context.Background())
	read, last, ended := make(chan uint64, 1), exchange.Digest{}, make(chan error, 1)
	z.t.Cleanup(cancel)
	go func() {
		ended <- b.Follow(ctx, subject, 1, func(m bus.Message) error {
			message, err := exchange.DecodeMessage(m.Data)
			if err == nil && message.Previous != last {
				err = fmt.Errorf("message %d does not follow the one before", message.Number)
			}
			last = exchange.DigestOf(m.Data)
			select {
			case <-read:
			default: // nobody waits yet
			}
			read <- m.Sequence
			return err
		})
	}()
	return func() {
		z.t.Helper()
		newest, _, err := b.LastOf(z.t.Context(), subject)
		for err == nil {
			select {
			case err = <-ended:
			case at := <-read:
				if at == newest.Sequence {
					return
				}
			case <-time.After(time.Minute):
				err = errors.New("nothing came for a minute")
			}
		}
		z.t.Errorf("following the market log: %v", err)
	}
}

// resumed waits for the first answer after a strike, and tidies up behind it: who was killed is started again, who
// slept is woken, and must not go on.
func (z *zone) resumed(kill, market int, began time.Time) time.Duration {
	z.t.Helper()
	victim := z.markets[market]
	switch kill % 3 {
	case 0:
		_, at := z.leads(victim.name)
		_ = victim.Wait() // says that it was killed
		z.launch(market)
		return at.Sub(began)
	case 1:
		before := strings.Count(victim.logged(), "market interrupted")
		other, at := z.leads(victim.name)
		victim.signal(z.t, syscall.SIGCONT)
		for strings.Count(victim.logged(), "market interrupted") == before {
			z.progress(1)
		}
		if a := z.progress(200); a.market != z.markets[other].name {
			z.t.Errorf("after the zombie woke %s answers, want %s", a.market, z.markets[other].name)
		}
		return at.Sub(began)
	}
	longest, last := time.Duration(0), began
	for range 300 { // of which the first may have been on their way
		at := z.progress(1).at
		longest, last = max(longest, at.Sub(last)), at
	}
	return longest
}

// TestLazyServerComesBack restarts a server of three without sync_interval: always, behind the back of a market that has
// asked them all.
func TestLazyServerComesBack(t *testing.T) {
	z := newServers(t, 3)
	s, err := New(Config{Rules: rules, Bus: z.open(), Now: newClock().Now, Log: slog.New(slog.DiscardHandler), Lease: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	start(t, s)
	if _, err := s.Submit(t.Context(), open(0)); err != nil {
		t.Fatal(err)
	}
	other := (z.leader() + 1) % len(z.servers)
	z.servers[other].kill()
	if _, err := s.Submit(t.Context(), open(1)); err != nil {
		t.Errorf("with one server down: %v", err)
	}
	z.serve(other, lazyVariable+"=1")
	for deadline := time.Now().Add(30 * time.Second); !errors.Is(s.Trouble(), bus.ErrLazy); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("trouble: got %v, want ErrLazy", s.Trouble())
		}
	}
}
