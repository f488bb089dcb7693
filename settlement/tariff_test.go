package settlement

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
)

func TestPartIsRoundedHalfToEven(t *testing.T) {
	for _, test := range []struct {
		rate         Rate
		amount, want energy.Money
	}{
		{200_000, 52_000_000_000, 10_400_000_000}, {500_000, 1, 0}, {500_000, 3, 2}, {500_000, 5, 2}, {500_001, 1, 1}, {499_999, 1, 0},
		{MaxRate, 1e18, 1e18}, {0, 1e18, 0}, {190_000, 1e18 - 1, 190_000_000_000_000_000},
	} {
		if got := part(test.rate, test.amount); got != test.want {
			t.Errorf("%d of %d: got %d, want %d", test.rate, test.amount, got, test.want)
		}
	}
}

func TestTariffRefuses(t *testing.T) {
	all := map[Leg]Rate{TradePayment: 0, ResidualImport: 1, ResidualExport: 1, NetworkCharge: 1, LevyCharge: 1, PlatformFee: 1, MarkupCharge: 1}
	good := Tariff{Import: 8, Export: 4, Network: 2, Local: []energy.Price{1, 2}, VAT: all}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Tariff){
		"export 0.000009":       func(t *Tariff) { t.Export = 9 },
		"import 2000":           func(t *Tariff) { t.Import = 2e9 },
		"network -0.000001":     func(t *Tariff) { t.Network = -1 },
		"levy -0.000001":        func(t *Tariff) { t.Levy = -1 },
		"fee -0.000001":         func(t *Tariff) { t.Fee = -1 },
		"markup -0.000001":      func(t *Tariff) { t.Markup = -1 },
		"network class 2":       func(t *Tariff) { t.Local = []energy.Price{1, 3} }, // whoever fails to deliver would gain
		"distance classes":      func(t *Tariff) { t.Local = make([]energy.Price, maxClass+1) },
		"fee share 1000001":     func(t *Tariff) { t.FeeShare = MaxRate + 1 },
		"band -1":               func(t *Tariff) { t.Band = -1 },
		"no VAT rate for trade": func(t *Tariff) { t.VAT = map[Leg]Rate{} },
		"VAT rate -1 for trade": func(t *Tariff) { t.VAT = map[Leg]Rate{TradePayment: -1} },
	} {
		bad := good
		spoil(&bad)
		if err := bad.Validate(); !errors.Is(err, ErrCase) || !strings.Contains(strings.ReplaceAll(err.Error(), ".0000 ", " "), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// at is the instant of a summer week in which the 20th of June is a Saturday.
func at(text string) int64 {
	t, err := time.Parse("2006-01-02T15:04", text)
	if err != nil {
		panic(err)
	}
	return t.Unix()
}

func intervalAt(text string) energy.Interval {
	return energy.IntervalAt(time.Unix(at(text), 0), energy.FifteenMinutes)
}

func summerBook() TariffBook {
	week := []Window{{0, 20, 5}, {6 * time.Hour, 30, 5}, {20 * time.Hour, 25, 5}}
	return TariffBook{
		{From: at("2026-03-29T01:00"), Until: at("2026-10-25T01:00"), Offset: 2 * time.Hour, Windows: week, Weekend: []Window{{0, 22, 5}}},
		{From: at("2026-10-25T01:00"), Until: Forever, Offset: time.Hour, Windows: week, Tariff: Tariff{Levy: 1}},
	}
}

func TestTariffBookByTimeOfUse(t *testing.T) {
	book := summerBook()
	if err := book.Validate(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]energy.Price{
		"2026-06-18T22:00": 20, // midnight of Friday
		"2026-06-19T03:45": 20, "2026-06-19T04:00": 30, "2026-06-19T18:00": 25,
		"2026-06-19T21:45": 25, "2026-06-19T22:00": 22, "2026-06-21T21:45": 22, // the weekend is Saturday and Sunday
		"2026-06-21T22:00": 20, "2026-10-24T22:45": 22, "2026-10-25T04:00": 20, "2026-10-26T05:00": 30,
	} {
		if got, err := book.At(intervalAt(text)); err != nil || got.Import != want || got.Export != 5 {
			t.Errorf("%s: got %s, %v, want %s", text, got.Import, err, want)
		}
	}
	if got, _ := book.At(intervalAt("2026-10-26T05:00")); got.Levy != 1 {
		t.Errorf("the tariff of October: got levy %s", got.Levy)
	}
	if got, err := Always(Tariff{Import: 3}).At(intervalAt("2026-10-26T05:00")); err != nil || got.Import != 3 {
		t.Errorf("one tariff for all time: got %s, %v", got.Import, err)
	}
}

func TestTariffBookRefuses(t *testing.T) {
	for name, spoil := range map[string]func(TariffBook) TariffBook{
		"there are none": func(TariffBook) TariffBook { return nil },
		"none from 2026-10-25T01:00:00Z to 2026-10-26T00:00:00Z": func(b TariffBook) TariffBook { b[1].From = at("2026-10-26T00:00"); return b },
		"two from 2026-10-20T00:00:00Z to 2026-10-25T01:00:00Z":  func(b TariffBook) TariffBook { b[1].From = at("2026-10-20T00:00"); return b },
		"use a later time": func(b TariffBook) TariffBook { b[1].Until = b[1].From; return b },
		"whole minutes":    func(b TariffBook) TariffBook { b[0].Offset = 90 * time.Second; return b },
		"none of the week": func(b TariffBook) TariffBook { b[0].Windows = nil; return b },
		"midnight":         func(b TariffBook) TariffBook { b[0].Windows = b[0].Windows[1:]; return b },
		"ascend":           func(b TariffBook) TariffBook { b[0].Windows = []Window{{0, 1, 1}, {0, 1, 1}}; return b },
		"export must not":  func(b TariffBook) TariffBook { b[0].Weekend = []Window{{0, 1, 2}}; return b },
	} {
		if err := spoil(summerBook()).Validate(); !errors.Is(err, ErrCase) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	book, hour := summerBook(), energy.OneHour
	book[0].Windows[1].From += 30 * time.Minute
	book[1].Until = at("2026-11-01T00:30")
	for name, iv := range map[string]energy.Interval{
		"no tariff before 2026-03-29T01:00:00Z":                    intervalAt("2026-03-29T00:45"),
		"the price changes within it, at 6h30m0s local time":       energy.IntervalAt(time.Unix(at("2026-06-19T04:00"), 0), hour),
		"the tariff changes within it, at 2026-11-01T00:30:00Z":    energy.IntervalAt(time.Unix(at("2026-11-01T00:00"), 0), hour),
		"no tariff after the last of the book, which ends 2026-11": intervalAt("2026-11-01T00:30"),
	} {
		if _, err := book.At(iv); !errors.Is(err, ErrCase) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestTariffBookAgainstEveryMinute compares a book with the windows written out minute by minute.
func TestTariffBookAgainstEveryMinute(t *testing.T) {
	book := summerBook()[:1]
	rapid.Check(t, func(t *rapid.T) {
		iv := energy.IntervalAt(time.Unix(rapid.Int64Range(book[0].From, book[0].Until-900).Draw(t, "second"), 0), energy.FifteenMinutes)
		local := iv.Start().In(time.FixedZone("", 2*60*60))
		want := energy.Price(20)
		switch minute := local.Hour()*60 + local.Minute(); {
		case local.Weekday() == time.Saturday || local.Weekday() == time.Sunday:
			want = 22
		case minute >= 20*60:
			want = 25
		case minute >= 6*60:
			want = 30
		}
		if got, err := book.At(iv); err != nil || got.Import != want {
			t.Fatalf("%s: got %s, %v, want %s", iv, got.Import, err, want)
		}
	})
}
