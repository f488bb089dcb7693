package sunspec

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/wattle/wattle/meter/modbus"
)

// registers is a device in memory. Addresses that are not in it are refused, as a read of more than 125 is.
type registers map[uint16]uint16

func (r registers) ReadHoldingRegisters(_ context.Context, address, count uint16) ([]uint16, []byte, error) {
	if count == 0 || count > modbus.MaxRegisters {
		return nil, nil, &modbus.Exception{Function: 3, Code: 3}
	}
	var words []uint16
	var frame []byte
	for i := range int(count) {
		w, ok := r[uint16(int(address)+i)]
		if !ok || int(address)+i > 0xFFFF {
			return nil, nil, fmt.Errorf("register %d: %w", int(address)+i, &modbus.Exception{Function: 3, Code: 2})
		}
		words = append(words, w)
		frame = binary.BigEndian.AppendUint16(frame, w)
	}
	return words, frame, nil
}

func (r registers) put(address int, words ...uint16) int {
	for i, w := range words {
		r[uint16(address+i)] = w
	}
	return address + len(words)
}

// block puts a model of the given length whose points are all marked as not implemented, and returns the address
// after it.
func (r registers) block(address int, id, length uint16) int {
	next := r.put(address, id, length)
	for range length {
		next = r.put(next, 0xFFFF)
	}
	if m, ok := lookup(id); ok {
		for _, p := range m.lay(headerSize+int(length), func(string) int { return 0 }).points {
			switch p.kind {
			case "int16", "int32", "int64", factor, pad:
				r.put(address+p.offset, append([]uint16{0x8000}, make([]uint16, p.size-1)...)...)
			case "count":
				r.put(address+p.offset, 0)
			}
		}
	}
	return next
}

// device is a unit whose chain begins at base: a common block and the given models with their true lengths.
func device(base int, ids ...uint16) registers {
	r := make(registers)
	next := r.put(base, marker>>16, marker&0xFFFF)
	next = r.block(next, 1, 66)
	for _, id := range ids {
		next = r.block(next, id, lengths[id])
	}
	r.put(next, endModel, 0)
	return r
}

var lengths = map[uint16]uint16{
	1: 66, 101: 50, 103: 50, 113: 60, 120: 26, 123: 24, 704: 65, 701: 153, 714: 68, 121: 30, 124: 24, 160: 128, 201: 105, 203: 105, 213: 124, 802: 62, 64110: 7,
}

// set writes a named point of the first block of the model.
func (r registers) set(t *testing.T, id uint16, name string, words ...uint16) {
	t.Helper()
	chain, err := Discover(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range chain.Blocks {
		m, ok := lookup(id)
		if !ok || b.Model != id {
			continue
		}
		if p, ok := m.lay(b.size(), func(string) int { return 9 }).find(name); ok && p.size == len(words) {
			r.put(int(b.Address)+p.offset, words...)
			return
		}
	}
	t.Fatalf("no point %s of %d words in model %d", name, len(words), id)
}
