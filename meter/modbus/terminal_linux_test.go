package modbus

import (
	"errors"
	"fmt"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal makes a pseudo terminal: the device's end, and the path of ours.
func terminal(t *testing.T) (device *os.File, path string) {
	t.Helper()
	device, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	fd := int(device.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // Fd made it blocking
		t.Fatal(err)
	}
	path = fmt.Sprintf("/dev/pts/%d", n)
	// A terminal nobody has open at the other end reads as broken; this keeps it open until ours is.
	hold, err := os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hold.Close() })
	return device, path
}

// fileConn lets a file stand where the test server has a connection.
type fileConn struct{ *os.File }

func (fileConn) LocalAddr() net.Addr  { return nil }
func (fileConn) RemoteAddr() net.Addr { return nil }

// The line itself: a pseudo terminal, set raw, with a device at its other end.
func TestSerialLine(t *testing.T) {
	device, path := terminal(t)
	s := &server{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.talkRTU(fileConn{File: device}, func(conn net.Conn, r asked) bool { conn.Write(r.rtuRegisters()); return true })
	}()
	t.Cleanup(func() { device.Close(); <-done })
	l := open(t, Config{Transport: RTU, Address: path, Serial: Serial{Baud: 115200, Parity: EvenParity, Stop: 2}})
	for address := range uint16(5) {
		wantRegister(t, l.Unit(2), 10+address, 2010+address)
	}
	if registers, _, err := l.Unit(2).ReadInputRegisters(t.Context(), 1, 125); !errors.Is(err, ErrProtocol) {
		t.Errorf("answer of function 3 to function 4: got %d registers %v, want %v", len(registers), err, ErrProtocol)
	}
	missing := open(t, Config{Transport: RTU, Address: path + "-missing"})
	wantError(t, missing.Unit(1), 1, 1, ErrConnect)
}
