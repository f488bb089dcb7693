package modbus

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// A frame of Modbus/TCP, MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3.1: transaction (u16),
// protocol (u16, 0), length of what follows (u16), body.
const (
	prefixSize   = 6 // transaction to length
	maxFrameSize = prefixSize + maxBody
)

func transaction(frame []byte) uint16        { return binary.BigEndian.Uint16(frame) }
func setTransaction(frame []byte, id uint16) { binary.BigEndian.PutUint16(frame, id) }

// appendFrame appends the frame that carries body.
func appendFrame(b []byte, id uint16, body []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, id)
	b = append(b, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)))
	return append(b, body...)
}

// maxLate bounds how many requests ago a late answer may have been asked for: further back is not late but wrong.
const maxLate = 256

// mbap is the framing of Modbus/TCP and Modbus/TCP Security on one connection.
type mbap struct {
	*guard
	frames frames
	last   uint16 // transaction of the latest request
	sent   int    // requests sent: the transactions that may still be answered late
	out    []byte
}

// newMBAP begins a connection; last is the transaction before the first, so that no two connections begin alike.
func newMBAP(g *guard, last uint16) *mbap {
	return &mbap{guard: g, frames: frames{source: g, shortest: shortestAnswer}, last: last}
}

// exchange writes the request and reads until its answer comes. Answers to earlier requests of this connection, which
// came after their caller had given up, are dropped; anything else is ErrProtocol.
func (m *mbap) exchange(ctx context.Context, request []byte, timeout time.Duration) ([]byte, error) {
	defer m.arm(ctx, timeout)()
	m.last++
	m.sent++
	m.out = appendFrame(m.out[:0], m.last, request)
	if n, err := m.Write(m.out); err != nil {
		if n > 0 {
			return nil, lost("send", fmt.Errorf("%w after %d bytes", io.ErrShortWrite, n)) // nothing after it would be understood
		}
		return nil, lost("send", err)
	}
	for {
		frame, err := m.frames.next()
		if err != nil {
			return nil, lost("receive", err)
		}
		age := m.last - transaction(frame) // wraps with the transactions
		switch {
		case age == 0:
			return frame, checkAnswer(request, frame[prefixSize:])
		case int(age) >= min(m.sent, maxLate):
			return nil, fmt.Errorf("transaction %d, want %d: %w", transaction(frame), m.last, ErrProtocol)
		}
	}
}

// frames cuts a byte stream into frames. Bytes of an unfinished frame are kept, so a read that timed out in the
// middle of one can go on later.
type frames struct {
	source   io.Reader
	held     []byte
	shortest int // body
}

// next returns the next frame, ErrProtocol for bytes that cannot begin one, or the error of the source.
func (f *frames) next() ([]byte, error) {
	var chunk [maxFrameSize]byte
	for {
		if frame, err := f.cut(); frame != nil || err != nil {
			return frame, err
		}
		n, err := f.source.Read(chunk[:])
		f.held = append(f.held, chunk[:n]...)
		if n == 0 && err != nil {
			return nil, err
		}
	}
}

func (f *frames) cut() ([]byte, error) {
	if len(f.held) < prefixSize {
		return nil, nil
	}
	if protocol := binary.BigEndian.Uint16(f.held[2:]); protocol != 0 {
		return nil, fmt.Errorf("protocol %d, want 0: is this a Modbus device? %w", protocol, ErrProtocol)
	}
	size := prefixSize + int(binary.BigEndian.Uint16(f.held[4:]))
	if size < prefixSize+f.shortest || size > maxFrameSize {
		return nil, fmt.Errorf("frame of %d bytes: %w", size, ErrProtocol)
	}
	if len(f.held) < size {
		return nil, nil
	}
	frame := append([]byte(nil), f.held[:size]...)
	f.held = append(f.held[:0], f.held[size:]...)
	return frame, nil
}
