package node

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wattle/wattle/oracle/ocr"
)

// keyFiles are the names of an oracle's files in a fresh directory. The passphrase is random and needs no stretching.
func keyFiles(t *testing.T) OracleKeysConfig {
	t.Helper()
	t.Setenv(PassphraseVariable, strings.Repeat("7c", 32))
	dir := t.TempDir()
	return OracleKeysConfig{File: filepath.Join(dir, "keys"), Backup: filepath.Join(dir, "backup"), JSON: true}
}

func TestOracleKeysGoLiveAfterTheirBackupSigned(t *testing.T) {
	c := keyFiles(t)
	var made, shown bytes.Buffer
	if err := OracleKeysNew(c, &made); err != nil {
		t.Fatal(err)
	}
	if err := OracleKeysShow(c, &shown); err != nil || shown.String() != made.String() {
		t.Errorf("shows %s %v, want %s", &shown, err, &made)
	}
	keys, _, err := c.open()
	if err != nil {
		t.Fatal(err)
	}
	if err := proven(c.File, keys); !errors.Is(err, ErrKeyFile) {
		t.Errorf("keys without a proof: got %v, want %v", err, ErrKeyFile)
	}
	if err := OracleKeysBackup(c, io.Discard); err != nil {
		t.Fatal(err)
	}
	c.Challenge = strings.Repeat("5e", 32)
	var printed bytes.Buffer
	if err := OracleKeysProve(c, &printed); err != nil {
		t.Fatal(err)
	}
	var f proofFile
	if err := json.Unmarshal(printed.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	if p, err := f.parse(); err != nil || p.Identity != keys.Identity() || hex.EncodeToString(p.Challenge[:]) != c.Challenge {
		t.Errorf("proof %+v: %v", f, err)
	}
	if err := proven(c.File, keys); err != nil {
		t.Errorf("keys with a proof: %v", err)
	}
	restored := c
	restored.File += "-restored"
	if err := OracleKeysRestore(restored, io.Discard); err != nil {
		t.Fatal(err)
	}
	if again, _, err := restored.open(); err != nil || again.Identity() != keys.Identity() {
		t.Errorf("restored %v %v, want %v", again, err, keys)
	}
	if err := os.WriteFile(proofPath(c.File), bytes.Replace(printed.Bytes(), []byte("5e5e"), []byte("5e5f"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := proven(c.File, keys); !errors.Is(err, ErrKeyFile) {
		t.Errorf("proof of another challenge: got %v, want %v", err, ErrKeyFile)
	}
}

func TestOracleKeysRefuse(t *testing.T) {
	c := keyFiles(t)
	if err := OracleKeysNew(c, io.Discard); err != nil {
		t.Fatal(err)
	}
	if err := OracleKeysBackup(c, io.Discard); err != nil {
		t.Fatal(err)
	}
	other := OracleKeysConfig{File: c.File + "-other"}
	if err := OracleKeysNew(other, io.Discard); err != nil {
		t.Fatal(err)
	}
	sealed, err := os.ReadFile(c.File)
	if err != nil {
		t.Fatal(err)
	}
	damaged, world, phrase := c.File+"-damaged", c.File+"-world", c.File+"-passphrase"
	for path, content := range map[string]string{damaged: string(sealed[:len(sealed)/2]), world: string(sealed), phrase: strings.Repeat("7d", 32)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(world, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, refused := range map[string]struct {
		err, want error
		says      string
	}{
		"overwriting":        {OracleKeysNew(c, io.Discard), ErrKeyFile, "exists and is not overwritten"},
		"overwriting backup": {OracleKeysBackup(c, io.Discard), ErrKeyFile, "exists and is not overwritten"},
		"wrong passphrase":   {OracleKeysShow(OracleKeysConfig{File: c.File, PassphraseFile: phrase}, io.Discard), ocr.ErrKeys, "wrong passphrase or damaged file"},
		"damaged":            {OracleKeysShow(OracleKeysConfig{File: damaged}, io.Discard), ocr.ErrKeys, "wrong passphrase or damaged file"},
		"world-readable":     {OracleKeysShow(OracleKeysConfig{File: world}, io.Discard), ErrKeyFile, "chmod 600"},
		"no directory":       {OracleKeysNew(OracleKeysConfig{File: c.File + "/keys"}, io.Discard), nil, "a directory that you may write to"},
		"no file":            {OracleKeysShow(OracleKeysConfig{}, io.Discard), ErrConfig, "--file"},
		"foreign backup":     {OracleKeysProve(OracleKeysConfig{File: other.File, Backup: c.Backup}, io.Discard), ErrKeyFile, "other keys"},
		"short challenge":    {OracleKeysProve(OracleKeysConfig{File: c.File, Backup: c.Backup, Challenge: "5e"}, io.Discard), ErrConfig, "32 bytes"},
	} {
		if refused.err == nil || refused.want != nil && !errors.Is(refused.err, refused.want) || !strings.Contains(refused.err.Error(), refused.says) {
			t.Errorf("%s: got %v, want %v that says %q", name, refused.err, refused.want, refused.says)
		}
	}
	t.Setenv(PassphraseVariable, "short")
	if err := OracleKeysShow(c, io.Discard); !errors.Is(err, ErrConfig) {
		t.Errorf("short passphrase: got %v, want %v", err, ErrConfig)
	}
}
