package ocmf

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"github.com/wattle/wattle/internal/problem"
)

var (
	// ErrKey is returned for text that is not a public key, and for a key that does not belong to the record's curve.
	ErrKey = problem.New(problem.Invalid, "not a public key for this record")

	// ErrSignature is returned for a record whose signature is not its payload's under the key.
	ErrSignature = problem.New(problem.Denied, "the signature does not fit: the record was changed, or the key is another meter's")
)

// Key is a meter's public key. It comes from the meter's nameplate or a register of keys, never from the record it verifies.
type Key struct {
	curve *curve // nil for coordinates alone: then the record says which
	xy    []byte // both coordinates, big-endian, of equal length
}

// publicKey is SubjectPublicKeyInfo of RFC 5480.
type publicKey struct {
	Algorithm struct {
		Algorithm asn1.ObjectIdentifier
		Curve     asn1.ObjectIdentifier
	}
	Point asn1.BitString
}

var ecPublicKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}

// maxKey bounds the text of a key: one of 384 bits has 240 hexadecimal digits.
const maxKey = 1024

// ParseKey reads a key in hexadecimal or base64: as SubjectPublicKeyInfo, as an uncompressed point (04, X, Y), or as coordinates
// alone (X, Y).
func ParseKey(text string) (*Key, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxKey {
		return nil, fmt.Errorf("%d characters, at most %d: %w", len(text), maxKey, ErrKey)
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		if raw, err = base64.StdEncoding.DecodeString(text); err != nil {
			return nil, fmt.Errorf("neither hexadecimal nor base64: %w", ErrKey)
		}
	}
	var info publicKey
	if rest, err := asn1.Unmarshal(raw, &info); err == nil && len(rest) == 0 {
		return keyOfInfo(info)
	}
	if len(raw)%2 == 1 && raw[0] == 4 {
		raw = raw[1:]
	}
	if len(raw) == 0 || len(raw)%2 == 1 {
		return nil, fmt.Errorf("neither SubjectPublicKeyInfo nor a point: %w", ErrKey)
	}
	return &Key{xy: raw}, nil
}

func keyOfInfo(info publicKey) (*Key, error) {
	c := curveOfOID(info.Algorithm.Curve)
	if !info.Algorithm.Algorithm.Equal(ecPublicKey) || c == nil {
		return nil, fmt.Errorf("algorithm %v with curve %v is not known: %w", info.Algorithm.Algorithm, info.Algorithm.Curve, ErrKey)
	}
	point := info.Point.RightAlign()
	if len(point) != 1+2*c.size() || point[0] != 4 {
		return nil, fmt.Errorf("not an uncompressed point of %s: %w", c.name, ErrKey)
	}
	k := &Key{c, point[1:]}
	_, _, err := k.on(c)
	return k, err
}

// on returns the key's coordinates as a point of a curve.
func (k *Key) on(c *curve) (x, y *big.Int, err error) {
	if k.curve != nil && k.curve != c {
		return nil, nil, fmt.Errorf("the key is of %s, the record says %s: %w", k.curve.name, c.name, ErrKey)
	}
	half := len(k.xy) / 2
	x, y = new(big.Int).SetBytes(k.xy[:half]), new(big.Int).SetBytes(k.xy[half:])
	if half != c.size() || !c.holds(x, y) {
		return nil, nil, fmt.Errorf("the key is not a point of %s: %w", c.name, ErrKey)
	}
	return x, y, nil
}

// Verify checks the record's signature.
func (r *Record) Verify(k *Key) error {
	x, y, err := k.on(r.curve)
	if err != nil {
		return err
	}
	var signature struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(r.signature, &signature); err != nil || len(rest) > 0 {
		return fmt.Errorf("it is not DER: %w", ErrSignature)
	}
	digest := sha256.Sum256(r.payload)
	var verified bool
	if group := r.curve.standard; group != nil {
		verified = ecdsa.VerifyASN1(&ecdsa.PublicKey{Curve: group, X: x, Y: y}, digest[:], r.signature)
	} else {
		verified = r.curve.verify(x, y, digest[:], signature.R, signature.S)
	}
	if !verified {
		return ErrSignature
	}
	return nil
}
