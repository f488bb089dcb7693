package ocpi

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/wattle/wattle/charging"
	"github.com/wattle/wattle/energy"
)

// kinds are the price components' types.
var kinds = map[string]charging.Kind{
	"FLAT": charging.PerSession, "ENERGY": charging.PerEnergy, "TIME": charging.PerCharging, "PARKING_TIME": charging.PerParking,
}

// weekdays in the order of charging.Restriction.
var weekdays = []string{"SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"}

// Charging is the tariff as sessions are priced by it, at a place's local time. Elements for reservations are left out: they do not
// price charging. What restricts prices by current, power or date is refused: a session does not know them.
func (t Tariff) Charging(zone *time.Location) (charging.Tariff, error) {
	out := charging.Tariff{Currency: t.Currency, TaxIncluded: t.TaxIncluded == "YES", Zone: zone}
	for i, e := range t.Elements {
		if e.Restrictions != nil && e.Restrictions.Reservation != "" {
			continue
		}
		element, err := e.charging()
		if err != nil {
			return out, fmt.Errorf("tariff %s, element %d: %w", t.ID, i+1, err)
		}
		out.Elements = append(out.Elements, element)
	}
	var err error
	if out.Minimum, err = t.MinPrice.money(out.TaxIncluded); err != nil {
		return out, fmt.Errorf("tariff %s, minimum: %w", t.ID, err)
	}
	if out.Maximum, err = t.MaxPrice.money(out.TaxIncluded); err != nil {
		return out, fmt.Errorf("tariff %s, maximum: %w", t.ID, err)
	}
	return out, out.Validate()
}

// money is the limit with or without taxes; 0 where there is none.
func (l *PriceLimit) money(taxIncluded bool) (energy.Money, error) {
	if l == nil {
		return 0, nil
	}
	value := l.BeforeTaxes
	if taxIncluded && l.AfterTaxes != nil {
		value = *l.AfterTaxes
	}
	whole, err := scaled(value, 9)
	return energy.Money(whole), err
}

func (e TariffElement) charging() (out charging.Element, err error) {
	for _, c := range e.Components {
		kind, ok := kinds[c.Type]
		if !ok {
			return out, fmt.Errorf("component %q: %w", c.Type, charging.ErrTariff)
		}
		price, err := scaled(c.Price, 6)
		if err != nil {
			return out, err
		}
		var vat int64
		if c.VAT != nil {
			if vat, err = scaled(*c.VAT, 2); err != nil {
				return out, err
			}
		}
		out.Components = append(out.Components, charging.Component{Kind: kind, Price: energy.Price(price), Step: c.StepSize, VAT: charging.VAT(vat)})
	}
	if e.Restrictions != nil {
		out.Restriction, err = e.Restrictions.charging()
	}
	return out, err
}

func (r Restrictions) charging() (out charging.Restriction, err error) {
	if r.MinCurrent != nil || r.MaxCurrent != nil || r.MinPower != nil || r.MaxPower != nil || r.StartDate != "" || r.EndDate != "" {
		return out, fmt.Errorf("restricted by current, power or date: %w", charging.ErrTariff)
	}
	if out.From, err = minute(r.StartTime); err != nil {
		return out, err
	}
	if out.To, err = minute(r.EndTime); err != nil {
		return out, err
	}
	for _, day := range r.DayOfWeek {
		i := slices.Index(weekdays, day)
		if i < 0 {
			return out, fmt.Errorf("day %q: %w", day, charging.ErrTariff)
		}
		out.Days |= 1 << i
	}
	for _, bound := range []struct {
		from *Number
		to   *energy.WattHours
	}{{r.MinKWh, &out.MinEnergy}, {r.MaxKWh, &out.MaxEnergy}} {
		if bound.from != nil {
			whole, err := scaled(*bound.from, 3)
			if err != nil {
				return out, err
			}
			*bound.to = energy.WattHours(whole)
		}
	}
	for _, bound := range []struct {
		from *int64
		to   *time.Duration
	}{{r.MinDuration, &out.MinDuration}, {r.MaxDuration, &out.MaxDuration}} {
		if bound.from != nil {
			if *bound.from < 0 || *bound.from > 366*24*3600 {
				return out, fmt.Errorf("duration of %d s: %w", *bound.from, charging.ErrTariff)
			}
			*bound.to = time.Duration(*bound.from) * time.Second
		}
	}
	return out, nil
}

// minute reads HH:MM; nothing is midnight.
func minute(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fmt.Errorf("time of day %q: %w", text, charging.ErrTariff)
	}
	return at.Hour()*60 + at.Minute(), nil
}

// scaled is a number in units of 10^-places, if it is a whole number of them and not beyond what any price is.
func scaled(n Number, places int32) (int64, error) {
	whole := n.Shift(places)
	if !whole.IsInteger() || whole.Abs().GreaterThan(decimal.New(1, 15)) {
		return 0, fmt.Errorf("%s is too fine or too large: %w", n, charging.ErrTariff)
	}
	return whole.IntPart(), nil
}
