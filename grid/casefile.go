package grid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/wattle/wattle/internal/problem"
)

// The formats of case files.
const (
	BalancedFormat   = "p2pgrid-balanced-1"
	ThreePhaseFormat = "p2pgrid-threephase-1"
)

// ErrCaseFile is returned for bytes that are not a case file: not JSON, another format, an unknown or missing key.
var ErrCaseFile = problem.New(problem.Invalid, "not a case file")

// Case is what a case file holds: a Network or a Feeder, by its format.
type Case struct {
	Name     string
	Format   string
	Balanced *Network // where the format is BalancedFormat
	Phased   *Feeder  // where the format is ThreePhaseFormat
}

// ParseCase reads a case file, or what pandapower's to_json writes, and checks its network. What the file says besides the network (its source, its licence,
// the expected solution) is not read. Errors wrap ErrCaseFile or are Defects.
func ParseCase(data []byte) (*Case, error) {
	var head struct {
		Format  string          `json:"format"`
		Name    string          `json:"name"`
		Network json.RawMessage `json:"network"`

		Class  string                     `json:"_class"` // of a file by pandapower
		Object map[string]json.RawMessage `json:"_object"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrCaseFile, err)
	}
	c := &Case{Name: head.Name, Format: head.Format}
	if head.Class == "pandapowerNet" {
		n, err := importPandapower(head.Object)
		if err != nil {
			return nil, err
		}
		return &Case{Name: "pandapower", Format: BalancedFormat, Balanced: n}, nil
	}
	if len(head.Network) == 0 {
		return nil, fmt.Errorf("%w: it has no \"network\"", ErrCaseFile)
	}
	var err error
	switch head.Format {
	case BalancedFormat:
		c.Balanced, err = parseNetwork(head.Network)
	case ThreePhaseFormat:
		c.Phased, err = parseFeeder(head.Network)
	default:
		err = fmt.Errorf("%w: its format is %q; use %q or %q", ErrCaseFile, head.Format, BalancedFormat, ThreePhaseFormat)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// keys are the keys an element must have and those it may have.
type keys struct{ must, may []string }

func words(text string) []string { return strings.Fields(text) }

// The keys of the elements of a balanced network.
var balancedKeys = map[string]keys{
	"network":      {words("buses source"), words("f_hz radial switches lines transformers loads generators shunts")},
	"buses":        {words("id vn_kv"), words("name")},
	"source":       {words("bus v_pu"), words("angle_deg")},
	"switches":     {words("id from to closed"), words("name")},
	"lines":        {words("id from to r_ohm x_ohm"), words("name g_s b_s imax_a length_km std_type in_service closed_from closed_to")},
	"transformers": {words("id hv lv sn_kva vn_hv_kv vn_lv_kv vk_percent vkr_percent"), words("name pfe_kw i0_percent shift_deg parallel tap_factor_hv tap_pos tap_min tap_max tap_step_percent std_type in_service")},
	"loads":        {words("id bus p_kw"), words("name q_kvar i_percent z_percent contract_kw phases in_service")},
	"generators":   {words("id bus p_kw"), words("name q_kvar i_percent z_percent contract_kw phases in_service")},
	"shunts":       {words("id bus p_kw q_kvar"), words("name")},
}

func parseNetwork(data []byte) (*Network, error) {
	if err := checkKeys(data, balancedKeys); err != nil {
		return nil, err
	}
	n := &Network{}
	if err := json.Unmarshal(data, n); err != nil {
		return nil, fmt.Errorf("%w: network: %v", ErrCaseFile, err)
	}
	n.impliedTaps(data)
	if err := n.Check(); err != nil {
		return nil, err
	}
	return n, nil
}

// impliedTaps keeps a tap factor of 0 that the file says from being taken for one that it does not say.
func (n *Network) impliedTaps(data []byte) {
	var said struct {
		Transformers []struct {
			Tap *float64 `json:"tap_factor_hv"`
		} `json:"transformers"`
	}
	if json.Unmarshal(data, &said) != nil {
		return // it was read before
	}
	for i, t := range said.Transformers {
		if t.Tap != nil && *t.Tap == 0 {
			n.Transformers[i].TapFactor = -1 // out of range: the checker names it
		}
	}
}

// checkKeys refuses unknown and missing keys of a network, naming the element that has them.
func checkKeys(data []byte, allowed map[string]keys) error {
	network, err := object("network", data, allowed["network"])
	if err != nil {
		return err
	}
	kinds := make([]string, 0, len(network))
	for kind := range network {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds) // which defect is named first must not depend on the order of a map
	for _, kind := range kinds {
		raw := network[kind]
		rules, isElement := allowed[kind]
		switch {
		case !isElement || bytes.Equal(raw, []byte("null")):
			continue
		case kind == "source":
			if _, err := object("source", raw, rules); err != nil {
				return err
			}
			continue
		}
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return fmt.Errorf("%w: %q is not a list", ErrCaseFile, kind)
		}
		for i, element := range list {
			if _, err := object(fmt.Sprintf("%s[%d]", kind, i), element, rules); err != nil {
				return err
			}
		}
	}
	return nil
}

// object reads one JSON object and compares its keys with those it must and may have.
func object(name string, data []byte, rules keys) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, fmt.Errorf("%w: %s is not an object: %v", ErrCaseFile, name, err)
	}
	if id, ok := fields["id"]; ok {
		name += " (id " + string(id) + ")"
	}
	for _, key := range rules.must {
		if value, ok := fields[key]; !ok || bytes.Equal(value, []byte("null")) {
			return nil, fmt.Errorf("%w: %s has no %q; give it", ErrCaseFile, name, key)
		}
	}
	unknown := make([]string, 0, 1)
	for key := range fields {
		if !slices.Contains(rules.must, key) && !slices.Contains(rules.may, key) {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("%w: %s: unknown key %q; known are %s", ErrCaseFile, name, slices.Min(unknown),
			strings.Join(append(slices.Clone(rules.must), rules.may...), ", "))
	}
	return fields, nil
}

// Solver is a power flow of either kind.
type Solver interface {
	Solve() (Verdict, error)
	Buses() int
}

// Solver prepares the case's power flow.
func (c *Case) Solver() (Solver, error) {
	if c.Phased != nil {
		return NewPhaseFlow(c.Phased)
	}
	return NewFlow(c.Balanced)
}

// Solve solves the case once. The answer is a *Solution or a *PhaseSolution; with an error there is none.
func (c *Case) Solve() (any, Verdict, error) {
	s, err := c.Solver()
	if err != nil {
		return nil, Verdict{}, err
	}
	v, err := s.Solve()
	if err != nil {
		return nil, v, err
	}
	switch f := s.(type) {
	case *Flow:
		return f.Solution(), v, nil
	case *PhaseFlow:
		return f.Solution(), v, nil
	}
	panic("grid: a solver of no known kind")
}
