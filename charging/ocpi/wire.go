package ocpi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/wattle/wattle/internal/problem"
)

// ErrVersion is returned for an object that version 2.2.1 cannot express.
var ErrVersion = problem.New(problem.Invalid, "OCPI 2.2.1 has no way to say this")

// Amounts, by their name. In 2.2.1 both kinds are {excl_vat, incl_vat}.
var (
	priceNames = []string{
		"total_cost", "total_fixed_cost", "total_energy_cost", "total_time_cost", "total_parking_cost", "total_reservation_cost",
	}
	limitNames = []string{"min_price", "max_price"}
	newNames   = []string{"parking_places", "help_phone", "parking", "accepted_service_providers", "preauthorize_amount", "tax_included"}
)

// Downgrade writes an object as 2.2.1 does: prices without and with tax, and without what came later.
func Downgrade(object Object) ([]byte, error) {
	b, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	return rewritten(b, func(fields map[string]any) error {
		if fields["tax_included"] == "YES" {
			return fmt.Errorf("prices that contain taxes: %w", ErrVersion)
		}
		for _, name := range newNames {
			delete(fields, name)
		}
		if _, connector := fields["power_type"]; connector {
			delete(fields, "capabilities") // of connectors they came later, of outlets they are old
		}
		for _, name := range append(priceNames, limitNames...) {
			if price, ok := fields[name].(map[string]any); ok {
				if err := olderPrice(price); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}
		return nil
	})
}

// Upgrade reads an object that 2.2.1 wrote.
func Upgrade[T Object](b []byte) (T, error) {
	var none T
	if len(b) > MaxObject {
		return none, fmt.Errorf("%d bytes, at most %d: %w", len(b), MaxObject, ErrSyntax)
	}
	newer, err := rewritten(b, func(fields map[string]any) error {
		for _, name := range priceNames {
			if price, ok := fields[name].(map[string]any); ok {
				if err := newerPrice(price); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}
		for _, name := range limitNames {
			if price, ok := fields[name].(map[string]any); ok {
				rename(price, "excl_vat", "before_taxes")
				rename(price, "incl_vat", "after_taxes")
			}
		}
		if _, tariff := fields["elements"]; tariff {
			fields["tax_included"] = "NO" // in 2.2.1 prices never contain VAT
		}
		return nil
	})
	if err != nil {
		return none, err
	}
	return Decode[T](newer)
}

func rename(fields map[string]any, from, to string) {
	if value, ok := fields[from]; ok {
		delete(fields, from)
		fields[to] = value
	}
}

// olderPrice turns {before_taxes, taxes} or {before_taxes, after_taxes} into {excl_vat, incl_vat}.
func olderPrice(price map[string]any) error {
	total, err := amount(price["before_taxes"])
	if err != nil {
		return err
	}
	taxes, _ := price["taxes"].([]any)
	for _, tax := range taxes {
		fields, _ := tax.(map[string]any)
		more, err := amount(fields["amount"])
		if err != nil {
			return err
		}
		total = total.Add(more)
	}
	if len(taxes) > 0 {
		delete(price, "taxes")
		price["after_taxes"] = json.Number(total.String())
	}
	rename(price, "before_taxes", "excl_vat")
	rename(price, "after_taxes", "incl_vat")
	return nil
}

// newerPrice turns {excl_vat, incl_vat} into {before_taxes, taxes}: the only tax that 2.2.1 knows is VAT.
func newerPrice(price map[string]any) error {
	if with, ok := price["incl_vat"]; ok {
		before, err := amount(price["excl_vat"])
		if err != nil {
			return err
		}
		after, err := amount(with)
		if err != nil {
			return err
		}
		delete(price, "incl_vat")
		price["taxes"] = []any{map[string]any{"name": "VAT", "amount": json.Number(after.Sub(before).String())}}
	}
	rename(price, "excl_vat", "before_taxes")
	return nil
}

func amount(value any) (decimal.Decimal, error) {
	number, ok := value.(json.Number)
	if !ok || !plain.MatchString(number.String()) {
		return decimal.Decimal{}, fmt.Errorf("amount %v: %w", value, ErrSyntax)
	}
	return decimal.NewFromString(number.String())
}

// rewritten changes every object within a text, the outer ones first.
func rewritten(b []byte, change func(map[string]any) error) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, fmt.Errorf("%v: %w", err, ErrSyntax)
	}
	if rest := strings.TrimSpace(string(b[decoder.InputOffset():])); rest != "" {
		return nil, fmt.Errorf("something follows the object: %w", ErrSyntax)
	}
	if err := walk(tree, change); err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

func walk(node any, change func(map[string]any) error) error {
	switch node := node.(type) {
	case map[string]any:
		if err := change(node); err != nil {
			return err
		}
		for _, child := range node {
			if err := walk(child, change); err != nil {
				return err
			}
		}
	case []any:
		for _, child := range node {
			if err := walk(child, change); err != nil {
				return err
			}
		}
	}
	return nil
}
