package sunspec

import (
	_ "embed" // models.txt
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// kind is the type of a point: SunSpec Device Information Model Specification V1.2, section 4.2.
type kind string

const (
	factor   kind = "sunssf" // the power of ten of other points
	text     kind = "string"
	binary32 kind = "float32"
	pad      kind = "pad"
)

// sizes are the registers of each kind but strings, which say theirs.
var sizes = map[kind]uint16{
	"int16": 1, "uint16": 1, "count": 1, "acc16": 1, "enum16": 1, "bitfield16": 1, factor: 1, pad: 1,
	"int32": 2, "uint32": 2, "acc32": 2, "enum32": 2, "bitfield32": 2, binary32: 2,
	"int64": 4, "uint64": 4, "acc64": 4, "bitfield64": 4,
}

// point is a value of a model. In a layout the offset counts registers from the model's id and the name tells the
// groups it lies in, as module[2].DCW; in a table both are those within its group.
type point struct {
	name     string
	offset   int
	size     int // registers
	kind     kind
	scale    string // name of the point's scale factor, if it has one
	unit     string // for people; empty where the value has none
	writable bool
}

// group is a run of points with groups after it.
type group struct {
	name   string
	count  string // "": once; "0": as often as the block has room; else the point that says how often
	size   int    // registers of the points
	points []point
	groups []*group
}

// model is what this package knows of a SunSpec model. Models it does not know are skipped by their length.
type model struct {
	title string
	group
}

//go:embed models.txt
var table string

// tables are the models by id; those that share a layout share a model.
var tables = sync.OnceValue(func() map[uint16]*model {
	models, err := parseModels(table)
	if err != nil {
		panic(err) // a test reads it too
	}
	return models
})

// lookup returns the model with this id.
func lookup(id uint16) (*model, bool) {
	m, ok := tables()[id]
	return m, ok
}

// parseModels reads models.txt, which explains its form itself.
func parseModels(text string) (map[uint16]*model, error) {
	models := make(map[uint16]*model)
	var open []*group // from the model inward
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		var err error
		switch word, rest, _ := strings.Cut(line, " "); {
		case line == "" || line[0] == '#':
		case word == "model":
			var m *model
			if m, err = parseTitle(models, rest); err == nil {
				open = []*group{&m.group}
			}
		case len(open) == 0:
			err = fmt.Errorf("outside a model")
		case word == "group":
			name, count, _ := strings.Cut(rest, " count=")
			g := &group{name: name, count: count}
			parent := open[len(open)-1]
			parent.groups = append(parent.groups, g)
			open = append(open, g)
		case word == "end":
			open = open[:len(open)-1]
		default:
			err = open[len(open)-1].add(line)
		}
		if err != nil {
			return nil, fmt.Errorf("models.txt:%d: %w", n+1, err)
		}
	}
	return models, nil
}

// parseTitle begins a model under each of its ids.
func parseTitle(models map[uint16]*model, line string) (*model, error) {
	m := &model{group: group{size: headerSize}}
	for {
		word, rest, _ := strings.Cut(line, " ")
		id, err := strconv.ParseUint(word, 10, 16)
		if err != nil {
			break
		}
		if models[uint16(id)] != nil {
			return nil, fmt.Errorf("model %d again", id)
		}
		models[uint16(id)] = m
		line = rest
	}
	m.title = line
	return m, nil
}

// add reads a line of points into the group.
func (g *group) add(line string) error {
	head, names, ok := strings.Cut(line, ":")
	if !ok {
		return fmt.Errorf("no colon in %q", line)
	}
	words := strings.Fields(head)
	name, length, _ := strings.Cut(words[0], "*")
	p := point{kind: kind(name), size: int(sizes[kind(name)])}
	if p.kind == text {
		p.size, _ = strconv.Atoi(length) // 0 is refused below
	}
	if p.size == 0 {
		return fmt.Errorf("type %q", words[0])
	}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "sf":
			p.scale = value
		case "unit":
			p.unit = strings.ReplaceAll(value, "_", " ")
		case "rw":
			p.writable = true
		default:
			return fmt.Errorf("attribute %q", w)
		}
	}
	for _, p.name = range strings.Fields(names) {
		p.offset = g.size
		g.points = append(g.points, p)
		g.size += p.size
	}
	return nil
}
