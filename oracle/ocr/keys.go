package ocr

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/smartcontractkit/chainlink/v2/core/services/keystore/chaintype"
	"github.com/smartcontractkit/chainlink/v2/core/services/keystore/keys/ocr2key"
	"github.com/smartcontractkit/chainlink/v2/core/services/keystore/keys/p2pkey"
	"github.com/smartcontractkit/chainlink/v2/core/utils"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// ErrKeys is returned for a sealed key that does not open.
var ErrKeys = problem.New(problem.Denied, "the oracle's keys do not open: wrong passphrase or damaged file")

// Keys are the secret keys of one oracle: the bundle that signs reports and protocol messages and reads the group's
// shared secret, and the key that names it on the network. Printing them shows public parts only.
type Keys struct {
	bundle ocr2key.KeyBundle
	peer   p2pkey.KeyV2
}

// Identity is the public half of an oracle's keys.
type Identity struct {
	Signer     oracle.Signer // address that report signatures recover to
	Peer       string        // name on the peer-to-peer network
	Offchain   [32]byte      // Ed25519, signs protocol messages
	Encryption [32]byte      // X25519, receives the group's shared secret
}

// sealing are the scrypt parameters of sealed keys. Stretching adds nothing to a passphrase of 32 random bytes in hex, so
// that one gets the cheapest; every other may be a person's, and gets chainlink's own, which take a second and 256 MiB
// per key. The file says which it was.
func sealing(passphrase string) utils.ScryptParams {
	if b, err := hex.DecodeString(passphrase); err == nil && len(b) >= 32 {
		return utils.FastScryptParams
	}
	return utils.DefaultScryptParams
}

// sealedKeys is the key file: chainlink's two encrypted exports, unchanged, in one envelope.
type sealedKeys struct {
	OCR2 json.RawMessage `json:"ocr2"`
	P2P  json.RawMessage `json:"p2p"`
}

// NewKeys draws fresh keys.
func NewKeys() (Keys, error) {
	bundle, err := ocr2key.New(chaintype.EVM)
	if err != nil {
		return Keys{}, fmt.Errorf("new oracle signing keys: %w", err)
	}
	peer, err := p2pkey.NewV2()
	if err != nil {
		return Keys{}, fmt.Errorf("new oracle peer key: %w", err)
	}
	return Keys{bundle, peer}, nil
}

// Seal encrypts the keys under a passphrase.
func (k Keys) Seal(passphrase string) ([]byte, error) {
	bundle, err := ocr2key.ToEncryptedJSON(k.bundle, passphrase, sealing(passphrase))
	if err != nil {
		return nil, fmt.Errorf("seal oracle signing keys: %w", err)
	}
	peer, err := k.peer.ToEncryptedJSON(passphrase, sealing(passphrase))
	if err != nil {
		return nil, fmt.Errorf("seal oracle peer key: %w", err)
	}
	return json.Marshal(sealedKeys{OCR2: bundle, P2P: peer})
}

// OpenKeys decrypts what Seal made. It returns ErrKeys for another passphrase and for damaged bytes.
func OpenKeys(sealed []byte, passphrase string) (Keys, error) {
	var envelope sealedKeys
	if err := json.Unmarshal(sealed, &envelope); err != nil {
		return Keys{}, fmt.Errorf("%v: %w", err, ErrKeys)
	}
	bundle, err := ocr2key.FromEncryptedJSON(envelope.OCR2, passphrase)
	if err != nil {
		return Keys{}, fmt.Errorf("signing keys: %v: %w", err, ErrKeys)
	}
	if bundle.ChainType() != chaintype.EVM {
		return Keys{}, fmt.Errorf("signing keys are for %s, want evm: %w", bundle.ChainType(), ErrKeys)
	}
	peer, err := p2pkey.FromEncryptedJSON(envelope.P2P, passphrase)
	if err != nil {
		return Keys{}, fmt.Errorf("peer key: %v: %w", err, ErrKeys)
	}
	return Keys{bundle, peer}, nil
}

// Identity is what the others may know of the keys.
func (k Keys) Identity() Identity {
	return Identity{
		Signer:     oracle.Signer(k.bundle.PublicKey()),
		Peer:       k.peer.PeerID().Raw(),
		Offchain:   k.bundle.OffchainPublicKey(),
		Encryption: k.bundle.ConfigEncryptionPublicKey(),
	}
}

// String names the oracle without a secret.
func (k Keys) String() string { return fmt.Sprintf("oracle %x", k.bundle.PublicKey()) }

// GoString is String: a %#v in a log must not print a key.
func (k Keys) GoString() string { return k.String() }
