package agent

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

// Why no reading is signed though the device answers.
var (
	// ErrRegister: the device does not say its cumulative registers.
	ErrRegister = problem.New(problem.Unavailable, "the device does not say its energy registers")
	// ErrBackwards: a register reads lower than what was signed before. Devices that wake up do so for a while.
	ErrBackwards = problem.New(problem.Conflict, "register lower than the last signed one")
	// ErrJump: a register reads higher than it can have come to.
	ErrJump = problem.New(problem.Conflict, "register rose by more than can flow")
	// ErrClock: the clock went back behind what was signed.
	ErrClock = problem.New(problem.Conflict, "clock is behind the last signed reading")
	// ErrStorage: the reading could not be made durable.
	ErrStorage = problem.New(problem.Unavailable, "reading not stored")
)

// cut signs and stores a reading of the snapshot for the boundary, if there is none for it yet. Even where none is
// due it reports what would keep the next one from being signed.
func (a *agent) cut(ctx context.Context, s meter.Snapshot, boundary int64, taken time.Time) error {
	last := a.outbox.newest()
	counts, err := a.observe(ctx, s, taken)
	if err != nil {
		return err
	}
	if err := follows(last, counts, boundary, taken); err != nil || boundary == last.Boundary && last.Counter != 0 {
		return err
	}
	dropped, err := a.outbox.append(meter.Sign(a.config.Key, a.next(last, counts, s, boundary, taken)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	if dropped > 0 {
		a.config.Log.LogAttrs(ctx, slog.LevelError, "unsent readings older than 30 days given up",
			slog.String("zone", string(a.config.Zone)), slog.String("meter", string(a.config.Meter)), slog.Int("readings", dropped))
	}
	return nil
}

// follows reports what keeps counts taken for a boundary from following the last reading.
func follows(last meter.SignedReading, counts [2]energy.WattHours, boundary int64, taken time.Time) error {
	switch {
	case counts[0] < last.Import || counts[1] < last.Export:
		return fmt.Errorf("import %s after %s, export %s after %s: %w", counts[0], last.Import, counts[1], last.Export, ErrBackwards)
	case boundary < last.Boundary || taken.Before(time.Unix(boundary, 0)):
		return fmt.Errorf("boundary %d after %d: %w", boundary, last.Boundary, ErrClock)
	}
	return nil
}

// next is the reading that follows last, without its signature.
func (a *agent) next(last meter.SignedReading, counts [2]energy.WattHours, s meter.Snapshot, boundary int64, taken time.Time) meter.Reading {
	r := meter.Reading{
		Zone: a.config.Zone, Meter: a.config.Meter, Boot: a.outbox.boot, Counter: last.Counter + 1,
		Boundary: boundary, Taken: taken.UnixMilli(), Import: counts[0], Export: counts[1],
		Frequency: s.Frequency, Voltage: s.Voltage, Quality: meter.Measured, Frames: sha256.Sum256(s.Frames),
	}
	if last.Counter != 0 {
		r.Previous = last.Digest()
	}
	if taken.Sub(time.Unix(boundary, 0)) > meter.Tolerance(a.config.Length) {
		r.Quality = meter.Late
	}
	return r
}

// observe is what the registers have counted, over resets and exchanges of the device. Where they say what cannot be,
// they are held.
func (a *agent) observe(ctx context.Context, s meter.Snapshot, taken time.Time) (counts [2]energy.WattHours, err error) {
	imported, exported, ok := registers(a.signed.Role, s)
	if !ok {
		return counts, ErrRegister
	}
	raws := [2]energy.WattHours{imported, exported}
	for i := range raws {
		before := a.registers[i].Raw()
		step := a.registers[i].Observe(meter.Sample{At: taken.UnixMilli(), Raw: &raws[i]})
		counts[i] = step.Count
		switch {
		case step.Grade != meter.Good && raws[i] < before:
			err = fmt.Errorf("%s after %s: %w", raws[i], before, ErrBackwards)
		case step.Grade != meter.Good && raws[i] > before:
			err = fmt.Errorf("%s after %s: %w", raws[i], before, ErrJump)
		case step.Grade != meter.Good:
			err = ErrClock
		}
		if step.Event != meter.Nothing && step.Event != meter.Began {
			a.config.Log.LogAttrs(ctx, slog.LevelWarn, "register counts from another value",
				slog.String("zone", string(a.config.Zone)), slog.String("meter", string(a.config.Meter)), slog.String("event", step.Event.String()),
				slog.Int64("before_wh", int64(before)), slog.Int64("now_wh", int64(raws[i])))
			a.config.Status.event(taken, step.Event)
		}
	}
	if err != nil {
		return counts, err
	}
	shift := carry{counts[0] - raws[0], counts[1] - raws[1]}
	if err := a.outbox.keep(shift); err != nil {
		return counts, fmt.Errorf("%w: %w", ErrStorage, err)
	}
	return counts, nil
}

// registers are the cumulative import and export that a device of this role stands for.
func registers(role Role, s meter.Snapshot) (imported, exported energy.WattHours, ok bool) {
	if role == Inverter {
		if s.Production == nil {
			return 0, 0, false
		}
		return 0, *s.Production, true
	}
	if s.Import == nil || s.Export == nil {
		return 0, 0, false
	}
	return *s.Import, *s.Export, true
}

// live is the state of the home from what its devices last said.
func (a *agent) live(at time.Time) meter.Live {
	l := meter.Live{Meter: a.config.Meter, At: at.UnixMilli(), Charge: -1}
	grid, problem := a.signed.state()
	l.Problem = problem
	l.Grid = watts(grid.Grid)
	if a.signed.Role == Inverter {
		l.Grid = -watts(grid.Solar) // a home that only sells
	}
	for _, s := range append([]*source{a.signed}, a.others...) {
		said, problem := s.state()
		l.Solar += watts(said.Solar)
		l.Battery += watts(said.Battery)
		if said.Charge != nil && l.Charge < 0 {
			l.Charge = *said.Charge
		}
		if l.Problem == "" {
			l.Problem = problem
		}
	}
	l.Reachable = l.Problem == ""
	return l
}

func watts(w *energy.Watts) energy.Watts {
	if w == nil {
		return 0
	}
	return *w
}
