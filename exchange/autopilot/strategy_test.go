package autopilot

import (
	"testing"

	"github.com/wattle/wattle/exchange"
)

func TestPricesKeepLimits(t *testing.T) {
	c := newStreet(t).config()
	meet, pairs := 0, 0
	for n := range 200 {
		h := home(n)
		ask, ok := c.opening(h, exchange.Sell)
		bid, ok2 := c.opening(h, exchange.Buy)
		if !ok || !ok2 || ask <= tariff.Export || ask >= tariff.Import || bid <= tariff.Export || bid >= tariff.Import || ask%rules.Tick != 0 || bid%rules.Tick != 0 {
			t.Errorf("%s asks %s and bids %s, want within the tariff", h.Member, ask, bid)
		}
		middle := (tariff.Export + tariff.Import) / 2
		for moved := int64(1); moved <= moves; moved++ {
			lower, _ := c.price(h, exchange.Sell, moved)
			higher, _ := c.price(h, exchange.Buy, moved)
			if lower > ask || lower < min(ask, middle) || higher < bid || higher > max(bid, middle) {
				t.Errorf("%s asks %s and bids %s after %s and %s: want nearer to the middle, not beyond", h.Member, lower, higher, ask, bid)
			}
			ask, bid = lower, higher
		}
		if ask > middle || bid < middle {
			t.Errorf("%s asks %s and bids %s at last, want the middle %s or better", h.Member, ask, bid, middle)
		}
		ask, _ = c.opening(h, exchange.Sell)
		for m := range 200 {
			if other, _ := c.opening(home(m), exchange.Buy); n != m {
				pairs++
				if other >= ask {
					meet++
				}
			}
		}
	}
	if meet < pairs/2 || meet > pairs*95/100 {
		t.Errorf("%d of %d pairs meet at once, want most but not all", meet, pairs)
	}
	strict := home(1)
	strict.SellAtLeast, strict.BuyAtMost = 300_050, 100_050
	if ask, ok := c.opening(strict, exchange.Sell); !ok || ask != 300_100 {
		t.Errorf("asks %s, want the limit rounded up, 0.3001", ask)
	}
	if bid, ok := c.opening(strict, exchange.Buy); !ok || bid != 100_000 {
		t.Errorf("bids %s, want the limit rounded down, 0.1000", bid)
	}
	if ask, _ := c.price(strict, exchange.Sell, moves); ask != 300_100 {
		t.Errorf("an ask at the limit was lowered to %s", ask)
	}
	strict.SellAtLeast, strict.BuyAtMost = rules.MaxPrice+1, rules.MinPrice-1
	if _, ok := c.opening(strict, exchange.Sell); ok {
		t.Error("asks although the limit is above what the market allows")
	}
	if _, ok := c.opening(strict, exchange.Buy); ok {
		t.Error("bids although the limit is below what the market allows")
	}
}
