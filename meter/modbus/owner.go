package modbus

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// owner is the state of the goroutine that owns a connection.
type owner struct {
	config Config
	dial   func(ctx context.Context, network, address string) (net.Conn, error)

	conn   net.Conn // nil: not connected
	frames frames
	last   uint16 // transaction of the latest request, over all connections
	sent   int    // requests sent on conn: the transactions that may still be answered late
	silent int    // answers that timed out since the connection last said anything
	pause  <-chan time.Time

	link  breaker           // of connecting
	units map[byte]*breaker // of answering, by unit: one dead unit does not silence the others
}

// maxSilent is how many answers may time out in a row before the connection counts as dead: a peer that lost its
// power never closes it.
const maxSilent = 2

// maxLate bounds how many requests ago a late answer may have been asked for: further back is not late but wrong.
const maxLate = 256

// serve does one request for a caller, with the deadlines of both.
func (o *owner) serve(stop context.Context, r request) ([]byte, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, gaveUp(r.ctx)
	}
	unit := o.unit(unitOf(r.frame))
	if err := o.link.check(); err != nil {
		return nil, err
	}
	if err := unit.check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	defer context.AfterFunc(stop, cancel)()

	reused := o.conn != nil
	frame, err := o.attempt(ctx, r.frame)
	if reused && errors.Is(err, ErrConnect) && functionOf(r.frame) == readHolding && ctx.Err() == nil {
		frame, err = o.attempt(ctx, r.frame) // the device had closed an idle connection
	}
	switch {
	case stop.Err() != nil:
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

// attempt sends the frame, connecting first where needed, and waits for its answer.
func (o *owner) attempt(ctx context.Context, frame []byte) ([]byte, error) {
	if err := o.connect(ctx); err != nil {
		return nil, err
	}
	if err := wait(ctx, o.pause); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.config.Timeout)
	defer cancel()
	release := interrupt(ctx, o.conn)
	defer release()

	o.last++
	o.sent++
	frame = append([]byte(nil), frame...)
	setTransaction(frame, o.last)
	answer, err := o.converse(ctx, frame)
	o.pause = time.After(o.config.RequestDelay)
	if err == nil {
		o.silent = 0
		return answer, nil
	}
	if !errors.Is(err, ErrTimeout) {
		o.disconnect()
	} else if o.silent++; o.silent >= maxSilent {
		o.disconnect()
	}
	return nil, err
}

// converse writes the request and reads until its answer comes. Answers to earlier requests of this connection,
// which came after their caller had given up, are dropped; anything else is ErrProtocol.
func (o *owner) converse(ctx context.Context, request []byte) ([]byte, error) {
	if _, err := o.conn.Write(request); err != nil {
		o.disconnect() // part of a frame may be out: nothing after it would be understood
		return nil, lost(ctx, "send", err)
	}
	for {
		frame, err := o.frames.next()
		if errors.Is(err, ErrProtocol) {
			return nil, err
		}
		if err != nil {
			return nil, lost(ctx, "receive", err)
		}
		age := o.last - transaction(frame) // wraps with the transactions
		switch {
		case age == 0:
			return frame, checkAnswer(request, frame)
		case int(age) >= min(o.sent, maxLate):
			return nil, fmt.Errorf("transaction %d, want %d: %w", transaction(frame), o.last, ErrProtocol)
		}
	}
}

// lost names the failure of a connection: out of time, or gone.
func lost(ctx context.Context, doing string, err error) error {
	var network net.Error
	if ctx.Err() != nil && errors.As(err, &network) && network.Timeout() {
		return fmt.Errorf("%s: %w", doing, ErrTimeout)
	}
	return fmt.Errorf("%s: %w: %w", doing, ErrConnect, err)
}

func (o *owner) connect(ctx context.Context) error {
	if o.conn != nil {
		return nil
	}
	dial, cancel := context.WithTimeout(ctx, o.config.Timeout)
	defer cancel()
	conn, err := o.dial(dial, "tcp", o.config.Address)
	if err != nil {
		return fmt.Errorf("connect to %s: %w: %w", o.config.Address, ErrConnect, err)
	}
	o.conn, o.sent, o.silent, o.frames = conn, 0, 0, frames{source: conn}
	o.pause = time.After(o.config.ConnectDelay)
	return nil
}

func (o *owner) disconnect() {
	if o.conn != nil {
		o.conn.Close() // nothing is left to lose on it
		o.conn = nil
	}
}

// interrupt makes reads and writes of conn fail with a timeout once ctx is done, until release is called.
func interrupt(ctx context.Context, conn net.Conn) (release func()) {
	past := time.Unix(1, 0)
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(fired)
		conn.SetDeadline(past) // fails only on a closed connection, whose reads fail too
	})
	return func() {
		if !stop() {
			<-fired
			conn.SetDeadline(time.Time{})
		}
	}
}

func wait(ctx context.Context, until <-chan time.Time) error {
	select {
	case <-until:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to send: %w", ErrTimeout)
	}
}
