// Package bustest gives a test its own message server, in the test's process and with its files in the test's directory.
package bustest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/wattle/wattle/internal/bus"
)

// Open starts a server and opens the logs on it. Both end with the test. The bus says that it is durable, as no test
// cuts the power.
func Open(t testing.TB) *bus.Bus {
	t.Helper()
	ns := Start(t, &server.Options{DontListen: true})
	nc, err := nats.Connect("", nats.InProcessServer(dialer{ns}))
	if err != nil {
		t.Fatalf("connect to message server: %v", err)
	}
	t.Cleanup(nc.Close)
	b, err := bus.Open(t.Context(), nc, bus.WithStatement())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FreePort is a port of this machine that was free a moment ago, for servers that must know each other's before they
// start. It is below those that systems give to connections (RFC 6335: from 49152; Linux: from 32768), so that none takes
// it meanwhile.
func FreePort(t testing.TB) int {
	t.Helper()
	for {
		port := 20_000 + rand.IntN(12_000)
		if l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)); err == nil {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			return port
		}
	}
}

// dialer connects to a server in this process without saying which one it is: the bus cannot look at its settings.
type dialer struct{ nats.InProcessConnProvider }

// Start starts a server with JetStream and quiet defaults in the fields of options that are not set. It does not fsync
// each message, as no test cuts the power. It ends with the test.
func Start(t testing.TB, options *server.Options) *server.Server {
	t.Helper()
	if options.StoreDir == "" {
		options.StoreDir = t.TempDir()
	}
	options.JetStream, options.NoSigs, options.NoLog = true, true, true
	ns, err := server.NewServer(options)
	if err != nil {
		t.Fatalf("start message server: %v", err)
	}
	ns.Start()
	t.Cleanup(func() { ns.Shutdown(); ns.WaitForShutdown() })
	if !ns.ReadyForConnections(10 * time.Second) {
		t.Fatal("the message server is not ready after 10 s")
	}
	return ns
}
