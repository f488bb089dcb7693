package meter_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files; then read the diff")

// field is one field of a written layout.
type field struct {
	name string
	size int
}

// layout is docs/protocol.md "Reading".
var layout = []field{
	{"domain", 16}, {"zone", 32}, {"meter", 32}, {"device", 32}, {"boot", 4}, {"counter", 8}, {"previous", 32}, {"boundary", 8},
	{"taken", 8}, {"import", 8}, {"export", 8}, {"frequency", 4}, {"voltage", 4}, {"quality", 1}, {"frames", 32}, {"signature", 64},
}

// table writes bytes field by field: offset, name, hexadecimal.
func table(t *testing.T, b []byte, fields []field) string {
	t.Helper()
	var out strings.Builder
	offset := 0
	for _, f := range fields {
		if len(b) < offset+f.size {
			t.Fatalf("%d bytes end before %s at %d", len(b), f.name, offset)
		}
		fmt.Fprintf(&out, "%4d  %-9s  %x\n", offset, f.name, b[offset:offset+f.size])
		offset += f.size
	}
	if offset != len(b) {
		t.Fatalf("%d bytes, the layout has %d", len(b), offset)
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; -rewrite and read the diff. got:\n%s\nwant:\n%s", path, got, want)
	}
}

// key is a device key from one byte; the protocol's examples use it.
func key(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

// quarter is the boundary at 2026-06-21T10:15Z.
const quarter = 1782036900

// example is the first reading of the docs' home.
func example() meter.Reading {
	return meter.Reading{
		Zone: "street", Meter: "home-01-grid", Boot: 1, Counter: 1,
		Boundary: quarter, Taken: quarter*1000 + 250,
		Import: 5_120_000, Export: 3_412_000, Frequency: 50_010, Voltage: 231_400,
		Quality: meter.Measured, Frames: meter.Digest(bytes.Repeat([]byte{0xf0}, 32)),
	}
}

func TestReadingBytes(t *testing.T) {
	signed := meter.Sign(key(1), example())
	b := meter.AppendSignedReading(nil, signed)
	golden(t, "reading.golden", table(t, b, layout)+fmt.Sprintf("      digest     %x\n", signed.Digest()))
	if len(b) != meter.SignedReadingSize {
		t.Errorf("got %d bytes, want %d", len(b), meter.SignedReadingSize)
	}
	if prefix := []byte("before"); !bytes.Equal(meter.AppendSignedReading(prefix, signed), append(prefix, b...)) {
		t.Error("append does not keep what stands before")
	}
}

// anyReading draws readings that a device may send.
func anyReading() *rapid.Generator[meter.Reading] {
	return rapid.Custom(func(t *rapid.T) meter.Reading {
		name := rapid.StringMatching(`[a-z]([a-z0-9-]{0,29}[a-z0-9])?`)
		boundary := rapid.Int64Range(0, 253402300799).Draw(t, "boundary")
		return meter.Reading{
			Zone: energy.Zone(name.Draw(t, "zone")), Meter: energy.Meter(name.Draw(t, "meter")),
			Boot: rapid.Uint32().Draw(t, "boot"), Counter: rapid.Uint64Min(1).Draw(t, "counter"),
			Previous: digest().Draw(t, "previous"),
			Boundary: boundary, Taken: boundary*1000 + rapid.Int64Range(0, 1000).Draw(t, "delay"),
			Import:    energy.WattHours(rapid.Int64Min(0).Draw(t, "import")),
			Export:    energy.WattHours(rapid.Int64Min(0).Draw(t, "export")),
			Frequency: rapid.Uint32().Draw(t, "frequency"), Voltage: rapid.Uint32().Draw(t, "voltage"),
			Quality: rapid.SampledFrom([]meter.Quality{meter.Measured, meter.Late}).Draw(t, "quality"),
			Frames:  digest().Draw(t, "frames"),
		}
	})
}

func digest() *rapid.Generator[meter.Digest] {
	return rapid.Custom(func(t *rapid.T) meter.Digest {
		return meter.Digest(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
	})
}

func TestSignedReadingRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		signed := meter.Sign(key(rapid.Byte().Draw(t, "key")), anyReading().Draw(t, "reading"))
		if err := signed.Verify(); err != nil {
			t.Fatal(err)
		}
		got, err := meter.DecodeSignedReading(meter.AppendSignedReading(nil, signed))
		if err != nil || got != signed {
			t.Fatalf("got %+v, %v, want %+v", got, err, signed)
		}
	})
}

