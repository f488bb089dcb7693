package chain_test

import (
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/chain/bindings/hub"
)

func TestPostMintsAndIsFoundAgain(t *testing.T) {
	s := newStreet(t)
	c := s.ready(t)
	var want energy.WattHours
	var posted []chain.Posted
	for n := range 3 {
		a := s.attest(t, n, 900, 0, 1_700+energy.WattHours(n))
		if err := s.quorum().Verify(a); err != nil {
			t.Fatal(err)
		}
		p, err := c.Post(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := s.node.TransactionReceipt(t.Context(), p.Transaction)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("post %d: %d gas", n, receipt.GasUsed)
		if receipt.BlockNumber.Uint64() != p.Block {
			t.Errorf("block: got %d, want %d", p.Block, receipt.BlockNumber)
		}
		want += a.Report.Export
		checkSupply(t, c, want)
		posted = append(posted, p)

		again, err := c.Post(t.Context(), a)
		if err != nil || again != p {
			t.Errorf("post again: got %v, %v, want %v", again, err, p)
		}
		record, ok, err := c.Find(t.Context(), "street", a.Report.Interval, 0)
		if err != nil || !ok || record != recordOf(a, p) {
			t.Errorf("find: got %v, %v, %v, want %v", record, ok, err, recordOf(a, p))
		}
	}
	all, err := c.All(t.Context(), "street")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 {
		t.Fatalf("all: got %d records, want 3", len(all))
	}
	for n, r := range all {
		if w := recordOf(s.attest(t, n, 900, 0, 1_700+energy.WattHours(n)), posted[n]); r != w {
			t.Errorf("all: record %d: got %v, want %v", n, r, w)
		}
	}
	later := s.attest(t, 3, 1)
	if _, ok, err := c.Find(t.Context(), "street", later.Report.Interval, 0); ok || err != nil {
		t.Errorf("find what was never posted: got %v, %v, want false", ok, err)
	}
	if none, err := c.All(t.Context(), "avenue"); len(none) != 0 || err != nil {
		t.Errorf("all of another zone: got %v, %v, want nothing", none, err)
	}
}

func recordOf(a oracle.Attestation, p chain.Posted) chain.Record {
	return chain.Record{
		Interval: a.Report.Interval, Run: a.Report.Run, Root: a.Report.Root, Export: a.Report.Export, Import: a.Report.Import,
		Meters: a.Report.Meters, ConfigDigest: a.ConfigDigest, Sequence: a.Sequence, Transaction: p.Transaction, Block: p.Block,
	}
}

// A homeowner's leaf and proof convince the contract, and nothing else does.
func TestLeavesAreProvenOnChain(t *testing.T) {
	s := newStreet(t)
	c := s.ready(t)
	contracts, err := c.Deploy(t.Context(), terms)
	if err != nil {
		t.Fatal(err)
	}
	a := s.attest(t, 0, 5, 6, 7, 8, 9)
	if _, err := c.Post(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	verify := func(l oracle.Leaf, proof []oracle.Hash) bool {
		siblings := make([][32]byte, len(proof))
		for i, h := range proof {
			siblings[i] = h
		}
		b := hub.NewHub()
		zone := energy.Zone("street").Bytes()
		data := b.PackVerifyLeaf(zone, uint64(a.Report.Interval.StartUnix()), 0, oracle.AppendLeaf(nil, l), siblings)
		out, err := s.node.CallContract(t.Context(), ethereum.CallMsg{To: &contracts.Hub, Data: data}, nil)
		if err != nil {
			t.Fatal(err)
		}
		ok, err := b.UnpackVerifyLeaf(out)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	for i, l := range a.Leaves {
		if !verify(l, oracle.Prove(a.Leaves, i)) {
			t.Errorf("leaf %d: refused", i)
		}
		if l.Export++; verify(l, oracle.Prove(a.Leaves, i)) {
			t.Errorf("leaf %d with 1 Wh more: accepted", i)
		}
	}
}

func TestPostRefused(t *testing.T) {
	s := newStreet(t)
	c := s.ready(t)
	if _, err := c.Post(t.Context(), s.attest(t, 0, 100)); err != nil {
		t.Fatal(err)
	}
	written := s.written(t)

	tooFew := s.attest(t, 1, 100)
	tooFew.Signatures = tooFew.Signatures[:1]
	twice := s.attest(t, 1, 100)
	twice.Signatures[1] = twice.Signatures[0]
	rotated := s.attest(t, 1, 100)
	rotated.ConfigDigest[31] = 1
	elsewhere := s.attest(t, 1, 100)
	elsewhere.Report.Zone, elsewhere.Signatures = "avenue", nil
	s.sign(t, &elsewhere, 0)
	s.sign(t, &elsewhere, 1)
	for _, test := range []struct {
		name string
		a    oracle.Attestation
		want error
		text string
	}{
		{"another report of the interval", s.attest(t, 0, 101), chain.ErrDiffers, ""},
		{"too much", s.attest(t, 1, 31_401), chain.ErrNameplate, "available 31400"},
		{"too few signatures", tooFew, chain.ErrQuorum, "SignaturesSize(size 65, expected 130)"},
		{"one signer twice", twice, chain.ErrQuorum, "RepeatedSigner"},
		{"a signature's other form", malleated(s.attest(t, 1, 100)), chain.ErrQuorum, "MalformedSignature(index 0)"},
		{"another configuration", rotated, chain.ErrQuorum, "OtherConfig"},
		{"unknown zone", elsewhere, chain.ErrReverted, "UnknownZone(zone avenue)"},
	} {
		_, err := c.Post(t.Context(), test.a)
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: got %v, want %v with %q", test.name, err, test.want, test.text)
		}
		if errors.Is(test.want, chain.ErrQuorum) {
			if err := s.quorum().Verify(test.a); !errors.Is(err, oracle.ErrQuorum) {
				t.Errorf("%s: Verify: got %v, want ErrQuorum as on chain", test.name, err)
			}
		}
	}
	if got := s.written(t); got != written {
		t.Errorf("transactions written: got %d, want %d", got, written)
	}
	checkSupply(t, c, 100)
}

// malleated gives the first signature its other form, which recovers the same key.
func malleated(a oracle.Attestation) oracle.Attestation {
	s := &a.Signatures[0]
	other := new(big.Int).Sub(crypto.S256().Params().N, new(big.Int).SetBytes(s[32:64]))
	other.FillBytes(s[32:64])
	s[64] ^= 1
	return a
}

// An interval in which no meter could be read is posted like any other.
func TestPostOfNoLeaves(t *testing.T) {
	s := newStreet(t)
	c := s.ready(t)
	a := s.attest(t, 0)
	p, err := c.Post(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	if record, ok, err := c.Find(t.Context(), "street", a.Report.Interval, 0); err != nil || !ok || record != recordOf(a, p) {
		t.Errorf("find: got %v, %v, %v, want %v", record, ok, err, recordOf(a, p))
	}
}

// Anybody may post: the interval then stands where the faster one put it.
func TestSomebodyElseWasFaster(t *testing.T) {
	s := newStreet(t)
	c := s.ready(t)
	contracts, err := c.Deploy(t.Context(), terms)
	if err != nil {
		t.Fatal(err)
	}
	before, a := s.transactions(t), s.attest(t, 0, 700)
	want := s.stranger(t, contracts.Hub, packPost(a), 2e9)
	if p, err := c.Post(t.Context(), a); err != nil || p.Transaction != want {
		t.Errorf("got %v, %v, want %s", p, err, want)
	}
	if got := s.transactions(t); got != before {
		t.Errorf("own transactions: got %d, want %d", got, before)
	}

	// Both wait in the pool, and the other one pays more: ours reverts in its block.
	b := s.attest(t, 1, 800)
	s.node.set(func(n *node) { n.held = true })
	done := make(chan error)
	var p chain.Posted
	go func() {
		var err error
		p, err = c.Post(t.Context(), b)
		done <- err
	}()
	for s.written(t) == before { // until ours is in the pool or about to be
		if t.Context().Err() != nil {
			t.Fatal(t.Context().Err())
		}
	}
	want = s.stranger(t, contracts.Hub, packPost(b), 50e9)
	s.waitPool(t, 2)
	s.node.set(func(n *node) { n.held = false })
	if err := <-done; err != nil || p.Transaction != want {
		t.Errorf("got %v, %v, want %s", p, err, want)
	}
	if got := s.transactions(t); got != before+1 {
		t.Errorf("own transactions: got %d, want %d", got, before+1)
	}
	checkSupply(t, c, 1_500)
}

func (s *street) waitPool(t *testing.T, sent int) {
	t.Helper()
	have := func() int {
		s.node.mu.Lock()
		defer s.node.mu.Unlock()
		seen := slices.Clone(s.node.sent)
		slices.SortFunc(seen, common.Hash.Cmp)
		waiting := 0
		for _, hash := range slices.Compact(seen) {
			if _, pending, err := s.node.TransactionByHash(t.Context(), hash); err == nil && pending {
				waiting++
			}
		}
		return waiting
	}
	for have() < sent {
		if t.Context().Err() != nil {
			t.Fatal(t.Context().Err())
		}
	}
}

func packPost(a oracle.Attestation) []byte {
	var signatures []byte
	for _, s := range a.Signatures {
		signatures = append(signatures, s[:]...)
	}
	return hub.NewHub().PackPost(oracle.AppendReport(nil, a.Report), a.ConfigDigest, a.Sequence, signatures)
}

func TestRegistrationAndOraclesMayChangeBackAndForth(t *testing.T) {
	s := newStreet(t)
	c := s.ready(t)
	before := s.transactions(t)
	for _, w := range []energy.Watts{nameplate, 1, nameplate, 1, 1} {
		if err := c.RegisterZone(t.Context(), "street", w); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.transactions(t); got != before+3 {
		t.Errorf("transactions of four different values: got %d, want 3", got-before)
	}
	one, two := s.quorum(), s.quorum()
	two.Signers, two.Faulty, two.ConfigDigest = two.Signers[:2], 0, [32]byte{9}
	for _, q := range []oracle.Quorum{one, two, one, two, two} {
		if err := c.SetOracles(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		got, err := c.Quorum(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got.ConfigDigest != q.ConfigDigest || got.Faulty != q.Faulty || !slices.Equal(got.Signers, q.Signers) {
			t.Errorf("quorum: got %v, want %v", got, q)
		}
	}
	two.Faulty = 1
	if err := c.SetOracles(t.Context(), two); !errors.Is(err, chain.ErrReverted) || !strings.Contains(err.Error(), "InvalidGroup(signers 2, faulty 1)") {
		t.Errorf("f = 1 of 2: got %v, want ErrReverted by InvalidGroup", err)
	}
	if err := c.RegisterZone(t.Context(), "street", 0); !errors.Is(err, chain.ErrNameplateValue) {
		t.Errorf("no nameplate: got %v, want ErrNameplateValue", err)
	}
}
