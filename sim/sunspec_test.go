package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// definition is what this test needs of an official model file.
type definition struct {
	Group struct {
		Points []struct {
			Name      string
			Type      string
			Size      int
			SF        any
			Mandatory string
		}
	}
}

func official(t *testing.T, id uint16) definition {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "data", "sunspec", "models", fmt.Sprintf("model_%d.json", id))
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the official SunSpec models are not beside this repository; nothing to compare with")
	}
	if err != nil {
		t.Fatal(err)
	}
	var d definition
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLayoutsAreTheOfficialOnes(t *testing.T) {
	for _, m := range []*model{model1, model103, model120, model123, model124, model203, model802} {
		t.Run(fmt.Sprint(m.id), func(t *testing.T) {
			offset := 0
			for i, p := range official(t, m.id).Group.Points {
				want := p.Type
				if want == "string" {
					want = fmt.Sprintf("string%d", p.Size)
				}
				if i >= 2 { // identifier and length come first
					if i-2 >= len(m.points) {
						t.Fatalf("point %s is missing", p.Name)
					}
					got := m.points[i-2]
					if got.name != p.Name || string(got.kind) != want || got.offset != offset || got.kind.size() != p.Size {
						t.Errorf("got %s %s at %d, want %s %s at %d", got.kind, got.name, got.offset, want, p.Name, offset)
					}
				}
				offset += p.Size
			}
			if m.size != offset {
				t.Errorf("got %d registers, want %d", m.size, offset)
			}
		})
	}
}

// Every mandatory point has a value at noon, every value its scale factor, and a scale factor is within -10 and 10.
func TestMandatoryPointsAreFilled(t *testing.T) {
	for _, h := range street(t, Config{Seed: 1}).Homes() {
		s := h.State(summer.Add(9 * time.Hour))
		blocks := []block{h.common("", ""), meterBlock(s)}
		if h.Inverter > 0 {
			blocks = append(blocks, h.inverterBlock(s), h.nameplateBlock())
		}
		if h.Capacity > 0 {
			blocks = append(blocks, h.storageBlock(s, orderRegisters{charge: 100, discharge: 100}), h.batteryBlock(s))
		}
		for _, b := range blocks {
			for i, p := range official(t, b.model.id).Group.Points[2:] {
				ours := b.model.points[i]
				first, second := b.words[ours.offset], b.words[ours.offset+ours.kind.size()-1]
				filled := first != absent[ours.kind][0] || p.Type == "string" || p.Type == "acc32" && second != 0
				if p.Mandatory == "M" && !filled {
					t.Errorf("%s model %d: mandatory %s is absent", h.Member, b.model.id, p.Name)
				}
				if factor, ok := p.SF.(string); ok && filled {
					if e := int16(b.words[b.point(factor).offset]); e < -10 || e > 10 {
						t.Errorf("%s model %d: %s has scale factor %d", h.Member, b.model.id, p.Name, e)
					}
				}
			}
		}
	}
}

func TestPointsHoldWhatTheyCan(t *testing.T) {
	b := model103.empty()
	for _, c := range []struct {
		name  string
		value float64
		want  []uint16
	}{
		{"W", -1, []uint16{0xFFFF}},
		{"VA", 32767, []uint16{0x7FFF}},
		{"VAr", 32768, []uint16{0x8000}},
		{"PF", -32768, []uint16{0x8000}},
		{"Hz", 65534.4, []uint16{0xFFFE}},
		{"DCA", 65535, []uint16{0xFFFF}},
		{"DCV", -1, []uint16{0xFFFF}},
		{"WH", 1<<32 + 5, []uint16{0, 5}},
		{"Evt1", 0x12345678, []uint16{0x1234, 0x5678}},
		{"Evt2", 1 << 32, []uint16{0xFFFF, 0xFFFF}},
	} {
		b.set(c.name, c.value)
		at := b.point(c.name).offset
		if got := b.words[at : at+len(c.want)]; fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s = %g: got %#x, want %#x", c.name, c.value, got, c.want)
		}
	}
	b.scaled("A_SF", -2, values{"A": 12.345})
	if got, factor := b.words[2], int16(b.words[6]); got != 1235 && got != 1234 || factor != -2 {
		t.Errorf("12.345 A: got %d with factor %d", got, factor)
	}
	c := model1.empty()
	c.text("Mn", "abc")
	c.text("Vr", strings.Repeat("x", 40))
	if c.words[2] != 'a'<<8|'b' || c.words[3] != 'c'<<8 || c.words[49] != 'x'<<8|'x' || c.words[50] != 0 {
		t.Errorf("strings: got %#x", c.words)
	}
}
