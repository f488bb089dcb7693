package modbus

import (
	"context"
	"io"
	"sync"
	"time"
)

// stream is what a link speaks over: a TCP or TLS connection, or a serial line.
type stream interface {
	io.ReadWriteCloser
	SetDeadline(time.Time) error
}

// past is a deadline that has passed: it ends a read or write that waits.
var past = time.Unix(1, 0)

// guard ends the waiting on a stream when time is up or the caller leaves. This package knows no clock, so a timer sets
// a deadline that has passed. It is of one goroutine but for the timers.
type guard struct {
	stream

	mu     sync.Mutex
	period int // counts arm
	armed  bool
	fired  bool
}

// arm makes reads and writes fail with os.ErrDeadlineExceeded after d, or when ctx is done, until disarm is called.
func (g *guard) arm(ctx context.Context, d time.Duration) (disarm func()) {
	g.mu.Lock()
	g.period++
	period := g.period
	g.armed = true
	g.mu.Unlock()
	fire := func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.armed && g.period == period {
			g.fired = true
			_ = g.SetDeadline(past) // fails only on a closed stream, whose reads fail too
		}
	}
	timer := time.AfterFunc(d, fire)
	stop := func() bool { return true }
	if ctx.Done() != nil {
		stop = context.AfterFunc(ctx, fire)
	}
	return func() {
		timer.Stop()
		stop()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.armed = false
		if g.fired {
			g.fired = false
			_ = g.SetDeadline(time.Time{})
		}
	}
}
