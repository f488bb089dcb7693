package sim

import (
	"math"
	"time"
)

// Unit identifiers of the devices behind a home's Modbus server.
const (
	InverterUnit = 1 // inverter and battery; only homes with a roof have it
	MeterUnit    = 2 // the meter at the connection point
)

// Base is the first register of every device's SunSpec map.
const Base = 40000

// image is the SunSpec map of a unit at t, from Base to the end marker; nil where the home has no such unit. All of it
// is of one State.
func (h *Home) image(unit byte, t time.Time) []uint16 {
	switch {
	case unit == MeterUnit:
		s := h.State(t)
		return chain(h.common("Meter 203", "M"), meterBlock(s))
	case unit == InverterUnit && h.Inverter > 0:
		s := h.State(t)
		h.mu.Lock()
		storage, output := h.orders.shown(max(t.UnixMilli(), h.start))
		h.mu.Unlock()
		blocks := []block{h.common("Inverter 103", "I"), h.inverterBlock(s), h.nameplateBlock(), controlsBlock(output)}
		if h.Capacity > 0 {
			blocks = append(blocks, h.storageBlock(s, storage), h.batteryBlock(s))
		}
		return chain(blocks...)
	}
	return nil
}

// chain joins blocks between "SunS" and the end marker.
func chain(blocks ...block) []uint16 {
	out := []uint16{0x5375, 0x6E53}
	for _, b := range blocks {
		out = append(out, b.words...)
	}
	return append(out, 0xFFFF, 0)
}

func (h *Home) common(device, suffix string) block {
	b := model1.empty()
	b.text("Mn", "Wattle Sim")
	b.text("Md", device)
	b.text("SN", h.serial+suffix)
	b.text("Vr", "1.0")
	return b
}

// meterBlock is model 203. W > 0 imports.
func meterBlock(s State) block {
	b := model203.empty()
	var amps [3]float64
	for i, p := range s.Phases {
		amps[i] = math.Abs(float64(p)) / s.Voltage[i]
	}
	volts := (s.Voltage[0] + s.Voltage[1] + s.Voltage[2]) / 3
	b.scaled("A_SF", -2, values{"A": amps[0] + amps[1] + amps[2], "AphA": amps[0], "AphB": amps[1], "AphC": amps[2]})
	b.scaled("V_SF", -1, values{
		"PhV": volts, "PhVphA": s.Voltage[0], "PhVphB": s.Voltage[1], "PhVphC": s.Voltage[2],
		"PPV":     volts * math.Sqrt(3),
		"PhVphAB": lineVoltage(s.Voltage[0], s.Voltage[1]),
		"PhVphBC": lineVoltage(s.Voltage[1], s.Voltage[2]),
		"PhVphCA": lineVoltage(s.Voltage[2], s.Voltage[0]),
	})
	b.scaled("Hz_SF", -2, values{"Hz": s.Frequency})
	b.scaled("W_SF", 0, values{
		"W": float64(s.Grid), "WphA": float64(s.Phases[0]), "WphB": float64(s.Phases[1]), "WphC": float64(s.Phases[2]),
	})
	b.scaled("TotWh_SF", 0, values{"TotWhExp": float64(s.Export), "TotWhImp": float64(s.Import)})
	b.plain(values{"Evt": 0})
	return b
}

// lineVoltage is the voltage between two phases 120 degrees apart.
func lineVoltage(a, b float64) float64 { return math.Sqrt(a*a + b*b + a*b) }

// The operating states of model 103.
const (
	sleeping  = 2
	tracking  = 4 // MPPT
	throttled = 5
)

// inverterBlock is model 103: what the roof feeds into the home, at a power factor of one. The battery is coupled on
// the alternating side, so its power is not in here.
func (h *Home) inverterBlock(s State) block {
	b := model103.empty()
	power := float64(s.Solar)
	volts := values{"PhVphA": s.Voltage[0], "PhVphB": s.Voltage[1], "PhVphC": s.Voltage[2]}
	amps := values{}
	for i, name := range []string{"AphA", "AphB", "AphC"} {
		amps[name] = power / 3 / s.Voltage[i]
		amps["A"] += amps[name]
	}
	b.scaled("A_SF", -2, amps)
	b.scaled("V_SF", -1, volts)
	b.scaled("W_SF", 0, values{"W": power})
	b.scaled("Hz_SF", -2, values{"Hz": s.Frequency})
	b.scaled("VA_SF", 0, values{"VA": power})
	b.scaled("VAr_SF", 0, values{"VAr": 0})
	b.scaled("PF_SF", -1, values{"PF": 100}) // percent
	b.scaled("WH_SF", 0, values{"WH": float64(s.Production)})
	b.scaled("DCW_SF", 0, values{"DCW": h.roof.direct(power)})
	b.scaled("Tmp_SF", -1, values{"TmpCab": s.Temperature})
	status := values{"St": tracking, "Evt1": 0, "Evt2": 0}
	switch {
	case s.Solar == 0:
		status["St"] = sleeping
	case s.Solar >= h.Inverter:
		status["St"] = throttled
	}
	b.plain(status)
	return b
}

