package sim

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// MaxConnections is how many clients a home's server has at once; one more is hung up on. A home has an agent, and
// perhaps an owner who looks.
const MaxConnections = 32

// Frames of Modbus/TCP (Modbus Messaging on TCP/IP Implementation Guide V1.0b, 3.1).
const (
	headerSize = 7   // transaction, protocol, length, unit
	maxPDU     = 253 // function code and data
)

// Function codes and exception codes (Modbus Application Protocol V1.1b3, 6 and 7).
const (
	readHolding   = 3
	readInput     = 4
	writeSingle   = 6
	writeMultiple = 16
	exceptionFlag = 0x80

	illegalFunction = 1
	illegalAddress  = 2
	illegalValue    = 3

	maxRead  = 125 // registers
	maxWrite = 123
)

// Serve answers Modbus/TCP requests until ctx is done; then it closes the listener and every connection, and returns
// nil after the last goroutine. Registers are those of the time now says when a request has come in, all registers of
// a request of one State. Units are InverterUnit and MeterUnit, with their SunSpec maps from Base, the same for holding
// and input registers. No register can be written. A broken frame ends its connection.
func (h *Home) Serve(ctx context.Context, listener net.Listener, now func() time.Time) error {
	ctx, cancel := context.WithCancel(ctx)
	var clients sync.WaitGroup
	defer clients.Wait()
	defer cancel() // before the wait: a failed listener ends the connections too
	defer context.AfterFunc(ctx, func() { listener.Close() })()

	slots := make(chan struct{}, MaxConnections)
	for {
		conn, err := listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				conn.Close()
			}
			return nil
		case err != nil:
			listener.Close()
			return fmt.Errorf("modbus server of %s: accept: %w", h.Member, err)
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
			serve(conn, func(unit byte) []uint16 { return h.image(unit, now()) })
		})
	}
}

// errFrame ends a connection whose bytes are no Modbus frame: where the next frame begins is not known.
var errFrame = errors.New("not a modbus frame")

// serve answers the requests of one connection until either side ends it.
func serve(conn io.ReadWriter, image func(unit byte) []uint16) {
	for {
		answer, err := next(conn, image)
		if err != nil {
			return
		}
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

// next reads one request and returns the frame that answers it.
func next(r io.Reader, image func(unit byte) []uint16) ([]byte, error) {
	var frame [headerSize + maxPDU]byte
	if _, err := io.ReadFull(r, frame[:headerSize]); err != nil {
		return nil, err
	}
	protocol, length := binary.BigEndian.Uint16(frame[2:]), int(binary.BigEndian.Uint16(frame[4:]))
	if protocol != 0 || length < 2 || length > 1+maxPDU {
		return nil, errFrame
	}
	pdu := frame[headerSize : headerSize+length-1]
	if _, err := io.ReadFull(r, pdu); err != nil {
		return nil, err
	}
	answer := respond(pdu, image(frame[6]))
	out := append(make([]byte, 0, headerSize+len(answer)), frame[:headerSize]...)
	binary.BigEndian.PutUint16(out[4:], uint16(1+len(answer)))
	return append(out, answer...), nil
}

// respond is the answer to a request of at least one byte about registers that lie from Base on.
func respond(request []byte, registers []uint16) []byte {
	function := request[0]
	exception := func(code byte) []byte { return []byte{function | exceptionFlag, code} }
	switch function {
	case readHolding, readInput:
		if len(request) != 5 {
			return exception(illegalValue)
		}
		count := int(binary.BigEndian.Uint16(request[3:]))
		if count < 1 || count > maxRead {
			return exception(illegalValue)
		}
		first := int(binary.BigEndian.Uint16(request[1:])) - Base
		if first < 0 || first+count > len(registers) {
			return exception(illegalAddress)
		}
		out := append(make([]byte, 0, 2+2*count), function, byte(2*count))
		for _, v := range registers[first : first+count] {
			out = binary.BigEndian.AppendUint16(out, v)
		}
		return out
	case writeSingle:
		if len(request) != 5 {
			return exception(illegalValue)
		}
		return exception(illegalAddress)
	case writeMultiple:
		if !wellFormedWrite(request) {
			return exception(illegalValue)
		}
		return exception(illegalAddress)
	}
	return exception(illegalFunction)
}

// wellFormedWrite reports whether count, byte count and data of a write of several registers agree.
func wellFormedWrite(request []byte) bool {
	if len(request) < 6 {
		return false
	}
	count := int(binary.BigEndian.Uint16(request[3:]))
	return count >= 1 && count <= maxWrite && int(request[5]) == 2*count && len(request) == 6+2*count
}
