package chain

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// ErrPrecise is returned for an amount that the money token cannot say.
var ErrPrecise = problem.New(problem.Invalid, "the money token has fewer decimals: use a rounder amount")

// Deposit pays the sender's money into escrow for an account, a member or the residual supplier. The id names the cause:
// a repeat under the same id pays nothing.
func (c *Chain) Deposit(ctx context.Context, zone energy.Zone, id string, account settlement.Account, amount energy.Money) error {
	contracts, err := c.known(ctx)
	if err != nil {
		return err
	}
	unit, err := c.unit(ctx, contracts)
	if err != nil {
		return err
	}
	if amount <= 0 || amount%unit != 0 {
		return fmt.Errorf("deposit of %s: %w", amount, ErrPrecise)
	}
	var member [energy.IDSize]byte
	if account.Kind == settlement.MemberAccount {
		member = account.Owner.Bytes()
	}
	units := big.NewInt(int64(amount / unit))
	purpose := fmt.Sprintf("deposit %s %s", zone, id)
	if err := c.approve(ctx, contracts, units); err != nil {
		return err
	}
	_, err = c.Send(ctx, purpose, &contracts.Hub, c.hub.PackDeposit(zone.Bytes(), member, units))
	return err
}

// approve lets the hub take the sender's money, without a limit: it takes what Deposit says and nothing else.
func (c *Chain) approve(ctx context.Context, contracts Contracts, units *big.Int) error {
	c.changing.Lock() // an approval replaces the one before
	defer c.changing.Unlock()
	out, err := c.call(ctx, contracts.Money, c.money.PackAllowance(c.sender, contracts.Hub))
	if err != nil {
		return fmt.Errorf("allowance: %w", err)
	}
	allowed, err := c.money.UnpackAllowance(out)
	if err != nil || allowed.Cmp(units) >= 0 {
		return err
	}
	all := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	n, err := c.outbox.count(ctx, "approve hub, change ")
	if err != nil {
		return err
	}
	_, err = c.Send(ctx, fmt.Sprintf("approve hub, change %d", n+1), &contracts.Money, c.money.PackApprove(contracts.Hub, all))
	return err
}

// MintTestEuro makes play money for the sender, where the hub holds play money.
func (c *Chain) MintTestEuro(ctx context.Context, id string, amount energy.Money) error {
	contracts, err := c.known(ctx)
	if err != nil {
		return err
	}
	unit, err := c.unit(ctx, contracts)
	if err != nil {
		return err
	}
	_, err = c.Send(ctx, "test euro "+id, &contracts.Money, c.money.PackMint(c.sender, big.NewInt(int64(amount/unit))))
	return err
}

// Payable reports whether claims under a root are paid, which begins when its challenge window is over.
func (c *Chain) Payable(ctx context.Context, zone energy.Zone, number uint64) (bool, error) {
	out, err := c.ask(ctx, c.hub.PackIsPayable(zone.Bytes(), number))
	if err != nil {
		return false, fmt.Errorf("settlement %d of %s: %w", number, zone, err)
	}
	return c.hub.UnpackIsPayable(out)
}

// Paid is what an account got so far.
type Paid struct {
	Amount energy.Money
	Energy energy.WattHours
	Exited bool
}

// Paid returns what an account got so far, over all roots.
func (c *Chain) Paid(ctx context.Context, zone energy.Zone, account settlement.Account) (Paid, error) {
	contracts, err := c.known(ctx)
	if err != nil {
		return Paid{}, err
	}
	unit, err := c.unit(ctx, contracts)
	if err != nil {
		return Paid{}, err
	}
	out, err := c.ask(ctx, c.hub.PackPaidTo(zone.Bytes(), uint8(account.Kind), account.Owner.Bytes()))
	if err != nil {
		return Paid{}, fmt.Errorf("paid to %s: %w", account.Owner, err)
	}
	paid, err := c.hub.UnpackPaidTo(out)
	if err != nil {
		return Paid{}, fmt.Errorf("paid to %s: %w", account.Owner, err)
	}
	return Paid{energy.Money(paid.Amount) * unit, energy.WattHours(paid.Energy), paid.Exited}, nil
}

// Claim pays an account what its leaf in a root gives beyond what it got so far. Anybody may send it: it pays the leaf's
// payout address only. It returns the transaction.
func (c *Chain) Claim(ctx context.Context, number uint64, leaf settlement.BalanceLeaf, proof []oracle.Hash) (common.Hash, error) {
	contracts, err := c.known(ctx)
	if err != nil {
		return common.Hash{}, err
	}
	path := make([][32]byte, len(proof))
	for i, h := range proof {
		path[i] = h
	}
	purpose := fmt.Sprintf("claim %s number %d, kind %d %s", leaf.Zone, number, leaf.Account.Kind, leaf.Account.Owner)
	receipt, err := c.Send(ctx, purpose, &contracts.Hub, c.hub.PackClaim(number, settlement.AppendBalanceLeaf(nil, leaf), path))
	if err != nil {
		return common.Hash{}, err
	}
	return receipt.TxHash, nil
}
