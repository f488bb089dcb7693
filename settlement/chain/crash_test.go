package chain_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement/chain"
)

// The program dies between writing a transaction and sending it.
func TestWrittenButNeverSent(t *testing.T) {
	for name, next := range map[string]func(*chain.Chain, context.Context) error{
		"the same purpose again": func(*chain.Chain, context.Context) error { return nil },
		"resume":                 (*chain.Chain).Resume,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStreet(t)
			a := s.attest(t, 0, 900)
			c := s.ready(t)
			s.node.set(func(n *node) { n.lost = true })
			if _, err := c.Post(t.Context(), a); problem.KindOf(err) != problem.Unavailable {
				t.Fatalf("got %v, want an error of kind unavailable", err)
			}
			s.node.set(func(n *node) { n.lost = false })
			want := s.newest(t)
			c = s.open(t)
			if err := next(c, t.Context()); err != nil {
				t.Fatal(err)
			}
			s.postedOnce(t, c, want)
		})
	}
}

// The transaction is on chain, the answer never came.
func TestReceiptLost(t *testing.T) {
	s := newStreet(t)
	c := s.ready(t)
	s.node.set(func(n *node) { n.receipts = true })
	if _, err := c.Post(t.Context(), s.attest(t, 0, 900)); problem.KindOf(err) != problem.Unavailable {
		t.Fatalf("got %v, want an error of kind unavailable", err)
	}
	s.node.set(func(n *node) { n.receipts = false })
	s.postedOnce(t, s.open(t), s.newest(t))
}

// No block comes: the transaction is pending, and the same Post goes on with it.
func TestPending(t *testing.T) {
	s := newStreet(t)
	s.ready(t)
	config := s.config()
	config.Wait = 50 * time.Millisecond
	c, err := chain.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	s.node.set(func(n *node) { n.held = true })
	for range 2 {
		if _, err := c.Post(t.Context(), s.attest(t, 0, 900)); !errors.Is(err, chain.ErrPending) {
			t.Fatalf("got %v, want ErrPending", err)
		}
	}
	s.node.set(func(n *node) { n.held = false })
	s.postedOnce(t, c, s.newest(t))
}

// The chain forgets everything, as a development chain may: the same bytes bring it all back.
func TestChainForgot(t *testing.T) {
	s := newStreet(t)
	c := s.ready(t)
	before, err := c.Deploy(t.Context(), terms)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Post(t.Context(), s.attest(t, 0, 900)); err != nil {
		t.Fatal(err)
	}
	want, transactions := s.newest(t), s.transactions(t)

	s.node = s.newNode(t)
	s.client = s.node
	c = s.open(t)
	if err := c.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after, err := c.Deploy(t.Context(), terms); err != nil || after != before {
		t.Errorf("contracts: got %v, %v, want %v", after, err, before)
	}
	s.postedOnce(t, c, want)
	if got := s.transactions(t); got != transactions {
		t.Errorf("transactions: got %d, want %d", got, transactions)
	}
}

