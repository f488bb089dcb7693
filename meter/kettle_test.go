package meter

import (
	"testing"

	"github.com/wattle/wattle/energy"
)

func TestKettle(t *testing.T) {
	for name, c := range map[string]struct {
		powers []energy.Watts
		want   Verdict
	}{
		"calm":                     {[]energy.Watts{300, 310, 290, 305, 300, 300, 310, 300}, Unsure},
		"upright":                  {[]energy.Watts{300, 310, 290, 305, 2400, 2410, 2390, 2400}, Upright},
		"upright while selling":    {[]energy.Watts{-3000, -3010, -3005, -3000, -900, -905, -900, -910}, Upright},
		"inverted":                 {[]energy.Watts{-300, -310, -290, -305, -2400, -2410, -2390, -2400}, Inverted},
		"a fridge":                 {[]energy.Watts{300, 310, 290, 305, 900, 500, 500, 500, 510, 500}, Unsure},
		"a motor, then the kettle": {[]energy.Watts{300, 300, 300, 300, 3000, 320, 310, 300, 310, 300, 2400, 2400, 2410, 2400}, Upright},
		"short":                    {[]energy.Watts{300, 300, 300, 300, 2400, 300, 300, 300, 300}, Unsure},
	} {
		var k Kettle
		got := Unsure
		for _, p := range c.powers {
			if v := k.Observe(p); v != Unsure {
				got = v
			}
		}
		if got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}
