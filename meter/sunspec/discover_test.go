package sunspec

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/wattle/wattle/meter/modbus"
)

func ids(c Chain) (ids []uint16) {
	for _, b := range c.Blocks {
		ids = append(ids, b.Model)
	}
	return ids
}

func TestDiscover(t *testing.T) {
	unmarked := device(40000, 103)
	delete(unmarked, 40002+68+52)
	delete(unmarked, 40003+68+52)
	zeroed := device(40000, 103)
	zeroed.put(40002+68+52, 0, 0)
	emptyBlock := device(40000, 103)
	emptyBlock.put(40002+68+52, 77, 0)
	edge := make(registers)
	edge.put(0, marker>>16, marker&0xFFFF, 5, 0xFFFC) // ends with the last register there is
	wrap := make(registers)
	wrap.put(40000, marker>>16, marker&0xFFFF, 1, 0xFFF0)

	truncated := device(40000, 103)
	for a := range truncated {
		if a > 40002+68+20 {
			delete(truncated, a)
		}
	}
	overlong := device(40000, 103)
	overlong.put(40002+68+52, 103, 0xF000)

	for name, c := range map[string]struct {
		device registers
		base   uint16
		want   []uint16
		flaw   error
	}{
		"at 40000":          {device(40000, 103, 120, 121), 40000, []uint16{1, 103, 120, 121}, nil},
		"at 50000":          {device(50000, 203), 50000, []uint16{1, 203}, nil},
		"at 0":              {device(0, 113), 0, []uint16{1, 113}, nil},
		"unknown models":    {device(40000, 64110, 103, 160, 124), 40000, []uint16{1, 64110, 103, 160, 124}, nil},
		"no end marker":     {unmarked, 40000, []uint16{1, 103}, nil},
		"zeros at the end":  {zeroed, 40000, []uint16{1, 103}, nil},
		"block of length 0": {emptyBlock, 40000, []uint16{1, 103}, ErrEmptyModel},
		"broken off":        {truncated, 40000, []uint16{1, 103}, ErrTruncated},
		"too long a block":  {overlong, 40000, []uint16{1, 103}, ErrTruncated},
		"to the very end":   {edge, 0, []uint16{5}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Discover(t.Context(), c.device)
			if !errors.Is(got.Flaw, c.flaw) || (got.Flaw == nil) != (c.flaw == nil) {
				t.Errorf("flaw: got %v, want %v", got.Flaw, c.flaw)
			}
			if err != nil || got.Base != c.base || !slices.Equal(ids(got), c.want) {
				t.Errorf("got %d %v %v, want %d %v", got.Base, ids(got), err, c.base, c.want)
			}
		})
	}
	for name, r := range map[string]registers{"nothing": {}, "no marker": {40000: 1, 40001: 2}, "beyond the address space": wrap} {
		if got, err := Discover(t.Context(), r); !errors.Is(err, ErrNoModels) {
			t.Errorf("%s: got %v %v, want %v", name, got, err, ErrNoModels)
		}
	}
}

func TestSeveralCommonBlocks(t *testing.T) {
	chain, err := Discover(t.Context(), device(40000, 103, 1, 203, 1, 203))
	if err != nil {
		t.Fatal(err)
	}
	var parts []int
	for _, b := range chain.Blocks {
		parts = append(parts, b.Part)
	}
	if want := []int{0, 0, 1, 1, 2, 2}; !slices.Equal(parts, want) {
		t.Errorf("parts: got %v, want %v", parts, want)
	}
}

// A device that does not answer is not one without models.
func TestDiscoverTellsSilenceFromRefusal(t *testing.T) {
	for _, cause := range []error{modbus.ErrTimeout, modbus.ErrConnect, &modbus.Exception{Function: 3, Code: 11}} {
		if _, err := Discover(t.Context(), broken{cause}); !errors.Is(err, cause) {
			t.Errorf("got %v, want %v", err, cause)
		}
	}
}

type broken struct{ cause error }

func (b broken) ReadHoldingRegisters(context.Context, uint16, uint16) ([]uint16, []byte, error) {
	return nil, nil, b.cause
}
