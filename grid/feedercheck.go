package grid

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Check returns every defect of the feeder, or nil.
func (n *Feeder) Check() error {
	f := &findings{}
	n.checkSource(f)
	seen := map[string]bool{}
	for i := range n.Lines {
		f.own(seen, "line "+n.Lines[i].ID)
		n.Lines[i].check(f)
	}
	for i := range n.Elements {
		f.own(seen, "element "+n.Elements[i].ID)
		n.Elements[i].check(f)
	}
	for i := range n.Loads {
		f.own(seen, "load "+n.Loads[i].ID)
		n.Loads[i].check(f)
	}
	if len(f.list) == 0 {
		n.checkReach(f)
	}
	return f.list.or()
}

// own checks that an element's name is its own.
func (f *findings) own(seen map[string]bool, name string) {
	f.need(!seen[name], name, "its name is used twice", "give each element of a kind a name of its own")
	seen[name] = true
}

func (n *Feeder) checkSource(f *findings) {
	s := &n.Source
	f.need(s.VLN > 0 && s.VLN <= 1e3*maxVoltageKV, "source", fmt.Sprintf("its voltage is %g V", s.VLN), "give v_ln in V, above 0")
	f.need(math.Abs(s.AngleDeg) <= 360, "source", fmt.Sprintf("its angle is %g degrees", s.AngleDeg), "use -360 to 360")
	f.need(len(s.Nodes) >= 1 && len(s.Nodes) <= 3, "source", fmt.Sprintf("it has %d nodes", len(s.Nodes)), "give one to three")
	f.nodes("source", s.Nodes)
	f.matrix("source", "z_re and z_im", s.ZRe, s.ZIm, len(s.Nodes), maxOhm)
	f.regular("source", s.ZRe, s.ZIm)
	if buses := busesOf(s.Nodes); len(buses) > 1 {
		f.add("source", "its nodes lie on several buses", "use the conductors of one bus")
	}
}

// busesOf are the buses of nodes, in the order of their first appearance.
func busesOf(texts []string) (buses []string) {
	for _, n := range parseNodes(texts) {
		if n.bus != "" && !slices.Contains(buses, n.bus) {
			buses = append(buses, n.bus)
		}
	}
	return buses
}

// nodes checks that an element's nodes can be and differ.
func (f *findings) nodes(name string, texts []string) {
	for i, text := range texts {
		if _, err := parseNode(text); err != nil {
			what, do, _ := strings.Cut(err.Error(), "; ")
			f.add(name, what, do)
		}
		f.need(!slices.Contains(texts[:i], text), name, fmt.Sprintf("it names node %s twice", text), "name each node once")
	}
}

// matrix checks the size and the entries of a matrix given in two parts.
func (f *findings) matrix(name, what string, re, im [][]float64, size int, largest float64) {
	for _, part := range [][][]float64{re, im} {
		ok := len(part) == size
		for _, row := range part {
			ok = ok && len(row) == size
		}
		if !ok {
			f.add(name, fmt.Sprintf("%s are not %d by %d", what, size, size), "give one row and column for each conductor")
			return
		}
		for _, row := range part {
			for _, x := range row {
				if !(math.Abs(x) <= largest) {
					f.add(name, fmt.Sprintf("an entry of %s is %g", what, x), "correct it")
					return
				}
			}
		}
	}
}

// regular checks that an impedance matrix is one: a positive resistance, some impedance, and no two conductors alike.
func (f *findings) regular(name string, re, im [][]float64) {
	for i := range re {
		if len(re) != len(im) || len(re[i]) != len(re) || len(im[i]) != len(re) {
			return // said before
		}
		f.need(re[i][i] >= 0, name, fmt.Sprintf("the resistance of its conductor %d is %g ohm", i+1, re[i][i]), "a resistance is not negative")
		if math.Hypot(re[i][i], im[i][i]) < minOhm {
			f.add(name, fmt.Sprintf("its conductor %d has no impedance", i+1), "give r_ohm and x_ohm of the whole line; a switch is a line of 0.0001 ohm")
			return
		}
	}
	if len(re) > 0 && !settled(invert(complexMatrix(re, im))) {
		f.add(name, "its impedance matrix is singular", "two conductors cannot have the same impedance as their coupling")
	}
}

// settled reports whether a matrix holds numbers of a size that physics has.
func settled(a [][]complex128) bool {
	for _, row := range a {
		for _, x := range row {
			if !(math.Abs(real(x)) < 1/minOhm*1e3) || !(math.Abs(imag(x)) < 1/minOhm*1e3) {
				return false
			}
		}
	}
	return true
}

func complexMatrix(re, im [][]float64) [][]complex128 {
	a := make([][]complex128, len(re))
	for i := range re {
		a[i] = make([]complex128, len(re[i]))
		for k := range re[i] {
			a[i][k] = complex(re[i][k], im[i][k])
		}
	}
	return a
}

