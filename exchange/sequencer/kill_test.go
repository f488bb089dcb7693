package sequencer

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
)

// zone is a message server or a cluster of them, markets of one zone, and clients, who send each order until it is answered.
type zone struct {
	t       *testing.T
	lease   time.Duration
	servers []broker
	markets [2]*process

	nc       *nats.Conn
	over     atomic.Bool
	group    sync.WaitGroup
	answers  chan answer
	answered [clients]atomic.Int64 // orders that got an answer
	orders   [clients][]uint64     // their places in the order log
	resent   atomic.Int64
}

// broker is a message server, at addresses that it keeps over its restarts.
type broker struct {
	*process
	dir, url, monitor, route string
}

const clients = 16

type answer struct {
	market string
	at     time.Time
}

// newZone starts as many message servers as given, two markets and all clients.
func newZone(t *testing.T, lease time.Duration, servers int) *zone {
	t.Helper()
	z := newServers(t, servers)
	z.lease = lease
	z.open()
	for i := range z.markets {
		z.launch(i)
	}
	z.place("founder", 0, open(0), nil)
	for n := range clients {
		z.group.Go(func() { z.trade(n) })
	}
	t.Cleanup(func() { z.over.Store(true); z.group.Wait() })
	return z
}

// newServers starts message servers, and connects to them.
func newServers(t *testing.T, servers int) *zone {
	t.Helper()
	z := &zone{t: t, answers: make(chan answer), servers: make([]broker, servers)}
	for i := range z.servers {
		z.servers[i].dir = t.TempDir()
		if servers > 1 {
			z.servers[i].route = fmt.Sprint("nats://127.0.0.1:", bustest.FreePort(t))
		}
	}
	for i := range z.servers {
		z.serve(i)
	}
	var err error
	z.nc, err = nats.Connect(z.all(urlOf), nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond), nats.ReconnectJitter(0, 0),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // servers that die are no news
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(z.nc.Close)
	return z
}

func urlOf(s broker) string     { return s.url }
func monitorOf(s broker) string { return s.monitor }

// all lists one address of each message server.
func (z *zone) all(of func(broker) string) string {
	var list []string
	for _, s := range z.servers {
		list = append(list, of(s))
	}
	return strings.Join(list, ",")
}

// open is a bus on all message servers, with as many replicas.
func (z *zone) open() *bus.Bus {
	z.t.Helper()
	b, err := openWhenReady(z.t.Context(), z.nc, bus.WithMonitor(strings.Split(z.all(monitorOf), ",")...), bus.WithReplicas(len(z.servers)))
	if err != nil {
		z.t.Fatal(err)
	}
	return b
}

// serve starts a message server, at the addresses it had before.
func (z *zone) serve(i int, environment ...string) {
	z.t.Helper()
	s := &z.servers[i]
	var routes []string
	for j := range z.servers {
		if other := z.servers[(i+j)%len(z.servers)]; other.route != "" {
			routes = append(routes, other.route)
		}
	}
	s.process = launch(z.t, "server", fmt.Sprintf("server-%d", i), append(environment, urlVariable+"="+s.url, watchVariable+"="+s.monitor,
		dirVariable+"="+s.dir, routeVariable+"="+strings.Join(routes, ","))...)
	if _, err := fmt.Sscan(s.said, &s.url, &s.monitor); err != nil {
		z.t.Fatal(err)
	}
}

func (z *zone) launch(i int) {
	z.t.Helper()
	z.markets[i] = launch(z.t, "market", fmt.Sprintf("market-%d", i), leaseVariable+"="+z.lease.String(), urlVariable+"="+z.all(urlOf), watchVariable+"="+z.all(monitorOf))
}

