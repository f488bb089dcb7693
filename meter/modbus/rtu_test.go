package modbus

import (
	"net"
	"sync"
	"testing"
	"time"
)

// serveRTU is serve for a gateway that passes the bytes of a serial line through.
func serveRTU(t *testing.T, behave misbehave) *server {
	return listen(t, func(s *server, conn net.Conn) { s.talkRTU(conn, behave) })
}

// talkRTU reads requests: all that the tests send have eight bytes, but for writes of several registers.
func (s *server) talkRTU(conn net.Conn, behave misbehave) {
	var held []byte
	chunk := make([]byte, maxRTUFrame)
	for {
		size := 8
		if len(held) > 6 && held[1] == writeMultiple {
			size = 9 + int(held[6])
		}
		if len(held) < size {
			n, err := conn.Read(chunk)
			if err != nil {
				return
			}
			held = append(held, chunk[:n]...)
			continue
		}
		body := append([]byte(nil), held[:size-crcSize]...)
		held = held[size:]
		if !behave(conn, s.asked(body)) {
			return
		}
	}
}

// rtuRegisters is registers on a serial line.
func (r asked) rtuRegisters() []byte { return appendRTU(nil, r.registers()[prefixSize:]) }

func openRTU(t *testing.T, s *server, c Config) *Link {
	c.Transport, c.Address = RTUOverTCP, s.address
	return open(t, c)
}

// Defect 4: an answer that comes late must not be taken for the registers asked next.
func TestRTULateAnswerIsDropped(t *testing.T) {
	for name, when := range map[string]func(release chan struct{}){
		"before the next request": func(release chan struct{}) { close(release) },
		"while it waits":          func(release chan struct{}) { time.AfterFunc(20*time.Millisecond, func() { close(release) }) },
	} {
		t.Run(name, func(t *testing.T) {
			release := make(chan struct{})
			s := serveRTU(t, func(conn net.Conn, r asked) bool {
				if r.n == 0 {
					<-release
				}
				conn.Write(r.rtuRegisters())
				return true
			})
			c := openRTU(t, s, Config{Timeout: 200 * time.Millisecond}).Unit(1)
			wantError(t, c, 100, 1, ErrTimeout)
			when(release)
			for address := uint16(101); address < 110; address++ {
				wantRegister(t, c, address, 1000+address)
			}
		})
	}
}

// A late answer of another shape is recognised even after the next request went out.
func TestRTULateAnswerOfAnotherShapeIsSkipped(t *testing.T) {
	var late []byte
	s := serveRTU(t, func(conn net.Conn, r asked) bool {
		if r.n == 0 {
			late = r.rtuRegisters()
			return true
		}
		conn.Write(append(late, r.rtuRegisters()...))
		return true
	})
	l := openRTU(t, s, Config{Timeout: 50 * time.Millisecond})
	wantError(t, l.Unit(1), 100, 2, ErrTimeout)
	wantRegister(t, l.Unit(1), 101, 1101)
}

// What was said before the request is thrown away: an echo, noise, another master's answer.
func TestRTUInputIsDrainedBeforeARequest(t *testing.T) {
	stale := asked{unit: 1, address: 500, count: 1}.rtuRegisters()
	said := make(chan struct{})
	s := listen(t, func(s *server, conn net.Conn) {
		conn.Write(stale)
		close(said)
		s.talkRTU(conn, func(conn net.Conn, r asked) bool { conn.Write(r.rtuRegisters()); return true })
	})
	c := openRTU(t, s, Config{ConnectDelay: 50 * time.Millisecond}).Unit(1)
	wantRegister(t, c, 7, 1007)
	<-said
}

// Defect 6: an exception in two pieces is an exception, and the next request is answered by its own registers.
func TestRTUSplitException(t *testing.T) {
	s := serveRTU(t, func(conn net.Conn, r asked) bool {
		if r.n > 0 {
			conn.Write(r.rtuRegisters())
			return true
		}
		refusal := appendRTU(nil, exception(r.body, 2))
		conn.Write(refusal[:2])
		time.AfterFunc(10*time.Millisecond, func() { conn.Write(refusal[2:]) })
		return true
	})
	c := openRTU(t, s, Config{}).Unit(1)
	wantError(t, c, 100, 1, ErrIllegalAddress)
	wantRegister(t, c, 101, 1101)
}

// Defect 5: goroutines that share a line each get their own registers.
func TestRTUGoroutinesDoNotMix(t *testing.T) {
	s := serveRTU(t, func(conn net.Conn, r asked) bool { conn.Write(r.rtuRegisters()); return true })
	l := openRTU(t, s, Config{Queue: 64})
	var callers sync.WaitGroup
	for unit := byte(1); unit <= 4; unit++ {
		callers.Go(func() {
			for address := range uint16(20) {
				got, _, err := l.Unit(unit).ReadHoldingRegisters(t.Context(), address, 1)
				if want := 1000*uint16(unit) + address; err != nil || got[0] != want {
					t.Errorf("unit %d register %d: got %d %v, want %d", unit, address, got, err, want)
					return
				}
			}
		})
	}
	callers.Wait()
}

func TestRTUAnswersThatAreNotTheAnswer(t *testing.T) {
	for name, lie := range map[string]func(r asked) []byte{
		"short":          func(r asked) []byte { return appendRTU(nil, []byte{r.unit, readHolding, 2, 0, 1}) },
		"longer":         func(r asked) []byte { r.count++; return r.rtuRegisters() },
		"other unit":     func(r asked) []byte { r.unit++; return r.rtuRegisters() },
		"other function": func(r asked) []byte { return appendRTU(nil, []byte{r.unit, readInput, 2, 0, 1}) },
		"no function":    func(asked) []byte { return []byte{1, 99, 0, 0, 0} },
		"bad checksum":   func(r asked) []byte { b := r.rtuRegisters(); b[4] ^= 1; return b },
	} {
		t.Run(name, func(t *testing.T) {
			s := serveRTU(t, func(conn net.Conn, r asked) bool {
				if r.n == 0 {
					conn.Write(lie(r))
				} else {
					conn.Write(r.rtuRegisters())
				}
				return true
			})
			c := openRTU(t, s, Config{}).Unit(1)
			wantError(t, c, 100, 10, ErrProtocol)
			wantRegister(t, c, 101, 1101)
			if got := s.connections(); got != 2 {
				t.Errorf("connections: got %d, want 2", got)
			}
		})
	}
}

func TestRTULineThatIsNeverSilent(t *testing.T) {
	s := listen(t, func(_ *server, conn net.Conn) {
		noise := make([]byte, 4*maxNoise)
		for {
			if _, err := conn.Write(noise); err != nil {
				return
			}
		}
	})
	c := openRTU(t, s, Config{Jitter: func(time.Duration) time.Duration { return 0 }}).Unit(1)
	wantError(t, c, 1, 1, ErrProtocol)
}

func TestRTUWrites(t *testing.T) {
	written := make(chan []byte, 1)
	s := serveRTU(t, func(conn net.Conn, r asked) bool {
		written <- r.body
		conn.Write(appendRTU(nil, r.body[:6]))
		return true
	})
	if err := openRTU(t, s, Config{}).Unit(5).WriteMultipleRegisters(t.Context(), 40, []uint16{7, 8}); err != nil {
		t.Fatal(err)
	}
	if got, want := string(<-written), "\x05\x10\x00\x28\x00\x02\x04\x00\x07\x00\x08"; got != want {
		t.Errorf("got % x, want % x", got, want)
	}
}
