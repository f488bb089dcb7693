package ocmf_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wattle/wattle/charging/ocmf"
)

const (
	begin = `{"TM":"2026-06-21T10:00:00,000+0200 S","TX":"B","RV":1000.5,"RI":"1-0:1.8.0","RU":"Wh","EF":"","ST":"G"}`
	end   = `{"TM":"2026-06-21T11:00:00,000+0200 S","TX":"E","RV":8000.2,"RI":"1-0:1.8.0","RU":"Wh","EF":"","ST":"G"}`
)

func payload(page, meter string, readings ...string) string {
	return fmt.Sprintf(`{"FV":"1.4","GS":"gate","MS":%q,"PG":%q,"TT":"a|b","RD":[%s]}`, meter, page, strings.Join(readings, ","))
}

// signed signs a payload with a fresh key on secp256r1.
func signed(t *testing.T, payload string) (string, *ocmf.Key) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(payload))
	der, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	info, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public, err := ocmf.ParseKey(hex.EncodeToString(info))
	if err != nil {
		t.Fatal(err)
	}
	return "OCMF|" + payload + `|{"SD":"` + hex.EncodeToString(der) + `"}`, public
}

func parsed(t *testing.T, payload string) *ocmf.Record {
	t.Helper()
	r, err := ocmf.Parse("OCMF|" + payload + `|{"SD":"00"}`)
	if err != nil {
		t.Fatalf("%s: %v", payload, err)
	}
	return r
}

func TestAPipeInsideATextDoesNotEndThePayload(t *testing.T) {
	text, key := signed(t, payload("T1", "m", begin, end))
	if err := accept(text, key); err != nil {
		t.Error(err)
	}
}

