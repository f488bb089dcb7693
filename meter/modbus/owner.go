package modbus

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// framing is how bodies lie on a stream. One belongs to one open stream.
type framing interface {
	stream
	// exchange writes a request and returns the frame that answers it, whose body was checked.
	exchange(ctx context.Context, request []byte, timeout time.Duration) (frame []byte, err error)
}

// owner is the state of the goroutine that owns a connection.
type owner struct {
	config Config
	stop   context.Context // done when the link is closed

	conn   framing     // nil: not connected
	free   func() bool // no longer closes conn when the link is closed
	last   uint16      // transaction of the latest request of an earlier connection
	silent int         // answers that timed out since the connection last said anything
	pause  <-chan time.Time

	link  breaker           // of connecting
	units map[byte]*breaker // of answering, by unit: one dead unit does not silence the others
}

// maxSilent is how many answers may time out in a row before the connection counts as dead: a peer that lost its
// power never closes it.
const maxSilent = 2

// serve does one request for a caller, with the deadlines of both.
func (o *owner) serve(r request) ([]byte, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, gaveUp(r.ctx)
	}
	unit := o.unit(unitOf(r.body))
	if err := o.link.check(); err != nil {
		return nil, err
	}
	if err := unit.check(); err != nil {
		return nil, err
	}
	reused := o.conn != nil
	frame, err := o.attempt(r.ctx, r.body)
	if reused && errors.Is(err, ErrConnect) && idempotent(r.body) && r.ctx.Err() == nil && o.stop.Err() == nil {
		frame, err = o.attempt(r.ctx, r.body) // the device had closed an idle connection
	}
	switch {
	case o.stop.Err() != nil:
		return nil, ErrClosed
	case errors.Is(r.ctx.Err(), context.Canceled):
		return nil, gaveUp(r.ctx) // says nothing about the device
	case errors.Is(err, ErrConnect):
		o.link.failed(err)
	case err != nil:
		unit.failed(err)
	default:
		o.link.succeeded()
		unit.succeeded()
	}
	return frame, err
}

func (o *owner) unit(id byte) *breaker {
	b := o.units[id]
	if b == nil {
		b = &breaker{config: &o.config}
		o.units[id] = b
	}
	return b
}

// attempt sends a request, connecting first where needed, and waits for its answer.
func (o *owner) attempt(ctx context.Context, body []byte) ([]byte, error) {
	if err := o.connect(ctx); err != nil {
		return nil, err
	}
	if err := o.wait(ctx); err != nil {
		return nil, err
	}
	frame, err := o.conn.exchange(ctx, body, o.config.Timeout)
	o.pauseFor(o.config.RequestDelay)
	if err == nil {
		o.silent = 0
		return frame, nil
	}
	if !errors.Is(err, ErrTimeout) {
		o.disconnect()
	} else if o.silent++; o.silent >= maxSilent {
		o.disconnect()
	}
	return nil, err
}

// lost names the failure of a stream: out of time, not Modbus, or gone.
func lost(doing string, err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%s: %w", doing, ErrTimeout)
	case errors.Is(err, ErrProtocol):
		return err
	}
	return fmt.Errorf("%s: %w: %w", doing, ErrConnect, err)
}

func (o *owner) connect(ctx context.Context) error {
	if o.conn != nil {
		return nil
	}
	dial, cancel := context.WithTimeout(ctx, o.config.Timeout)
	defer cancel()
	defer context.AfterFunc(o.stop, cancel)()
	s, err := o.config.dial(dial)
	if err != nil {
		return fmt.Errorf("connect to %s: %w: %w", o.config.Address, ErrConnect, err)
	}
	o.conn, o.silent = o.config.frame(s, o.last), 0
	o.free = context.AfterFunc(o.stop, func() { s.Close() }) // which ends every wait on it
	o.pauseFor(o.config.ConnectDelay)
	return nil
}

// dial opens the stream of the link.
func (c Config) dial(ctx context.Context) (stream, error) {
	switch c.Transport {
	case RTU:
		return openSerial(c.Address, c.Serial)
	case TLS:
		return (&tls.Dialer{Config: c.TLS}).DialContext(ctx, "tcp", c.Address)
	default:
		return (&net.Dialer{}).DialContext(ctx, "tcp", c.Address)
	}
}

// frame puts the framing of the link on an open stream.
func (c Config) frame(s stream, last uint16) framing {
	g := &guard{stream: s}
	switch c.Transport {
	case RTU:
		return &rtu{guard: g, silence: c.Serial.silence()}
	case RTUOverTCP:
		return &rtu{guard: g, silence: gatewaySilence}
	}
	return newMBAP(g, last)
}

func (o *owner) disconnect() {
	if o.conn == nil {
		return
	}
	if m, ok := o.conn.(*mbap); ok {
		o.last = m.last
	}
	o.free()
	o.conn.Close() // nothing is left to lose on it
	o.conn = nil
}

func (o *owner) pauseFor(d time.Duration) {
	o.pause = nil
	if d > 0 {
		o.pause = time.After(d)
	}
}

// wait waits until the device may be asked again.
func (o *owner) wait(ctx context.Context) error {
	if o.pause == nil {
		return nil
	}
	select {
	case <-o.pause:
		return nil
	case <-o.stop.Done():
		return ErrClosed
	case <-ctx.Done():
		return fmt.Errorf("wait to send: %w", ErrTimeout)
	}
}
