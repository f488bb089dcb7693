package agent

import (
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/wattle/wattle/meter"
)

var testKey = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

func openTest(t *testing.T, path string) *outbox {
	t.Helper()
	o, err := openOutbox(path)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// add signs and stores the reading that follows.
func add(t *testing.T, o *outbox, boundary int64) (dropped int) {
	t.Helper()
	last := o.newest()
	r := meter.Reading{
		Zone: "street", Meter: "home-01-grid", Boot: o.boot, Counter: last.Counter + 1, Boundary: boundary, Taken: boundary * 1000,
		Quality: meter.Measured,
	}
	if last.Counter != 0 {
		r.Previous = last.Digest()
	}
	dropped, err := o.append(meter.Sign(testKey, r))
	if err != nil {
		t.Fatal(err)
	}
	return dropped
}

func closeTest(t *testing.T, o *outbox) {
	t.Helper()
	if err := o.close(); err != nil {
		t.Fatal(err)
	}
}

func TestOutboxKeepsWhatWasNotSent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox")
	o := openTest(t, path)
	for i := range int64(4) {
		add(t, o, 900*i)
	}
	if err := o.sent(2); err != nil {
		t.Fatal(err)
	}
	closeTest(t, o)
	for boot := uint32(2); boot < 4; boot++ {
		o = openTest(t, path)
		if next, ok := o.next(); !ok || next.Counter != 3 || o.newest().Counter != 4 || o.boot != boot {
			t.Errorf("got next %d newest %d boot %d, want 3, 4 and %d", next.Counter, o.newest().Counter, o.boot, boot)
		}
		closeTest(t, o)
	}
	o = openTest(t, path)
	if err := o.sent(4); err != nil {
		t.Fatal(err)
	}
	closeTest(t, o)
	o = openTest(t, path)
	defer closeTest(t, o)
	if next, ok := o.next(); ok || o.newest().Counter != 4 {
		t.Errorf("got next %d newest %d, want none unsent after 4", next.Counter, o.newest().Counter)
	}
}

// Wherever a crash cuts the last record off, what was complete is there and the outbox goes on.
func TestOutboxSurvivesATornEnd(t *testing.T) {
	folder := t.TempDir()
	whole := filepath.Join(folder, "whole")
	o := openTest(t, whole)
	add(t, o, 0)
	add(t, o, 900)
	closeTest(t, o)
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	step := recordSize(meter.SignedReadingSize)
	for cut := 1; cut <= step; cut += 16 {
		for name, end := range map[string][]byte{"short": nil, "zeros": make([]byte, cut+5000)} {
			path := filepath.Join(folder, "torn")
			if err := os.WriteFile(path, append(data[:len(data)-cut:len(data)-cut], end...), 0o600); err != nil {
				t.Fatal(err)
			}
			o := openTest(t, path)
			if got := o.newest().Counter; got != 1 {
				t.Fatalf("%s, %d bytes cut: newest got %d, want 1", name, cut, got)
			}
			add(t, o, 1800)
			closeTest(t, o)
			o = openTest(t, path)
			if got := o.newest().Boundary; got != 1800 {
				t.Fatalf("%s, %d bytes cut: boundary got %d, want 1800", name, cut, got)
			}
			closeTest(t, o)
		}
	}
}

func TestOutboxRefusesDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox")
	o := openTest(t, path)
	for i := range int64(3) {
		add(t, o, 900*i)
	}
	closeTest(t, o)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, len(outboxHeader), len(outboxHeader) + 20, len(data) - recordSize(meter.SignedReadingSize) - 9} {
		damaged := append([]byte(nil), data...)
		damaged[at] ^= 0x40
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openOutbox(path); !errors.Is(err, ErrOutboxDamaged) {
			t.Errorf("byte %d: got %v, want %v", at, err, ErrOutboxDamaged)
		}
	}
}

func TestOutboxHasOneOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox")
	o := openTest(t, path)
	if _, err := openOutbox(path); !errors.Is(err, ErrOutboxInUse) {
		t.Errorf("second: got %v, want %v", err, ErrOutboxInUse)
	}
	closeTest(t, o)
	closeTest(t, openTest(t, path))
}

func TestOutboxIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox")
	o := openTest(t, path)
	add(t, o, 0)
	add(t, o, 3600)
	if got := add(t, o, keepUnsent); got != 0 {
		t.Errorf("at 30 days: got %d dropped, want none", got)
	}
	if got := add(t, o, keepUnsent+3601); got != 2 {
		t.Errorf("after 30 days: got %d dropped, want 2", got)
	}
	if next, _ := o.next(); next.Counter != 3 {
		t.Errorf("next: got %d, want 3", next.Counter)
	}
	largest := int64(0)
	for i := range int64(2 * maxDead) {
		add(t, o, keepUnsent+7200+60*i)
		if err := o.sent(o.newest().Counter); err != nil {
			t.Fatal(err)
		}
		largest = max(largest, o.size)
	}
	if limit := int64((maxDead + 2) * recordSize(meter.SignedReadingSize)); largest > limit {
		t.Errorf("file: got %d bytes, want at most %d", largest, limit)
	}
	counter := o.newest().Counter
	closeTest(t, o)
	o = openTest(t, path)
	defer closeTest(t, o)
	if got := o.newest().Counter; got != counter {
		t.Errorf("newest: got %d, want %d", got, counter)
	}
}

// Records that decode encode to the same bytes, and nothing makes the decoder panic.
func FuzzRecords(f *testing.F) {
	good := appendRecord([]byte(outboxHeader), record{bootRecord, []byte{0, 0, 0, 1}})
	f.Add(good)
	f.Add(appendRecord(good, record{sentRecord, make([]byte, 8)}))
	f.Add(append(good, 'R', 1, 2))
	f.Fuzz(func(t *testing.T, data []byte) {
		records, err := decodeRecords(data)
		if err != nil {
			if !errors.Is(err, ErrOutboxDamaged) {
				t.Fatalf("got %v, want %v", err, ErrOutboxDamaged)
			}
			return
		}
		again := []byte(outboxHeader)
		for _, r := range records {
			again = appendRecord(again, r)
		}
		if len(again) > len(data) || string(again) != string(data[:len(again)]) {
			t.Fatalf("got % x, want the beginning of % x", again, data)
		}
	})
}
