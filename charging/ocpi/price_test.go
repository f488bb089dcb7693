package ocpi_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wattle/wattle/charging"
	"github.com/wattle/wattle/charging/ocpi"
	"github.com/wattle/wattle/energy"
)

// TestTariffsOfTheStandard prices an hour with 10 kWh and 20 minutes of standing from Monday noon, UTC, by the standard's examples.
func TestTariffsOfTheStandard(t *testing.T) {
	noon := time.Date(2026, 6, 22, 12, 0, 0, 0, time.UTC)
	periods := []charging.Period{
		{Start: noon, End: noon.Add(time.Hour), Energy: 10_000},
		{Start: noon.Add(time.Hour), End: noon.Add(80 * time.Minute), Parking: true},
	}
	for _, c := range []struct{ name, want string }{ // the last: what the driver pays; "" where it is refused
		{"tariff_1_simple_2hour", "2.20"},                     // 2.00 + 10 %
		{"tariff_4_complex", ""},                              // by current
		{"tariff_8_simple_025kwh", "2.75"},                    // 2.50 + 10 %
		{"tariff_9_025kwh_start", "3.35"},                     // 0.50 + 20 %, 2.50 + 10 %
		{"tariff_10_025kwh_parking_start", "4.55"},            // and 30 min of 2.00/h + 20 %
		{"tariff_12_025kwh_min_price", "2.75"},                // above the minimum
		{"tariff_13_simple_3hour_5parking", "5.30"},           // 3.00 + 10 %, 20 min of 5.00/h + 20 %
		{"tariff_14_step_size", "1.70"},                       // 1.20, 30 min of 1.00/h
		{"tariff_15_reservation_5_euro_per_hour", "3.35"},     // the reservation is not priced here
		{"tariff_20_simple_north_american_inclusive", "2.10"}, // taxes inside
		{"tariffrestriction_example_max_power", ""},           // by power
	} {
		tariff, err := ocpi.Decode[ocpi.Tariff](read(t, c.name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		priced, err := tariff.Charging(time.UTC)
		if c.want == "" {
			if !errors.Is(err, charging.ErrTariff) {
				t.Errorf("%s: got %v, want %v", c.name, err, charging.ErrTariff)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		bill, err := priced.Price(periods)
		want, parseErr := energy.ParseMoney(c.want)
		if err != nil || parseErr != nil || bill.Total != want {
			t.Errorf("%s: got %s, %v, want %s", c.name, bill.Total, err, c.want)
		}
	}
}
