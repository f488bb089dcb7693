package sunspec

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

// Writer reads and writes registers of one unit; *modbus.Client is one.
type Writer interface {
	Reader
	WriteMultipleRegisters(ctx context.Context, address uint16, values []uint16) error
}

// Why a command is not in force.
var (
	// ErrCommand is returned for a command that is out of range; nothing was written.
	ErrCommand = problem.New(problem.Invalid, "the command is out of range")
	// ErrCannot is returned where the device has no such control, or none that it gives up by itself.
	ErrCannot = problem.New(problem.Conflict, "the device cannot be commanded so")
	// ErrNotTaken is returned where the device shows another value than was written.
	ErrNotTaken = problem.New(problem.Conflict, "the device did not take the command")
)

// Command limits a device, in 1/1000; nil leaves a limit as the device has it by itself. 1000 is no limit but that of the
// device.
type Command struct {
	Charge    *int32 // of the battery's largest charging power, 0 to 1000: model 124
	Discharge *int32 // of its largest discharging power, 0 to 1000: model 124
	Output    *int32 // of the inverter's largest power, 0 to 1000: model 704 or 123; not the power at the connection point
}

func (c Command) check() error {
	for _, limit := range []*int32{c.Charge, c.Discharge, c.Output} {
		if limit != nil && (*limit < 0 || *limit > 1000) {
			return fmt.Errorf("%d of 1000: %w", *limit, ErrCommand)
		}
	}
	return nil
}

// The bits of StorCtl_Mod, model 124.
const (
	chargeLimited    = 1
	dischargeLimited = 2
)

// minRevert is the shortest time a command may live: it must be refreshed at half of it, across a lost answer.
const minRevert = 4 * time.Second

// Control commands one unit. A command lives on the device for the time given to NewControl, then the device goes back to
// normal by itself: a controller that dies leaves nothing behind. It is of one goroutine.
type Control struct {
	chain  Chain
	device Writer
	revert time.Duration
}

// NewControl prepares to command the unit whose chain this is. Commands live for revert, in whole seconds, 4 s to 18 h.
func NewControl(chain Chain, w Writer, revert time.Duration) (*Control, error) {
	if revert < minRevert || revert > 65_000*time.Second || revert%time.Second != 0 {
		return nil, fmt.Errorf("revert after %s: want whole seconds from %s to 18 h: %w", revert, minRevert, ErrCommand)
	}
	return &Control{chain: chain, device: w, revert: revert}, nil
}

// Run carries out commands until ctx is done or the channel is closed, refreshing the last one at half its life. Before it
// returns it restores normal. failed is told of each command that could not be carried out; it is tried again when it
// would be refreshed.
func (c *Control) Run(ctx context.Context, commands <-chan Command, failed func(error)) error {
	refresh := time.NewTicker(c.revert / 2)
	defer refresh.Stop()
	var current *Command
	for {
		select {
		case <-ctx.Done():
			return c.restore(ctx)
		case command, ok := <-commands:
			if !ok {
				return c.restore(ctx)
			}
			current = &command
		case <-refresh.C:
		}
		if current == nil {
			continue
		}
		if err := c.Set(ctx, *current); err != nil && ctx.Err() == nil {
			failed(err)
		}
	}
}

// restoreTimeout is how long a device has to take "normal" when its controller ends.
const restoreTimeout = 5 * time.Second

func (c *Control) restore(ctx context.Context) error {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), restoreTimeout)
	defer cancel()
	return c.Normal(last)
}

// Set puts a command into force, or refreshes it: values first, then the revert timers, then what enables them; then all
// is read back. What the command leaves nil is set to normal.
func (c *Control) Set(ctx context.Context, command Command) error {
	if err := command.check(); err != nil {
		return err
	}
	if err := c.setStorage(ctx, command); err != nil {
		return err
	}
	return c.setOutput(ctx, command.Output)
}

func (c *Control) setStorage(ctx context.Context, command Command) error {
	mode := meter.Number{}
	if command.Charge != nil {
		mode.Units |= chargeLimited
	}
	if command.Discharge != nil {
		mode.Units |= dischargeLimited
	}
	settings := []setting{{"InWRte", percent(command.Charge), command.Charge != nil}, {"OutWRte", percent(command.Discharge), command.Discharge != nil}}
	if mode.Units != 0 {
		settings = append(settings, setting{"InOutWRte_RvrtTms", c.seconds(), true})
	}
	return c.put(ctx, 124, append(settings, setting{"StorCtl_Mod", mode, mode.Units != 0}))
}

