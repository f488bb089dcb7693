package grid

// pair is two buses and everything that joins them.
type pair struct {
	a, b     int
	lines    []int
	elements []int
	name     string // of its first element
}

// phaseTracing is a feeder as seen from its source, as tracing is of a network.
type phaseTracing struct {
	buses  []string
	index  map[string]int
	has    [][conductors]bool
	pairs  []pair
	single []int // elements with one bus
	root   int
	order  []int // place of each bus in depth-first order, -1 where it cannot be reached
	visit  []int
	above  []int // bus above each place
	via    []int // pair above each place
	loops  []int // pairs that close a loop
}

// trace expects elements that have been checked one by one.
func (n *Feeder) trace() *phaseTracing {
	t := &phaseTracing{index: map[string]int{}}
	for _, x := range parseNodes(n.Source.Nodes) {
		t.root = t.bus(x)
	}
	between := map[[2]int]int{}
	join := func(a, b int, name string) *pair {
		key := [2]int{min(a, b), max(a, b)}
		i, ok := between[key]
		if !ok {
			i = len(t.pairs)
			between[key] = i
			t.pairs = append(t.pairs, pair{a: a, b: b, name: name})
		}
		return &t.pairs[i]
	}
	for i := range n.Elements {
		ends := []int{}
		for _, x := range parseNodes(n.Elements[i].Nodes) {
			if b := t.bus(x); len(ends) == 0 || b != ends[0] {
				ends = append(ends, b)
			}
		}
		if len(ends) == 1 {
			t.single = append(t.single, i)
			continue
		}
		p := join(ends[0], ends[1], "element "+n.Elements[i].ID)
		p.elements = append(p.elements, i)
	}
	for i := range n.Lines {
		l := &n.Lines[i]
		var a, b int
		for k, c := range l.Phases {
			a, b = t.bus(node{l.From, c}), t.bus(node{l.To, l.phasesTo()[k]})
		}
		p := join(a, b, "line "+l.ID)
		p.lines = append(p.lines, i)
	}
	t.walk()
	return t
}

// bus returns the number of a node's bus, and notes its conductor.
func (t *phaseTracing) bus(x node) int {
	i, ok := t.index[x.bus]
	if !ok {
		i = len(t.buses)
		t.index[x.bus] = i
		t.buses = append(t.buses, x.bus)
		t.has = append(t.has, [conductors]bool{})
	}
	t.has[i][x.conductor-1] = true
	return i
}

// walk visits every bus that can be reached from the source, depth first.
func (t *phaseTracing) walk() {
	plain := &tracing{nodes: len(t.buses)}
	for i, p := range t.pairs {
		plain.edges = append(plain.edges, edge{line: i, trafo: -1, from: p.a, to: p.b})
	}
	plain.walk(t.root)
	t.order, t.visit, t.above, t.via, t.loops = plain.order, plain.visit, plain.above, plain.via, plain.loops
}
