package node

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/recount"
)

// What the street's people pay into escrow when it is founded, in play money.
const (
	memberDeposit   = 100 * energy.Money(1e9)
	supplierDeposit = 100_000 * energy.Money(1e9)

	// fundedAtOnce bounds the transactions that are under way, as nodes bound those of one sender that wait.
	fundedAtOnce = 16
)

// recountChain is the chain as a recount of one zone reads it.
type recountChain struct {
	chain *chain.Chain
	watch *chain.Watch
	zone  energy.Zone
}

// Entries implements recount.Chain.
func (r recountChain) Entries(ctx context.Context, after, to uint64) ([]settlement.ChainEntry, error) {
	return r.chain.Entries(ctx, r.zone, after, to)
}

// Final implements recount.Chain. The newest block does not count yet: the contract takes a root that counts older blocks
// only, and a node tries a transaction as if it came into the newest.
func (r recountChain) Final(ctx context.Context) (uint64, error) {
	p, err := r.watch.Look(ctx)
	return min(p.Final, max(p.Head, 1)-1), err
}

// recount makes a recount of the street, for the operator or for one oracle.
func (s *street) recount(ctx context.Context, log *slog.Logger, counted func(settlement.Notice, []settlement.ChainEntry) error) (*recount.Follower, error) {
	owners, err := s.ledger.Owners(ctx)
	if err != nil {
		return nil, err
	}
	return recount.New(recount.Config{Zone: streetZone, Tariffs: demoTariffs, Owner: owners, Bus: s.bus,
		Chain: recountChain{s.chain, s.chain.Watch(), streetZone}, Signed: s.signed, Counted: counted, Log: log})
}

// signed says whether a quorum stands behind an attestation: that of today, or the one on chain.
func (s *street) signed(ctx context.Context, a oracle.Attestation) error {
	if s.quorum.Verify(a) == nil {
		return nil
	}
	now, err := s.chain.Quorum(ctx)
	if err != nil {
		return err
	}
	return now.Verify(a)
}

// payouts says where every account of the street is paid: members at addresses of their own, institutions at the
// operator's.
func (s *street) payouts() ([]settlement.Payout, error) {
	operator := settlement.Address(s.chain.Sender())
	var list []settlement.Payout
	for _, h := range s.homes {
		key, err := s.seed.account(h.page.Member)
		if err != nil {
			return nil, err
		}
		list = append(list, settlement.Payout{Account: settlement.Account{Kind: settlement.MemberAccount, Owner: h.page.Member},
			Address: settlement.Address(crypto.PubkeyToAddress(key.PublicKey))})
	}
	for _, kind := range []settlement.AccountKind{settlement.SupplierAccount, settlement.NetworkAccount, settlement.PlatformAccount,
		settlement.LevyAccount, settlement.TaxAccount} {
		list = append(list, settlement.Payout{Account: settlement.Account{Kind: kind}, Address: operator})
	}
	return list, nil
}

// fund pays the people's deposits into escrow, once in the life of the street.
func (s *street) fund(ctx context.Context) error {
	all := supplierDeposit + energy.Money(len(s.homes))*memberDeposit
	if err := s.chain.MintTestEuro(ctx, "founding", all); err != nil {
		return fmt.Errorf("deposits: %w", err)
	}
	if err := s.chain.Deposit(ctx, streetZone, "founding supplier", settlement.Account{Kind: settlement.SupplierAccount}, supplierDeposit); err != nil {
		return fmt.Errorf("deposits: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(fundedAtOnce) // they wait for their blocks together
	for _, h := range s.homes {
		account := settlement.Account{Kind: settlement.MemberAccount, Owner: h.page.Member}
		group.Go(func() error {
			return s.chain.Deposit(ctx, streetZone, "founding "+string(h.page.Member), account, memberDeposit)
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("deposits: %w", err)
	}
	return nil
}
