package oracle

import (
	"encoding/binary"
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
)

// Outcome is the state the oracles carry from interval to interval, and the result of the newest one.
type Outcome struct {
	Next   energy.Interval       // the interval to be closed next
	Last   []meter.SignedReading // newest reading of each meter, ascending by meter
	Closed bool                  // the interval before Next is attested by this outcome; not so the first, which gives bases
	Leaves []Leaf                // of the closed interval, ascending by meter

	Settled SettlementReport // the newest that was agreed on; its number is 0 before the first
}

const outcomeDomain = "wattle/outcome/2"

// AppendOutcome appends the outcome's bytes.
func AppendOutcome(b []byte, o Outcome) []byte {
	b = append(b, outcomeDomain...)
	b, _ = o.Next.AppendBinary(b) // never fails
	b = appendFlag(b, o.Closed)
	b = appendSettled(b, o.Settled)
	b = binary.BigEndian.AppendUint32(b, uint32(len(o.Last)))
	for _, s := range o.Last {
		b = meter.AppendSignedReading(b, s)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(o.Leaves)))
	for _, l := range o.Leaves {
		b = AppendLeaf(b, l)
	}
	return b
}

// DecodeOutcome reads what AppendOutcome wrote.
func DecodeOutcome(b []byte) (Outcome, error) {
	const head = len(outcomeDomain) + energy.IntervalSize + 1
	if len(b) < head || string(b[:len(outcomeDomain)]) != outcomeDomain || b[head-1] > 1 {
		return Outcome{}, fmt.Errorf("outcome of %d bytes: %w", len(b), ErrMalformed)
	}
	b = b[len(outcomeDomain):]
	next, err := energy.DecodeInterval(b)
	if err != nil {
		return Outcome{}, fmt.Errorf("outcome: %w", err)
	}
	o := Outcome{Next: next, Closed: b[energy.IntervalSize] == 1}
	if o.Settled, b, err = cutSettled(b[energy.IntervalSize+1:]); err != nil {
		return Outcome{}, fmt.Errorf("outcome: %w", err)
	}
	if len(b) < 4 {
		return Outcome{}, fmt.Errorf("outcome without meters: %w", ErrMalformed)
	}
	count := binary.BigEndian.Uint32(b)
	b = b[4:]
	if count > MaxLeaves || len(b) < int(count)*meter.SignedReadingSize+4 {
		return Outcome{}, fmt.Errorf("outcome with %d meters: %w", count, ErrMalformed)
	}
	for range count {
		s, err := meter.DecodeSignedReading(b[:meter.SignedReadingSize])
		if err != nil {
			return Outcome{}, fmt.Errorf("outcome: %w", err)
		}
		o.Last = append(o.Last, s)
		b = b[meter.SignedReadingSize:]
	}
	count = binary.BigEndian.Uint32(b)
	b = b[4:]
	if count > MaxLeaves || len(b) != int(count)*LeafSize {
		return Outcome{}, fmt.Errorf("outcome with %d leaves: %w", count, ErrMalformed)
	}
	for ; len(b) > 0; b = b[LeafSize:] {
		l, err := DecodeLeaf(b[:LeafSize])
		if err != nil {
			return Outcome{}, err
		}
		o.Leaves = append(o.Leaves, l)
	}
	return o, o.check()
}

// appendFlag appends a byte 0 or 1.
func appendFlag(b []byte, set bool) []byte {
	if set {
		return append(b, 1)
	}
	return append(b, 0)
}

// appendSettled appends 1 and a settlement report, or 0 where there is none.
func appendSettled(b []byte, r SettlementReport) []byte {
	b = appendFlag(b, r.Number > 0)
	if r.Number > 0 {
		b = AppendSettlementReport(b, r)
	}
	return b
}

// cutSettled reads what appendSettled wrote and returns the bytes behind it.
func cutSettled(b []byte) (SettlementReport, []byte, error) {
	switch {
	case len(b) > 0 && b[0] == 0:
		return SettlementReport{}, b[1:], nil
	case len(b) <= SettlementReportSize || b[0] != 1:
		return SettlementReport{}, nil, fmt.Errorf("settlement report in %d bytes: %w", len(b), ErrMalformed)
	}
	r, err := DecodeSettlementReport(b[1 : 1+SettlementReportSize])
	return r, b[1+SettlementReportSize:], err
}

// check says whether the outcome can be one of Decide's.
func (o Outcome) check() error {
	switch {
	case !ascend(o.Last, func(s meter.SignedReading) energy.Meter { return s.Meter }),
		!ascend(o.Leaves, func(l Leaf) energy.Meter { return l.Meter }):
		return fmt.Errorf("outcome with meters out of order: %w", ErrMalformed)
	case !o.Closed && len(o.Leaves) > 0, o.Closed && o.Next.StartUnix() == 0:
		return fmt.Errorf("outcome that closes no interval: %w", ErrMalformed)
	}
	return nil
}

// ascend reports whether each item's meter comes after the one before.
func ascend[T any](items []T, id func(T) energy.Meter) bool {
	for i := range items {
		if i > 0 && id(items[i-1]) >= id(items[i]) {
			return false
		}
	}
	return true
}
