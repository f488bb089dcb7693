package settlement_test

import (
	"crypto/sha256"
	"errors"
	"testing"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/audit"
	"github.com/wattle/wattle/settlement/chain"
)

// outsider has the chain and nothing else of the street.
func (s *street) outsider(t *testing.T) auditChain {
	t.Helper()
	contracts, err := s.chain.Contracts(t.Context())
	must(t, err)
	public, err := chain.Reader(t.Context(), s.node, contracts.Hub)
	must(t, err)
	far := *s
	engines := *s.engines
	engines.chain, far.engines = public, &engines
	return auditChain{contract: far.contract(), zone: s.zone}
}

// bundle exports interval n.
func (s *street) bundle(t *testing.T, n int) []byte {
	t.Helper()
	u, err := audit.Export(t.Context(), s.auditConfig(), nth(n))
	must(t, err)
	return audit.AppendBundle(nil, u)
}

// bundlesAreEnough checks bundles with nothing but the chain, and finds every byte that is not as it was.
func (s *measuredStreet) bundlesAreEnough(t *testing.T) {
	far := s.outsider(t)
	for n, want := range []audit.Summary{
		{Readings: 6, Trades: 2, Minted: 800, Roots: 1},
		{Readings: 4, Minted: 800, Roots: 1}, // no book, and carla's reading is missing
		{Readings: 6, Trades: 2, Minted: 800, Roots: 1},
	} {
		data := s.bundle(t, n)
		u, err := audit.DecodeBundle(data)
		must(t, err)
		got, err := audit.Check(t.Context(), u, far)
		want.Zone, want.Interval, want.Runs, want.Postings, want.Delivered = s.zone, nth(n).String(), 1, got.Postings, got.Delivered
		if err != nil || got != want || got.Postings == 0 {
			t.Errorf("interval %d: got %+v %v, want %+v", n, got, err, want)
		}
	}
	s.bundlesAreDamaged(t, far)
	if _, err := audit.Export(t.Context(), s.auditConfig(), nth(7)); !errors.Is(err, audit.ErrNotSettled) {
		t.Errorf("an interval that is not settled: got %v, want %v", err, audit.ErrNotSettled)
	}
	s.bundlesAreForged(t, far)
}

// bundlesAreDamaged changes bytes. Without a sum that fits nothing is read; with one, a change passes only where it decides
// nothing: what happened to other intervals, and when others leave.
func (s *measuredStreet) bundlesAreDamaged(t *testing.T, far auditChain) {
	whole := s.bundle(t, 2)
	u, err := audit.DecodeBundle(whole)
	must(t, err)
	want, err := audit.Check(t.Context(), u, far)
	must(t, err)
	passed := 0
	for at := 0; at < len(whole); at += 5 {
		damaged := append([]byte(nil), whole...)
		damaged[at] ^= 1
		if _, err := audit.DecodeBundle(damaged); !errors.Is(err, audit.ErrMalformed) {
			t.Errorf("byte %d changed: got %v, want %v", at, err, audit.ErrMalformed)
		}
		if _, err := audit.DecodeBundle(whole[:at]); !errors.Is(err, audit.ErrMalformed) {
			t.Errorf("cut at byte %d: got %v, want %v", at, err, audit.ErrMalformed)
		}
		sum := sha256.Sum256(damaged[:len(damaged)-32])
		u, err := audit.DecodeBundle(append(damaged[:len(damaged)-32], sum[:]...))
		if err != nil {
			continue
		}
		got, err := audit.Check(t.Context(), u, far)
		if err == nil && got != want {
			t.Errorf("byte %d of %d changed: got %+v, want %+v or a difference", at, len(whole), got, want)
		}
		if err == nil {
			passed++
		}
	}
	t.Logf("%d of %d changed bytes decide nothing", passed, len(whole)/5)
}

// bundlesAreForged changes a bundle where every part is well-formed by itself.
func (s *measuredStreet) bundlesAreForged(t *testing.T, far auditChain) {
	for name, forge := range map[string]func(*audit.Bundle){
		"a trade left out": func(u *audit.Bundle) {
			u.Market = append([]exchange.Message(nil), u.Market...)
			u.Market = append(u.Market[:1], u.Market[2:]...)
		},
		"all trades left out": func(u *audit.Bundle) { u.Market = nil },
		"another tariff":      func(u *audit.Bundle) { u.Tariff.Import++ },
		"another owner":       func(u *audit.Bundle) { u.Meters[1].Member = "carla" },
		"run left out": func(u *audit.Bundle) {
			u.Runs[0].Attestation = oracle.Attestation{Report: u.Runs[0].Attestation.Report}
		},
		"other balances before": func(u *audit.Bundle) {
			u.Runs[0].Turn.Before = settlement.NewBalances(s.zone).AppendSnapshot(nil)
		},
		"another notice": func(u *audit.Bundle) { u.Runs[0].Turn.Notice.Report.Owed++ },
		"unsigned root":  func(u *audit.Bundle) { u.Runs[0].Turn.Signed.Signatures = u.Runs[0].Turn.Signed.Signatures[:1] },
	} {
		t.Run(name, func(t *testing.T) {
			u, err := audit.DecodeBundle(s.bundle(t, 2))
			must(t, err)
			forge(&u)
			if summary, err := audit.Check(t.Context(), u, far); !errors.Is(err, audit.ErrDiffers) {
				t.Errorf("got %+v %v, want a difference", summary, err)
			}
		})
	}
}

// proofsLead makes every member's proof and verifies it against the chain.
func (s *measuredStreet) proofsLead(t *testing.T) {
	for n := range 3 {
		on, ok, err := s.outsider(t).Record(t.Context(), s.key(n))
		must(t, err)
		for _, m := range members {
			p, err := audit.Prove(s.reports[nth(n)], on.Transaction, gridOf(m))
			if n == 1 && m == "carla" {
				if !errors.Is(err, audit.ErrMeter) {
					t.Errorf("a meter without a leaf: got %v, want %v", err, audit.ErrMeter)
				}
				continue
			}
			must(t, err)
			if data := audit.AppendProof(nil, p); !ok || p.Verify(on.Report.Root) != nil || len(data) > 1000 {
				t.Errorf("%s %s: %d bytes, %v", s.key(n), m, len(data), p.Verify(on.Report.Root))
			}
			p.Leaf.Export++
			if err := p.Verify(on.Report.Root); !errors.Is(err, audit.ErrDiffers) {
				t.Errorf("more exported: got %v, want %v", err, audit.ErrDiffers)
			}
		}
	}
}
