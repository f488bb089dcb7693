package modbus

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"
)

func TestReadReturnsRegistersAndTheFrameTheyCameIn(t *testing.T) {
	var sent []byte
	s := serve(t, func(conn net.Conn, r asked) bool {
		sent = r.registers()
		conn.Write(sent)
		return true
	})
	registers, raw, err := open(t, Config{Address: s.address}).Unit(3).ReadHoldingRegisters(t.Context(), 70, 125)
	if err != nil {
		t.Fatal(err)
	}
	if len(registers) != 125 || registers[124] != 3194 {
		t.Errorf("got %d registers, the last %d, want 125 and 3194", len(registers), registers[len(registers)-1])
	}
	if !bytes.Equal(raw, sent) {
		t.Errorf("frame: got % x, want % x", raw, sent)
	}
}

// Defect 1: an answer that comes after its caller gave up must not be taken for the answer to a later request.
func TestLateAnswerIsDropped(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, func(conn net.Conn, r asked) bool {
		if r.n == 0 {
			<-release
		}
		conn.Write(r.registers())
		return true
	})
	c := open(t, Config{Address: s.address, Timeout: 50 * time.Millisecond}).Unit(1)
	wantError(t, c, 100, 1, ErrTimeout)
	close(release)
	for address := uint16(101); address < 110; address++ {
		wantRegister(t, c, address, 1000+address)
	}
	if got := s.connections(); got != 1 {
		t.Errorf("connections: got %d, want 1: a late answer is no reason to reconnect", got)
	}
}

// A deadline that passes in the middle of a frame must not lose the place in the stream.
func TestAnswerCutInTwoByATimeout(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, func(conn net.Conn, r asked) bool {
		answer := r.registers()
		if r.n == 0 {
			conn.Write(answer[:5])
			<-release
			conn.Write(answer[5:])
			return true
		}
		conn.Write(answer)
		return true
	})
	c := open(t, Config{Address: s.address, Timeout: 50 * time.Millisecond}).Unit(1)
	wantError(t, c, 100, 1, ErrTimeout)
	close(release)
	wantRegister(t, c, 101, 1101)
}

// Defect 2: a connection the peer closed is opened anew.
func TestReconnectsAfterThePeerClosed(t *testing.T) {
	s := serve(t, func(conn net.Conn, r asked) bool {
		conn.Write(r.registers())
		return false
	})
	c := open(t, Config{Address: s.address}).Unit(1)
	for address := range uint16(5) {
		wantRegister(t, c, address, 1000+address)
	}
	if got := s.connections(); got != 5 {
		t.Errorf("connections: got %d, want 5", got)
	}
}

// A write may have been done before the connection broke, so it is not repeated.
func TestWriteIsNotRepeated(t *testing.T) {
	writes := make(chan []byte, 8)
	s := serve(t, func(conn net.Conn, r asked) bool {
		if functionOf(r.body) == readHolding {
			conn.Write(r.registers())
			return true
		}
		writes <- r.body
		if r.n == 1 {
			return false
		}
		conn.Write(frame(r.transaction, r.unit, writeMultiple, dataOf(r.body)[:4]))
		return true
	})
	c := open(t, Config{Address: s.address}).Unit(1)
	wantRegister(t, c, 1, 1001)
	if err := c.WriteMultipleRegisters(t.Context(), 5, []uint16{7, 8}); !errors.Is(err, ErrConnect) {
		t.Fatalf("first write: got %v, want %v", err, ErrConnect)
	}
	if err := c.WriteMultipleRegisters(t.Context(), 5, []uint16{7, 8}); err != nil {
		t.Fatalf("second write: %v", err)
	}
	if got := len(writes); got != 2 {
		t.Errorf("writes: got %d, want 2", got)
	}
}

