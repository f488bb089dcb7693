package sim

import (
	"math"
	"slices"
	"time"
)

// habits are how a household uses electricity.
type habits struct {
	seed    stream
	offset  int64   // ms from UTC to the clock on the kitchen wall: the longitude's full hour, without summer time
	standby float64 // W, always
	size    float64 // 1 is a household of two to three
	devices []appliance
}

// newHabits makes a household; some of those without a roof charge a car by day.
func newHabits(seed stream, longitude float64, solar bool) habits {
	h := habits{
		seed:    seed,
		offset:  int64(math.Round(longitude/15)) * time.Hour.Milliseconds(),
		standby: seed.between(-1, 70, 180),
		size:    seed.between(-2, 0.7, 1.4),
		devices: appliances,
	}
	if !solar && seed.unit(-3) < 0.6 {
		h.devices = append(slices.Clip(appliances), car)
	}
	return h
}

// agenda is one day of a household: when it gets up and comes home, and which appliances run when.
type agenda struct {
	day              int64 // days since 1970 on the household's clock
	morning, evening float64
	early, late      float64 // W at the peaks
	runs             []run
}

// run is one phase of an appliance, [from, to) in ms of the day.
type run struct{ from, to, power int64 }

// phase is a part of an appliance's programme.
type phase struct {
	minutes float64
	power   int64 // W
}

// appliance is what a household switches on: on a share of all days, at most times a day, between two hours.
type appliance struct {
	share       float64
	times       int
	first, last float64 // hours; the longest programme still ends before midnight
	programme   []phase
}

var appliances = []appliance{
	{1, 2, 6, 9, []phase{{3, 2000}}},                                                                     // kettle at breakfast
	{0.8, 2, 13, 21, []phase{{3, 2000}}},                                                                 // kettle later
	{0.5, 1, 7.5, 17, []phase{{4, 150}, {18, 2050}, {45, 220}, {9, 520}}},                                // washing machine
	{0.7, 1, 13, 21, []phase{{8, 90}, {16, 1950}, {30, 110}, {14, 1950}, {15, 30}}},                      // dishwasher
	{0.6, 1, 16.5, 19.5, []phase{{9, 2400}, {4, 60}, {3, 2400}, {5, 60}, {3, 2400}, {5, 60}, {3, 2400}}}, // oven
	{0.8, 1, 11, 13, []phase{{12, 1500}, {10, 600}}},                                                     // stove at noon
}

// car is a wall box on one phase with 16 A.
var car = appliance{0.6, 1, 7, 14, []phase{{150, 3680}, {12, 1400}}}

// agenda of a day; days are counted on the household's clock.
func (h habits) agenda(day int64) agenda {
	s := h.seed.sub(uint64(day))
	a := agenda{
		day:     day,
		morning: s.between(0, 6.2, 7.4), evening: s.between(1, 18.2, 20.2),
		early: h.size * s.between(2, 200, 450), late: h.size * s.between(3, 350, 750),
	}
	if weekday := (day + 4) % 7; weekday == 0 || weekday == 6 { // 1 January 1970 was a Thursday
		a.morning += 1.6
	}
	draw := int64(4)
	for _, device := range h.devices {
		for range device.times {
			on, at := s.unit(draw) < device.share, s.between(draw+1, device.first, device.last)
			draw += 2
			if on {
				a.runs = append(a.runs, device.starting(at)...)
			}
		}
	}
	return a
}

func (d appliance) starting(hour float64) []run {
	out := make([]run, 0, len(d.programme))
	from := int64(hour * float64(time.Hour.Milliseconds()))
	for _, p := range d.programme {
		to := from + int64(p.minutes*minuteLength)
		out = append(out, run{from, to, p.power})
		from = to
	}
	return out
}

// smooth is the power of everything that changes slowly, in W; hour is of the agenda's day.
func (h habits) smooth(a *agenda, ms int64) float64 {
	hour := float64(ms+h.offset-a.day*dayLength) / float64(time.Hour.Milliseconds())
	murmur := 0.85 + 0.3*h.seed.wave(ms, 6*time.Minute)
	return murmur * (h.standby + a.early*bump(hour-a.morning, 0.8) + a.late*bump(hour-a.evening, 1.8))
}

func bump(hours, width float64) float64 { return math.Exp(-hours * hours / (2 * width * width)) }

const (
	fridgePower  = 90
	fridgePeriod = 44 * minuteLength
	fridgeOn     = 17 * minuteLength
)

// switched is the power of everything that is switched on and off, in W.
func (h habits) switched(a *agenda, ms int64) (watts int64) {
	if uint64(ms+int64(h.seed>>40))%fridgePeriod < fridgeOn {
		watts = fridgePower
	}
	clock := ms + h.offset - a.day*dayLength
	for _, r := range a.runs {
		if r.from <= clock && clock < r.to {
			watts += r.power
		}
	}
	return watts
}
