package chain

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement/chain/bindings/hub"
)

// Contracts are the addresses of what Deploy put on chain.
type Contracts struct{ Hub, Token common.Address }

const deployHub = "deploy hub"

// ErrNameplateValue is returned for a nameplate that cannot be registered.
var ErrNameplateValue = problem.New(problem.Invalid, "a nameplate is a power above zero")

// Deploy puts the contracts on chain, once: later calls return where they stand. It returns ErrOtherChain if the
// database knows contracts that are not on this chain.
func (c *Chain) Deploy(ctx context.Context) (Contracts, error) {
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
	receipt, err := c.Send(ctx, deployHub, nil, common.FromHex(hub.HubMetaData.Bin))
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
	deployed := Contracts{receipt.ContractAddress, token}
	if ok && deployed != recorded {
		return Contracts{}, fmt.Errorf("the database has the hub at %s: %w", recorded.Hub, ErrOtherChain)
	}
	if err := c.record(ctx, deployed); err != nil {
		return Contracts{}, err
	}
	c.log.LogAttrs(ctx, slog.LevelInfo, "contracts deployed",
		slog.String("hub", deployed.Hub.Hex()), slog.String("token", deployed.Token.Hex()))
	return deployed, nil
}

// record remembers the contracts, which may have happened already.
func (c *Chain) record(ctx context.Context, contracts Contracts) error {
	err := pgx.BeginFunc(ctx, c.outbox.db, func(tx pgx.Tx) error {
		for name, address := range map[string]common.Address{"hub": contracts.Hub, "token": contracts.Token} {
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
	rows, err := c.outbox.db.Query(ctx, `SELECT name, chain_id, address FROM contract WHERE name IN ('hub', 'token')`)
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
		if name == "hub" {
			found.Hub = common.BytesToAddress(address)
		} else {
			found.Token = common.BytesToAddress(address)
		}
		return nil
	})
	if err != nil {
		return Contracts{}, false, fmt.Errorf("read contracts: %w", err)
	}
	if found.Hub == (common.Address{}) || found.Token == (common.Address{}) {
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
