package ocr

import (
	"crypto/ed25519"
	"encoding/binary"

	"github.com/smartcontractkit/libocr/offchainreporting2plus/ocr3types"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"
	ragetypes "github.com/smartcontractkit/libocr/ragep2p/types"

	"github.com/smartcontractkit/chainlink/v2/core/services/keystore/keys/ocr2key"
	"github.com/smartcontractkit/chainlink/v2/core/services/keystore/keys/p2pkey"

	"github.com/wattle/wattle/oracle"
)

// evmKey is the type of an EVM key among the keys of a multi-chain oracle (chainlink chaintype.EVM.Type()).
const evmKey = 1

// encodedSignerSize is the length of an encoded signer: type 1, length 2, address 20.
const encodedSignerSize = 3 + 20

// encodeSigner is a signer in the form that OCR3Capability.setConfig takes: key type, length little-endian, key.
func encodeSigner(s oracle.Signer) []byte {
	b := binary.LittleEndian.AppendUint16([]byte{evmKey}, uint16(len(s)))
	return append(b, s[:]...)
}

// decodeSigner reads what encodeSigner wrote.
func decodeSigner(b []byte) (oracle.Signer, bool) {
	if len(b) != encodedSignerSize || b[0] != evmKey || binary.LittleEndian.Uint16(b[1:]) != 20 {
		return oracle.Signer{}, false
	}
	return oracle.Signer(b[3:]), true
}

// keyring lets chainlink's key bundle sign the reports of OCR3: attestations, and settlements that this oracle recomputed.
type keyring struct {
	bundle    ocr2key.KeyBundle
	recounted *recounted
}

func (k keyring) PublicKey() types.OnchainPublicKey {
	return encodeSigner(oracle.Signer(k.bundle.PublicKey()))
}

func (k keyring) Sign(digest types.ConfigDigest, sequence uint64, r ocr3types.ReportWithInfo[Info]) ([]byte, error) {
	if len(r.Report) != oracle.ReportSize { // the bytes say what it is, as they are what is signed
		settled, err := oracle.DecodeSettlementReport(r.Report)
		if err == nil {
			err = k.recounted.check(settled)
		}
		if err != nil {
			return nil, err
		}
	}
	return k.bundle.Sign3(digest, sequence, r.Report)
}

func (k keyring) Verify(
	key types.OnchainPublicKey, digest types.ConfigDigest, sequence uint64, r ocr3types.ReportWithInfo[Info], signature []byte,
) bool {
	signer, ok := decodeSigner(key)
	return ok && k.bundle.Verify3(signer[:], digest, sequence, r.Report, signature)
}

func (k keyring) MaxSignatureLength() int { return oracle.SignatureSize }

// peerKeyring signs for the peer without giving its key away.
type peerKeyring struct{ key p2pkey.KeyV2 }

func (p peerKeyring) Sign(message []byte) ([]byte, error) {
	return ed25519.Sign(p.key.PrivKey, message), nil
}

func (p peerKeyring) PublicKey() ragetypes.PeerPublicKey {
	return ragetypes.PeerPublicKey(p.key.PrivKey.Public().(ed25519.PublicKey))
}
