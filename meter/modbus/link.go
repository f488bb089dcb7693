package modbus

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Link is one physical connection, shared by all units behind it. It is safe for concurrent use: requests wait in a
// bounded queue for the one goroutine that owns the connection. It connects with the first request.
type Link struct {
	config Config
	queue  chan request
	stop   context.CancelFunc
	done   chan struct{} // closed when the owner has returned
}

// request is one body on its way to the device. The context rides along because the owner works for the caller.
type request struct {
	ctx    context.Context
	body   []byte
	answer chan<- answer
}

type answer struct {
	frame []byte
	err   error
}

// Open starts the owner of a link. Close ends it.
func Open(c Config) (*Link, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	ctx, stop := context.WithCancel(context.Background())
	l := &Link{config: c, queue: make(chan request, c.Queue), stop: stop, done: make(chan struct{})}
	go l.run(ctx)
	return l, nil
}

// Address is where the device is, for messages.
func (l *Link) Address() string { return l.config.Address }

// Close breaks off what is under way, closes the connection and returns when the owner has. It may be called twice.
func (l *Link) Close() error {
	l.stop()
	<-l.done
	return nil
}

func (l *Link) run(stop context.Context) {
	defer close(l.done)
	o := owner{config: l.config, stop: stop, units: make(map[byte]*breaker)}
	o.link.config = &o.config
	defer o.disconnect()
	for {
		var unused <-chan time.Time
		if l.config.Release > 0 && o.conn != nil {
			unused = time.After(l.config.Release)
		}
		select {
		case <-stop.Done():
			return
		case <-unused:
			o.disconnect()
		case r := <-l.queue:
			frame, err := o.serve(r)
			r.answer <- answer{frame, err}
		}
	}
}

// exchange sends a body and returns the frame that answers it.
func (l *Link) exchange(ctx context.Context, body []byte) ([]byte, error) {
	answers := make(chan answer, 1) // the owner never waits for a caller that left
	select {
	case <-l.done:
		return nil, ErrClosed
	case l.queue <- request{ctx, body, answers}:
	default:
		return nil, fmt.Errorf("%d waiting: %w", l.config.Queue, ErrQueue)
	}
	select {
	case a := <-answers:
		return a.frame, a.err
	case <-ctx.Done():
		return nil, gaveUp(ctx)
	case <-l.done:
		return nil, ErrClosed
	}
}

// bodyOf is the body of a frame of this link.
func (l *Link) bodyOf(frame []byte) []byte {
	if l.config.serial() {
		return frame[:len(frame)-crcSize]
	}
	return frame[prefixSize:]
}

// serial reports whether frames are those of a serial line.
func (c Config) serial() bool { return c.Transport == RTU || c.Transport == RTUOverTCP }

// gaveUp is why a caller no longer waits.
func gaveUp(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrTimeout, context.Cause(ctx))
	}
	return context.Cause(ctx)
}
