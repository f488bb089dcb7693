package grid

import (
	"fmt"
	"math"
)

// Bounds beyond which a figure is a slip of the pen, not an asset.
const (
	maxVoltageKV   = 1_200 // the highest transmission voltage there is
	maxOhm         = 1e7   // an insulator, not a line
	minOhm         = 1e-9  // less is a switch
	maxSiemens     = 1e3   // a short circuit, not a shunt
	maxKilowatts   = 1e7   // 10 GW at one connection
	maxKilometres  = 1_000 // no distribution line is longer
	minAmperes     = 1e-3  // less is a slip of the unit
	minTap, maxTap = 0.75, 1.25
)

// Check returns every defect of the network, or nil. A network without defects can be solved or is honestly overloaded.
func (n *Network) Check() error {
	f := &findings{}
	index := n.checkBuses(f)
	n.checkSource(f, index)
	n.checkLines(f, index)
	n.checkTransformers(f, index)
	n.checkSwitches(f, index)
	checkLoads(f, index, "load", n.Loads)
	checkLoads(f, index, "generator", n.Generators)
	n.checkShunts(f, index)
	if len(f.list) == 0 { // connections mean something only between elements that exist
		n.checkConnections(f)
	}
	return f.list.or()
}

// known is the set of the buses by number.
type known map[int]int

func (n *Network) checkBuses(f *findings) known {
	index := make(known, len(n.Buses))
	f.need(len(n.Buses) > 0, "network", "it has no bus", "list its buses")
	for i, b := range n.Buses {
		if _, twice := index[b.ID]; twice {
			f.add(b.String(), "its number is used twice", "give each bus a number of its own")
		}
		index[b.ID] = i
		f.need(b.VnKV > 0 && b.VnKV <= maxVoltageKV, b.String(), fmt.Sprintf("its nominal voltage is %g kV", b.VnKV),
			"give the voltage between phases in kV, above 0")
	}
	return index
}

func (n *Network) checkSource(f *findings, index known) {
	_, ok := index[n.Source.Bus]
	f.need(ok, "source", fmt.Sprintf("there is no bus %d", n.Source.Bus), "name an existing bus")
	f.need(n.Source.VPU >= 0.5 && n.Source.VPU <= 1.5, "source", fmt.Sprintf("its voltage is %g pu", n.Source.VPU),
		"give it per unit of the bus's nominal voltage, 0.5 to 1.5")
	f.need(math.Abs(n.Source.AngleDeg) <= 360, "source", fmt.Sprintf("its angle is %g degrees", n.Source.AngleDeg), "use -360 to 360")
}

// twoBuses checks the two ends of an element and that its number is its own.
func (f *findings) twoBuses(element string, index known, seen map[int]bool, id, from, to int) (ok bool) {
	before := len(f.list)
	f.need(!seen[id], element, "its number is used twice", "give each element of a kind a number of its own")
	seen[id] = true
	for _, bus := range []int{from, to} {
		_, exists := index[bus]
		f.need(exists, element, fmt.Sprintf("there is no bus %d", bus), "connect it to an existing bus")
	}
	f.need(from != to, element, fmt.Sprintf("both ends are on bus %d", from), "connect it to two buses")
	return len(f.list) == before
}

func (n *Network) checkLines(f *findings, index known) {
	seen := map[int]bool{}
	for i := range n.Lines {
		l := &n.Lines[i]
		name := fmt.Sprintf("line %d", l.ID)
		if f.twoBuses(name, index, seen, l.ID, l.From, l.To) {
			from, to := n.Buses[index[l.From]].VnKV, n.Buses[index[l.To]].VnKV
			f.need(from == to, name, fmt.Sprintf("it joins %g kV and %g kV", from, to), "use a transformer between voltages")
		}
		f.need(l.R >= 0, name, fmt.Sprintf("its resistance is %g ohm", l.R), "a resistance is not negative")
		z := math.Hypot(l.R, l.X)
		f.need(z >= minOhm, name, "it has no impedance", "use a switch, or give r_ohm and x_ohm")
		f.need(z <= maxOhm, name, fmt.Sprintf("its impedance is %g ohm", z), "give the whole line's ohm")
		f.need(l.G >= 0 && math.Hypot(l.G, l.B) <= maxSiemens, name, "its shunt admittance is impossible",
			"give g_s and b_s of the whole line in siemens, g_s not negative")
		f.need(l.LengthKM >= 0 && l.LengthKM <= maxKilometres, name, fmt.Sprintf("its length is %g km", l.LengthKM), "give a positive length")
		f.need(l.RatingA == 0 || l.RatingA >= minAmperes, name, fmt.Sprintf("its rating is %g A", l.RatingA), "give the current it may carry in A, above 0")
	}
}

