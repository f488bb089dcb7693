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
// and input registers. The limits of models 123 and 124 can be written, no other register. A broken frame ends its connection.
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
			serve(conn, &visit{home: h, now: now})
		})
	}
}

// errTrouble ends a connection as Trouble says.
var errTrouble = errors.New("connection broken on purpose")

// errFrame ends a connection whose bytes are no Modbus frame: where the next frame begins is not known.
var errFrame = errors.New("not a modbus frame")

// units are the devices behind a server.
type units interface {
	image(unit byte) []uint16
	write(unit byte, first int, values []uint16) (code byte) // registers from Base on
	// fate is what becomes of the next request: an exception code, a delay, or the end of the connection.
	fate(unit byte) (code byte, delay time.Duration, hangUp bool)
}

// visit is how a home looks to one connection.
type visit struct {
	home *Home
	now  func() time.Time
}

func (v *visit) image(unit byte) []uint16 {
	t := v.now()
	return v.home.distort(unit, v.home.image(unit, t), t)
}

func (v *visit) write(unit byte, first int, values []uint16) byte {
	return v.home.write(unit, first, values, v.now())
}

func (v *visit) fate(unit byte) (byte, time.Duration, bool) { return v.home.fate(unit, v.now()) }

// serve answers the requests of one connection until either side ends it.
func serve(conn io.ReadWriter, u units) {
	for {
		answer, err := next(conn, u)
		if err != nil {
			return
		}
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

// next reads one request and returns the frame that answers it.
func next(r io.Reader, u units) ([]byte, error) {
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
	unit := frame[6]
	code, delay, hangUp := u.fate(unit)
	if hangUp {
		return nil, errTrouble
	}
	answer := []byte{pdu[0] | exceptionFlag, code}
	if code == 0 {
		time.Sleep(delay)
		answer = respond(pdu, u.image(unit), func(first int, values []uint16) byte { return u.write(unit, first, values) })
	}
	out := append(make([]byte, 0, headerSize+len(answer)), frame[:headerSize]...)
	binary.BigEndian.PutUint16(out[4:], uint16(1+len(answer)))
	return append(out, answer...), nil
}

// respond is the answer to a request of at least one byte about registers that lie from Base on; write takes some.
func respond(request []byte, registers []uint16, write func(first int, values []uint16) byte) []byte {
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
		return written(request, request[3:], write)
	case writeMultiple:
		if !wellFormedWrite(request) {
			return exception(illegalValue)
		}
		return written(request, request[6:], write)
	}
	return exception(illegalFunction)
}

// written is the answer to a write of the values in data.
func written(request, data []byte, write func(first int, values []uint16) byte) []byte {
	values := make([]uint16, len(data)/2)
	for i := range values {
		values[i] = binary.BigEndian.Uint16(data[2*i:])
	}
	if code := write(int(binary.BigEndian.Uint16(request[1:]))-Base, values); code != 0 {
		return []byte{request[0] | exceptionFlag, code}
	}
	return request[:5:5]
}

// wellFormedWrite reports whether count, byte count and data of a write of several registers agree.
func wellFormedWrite(request []byte) bool {
	if len(request) < 6 {
		return false
	}
	count := int(binary.BigEndian.Uint16(request[3:]))
	return count >= 1 && count <= maxWrite && int(request[5]) == 2*count && len(request) == 6+2*count
}
