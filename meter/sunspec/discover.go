package sunspec

import (
	"context"
	"errors"
	"fmt"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter/modbus"
)

// Reader reads registers of one unit and returns them with the frame they came in; *modbus.Client is one.
type Reader interface {
	ReadHoldingRegisters(ctx context.Context, address, count uint16) (registers []uint16, frame []byte, err error)
}

var _ Reader = (*modbus.Client)(nil)

// ErrNoModels is returned for a unit that answers but shows no SunSpec models.
var ErrNoModels = problem.New(problem.NotFound,
	"no SunSpec models at 40000, 50000 or 0: check the unit id, and that SunSpec is switched on in the device")

// ErrChanged is returned when a block is no longer where Discover found it.
var ErrChanged = problem.New(problem.Conflict, "the device shows other models than before: discover it again")

// Block is one model in a device's chain.
type Block struct {
	Model   uint16
	Address uint16 // of the register that holds the model's id
	Length  uint16 // registers after id and length
	Part    int    // which common block it follows: several devices may stand behind one unit; 0 is the first
}

// size is the registers of the block with its id and length.
func (b Block) size() int { return headerSize + int(b.Length) }

// Chain is the list of models of a unit, in the device's order. It remembers what reading it taught, so it is of one
// goroutine, as are its copies.
type Chain struct {
	Base   uint16
	Blocks []Block

	memory *memory
}

const (
	headerSize  = 2 // a block begins with its id and length
	commonModel = 1
	endModel    = 0xFFFF     // SunSpec Device Information Model Specification V1.2, section 3.3
	marker      = 0x53756e53 // "SunS"
	// maxBlocks bounds a chain: the longest seen in the field has 30, and a device that returns nonsense must not
	// keep us walking.
	maxBlocks = 200
)

// bases are where a chain may begin, the most usual first.
var bases = [...]uint16{40000, 50000, 0}

// Discover walks the chain of models of a unit. A base that the device refuses is not a failure, a device that does
// not answer is. Unknown models are listed and skipped by their length; a missing end marker ends at the first
// refusal.
func Discover(ctx context.Context, r Reader) (Chain, error) {
	for _, base := range bases {
		words, _, err := r.ReadHoldingRegisters(ctx, base, headerSize)
		if refused(err) {
			continue
		}
		if err != nil {
			return Chain{}, fmt.Errorf("look for SunSpec: %w", err)
		}
		if uint32(words[0])<<16|uint32(words[1]) != marker {
			continue
		}
		c := Chain{Base: base, memory: newMemory()}
		if err := c.walk(ctx, r); err != nil {
			return Chain{}, err
		}
		if len(c.Blocks) > 0 {
			return c, nil
		}
	}
	return Chain{}, ErrNoModels
}

func (c *Chain) walk(ctx context.Context, r Reader) error {
	part := -1
	address := int(c.Base) + headerSize
	for len(c.Blocks) < maxBlocks && address+headerSize <= 1<<16 {
		words, _, err := r.ReadHoldingRegisters(ctx, uint16(address), headerSize)
		if refused(err) {
			return nil // no end marker
		}
		if err != nil {
			return fmt.Errorf("walk SunSpec models: %w", err)
		}
		id, length := words[0], words[1]
		next := address + headerSize + int(length)
		if id == endModel || id == 0 || length == 0 || next > 1<<16 {
			return nil // the end, or registers that are no model any more
		}
		if id == commonModel {
			part++
		}
		c.Blocks = append(c.Blocks, Block{Model: id, Address: uint16(address), Length: length, Part: max(part, 0)})
		address = next
	}
	return nil
}

// refused reports whether the device answered that it has no such registers. A busy device or a gateway that cannot
// reach it says nothing about registers.
func refused(err error) bool {
	return errors.Is(err, modbus.ErrIllegalAddress) || errors.Is(err, modbus.ErrIllegalValue) ||
		errors.Is(err, modbus.ErrIllegalFunction) || errors.Is(err, modbus.ErrDeviceFailure)
}
