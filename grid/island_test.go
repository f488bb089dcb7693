package grid

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
)

func TestIslandReference(t *testing.T) {
	var file struct {
		Sets []struct {
			Case    string  `json:"case"`
			Open    [][]any `json:"open"`
			Islands []struct {
				Buses        []int   `json:"buses"`
				HasSource    bool    `json:"has_source"`
				LoadKW       float64 `json:"load_kw"`
				GenerationKW float64 `json:"generation_kw"`
			} `json:"islands"`
		} `json:"sets"`
	}
	if err := json.Unmarshal(readCase(t, "market/islands.json"), &file); err != nil {
		t.Fatal(err)
	}
	for i, set := range file.Sets {
		name := "balanced/" + set.Case + ".json"
		if !hasCase(name) {
			continue // kept elsewhere
		}
		n := balanced(t, name).network
		open := false
		for _, o := range set.Open {
			id := int(o[1].(float64))
			if o[0] == "transformer" {
				n.Transformers[slices.IndexFunc(n.Transformers, func(x Transformer) bool { return x.ID == id })].InService = &open
			} else {
				n.Lines[slices.IndexFunc(n.Lines, func(l Line) bool { return l.ID == id })].InService = &open
			}
		}
		got := n.Islands()
		if len(got) != len(set.Islands) {
			t.Fatalf("set %d: got %d islands, want %d", i, len(got), len(set.Islands))
		}
		for _, want := range set.Islands {
			k := slices.IndexFunc(got, func(x Island) bool { return slices.Contains(x.Buses, want.Buses[0]) })
			slices.Sort(got[k].Buses)
			if !slices.Equal(got[k].Buses, want.Buses) || got[k].Live != want.HasSource || math.Abs(got[k].LoadKW-want.LoadKW) > 1e-6 ||
				math.Abs(got[k].GenerationKW-want.GenerationKW) > 1e-6 {
				t.Errorf("set %d: got %+v, want %+v", i, got[k], want)
			}
		}
		if forming := n.Islands(set.Islands[len(set.Islands)-1].Buses[0]); !slices.ContainsFunc(forming, func(x Island) bool { return x.Live }) {
			t.Errorf("set %d: no island is live", i)
		}
	}
}

