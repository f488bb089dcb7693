package settlement

import (
	"bytes"
	"encoding/json"
	"fmt"
)

const (
	// MaxCaseFile bounds a case file: a zone of 100,000 homes needs a third of it.
	MaxCaseFile = 64 << 20
	maxDepth    = 8
)

// strictJSON reads one JSON value. It refuses what package json would let pass: unknown keys, keys in capitals, a key
// given twice, null, and anything after the value.
func strictJSON(b []byte, into any) error {
	if len(b) > MaxCaseFile {
		return fmt.Errorf("%d bytes, at most %d: %w", len(b), MaxCaseFile, ErrCase)
	}
	if !json.Valid(b) {
		return fmt.Errorf("%w: %w", json.Unmarshal(b, new(any)), ErrCase)
	}
	if err := checkKeys(json.NewDecoder(bytes.NewReader(b))); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", err, ErrCase)
	}
	return nil
}

// checkKeys walks over a valid JSON value.
func checkKeys(decoder *json.Decoder) error {
	var open []map[string]bool // the keys seen of every open object, nil for a list
	key := false               // the next token of an object is a key
	for {
		token, err := decoder.Token()
		if err != nil {
			return fmt.Errorf("%w: %w", err, ErrCase)
		}
		inObject := len(open) > 0 && open[len(open)-1] != nil
		switch t := token.(type) {
		case json.Delim:
			switch t {
			case '{':
				open = append(open, map[string]bool{})
			case '[':
				open = append(open, nil)
			default:
				open = open[:len(open)-1]
			}
			if len(open) > maxDepth {
				return fmt.Errorf("nested deeper than %d: %w", maxDepth, ErrCase)
			}
		case string:
			if !inObject || !key {
				break
			}
			if seen := open[len(open)-1]; seen[t] || !plainKey(t) {
				return fmt.Errorf("key %q twice, or not of a-z 0-9 _ -: %w", t, ErrCase)
			}
			open[len(open)-1][t] = true
			key = false
			continue
		case nil:
			return fmt.Errorf("null: leave the key out: %w", ErrCase)
		}
		if len(open) == 0 {
			return nil
		}
		key = open[len(open)-1] != nil
	}
}

func plainKey(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 32
}