// place sends a command until somebody answers, and returns who and what.
func (z *zone) place(member string, id int, c exchange.Command, stop func() bool) (string, exchange.Event) {
	data := exchange.AppendCommand(nil, c)
	for attempt := 0; stop == nil || !stop(); attempt++ {
		if attempt > 0 {
			z.resent.Add(1)
		}
		reply, err := z.nc.Request(ordersSubject, data, 200*time.Millisecond)
		if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, nats.ErrDisconnected) {
			time.Sleep(time.Millisecond) // nobody is there
		}
		if err != nil {
			continue
		}
		name, event, _ := strings.Cut(string(reply.Data), " ")
		e, err := exchange.DecodeEvent([]byte(event))
		if err != nil {
			z.t.Errorf("%s order %d: %v", member, id, err)
		}
		return name, e
	}
	return "", exchange.Event{}
}

// trade is a client with one order after the other.
func (z *zone) trade(n int) {
	member := fmt.Sprintf("home-%02d", n)
	for id := 1; ; id++ {
		c := order(member, id, exchange.Side(1+n%2), 180_000, 10)
		market, e := z.place(member, id, c, z.over.Load)
		if market == "" {
			return // not answered, and nobody will ask
		}
		if e.Kind != exchange.Accepted && e.Reason != exchange.DuplicateID || e.Order == 0 {
			z.t.Errorf("%s order %d: %s %s, want accepted or known already", member, id, e.Kind, e.Reason)
			return
		}
		z.orders[n] = append(z.orders[n], e.Order)
		z.answered[n].Store(int64(id))
		select {
		case z.answers <- answer{market, time.Now()}:
		default: // nobody waits
		}
	}
}

// progress waits for n answers and returns the last.
func (z *zone) progress(n int) answer {
	z.t.Helper()
	var last answer
	for range n {
		select {
		case last = <-z.answers:
		case <-time.After(time.Minute):
			z.t.Fatalf("no answers for a minute; %s: %s; %s: %s", z.markets[0].name, z.markets[0].logged(), z.markets[1].name, z.markets[1].logged())
		}
	}
	return last
}

// leads waits for the first answer of a market other than the given, and returns which market answered and when.
func (z *zone) leads(other string) (int, time.Time) {
	z.t.Helper()
	for {
		if a := z.progress(1); a.market != other {
			for i, m := range z.markets {
				if m.name == a.market {
					return i, a.at
				}
			}
			z.t.Fatalf("an answer of %q", a.market)
		}
	}
}

// check ends the load and holds what clients were told against both logs.
func (z *zone) check() {
	z.t.Helper()
	z.over.Store(true)
	z.group.Wait()
	for _, m := range z.markets {
		m.kill()
	}
	b := z.open()
	recovered(z.t, newSequencer(z.t, b, newClock(), rules)) // completes the market log
	places, times := map[string]uint64{}, map[string]int{}
	for _, e := range published(z.t, b) {
		if e.Kind == exchange.Accepted {
			key := fmt.Sprintf("%s %s", e.Member, e.ClientID)
			places[key] = e.Order
			times[key]++
		}
	}
	acknowledged, lost, doubled, moved := 0, 0, 0, 0
	for n := range clients {
		for i, place := range z.orders[n] {
			c := order(fmt.Sprintf("home-%02d", n), i+1, exchange.Buy, 0, 0)
			key := fmt.Sprintf("%s %s", c.Member, c.ClientID)
			acknowledged++
			switch {
			case times[key] == 0:
				lost++
			case places[key] != place:
				moved++
			}
		}
	}
	for key, n := range times {
		if n != 1 {
			doubled++
			z.t.Errorf("%s accepted %d times, want once", key, n)
		}
	}
	if most := acknowledged + clients; len(times) > most {
		z.t.Errorf("%d orders in the log, want at most the %d that clients sent", len(times), most)
	}
	z.t.Logf("%d acknowledged, %d lost, %d doubled, %d in another place than told, %d sent again", acknowledged, lost, doubled, moved, z.resent.Load())
	if lost+doubled+moved > 0 || acknowledged == 0 {
		z.t.Error("want each acknowledged order once, in the place that its client was told")
	}
}