// Defect 3: a short answer is none, and so is whatever else does not fit the request.
func TestAnswersThatAreNotTheAnswer(t *testing.T) {
	cases := map[string]func(r asked) []byte{
		"short":              func(r asked) []byte { return frame(r.transaction, r.unit, readHolding, []byte{2, 0, 1}) },
		"byte count lies":    func(r asked) []byte { return frame(r.transaction, r.unit, readHolding, []byte{20, 0, 1}) },
		"longer than asked":  func(r asked) []byte { r.count++; return r.registers() },
		"future transaction": func(r asked) []byte { r.transaction++; return r.registers() },
		"never asked":        func(r asked) []byte { r.transaction -= 9; return r.registers() },
		"other unit":         func(r asked) []byte { r.unit++; return r.registers() },
		"other function":     func(r asked) []byte { return frame(r.transaction, r.unit, 4, []byte{2, 0, 1}) },
		"other protocol":     func(r asked) []byte { b := r.registers(); b[3] = 1; return b },
		"empty":              func(r asked) []byte { return frame(r.transaction, r.unit, readHolding, nil) },
		"oversized":          func(r asked) []byte { b := r.registers(); b[4] = 2; return b },
		"long exception":     func(r asked) []byte { return frame(r.transaction, r.unit, readHolding|exceptionBit, []byte{2, 2}) },
	}
	for name, lie := range cases {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(conn net.Conn, r asked) bool {
				if r.n == 0 {
					conn.Write(lie(r))
				} else {
					conn.Write(r.registers())
				}
				return true
			})
			c := open(t, Config{Address: s.address}).Unit(1)
			wantError(t, c, 100, 10, ErrProtocol)
			wantRegister(t, c, 101, 1101)
			if got := s.connections(); got != 2 {
				t.Errorf("connections: got %d, want 2: the stream cannot be trusted after it", got)
			}
		})
	}
}

func TestExceptionsAreTypedAndKeepTheLink(t *testing.T) {
	s := serve(t, func(conn net.Conn, r asked) bool {
		conn.Write(frame(r.transaction, r.unit, readHolding|exceptionBit, []byte{byte(r.address)}))
		return true
	})
	c := open(t, Config{Address: s.address}).Unit(1)
	for code, want := range map[uint16]error{
		1: ErrIllegalFunction, 2: ErrIllegalAddress, 3: ErrIllegalValue, 4: ErrDeviceFailure, 5: ErrAcknowledge,
		6: ErrBusy, 8: ErrMemoryParity, 10: ErrGatewayPath, 11: ErrGatewayTarget, 77: ErrUnknownException,
	} {
		wantError(t, c, code, 1, want)
		_, _, err := c.ReadHoldingRegisters(t.Context(), code, 1)
		var e *Exception
		if !errors.As(err, &e) || e.Code != byte(code) || e.Function != readHolding {
			t.Errorf("code %d: got %v, want an Exception of function 3", code, err)
		}
		if errors.Is(err, ErrConnect) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrBackoff) {
			t.Errorf("code %d: got %v, want no link failure", code, err)
		}
	}
	if got := s.connections(); got != 1 {
		t.Errorf("connections: got %d, want 1", got)
	}
}

// Defect 7: many goroutines on several units of one link each get their own registers.
func TestUnitsShareALinkWithoutMixing(t *testing.T) {
	s := serve(t, func(conn net.Conn, r asked) bool {
		conn.Write(r.registers())
		return true
	})
	l := open(t, Config{Address: s.address, Queue: 64})
	var callers sync.WaitGroup
	for unit := byte(1); unit <= 8; unit++ {
		callers.Go(func() {
			c := l.Unit(unit)
			for address := range uint16(50) {
				got, _, err := c.ReadHoldingRegisters(t.Context(), address, 2)
				if err != nil {
					t.Errorf("unit %d register %d: %v", unit, address, err)
					return
				}
				if want := 1000*uint16(unit) + address; got[0] != want || got[1] != want+1 {
					t.Errorf("unit %d register %d: got %d, want %d and the next", unit, address, got, want)
				}
			}
		})
	}
	callers.Wait()
	if got := s.connections(); got != 1 {
		t.Errorf("connections: got %d, want 1", got)
	}
}

func TestDeadUnitIsLeftAloneAndOthersAnswer(t *testing.T) {
	s := serve(t, func(conn net.Conn, r asked) bool {
		if r.unit != 9 {
			conn.Write(r.registers())
		}
		return true
	})
	l := open(t, Config{Address: s.address, Timeout: 30 * time.Millisecond, MinBackoff: time.Hour, MaxBackoff: time.Hour})
	wantError(t, l.Unit(9), 1, 1, ErrTimeout)
	wantRegister(t, l.Unit(1), 1, 1001)
	wantError(t, l.Unit(9), 1, 1, ErrTimeout)
	wantError(t, l.Unit(9), 1, 1, ErrBackoff)
	wantError(t, l.Unit(9), 1, 1, ErrTimeout) // the cause is told
	wantRegister(t, l.Unit(1), 2, 1002)
}

