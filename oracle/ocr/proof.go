package ocr

import (
	"crypto/ed25519"
	"fmt"

	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"
	ragetypes "github.com/smartcontractkit/libocr/ragep2p/types"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// ErrProof is returned for a proof that the keys of its identity did not make.
var ErrProof = problem.New(problem.Denied, "not signed by the keys it names")

// proofDomain begins what a proof signs. No report and no protocol message begins with it.
const proofDomain = "wattle/oracle-proof/1"

// Proof shows that somebody holds all secret keys of an identity: each has signed a challenge. The key that only
// decrypts is named in what the others sign.
type Proof struct {
	Challenge [32]byte
	Identity  Identity
	Report    [oracle.SignatureSize]byte  // by Identity.Signer
	Protocol  [ed25519.SignatureSize]byte // by Identity.Offchain
	Network   [ed25519.SignatureSize]byte // by the key that Identity.Peer names
}

// proofMessage is what a proof signs: domain 21, challenge 32, signer 20, protocol key 32, encryption key 32, peer 32.
func proofMessage(challenge [32]byte, id Identity) ([]byte, ed25519.PublicKey, error) {
	var peer ragetypes.PeerID
	if err := peer.UnmarshalText([]byte(id.Peer)); err != nil {
		return nil, nil, fmt.Errorf("peer %q: %w", id.Peer, ErrProof)
	}
	b := append([]byte(proofDomain), challenge[:]...)
	b = append(b, id.Signer[:]...)
	b = append(b, id.Offchain[:]...)
	b = append(b, id.Encryption[:]...)
	return append(b, peer[:]...), peer[:], nil // a peer is named by its public key
}

// Prove signs a challenge with every key.
func (k Keys) Prove(challenge [32]byte) (Proof, error) {
	p := Proof{Challenge: challenge, Identity: k.Identity()}
	message, _, err := proofMessage(challenge, p.Identity)
	if err != nil {
		return Proof{}, err
	}
	report, err := k.bundle.Sign3(types.ConfigDigest{}, 0, message) // no configuration has this digest
	if err != nil || len(report) != oracle.SignatureSize {
		return Proof{}, fmt.Errorf("sign challenge with the report key: %v: %w", err, ErrProof)
	}
	protocol, err := k.bundle.OffchainSign(message)
	if err != nil || len(protocol) != ed25519.SignatureSize {
		return Proof{}, fmt.Errorf("sign challenge with the protocol key: %v: %w", err, ErrProof)
	}
	p.Report, p.Protocol = [oracle.SignatureSize]byte(report), [ed25519.SignatureSize]byte(protocol)
	p.Network = [ed25519.SignatureSize]byte(ed25519.Sign(k.peer.PrivKey, message))
	return p, p.Verify()
}

// Verify returns ErrProof unless all keys of the identity signed the challenge.
func (p Proof) Verify() error {
	message, peer, err := proofMessage(p.Challenge, p.Identity)
	if err != nil {
		return err
	}
	signed := crypto.Keccak256(crypto.Keccak256(message), make([]byte, 64)) // digest and sequence 0: see docs/protocol.md
	key, err := crypto.SigToPub(signed, p.Report[:])
	switch {
	case err != nil || oracle.Signer(crypto.PubkeyToAddress(*key)) != p.Identity.Signer:
		return fmt.Errorf("report key: %w", ErrProof)
	case !ed25519.Verify(p.Identity.Offchain[:], message, p.Protocol[:]):
		return fmt.Errorf("protocol key: %w", ErrProof)
	case !ed25519.Verify(peer, message, p.Network[:]):
		return fmt.Errorf("network key: %w", ErrProof)
	}
	return nil
}
