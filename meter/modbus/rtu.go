package modbus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// A frame of Modbus RTU, MODBUS over Serial Line V1.02, section 2.5.1: body, CRC-16 of it, low byte first.
const (
	crcSize     = 2
	maxRTUFrame = maxBody + crcSize
	// maxNoise is how many bytes nobody asked for may come before the line counts as broken: four whole frames.
	maxNoise = 4 * maxRTUFrame
)

// crcTable holds the CRC-16 of each byte: polynomial x^16+x^15+x^2+1, reflected (0xA001).
var crcTable = func() (table [256]uint16) {
	for i := range table {
		crc := uint16(i)
		for range 8 {
			carry := crc & 1
			crc >>= 1
			if carry != 0 {
				crc ^= 0xA001
			}
		}
		table[i] = crc
	}
	return table
}()

func crc16(b []byte) uint16 {
	crc := uint16(0xFFFF)
	for _, c := range b {
		crc = crc>>8 ^ crcTable[byte(crc)^c]
	}
	return crc
}

// appendRTU appends the frame that carries body.
func appendRTU(b, body []byte) []byte {
	crc := crc16(body)
	return append(append(b, body...), byte(crc), byte(crc>>8))
}

// rtuSize is the length of the answer that begins with b, 0 while that cannot be told yet. RTU frames do not say their
// length; the function does.
func rtuSize(b []byte) (int, error) {
	switch {
	case len(b) < 2:
		return 0, nil
	case isException(b):
		return shortestAnswer + crcSize, nil
	}
	switch functionOf(b) {
	case readCoils, readDiscrete, readHolding, readInput:
		if len(b) < 3 {
			return 0, nil
		}
		return 3 + int(b[2]) + crcSize, nil
	case writeCoil, writeSingle, writeCoils, writeMultiple:
		return 6 + crcSize, nil
	}
	return 0, fmt.Errorf("function %d: %w", functionOf(b), ErrProtocol)
}

// rtu is the framing of a serial line, or of a gateway that passes its bytes through TCP.
type rtu struct {
	*guard
	silence time.Duration // 3.5 characters
	owed    []byte        // the request whose answer never came, until it comes or cannot come any more
	held    []byte
	out     []byte
}

// exchange sends the request into a silent line and reads its answer. Answers of RTU carry neither a number nor an
// address, so one that comes late looks like the answer to a later request of the same shape: after a timeout the line
// is listened to for one more timeout before such a request. What comes later than two timeouts cannot be told apart.
func (r *rtu) exchange(ctx context.Context, request []byte, timeout time.Duration) ([]byte, error) {
	if sameShape(r.owed, request) {
		if err := r.await(ctx, timeout); err != nil {
			return nil, err
		}
	}
	if err := r.drain(ctx); err != nil {
		return nil, err
	}
	defer r.arm(ctx, timeout)()
	r.out = appendRTU(r.out[:0], request)
	if _, err := r.Write(r.out); err != nil {
		return nil, lost("send", err)
	}
	for {
		frame, err := r.next()
		if err != nil {
			if err = lost("receive", err); errors.Is(err, ErrTimeout) {
				r.owed = append([]byte(nil), request...)
			}
			return nil, err
		}
		body := frame[:len(frame)-crcSize]
		err = checkAnswer(request, body)
		if err != nil && r.owed != nil && checkAnswer(r.owed, body) == nil {
			r.owed = nil // late, and of another shape
			continue
		}
		return frame, err
	}
}

// sameShape reports whether an answer to the one request would pass for an answer to the other.
func sameShape(owed, request []byte) bool {
	if owed == nil || unitOf(owed) != unitOf(request) {
		return false
	}
	if functionOf(owed) != functionOf(request) {
		return false
	}
	return !idempotent(request) || requestedCount(owed) == requestedCount(request)
}

// await waits for the late answer.
func (r *rtu) await(ctx context.Context, timeout time.Duration) error {
	defer r.arm(ctx, timeout)()
	r.held = r.held[:0]
	for {
		frame, err := r.next()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			r.owed = nil
			if ctx.Err() != nil {
				return lost("wait for a late answer", err)
			}
			return nil
		case err != nil:
			return lost("wait for a late answer", err)
		case checkAnswer(r.owed, frame[:len(frame)-crcSize]) == nil:
			r.owed = nil
			return nil
		}
	}
}

// drain throws away what comes until the line is silent.
func (r *rtu) drain(ctx context.Context) error {
	r.held = r.held[:0]
	var chunk [maxRTUFrame]byte
	for noise := 0; noise < maxNoise; {
		disarm := r.arm(ctx, r.silence)
		n, err := r.Read(chunk[:])
		disarm()
		noise += n
		switch {
		case ctx.Err() != nil:
			return lost("wait for silence", os.ErrDeadlineExceeded)
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil
		case err != nil:
			return lost("wait for silence", err)
		}
	}
	return fmt.Errorf("the line is never silent: %w", ErrProtocol)
}

// next returns the next frame whose CRC is right.
func (r *rtu) next() ([]byte, error) {
	var chunk [maxRTUFrame]byte
	for {
		size, err := rtuSize(r.held)
		if err != nil {
			return nil, err
		}
		if size > maxRTUFrame {
			return nil, fmt.Errorf("frame of %d bytes: %w", size, ErrProtocol)
		}
		if size > 0 && len(r.held) >= size {
			frame := append([]byte(nil), r.held[:size]...)
			r.held = append(r.held[:0], r.held[size:]...)
			crc := uint16(frame[size-2]) | uint16(frame[size-1])<<8
			if crc != crc16(frame[:size-crcSize]) {
				return nil, fmt.Errorf("checksum does not fit: %w", ErrProtocol)
			}
			return frame, nil
		}
		n, err := r.Read(chunk[:])
		r.held = append(r.held, chunk[:n]...)
		if n == 0 && err != nil {
			return nil, err
		}
	}
}
