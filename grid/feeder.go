package grid

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Feeder is a network with phases: every bus has conductors 1, 2, 3 (the phases) and 4 (the neutral), as many as reach it.
// A node is a bus's conductor, written "bus.conductor". Voltages are in V to earth, impedances in ohm.
type Feeder struct {
	FrequencyHz float64     `json:"f_hz"`
	Radial      bool        `json:"radial,omitempty"` // a loop is then a defect
	Source      PhaseSource `json:"source"`
	Lines       []PhaseLine `json:"lines"`
	Elements    []Element   `json:"elements"`
	Loads       []PhaseLoad `json:"loads"`
}

// PhaseSource is a voltage of equal size in each phase, 120 degrees apart, behind an impedance matrix.
type PhaseSource struct {
	VLN      float64     `json:"v_ln"`
	AngleDeg float64     `json:"angle_deg"` // of the first node; each further one lags by 120
	ZRe      [][]float64 `json:"z_re"`
	ZIm      [][]float64 `json:"z_im"`
	Nodes    []string    `json:"nodes"`
}

// PhaseLine is a line with mutual coupling: full matrices of series impedance and total shunt susceptance.
type PhaseLine struct {
	ID       string      `json:"id"`
	From     string      `json:"from"`
	To       string      `json:"to"`
	Phases   []int       `json:"phases"`
	PhasesTo []int       `json:"phases_to,omitempty"` // where conductors change their place; else as Phases
	R        [][]float64 `json:"r_ohm"`
	X        [][]float64 `json:"x_ohm"`
	B        [][]float64 `json:"b_s,omitempty"`
	LengthKM float64     `json:"length_km,omitempty"`
	RatingA  float64     `json:"imax_a,omitempty"` // per conductor; 0: not known
}

// Element is anything linear: a transformer of any vector group, a regulator at its tap, a capacitor, an earthing. It is
// given by its primitive nodal admittance matrix in siemens over its nodes, earthed terminals removed. Its "from" side is
// the bus of its first node.
type Element struct {
	ID    string      `json:"id"`
	Kind  string      `json:"kind"`
	Nodes []string    `json:"nodes"`
	YRe   [][]float64 `json:"y_re"`
	YIm   [][]float64 `json:"y_im"`
	SnKVA float64     `json:"sn_kva,omitempty"` // rated power of a transformer; 0: not known
}

// PhaseLoad takes power between conductors. Wye: each listed conductor to earth, the power split evenly. Delta: between
// two conductors, or a third of it between each two of three. What gives power has a negative one.
type PhaseLoad struct {
	ID         string  `json:"id"`
	Bus        string  `json:"bus"`
	Nodes      []int   `json:"nodes"`
	Connection string  `json:"connection"` // "wye" or "delta"
	Model      string  `json:"model"`      // "pq" constant power, "i" constant current, "z" constant impedance
	KV         float64 `json:"kv_nominal"`
	PKW        float64 `json:"p_kw"`
	QKvar      float64 `json:"q_kvar"`
	ContractKW float64 `json:"contract_kw,omitempty"` // 0: not known
}

var feederKeys = map[string]keys{
	"network":  {words("source lines"), words("f_hz radial elements loads")},
	"source":   {words("v_ln z_re z_im nodes"), words("angle_deg")},
	"lines":    {words("id from to phases r_ohm x_ohm"), words("phases_to b_s length_km imax_a name")},
	"elements": {words("id nodes y_re y_im"), words("kind sn_kva name")},
	"loads":    {words("id bus nodes connection model kv_nominal p_kw q_kvar"), words("contract_kw name")},
}

func parseFeeder(data []byte) (*Feeder, error) {
	if err := checkKeys(data, feederKeys); err != nil {
		return nil, err
	}
	n := &Feeder{}
	if err := json.Unmarshal(data, n); err != nil {
		return nil, fmt.Errorf("%w: network: %v", ErrCaseFile, err)
	}
	if err := n.Check(); err != nil {
		return nil, err
	}
	return n, nil
}

// node is a conductor of a bus.
type node struct {
	bus       string
	conductor int
}

func (n node) String() string { return n.bus + "." + strconv.Itoa(n.conductor) }

// conductors are what a bus may have: three phases and a neutral.
const conductors = 4

// parseNode reads "bus.conductor"; a bus's name may have dots.
func parseNode(text string) (node, error) {
	dot := strings.LastIndexByte(text, '.')
	if dot <= 0 {
		return node{}, fmt.Errorf("node %q has no conductor; write BUS.1 to BUS.4", text)
	}
	c, err := strconv.Atoi(text[dot+1:])
	if err != nil || c < 1 || c > conductors {
		return node{}, fmt.Errorf("unknown phase %q of bus %q; use 1, 2, 3 or 4 for the neutral", text[dot+1:], text[:dot])
	}
	return node{text[:dot], c}, nil
}

// parseNodes expects nodes that the checker has seen.
func parseNodes(texts []string) []node {
	nodes := make([]node, len(texts))
	for i, text := range texts {
		nodes[i], _ = parseNode(text)
	}
	return nodes
}

// phasesTo are the conductors at the line's far end.
func (l *PhaseLine) phasesTo() []int {
	if len(l.PhasesTo) == 0 {
		return l.Phases
	}
	return l.PhasesTo
}

// nodesAt are the nodes of a bus's conductors.
func nodesAt(bus string, phases []int) []node {
	nodes := make([]node, len(phases))
	for i, c := range phases {
		nodes[i] = node{bus, c}
	}
	return nodes
}
