package chain

import (
	"context"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement/chain/bindings/hub"
	"github.com/wattle/wattle/settlement/chain/bindings/testeuro"
)

// Contracts are the addresses of what Deploy put on chain, and of the money that the hub holds.
type Contracts struct{ Hub, Token, Money common.Address }

// Terms are what a hub keeps for ever.
type Terms struct {
	Money           common.Address // a stable token with at most nine decimals; not given where there is TestEuro
	TestEuro        bool           // deploys play money, of which anybody makes as much as she likes
	ChallengeWindow time.Duration  // how long a settlement root can be revoked before it is payable; whole seconds, at most 7 days
	AdminDelay      time.Duration  // between the two steps in which the admin changes; whole seconds
}

const (
	deployHub   = "deploy hub"
	deployMoney = "deploy test euro"
)

// ErrTerms is returned for terms under which no hub can be founded.
var ErrTerms = problem.New(problem.Invalid, "name a stable token or ask for test euros; the challenge window is at most 7 days")

// ErrNameplateValue is returned for a nameplate that cannot be registered.
var ErrNameplateValue = problem.New(problem.Invalid, "a nameplate is a power above zero")

// Deploy puts the contracts on chain, once: later calls return where they stand. The sender becomes the admin and has
// every role. It returns ErrOtherChain if the database knows contracts that are not on this chain.
func (c *Chain) Deploy(ctx context.Context, terms Terms) (Contracts, error) {
	if (terms.Money == common.Address{}) != terms.TestEuro || terms.ChallengeWindow < 0 || terms.ChallengeWindow > 7*24*time.Hour {
		return Contracts{}, ErrTerms
	}
	recorded, ok, err := c.recorded(ctx)
	if err != nil {
		return Contracts{}, err
	}
	if ok {
		code, err := c.client.CodeAt(ctx, recorded.Hub, nil)
		if err != nil {
			return Contracts{}, unreachable("contract code", err)
		}
		if len(code) > 0 {
			return recorded, nil
		}
	}
	deployed, err := c.found(ctx, terms)
	if err != nil {
		return Contracts{}, err
	}
	if ok && deployed != recorded {
		return Contracts{}, fmt.Errorf("the database has the hub at %s: %w", recorded.Hub, ErrOtherChain)
	}
	if err := c.record(ctx, deployed); err != nil {
		return Contracts{}, err
	}
	c.log.LogAttrs(ctx, slog.LevelInfo, "contracts deployed",
		slog.String("hub", deployed.Hub.Hex()), slog.String("token", deployed.Token.Hex()), slog.String("money", deployed.Money.Hex()))
	return deployed, nil
}

// found sends the transactions that create the contracts.
func (c *Chain) found(ctx context.Context, terms Terms) (Contracts, error) {
	money := terms.Money
	if terms.TestEuro {
		receipt, err := c.Send(ctx, deployMoney, nil, common.FromHex(testeuro.TestEuroMetaData.Bin))
		if err != nil {
			return Contracts{}, err
		}
		money = receipt.ContractAddress
	}
	code := append(common.FromHex(hub.HubMetaData.Bin), c.hub.PackConstructor(
		money, uint32(terms.ChallengeWindow/time.Second), c.sender, big.NewInt(int64(terms.AdminDelay/time.Second)))...)
	receipt, err := c.Send(ctx, deployHub, nil, code)
	if err != nil {
		return Contracts{}, err
	}
	out, err := c.call(ctx, receipt.ContractAddress, c.hub.PackToken())
	if err != nil {
		return Contracts{}, fmt.Errorf("token of the hub: %w", err)
	}
	token, err := c.hub.UnpackToken(out)
	if err != nil {
		return Contracts{}, fmt.Errorf("token of the hub: %w", err)
	}
	return Contracts{Hub: receipt.ContractAddress, Token: token, Money: money}, nil
}

