package agent

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/modbus"
	"github.com/wattle/wattle/meter/sunspec"
)

// source is a device with what it last said.
type source struct {
	Source
	client *modbus.Client
	chain  *sunspec.Chain // nil: to be discovered. Of the one goroutine that reads.

	mu      sync.Mutex
	last    meter.Snapshot // what the device last said of each value, without frames
	problem string         // a sentence for the owner; empty: all is well
}

// read asks the device, discovering its models first where needed.
func (s *source) read(ctx context.Context) (meter.Snapshot, error) {
	if s.Profile != nil {
		snapshot, err := s.Profile.Snapshot(ctx, s.client, s.Use)
		return s.turn(snapshot), err
	}
	if s.chain == nil {
		chain, err := sunspec.Discover(ctx, s.client)
		if err != nil {
			return meter.Snapshot{}, err
		}
		s.chain = &chain
	}
	snapshot, err := s.chain.Snapshot(ctx, s.client)
	if errors.Is(err, sunspec.ErrChanged) {
		s.chain = nil
	}
	return s.turn(snapshot), err
}

// turn undoes the wiring of a meter that sees import as export.
func (s *source) turn(v meter.Snapshot) meter.Snapshot {
	if !s.Invert {
		return v
	}
	v.Import, v.Export = v.Export, v.Import
	if v.Grid != nil {
		grid := -*v.Grid
		v.Grid = &grid
	}
	return v
}

// note remembers what the device said.
func (s *source) note(v meter.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range []struct{ last, said **energy.Watts }{{&s.last.Grid, &v.Grid}, {&s.last.Battery, &v.Battery}} {
		if *f.said != nil {
			*f.last = *f.said
		}
	}
	if v.Charge != nil {
		s.last.Charge = v.Charge
	}
	s.last.Solar = v.Solar // an inverter that answers without a power is asleep
}

// tell replaces the problem and reports whether it is another one than before.
func (s *source) tell(problem string) (changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed = s.problem != problem
	s.problem = problem
	return changed
}

func (s *source) state() (last meter.Snapshot, problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, s.problem
}

// sentence tells the owner what is wrong with the device and what to do about it.
func (s *source) sentence(err error) string {
	var exception *modbus.Exception
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrRegister):
		return fmt.Sprintf("The %s does not say how much energy it has counted.", s.Role)
	case errors.Is(err, ErrBackwards):
		return fmt.Sprintf("A register of the %s fell below its last signed value. Readings are held until it is back, or "+
			"until it has gone on from there for ten minutes.", s.Role)
	case errors.Is(err, ErrJump):
		return fmt.Sprintf("A register of the %s rose by more than can flow. Readings are held until it is back, or "+
			"until it has gone on from there for ten minutes.", s.Role)
	case errors.Is(err, ErrClock):
		return "The clock is behind the last signed reading. Readings are held until it has caught up."
	case errors.Is(err, ErrStorage):
		return "The reading could not be stored on this computer. Check that its disk is not full."
	case errors.Is(err, sunspec.ErrNoModels):
		return fmt.Sprintf("The %s answers, but not in SunSpec. Check that it is switched on there, and that %d is its unit number.", s.Role, s.Unit)
	case errors.As(err, &exception):
		return fmt.Sprintf("The %s answers with an error: %v.", s.Role, exception.Unwrap())
	}
	return fmt.Sprintf("The %s does not answer. Check its power and its network cable.", s.Role)
}
