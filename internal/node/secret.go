package node

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/embed"
)

// private makes a directory of the data directory that only this user may enter, and returns its path.
func private(dir *embed.Dir, name string) (string, error) {
	path := dir.Path(name)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("data directory: %w", err)
	}
	return path, nil
}

// secret is 32 random bytes that one demo keeps for all its parts; every key of the make-believe street is derived from
// it. Oracles on machines of their own have keys of their own.
type secret []byte

// openSecret reads the secret of a data directory, or makes it.
func openSecret(dir string) (secret, error) {
	path := filepath.Join(dir, "secret")
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		if exists(filepath.Join(dir, "clock")) { // which is written when the street lives
			return nil, fmt.Errorf("%s is missing: %w", path, ErrDamaged)
		}
		s := make(secret, 32)
		if _, err := rand.Read(s); err != nil {
			return nil, fmt.Errorf("secret: %w", err)
		}
		return s, embed.WriteFile(path, []byte(hex.EncodeToString(s)+"\n"))
	}
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	s, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(s) != 32 {
		return nil, fmt.Errorf("%s does not hold a secret: %w", path, ErrDamaged)
	}
	return s, nil
}

func (s secret) derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, s, nil, "wattle/"+purpose, 32)
	if err != nil {
		panic(err) // only for lengths that HKDF cannot give
	}
	return key
}

// device is the signing key of a metering device.
func (s secret) device(m energy.Meter) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(s.derive("device/" + string(m)))
}

// operator is the chain key that deploys and posts.
func (s secret) operator() (*ecdsa.PrivateKey, error) { return crypto.ToECDSA(s.derive("operator")) }

// account is the chain key that a member of the make-believe street owns tokens and money with.
func (s secret) account(m energy.Member) (*ecdsa.PrivateKey, error) {
	return crypto.ToECDSA(s.derive("account/" + string(m)))
}

// password opens the embedded message server to processes of its own.
func (s secret) password() string { return hex.EncodeToString(s.derive("nats")) }

// passphrase seals the oracles' key files: 256 bits, so no stretching can add to it.
func (s secret) passphrase() string { return hex.EncodeToString(s.derive("passphrase")) }
