package embed

import (
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"golang.org/x/crypto/bcrypt"

	"github.com/wattle/wattle/internal/problem"
)

// ErrNATS is returned when the message server does not come up.
var ErrNATS = problem.New(problem.Unavailable, "the message server does not start")

// natsStart bounds the start of the message server, which reads the index of every log.
const natsStart = time.Minute

// NATSConfig says where the message server keeps its logs.
type NATSConfig struct {
	Dir string
	Log *slog.Logger

	// Password opens a port on loopback for other processes that know it, and must be random: it is hashed at the least cost.
	// Without one there is no port.
	Password string
}

// NATS is a message server in this process. It is safe for concurrent use.
type NATS struct {
	server   *server.Server
	password string
}

// natsUser is who connects with a password.
const natsUser = "wattle"

// yield gives the Go scheduler two processors more than it has, once. A thread in fsync keeps its processor until the
// scheduler takes notice, and two logs are synced at a time: on two cores nothing else would run meanwhile. It halves the
// time until an order is acknowledged.
var yield = sync.OnceFunc(func() { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 2) })

// StartNATS starts the message server. Each message is on the disk before it is acknowledged.
func StartNATS(c NATSConfig) (*NATS, error) {
	yield()
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("message server: %w", err)
	}
	options := &server.Options{
		ServerName: "wattle",
		DontListen: true,
		NoSigs:     true,
		JetStream:  true,
		StoreDir:   c.Dir,
		SyncAlways: true,
	}
	if c.Password != "" {
		options.DontListen, options.Host, options.Port = false, "127.0.0.1", server.RANDOM_PORT
		hashed, err := bcrypt.GenerateFromPassword([]byte(c.Password), bcrypt.MinCost)
		if err != nil {
			return nil, fmt.Errorf("message server: %w", err)
		}
		options.Username, options.Password = natsUser, string(hashed)
	}
	ns, err := server.NewServer(options)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNATS, err)
	}
	ns.SetLoggerV2(natsLog{c.Log}, false, false, false)
	ns.Start()
	n := &NATS{ns, c.Password}
	if !ns.ReadyForConnections(natsStart) || !ns.JetStreamEnabled() {
		n.Stop()
		return nil, fmt.Errorf("%w: it is not ready after %s: is %s writable, and the disk not full?", ErrNATS, natsStart, c.Dir)
	}
	if config := ns.JetStreamConfig(); config == nil || !config.SyncAlways {
		n.Stop()
		return nil, fmt.Errorf("%w: it would acknowledge messages before they are on the disk", ErrNATS)
	}
	return n, nil
}

// Connect opens a connection within the process. Closing it is the caller's.
func (n *NATS) Connect() (*nats.Conn, error) {
	nc, err := nats.Connect("", nats.InProcessServer(n.server), nats.Name("wattle"), nats.UserInfo(natsUser, n.password))
	if err != nil {
		return nil, fmt.Errorf("connect to message server: %w", err)
	}
	return nc, nil
}

// URL is where other processes connect, with the password in it; empty without one.
func (n *NATS) URL() string {
	if n.password == "" {
		return ""
	}
	u := url.URL{Scheme: "nats", User: url.UserPassword(natsUser, n.password), Host: n.server.Addr().String()}
	return u.String()
}

// Stop closes all connections, ends the server and waits for it. Stopping twice is harmless.
func (n *NATS) Stop() {
	n.server.Shutdown()
	n.server.WaitForShutdown()
}

// natsLog passes on what the operator must know.
type natsLog struct{ log *slog.Logger }

func (l natsLog) Warnf(format string, v ...any) {
	l.log.Warn("message server", slog.String("says", fmt.Sprintf(format, v...)))
}
func (l natsLog) Errorf(format string, v ...any) {
	l.log.Error("message server", slog.String("says", fmt.Sprintf(format, v...)))
}
func (l natsLog) Fatalf(format string, v ...any) { l.Errorf(format, v...) }
func (l natsLog) Noticef(string, ...any)         {}
func (l natsLog) Debugf(string, ...any)          {}
func (l natsLog) Tracef(string, ...any)          {}
