package grid

import (
	"fmt"
	"slices"
	"strings"
)

// The tables of an import and their columns.
var (
	busColumns         = words("id name vn_kv")
	lineColumns        = words("id from to length_km r_ohm_per_km x_ohm_per_km b_us_per_km imax_a closed")
	transformerColumns = words("id hv lv sn_kva vn_hv_kv vn_lv_kv vk_percent vkr_percent pfe_kw i0_percent shift_deg parallel tap_pos tap_min tap_max tap_step_percent closed")
	switchColumns      = words("id from to closed")
	connectionColumns  = words("id name bus phases contract_kw p_kw q_kvar")
	sourceColumns      = words("bus v_pu angle_deg")
)

// tableNames are the files of an import, in the order in which defects are told.
var tableNames = words("buses source lines transformers switches connections")

// ImportTables reads a network from CSV texts by name: "buses", "lines", "connections" and "source", and where there are
// any "transformers" and "switches". Unlike a case file it must say what a market needs: every line's rating, every
// home's phase and contracted power. The error is Defects, all of them.
func ImportTables(texts map[string]string, radial bool) (*Network, error) {
	f := &findings{}
	given := make([]string, 0, len(texts))
	for name := range texts {
		given = append(given, name)
	}
	slices.Sort(given)
	for _, name := range given {
		f.need(slices.Contains(tableNames, name), name, "there is no such table", "use "+strings.Join(tableNames, ", "))
	}
	for _, name := range words("buses source lines connections") {
		_, ok := texts[name]
		f.need(ok, name, "the table is missing", "add "+name+".csv")
	}
	n := &Network{FrequencyHz: 50, Radial: radial}
	read := func(name string, known []string, use func(r row)) {
		if text, ok := texts[name]; ok {
			t := csvTable(f, name, text, known)
			t.each(use)
		}
	}
	read("buses", busColumns, func(r row) {
		n.Buses = append(n.Buses, Bus{ID: r.whole("id", required), Name: r.text("name"), VnKV: r.number("vn_kv", required)})
	})
	sources := 0
	read("source", sourceColumns, func(r row) {
		sources++
		n.Source = Source{Bus: r.whole("bus", required), VPU: r.number("v_pu", 1), AngleDeg: r.number("angle_deg", 0)}
	})
	f.need(sources <= 1, "source", fmt.Sprintf("it has %d rows", sources), "one bus holds the voltage")
	read("lines", lineColumns, n.importLine)
	read("transformers", transformerColumns, n.importTransformer)
	read("switches", switchColumns, func(r row) {
		n.Switches = append(n.Switches, Switch{ID: r.whole("id", required), From: r.whole("from", required), To: r.whole("to", required), Closed: r.flag("closed", true)})
	})
	read("connections", connectionColumns, n.importConnection)
	if len(f.list) > 0 {
		return nil, f.list
	}
	if err := n.Check(); err != nil {
		return nil, err
	}
	return n, nil
}

func (n *Network) importLine(r row) {
	length := r.number("length_km", required)
	l := Line{ID: r.whole("id", required), From: r.whole("from", required), To: r.whole("to", required), LengthKM: length,
		R: r.number("r_ohm_per_km", required) * length, X: r.number("x_ohm_per_km", required) * length,
		B: r.number("b_us_per_km", 0) * length * 1e-6, RatingA: r.number("imax_a", 0)}
	r.f.need(l.RatingA > 0, r.label, "it has no rating", "give imax_a, the current it may carry in A")
	closed := r.flag("closed", true)
	l.InService = &closed
	n.Lines = append(n.Lines, l)
}

func (n *Network) importTransformer(r row) {
	closed := r.flag("closed", true)
	n.Transformers = append(n.Transformers, Transformer{ID: r.whole("id", required), HV: r.whole("hv", required), LV: r.whole("lv", required),
		SnKVA: r.number("sn_kva", required), VnHV: r.number("vn_hv_kv", required), VnLV: r.number("vn_lv_kv", required),
		VkPercent: r.number("vk_percent", required), VkrPercent: r.number("vkr_percent", required), PfeKW: r.number("pfe_kw", 0),
		I0Percent: r.number("i0_percent", 0), ShiftDeg: r.number("shift_deg", 150), Parallel: r.whole("parallel", 1),
		TapPos: r.whole("tap_pos", 0), TapMin: r.whole("tap_min", 0), TapMax: r.whole("tap_max", 0),
		TapStepPercent: r.number("tap_step_percent", 0), InService: &closed})
}

func (n *Network) importConnection(r row) {
	l := Load{ID: r.whole("id", required), Name: r.text("name"), Bus: r.whole("bus", required), Phases: r.text("phases"),
		ContractKW: r.number("contract_kw", 0), PKW: r.number("p_kw", 0), QKvar: r.number("q_kvar", 0)}
	r.f.need(l.Phases != "", r.label, "it is on no phase", "write 1, 2, 3 or 123")
	r.f.need(l.ContractKW > 0, r.label, "it has no contracted power", "give contract_kw, the most it may take or give")
	n.Loads = append(n.Loads, l)
}
