package sunspec

import (
	"context"
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

// How a chain can end too early.
var (
	ErrTruncated = problem.New(problem.Invalid,
		"the chain of models breaks off inside a model: the device shows less than it announces; restart it or ask its maker")
	ErrEmptyModel = problem.New(problem.Invalid,
		"the chain of models leads into a model of length 0: what follows cannot be found; update the device or ask its maker")
)

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
	// Flaw is ErrTruncated or ErrEmptyModel where the chain did not end as it should; what was found before is good. A
	// missing end marker alone is none: real devices lack it.
	Flaw error

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
		if modbus.Refused(err) {
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
		if modbus.Refused(err) {
			return c.checkEnd(ctx, r, address)
		}
		if err != nil {
			return fmt.Errorf("walk SunSpec models: %w", err)
		}
		id, length := words[0], words[1]
		next := address + headerSize + int(length)
		switch {
		case id == endModel || id == 0:
			return nil // the end, or registers that are no model any more
		case length == 0:
			c.Flaw = fmt.Errorf("model %d at %d: %w", id, address, ErrEmptyModel)
			return nil
		case next > 1<<16:
			c.Flaw = fmt.Errorf("model %d at %d has %d registers: %w", id, address, length, ErrTruncated)
			return nil
		}
		if id == commonModel {
			part++
		}
		c.Blocks = append(c.Blocks, Block{Model: id, Address: uint16(address), Length: length, Part: max(part, 0)})
		address = next
	}
	return nil
}

// checkEnd tells a chain without an end marker from one that breaks off: does the last register before the end exist?
func (c *Chain) checkEnd(ctx context.Context, r Reader, end int) error {
	if len(c.Blocks) == 0 {
		return nil
	}
	_, _, err := r.ReadHoldingRegisters(ctx, uint16(end-1), 1)
	if modbus.Refused(err) {
		last := c.Blocks[len(c.Blocks)-1]
		c.Flaw = fmt.Errorf("model %d at %d: %w", last.Model, last.Address, ErrTruncated)
		return nil
	}
	if err != nil {
		return fmt.Errorf("walk SunSpec models: %w", err)
	}
	return nil
}
