// Package energy is the vocabulary of Wattle: exact quantities of energy, power, price and money,
// delivery intervals, and the identities of zones, members and meters.
//
// Everything is an int64 in a unit chosen so that the arithmetic of the market is exact:
//
//	WattHours  1 Wh
//	Watts      1 W
//	Price      1e-6 currency units per kWh
//	Money      1e-9 currency units
//
// One Wh at one Price unit is one Money unit, so energy times price needs no rounding. The only rounding in the
// system is that of a payout to cents, half to even. Decimals exist at the borders, where people and APIs are.
package energy
