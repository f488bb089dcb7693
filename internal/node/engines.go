package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/embed"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/migrations"
)

// demoChainID is the embedded chain's: high enough not to be a public network's.
const demoChainID = 220_622

// connectTimeout is how long an engine of the user's own may take to answer at the start.
const connectTimeout = 5 * time.Second

var (
	errDatabase = problem.New(problem.Unavailable, "cannot connect: check --database-url, and that PostgreSQL runs there")
	errNATS     = problem.New(problem.Unavailable, "cannot connect: check --nats-url, and that a NATS server runs there")
	errNoLogs   = problem.New(problem.Conflict, "JetStream is off: turn it on for this server and account, with sync_interval: always")
	errChain    = problem.New(problem.Unavailable, "cannot connect: check --chain-url, and that an Ethereum node answers JSON-RPC there")
)

// engineURLs name engines of the user's own; an empty one means the embedded engine.
type engineURLs struct {
	database, nats, natsMonitor, chain, postgresBin string

	natsReplicas int // 0 means 1

	password string // lets other processes of this user reach what is embedded; empty: nobody can
}

// engines are the three engines a street stands on, embedded or not.
type engines struct {
	db    *pgxpool.Pool
	bus   *bus.Bus
	eth   *ethclient.Client
	reach engineURLs      // where other processes reach them
	died  <-chan struct{} // closed when the embedded database has ended by itself; nil without one
	stops []func() error  // in the order of starting
}

// openEngines starts what is embedded, connects to all three and brings the schema up to date. fund is given money in the
// genesis of the embedded chain.
func openEngines(ctx context.Context, dir *embed.Dir, urls engineURLs, fund common.Address, log *slog.Logger) (_ *engines, err error) {
	e := &engines{}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
		}
	}()
	if err = e.openDatabase(ctx, dir, urls, log); err != nil {
		return nil, err
	}
	if err = e.openBus(ctx, dir, urls, log); err != nil {
		return nil, err
	}
	return e, e.openChain(ctx, dir, urls, fund, log)
}

func (e *engines) openDatabase(ctx context.Context, dir *embed.Dir, urls engineURLs, log *slog.Logger) error {
	address := urls.database
	if address == "" {
		cluster, err := embed.StartPostgres(ctx, embed.PostgresConfig{Dir: dir.Path("postgres"), BinDir: urls.postgresBin, Log: log})
		if err != nil {
			return err
		}
		e.stops = append(e.stops, cluster.Stop)
		e.died = cluster.Done()
		address = cluster.URL()
	}
	e.reach.database = address
	conn, err := connectDatabase(ctx, address)
	if err != nil {
		return err
	}
	err = migrations.Apply(ctx, conn)
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return fmt.Errorf("database: %s: %w", oneLine(err), ErrConfig)
	}
	config.ConnConfig.RuntimeParams["role"] = migrations.Role // which may not change what is in the books
	if e.db, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	e.stops = append(e.stops, func() error { e.db.Close(); return nil })
	return nil
}

func connectDatabase(ctx context.Context, address string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("--database-url: %s: %w", oneLine(err), ErrConfig)
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("database: %s: %w", oneLine(err), errDatabase)
	}
	return conn, nil
}

// oneLine makes a sentence of an error that lists its attempts.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// host is a URL without what may be secret in it: user, path and query.
func host(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "the given address"
	}
	return u.Scheme + "://" + u.Host
}

func (e *engines) openBus(ctx context.Context, dir *embed.Dir, urls engineURLs, log *slog.Logger) error {
	var conn *nats.Conn
	if urls.nats == "" {
		server, err := embed.StartNATS(embed.NATSConfig{Dir: dir.Path("nats"), Log: log, Password: urls.password})
		if err != nil {
			return err
		}
		e.stops = append(e.stops, func() error { server.Stop(); return nil })
		if conn, err = server.Connect(); err != nil {
			return err
		}
		e.reach.nats = server.URL()
	} else {
		e.reach.nats = urls.nats
		var err error
		if conn, err = nats.Connect(urls.nats, nats.MaxReconnects(-1), nats.Name("wattle"), nats.Timeout(connectTimeout)); err != nil {
			return fmt.Errorf("NATS at %s: %w: %w", host(urls.nats), err, errNATS)
		}
	}
	e.stops = append(e.stops, func() error { conn.Close(); return nil })
	if err := askForLogs(ctx, conn); err != nil {
		return fmt.Errorf("NATS at %s: %w", host(urls.nats), err)
	}
	var err error
	e.bus, err = bus.Open(ctx, conn, durability(urls, log), bus.WithReplicas(max(1, urls.natsReplicas)))
	return err
}

// durability says how it is known that a NATS server of the user's own syncs every message: its monitoring is asked, or
// the user, who was told so by the flag, is believed.
func durability(urls engineURLs, log *slog.Logger) bus.Option {
	if urls.natsMonitor != "" {
		return bus.WithMonitor(strings.Split(urls.natsMonitor, ",")...)
	}
	if urls.nats != "" {
		log.Warn("the NATS server is taken to run with sync_interval: always; --nats-monitor URL makes sure")
	}
	return bus.WithStatement()
}

// askForLogs tells a server without logs from one that does not answer.
func askForLogs(ctx context.Context, conn *nats.Conn) error {
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	_, err = js.AccountInfo(ctx)
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
		return errNoLogs
	}
	return nil // what else is wrong, opening the logs will say
}

func (e *engines) openChain(ctx context.Context, dir *embed.Dir, urls engineURLs, fund common.Address, log *slog.Logger) error {
	if urls.chain == "" {
		node, err := embed.StartChain(embed.ChainConfig{Dir: dir.Path("chain"), ChainID: demoChainID, Fund: []common.Address{fund}, Log: log})
		if err != nil {
			return err
		}
		e.stops = append(e.stops, node.Stop)
		e.eth = node.Client()
		if urls.password != "" {
			e.reach.chain, err = node.Listen()
		}
		return err
	}
	e.reach.chain = urls.chain
	return e.dial(ctx, urls.chain)
}

// dial connects to a chain of the user's own.
func (e *engines) dial(ctx context.Context, address string) error {
	call, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	var err error
	if e.eth, err = ethclient.DialContext(call, address); err == nil {
		e.stops = append(e.stops, func() error { e.eth.Close(); return nil })
		_, err = e.eth.ChainID(call)
	}
	if err != nil {
		if leaky := (*url.Error)(nil); errors.As(err, &leaky) { // repeats the URL, in which providers have their users' keys
			err = leaky.Err
		}
		return fmt.Errorf("chain at %s: %w: %w", host(address), err, errChain)
	}
	return nil
}

// errDatabaseEnded ends a street whose database server was stopped from outside: the next start recovers it.
var errDatabaseEnded = problem.New(problem.Unavailable, "the embedded database server has ended: start again on the same data")

// guard ends the street when an engine has ended.
func (e *engines) guard(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-e.died:
		return errDatabaseEnded
	}
}

// close stops everything in reverse order.
func (e *engines) close() error {
	var errs []error
	for i := len(e.stops) - 1; i >= 0; i-- {
		errs = append(errs, e.stops[i]())
	}
	e.stops = nil
	return errors.Join(errs...)
}
