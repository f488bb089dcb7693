package node

import (
	"encoding/binary"
	"fmt"
	"os"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
)

// ErrWorkload is returned for a file that is not a workload.
var ErrWorkload = problem.New(problem.Invalid, "not a workload")

// workload is a file of commands with the trades they lead to: "MEWL" version 1, little-endian.
type workload struct {
	instruments        int
	warmup             int // records that are not timed
	minPrice, maxPrice int64
	maxID, peakLive    uint64
	expected           tradeSum
	cancels            uint64 // that found their order
	records            []record
}

// record is one command of a workload, in memory as small as in the file.
type record struct {
	id         uint64
	price      int64
	quantity   uint32
	owner      uint32
	instrument uint16
	kind       recordKind
	side       exchange.Side
}

type recordKind uint8

// The kinds of record, as the file numbers them.
const (
	recordLimit recordKind = iota
	recordImmediate
	recordMarket
	recordCancel
)

const (
	workloadMagic  = "MEWL0001"
	workloadHeader = 128
	recordSize     = 32

	// What one workload may ask for, so that a damaged header does not claim the machine.
	maxInstruments = 1 << 14
	maxOrderID     = 1 << 28
	maxPriceSpan   = 1 << 24
)

func readWorkload(name string) (*workload, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("workload: %w", err)
	}
	w, err := parseWorkload(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return w, nil
}

// parseWorkload reads a whole workload and checks that every record lies within what the header says.
func parseWorkload(data []byte) (*workload, error) {
	if len(data) < workloadHeader || string(data[:8]) != workloadMagic || binary.LittleEndian.Uint32(data[8:]) != 1 {
		return nil, fmt.Errorf("it does not begin with %s, version 1: %w", workloadMagic, ErrWorkload)
	}
	field := func(i int) uint64 { return binary.LittleEndian.Uint64(data[16+8*i:]) }
	w := &workload{
		instruments: int(binary.LittleEndian.Uint32(data[12:])), minPrice: int64(field(2)), maxPrice: int64(field(3)),
		maxID: field(4), expected: tradeSum{field(6), field(7), field(8)}, cancels: field(9),
	}
	count, warmup, body := field(0), field(1), data[workloadHeader:]
	switch {
	case uint64(len(body))%recordSize != 0 || uint64(len(body))/recordSize != count:
		return nil, fmt.Errorf("%d bytes of records, want %d records of %d: %w", len(body), count, recordSize, ErrWorkload)
	case warmup > count:
		return nil, fmt.Errorf("%d of %d records are warm-up: %w", warmup, count, ErrWorkload)
	case w.instruments == 0 || w.instruments > maxInstruments:
		return nil, fmt.Errorf("%d instruments, want 1 to %d: %w", w.instruments, maxInstruments, ErrWorkload)
	case w.minPrice > w.maxPrice || w.minPrice < -1<<40 || w.maxPrice > 1<<40 || w.maxPrice-w.minPrice >= maxPriceSpan:
		return nil, fmt.Errorf("prices of %d to %d: %w", w.minPrice, w.maxPrice, ErrWorkload)
	case w.maxID > maxOrderID:
		return nil, fmt.Errorf("order ids up to %d, want at most %d: %w", w.maxID, maxOrderID, ErrWorkload)
	}
	w.warmup, w.peakLive = int(warmup), min(field(13), count)
	w.records = make([]record, count)
	for i := range w.records {
		r := body[i*recordSize : (i+1)*recordSize]
		if err := w.parse(&w.records[i], r); err != nil {
			return nil, fmt.Errorf("record %d: %w: %w", i, err, ErrWorkload)
		}
	}
	return w, nil
}

// parse reads one record. An order at any price gets the limit that meets them all.
func (w *workload) parse(r *record, b []byte) error {
	*r = record{
		id: binary.LittleEndian.Uint64(b), price: int64(binary.LittleEndian.Uint64(b[8:])), quantity: binary.LittleEndian.Uint32(b[16:]),
		owner: binary.LittleEndian.Uint32(b[20:]), instrument: binary.LittleEndian.Uint16(b[24:]), kind: recordKind(b[26]), side: exchange.Buy,
	}
	if b[27] == 1 {
		r.side = exchange.Sell
	}
	if r.kind == recordMarket {
		r.price = w.maxPrice
		if r.side == exchange.Sell {
			r.price = w.minPrice
		}
	}
	switch {
	case r.kind > recordCancel || b[27] > 1:
		return fmt.Errorf("type %d, side %d", r.kind, b[27])
	case r.id == 0 || r.id > w.maxID:
		return fmt.Errorf("order %d, want 1 to %d", r.id, w.maxID)
	case int(r.instrument) >= w.instruments:
		return fmt.Errorf("instrument %d of %d", r.instrument, w.instruments)
	case r.kind != recordCancel && (r.quantity == 0 || r.price < w.minPrice || r.price > w.maxPrice):
		return fmt.Errorf("quantity %d at price %d", r.quantity, r.price)
	}
	return nil
}
