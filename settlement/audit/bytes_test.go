package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/audit"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files; then read the diff")

// part is a named part of an encoding.
type part struct {
	name string
	size int
}

// golden compares bytes with a golden file, part by part.
func golden(t *testing.T, name string, b []byte, parts ...part) {
	t.Helper()
	var out strings.Builder
	at := 0
	for _, p := range parts {
		fmt.Fprintf(&out, "%4d  %-13s  %x\n", at, p.name, b[at:at+p.size])
		at += p.size
	}
	if at != len(b) {
		t.Errorf("%s: %d of %d bytes are named", name, at, len(b))
	}
	path := filepath.Join("testdata", name)
	if *rewrite {
		must(t, os.WriteFile(path, []byte(out.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if out.String() != string(want) {
		t.Errorf("%s differs; -rewrite and read the diff. got:\n%s", path, out.String())
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// attested is an attestation about the meters of n homes.
func attested(t testing.TB, n int) oracle.Attestation {
	t.Helper()
	interval, err := energy.NewInterval(1_782_036_900, energy.FifteenMinutes)
	must(t, err)
	var leaves []oracle.Leaf
	for i := range n {
		leaves = append(leaves, oracle.Leaf{Meter: energy.Meter(fmt.Sprintf("home-%06d-grid", i)), Import: energy.WattHours(i), Export: 1250,
			Since: interval.StartUnix(), Quality: meter.Measured, Reading: meter.Digest{byte(i), byte(i >> 8), 7}})
	}
	report, err := oracle.NewReport("street", interval, 0, leaves)
	must(t, err)
	return oracle.Attestation{Report: report, ConfigDigest: [32]byte{0, 0x0e}, Sequence: 7, Signatures: [][oracle.SignatureSize]byte{{1}, {2}}, Leaves: leaves}
}

func proofOf(t testing.TB, n int) audit.Proof {
	t.Helper()
	p, err := audit.Prove(attested(t, n), [32]byte{0xaa, 0xbb}, "home-000001-grid")
	must(t, err)
	return p
}

func TestProofBytes(t *testing.T) {
	p := proofOf(t, 3)
	data := audit.AppendProof(nil, p)
	golden(t, "proof.golden", data, part{"domain", 14}, part{"zone", 32}, part{"interval", 12}, part{"run", 4}, part{"transaction", 32},
		part{"leaf", 89}, part{"count", 1}, part{"sibling", 32}, part{"sibling", 32})
	again, err := audit.DecodeProof(data)
	if err != nil || !bytes.Equal(audit.AppendProof(nil, again), data) || again.Verify(attested(t, 3).Report.Root) != nil {
		t.Errorf("got %+v %v, want %+v", again, err, p)
	}
	if _, err := audit.Prove(attested(t, 3), [32]byte{}, "nobody"); !errors.Is(err, audit.ErrMeter) {
		t.Errorf("a meter that is not there: got %v, want %v", err, audit.ErrMeter)
	}
}

// A homeowner's proof in the largest zone there can be fits into 1 kB.
func TestProofOfALargeZoneIsSmall(t *testing.T) {
	if n := len(audit.AppendProof(nil, proofOf(t, oracle.MaxLeaves))); n > 1000 {
		t.Errorf("%d bytes among %d meters, want at most 1000", n, oracle.MaxLeaves)
	}
}

// exampleBundle is a bundle with one of everything.
func exampleBundle(t testing.TB) audit.Bundle {
	t.Helper()
	a := attested(t, 2)
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	reading := meter.Sign(key, meter.Reading{Zone: "street", Meter: "home-000001-grid", Device: [32]byte(key.Public().(ed25519.PublicKey)), Boot: 1, Counter: 1,
		Boundary: a.Report.Interval.EndUnix(), Taken: a.Report.Interval.EndUnix() * 1000, Quality: meter.Measured})
	report := oracle.SettlementReport{Zone: "street", Interval: a.Report.Interval, Number: 1, Block: 9, Owed: 3}
	return audit.Bundle{Zone: "street", Interval: a.Report.Interval, ChainID: 220_622, Hub: settlement.Address{0xab},
		Tariff: settlement.Tariff{Import: 300_000, Export: 80_000, Network: 70_000, Local: []energy.Price{30_000}},
		Meters: []audit.Meter{{Meter: "home-000001-grid", Member: "home-000001", Device: [32]byte{1}}}, Readings: []meter.SignedReading{reading},
		Market: []exchange.Message{{Zone: "street", Number: 3, Previous: exchange.Digest{5}, Events: []exchange.Event{{Sequence: 9, Kind: exchange.BookOpened,
			Time: 1000, Interval: a.Report.Interval}}}},
		Runs: []audit.RunRecord{{Attestation: a, Turn: &audit.TurnRecord{Notice: settlement.Notice{Report: report}, Signed: oracle.Settled{Report: report}}}}}
}

func TestBundleBytes(t *testing.T) {
	u := exampleBundle(t)
	data := audit.AppendBundle(nil, u)
	attestation := len(oracle.AppendAttestation(nil, u.Runs[0].Attestation))
	notice, signed := len(settlement.AppendNotice(nil, u.Runs[0].Turn.Notice)), len(oracle.AppendSettled(nil, u.Runs[0].Turn.Signed))
	golden(t, "bundle.golden", data, part{"domain", 15}, part{"zone", 32}, part{"interval", 12}, part{"chain", 8}, part{"hub", 20},
		part{"prices", 64}, part{"count", 1}, part{"local price", 8}, part{"count", 1},
		part{"count", 4}, part{"meter", 32}, part{"member", 32}, part{"device", 32}, part{"count", 4}, part{"reading", meter.SignedReadingSize},
		part{"count", 4}, part{"length", 4}, part{"market message", len(exchange.AppendMessage(nil, u.Market[0]))},
		part{"count", 1}, part{"length", 4}, part{"attestation", attestation}, part{"turn", 1}, part{"balances", 4},
		part{"length", 4}, part{"notice", notice}, part{"length", 4}, part{"signed root", signed}, part{"sum", 32})
	again, err := audit.DecodeBundle(data)
	if err != nil || !bytes.Equal(audit.AppendBundle(nil, again), data) {
		t.Errorf("got %+v %v", again, err)
	}
}

// What is read is written again as it was.
func FuzzDecodeBundle(f *testing.F) {
	seal := func(b []byte) []byte { sum := sha256.Sum256(b); return append(b, sum[:]...) }
	whole := audit.AppendBundle(nil, exampleBundle(f))
	body := whole[:len(whole)-sha256.Size]
	f.Add(body)
	f.Add([]byte("wattle/bundle/1"))
	f.Fuzz(func(t *testing.T, body []byte) {
		sealed := seal(bytes.Clone(body))
		u, err := audit.DecodeBundle(sealed)
		if err == nil && !bytes.Equal(audit.AppendBundle(nil, u), sealed) {
			t.Errorf("read %x, written %x", sealed, audit.AppendBundle(nil, u))
		}
	})
}

func FuzzDecodeProof(f *testing.F) {
	f.Add(audit.AppendProof(nil, proofOf(f, 3)))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := audit.DecodeProof(b)
		if err == nil && !bytes.Equal(audit.AppendProof(nil, p), b) {
			t.Errorf("read %x, written %x", b, audit.AppendProof(nil, p))
		}
	})
}

// BenchmarkProof makes and verifies one proof from an attestation in memory.
func BenchmarkProof(b *testing.B) {
	for _, n := range []int{12, 1000, 100_000} {
		a := attested(b, n)
		b.Run(fmt.Sprintf("meters=%d", n), func(b *testing.B) {
			for b.Loop() {
				p, err := audit.Prove(a, [32]byte{}, "home-000001-grid")
				if err != nil || p.Verify(a.Report.Root) != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
