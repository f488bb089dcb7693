package charging

import (
	"fmt"
	"time"

	"github.com/wattle/wattle/energy"
)

// Window is a price per kWh in a part of every day.
type Window struct {
	From, To int // minutes of the local day, [From, To), multiples of 15
	PerKWh   energy.Price
}

// Card is an owner's price card. Prices contain the tax, as people see them.
type Card struct {
	Currency      string
	Zone          *time.Location
	Windows       []Window // together the whole day, in order; the same price all day is one window from 0 to 1440
	PerIdleMinute energy.Price
	Grace         time.Duration // idle time that is free
	PerSession    energy.Price
	Minimum       energy.Money
	Maximum       energy.Money
	VAT           VAT
}

// quarter is what windows are cut by: energy is known by the quarter hour, not finer.
const quarter = 15

// Tariff is the card as a tariff. A card that leaves a part of the day without a price, or has two for it, is refused.
func (c Card) Tariff() (Tariff, error) {
	t := Tariff{Currency: c.Currency, Minimum: c.Minimum, Maximum: c.Maximum, TaxIncluded: true, Zone: c.Zone}
	next := 0
	for _, w := range c.Windows {
		switch {
		case w.From > next:
			return t, fmt.Errorf("no price from %s to %s: %w", clock(next), clock(w.From), ErrTariff)
		case w.From < next:
			return t, fmt.Errorf("two prices from %s to %s: %w", clock(w.From), clock(next), ErrTariff)
		case w.To <= w.From || w.To > dayMinutes || w.To%quarter != 0:
			return t, fmt.Errorf("window %s to %s: want quarter hours, forward: %w", clock(w.From), clock(w.To), ErrTariff)
		}
		next = w.To
		t.Elements = append(t.Elements, Element{
			Components:  []Component{{Kind: PerEnergy, Price: w.PerKWh, VAT: c.VAT}},
			Restriction: Restriction{From: w.From, To: w.To},
		})
	}
	if next != dayMinutes {
		return t, fmt.Errorf("no price from %s to 24:00: %w", clock(next), ErrTariff)
	}
	if c.PerIdleMinute < 0 || c.PerIdleMinute > energy.MaxPrice/60 {
		return t, fmt.Errorf("price per idle minute %s: %w", c.PerIdleMinute, ErrTariff)
	}
	always := Element{Components: []Component{
		{Kind: PerSession, Price: c.PerSession, VAT: c.VAT},
		{Kind: PerParking, Price: c.PerIdleMinute * 60, Step: 60, Grace: c.Grace, VAT: c.VAT},
	}}
	t.Elements = append(t.Elements, always)
	return t, t.Validate()
}

func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// Display is the card in the order that a public station must show it: per kWh, per minute, per session, other (Regulation (EU)
// 2023/1804, article 5).
func (c Card) Display() []string {
	var lines []string
	for _, w := range c.Windows {
		line := fmt.Sprintf("%s %s per kWh", w.PerKWh, c.Currency)
		if len(c.Windows) > 1 {
			line += fmt.Sprintf(" from %s to %s", clock(w.From), clock(w.To))
		}
		lines = append(lines, line)
	}
	if c.PerIdleMinute > 0 {
		lines = append(lines, fmt.Sprintf("%s %s per minute connected without charging, the first %d free", c.PerIdleMinute, c.Currency, int(c.Grace/time.Minute)))
	}
	if c.PerSession > 0 {
		lines = append(lines, fmt.Sprintf("%s %s per session", c.PerSession, c.Currency))
	}
	if c.Minimum > 0 {
		lines = append(lines, fmt.Sprintf("at least %s %s", c.Minimum, c.Currency))
	}
	if c.Maximum > 0 {
		lines = append(lines, fmt.Sprintf("at most %s %s", c.Maximum, c.Currency))
	}
	return lines
}
