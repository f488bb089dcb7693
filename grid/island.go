package grid

// Island is a part of a network that closed switches, lines and transformers join.
type Island struct {
	Buses        []int // by number, in the order of the network
	Live         bool  // the source or a grid-forming unit is in it; without one it has no voltage at all, not 0 V
	LoadKW       float64
	GenerationKW float64
}

// Islands finds the parts of a network, in the order of their first buses. Forming are the numbers of buses where a unit
// forms a voltage of its own. The network's elements must exist; it need not be connected.
func (n *Network) Islands(forming ...int) []Island {
	index := make(map[int]int, len(n.Buses))
	for i, b := range n.Buses {
		index[b.ID] = i
	}
	t := &tracing{}
	t.fuse(n, index)
	t.connect(n, index)
	part := make([]int, t.nodes) // by node; parts are numbered by their first bus
	for i := range part {
		part[i] = -1
	}
	start, list := t.adjacency()
	var islands []Island
	for i, b := range n.Buses {
		root := t.node[i]
		if part[root] < 0 {
			part[root] = len(islands)
			islands = append(islands, Island{})
			for stack := []int{root}; len(stack) > 0; {
				at := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				for _, e := range list[start[at]:start[at+1]] {
					if other := t.edges[e].from + t.edges[e].to - at; part[other] < 0 {
						part[other] = part[root]
						stack = append(stack, other)
					}
				}
			}
		}
		islands[part[root]].Buses = append(islands[part[root]].Buses, b.ID)
	}
	at := func(bus int) *Island { return &islands[part[t.node[index[bus]]]] }
	at(n.Source.Bus).Live = true
	for _, bus := range forming {
		at(bus).Live = true
	}
	for i := range n.Loads {
		if l := &n.Loads[i]; on(l.InService) {
			at(l.Bus).LoadKW += l.PKW
		}
	}
	for i := range n.Generators {
		if g := &n.Generators[i]; on(g.InService) {
			at(g.Bus).GenerationKW += g.PKW
		}
	}
	return islands
}
