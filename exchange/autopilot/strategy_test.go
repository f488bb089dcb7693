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
		if lower, ok := c.concession(h, exchange.Sell, ask); ok && (lower >= ask || lower < tariff.Export) {
			t.Errorf("%s moves its ask from %s to %s", h.Member, ask, lower)
		}
		if higher, ok := c.concession(h, exchange.Buy, bid); ok && (higher <= bid || higher > tariff.Import) {
			t.Errorf("%s moves its bid from %s to %s", h.Member, bid, higher)
		}
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
	if _, ok := c.concession(strict, exchange.Sell, 300_100); ok {
		t.Error("an ask at the limit was lowered")
	}
	strict.SellAtLeast, strict.BuyAtMost = rules.MaxPrice+1, rules.MinPrice-1
	if _, ok := c.opening(strict, exchange.Sell); ok {
		t.Error("asks although the limit is above what the market allows")
	}
	if _, ok := c.opening(strict, exchange.Buy); ok {
		t.Error("bids although the limit is below what the market allows")
	}
}
