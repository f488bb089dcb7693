package bus_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
)

// remote starts a server with a port, an account for logs and its system account, and connects to both.
func remote(t *testing.T, syncs bool) (ns *server.Server, user, system *nats.Conn) {
	t.Helper()
	logs, sys := server.NewAccount("logs"), server.NewAccount("SYS")
	ns = bustest.Start(t, &server.Options{
		Host: "127.0.0.1", Port: -1, HTTPHost: "127.0.0.1", HTTPPort: -1, SyncAlways: syncs,
		Accounts: []*server.Account{logs, sys}, SystemAccount: "SYS",
		Users: []*server.User{{Username: "wattle", Password: "w", Account: logs}, {Username: "watch", Password: "s", Account: sys}},
	})
	account, err := ns.LookupAccount("logs")
	if err != nil {
		t.Fatal(err)
	}
	if err := account.EnableJetStream(nil, nil); err != nil {
		t.Fatal(err)
	}
	connect := func(user, password string) *nats.Conn {
		nc, err := nats.Connect(ns.ClientURL(), nats.UserInfo(user, password))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		return nc
	}
	return ns, connect("wattle", "w"), connect("watch", "s")
}

func TestDurableAsksTheServer(t *testing.T) {
	for _, syncs := range []bool{true, false} {
		ns, user, system := remote(t, syncs)
		monitor := "http://" + ns.MonitorAddr().String()
		said := map[bool]error{true: nil, false: bus.ErrLazy}[syncs]
		for name, c := range map[string]struct {
			options []bus.Option
			want    error
		}{
			"nobody to ask":                          {nil, bus.ErrUnproven},
			"the operator's word":                    {[]bus.Option{bus.WithStatement()}, nil},
			"system account":                         {[]bus.Option{bus.WithSystem(system)}, said},
			"monitoring":                             {[]bus.Option{bus.WithMonitor(monitor)}, said},
			"monitoring, against the operator":       {[]bus.Option{bus.WithMonitor(monitor), bus.WithStatement()}, said},
			"a system account that is an ordinary":   {[]bus.Option{bus.WithSystem(user)}, bus.ErrUnavailable},
			"a monitoring address that nobody is at": {[]bus.Option{bus.WithMonitor("http://127.0.0.1:1")}, bus.ErrUnavailable},
		} {
			t.Run(fmt.Sprintf("syncs %t, %s", syncs, name), func(t *testing.T) {
				b, err := bus.Open(t.Context(), user, c.options...)
				if err != nil {
					t.Fatal(err)
				}
				if err := b.Durable(t.Context()); !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
			})
		}
	}
}

func TestDurableLooksAtAServerInTheProcess(t *testing.T) {
	for syncs, want := range map[bool]error{true: nil, false: bus.ErrLazy} {
		ns := bustest.Start(t, &server.Options{DontListen: true, SyncAlways: syncs})
		nc, err := nats.Connect("", nats.InProcessServer(ns))
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		b, err := bus.Open(t.Context(), nc, bus.WithStatement())
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Durable(t.Context()); !errors.Is(err, want) {
			t.Errorf("syncs %t: got %v, want %v", syncs, err, want)
		}
	}
}

// TestDurableWantsTheWholeCluster asks servers of which others speak, or not all.
func TestDurableWantsTheWholeCluster(t *testing.T) {
	ns, user, _ := remote(t, true)
	good := func(id string) string {
		return fmt.Sprintf(`{"server_id":%q,"config":{"sync_always":true},"meta_cluster":{"cluster_size":3}}`, id)
	}
	lazy := `{"server_id":"C","config":{"max_memory":5},"meta_cluster":{"cluster_size":3}}`
	for name, c := range map[string]struct {
		answers []string
		want    error
	}{
		"all three":             {[]string{good(ns.ID()), good("B"), good("C")}, nil},
		"one without JetStream": {[]string{good(ns.ID()), good("B"), good("C"), `{"server_id":"D","disabled":true}`}, nil},
		"one is lazy":           {[]string{good(ns.ID()), good("B"), lazy}, bus.ErrLazy},
		"one is down":           {[]string{good(ns.ID()), good("B"), "hello"}, nil},
		"one is down, one lazy": {[]string{good(ns.ID()), lazy, "hello"}, bus.ErrLazy},
		"two are missing":       {[]string{good(ns.ID())}, bus.ErrUnproven},
		"one speaks twice":      {[]string{good(ns.ID()), good(ns.ID()), good(ns.ID())}, bus.ErrUnproven},
		"another cluster":       {[]string{good("A"), good("B"), good("C")}, bus.ErrUnproven},
		"no JetStream":          {[]string{fmt.Sprintf(`{"server_id":%q,"disabled":true}`, ns.ID())}, bus.ErrUnproven},
		"no answer of a server": {[]string{"hello"}, bus.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			var urls []string
			for _, a := range c.answers {
				monitor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, a) }))
				defer monitor.Close()
				urls = append(urls, monitor.URL)
			}
			b, err := bus.Open(t.Context(), user, bus.WithMonitor(urls...))
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Durable(t.Context()); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}
