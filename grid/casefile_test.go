package grid

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// streetCase is a small balanced network: a transformer, two lines, a load and a roof.
const streetCase = `{"format":"p2pgrid-balanced-1","name":"street","network":{"f_hz":50,"radial":true,
"buses":[{"id":0,"vn_kv":20},{"id":1,"vn_kv":0.4},{"id":2,"name":"Church Street","vn_kv":0.4},{"id":3,"vn_kv":0.4}],
"source":{"bus":0,"v_pu":1.0,"angle_deg":0},
"transformers":[{"id":0,"hv":0,"lv":1,"sn_kva":250,"vn_hv_kv":20,"vn_lv_kv":0.4,"vk_percent":4,"vkr_percent":1.2,"pfe_kw":0.6,"i0_percent":0.3,"shift_deg":150,"parallel":1,"tap_factor_hv":1.0}],
"lines":[{"id":1,"from":1,"to":2,"r_ohm":0.05,"x_ohm":0.02,"imax_a":200,"length_km":0.2},{"id":2,"from":2,"to":3,"r_ohm":0.08,"x_ohm":0.02,"b_s":1e-6,"imax_a":200,"length_km":0.3}],
"loads":[{"id":5,"bus":3,"name":"home-05","p_kw":4,"q_kvar":1,"contract_kw":11}],
"generators":[{"id":6,"bus":2,"p_kw":3,"q_kvar":0}]}}`

// rowCase is a small feeder with phases and a neutral.
const rowCase = `{"format":"p2pgrid-threephase-1","name":"row","network":{"f_hz":50,"radial":true,
"source":{"v_ln":230,"angle_deg":0,"z_re":[[0.01,0,0],[0,0.01,0],[0,0,0.01]],"z_im":[[0.02,0,0],[0,0.02,0],[0,0,0.02]],"nodes":["a.1","a.2","a.3"]},
"lines":[{"id":"l1","from":"a","to":"b","phases":[1,2,3],"r_ohm":[[0.1,0.02,0.02],[0.02,0.1,0.02],[0.02,0.02,0.1]],"x_ohm":[[0.05,0.01,0.01],[0.01,0.05,0.01],[0.01,0.01,0.05]],"length_km":0.3}],
"elements":[{"id":"reactor.e","kind":"reactor","nodes":["b.1"],"y_re":[[0.001]],"y_im":[[0]]}],
"loads":[{"id":"home-1","bus":"b","nodes":[2],"connection":"wye","model":"pq","kv_nominal":0.23,"p_kw":3,"q_kvar":0.5,"contract_kw":10}]}}`

