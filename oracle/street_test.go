package oracle_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files; then read the diff")

// quarter is 2026-06-21T10:15Z: the end of the genesis interval and the boundary of every meter's first reading.
const quarter = 1782036900

// faulty is f in these tests: one of four oracles.
const faulty = 1

// home is a meter of the street and the device that signs for it.
type home struct {
	id  energy.Meter
	key ed25519.PrivateKey
}

// homeAt is the n-th home, n from 1; its device key has the seed n, n, n …
func homeAt(n int) home {
	id := energy.Meter(fmt.Sprintf("home-%02d-grid", n))
	return home{id, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(n)}, ed25519.SeedSize))}
}

// first is the home's first reading, at quarter. That of home 1 is the example of package meter.
func (h home) first() meter.SignedReading {
	return meter.Sign(h.key, meter.Reading{
		Zone: "street", Meter: h.id, Boot: 1, Counter: 1, Boundary: quarter, Taken: quarter*1000 + 250,
		Import: 5_120_000, Export: 3_412_000, Frequency: 50_010, Voltage: 231_400,
		Quality: meter.Measured, Frames: meter.Digest(bytes.Repeat([]byte{0xf0}, 32)),
	})
}

// after is the home's reading n quarter hours after s, chained to it if n is 1, altered as asked before it is signed.
func (h home) after(s meter.SignedReading, n int, imported, exported energy.WattHours, alter ...func(*meter.Reading)) meter.SignedReading {
	r := s.Reading
	r.Counter += uint64(n)
	r.Boundary += 900 * int64(n)
	r.Taken = r.Boundary*1000 + 250
	r.Import, r.Export = r.Import+imported, r.Export+exported
	if r.Previous = (meter.Digest{}); n == 1 {
		r.Previous = s.Digest()
	}
	for _, a := range alter {
		a(&r)
	}
	return meter.Sign(h.key, r)
}

// registry has homes 1 to n, each with 10 kW of nameplate and 20 kW of contracted power.
func registry(t testing.TB, n int) oracle.Registry {
	t.Helper()
	var meters []oracle.Registration
	for i := n; i >= 1; i-- {
		h := homeAt(i)
		meters = append(meters, oracle.Registration{
			Meter: h.id, Device: [32]byte(h.key.Public().(ed25519.PublicKey)), MaxExport: 10_000, MaxImport: 20_000,
		})
	}
	r, err := oracle.NewRegistry("street", energy.FifteenMinutes, 5*time.Minute, meters)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// intervalEnding is the quarter hour whose end is the reading's boundary.
func intervalEnding(s meter.SignedReading) energy.Interval {
	return energy.IntervalAt(time.Unix(s.Boundary-900, 0), energy.FifteenMinutes)
}

// genesis is the outcome before the first: readings at quarter will be the bases.
func genesis() oracle.Outcome { return oracle.Genesis(intervalEnding(homeAt(1).first())) }

// observed is an oracle's observation that the interval is closed with these readings, which ascend by meter.
func observed(interval energy.Interval, readings ...meter.SignedReading) oracle.Observation {
	return oracle.Observation{Interval: interval, Closed: true, Readings: readings}
}

// decide has n oracles of four observe the same readings.
func decide(r oracle.Registry, previous oracle.Outcome, n int, readings ...meter.SignedReading) oracle.Outcome {
	var observations []oracle.Observation
	for range n {
		observations = append(observations, observed(previous.Next, readings...))
	}
	return r.Decide(previous, observations, faulty)
}

// based is the outcome after the first: homes 1 to n have their bases.
func based(t testing.TB, r oracle.Registry, n int) oracle.Outcome {
	t.Helper()
	var firsts []meter.SignedReading
	for i := 1; i <= n; i++ {
		firsts = append(firsts, homeAt(i).first())
	}
	o := decide(r, genesis(), 4, firsts...)
	if o.Closed || len(o.Last) != n || o.Next != genesis().Next.Next() {
		t.Fatalf("genesis: got closed %t, %d bases, next %s", o.Closed, len(o.Last), o.Next)
	}
	return o
}

// example is what docs/protocol.md works through: three homes, one interval. Home 1 exports 1,250 Wh, home 2 takes 900.
func example(t testing.TB) (oracle.Registry, oracle.Observation, oracle.Outcome) {
	t.Helper()
	r := registry(t, 3)
	start := based(t, r, 3)
	one, two, three := homeAt(1), homeAt(2), homeAt(3)
	o := observed(start.Next, one.after(one.first(), 1, 0, 1250), two.after(two.first(), 1, 900, 0), three.after(three.first(), 1, 340, 15))
	return r, o, r.Decide(start, []oracle.Observation{o, o, o}, faulty)
}

// oracleKey is the signing key of the n-th oracle, n from 1.
func oracleKey(t testing.TB, n int) *ecdsa.PrivateKey {
	t.Helper()
	key, err := crypto.ToECDSA(bytes.Repeat([]byte{byte(n)}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// quorum is the group of four oracles.
func quorum(t testing.TB) oracle.Quorum {
	t.Helper()
	q := oracle.Quorum{ConfigDigest: [32]byte{0, 0x0e, 1, 2, 3}, Faulty: faulty}
	for n := 1; n <= 4; n++ {
		q.Signers = append(q.Signers, oracle.Signer(crypto.PubkeyToAddress(oracleKey(t, n).PublicKey)))
	}
	return q
}

// attested is the example's attestation, signed by the oracles named.
func attested(t testing.TB, signers ...int) oracle.Attestation {
	t.Helper()
	_, _, outcome := example(t)
	report, ok, err := outcome.Report("street")
	if err != nil || !ok {
		t.Fatalf("report: %t, %v", ok, err)
	}
	a := oracle.Attestation{Report: report, ConfigDigest: quorum(t).ConfigDigest, Sequence: 7, Leaves: outcome.Leaves}
	for _, n := range signers {
		a.Signatures = append(a.Signatures, sign(t, a, n))
	}
	return a
}

func sign(t testing.TB, a oracle.Attestation, n int) [oracle.SignatureSize]byte {
	t.Helper()
	hash := a.SigningHash()
	signature, err := crypto.Sign(hash[:], oracleKey(t, n))
	if err != nil {
		t.Fatal(err)
	}
	return [oracle.SignatureSize]byte(signature)
}

// field is one field of a written layout.
type field struct {
	name string
	size int
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
		fmt.Fprintf(&out, "%4d  %-10s  %x\n", offset, f.name, b[offset:offset+f.size])
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
