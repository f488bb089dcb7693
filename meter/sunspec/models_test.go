package sunspec

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/wattle/wattle/meter/modbus"
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

var kindNames = map[kind]string{
	int16Kind: "int16", uint16Kind: "uint16", enum16: "enum16", bitfield16: "bitfield16", uint32Kind: "uint32",
	bitfield32: "bitfield32", acc32: "acc32", float32Kind: "float32", text: "string", factor: "sunssf",
}

// Every point of the table lies where the official model says, with its type, size and scale factor.
func TestTableAgreesWithTheOfficialModels(t *testing.T) {
	type official struct {
		Name, Type string
		Size       uint16
		SF         any
	}
	for id := range layout {
		var file struct{ Group struct{ Points []official } }
		if err := json.Unmarshal(shared(t, fmt.Sprintf("models/model_%d.json", id)), &file); err != nil {
			t.Fatal(err)
		}
		at := make(map[string]official)
		offsets := make(map[string]uint16)
		next := uint16(0)
		for _, p := range file.Group.Points {
			at[p.Name], offsets[p.Name] = p, next
			next += p.Size
		}
		m, _ := lookup(id)
		for _, p := range m.points {
			want, ok := at[p.name]
			if !ok {
				t.Errorf("model %d: no point %s", id, p.name)
				continue
			}
			scale, _ := want.SF.(string)
			if p.offset != offsets[p.name] || p.size != want.Size || kindNames[p.kind] != want.Type || p.scale != scale {
				t.Errorf("model %d %s: got %d+%d %s %q, want %d+%d %s %q", id, p.name,
					p.offset, p.size, kindNames[p.kind], p.scale, offsets[p.name], want.Size, want.Type, scale)
			}
		}
	}
}

// Points are in order, and every value shares one request with its scale factor.
func TestTableIsOrderedAndPaired(t *testing.T) {
	for id, m := range models {
		end := uint16(headerSize)
		for _, p := range m.points {
			if p.offset < end {
				t.Errorf("model %d %s: offset %d lies before %d", id, p.name, p.offset, end)
			}
			end = p.offset + p.size
			scale, ok := m.find(p.scale)
			if p.scale == "" {
				continue
			}
			if !ok || scale.kind != factor {
				t.Errorf("model %d %s: no scale factor %s", id, p.name, p.scale)
			}
		}
		if end > modbus.MaxRegisters {
			t.Errorf("model %d: %d registers, want one request of %d", id, end, modbus.MaxRegisters)
		}
	}
}
