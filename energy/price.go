package energy

import "fmt"

// Price is a price in 1e-6 currency units per kWh. It may be negative where a zone allows it.
type Price int64

// Money is an amount in 1e-9 currency units. Positive is received, negative is paid, where a sign matters.
type Money int64

const (
	// MaxPrice bounds a price on both sides of zero: 1000 currency units per kWh.
	MaxPrice Price = 1e9

	_ = Money(MaxEnergy) * Money(MaxPrice) // compiles only while it fits int64
)

// Valid reports whether p lies within -MaxPrice and MaxPrice.
func (p Price) Valid() bool { return p >= -MaxPrice && p <= MaxPrice }

// Cost is exact: 1 Wh at 1e-6/kWh is 1e-9. The operands must lie within MaxEnergy and MaxPrice.
func (p Price) Cost(e WattHours) Money { return Money(p) * Money(e) }

// Add returns m+other, or ErrRange if the sum does not fit int64.
func (m Money) Add(other Money) (Money, error) {
	sum, err := addInt64(int64(m), int64(other))
	return Money(sum), err
}

// Sub returns m-other, or ErrRange if the difference does not fit int64.
func (m Money) Sub(other Money) (Money, error) {
	diff, err := subInt64(int64(m), int64(other))
	return Money(diff), err
}

// Split divides m into one share per weight so that the shares sum to m exactly: each gets its proportional part
// rounded towards zero, and what is left goes unit by unit to the largest remainders, ties to the earlier weight
// (Hamilton's method). Weights must not be negative and their sum must be positive and fit int64.
func (m Money) Split(weights []int64) ([]Money, error) {
	shares, err := split(int64(m), weights)
	if err != nil {
		return nil, fmt.Errorf("split %d: %w", int64(m), err)
	}
	out := make([]Money, len(shares))
	for i, s := range shares {
		out[i] = Money(s)
	}
	return out, nil
}

// Split divides e like Money.Split.
func (e WattHours) Split(weights []int64) ([]WattHours, error) {
	shares, err := split(int64(e), weights)
	if err != nil {
		return nil, fmt.Errorf("split %d Wh: %w", int64(e), err)
	}
	out := make([]WattHours, len(shares))
	for i, s := range shares {
		out[i] = WattHours(s)
	}
	return out, nil
}
