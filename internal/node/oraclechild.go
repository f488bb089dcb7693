package node

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/jackc/pgx/v5"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/internal/embed"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/oracle/ocr"
	"github.com/wattle/wattle/settlement/chain"
)

// How long an oracle process that died is waited for: twice as long each time, from the first on, unless it lived.
const (
	restartAfter = time.Second
	restartMost  = 30 * time.Second
	restartLived = time.Minute
	childStop    = 10 * time.Second // from asking a process to end until it is killed
)

// oracleChild is an oracle that runs as a process of its own.
type oracleChild struct {
	name string
	path string // of its configuration
	file oracleFile
	log  *slog.Logger
}

// Status asks the process. One that does not answer has taken part in no round.
func (c *oracleChild) Status() ocr.Status {
	r := askOracle(context.Background(), c.name, c.file.Health)
	return ocr.Status{Name: c.name, Peer: r.Peer, Sequence: r.Sequence, At: r.LastRound}
}

// oracleChildren gives every oracle of the group a database, addresses and a configuration file of its own.
func (s *street) oracleChildren(ctx context.Context, keys []ocr.Keys, capability common.Address, contracts chain.Contracts, registry oracle.Registry) error {
	secrets := s.dir.Path("secrets")
	if err := embed.WriteFile(filepath.Join(secrets, "oracle.passphrase"), []byte(s.seed.passphrase()+"\n")); err != nil {
		return err
	}
	var peers []peerFile
	for _, k := range keys {
		address, err := freeAddress()
		if err != nil {
			return err
		}
		peers = append(peers, peerFile{ID: k.Identity().Peer, Address: address})
	}
	for i, k := range keys {
		name := oracleName(i)
		database, err := s.ownDatabase(ctx, strings.ReplaceAll(name, "-", "_"))
		if err != nil {
			return err
		}
		health, err := freeAddress()
		if err != nil {
			return err
		}
		file := oracleFile{Name: name, Zone: string(streetZone), Interval: s.founding.Interval.String(), Deadline: registry.Deadline.String(),
			Keys: name + ".keys", PassphraseFile: "oracle.passphrase", Listen: peers[i].Address, Health: health, Database: database,
			NATS: s.reach.nats, NATSMonitor: s.config.NATSMonitor, Chain: s.reach.chain, Confirmations: s.config.confirmations(),
			Contract: capability.Hex(), Hub: contracts.Hub.Hex(), Token: contracts.Token.Hex(), Money: contracts.Money.Hex(), Peers: peers}
		for _, h := range s.homes {
			m := h.member([32]byte(s.seed.device(h.page.Meter)[32:]))
			file.Meters = append(file.Meters, meterFile{Meter: string(m.Meter.Meter), Member: string(m.Member), Device: hex.EncodeToString(m.Meter.Device[:]),
				MaxExport: int64(m.Meter.MaxExport), MaxImport: int64(m.Meter.MaxImport)})
		}
		var challenge [32]byte
		rand.Read(challenge[:]) // never fails (crypto/rand)
		if err := proveKeys(filepath.Join(secrets, file.Keys), k, challenge, io.Discard); err != nil {
			return err
		}
		s.children = append(s.children, &oracleChild{name: name, path: filepath.Join(secrets, name+".toml"), file: file, log: s.log})
	}
	return nil
}

// reporters are all oracles, wherever they run.
func (s *street) reporters(nodes []*ocr.Node) (all []reporter) {
	for _, n := range nodes {
		all = append(all, n)
	}
	for _, c := range s.children {
		all = append(all, c)
	}
	return all
}

// ownDatabase makes a database beside the street's, unless it is there, and returns its address.
func (e *engines) ownDatabase(ctx context.Context, name string) (string, error) {
	u, err := url.Parse(e.reach.database)
	if err != nil || u.Scheme == "" {
		return "", fmt.Errorf("--oracle-processes needs --database-url in the form postgres://USER@HOST/DATABASE: %w", ErrConfig)
	}
	u.Path += "_" + name
	database := strings.TrimPrefix(u.Path, "/")
	conn, err := connectDatabase(ctx, e.reach.database)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, database).Scan(&there); err != nil {
		return "", fmt.Errorf("look for database %s: %w", database, err)
	}
	if !there {
		if _, err := conn.Exec(ctx, `CREATE DATABASE `+pgx.Identifier{database}.Sanitize()); err != nil {
			return "", fmt.Errorf("database of an oracle: %w", err)
		}
	}
	return u.String(), nil
}

// startChildren starts the oracle processes, each with the street's clock, and keeps each running.
func (s *street) startChildren(ctx context.Context, group *errgroup.Group) error {
	shows, wall := s.clock.hands()
	for _, c := range s.children {
		c.file.Clock = &clockFile{Shows: shows, Wall: wall, Speed: s.config.Speed}
		text, err := toml.Marshal(c.file)
		if err == nil {
			err = embed.WriteFile(c.path, text)
		}
		if err != nil {
			return fmt.Errorf("configuration of %s: %w", c.name, err)
		}
		alone := s.stoppable(ctx, c.name)
		group.Go(func() error { return unlessStopped(alone, ctx, c.keep(alone, s.stderr)) })
	}
	return nil
}

// keep runs the process, and again when it ends, until ctx is done. Then it is asked to end, and killed if it does not.
func (c *oracleChild) keep(ctx context.Context, stderr io.Writer) error {
	for pause := restartAfter; ; pause = min(2*pause, restartMost) {
		began := time.Now()
		err := c.once(ctx, stderr)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Since(began) > restartLived {
			pause = restartAfter
		}
		c.log.LogAttrs(ctx, slog.LevelWarn, "oracle process ended, is started again", slog.String("oracle", c.name), slog.Any("reason", err), slog.Duration("pause", pause))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// once runs the process to its end. The kernel kills it when this process dies, so that none is left without its engines:
// the kernel does that when the *thread* that forked ends, so that one waits here.
func (c *oracleChild) once(ctx context.Context, stderr io.Writer) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, "oracle", "run", "--config", c.path)
	cmd.Stderr = stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = childStop
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	ended := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		ended <- cmd.Run()
	}()
	if err = <-ended; err == nil {
		err = errors.New("it ended by itself")
	}
	return err
}
