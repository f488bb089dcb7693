package modbus

import (
	"encoding/binary"
	"fmt"
)

// A body is what both framings carry: the unit (u8) and the protocol data unit, which is the function (u8) and its data.
// Modbus Application Protocol V1.1b3, section 4.1.
const (
	maxBody      = 1 + 253
	exceptionBit = 0x80
)

// Function codes.
const (
	readCoils      = 1
	readDiscrete   = 2
	readHolding    = 3
	readInput      = 4
	writeCoil      = 5
	writeSingle    = 6
	writeCoils     = 15
	writeMultiple  = 16
	maxWrite       = 123 // registers
	shortestAnswer = 3   // unit, function with the exception bit, code
)

func unitOf(body []byte) byte              { return body[0] }
func functionOf(body []byte) byte          { return body[1] }
func dataOf(body []byte) []byte            { return body[2:] }
func requestedCount(request []byte) int    { return int(binary.BigEndian.Uint16(dataOf(request)[2:])) }
func idempotent(request []byte) bool       { return functionOf(request) <= readInput }
func isException(body []byte) bool         { return functionOf(body)&exceptionBit != 0 }
func exception(body []byte, c byte) []byte { return []byte{body[0], body[1] | exceptionBit, c} }

// checkAnswer reports whether answer has the form that request asks for. An exception is such an answer.
func checkAnswer(request, answer []byte) error {
	if len(answer) < shortestAnswer {
		return fmt.Errorf("answer of %d bytes: %w", len(answer), ErrProtocol)
	}
	if unitOf(answer) != unitOf(request) {
		return fmt.Errorf("unit %d answered for unit %d: %w", unitOf(answer), unitOf(request), ErrProtocol)
	}
	data := dataOf(answer)
	switch functionOf(answer) {
	case functionOf(request) | exceptionBit:
		if len(data) != 1 {
			return fmt.Errorf("exception of %d bytes, want 1: %w", len(data), ErrProtocol)
		}
		return nil
	case functionOf(request):
		return checkData(request, data)
	}
	return fmt.Errorf("function %d answered %d: %w", functionOf(answer), functionOf(request), ErrProtocol)
}

func checkData(request, data []byte) error {
	switch functionOf(request) {
	case readHolding, readInput:
		return checkCount(data, 2*requestedCount(request))
	case readCoils, readDiscrete:
		return checkCount(data, (requestedCount(request)+7)/8)
	case writeSingle, writeCoil, writeMultiple, writeCoils:
		if len(data) != 4 || string(data) != string(dataOf(request)[:4]) {
			return fmt.Errorf("address and value not confirmed: %w", ErrProtocol)
		}
	}
	return nil
}

func checkCount(data []byte, want int) error {
	if len(data) != 1+want || int(data[0]) != want {
		return fmt.Errorf("%d bytes announced as %d, want %d: %w", len(data)-1, data[0], want, ErrProtocol)
	}
	return nil
}

// checkRequest reports what makes a request one that no device could answer.
func checkRequest(body []byte) error {
	if len(body) < 2 || len(body) > maxBody {
		return fmt.Errorf("request of %d bytes: %w", len(body), ErrConfig)
	}
	data := dataOf(body)
	ok := false
	switch functionOf(body) {
	case readHolding, readInput:
		ok = len(data) == 4 && requestedCount(body) >= 1 && requestedCount(body) <= MaxRegisters
	case readCoils, readDiscrete:
		ok = len(data) == 4 && requestedCount(body) >= 1 && requestedCount(body) <= 16*MaxRegisters
	case writeSingle, writeCoil:
		ok = len(data) == 4
	case writeMultiple:
		ok = len(data) >= 5 && requestedCount(body) >= 1 && requestedCount(body) <= maxWrite &&
			int(data[4]) == 2*requestedCount(body) && len(data) == 5+int(data[4])
	case writeCoils:
		ok = len(data) >= 5 && requestedCount(body) >= 1 && int(data[4]) == (requestedCount(body)+7)/8 && len(data) == 5+int(data[4])
	default:
		return fmt.Errorf("function %d: %w", functionOf(body), ErrIllegalFunction)
	}
	if !ok {
		return fmt.Errorf("function %d: the request contradicts itself: %w", functionOf(body), ErrIllegalValue)
	}
	return nil
}
