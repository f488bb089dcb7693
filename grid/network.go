package grid

import "fmt"

// Network is the assets of a zone as a balanced single-line model: what the three phases have in common. Elements are
// named by their number, unique within their kind. The zero values of the optional fields mean "as usual".
type Network struct {
	FrequencyHz  float64       `json:"f_hz"`
	Radial       bool          `json:"radial,omitempty"` // a loop of closed switches is then a defect
	Buses        []Bus         `json:"buses"`
	Source       Source        `json:"source"`
	Switches     []Switch      `json:"switches,omitempty"`
	Lines        []Line        `json:"lines"`
	Transformers []Transformer `json:"transformers,omitempty"`
	Loads        []Load        `json:"loads,omitempty"`
	Generators   []Load        `json:"generators,omitempty"`
	Shunts       []Shunt       `json:"shunts,omitempty"`
}

// Bus is a place where elements meet.
type Bus struct {
	ID   int     `json:"id"`
	Name string  `json:"name,omitempty"`
	VnKV float64 `json:"vn_kv"` // nominal voltage between phases, kV: the bus's 1 pu
}

// Source holds its bus at a voltage, whatever flows: the grid outside, or a grid-forming unit in an island.
type Source struct {
	Bus      int     `json:"bus"`
	VPU      float64 `json:"v_pu"`
	AngleDeg float64 `json:"angle_deg"`
}

// Switch connects two buses of one voltage without impedance.
type Switch struct {
	ID     int  `json:"id"`
	From   int  `json:"from"`
	To     int  `json:"to"`
	Closed bool `json:"closed"`
}

// Line is a pi model: series impedance, shunt admittance half at each end. An end that is open leaves the line hanging
// on the other bus. A rating above Unrated means that none is known.
type Line struct {
	ID         int     `json:"id"`
	From       int     `json:"from"`
	To         int     `json:"to"`
	R          float64 `json:"r_ohm"`
	X          float64 `json:"x_ohm"`
	G          float64 `json:"g_s,omitempty"`
	B          float64 `json:"b_s,omitempty"`
	RatingA    float64 `json:"imax_a,omitempty"` // current at which the line is loaded to 100 %; 0: not known
	LengthKM   float64 `json:"length_km,omitempty"`
	StdType    string  `json:"std_type,omitempty"`
	InService  *bool   `json:"in_service,omitempty"`
	ClosedFrom *bool   `json:"closed_from,omitempty"`
	ClosedTo   *bool   `json:"closed_to,omitempty"`
}

// Unrated is the current in A above which a line's rating is a placeholder.
const Unrated = 50_000

// Transformer is a pi model on its low-voltage side with an ideal ratio on its high-voltage side. TapPos with the taps'
// range and step is an alternative to TapFactor, which then must be absent.
type Transformer struct {
	ID             int     `json:"id"`
	HV             int     `json:"hv"`
	LV             int     `json:"lv"`
	SnKVA          float64 `json:"sn_kva"`
	VnHV           float64 `json:"vn_hv_kv"`
	VnLV           float64 `json:"vn_lv_kv"`
	VkPercent      float64 `json:"vk_percent"`
	VkrPercent     float64 `json:"vkr_percent"`
	PfeKW          float64 `json:"pfe_kw,omitempty"`
	I0Percent      float64 `json:"i0_percent,omitempty"`
	ShiftDeg       float64 `json:"shift_deg,omitempty"` // the low voltage lags by so much: 150 for Dyn5
	Parallel       int     `json:"parallel,omitempty"`  // equal units side by side; 0 means 1
	TapFactor      float64 `json:"tap_factor_hv,omitempty"`
	TapPos         int     `json:"tap_pos,omitempty"`
	TapMin         int     `json:"tap_min,omitempty"`
	TapMax         int     `json:"tap_max,omitempty"`
	TapStepPercent float64 `json:"tap_step_percent,omitempty"`
	StdType        string  `json:"std_type,omitempty"`
	InService      *bool   `json:"in_service,omitempty"`
}

// Load takes power (as a generator it gives it). The shares of constant current and constant impedance are parts of the
// power at 1 pu; the rest does not depend on the voltage.
type Load struct {
	ID         int     `json:"id"`
	Bus        int     `json:"bus"`
	Name       string  `json:"name,omitempty"`
	PKW        float64 `json:"p_kw"`
	QKvar      float64 `json:"q_kvar,omitempty"`
	IPercent   float64 `json:"i_percent,omitempty"`
	ZPercent   float64 `json:"z_percent,omitempty"`
	ContractKW float64 `json:"contract_kw,omitempty"` // the most this connection may take or give; 0: not known
	Phases     string  `json:"phases,omitempty"`      // "1", "2", "3" or "123"; empty: not known
	InService  *bool   `json:"in_service,omitempty"`
}

// Shunt is an admittance from a bus to earth, given by the power it takes at 1 pu.
type Shunt struct {
	ID    int     `json:"id"`
	Bus   int     `json:"bus"`
	PKW   float64 `json:"p_kw"`
	QKvar float64 `json:"q_kvar"` // negative for a capacitor
}

func (b Bus) String() string {
	if b.Name == "" || b.Name == fmt.Sprint(b.ID) {
		return fmt.Sprintf("bus %d", b.ID)
	}
	return fmt.Sprintf("bus %d (%s)", b.ID, b.Name)
}

// on reports an optional flag that is true where it is absent.
func on(flag *bool) bool { return flag == nil || *flag }

// between reports whether current can flow from one end of the line to the other.
func (l *Line) between() bool { return on(l.InService) && on(l.ClosedFrom) && on(l.ClosedTo) }

// hanging reports whether the line is charged from one end and open at the other.
func (l *Line) hanging() bool { return on(l.InService) && on(l.ClosedFrom) != on(l.ClosedTo) }

// rated reports whether the line has a rating.
func (l *Line) rated() bool { return l.RatingA > 0 && l.RatingA <= Unrated }

func (t *Transformer) units() float64 { return float64(max(t.Parallel, 1)) }

// tap is the factor on the rated voltage of the high-voltage side.
func (t *Transformer) tap() float64 {
	if t.TapFactor == 0 {
		return 1 + float64(t.TapPos)*t.TapStepPercent/100
	}
	return t.TapFactor
}
