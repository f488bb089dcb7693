package grid

import (
	"math/rand/v2"
	"testing"

	"github.com/wattle/wattle/energy"
)

// Whatever everybody does within their envelopes, nothing is violated; nobody gets more than the contract; and a network
// that is strong enough cuts nobody.
func TestEnvelopesAreSafe(t *testing.T) {
	for name, contract := range map[string]energy.Watts{"simbench_lv_rural2_load.json": 12_000, "cigre_lv.json": 60_000, "kerber_landnetz_kabel_1.json": 500} {
		f := balanced(t, "balanced/"+name)
		a, err := NewAdmission(f, Limits{0.9, 1.1})
		if err != nil {
			t.Fatal(err)
		}
		var connections []Connection
		for i := range f.network.Loads {
			connections = append(connections, Connection{busIndex(f, f.network.Loads[i].Bus), contract, contract})
		}
		envelopes, err := a.Envelopes(connections)
		if err != nil {
			t.Fatal(err)
		}
		cut, given := 0, energy.Watts(0)
		for i, e := range envelopes {
			if e.Import > contract || e.Export > contract || e.Import < 0 || e.Export < 0 {
				t.Errorf("%s: connection %d got %+v above its contract", name, i, e)
			}
			if e.Import < contract && e.ImportBy == "" || e.Export < contract && e.ExportBy == "" {
				t.Errorf("%s: connection %d was cut without a reason: %+v", name, i, e)
			}
			if e.Import < contract {
				cut++
			}
			given += e.Import
			if w, why := e.Allow(e.Import + 1); w != e.Import || why != e.ImportBy {
				t.Errorf("%s: got %d, %q above the envelope", name, w, why)
			}
		}
		if cut == 0 != (contract == 500) {
			t.Errorf("%s: %d of %d connections were cut", name, cut, len(envelopes))
		}
		t.Logf("%s: %d of %d connections cut, %d of %d kW given", name, cut, len(envelopes), given/1000, contract*energy.Watts(len(envelopes))/1000)
		kept := append([]demand(nil), f.power...)
		r := rand.New(rand.NewPCG(3, 3))
		for round := range 30 {
			for _, c := range connections {
				_, kvar := f.Drawn(c.Bus)
				f.Draw(c.Bus, 0, kvar)
			}
			for i, c := range connections {
				share := 2*r.Float64() - 1
				if round < 2 {
					share = float64(1 - 2*round) // everybody at once, in one direction
				}
				kw := share * float64(envelopes[i].Import) / 1e3
				if share < 0 {
					kw = share * float64(envelopes[i].Export) / 1e3
				}
				before, kvar := f.Drawn(c.Bus)
				f.Draw(c.Bus, before+kw, kvar)
			}
			if ok, what, _ := a.feasible(); !ok {
				t.Errorf("%s, round %d: %s", name, round, what)
			}
		}
		copy(f.power, kept)
	}
}

func TestHostingIsExact(t *testing.T) {
	f := balanced(t, "balanced/simbench_lv_rural2_load.json")
	a, err := NewAdmission(f, Limits{0.9, 1.1})
	if err != nil {
		t.Fatal(err)
	}
	for bus := 1; bus < f.Buses(); bus += 9 {
		export, imports, err := a.Hosting(bus, 500_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []struct {
			sign float64
			got  Decision
		}{{-1, export}, {1, imports}} {
			if d.got.Admitted <= 0 || d.got.Admitted < 500_000 && d.got.Binding == "" {
				t.Errorf("bus %d: got %+v", bus, d.got)
			}
			kw, kvar := f.Drawn(bus)
			f.Draw(bus, kw+d.sign*float64(d.got.Admitted)/1e3, kvar)
			fits, _, _ := a.feasible()
			f.Draw(bus, kw+d.sign*1.01*float64(d.got.Admitted)/1e3, kvar)
			more, _, _ := a.feasible()
			f.Draw(bus, kw, kvar)
			if !fits || more && d.got.Admitted < 500_000 {
				t.Errorf("bus %d: %+v fits: %t, a hundredth more: %t", bus, d.got, fits, more)
			}
		}
	}
}

func TestCurtailmentIsCounted(t *testing.T) {
	at, err := energy.NewInterval(0, 900)
	if err != nil {
		t.Fatal(err)
	}
	e := Envelope{Import: 4000, Export: 2000, ExportBy: "line 7 at its rating"}
	allowed, why := e.Allow(-5000)
	c := Curtailment{Bus: 3, Interval: at, Wanted: -5000, Allowed: allowed, Reason: why}
	if wh, err := c.Energy(); err != nil || wh != 750 || c.Reason != "line 7 at its rating" {
		t.Errorf("got %d Wh, %v for %+v, want 750", wh, err, c)
	}
}