func TestRefusalsNameTheElement(t *testing.T) {
	for _, c := range []struct{ name, in, old, new, want string }{
		{"the street as it is", streetCase, "", "", ""},
		{"the row as it is", rowCase, "", "", ""},
		{"disconnected bus", streetCase, `"buses":[`, `"buses":[{"id":9,"name":"Mill Lane","vn_kv":0.4},`, "bus 9 (Mill Lane): it is not connected"},
		{"a line out of service", streetCase, `"id":2,"from":2`, `"in_service":false,"id":2,"from":2`, "bus 3: it is not connected"},
		{"zero impedance", streetCase, `"r_ohm":0.05,"x_ohm":0.02`, `"r_ohm":0,"x_ohm":0`, "line 1: it has no impedance; use a switch"},
		{"negative resistance", streetCase, `"r_ohm":0.05`, `"r_ohm":-0.05`, "line 1: its resistance is -0.05 ohm"},
		{"negative length", streetCase, `"length_km":0.2`, `"length_km":-0.2`, "line 1: its length is -0.2 km; give a positive length"},
		{"loop", streetCase, `"lines":[`, `"lines":[{"id":7,"from":1,"to":3,"r_ohm":0.1,"x_ohm":0.1},`, "it closes a loop in a radial network"},
		{"loop of a switch", streetCase, `"lines":[`, `"switches":[{"id":4,"from":1,"to":2,"closed":true},{"id":8,"from":2,"to":1,"closed":true}],"lines":[`, "switch 8: it closes a loop"},
		{"tap", streetCase, `"tap_factor_hv":1.0`, `"tap_factor_hv":1.6`, "transformer 0: tap factor 1.6 is out of range"},
		{"no tap", streetCase, `"tap_factor_hv":1.0`, `"tap_factor_hv":0`, "transformer 0: tap factor -1 is out of range"},
		{"tap position", streetCase, `"tap_factor_hv":1.0`, `"tap_pos":4,"tap_min":-2,"tap_max":2,"tap_step_percent":2.5`, "transformer 0: tap 4 is out of its range -2 to 2"},
		{"above the contract", streetCase, `"p_kw":4`, `"p_kw":14`, "load 5 (home-05): 14 kW is above its contracted 11 kW"},
		{"no such bus", streetCase, `"bus":3,`, `"bus":33,`, "load 5 (home-05): there is no bus 33"},
		{"two voltages", streetCase, `{"id":3,"vn_kv":0.4}`, `{"id":3,"vn_kv":20}`, "line 2: it joins 0.4 kV and 20 kV; use a transformer"},
		{"a bus twice", streetCase, `{"id":3,`, `{"id":2,`, "bus 2: its number is used twice"},
		{"impossible transformer", streetCase, `"vkr_percent":1.2`, `"vkr_percent":5`, "transformer 0: its vkr_percent is 5"},
		{"unknown key", streetCase, `"r_ohm":0.05`, `"r_ohm":0.05,"r_ohms":1`, `lines[0] (id 1): unknown key "r_ohms"`},
		{"missing key", streetCase, `"r_ohm":0.05,`, ``, `lines[0] (id 1) has no "r_ohm"`},
		{"another format", streetCase, `balanced-1`, `balanced-9`, `its format is "p2pgrid-balanced-9"`},
		{"text for a number", streetCase, `"r_ohm":0.05`, `"r_ohm":"5"`, "not a case file"},
		{"unknown phase", rowCase, `"phases":[1,2,3]`, `"phases":[1,2,5]`, "line l1: unknown phase 5; use 1, 2, 3 or 4"},
		{"unknown phase of a node", rowCase, `"nodes":["b.1"]`, `"nodes":["b.7"]`, `element reactor.e: unknown phase "7" of bus "b"`},
		{"a home on no phase", rowCase, `"nodes":[2]`, `"nodes":[]`, "load home-1: it is on no phase"},
		{"a conductor that is not there", rowCase, `"nodes":[2]`, `"nodes":[4]`, "load home-1: bus b has no conductor 4"},
		{"three-phase contract", rowCase, `"p_kw":3`, `"p_kw":13`, "load home-1: 13 kW is above its contracted 10 kW"},
		{"three-phase length", rowCase, `"length_km":0.3`, `"length_km":-1`, "line l1: its length is -1 km"},
		{"three-phase impedance", rowCase, `"r_ohm":[[0.1,0.02,0.02]`, `"r_ohm":[[-0.1,0.02,0.02]`, "line l1: the resistance of its conductor 1 is -0.1 ohm"},
		{"matrix of the wrong size", rowCase, `"x_ohm":[[0.05,0.01,0.01],`, `"x_ohm":[`, "line l1: r_ohm and x_ohm are not 3 by 3"},
		{"a bus nobody reaches", rowCase, `"nodes":["b.1"]`, `"nodes":["c.1"]`, "bus c: it is not connected to the source"},
		{"three-phase loop", rowCase, `"lines":[`, `"lines":[{"id":"x","from":"b","to":"c","phases":[1],"r_ohm":[[1]],"x_ohm":[[1]]},{"id":"y","from":"c","to":"a","phases":[1],"r_ohm":[[1]],"x_ohm":[[1]]},`, "it closes a loop in a radial network"},
		{"model", rowCase, `"pq"`, `"qp"`, `load home-1: its model is "qp"; use "pq"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := c.in
			if c.old != "" {
				if in = strings.Replace(c.in, c.old, c.new, 1); in == c.in {
					t.Fatalf("%q is not in the case", c.old)
				}
			}
			_, err := ParseCase([]byte(in))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("got %v, want no defect", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			case err != nil && !errors.Is(err, ErrNetwork) && !errors.Is(err, ErrCaseFile):
				t.Errorf("got %v, want ErrNetwork or ErrCaseFile", err)
			}
		})
	}
}

func TestFloatingWindingIsRefused(t *testing.T) {
	in := strings.Replace(rowCase, `"elements":[{"id":"reactor.e","kind":"reactor","nodes":["b.1"],"y_re":[[0.001]],"y_im":[[0]]}]`,
		`"elements":[{"id":"transformer.t","nodes":["b.1","b.2","c.1","c.2"],"y_re":[[1,-1,-1,1],[-1,1,1,-1],[-1,1,1,-1],[1,-1,-1,1]],"y_im":[[0,0,0,0],[0,0,0,0],[0,0,0,0],[0,0,0,0]]}]`, 1)
	c, err := ParseCase([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = NewPhaseFlow(c.Phased); !errors.Is(err, ErrNetwork) || !strings.Contains(err.Error(), "bus c: its voltage to earth is not determined") {
		t.Errorf("got %v, want bus c named", err)
	}
}

// A file is read or refused with a class; a network that was read is solved with finite numbers or refused.
func FuzzParseCase(f *testing.F) {
	f.Add([]byte(streetCase))
	f.Add([]byte(rowCase))
	if n, err := ImportTables(tables(), true); err == nil {
		f.Add(asPandapower(n))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCase(data)
		if err != nil {
			if !errors.Is(err, ErrNetwork) && !errors.Is(err, ErrCaseFile) {
				t.Fatalf("got %v, want ErrNetwork or ErrCaseFile", err)
			}
			return
		}
		answer, _, err := c.Solve()
		if err != nil {
			if !errors.Is(err, ErrNetwork) && !errors.Is(err, ErrNoSolution) {
				t.Fatalf("got %v, want ErrNetwork or ErrNoSolution", err)
			}
			return
		}
		if _, err := json.Marshal(answer); err != nil { // refuses what is not a number
			t.Fatal(err)
		}
	})
}
