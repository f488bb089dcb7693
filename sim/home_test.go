package sim

import (
	"sync"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
)

func TestRegistersDoNotDependOnPolling(t *testing.T) {
	end := summer.Add(26*time.Hour + 1234*time.Millisecond)
	once, often, back := street(t, Config{Seed: 3}), street(t, Config{Seed: 3}), street(t, Config{Seed: 3})
	other := street(t, Config{Seed: 4})
	differ := 0
	for i, h := range once.Homes() {
		want := h.State(end)
		for at := summer.Add(-time.Hour); at.Before(end); at = at.Add(2777 * time.Millisecond) {
			often.Homes()[i].State(at)
		}
		if got := often.Homes()[i].State(end); got != want {
			t.Errorf("%s polled often: got %+v, want %+v", h.Member, got, want)
		}
		back.Homes()[i].State(end.Add(72 * time.Hour))
		if got := back.Homes()[i].State(end); got != want {
			t.Errorf("%s asked about the past: got %+v, want %+v", h.Member, got, want)
		}
		if other.Homes()[i].State(end).Import != want.Import {
			differ++
		}
	}
	if differ < 10 {
		t.Errorf("another seed: %d of 12 import registers differ, want nearly all", differ)
	}
}

func TestConcurrentQuestionsGetTheSameAnswer(t *testing.T) {
	h, twin := street(t, Config{Seed: 8}).Homes()[0], street(t, Config{Seed: 8}).Homes()[0]
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 200 {
				at := summer.Add(time.Duration((i*7919+worker*104729)%100_000) * time.Second)
				h.State(at)
			}
		})
	}
	group.Wait()
	at := summer.Add(100_000 * time.Second)
	if got, want := h.State(at), twin.State(at); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestBeforeTheStartNothingMoves(t *testing.T) {
	h := street(t, Config{}).Homes()[0]
	if got, want := h.State(summer.Add(-time.Hour)), h.State(summer); got != want {
		t.Errorf("got %+v, want the state at the start %+v", got, want)
	}
	if s := h.State(summer); s.Import == 0 || s.Export == 0 {
		t.Errorf("registers %d and %d Wh at the start, want meters that have run before", s.Import, s.Export)
	}
}

// For every seed, home and step of a day: powers and energies balance exactly, and every limit is kept.
func TestEnergyIsConserved(t *testing.T) {
	for seed := range uint64(20) {
		for _, h := range street(t, Config{Seed: seed}).Homes() {
			conserve(t, seed, h)
		}
	}
}

func conserve(t *testing.T, seed uint64, h *Home) {
	t.Helper()
	b := h.battery
	first := h.marks[0]
	var consumed, grid int64 // mWs
	at := first
	for at.step < dayLength/stepLength {
		f := h.flows(at)
		after := at.after(f, b, stepLength)
		night := h.sky.sun(h.start+at.step*stepLength+stepLength/2).up < 0
		switch {
		case f.grid != f.load-f.solar-f.battery:
			t.Fatalf("seed %d %s step %d: powers do not balance: %+v", seed, h.Member, at.step, f)
		case night && f.solar != 0:
			t.Fatalf("seed %d %s step %d: %d W of sun at night", seed, h.Member, at.step, f.solar)
		case f.solar < 0 || f.solar > int64(h.Inverter) || f.load <= 0:
			t.Fatalf("seed %d %s step %d: out of bounds: %+v", seed, h.Member, at.step, f)
		case f.grid > int64(h.MaxImport) || -f.grid > int64(h.MaxExport):
			t.Fatalf("seed %d %s step %d: more than the connection carries: %+v", seed, h.Member, at.step, f)
		case max(f.battery, -f.battery) > int64(h.Storage) || f.battery > 0 && f.grid < 0 || f.battery < 0 && f.grid > 0:
			t.Fatalf("seed %d %s step %d: the battery trades with the grid: %+v", seed, h.Member, at.step, f)
		case after.charge < b.reserve || after.charge > b.capacity:
			t.Fatalf("seed %d %s step %d: charge %d outside %+v", seed, h.Member, at.step, after.charge, b)
		}
		consumed += f.load * stepLength
		grid += f.grid * stepLength
		at = after
		at.step++
	}
	if got := at.imported - at.exported; got != grid {
		t.Errorf("seed %d %s: registers differ by %d mWs, want the grid's %d", seed, h.Member, got, grid)
	}
	if in, out := at.imported+at.produced+at.discharged, at.exported+consumed+at.charged; in != out {
		t.Errorf("seed %d %s: %d mWs came in, %d went out", seed, h.Member, in, out)
	}
	if kept := at.discharged + at.lost + at.charge - first.charge; at.charged != kept {
		t.Errorf("seed %d %s: battery took %d mWs and accounts for %d", seed, h.Member, at.charged, kept)
	}
	if reached := h.reach(at.step); reached != at {
		t.Errorf("seed %d %s: integration reached %+v, want %+v", seed, h.Member, reached, at)
	}
}

