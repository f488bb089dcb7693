package node

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSecretStays(t *testing.T) {
	dir := t.TempDir()
	first, err := openSecret(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := openSecret(dir)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("got another secret, %v", err)
	}
	info, err := os.Stat(filepath.Join(dir, "secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v %v, want a file that only its owner reads", info.Mode(), err)
	}
	other, err := openSecret(t.TempDir())
	if err != nil || bytes.Equal(first, other) {
		t.Errorf("two streets share a secret, %v", err)
	}
}

// Every key of a street must stay what it is for the street to go on: these are of the secret 01 02 ... 20 in hex,
// computed with Python's hmac by RFC 5869 with no salt.
func TestDerivedKeysStay(t *testing.T) {
	s := make(secret, 32)
	for i := range s {
		s[i] = byte(i + 1)
	}
	operator, err := s.operator()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{
		"home-01":    hex.EncodeToString(s.device("home-01-grid").Seed()),
		"home-02":    hex.EncodeToString(s.device("home-02-grid").Seed()),
		"operator":   hex.EncodeToString(operator.D.FillBytes(make([]byte, 32))),
		"passphrase": s.passphrase(),
	}
	seen := map[string]string{}
	for name, want := range map[string]string{
		"home-01":    "abd880469914e97684cd6aacd9c648577bc6aaa62ccbbf5003c8652af5779b64",
		"home-02":    "1cdd03ed01b551d4e8bc0451db4bd25e393a83b753352a00ef6fbc9864e7900a",
		"operator":   "32c7ff1433d5ea4acd9628a75411ff0d429f402371d1150192fcd0f8020eacdb",
		"passphrase": "9bfe986f9b13379d5c8c309e993d43a9093d0a13a9b8cd7d5b1ed8f7491d9f2d",
	} {
		if got[name] != want {
			t.Errorf("%s: got %s, want %s", name, got[name], want)
		}
		if other, ok := seen[got[name]]; ok {
			t.Errorf("%s and %s have one key", name, other)
		}
		seen[got[name]] = name
	}
}

func TestDamagedSecret(t *testing.T) {
	for _, text := range []string{"", "abcd", strings.Repeat("0", 63), strings.Repeat("0", 66), strings.Repeat("x", 64)} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "secret"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := openSecret(dir)
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: got %v, want %v", text, err, ErrDamaged)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%q: the error tells the secret: %v", text, err)
		}
	}
}
