package ledger

import (
	"context"
	"encoding/binary"
	"io"

	"github.com/jackc/pgx/v5"
)

// tuples writes rows in the binary form of COPY (PostgreSQL documentation, COPY, "Binary Format"): a third of the work of
// describing each value to the driver.
type tuples struct {
	buffer []byte
	read   int
	rows   int
	at     int
	row    func(i int, t *tuples)
	done   bool
}

// copyRows copies rows into a table; statement is a COPY ... FROM STDIN BINARY, and row appends the i-th row.
func copyRows(ctx context.Context, tx pgx.Tx, statement string, rows int, row func(i int, t *tuples)) error {
	if rows == 0 {
		return nil
	}
	t := &tuples{rows: rows, row: row, buffer: append(make([]byte, 0, 1<<17), "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)}
	_, err := tx.Conn().PgConn().CopyFrom(ctx, t, statement)
	return err
}

// Read hands over the next bytes.
func (t *tuples) Read(p []byte) (int, error) {
	if t.read == len(t.buffer) {
		t.buffer, t.read = t.buffer[:0], 0
	}
	for len(t.buffer) < 1<<16 && t.at < t.rows {
		t.row(t.at, t)
		t.at++
	}
	if t.at == t.rows && !t.done {
		t.buffer, t.done = binary.BigEndian.AppendUint16(t.buffer, 1<<16-1), true // the end of all rows
	}
	if t.read == len(t.buffer) {
		return 0, io.EOF
	}
	n := copy(p, t.buffer[t.read:])
	t.read += n
	return n, nil
}

// begin starts a row of so many columns.
func (t *tuples) begin(columns int) {
	t.buffer = binary.BigEndian.AppendUint16(t.buffer, uint16(columns))
}

func (t *tuples) int2(v int16) {
	t.buffer = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32(t.buffer, 2), uint16(v))
}

func (t *tuples) int4(v int32) {
	t.buffer = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(t.buffer, 4), uint32(v))
}

func (t *tuples) int8(v int64) {
	t.buffer = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(t.buffer, 8), uint64(v))
}

func (t *tuples) text(v string) {
	t.buffer = append(binary.BigEndian.AppendUint32(t.buffer, uint32(len(v))), v...)
}

func (t *tuples) bytes(v []byte) {
	t.buffer = append(binary.BigEndian.AppendUint32(t.buffer, uint32(len(v))), v...)
}

// The type numbers of array elements (pg_type.dat).
const (
	int8Type = 20
	int4Type = 23
)

// array starts a one-dimensional array without nulls of n elements of a size in bytes.
func (t *tuples) array(elementType uint32, n, size int) {
	if n == 0 {
		t.buffer = binary.BigEndian.AppendUint32(t.buffer, 12) // no dimension
		t.buffer = binary.BigEndian.AppendUint64(t.buffer, 0)
		t.buffer = binary.BigEndian.AppendUint32(t.buffer, elementType)
		return
	}
	t.buffer = binary.BigEndian.AppendUint32(t.buffer, uint32(20+n*(4+size)))
	for _, v := range []uint32{1, 0, elementType, uint32(n), 1} { // dimensions, nulls, type, length, lower bound
		t.buffer = binary.BigEndian.AppendUint32(t.buffer, v)
	}
}

func (t *tuples) int8s(list []int64) {
	t.array(int8Type, len(list), 8)
	for _, v := range list {
		t.int8(v)
	}
}

func (t *tuples) int4s(list []int32) {
	t.array(int4Type, len(list), 4)
	for _, v := range list {
		t.int4(v)
	}
}
