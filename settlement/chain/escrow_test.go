package chain_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/chain/bindings/hub"
)

const (
	euro = energy.Money(1e9)
	zone = energy.Zone("street")
)

var (
	maria    = settlement.Account{Kind: settlement.MemberAccount, Owner: "maria"}
	supplier = settlement.Account{Kind: settlement.SupplierAccount}
)

// settle signs a settlement report as two oracles do.
func (s *street) settled(t *testing.T, r oracle.SettlementReport) oracle.Settled {
	t.Helper()
	settled := oracle.Settled{Report: r, ConfigDigest: s.digest, Sequence: 70 + r.Number}
	for _, i := range []int{3, 1} {
		signature, err := s.oracles[i].Sign3(settled.ConfigDigest, settled.Sequence, oracle.AppendSettlementReport(nil, r))
		must(t, err)
		settled.Signatures = append(settled.Signatures, [oracle.SignatureSize]byte(signature))
	}
	must(t, s.quorum().VerifySettled(settled))
	return settled
}

// Money goes in, a root says whose it is, and it comes out again; the same on another implementation.
func TestMoneyGoesInAndOut(t *testing.T) {
	t.Run("go-ethereum", func(t *testing.T) { moneyGoesInAndOut(t, newStreet(t)) })
	t.Run("anvil", func(t *testing.T) {
		s := newStreet(t)
		newAnvil(t, s)
		moneyGoesInAndOut(t, s)
	})
}

func moneyGoesInAndOut(t *testing.T, s *street) {
	ctx, c := t.Context(), s.ready(t)
	payout := settlement.Address(crypto.PubkeyToAddress(s.other.PublicKey))
	must(t, c.MintTestEuro(ctx, "founding", 1000*euro))
	for range 2 { // a repeat pays nothing
		must(t, c.Deposit(ctx, zone, "maria 1", maria, 100*euro))
	}
	must(t, c.Deposit(ctx, zone, "supplier 1", supplier, 500*euro))
	if err := c.Deposit(ctx, zone, "dust", maria, 1); !errors.Is(err, chain.ErrPrecise) {
		t.Errorf("a billionth: got %v, want ErrPrecise", err)
	}
	if _, err := c.Post(ctx, s.attest(t, 0, 900)); err != nil {
		t.Fatal(err)
	}
	p, err := c.Watch().Look(ctx)
	must(t, err)
	p.Head-- // a root counts blocks older than the newest
	entries, err := c.Entries(ctx, zone, 0, p.Head)
	must(t, err)
	if want := []settlement.ChainEntry{{Kind: settlement.Deposited, Account: maria, Amount: 100 * euro},
		{Kind: settlement.Deposited, Account: supplier, Amount: 500 * euro}}; !slices.EqualFunc(entries, want, sameBut) {
		t.Fatalf("entries: got %+v, want %+v", entries, want)
	}

	balances := settlement.NewBalances(zone)
	key := settlement.Key{Zone: zone, Interval: s.attest(t, 0, 900).Report.Interval}
	report, err := balances.Apply(settlement.Turn{Key: key, Block: p.Head, Chain: entries, Payouts: []settlement.Payout{{Account: maria, Address: payout}},
		Postings: []settlement.Posting{{From: settlement.Account{Kind: settlement.IssuanceAccount}, To: maria, Asset: settlement.EnergyAsset, Amount: 900}},
		Releases: []settlement.Released{{Account: maria, Amount: 30*euro + 1}}})
	must(t, err)
	for range 2 {
		must(t, c.Settle(ctx, s.settled(t, report)))
	}
	if n, err := c.SettledNumber(ctx, zone); n != 1 || err != nil {
		t.Errorf("settled number: got %d %v, want 1", n, err)
	}
	leaf, proof, ok := balances.Prove(maria)
	if payable, err := c.Payable(ctx, zone, 1); !ok || !payable || err != nil {
		t.Fatalf("payable: got %v %v", payable, err)
	}
	first, err := c.Claim(ctx, 1, leaf, proof)
	must(t, err)
	if again, err := c.Claim(ctx, 1, leaf, proof); again != first || err != nil {
		t.Errorf("claimed again: got %s %v, want %s", again, err, first)
	}
	if paid, err := c.Paid(ctx, zone, maria); paid != (chain.Paid{Amount: 30 * euro, Energy: 900}) || err != nil {
		t.Errorf("paid: got %+v %v, want 30.00 and 900 Wh", paid, err)
	}
	checkSupply(t, c, 900)
}

// sameBut compares entries but for their place, which every one must have.
func sameBut(got, want settlement.ChainEntry) bool {
	placed := got.Place.Block > 0
	got.Place = settlement.LogPlace{}
	return placed && got == want
}

// A root that is not the next, was signed by nobody, or owes more than there is, is refused with its reason.
func TestRootsThatAreRefused(t *testing.T) {
	s := newStreet(t)
	ctx, c := t.Context(), s.ready(t)
	_, err := c.Post(ctx, s.attest(t, 0, 900))
	must(t, err)
	good := oracle.SettlementReport{Zone: zone, Interval: s.attest(t, 0, 900).Report.Interval, Root: oracle.Hash{1}, Number: 1, Members: 1}
	for name, c2 := range map[string]struct {
		change func(*oracle.SettlementReport)
		want   error
	}{
		"number":   {func(r *oracle.SettlementReport) { r.Number = 2 }, chain.ErrNumber},
		"owed":     {func(r *oracle.SettlementReport) { r.Owed = euro }, chain.ErrReverted},
		"block":    {func(r *oracle.SettlementReport) { r.Block = 1 << 40 }, chain.ErrReverted},
		"interval": {func(r *oracle.SettlementReport) { r.Interval = r.Interval.Next() }, chain.ErrReverted},
	} {
		r := good
		c2.change(&r)
		if err := c.Settle(ctx, s.settled(t, r)); !errors.Is(err, c2.want) {
			t.Errorf("%s: got %v, want %v", name, err, c2.want)
		}
	}
	forged := s.settled(t, good)
	forged.Signatures[0][5]++
	if err := c.Settle(ctx, forged); !errors.Is(err, chain.ErrQuorum) {
		t.Errorf("forged: got %v, want ErrQuorum", err)
	}
}

// A member who asks to leave is seen, with who asked and when.
func TestRequestToLeave(t *testing.T) {
	s := newStreet(t)
	ctx, c := t.Context(), s.ready(t)
	contracts, err := c.Deploy(ctx, terms)
	must(t, err)
	s.raw(t, s.other, contracts.Hub, hub.NewHub().PackRequestExit(zone.Bytes(), maria.Owner.Bytes()), 2e9)
	p, err := c.Watch().Look(ctx)
	must(t, err)
	entries, err := c.Entries(ctx, zone, 0, p.Head)
	must(t, err)
	by := settlement.Address(crypto.PubkeyToAddress(s.other.PublicKey))
	if len(entries) != 1 || entries[0].Kind != settlement.ExitRequested || entries[0].Account != maria || entries[0].By != by || entries[0].At <= 0 {
		t.Errorf("got %+v, want one request by %x", entries, by)
	}
}
