package modbus

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// Link is one physical connection, shared by all units behind it. It is safe for concurrent use: requests wait in a
// bounded queue for the one goroutine that owns the connection. It connects with the first request.
type Link struct {
	config Config
	queue  chan request
	stop   context.CancelFunc
	done   chan struct{} // closed when the owner has returned
}

// request is one frame on its way to the device. The context rides along because the owner works for the caller.
type request struct {
	ctx    context.Context
	frame  []byte
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

// Close breaks off what is under way, closes the connection and returns when the owner has. It may be called twice.
func (l *Link) Close() error {
	l.stop()
	<-l.done
	return nil
}

func (l *Link) run(ctx context.Context) {
	defer close(l.done)
	o := owner{config: l.config, units: make(map[byte]*breaker), dial: (&net.Dialer{}).DialContext}
	o.link.config = &o.config
	defer o.disconnect()
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-l.queue:
			frame, err := o.serve(ctx, r)
			r.answer <- answer{frame, err}
		}
	}
}

// exchange sends a frame and returns the one that answers it, with the transaction the link gave it.
func (l *Link) exchange(ctx context.Context, frame []byte) ([]byte, error) {
	answers := make(chan answer, 1) // the owner never waits for a caller that left
	select {
	case <-l.done:
		return nil, ErrClosed
	case l.queue <- request{ctx, frame, answers}:
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

// gaveUp is why a caller no longer waits.
func gaveUp(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrTimeout, context.Cause(ctx))
	}
	return context.Cause(ctx)
}
