package energy

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/wattle/wattle/internal/problem"
)

// WattHours is an amount of energy in Wh. Import and export are two non-negative amounts, never one signed one
// (IEC 62056-61, OBIS 1.8.0 and 2.8.0); differences may be negative.
type WattHours int64

// Watts is active power in W.
type Watts int64

const (
	// MaxEnergy is the most energy one order, reading difference or delivery may carry: 1 GWh.
	MaxEnergy WattHours = 1e9
	// MaxPower is the largest power of one connection: 1 GW.
	MaxPower Watts = 1e9
)

// ErrRange is returned for a quantity outside the limits of this package.
var ErrRange = problem.New(problem.Invalid, "quantity out of range")

// Valid reports whether e is an amount of energy: within 0 and MaxEnergy.
func (e WattHours) Valid() bool { return e >= 0 && e <= MaxEnergy }

// Add returns e+other, or ErrRange if the sum does not fit int64.
func (e WattHours) Add(other WattHours) (WattHours, error) {
	sum, err := addInt64(int64(e), int64(other))
	return WattHours(sum), err
}

// Sub returns e-other, or ErrRange if the difference does not fit int64.
func (e WattHours) Sub(other WattHours) (WattHours, error) {
	diff, err := subInt64(int64(e), int64(other))
	return WattHours(diff), err
}

// Short returns how much e falls short of want: max(0, want-e).
func (e WattHours) Short(want WattHours) WattHours { return max(0, want-e) }

// Over returns the energy that power w moves in d, rounded towards zero, or ErrRange where it does not fit.
func (w Watts) Over(d time.Duration) (WattHours, error) {
	if d < 0 {
		return 0, fmt.Errorf("energy over %s: %w", d, ErrRange)
	}
	hi, lo := bits.Mul64(magnitude(int64(w)), uint64(d))
	if hi >= uint64(time.Hour) {
		return 0, fmt.Errorf("%d W over %s: %w", int64(w), d, ErrRange)
	}
	wh, _ := bits.Div64(hi, lo, uint64(time.Hour))
	switch {
	case w < 0 && wh <= 1<<63:
		return -WattHours(wh), nil // also right for 1<<63, the smallest int64
	case w >= 0 && wh < 1<<63:
		return WattHours(wh), nil
	}
	return 0, fmt.Errorf("%d W over %s: %w", int64(w), d, ErrRange)
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return uint64(-(v + 1)) + 1 // also right for the smallest int64
	}
	return uint64(v)
}

func addInt64(a, b int64) (int64, error) {
	sum := a + b
	if (sum > a) != (b > 0) && b != 0 {
		return 0, fmt.Errorf("%d + %d: %w", a, b, ErrRange)
	}
	return sum, nil
}

func subInt64(a, b int64) (int64, error) {
	diff := a - b
	if (diff < a) != (b > 0) && b != 0 {
		return 0, fmt.Errorf("%d - %d: %w", a, b, ErrRange)
	}
	return diff, nil
}
