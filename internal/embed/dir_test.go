package embed

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestDirOpensAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b")
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	for range 2 {
		d, err := OpenDir(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []string{path, filepath.Dir(path)} {
			if info, err := os.Stat(p); err != nil || info.Mode().Perm() != 0o711 {
				t.Errorf("%s: got %v, error %v, want mode 0711", p, info.Mode(), err)
			}
		}
		if got, want := d.Path("chain"), filepath.Join(path, "chain"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDirTakesAnEmptyOneOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "private")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	d, err := OpenDir(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o711 {
		t.Errorf("got %v, error %v, want mode 0711", info.Mode(), err)
	}
}

func TestDirIsOneProcessAtATime(t *testing.T) {
	path := t.TempDir()
	first, err := OpenDir(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(path); !errors.Is(err, ErrInUse) {
		t.Fatalf("second: got %v, want %v", err, ErrInUse)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := OpenDir(path)
	if err != nil {
		t.Fatalf("after close: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDirRefusals(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  error
	}{
		{"newer", map[string]string{"version": "2\n", "chain": "x"}, ErrNewer},
		{"foreign", map[string]string{"letter.txt": "dear"}, ErrForeign},
		{"foreign with a lock", map[string]string{"letter.txt": "dear", "lock": ""}, ErrForeign},
		{"version of something else", map[string]string{"version": "v1.2.3\n"}, ErrForeign},
		{"version zero", map[string]string{"version": "0\n"}, ErrForeign},
		{"killed at its first start", map[string]string{"lock": ""}, nil},
		{"killed while writing the version", map[string]string{"lock": "", "version.tmp": ""}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := t.TempDir()
			for name, text := range test.files {
				if err := os.WriteFile(filepath.Join(path, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			d, err := OpenDir(path)
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if err == nil {
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
				return
			}
			for name, want := range test.files { // nothing damaged
				if got, err := os.ReadFile(filepath.Join(path, name)); err != nil || string(got) != want {
					t.Errorf("%s: got %q, error %v, want %q", name, got, err, want)
				}
			}
		})
	}
}

func TestDirThatIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(path); err == nil {
		t.Error("got no error")
	}
}