func (l *PhaseLine) check(f *findings) {
	name := "line " + l.ID
	f.need(l.From != l.To, name, "both ends are on bus "+l.From, "connect it to two buses")
	f.need(len(l.Phases) > 0, name, "it has no conductor", "list its phases, such as [1, 2, 3]")
	f.need(len(l.phasesTo()) == len(l.Phases), name, "its ends have different numbers of conductors", "make phases and phases_to equally long")
	f.phases(name, l.Phases)
	f.phases(name, l.phasesTo())
	f.matrix(name, "r_ohm and x_ohm", l.R, l.X, len(l.Phases), maxOhm)
	f.regular(name, l.R, l.X)
	if len(l.B) > 0 {
		f.matrix(name, "b_s", l.B, l.B, len(l.Phases), maxSiemens)
	}
	f.need(l.LengthKM >= 0 && l.LengthKM <= maxKilometres, name, fmt.Sprintf("its length is %g km", l.LengthKM), "give a positive length")
	f.need(l.RatingA >= 0, name, fmt.Sprintf("its rating is %g A", l.RatingA), "give the current it may carry in A, above 0")
}

// phases checks conductor numbers.
func (f *findings) phases(name string, list []int) {
	for i, c := range list {
		f.need(c >= 1 && c <= conductors, name, fmt.Sprintf("unknown phase %d", c), "use 1, 2, 3 or 4 for the neutral")
		f.need(!slices.Contains(list[:i], c), name, fmt.Sprintf("phase %d is named twice", c), "name each conductor once")
	}
}

func (e *Element) check(f *findings) {
	name := "element " + e.ID
	f.need(len(e.Nodes) > 0, name, "it has no node", "list its nodes")
	f.nodes(name, e.Nodes)
	f.matrix(name, "y_re and y_im", e.YRe, e.YIm, len(e.Nodes), 1e9)
	f.need(e.SnKVA >= 0, name, fmt.Sprintf("its rated power is %g kVA", e.SnKVA), "give sn_kva above 0")
	f.need(len(busesOf(e.Nodes)) <= 2, name, "it joins more than two buses", "split it at an inner bus")
}

func (l *PhaseLoad) check(f *findings) {
	name := "load " + l.ID
	f.need(len(l.Nodes) > 0, name, "it is on no phase", "list the conductors it is connected to")
	f.phases(name, l.Nodes)
	f.need(l.Connection == "wye" || l.Connection == "delta", name, fmt.Sprintf("its connection is %q", l.Connection), `use "wye" or "delta"`)
	f.need(l.Connection != "delta" || len(l.Nodes) == 2 || len(l.Nodes) == 3, name, fmt.Sprintf("a delta of %d conductors", len(l.Nodes)), "use two or three")
	f.need(l.Model == "pq" || l.Model == "i" || l.Model == "z", name, fmt.Sprintf("its model is %q", l.Model), `use "pq", "i" or "z"`)
	f.need(l.KV > 0 && l.KV <= maxVoltageKV, name, fmt.Sprintf("its nominal voltage is %g kV", l.KV), "give kv_nominal above 0")
	f.need(math.Hypot(l.PKW, l.QKvar) <= maxKilowatts, name, fmt.Sprintf("its power is %g kW and %g kvar", l.PKW, l.QKvar), "give kW and kvar")
	f.need(l.ContractKW >= 0, name, fmt.Sprintf("its contracted power is %g kW", l.ContractKW), "give kW above 0")
	f.need(l.ContractKW == 0 || math.Abs(l.PKW) <= l.ContractKW, name,
		fmt.Sprintf("%g kW is above its contracted %g kW", math.Abs(l.PKW), l.ContractKW), "lower the power or correct contract_kw")
}

// checkReach finds what no path joins to the source, loads on conductors that are not there, and loops where there may
// be none.
func (n *Feeder) checkReach(f *findings) {
	t := n.trace()
	for i, b := range t.buses {
		f.need(t.order[i] >= 0, "bus "+b, "it is not connected to the source", "add a line towards it, or take it out")
	}
	for i := range n.Loads {
		l := &n.Loads[i]
		b, ok := t.index[l.Bus]
		f.need(ok, "load "+l.ID, "there is no bus "+l.Bus, "connect it to an existing bus")
		for _, c := range l.Nodes {
			if ok && !t.has[b][c-1] {
				f.add("load "+l.ID, fmt.Sprintf("bus %s has no conductor %d", l.Bus, c), "connect it to a conductor that reaches its bus")
			}
		}
	}
	if n.Radial {
		for _, p := range t.loops {
			f.add(t.pairs[p].name, "it closes a loop in a radial network", "open it, or say that the network is not radial")
		}
	}
}
