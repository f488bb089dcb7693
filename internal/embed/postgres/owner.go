package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/wattle/wattle/internal/problem"
)

var (
	// ErrNoUser is returned to root on a machine that has nobody to run the server as.
	ErrNoUser = problem.New(problem.Conflict,
		"PostgreSQL does not run as root, and the machine has neither a user postgres nor a user nobody: start as an ordinary user, or use --database-url")

	// ErrUnreachable is returned when the server's user may not enter a directory above its data.
	ErrUnreachable = problem.New(problem.Denied,
		"PostgreSQL does not run as root, and the user it runs as may not enter the data directory")
)

// owner is the user that the cluster belongs to.
type owner struct {
	name       string
	credential *syscall.Credential // nil: the user of this process
}

// findOwner finds whom root hands the cluster to: the owner of its files if there are any, else a user made for such things.
func findOwner(data string) (owner, error) {
	if os.Geteuid() != 0 {
		return owner{}, nil
	}
	if info, err := os.Stat(data); err == nil {
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 {
			return owner{strconv.FormatUint(uint64(stat.Uid), 10), &syscall.Credential{Uid: stat.Uid, Gid: stat.Gid}}, nil
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr == nil && gidErr == nil && uid != 0 {
			return owner{name, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
		}
	}
	return owner{}, ErrNoUser
}

// give makes a file the owner's.
func (o owner) give(path string) error {
	if o.credential == nil {
		return nil
	}
	return os.Chown(path, int(o.credential.Uid), int(o.credential.Gid))
}

// mayEnter checks that the owner may pass through a directory and all above it.
func (o owner) mayEnter(dir string) error {
	if o.credential == nil {
		return nil
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	for d := real; ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err != nil {
			return err
		}
		if !o.passes(info) {
			return fmt.Errorf("%w: user %s is kept out by the permissions of %s: choose another place (--data DIR), or let others pass through it (chmod o+x %s)",
				ErrUnreachable, o.name, d, d)
		}
		if d == filepath.Dir(d) {
			return nil
		}
	}
}

// passes tells whether the permissions of a directory let the owner through.
func (o owner) passes(info fs.FileInfo) bool {
	bit := fs.FileMode(0o001)
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		switch {
		case stat.Uid == o.credential.Uid:
			bit = 0o100
		case stat.Gid == o.credential.Gid:
			bit = 0o010
		}
	}
	return info.Mode()&bit != 0
}

// makeDir makes a directory that is the owner's alone.
func (o owner) makeDir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return o.give(path)
}
