// Package datadir owns the directory in which a street keeps everything that must survive: it lets one process in at a
// time, and no program that is older than the data.
package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/wattle/wattle/internal/problem"
)

// Version of the layout of a data directory. A change that an older program could not read raises it.
const Version = 1

var (
	// ErrInUse is returned for a directory that another process works in.
	ErrInUse = problem.New(problem.Conflict, "in use by another process: stop that one, or use another directory")
	// ErrNewer is returned for a directory that a newer program has written.
	ErrNewer = problem.New(problem.Conflict, "written by a newer version of this program: use that version, or another directory; nothing was changed")
	// ErrForeign is returned for a directory that holds something else.
	ErrForeign = problem.New(problem.Conflict, "not empty and not a data directory of this program: name another one")
)

// Dir is an open data directory.
type Dir struct {
	path string
	lock *os.File
}

// The files by which a data directory is known.
const (
	lockName    = "lock"
	versionName = "version"
)

// Open makes the directory if there is none, and locks it. The lock ends with the process, however it ends.
func Open(path string) (_ *Dir, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := checkForeign(path); err != nil {
		return nil, err
	}
	// Others may pass through, as the database's own user must, but not list. What is inside is private by itself.
	if err := os.MkdirAll(path, 0o711); err != nil {
		return nil, fmt.Errorf("data directory: %w; make it yourself, or name another one", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	defer func() {
		if err != nil {
			lock.Close()
		}
	}()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, fmt.Errorf("data directory %s: %w", path, ErrInUse)
	}
	if err := checkVersion(path); err != nil {
		return nil, err
	}
	return &Dir{path, lock}, nil
}

// checkForeign refuses a directory with content that is not ours, before anything in it is touched.
func checkForeign(path string) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	for _, e := range entries {
		if e.Name() == versionName || e.Name() == lockName {
			return nil
		}
	}
	if len(entries) > 0 {
		return fmt.Errorf("data directory %s: %w", path, ErrForeign)
	}
	return nil
}

func checkVersion(path string) error {
	file := filepath.Join(path, versionName)
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		next := file + ".next"
		if err := os.WriteFile(next, []byte(strconv.Itoa(Version)+"\n"), 0o600); err != nil {
			return fmt.Errorf("data directory: %w", err)
		}
		return os.Rename(next, file)
	}
	if err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	version, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return fmt.Errorf("data directory %s: its version file holds %q: %w", path, text, problem.New(problem.Internal, "damaged file"))
	}
	if version > Version {
		return fmt.Errorf("data directory %s has version %d, this program knows %d: %w", path, version, Version, ErrNewer)
	}
	return nil
}

// Path is the path of a part's own file or directory.
func (d *Dir) Path(name string) string { return filepath.Join(d.path, name) }

// Private makes a directory that only this user may enter, and returns its path.
func (d *Dir) Private(name string) (string, error) {
	path := d.Path(name)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("data directory: %w", err)
	}
	return path, nil
}

// Close lets the next process in.
func (d *Dir) Close() error { return d.lock.Close() }
