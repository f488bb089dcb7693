package energy

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/wattle/wattle/internal/problem"
)

// Decimal places of each unit seen from the unit people use.
const (
	energyPlaces = 3 // 1 kWh = 1e3 Wh
	pricePlaces  = 6 // 1 currency unit per kWh = 1e6 Price
	moneyPlaces  = 9 // 1 currency unit = 1e9 Money
)

// maxDecimalLength bounds what is handed to the decimal parser: no valid quantity needs more characters.
const maxDecimalLength = 40

// ErrInexact is returned for a decimal that is finer than the unit it is read into.
var ErrInexact = problem.New(problem.Invalid, "finer than the smallest unit")

// ErrSyntax is returned for text that is not a plain decimal number.
var ErrSyntax = problem.New(problem.Invalid, "not a decimal number")

// ParseKilowattHours reads kWh, such as "3.412", into Wh. It refuses signs below zero, amounts over MaxEnergy and
// fractions of a Wh.
func ParseKilowattHours(text string) (WattHours, error) {
	v, err := parseDecimal(text, energyPlaces)
	if err != nil {
		return 0, fmt.Errorf("energy %q: %w", text, err)
	}
	if e := WattHours(v); e.Valid() {
		return e, nil
	}
	return 0, fmt.Errorf("energy %q: %w", text, ErrRange)
}

// ParsePrice reads currency units per kWh, such as "0.1820", into a Price.
func ParsePrice(text string) (Price, error) {
	v, err := parseDecimal(text, pricePlaces)
	if err != nil {
		return 0, fmt.Errorf("price %q: %w", text, err)
	}
	if p := Price(v); p.Valid() {
		return p, nil
	}
	return 0, fmt.Errorf("price %q: %w", text, ErrRange)
}

// ParseMoney reads currency units, such as "12.34", into Money.
func ParseMoney(text string) (Money, error) {
	v, err := parseDecimal(text, moneyPlaces)
	if err != nil {
		return 0, fmt.Errorf("money %q: %w", text, err)
	}
	return Money(v), nil
}

// KilowattHours is the energy as a decimal in kWh.
func (e WattHours) KilowattHours() decimal.Decimal { return decimal.New(int64(e), -energyPlaces) }

// Decimal is the price in currency units per kWh.
func (p Price) Decimal() decimal.Decimal { return decimal.New(int64(p), -pricePlaces) }

// Decimal is the amount in currency units.
func (m Money) Decimal() decimal.Decimal { return decimal.New(int64(m), -moneyPlaces) }

// RoundCents is the amount in currency units at payout: two places, half to even.
func (m Money) RoundCents() decimal.Decimal { return m.Decimal().RoundBank(2) }

// String prints the energy in Wh with its unit.
func (e WattHours) String() string { return fmt.Sprintf("%dWh", int64(e)) }

// String prints the power in W with its unit.
func (w Watts) String() string { return fmt.Sprintf("%dW", int64(w)) }

// String prints the price in currency units per kWh with at least four places.
func (p Price) String() string { return fixed(p.Decimal(), 4) }

// String prints the amount in currency units with at least two places.
func (m Money) String() string { return fixed(m.Decimal(), 2) }

func fixed(d decimal.Decimal, least int32) string {
	places := least
	for places < moneyPlaces && !d.Round(places).Equal(d) {
		places++
	}
	return d.StringFixed(places)
}

// parseDecimal reads text exactly as value*10^-places. Exponents are refused: a short text could ask for a number
// with a billion digits.
func parseDecimal(text string, places int32) (int64, error) {
	if text == "" || len(text) > maxDecimalLength {
		return 0, ErrSyntax
	}
	for i, c := range []byte(text) {
		if (c < '0' || c > '9') && c != '.' && !(i == 0 && (c == '-' || c == '+')) {
			return 0, ErrSyntax
		}
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return 0, ErrSyntax
	}
	scaled := d.Shift(places)
	if !scaled.IsInteger() {
		return 0, ErrInexact
	}
	whole := scaled.BigInt()
	if !whole.IsInt64() {
		return 0, ErrRange
	}
	return whole.Int64(), nil
}
