package sequencer

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
)

// The tests that kill run this binary again, as a message server or as a market, by these environment variables.
const (
	roleVariable  = "WATTLE_TEST_ROLE"
	nameVariable  = "WATTLE_TEST_NAME"
	leaseVariable = "WATTLE_TEST_LEASE"
	dirVariable   = "WATTLE_TEST_DIR"
	urlVariable   = "WATTLE_TEST_URL"     // of the message server: to listen at, or all of them, to connect to
	watchVariable = "WATTLE_TEST_MONITOR" // its monitoring address, or all
	lazyVariable  = "WATTLE_TEST_LAZY"    // the server does not sync if it is set
	routeVariable = "WATTLE_TEST_ROUTES"  // where the servers of a cluster listen to each other, the own one first
)

// ordersSubject takes one encoded command and answers with the name of the market and its first event.
const ordersSubject = "test.orders"

func TestMain(m *testing.M) {
	var err error
	switch role := os.Getenv(roleVariable); role {
	case "":
		os.Exit(m.Run())
	case "server":
		err = serveMessages()
	case "market":
		err = serveMarket()
	default:
		err = fmt.Errorf("no role %q", role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serveMessages is a message server, which syncs always unless told otherwise, until its standard input ends.
func serveMessages() error {
	port, err := portOf(urlVariable)
	if err != nil {
		return err
	}
	watched, err := portOf(watchVariable)
	if err != nil {
		return err
	}
	options := &server.Options{
		ServerName: os.Getenv(nameVariable), Host: "127.0.0.1", Port: port, HTTPHost: "127.0.0.1", HTTPPort: watched,
		StoreDir: os.Getenv(dirVariable), JetStream: true, SyncAlways: os.Getenv(lazyVariable) == "", NoSigs: true, NoLog: true,
	}
	if routes := os.Getenv(routeVariable); routes != "" {
		options.Routes = server.RoutesFromStr(routes)
		own, err := strconv.Atoi(options.Routes[0].Port())
		if err != nil {
			return err
		}
		options.Cluster = server.ClusterOpts{Name: "street", Host: "127.0.0.1", Port: own}
	}
	ns, err := server.NewServer(options)
	if err != nil {
		return err
	}
	ns.Start()
	if !ns.ReadyForConnections(20 * time.Second) {
		return fmt.Errorf("the message server is not ready")
	}
	fmt.Printf("%s http://%s\n", ns.ClientURL(), ns.MonitorAddr())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// portOf is the port of an address, which is free to choose for the first server of a test.
func portOf(variable string) (int, error) {
	u, err := url.Parse(os.Getenv(variable))
	if err != nil || u.Port() == "" {
		return server.RANDOM_PORT, err
	}
	return strconv.Atoi(u.Port())
}

// serveMarket runs a sequencer for orders that come over the message server, until its standard input ends. What it
// cannot answer for sure it does not answer.
func serveMarket() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	lease, err := time.ParseDuration(os.Getenv(leaseVariable))
	if err != nil {
		return err
	}
	nc, err := nats.Connect(os.Getenv(urlVariable), nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond), nats.ReconnectJitter(0, 0))
	if err != nil {
		return err
	}
	defer nc.Close()
	monitors := strings.Split(os.Getenv(watchVariable), ",")
	b, err := openWhenReady(ctx, nc, bus.WithMonitor(monitors...), bus.WithReplicas(len(monitors)))
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	s, err := New(Config{Rules: rules, Bus: b, Now: time.Now, Log: log, Lease: lease})
	if err != nil {
		return err
	}
	name := os.Getenv(nameVariable)
	_, err = nc.Subscribe(ordersSubject, func(m *nats.Msg) {
		go func() {
			c, err := exchange.DecodeCommand(m.Data)
			if err != nil {
				return
			}
			waiting, done := context.WithTimeout(ctx, 10*time.Second)
			defer done()
			if events, err := s.Submit(waiting, c); err == nil {
				_ = m.Respond(exchange.AppendEvent([]byte(name+" "), events[0][0])) // an answer that gets lost is asked for again
			}
		}()
	})
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	if err := s.Run(ctx); ctx.Err() == nil {
		return err
	}
	return nil
}

// openWhenReady waits for a cluster, which has no leader at first.
func openWhenReady(ctx context.Context, nc *nats.Conn, options ...bus.Option) (b *bus.Bus, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if b, err = bus.Open(ctx, nc, options...); problem.KindOf(err) != problem.Unavailable || ctx.Err() != nil {
			return b, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// process is this binary in a role of its own.
type process struct {
	*exec.Cmd
	name  string
	input io.Closer
	said  string // the first line of its output

	mutex sync.Mutex
	log   strings.Builder
}

// Write keeps what a process logs.
func (p *process) Write(b []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.log.Write(b)
}

func (p *process) logged() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.log.String()
}

// launch starts a process, which ends with the test at the latest. A server is ready when launch returns.
func launch(t *testing.T, role, name string, environment ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0]), name: name}
	p.Env = append(os.Environ(), append(environment, roleVariable+"="+role, nameVariable+"="+name)...)
	p.Stderr = p
	output, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if p.input, err = p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.ProcessState == nil {
			p.kill()
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", p.name, p.logged())
		}
	})
	if role == "server" {
		if p.said, err = bufio.NewReader(output).ReadString('\n'); err != nil {
			t.Fatalf("%s: %v, %s", name, err, p.logged())
		}
	}
	return p
}

// kill is a kill -9.
func (p *process) kill() {
	_ = p.Process.Kill() // fails only if it has ended
	_ = p.Wait()         // says that it was killed
}

func (p *process) signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := p.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}
