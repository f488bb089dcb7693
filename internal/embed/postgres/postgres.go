package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/internal/problem"
)

// ErrStart is returned when the server does not come up; the text around it carries what the server said.
var ErrStart = problem.New(problem.Unavailable, "PostgreSQL does not start")

const (
	// name is that of the superuser and of the one database.
	name = "wattle"

	// startTimeout bounds a start, with the shutdown of an earlier server and the recovery of its last gigabyte of log.
	startTimeout = 2 * time.Minute

	// temporaryPattern follows the name of a cluster that is not finished.
	temporaryPattern = ".tmp-*"

	// pollEvery is how often a starting server is asked whether it is ready, and a leaving one whether it is gone.
	pollEvery = 20 * time.Millisecond

	// fastStop and harshStop are how long a server may take to end cleanly and, after that, without writing back.
	fastStop, harshStop = 30 * time.Second, 5 * time.Second
)

// Config says where a cluster lives.
type Config struct {
	Dir    string // of the cluster; its parent must exist, and the server's user be allowed to enter it
	BinDir string // of initdb and postgres; empty: found
	Log    *slog.Logger

	// Settings, such as "max_wal_size=4GB", take the place of those for a street, whose database is small.
	Settings []string

	// NoSync loses data in a power cut. It is for tests, which do not cut the power.
	NoSync bool
}

// Cluster is a running server. It is safe for concurrent use.
type Cluster struct {
	log    *slog.Logger
	socket string // directory of the socket
	server *process
}

// Start starts the cluster in c.Dir, and makes it first if there is none. When an earlier server is still shutting down,
// it waits.
func Start(ctx context.Context, c Config) (_ *Cluster, err error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	h, err := newHost(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := h.initialise(ctx); err != nil {
		return nil, err
	}
	socket, err := h.makeSocketDir()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(socket)
		}
	}()
	server, err := h.serve(ctx, socket)
	if err != nil {
		return nil, err
	}
	p := &Cluster{log: c.Log, socket: socket, server: server}
	if err := createDatabase(ctx, p.url("postgres")); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	c.Log.Info("database server started", slog.String("version", h.programs.major))
	return p, nil
}

// URL is the connection string of the cluster's database, for its superuser.
func (p *Cluster) URL() string { return p.url(name) }

func (p *Cluster) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(name), Path: "/" + database, RawQuery: url.Values{"host": {p.socket}}.Encode()}
	return u.String()
}

// Done is closed when the server has ended, whatever ended it.
func (p *Cluster) Done() <-chan struct{} { return p.server.done }

// Stop ends all connections and the server, and waits for it. Stopping twice is harmless.
func (p *Cluster) Stop() error {
	defer os.RemoveAll(p.socket)
	for _, step := range []struct {
		signal  syscall.Signal
		patient time.Duration
	}{{syscall.SIGINT, fastStop}, {syscall.SIGQUIT, harshStop}, {syscall.SIGKILL, harshStop}} {
		p.server.signal(step.signal)
		select {
		case <-p.server.done:
			if p.server.err != nil {
				return fmt.Errorf("database server: %w", p.server.err)
			}
			return nil
		case <-time.After(step.patient):
			p.log.Warn("the database server takes long to stop", slog.Duration("waited", step.patient))
		}
	}
	return errors.New("the database server does not stop")
}

func createDatabase(ctx context.Context, url string) error {
	db, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to database server: %w", err)
	}
	defer db.Close(ctx)
	var exists bool
	if err := db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&exists); err != nil {
		return fmt.Errorf("look for database: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := db.Exec(ctx, `CREATE DATABASE `+name); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

// host is where a cluster runs: its directory, programs and user.
type host struct {
	dir      string
	programs programs
	owner    owner
	log      *slog.Logger
	settings []string
	noSync   bool
}

func newHost(ctx context.Context, c Config) (*host, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, err
	}
	h := &host{dir: dir, log: c.Log, settings: c.Settings, noSync: c.NoSync}
	if h.owner, err = findOwner(h.data()); err != nil {
		return nil, err
	}
	if err := h.owner.mayEnter(filepath.Dir(dir)); err != nil {
		return nil, err
	}
	if h.programs, err = findPrograms(ctx, c.BinDir, h.writtenBy()); err != nil {
		return nil, err
	}
	if err := h.owner.makeDir(dir); err != nil {
		return nil, fmt.Errorf("database directory: %w", err)
	}
	return h, nil
}

func (h *host) data() string    { return filepath.Join(h.dir, "data") }
func (h *host) logFile() string { return filepath.Join(h.dir, "server.log") }

// writtenBy is the major version of the cluster's files, or empty when there is no cluster.
func (h *host) writtenBy() string {
	text, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// initialise makes the cluster if there is none. Only a whole one gets the name under which it is looked for.
func (h *host) initialise(ctx context.Context) error {
	if _, err := os.Stat(h.data()); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	unfinished, _ := filepath.Glob(h.data() + temporaryPattern) // fails only for a bad pattern
	for _, dir := range unfinished {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("remove unfinished cluster: %w", err)
		}
	}
	// The name is new each time, since an initdb whose parent was killed may still be cleaning up behind itself.
	temporary, err := os.MkdirTemp(h.dir, filepath.Base(h.data())+temporaryPattern)
	if err != nil {
		return fmt.Errorf("new cluster: %w", err)
	}
	if err := h.owner.give(temporary); err != nil {
		return fmt.Errorf("new cluster: %w", err)
	}
	args := []string{"-D", temporary, "-U", name, "-E", "UTF8", "--locale=C", "--data-checksums", "--auth-local=trust", "--auth-host=reject"}
	if h.noSync {
		args = append(args, "--no-sync")
	}
	if out, err := h.run(ctx, "initdb", args...); err != nil {
		return fmt.Errorf("%w: initdb: %w: %s", ErrStart, err, lastLines(out))
	}
	if err := os.Rename(temporary, h.data()); err != nil {
		return err
	}
	return syncDir(h.dir)
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// makeSocketDir makes a short-named directory for the socket, and removes the one that a killed process left.
func (h *host) makeSocketDir() (string, error) {
	link := filepath.Join(h.dir, "socket")
	if old, err := os.Readlink(link); err == nil && strings.HasPrefix(filepath.Base(old), socketPrefix) {
		os.RemoveAll(old)
	}
	os.Remove(link)
	dir, err := os.MkdirTemp(shortTempDir(h.owner), socketPrefix)
	if err != nil {
		return "", fmt.Errorf("directory of the database socket: %w", err)
	}
	if err := errors.Join(h.owner.give(dir), os.Symlink(dir, link)); err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("directory of the database socket: %w", err)
	}
	return dir, nil
}

const (
	socketPrefix = "wattle-pg-"

	// longestTemp leaves room in the 107 bytes of a socket's path (sun_path, unix(7)) for "/wattle-pg-4294967295/.s.PGSQL.5432".
	longestTemp = 107 - 36
)

// shortTempDir is the temporary directory, unless it is too deep or closed to the server's user.
func shortTempDir(o owner) string {
	dir := os.TempDir()
	if len(dir) > longestTemp || o.mayEnter(dir) != nil {
		return "/tmp"
	}
	return dir
}
