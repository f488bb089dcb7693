package node_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wattle/wattle/charging/ocmf"
	"github.com/wattle/wattle/internal/node"
)

func TestChargingVerifyRefusesAChangedRecord(t *testing.T) {
	text, err := os.ReadFile("../../../shared/data/ocmf/records.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the records of real stations are not here: ../shared/data/ocmf/records.json")
	}
	var samples []struct{ Record, PublicKey string }
	if err == nil {
		err = json.Unmarshal(text, &samples)
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c := node.ChargingVerifyConfig{Record: filepath.Join(dir, "record"), Key: filepath.Join(dir, "key"), JSON: true}
	for _, s := range samples {
		if !strings.Contains(s.Record, `"T117"`) {
			continue
		}
		for record, want := range map[string]error{s.Record: nil, strings.Replace(s.Record, "2850951", "2850952", 1): ocmf.ErrSignature} {
			if err := errors.Join(os.WriteFile(c.Record, []byte(record+"\n"), 0o600), os.WriteFile(c.Key, []byte(s.PublicKey), 0o600)); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := node.ChargingVerify(c, &out); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
			if want == nil && !strings.Contains(out.String(), `"energy_wh":266`) {
				t.Errorf("got %s, want 266 Wh", out.String())
			}
		}
		return
	}
	t.Error("no record of page T117")
}
