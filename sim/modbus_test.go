package sim

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/goburrow/modbus"
)

// serving starts the server of a home whose clock stands at the given time, and returns its address and how to stop it.
func serving(t *testing.T, h *Home, at time.Time) (address string, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Serve(ctx, listener, func() time.Time { return at }) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(stop)
	return listener.Addr().String(), stop
}

func client(t *testing.T, address string, unit byte) modbus.Client {
	t.Helper()
	handler := modbus.NewTCPClientHandler(address)
	handler.SlaveId, handler.Timeout = unit, 10*time.Second
	t.Cleanup(func() { handler.Close() })
	return modbus.NewClient(handler)
}

// walk reads the SunSpec chain of a unit as a stranger would, block by block.
func walk(t *testing.T, c modbus.Client) map[uint16][]uint16 {
	t.Helper()
	read := func(address, count uint16) []uint16 {
		t.Helper()
		raw, err := c.ReadHoldingRegisters(address, count)
		if err != nil || len(raw) != int(2*count) {
			t.Fatalf("read %d registers at %d: got %d bytes, %v", count, address, len(raw), err)
		}
		words := make([]uint16, count)
		for i := range words {
			words[i] = binary.BigEndian.Uint16(raw[2*i:])
		}
		return words
	}
	if mark := read(40000, 2); mark[0] != 0x5375 || mark[1] != 0x6E53 {
		t.Fatalf("got %#x at 40000, want SunS", mark)
	}
	models := map[uint16][]uint16{}
	for address := uint16(40002); ; {
		head := read(address, 2)
		if head[0] == 0xFFFF {
			return models
		}
		models[head[0]] = read(address, head[1]+2)
		address += head[1] + 2
	}
}

// pick finds a home with or without roof and battery.
func pick(t *testing.T, n *Neighbourhood, solar, storage bool) *Home {
	t.Helper()
	for _, h := range n.Homes() {
		if (h.Inverter > 0) == solar && (h.Capacity > 0) == storage {
			return h
		}
	}
	t.Fatalf("no home with solar %t, battery %t", solar, storage)
	return nil
}

func TestClientReadsTheState(t *testing.T) {
	at := summer.Add(3*time.Hour + 42*time.Second)
	n := street(t, Config{Seed: 6})
	for _, c := range []struct {
		name           string
		solar, storage bool
		models         int
	}{{"roof", true, false, 4}, {"roof and battery", true, true, 6}, {"neither", false, false, 0}} {
		t.Run(c.name, func(t *testing.T) {
			h := pick(t, n, c.solar, c.storage)
			s := h.State(at)
			address, _ := serving(t, h, at)
			m := walk(t, client(t, address, MeterUnit))[203]
			accumulated := func(words []uint16) int64 { return int64(words[0])<<16 | int64(words[1]) }
			if got := int64(int16(m[18])); got != int64(s.Grid) {
				t.Errorf("203 W: got %d, want %d", got, s.Grid)
			}
			if got := accumulated(m[38:]); got != int64(s.Export) {
				t.Errorf("203 TotWhExp: got %d, want %d", got, s.Export)
			}
			if got := accumulated(m[46:]); got != int64(s.Import) {
				t.Errorf("203 TotWhImp: got %d, want %d", got, s.Import)
			}
			if c.models == 0 {
				return
			}
			chain := walk(t, client(t, address, InverterUnit))
			if len(chain) != c.models {
				t.Errorf("inverter: got %d models, want %d", len(chain), c.models)
			}
			if got := int64(int16(chain[103][14])); got != int64(s.Solar) {
				t.Errorf("103 W: got %d, want %d", got, s.Solar)
			}
			if got := accumulated(chain[103][24:]); got != int64(s.Production) {
				t.Errorf("103 WH: got %d, want %d", got, s.Production)
			}
			if !c.storage {
				return
			}
			if got := int64(int16(chain[802][47])); got != int64(s.Battery) {
				t.Errorf("802 W: got %d, want %d", got, s.Battery)
			}
			if got, want := int(chain[802][11]), int(10_000*s.Charge+0.5); got != want {
				t.Errorf("802 SoC: got %d, want %d", got, want)
			}
		})
	}
}

