package charging

import (
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// ErrPurchases is returned for purchases that are not the session's energy.
var ErrPurchases = problem.New(problem.Invalid, "what was bought is not what was charged")

// Purchase is energy that was bought for a session in one delivery interval.
type Purchase struct {
	Interval energy.Interval
	Seller   energy.Member // a neighbour, the owner's own roof or the residual supplier
	Energy   energy.WattHours
	Price    energy.Price
	Network  energy.Money // what the wires charge for it, not negative
	Carbon   int64        // g of CO₂ per kWh
}

// Receipt is what a driver gets and who is paid. Total = Owner + what the purchases cost + Network + Fees + Bill.Tax, to the last unit.
type Receipt struct {
	Session   string
	Station   string
	Energy    energy.WattHours
	Bill      Bill
	Purchases []Purchase
	Sellers   energy.Money // for energy, all together
	Network   energy.Money
	Fees      energy.Money // the platform's
	Owner     energy.Money // what is left; negative: the card asks for less than the energy cost, and the owner pays the rest
	Carbon    int64        // mg of CO₂
}

// Settle makes the receipt of a session that has ended. Each delivery interval's energy must have been bought exactly. A settled session
// answers with the receipt it has.
func (s *Session) Settle(length energy.Length, purchases []Purchase, fees energy.Money) (Receipt, error) {
	switch {
	case s.state == Settled:
		return s.receipt, nil
	case s.state != Ended:
		return Receipt{}, fmt.Errorf("settle session %s, which is %s: %w", s.terms.Session, s.state, ErrState)
	case fees < 0 || fees > maxFees:
		return Receipt{}, fmt.Errorf("fees %s: %w", fees, ErrPurchases)
	}
	r := Receipt{Session: s.terms.Session, Station: s.station, Energy: s.Energy(), Purchases: append([]Purchase(nil), purchases...), Fees: fees}
	if err := r.sum(s.Intervals(length)); err != nil {
		return Receipt{}, fmt.Errorf("session %s: %w", s.terms.Session, err)
	}
	var err error
	if r.Bill, err = s.terms.Tariff.Price(s.Periods(length)); err != nil {
		return Receipt{}, fmt.Errorf("session %s: %w", s.terms.Session, err)
	}
	r.Owner = r.Bill.Total - r.Sellers - r.Network - r.Fees - r.Bill.Tax
	s.state, s.receipt = Settled, r
	return r, nil
}

const (
	maxFees      = energy.Money(1e15) // a million of the currency
	maxPurchases = 1_000_000
	maxCarbon    = 10_000 // g per kWh: ten times the worst coal
)

// sum adds up the purchases and compares them with what was charged.
func (r *Receipt) sum(shares []Share) error {
	left := map[energy.Interval]energy.WattHours{}
	for _, share := range shares {
		left[share.Interval] = share.Energy
	}
	if len(r.Purchases) > maxPurchases {
		return fmt.Errorf("%d purchases: %w", len(r.Purchases), ErrPurchases)
	}
	for _, p := range r.Purchases {
		if p.Energy <= 0 || !p.Price.Valid() || p.Network < 0 || p.Network > maxFees || p.Carbon < 0 || p.Carbon > maxCarbon {
			return fmt.Errorf("%s from %s: out of range: %w", p.Interval, p.Seller, ErrPurchases)
		}
		if p.Energy > left[p.Interval] {
			return fmt.Errorf("%s: bought %s more than charged: %w", p.Interval, p.Energy-left[p.Interval], ErrPurchases)
		}
		left[p.Interval] -= p.Energy
		r.Sellers += p.Price.Cost(p.Energy)
		var err error
		if r.Network, err = r.Network.Add(p.Network); err != nil {
			return err
		}
		r.Carbon += p.Carbon * int64(p.Energy)
	}
	for _, share := range shares {
		if missing := left[share.Interval]; missing > 0 {
			return fmt.Errorf("%s: %s were charged and not bought: %w", share.Interval, missing, ErrPurchases)
		}
	}
	return nil
}
