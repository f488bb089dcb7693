package modbus

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
)

// Handler answers requests. Both are bodies: unit, function, data. It is called from several goroutines.
type Handler interface {
	Answer(ctx context.Context, request []byte) []byte
}

// maxClients is how many connections a server has at once; one more is hung up on.
const maxClients = 64

// Serve answers the Modbus/TCP clients of a listener until ctx is done, closes it, and returns nil after the last of its
// goroutines. A client that sends anything else than Modbus/TCP is hung up on.
func Serve(ctx context.Context, listener net.Listener, h Handler) error {
	ctx, cancel := context.WithCancel(ctx)
	var clients sync.WaitGroup
	defer clients.Wait()
	defer cancel() // before the wait: a failed listener ends the connections too
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	slots := make(chan struct{}, maxClients)
	for {
		conn, err := listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				conn.Close() // nobody asked anything yet
			}
			return nil
		case err != nil:
			listener.Close()
			return fmt.Errorf("modbus server: %w", err)
		}
		select {
		case slots <- struct{}{}:
		default:
			conn.Close()
			continue
		}
		clients.Go(func() {
			defer func() { <-slots }()
			defer conn.Close()
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			serveClient(ctx, conn, h)
		})
	}
}

func serveClient(ctx context.Context, conn net.Conn, h Handler) {
	in := frames{source: conn, shortest: 2}
	for {
		request, err := in.next()
		if err != nil {
			return
		}
		body := request[prefixSize:]
		answer := refusalOf(checkRequest(body), body)
		if answer == nil {
			answer = h.Answer(ctx, body)
		}
		if _, err := conn.Write(appendFrame(nil, transaction(request), answer)); err != nil {
			return
		}
	}
}

// refusalOf is the exception that tells a client of err; nil without an error.
func refusalOf(err error, request []byte) []byte {
	var e *Exception
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return exception(request, e.Code)
	case errors.Is(err, ErrIllegalFunction):
		return exception(request, codeIllegalFunction)
	case errors.Is(err, ErrIllegalAddress):
		return exception(request, codeIllegalAddress)
	case errors.Is(err, ErrIllegalValue), errors.Is(err, ErrConfig):
		return exception(request, codeIllegalValue)
	case errors.Is(err, ErrQueue):
		return exception(request, codeBusy)
	case errors.Is(err, ErrConnect), errors.Is(err, ErrClosed):
		return exception(request, codeGatewayPath)
	}
	return exception(request, codeGatewayTarget)
}

// Proxy lets several clients share a device that accepts one: their requests wait in the link's queue.
type Proxy struct {
	Link *Link
	// Writable passes writes on; without it they are refused, because whoever reaches the port could command the device.
	Writable bool
}

// Answer implements Handler.
func (p Proxy) Answer(ctx context.Context, request []byte) []byte {
	if !p.Writable && !idempotent(request) {
		return exception(request, codeIllegalFunction)
	}
	frame, err := p.Link.exchange(ctx, request)
	if err != nil {
		return refusalOf(err, request)
	}
	return slices.Clone(p.Link.bodyOf(frame))
}

// Image is a device made of registers: what Dump wrote, served again. Addresses that are not in it are refused.
type Image map[uint16]uint16

// Answer implements Handler: reads of holding and input registers, for every unit.
func (m Image) Answer(_ context.Context, request []byte) []byte {
	if f := functionOf(request); f != readHolding && f != readInput {
		return exception(request, codeIllegalFunction)
	}
	first, count := int(binary.BigEndian.Uint16(dataOf(request))), requestedCount(request)
	answer := append(slices.Clone(request[:2]), byte(2*count))
	for address := first; address < first+count; address++ {
		value, ok := m[uint16(address)]
		if !ok || address > 0xFFFF {
			return exception(request, codeIllegalAddress)
		}
		answer = binary.BigEndian.AppendUint16(answer, value)
	}
	return answer
}