func TestBackoffDoublesToItsLimitAndEnds(t *testing.T) {
	var pauses []time.Duration
	c := Config{Address: closedPort(t), MinBackoff: 10, MaxBackoff: 50, Jitter: func(d time.Duration) time.Duration {
		pauses = append(pauses, d)
		return 0
	}}
	l := open(t, c)
	for len(pauses) < 5 {
		_, _, err := l.Unit(1).ReadHoldingRegisters(t.Context(), 1, 1)
		if !errors.Is(err, ErrConnect) {
			t.Fatalf("got %v, want %v", err, ErrConnect)
		}
	}
	l.Close() // the owner wrote pauses
	want := []time.Duration{10, 20, 40, 50, 50}
	for i, d := range want {
		if pauses[i] != d {
			t.Errorf("pause %d: got %d, want %d", i, pauses[i], d)
		}
	}
}

func TestDeadPeerIsConnectedAnew(t *testing.T) {
	s := serve(t, func(conn net.Conn, r asked) bool {
		if r.n >= maxSilent {
			conn.Write(r.registers())
		}
		return true
	})
	l := open(t, Config{Address: s.address, Timeout: 30 * time.Millisecond, Jitter: func(time.Duration) time.Duration { return 0 }})
	for range maxSilent {
		wantError(t, l.Unit(1), 1, 1, ErrTimeout)
	}
	l.Unit(1).ReadHoldingRegisters(t.Context(), 1, 1) // may still be within the backoff of no length
	wantRegister(t, l.Unit(1), 1, 1001)
	if got := s.connections(); got != 2 {
		t.Errorf("connections: got %d, want 2", got)
	}
}

func TestFullQueueAndCancelAndClose(t *testing.T) {
	arrived := make(chan struct{}, 1)
	s := serve(t, func(net.Conn, asked) bool { arrived <- struct{}{}; return true })
	l := open(t, Config{Address: s.address, Timeout: time.Hour, Queue: 1})
	ctx, cancel := context.WithCancel(t.Context())
	results := make(chan error, 3)
	read := func(ctx context.Context) {
		_, _, err := l.Unit(1).ReadHoldingRegisters(ctx, 1, 1)
		results <- err
	}
	go read(ctx)
	<-arrived // the owner is busy with it
	for range 2 {
		go read(t.Context()) // one waits, one finds the queue full
	}
	if err := <-results; !errors.Is(err, ErrQueue) {
		t.Fatalf("third caller: got %v, want %v", err, ErrQueue)
	}
	cancel()
	if err := <-results; !errors.Is(err, context.Canceled) {
		t.Fatalf("first caller: got %v, want %v", err, context.Canceled)
	}
	<-arrived // the second one's turn
	l.Close()
	if err := <-results; !errors.Is(err, ErrClosed) {
		t.Fatalf("second caller: got %v, want %v", err, ErrClosed)
	}
	if _, _, err := l.Unit(1).ReadHoldingRegisters(t.Context(), 1, 1); !errors.Is(err, ErrClosed) {
		t.Fatalf("after close: got %v, want %v", err, ErrClosed)
	}
}

// Defect 8: context, delays and serial lines behind gateways; the contexts are in TestFullQueueAndCancelAndClose.
func TestDelaysAreKept(t *testing.T) {
	const delay = 20 * time.Millisecond
	s := serve(t, func(conn net.Conn, r asked) bool {
		conn.Write(r.registers())
		return true
	})
	c := open(t, Config{Address: s.address, ConnectDelay: delay, RequestDelay: delay}).Unit(1)
	start := time.Now()
	for address := range uint16(3) {
		wantRegister(t, c, address, 1000+address)
	}
	if got, least := time.Since(start), 3*delay; got < least {
		t.Errorf("three reads took %s, want at least %s", got, least)
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
