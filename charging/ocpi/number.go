package ocpi

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/wattle/wattle/internal/problem"
)

// ErrSyntax is returned for text that is not the object it should be.
var ErrSyntax = problem.New(problem.Invalid, "not an object of OCPI")

// Number is a decimal, exactly as it is written.
type Number struct{ decimal.Decimal }

// plain bounds a number before it is computed with: no exponents, no more digits than money or energy has.
var plain = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,12})?$`)

// UnmarshalJSON reads a number; some write it as a text.
func (n *Number) UnmarshalJSON(b []byte) error {
	text := string(b)
	if text == "null" {
		return nil
	}
	if len(text) > 2 && text[0] == '"' {
		text = text[1 : len(text)-1]
	}
	if !plain.MatchString(text) {
		return fmt.Errorf("number %s: %w", b, ErrSyntax)
	}
	var err error
	n.Decimal, err = decimal.NewFromString(text)
	return err
}

// MarshalJSON writes a number.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(n.String()), nil }

// Time is an instant in UTC, to the second or finer.
type Time struct{ time.Time }

// UnmarshalJSON reads RFC 3339; a time without a zone is UTC (OCPI 2.2.1, 16.5 DateTime).
func (t *Time) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" {
		return nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if parsed, err := time.Parse(layout, text); err == nil && parsed.Year() > 0 {
			t.Time = parsed.UTC()
			return nil
		}
	}
	return fmt.Errorf("time %q: %w", text, ErrSyntax)
}

// MarshalJSON writes RFC 3339 in UTC.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + t.UTC().Format(time.RFC3339Nano) + `"`), nil
}

// Label is a short text; some write it as a number.
type Label string

// UnmarshalJSON reads a text or a number.
func (l *Label) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*l = Label(text)
		return nil
	}
	var number json.Number
	if err := json.Unmarshal(b, &number); err != nil {
		return fmt.Errorf("label %s: %w", b, ErrSyntax)
	}
	*l = Label(number)
	return nil
}
