package settlement_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/clerk"
	"github.com/wattle/wattle/settlement/recount"
)

const euro = energy.Money(1e9)

// chainOf is the chain as a recount reads it.
type chainOf struct{ contract }

func (c chainOf) Entries(ctx context.Context, after, to uint64) ([]settlement.ChainEntry, error) {
	return c.chain.Entries(ctx, c.zone, after, to)
}

func (c chainOf) Final(ctx context.Context) (uint64, error) {
	final, _, err := c.Follow(ctx)
	return max(final, 1) - 1, err // a root counts blocks older than the newest
}

// turns starts a recount that signs what it counted, as oracles 1 and 3 do.
func (s *street) turns(t testing.TB) *recount.Follower {
	t.Helper()
	owners, err := s.ledger.Owners(t.Context())
	must(t, err)
	f, err := recount.New(recount.Config{Zone: s.zone, Tariffs: settlement.Always(tariff), Owner: owners, Bus: s.bus, Chain: chainOf{s.contract()}, Log: quiet,
		Signed: func(_ context.Context, a oracle.Attestation) error { return s.quorum.Verify(a) },
		Counted: func(n settlement.Notice, entries []settlement.ChainEntry) error {
			settled := s.signRoot(t, oracle.Settled{Report: n.Report, ConfigDigest: s.quorum.ConfigDigest, Sequence: 1000 + n.Report.Number}, 3, 1)
			_, err := s.bus.Publish(t.Context(), bus.RootSubject(s.zone), fmt.Sprintf("root %d %x", n.Report.Number, n.Report.Root), oracle.AppendSettled(nil, settled))
			return errors.Join(err, s.book(t.Context(), n, entries))
		}})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("recount: got %v, want canceled", err)
		}
	})
	return f
}

// signRoot puts the signatures of the oracles named in the place of those there are.
func (s *street) signRoot(t testing.TB, settled oracle.Settled, signers ...int) oracle.Settled {
	t.Helper()
	settled.Signatures = nil
	hash := settled.SigningHash()
	for _, i := range signers {
		signature, err := crypto.Sign(hash[:], s.oracles[i])
		if err != nil {
			t.Errorf("sign root: %v", err) // perhaps not in the test's goroutine
			continue
		}
		settled.Signatures = append(settled.Signatures, [oracle.SignatureSize]byte(signature))
	}
	return settled
}

// Settled intervals become roots on chain, under which members claim tokens and withdraw money.
func TestRootsReachTheChain(t *testing.T) {
	s := start(t).street(t, "street")
	ctx := t.Context()
	payee := settlement.Address(crypto.PubkeyToAddress(newKey(t).PublicKey))
	var payouts []settlement.Payout
	must(t, s.chain.MintTestEuro(ctx, "all", 1000*euro))
	must(t, s.chain.Deposit(ctx, s.zone, "supplier", settlement.Account{Kind: settlement.SupplierAccount}, 500*euro))
	for _, m := range members {
		account := settlement.Account{Kind: settlement.MemberAccount, Owner: m}
		payouts = append(payouts, settlement.Payout{Account: account, Address: payee})
		must(t, s.chain.Deposit(ctx, s.zone, string(m), account, 20*euro))
	}
	for n := range 2 {
		s.trade(t, n)
		s.attest(t, n)
	}
	f := s.turns(t)
	settled := func(n uint64) bool {
		on, err := s.chain.SettledNumber(ctx, s.zone)
		must(t, err)
		return on == n
	}
	s.workUntil(t, func() bool { return settled(2) }, func(c *clerk.Config) { c.Turns, c.Payouts = f, payouts })
	f.Read(func(b *settlement.Balances) {
		for _, p := range payouts {
			leaf, proof, ok := b.Prove(p.Account)
			if !ok || leaf.Payout != payee {
				t.Fatalf("leaf of %s: got %+v %v", p.Account.Owner, leaf, ok)
			}
			if _, err := s.chain.Claim(ctx, 2, leaf, proof); err != nil && leaf.Energy > 0 {
				t.Errorf("claim of %s: %v", p.Account.Owner, err)
			}
			if paid, err := s.chain.Paid(ctx, s.zone, p.Account); err != nil || paid != (chain.Paid{Energy: leaf.Energy}) {
				t.Errorf("%s: paid %+v %v, want %s", p.Account.Owner, paid, err, leaf.Energy)
			}
		}
	})
	s.leavesAreTheLedger(t, f)
}

// leavesAreTheLedger compares the balances under the newest root with the ledger's.
func (s *street) leavesAreTheLedger(t testing.TB, f *recount.Follower) {
	t.Helper()
	f.Read(func(b *settlement.Balances) {
		for _, m := range members {
			leaf, _ := b.Leaf(settlement.Account{Kind: settlement.MemberAccount, Owner: m})
			balance, err := s.ledger.Balance(t.Context(), m)
			must(t, err)
			if leaf.Balance != balance.Money || leaf.Energy != balance.Energy {
				t.Errorf("%s: leaf %+v, ledger %+v", m, leaf, balance)
			}
		}
	})
	if names := slices.Collect(func(yield func(energy.Member) bool) {
		f.Read(func(b *settlement.Balances) {
			for l := range b.Leaves() {
				yield(l.Account.Owner)
			}
		})
	}); len(names) < len(members)+2 {
		t.Errorf("leaves: got %v, want members, supplier and network", names)
	}
}

// workUntil runs a clerk until something has happened.
func (s *street) workUntil(t testing.TB, happened func() bool, change func(*clerk.Config)) {
	t.Helper()
	config := clerk.Config{Zone: s.zone, Tariffs: settlement.Always(tariff), Bus: s.bus, Log: quiet, Ledger: s.ledger, Chain: s.contract(),
		Settled: func(settlement.Batch) error { return nil }}
	change(&config)
	c, err := clerk.New(config)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	for !happened() {
		select {
		case err := <-done:
			t.Fatalf("the clerk stopped: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("clerk: got %v, want canceled", err)
	}
}
