package chain

import (
	"context"
	"fmt"
	"log/slog"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement/chain/bindings/energytoken"
	"github.com/wattle/wattle/settlement/chain/bindings/hub"
	"github.com/wattle/wattle/settlement/chain/bindings/testeuro"
)

// Reader returns a Chain that only reads, from the contracts behind a hub: it has neither key nor database, and every
// method that sends, deploys or follows is out of its reach. It returns ErrNotDeployed where no hub is at the address.
func Reader(ctx context.Context, client Client, at common.Address) (*Chain, error) {
	id, err := client.ChainID(ctx)
	if err != nil {
		return nil, unreachable("chain id", err)
	}
	c := &Chain{client: client, id: id, log: slog.New(slog.DiscardHandler), contracts: &Contracts{Hub: at},
		hub: hub.NewHub(), token: energytoken.NewEnergyToken(), money: testeuro.NewTestEuro()}
	out, err := c.ask(ctx, c.hub.PackToken())
	if err == nil {
		c.contracts.Token, err = c.hub.UnpackToken(out)
	}
	if err != nil {
		return nil, fmt.Errorf("token of the hub: %w", err)
	}
	if out, err = c.ask(ctx, c.hub.PackMoney()); err == nil {
		c.contracts.Money, err = c.hub.UnpackMoney(out)
	}
	if err != nil {
		return nil, fmt.Errorf("money of the hub: %w", err)
	}
	return c, nil
}

// Contracts returns the contracts, or ErrNotDeployed.
func (c *Chain) Contracts(ctx context.Context) (Contracts, error) { return c.known(ctx) }

// Root is what the chain holds under the number of a settlement root.
type Root struct {
	Root     oracle.Hash // zero where there is none
	Block    uint64      // the chain up to and including it is counted
	Released energy.Money
	Owed     energy.Money
}

// Root returns what the chain holds under a number.
func (c *Chain) Root(ctx context.Context, zone energy.Zone, number uint64) (Root, error) {
	out, err := c.ask(ctx, c.hub.PackSettlementOf(zone.Bytes(), number))
	if err != nil {
		return Root{}, fmt.Errorf("settlement %d of %s: %w", number, zone, err)
	}
	on, err := c.hub.UnpackSettlementOf(out)
	return Root{on.Root, on.CountedTo, energy.Money(on.Released), energy.Money(on.Owed)}, err
}

// Escrow is what the contract holds for a zone.
type Escrow struct {
	Deposited energy.Money // in all
	Withdrawn energy.Money // in all
	Held      energy.Money // for all zones
}

// Escrow returns what the contract holds for a zone.
func (c *Chain) Escrow(ctx context.Context, zone energy.Zone) (Escrow, error) {
	contracts, err := c.known(ctx)
	if err != nil {
		return Escrow{}, err
	}
	unit, err := c.unit(ctx, contracts)
	if err != nil {
		return Escrow{}, err
	}
	purse, err := c.purse(ctx, zone)
	if err != nil {
		return Escrow{}, err
	}
	out, err := c.call(ctx, contracts.Money, c.money.PackBalanceOf(contracts.Hub))
	if err != nil {
		return Escrow{}, fmt.Errorf("money of the hub: %w", err)
	}
	held, err := c.money.UnpackBalanceOf(out)
	if err != nil {
		return Escrow{}, fmt.Errorf("money of the hub: %w", err)
	}
	if most := int64(maxMoney / unit); !held.IsInt64() || held.Int64() > most || purse.Deposited > uint64(most) || purse.Withdrawn > uint64(most) {
		return Escrow{}, fmt.Errorf("money of the hub: %s units: %w", held, energy.ErrRange)
	}
	return Escrow{energy.Money(purse.Deposited) * unit, energy.Money(purse.Withdrawn) * unit, energy.Money(held.Int64()) * unit}, nil
}

// maxMoney bounds what is multiplied with a unit.
const maxMoney = energy.Money(1) << 62

// Debt is the energy that a later run of a zone no longer attests and that was claimed already.
func (c *Chain) Debt(ctx context.Context, zone energy.Zone) (energy.WattHours, error) {
	out, err := c.ask(ctx, c.hub.PackStockOf(zone.Bytes()))
	if err != nil {
		return 0, fmt.Errorf("stock of %s: %w", zone, err)
	}
	stock, err := c.hub.UnpackStockOf(out)
	if err != nil {
		return 0, fmt.Errorf("stock of %s: %w", zone, err)
	}
	if !stock.Debt.IsInt64() {
		return 0, fmt.Errorf("debt of %s: %w", zone, energy.ErrRange)
	}
	return energy.WattHours(stock.Debt.Int64()), nil
}

// Retired is the energy of a zone whose tokens were burned by who held them.
func (c *Chain) Retired(ctx context.Context, zone energy.Zone) (sum energy.WattHours, err error) {
	contracts, err := c.known(ctx)
	if err != nil {
		return 0, err
	}
	head, err := c.header(ctx, nil)
	if err != nil {
		return 0, err
	}
	contract := c.hub.GetABI()
	for from := c.birth(ctx); from <= head.Number.Uint64(); from += logSpan {
		logs, err := c.client.FilterLogs(ctx, ethereum.FilterQuery{Addresses: []common.Address{contracts.Hub}, FromBlock: new(big.Int).SetUint64(from),
			ToBlock: new(big.Int).SetUint64(min(from+logSpan-1, head.Number.Uint64())), Topics: [][]common.Hash{{contract.Events[hub.HubRetiredEventName].ID}}})
		if err != nil {
			return 0, unreachable("retired energy", err)
		}
		for _, l := range logs {
			e, err := c.hub.UnpackRetiredEvent(&l)
			if err != nil {
				return 0, fmt.Errorf("event in transaction %s: %w", l.TxHash, err)
			}
			if e.Zone == zone.Bytes() {
				sum += energy.WattHours(e.Amount)
			}
		}
	}
	return sum, nil
}
