package oracle_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

// settled is the statement after the example's interval, signed by the oracles named.
func settled(t testing.TB, signers ...int) oracle.Settled {
	t.Helper()
	_, _, outcome := example(t)
	s := oracle.Settled{ConfigDigest: quorum(t).ConfigDigest, Sequence: 8, Report: oracle.SettlementReport{
		Zone: "street", Interval: outcome.Next.Add(-1), Root: oracle.Root(outcome.Leaves), Number: 3, Block: 41, Members: 5,
		Energy: 1265, Released: 10_000_000_000, Owed: 150_000_000_000,
	}}
	hash := s.SigningHash()
	for _, n := range signers {
		signature, err := crypto.Sign(hash[:], oracleKey(t, n))
		if err != nil {
			t.Fatal(err)
		}
		s.Signatures = append(s.Signatures, [oracle.SignatureSize]byte(signature))
	}
	return s
}

func TestSettlementReportBytes(t *testing.T) {
	s := settled(t, 1, 3)
	b := oracle.AppendSettlementReport(nil, s.Report)
	if len(b) != 156 {
		t.Errorf("got %d bytes, want 156", len(b))
	}
	out := "report\n" + table(t, b, []field{{"domain", 32}, {"zone", 32}, {"start", 8}, {"length", 4}, {"run", 4}, {"root", 32},
		{"number", 8}, {"block", 8}, {"leaves", 4}, {"energy", 8}, {"released", 8}, {"owed", 8}})
	out += fmt.Sprintf("signing\n      hash        %x\nsettled\n", s.SigningHash())
	out += table(t, oracle.AppendSettled(nil, s), []field{{"domain", 16}, {"report", oracle.SettlementReportSize}, {"config", 32},
		{"sequence", 8}, {"count", 1}, {"signature", oracle.SignatureSize}, {"signature", oracle.SignatureSize}})
	golden(t, "settled.golden", out)
	if got, err := oracle.DecodeSettled(oracle.AppendSettled(nil, s)); err != nil || !reflect.DeepEqual(got, s) {
		t.Errorf("got %+v, %v, want %+v", got, err, s)
	}
	sequence := append(bytes.Repeat([]byte{0}, 31), 8)
	if got, want := s.SigningHash(), crypto.Keccak256(crypto.Keccak256(b), s.ConfigDigest[:], sequence); !bytes.Equal(got[:], want) {
		t.Errorf("signing hash: got %x, want %x", got, want)
	}
}

func TestSettlementReportRefuses(t *testing.T) {
	for name, alter := range map[string]func(*oracle.SettlementReport){
		"number 0":                func(r *oracle.SettlementReport) { r.Number = 0 },
		"no zone":                 func(r *oracle.SettlementReport) { r.Zone = "" },
		"no interval":             func(r *oracle.SettlementReport) { r.Interval = energy.Interval{} },
		"negative energy":         func(r *oracle.SettlementReport) { r.Energy = -1 },
		"negative released":       func(r *oracle.SettlementReport) { r.Released = math.MinInt64 },
		"owed less than released": func(r *oracle.SettlementReport) { r.Owed = r.Released - 1 },
	} {
		r := settled(t).Report
		alter(&r)
		if _, err := oracle.DecodeSettlementReport(oracle.AppendSettlementReport(nil, r)); !errors.Is(err, oracle.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
	b := oracle.AppendSettled(nil, settled(t, 1, 2))
	for n := range len(b) {
		if _, err := oracle.DecodeSettled(b[:n]); !errors.Is(err, oracle.ErrMalformed) {
			t.Fatalf("%d of %d bytes: got %v, want ErrMalformed", n, len(b), err)
		}
	}
}

func TestQuorumVerifiesSettlement(t *testing.T) {
	if err := quorum(t).VerifySettled(settled(t, 2, 4)); err != nil {
		t.Error(err)
	}
	altered := func(alter func(*oracle.Settled)) oracle.Settled {
		s := settled(t, 1, 2)
		alter(&s)
		return s
	}
	for name, s := range map[string]oracle.Settled{
		"too few":               settled(t, 1),
		"too many":              settled(t, 1, 2, 3),
		"one oracle twice":      settled(t, 2, 2),
		"a stranger":            settled(t, 1, 5),
		"another configuration": altered(func(s *oracle.Settled) { s.ConfigDigest[0]++ }),
		"another number":        altered(func(s *oracle.Settled) { s.Report.Number++ }),
		"another root":          altered(func(s *oracle.Settled) { s.Report.Root[31]++ }),
		"more owed":             altered(func(s *oracle.Settled) { s.Report.Owed++ }),
		"an attestation":        altered(func(s *oracle.Settled) { s.Signatures = attested(t, 1, 2).Signatures }),
	} {
		if err := quorum(t).VerifySettled(s); !errors.Is(err, oracle.ErrQuorum) {
			t.Errorf("%s: got %v, want ErrQuorum", name, err)
		}
	}
}

func FuzzDecodeSettlementReport(f *testing.F) {
	fuzzDecoder(f, oracle.DecodeSettlementReport, oracle.AppendSettlementReport, oracle.AppendSettlementReport(nil, settled(f).Report))
}

func FuzzDecodeSettled(f *testing.F) {
	fuzzDecoder(f, oracle.DecodeSettled, oracle.AppendSettled, oracle.AppendSettled(nil, settled(f, 1, 2)), oracle.AppendSettled(nil, settled(f)))
}

// A tree that was updated is the tree over the new leaves.
func TestUpdatedTreeIsTheTreeBuiltAnew(t *testing.T) {
	for n := 1; n <= 40; n++ {
		tree := oracle.NewTree(hashesOf(leaves(n)))
		after := leaves(n)
		var places []int
		var changed []oracle.Hash
		for i := n % 3; i < n; i += 1 + n%4 {
			after[i].Export += 7
			places, changed = append(places, i), append(changed, after[i].Hash())
		}
		tree.Update(places, changed)
		if tree.Root() != oracle.Root(after) {
			t.Errorf("%d leaves, %d changed: another root", n, len(places))
		}
		for i, l := range after {
			if !oracle.Proves(l.Hash(), tree.Prove(i), oracle.Root(after)) {
				t.Errorf("%d leaves: leaf %d is not proved", n, i)
			}
		}
	}
}

func hashesOf(ls []oracle.Leaf) (hashes []oracle.Hash) {
	for _, l := range ls {
		hashes = append(hashes, l.Hash())
	}
	return hashes
}

func BenchmarkTree(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			hashes := make([]oracle.Hash, n)
			for b.Loop() {
				oracle.NewTree(hashes)
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "leaves/s")
		})
	}
}
