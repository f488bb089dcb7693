package grid

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// importPandapower reads a network from the JSON that pandapower's to_json writes (versions 2 and 3). What this model has
// no counterpart for is a defect, never left out. Out of service is what is out of service, or at a bus that is.
func importPandapower(object map[string]json.RawMessage) (*Network, error) {
	p := &pandapower{f: &findings{}, object: object, n: &Network{FrequencyHz: 50}, out: map[int]bool{}}
	if raw, ok := object["f_hz"]; ok {
		if err := json.Unmarshal(raw, &p.n.FrequencyHz); err != nil || !(p.n.FrequencyHz > 0) {
			p.f.add("f_hz", "it is not a frequency", "give 50 or 60")
		}
	}
	p.refuse()
	p.each("bus", func(r row) {
		id := r.whole("index", required)
		if !r.flag("in_service", true) {
			p.out[id] = true
			return
		}
		p.n.Buses = append(p.n.Buses, Bus{ID: id, Name: r.text("name"), VnKV: r.number("vn_kv", required)})
	})
	sources := 0
	p.inService("ext_grid", words("bus"), func(r row) {
		sources++
		p.n.Source = Source{Bus: r.whole("bus", required), VPU: r.number("vm_pu", 1), AngleDeg: r.number("va_degree", 0)}
	})
	p.f.need(sources == 1, "ext_grid", fmt.Sprintf("%d of them hold a voltage", sources), "keep exactly one in service")
	p.inService("line", words("from_bus to_bus"), p.line)
	p.inService("trafo", words("hv_bus lv_bus"), p.trafo)
	p.inService("load", words("bus"), func(r row) { p.n.Loads = append(p.n.Loads, p.load(r)) })
	p.inService("sgen", words("bus"), func(r row) { p.n.Generators = append(p.n.Generators, p.load(r)) })
	storage := 0
	for _, l := range p.n.Loads {
		storage = max(storage, l.ID+1)
	}
	p.inService("storage", words("bus"), func(r row) {
		l := p.load(r)
		l.ID += storage // its numbers are its own in pandapower
		p.n.Loads = append(p.n.Loads, l)
	})
	p.inService("shunt", words("bus"), p.shunt)
	p.each("switch", p.toggle)
	if len(p.f.list) > 0 {
		return nil, p.f.list
	}
	if err := p.n.Check(); err != nil {
		return nil, err
	}
	return p.n, nil
}

type pandapower struct {
	f      *findings
	object map[string]json.RawMessage
	n      *Network
	out    map[int]bool // buses out of service
}

func (p *pandapower) each(name string, use func(r row)) {
	t := frame(p.f, name, p.object[name])
	t.each(use)
}

// inService calls the rows that are in service at buses that are.
func (p *pandapower) inService(name string, buses []string, use func(r row)) {
	p.each(name, func(r row) {
		for _, column := range buses {
			if p.out[r.whole(column, required)] {
				return
			}
		}
		if r.flag("in_service", true) {
			use(r)
		}
	})
}

// refuse names the elements that the model does not have.
func (p *pandapower) refuse() {
	for _, name := range words("gen trafo3w impedance ward xward dcline motor asymmetric_load asymmetric_sgen svc tcsc ssc vsc") {
		p.inService(name, nil, func(r row) {
			p.f.add(r.label, "this kind of element is not known here", "take it out of service, or replace it by loads, generators, lines and transformers")
		})
	}
}

func (p *pandapower) line(r row) {
	length, parallel := r.number("length_km", required), r.number("parallel", 1)
	p.f.need(parallel >= 1, r.label, "fewer than one line is parallel", "give 1 or more")
	per := length / parallel
	l := Line{ID: r.whole("index", required), From: r.whole("from_bus", required), To: r.whole("to_bus", required), LengthKM: length,
		R: r.number("r_ohm_per_km", required) * per, X: r.number("x_ohm_per_km", required) * per,
		G: r.number("g_us_per_km", 0) * length * parallel * 1e-6, StdType: r.text("std_type")}
	l.B = 2 * math.Pi * p.n.FrequencyHz * r.number("c_nf_per_km", 0) * length * parallel * 1e-9
	l.RatingA = r.number("max_i_ka", 0) * r.number("df", 1) * parallel * 1e3
	p.n.Lines = append(p.n.Lines, l)
}

