package agent

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/wattle/wattle/meter"
)

// An outbox file is the header, then records: kind (u8), payload of the kind's length, CRC-32C over both (u32).
// Numbers are big-endian.
const outboxHeader = "wattle/outbox/1\n"

type recordKind byte

const (
	bootRecord    recordKind = 'B' // how often the outbox was opened (u32)
	readingRecord recordKind = 'R' // a signed reading
	carryRecord   recordKind = 'C' // what signed registers are ahead of the device's, import then export (2 × u64, Wh)
	sentRecord    recordKind = 'S' // every reading up to this counter was sent (u64)
)

var payloadSizes = map[recordKind]int{bootRecord: 4, readingRecord: meter.SignedReadingSize, sentRecord: 8, carryRecord: 16}

type record struct {
	kind    recordKind
	payload []byte
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func recordSize(payload int) int { return 1 + payload + 4 }

func appendRecord(b []byte, r record) []byte {
	start := len(b)
	b = append(append(b, byte(r.kind)), r.payload...)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

// decodeRecords reads a file. A crash leaves at most one unfinished record at its end, or zeros where a file system
// had made room; that is ignored. Anything else that is not a record is ErrOutboxDamaged.
func decodeRecords(data []byte) ([]record, error) {
	if len(data) < len(outboxHeader) || string(data[:len(outboxHeader)]) != outboxHeader {
		return nil, fmt.Errorf("no header: %w", ErrOutboxDamaged)
	}
	var records []record
	for rest := data[len(outboxHeader):]; len(rest) > 0; {
		r, size := decodeRecord(rest)
		if size == 0 {
			if len(rest) > recordSize(meter.SignedReadingSize) && !zero(rest[recordSize(meter.SignedReadingSize):]) {
				return nil, fmt.Errorf("byte %d: %w", len(data)-len(rest), ErrOutboxDamaged)
			}
			return records, nil
		}
		records = append(records, r)
		rest = rest[size:]
	}
	return records, nil
}

// decodeRecord reads the first record of b and its size, which is 0 where there is none.
func decodeRecord(b []byte) (record, int) {
	payload, ok := payloadSizes[recordKind(b[0])]
	size := recordSize(payload)
	if !ok || len(b) < size || binary.BigEndian.Uint32(b[size-4:]) != crc32.Checksum(b[:size-4], castagnoli) {
		return record{}, 0
	}
	return record{recordKind(b[0]), b[1 : 1+payload]}, size
}

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
