package exchange

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// Digest is a SHA-256 digest.
type Digest [32]byte

// Rules are what a zone's market allows. They are part of the market's state: a log replayed under other rules is
// another market.
type Rules struct {
	Zone        energy.Zone
	Length      energy.Length    // of every delivery interval
	MinPrice    energy.Price     // the collar: the lowest limit an order may have; negative where the zone allows it
	MaxPrice    energy.Price     // the collar: the highest limit
	Tick        energy.Price     // every price is a multiple of it, counted from zero
	MaxQuantity energy.WattHours // of one order
}

// ErrRules is returned for rules no market can run under.
var ErrRules = problem.New(problem.Invalid, "unusable market rules")

// Validate checks that a market can run under r.
func (r Rules) Validate() error {
	if _, err := energy.ParseZone(string(r.Zone)); err != nil {
		return fmt.Errorf("zone %q: %w: %w", r.Zone, err, ErrRules)
	}
	switch {
	case !r.Length.Valid():
		return fmt.Errorf("interval of %d s: use 60, 300, 900, 1800 or 3600: %w", r.Length, ErrRules)
	case !r.MinPrice.Valid() || !r.MaxPrice.Valid() || r.MinPrice > r.MaxPrice:
		return fmt.Errorf("collar %s to %s: the first must not exceed the second, both within %s: %w", r.MinPrice, r.MaxPrice, energy.MaxPrice, ErrRules)
	case r.Tick <= 0 || r.Tick > energy.MaxPrice:
		return fmt.Errorf("tick %s: use a positive price step: %w", r.Tick, ErrRules)
	case r.MaxQuantity <= 0 || r.MaxQuantity > energy.MaxEnergy:
		return fmt.Errorf("largest order %s: use 1 Wh to %s: %w", r.MaxQuantity, energy.MaxEnergy, ErrRules)
	}
	return nil
}

// rulesDomain separates the hashed bytes of rules from all others. It ends in the version of the layout.
const rulesDomain = "wattle/rules/1"

// Digest names the rules: SHA-256 over domain, zone (32), length (u32), collar, tick and largest quantity (i64 each),
// big-endian.
func (r Rules) Digest() Digest {
	zone := r.Zone.Bytes()
	b := append([]byte(rulesDomain), zone[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(r.Length))
	for _, v := range []int64{int64(r.MinPrice), int64(r.MaxPrice), int64(r.Tick), int64(r.MaxQuantity)} {
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	}
	return sha256.Sum256(b)
}
