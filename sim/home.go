package sim

import (
	"sync"
	"time"

	"github.com/wattle/wattle/energy"
)

// Description is what the installer wrote down about a home.
type Description struct {
	Member    energy.Member
	Meter     energy.Meter     // the meter at the connection point
	Name      string           // for people
	Peak      energy.Watts     // of the photovoltaic modules, 0 without
	Inverter  energy.Watts     // rated power of the inverter, 0 without
	Capacity  energy.WattHours // of the battery, 0 without
	Storage   energy.Watts     // the battery's power in either direction, 0 without
	MaxExport energy.Watts     // nameplate of all that can feed in: inverter and battery
	MaxImport energy.Watts     // contracted power of the connection
}

// Home is one home of a neighbourhood. Its Description does not change; everything else is behind a lock, and a Home
// is safe for use by several goroutines.
type Home struct {
	Description

	serial  string
	sky     sky
	start   int64 // Unix milliseconds
	roof    roof
	battery battery
	habits  habits
	volt    stream
	shares  [2]float64 // of the load on phases A and B
	first   registers  // at the start, Wh

	// Trouble makes the home's devices misbehave; nil: they do not. It must be set before they are served.
	Trouble *Trouble

	mu     sync.Mutex
	orders orders
	head   tally   // the furthest step reached
	marks  []tally // every markSteps steps from the start: where a question about the past begins
	agenda agenda  // the latest computed, of day never before the first
	minute minute  // the latest computed, of minute never before the first
}

const (
	stepLength       = 5000                                // ms
	markSteps        = 60 * minuteLength / stepLength      // one mark each hour
	milliwattSeconds = 3_600_000                           // in 1 Wh
	_                = uint(-(stepLength * oneWay % 1000)) // compiles only while dispatch divides evenly
)

// registers are cumulative energies; the unit is that of their use.
type registers struct{ imported, exported, produced int64 }

// tally is what has happened from the start to the beginning of a step, in milliwatt-seconds.
type tally struct {
	step int64
	registers
	charge                    int64 // of the battery
	charged, discharged, lost int64
}

// flows are the powers of one step in W.
type flows struct{ load, solar, battery, grid int64 }

// after is the tally once the flows have lasted ms.
func (t tally) after(f flows, b battery, ms int64) tally {
	t.imported += max(0, f.grid) * ms
	t.exported += max(0, -f.grid) * ms
	t.produced += f.solar * ms
	t.charged += max(0, -f.battery) * ms
	t.discharged += max(0, f.battery) * ms
	charge, lost := b.move(t.charge, f.battery, ms)
	t.charge, t.lost = charge, t.lost+lost
	return t
}

// minute holds the powers that change slowly at the start and the end of a minute, in W.
type minute struct {
	index       int64 // minutes since 1970
	solar, load [2]float64
}

// State is a home at one instant. Grid = Load - Solar - Battery, exactly.
type State struct {
	Time    time.Time
	Load    energy.Watts    // >= 0
	Solar   energy.Watts    // >= 0, what the inverter of the roof feeds into the home
	Battery energy.Watts    // > 0 discharging, < 0 charging
	Grid    energy.Watts    // > 0 import, < 0 export
	Phases  [3]energy.Watts // Grid by phase; their sum is Grid

	Import     energy.WattHours // cumulative at the connection point, OBIS 1.8.0
	Export     energy.WattHours // cumulative at the connection point, OBIS 2.8.0
	Production energy.WattHours // cumulative, of the roof's inverter

	Charge      float64    // state of charge, 0 to 1; 0 without a battery
	Frequency   float64    // Hz
	Voltage     [3]float64 // V, phase to neutral
	Temperature float64    // °C inside the inverter's cabinet
}

