package settlement

import (
	"fmt"
	"math/bits"

	"github.com/wattle/wattle/energy"
)

// Rate is a share in 1e-6: 200_000 is 20 %. It lies within 0 and MaxRate.
type Rate int64

// MaxRate is the whole of something.
const MaxRate Rate = 1e6

// part is the rate's part of an amount >= 0, rounded half to even. It is the one rounding of settlement: prices times
// energy are exact.
func part[T ~int64](r Rate, amount T) T {
	hi, lo := bits.Mul64(uint64(amount), uint64(r))
	q, rest := bits.Div64(hi, lo, uint64(MaxRate)) // r <= MaxRate, so the quotient fits
	if rest > uint64(MaxRate)/2 || rest == uint64(MaxRate)/2 && q%2 == 1 {
		q++
	}
	return T(q)
}

// Class says how far a buyer is from a seller on the wires: 1 is the nearest. Class 0 is the whole network: energy of
// the residual supplier, and a pair without a class.
type Class uint8

// Pair is a buyer and a seller.
type Pair struct{ Buyer, Seller energy.Member }

// Tariff is what the residual supplier, the network, the platform and the state take and give in one interval. The
// zero value of everything but Import and Export is a tariff without it. All prices are net of VAT.
type Tariff struct {
	Import   energy.Price   // the supplier sells a missing kWh at this price
	Export   energy.Price   // the supplier buys a surplus kWh at this price; at most Import
	Network  energy.Price   // of class 0, for a kWh imported, >= 0
	Local    []energy.Price // of class 1, 2 …, for a kWh imported that was bought from a neighbour; each 0 to Network
	Levy     energy.Price   // for a kWh imported, >= 0
	Fee      energy.Price   // the platform's, paid by the buyer of a kWh traded, >= 0
	FeeShare Rate           // the platform's, paid by the buyer, of what a trade costs
	Band     Rate           // the part of a net position that may fail without Markup
	Markup   energy.Price   // for a kWh of the net position that failed beyond Band, >= 0
	VAT      map[Leg]Rate   // by Leg.TaxedAs; nil where no VAT is booked, else a rate for every taxed leg
}

// maxClass bounds the distance classes of a tariff.
const maxClass = 16

// Validate refuses a tariff with which a household could earn by deviating, and one that lacks a rate of VAT.
func (t Tariff) Validate() error {
	if !t.Import.Valid() || !t.Export.Valid() || t.Export > t.Import {
		return fmt.Errorf("tariff import %s export %s: export must not exceed import: %w", t.Import, t.Export, ErrCase)
	}
	for _, p := range []energy.Price{t.Network, t.Levy, t.Fee, t.Markup} {
		if p < 0 || !p.Valid() {
			return fmt.Errorf("tariff network %s levy %s fee %s markup %s: none may be negative: %w", t.Network, t.Levy, t.Fee, t.Markup, ErrCase)
		}
	}
	if len(t.Local) > maxClass {
		return fmt.Errorf("tariff with %d distance classes, at most %d: %w", len(t.Local), maxClass, ErrCase)
	}
	for i, p := range t.Local {
		if p < 0 || p > t.Network {
			return fmt.Errorf("tariff network class %d %s: use 0 to %s, that of energy from afar: %w", i+1, p, t.Network, ErrCase)
		}
	}
	if t.FeeShare < 0 || t.FeeShare > MaxRate || t.Band < 0 || t.Band > MaxRate {
		return fmt.Errorf("tariff fee share %d band %d: use 0 to %d: %w", t.FeeShare, t.Band, MaxRate, ErrCase)
	}
	return t.validateVAT()
}

func (t Tariff) validateVAT() error {
	if t.VAT == nil {
		return nil
	}
	for _, leg := range taxed {
		rate, ok := t.VAT[leg]
		switch {
		case !ok:
			return fmt.Errorf("tariff names no VAT rate for %s: %w", leg, ErrCase)
		case rate < 0 || rate > MaxRate:
			return fmt.Errorf("tariff VAT rate %d for %s: use 0 to %d: %w", rate, leg, MaxRate, ErrCase)
		}
	}
	return nil
}

// class is the network price of a class; a class without a price costs like class 0.
func (t Tariff) class(c Class) energy.Price {
	if c == 0 || int(c) > len(t.Local) {
		return t.Network
	}
	return t.Local[c-1]
}