func TestPair(t *testing.T) {
	worse := strings.NewReplacer
	for _, c := range []struct {
		name  string
		pages []string
		want  int64 // Wh; -1 is refused
	}{
		{"one record", []string{payload("T1", "m", begin, end)}, 6999},
		{"two records", []string{payload("T1", "m", begin), payload("T2", "m", end)}, 6999},
		{"two records and one of them twice", []string{payload("T1", "m", begin), payload("T2", "m", end), payload("T1", "m", begin)}, 6999},
		{"two records in the wrong order", []string{payload("T2", "m", end), payload("T1", "m", begin)}, 6999},
		{"a page missing", []string{payload("T1", "m", begin), payload("T3", "m", end)}, -1},
		{"two meters", []string{payload("T1", "m", begin), payload("T2", "n", end)}, -1},
		{"a page outside of transactions", []string{payload("F1", "m", begin, end)}, -1},
		{"no begin", []string{payload("T1", "m", end)}, -1},
		{"no end", []string{payload("T1", "m", begin)}, -1},
		{"two begins", []string{payload("T1", "m", begin, begin, end)}, -1},
		{"two ends", []string{payload("T1", "m", begin, end, end)}, -1},
		{"no readings", []string{payload("T1", "m")}, -1},
		{"the register falls", []string{payload("T1", "m", begin, worse("8000.2", "900").Replace(end))}, -1},
		{"the clock goes back", []string{payload("T1", "m", begin, worse("T11", "T09").Replace(end))}, -1},
		{"more than can be", []string{payload("T1", "m", begin, worse("8000.2", "99999999999").Replace(end))}, -1},
		{"status not good", []string{payload("T1", "m", begin, worse(`"G"`, `"X"`).Replace(end))}, -1},
		{"energy in error", []string{payload("T1", "m", begin, worse(`"EF":""`, `"EF":"E"`).Replace(end))}, -1},
		{"another unit", []string{payload("T1", "m", begin, worse(`"Wh"`, `"varh"`).Replace(end))}, -1},
		{"no serial number", []string{worse("gate", "").Replace(payload("T1", "", begin, end))}, -1},
	} {
		var records []*ocmf.Record
		for _, page := range c.pages {
			records = append(records, parsed(t, page))
		}
		d, err := ocmf.Pair(records...)
		switch {
		case c.want < 0 && !errors.Is(err, ocmf.ErrReading):
			t.Errorf("%s: got %v, want %v", c.name, err, ocmf.ErrReading)
		case c.want >= 0 && (err != nil || int64(d.Energy) != c.want || !d.TimeCertain):
			t.Errorf("%s: got %v, %v, want %d Wh at certain times", c.name, d, err, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good := payload("T1", "m", begin, end)
	for _, text := range []string{
		"", "OCMF", "OCMF|", "OCMF|{}", "ocmf|" + good + `|{"SD":"00"}`, "OCMF|" + good, "OCMF|" + good + "|", "OCMF|" + good + "|[]",
		"OCMF|" + good + `|{"SD":""}`, "OCMF|" + good + `|{"SD":"0"}`, "OCMF|" + good + `|{"SD":"aA"}`, "OCMF|" + good + `|{"SD":7}`,
		"OCMF|" + good + `|{"SD":"00","SD":"00"}`, "OCMF|" + good + `|{"SD":"00","sa":"x"}`, "OCMF|" + good + `|{"SD":"00","SA":"RSA"}`,
		"OCMF|" + good + `|{"SD":"00","SE":"oct"}`, "OCMF|" + good + `|{"SD":"00","SM":"text/plain"}`, "OCMF|" + good + `|{"SD":"00"}}`,
		"OCMF|" + payload("X1", "m", begin) + `|{"SD":"00"}`, "OCMF|" + payload("T", "m", begin) + `|{"SD":"00"}`,
		"OCMF|" + strings.Replace(good, "1000.5", "1e9", 1) + `|{"SD":"00"}`,
		"OCMF|" + strings.Replace(good, " S", " Q", 1) + `|{"SD":"00"}`,
		"OCMF|" + strings.Replace(good, "a|b", strings.Repeat("a", ocmf.MaxRecord), 1) + `|{"SD":"00"}`,
	} {
		if _, err := ocmf.Parse(text); !errors.Is(err, ocmf.ErrSyntax) {
			t.Errorf("%.200s: got %v, want %v", text, err, ocmf.ErrSyntax)
		}
	}
}

func TestParseKeyRefuses(t *testing.T) {
	for _, text := range []string{"", "zz", "04", "3000", "040000", strings.Repeat("00", 1000),
		"3059301306072A8648CE3D020106082A8648CE3D03010703420004" + strings.Repeat("11", 64)} {
		k, err := ocmf.ParseKey(text)
		if err == nil { // coordinates alone meet their curve at the record
			err = parsed(t, payload("T1", "m", begin)).Verify(k)
		}
		if !errors.Is(err, ocmf.ErrKey) {
			t.Errorf("%q: got %v, want %v", text, err, ocmf.ErrKey)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("OCMF|" + payload("T1", "m", begin, end) + `|{"SD":"00","SE":"hex","SA":"ECDSA-secp256k1-SHA256","SM":"application/x-der"}`)
	f.Add(`OCMF|{"PG":"F0","RD":[{}]}|{"SE":"base64","SD":"AA=="}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ocmf.Parse(text)
		if err != nil {
			if !errors.Is(err, ocmf.ErrSyntax) {
				t.Errorf("got %v, want %v", err, ocmf.ErrSyntax)
			}
			return
		}
		if !strings.HasPrefix(text, "OCMF|"+string(r.Payload())+"|") {
			t.Error("the payload is not as written")
		}
		if d, err := ocmf.Pair(r); err == nil && d.Energy < 0 {
			t.Errorf("paired to %d Wh", d.Energy)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add("3059301306072A8648CE3D020106082A8648CE3D03010703420004A2C53580D26835738B70B952D99D324B3414D9C0D93A6CE484FC809C18716809447A3CFF93F051507B3B486ACCB513356AB68E8AE201EE320F7F7DF4A1633B3C")
	f.Add("04AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := ocmf.ParseKey(text); err != nil && !errors.Is(err, ocmf.ErrKey) {
			t.Errorf("got %v, want %v", err, ocmf.ErrKey)
		}
	})
}