func TestEveryFlippedBitIsNoticed(t *testing.T) {
	signed := meter.Sign(key(1), example())
	b := meter.AppendSignedReading(nil, signed)
	for bit := range len(b) * 8 {
		b[bit/8] ^= 1 << (bit % 8)
		if s, err := meter.DecodeSignedReading(b); err == nil {
			if err := s.Verify(); !errors.Is(err, meter.ErrSignature) {
				t.Errorf("bit %d of byte %d flipped: got %v, want ErrSignature", bit%8, bit/8, err)
			}
			if s.Digest() == signed.Digest() {
				t.Errorf("bit %d of byte %d flipped: the digest is the same", bit%8, bit/8)
			}
		} else if !errors.Is(err, meter.ErrMalformed) {
			t.Errorf("bit %d of byte %d flipped: got %v, want ErrMalformed", bit%8, bit/8, err)
		}
		b[bit/8] ^= 1 << (bit % 8)
	}
}

func TestAnotherKeyDoesNotVerify(t *testing.T) {
	signed := meter.Sign(key(1), example())
	if want := [32]byte(key(1).Public().(ed25519.PublicKey)); signed.Device != want {
		t.Errorf("device: got %x, want the public half of the key", signed.Device)
	}
	stranger := meter.Sign(key(2), example())
	stranger.Device = signed.Device
	if err := stranger.Verify(); !errors.Is(err, meter.ErrSignature) {
		t.Errorf("signed by another key: got %v, want ErrSignature", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, alter := range map[string]func(*meter.Reading){
		"counter 0":            func(r *meter.Reading) { r.Counter = 0 },
		"boundary before 1970": func(r *meter.Reading) { r.Boundary = -900 },
		"boundary after 9999":  func(r *meter.Reading) { r.Boundary, r.Taken = 253402300801, 253402300801000 },
		"taken too early":      func(r *meter.Reading) { r.Taken = r.Boundary*1000 - 1 },
		"taken after 9999":     func(r *meter.Reading) { r.Taken = 253402300800001 },
		"negative import":      func(r *meter.Reading) { r.Import = -1 },
		"negative export":      func(r *meter.Reading) { r.Export = -1 },
		"no quality":           func(r *meter.Reading) { r.Quality = 0 },
		"unknown quality":      func(r *meter.Reading) { r.Quality = 3 },
		"no zone":              func(r *meter.Reading) { r.Zone = "" },
		"no meter":             func(r *meter.Reading) { r.Meter = "" },
		"upper-case meter":     func(r *meter.Reading) { r.Meter = "Home" },
	} {
		r := example()
		alter(&r)
		if _, err := meter.DecodeSignedReading(meter.AppendSignedReading(nil, meter.Sign(key(1), r))); !errors.Is(err, meter.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
	b := meter.AppendSignedReading(nil, meter.Sign(key(1), example()))
	for name, b := range map[string][]byte{
		"nothing": nil, "one byte short": b[:len(b)-1], "one byte more": append(bytes.Clone(b), 0),
		"another version": append([]byte("wattle/reading/2"), b[16:]...),
	} {
		if _, err := meter.DecodeSignedReading(b); !errors.Is(err, meter.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
}

func FuzzDecodeSignedReading(f *testing.F) {
	b := meter.AppendSignedReading(nil, meter.Sign(key(1), example()))
	f.Add(b)
	f.Add(b[:len(b)-1])
	late := example()
	late.Quality, late.Counter = meter.Late, 1<<63
	f.Add(meter.AppendSignedReading(nil, meter.Sign(key(2), late)))
	far := bytes.Clone(b)
	binary.BigEndian.PutUint64(far[16+96+4+8+32:], 1<<63)
	f.Add(far)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := meter.DecodeSignedReading(b)
		if err != nil {
			if !errors.Is(err, meter.ErrMalformed) {
				t.Fatalf("got %v, want ErrMalformed", err)
			}
			return
		}
		if got := meter.AppendSignedReading(nil, s); !bytes.Equal(got, b) {
			t.Fatalf("decoded and encoded again:\n%x\nwant\n%x", got, b)
		}
	})
}
