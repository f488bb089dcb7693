package sunspec

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Data that is not part of the repository: the official models and dumps of real devices.
const sharedData = "../../../shared/data/sunspec"

func shared(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sharedData, name))
	if os.IsNotExist(err) {
		t.Skipf("no %s beside the repository: put github.com/sunspec/models and the dumps under shared/data/sunspec", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// official is a group of an official model file.
type official struct {
	Name   string
	Count  any
	Points []struct {
		Name, Type string
		Size       int
		SF         any
		Units      string
		Access     string
	}
	Groups []official
}

// The table is the official models, point by point: names, types, sizes, scale factors, units, what can be written, and
// how groups repeat.
func TestTableAgreesWithTheOfficialModels(t *testing.T) {
	for id, m := range tables() {
		var file struct{ Group official }
		if err := json.Unmarshal(shared(t, fmt.Sprintf("models/model_%d.json", id)), &file); err != nil {
			t.Fatal(err)
		}
		file.Group.Points = file.Group.Points[headerSize:]
		compare(t, fmt.Sprint("model ", id), &m.group, file.Group)
	}
}

func compare(t *testing.T, where string, g *group, want official) {
	t.Helper()
	if len(g.points) != len(want.Points) || len(g.groups) != len(want.Groups) {
		t.Errorf("%s: got %d points and %d groups, want %d and %d", where, len(g.points), len(g.groups), len(want.Points), len(want.Groups))
		return
	}
	for i, p := range g.points {
		w := want.Points[i]
		scale, _ := w.SF.(string)
		if p.name != w.Name || string(p.kind) != w.Type || p.size != w.Size || p.scale != scale || p.unit != strings.TrimSpace(w.Units) || p.writable != (w.Access == "RW") {
			t.Errorf("%s: got %+v, want %+v", where, p, w)
		}
	}
	for i, inner := range g.groups {
		count := ""
		if c := want.Groups[i].Count; c != nil {
			count = fmt.Sprint(c)
		}
		if inner.name != want.Groups[i].Name || inner.count != count {
			t.Errorf("%s: got group %s times %q, want %s times %q", where, inner.name, inner.count, want.Groups[i].Name, count)
		}
		compare(t, where+" "+inner.name, inner, want.Groups[i])
	}
}

func TestTableHasEveryModelOfInvertersMetersAndBatteries(t *testing.T) {
	for _, span := range [][2]uint16{{1, 1}, {101, 103}, {111, 113}, {120, 124}, {160, 160}, {201, 204}, {211, 214}, {401, 404}, {501, 502}, {701, 714}, {801, 804}} {
		for id := span[0]; id <= span[1]; id++ {
			if _, ok := lookup(id); !ok {
				t.Errorf("model %d is missing", id)
			}
		}
	}
}

// Where a block is long enough, every value finds its scale factor, and points are in order.
func TestLayouts(t *testing.T) {
	for id, m := range tables() {
		l := m.lay(1000, func(string) int { return 3 })
		end := headerSize
		for _, p := range l.points {
			if p.offset < end || p.offset+p.size > l.size {
				t.Errorf("model %d: %s at %d, want at least %d, within %d", id, p.name, p.offset, end, l.size)
			}
			end = p.offset + p.size
			if scale, ok := l.find(p.scale); p.scale != "" && (!ok || scale.kind != factor) {
				t.Errorf("model %d: %s has no scale factor %s", id, p.name, p.scale)
			}
		}
	}
	m, _ := lookup(712)
	l := m.lay(14+2+3*(4+2*2), func(name string) int { return map[string]int{"NPt": 2, "NCrv": 3}[name] })
	for name, want := range map[string]int{"Crv[1].ActPt": 14, "Crv[2].Pt[1].W": 26, "Crv[3].Pt[2].Var": 37} {
		if p, ok := l.find(name); !ok || p.offset != want {
			t.Errorf("model 712: %s at %d %v, want %d", name, p.offset, ok, want)
		}
	}
}

func TestTableRefusesNonsense(t *testing.T) {
	for _, text := range []string{
		"uint16: A", "model x\nuint17: A", "model 1 x\nuint16 A", "model 1 x\nstring: A", "model 1 x\nuint16 blue: A", "model 1 x\nmodel 1 y",
	} {
		if m, err := parseModels(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, m)
		}
	}
}
