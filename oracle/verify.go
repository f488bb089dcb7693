package oracle

import (
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/internal/problem"
)

// Signer is the chain address of an oracle's signing key.
type Signer [20]byte

// Quorum is the set of oracles whose signatures count: any Faulty+1 different ones.
type Quorum struct {
	ConfigDigest [32]byte
	Signers      []Signer
	Faulty       uint8 // f: how many may be faulty; 3f < number of signers
}

// ErrQuorum is returned for an attestation that too few, unknown or repeated oracles signed.
var ErrQuorum = problem.New(problem.Denied, "not signed by a quorum of oracles")

// SigningHash is what each oracle signs.
func (a Attestation) SigningHash() Hash {
	return signingHash(AppendReport(nil, a.Report), a.ConfigDigest, a.Sequence)
}

// Signer recovers who made signature i.
func (a Attestation) Signer(i int) (Signer, error) {
	return recoverSigner(a.SigningHash(), a.Signatures, i)
}

// Verify checks that Faulty+1 different oracles of the quorum signed the report.
func (q Quorum) Verify(a Attestation) error {
	return q.verify(a.SigningHash(), a.ConfigDigest, a.Signatures)
}

// signingHash is Keccak-256 over the hash of the report, the configuration digest and the sequence number as one word.
// Chainlink's OCR3 key bundles and the contract use the same.
func signingHash(report []byte, config [32]byte, sequence uint64) Hash {
	k := newKeccak()
	hash := k.of(report)
	b := append([]byte(nil), hash[:]...)
	b = append(b, config[:]...)
	b = append(b, make([]byte, 24)...)
	return k.of(binary.BigEndian.AppendUint64(b, sequence))
}

func recoverSigner(hash Hash, signatures [][SignatureSize]byte, i int) (Signer, error) {
	if !canonical(signatures[i]) {
		return Signer{}, fmt.Errorf("signature %d in another form: %w", i, ErrQuorum)
	}
	key, err := crypto.SigToPub(hash[:], signatures[i][:])
	if err != nil {
		return Signer{}, fmt.Errorf("signature %d: %w", i, ErrQuorum)
	}
	return Signer(crypto.PubkeyToAddress(*key)), nil
}

func (q Quorum) verify(hash Hash, config [32]byte, signatures [][SignatureSize]byte) error {
	if config != q.ConfigDigest {
		return fmt.Errorf("configuration %x, want %x: %w", config[:4], q.ConfigDigest[:4], ErrQuorum)
	}
	if len(signatures) != int(q.Faulty)+1 {
		return fmt.Errorf("%d signatures, want %d: %w", len(signatures), q.Faulty+1, ErrQuorum)
	}
	seen := make(map[Signer]bool, len(signatures))
	for i := range signatures {
		signer, err := recoverSigner(hash, signatures, i)
		if err != nil {
			return err
		}
		if seen[signer] || !q.has(signer) {
			return fmt.Errorf("signature %d by %x: %w", i, signer[:4], ErrQuorum)
		}
		seen[signer] = true
	}
	return nil
}

// canonical reports whether the signature is in the one form that the contract accepts: every signature has a second
// one, with s in the upper half, that anybody can make of it.
func canonical(signature [SignatureSize]byte) bool {
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:64])
	return crypto.ValidateSignatureValues(signature[64], r, s, true)
}

func (q Quorum) has(signer Signer) bool {
	for _, s := range q.Signers {
		if s == signer {
			return true
		}
	}
	return false
}
