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

	// What follows may be left zero.
	MinQuantity energy.WattHours // of one order; 0 means Lot
	Lot         energy.WattHours // every quantity is a multiple of it; 0 means 1 Wh
	SelfTrade   SelfTrading      // of orders that leave it to the rule; ByRule means CancelNewest
	Collateral  Limiting         // of what members may owe
	Headroom    Limiting         // of what feeders may carry
}

// Limiting says what becomes of an order that exceeds a limit.
type Limiting uint8

const (
	// Unlimited: there is no limit, and nothing is reserved.
	Unlimited Limiting = iota
	// Refuse refuses the order.
	Refuse
	// Trim takes as much of the order as fits. An order of which nothing fits, and one to fill or kill, is refused.
	Trim
)

// Valid reports whether l is known.
func (l Limiting) Valid() bool { return l <= Trim }

// Retention is how long the market remembers the outcome of an order's identity at least, in milliseconds: 7 days.
// Books are open for a shorter time, so an order repeated later finds its interval shut.
const Retention = 7 * 24 * 3600 * 1000

// hasPrice reports whether some price keeps to both tick and collar.
func (r Rules) hasPrice() bool {
	low, high := r.ticks()
	return low <= high
}

// least is the smallest quantity of one order.
func (r Rules) least() energy.WattHours { return max(r.MinQuantity, r.lot()) }

// lot is the step of quantities.
func (r Rules) lot() energy.WattHours { return max(r.Lot, 1) }

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
	case !r.hasPrice():
		return fmt.Errorf("no multiple of the tick %s lies within %s to %s: %w", r.Tick, r.MinPrice, r.MaxPrice, ErrRules)
	case r.MaxQuantity <= 0 || r.MaxQuantity > energy.MaxEnergy:
		return fmt.Errorf("largest order %s: use 1 Wh to %s: %w", r.MaxQuantity, energy.MaxEnergy, ErrRules)
	case r.Lot < 0 || r.MinQuantity < 0 || r.least() > r.MaxQuantity || r.MinQuantity%r.lot() != 0 || r.MaxQuantity%r.lot() != 0:
		return fmt.Errorf("orders of %s to %s in steps of %s: both must be whole steps, the first the smaller: %w", r.MinQuantity, r.MaxQuantity, r.lot(), ErrRules)
	case !r.SelfTrade.Valid() || !r.Collateral.Valid() || !r.Headroom.Valid():
		return fmt.Errorf("self-trading %d, collateral %d, headroom %d: %w", r.SelfTrade, r.Collateral, r.Headroom, ErrRules)
	}
	return nil
}

// rulesDomain separates the hashed bytes of rules from all others. It ends in the version of the layout.
const rulesDomain = "wattle/rules/2"

// Digest names the rules: SHA-256 over domain, zone (32), length (u32), collar, tick, largest quantity, smallest
// quantity and lot (i64 each), self-trading, collateral and headroom (u8 each), big-endian.
func (r Rules) Digest() Digest {
	zone := r.Zone.Bytes()
	b := append([]byte(rulesDomain), zone[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(r.Length))
	for _, v := range []int64{int64(r.MinPrice), int64(r.MaxPrice), int64(r.Tick), int64(r.MaxQuantity), int64(r.MinQuantity), int64(r.Lot)} {
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	}
	b = append(b, byte(r.SelfTrade), byte(r.Collateral), byte(r.Headroom))
	return sha256.Sum256(b)
}
