package sim

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
)

// said is a register of a unit as a client would take it: scaled, absent where its marks say so.
func said(registers []uint16, m *model, name, factor string) *energy.WattHours {
	if registers == nil {
		return nil
	}
	b := registers[2+model1.size:]
	v := uint32(b[m.find[name].offset])<<16 | uint32(b[m.find[name].offset+1])
	if v == 0xFFFFFFFF || v == 0 && m == model103 {
		return nil
	}
	wh := energy.WattHours(v)
	for range int16(b[m.find[factor].offset]) {
		wh *= 10
	}
	return &wh
}

// Ten days of misbehaving devices: wherever a register is believed it is the truth to the Wh, and no Wh is invented.
func TestTroubledDevicesAreCountedRight(t *testing.T) {
	days := 10
	if testing.Short() {
		days = 2
	}
	for _, seed := range []uint64{1, 2} {
		h := pick(t, street(t, Config{Seed: seed, Homes: 4}), true, true)
		h.Trouble = &Trouble{Seed: seed, Rate: 60}
		registers := map[string]*meter.Register{}
		for _, name := range []string{"import", "export", "production"} {
			registers[name] = &meter.Register{Most: h.MaxImport + h.MaxExport}
		}
		asked, good, events := 0, 0, 0
		start := h.State(summer).Time
		for at := start; at.Before(start.AddDate(0, 0, days)); at = at.Add(20 * time.Second) {
			truth := h.State(at)
			for _, c := range []struct {
				name         string
				unit         byte
				m            *model
				point, scale string
				truth        energy.WattHours
			}{
				{"import", MeterUnit, model203, "TotWhImp", "TotWh_SF", truth.Import},
				{"export", MeterUnit, model203, "TotWhExp", "TotWh_SF", truth.Export},
				{"production", InverterUnit, model103, "WH", "WH_SF", truth.Production},
			} {
				code, late, hangUp := h.fate(c.unit, at)
				var image []uint16
				if code == 0 && late == 0 && !hangUp {
					image = h.distort(c.unit, h.image(c.unit, at), at)
				}
				asked++
				step := registers[c.name].Observe(meter.Sample{At: at.UnixMilli(), Raw: said(image, c.m, c.point, c.scale)})
				if step.Grade == meter.Good {
					good++
				}
				if step.Grade == meter.Good && step.Count != c.truth || step.Count > c.truth {
					t.Fatalf("seed %d, %s, %s: got %s %s, want %s", seed, at, c.name, step.Grade, step.Count, c.truth)
				}
				if step.Event > meter.Began {
					events++
				}
			}
		}
		if events != 0 || good < asked*7/10 || good == asked {
			t.Errorf("seed %d: %d of %d good, %d events; want most but not all, and none", seed, good, asked, events)
		}
	}
}

// A battery that may not charge sends what is left over into the grid, until the command reverts.
func TestCommandsActAndRevert(t *testing.T) {
	h := pick(t, street(t, Config{}), true, true)
	at := summer.Add(6 * time.Hour)
	for ; h.State(at).Battery >= 0; at = at.Add(time.Minute) {
		if at.After(summer.Add(48 * time.Hour)) {
			t.Fatal("the battery never charges")
		}
	}
	put := func(name string, m *model, block int, v uint16) byte {
		return h.write(InverterUnit, block+m.find[name].offset, []uint16{v}, at)
	}
	before := h.State(at)
	for name, v := range map[string]uint16{"InWRte": 0, "InOutWRte_RvrtTms": 60, "StorCtl_Mod": chargeLimited} {
		if code := put(name, model124, storageAt, v); code != 0 {
			t.Fatalf("%s: exception %d", name, code)
		}
	}
	if got := h.State(at.Add(20 * time.Second)); got.Battery < 0 || got.Grid != got.Load-got.Solar-got.Battery {
		t.Errorf("held: got %d W, want no charging", got.Battery)
	}
	if got := h.State(at); got != before {
		t.Errorf("the past changed: got %+v, want %+v", got, before)
	}
	if got := h.State(at.Add(5 * time.Minute)); got.Battery >= 0 && got.Solar > got.Load && got.Charge < 0.99 {
		t.Errorf("reverted: got %d W, want charging again", got.Battery)
	}
	shown := h.image(InverterUnit, at.Add(10*time.Second))[storageAt+model124.find["StorCtl_Mod"].offset]
	reverted := h.image(InverterUnit, at.Add(5*time.Minute))[storageAt+model124.find["StorCtl_Mod"].offset]
	if shown != chargeLimited || reverted != 0 {
		t.Errorf("mode: got %d, then %d, want %d, then 0", shown, reverted, chargeLimited)
	}

	at = at.Add(10 * time.Minute)
	put("WMaxLimPct", model123, controlsAt, 10)
	put("WMaxLim_Ena", model123, controlsAt, 1)
	if got := h.State(at.Add(time.Minute)); got.Solar > h.Inverter/10 {
		t.Errorf("limited: got %d W, want at most a tenth of %d", got.Solar, h.Inverter)
	}
	for _, c := range []struct {
		name string
		m    *model
		at   int
		v    uint16
		want byte
	}{
		{"WMaxLimPct", model123, controlsAt, 101, illegalValue}, {"StorCtl_Mod", model124, storageAt, 7, illegalValue},
		{"ChaState", model124, storageAt, 5, illegalAddress}, {"Conn", model123, controlsAt, 0, illegalAddress},
	} {
		if got := put(c.name, c.m, c.at, c.v); got != c.want {
			t.Errorf("%s = %d: got exception %d, want %d", c.name, c.v, got, c.want)
		}
	}
}

// The same over the wire.
func TestWritesOverModbus(t *testing.T) {
	h := pick(t, street(t, Config{}), true, true)
	address, _ := serving(t, h, summer)
	c := client(t, address, InverterUnit)
	mode := uint16(Base + storageAt + model124.find["StorCtl_Mod"].offset)
	if _, err := c.WriteSingleRegister(mode, 2); err != nil {
		t.Fatal(err)
	}
	rate := uint16(Base + storageAt + model124.find["OutWRte"].offset)
	if _, err := c.WriteMultipleRegisters(rate, 2, []byte{0, 40, 0, 50}); err != nil {
		t.Fatal(err)
	}
	if raw, err := c.ReadHoldingRegisters(rate, 2); err != nil || binary.BigEndian.Uint16(raw) != 40 || binary.BigEndian.Uint16(raw[2:]) != 50 {
		t.Errorf("got %x %v, want 40 and 50 %%", raw, err)
	}
	if raw, err := c.ReadHoldingRegisters(mode, 1); err != nil || raw[1] != 2 {
		t.Errorf("mode: got %x %v, want 2", raw, err)
	}
}
