package ocr

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
)

func TestProofIsMadeByAllKeys(t *testing.T) {
	keys, other := newKeys(t), newKeys(t)
	proof, err := keys.Prove([32]byte{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := proof.Verify(); err != nil {
		t.Errorf("own proof: %v", err)
	}
	foreign, err := other.Prove(proof.Challenge)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Proof){
		"another challenge":    func(p *Proof) { p.Challenge[31] ^= 1 },
		"another signer":       func(p *Proof) { p.Identity.Signer = foreign.Identity.Signer },
		"another protocol key": func(p *Proof) { p.Identity.Offchain = foreign.Identity.Offchain },
		"another decryptor":    func(p *Proof) { p.Identity.Encryption = foreign.Identity.Encryption },
		"another peer":         func(p *Proof) { p.Identity.Peer = foreign.Identity.Peer },
		"no peer":              func(p *Proof) { p.Identity.Peer = "nobody" },
		"foreign report":       func(p *Proof) { p.Report = foreign.Report },
		"foreign protocol":     func(p *Proof) { p.Protocol = foreign.Protocol },
		"foreign network":      func(p *Proof) { p.Network = foreign.Network },
		"no signature":         func(p *Proof) { p.Report = [65]byte{} },
		"impossible recovery":  func(p *Proof) { p.Report[64] = 9 },
	} {
		changed := proof
		change(&changed)
		if err := changed.Verify(); !errors.Is(err, ErrProof) {
			t.Errorf("%s: got %v, want %v", name, err, ErrProof)
		}
	}
}

func TestProofMessageIsAsWritten(t *testing.T) {
	id := Identity{Peer: "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp"}
	for i := range id.Offchain {
		id.Offchain[i], id.Encryption[i] = byte(0x40+i), byte(0x80+i)
	}
	for i := range id.Signer {
		id.Signer[i] = byte(0x20 + i)
	}
	message, _, err := proofMessage([32]byte(bytes.Repeat([]byte{7}, 32)), id)
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("testdata/proof.golden")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := hex.EncodeToString(message), strings.TrimSpace(string(golden)); got != want {
		t.Errorf("message\n%s, want\n%s", got, want)
	}
}