func TestExceptions(t *testing.T) {
	h := pick(t, street(t, Config{}), false, false)
	address, _ := serving(t, h, summer)
	meter, inverter := client(t, address, MeterUnit), client(t, address, InverterUnit)
	size := uint16(len(h.image(MeterUnit, summer)))
	for _, c := range []struct {
		name string
		call func() ([]byte, error)
		want byte
	}{
		{"coils", func() ([]byte, error) { return meter.ReadCoils(0, 1) }, illegalFunction},
		{"below the map", func() ([]byte, error) { return meter.ReadHoldingRegisters(39999, 2) }, illegalAddress},
		{"over the end", func() ([]byte, error) { return meter.ReadInputRegisters(40000+size-1, 2) }, illegalAddress},
		{"highest address", func() ([]byte, error) { return meter.ReadHoldingRegisters(65535, 125) }, illegalAddress},
		{"a consumer's inverter", func() ([]byte, error) { return inverter.ReadHoldingRegisters(40000, 2) }, illegalAddress},
		{"write", func() ([]byte, error) { return meter.WriteSingleRegister(40010, 1) }, illegalAddress},
		{"write several", func() ([]byte, error) { return meter.WriteMultipleRegisters(40010, 2, make([]byte, 4)) }, illegalAddress},
	} {
		_, err := c.call()
		var e *modbus.ModbusError
		if !errors.As(err, &e) || e.ExceptionCode != c.want {
			t.Errorf("%s: got %v, want exception %d", c.name, err, c.want)
		}
	}
	if raw, err := meter.ReadInputRegisters(40000+size-2, 2); err != nil || !bytes.Equal(raw, []byte{0xFF, 0xFF, 0, 0}) {
		t.Errorf("end marker: got %x, %v", raw, err)
	}
	for _, request := range [][]byte{
		{3, 0x9C, 0x40, 0, 0}, {4, 0x9C, 0x40, 0, 126}, {3}, {6, 0x9C, 0x40},
		{16, 0x9C, 0x40, 0, 2, 4, 0}, {16, 0x9C, 0x40, 0, 0, 0},
	} {
		if got, want := respond(request, nil, nil), []byte{request[0] | 0x80, illegalValue}; !bytes.Equal(got, want) {
			t.Errorf("request %x: got %x, want %x", request, got, want)
		}
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	at := summer.Add(5 * time.Hour)
	h := pick(t, street(t, Config{Seed: 6}), true, true)
	address, _ := serving(t, h, at)
	want := h.image(InverterUnit, at)[70:120]
	var group sync.WaitGroup
	for range 12 {
		c := client(t, address, InverterUnit)
		group.Go(func() {
			for range 50 {
				raw, err := c.ReadHoldingRegisters(40070, 50)
				if err != nil || len(raw) != 100 {
					t.Errorf("got %d bytes, %v", len(raw), err)
					return
				}
				for i, w := range want {
					if got := binary.BigEndian.Uint16(raw[2*i:]); got != w {
						t.Errorf("register %d: got %d, want %d", 40070+i, got, w)
						return
					}
				}
			}
		})
	}
	group.Wait()
}

func TestStopDropsConnections(t *testing.T) {
	address, stop := serving(t, street(t, Config{}).Homes()[0], summer)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	request := []byte{0, 7, 0, 0, 0, 6, MeterUnit, 3, 0x9C, 0x40, 0, 2}
	answer := make([]byte, 13)
	if _, err := conn.Write(request); err != nil {
		t.Fatal(err)
	}
	want := append([]byte{0, 7, 0, 0, 0, 7, MeterUnit, 3, 4}, "SunS"...)
	if _, err := io.ReadFull(conn, answer); err != nil || !bytes.Equal(answer, want) {
		t.Fatalf("got %x, %v", answer, err)
	}
	stop()
	if _, err := conn.Read(answer); err == nil {
		t.Error("the connection outlived its server")
	}
	if late, err := net.Dial("tcp", address); err == nil {
		late.Close()
		t.Error("the listener outlived its server")
	}
}

func TestServerHangsUp(t *testing.T) {
	address, _ := serving(t, street(t, Config{}).Homes()[0], summer)
	for name, bad := range map[string][]byte{
		"another protocol": {0, 1, 0, 1, 0, 6, 2, 3, 0x9C, 0x40, 0, 2},
		"no function":      {0, 1, 0, 0, 0, 1, 2},
		"too long":         {0, 1, 0, 0, 1, 0, 2},
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(bad); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, 1)); err == nil {
			t.Errorf("%s: got %d bytes, want the end of the connection", name, n)
		}
		conn.Close()
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	address, _ := serving(t, street(t, Config{}).Homes()[0], summer)
	for i := range MaxConnections + 1 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.Write([]byte{0, 1, 0, 0, 0, 6, 2, 3, 0x9C, 0x40, 0, 2})
		if _, err := conn.Read(make([]byte, 1)); (err == nil) != (i < MaxConnections) {
			t.Errorf("client %d: %v", i+1, err)
		}
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	h := street(t, Config{}).Homes()[0]
	if err := h.Serve(context.Background(), listener, func() time.Time { return summer }); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, want that the listener is closed", err)
	}
}