func (p *pandapower) trafo(r row) {
	t := Transformer{ID: r.whole("index", required), HV: r.whole("hv_bus", required), LV: r.whole("lv_bus", required),
		SnKVA: r.number("sn_mva", required) * 1e3, VnHV: r.number("vn_hv_kv", required), VnLV: r.number("vn_lv_kv", required),
		VkPercent: r.number("vk_percent", required), VkrPercent: r.number("vkr_percent", required), PfeKW: r.number("pfe_kw", 0),
		I0Percent: r.number("i0_percent", 0), ShiftDeg: r.number("shift_degree", 0), Parallel: r.whole("parallel", 1),
		TapFactor: 1, StdType: r.text("std_type")}
	p.f.need(r.number("tap_step_degree", 0) == 0 && !r.flag("tap_phase_shifter", false), r.label, "it shifts phases by its tap", "set its shift_degree instead")
	neutral := r.number("tap_neutral", 0)
	steps := r.number("tap_pos", neutral) - neutral
	factor := 1 + steps*r.number("tap_step_percent", 0)/100
	low, high := r.number("tap_min", math.Inf(-1)), r.number("tap_max", math.Inf(1))
	p.f.need(steps+neutral >= low && steps+neutral <= high, r.label, fmt.Sprintf("tap %g is out of its range %g to %g", steps+neutral, low, high),
		"set tap_pos within tap_min and tap_max")
	switch side := r.text("tap_side"); side {
	case "hv":
		t.TapFactor = factor
	case "lv":
		t.VnLV *= factor
	default:
		p.f.need(factor == 1, r.label, fmt.Sprintf("its tap is on side %q", side), "set tap_side to hv or lv")
	}
	p.n.Transformers = append(p.n.Transformers, t)
}

// load reads a load, generator or storage; pandapower 3 names the shares of active and reactive power apart.
func (p *pandapower) load(r row) Load {
	scale := r.number("scaling", 1) * 1e3
	l := Load{ID: r.whole("index", required), Name: r.text("name"), Bus: r.whole("bus", required),
		PKW: r.number("p_mw", required) * scale, QKvar: r.number("q_mvar", 0) * scale,
		ZPercent: r.number("const_z_percent", r.number("const_z_p_percent", 0)), IPercent: r.number("const_i_percent", r.number("const_i_p_percent", 0))}
	same := r.number("const_z_q_percent", l.ZPercent) == l.ZPercent && r.number("const_i_q_percent", l.IPercent) == l.IPercent
	p.f.need(same, r.label, "its active and reactive power follow the voltage differently", "give both the same shares")
	return l
}

func (p *pandapower) shunt(r row) {
	bus := r.whole("bus", required)
	scale := r.number("step", 1) * 1e3
	i := slices.IndexFunc(p.n.Buses, func(b Bus) bool { return b.ID == bus })
	if vn := r.number("vn_kv", 0); vn > 0 && i >= 0 {
		scale *= (p.n.Buses[i].VnKV / vn) * (p.n.Buses[i].VnKV / vn)
	}
	p.n.Shunts = append(p.n.Shunts, Shunt{ID: r.whole("index", required), Bus: bus, PKW: r.number("p_mw", 0) * scale, QKvar: r.number("q_mvar", 0) * scale})
}

// toggle reads a switch: between buses it is one here too, at a line's or transformer's end it opens that end.
func (p *pandapower) toggle(r row) {
	bus, element, closed := r.whole("bus", required), r.whole("element", required), r.flag("closed", true)
	open := false
	switch et := strings.ToLower(r.text("et")); et {
	case "b":
		if !p.out[bus] && !p.out[element] {
			p.f.need(r.number("z_ohm", 0) == 0, r.label, "it has an impedance", "use a line")
			p.n.Switches = append(p.n.Switches, Switch{ID: r.whole("index", required), From: bus, To: element, Closed: closed})
		}
	case "l":
		if i := slices.IndexFunc(p.n.Lines, func(l Line) bool { return l.ID == element }); i >= 0 && !closed {
			if p.n.Lines[i].From == bus {
				p.n.Lines[i].ClosedFrom = &open
			} else {
				p.n.Lines[i].ClosedTo = &open
			}
		}
	case "t":
		if i := slices.IndexFunc(p.n.Transformers, func(t Transformer) bool { return t.ID == element }); i >= 0 && !closed {
			p.n.Transformers[i].InService = &open // its no-load losses at the closed end are left out
		}
	default:
		p.f.add(r.label, fmt.Sprintf("it is a switch of kind %q", et), "use b, l or t")
	}
}
