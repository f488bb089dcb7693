package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"slices"
	"syscall"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/embed"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle/ocr"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/ledger"
)

// OracleRunConfig says where the configuration of an oracle process is.
type OracleRunConfig struct{ File string }

// ErrTwin is returned when another process runs with the same keys: two would sign differently in one round.
var ErrTwin = problem.New(problem.Conflict, "another process runs with these keys: stop that one first")

// errStranger is returned by an oracle that the contract does not name.
var errStranger = problem.New(problem.Conflict, "the contract does not name this oracle: wait until it was added, or start with the keys it names")

// OracleRun is one oracle until ctx is done.
func OracleRun(ctx context.Context, c OracleRunConfig, stdout, stderr io.Writer) (err error) {
	r, err := readOracleFile(c.File)
	if err != nil {
		return err
	}
	keys, unlock, err := r.openKeys()
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }() // the process ends: the system unlocks too
	listener, err := net.Listen("tcp", r.Health)
	if err != nil {
		return fmt.Errorf("health %s: %w", r.Health, err)
	}
	defer listener.Close()
	s := &street{log: slog.New(slog.NewTextHandler(stderr, nil)).With(slog.String("process", r.Name)), clock: r.clock, length: r.length,
		faults: map[string]context.CancelFunc{}, refused: &refusals{}}
	closeDir, err := r.openEngines(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close(), closeDir()) }()
	node, err := r.join(ctx, s, keys)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	report := func() OracleReport { return r.report(s, node, keys) }
	group.Go(func() error { return serveOracleHealth(ctx, listener, report, node.Metrics()) })
	group.Go(func() error { return s.guard(ctx) })
	if err := s.startOracles(ctx, group, []*ocr.Node{node}); err != nil {
		cancel()
		return errors.Join(err, group.Wait())
	}
	if _, err := fmt.Fprintf(stdout, "oracle %s of zone %s signs as 0x%x, listens on %s, health at http://%s/health\n", r.Name, r.Zone,
		keys.Identity().Signer, r.Listen, listener.Addr()); err != nil {
		return err
	}
	if err := group.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil // stopped on request
}

// openKeys opens the keys, which must have been proven, and keeps every other process from using them.
func (r *oracleRole) openKeys() (ocr.Keys, func() error, error) {
	phrase, err := passphrase(r.path(r.PassphraseFile))
	if err != nil {
		return ocr.Keys{}, nil, err
	}
	path := r.path(r.Keys)
	keys, err := openKeyFile(path, phrase)
	if err == nil {
		err = proven(path, keys)
	}
	if err != nil {
		return ocr.Keys{}, nil, err
	}
	lock, err := os.Open(path)
	if err != nil {
		return ocr.Keys{}, nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return ocr.Keys{}, nil, errors.Join(fmt.Errorf("%s: %w", path, ErrTwin), lock.Close())
	}
	return keys, lock.Close, nil
}

// openEngines opens the oracle's own database, and connects to the logs and the chain of all.
func (r *oracleRole) openEngines(ctx context.Context, s *street) (closeDir func() error, err error) {
	closeDir = func() error { return nil }
	if r.Database == "" {
		dir, err := embed.OpenDir(r.path(or(r.Data, r.Name+"-data")))
		if err != nil {
			return nil, err
		}
		s.dir, closeDir = dir, dir.Close
	}
	urls := engineURLs{database: r.Database, nats: r.NATS, natsMonitor: r.NATSMonitor, chain: r.Chain}
	if s.engines, err = openEngines(ctx, s.dir, urls, common.Address{}, s.log); err != nil {
		return nil, errors.Join(err, closeDir())
	}
	return closeDir, nil
}

// join reads the group from the contract and makes the oracle a part of it. It keeps its own register of the zone.
func (r *oracleRole) join(ctx context.Context, s *street, keys ocr.Keys) (*ocr.Node, error) {
	key, err := crypto.GenerateKey() // reads only: an oracle sends no transaction
	if err != nil {
		return nil, err
	}
	if s.chain, err = chain.Open(ctx, chain.Config{Client: s.eth, Key: key, DB: s.db, Log: s.log, Confirmations: r.Confirmations}); err != nil {
		return nil, err
	}
	if err := s.chain.Adopt(ctx, r.contracts); err != nil {
		return nil, err
	}
	if s.quorum, err = ocr.ReadQuorum(ctx, s.eth, r.contract); err != nil {
		return nil, err
	}
	if !slices.Contains(s.quorum.Signers, keys.Identity().Signer) {
		return nil, fmt.Errorf("contract %s: %w", r.contract, errStranger)
	}
	s.ledger = ledger.New(s.db, streetZone)
	genesis := energy.IntervalAt(s.clock.Now(), s.length) // of the register alone: the group's stands in the contract
	if _, err := s.ledger.Found(ctx, ledger.Zone{Length: s.length, Genesis: genesis}); err != nil {
		return nil, err
	}
	for _, m := range r.members {
		if err := s.ledger.Enrol(ctx, m); err != nil {
			return nil, err
		}
	}
	registry, err := r.registry()
	if err != nil {
		return nil, err
	}
	return s.oracle(r.Name, keys, r.Listen, r.peers, r.contract, registry)
}