// setOutput uses model 704, or 123 where there is none.
func (c *Control) setOutput(ctx context.Context, limit *int32) error {
	id, timers, enable := uint16(123), []setting{{"WMaxLimPct_RvrtTms", c.seconds(), true}}, "WMaxLim_Ena"
	if _, ok := c.find(704); ok {
		id, timers, enable = 704, []setting{{"WMaxLimPctEnaRvrt", meter.Number{}, true}, {"WMaxLimPctRvrtTms", c.seconds(), true}}, "WMaxLimPctEna"
	}
	settings := []setting{{"WMaxLimPct", percent(limit), limit != nil}}
	if limit == nil {
		return c.put(ctx, id, append(settings, setting{enable, meter.Number{}, false}))
	}
	return c.put(ctx, id, append(append(settings, timers...), setting{enable, meter.Number{Units: 1}, true}))
}

// Normal takes every limit back.
func (c *Control) Normal(ctx context.Context) error { return c.Set(ctx, Command{}) }

func (c *Control) seconds() meter.Number { return meter.Number{Units: int64(c.revert / time.Second)} }

func percent(permil *int32) meter.Number {
	if permil == nil {
		return meter.Number{Units: 100}
	}
	return meter.Number{Units: int64(*permil), Exponent: -1}
}

// setting is a value for a point.
type setting struct {
	name  string
	value meter.Number
	// needed settings belong to a command: the device must have the point, and they are written again to refresh it. Others
	// are written only where the device shows another value.
	needed bool
}

func (c *Control) find(id uint16) (Block, bool) {
	i := slices.IndexFunc(c.chain.Blocks, func(b Block) bool { return b.Model == id })
	if i < 0 {
		return Block{}, false
	}
	return c.chain.Blocks[i], true
}

// put writes settings in their order and reads them back.
func (c *Control) put(ctx context.Context, id uint16, settings []setting) error {
	b, ok := c.find(id)
	if !ok && !slices.ContainsFunc(settings, func(s setting) bool { return s.needed }) {
		return nil
	}
	if !ok {
		return fmt.Errorf("it has no model %d: %w", id, ErrCannot)
	}
	m, _ := lookup(id)
	l := layoutOf(b, m)
	var names []string
	for _, s := range settings {
		names = append(names, s.name)
	}
	points := l.only(names)
	img, err := c.chain.memory.read(ctx, c.device, b, l, points)
	if err != nil {
		return err
	}
	written := make(map[string][]uint16)
	for _, s := range settings {
		words, err := img.encode(s)
		if err != nil {
			return fmt.Errorf("model %d %s: %w", id, s.name, err)
		}
		if words == nil || !s.needed && slices.Equal(words, img.words[s.name]) {
			continue
		}
		p, _ := l.find(s.name)
		if err := c.device.WriteMultipleRegisters(ctx, b.Address+uint16(p.offset), words); err != nil {
			return fmt.Errorf("model %d %s: %w", id, s.name, err)
		}
		written[s.name] = words
	}
	back, err := c.chain.memory.read(ctx, c.device, b, l, points)
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	for _, s := range settings {
		if want := written[s.name]; want != nil && !slices.Equal(back.words[s.name], want) {
			return fmt.Errorf("model %d %s: shows %v after %v was written: %w", id, s.name, back.words[s.name], want, ErrNotTaken)
		}
	}
	return nil
}

// encode is the registers that hold the value by the scale factor that the device has now; none for a point that the
// device does not have and need not.
func (img *image) encode(s setting) ([]uint16, error) {
	p, ok := img.layout.find(s.name)
	if _, has := img.number(s.name); !ok || !has {
		if s.needed {
			return nil, fmt.Errorf("the device does not have it: %w", ErrCannot)
		}
		return nil, nil
	}
	exponent := 0
	if p.scale != "" {
		words := img.words[p.scale]
		if len(words) != 1 || int16(words[0]) < -10 || int16(words[0]) > 10 {
			return nil, fmt.Errorf("no usable scale factor: %w", ErrCannot)
		}
		exponent = int(int16(words[0]))
	}
	raw, ok := s.value.Round(-exponent)
	if most := int64(1)<<(16*p.size-1) - 1; !ok || raw < 0 || raw > most {
		return nil, fmt.Errorf("%s does not fit: %w", s.value, ErrCommand)
	}
	words := make([]uint16, p.size)
	for i := range words {
		words[i] = uint16(raw >> (16 * (p.size - 1 - i)))
	}
	return words, nil
}
