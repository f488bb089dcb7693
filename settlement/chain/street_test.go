package chain_test

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/ethclient/simulated"
	ethnode "github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/params"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/smartcontractkit/chainlink/v2/core/services/keystore/chaintype"
	"github.com/smartcontractkit/chainlink/v2/core/services/keystore/keys/ocr2key"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/pgtest"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement/chain"
)

// genesis is 2026-06-18T08:00Z.
const genesis = 1_781_769_600

// nameplate of the street: 15,750 Wh in a quarter of an hour.
const nameplate energy.Watts = 60_000

// terms of the hub: play money, and roots that are payable at once.
var terms = chain.Terms{TestEuro: true}

// errCut is what a broken connection looks like.
var errCut = errors.New("connection reset by peer")

// street is a zone on a chain of its own, with a database and four oracles of which one may be faulty.
type street struct {
	key     *ecdsa.PrivateKey
	other   *ecdsa.PrivateKey // a stranger with money
	db      *pgxpool.Pool
	node    *node
	client  chain.Client // node, or another implementation
	oracles []ocr2key.KeyBundle
	digest  [32]byte
}

// node is a real chain behind a connection that can be cut; it seals a block after every transaction unless held.
type node struct {
	simulated.Client
	backend *simulated.Backend

	mu       sync.Mutex
	held     bool // transactions wait in the pool
	lost     bool // transactions are lost before they reach the pool
	receipts bool // receipts are lost on their way back
	sent     []common.Hash
}

func (n *node) SendTransaction(ctx context.Context, tx *types.Transaction) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.lost {
		return errCut
	}
	n.sent = append(n.sent, tx.Hash())
	if err := n.Client.SendTransaction(ctx, tx); err != nil {
		return err
	}
	if !n.held {
		n.backend.Commit()
	}
	return nil
}

func (n *node) TransactionReceipt(ctx context.Context, hash common.Hash) (*types.Receipt, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.receipts {
		return nil, errCut
	}
	return n.Client.TransactionReceipt(ctx, hash)
}

// set changes how the node behaves, and seals what was held.
func (n *node) set(change func(*node)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change(n)
	if !n.held {
		n.backend.Commit()
	}
}

// newStreet has no contracts yet.
func newStreet(t *testing.T) *street {
	t.Helper()
	s := &street{db: pgtest.New(t), digest: [32]byte{0, 0x0e, 1}, key: newKey(t), other: newKey(t)}
	s.node = s.newNode(t)
	s.client = s.node
	for range 4 {
		bundle, err := ocr2key.New(chaintype.EVM)
		if err != nil {
			t.Fatal(err)
		}
		s.oracles = append(s.oracles, bundle)
	}
	return s
}

