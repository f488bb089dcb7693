package ocpi

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Object is what others send and are sent.
type Object interface{ required() []field }

// field is one that an object must have.
type field struct {
	name    string
	present bool
}

func text(name, value string) field { return field{name, value != ""} }
func at(name string, t Time) field  { return field{name, !t.IsZero()} }

// owned are the fields that name an object across parties.
func owned(country, party, name, id string) []field {
	return []field{text("country_code", country), text("party_id", party), text(name, id)}
}

// MaxObject bounds the bytes of one object.
const MaxObject = 4 << 20

// Decode reads a whole object.
func Decode[T Object](b []byte) (T, error) {
	var object T
	if len(b) > MaxObject {
		return object, fmt.Errorf("%d bytes, at most %d: %w", len(b), MaxObject, ErrSyntax)
	}
	if err := json.Unmarshal(b, &object); err != nil {
		return object, fmt.Errorf("%v: %w", err, ErrSyntax)
	}
	return object, check(object)
}

// Patch applies a partial object: fields that are there replace those of the object, lists as a whole (OCPI 2.2.1, 4.1.4.4 PATCH). The
// object given stays as it is.
func Patch[T Object](object T, b []byte) (T, error) {
	var patched T
	if len(b) > MaxObject {
		return patched, fmt.Errorf("%d bytes, at most %d: %w", len(b), MaxObject, ErrSyntax)
	}
	copied, err := json.Marshal(object)
	if err != nil {
		return patched, err
	}
	var fields, changes map[string]json.RawMessage
	if err := json.Unmarshal(copied, &fields); err != nil {
		return patched, err
	}
	if err := json.Unmarshal(b, &changes); err != nil {
		return patched, fmt.Errorf("%v: %w", err, ErrSyntax)
	}
	if _, ok := changes["last_updated"]; !ok {
		return patched, fmt.Errorf("a patch needs last_updated: %w", ErrSyntax)
	}
	for name, value := range changes {
		fields[name] = value
	}
	whole, err := json.Marshal(fields)
	if err != nil {
		return patched, err
	}
	return Decode[T](whole)
}

func check(object Object) error {
	var missing []string
	for _, f := range object.required() {
		if !f.present {
			missing = append(missing, f.name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("%s missing: %w", strings.Join(missing, ", "), ErrSyntax)
	}
	return nil
}

// Envelope is how an answer is wrapped. Status codes from 1000 are success, from 2000 the asker's mistakes, from 3000 the answerer's.
type Envelope[T any] struct {
	Data          T      `json:"data"`
	StatusCode    int    `json:"status_code"`
	StatusMessage string `json:"status_message,omitempty"`
	Timestamp     Time   `json:"timestamp"`
}
