package exchange

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/wattle/wattle/energy"
)

// extend makes b longer by n bytes that are to be written.
func extend(b []byte, n int) []byte { return slices.Grow(b, n)[:len(b)+n] }

func putInterval(p *[energy.IntervalSize]byte, iv energy.Interval) {
	binary.BigEndian.PutUint64(p[0:8], uint64(iv.StartUnix()))
	binary.BigEndian.PutUint32(p[8:12], uint32(iv.Length()))
}

// putMember writes a name, padded with zero bytes. It panics on one that was never parsed: two long names must not
// become one.
func putMember(p *[energy.IDSize]byte, name energy.Member) {
	if len(name) > energy.MaxName {
		panic("exchange: member's name is longer than MaxName: " + name)
	}
	*p = [energy.IDSize]byte{}
	copy(p[:], name)
}

func appendMember(b []byte, member energy.Member) []byte {
	name := member.Bytes()
	return append(b, name[:]...)
}

// decoder takes fixed-width fields off bytes whose total length was checked, and keeps the first problem.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) take(n int) []byte {
	field := d.rest[:n]
	d.rest = d.rest[n:]
	return field
}

func (d *decoder) byte() byte       { return d.take(1)[0] }
func (d *decoder) uint16() uint16   { return binary.BigEndian.Uint16(d.take(2)) }
func (d *decoder) uint32() uint32   { return binary.BigEndian.Uint32(d.take(4)) }
func (d *decoder) uint64() uint64   { return binary.BigEndian.Uint64(d.take(8)) }
func (d *decoder) int64() int64     { return int64(d.uint64()) }
func (d *decoder) digest() Digest   { return Digest(d.take(32)) }
func (d *decoder) client() ClientID { return ClientID(d.take(16)) }

func (d *decoder) interval() energy.Interval {
	field := d.take(energy.IntervalSize)
	if [energy.IntervalSize]byte(field) == ([energy.IntervalSize]byte{}) {
		return energy.Interval{}
	}
	iv, err := energy.DecodeInterval(field)
	d.keep(err)
	return iv
}

func (d *decoder) member() energy.Member {
	field := [energy.IDSize]byte(d.take(energy.IDSize))
	if field == ([energy.IDSize]byte{}) {
		return ""
	}
	name, err := energy.DecodeName(field)
	d.keep(err)
	return energy.Member(name)
}

func (d *decoder) keep(err error) {
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("%w: %w", err, ErrMalformed)
	}
}
