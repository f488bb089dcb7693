package oracle

import (
	"bytes"
	"fmt"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

// Equivocated is two readings that one device signed for one counter. It proves by itself that the device's key has
// been in two hands or that its holder lies: an agent numbers its readings on disk before it sends them.
type Equivocated struct{ First, Second meter.SignedReading }

const equivocationDomain = "wattle/equivocation/1"

// EquivocationSize is the length of an encoded proof in bytes.
const EquivocationSize = len(equivocationDomain) + 2*meter.SignedReadingSize

// ErrUnproven is returned for two readings that do not contradict each other.
var ErrUnproven = problem.New(problem.Invalid, "no equivocation")

// Equivocate makes the proof of two readings, in the order in which it is encoded. It returns ErrUnproven unless both
// carry the device's signature, the same counter and different content. One reading signed twice says one thing
// and proves nothing; two zones or two meters for one counter do.
func Equivocate(a, b meter.SignedReading) (Equivocated, error) {
	contentA, contentB := meter.AppendReading(nil, a.Reading), meter.AppendReading(nil, b.Reading)
	order := bytes.Compare(contentA, contentB)
	if a.Device != b.Device || a.Counter != b.Counter || order == 0 {
		return Equivocated{}, fmt.Errorf("counters %d and %d: %w", a.Counter, b.Counter, ErrUnproven)
	}
	for _, s := range []meter.SignedReading{a, b} {
		if err := s.Verify(); err != nil {
			return Equivocated{}, fmt.Errorf("%w: %w", ErrUnproven, err)
		}
	}
	if order > 0 {
		a, b = b, a
	}
	return Equivocated{a, b}, nil
}

// AppendEquivocation appends the proof's bytes, docs/protocol.md "Equivocation proof".
func AppendEquivocation(b []byte, e Equivocated) []byte {
	b = append(b, equivocationDomain...)
	return meter.AppendSignedReading(meter.AppendSignedReading(b, e.First), e.Second)
}

// DecodeEquivocation reads what AppendEquivocation wrote and verifies the proof, for which it needs nothing else.
func DecodeEquivocation(b []byte) (Equivocated, error) {
	if len(b) != EquivocationSize || string(b[:len(equivocationDomain)]) != equivocationDomain {
		return Equivocated{}, fmt.Errorf("equivocation of %d bytes: %w", len(b), ErrMalformed)
	}
	b = b[len(equivocationDomain):]
	first, err := meter.DecodeSignedReading(b[:meter.SignedReadingSize])
	if err != nil {
		return Equivocated{}, fmt.Errorf("equivocation: %w", err)
	}
	second, err := meter.DecodeSignedReading(b[meter.SignedReadingSize:])
	if err != nil {
		return Equivocated{}, fmt.Errorf("equivocation: %w", err)
	}
	e, err := Equivocate(first, second)
	if err == nil && e.First != first {
		return Equivocated{}, fmt.Errorf("equivocation out of order: %w", ErrMalformed)
	}
	return e, err
}

// Finding is the finding of the proof: sure, without expiry. It suspends the device at once.
func (e Equivocated) Finding() Finding {
	since := min(e.First.Boundary, e.Second.Boundary)
	return Finding{
		Kind: Equivocation, Class: Fraud, Zone: e.First.Zone, Meter: e.First.Meter,
		Since: since, Until: max(e.First.Boundary, e.Second.Boundary) + 1,
		Measured: 2, Expected: 1, Confidence: Sure, Readings: []meter.Digest{e.First.Digest(), e.Second.Digest()},
	}
}

// Counters finds equivocation as readings arrive. The zero value is ready.
type Counters struct {
	seen map[counterKey]meter.SignedReading
}

type counterKey struct {
	device  [32]byte
	counter uint64
}

// Take notes a reading whose signature was checked and returns the proof where it contradicts an earlier one. The
// first reading of a counter is kept: it is the one that may have been attested.
func (c *Counters) Take(s meter.SignedReading) (proof Equivocated, found bool) {
	key := counterKey{s.Device, s.Counter}
	earlier, known := c.seen[key]
	if !known {
		if c.seen == nil {
			c.seen = map[counterKey]meter.SignedReading{}
		}
		c.seen[key] = s
		return Equivocated{}, false
	}
	proof, err := Equivocate(earlier, s)
	return proof, err == nil
}

// Forget drops readings for boundaries before the Unix second, which bounds memory: a contradiction of what is
// forgotten is no longer found, but still proven by whoever kept both.
func (c *Counters) Forget(before int64) {
	for key, s := range c.seen {
		if s.Boundary < before {
			delete(c.seen, key)
		}
	}
}
