package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// settings of the server. Those that make commits durable are PostgreSQL's defaults, written down because they matter.
var settings = []string{
	"listen_addresses=", // no port
	"unix_socket_permissions=0700",
	"fsync=on",
	"synchronous_commit=on",
	"full_page_writes=on",
	"shared_buffers=64MB", // a street's database is small; the operating system caches the rest
	"max_connections=60",
	"max_wal_size=512MB",
	"wal_compression=on",
	"jit=off", // compiling costs more than it saves on statements of milliseconds
	"log_checkpoints=off",
	"timezone=UTC",
	"log_timezone=UTC",
	"cluster_name=wattle",
}

// process is a program that was started; done is closed when it has ended, and err is how, from then on.
type process struct {
	started *os.Process
	done    chan struct{}
	err     error
}

func (p *process) signal(s syscall.Signal) { _ = p.started.Signal(s) } // fails only when it has ended

// start starts a program of the cluster as the cluster's user, with its output going to out. The program is told to stop
// (SIGINT) when this process dies: the kernel sends that when the *thread* that forked dies, so that one waits here.
func (h *host) start(out io.Writer, program string, args ...string) (*process, error) {
	cmd := exec.Command(filepath.Join(h.programs.dir, program), args...)
	cmd.Dir = h.dir
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC", "PATH=/usr/bin:/bin"}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: h.owner.credential, Setpgid: true, Pdeathsig: syscall.SIGINT}
	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		err := cmd.Start()
		p.started = cmd.Process
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStart, err)
	}
	return p, nil
}

// run runs a program to its end and returns what it wrote.
func (h *host) run(ctx context.Context, program string, args ...string) (string, error) {
	var out bytes.Buffer
	p, err := h.start(&out, program, args...)
	if err != nil {
		return "", err
	}
	select {
	case <-p.done:
		return out.String(), p.err
	case <-ctx.Done():
		p.signal(syscall.SIGKILL)
		<-p.done
		return out.String(), ctx.Err()
	}
}

// serve starts the server and returns when it answers. A server of an earlier process that was killed may still be
// shutting down, or its children still leaving; then it is tried again until ctx is done.
func (h *host) serve(ctx context.Context, socket string) (*process, error) {
	for waiting := false; ; waiting = true {
		h.dropForeignPid()
		said, err := os.OpenFile(h.logFile(), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return nil, fmt.Errorf("log of the database server: %w", err)
		}
		p, err := h.start(said, "postgres", h.arguments(socket)...)
		said.Close()
		if err != nil {
			return nil, err
		}
		err = awaitReady(ctx, p, socket)
		if err == nil {
			return p, nil
		}
		text, _ := os.ReadFile(h.logFile()) // without it the error says less
		if !errors.Is(err, errEnded) || !earlierStillThere(string(text)) {
			return nil, fmt.Errorf("%w: %w: %s", ErrStart, err, lastLines(string(text)))
		}
		if !waiting {
			h.log.Info("waiting for an earlier database server of this data directory to stop")
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: an earlier server of this data directory is still running: %s", ErrStart, lastLines(string(text)))
		case <-time.After(5 * pollEvery):
		}
	}
}

func (h *host) arguments(socket string) []string {
	args := []string{"-D", h.data(), "-c", "unix_socket_directories=" + socket}
	for _, s := range slices.Concat(settings, h.settings) { // the last one counts
		args = append(args, "-c", s)
	}
	if h.noSync {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	return args
}

// errEnded is returned by awaitReady for a server that ended instead of becoming ready.
var errEnded = errors.New("the server ended")

// awaitReady waits until the server accepts a connection, and ends it when ctx is done before.
func awaitReady(ctx context.Context, p *process, socket string) error {
	url := fmt.Sprintf("host=%s user=%s dbname=postgres connect_timeout=5", socket, name)
	for {
		if db, err := pgx.Connect(ctx, url); err == nil {
			return db.Close(ctx)
		}
		select {
		case <-p.done:
			return errEnded
		case <-ctx.Done():
			p.signal(syscall.SIGQUIT)
			<-p.done
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}

// earlierStillThere recognises the two refusals that pass by themselves: the earlier server has not removed its lock
// file yet, or is gone and its children are not.
func earlierStillThere(said string) bool {
	return strings.Contains(said, `lock file "postmaster.pid" already exists`) ||
		strings.Contains(said, "pre-existing shared memory block")
}

// dropForeignPid removes the lock file of a killed server whose process number now belongs to another program, as
// happens in containers: the server would take that program for its predecessor. A predecessor's children are still
// recognised by their shared memory, whose key comes from the data directory.
func (h *host) dropForeignPid() {
	file := filepath.Join(h.data(), "postmaster.pid")
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return
	}
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil { // gone, which the server sees itself, or not ours to look at
		return
	}
	real, err := filepath.EvalSymlinks(h.data())
	if err != nil || cwd == real {
		return
	}
	h.log.Warn("removing the lock file of a database server that was killed", slog.Int("pid", pid))
	_ = os.Remove(file) // what remains, the server reports
}

// lastLines is the end of what a program said, on one line.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-4):], " | ")
}