// nameplateBlock is model 120.
func (h *Home) nameplateBlock() block {
	b := model120.empty()
	rated := float64(h.Inverter)
	b.scaled("WRtg_SF", 0, values{"WRtg": rated})
	b.scaled("VARtg_SF", 0, values{"VARtg": rated})
	b.scaled("VArRtg_SF", 0, values{"VArRtgQ1": 0, "VArRtgQ2": 0, "VArRtgQ3": 0, "VArRtgQ4": 0})
	b.scaled("ARtg_SF", -1, values{"ARtg": rated / 230})
	b.scaled("PFRtg_SF", -2, values{"PFRtgQ1": 1, "PFRtgQ2": 1, "PFRtgQ3": 1, "PFRtgQ4": 1})
	if h.Capacity == 0 {
		b.plain(values{"DERTyp": 4}) // photovoltaic
		return b
	}
	b.plain(values{"DERTyp": 82}) // photovoltaic and storage
	b.scaled("WHRtg_SF", 0, values{"WHRtg": float64(h.Capacity)})
	b.scaled("AhrRtg_SF", 0, values{"AhrRtg": float64(h.Capacity) / cellVoltage})
	b.scaled("MaxChaRte_SF", 0, values{"MaxChaRte": float64(h.Storage)})
	b.scaled("MaxDisChaRte_SF", 0, values{"MaxDisChaRte": float64(h.Storage)})
	return b
}

// cellVoltage is the nominal voltage of the battery: 16 lithium iron phosphate cells in series.
const cellVoltage = 51.2

// terminalVoltage of the battery in V.
func (s State) terminalVoltage() float64 { return cellVoltage + 2*(s.Charge-0.5) }

// The charge states of models 124 and 802.
const (
	empty       = 2
	discharging = 3
	charging    = 4
	full        = 5
	holding     = 6
)

func (h *Home) chargeState(s State) float64 {
	switch {
	case s.Battery > 0:
		return discharging
	case s.Battery < 0:
		return charging
	case s.Charge > 0.99:
		return full
	case s.Charge < 0.01+h.reserve():
		return empty
	}
	return holding
}

// reserve is the part of the capacity that is never given.
func (h *Home) reserve() float64 { return float64(h.battery.reserve) / float64(h.battery.capacity) }

// controlsBlock is model 123: a limit of the inverter's power.
func controlsBlock(o orderRegisters) block {
	b := model123.empty()
	b.scaled("WMaxLimPct_SF", 0, values{"WMaxLimPct": float64(o.charge)})
	b.scaled("OutPFSet_SF", -2, values{"OutPFSet": 1})
	b.plain(values{"Conn": 1, "WMaxLimPct_RvrtTms": float64(o.revert), "WMaxLim_Ena": float64(o.mode), "OutPFSet_Ena": 0, "VArPct_Ena": 0})
	return b
}

// storageBlock is model 124. Without a limit the battery follows the home.
func (h *Home) storageBlock(s State, o orderRegisters) block {
	b := model124.empty()
	b.scaled("WChaMax_SF", 0, values{"WChaMax": float64(h.Storage)})
	b.scaled("WChaDisChaGra_SF", 0, values{"WChaGra": 100, "WDisChaGra": 100})
	b.scaled("MinRsvPct_SF", 0, values{"MinRsvPct": 100 * h.reserve()})
	b.scaled("ChaState_SF", -2, values{"ChaState": 100 * s.Charge})
	b.scaled("StorAval_SF", -1, values{"StorAval": max(0, s.Charge-h.reserve()) * float64(h.Capacity) / cellVoltage})
	b.scaled("InBatV_SF", -1, values{"InBatV": s.terminalVoltage()})
	b.scaled("InOutWRte_SF", 0, values{"OutWRte": float64(o.discharge), "InWRte": float64(o.charge)})
	b.plain(values{"InOutWRte_RvrtTms": float64(o.revert), "StorCtl_Mod": float64(o.mode), "ChaSt": h.chargeState(s), "ChaGriSet": 0})
	return b
}

// batteryBlock is model 802. A and W > 0 discharge.
func (h *Home) batteryBlock(s State) block {
	b := model802.empty()
	b.scaled("AHRtg_SF", 0, values{"AHRtg": float64(h.Capacity) / cellVoltage})
	b.scaled("WHRtg_SF", 0, values{"WHRtg": float64(h.Capacity)})
	b.scaled("WChaDisChaMax_SF", 0, values{"WChaRteMax": float64(h.Storage), "WDisChaRteMax": float64(h.Storage)})
	b.scaled("SoC_SF", -2, values{"SoC": 100 * s.Charge, "SoCMax": 100, "SoCMin": 100 * h.reserve()})
	b.scaled("V_SF", -1, values{"V": s.terminalVoltage()})
	b.scaled("CellV_SF", -3, values{"CellVAvg": s.terminalVoltage() / 16})
	b.scaled("A_SF", -1, values{"A": float64(s.Battery) / s.terminalVoltage()})
	b.scaled("AMax_SF", 0, values{"AChaMax": float64(h.Storage) / cellVoltage, "ADisChaMax": float64(h.Storage) / cellVoltage})
	b.scaled("W_SF", 0, values{"W": float64(s.Battery)})
	b.plain(values{
		"ChaSt": h.chargeState(s), "LocRemCtl": 1, "AlmRst": 0, "Typ": 4, "State": 3, // local, lithium ion, connected
		"Evt1": 0, "Evt2": 0, "EvtVnd1": 0, "EvtVnd2": 0,
		"SetOp": 1, "SetInvState": 3, // connect, started
	})
	return b
}
