package settlement

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/oracle"
)

// told is a recount that knows the trades of two intervals and their attestations, the first one's twice.
func told(t fataler) *Recount {
	t.Helper()
	r := NewRecount(testKey.Zone, Always(Tariff{Import: 8 * unit, Export: 4 * unit}), map[energy.Meter]energy.Member{"e": "elif", "m": "maria"})
	for n := range 2 {
		interval := testKey.Interval.Add(n)
		r.Market([]exchange.Event{
			{Kind: exchange.Traded, Sequence: uint64(n + 1), Interval: interval, Side: exchange.Buy, Member: "elif", MakerMember: "maria",
				Quantity: 10 * kwh, Price: 6 * unit},
			{Kind: exchange.GateClosed, Sequence: uint64(n + 10), Interval: interval},
		})
		r.Attested(attestedAs(t, Key{testKey.Zone, interval, 0}, 8*kwh, 7*kwh))
	}
	r.Attested(attestedAs(t, Key{testKey.Zone, testKey.Interval, 1}, 9*kwh, 10*kwh))
	return r
}

func attestedAs(t fataler, k Key, load, generated energy.WattHours) oracle.Attestation {
	t.Helper()
	leaves := []oracle.Leaf{{Meter: "e", Import: load}, {Meter: "m", Export: generated}}
	report, err := oracle.NewReport(k.Zone, k.Interval, k.Run, leaves)
	if err != nil {
		t.Fatal(err)
	}
	return oracle.Attestation{Report: report, Leaves: leaves}
}

// notices are three turns: run 0 of both intervals, then a correction of the first.
func notices(t fataler, r *Recount) (list []Notice, chain [][]ChainEntry) {
	t.Helper()
	first := []ChainEntry{deposit(elif, 200*coin), deposit(supplier, 500*coin)}
	for n, k := range []Key{{testKey.Zone, testKey.Interval, 0}, {testKey.Zone, testKey.Interval.Add(1), 0}, {testKey.Zone, testKey.Interval, 1}} {
		var entries []ChainEntry
		released := map[energy.Member]energy.Money{"elif": energy.Money(n) * coin, "maria": 1000 * coin}
		payouts := []Payout{{elif, Address{0xe1}}, {maria, Address{0xa1}}}
		if n == 0 {
			entries = first
		}
		notice, err := r.Propose(k, uint64(10+n), entries, payouts, released)
		if err != nil {
			t.Fatal(err)
		}
		list, chain = append(list, notice), append(chain, entries)
	}
	return list, chain
}

func TestWhoeverRecountsFindsTheSame(t *testing.T) {
	operator, anybody := told(t), told(t)
	list, chain := notices(t, operator)
	for i, n := range list {
		if err := anybody.Check(n, chain[i]); err != nil {
			t.Fatalf("notice %d: %v", i+1, err)
		}
	}
	if operator.Balances().Hash() != anybody.Balances().Hash() {
		t.Error("the balances differ")
	}
	// 52 for 10 kWh in both intervals; the correction: 56 instead of 52 in the first.
	if got, want := leafOfAccount(t, anybody.Balances(), elif).Balance, (200-52-52-4-2)*coin; got != want {
		t.Errorf("balance of elif: got %s, want %s", got, want)
	}
}

func TestAWrongNoticeIsRefused(t *testing.T) {
	for name, falsify := range map[string]func(*Notice, *[]ChainEntry){
		"root":     func(n *Notice, _ *[]ChainEntry) { n.Report.Root[3]++ },
		"owed":     func(n *Notice, _ *[]ChainEntry) { n.Report.Owed++ },
		"deposit":  func(_ *Notice, c *[]ChainEntry) { *c = append(*c, deposit(maria, coin)) },
		"payout":   func(n *Notice, _ *[]ChainEntry) { n.Payouts[0].Address[0]++ },
		"released": func(n *Notice, _ *[]ChainEntry) { n.Releases = append(n.Releases, Released{supplier, coin}) },
	} {
		t.Run(name, func(t *testing.T) {
			list, chain := notices(t, told(t))
			r := told(t)
			falsify(&list[0], &chain[0])
			if err := r.Check(list[0], chain[0]); !errors.Is(err, ErrOtherwise) {
				t.Fatalf("got %v, want ErrOtherwise", err)
			}
			right, entries := notices(t, told(t))
			if err := r.Check(right[0], entries[0]); err == nil {
				t.Error("a spoilt recount went on")
			}
		})
	}
}

func TestRecountWaits(t *testing.T) {
	r := told(t)
	if _, err := r.Propose(Key{testKey.Zone, testKey.Interval.Add(2), 0}, 1, nil, nil, nil); !errors.Is(err, ErrPending) {
		t.Errorf("not attested: got %v, want ErrPending", err)
	}
	r.Attested(attestedAs(t, Key{testKey.Zone, testKey.Interval.Add(2), 0}, 0, 0))
	if _, err := r.Propose(Key{testKey.Zone, testKey.Interval.Add(2), 0}, 1, nil, nil, nil); !errors.Is(err, ErrPending) {
		t.Errorf("gate open: got %v, want ErrPending", err)
	}
	list, chain := notices(t, r) // nothing was counted
	if err := r.Check(list[2], chain[2]); !errors.Is(err, ErrTurn) {
		t.Errorf("a notice again: got %v, want ErrTurn", err)
	}
}

func TestNoticeBytes(t *testing.T) {
	list, _ := notices(t, told(t))
	out := ""
	for i, n := range list[:2] {
		b := AppendNotice(nil, n)
		layout := []string{"domain 13", "report 156", "count 4"}
		for range n.Payouts {
			layout = append(layout, "kind 1", "member 32", "address 20")
		}
		layout = append(layout, "count 4")
		for range n.Releases {
			layout = append(layout, "kind 1", "member 32", "amount 8")
		}
		out += fmt.Sprintf("notice %d\n%s", i+1, table(t, b, layout...))
		if got, err := DecodeNotice(b); err != nil || !reflect.DeepEqual(got, n) {
			t.Errorf("got %+v, %v, want %+v", got, err, n)
		}
	}
	golden(t, "notice.golden", out)
}

func FuzzDecodeNotice(f *testing.F) {
	list, _ := notices(f, told(f))
	for _, n := range list {
		f.Add(AppendNotice(nil, n))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, err := DecodeNotice(b); err == nil && !bytes.Equal(AppendNotice(nil, n), b) {
			t.Fatalf("%x: got %+v", b, n)
		}
	})
}