// fixed are units that all have the same registers, none of which can be written.
type fixed []uint16

func (f fixed) image(byte) []uint16                 { return f }
func (fixed) write(byte, int, []uint16) byte        { return illegalAddress }
func (fixed) fate(byte) (byte, time.Duration, bool) { return 0, 0, false }

// Whatever arrives, every answer is a frame that belongs to its request, and a read returns what was asked for.
func FuzzRequests(f *testing.F) {
	registers := make([]uint16, 300)
	for i := range registers {
		registers[i] = uint16(i)
	}
	f.Add([]byte{0, 1, 0, 0, 0, 6, 2, 3, 0x9C, 0x40, 0, 2})
	f.Add([]byte{0, 1, 0, 0, 0, 6, 2, 4, 0x9D, 0x6B, 0, 125})
	f.Add([]byte{0, 1, 0, 0, 0, 11, 2, 16, 0x9C, 0x40, 0, 2, 4, 0, 1, 0, 2})
	f.Add([]byte{0, 1, 0, 0, 0, 2, 2, 0x83, 0, 1, 0, 0, 0, 6, 2, 6, 0x9C, 0x40, 0, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		for {
			begin := len(data) - r.Len()
			answer, err := next(r, fixed(registers))
			if err != nil {
				return
			}
			request := data[begin : len(data)-r.Len()]
			length := int(binary.BigEndian.Uint16(answer[4:]))
			if len(answer) > headerSize+maxPDU || length != len(answer)-6 || !bytes.Equal(answer[:4], request[:4]) ||
				answer[6] != request[6] || answer[7]&^exceptionFlag != request[7]&^exceptionFlag {
				t.Fatalf("request %x: answer %x", request, answer)
			}
			if answer[7]&exceptionFlag != 0 {
				if len(answer) != 9 || answer[8] < illegalFunction || answer[8] > illegalValue {
					t.Fatalf("request %x: exception %x", request, answer)
				}
				continue
			}
			first, count := int(binary.BigEndian.Uint16(request[8:])), int(binary.BigEndian.Uint16(request[10:]))
			if len(answer) != 9+2*count || int(binary.BigEndian.Uint16(answer[9:])) != first-Base {
				t.Fatalf("request %x: answer %x", request, answer)
			}
		}
	})
}
