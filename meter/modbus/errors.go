package modbus

import (
	"fmt"

	"github.com/wattle/wattle/internal/problem"
)

// What can be wrong with a link. None of these says anything about a register.
var (
	// ErrConfig is returned for a configuration or address that cannot work.
	ErrConfig = problem.New(problem.Invalid, "invalid modbus configuration")
	// ErrConnect is returned when the connection cannot be opened or broke.
	ErrConnect = problem.New(problem.Unavailable, "no connection to the device: check its power, network and address")
	// ErrTimeout is returned when the device did not answer in time.
	ErrTimeout = problem.New(problem.Unavailable, "the device did not answer in time")
	// ErrBackoff is returned at once while a device that failed repeatedly is left alone.
	ErrBackoff = problem.New(problem.Unavailable, "the device failed repeatedly and is tried again later")
	// ErrProtocol is returned for bytes that do not answer the request. The connection is closed and opened anew.
	ErrProtocol = problem.New(problem.Unavailable, "the device sent something that is not the answer")
	// ErrQueue is returned when too many requests wait for the link.
	ErrQueue = problem.New(problem.Unavailable, "too many requests wait for the device")
	// ErrClosed is returned after Close.
	ErrClosed = problem.New(problem.Conflict, "link is closed")
)

// What a device can answer instead of registers: Modbus Application Protocol V1.1b3, section 7. The link is alive.
var (
	ErrIllegalFunction = problem.New(problem.Invalid, "illegal function")
	ErrIllegalAddress  = problem.New(problem.NotFound, "illegal register address")
	ErrIllegalValue    = problem.New(problem.Invalid, "illegal value")
	ErrDeviceFailure   = problem.New(problem.Unavailable, "device failure")
	ErrAcknowledge     = problem.New(problem.Unavailable, "accepted, but not done yet")
	ErrBusy            = problem.New(problem.Unavailable, "device busy")
	ErrMemoryParity    = problem.New(problem.Unavailable, "memory parity error")
	ErrGatewayPath     = problem.New(problem.Unavailable, "the gateway has no path to the device")
	ErrGatewayTarget   = problem.New(problem.Unavailable, "the device behind the gateway did not answer")
	// ErrUnknownException stands for every code the specification does not name.
	ErrUnknownException = problem.New(problem.Unavailable, "unknown exception")
)

// Exception codes that this package sends.
const (
	codeIllegalFunction = 1
	codeIllegalAddress  = 2
	codeIllegalValue    = 3
	codeBusy            = 6
	codeGatewayPath     = 10
	codeGatewayTarget   = 11
)

// Exception is a device's refusal. It wraps one of the sentinels above, so that errors.Is tells them apart, and
// errors.As finds any.
type Exception struct {
	Function byte // of the request
	Code     byte
}

// Error is the meaning of the code.
func (e *Exception) Error() string {
	return fmt.Sprintf("exception %d to function %d: %v", e.Code, e.Function, e.Unwrap())
}

// Unwrap is the sentinel of the code.
func (e *Exception) Unwrap() error {
	switch e.Code {
	case 1:
		return ErrIllegalFunction
	case 2:
		return ErrIllegalAddress
	case 3:
		return ErrIllegalValue
	case 4:
		return ErrDeviceFailure
	case 5:
		return ErrAcknowledge
	case 6:
		return ErrBusy
	case 8:
		return ErrMemoryParity
	case 10:
		return ErrGatewayPath
	case 11:
		return ErrGatewayTarget
	}
	return ErrUnknownException
}
