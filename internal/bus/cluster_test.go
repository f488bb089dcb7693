package bus_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
	"github.com/wattle/wattle/internal/problem"
)

// cluster starts three servers, the last of which syncs every message only if it is told so, and connects to the first.
func cluster(t *testing.T, lastSyncs bool) (all [3]*server.Server, nc *nats.Conn) {
	t.Helper()
	var ports [len(all)]int
	routes := ""
	for i := range ports {
		ports[i] = bustest.FreePort(t)
		routes += fmt.Sprintf(",nats://127.0.0.1:%d", ports[i])
	}
	for i := range all {
		all[i] = bustest.Start(t, &server.Options{
			ServerName: fmt.Sprint("server-", i), Host: "127.0.0.1", Port: -1, HTTPHost: "127.0.0.1", HTTPPort: -1, SyncAlways: i < 2 || lastSyncs,
			Cluster: server.ClusterOpts{Name: "street", Host: "127.0.0.1", Port: ports[i]}, Routes: server.RoutesFromStr(routes[1:]),
		})
	}
	nc, err := nats.Connect(all[0].ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return all, nc
}

// openWhenReady waits for a cluster, which has no leader at first.
func openWhenReady(t *testing.T, nc *nats.Conn, options ...bus.Option) *bus.Bus {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		b, err := bus.Open(t.Context(), nc, options...)
		if err == nil {
			return b
		}
		if problem.KindOf(err) != problem.Unavailable || time.Since(began) > time.Minute {
			t.Fatal(err)
		}
	}
}

func monitors(servers ...*server.Server) bus.Option {
	var urls []string
	for _, s := range servers {
		urls = append(urls, "http://"+s.MonitorAddr().String())
	}
	return bus.WithMonitor(urls...)
}

func TestReplicas(t *testing.T) {
	all, nc := cluster(t, true)
	b := openWhenReady(t, nc, bus.WithReplicas(3), monitors(all[:]...))
	if err := b.Durable(t.Context()); err != nil {
		t.Errorf("all sync: %v", err)
	}
	if _, err := b.Lease(t.Context(), street, time.Second); err != nil {
		t.Fatal(err)
	}
	if err := b.SaveCheckpoint(t.Context(), street, 1, 1, []byte("state")); err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	kept := []string{"METER", "ORDER", "MARKET", "ATTEST", "SETTLE", "TURN", "ROOT", "KV_LEASE", "OBJ_CHECKPOINT"}
	for _, name := range kept {
		s, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.CachedInfo().Config.Replicas; got != 3 {
			t.Errorf("%s has %d replicas, want 3", name, got)
		}
	}
	if _, err := bus.Open(t.Context(), nc); err != nil {
		t.Errorf("more replicas than asked for: %v", err)
	}
	for _, name := range []string{"ORDER", "KV_LEASE"} { // to one and back
		s, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		settings := s.CachedInfo().Config
		fewer := settings
		fewer.Replicas = 1
		if _, err := js.UpdateStream(t.Context(), fewer); err != nil {
			t.Fatal(err)
		}
		if _, err := bus.Open(t.Context(), nc, bus.WithReplicas(3)); !errors.Is(err, bus.ErrReplicas) {
			t.Errorf("%s with one replica: got %v, want ErrReplicas", name, err)
		}
		if _, err := js.UpdateStream(t.Context(), settings); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReplicasNeedACluster(t *testing.T) {
	ns := bustest.Start(t, &server.Options{DontListen: true})
	nc, err := nats.Connect("", nats.InProcessServer(ns))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := bus.Open(t.Context(), nc, bus.WithReplicas(3)); !errors.Is(err, bus.ErrReplicas) || problem.KindOf(err) != problem.Conflict {
		t.Errorf("got %v, want ErrReplicas", err)
	}
}

// TestDurableAsksEveryServer asks a cluster of which one server does not sync.
func TestDurableAsksEveryServer(t *testing.T) {
	all, nc := cluster(t, false)
	b := openWhenReady(t, nc, bus.WithReplicas(3), monitors(all[:]...))
	if err := b.Durable(t.Context()); !errors.Is(err, bus.ErrLazy) {
		t.Errorf("all are asked: got %v, want ErrLazy", err)
	}
	alone := openWhenReady(t, nc, monitors(all[0]))
	if err := alone.Durable(t.Context()); !errors.Is(err, bus.ErrUnproven) {
		t.Errorf("one is asked: got %v, want ErrUnproven", err)
	}
	all[2].Shutdown()
	if err := b.Durable(t.Context()); err != nil {
		t.Errorf("the lazy one is down: got %v, want nothing", err)
	}
}
