package energy

import (
	"fmt"

	"github.com/wattle/wattle/internal/problem"
)

// Zone names one microgrid: one market, one log.
type Zone string

// Member names a party of a zone: a household, a charger owner, a supplier.
type Member string

// Meter names one metering point.
type Meter string

// IDSize is the length of an encoded identity: the name, padded with zero bytes to one word of the chain.
const IDSize = 32

// MaxName is the longest name. One byte of the 32 stays zero, so every encoded name ends in zero.
const MaxName = IDSize - 1

// ErrName is returned for text that cannot name a zone, member or meter.
var ErrName = problem.New(problem.Invalid, "not a name: 1 to 31 of a-z 0-9 and inner hyphens, first a letter")

// ParseZone checks that text can name a zone.
func ParseZone(text string) (Zone, error) { return Zone(text), checkName(text) }

// ParseMember checks that text can name a member.
func ParseMember(text string) (Member, error) { return Member(text), checkName(text) }

// ParseMeter checks that text can name a meter.
func ParseMeter(text string) (Meter, error) { return Meter(text), checkName(text) }

func checkName(text string) error {
	if len(text) == 0 || len(text) > MaxName {
		return fmt.Errorf("%d characters: %w", len(text), ErrName)
	}
	for i := range len(text) {
		c := text[i]
		letter := c >= 'a' && c <= 'z'
		digit := c >= '0' && c <= '9'
		hyphen := c == '-' && i > 0 && i < len(text)-1
		if !letter && !hyphen && !(digit && i > 0) {
			return fmt.Errorf("%q: %w", text, ErrName)
		}
	}
	return nil
}

// Bytes is the name padded with zero bytes.
func (z Zone) Bytes() [IDSize]byte { return pad(string(z)) }

// Bytes is the name padded with zero bytes.
func (m Member) Bytes() [IDSize]byte { return pad(string(m)) }

// Bytes is the name padded with zero bytes.
func (m Meter) Bytes() [IDSize]byte { return pad(string(m)) }

// pad panics on a name that was never parsed: two long names must not become one.
func pad(name string) (out [IDSize]byte) {
	if len(name) > MaxName {
		panic("energy: name longer than MaxName: " + name)
	}
	copy(out[:], name)
	return out
}

// DecodeName reads a padded name. It refuses bytes after the first zero and names no Parse function accepts, so
// that a name has exactly one encoding.
func DecodeName(b [IDSize]byte) (string, error) {
	n := 0
	for n < IDSize && b[n] != 0 {
		n++
	}
	for _, c := range b[n:] {
		if c != 0 {
			return "", fmt.Errorf("bytes after the end: %w", ErrName)
		}
	}
	name := string(b[:n])
	return name, checkName(name)
}
