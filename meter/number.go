package meter

import (
	"math"

	"github.com/shopspring/decimal"
)

// Number is an exact decimal: Units times ten to the power of Exponent.
type Number struct {
	Units    int64
	Exponent int
}

// places counts the number in 10^-digits: the whole part, cut off towards minus infinity, and 1 where what was cut
// off is a half or more. It reports false where the count does not fit int64.
func (n Number) places(digits int) (whole, half int64, ok bool) {
	shift := n.Exponent + digits
	whole = n.Units
	for ; shift > 0 && whole != 0; shift-- {
		if whole > math.MaxInt64/10 || whole < math.MinInt64/10 {
			return 0, 0, false
		}
		whole *= 10
	}
	unit := int64(1)
	for ; shift < 0; shift++ {
		if unit > math.MaxInt64/10 {
			return 0, 0, false
		}
		unit *= 10
	}
	rest := whole % unit
	whole /= unit
	if rest < 0 {
		rest += unit
		whole--
	}
	if unit > 1 && rest >= unit-rest {
		half = 1
	}
	return whole, half, true
}

// Times is the number times units and ten to the power of exponent. It reports false where that does not fit.
func (n Number) Times(units int64, exponent int) (Number, bool) {
	product := n.Units * units
	if units != 0 && (product/units != n.Units || units == -1 && n.Units == math.MinInt64) {
		return Number{}, false
	}
	return Number{product, n.Exponent + exponent}, true
}

// Negative reports whether the number is below zero.
func (n Number) Negative() bool { return n.Units < 0 }

// Floor counts the number in 10^-digits, cut off towards minus infinity: differences of cut-off registers telescope.
// It reports false where the count does not fit int64.
func (n Number) Floor(digits int) (int64, bool) {
	whole, _, ok := n.places(digits)
	return whole, ok
}

// Round counts the number in 10^-digits, to the nearest, half up.
func (n Number) Round(digits int) (int64, bool) {
	whole, half, ok := n.places(digits)
	return whole + half, ok
}

// String is the number as a plain decimal.
func (n Number) String() string { return decimal.New(n.Units, int32(n.Exponent)).String() }

// MarshalJSON writes the number as JSON's number, digit for digit.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(n.String()), nil }

// finest is how many binary digits after the point of a float32 are kept. No register measures finer than 2^-16, and
// up to there every float32 is an exact decimal that fits.
const finest = 16

// Float32 is the value of the IEEE 754 binary32 bits, rounded half to even at 2^-finest. It reports false for NaN,
// infinity and what does not fit.
func Float32(word uint32) (Number, bool) {
	exponent := int(word >> 23 & 0xff)
	mantissa := int64(word & (1<<23 - 1))
	switch exponent {
	case 0xff:
		return Number{}, false
	case 0:
		exponent = 1 // subnormal
	default:
		mantissa |= 1 << 23
	}
	shift := exponent - 127 - 23 // value = mantissa * 2^shift
	if shift < -finest {
		mantissa = halfToEven(mantissa, -finest-shift)
		shift = -finest
	}
	if shift > 62-24 {
		return Number{}, mantissa == 0
	}
	n := Number{Units: mantissa}
	for ; shift > 0; shift-- {
		n.Units *= 2
	}
	for ; shift < 0; shift++ { // m*2^-k = m*5^k*10^-k
		if n.Units%2 == 0 {
			n.Units /= 2
		} else {
			n.Units *= 5
			n.Exponent--
		}
	}
	if word>>31 != 0 {
		n.Units = -n.Units
	}
	return n, true
}

// halfToEven is v / 2^by for a v of 24 bits.
func halfToEven(v int64, by int) int64 {
	if by > 30 {
		return 0
	}
	whole, rest, half := v>>by, v&(1<<by-1), int64(1)<<(by-1)
	if rest > half || rest == half && whole&1 == 1 {
		whole++
	}
	return whole
}
