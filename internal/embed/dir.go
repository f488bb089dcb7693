package embed

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/wattle/wattle/internal/problem"
)

var (
	// ErrInUse is returned for a data directory that another process works on.
	ErrInUse = problem.New(problem.Conflict, "the data directory is in use by another process: stop that one, or choose another directory (--data DIR)")

	// ErrNewer is returned for a data directory whose layout this program does not know.
	ErrNewer = problem.New(problem.Conflict, "the data directory was written by a newer version: use that version, or another directory (--data DIR)")

	// ErrForeign is returned for a directory that has contents, and not ours.
	ErrForeign = problem.New(problem.Conflict, "the directory is not empty and is not a data directory of Wattle: choose another one (--data DIR)")
)

const (
	// dirVersion is the layout of the data directory that this program reads and writes.
	dirVersion = 1

	// dirMode lets the database server's user pass through, and nobody else see what is there.
	dirMode = 0o711

	lockFile    = "lock"
	versionFile = "version"
)

// Dir is a data directory, locked for this process.
type Dir struct {
	path string
	lock *os.File
}

// OpenDir locks a data directory, and makes it if there is none. Others may pass through it, since the database server
// may run as another user, but not list it; what lies in it is private to whoever made it.
func OpenDir(path string) (_ *Dir, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := makeDir(path); err != nil {
		return nil, err
	}
	if err := refuseForeign(path); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(path, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	d := &Dir{path, lock}
	defer func() {
		if err != nil {
			lock.Close()
		}
	}()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("%s: %w", path, ErrInUse)
	} else if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return d, d.checkVersion()
}

// makeDir makes the directory with what is missing above it, and lets others pass through what it made.
func makeDir(path string) error {
	switch _, err := os.Stat(path); {
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("data directory: %w", err)
	}
	if err := makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.Mkdir(path, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("data directory: %w", err)
	}
	return os.Chmod(path, dirMode) // whatever the umask
}

// refuseForeign lets pass what is empty or carries our version file. A lock alone is of a first start that was killed.
func refuseForeign(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("data directory: %w: choose another one (--data DIR)", err)
	}
	if len(entries) == 0 || len(entries) == 1 && entries[0].Name() == lockFile {
		return nil
	}
	for _, e := range entries {
		if e.Name() == versionFile || e.Name() == versionFile+".tmp" {
			return nil
		}
	}
	return fmt.Errorf("%s: %w", path, ErrForeign)
}

// checkVersion compares the layout, or writes it into a new directory.
func (d *Dir) checkVersion() error {
	text, err := os.ReadFile(d.Path(versionFile))
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.Chmod(d.path, dirMode); err != nil && !errors.Is(err, fs.ErrPermission) { // an empty one of somebody else
			return fmt.Errorf("data directory: %w", err)
		}
		return WriteFile(d.Path(versionFile), []byte(strconv.Itoa(dirVersion)+"\n"))
	}
	if err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	version, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || version < 1 {
		return fmt.Errorf("%s: its version file says %q: %w", d.path, text, ErrForeign)
	}
	if version > dirVersion {
		return fmt.Errorf("%s has layout %d, known is %d: %w", d.path, version, dirVersion, ErrNewer)
	}
	return nil
}

// Path is where a part of the program keeps its data.
func (d *Dir) Path(name string) string { return filepath.Join(d.path, name) }

// Close releases the directory to other processes. The kernel does so when the process ends without it.
func (d *Dir) Close() error { return d.lock.Close() }

// WriteFile replaces a small file, which only this user may read, as a whole: after a crash or a power cut it holds the
// old or the new content.
func WriteFile(path string, content []byte) error {
	temporary := path + ".tmp"
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