func (n *Network) checkTransformers(f *findings, index known) {
	seen := map[int]bool{}
	for i := range n.Transformers {
		t := &n.Transformers[i]
		name := fmt.Sprintf("transformer %d", t.ID)
		f.twoBuses(name, index, seen, t.ID, t.HV, t.LV)
		f.need(t.SnKVA > 0 && t.SnKVA <= maxKilowatts, name, fmt.Sprintf("its rated power is %g kVA", t.SnKVA), "give sn_kva above 0")
		for _, v := range []float64{t.VnHV, t.VnLV} {
			f.need(v > 0 && v <= maxVoltageKV, name, fmt.Sprintf("a rated voltage is %g kV", v), "give kV above 0")
		}
		f.need(t.VkPercent > 0 && t.VkPercent < 100, name, fmt.Sprintf("its short-circuit voltage is %g %%", t.VkPercent),
			"give vk_percent above 0 and below 100")
		f.need(t.VkrPercent >= 0 && t.VkrPercent <= t.VkPercent, name, fmt.Sprintf("its vkr_percent is %g", t.VkrPercent),
			"give the resistive part, from 0 to vk_percent")
		f.need(t.PfeKW >= 0 && t.PfeKW <= t.SnKVA, name, fmt.Sprintf("its iron losses are %g kW", t.PfeKW), "use 0 to sn_kva")
		f.need(t.I0Percent >= 0 && t.I0Percent <= 100, name, fmt.Sprintf("its no-load current is %g %%", t.I0Percent), "use 0 to 100")
		f.need(math.Abs(t.ShiftDeg) <= 360, name, fmt.Sprintf("its shift is %g degrees", t.ShiftDeg), "use -360 to 360")
		f.need(t.Parallel >= 0, name, fmt.Sprintf("%d units are parallel", t.Parallel), "use 1 or more")
		f.need(t.TapMin <= t.TapMax && (t.TapPos == 0 && t.TapMax == 0 && t.TapMin == 0 || t.TapPos >= t.TapMin && t.TapPos <= t.TapMax), name,
			fmt.Sprintf("tap %d is out of its range %d to %d", t.TapPos, t.TapMin, t.TapMax), "set tap_pos within tap_min and tap_max")
		f.need(t.TapFactor == 0 || t.TapPos == 0, name, "it has both tap_factor_hv and tap_pos", "give one of them")
		f.need(t.tap() >= minTap && t.tap() <= maxTap, name, fmt.Sprintf("tap factor %g is out of range", t.tap()),
			fmt.Sprintf("use %g to %g", minTap, maxTap))
	}
}

func (n *Network) checkSwitches(f *findings, index known) {
	seen := map[int]bool{}
	for _, s := range n.Switches {
		name := fmt.Sprintf("switch %d", s.ID)
		if f.twoBuses(name, index, seen, s.ID, s.From, s.To) {
			from, to := n.Buses[index[s.From]].VnKV, n.Buses[index[s.To]].VnKV
			f.need(from == to, name, fmt.Sprintf("it joins %g kV and %g kV", from, to), "use a transformer between voltages")
		}
	}
}

func checkLoads(f *findings, index known, kind string, loads []Load) {
	seen := map[int]bool{}
	for _, l := range loads {
		name := fmt.Sprintf("%s %d", kind, l.ID)
		if l.Name != "" {
			name += " (" + l.Name + ")"
		}
		f.need(!seen[l.ID], name, "its number is used twice", "give each element of a kind a number of its own")
		seen[l.ID] = true
		_, ok := index[l.Bus]
		f.need(ok, name, fmt.Sprintf("there is no bus %d", l.Bus), "connect it to an existing bus")
		f.need(math.Hypot(l.PKW, l.QKvar) <= maxKilowatts, name, fmt.Sprintf("its power is %g kW and %g kvar", l.PKW, l.QKvar), "give kW and kvar")
		f.need(l.IPercent >= 0 && l.ZPercent >= 0 && l.IPercent+l.ZPercent <= 100, name,
			fmt.Sprintf("%g %% of it is constant current and %g %% constant impedance", l.IPercent, l.ZPercent), "use shares that sum to 100 at most")
		f.need(l.Phases == "" || l.Phases == "1" || l.Phases == "2" || l.Phases == "3" || l.Phases == "123", name,
			fmt.Sprintf("unknown phase %q", l.Phases), "write 1, 2, 3 or 123")
		f.need(l.ContractKW >= 0, name, fmt.Sprintf("its contracted power is %g kW", l.ContractKW), "give kW above 0")
		f.need(l.ContractKW == 0 || math.Abs(l.PKW) <= l.ContractKW, name,
			fmt.Sprintf("%g kW is above its contracted %g kW", math.Abs(l.PKW), l.ContractKW), "lower the power or correct contract_kw")
	}
}

func (n *Network) checkShunts(f *findings, index known) {
	for _, s := range n.Shunts {
		name := fmt.Sprintf("shunt %d", s.ID)
		_, ok := index[s.Bus]
		f.need(ok, name, fmt.Sprintf("there is no bus %d", s.Bus), "connect it to an existing bus")
		f.need(s.PKW >= 0 && math.Hypot(s.PKW, s.QKvar) <= maxKilowatts, name, fmt.Sprintf("it takes %g kW", s.PKW), "use 0 or more, and kW and kvar")
	}
}

// checkConnections finds what no closed path joins to the source, and loops where there may be none.
func (n *Network) checkConnections(f *findings) {
	t := n.trace()
	for i, b := range n.Buses {
		if t.order[t.node[i]] < 0 {
			f.add(b.String(), "it is not connected to the source", "close a switch or line towards it, or take it out")
		}
	}
	if !n.Radial {
		return
	}
	for _, e := range t.loops {
		f.add(t.edges[e].String(), "it closes a loop in a radial network", "open it, or say that the network is not radial")
	}
	for _, s := range t.looped {
		f.add(fmt.Sprintf("switch %d", n.Switches[s].ID), "it closes a loop in a radial network", "open it, or say that the network is not radial")
	}
}
