package sunspec

import (
	"math"
	"strings"

	"github.com/wattle/wattle/meter"
)

// number is the value of a numeric point with its scale factor, if it has one. It reports false for what the device does
// not implement, and for a scale factor that is none.
func number(p point, words, scale []uint16) (meter.Number, bool) {
	n, ok := decode(p.kind, words)
	if !ok || p.scale == "" {
		return n, ok
	}
	exponent := int16(scale[0])
	if exponent < -10 || exponent > 10 { // 0x8000, not implemented, lies outside too
		return meter.Number{}, false
	}
	n.Exponent = int(exponent)
	return n, true
}

// decode reads the words of one value, and reports false for the mark that says "not implemented". An accumulator is
// absent only at its end, the mark some makers use: 0 is what a meter says that has counted nothing yet.
func decode(k kind, words []uint16) (meter.Number, bool) {
	if k == factor || k == pad || k == text || int(sizes[k]) != len(words) {
		return meter.Number{}, false
	}
	var raw uint64
	for _, w := range words {
		raw = raw<<16 | uint64(w)
	}
	bits := 16 * len(words)
	switch k {
	case binary32:
		return meter.Float32(uint32(raw))
	case "int16", "int32", "int64":
		signed := int64(raw<<(64-bits)) >> (64 - bits)
		return meter.Number{Units: signed}, signed != math.MinInt64>>(64-bits)
	}
	if raw == math.MaxUint64>>(64-bits) || raw > math.MaxInt64 {
		return meter.Number{}, false
	}
	return meter.Number{Units: int64(raw)}, true
}

// decodeText is the value of a text point, up to the first zero byte, without surrounding spaces. Bytes that are no
// UTF-8 are replaced. It reports false for an empty text.
func decodeText(words []uint16) (string, bool) {
	bytes := make([]byte, 0, 2*len(words))
	for _, w := range words {
		bytes = append(bytes, byte(w>>8), byte(w))
	}
	s, _, _ := strings.Cut(string(bytes), "\x00")
	s = strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD"))
	return s, s != ""
}
