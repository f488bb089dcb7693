package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/embed"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/migrations"
)

// demoChainID is the embedded chain's: high enough not to be a public network's.
const demoChainID = 220_622

// engineURLs name engines of the user's own; an empty one means the embedded engine.
type engineURLs struct {
	database, nats, chain, postgresBin string
}

// engines are the three engines a street stands on, embedded or not.
type engines struct {
	db    *pgxpool.Pool
	bus   *bus.Bus
	eth   *ethclient.Client
	stops []func() error // in the order of starting
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
	url := urls.database
	if url == "" {
		cluster, err := embed.StartPostgres(ctx, embed.PostgresConfig{Dir: dir.Path("postgres"), BinDir: urls.postgresBin, Log: log})
		if err != nil {
			return err
		}
		e.stops = append(e.stops, cluster.Stop)
		url = cluster.URL()
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("database: %v: %w", err, problem.New(problem.Unavailable, "cannot connect; check --database-url"))
	}
	err = migrations.Apply(ctx, conn)
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if e.db, err = pgxpool.New(ctx, url); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	e.stops = append(e.stops, func() error { e.db.Close(); return nil })
	return nil
}

func (e *engines) openBus(ctx context.Context, dir *embed.Dir, urls engineURLs, log *slog.Logger) error {
	var conn *nats.Conn
	if urls.nats == "" {
		server, err := embed.StartNATS(embed.NATSConfig{Dir: dir.Path("nats"), Log: log})
		if err != nil {
			return err
		}
		e.stops = append(e.stops, func() error { server.Stop(); return nil })
		if conn, err = server.Connect(); err != nil {
			return err
		}
	} else {
		var err error
		if conn, err = nats.Connect(urls.nats, nats.MaxReconnects(-1), nats.Name("wattle")); err != nil {
			return fmt.Errorf("NATS at %s: %v: %w", urls.nats, err, problem.New(problem.Unavailable, "cannot connect; check --nats-url"))
		}
	}
	e.stops = append(e.stops, func() error { conn.Close(); return nil })
	var err error
	e.bus, err = bus.Open(ctx, conn)
	return err
}

func (e *engines) openChain(ctx context.Context, dir *embed.Dir, urls engineURLs, fund common.Address, log *slog.Logger) error {
	if urls.chain == "" {
		node, err := embed.StartChain(embed.ChainConfig{Dir: dir.Path("chain"), ChainID: demoChainID, Fund: []common.Address{fund}, Log: log})
		if err != nil {
			return err
		}
		e.stops = append(e.stops, node.Stop)
		e.eth = node.Client()
		return nil
	}
	var err error
	if e.eth, err = ethclient.DialContext(ctx, urls.chain); err == nil {
		e.stops = append(e.stops, func() error { e.eth.Close(); return nil })
		_, err = e.eth.ChainID(ctx)
	}
	if err != nil {
		return fmt.Errorf("chain at %s: %v: %w", urls.chain, err, problem.New(problem.Unavailable, "cannot connect; check --chain-url"))
	}
	return nil
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
