package postgres

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/wattle/wattle/internal/problem"
)

var (
	// ErrNoPrograms is returned on a machine without the server programs.
	ErrNoPrograms = problem.New(problem.NotFound,
		"no PostgreSQL server programs (initdb, postgres) found: install them (apt-get install postgresql), or use a database of your own with --database-url")

	// ErrVersion is returned for a cluster that another major version wrote; only that one can read it.
	ErrVersion = problem.New(problem.Conflict, "the database belongs to another major version of PostgreSQL")
)

// programs are the directory of initdb and postgres, and their major version.
type programs struct {
	dir   string
	major string
}

// findPrograms looks in binDir if it is set, else wherever the programs usually are. It takes the given major version,
// or the first found if major is empty.
func findPrograms(ctx context.Context, binDir, major string) (programs, error) {
	dirs := []string{binDir}
	if binDir == "" {
		dirs = usualDirs(ctx)
	}
	var others []string
	for _, dir := range dirs {
		found, err := versionOf(ctx, dir)
		switch {
		case err != nil:
		case major == "" || major == found:
			return programs{dir, found}, nil
		case !slices.Contains(others, found):
			others = append(others, found)
		}
	}
	switch {
	case len(others) > 0:
		return programs{}, fmt.Errorf("%w: it was written by version %s, and the programs found are of version %s: install version %s (apt-get install postgresql-%s)",
			ErrVersion, major, strings.Join(others, ", "), major, major)
	case binDir != "":
		return programs{}, fmt.Errorf("in %s: %w", binDir, ErrNoPrograms)
	default:
		return programs{}, ErrNoPrograms
	}
}

// usualDirs lists where the programs may be: what pg_config says, what PATH leads to (behind the links with which
// distributions offer single programs), and Debian's directories, newest first.
func usualDirs(ctx context.Context) []string {
	var dirs []string
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // fails only for a bad pattern
	slices.SortFunc(debian, func(a, b string) int { return cmp.Compare(debianMajor(b), debianMajor(a)) })
	return append(dirs, debian...)
}

func debianMajor(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin))) // 0, the last, for what is no number
	return n
}

// versionOf returns the major version of the programs in dir, or an error if they are not all there.
func versionOf(ctx context.Context, dir string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return "", err
	}
	return parseVersion(string(out))
}

// parseVersion finds the major version in, for example, "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)".
func parseVersion(text string) (string, error) {
	_, rest, ok := strings.Cut(text, "(PostgreSQL) ")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if !ok || end < 1 {
		return "", fmt.Errorf("%q names no version", text)
	}
	return rest[:end], nil
}
