package agent

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/modbus"
)

const childDevices = "WATTLE_TEST_DEVICES" // makes the test binary a street of meters

// serveDevices answers every connection as a SunSpec meter, on every loopback address, until its input ends. Addresses
// that end in 7 never answer; those that end in 8 take half a second.
func serveDevices() {
	registers := modbus.Image{}
	put := func(address int, words ...uint16) int {
		for i, w := range words {
			registers[uint16(address+i)] = w
		}
		return address + len(words)
	}
	next := put(40000, 0x5375, 0x6E53, 1, 66)
	next = put(next, make([]uint16, 66)...)
	block := next
	next = put(next, 203, 105)
	next = put(next, make([]uint16, 105)...)
	put(next, 0xFFFF, 0)
	put(block+18, 500, 0, 0, 0, 0) // W
	put(block+38, 0, 1000)         // TotWhExp
	put(block+46, 0, 2000)         // TotWhImp
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answerMeter(conn, registers)
		}
	}()
	bufio.NewReader(os.Stdin).ReadString('\n')
	os.Exit(0)
}

func answerMeter(conn net.Conn, registers modbus.Image) {
	defer conn.Close()
	at := conn.LocalAddr().String()
	host, _, _ := net.SplitHostPort(at)
	var q [12]byte
	for {
		for n := 0; n < len(q); {
			m, err := conn.Read(q[n:])
			if err != nil {
				return
			}
			n += m
		}
		switch {
		case strings.HasSuffix(host, "7"):
			continue
		case strings.HasSuffix(host, "8"):
			time.Sleep(500 * time.Millisecond)
		}
		body := registers.Answer(context.Background(), q[6:])
		frame := binary.BigEndian.AppendUint16(append([]byte(nil), q[:4]...), uint16(len(body)))
		if _, err := conn.Write(append(frame, body...)); err != nil {
			return
		}
	}
}

// BenchmarkFleet is one process with an agent for each of 5,000 devices in another process, asked once a second; every
// tenth is dead and every tenth is slow. It reports the share of one core that the agents take, what they keep in memory
// for each device, and the longest pause between two looks at a device that is well.
func BenchmarkFleet(b *testing.B) {
	const devices, settle, watched = 5000, 12 * time.Second, 8 * time.Second
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < 4*devices {
		b.Skipf("needs %d files open, the limit is %d: ulimit -n %d", 4*devices, limit.Cur, 4*devices)
	}
	street := exec.Command(os.Args[0])
	street.Env = append(os.Environ(), childDevices+"=1")
	hold, err := street.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := street.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := street.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { hold.Close(); street.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	port := strings.TrimSpace(line)

	dir := b.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	polls := make([]atomic.Int64, devices)
	longest := make([]atomic.Int64, devices)
	last := make([]atomic.Int64, devices)
	started := time.Now()
	for i := range devices {
		host := fmt.Sprintf("127.1.%d.%d", i/100, 10+i%100)
		c := Config{
			Zone: "street", Meter: energy.Meter("meter-" + strconv.Itoa(i)), Key: ed25519.NewKeyFromSeed(make([]byte, 32)), Length: energy.OneHour,
			Sources: []Source{at(net.JoinHostPort(host, port), 1, GridMeter)}, Outbox: filepath.Join(dir, strconv.Itoa(i)),
			Now: time.Now, Log: slog.New(slog.DiscardHandler), Publish: func(context.Context, meter.SignedReading) error { return nil },
			Live: func(l meter.Live) {
				now := int64(time.Since(started))
				if l.Reachable {
					polls[i].Add(1)
					longest[i].Store(max(longest[i].Load(), now-last[i].Swap(now)))
				}
			},
		}
		running.Go(func() {
			time.Sleep(time.Duration(i) * time.Second / devices) // homes do not start in step
			if err := Run(ctx, c); err != nil {
				b.Error(err)
			}
		})
	}
	time.Sleep(settle)
	for i := range devices {
		polls[i].Store(0)
		longest[i].Store(0)
	}
	cpu, begin := processTime(), time.Now()
	time.Sleep(watched)
	cpu = processTime() - cpu
	elapsed := time.Since(begin).Seconds()
	total, pause := int64(0), int64(0)
	for i := range devices {
		total += polls[i].Load()
		if n := 10 + i%100; n%10 != 7 && n%10 != 8 {
			pause = max(pause, longest[i].Load())
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(100*cpu.Seconds()/elapsed, "%core")
	b.ReportMetric(float64(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse)/devices, "B/device")
	b.ReportMetric(float64(after.StackInuse-before.StackInuse)/devices, "stackB/device")
	b.ReportMetric(float64(total)/elapsed, "polls/s")
	b.ReportMetric(float64(pause)/1e6, "ms-longest-pause")
}

// processTime is what this process has computed so far.
func processTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
