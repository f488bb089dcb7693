package charging_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wattle/wattle/charging"
)

func card(t testing.TB) charging.Card {
	t.Helper()
	return charging.Card{
		Currency: "EUR", Zone: time.UTC, VAT: 2000,
		Windows:       []charging.Window{{From: 0, To: 13 * 60, PerKWh: price(t, "0.36")}, {From: 13 * 60, To: 1440, PerKWh: price(t, "0.48")}},
		PerIdleMinute: price(t, "0.10"), Grace: 15 * time.Minute, PerSession: price(t, "0.60"), Minimum: money(t, "1"), Maximum: money(t, "30"),
	}
}

func TestACardIsATariff(t *testing.T) {
	tariff, err := card(t).Tariff()
	if err != nil {
		t.Fatal(err)
	}
	b, err := tariff.Price(periods(part{60, 10_000, false}, part{30, 5_000, false}, part{20, 0, true}))
	if err != nil || b.Total != money(t, "7.10") || b.Net+b.Tax != b.Total { // 0.60 + 3.60 + 2.40 + 5 · 0.10
		t.Errorf("got %+v, %v, want 7.10", b, err)
	}
}

func TestACardIsShownInTheOrderOfTheLaw(t *testing.T) {
	want := []string{
		"0.3600 EUR per kWh from 00:00 to 13:00", "0.4800 EUR per kWh from 13:00 to 24:00",
		"0.1000 EUR per minute connected without charging, the first 15 free", "0.6000 EUR per session", "at least 1.00 EUR", "at most 30.00 EUR",
	}
	if got := card(t).Display(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestACardWithAGapIsRefused(t *testing.T) {
	for name, change := range map[string]func(*charging.Card){
		"nothing":          func(c *charging.Card) { c.Windows = nil },
		"a gap":            func(c *charging.Card) { c.Windows[1].From += 15 },
		"two prices":       func(c *charging.Card) { c.Windows[1].From -= 15 },
		"no night":         func(c *charging.Card) { c.Windows[1].To -= 15 },
		"an empty window":  func(c *charging.Card) { c.Windows[0].To = 0 },
		"odd minutes":      func(c *charging.Card) { c.Windows[0].To, c.Windows[1].From = 77, 77 },
		"a negative price": func(c *charging.Card) { c.PerSession = -1 },
		"negative idling":  func(c *charging.Card) { c.PerIdleMinute = -1 },
		"bounds crossed":   func(c *charging.Card) { c.Minimum = c.Maximum + 1 },
		"no currency":      func(c *charging.Card) { c.Currency = "" },
		"no zone":          func(c *charging.Card) { c.Zone = nil },
	} {
		bad := card(t)
		change(&bad)
		if _, err := bad.Tariff(); !errors.Is(err, charging.ErrTariff) {
			t.Errorf("%s: got %v, want %v", name, err, charging.ErrTariff)
		}
	}
}
