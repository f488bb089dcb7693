package grid

import (
	"math"
	"time"
)

// Thermal is the temperatures of an oil-immersed distribution transformer, naturally cooled, up to 2.5 MVA: the model of
// differential equations of IEC 60076-7:2018.
type Thermal struct {
	Oil  float64 // top oil, °C
	Rise float64 // of the hot spot over it, K
}

// Constants of the standard's table for distribution transformers (ONAN).
const (
	lossRatio    = 6.0  // load losses over iron losses
	oilExponent  = 0.8  //
	windExponent = 1.6  //
	oilRise      = 55.0 // K at rated load
	hotRise      = 23.0 // K at rated load

	oilConstant     = 180 * time.Minute   // k11·τo
	windingConstant = 2 * 4 * time.Minute // k22·τw; with k21 = 1 the rise has no second part

	// HotLimit is the hot spot's temperature that the market keeps: below the 120 °C of normal cyclic loading.
	HotLimit = 110.0
	// CyclicLimit is the largest load of normal cyclic loading, as a part of the rated power.
	CyclicLimit = 1.5
)

// NewThermal is a transformer that has stood at a load, as a part of its rated power, for long.
func NewThermal(load, ambient float64) Thermal {
	return Thermal{Oil: ambient + oilEnd(load), Rise: windEnd(load)}
}

func oilEnd(load float64) float64 {
	return math.Pow((1+lossRatio*load*load)/(1+lossRatio), oilExponent) * oilRise
}

func windEnd(load float64) float64 { return math.Pow(math.Abs(load), windExponent) * hotRise }

// After is the transformer after a time at a constant load, as a part of its rated power, in air of a temperature in °C.
func (t Thermal) After(d time.Duration, load, ambient float64) Thermal {
	toward := func(from, to float64, constant time.Duration) float64 {
		return to + (from-to)*math.Exp(-d.Seconds()/constant.Seconds())
	}
	return Thermal{Oil: toward(t.Oil, ambient+oilEnd(load), oilConstant), Rise: toward(t.Rise, windEnd(load), windingConstant)}
}

// HotSpot is the temperature of the hottest place of the winding, °C.
func (t Thermal) HotSpot() float64 { return t.Oil + t.Rise }

// Ageing is how fast the paper ages, 1 at 98 °C: it doubles every 6 K.
func (t Thermal) Ageing() float64 { return math.Exp2((t.HotSpot() - 98) / 6) }

// Reserve is the largest constant load, as a part of the rated power, that keeps the hot spot at HotLimit for a time:
// more than 1 after a cool night, less after a hot day, never above CyclicLimit.
func (t Thermal) Reserve(d time.Duration, ambient float64) float64 {
	low, high := 0.0, CyclicLimit
	if t.After(d, high, ambient).HotSpot() <= HotLimit {
		return high
	}
	for range 40 { // to the last bit that matters
		middle := (low + high) / 2
		if t.After(d, middle, ambient).HotSpot() <= HotLimit {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}