// newNode starts an empty chain on which the street's keys have money.
func (s *street) newNode(t *testing.T) *node {
	t.Helper()
	alloc := types.GenesisAlloc{}
	for _, k := range []*ecdsa.PrivateKey{s.key, s.other} {
		alloc[crypto.PubkeyToAddress(k.PublicKey)] = types.Account{Balance: new(big.Int).Lsh(big.NewInt(1), 70)}
	}
	backend := simulated.NewBackend(alloc, func(_ *ethnode.Config, config *ethconfig.Config) {
		osaka := *params.AllDevChainProtocolChanges // has a fork that no chain runs yet
		osaka.BogotaTime = nil
		config.Genesis.Config = &osaka
	})
	t.Cleanup(func() { backend.Close() })
	return &node{Client: backend.Client(), backend: backend}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// open starts the chain client as a program does after a start.
func (s *street) open(t *testing.T) *chain.Chain {
	t.Helper()
	c, err := chain.Open(t.Context(), s.config())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *street) config() chain.Config {
	return chain.Config{
		Client: s.client, Key: s.key, DB: s.db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Poll: 10 * time.Millisecond,
	}
}

// ready deploys the contracts, registers the zone and sets the oracles.
func (s *street) ready(t *testing.T) *chain.Chain {
	t.Helper()
	c := s.open(t)
	if _, err := c.Deploy(t.Context(), terms); err != nil {
		t.Fatal(err)
	}
	if err := c.RegisterZone(t.Context(), "street", nameplate); err != nil {
		t.Fatal(err)
	}
	if err := c.SetOracles(t.Context(), s.quorum()); err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *street) quorum() oracle.Quorum {
	q := oracle.Quorum{ConfigDigest: s.digest, Faulty: 1}
	for _, o := range s.oracles {
		q.Signers = append(q.Signers, oracle.Signer(o.PublicKey()))
	}
	return q
}

// attest makes the n-th interval's attestation over one leaf per export.
func (s *street) attest(t *testing.T, n int, exports ...energy.WattHours) oracle.Attestation {
	t.Helper()
	first, err := energy.NewInterval(genesis, energy.FifteenMinutes)
	if err != nil {
		t.Fatal(err)
	}
	interval := first.Add(n)
	var leaves []oracle.Leaf
	for i, e := range exports {
		leaves = append(leaves, oracle.Leaf{
			Meter: energy.Meter("home-0" + string(rune('1'+i)) + "-grid"), Import: 120, Export: e, Since: interval.StartUnix(),
			Quality: meter.Measured, Reading: meter.Digest{byte(i), byte(n)},
		})
	}
	report, err := oracle.NewReport("street", interval, 0, leaves)
	if err != nil {
		t.Fatal(err)
	}
	a := oracle.Attestation{Report: report, ConfigDigest: s.digest, Sequence: uint64(n) + 1, Leaves: leaves}
	for _, i := range []int{3, 1} {
		s.sign(t, &a, i)
	}
	return a
}

// sign adds the signature of an oracle as Chainlink's key bundles make it.
func (s *street) sign(t *testing.T, a *oracle.Attestation, i int) {
	t.Helper()
	signature, err := s.oracles[i].Sign3(a.ConfigDigest, a.Sequence, oracle.AppendReport(nil, a.Report))
	if err != nil {
		t.Fatal(err)
	}
	a.Signatures = append(a.Signatures, [oracle.SignatureSize]byte(signature))
}

// stranger posts an attestation from another account, past the client, with this tip.
func (s *street) stranger(t *testing.T, to common.Address, data []byte, tip int64) common.Hash {
	t.Helper()
	return s.raw(t, s.other, to, data, tip)
}

func (s *street) raw(t *testing.T, key *ecdsa.PrivateKey, to common.Address, data []byte, tip int64) common.Hash {
	t.Helper()
	sender := crypto.PubkeyToAddress(key.PublicKey)
	nonce, err := s.node.PendingNonceAt(t.Context(), sender)
	if err != nil {
		t.Fatal(err)
	}
	id := big.NewInt(1337)
	tx, err := types.SignNewTx(key, types.LatestSignerForChainID(id), &types.DynamicFeeTx{
		ChainID: id, Nonce: nonce, To: &to, Data: data, Gas: 1_000_000, GasTipCap: big.NewInt(tip), GasFeeCap: big.NewInt(1e12),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.node.SendTransaction(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	return tx.Hash()
}

// transactions is how many transactions of the street's key the newest block knows.
func (s *street) transactions(t *testing.T) uint64 {
	t.Helper()
	nonce, err := s.node.NonceAt(t.Context(), crypto.PubkeyToAddress(s.key.PublicKey), nil)
	if err != nil {
		t.Fatal(err)
	}
	return nonce
}

// written is how many transactions the database has.
func (s *street) written(t *testing.T) (n uint64) {
	t.Helper()
	if err := s.db.QueryRow(t.Context(), `SELECT count(*) FROM chain_transaction`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func checkSupply(t *testing.T, c *chain.Chain, want energy.WattHours) {
	t.Helper()
	got, err := c.Supply(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("supply: got %s, want %s", got, want)
	}
}
