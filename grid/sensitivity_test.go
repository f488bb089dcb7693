package grid

import (
	"encoding/json"
	"math"
	"testing"
)

func TestSensitivityReference(t *testing.T) {
	var file struct {
		Case  string      `json:"case"`
		Buses []int       `json:"buses"`
		LossP []float64   `json:"loss_sensitivity_p"`
		LossQ []float64   `json:"loss_sensitivity_q"`
		DP    [][]float64 `json:"dvm_dp"`
		DQ    [][]float64 `json:"dvm_dq"`
		Far   [][]float64 `json:"thevenin_distance_pu"`
	}
	if err := json.Unmarshal(readCase(t, "market/sens_ieee33bw.json"), &file); err != nil {
		t.Fatal(err)
	}
	f := balanced(t, "balanced/"+file.Case+".json")
	if _, err := f.Solve(); err != nil {
		t.Fatal(err)
	}
	near := func(what string, i, k int, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-8*(1+math.Abs(want))) {
			t.Errorf("%s of %d to %d: got %.12g, want %.12g", what, i, k, got, want)
		}
	}
	answers := f.Sensitivities()
	for k, id := range file.Buses {
		bus := busIndex(f, id)
		s := answers(bus)
		near("losses to kW", 0, id, s.Loss, file.LossP[k])
		near("losses to kvar", 0, id, s.LossQ, file.LossQ[k])
		for i, other := range file.Buses {
			o := busIndex(f, other)
			near("voltage to kW", other, id, s.VPerKW[o]*1e3, file.DP[i][k])
			near("voltage to kvar", other, id, s.VPerKvar[o]*1e3, file.DQ[i][k])
			near("distance", other, id, f.Distance(o, bus), file.Far[i][k])
		}
	}
}

func TestTradePathReference(t *testing.T) {
	var file struct {
		Sets []struct {
			Case   string  `json:"case"`
			LossKW float64 `json:"base_loss_kw"`
			Trades []struct {
				Seller   int     `json:"seller_bus"`
				Buyer    int     `json:"buyer_bus"`
				KW       float64 `json:"q_kw"`
				Path     [][]any `json:"path"`
				R        float64 `json:"path_r_pu_1mva"`
				X        float64 `json:"path_x_pu_1mva"`
				Exact    float64 `json:"loss_change_kw_exact"`
				Marginal float64 `json:"loss_change_kw_marginal"`
			} `json:"trades"`
		} `json:"sets"`
	}
	if err := json.Unmarshal(readCase(t, "market/trade_paths.json"), &file); err != nil {
		t.Fatal(err)
	}
	for _, set := range file.Sets {
		name := "balanced/" + set.Case + ".json"
		if !hasCase(name) {
			continue // kept elsewhere
		}
		f := balanced(t, name)
		for _, x := range set.Trades {
			near := func(what string, got, want, tolerance float64) {
				t.Helper()
				if !(math.Abs(got-want) <= tolerance) {
					t.Errorf("%s %d to %d: %s: got %.9g, want %.9g", set.Case, x.Seller, x.Buyer, what, got, want)
				}
			}
			s, b := busIndex(f, x.Seller), busIndex(f, x.Buyer)
			if _, err := f.Solve(); err != nil {
				t.Fatal(err)
			}
			near("base loss", f.Solution().Totals.LossKW, set.LossKW, 1e-3)
			answers := f.Sensitivities()
			near("marginal loss", x.KW*(answers(s).Loss-answers(b).Loss), x.Marginal, 1e-5)
			r, im := f.Impedance(s, b)
			near("resistance", r, x.R, 1e-9)
			near("reactance", im, x.X, 1e-9)
			path := f.Path(s, b)
			i := 0
			for _, want := range x.Path {
				kind, id, forward := want[0].(string), int(want[1].(float64)), want[2].(float64) > 0
				if kind == "switch" {
					continue
				}
				if i >= len(path) || path[i] != (Step{kind == "transformer", id, forward}) {
					t.Fatalf("%s %d to %d: got path %v, want %v", set.Case, x.Seller, x.Buyer, path, x.Path)
				}
				i++
			}
			sellerKW, sellerKvar := f.Drawn(s)
			buyerKW, buyerKvar := f.Drawn(b)
			f.Draw(s, sellerKW-x.KW, sellerKvar)
			f.Draw(b, buyerKW+x.KW, buyerKvar)
			if _, err := f.Solve(); err != nil {
				t.Fatal(err)
			}
			near("loss change", f.Solution().Totals.LossKW-set.LossKW, x.Exact, 1e-4)
			f.Draw(s, sellerKW, sellerKvar)
			f.Draw(b, buyerKW, buyerKvar)
		}
	}
}
