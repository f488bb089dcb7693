package oracle_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/oracle"
)

func TestQuorumAccepts(t *testing.T) {
	for _, signers := range [][]int{{1, 2}, {2, 1}, {3, 4}, {1, 4}} {
		if err := quorum(t).Verify(attested(t, signers...)); err != nil {
			t.Errorf("signed by %v: %v", signers, err)
		}
	}
}

func TestQuorumRefuses(t *testing.T) {
	altered := func(alter func(*oracle.Attestation)) oracle.Attestation {
		a := attested(t, 1, 2)
		alter(&a)
		return a
	}
	for name, a := range map[string]oracle.Attestation{
		"nobody":                  attested(t),
		"too few":                 attested(t, 1),
		"too many":                attested(t, 1, 2, 3),
		"one oracle twice":        attested(t, 2, 2),
		"a stranger":              attested(t, 1, 5),
		"another configuration":   altered(func(a *oracle.Attestation) { a.ConfigDigest[31]++ }),
		"another sequence number": altered(func(a *oracle.Attestation) { a.Sequence++ }),
		"another zone":            altered(func(a *oracle.Attestation) { a.Report.Zone = "lane" }),
		"another interval":        altered(func(a *oracle.Attestation) { a.Report.Interval = a.Report.Interval.Next() }),
		"another run":             altered(func(a *oracle.Attestation) { a.Report.Run++ }),
		"another root":            altered(func(a *oracle.Attestation) { a.Report.Root[0]++ }),
		"another count":           altered(func(a *oracle.Attestation) { a.Report.Meters++ }),
		"more export":             altered(func(a *oracle.Attestation) { a.Report.Export++ }),
		"more import":             altered(func(a *oracle.Attestation) { a.Report.Import++ }),
		"a signature of zeros":    altered(func(a *oracle.Attestation) { a.Signatures[0] = [oracle.SignatureSize]byte{} }),
		"a recovery id of 27":     altered(func(a *oracle.Attestation) { a.Signatures[0][64] += 27 }),
		"a flipped bit":           altered(func(a *oracle.Attestation) { a.Signatures[1][5] ^= 4 }),
	} {
		if err := quorum(t).Verify(a); !errors.Is(err, oracle.ErrQuorum) {
			t.Errorf("%s: got %v, want ErrQuorum", name, err)
		}
	}
	if err := (oracle.Quorum{ConfigDigest: quorum(t).ConfigDigest}).Verify(attested(t, 1)); !errors.Is(err, oracle.ErrQuorum) {
		t.Errorf("a group of nobody: got %v, want ErrQuorum", err)
	}
}

// The hash by hand, as docs/protocol.md has it and as the contract computes it.
func TestSigningHash(t *testing.T) {
	a := attested(t)
	report := crypto.Keccak256(oracle.AppendReport(nil, a.Report))
	sequence := append(bytes.Repeat([]byte{0}, 31), 7)
	want := crypto.Keccak256(report, a.ConfigDigest[:], sequence)
	if got := a.SigningHash(); !bytes.Equal(got[:], want) {
		t.Errorf("got %x, want %x", got, want)
	}
}
