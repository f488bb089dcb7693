package settlement

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files; then read the diff")

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

// table writes bytes field by field: offset, name, hexadecimal. Fields are "name size".
func table(t *testing.T, b []byte, fields ...string) string {
	t.Helper()
	var out strings.Builder
	offset := 0
	for _, f := range fields {
		var name string
		var size int
		if _, err := fmt.Sscan(f, &name, &size); err != nil || offset+size > len(b) {
			t.Fatalf("%s at %d of %d bytes: %v", f, offset, len(b), err)
		}
		fmt.Fprintf(&out, "%4d  %-10s  %x\n", offset, name, b[offset:offset+size])
		offset += size
	}
	if offset != len(b) {
		t.Fatalf("%d bytes, the layout has %d", len(b), offset)
	}
	return out.String()
}

func TestBalanceBytes(t *testing.T) {
	b := street(t)
	var out strings.Builder
	for l := range b.Leaves() {
		encoded := AppendBalanceLeaf(nil, l)
		fmt.Fprintf(&out, "leaf\n%s      hash        %x\n", table(t, encoded, "domain 16", "zone 32", "kind 1", "member 32", "payout 20",
			"energy 8", "released 8", "balance 8"), l.Hash())
		if got, err := DecodeBalanceLeaf(encoded); err != nil || got != l {
			t.Errorf("got %+v, %v, want %+v", got, err, l)
		}
	}
	fmt.Fprintf(&out, "report\n      bytes       %x\nsnapshot\n", oracle.AppendSettlementReport(nil, b.Report()))
	layout := []string{"domain 17", "zone 32", "number 8", "block 8", "deposited 8", "start 8", "length 4", "run 4", "count 4",
		"start 8", "length 4", "next 4", "start 8", "length 4", "next 4", "count 4"}
	for range b.records {
		layout = append(layout, "kind 1", "member 32", "payout 20", "energy 8", "released 8", "balance 8", "exit 8")
	}
	out.WriteString(table(t, b.AppendSnapshot(nil), layout...))
	fmt.Fprintf(&out, "      hash        %x\n", b.Hash())
	golden(t, "balances.golden", out.String())
}

func TestBalanceDecodersRefuse(t *testing.T) {
	b := street(t)
	leaf := func(alter func(*BalanceLeaf)) []byte {
		l, _, _ := b.Prove(elif)
		alter(&l)
		return AppendBalanceLeaf(nil, l)
	}
	decode := func(b []byte) error { _, err := DecodeBalanceLeaf(b); return err }
	restore := func(b []byte) error { _, err := RestoreBalances(b); return err }
	altered := func(at int, to byte) []byte {
		s := b.AppendSnapshot(nil)
		s[at] = to
		return s
	}
	records := len(b.AppendSnapshot(nil)) - len(b.records)*snapshotRecord
	for _, c := range []struct {
		name   string
		decode func([]byte) error
		bytes  []byte
	}{
		{"leaf: short", decode, leaf(func(*BalanceLeaf) {})[:124]},
		{"leaf: no zone", decode, leaf(func(l *BalanceLeaf) { l.Zone = "" })},
		{"leaf: negative energy", decode, leaf(func(l *BalanceLeaf) { l.Energy = -1 })},
		{"leaf: negative released", decode, leaf(func(l *BalanceLeaf) { l.Released = -1 })},
		{"leaf: negative balance", decode, leaf(func(l *BalanceLeaf) { l.Balance = -1 })},
		{"leaf: a member without a name", decode, leaf(func(l *BalanceLeaf) { l.Account.Owner = "" })},
		{"leaf: a supplier with a name", decode, leaf(func(l *BalanceLeaf) { l.Account.Kind = SupplierAccount })},
		{"leaf: issuance", decode, leaf(func(l *BalanceLeaf) { l.Account = Account{Kind: IssuanceAccount} })},
		{"leaf: collateral", decode, leaf(func(l *BalanceLeaf) { l.Account.Kind = CollateralAccount })},
		{"balances: another version", restore, altered(16, '2')},
		{"balances: another number", restore, altered(56, 3)},
		{"balances: more deposited", restore, altered(65, 1)},
		{"balances: another last run", restore, altered(88, 1)},
		{"balances: run 0 to come", restore, altered(108, 0)},
		{"balances: intervals out of order", restore, altered(96, 0xff)},
		{"balances: a record too many", restore, altered(records-1, 5)},
		{"balances: members out of order", restore, altered(records+1, 'z')},
		{"balances: more released", restore, altered(records+68, 1)},
		{"balances: a negative exit", restore, altered(records+77, 0x80)},
		{"balances: an institution's exit", restore, altered(records+3*snapshotRecord+84, 1)},
		{"balances: one byte more", restore, append(b.AppendSnapshot(nil), 0)},
	} {
		if err := c.decode(c.bytes); problem.KindOf(err) != problem.Invalid || !errors.Is(err, ErrMalformed) && !errors.Is(err, energy.ErrRange) {
			t.Errorf("%s: got %v, want ErrMalformed", c.name, err)
		}
	}
	whole := b.AppendSnapshot(nil)
	for n := range whole {
		if err := restore(whole[:n]); !errors.Is(err, ErrMalformed) {
			t.Fatalf("%d bytes of balances: got %v, want ErrMalformed", n, err)
		}
	}
}

