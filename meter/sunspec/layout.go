package sunspec

import (
	"cmp"
	"slices"
	"strconv"
)

// maxPoints bounds a layout: a block has at most 65,535 registers, and a device that returns nonsense counts must not
// fill the memory.
const maxPoints = 1 << 16

// layout is where the points of one block lie.
type layout struct {
	size   int     // registers, from the model's id
	points []point // in ascending order of their registers; none reaches beyond size
	index  map[string]int
}

// lay places the points of the model in a block of size registers. count is the value of a point that says how often a
// group repeats, 0 where it is not known; the block's size bounds it in any case.
func (m *model) lay(size int, count func(name string) int) *layout {
	l := &layout{size: size, index: make(map[string]int)}
	l.place(&m.group, 0, []string{""}, count)
	return l
}

// place puts a group at a register and returns the one after it. Prefixes are those of the groups around it and its own.
func (l *layout) place(g *group, at int, prefixes []string, count func(string) int) int {
	prefix := prefixes[len(prefixes)-1]
	first := len(l.points)
	for _, p := range g.points {
		if p.offset += at; p.offset+p.size > l.size {
			break
		}
		p.name = prefix + p.name
		l.index[p.name] = len(l.points)
		l.points = append(l.points, p)
	}
	for i := range l.points[first:] {
		p := &l.points[first+i]
		if p.scale != "" {
			p.scale = l.scale(p.scale, prefixes)
		}
	}
	at += g.size
	for _, inner := range g.groups {
		times := 1
		switch inner.count {
		case "":
		case "0":
			times = (l.size - at) / inner.size
		default:
			times = count(inner.count)
		}
		for n := 1; n <= times && at < l.size && len(l.points) < maxPoints; n++ {
			name := inner.name
			if inner.count != "" {
				name += "[" + strconv.Itoa(n) + "]"
			}
			at = l.place(inner, at, append(slices.Clone(prefixes), prefix+name+"."), count)
		}
	}
	return at
}

// scale is the full name of the scale factor that a point names, looked for from the inside out. Where the block ends
// before it, the name stays as it is and is not found.
func (l *layout) scale(name string, prefixes []string) string {
	for _, prefix := range slices.Backward(prefixes) {
		if _, ok := l.index[prefix+name]; ok {
			return prefix + name
		}
	}
	return name
}

func (l *layout) find(name string) (point, bool) {
	i, ok := l.index[name]
	if !ok {
		return point{}, false
	}
	return l.points[i], true
}

// only is the points with these names and their scale factors.
func (l *layout) only(names []string) []point {
	var points []point
	for _, name := range names {
		p, ok := l.find(name)
		if !ok {
			continue
		}
		points = append(points, p)
		if scale, ok := l.find(p.scale); ok {
			points = append(points, scale)
		}
	}
	slices.SortFunc(points, func(a, b point) int { return cmp.Compare(a.offset, b.offset) })
	return slices.CompactFunc(points, func(a, b point) bool { return a.name == b.name })
}

// counted is the points that say how often the model's groups repeat.
func (m *model) counted() []string {
	var names []string
	for _, g := range m.groups {
		g.counts(&names)
	}
	return names
}

func (g *group) counts(names *[]string) {
	if g.count != "" && g.count != "0" && !slices.Contains(*names, g.count) {
		*names = append(*names, g.count)
	}
	for _, inner := range g.groups {
		inner.counts(names)
	}
}
