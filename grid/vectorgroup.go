package grid

import (
	"fmt"
	"math"
	"math/cmplx"
	"strconv"
	"strings"
)

// PhaseTransformer is a transformer by its nameplate. Its vector group is written as in IEC 60076-1: the high-voltage
// winding D, Y or YN, the low-voltage winding d, y or yn, and the clock number by which the low voltage lags, in steps of
// 30 degrees: "Dyn5", "Yyn0", "YNd11". Of a winding with "n" the star point is conductor 4 of its bus, or earth.
type PhaseTransformer struct {
	ID         string
	HV, LV     string // buses
	Group      string
	SnKVA      float64
	VnHV, VnLV float64 // kV between phases
	VkPercent  float64
	VkrPercent float64
	PfeKW      float64
	I0Percent  float64
	Tap        float64 // factor on VnHV; 0 means 1
	EarthHV    bool    // the star point is earthed solidly and no conductor
	EarthLV    bool
}

// winding is how one side is connected: the phase angle of what each of its windings sees, by the first one.
type winding struct {
	delta, neutral bool
}

// parseGroup reads a vector group.
func parseGroup(group string) (hv, lv winding, clock int, ok bool) {
	split := strings.IndexAny(group, "dy")
	end := strings.IndexAny(group, "0123456789")
	if split < 1 || end <= split {
		return hv, lv, 0, false
	}
	kinds := map[string]winding{"D": {delta: true}, "Y": {}, "YN": {neutral: true}}
	hv, ok = kinds[group[:split]]
	lv, fine := kinds[strings.ToUpper(group[split:end])]
	clock, err := strconv.Atoi(group[end:])
	odd := hv.delta != lv.delta
	return hv, lv, clock, ok && fine && err == nil && clock >= 0 && clock <= 11 && odd == (clock%2 == 1)
}

// ends are the terminals of the first winding whose voltage has an angle, in degrees, in a system of three phases; the
// second is −1 for the star point.
func (w winding) ends(degrees float64) (plus, minus int) {
	phase := func(p int) complex128 {
		if p < 0 {
			return 0
		}
		return cmplx.Rect(1, -2*math.Pi/3*float64(p))
	}
	want := cmplx.Rect(1, degrees*math.Pi/180)
	for p := -1; p < 3; p++ {
		for m := -1; m < 3; m++ {
			u := phase(p) - phase(m)
			if star := p < 0 || m < 0; p == m || star == w.delta {
				continue
			}
			if cmplx.Abs(u/complex(cmplx.Abs(u), 0)-want) < 1e-9 {
				return p, m
			}
		}
	}
	panic(fmt.Sprintf("grid: no winding at %g degrees", degrees)) // the clock's parity was checked
}

// Element builds the primitive admittance matrix. It returns Defects for a nameplate that cannot be.
func (t *PhaseTransformer) Element() (Element, error) {
	f := &findings{}
	name := "transformer " + t.ID
	hv, lv, clock, ok := parseGroup(t.Group)
	f.need(ok, name, fmt.Sprintf("its vector group is %q", t.Group), "write one of D, Y, YN, one of d, y, yn, and a clock number that fits, such as Dyn5")
	f.need(t.SnKVA > 0 && t.VnHV > 0 && t.VnLV > 0, name, "a rated value is not above 0", "give sn_kva, vn_hv_kv and vn_lv_kv")
	f.need(t.VkPercent > 0 && t.VkPercent < 100 && t.VkrPercent >= 0 && t.VkrPercent <= t.VkPercent, name,
		fmt.Sprintf("vk is %g %% and its resistive part %g %%", t.VkPercent, t.VkrPercent), "give vk_percent below 100 and vkr_percent up to it")
	f.need(t.Tap == 0 || t.Tap >= minTap && t.Tap <= maxTap, name, fmt.Sprintf("tap factor %g is out of range", t.Tap), fmt.Sprintf("use %g to %g", minTap, maxTap))
	if err := f.list.or(); err != nil {
		return Element{}, err
	}
	y := t.windings(hv, lv, clock)
	nodes := []string{t.HV + ".1", t.HV + ".2", t.HV + ".3", t.HV + ".4", t.LV + ".1", t.LV + ".2", t.LV + ".3", t.LV + ".4"}
	keep := []int{0, 1, 2, 4, 5, 6}
	drop := func(w winding, star int, earthed bool) {
		switch {
		case w.delta, earthed && w.neutral: // nothing is there, or earth is
		case w.neutral:
			keep = append(keep, star)
		default:
			y = eliminate(y, star)
		}
	}
	drop(hv, 3, t.EarthHV)
	drop(lv, 7, t.EarthLV)
	e := Element{ID: "transformer." + t.ID, Kind: "transformer", SnKVA: t.SnKVA}
	for _, r := range keep {
		e.Nodes = append(e.Nodes, nodes[r])
		re, im := make([]float64, 0, len(keep)), make([]float64, 0, len(keep))
		for _, c := range keep {
			re, im = append(re, real(y[r][c])), append(im, imag(y[r][c]))
		}
		e.YRe, e.YIm = append(e.YRe, re), append(e.YIm, im)
	}
	return e, nil
}

// windings adds up three pairs of windings over the eight terminals, S.
func (t *PhaseTransformer) windings(hv, lv winding, clock int) [][]complex128 {
	base := t.VnLV * t.VnLV * 1e3 / t.SnKVA // ohm of a star winding
	if lv.delta {
		base *= 3
	}
	z, r := t.VkPercent/100, t.VkrPercent/100
	series := 1 / (complex(r, math.Sqrt(z*z-r*r)) * complex(base, 0))
	i0, g := t.I0Percent/100, t.PfeKW/t.SnKVA
	half := complex(g, -math.Sqrt(max(0, i0*i0-g*g))) / complex(2*base, 0)
	tap := t.Tap
	if tap == 0 {
		tap = 1
	}
	rated := func(w winding, kv float64) float64 {
		if w.delta {
			return kv
		}
		return kv / sqrt3
	}
	ratio := complex(rated(lv, t.VnLV)/(rated(hv, t.VnHV)*tap), 0)
	angle := 0.0 // of the first low-voltage winding, before its first phase
	if lv.delta {
		angle = 30 // between phases 1 and 2
	}
	plus, minus := hv.ends(angle - 30*float64(clock))
	terminal := func(first, phase, turn int) int {
		if phase < 0 {
			return first + 3
		}
		return first + (phase+turn)%3
	}
	y := zeros(8, 8)
	for turn := range 3 {
		low := terminal(4, 1, turn)
		if !lv.delta {
			low = terminal(4, -1, turn)
		}
		ends := [4]int{terminal(0, plus, turn), terminal(0, minus, turn), terminal(4, 0, turn), low}
		turns := [4]complex128{ratio, -ratio, -1, 1}
		for i, a := range ends {
			for k, b := range ends {
				y[a][b] += series * turns[i] * turns[k]
				if (i < 2) == (k < 2) { // the no-load admittance, half on each side
					y[a][b] += half * turns[i] * turns[k]
				}
			}
		}
	}
	return y
}

// eliminate removes a terminal that is connected to nothing else.
func eliminate(y [][]complex128, at int) [][]complex128 {
	out := clone(y)
	for r := range y {
		for c := range y {
			out[r][c] -= y[r][at] * y[at][c] / y[at][at]
		}
	}
	return out
}