func FuzzDecodeBalanceLeaf(f *testing.F) {
	for l := range street(f).Leaves() {
		f.Add(AppendBalanceLeaf(nil, l))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := DecodeBalanceLeaf(b)
		if err == nil && !bytes.Equal(AppendBalanceLeaf(nil, l), b) || err != nil && problem.KindOf(err) != problem.Invalid {
			t.Fatalf("%x: got %+v, %v", b, l, err)
		}
	})
}

func FuzzRestoreBalances(f *testing.F) {
	f.Add(street(f).AppendSnapshot(nil))
	f.Add(NewBalances("street").AppendSnapshot(nil))
	f.Fuzz(func(t *testing.T, from []byte) {
		b, err := RestoreBalances(from)
		if err != nil {
			if problem.KindOf(err) != problem.Invalid {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(b.AppendSnapshot(nil), from) {
			t.Fatalf("restored and written again: %x, want %x", b.AppendSnapshot(nil), from)
		}
	})
}

// crowd is a zone of n members with money, after a turn that touches all of them.
func crowd(t fataler, n int) (*Balances, Turn) {
	t.Helper()
	b, turn := NewBalances(testKey.Zone), turnOf(0)
	turn.Chain = []ChainEntry{deposit(supplier, coin)}
	for i := range n {
		turn.Chain = append(turn.Chain, deposit(member(energy.Member(fmt.Sprintf("home-%07d", i))), coin))
	}
	if _, err := b.Apply(turn); err != nil {
		t.Fatal(err)
	}
	return b, turn
}

func TestProofAmongAMillionMembersIsUnderOneKilobyte(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a zone of a million members")
	}
	b, turn := crowd(t, 1_000_000)
	l, proof, ok := b.Prove(turn.Chain[500_000].Account)
	if size := BalanceLeafSize + len(proof)*len(oracle.Hash{}); !ok || size > 1000 {
		t.Errorf("got %d bytes of leaf and proof, want at most 1000", size)
	}
	if !oracle.Proves(l.Hash(), proof, b.Report().Root) {
		t.Error("the leaf is not proved")
	}
}

// Balances that know n members count a turn that touches k of them.
func BenchmarkBalances(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		for _, k := range []int{1000, n} {
			b.Run(fmt.Sprintf("members=%d/touched=%d", n, k), func(b *testing.B) {
				balances, turn := crowd(b, n)
				turn.Chain = turn.Chain[:k]
				for i := 1; b.Loop(); i++ {
					turn.Key, turn.Block = turnOf(i).Key, turnOf(i).Block
					if _, err := balances.Apply(turn); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(k)*float64(b.N)/b.Elapsed().Seconds(), "leaves/s")
			})
		}
	}
}

func BenchmarkRestoreBalances(b *testing.B) {
	balances, _ := crowd(b, 100_000)
	snapshot := balances.AppendSnapshot(nil)
	for b.Loop() {
		if _, err := RestoreBalances(snapshot); err != nil {
			b.Fatal(err)
		}
	}
}
