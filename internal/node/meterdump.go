package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/wattle/wattle/meter/modbus"
	"github.com/wattle/wattle/meter/sunspec"
)

// MeterDumpConfig says which registers to write where.
type MeterDumpConfig struct {
	DeviceConfig
	Registers string // "40000-40199"; empty: the device's SunSpec models
	Out       string
}

// MeterDump writes registers of a unit to a file: a JSON object of address to value, null where the device refused.
func MeterDump(ctx context.Context, c MeterDumpConfig, stdout io.Writer) error {
	if c.Out == "" {
		return fmt.Errorf("--out: name the file to write: %w", ErrConfig)
	}
	first, last, err := parseRegisters(c.Registers)
	if err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.link.Close() // only reads were sent
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	if c.Registers == "" {
		chain, err := sunspec.Discover(ctx, d.client)
		if err != nil {
			return d.explain(err)
		}
		end := chain.Blocks[len(chain.Blocks)-1]
		first, last = int(chain.Base), min(int(end.Address)+1+int(end.Length)+2, 0xFFFF) // with the end marker
	}
	registers, err := readAll(ctx, d.client, first, last)
	if err != nil {
		return d.explain(err)
	}
	if err := writeDump(c.Out, registers); err != nil {
		return fmt.Errorf("write %s: %w; nothing was changed", c.Out, err)
	}
	refused := 0
	for _, v := range registers {
		if v == nil {
			refused++
		}
	}
	_, err = fmt.Fprintf(stdout, "%d registers from %d to %d, %d of them refused, written to %s\n", len(registers), first, last, refused, c.Out)
	return err
}

func parseRegisters(text string) (first, last int, err error) {
	if text == "" {
		return 0, 0, nil
	}
	low, high, _ := strings.Cut(text, "-")
	first, err = strconv.Atoi(low)
	if err == nil {
		last, err = strconv.Atoi(high)
	}
	if err != nil || first < 0 || last > 0xFFFF || first > last {
		return 0, 0, fmt.Errorf("--registers %q: use a range within 0-65535, such as 40000-40199: %w", text, ErrConfig)
	}
	return first, last, nil
}

// readAll reads registers in runs, halving what is refused down to single registers, which are nil.
func readAll(ctx context.Context, client *modbus.Client, first, last int) (map[int]*uint16, error) {
	registers := make(map[int]*uint16)
	var read func(first, last int) error
	read = func(first, last int) error {
		words, _, err := client.ReadHoldingRegisters(ctx, uint16(first), uint16(last-first+1))
		switch {
		case modbus.Refused(err) && first == last:
			registers[first] = nil
		case modbus.Refused(err):
			middle := (first + last) / 2
			if err := read(first, middle); err != nil {
				return err
			}
			return read(middle+1, last)
		case err != nil:
			return err
		}
		for i, w := range words {
			registers[first+i] = &w
		}
		return nil
	}
	for at := first; at <= last; at += int(client.Limit()) {
		if err := read(at, min(at+int(client.Limit())-1, last)); err != nil {
			return nil, err
		}
	}
	return registers, nil
}

// writeDump writes the file whole or not at all.
func writeDump(path string, registers map[int]*uint16) error {
	var b strings.Builder
	b.WriteString("{")
	addresses := make([]int, 0, len(registers))
	for a := range registers {
		addresses = append(addresses, a)
	}
	slices.Sort(addresses)
	for i, a := range addresses {
		value := "null"
		if v := registers[a]; v != nil {
			value = strconv.Itoa(int(*v))
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q: %s", strconv.Itoa(a), value)
	}
	b.WriteString("}\n")
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = file.WriteString(b.String())
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// MeterServeConfig says what to serve where.
type MeterServeConfig struct {
	Dump   string
	Listen string
}

// MeterServe answers as the device whose registers were dumped, until ctx is done.
func MeterServe(ctx context.Context, c MeterServeConfig, stdout io.Writer) error {
	if c.Dump == "" {
		return fmt.Errorf("--dump: name a file that wattle meter dump wrote: %w", ErrConfig)
	}
	text, err := os.ReadFile(c.Dump)
	if err != nil {
		return fmt.Errorf("--dump: %w", err)
	}
	var registers map[uint16]*uint16
	if err := json.Unmarshal(text, &registers); err != nil {
		return fmt.Errorf("--dump %s is no dump, an object of register to value: %w: %w", c.Dump, err, ErrConfig)
	}
	image := modbus.Image{}
	for address, value := range registers {
		if value != nil {
			image[address] = *value
		}
	}
	return serveModbus(ctx, c.Listen, image, stdout, fmt.Sprintf("%d registers of %s", len(image), c.Dump))
}

// serveModbus says where it listens before it answers the first.
func serveModbus(ctx context.Context, address string, h modbus.Handler, stdout io.Writer, what string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("--listen %s: %w: use another address or port", address, err)
	}
	if _, err := fmt.Fprintf(stdout, "%s at tcp://%s\n", what, listener.Addr()); err != nil {
		return errors.Join(err, listener.Close())
	}
	return modbus.Serve(ctx, listener, h)
}

// MeterProxyConfig says which device to share where.
type MeterProxyConfig struct {
	DeviceConfig
	Listen   string
	Writable bool
}

// MeterProxy lets several clients share a device that accepts one, until ctx is done.
func MeterProxy(ctx context.Context, c MeterProxyConfig, stdout io.Writer) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	err = serveModbus(ctx, c.Listen, modbus.Proxy{Link: d.link, Writable: c.Writable}, stdout, "device "+d.address+" shared")
	return errors.Join(err, d.link.Close())
}
