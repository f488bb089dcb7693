package grid

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wattle/wattle/energy"
)

// tables is a street of two homes.
func tables() map[string]string {
	return map[string]string{
		"source":       "bus,v_pu\n0,1.02\n",
		"buses":        "id,name,vn_kv\n0,substation,20\n1,busbar,0.4\n2,Church Street 1,0.4\n3,Church Street 3,0.4\n",
		"transformers": "id,hv,lv,sn_kva,vn_hv_kv,vn_lv_kv,vk_percent,vkr_percent,pfe_kw,i0_percent,tap_pos,tap_min,tap_max,tap_step_percent\n1,0,1,250,20,0.4,4,1.2,0.6,0.3,1,-2,2,2.5\n",
		"lines":        "id,from,to,length_km,r_ohm_per_km,x_ohm_per_km,imax_a\n1,1,2,0.2,0.2067,0.0804,270\n2,2,3,0.1,0.2067,0.0804,270\n",
		"connections":  "id,name,bus,phases,contract_kw,p_kw\n1,home-01,2,123,17,4\n2,home-02,3,2,4.6,-3\n",
	}
}

func TestTablesAreImported(t *testing.T) {
	n, err := ImportTables(tables(), true)
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewFlow(n)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Solve(); err != nil {
		t.Fatal(err)
	}
	s := f.Solution()
	if kw := s.Totals.SourceKW - s.Totals.LossKW; kw < 0.999 || kw > 1.001 {
		t.Errorf("got %g kW into the street, want 4 − 3", kw)
	}
}

