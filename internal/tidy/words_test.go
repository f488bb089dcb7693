package tidy

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What no tracked file may say: it would tie the project to the machine it was written on.
var machineWords = []struct {
	what    string
	pattern *regexp.Regexp
}{
	{"an absolute path of a machine", regexp.MustCompile(`(^|[\s"'=(:,\x60])/(root|work|tmp|Users)/[\w.-]`)},
	{"the host of a package registry", regexp.MustCompile(`(?i)\b(registry\.npmjs|proxy\.golang|sum\.golang|deb\.debian|registry\.yarnpkg|pypi\.org|artifactory\.)`)},
}

// words names the lines of a file that no tracked file may have.
func words(name string, text []byte) (wrong []string) {
	if bytes.IndexByte(text, 0) >= 0 {
		return nil // not text
	}
	for i, line := range strings.Split(string(text), "\n") {
		for _, w := range machineWords {
			if found := w.pattern.FindString(line); found != "" {
				wrong = append(wrong, fmt.Sprintf("%s:%d: %s: %q", name, i+1, w.what, strings.TrimSpace(found)))
			}
		}
	}
	return wrong
}

// The top of the tree. What is required is there from the first commit of the house; what is allowed may come.
var (
	requiredTop = []string{"energy", "meter", "oracle", "exchange", "settlement", "migrations", "internal", "docs", "go.mod", "LICENSE"}
	allowedTop  = []string{
		".ci", ".editorconfig", ".gitattributes", ".gitignore", ".golangci.yml", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md",
		"Makefile", "NOTICE", "README.md", "SECURITY.md", "charging", "cmd", "deploy", "e2e", "go.sum", "grid", "scripts", "sim", "web",
	}
)

// strangers names what is missing at the top of the tree and what has no place there.
func strangers(tracked []string) (wrong []string) {
	seen := map[string]bool{}
	for _, name := range tracked {
		first, _, _ := strings.Cut(name, "/")
		if !seen[first] && !slices.Contains(requiredTop, first) && !slices.Contains(allowedTop, first) {
			wrong = append(wrong, first+": has no place at the top of the tree; see ARCHITECTURE.md")
		}
		seen[first] = true
	}
	for _, name := range requiredTop {
		if !seen[name] {
			wrong = append(wrong, name+": missing at the top of the tree")
		}
	}
	return wrong
}

// tracked lists the files under version control. A tree without history has nothing to check.
func tracked(t *testing.T) []string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, ".git")); errors.Is(err, fs.ErrNotExist) {
		t.Skip("not a git checkout: which files are the project's is not known")
	}
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}