// A reorganisation takes the block away; the transaction finds its way into the new branch.
func TestReorganised(t *testing.T) {
	s := newStreet(t)
	c := s.ready(t)
	parent, err := s.node.HeaderByNumber(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Post(t.Context(), s.attest(t, 0, 900)); err != nil {
		t.Fatal(err)
	}
	want := s.newest(t)
	if err := s.node.backend.Fork(parent.Hash()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.node.backend.Commit()
	}
	if err := c.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.postedOnce(t, c, want)
}

// newest is the hash of the transaction that was written last.
func (s *street) newest(t *testing.T) (hash common.Hash) {
	t.Helper()
	var raw []byte
	err := s.db.QueryRow(t.Context(), `SELECT hash FROM chain_attempt ORDER BY nonce DESC, attempt DESC LIMIT 1`).Scan(&raw)
	if err != nil {
		t.Fatal(err)
	}
	return common.BytesToHash(raw)
}

// postedOnce posts 900 Wh and expects the transaction of the first attempt.
func (s *street) postedOnce(t *testing.T, c *chain.Chain, want common.Hash) {
	t.Helper()
	written := s.written(t)
	p, err := c.Post(t.Context(), s.attest(t, 0, 900))
	if err != nil || p.Transaction != want {
		t.Errorf("got %v, %v, want transaction %s", p, err, want)
	}
	if got := s.written(t); got != written || s.transactions(t) != written {
		t.Errorf("transactions: written %d, on chain %d, want %d", got, s.transactions(t), written)
	}
	checkSupply(t, c, 900)
}

// Another program with the same key takes the nonce.
func TestDisplaced(t *testing.T) {
	s := newStreet(t)
	c := s.ready(t)
	a := s.attest(t, 0, 900)
	s.node.set(func(n *node) { n.lost = true })
	if _, err := c.Post(t.Context(), a); err == nil {
		t.Fatal("posted without a node")
	}
	s.node.set(func(n *node) { n.lost = false })
	s.raw(t, s.key, crypto.PubkeyToAddress(s.other.PublicKey), nil, 2e9)
	if _, err := c.Post(t.Context(), a); !errors.Is(err, chain.ErrDisplaced) {
		t.Fatalf("got %v, want ErrDisplaced", err)
	}
	if _, err := c.Post(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	checkSupply(t, c, 900)
}

func TestManyAtOnce(t *testing.T) {
	s := newStreet(t)
	c := s.ready(t)
	before := s.transactions(t)
	to := crypto.PubkeyToAddress(s.other.PublicKey)
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 30 {
		g.Go(func() error { // every purpose twice
			_, err := c.Send(ctx, fmt.Sprintf("greet %d", i/2), &to, []byte{byte(i / 2)})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := s.transactions(t) - before; got != 15 {
		t.Errorf("transactions: got %d, want 15", got)
	}
}

func TestOtherChain(t *testing.T) {
	s := newStreet(t)
	s.ready(t)
	if _, err := s.db.Exec(t.Context(), `UPDATE contract SET chain_id = 5`); err != nil {
		t.Fatal(err)
	}
	if _, err := chain.Open(t.Context(), s.config()); !errors.Is(err, chain.ErrOtherChain) {
		t.Errorf("contracts of chain 5: got %v, want ErrOtherChain", err)
	}

	signed, err := types.SignNewTx(s.key, types.NewPragueSigner(big.NewInt(5)), &types.DynamicFeeTx{ChainID: big.NewInt(5), Gas: 21_000})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := signed.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec(t.Context(), `UPDATE contract SET chain_id = 1337`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec(t.Context(), `UPDATE chain_attempt SET raw = $1`, raw); err != nil {
		t.Fatal(err)
	}
	if _, err := chain.Open(t.Context(), s.config()); !errors.Is(err, chain.ErrOtherChain) {
		t.Errorf("transactions of chain 5: got %v, want ErrOtherChain", err)
	}
}

func TestNotDeployed(t *testing.T) {
	s := newStreet(t)
	c := s.open(t)
	if _, err := c.Post(t.Context(), s.attest(t, 0, 1)); !errors.Is(err, chain.ErrNotDeployed) {
		t.Errorf("post: got %v, want ErrNotDeployed", err)
	}
	if _, err := c.Supply(t.Context()); !errors.Is(err, chain.ErrNotDeployed) {
		t.Errorf("supply: got %v, want ErrNotDeployed", err)
	}
}

func TestIncompleteConfig(t *testing.T) {
	full := newStreet(t).config()
	for name, drop := range map[string]func(*chain.Config){
		"client": func(c *chain.Config) { c.Client = nil }, "key": func(c *chain.Config) { c.Key = nil },
		"database": func(c *chain.Config) { c.DB = nil }, "log": func(c *chain.Config) { c.Log = nil },
		"poll": func(c *chain.Config) { c.Poll = -1 },
	} {
		config := full
		drop(&config)
		if _, err := chain.Open(t.Context(), config); !errors.Is(err, chain.ErrConfig) {
			t.Errorf("%s: got %v, want ErrConfig", name, err)
		}
	}
}
