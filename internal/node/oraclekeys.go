package node

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle/ocr"
)

// OracleKeysConfig names the files of an oracle's keys.
type OracleKeysConfig struct {
	File           string // sealed keys
	Backup         string // the second sealed file
	PassphraseFile string // empty: the environment says it
	Challenge      string // 32 bytes in hex that the keys sign; empty: random ones
	JSON           bool
}

// PassphraseVariable is the environment variable with the passphrase of an oracle's keys.
const PassphraseVariable = "WATTLE_ORACLE_PASSPHRASE"

// shortestPassphrase is what a person may choose, in bytes: sealing stretches it.
const shortestPassphrase = 12

// ErrKeyFile is returned for a key file that must not be used as it is.
var ErrKeyFile = problem.New(problem.Conflict, "cannot use this key file")

// passphrase reads the passphrase from the file, else from the environment. It is never on the command line, which every
// user of the machine can see.
func passphrase(file string) (string, error) {
	text := os.Getenv(PassphraseVariable)
	from := PassphraseVariable
	if file != "" {
		b, err := readPrivate(file)
		if err != nil {
			return "", fmt.Errorf("passphrase: %w", err)
		}
		text, from = strings.TrimRight(string(b), "\r\n"), file
	}
	if len(text) < shortestPassphrase {
		return "", fmt.Errorf("the passphrase of %s has %d bytes: use %d or more, in --passphrase-file or %s: %w", from, len(text),
			shortestPassphrase, PassphraseVariable, ErrConfig)
	}
	return text, nil
}

// readPrivate reads a file that nobody else may read.
func readPrivate(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others: chmod 600 it, and make new keys if others may have read it: %w", path, ErrKeyFile)
	}
	return os.ReadFile(path)
}

