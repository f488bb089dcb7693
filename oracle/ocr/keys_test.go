package ocr

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/smartcontractkit/libocr/offchainreporting2plus/ocr3types"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"

	"github.com/wattle/wattle/oracle"
)

const passphrase = "8f2c5a0e6b9d4c3f1a7e8d2b5c6f9a0e3d4b7c8a1f2e5d6b9c0a3f4e7d8b1c2a"

func newKeys(t *testing.T) Keys {
	t.Helper()
	keys, err := NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestKeysOpenAsTheyWereSealed(t *testing.T) {
	keys := newKeys(t)
	sealed, err := keys.Seal(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	opened, err := OpenKeys(sealed, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(started); took > 125*time.Millisecond {
		t.Errorf("opening took %s, want eight oracles' keys to open within a second", took)
	}
	if got, want := opened.Identity(), keys.Identity(); got != want {
		t.Errorf("identity %+v, want %+v", got, want)
	}
	message := []byte("message")
	got, err := opened.bundle.OffchainSign(message)
	want, wantErr := keys.bundle.OffchainSign(message)
	if err != nil || wantErr != nil || !bytes.Equal(got, want) {
		t.Errorf("signature %x, %v, want %x, %v", got, err, want, wantErr)
	}
}

func TestKeysStayShut(t *testing.T) {
	keys := newKeys(t)
	sealed, err := keys.Seal(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	other, err := newKeys(t).Seal(strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	ciphertext := bytes.Index(sealed, []byte(`"ciphertext":"`)) + len(`"ciphertext":"`)
	flipped := bytes.Clone(sealed)
	flipped[ciphertext] ^= 1 // another hex digit
	for name, b := range map[string][]byte{
		"empty": nil, "not json": []byte("secret"), "no keys": []byte("{}"), "other passphrase": other,
		"cut": sealed[:len(sealed)/2], "flipped": flipped,
	} {
		if _, err := OpenKeys(b, passphrase); !errors.Is(err, ErrKeys) {
			t.Errorf("%s: %v, want %v", name, err, ErrKeys)
		}
	}
}

func TestKeysPrintNoSecret(t *testing.T) {
	keys := newKeys(t)
	secret := string(keys.peer.PrivKey.Seed())
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		text := fmt.Sprintf(format, keys)
		if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) || !strings.HasPrefix(text, "oracle ") {
			t.Errorf("%s prints %q, want the signer only", format, text)
		}
	}
}

func TestSignaturesAreWhatPackageOracleVerifies(t *testing.T) {
	s := newStreet(t, 1)
	report, err := oracle.NewReport("street", s.genesis, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	digest := types.ConfigDigest(crypto.Keccak256([]byte("configuration")))
	a := oracle.Attestation{Report: report, ConfigDigest: digest, Sequence: 42}
	quorum := oracle.Quorum{ConfigDigest: digest, Faulty: 1}
	signed := ocr3types.ReportWithInfo[Info]{Report: oracle.AppendReport(nil, report)}
	for range 4 {
		keys := newKeys(t)
		ring := keyring{bundle: keys.bundle}
		signature, err := ring.Sign(digest, 42, signed)
		if err != nil {
			t.Fatal(err)
		}
		if !ring.Verify(ring.PublicKey(), digest, 42, signed, signature) {
			t.Error("own signature refused")
		}
		if ring.Verify(ring.PublicKey(), digest, 43, signed, signature) || ring.Verify(ring.PublicKey(), digest, 42, signed, signature[:64]) ||
			ring.Verify(ring.PublicKey()[:22], digest, 42, signed, signature) {
			t.Error("signature accepted for another round, cut short, or by half a key")
		}
		quorum.Signers = append(quorum.Signers, keys.Identity().Signer)
		if len(a.Signatures) < 2 {
			a.Signatures = append(a.Signatures, [oracle.SignatureSize]byte(signature))
		}
	}
	if err := quorum.Verify(a); err != nil {
		t.Errorf("quorum refuses: %v", err)
	}
}
