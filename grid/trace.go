package grid

import "fmt"

// edge is a line or transformer through which current can flow, between two electrical nodes.
type edge struct {
	line     int // index among the lines, or -1
	trafo    int // index among the transformers, or -1
	id       int // the element's number
	from, to int // nodes
}

func (e edge) String() string {
	if e.line >= 0 {
		return fmt.Sprintf("line %d", e.id)
	}
	return fmt.Sprintf("transformer %d", e.id)
}

// tracing is a network as seen from its source: buses that closed switches join are one node, nodes lie in depth-first
// order, and whatever is not needed to reach them closes a loop.
type tracing struct {
	node   []int // electrical node of each bus
	nodes  int
	edges  []edge
	order  []int // place of each node in depth-first order, -1 where it cannot be reached
	visit  []int // nodes in depth-first order
	above  []int // node one step towards the source, by place; -1 at the source
	via    []int // edge towards it, by place; -1 at the source
	loops  []int // edges that close a loop, in order of discovery
	looped []int // switches that close a loop
}

// trace expects a network whose elements name existing buses.
func (n *Network) trace() *tracing {
	index := make(map[int]int, len(n.Buses))
	for i, b := range n.Buses {
		index[b.ID] = i
	}
	t := &tracing{}
	t.fuse(n, index)
	t.connect(n, index)
	t.walk(t.node[index[n.Source.Bus]])
	return t
}

// fuse joins buses across closed switches by union-find.
func (t *tracing) fuse(n *Network, index map[int]int) {
	parent := make([]int, len(n.Buses))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for i, s := range n.Switches {
		if !s.Closed {
			continue
		}
		a, b := find(index[s.From]), find(index[s.To])
		if a == b {
			t.looped = append(t.looped, i)
		}
		parent[max(a, b)] = min(a, b)
	}
	t.node = make([]int, len(n.Buses))
	for i := range parent {
		if root := find(i); root == i {
			t.node[i] = t.nodes
			t.nodes++
		} else {
			t.node[i] = t.node[root] // the root is the smallest of its set, so it has its node already
		}
	}
}

func (t *tracing) connect(n *Network, index map[int]int) {
	for i := range n.Lines {
		if l := &n.Lines[i]; l.between() {
			t.edges = append(t.edges, edge{line: i, trafo: -1, id: l.ID, from: t.node[index[l.From]], to: t.node[index[l.To]]})
		}
	}
	for i := range n.Transformers {
		if x := &n.Transformers[i]; on(x.InService) {
			t.edges = append(t.edges, edge{line: -1, trafo: i, id: x.ID, from: t.node[index[x.HV]], to: t.node[index[x.LV]]})
		}
	}
}

// adjacency lists the edges at each node, in the order of the edges, in one array.
func (t *tracing) adjacency() (start, list []int) {
	start = make([]int, t.nodes+1)
	for _, e := range t.edges {
		start[e.from+1]++
		start[e.to+1]++
	}
	for i := range t.nodes {
		start[i+1] += start[i]
	}
	list = make([]int, 2*len(t.edges))
	fill := append([]int(nil), start[:t.nodes]...)
	for i, e := range t.edges {
		list[fill[e.from]] = i
		fill[e.from]++
		list[fill[e.to]] = i
		fill[e.to]++
	}
	return start, list
}

// walk visits every node that can be reached from the root, depth first.
func (t *tracing) walk(root int) {
	start, list := t.adjacency()
	t.order = make([]int, t.nodes)
	for i := range t.order {
		t.order[i] = -1
	}
	type step struct{ node, above, via int }
	stack := []step{{root, -1, -1}}
	used := make([]bool, len(t.edges)) // as a branch of the tree or as a loop
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if s.via >= 0 {
			if used[s.via] {
				continue
			}
			used[s.via] = true
		}
		if t.order[s.node] >= 0 {
			t.loops = append(t.loops, s.via)
			continue
		}
		t.order[s.node] = len(t.visit)
		t.visit = append(t.visit, s.node)
		t.above = append(t.above, s.above)
		t.via = append(t.via, s.via)
		for k := start[s.node+1] - 1; k >= start[s.node]; k-- {
			if e := list[k]; !used[e] {
				stack = append(stack, step{t.edges[e].from + t.edges[e].to - s.node, s.node, e})
			}
		}
	}
}
