package sim

import (
	"math"
	"strings"
)

// kind is the type of a SunSpec point.
type kind string

// The types that the models of this package use.
const (
	unsigned16 kind = "uint16"
	signed16   kind = "int16"
	unsigned32 kind = "uint32"
	scale      kind = "sunssf"
	enum16     kind = "enum16"
	bits16     kind = "bitfield16"
	bits32     kind = "bitfield32"
	acc32      kind = "acc32"
	string8    kind = "string8"  // 8 registers
	string16   kind = "string16" // 16 registers
	padding    kind = "pad"
)

// absent is what the first register of a point says that the device does not implement, and the second of two.
var absent = map[kind][2]uint16{
	unsigned16: {0xFFFF}, signed16: {0x8000}, unsigned32: {0xFFFF, 0xFFFF}, scale: {0x8000}, enum16: {0xFFFF},
	bits16: {0xFFFF}, bits32: {0xFFFF, 0xFFFF}, acc32: {0, 0}, string8: {}, string16: {}, padding: {0x8000},
}

func (k kind) size() int {
	switch k {
	case string16:
		return 16
	case string8:
		return 8
	case unsigned32, bits32, acc32:
		return 2
	}
	return 1
}

// point is one value of a model.
type point struct {
	name   string
	kind   kind
	offset int // registers from the model's identifier
}

// model is the layout of one SunSpec model.
type model struct {
	id     uint16
	size   int // registers, with identifier and length
	points []point
	find   map[string]point
}

// layout makes a model from lines of a type and the names of points of this type that follow one another.
func layout(id uint16, lines string) *model {
	m := &model{id: id, size: 2, find: map[string]point{}}
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		words := strings.Fields(line)
		for _, name := range words[1:] {
			p := point{name, kind(words[0]), m.size}
			m.points, m.find[name] = append(m.points, p), p
			m.size += p.kind.size()
		}
	}
	return m
}

// block is a model with values.
type block struct {
	model *model
	words []uint16
}

// values are the values of points by name.
type values map[string]float64

// empty is the model with every point absent.
func (m *model) empty() block {
	words := make([]uint16, m.size)
	words[0], words[1] = m.id, uint16(m.size-2)
	for _, p := range m.points {
		gone := absent[p.kind]
		copy(words[p.offset:], gone[:min(2, p.kind.size())])
	}
	return block{m, words}
}

// plain sets points without a scale factor.
func (b block) plain(v values) {
	for name, value := range v {
		b.set(name, value)
	}
}

// scaled sets a scale factor and the points it scales.
func (b block) scaled(factor string, exponent int, v values) {
	p := b.point(factor)
	b.words[p.offset] = uint16(int16(exponent))
	for name, value := range v {
		b.set(name, value*math.Pow10(-exponent))
	}
}

// text sets a string, cut to the point's length.
func (b block) text(name, value string) {
	p := b.point(name)
	for i := range min(len(value), 2*p.kind.size()) {
		b.words[p.offset+i/2] |= uint16(value[i]) << (8 * (1 - i%2))
	}
}

// set rounds the value into its point. What the point cannot hold stays absent: no value is better than a wrong one.
func (b block) set(name string, value float64) {
	p, raw := b.point(name), int64(math.Round(value))
	switch p.kind {
	case signed16:
		if raw > math.MinInt16 && raw <= math.MaxInt16 {
			b.words[p.offset] = uint16(int16(raw))
		}
	case unsigned16, enum16, bits16:
		if raw >= 0 && raw < math.MaxUint16 {
			b.words[p.offset] = uint16(raw)
		}
	case unsigned32, bits32:
		if raw >= 0 && raw < math.MaxUint32 {
			b.words[p.offset], b.words[p.offset+1] = uint16(raw>>16), uint16(raw)
		}
	case acc32: // an accumulator wraps
		b.words[p.offset], b.words[p.offset+1] = uint16(uint32(raw)>>16), uint16(raw)
	default:
		panic("sim: point " + name + " does not hold a number")
	}
}

func (b block) point(name string) point {
	p, ok := b.model.find[name]
	if !ok {
		panic("sim: the model has no point " + name)
	}
	return p
}