// createPrivate writes a file that nobody else may read and that does not exist yet.
func createPrivate(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s exists and is not overwritten: choose another name: %w", path, ErrKeyFile)
	case err != nil:
		return fmt.Errorf("%w: is %s a directory that you may write to?", err, filepath.Dir(path))
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// openKeyFile opens sealed keys.
func openKeyFile(path, passphrase string) (ocr.Keys, error) {
	sealed, err := readPrivate(path)
	if err != nil {
		return ocr.Keys{}, err
	}
	keys, err := ocr.OpenKeys(sealed, passphrase)
	debug.FreeOSMemory() // stretching a passphrase takes hundreds of megabytes, once
	if err != nil {
		return ocr.Keys{}, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

// sealKeys writes sealed keys to a new file and returns what that file opens to.
func sealKeys(path string, keys ocr.Keys, passphrase string) (ocr.Keys, error) {
	sealed, err := keys.Seal(passphrase)
	if err != nil {
		return ocr.Keys{}, err
	}
	if err := createPrivate(path, sealed); err != nil {
		return ocr.Keys{}, err
	}
	written, err := openKeyFile(path, passphrase)
	if err == nil && written.Identity() != keys.Identity() {
		err = fmt.Errorf("%s does not hold what was written: %w", path, ErrKeyFile)
	}
	return written, err
}

// open checks the names, opens the keys in --file and returns their passphrase too.
func (c OracleKeysConfig) open() (ocr.Keys, string, error) {
	if c.File == "" {
		return ocr.Keys{}, "", fmt.Errorf("--file: name the sealed keys: %w", ErrConfig)
	}
	phrase, err := passphrase(c.PassphraseFile)
	if err != nil {
		return ocr.Keys{}, "", err
	}
	keys, err := openKeyFile(c.File, phrase)
	return keys, phrase, err
}

// OracleKeysNew draws keys and seals them in a new file.
func OracleKeysNew(c OracleKeysConfig, stdout io.Writer) error {
	if c.File == "" {
		return fmt.Errorf("--file: name the file to make: %w", ErrConfig)
	}
	phrase, err := passphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	keys, err := ocr.NewKeys()
	if err != nil {
		return err
	}
	if keys, err = sealKeys(c.File, keys, phrase); err != nil {
		return err
	}
	return printIdentity(stdout, keys.Identity(), c.JSON)
}

// OracleKeysShow prints the public identity.
func OracleKeysShow(c OracleKeysConfig, stdout io.Writer) error {
	keys, _, err := c.open()
	if err != nil {
		return err
	}
	return printIdentity(stdout, keys.Identity(), c.JSON)
}

// OracleKeysBackup writes a second sealed file and proves that it opens.
func OracleKeysBackup(c OracleKeysConfig, stdout io.Writer) error {
	return c.copyKeys(c.File, c.Backup, stdout)
}

// OracleKeysRestore makes the keys anew from their backup.
func OracleKeysRestore(c OracleKeysConfig, stdout io.Writer) error {
	return c.copyKeys(c.Backup, c.File, stdout)
}

func (c OracleKeysConfig) copyKeys(from, to string, stdout io.Writer) error {
	if c.File == "" || c.Backup == "" {
		return fmt.Errorf("--file and --backup: name the sealed keys and their copy: %w", ErrConfig)
	}
	phrase, err := passphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	keys, err := openKeyFile(from, phrase)
	if err != nil {
		return err
	}
	var challenge [32]byte
	rand.Read(challenge[:]) // never fails (crypto/rand)
	written, err := sealKeys(to, keys, phrase)
	if err == nil {
		_, err = written.Prove(challenge)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s was written, opens, and signs for %x\n", to, written.Identity().Signer)
	return err
}

// proofFile is the JSON of a proof; every field but peer is hex.
type proofFile struct {
	Challenge string       `json:"challenge"`
	Identity  identityFile `json:"identity"`
	Report    string       `json:"report_signature"`
	Protocol  string       `json:"protocol_signature"`
	Network   string       `json:"network_signature"`
}

// identityFile is the JSON of an oracle's public identity.
type identityFile struct {
	Signer     string `json:"signer"`
	Peer       string `json:"peer"`
	Offchain   string `json:"protocol_key"`
	Encryption string `json:"encryption_key"`
}

func newIdentityFile(id ocr.Identity) identityFile {
	return identityFile{Signer: "0x" + hex.EncodeToString(id.Signer[:]), Peer: id.Peer, Offchain: hex.EncodeToString(id.Offchain[:]),
		Encryption: hex.EncodeToString(id.Encryption[:])}
}

func printIdentity(stdout io.Writer, id ocr.Identity, asJSON bool) error {
	f := newIdentityFile(id)
	if asJSON {
		return json.NewEncoder(stdout).Encode(f)
	}
	_, err := fmt.Fprintf(stdout, "signer          %s\npeer            %s\nprotocol key    %s\nencryption key  %s\n", f.Signer, f.Peer, f.Offchain, f.Encryption)
	return err
}

// proofPath is where the proof of a key file lies.
func proofPath(keys string) string { return keys + ".proof" }

// OracleKeysProve restores the keys from their backup, has those sign the challenge, and keeps the proof beside the key
// file, without which no oracle runs. It prints the proof.
func OracleKeysProve(c OracleKeysConfig, stdout io.Writer) error {
	if c.Backup == "" {
		return fmt.Errorf("--backup: name the copy of the keys, which must be able to sign: %w", ErrConfig)
	}
	var challenge [32]byte
	rand.Read(challenge[:]) // never fails (crypto/rand)
	if c.Challenge != "" {
		b, err := hex.DecodeString(strings.TrimPrefix(c.Challenge, "0x"))
		if err != nil || len(b) != len(challenge) {
			return fmt.Errorf("--challenge %q: use 32 bytes in hex: %w", c.Challenge, ErrConfig)
		}
		challenge = [32]byte(b)
	}
	keys, phrase, err := c.open()
	if err != nil {
		return err
	}
	restored, err := openKeyFile(c.Backup, phrase)
	if err != nil {
		return err
	}
	if restored.Identity() != keys.Identity() {
		return fmt.Errorf("%s is the backup of other keys than %s: %w", c.Backup, c.File, ErrKeyFile)
	}
	return proveKeys(c.File, restored, challenge, stdout)
}

// proveKeys signs a challenge with restored keys and keeps the proof beside the key file.
func proveKeys(path string, restored ocr.Keys, challenge [32]byte, stdout io.Writer) error {
	p, err := restored.Prove(challenge)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(proofFile{Challenge: hex.EncodeToString(p.Challenge[:]), Identity: newIdentityFile(p.Identity),
		Report: hex.EncodeToString(p.Report[:]), Protocol: hex.EncodeToString(p.Protocol[:]), Network: hex.EncodeToString(p.Network[:])}, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if err := os.WriteFile(proofPath(path), text, 0o600); err != nil {
		return fmt.Errorf("%w: is %s a directory that you may write to?", err, filepath.Dir(path))
	}
	_, err = stdout.Write(text)
	return err
}

// parse reads a proof and verifies it.
func (f proofFile) parse() (p ocr.Proof, err error) {
	for _, field := range []struct {
		text string
		into []byte
	}{
		{f.Challenge, p.Challenge[:]}, {strings.TrimPrefix(f.Identity.Signer, "0x"), p.Identity.Signer[:]},
		{f.Identity.Offchain, p.Identity.Offchain[:]}, {f.Identity.Encryption, p.Identity.Encryption[:]},
		{f.Report, p.Report[:]}, {f.Protocol, p.Protocol[:]}, {f.Network, p.Network[:]},
	} {
		b, err := hex.DecodeString(field.text)
		if err != nil || len(b) != len(field.into) {
			return p, fmt.Errorf("%q is not %d bytes in hex: %w", field.text, len(field.into), ocr.ErrProof)
		}
		copy(field.into, b)
	}
	p.Identity.Peer = f.Identity.Peer
	return p, p.Verify()
}

// proven returns an error unless a proof of these keys lies beside their file.
func proven(path string, keys ocr.Keys) error {
	text, err := os.ReadFile(proofPath(path))
	var f proofFile
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	var p ocr.Proof
	if err == nil {
		p, err = f.parse()
	}
	if err == nil && p.Identity != keys.Identity() {
		err = ocr.ErrProof
	}
	if err != nil {
		return fmt.Errorf("%s: %v: the keys go live after they were restored from their backup and signed: wattle oracle keys prove: %w",
			proofPath(path), err, ErrKeyFile)
	}
	return nil
}