// State is the home at t, cut to milliseconds. Before the neighbourhood's start it is the state at the start. The
// first question about a late time takes about 0.05 ms per simulated hour; what was reached is kept.
func (h *Home) State(t time.Time) State {
	ms := max(t.UnixMilli(), h.start)
	h.mu.Lock()
	begin := h.reach((ms - h.start) / stepLength)
	f := h.flows(begin)
	h.mu.Unlock()
	now := begin.after(f, h.battery, (ms-h.start)%stepLength)

	s := State{
		Time: time.UnixMilli(ms).UTC(),
		Load: energy.Watts(f.load), Solar: energy.Watts(f.solar), Battery: energy.Watts(f.battery), Grid: energy.Watts(f.grid),
		Import:      energy.WattHours(h.first.imported + now.imported/milliwattSeconds),
		Export:      energy.WattHours(h.first.exported + now.exported/milliwattSeconds),
		Production:  energy.WattHours(h.first.produced + now.produced/milliwattSeconds),
		Frequency:   h.sky.frequency(ms),
		Temperature: h.sky.temperature(ms) + 8,
	}
	if h.Inverter > 0 {
		s.Temperature += 25 * float64(s.Solar) / float64(h.Inverter)
	}
	if h.Capacity > 0 {
		s.Charge = float64(now.charge) / float64(h.battery.capacity)
	}
	h.split(&s, ms)
	return s
}

// impedance in ohms from the transformer to a home: 3 kW on a phase change its voltage by about 3 V.
const impedance = 0.25

// split divides the grid power among the phases and sets their voltages. Roof and battery feed all three alike.
func (h *Home) split(s *State, ms int64) {
	own := (s.Solar + s.Battery) / 3
	for i, share := range h.shares {
		s.Phases[i] = energy.Watts(share*float64(s.Load)) - own
	}
	s.Phases[2] = s.Grid - s.Phases[0] - s.Phases[1]
	for i, p := range s.Phases {
		noise := h.volt.sub(uint64(i)).wave(ms, 20*time.Second) - 0.5
		s.Voltage[i] = h.sky.voltage(ms) + noise - float64(p)/230*impedance
	}
}

// reach is the tally at the beginning of a step, past or future. The caller holds the lock.
func (h *Home) reach(step int64) tally {
	at := h.head
	if step < at.step {
		at = h.marks[step/markSteps]
	}
	for at.step < step {
		at = at.after(h.flows(at), h.battery, stepLength)
		at.step++
		if at.step == int64(len(h.marks))*markSteps {
			h.marks = append(h.marks, at)
		}
	}
	if at.step > h.head.step {
		h.head = at
	}
	return at
}

// flows of the step that begins with the tally: what roof and household do in its middle, and the battery about it.
// The caller holds the lock.
func (h *Home) flows(t tally) flows {
	ms := h.start + t.step*stepLength + stepLength/2
	solar, load := h.slow(ms)
	f := flows{solar: solar, load: load + h.habits.switched(h.today(ms), ms)}
	if len(h.orders.list) == 0 {
		f.battery = h.battery.dispatch(f.solar-f.load, t.charge)
	} else {
		o := h.orders.at(t.step)
		f.solar = min(f.solar, int64(h.Inverter)*o.output/100)
		f.battery = h.battery.dispatch(f.solar-f.load, t.charge)
		f.battery = min(max(f.battery, -h.battery.limit*o.charge/100), h.battery.limit*o.discharge/100)
	}
	f.grid = f.load - f.solar - f.battery
	return f
}

// slow is the power of the roof and of the household's slow part, in whole W.
func (h *Home) slow(ms int64) (solar, load int64) {
	index := floorDiv(ms, minuteLength)
	if m := &h.minute; m.index != index {
		m.solar[0], m.load[0] = m.solar[1], m.load[1]
		if m.index != index-1 {
			m.solar[0], m.load[0] = h.exact(index * minuteLength)
		}
		m.solar[1], m.load[1] = h.exact((index + 1) * minuteLength)
		m.index = index
	}
	part := float64(ms-index*minuteLength) / minuteLength
	between := func(v [2]float64) int64 { return int64(v[0] + (v[1]-v[0])*part + 0.5) }
	return between(h.minute.solar), between(h.minute.load)
}

func (h *Home) exact(ms int64) (solar, load float64) {
	return h.roof.power(h.sky, ms), h.habits.smooth(h.today(ms), ms)
}

// today is the agenda of the household's day at ms.
func (h *Home) today(ms int64) *agenda {
	if day := floorDiv(ms+h.habits.offset, dayLength); h.agenda.day != day {
		h.agenda = h.habits.agenda(day)
	}
	return &h.agenda
}