func TestImportExplainsEveryDefect(t *testing.T) {
	for _, c := range []struct{ table, old, new, want string }{
		{"lines", ",270\n2,", ",\n2,", "lines 1: it has no rating"},
		{"lines", "imax_a", "rating", `lines: unknown column "rating"; known are id`},
		{"lines", "0.2067,0.0804,270\n2", "x,0.0804,270\n2", `lines 1: r_ohm_per_km is "x"; give a number`},
		{"lines", "0.2067,0.0804,270\n2", "0,0,270\n2", "line 1: it has no impedance"},
		{"lines", "0.2067,0.0804,270\n2", "9e99,0.0804,270\n2", "line 1: its impedance is 1.8e+99 ohm"},
		{"lines", "2,2,3,0.1", "2,2,1,0.1", "bus 3 (Church Street 3): it is not connected to the source"},
		{"lines", "2,2,3,0.1,0.2067,0.0804,270\n", "2,2,3,0.1,0.2067,0.0804,270\n3,1,3,0.1,0.2067,0.0804,270\n", "it closes a loop in a radial network"},
		{"connections", "2,home-02,3,2,", "2,home-02,3,,", "connections 2: it is on no phase; write 1, 2, 3 or 123"},
		{"connections", "2,home-02,3,2,", "2,home-02,3,5,", `load 2 (home-02): unknown phase "5"`},
		{"connections", "4.6,-3", "2.6,-3", "3 kW is above its contracted 2.6 kW"},
		{"connections", "4.6,-3", ",-3", "connections 2: it has no contracted power"},
		{"transformers", ",1,-2,2,2.5", ",3,-2,2,2.5", "transformer 1: tap 3 is out of its range -2 to 2"},
		{"source", "0,1.02\n", "0,1.02\n1,1\n", "source: it has 2 rows"},
		{"buses", "3,Church Street 3,0.4\n", "3,Church Street 3\n", "buses: record on line 5: wrong number of fields"},
		{"buses", "id,name,vn_kv\n", "", `buses: unknown column "0"`},
	} {
		texts := tables()
		if texts[c.table] = strings.Replace(texts[c.table], c.old, c.new, 1); texts[c.table] == tables()[c.table] {
			t.Fatalf("%q is not in %s", c.old, c.table)
		}
		if _, err := ImportTables(texts, true); !errors.Is(err, ErrNetwork) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	texts := tables()
	delete(texts, "lines")
	texts["cables"] = ""
	if _, err := ImportTables(texts, true); err == nil || !strings.Contains(err.Error(), "cables: there is no such table") || !strings.Contains(err.Error(), "lines: the table is missing") {
		t.Errorf("got %v, want both tables named", err)
	}
}

// asPandapower writes a network as pandapower would.
func asPandapower(n *Network) []byte {
	object := map[string]any{"f_hz": n.FrequencyHz}
	put := func(name string, columns []string, rows [][]any) {
		index := make([]int, len(rows))
		data := make([][]any, len(rows))
		for i, r := range rows {
			index[i], data[i] = r[0].(int), r[1:]
		}
		inner, _ := json.Marshal(map[string]any{"columns": columns, "index": index, "data": data})
		object[name] = map[string]any{"_module": "pandas.core.frame", "_class": "DataFrame", "_object": string(inner), "orient": "split"}
	}
	var bus, line, trafo, load, sgen, toggle [][]any
	for _, b := range n.Buses {
		bus = append(bus, []any{b.ID, b.Name, b.VnKV, true})
	}
	bus = append(bus, []any{9999, "gone", 1.0, false})
	for i, l := range n.Lines {
		c := l.B / (2e-9 * 3.141592653589793 * n.FrequencyHz) / 0.5
		line = append(line, []any{l.ID, nil, l.From, l.To, 0.5, l.R / 0.5, l.X / 0.5, c, l.RatingA / 1e3, 1, on(l.InService)})
		if !on(l.ClosedTo) {
			toggle = append(toggle, []any{i, l.To, l.ID, "l", false})
		}
	}
	line = append(line, []any{9999, nil, 9999, n.Buses[0].ID, 1, 1, 1, 0, 1, 1, true})
	for _, x := range n.Transformers {
		trafo = append(trafo, []any{x.ID, x.HV, x.LV, x.SnKVA / 1e3, x.VnHV, x.VnLV, x.VkPercent, x.VkrPercent, x.PfeKW, x.I0Percent, x.ShiftDeg,
			x.Parallel, "hv", 0, 1, (x.TapFactor - 1) * 100, 0.0})
	}
	for _, s := range n.Switches {
		toggle = append(toggle, []any{1000 + s.ID, s.From, s.To, "b", s.Closed})
	}
	for _, l := range n.Loads {
		load = append(load, []any{l.ID, l.Bus, l.PKW / 1e3, l.QKvar / 1e3, 1.0, 0, 0})
	}
	for _, l := range n.Generators {
		sgen = append(sgen, []any{l.ID, l.Bus, l.PKW / 2e3, l.QKvar / 2e3, 2.0, 0, 0})
	}
	put("bus", words("name vn_kv in_service"), bus)
	put("line", words("name from_bus to_bus length_km r_ohm_per_km x_ohm_per_km c_nf_per_km max_i_ka parallel in_service"), line)
	put("trafo", words("hv_bus lv_bus sn_mva vn_hv_kv vn_lv_kv vk_percent vkr_percent pfe_kw i0_percent shift_degree parallel tap_side tap_neutral tap_pos tap_step_percent tap_step_degree"), trafo)
	put("load", words("bus p_mw q_mvar scaling const_z_percent const_i_percent"), load)
	put("sgen", words("bus p_mw q_mvar scaling const_z_percent const_i_percent"), sgen)
	put("switch", words("bus element et closed"), toggle)
	put("ext_grid", words("bus vm_pu va_degree in_service"), [][]any{{0, n.Source.Bus, n.Source.VPU, n.Source.AngleDeg, true}, {1, 9999, 1.0, 0.0, true}})
	out, err := json.Marshal(map[string]any{"_module": "pandapower.auxiliary", "_class": "pandapowerNet", "_object": object})
	if err != nil {
		panic(err)
	}
	return out
}

func TestPandapowerIsImported(t *testing.T) {
	for _, name := range []string{"cigre_lv.json", "mv_oberrhein_0_load.json", "simbench_lv_rural2_load.json", "ieee33bw_meshed.json"} {
		name = "balanced/" + name
		var file struct {
			Expected Solution `json:"expected"`
		}
		if err := json.Unmarshal(readCase(t, name), &file); err != nil {
			t.Fatal(err)
		}
		c, err := ParseCase(asPandapower(balanced(t, name).network))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		answer, _, err := c.Solve()
		if err != nil {
			t.Fatal(err)
		}
		compare(t, answer.(*Solution), &file.Expected)
	}
}

func TestPandapowerRefusals(t *testing.T) {
	net := func(table, columns, values string) string {
		return fmt.Sprintf(`{"_class":"pandapowerNet","_object":{"f_hz":50,"bus":{"_object":{"columns":["vn_kv"],"index":[0,1],"data":[[20],[20]]}},
"ext_grid":{"_object":{"columns":["bus","vm_pu"],"index":[0],"data":[[0,1]]}},%q:{"_object":{"columns":%s,"index":[7],"data":[%s]}}}}`, table, columns, values)
	}
	for _, c := range []struct{ table, columns, values, want string }{
		{"gen", `["bus","p_mw"]`, `[1,2]`, "gen 7: this kind of element is not known here"},
		{"line", `["from_bus","to_bus","length_km","r_ohm_per_km","x_ohm_per_km"]`, `[0,1,-2,0.1,0.1]`, "line 7: its length is -2 km"},
		{"line", `["from_bus","to_bus","length_km","r_ohm_per_km"]`, `[0,1,1,0.1]`, "line 7: it has no x_ohm_per_km"},
		{"load", `["bus","p_mw"]`, `[1,null]`, "load 7: it has no p_mw"},
		{"switch", `["bus","element","et","closed"]`, `[0,1,"t3",true]`, `switch 7: it is a switch of kind "t3"`},
		{"load", `["bus"]`, `[1,2]`, "load: row 0 does not fit its columns"},
	} {
		if _, err := ParseCase([]byte(net(c.table, c.columns, c.values))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func FuzzImportTables(f *testing.F) {
	x := tables()
	f.Add(x["source"], x["buses"], x["lines"], x["transformers"], x["connections"], "id,from,to,closed\n1,1,2,true\n")
	f.Fuzz(func(t *testing.T, source, buses, lines, transformers, connections, switches string) {
		n, err := ImportTables(map[string]string{"source": source, "buses": buses, "lines": lines, "transformers": transformers,
			"connections": connections, "switches": switches}, false)
		if err != nil {
			if !errors.Is(err, ErrNetwork) {
				t.Fatalf("got %v, want Defects", err)
			}
			return
		}
		if _, _, err := (&Case{Balanced: n}).Solve(); err != nil && !errors.Is(err, ErrNoSolution) {
			t.Fatal(err)
		}
	})
}

// A switch that moved changes what comes after it and nothing before.
func TestHistoryKeepsThePast(t *testing.T) {
	n, err := ImportTables(tables(), false)
	if err != nil {
		t.Fatal(err)
	}
	at := func(start int64) energy.Interval {
		iv, err := energy.NewInterval(start, 900)
		if err != nil {
			t.Fatal(err)
		}
		return iv
	}
	line := Step{ID: 2}
	h, err := NewHistory(n, []Change{{At: 1000, Element: line, Closed: false}, {At: 3600, Element: line, Closed: true}})
	if err != nil {
		t.Fatal(err)
	}
	for start, want := range map[int64]bool{0: true, 900: true, 1800: false, 2700: false, 3600: true} {
		if got := on(h.At(at(start)).Lines[1].InService); got != want {
			t.Errorf("interval at %d: line 2 closed %t, want %t", start, got, want)
		}
	}
	if _, err := h.Flow(at(1800)); !errors.Is(err, ErrNetwork) || !strings.Contains(err.Error(), "bus 3 (Church Street 3): it is not connected") {
		t.Errorf("got %v, want the home without supply named", err)
	}
	if f, err := h.Flow(at(3600)); err != nil || f.Buses() != 4 {
		t.Errorf("got %v, want the whole street", err)
	}
	if _, err := NewHistory(n, []Change{{At: 5, Element: Step{ID: 9}}, {At: 4, Switch: true}}); err == nil ||
		!strings.Contains(err.Error(), "the network has no line 9") || !strings.Contains(err.Error(), "before the one above") {
		t.Errorf("got %v, want both changes named", err)
	}
}
