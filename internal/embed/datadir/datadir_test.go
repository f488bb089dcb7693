package datadir_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/wattle/wattle/internal/embed/datadir"
)

func TestOneProcessAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "street")
	first, err := datadir.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := datadir.Open(path); !errors.Is(err, datadir.ErrInUse) {
		t.Errorf("second: got %v, want %v", err, datadir.ErrInUse)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := datadir.Open(path)
	if err != nil {
		t.Fatalf("after close: %v", err)
	}
	again.Close()
}

func TestNewerDataIsLeftAlone(t *testing.T) {
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, "version"), []byte("2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := datadir.Open(path); !errors.Is(err, datadir.ErrNewer) {
		t.Errorf("got %v, want %v", err, datadir.ErrNewer)
	}
	if text, err := os.ReadFile(filepath.Join(path, "version")); string(text) != "2\n" || err != nil {
		t.Errorf("version after the refusal: got %q %v", text, err)
	}
}

func TestForeignDirectoryIsLeftAlone(t *testing.T) {
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, "photos"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := datadir.Open(path); !errors.Is(err, datadir.ErrForeign) {
		t.Errorf("got %v, want %v", err, datadir.ErrForeign)
	}
	if entries, _ := os.ReadDir(path); len(entries) != 1 {
		t.Errorf("entries after the refusal: got %v", entries)
	}
}

func TestPrivateIsPrivate(t *testing.T) {
	d, err := datadir.Open(filepath.Join(t.TempDir(), "street"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	path, err := d.Private("secrets")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("got %v %v, want 0700", info, err)
	}
}
