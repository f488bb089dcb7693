package modbus

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"
)

// serving runs Serve until the test ends and returns its address.
func serving(t *testing.T, h Handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- Serve(ctx, listener, h) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// Several clients share a device that accepts one.
func TestProxySharesADevice(t *testing.T) {
	device := serve(t, func(conn net.Conn, r asked) bool {
		switch {
		case r.address == 999:
			conn.Write(frame(r.transaction, r.unit, readHolding|exceptionBit, []byte{6}))
		case functionOf(r.body) == readHolding:
			conn.Write(r.registers())
		default:
			conn.Write(frame(r.transaction, r.unit, functionOf(r.body), dataOf(r.body)[:4]))
		}
		return true
	})
	link := open(t, Config{Address: device.address, Queue: 64})
	address := serving(t, Proxy{Link: link})
	var clients sync.WaitGroup
	for unit := byte(1); unit <= 4; unit++ {
		clients.Go(func() {
			c := open(t, Config{Address: address}).Unit(unit)
			for a := range uint16(20) {
				got, _, err := c.ReadHoldingRegisters(t.Context(), a, 1)
				if want := 1000*uint16(unit) + a; err != nil || got[0] != want {
					t.Errorf("unit %d register %d: got %d %v, want %d", unit, a, got, err, want)
				}
			}
		})
	}
	clients.Wait()
	if got := device.connections(); got != 1 {
		t.Errorf("connections of the device: got %d, want 1", got)
	}
	c := open(t, Config{Address: address}).Unit(1)
	wantError(t, c, 999, 1, ErrBusy)
	if err := c.WriteMultipleRegisters(t.Context(), 1, []uint16{1}); !errors.Is(err, ErrIllegalFunction) {
		t.Errorf("write: got %v, want %v", err, ErrIllegalFunction)
	}
	writable := open(t, Config{Address: serving(t, Proxy{Link: link, Writable: true})}).Unit(1)
	if err := writable.WriteMultipleRegisters(t.Context(), 1, []uint16{1}); err != nil {
		t.Errorf("write through a writable proxy: %v", err)
	}
}

// A proxy whose device is gone says so with the codes of a gateway.
func TestProxyTellsThatTheDeviceIsGone(t *testing.T) {
	silent := serve(t, func(net.Conn, asked) bool { return true })
	for address, want := range map[string]error{closedPort(t): ErrGatewayPath, silent.address: ErrGatewayTarget} {
		link := open(t, Config{Address: address, Timeout: 30 * time.Millisecond})
		wantError(t, open(t, Config{Address: serving(t, Proxy{Link: link})}).Unit(1), 1, 1, want)
	}
}

func TestImage(t *testing.T) {
	c := open(t, Config{Address: serving(t, Image{0: 5, 10: 7, 11: 8, 0xFFFF: 9})}).Unit(1)
	wantRegister(t, c, 0, 5)
	wantRegister(t, c, 11, 8)
	wantRegister(t, c, 0xFFFF, 9)
	wantError(t, c, 11, 2, ErrIllegalAddress)
	wantError(t, c, 0xFFFF, 2, ErrIllegalAddress)
	if got, _, err := c.ReadInputRegisters(t.Context(), 10, 2); err != nil || got[1] != 8 {
		t.Errorf("input registers: got %d %v, want 7 and 8", got, err)
	}
}

// Modbus/TCP Security: the same frames inside TLS, with a device that is not who it should be refused.
func TestTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- Serve(ctx, listener, Image{1: 77}) }()
	t.Cleanup(func() { stop(); <-done })

	trusted := x509.NewCertPool()
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	trusted.AddCert(certificate)
	c := Config{Transport: TLS, Address: listener.Addr().String(), TLS: &tls.Config{RootCAs: trusted}}
	wantRegister(t, open(t, c).Unit(1), 1, 77)
	c.TLS = nil
	wantError(t, open(t, c).Unit(1), 1, 1, ErrConnect)
}

// A connection that is not used is given up, so that others find the device free.
func TestReleaseFreesTheDevice(t *testing.T) {
	gone := make(chan struct{}, 1)
	s := listen(t, func(s *server, conn net.Conn) {
		s.talk(conn, func(conn net.Conn, r asked) bool { conn.Write(r.registers()); return true })
		gone <- struct{}{}
	})
	c := open(t, Config{Address: s.address, Release: 20 * time.Millisecond}).Unit(1)
	wantRegister(t, c, 1, 1001)
	<-gone
	wantRegister(t, c, 2, 1002)
	if got := s.connections(); got != 2 {
		t.Errorf("connections: got %d, want 2", got)
	}
}
