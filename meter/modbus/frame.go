package modbus

import (
	"encoding/binary"
	"fmt"
	"io"
)

// A frame of Modbus/TCP, MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3.1: transaction (u16),
// protocol (u16, 0), length of what follows (u16), unit (u8), function (u8), data.
const (
	headerSize   = 7   // transaction to unit
	maxFrameSize = 260 // header and the largest protocol data unit, 253 bytes
	exceptionBit = 0x80
)

const (
	readHolding   = 3
	writeMultiple = 16
)

func transaction(frame []byte) uint16        { return binary.BigEndian.Uint16(frame) }
func setTransaction(frame []byte, id uint16) { binary.BigEndian.PutUint16(frame, id) }
func unitOf(frame []byte) byte               { return frame[6] }
func functionOf(frame []byte) byte           { return frame[7] }
func dataOf(frame []byte) []byte             { return frame[headerSize+1:] }
func frameSize(header []byte) int            { return headerSize - 1 + int(binary.BigEndian.Uint16(header[4:])) }
func requestedRegisters(request []byte) int  { return int(binary.BigEndian.Uint16(dataOf(request)[2:])) }

// frames cuts a byte stream into frames. Bytes of an unfinished frame are kept, so a read that timed out in the
// middle of one can go on later.
type frames struct {
	source io.Reader
	held   []byte
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
	if len(f.held) < headerSize {
		return nil, nil
	}
	if protocol := binary.BigEndian.Uint16(f.held[2:]); protocol != 0 {
		return nil, fmt.Errorf("protocol %d, want 0: %w", protocol, ErrProtocol)
	}
	size := frameSize(f.held)
	if size < headerSize+2 || size > maxFrameSize {
		return nil, fmt.Errorf("frame of %d bytes: %w", size, ErrProtocol)
	}
	if len(f.held) < size {
		return nil, nil
	}
	frame := append([]byte(nil), f.held[:size]...)
	f.held = append(f.held[:0], f.held[size:]...)
	return frame, nil
}

// checkAnswer reports whether answer, whose transaction matches, has the form that request asks for. An exception is
// such an answer.
func checkAnswer(request, answer []byte) error {
	if unitOf(answer) != unitOf(request) {
		return fmt.Errorf("unit %d answered for unit %d: %w", unitOf(answer), unitOf(request), ErrProtocol)
	}
	data := dataOf(answer)
	switch functionOf(answer) {
	case functionOf(request) | exceptionBit:
		if len(data) != 1 {
			return fmt.Errorf("exception of %d bytes, want 1: %w", len(data), ErrProtocol)
		}
	case functionOf(request):
		return checkData(request, data)
	default:
		return fmt.Errorf("function %d answered %d: %w", functionOf(answer), functionOf(request), ErrProtocol)
	}
	return nil
}

func checkData(request, data []byte) error {
	switch functionOf(request) {
	case readHolding:
		want := 2 * requestedRegisters(request)
		if len(data) != 1+want || int(data[0]) != want {
			return fmt.Errorf("%d bytes announced as %d, want %d: %w", len(data)-1, data[0], want, ErrProtocol)
		}
	case writeMultiple:
		if len(data) != 4 || string(data) != string(dataOf(request)[:4]) {
			return fmt.Errorf("address and count not confirmed: %w", ErrProtocol)
		}
	}
	return nil
}
