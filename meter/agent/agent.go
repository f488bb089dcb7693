package agent

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/modbus"
)

// agent reads and signs for one home.
type agent struct {
	config    Config
	outbox    *outbox
	links     []*modbus.Link
	signed    *source // whose registers are signed
	others    []*source
	registers [2]meter.Register // import and export of the signed device
	refused   bool              // the boundary that is due was tried since the last poll
}

// Run reads and signs for one home until ctx is done, and returns nil then; it returns an error where it cannot begin.
// Everything it started has ended when it returns.
func Run(ctx context.Context, c Config) error {
	if err := c.Validate(); err != nil {
		return fmt.Errorf("agent of %s: %w", c.Meter, err)
	}
	a := &agent{config: c.withDefaults()}
	defer a.close()
	if err := a.open(); err != nil {
		return fmt.Errorf("agent of %s: %w", c.Meter, err)
	}
	var others sync.WaitGroup
	defer others.Wait()
	others.Go(func() { a.publish(ctx) })
	for _, s := range a.others {
		others.Go(func() { a.poll(ctx, s) })
	}
	a.watch(ctx) // the only one that signs
	return nil
}

func (a *agent) open() error {
	var err error
	if a.outbox, err = openOutbox(a.config.Outbox); err != nil {
		return err
	}
	last, key := a.outbox.newest(), a.config.Key.Public().(ed25519.PublicKey)
	if last.Counter != 0 && (last.Zone != a.config.Zone || last.Meter != a.config.Meter || [32]byte(key) != last.Device) {
		return fmt.Errorf("outbox %s holds readings of meter %s in zone %s under another identity: use its own outbox: %w",
			a.config.Outbox, last.Meter, last.Zone, ErrConfig)
	}
	for i, last := range [2]energy.WattHours{last.Import, last.Export} {
		a.registers[i].Most = a.config.MaxPower
		if a.outbox.newest().Counter != 0 {
			a.registers[i].Resume(last-a.outbox.carried[i], last, a.outbox.newest().Taken)
		}
	}
	type line struct {
		modbus.Transport
		address string
	}
	links := make(map[line]*modbus.Link)
	for _, s := range a.config.Sources {
		at := line{s.Link.Transport, s.Link.Address}
		if links[at] == nil {
			if links[at], err = modbus.Open(a.config.link(s.Link)); err != nil {
				return err
			}
			a.links = append(a.links, links[at])
		}
		link := links[at]
		if s.Poll == 0 {
			s.Poll = a.config.Poll
		}
		opened := &source{Source: s, client: link.Unit(s.Unit)}
		if s.Role == GridMeter || len(a.config.Sources) == 1 {
			a.signed = opened
		} else {
			a.others = append(a.others, opened)
		}
	}
	return nil
}

func (a *agent) close() {
	for _, link := range a.links {
		link.Close()
	}
	if a.outbox == nil {
		return
	}
	if err := a.outbox.close(); err != nil {
		a.config.Log.Error("outbox not closed", slog.String("meter", string(a.config.Meter)), slog.Any("error", err))
	}
}

// watch polls the device whose registers are signed, and at once when a boundary has passed.
func (a *agent) watch(ctx context.Context) {
	poll := time.NewTicker(a.signed.Poll)
	defer poll.Stop()
	due := time.NewTimer(a.untilBoundary())
	defer due.Stop()
	for a.look(ctx); ; {
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
			a.look(ctx)
			continue
		case <-due.C:
			due.Reset(a.untilBoundary())
		case <-a.config.Wake:
		}
		if a.boundary() > a.outbox.newest().Boundary && !a.refused {
			a.look(ctx)
		}
	}
}

// untilBoundary is how long a clock that runs as fast as the wall's needs to the next boundary.
func (a *agent) untilBoundary() time.Duration {
	now := a.config.Now()
	next := time.Unix(energy.IntervalAt(now, a.config.Length).StartUnix(), 0).Add(a.config.Length.Duration())
	return max(next.Sub(now), boundaryPause)
}

// boundary is the latest one that has passed.
func (a *agent) boundary() int64 {
	return energy.IntervalAt(a.config.Now(), a.config.Length).StartUnix()
}

// look reads the device once, signs if a boundary is due, and says how the home does.
func (a *agent) look(ctx context.Context) {
	boundary := a.boundary() // before the read: the registers are not older than it
	snapshot, err := a.signed.read(ctx)
	taken := a.config.Now()
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		a.signed.note(snapshot)
		err = a.cut(ctx, snapshot, boundary, taken)
	}
	a.refused = err != nil
	a.config.Status.look(taken, a.signed.sentence(err), a.outbox)
	a.report(ctx, a.signed, err)
	a.config.Live(a.live(taken))
}

// poll keeps what another device of the home says up to date.
func (a *agent) poll(ctx context.Context, s *source) {
	every := time.NewTicker(s.Poll)
	defer every.Stop()
	for {
		snapshot, err := s.read(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			s.note(snapshot)
		}
		a.report(ctx, s, err)
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// report keeps the device's problem for the owner, and logs when it begins, changes and ends.
func (a *agent) report(ctx context.Context, s *source, err error) {
	if !s.tell(s.sentence(err)) {
		return
	}
	device := []slog.Attr{
		slog.String("zone", string(a.config.Zone)), slog.String("meter", string(a.config.Meter)),
		slog.String("device", s.Role.String()), slog.String("address", s.Link.Address), slog.Int("unit", int(s.Unit)),
	}
	if err == nil {
		a.config.Log.LogAttrs(ctx, slog.LevelInfo, "device well again", device...)
		return
	}
	a.config.Log.LogAttrs(ctx, slog.LevelWarn, "device has a problem", append(device, slog.Any("error", err))...)
}

// publish sends what the outbox holds, whenever something is new, until ctx is done. Sending takes a deep stack, which is
// given back in between: most of the time most agents have nothing to send.
func (a *agent) publish(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.outbox.pending:
			var sending sync.WaitGroup
			sending.Go(func() { a.sendAll(ctx) })
			sending.Wait()
		}
	}
}

// sendAll sends what the outbox holds, in order, until nothing is left or ctx is done.
func (a *agent) sendAll(ctx context.Context) {
	pause := a.config.Retry
	for ctx.Err() == nil {
		next, ok := a.outbox.next()
		if !ok {
			return
		}
		err := a.send(ctx, next)
		a.config.Status.published(err)
		if err == nil {
			pause = a.config.Retry
			if a.outbox.waiting() > 0 {
				a.rest(ctx, time.Second/time.Duration(a.config.Replay))
			}
			continue
		}
		if ctx.Err() != nil {
			return
		}
		a.config.Log.LogAttrs(ctx, slog.LevelWarn, "reading not published, kept for later",
			slog.String("zone", string(a.config.Zone)), slog.String("meter", string(a.config.Meter)),
			slog.Uint64("counter", next.Counter), slog.Duration("retry_in", pause), slog.Any("error", err))
		a.rest(ctx, pause)
		pause = min(2*pause, maxRetry)
	}
}

func (a *agent) rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (a *agent) send(ctx context.Context, s meter.SignedReading) error {
	call, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	if err := a.config.Publish(call, s); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if err := a.outbox.sent(s.Counter); err != nil {
		// It is sent and forgotten here; the note only saves sending it again after a restart.
		a.config.Log.LogAttrs(ctx, slog.LevelWarn, "outbox not updated",
			slog.String("meter", string(a.config.Meter)), slog.Any("error", errors.Join(ErrStorage, err)))
	}
	return nil
}
