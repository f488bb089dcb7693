package sim

import (
	"math"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

// sighting is a score of a home or feeder, and the quarter at whose end it was found.
type sighting struct {
	oracle.Score
	quarter int
}

// watcher scores a street as an oracle does.
type watcher struct {
	*gauntlet
	homes    [][]sighting
	feeders  [][]sighting
	branch   [][]oracle.Branch
	interval []energy.Interval
	daily    [][]energy.WattHours // solar, by home and day
	early    [][]energy.WattHours // of it, before noon of the sun
	late     [][]energy.WattHours // and after
	rule     []int                // by home: the first day on which the rule of likeness refuses it, or -1
}

// watch scores every home in each quarter and at the end of each day.
func (g *gauntlet) watch() *watcher {
	w := &watcher{gauntlet: g, homes: make([][]sighting, len(g.homes)), feeders: make([][]sighting, len(g.stolen))}
	for q := range g.days * quarters {
		w.interval = append(w.interval, energy.IntervalAt(g.start, energy.FifteenMinutes).Add(q))
	}
	for i := range g.stolen {
		w.branch = append(w.branch, g.branches(i))
	}
	zone := w.frequencies()
	for i, r := range g.homes {
		for _, part := range []*[][]energy.WattHours{&w.daily, &w.early, &w.late} {
			*part = append(*part, make([]energy.WattHours, g.days))
		}
		for d := range g.days {
			made := r.solar(d)
			w.early[i][d], w.late[i][d] = sum(made[:noon]), sum(made[noon:])
			w.daily[i][d] = w.early[i][d] + w.late[i][d]
		}
		for q := range r.flows {
			w.quarter(i, q, zone)
		}
	}
	for d := range g.days {
		w.day(d)
	}
	return w
}

// frequencies is the median of what the homes say, by quarter.
func (w *watcher) frequencies() (zone []uint32) {
	for q := range w.interval {
		var said []uint32
		for _, r := range w.gauntlet.homes {
			said = append(said, r.pulse[q])
		}
		slices.Sort(said)
		zone = append(zone, said[len(said)/2])
	}
	return zone
}

func (w *watcher) note(home, quarter int, scores ...oracle.Score) {
	for _, s := range scores {
		w.homes[home] = append(w.homes[home], sighting{s, quarter})
	}
}

// quarter makes the checks of one interval.
func (w *watcher) quarter(home, q int, zone []uint32) {
	var scores []oracle.Score
	keep := func(s oracle.Score, found bool) {
		if found {
			scores = append(scores, s)
		}
	}
	r, interval := w.gauntlet.homes[home], w.interval[q]
	keep(r.plant.Night(w.place, interval, r.flows[q].Solar))
	keep(r.plant.AboveSky(w.place, interval, r.flows[q].Solar))
	since := max(0, q-7)
	keep(oracle.Pulse(r.pulse[since:q+1], zone[since:q+1]))
	fresh := len(scores)
	for _, earlier := range w.homes[home] {
		if earlier.quarter > q-quarters && earlier.Kind == oracle.ForeignPulse {
			scores = append(scores, earlier.Score)
			break
		}
	}
	w.note(home, q, oracle.Classify(scores)[:fresh]...)
}

// day makes the checks of a day at its end.
func (w *watcher) day(d int) {
	last := (d+1)*quarters - 1
	week := max(0, d-4) * quarters
	for i, r := range w.gauntlet.homes {
		if s, found := oracle.Load(r.flows[d*quarters : last+1]); found {
			w.note(i, last, s)
		}
		if s, found := r.plant.Battery(r.flows[week : last+1]); found {
			w.note(i, last, s)
		}
		for earlier := range d {
			if s, found := oracle.Twins(r.solar(d), r.solar(earlier), oracle.Fraud); found {
				w.note(i, last, s)
			}
		}
		for j := range i {
			if s, found := oracle.Twins(r.solar(d), w.gauntlet.homes[j].solar(d), oracle.Registered); found {
				w.note(i, last, s)
				w.note(j, last, s)
			}
		}
	}
	w.drifts(d)
	for i, b := range w.branch {
		if s, found := modelled.Gap(b[max(0, d-2)*quarters : last+1]); found {
			w.feeders[i] = append(w.feeders[i], sighting{s, last})
		}
	}
}

// drifts compares each home with all others, and where one drifts asks its feeder whether the energy ever arrived.
func (w *watcher) drifts(d int) {
	for i := range w.daily {
		whole, forenoon, afternoon := w.until(w.daily, i, d), w.until(w.early, i, d), w.until(w.late, i, d)
		if _, found := oracle.Drift(whole, forenoon, afternoon, 0); found {
			s, _ := oracle.Drift(whole, forenoon, afternoon, w.slope(i, d))
			w.note(i, (d+1)*quarters-1, s)
		}
	}
}

// until are the days up to one of a home and of all others with a roof.
func (w *watcher) until(energies [][]energy.WattHours, home, d int) oracle.Days {
	days := oracle.Days{Own: energies[home][:d+1]}
	for j := range energies {
		if j != home && w.gauntlet.homes[j].plant.Peak > 0 {
			days.Peers = append(days.Peers, energies[j][:d+1])
		}
	}
	return days
}

// slope is by how much the gap of a home's feeder grew in the last five days with what it says its modules made.
func (w *watcher) slope(home, d int) int64 {
	var gaps, series []energy.WattHours
	for q := max(0, d-4) * quarters; q < (d+1)*quarters; q++ {
		gaps = append(gaps, w.branch[home/perFeeder][q].Gap(modelled))
		series = append(series, w.gauntlet.homes[home].flows[q].Solar)
	}
	return oracle.Slope(gaps, series)
}

// likeness is the published rule of another network, on the same data: a day's curve needs a cosine similarity above
// 0.5 with at least half of up to six neighbours.
func (w *watcher) likeness() {
	w.rule = slices.Repeat([]int{-1}, len(w.gauntlet.homes))
	for d := range w.days {
		for i, r := range w.gauntlet.homes {
			votes, asked := 0, 0
			for step := 1; step < len(w.gauntlet.homes) && asked < 6; step++ {
				for _, j := range []int{i - step, i + step} {
					if j >= 0 && j < len(w.gauntlet.homes) && asked < 6 && w.gauntlet.homes[j].plant.Peak > 0 {
						asked++
						if cosine(r.solar(d), w.gauntlet.homes[j].solar(d)) > 0.5 {
							votes++
						}
					}
				}
			}
			if w.rule[i] < 0 && r.plant.Peak > 0 && votes*2 < asked && d*quarters+quarters > r.onset {
				w.rule[i] = d
			}
		}
	}
}

func cosine(a, b []energy.WattHours) float64 {
	var ab, aa, bb float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}
