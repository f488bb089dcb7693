package meter

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// readingDomain separates the signed bytes of a reading from all others a device could be asked to sign. It ends in
// the version of the layout.
const readingDomain = "wattle/reading/1"

const (
	readingSize = len(readingDomain) + 3*32 + 4 + 8 + 32 + 8 + 8 + 8 + 8 + 4 + 4 + 1 + 32
	// SignedReadingSize is the length of an encoded signed reading in bytes.
	SignedReadingSize = readingSize + 64
)

// ErrMalformed is returned for bytes that are not a reading.
var ErrMalformed = problem.New(problem.Invalid, "malformed reading")

// AppendReading appends the canonical bytes of r, docs/protocol.md "Reading": fixed width, big-endian.
func AppendReading(b []byte, r Reading) []byte {
	zone, id := r.Zone.Bytes(), r.Meter.Bytes()
	b = append(b, readingDomain...)
	b = append(b, zone[:]...)
	b = append(b, id[:]...)
	b = append(b, r.Device[:]...)
	b = binary.BigEndian.AppendUint32(b, r.Boot)
	b = binary.BigEndian.AppendUint64(b, r.Counter)
	b = append(b, r.Previous[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Boundary))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Taken))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Import))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Export))
	b = binary.BigEndian.AppendUint32(b, r.Frequency)
	b = binary.BigEndian.AppendUint32(b, r.Voltage)
	b = append(b, byte(r.Quality))
	return append(b, r.Frames[:]...)
}

// AppendSignedReading appends the canonical bytes of s followed by its signature.
func AppendSignedReading(b []byte, s SignedReading) []byte {
	return append(AppendReading(b, s.Reading), s.Signature[:]...)
}

// DecodeSignedReading reads what AppendSignedReading wrote. It checks the form, not the signature: see Verify.
func DecodeSignedReading(b []byte) (SignedReading, error) {
	if len(b) != SignedReadingSize {
		return SignedReading{}, fmt.Errorf("%d bytes, want %d: %w", len(b), SignedReadingSize, ErrMalformed)
	}
	if string(b[:len(readingDomain)]) != readingDomain {
		return SignedReading{}, fmt.Errorf("unknown version: %w", ErrMalformed)
	}
	d := decoder{rest: b[len(readingDomain):]}
	zone, zoneErr := energy.DecodeName(d.word())
	id, idErr := energy.DecodeName(d.word())
	if zoneErr != nil || idErr != nil {
		return SignedReading{}, fmt.Errorf("zone or meter name: %w", ErrMalformed)
	}
	var s SignedReading
	s.Zone, s.Meter = energy.Zone(zone), energy.Meter(id)
	s.Device = d.word()
	s.Boot, s.Counter = d.uint32(), d.uint64()
	s.Previous = d.word()
	s.Boundary, s.Taken = int64(d.uint64()), int64(d.uint64())
	s.Import, s.Export = energy.WattHours(d.uint64()), energy.WattHours(d.uint64())
	s.Frequency, s.Voltage = d.uint32(), d.uint32()
	s.Quality = Quality(d.take(1)[0])
	s.Frames = d.word()
	copy(s.Signature[:], d.rest)
	return s, s.check()
}

// maxBoundary is the year 9999 in Unix seconds: what a delivery interval can name.
const maxBoundary = 253402300800

func (r Reading) check() error {
	switch {
	case r.Counter == 0:
		return fmt.Errorf("counter 0: %w", ErrMalformed)
	case r.Boundary < 0 || r.Boundary > maxBoundary || r.Taken < r.Boundary*1000 || r.Taken > maxBoundary*1000:
		return fmt.Errorf("taken %d ms for boundary %d s: %w", r.Taken, r.Boundary, ErrMalformed)
	case r.Import < 0 || r.Export < 0:
		return fmt.Errorf("negative register: %w", ErrMalformed)
	case !r.Quality.Valid():
		return fmt.Errorf("quality %d: %w", r.Quality, ErrMalformed)
	}
	return nil
}

// Digest is what the next reading of the device chains to: SHA-256 over the canonical bytes and the signature.
func (s SignedReading) Digest() Digest {
	var buf [SignedReadingSize]byte
	return sha256.Sum256(AppendSignedReading(buf[:0], s))
}

// decoder takes fixed-width fields off bytes whose total length was checked.
type decoder struct{ rest []byte }

func (d *decoder) take(n int) []byte {
	field := d.rest[:n]
	d.rest = d.rest[n:]
	return field
}

func (d *decoder) word() [32]byte { return [32]byte(d.take(32)) }
func (d *decoder) uint32() uint32 { return binary.BigEndian.Uint32(d.take(4)) }
func (d *decoder) uint64() uint64 { return binary.BigEndian.Uint64(d.take(8)) }