// What the registers say over any partition of a day sums to the day, and never goes down.
func TestRegistersTelescope(t *testing.T) {
	for _, h := range street(t, Config{Seed: 11}).Homes() {
		first := h.State(summer)
		last := first
		var imported, exported energy.WattHours
		for at := summer; !at.After(summer.Add(24 * time.Hour)); at = at.Add(7*time.Minute + 300*time.Millisecond) {
			s := h.State(at)
			if s.Import < last.Import || s.Export < last.Export || s.Production < last.Production {
				t.Fatalf("%s at %s: a register went back", h.Member, at)
			}
			if s.Grid != s.Load-s.Solar-s.Battery || s.Phases[0]+s.Phases[1]+s.Phases[2] != s.Grid {
				t.Fatalf("%s at %s: powers do not balance: %+v", h.Member, at, s)
			}
			imported += s.Import - last.Import
			exported += s.Export - last.Export
			last = s
		}
		if imported != last.Import-first.Import || exported != last.Export-first.Export {
			t.Errorf("%s: parts sum to %d and %d Wh", h.Member, imported, exported)
		}
	}
}

// Within a step registers grow in proportion to the power that State shows.
func TestPartialStepIsLinear(t *testing.T) {
	for _, h := range street(t, Config{Seed: 2}).Homes() {
		at := h.reach(500)
		f := h.flows(at)
		whole, half := at.after(f, h.battery, stepLength), at.after(f, h.battery, stepLength/2)
		if got, want := 2*(half.imported-at.imported), whole.imported-at.imported; got != want {
			t.Errorf("%s: import of two halves %d mWs, want %d", h.Member, got, want)
		}
	}
}

// A street of the given size behaves as measured ones do, within wide bounds.
func TestDayIsPlausible(t *testing.T) {
	for seed := range uint64(20) {
		n := street(t, Config{Seed: seed})
		var load, solar, peak float64 // Wh, Wh, W
		for _, h := range n.Homes() {
			first, last := h.reach(0), h.reach(dayLength/stepLength)
			solar += float64(last.produced-first.produced) / milliwattSeconds
			peak += float64(h.Peak)
			load += float64(last.imported-last.exported+last.produced+last.discharged-last.charged) / milliwattSeconds
			s := h.State(summer.Add(14 * time.Hour))
			for _, v := range s.Voltage {
				if v < 207 || v > 253 { // EN 50160: 230 V ± 10 %
					t.Errorf("seed %d %s: %.1f V", seed, h.Member, v)
				}
			}
			if s.Frequency < 49.9 || s.Frequency > 50.1 {
				t.Errorf("seed %d: %.3f Hz", seed, s.Frequency)
			}
		}
		if mean := load / 12; mean < 5_000 || mean > 15_000 {
			t.Errorf("seed %d: a home uses %.0f Wh a day, want 5 to 15 kWh", seed, mean)
		}
		if yield := solar / peak; yield < 1.5 || yield > 8 {
			t.Errorf("seed %d: %.2f kWh per kWp on a summer day, want 1.5 to 8", seed, yield)
		}
	}
}

func TestBatteryRoundTrip(t *testing.T) {
	b := battery{capacity: 10_000 * milliwattSeconds, reserve: 500 * milliwattSeconds, limit: 5000}
	charge, in, out := b.reserve, int64(0), int64(0)
	for surplus := int64(4000); ; {
		power := b.dispatch(surplus, charge)
		if power == 0 {
			if surplus < 0 {
				break
			}
			surplus = -3000
			continue
		}
		charge, _ = b.move(charge, power, stepLength)
		in, out = in+max(0, -power), out+max(0, power)
	}
	if got := float64(out) / float64(in); got < 0.919 || got > 0.92 {
		t.Errorf("round trip: got %.4f, want 0.959² = 0.9197", got)
	}
	if none := (battery{}); none.dispatch(1000, 0) != 0 || none.dispatch(-1000, 0) != 0 {
		t.Error("a home without a battery moves energy through it")
	}
}

// A restart integrates a week for twelve homes anew.
func BenchmarkWeek(b *testing.B) {
	for b.Loop() {
		for _, h := range street(b, Config{Seed: 1}).Homes() {
			h.State(summer.Add(7 * 24 * time.Hour))
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(12*7*dayLength/stepLength), "ns/step")
}
