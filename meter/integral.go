package meter

import "github.com/wattle/wattle/energy"

// Integral estimates energy from power over time, for devices that say no energy. It is never as good as a register: its
// grade is Estimated.
type Integral struct {
	MaxGap int64 // ms without a sample after which nothing is assumed; 0: defaultGap

	begun        bool
	at           int64
	power        int64
	drawn, given int64 // W·ms, twice
}

// defaultGap bridges a lost answer or two of a device asked every second.
const defaultGap = 10_000

const doubledWattHour = 2 * 3_600_000 // W·ms, twice, in 1 Wh

// Observe takes the power at an instant, > 0 import. Between two samples power is a straight line; where it crosses zero,
// the parts count for import and export.
func (i *Integral) Observe(at int64, power energy.Watts) {
	p, gap := int64(power), i.MaxGap
	if gap == 0 {
		gap = defaultGap
	}
	if d := at - i.at; i.begun && d > 0 && d <= gap {
		switch a, b := i.power, p; {
		case a >= 0 && b >= 0:
			i.drawn += (a + b) * d
		case a <= 0 && b <= 0:
			i.given -= (a + b) * d
		default: // the line crosses zero after |a|/(|a|+|b|) of the time
			high, low := max(a, b), -min(a, b)
			i.drawn += high * d * high / (high + low)
			i.given += low * d * low / (high + low)
		}
	}
	if !i.begun || at > i.at {
		i.begun, i.at, i.power = true, at, p
	}
}

// Import is the energy drawn so far, cut off to whole Wh.
func (i *Integral) Import() energy.WattHours { return energy.WattHours(i.drawn / doubledWattHour) }

// Export is the energy given so far, cut off to whole Wh.
func (i *Integral) Export() energy.WattHours { return energy.WattHours(i.given / doubledWattHour) }
