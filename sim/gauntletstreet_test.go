package sim

import (
	"math"
	"slices"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

const (
	quarters  = 24 * 4 // of a UTC day
	perFeeder = 20     // homes behind one transformer
	quarterMs = dayLength / quarters
	noon      = 11 * 4 // the quarter at which the sun is highest in Vienna
)

// record is what the meters of a home say, by quarter hour, and what is so.
type record struct {
	home  *Home
	plant oracle.Plant
	flows []oracle.Flows
	wire  []energy.WattHours // net import that flows on the wire
	pulse []uint32           // mHz
	fraud string             // what was planted; empty is honest
	onset int                // the quarter from which on
}

// gauntlet is a neighbourhood in which honest homes have the troubles of honest homes.
type gauntlet struct {
	start  time.Time
	place  oracle.Place
	days   int
	homes  []*record
	stolen [][]energy.WattHours // by feeder and quarter: consumed and not metered
	seed   stream
}

// newGauntlet lets a street live for some days from 10 March 2026 in Vienna: snow in the first week, daylight saving
// on the 29th. Then it adds what the street itself does not know: snow on the roofs, shade, curtailment.
func newGauntlet(seed uint64, homes, days int) (*gauntlet, error) {
	start := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	n, err := New(Config{Seed: seed, Homes: homes, Start: start})
	if err != nil {
		return nil, err
	}
	g := &gauntlet{
		start: start, place: oracle.Place{Latitude: DefaultLatitude * 1e7, Longitude: DefaultLongitude * 1e7},
		days: days, seed: stream(mix(seed)).sub(77),
	}
	for i, h := range n.homes {
		g.homes = append(g.homes, g.live(h, g.seed.sub(uint64(i))))
	}
	for range (homes + perFeeder - 1) / perFeeder {
		g.stolen = append(g.stolen, make([]energy.WattHours, days*quarters))
	}
	return g, nil
}

// live records a home.
func (g *gauntlet) live(h *Home, seed stream) *record {
	r := &record{home: h, plant: oracle.Plant{Peak: h.Peak, Inverter: h.Inverter, Capacity: h.Capacity}}
	light := newQuirks(seed, g.days)
	before := h.reach(0)
	for q := range g.days * quarters {
		now := h.reach(int64(q+1) * quarterMs / stepLength)
		wh := func(a, b int64) energy.WattHours { return energy.WattHours(b/milliwattSeconds - a/milliwattSeconds) }
		f := oracle.Flows{
			Import: wh(before.imported, now.imported), Export: wh(before.exported, now.exported),
			Solar: wh(before.produced, now.produced), Charged: wh(before.charged, now.charged), Discharged: wh(before.discharged, now.discharged),
		}
		before = now
		feed(&f, -energy.WattHours(float64(f.Solar)*(1-light.factor(q))))
		if most := light.curtailed(q, h.Inverter); f.Solar > most {
			feed(&f, most-f.Solar)
		}
		r.wire = append(r.wire, f.Import-f.Export)
		if light.swapped(q) {
			f = oracle.Flows{}
		}
		r.flows = append(r.flows, light.measure(f))
		read := g.start.UnixMilli() + int64(q+1)*quarterMs + int64(seed.between(int64(5000+q), 0, 4000))
		r.pulse = append(r.pulse, uint32(math.Round(h.sky.frequency(read)*100)*10))
	}
	if light.confused {
		r.advance(min(springForward, len(r.flows)), min(springForward+quarters, len(r.flows)), 4)
	}
	return r
}

// springForward is 29 March at 01:00 UTC, when clocks in Vienna go an hour ahead.
const springForward = 19*quarters + 4

// advance makes a home's clock run ahead between two quarters: what it says of a quarter happened some quarters before.
func (r *record) advance(since, until, by int) {
	for q := until - 1; q >= since; q-- {
		r.flows[q], r.pulse[q] = r.flows[q-by], r.pulse[q-by]
	}
}

// feed adds solar energy to what a home says, or takes it away, and with it from the grid meter.
func feed(f *oracle.Flows, extra energy.WattHours) {
	f.Solar += extra
	if extra >= 0 {
		less := min(f.Import, extra)
		f.Import, f.Export = f.Import-less, f.Export+extra-less
		return
	}
	less := min(f.Export, -extra)
	f.Export, f.Import = f.Export-less, f.Import-extra-less
}

// quirks are the honest troubles of a home.
type quirks struct {
	melted             float64 // day by which the snow has slid off
	shadeFrom, shadeTo int     // days between which a crane or a tree shades
	shade              float64 // what it takes until noon
	washed             int     // day on which the modules were cleaned
	dirt               float64
	curtailDays        stream
	curtail            bool
	confused           bool       // a clock that takes daylight saving for time, for a day
	swap               int        // quarter in which the meter was changed
	gains              [3]float64 // of the meters: class 1 devices
}

func newQuirks(seed stream, days int) quirks {
	q := quirks{melted: seed.between(1, 1, 4), shadeFrom: days, shadeTo: days, washed: days, swap: -100, curtailDays: seed.sub(9)}
	switch chance := seed.between(2, 0, 100); {
	case chance < 10: // something begins to shade
		q.shadeFrom, q.shade = int(seed.between(3, 4, float64(days))), seed.between(4, 0.1, 0.35)
	case chance < 14: // a tree is felled
		q.shadeFrom, q.shadeTo, q.shade = 0, int(seed.between(3, 10, float64(days))), seed.between(4, 0.05, 0.25)
	case chance < 22:
		q.washed, q.dirt = int(seed.between(3, 8, float64(days))), seed.between(4, 0.02, 0.05)
	case chance < 30:
		q.swap = int(seed.between(3, 2, float64(days-1))*quarters) + 9*4
	}
	q.curtail = seed.between(5, 0, 100) < 20
	q.confused = seed.between(10, 0, 100) < 3
	for i := range q.gains {
		q.gains[i] = 1 + seed.between(int64(6+i), -0.005, 0.005)
	}
	return q
}

// factor is what is left of the light in a quarter.
func (q quirks) factor(quarter int) float64 {
	day, left := quarter/quarters, 1.0
	if float64(quarter)/quarters < q.melted {
		left = 0.05
	}
	if day >= q.shadeFrom && day < q.shadeTo && quarter%quarters < noon {
		left *= 1 - q.shade
	}
	if day < q.washed {
		left *= 1 - q.dirt
	}
	return left
}

// curtailed is the most that the network's operator lets a home make: on every fifth day some get 60 % of their rating.
func (q quirks) curtailed(quarter int, rated energy.Watts) energy.WattHours {
	if q.curtail && q.curtailDays.between(int64(quarter/quarters), 0, 5) < 1 {
		return energy.WattHours(rated) * 6 / 10 / 4
	}
	return energy.MaxEnergy
}

// swapped reports whether the meter is being changed: two hours that nobody measured.
func (q quirks) swapped(quarter int) bool { return quarter >= q.swap && quarter < q.swap+8 }

func (q quirks) measure(f oracle.Flows) oracle.Flows {
	scale := func(e energy.WattHours, gain float64) energy.WattHours {
		return energy.WattHours(math.Round(float64(e) * gain))
	}
	f.Import, f.Export = scale(f.Import, q.gains[0]), scale(f.Export, q.gains[0])
	f.Solar = scale(f.Solar, q.gains[1])
	f.Charged, f.Discharged = scale(f.Charged, q.gains[2]), scale(f.Discharged, q.gains[2])
	return f
}

// feeder is the homes behind a transformer.
func (g *gauntlet) feeder(i int) []*record {
	return g.homes[i*perFeeder : min((i+1)*perFeeder, len(g.homes))]
}

// modelled is what the utility believes its wires lose.
var modelled = oracle.Losses{Idle: 120, Copper: 700}

// branches is what the utility's own meter at a transformer and the homes' meters say. What the wires lose is other
// than modelled: a tenth more in the iron and a fifth less in the cable, with each home's own line beside.
func (g *gauntlet) branches(i int) (said []oracle.Branch) {
	gain := 1 + g.seed.sub(99).between(int64(i), -0.002, 0.002)
	for q := range g.days * quarters {
		interval := energy.IntervalAt(g.start, energy.FifteenMinutes).Add(q)
		b := oracle.Branch{Interval: interval}
		net := float64(g.stolen[i][q]) + 33
		for _, r := range g.feeder(i) {
			b.Import, b.Export = b.Import+r.flows[q].Import, b.Export+r.flows[q].Export
			own := float64(r.wire[q])
			net += own + own*own*4*0.15/(3*230*230)
		}
		net += math.Abs(net) * math.Abs(net) * 4 / 1000 * 550e-6
		b.Net = energy.WattHours(math.Round(net * gain))
		said = append(said, b)
	}
	return said
}

// clone copies the street so that frauds can be planted in the copy.
func (g *gauntlet) clone() *gauntlet {
	copied := *g
	copied.homes, copied.stolen = nil, nil
	for _, r := range g.homes {
		own := *r
		own.flows, own.pulse = slices.Clone(r.flows), slices.Clone(r.pulse)
		own.wire = slices.Clone(r.wire)
		copied.homes = append(copied.homes, &own)
	}
	for _, s := range g.stolen {
		copied.stolen = append(copied.stolen, slices.Clone(s))
	}
	return &copied
}