// A blackout of an hour, second by second, with a battery that forms the voltage.
func TestIslandingThroughABlackout(t *testing.T) {
	start := time.Date(2026, 6, 21, 12, 0, 0, 0, time.UTC)
	grid := Terminal{Known: true, VPU: 1, Hz: 50}
	gone := Terminal{Known: true}
	var m Islanding
	var got []string
	for s := range 7200 {
		e := Evidence{At: start.Add(time.Duration(s) * time.Second), Grid: grid, Local: grid, Closed: true, Permit: true, Available: true}
		switch {
		case s >= 100 && s < 3700: // the blackout; the switch opens after a second, the battery forms after three
			e.Grid, e.Local = gone, gone
			e.Closed = s < 101
			e.Open = !e.Closed
			if s >= 103 {
				e.Forming, e.Local = true, Terminal{Known: true, VPU: 0.98, Hz: 50.05}
			}
			e.Short = s >= 1000 && s < 1500
		case s >= 3700 && s < 4100: // the grid is back; the operator releases the return at once
			e.Closed, e.Open, e.Forming, e.Release = false, true, true, true
			e.Local = Terminal{Known: true, VPU: 0.99, Hz: 50.02}
			if s == 4099 {
				e.Closed, e.Open = true, false
			}
		}
		for _, x := range m.Step(e) {
			got = append(got, fmt.Sprintf("%d %s", s, x.To))
		}
	}
	want := []string{"101 suspected", "113 islanded", "1000 scarce", "2100 islanded", "4000 resync", "4099 return", "4999 grid-tied"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestIslandingRules(t *testing.T) {
	at := time.Date(2026, 6, 21, 12, 0, 0, 0, time.UTC)
	healthy := Terminal{Known: true, VPU: 1, Hz: 50}
	for _, c := range []struct {
		name  string
		from  Operation
		steps []Evidence
		every time.Duration
		want  Operation
	}{
		{"nothing known is no evidence", GridTied, make([]Evidence, 20), time.Second, GridTied},
		{"two meters are not enough", GridTied, []Evidence{{LostMeters: 2}}, time.Second, GridTied},
		{"three are", GridTied, []Evidence{{LostMeters: 3}}, time.Second, Suspected},
		{"a dip", GridTied, []Evidence{{Grid: Terminal{Known: true, VPU: 0.5, Hz: 50}}, {Grid: healthy}}, 100 * time.Millisecond, GridTied},
		{"an alarm that was false", Suspected, []Evidence{{Grid: healthy, Local: healthy, Closed: true}}, time.Second, GridTied},
		{"no permission", Suspected, slices.Repeat([]Evidence{{Open: true, Forming: true, Local: healthy}}, 30), time.Second, Suspected},
		{"nothing forms a voltage", Suspected, slices.Repeat([]Evidence{{Open: true, Permit: true, Local: Terminal{Known: true}}}, 30), time.Second, Dark},
		{"black start", Dark, slices.Repeat([]Evidence{{Open: true, Permit: true, Available: true, Forming: true, Energised: true, Local: healthy}}, 100), time.Second, Islanded},
		{"a forming unit that trips", Islanded, slices.Repeat([]Evidence{{Open: true, Permit: true, Local: Terminal{Known: true}}}, 3), time.Second, Dark},
		{"never in step", Resync, slices.Repeat([]Evidence{{Open: true, Forming: true, Permit: true, Release: true, Grid: healthy, Local: Terminal{Known: true, VPU: 1, Hz: 50.4}}}, 650), time.Second, Islanded},
		{"lockout", Islanded, []Evidence{{Safety: true, Open: true, Forming: true, Local: healthy}}, time.Second, Lockout},
		{"only cleared by a person", Lockout, slices.Repeat([]Evidence{{Grid: healthy, Local: healthy, Closed: true}}, 30), time.Second, Lockout},
	} {
		m := Islanding{Now: c.from}
		for i, e := range c.steps {
			e.At = at.Add(time.Duration(i) * c.every)
			m.Step(e)
		}
		if m.Now != c.want {
			t.Errorf("%s: got %s, want %s", c.name, m.Now, c.want)
		}
	}
	if Dark.Market() != MarketClosed || Scarce.Market() != MarketIsland || Suspected.Market() != MarketFrozen {
		t.Error("a market is open where it must not be")
	}
}

// Nobody gets more than wanted, nothing is left while somebody wants it, no class goes before a higher one, and within a
// class nobody could have more without somebody with less having less still.
func TestRationing(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		needs := make([]Need, 1+r.IntN(9))
		for i := range needs {
			needs[i] = Need{ID: fmt.Sprint(i), Class: Class(r.IntN(3)), Wants: energy.Watts(r.IntN(900)), Whole: r.IntN(4) == 0, Served: energy.WattHours(r.IntN(3))}
		}
		supply := energy.Watts(r.IntN(3000))
		shares := Ration(supply, needs)
		total, wanted := energy.Watts(0), [Classes]energy.Watts{}
		parted := true // nobody is all or nothing
		for i, s := range shares {
			n := needs[i]
			total += s
			wanted[n.Class] += n.Wants
			parted = parted && !n.Whole
			if s < 0 || s > n.Wants || n.Whole && s != 0 && s != n.Wants {
				t.Fatalf("seed %d: %+v got %d", seed, n, s)
			}
			for k, other := range needs {
				if !n.Whole && !other.Whole && n.Class == other.Class && s > shares[k]+1 && shares[k] < other.Wants {
					t.Fatalf("seed %d: %+v got %d while %+v got %d", seed, n, s, other, shares[k])
				}
			}
		}
		all, above := energy.Watts(0), energy.Watts(0)
		for c := range Classes {
			above += wanted[c]
			all += wanted[c]
			for i, n := range needs {
				if n.Class == c && above <= supply && shares[i] != n.Wants { // the optimum serves them all, and so must we
					t.Fatalf("seed %d: class %d could be served, %+v got %d", seed, c, n, shares[i])
				}
			}
		}
		if total > supply || parted && total != min(supply, all) {
			t.Fatalf("seed %d: %d W shared of %d, %d wanted", seed, total, supply, all)
		}
		r.Shuffle(len(needs), func(i, k int) { needs[i], needs[k] = needs[k], needs[i] })
		again := Ration(supply, needs)
		for i, n := range needs {
			var k int
			fmt.Sscan(n.ID, &k)
			if again[i] != shares[k] {
				t.Fatalf("seed %d: the order of the needs changes the shares", seed)
			}
		}
	}
}

// Who was served least comes first, so that all take turns.
func TestRotation(t *testing.T) {
	needs := []Need{{ID: "a", Class: Normal, Wants: 1000, Whole: true}, {ID: "b", Class: Normal, Wants: 1000, Whole: true}, {ID: "c", Class: Normal, Wants: 1000, Whole: true}}
	for range 30 {
		for i, s := range Ration(1500, needs) {
			needs[i].Served += energy.WattHours(s / 2)
		}
	}
	for _, n := range needs {
		if n.Served != 5000 {
			t.Errorf("%s was served %d Wh, want 5000", n.ID, n.Served)
		}
	}
}

func TestShedding(t *testing.T) {
	running := []Need{{ID: "car", Class: Deferrable, Wants: 7000}, {ID: "pool", Class: Deferrable, Wants: 2000}, {ID: "heat", Class: Flexible, Wants: 3000},
		{ID: "fridge", Class: Critical, Wants: 100}, {ID: "lungs", Class: LifeSupport, Wants: 300}}
	for deficit, want := range map[energy.Watts][]int{0: {}, 1000: {0}, 6500: {0, 1}, 9000: {0, 1, 2}, 99_000: {0, 1, 2, 3}} {
		if got := Shed(deficit, running); !slices.Equal(got, want) {
			t.Errorf("deficit %d W: got %v, want %v", deficit, got, want)
		}
	}
	for _, c := range []struct {
		supply, demand energy.Watts
		want           energy.Price
	}{{1000, 1000, 200}, {0, 1000, 400}, {500, 1000, 300}, {1500, 1000, 100}, {9000, 1000, 0}, {5, 0, 0}} {
		if got := ScarcityPrice(200, 0, 400, c.supply, c.demand); got != c.want {
			t.Errorf("supply %d, demand %d: got %d, want %d", c.supply, c.demand, got, c.want)
		}
	}
}

// twin of Carry: every allocation of every slot, the best by class.
func bestCarry(store Store, slots []Slot, held energy.WattHours, seen map[[2]energy.WattHours][Classes]energy.WattHours) (best [Classes]energy.WattHours) {
	if len(slots) == 0 {
		return best
	}
	key := [2]energy.WattHours{energy.WattHours(len(slots)), held}
	if v, ok := seen[key]; ok {
		return v
	}
	found := false
	w := slots[0].Wants
	for a := range w[0] + 1 {
		for b := range w[1] + 1 {
			for c := range w[2] + 1 {
				net := slots[0].Supply - a - b - c
				if -net > store.Discharge || -net > held {
					continue
				}
				v := bestCarry(store, slots[1:], min(store.Capacity, held+min(net, store.Charge)), seen)
				v[0], v[1], v[2] = v[0]+a, v[1]+b, v[2]+c
				if !found || slices.Compare(v[:], best[:]) > 0 {
					best, found = v, true
				}
			}
		}
	}
	seen[key] = best
	return best
}

func TestCarryIsOptimal(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 2))
		wh := func(n int) energy.WattHours { return energy.WattHours(r.IntN(n)) }
		store := Store{Capacity: wh(12), Charge: wh(5), Discharge: wh(6)}
		store.Energy = wh(int(store.Capacity) + 1)
		slots := make([]Slot, 1+r.IntN(5))
		for i := range slots {
			slots[i] = Slot{Supply: wh(7)}
			for c := range 3 {
				slots[i].Wants[c] = wh(4)
			}
		}
		var got [Classes]energy.WattHours
		held := store.Energy
		for i, p := range Carry(store, slots) {
			used := energy.WattHours(0)
			for c, x := range p {
				got[c] += x
				used += x
			}
			net := slots[i].Supply - used
			if -net > min(store.Discharge, held) {
				t.Fatalf("seed %d: slot %d takes %d Wh from %d", seed, i, -net, held)
			}
			held = min(store.Capacity, held+min(net, store.Charge))
		}
		want := bestCarry(store, slots, store.Energy, map[[2]energy.WattHours][Classes]energy.WattHours{})
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: got %v, want %v (%+v %+v)", seed, got, want, store, slots)
		}
	}
}
