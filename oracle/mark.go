package oracle

import (
	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
)

// Mark is the highest value that each register of one device has ever shown, in Wh. What lies below it was attested,
// or lost in a reset; neither counts again. The zero value is that of a device never seen.
type Mark struct{ Import, Export energy.WattHours }

// Advance raises the mark to a later reading of its device and returns how much energy since the earlier one is new:
// the part of each register above the mark. A register that went back and climbs again is new only from where it
// had been. A device that truly forgot its registers gets a new key and with it a new mark: only its registrant can
// say that the old count ended.
func (m Mark) Advance(earlier, later meter.SignedReading) (next Mark, imported, exported energy.WattHours) {
	m = Mark{Import: max(m.Import, earlier.Import), Export: max(m.Export, earlier.Export)}
	next = Mark{Import: max(m.Import, later.Import), Export: max(m.Export, later.Export)}
	return next, next.Import - m.Import, next.Export - m.Export
}

// Repeated is how much of the climb from earlier to later the mark has seen before, over both registers: the
// measure of a RegisterRepeat. 0 is usual.
func (m Mark) Repeated(earlier, later meter.SignedReading) energy.WattHours {
	_, imported, exported := m.Advance(earlier, later)
	return max(0, later.Import-earlier.Import) - imported + max(0, later.Export-earlier.Export) - exported
}
