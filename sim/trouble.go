package sim

import "time"

// Trouble makes a home's devices misbehave as real ones do. What goes wrong when is a function of Seed and simulated time.
// What the registers truly hold is untouched: State tells it.
type Trouble struct {
	Seed uint64
	// Rate is how many of 1000 minutes have a trouble of each kind: answers that come late, "busy", connections that break,
	// registers without a value, scale factors that are not those of their values.
	Rate int
	// Late is the wall time that a late answer takes; 0: lateAnswer.
	Late time.Duration
}

const lateAnswer = 3 * time.Second // longer than a client waits

// The kinds of trouble, each in minutes of its own.
const (
	lateTrouble = iota + 1
	busyTrouble
	brokenTrouble
	silentTrouble // the unit says that its values are not implemented
	staleTrouble  // a scale factor ten times too large
	dawnTrouble   // what an inverter has ever produced reads 0 while it wakes up
)

const (
	busy       = 6 // exception code: server device busy
	dawnLength = 15 * minuteLength
)

// troubled reports whether a minute has a trouble of this kind.
func (t *Trouble) troubled(kind uint64, unit byte, ms int64) bool {
	return t != nil && stream(t.Seed).sub(kind).sub(uint64(unit)).below(floorDiv(ms, minuteLength), 1000) < t.Rate
}

// distort is what a unit in trouble says instead of its registers.
func (h *Home) distort(unit byte, registers []uint16, t time.Time) []uint16 {
	if h.Trouble == nil || len(registers) == 0 {
		return registers
	}
	ms := t.UnixMilli()
	at := 2 + model1.size // the first block after the common one
	id := registers[at]
	set := func(m *model, name string, words ...uint16) {
		if m.id == id {
			copy(registers[at+m.find[name].offset:], words)
		}
	}
	silent := h.Trouble.troubled(silentTrouble, unit, ms)
	asleep := unit == InverterUnit && h.State(t).Solar == 0
	if silent || asleep {
		for _, name := range []string{"W", "DCW"} {
			set(model103, name, 0x8000)
		}
	}
	if silent {
		set(model203, "TotWhImp", 0xFFFF, 0xFFFF)
		set(model203, "TotWhExp", 0xFFFF, 0xFFFF)
		set(model203, "W", 0x8000)
		set(model103, "WH", 0, 0)
	}
	if h.Trouble.troubled(staleTrouble, unit, ms) {
		set(model203, "TotWh_SF", 1)
		set(model103, "WH_SF", 1)
	}
	if unit == InverterUnit && h.waking(t) {
		set(model103, "WH", 0, 0)
	}
	return registers
}

// waking reports whether the inverter began to feed in a moment ago.
func (h *Home) waking(t time.Time) bool {
	return h.State(t).Solar > 0 && h.State(t.Add(-dawnLength*time.Millisecond)).Solar == 0
}

// fate is what becomes of a request at an instant: an exception code, a delay, or the end of the connection.
func (h *Home) fate(unit byte, t time.Time) (code byte, delay time.Duration, hangUp bool) {
	ms := t.UnixMilli()
	switch {
	case h.Trouble.troubled(brokenTrouble, unit, ms):
		return 0, 0, true
	case h.Trouble.troubled(busyTrouble, unit, ms):
		return busy, 0, false
	case h.Trouble.troubled(lateTrouble, unit, ms):
		if h.Trouble.Late > 0 {
			return 0, h.Trouble.Late, false
		}
		return 0, lateAnswer, false
	}
	return 0, 0, false
}
