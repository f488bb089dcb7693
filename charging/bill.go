package charging

import (
	"fmt"
	"math/big"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// ErrPeriods is returned for periods that are not those of one session.
var ErrPeriods = problem.New(problem.Invalid, "these periods are not those of one session")

// Line is what one price of a tariff comes to.
type Line struct {
	Kind     Kind
	Price    energy.Price
	Measured int64 // Wh or seconds, grace left out; 1 of a session
	Billed   int64 // rounded up to the step
	VAT      VAT
	Amount   energy.Money // with tax where the tariff's prices contain it
}

// Tax is the tax at one rate.
type Tax struct {
	VAT      VAT
	Net, Tax energy.Money
}

// Bill is what a session costs. Net + Tax + Rounding = Total.
type Bill struct {
	Currency string
	Lines    []Line
	Taxes    []Tax
	Net, Tax energy.Money
	Rounding energy.Money // what rounding the total to cents added, at most half a cent up or down
	Total    energy.Money // what the driver pays: whole cents
}

// Price prices a session. No period is no session: it costs nothing, not even the minimum.
func (t Tariff) Price(periods []Period) (Bill, error) {
	if err := t.Validate(); err != nil {
		return Bill{}, err
	}
	if err := follow(periods); err != nil {
		return Bill{}, err
	}
	b := Bill{Currency: t.Currency}
	if len(periods) == 0 {
		return b, nil
	}
	b.Lines = t.lines(periods)
	if err := t.limit(&b); err != nil {
		return Bill{}, err
	}
	t.tax(&b)
	return b, nil
}

// follow checks that each period begins where the last one ended.
func follow(periods []Period) error {
	var total energy.WattHours
	for i, p := range periods {
		switch {
		case p.End.Before(p.Start) || p.Start.Nanosecond() != 0 || p.End.Nanosecond() != 0:
			return fmt.Errorf("period %d: want whole seconds, forward: %w", i+1, ErrPeriods)
		case i > 0 && !p.Start.Equal(periods[i-1].End):
			return fmt.Errorf("period %d does not begin where the last one ended: %w", i+1, ErrPeriods)
		case p.End.Sub(periods[0].Start) > maxSession:
			return fmt.Errorf("more than a year: %w", ErrPeriods)
		case !p.Energy.Valid() || total+p.Energy > energy.MaxEnergy:
			return fmt.Errorf("period %d: energy out of range: %w", i+1, ErrPeriods)
		}
		total += p.Energy
	}
	return nil
}

// usage counts what each component is used for, in the order of first use.
type usage struct {
	order []place
	count map[place]int64
	last  [AtLeast]place // the component of a kind that was used last
	total [AtLeast]int64
}

func (u *usage) add(k Kind, p place, quantity int64) {
	if _, ok := u.count[p]; !ok {
		u.order = append(u.order, p)
	}
	u.count[p] += quantity
	u.last[k] = p
	u.total[k] += quantity
}

func (t Tariff) lines(periods []Period) []Line {
	u := usage{count: map[place]int64{}}
	now := position{began: periods[0].Start}
	if p, ok := t.active(PerSession, now.began, now); ok {
		u.add(PerSession, p, 1)
	}
	for _, period := range periods {
		length := period.End.Sub(period.Start)
		if p, ok := t.active(PerEnergy, period.Start, now); ok && period.Energy > 0 {
			u.add(PerEnergy, p, int64(period.Energy))
		}
		kind, free := PerCharging, time.Duration(0)
		if period.Parking {
			kind = PerParking
		}
		if p, ok := t.active(kind, period.Start, now); ok {
			free = min(length, max(0, t.at(p).Grace-now.parked))
			if length > free {
				u.add(kind, p, int64((length-free)/time.Second))
			}
		}
		if period.Parking {
			now.parked += length
		}
		now.energy += period.Energy
	}
	extra := map[place]int64{}
	t.step(&u, PerEnergy, extra)
	// Steps of time count once for both kinds: where parking is billed, only parking is rounded.
	if u.total[PerParking] > 0 {
		t.step(&u, PerParking, extra)
	} else {
		t.step(&u, PerCharging, extra)
	}
	lines := make([]Line, 0, len(u.order))
	for _, p := range u.order {
		c, measured := t.at(p), u.count[p]
		billed := measured + extra[p]
		lines = append(lines, Line{c.Kind, c.Price, measured, billed, c.VAT, amount(c, billed)})
	}
	return lines
}

// step rounds the total of a kind up to the step of the component used last, at that component's price.
func (t Tariff) step(u *usage, k Kind, extra map[place]int64) {
	if total := u.total[k]; total > 0 {
		if step := t.at(u.last[k]).Step; step > 1 {
			extra[u.last[k]] = (step - total%step) % step
		}
	}
}

func amount(c Component, quantity int64) energy.Money {
	switch c.Kind {
	case PerSession:
		return energy.Money(c.Price) * 1000
	case PerEnergy:
		return c.Price.Cost(energy.WattHours(quantity))
	default: // 1e-6 per hour and seconds make 5/18 of 1e-9
		return portion(energy.Money(c.Price)*energy.Money(quantity), 5, 18)
	}
}

// portion is m·part/whole, half to even.
func portion(m energy.Money, part, whole int64) energy.Money {
	product := new(big.Int).Mul(big.NewInt(int64(m)), big.NewInt(part))
	quotient, rest := new(big.Int).DivMod(product, big.NewInt(whole), new(big.Int))
	switch twice := rest.Lsh(rest, 1).Cmp(big.NewInt(whole)); {
	case twice > 0, twice == 0 && quotient.Bit(0) == 1:
		quotient.Add(quotient, big.NewInt(1))
	}
	return energy.Money(quotient.Int64())
}

// limit adds what the minimum and the maximum ask for, at each rate of VAT in proportion.
func (t Tariff) limit(b *Bill) error {
	var sum energy.Money
	for _, l := range b.Lines {
		sum += l.Amount
	}
	kind, missing := AtLeast, max(0, t.Minimum-sum)
	if t.Maximum > 0 && sum > t.Maximum {
		kind, missing = AtMost, t.Maximum-sum
	}
	if missing == 0 {
		return nil
	}
	rates, weights := []VAT{t.Elements[0].Components[0].VAT}, []int64{1} // nothing else says at which rate nothing is taxed
	if sum > 0 {
		rates, weights = byRate(b.Lines)
	}
	shares, err := missing.Split(weights)
	if err != nil {
		return err
	}
	for i, share := range shares {
		if share != 0 {
			b.Lines = append(b.Lines, Line{Kind: kind, Measured: 1, Billed: 1, VAT: rates[i], Amount: share})
		}
	}
	return nil
}

// byRate sums lines by their rate of VAT, in the order in which the rates come.
func byRate(lines []Line) (rates []VAT, sums []int64) {
	at := map[VAT]int{}
	for _, l := range lines {
		i, ok := at[l.VAT]
		if !ok {
			i = len(rates)
			at[l.VAT], rates, sums = i, append(rates, l.VAT), append(sums, 0)
		}
		sums[i] += int64(l.Amount)
	}
	return rates, sums
}

// cent is 1/100 of the currency unit.
const cent energy.Money = 1e7

func (t Tariff) tax(b *Bill) {
	rates, sums := byRate(b.Lines)
	for i, rate := range rates {
		tax := Tax{VAT: rate, Net: energy.Money(sums[i])}
		if t.TaxIncluded {
			tax.Net = portion(energy.Money(sums[i]), int64(maxVAT), int64(maxVAT+rate))
			tax.Tax = energy.Money(sums[i]) - tax.Net
		} else {
			tax.Tax = portion(tax.Net, int64(rate), int64(maxVAT))
		}
		b.Taxes = append(b.Taxes, tax)
		b.Net += tax.Net
		b.Tax += tax.Tax
	}
	b.Total = portion(b.Net+b.Tax, 1, int64(cent)) * cent
	b.Rounding = b.Total - b.Net - b.Tax
}
