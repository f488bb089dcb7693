package ocpi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/wattle/wattle/charging/ocpi"
)

const examples = "../../../shared/data/ocpi-2.3.0-examples"

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(examples, name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the standard's examples are not here: ../shared/data/ocpi-2.3.0-examples")
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tree is JSON with numbers and times made comparable.
func tree(t *testing.T, b []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	var out any
	if err := decoder.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return comparable(out)
}

func comparable(node any) any {
	switch node := node.(type) {
	case map[string]any:
		for name, child := range node {
			node[name] = comparable(child)
		}
	case []any:
		for i, child := range node {
			node[i] = comparable(child)
		}
	case json.Number:
		return decimal.RequireFromString(node.String()).String()
	}
	return node
}

// roundTrip reads an object and writes it: nothing is lost.
func roundTrip[T ocpi.Object](t *testing.T, b []byte) {
	t.Helper()
	object, err := ocpi.Decode[T](b)
	if err != nil {
		t.Error(err)
		return
	}
	written, err := json.Marshal(object)
	if err != nil {
		t.Error(err)
		return
	}
	if got, want := tree(t, written), tree(t, b); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func part(t *testing.T, b []byte, name string) []byte {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		t.Fatal(err)
	}
	return fields[name]
}

func each[T ocpi.Object](t *testing.T, b []byte) {
	t.Helper()
	var list []json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	for _, item := range list {
		roundTrip[T](t, item)
	}
}

func TestExamplesOfTheStandard(t *testing.T) {
	read(t, "cdr_example.json")
	names, err := filepath.Glob(examples + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range names {
		name := filepath.Base(path)
		b := read(t, name)
		t.Run(name, func(t *testing.T) {
			switch {
			case strings.Contains(name, "_patch_"):
				patchExample(t, name, b)
			case strings.HasPrefix(name, "cdr_"):
				roundTrip[ocpi.CDR](t, b)
			case strings.HasPrefix(name, "credentials_"):
				roundTrip[ocpi.Credentials](t, b)
			case strings.HasPrefix(name, "location_energymix_"):
				roundTrip[ocpi.EnergyMix](t, part(t, b, "energy_mix"))
			case strings.HasPrefix(name, "location_hours_"):
				roundTrip[ocpi.Hours](t, b)
			case name == "location_regularhours_example.json":
				roundTrip[ocpi.Hours](t, part(t, b, "opening_times"))
			case name == "location_put_example_add_evse.json":
				evseExample(t, b)
			case strings.HasPrefix(name, "location_"):
				roundTrip[ocpi.Location](t, b)
			case strings.HasPrefix(name, "session_"):
				roundTrip[ocpi.Session](t, b)
			case strings.HasPrefix(name, "tariff"):
				roundTrip[ocpi.Tariff](t, b)
			case strings.HasPrefix(name, "token_"):
				roundTrip[ocpi.Token](t, b)
			case name == "transport_and_format_get_token_example.json":
				roundTrip[ocpi.Token](t, part(t, b, "data"))
			case name == "transport_and_format_get_token_list_example.json":
				each[ocpi.Token](t, part(t, b, "data"))
			case name == "transport_and_format_version_details_example.json":
				roundTrip[ocpi.VersionDetails](t, part(t, b, "data"))
			case name == "transport_and_format_version_info_example.json":
				each[ocpi.Version](t, part(t, b, "data"))
			case strings.HasPrefix(name, "version_details_"):
				roundTrip[ocpi.VersionDetails](t, b)
			case name == "versions_info_example.json":
				each[ocpi.Version](t, b)
			case name == "type_displaytext_example.json":
				roundTrip[ocpi.DisplayText](t, b)
			default:
				t.Error("not known which object this is")
			}
		})
	}
}

func patchExample(t *testing.T, name string, b []byte) {
	t.Helper()
	var err error
	switch {
	case strings.HasPrefix(name, "session_"):
		var whole ocpi.Session
		if whole, err = ocpi.Decode[ocpi.Session](read(t, "session_example_2_short_finished.json")); err == nil {
			_, err = ocpi.Patch(whole, b)
		}
	case strings.HasPrefix(name, "token_"):
		var whole ocpi.Token
		if whole, err = ocpi.Decode[ocpi.Token](read(t, "token_example_2_full_rfid.json")); err == nil {
			_, err = ocpi.Patch(whole, b)
		}
	case strings.Contains(name, "tariff"):
		var whole ocpi.Location
		if whole, err = ocpi.Decode[ocpi.Location](read(t, "location_example.json")); err == nil {
			_, err = ocpi.Patch(whole.EVSEs[0].Connectors[0], b)
		}
	case strings.Contains(name, "evse") || strings.Contains(name, "status"):
		var whole ocpi.Location
		if whole, err = ocpi.Decode[ocpi.Location](read(t, "location_example.json")); err == nil {
			_, err = ocpi.Patch(whole.EVSEs[0], b)
		}
	default:
		var whole ocpi.Location
		if whole, err = ocpi.Decode[ocpi.Location](read(t, "location_example.json")); err == nil {
			_, err = ocpi.Patch(whole, b)
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// evseExample is older than the standard around it: a field without meaning, a number for a text, and less than is required.
func evseExample(t *testing.T, b []byte) {
	t.Helper()
	evse, err := ocpi.Decode[ocpi.EVSE](b)
	if err != nil || evse.PhysicalReference != "3" || evse.Connectors[0].TariffIDs[0] != "14" {
		t.Errorf("got %+v, %v", evse, err)
	}
}

func TestOlderPrices(t *testing.T) {
	session, err := ocpi.Decode[ocpi.Session](read(t, "session_example_2_short_finished.json"))
	if err != nil {
		t.Fatal(err)
	}
	older, err := ocpi.Downgrade(session)
	if err != nil || !bytes.Contains(older, []byte(`"total_cost":{"excl_vat":8.5,"incl_vat":9.35}`)) {
		t.Errorf("got %s, %v", older, err)
	}
	again, err := ocpi.Upgrade[ocpi.Session](older)
	if err != nil || again.TotalCost.Taxes[0].Amount.String() != "0.85" || again.TotalCost.BeforeTaxes.String() != "8.5" {
		t.Errorf("got %+v, %v", again.TotalCost, err)
	}
	included, err := ocpi.Decode[ocpi.Tariff](read(t, "tariff_20_simple_north_american_inclusive.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ocpi.Downgrade(included); !errors.Is(err, ocpi.ErrVersion) {
		t.Errorf("got %v, want %v", err, ocpi.ErrVersion)
	}
	least, err := ocpi.Decode[ocpi.Tariff](read(t, "tariff_12_025kwh_min_price.json"))
	if err != nil {
		t.Fatal(err)
	}
	older, err = ocpi.Downgrade(least)
	if err != nil || !bytes.Contains(older, []byte(`"min_price":{"excl_vat":0.5,"incl_vat":0.55}`)) || bytes.Contains(older, []byte("tax_included")) {
		t.Errorf("got %s, %v", older, err)
	}
	if back, err := ocpi.Upgrade[ocpi.Tariff](older); err != nil || !reflect.DeepEqual(tree(t, marshal(t, back)), tree(t, marshal(t, least))) {
		t.Errorf("got %+v, %v", back, err)
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecodeRefuses(t *testing.T) {
	for _, bad := range []string{``, `[]`, `{}`, `{"country_code":"AT"}`, `{"kwh":1e9}`, `{"kwh":"x"}`, `{"start_date_time":"yesterday"}`} {
		if _, err := ocpi.Decode[ocpi.Session]([]byte(bad)); !errors.Is(err, ocpi.ErrSyntax) {
			t.Errorf("%s: got %v, want %v", bad, err, ocpi.ErrSyntax)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"country_code":"AT","party_id":"WAT","id":"1","start_date_time":"2026-06-21T10:00:00","kwh":"1.5","total_cost":{"before_taxes":1,"taxes":[{"name":"VAT","amount":0.2}]},
		"cdr_token":{"uid":"x"},"auth_method":"WHITELIST","location_id":"L","currency":"EUR","status":"ACTIVE","last_updated":"2026-06-21T10:00:00Z"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		session, err := ocpi.Decode[ocpi.Session](b)
		if err != nil {
			return
		}
		older, err := ocpi.Downgrade(session)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ocpi.Upgrade[ocpi.Session](older); err != nil {
			t.Errorf("%s: %v", older, err)
		}
	})
}
