package ocmf

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/wattle/wattle/internal/problem"
)

// ErrReading is returned for readings that a bill cannot rest on.
var ErrReading = problem.New(problem.Invalid, "these readings cannot be billed")

// content is what a payload says, as far as billing needs it.
type content struct {
	version    string
	pagination pagination
	gateway    string // GS, serial number of the gateway
	meter      string // MS, or GS where the gateway is the meter
	readings   []Reading
}

// pagination is a counter in one of two contexts: T within transactions, F for readings in between.
type pagination struct {
	context byte
	number  uint64
}

// Reading is one register at one instant.
type Reading struct {
	At       time.Time
	Clock    byte   // U unknown, I informative, S synchronised, R relative: how far the time may be trusted
	Reason   string // TX: B begin, C while charging, E L R A P end, S suspended, T tariff change, X exception
	Register string // OBIS code as written
	Value    decimal.Decimal
	Unit     string // kWh, Wh and others
	Errors   string // EF: E the energy, t the time
	Status   string // ST: G good
}

// loose is a text that some stations write as a number.
type loose string

func (l *loose) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err == nil {
		*l = loose(text)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(b, &number); err != nil {
		return err
	}
	*l = loose(number)
	return nil
}

// The payload's names, OCMF 1.4, "Payload Data". Others are kept as bytes only: the signature covers them all the same.
type wirePayload struct {
	FV, PG, GS, MS loose
	RD             []wireReading
}

type wireReading struct {
	TM, TX, RI, RU, EF, ST *string
	RV                     loose
}

// maxReadings bounds the readings of one record.
const maxReadings = 1000

func parseContent(payload []byte) (c content, err error) {
	var wire wirePayload
	if err := json.Unmarshal(payload, &wire); err != nil {
		return c, fmt.Errorf("%v: %w", err, ErrSyntax)
	}
	c.version, c.gateway, c.meter = string(wire.FV), string(wire.GS), string(wire.MS)
	if c.meter == "" {
		c.meter = c.gateway
	}
	if c.pagination, err = parsePagination(string(wire.PG)); err != nil {
		return c, err
	}
	if len(wire.RD) > maxReadings {
		return c, fmt.Errorf("%d readings, at most %d: %w", len(wire.RD), maxReadings, ErrSyntax)
	}
	var last wireReading
	for i, reading := range wire.RD {
		// What a reading leaves out is as in the one before it.
		inherit(&reading.TM, last.TM)
		inherit(&reading.TX, last.TX)
		inherit(&reading.RI, last.RI)
		inherit(&reading.RU, last.RU)
		inherit(&reading.EF, last.EF)
		inherit(&reading.ST, last.ST)
		last = reading
		parsed, err := parseReading(reading)
		if err != nil {
			return c, fmt.Errorf("reading %d: %w", i+1, err)
		}
		c.readings = append(c.readings, parsed)
	}
	return c, nil
}

func inherit(field **string, from *string) {
	if *field == nil {
		*field = from
	}
}

var paginationText = regexp.MustCompile(`^[TF][0-9]{1,18}$`)

func parsePagination(text string) (p pagination, err error) {
	if !paginationText.MatchString(text) {
		return p, fmt.Errorf("pagination %q is not T or F and a number: %w", text, ErrSyntax)
	}
	p.context = text[0]
	for _, digit := range text[1:] {
		p.number = p.number*10 + uint64(digit-'0')
	}
	return p, nil
}

// timeLayout is ISO 8601 with milliseconds after a comma, OCMF 1.4, field TM.
const timeLayout = "2006-01-02T15:04:05,000-0700"

// plainNumber bounds a value before it is computed with: no exponents, no more digits than a register has.
var plainNumber = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,9})?$`)

func parseReading(wire wireReading) (r Reading, err error) {
	r.Reason, r.Register, r.Unit, r.Errors, r.Status = text(wire.TX), text(wire.RI), text(wire.RU), text(wire.EF), text(wire.ST)
	instant, clock, ok := strings.Cut(text(wire.TM), " ")
	if !ok || len(clock) != 1 || !strings.ContainsAny(clock, "UISR") {
		return r, fmt.Errorf("time %q does not end in U, I, S or R: %w", text(wire.TM), ErrSyntax)
	}
	r.Clock = clock[0]
	if r.At, err = time.Parse(timeLayout, instant); err != nil {
		return r, fmt.Errorf("time %q: %w", instant, ErrSyntax)
	}
	value := strings.TrimSpace(string(wire.RV)) // some meters fill up with blanks
	if !plainNumber.MatchString(value) {
		return r, fmt.Errorf("value %q: %w", value, ErrSyntax)
	}
	r.Value, err = decimal.NewFromString(value)
	return r, err
}

func text(field *string) string {
	if field == nil {
		return ""
	}
	return *field
}

// importRegister matches the registers of energy taken from the grid: active import, of all tariffs or one (IEC 62056-61, 1.8.e), or
// of the transaction alone (OCMF: B0 to B3, C0 to C3). Meters write the groups with or without leading zeros, and some a fifth one.
var importRegister = regexp.MustCompile(`^[0-9A-Fa-f]{1,2}-[0-9A-Za-z]{1,2}:(0?1\.0?8|[BC][0-3]\.0?8|0?[BC][0-3])\.[0-9A-Za-z]{1,2}(\.[0-9A-Fa-f]{1,2}|\*[0-9A-Fa-f]{1,3})?$`)

// wattHours returns the value of an import register, exactly.
func (r Reading) wattHours() (decimal.Decimal, bool) {
	if !importRegister.MatchString(r.Register) {
		return decimal.Decimal{}, false
	}
	switch r.Unit {
	case "kWh":
		return r.Value.Shift(3), true
	case "Wh":
		return r.Value, true
	}
	return decimal.Decimal{}, false
}
