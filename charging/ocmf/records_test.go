package ocmf_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/wattle/wattle/charging/ocmf"
)

// sample is a signed value of a real station, and what OpenSSL said about it.
type sample struct {
	Source, Record, PublicKey string
	Verifies                  bool
}

func samples(t testing.TB) []sample {
	t.Helper()
	text, err := os.ReadFile("../../../shared/data/ocmf/records.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the records of real stations are not here: ../shared/data/ocmf/records.json")
	}
	var all []sample
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func accept(record string, key *ocmf.Key) error {
	r, err := ocmf.Parse(record)
	if err != nil {
		return err
	}
	return r.Accept(key)
}

func TestRecordsOfRealStations(t *testing.T) {
	accepted := 0
	for i, s := range samples(t) {
		key, err := ocmf.ParseKey(s.PublicKey)
		if err != nil {
			t.Errorf("%d %s: key: %v", i, s.Source, err)
			continue
		}
		err = accept(s.Record, key)
		if (err == nil) != s.Verifies {
			t.Errorf("%d %s: got %v, want verified %v", i, s.Source, err, s.Verifies)
		}
		if err == nil {
			accepted++
		}
	}
	if accepted == 0 {
		t.Error("no record was accepted")
	}
	t.Logf("%d accepted", accepted)
}

func TestAnyChangedByteIsRefused(t *testing.T) {
	step, tried := 1, 0
	if testing.Short() {
		step = 29
	}
	for i, s := range samples(t) {
		if !s.Verifies {
			continue
		}
		key, err := ocmf.ParseKey(s.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		for at := i % step; at < len(s.Record); at += step {
			for _, flip := range []byte{0x01, 0x20} { // another digit or letter; the other case
				changed := []byte(s.Record)
				changed[at] ^= flip
				if accept(string(changed), key) == nil {
					t.Errorf("%d %s: accepted with byte %d changed from %q to %q", i, s.Source, at, s.Record[at], changed[at])
				}
				tried++
			}
		}
	}
	t.Logf("%d changes tried", tried)
}

func TestWhiteSpaceInTheSignatureIsRefused(t *testing.T) {
	for i, s := range samples(t) {
		key, err := ocmf.ParseKey(s.PublicKey)
		if err != nil || !s.Verifies {
			continue
		}
		for _, changed := range []string{s.Record + " ", s.Record + "{}", s.Record + "|", " " + s.Record} {
			if accept(changed, key) == nil {
				t.Errorf("%d %s: accepted with something around it", i, s.Source)
			}
		}
	}
}

func TestEveryPayloadIsBilledOnce(t *testing.T) {
	var billed ocmf.Billed
	count := 0
	for range 2 {
		for _, s := range samples(t) {
			r, err := ocmf.Parse(s.Record)
			if err != nil {
				t.Fatal(err)
			}
			switch err := billed.Add(r); {
			case err == nil:
				count++
			case !errors.Is(err, ocmf.ErrDuplicate):
				t.Errorf("got %v, want %v", err, ocmf.ErrDuplicate)
			}
		}
	}
	if want := len(samples(t)); count != want {
		t.Errorf("billed %d payloads, want %d, each once", count, want)
	}
}

func TestPairsOfRealStations(t *testing.T) {
	pages := map[string]*ocmf.Record{}
	for _, s := range samples(t) {
		r, err := ocmf.Parse(s.Record)
		if err != nil {
			t.Fatal(err)
		}
		pages[r.Meter()+" "+r.Page()] = r
	}
	for _, c := range []struct {
		pages []string
		want  int64 // Wh
	}{
		{[]string{"1EBZ0300034628 T117"}, 266},
		{[]string{"1211751603 T144"}, 1101},
		{[]string{"33019230 T2"}, 1304},
		{[]string{"1DZG0033022268 T1040", "1DZG0033022268 T1041"}, 898},
		{[]string{"1DZG0033016911 T7", "1DZG0033016911 T6"}, 0},
		{[]string{"12345678 T5", "12345678 T6", "12345678 T5"}, 0},
	} {
		var records []*ocmf.Record
		for _, page := range c.pages {
			records = append(records, pages[page])
		}
		d, err := ocmf.Pair(records...)
		if err != nil || int64(d.Energy) != c.want {
			t.Errorf("%v: got %d Wh, %v, want %d", c.pages, d.Energy, err, c.want)
		}
	}
	if _, err := ocmf.Pair(pages["1DZG0033022268 T1040"]); !errors.Is(err, ocmf.ErrReading) {
		t.Errorf("a begin alone: got %v, want %v", err, ocmf.ErrReading)
	}
	if _, err := ocmf.Pair(pages["1EBZ0300034628 T117"], pages["1EBZ0300034628 T120"]); !errors.Is(err, ocmf.ErrReading) {
		t.Errorf("pages with a gap: got %v, want %v", err, ocmf.ErrReading)
	}
}