// killsOr is how often to kill, if WATTLE_KILLS does not say it.
func killsOr(t *testing.T, otherwise int) int {
	text := os.Getenv("WATTLE_KILLS")
	if text == "" {
		return otherwise
	}
	kills, err := strconv.Atoi(text)
	if err != nil || kills < 1 {
		t.Fatalf("WATTLE_KILLS=%s: a positive number is needed", text)
	}
	return kills
}

// TestKill kills the market that leads, and now and then the message server, with kill -9 under load: 10 times, or as
// often as WATTLE_KILLS says.
func TestKill(t *testing.T) {
	kills := killsOr(t, 10)
	z := newZone(t, 300*time.Millisecond, 1)
	rng := rand.New(rand.NewPCG(3, 7))
	servers, longest := 0, time.Duration(0)
	for kill := range kills {
		z.progress(50 + rng.IntN(400))
		if kill%4 == 3 {
			servers++
			z.servers[0].kill()
			began := time.Now()
			z.serve(0)
			longest = max(longest, z.progress(1).at.Sub(began))
			continue
		}
		i, _ := z.leads("")
		victim := z.markets[i].name
		z.markets[i].kill()
		began := time.Now()
		_, at := z.leads(victim)
		longest = max(longest, at.Sub(began))
		z.launch(i)
	}
	z.progress(100)
	z.check()
	t.Logf("%d kills, %d of them of the message server; longest pause %s with a lease of %s", kills, servers, longest, z.lease)
}

// TestZombie lets the market that leads sleep until another has taken over, and wakes it with orders still in its ears.
func TestZombie(t *testing.T) {
	z := newZone(t, 300*time.Millisecond, 1)
	for range 3 {
		z.progress(200)
		i, _ := z.leads("")
		zombie := z.markets[i]
		before := strings.Count(zombie.logged(), "market interrupted")
		zombie.signal(t, syscall.SIGSTOP)
		other, _ := z.leads(zombie.name)
		z.progress(500)
		zombie.signal(t, syscall.SIGCONT)
		for deadline := time.Now().Add(20 * time.Second); strings.Count(zombie.logged(), "market interrupted") == before; {
			if time.Now().After(deadline) {
				t.Fatalf("the zombie did not stop: %s", zombie.logged())
			}
			z.progress(1)
		}
		if a := z.progress(200); a.market != z.markets[other].name {
			t.Errorf("after the zombie woke %s answers, want %s", a.market, z.markets[other].name)
		}
		// The zombie waits for its turn like anyone, and gets it.
		z.markets[other].kill()
		z.leads(z.markets[other].name)
		z.launch(other)
	}
	z.check()
}

// TestFailoverTime measures how long a zone is without a market with the lease of production.
func TestFailoverTime(t *testing.T) {
	z := newZone(t, leaseTerm, 1)
	z.progress(500)
	i, _ := z.leads("")
	victim := z.markets[i].name
	z.markets[i].kill()
	began := time.Now()
	other, at := z.leads(victim)
	t.Logf("first answer %s after kill -9", at.Sub(began))
	if pause := at.Sub(began); pause > 5*time.Second {
		t.Errorf("the other market took over after %s, want at most 5s", pause)
	}
	z.launch(i)
	z.progress(500)
	began = time.Now()
	if err := z.markets[other].input.Close(); err != nil { // which asks it to stop
		t.Fatal(err)
	}
	if err := z.markets[other].Wait(); err != nil {
		t.Errorf("%s stopped with %v: %s", z.markets[other].name, err, z.markets[other].logged())
	}
	_, at = z.leads(z.markets[other].name)
	t.Logf("first answer %s after a stop", at.Sub(began))
	if pause := at.Sub(began); pause > leaseTerm {
		t.Errorf("after a stop the other market took over after %s, want less than the lease of %s", pause, leaseTerm)
	}
	z.check()
}
