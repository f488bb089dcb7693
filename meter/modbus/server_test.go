package modbus

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"testing"
)

// request of the test server's view.
type asked struct {
	body        []byte
	transaction uint16 // 0 on a serial line
	unit        byte
	address     uint16
	count       uint16
	n           int // how many requests the server saw before this one, over all connections
}

// misbehave answers one request on conn; returning false closes the connection.
type misbehave func(conn net.Conn, r asked) bool

type server struct {
	address string
	mu      sync.Mutex
	seen    int
	accepts int
}

func (s *server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepts
}

// serve runs a Modbus/TCP server that behaves as told until the test ends.
func serve(t *testing.T, behave misbehave) *server {
	return listen(t, func(s *server, conn net.Conn) { s.talk(conn, behave) })
}

// listen talks with every client until the test ends.
func listen(t *testing.T, talk func(*server, net.Conn)) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{address: listener.Addr().String()}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.accepts++
			s.mu.Unlock()
			running.Go(func() {
				defer conn.Close()
				defer context.AfterFunc(ctx, func() { conn.Close() })()
				talk(s, conn)
			})
		}
	})
	t.Cleanup(func() {
		stop()
		listener.Close()
		running.Wait()
	})
	return s
}

func (s *server) talk(conn net.Conn, behave misbehave) {
	in := frames{source: conn, shortest: 2}
	for {
		frame, err := in.next()
		if err != nil {
			return
		}
		body := frame[prefixSize:]
		r := s.asked(body)
		r.transaction = transaction(frame)
		if !behave(conn, r) {
			return
		}
	}
}

// asked counts a request.
func (s *server) asked(body []byte) asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.seen
	s.seen++
	data := dataOf(body)
	return asked{
		body: body, unit: unitOf(body), n: n, address: binary.BigEndian.Uint16(data), count: binary.BigEndian.Uint16(data[2:]),
	}
}

// registers is the answer of a device whose register a of unit u holds 1000*u+a.
func (r asked) registers() []byte {
	data := []byte{byte(2 * r.count)}
	for i := range r.count {
		data = binary.BigEndian.AppendUint16(data, 1000*uint16(r.unit)+r.address+i)
	}
	return frame(r.transaction, r.unit, readHolding, data)
}

func frame(id uint16, unit, function byte, data []byte) []byte {
	return appendFrame(nil, id, append([]byte{unit, function}, data...))
}

func open(t *testing.T, c Config) *Link {
	t.Helper()
	l, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func wantRegister(t *testing.T, c *Client, address, want uint16) {
	t.Helper()
	got, _, err := c.ReadHoldingRegisters(t.Context(), address, 1)
	if err != nil {
		t.Fatalf("register %d: %v", address, err)
	}
	if got[0] != want {
		t.Fatalf("register %d: got %d, want %d", address, got[0], want)
	}
}

func wantError(t *testing.T, c *Client, address, count uint16, want error) {
	t.Helper()
	got, _, err := c.ReadHoldingRegisters(t.Context(), address, count)
	if !errors.Is(err, want) {
		t.Fatalf("register %d: got %v %v, want error %v", address, got, err, want)
	}
}