// record remembers the contracts, which may have happened already.
func (c *Chain) record(ctx context.Context, contracts Contracts) error {
	err := pgx.BeginFunc(ctx, c.outbox.db, func(tx pgx.Tx) error {
		for name, address := range map[string]common.Address{"hub": contracts.Hub, "token": contracts.Token, "money": contracts.Money} {
			_, err := tx.Exec(ctx, `INSERT INTO contract (name, chain_id, address) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`,
				name, c.id.Int64(), address[:])
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record contracts: %w", err)
	}
	_, _, err = c.recorded(ctx)
	return err
}

// recorded returns the contracts that the database knows and keeps them at hand.
func (c *Chain) recorded(ctx context.Context) (Contracts, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.contracts != nil {
		return *c.contracts, true, nil
	}
	var found Contracts
	rows, err := c.outbox.db.Query(ctx, `SELECT name, chain_id, address FROM contract WHERE name IN ('hub', 'token', 'money')`)
	if err != nil {
		return Contracts{}, false, fmt.Errorf("read contracts: %w", err)
	}
	var name string
	var id int64
	var address []byte
	_, err = pgx.ForEachRow(rows, []any{&name, &id, &address}, func() error {
		if id != c.id.Int64() {
			return fmt.Errorf("chain %s, the database has the %s on chain %d: %w", c.id, name, id, ErrOtherChain)
		}
		switch name {
		case "hub":
			found.Hub = common.BytesToAddress(address)
		case "token":
			found.Token = common.BytesToAddress(address)
		case "money":
			found.Money = common.BytesToAddress(address)
		}
		return nil
	})
	if err != nil {
		return Contracts{}, false, fmt.Errorf("read contracts: %w", err)
	}
	if found.Hub == (common.Address{}) || found.Token == (common.Address{}) || found.Money == (common.Address{}) {
		return Contracts{}, false, nil
	}
	c.contracts = &found
	return found, true, nil
}

// known returns the contracts, or ErrNotDeployed.
func (c *Chain) known(ctx context.Context) (Contracts, error) {
	contracts, ok, err := c.recorded(ctx)
	if err == nil && !ok {
		err = ErrNotDeployed
	}
	return contracts, err
}

// RegisterZone registers a zone with its nameplate, the power of everything in it that can feed in, or changes it. It
// does nothing where the chain says so already.
func (c *Chain) RegisterZone(ctx context.Context, zone energy.Zone, nameplate energy.Watts) error {
	if nameplate <= 0 {
		return fmt.Errorf("nameplate of %s: %s: %w", zone, nameplate, ErrNameplateValue)
	}
	c.changing.Lock()
	defer c.changing.Unlock()
	contracts, err := c.known(ctx)
	if err != nil {
		return err
	}
	out, err := c.call(ctx, contracts.Hub, c.hub.PackNameplateOf(zone.Bytes()))
	if err != nil {
		return fmt.Errorf("nameplate of %s: %w", zone, err)
	}
	now, err := c.hub.UnpackNameplateOf(out)
	if err != nil || now == uint64(nameplate) {
		return err
	}
	return c.change(ctx, fmt.Sprintf("register zone %s", zone), c.hub.PackRegisterZone(zone.Bytes(), uint64(nameplate)))
}

// SetOracles makes these the oracles whose signatures count. It does nothing where the chain says so already.
func (c *Chain) SetOracles(ctx context.Context, q oracle.Quorum) error {
	c.changing.Lock()
	defer c.changing.Unlock()
	now, err := c.Quorum(ctx)
	if err != nil {
		return err
	}
	if now.ConfigDigest == q.ConfigDigest && now.Faulty == q.Faulty && slices.Equal(now.Signers, q.Signers) {
		return nil
	}
	signers := make([]common.Address, len(q.Signers))
	for i, s := range q.Signers {
		signers[i] = common.Address(s)
	}
	return c.change(ctx, "set oracles", c.hub.PackSetOracles(q.ConfigDigest, signers, q.Faulty))
}

// change sends the owner's change of something that may change many times. Its purpose is numbered, for a value may
// come back that was there before.
func (c *Chain) change(ctx context.Context, what string, data []byte) error {
	contracts, err := c.known(ctx)
	if err != nil {
		return err
	}
	n, err := c.outbox.count(ctx, what+", change ")
	if err != nil {
		return err
	}
	_, err = c.Send(ctx, fmt.Sprintf("%s, change %d", what, n+1), &contracts.Hub, data)
	return err
}

// Quorum returns the oracles whose signatures count on chain; the zero Quorum if none were ever set.
func (c *Chain) Quorum(ctx context.Context) (oracle.Quorum, error) {
	contracts, err := c.known(ctx)
	if err != nil {
		return oracle.Quorum{}, err
	}
	raw, err := c.call(ctx, contracts.Hub, c.hub.PackQuorum())
	if err != nil {
		return oracle.Quorum{}, fmt.Errorf("quorum: %w", err)
	}
	out, err := c.hub.UnpackQuorum(raw)
	if err != nil {
		return oracle.Quorum{}, fmt.Errorf("quorum: %w", err)
	}
	q := oracle.Quorum{ConfigDigest: out.ConfigDigest, Faulty: out.Faulty}
	for _, s := range out.Signers {
		q.Signers = append(q.Signers, oracle.Signer(s))
	}
	return q, nil
}
