package modbus

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/wattle/wattle/meter"
)

// typeSizes are the registers of each type; strings say theirs.
var typeSizes = map[string]int{
	"int16": 1, "uint16": 1, "int32": 2, "uint32": 2, "float32": 2, "int64": 4, "uint64": 4,
}

// units are what a value can be counted in, each with the power of ten to the unit we use: W, Wh, Hz, V, A, %.
var units = map[string]int{
	"W": 0, "kW": 3, "Wh": 0, "kWh": 3, "MWh": 6, "Hz": 0, "V": 0, "A": 0, "VA": 0, "var": 0, "%": 0, "C": 0, "": 0,
}

// quantities are the units by what a use wants.
var quantities = map[string][]string{
	"power": {"W", "kW"}, "import": {"Wh", "kWh", "MWh"}, "export": {"Wh", "kWh", "MWh"}, "production": {"Wh", "kWh", "MWh"},
	"charged": {"Wh", "kWh", "MWh"}, "discharged": {"Wh", "kWh", "MWh"}, "soc": {"%"}, "frequency": {"Hz"}, "voltage": {"V"},
}

// useFields are what a use may say, besides frequency and voltage. Signs: grid power > 0 is import, pv power > 0 is
// production, battery power > 0 is discharging, load power > 0 is consumption.
var useFields = map[string][]string{
	"grid": {"power", "import", "export"}, "pv": {"power", "production"},
	"battery": {"power", "charged", "discharged", "soc"}, "load": {"power", "import"},
}

// Marks for "no value": "sunspec" is the most negative of signed and all ones of unsigned numbers, "max" the largest of
// signed and all ones of unsigned.
const (
	absentNone    = "none"
	absentSunSpec = "sunspec"
	absentMax     = "max"
)

// point reads one point; what it does not say, the profile says for all.
func (f profileFile) point(name string, q pointFile) (profilePoint, error) {
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return profilePoint{}, errors.New("names are lower case letters, digits and _")
	}
	function, words, absent := f.Function, f.Words, f.Absent
	if q.Function != 0 {
		function = q.Function
	}
	if q.Words != "" {
		words = q.Words
	}
	if q.Absent != "" {
		absent = q.Absent
	}
	size, ok := typeSizes[q.Type]
	if q.Type == "string" {
		size, ok = q.Size, q.Size > 0 && q.Size <= 64
	} else if q.Size != 0 {
		return profilePoint{}, errors.New("only strings say their size")
	}
	_, known := units[q.Unit]
	switch {
	case !ok:
		return profilePoint{}, fmt.Errorf("type %q, or its size, is unknown", q.Type)
	case function != readHolding && function != readInput:
		return profilePoint{}, fmt.Errorf("function %d: want 3 for holding or 4 for input registers", function)
	case words != "high-first" && words != "low-first":
		return profilePoint{}, fmt.Errorf(`words %q: want "high-first" or "low-first"`, words)
	case absent != "" && absent != absentNone && absent != absentSunSpec && absent != absentMax:
		return profilePoint{}, fmt.Errorf(`absent %q: want "none", "sunspec" or "max"`, absent)
	case q.Address < 0 || q.Address+size > 1<<16:
		return profilePoint{}, fmt.Errorf("address %d: registers are 0 to 65535", q.Address)
	case !known:
		return profilePoint{}, fmt.Errorf("unit %q is unknown", q.Unit)
	}
	scale, err := parseScale(q.Scale)
	return profilePoint{
		name: name, function: byte(function), span: Span{uint16(q.Address), uint16(size)}, kind: q.Type, scale: scale, unit: q.Unit,
		lowFirst: words == "low-first", absent: absent, shownOnly: q.Type == "string",
	}, err
}

// parseScale reads what one count is worth: a positive decimal, 1 where it is left out.
func parseScale(text string) (meter.Number, error) {
	if text == "" {
		return meter.Number{Units: 1}, nil
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+fraction, 10, 32)
	if err != nil || n <= 0 || len(fraction) > 9 || strings.HasPrefix(text, "+") {
		return meter.Number{}, fmt.Errorf(`scale %q: want a positive decimal such as "0.1"`, text)
	}
	return meter.Number{Units: n, Exponent: -len(fraction)}, nil
}

// takeUse reads what the device says when it is used so.
func (p *Profile) takeUse(use string, fields map[string][]string) error {
	allowed, ok := useFields[use]
	if !ok {
		return errors.New("want grid, pv, battery or load")
	}
	if len(fields) == 0 {
		return errors.New("says nothing")
	}
	p.uses[use] = make(map[string][]term)
	for field, names := range fields {
		if !slices.Contains(allowed, field) && field != "frequency" && field != "voltage" {
			return fmt.Errorf("%s does not belong here, only %s, frequency and voltage do", field, strings.Join(allowed, ", "))
		}
		if len(names) == 0 {
			return fmt.Errorf("%s names no point", field)
		}
		for _, name := range names {
			t := term{strings.TrimPrefix(name, "-"), strings.HasPrefix(name, "-")}
			i := slices.IndexFunc(p.points, func(q profilePoint) bool { return q.name == t.point })
			if i < 0 {
				return fmt.Errorf("%s: there is no point %s", field, t.point)
			}
			if !slices.Contains(quantities[field], p.points[i].unit) || p.points[i].shownOnly {
				return fmt.Errorf("%s: point %s is counted in %q, want one of %v", field, t.point, p.points[i].unit, quantities[field])
			}
			if t.negative && field != "power" {
				return fmt.Errorf("%s: only powers have a sign", field)
			}
			p.uses[use][field] = append(p.uses[use][field], t)
		}
	}
	return nil
}

// number is the value of the point, scaled. It reports false for what the device marks as absent.
func (q profilePoint) number(words []uint16) (meter.Number, bool) {
	if q.lowFirst {
		words = slices.Clone(words)
		slices.Reverse(words)
	}
	var raw uint64
	for _, w := range words {
		raw = raw<<16 | uint64(w)
	}
	bits := 16 * len(words)
	all := uint64(math.MaxUint64) >> (64 - bits)
	signed := strings.HasPrefix(q.kind, "int")
	switch {
	case q.kind == "float32":
		n, ok := meter.Float32(uint32(raw))
		if !ok {
			return meter.Number{}, false
		}
		return n.Times(q.scale.Units, q.scale.Exponent)
	case signed && (q.absent == absentSunSpec && raw == all/2+1 || q.absent == absentMax && raw == all/2):
		return meter.Number{}, false
	case !signed && (q.absent == absentSunSpec || q.absent == absentMax) && raw == all, !signed && raw > math.MaxInt64:
		return meter.Number{}, false
	}
	n := meter.Number{Units: int64(raw)}
	if signed {
		n.Units = int64(raw<<(64-bits)) >> (64 - bits)
	}
	return n.Times(q.scale.Units, q.scale.Exponent)
}

// text is the value of a text, up to the first zero byte, without surrounding spaces.
func (q profilePoint) text(words []uint16) string {
	b := make([]byte, 0, 2*len(words))
	for _, w := range words {
		b = append(b, byte(w>>8), byte(w))
	}
	s, _, _ := strings.Cut(string(b), "\x00")
	return strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD"))
}
