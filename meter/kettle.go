package meter

import "github.com/wattle/wattle/energy"

// Kettle finds out whether a grid meter counts the right way round: somebody turns on a kettle, and the power from the
// grid must rise by about what it takes. The zero value is ready.
type Kettle struct {
	before []energy.Watts // the last calm powers
	after  []energy.Watts // since the step
}

// Verdict is what the kettle showed.
type Verdict uint8

// What a kettle can show.
const (
	Unsure   Verdict = iota // no clear step yet
	Upright                 // power rose: the meter counts the right way round
	Inverted                // power fell: import and export are exchanged
)

const (
	// kettleStep is the least step that counts: kettles take 1.8 to 3 kW, and what else switches in a home is mostly less.
	kettleStep energy.Watts = 1200
	// kettleSamples is how long before and after must be calm, in samples a second apart: motors start for one or two.
	kettleSamples = 4
	kettleCalm    = energy.Watts(400) // between the calm samples
)

// Observe takes the next power, > 0 import, about a second after the one before.
func (k *Kettle) Observe(power energy.Watts) Verdict {
	if len(k.before) < kettleSamples || len(k.after) == 0 && within(append(k.before, power), kettleCalm) {
		k.before = append(k.before, power)
		if k.before = k.before[max(0, len(k.before)-kettleSamples):]; !within(k.before, kettleCalm) {
			k.before = k.before[1:]
		}
		return Unsure
	}
	k.after = append(k.after, power)
	if !within(k.after, kettleCalm) {
		k.before, k.after = k.after[len(k.after)-1:], nil
		return Unsure
	}
	if len(k.after) < kettleSamples {
		return Unsure
	}
	step := k.after[0] - k.before[len(k.before)-1]
	switch {
	case step >= kettleStep:
		return Upright
	case step <= -kettleStep:
		return Inverted
	}
	k.before, k.after = k.after, nil
	return Unsure
}

// within reports whether the powers differ by no more than span.
func within(powers []energy.Watts, span energy.Watts) bool {
	low, high := powers[0], powers[0]
	for _, p := range powers {
		low, high = min(low, p), max(high, p)
	}
	return high-low <= span
}
