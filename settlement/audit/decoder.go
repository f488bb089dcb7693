package audit

import (
	"encoding/binary"

	"github.com/wattle/wattle/energy"
)

// decoder takes fields off the front until the first that is not there or not valid; after it everything is zero.
type decoder struct {
	rest []byte
	err  error
}

// take returns the next n bytes, or n zeros after an error.
func (d *decoder) take(n int) []byte {
	if d.err == nil && len(d.rest) < n {
		d.err = ErrMalformed
	}
	if d.err != nil {
		return make([]byte, min(n, 1024)) // no field of fixed width is longer
	}
	field := d.rest[:n]
	d.rest = d.rest[n:]
	return field
}

func (d *decoder) uint8() uint8   { return d.take(1)[0] }
func (d *decoder) uint32() uint32 { return binary.BigEndian.Uint32(d.take(4)) }
func (d *decoder) uint64() uint64 { return binary.BigEndian.Uint64(d.take(8)) }

// name reads a name that is there.
func (d *decoder) name() string {
	name, err := energy.DecodeName([32]byte(d.take(32)))
	d.fail(err)
	return name
}

func (d *decoder) interval() energy.Interval {
	b := d.take(12)
	if d.err != nil {
		return energy.Interval{}
	}
	interval, err := energy.DecodeInterval(b)
	d.fail(err)
	return interval
}

// part reads a length (4) and as many bytes.
func (d *decoder) part() []byte {
	n := d.uint32()
	if int64(n) > int64(len(d.rest)) {
		d.fail(ErrMalformed)
		return nil
	}
	return d.take(int(n))
}

// count reads how many entries of at least size bytes follow.
func (d *decoder) count(size int) int {
	n := d.uint32()
	if int64(n)*int64(size) > int64(len(d.rest)) {
		d.fail(ErrMalformed)
		return 0
	}
	return int(n)
}

func (d *decoder) fail(err error) {
	if d.err == nil && err != nil {
		d.err = ErrMalformed
	}
}
