package meter

import (
	"crypto/ed25519"
	"fmt"

	"github.com/wattle/wattle/internal/problem"
)

// ErrSignature is returned for a reading whose signature is not its device's.
var ErrSignature = problem.New(problem.Denied, "signature is not the device's")

// Sign signs r with the device's key. The reading's Device field is set to the key's public half.
func Sign(key ed25519.PrivateKey, r Reading) SignedReading {
	r.Device = [32]byte(key.Public().(ed25519.PublicKey))
	s := SignedReading{Reading: r}
	copy(s.Signature[:], ed25519.Sign(key, AppendReading(nil, r)))
	return s
}

// Verify checks the signature under the device named in the reading. Whether that device may speak for the meter is
// the registry's to say.
func (s SignedReading) Verify() error {
	if !ed25519.Verify(s.Device[:], AppendReading(nil, s.Reading), s.Signature[:]) {
		return fmt.Errorf("meter %s counter %d: %w", s.Meter, s.Counter, ErrSignature)
	}
	return nil
}
