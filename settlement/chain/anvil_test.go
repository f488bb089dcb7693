package chain_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement/chain"
)

const anvilProgram = "../contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"

// anvil is a chain by another implementation than the embedded one, behind JSON-RPC over HTTP.
type anvil struct {
	*ethclient.Client
	rpc *rpc.Client
}

// newAnvil puts the street on an anvil, where it has money.
func newAnvil(t *testing.T, s *street) anvil {
	t.Helper()
	if _, err := os.Stat(anvilProgram); err != nil {
		t.Skip("anvil is not installed: run npm ci in settlement/contracts")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	must(t, listener.Close())
	program := exec.Command(anvilProgram, "--host", "127.0.0.1", "--port", port, "--chain-id", "1337", "--accounts", "1", "--silent", "--hardfork", "prague")
	must(t, program.Start())
	t.Cleanup(func() { _ = program.Process.Kill(); _ = program.Wait() })
	connection, err := rpc.Dial("http://127.0.0.1:" + port)
	must(t, err)
	t.Cleanup(connection.Close)
	a := anvil{ethclient.NewClient(connection), connection}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for _, err = a.ChainID(ctx); err != nil; _, err = a.ChainID(ctx) {
		must(t, ctx.Err())
	}
	a.tell(t, "anvil_setBalance", crypto.PubkeyToAddress(s.key.PublicKey), hexutil.EncodeBig(new(big.Int).Lsh(big.NewInt(1), 70)))
	s.client = a
	return a
}

// tell calls one of anvil's own methods.
func (a anvil) tell(t *testing.T, method string, args ...any) {
	t.Helper()
	if err := a.rpc.CallContext(t.Context(), nil, method, args...); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
}

// mine makes a block with this base fee.
func (a anvil) mine(t *testing.T, baseFee int64) {
	t.Helper()
	a.tell(t, "anvil_setNextBlockBaseFeePerGas", hexutil.EncodeUint64(uint64(baseFee)))
	a.tell(t, "evm_mine")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnotherImplementation(t *testing.T) {
	s := newStreet(t)
	newAnvil(t, s)
	c := s.ready(t)
	first, err := c.Post(t.Context(), s.attest(t, 0, 900))
	must(t, err)
	again, err := c.Post(t.Context(), s.attest(t, 0, 900))
	if err != nil || again != first {
		t.Errorf("posted again: got %+v %v, want %+v", again, err, first)
	}
	checkSupply(t, c, 900)
	record, ok, err := c.Find(t.Context(), "street", s.attest(t, 0, 900).Report.Interval, 0)
	if err != nil || !ok || record.Transaction != first.Transaction {
		t.Errorf("found: got %+v %v %v", record, ok, err)
	}
	bad := s.attest(t, 1, 900)
	bad.Sequence++
	if _, err := c.Post(t.Context(), bad); !errors.Is(err, chain.ErrQuorum) {
		t.Errorf("wrong signatures: got %v, want ErrQuorum", err)
	}
}

// The base fee jumps above what the transaction offers: it is sent again with a higher fee and happens once.
func TestStuckTransactionOffersMore(t *testing.T) {
	s := newStreet(t)
	a := newAnvil(t, s)
	c := s.ready(t)
	a.tell(t, "evm_setAutomine", false)
	before := s.written(t)
	done := make(chan error, 1)
	go func() {
		_, err := c.Post(t.Context(), s.attest(t, 0, 900))
		done <- err
	}()
	for s.written(t) == before {
		must(t, t.Context().Err()) // the fee rises after the transaction is signed
	}
	for range 2000 {
		a.mine(t, 50e9)
		select {
		case err := <-done:
			must(t, err)
			if n := s.attempts(t); n < 2 {
				t.Errorf("attempts: got %d, want more than one", n)
			}
			checkSupply(t, c, 900)
			s.inState(t, "mined", 1)
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
	t.Fatal("no block took the transaction")
}

// Above the ceiling nothing is sent and nothing is lost; when the chain is cheaper the same Post goes on.
func TestFeeCeiling(t *testing.T) {
	s := newStreet(t)
	a := newAnvil(t, s)
	s.ready(t)
	config := s.config()
	config.MaxFee = 20e9
	c, err := chain.Open(t.Context(), config)
	must(t, err)
	a.tell(t, "evm_setAutomine", false)
	a.mine(t, 50e9)
	if _, err := c.Post(t.Context(), s.attest(t, 0, 900)); !errors.Is(err, chain.ErrFee) {
		t.Fatalf("before signing: got %v, want ErrFee", err)
	}
	a.mine(t, 5e9)
	done := make(chan error, 1)
	post := func() {
		_, err := c.Post(t.Context(), s.attest(t, 0, 900))
		done <- err
	}
	go post()
	for range 2000 { // the fee rises while the transaction waits
		a.mine(t, 50e9)
		select {
		case err = <-done:
		case <-time.After(5 * time.Millisecond):
			continue
		}
		break
	}
	if !errors.Is(err, chain.ErrFee) {
		t.Fatalf("while waiting: got %v, want ErrFee", err)
	}
	a.tell(t, "evm_setAutomine", true)
	a.mine(t, 5e9)
	post()
	must(t, <-done)
	checkSupply(t, c, 900)
}

// A reorganisation takes back up to 64 blocks and all that was in them: everything is on chain again, once.
func TestReorganisationsOfAnyDepth(t *testing.T) {
	for _, depth := range []int{1, 2, 7, 31, 64} {
		t.Run(fmt.Sprint(depth), func(t *testing.T) {
			s := newStreet(t)
			a := newAnvil(t, s)
			c := s.ready(t)
			w := c.Watch()
			a.tell(t, "anvil_mine", hexutil.EncodeUint64(70))
			follow(t, w, false)
			posted := map[int]chain.Posted{}
			for n := range min(depth, 5) {
				p, err := c.Post(t.Context(), s.attest(t, n, 100))
				must(t, err)
				posted[n] = p
			}
			if rest := depth - len(posted); rest > 0 {
				a.tell(t, "anvil_mine", hexutil.EncodeUint64(uint64(rest)))
			}
			follow(t, w, false)
			a.tell(t, "anvil_reorg", depth, []any{})
			checkSupply(t, c, 0)
			follow(t, w, true)
			for n, before := range posted {
				p, err := c.Post(t.Context(), s.attest(t, n, 100))
				must(t, err)
				if p.Transaction != before.Transaction {
					t.Errorf("interval %d: got another transaction than before", n)
				}
			}
			checkSupply(t, c, 100*energy.WattHours(len(posted)))
			follow(t, w, false)
		})
	}
}

// Transactions become safe and final as the chain's own tags say.
func TestFinality(t *testing.T) {
	s := newStreet(t)
	a := newAnvil(t, s)
	s.ready(t)
	config := s.config()
	config.Confirmations = chain.FinalByTag
	c, err := chain.Open(t.Context(), config)
	must(t, err)
	w, before := c.Watch(), s.written(t)
	_, err = c.Post(t.Context(), s.attest(t, 0, 900))
	must(t, err)
	for _, stage := range []struct {
		mine  uint64
		state string
	}{{1, "mined"}, {40, "safe"}, {40, "final"}} {
		a.tell(t, "anvil_mine", hexutil.EncodeUint64(stage.mine))
		follow(t, w, false)
		s.inState(t, stage.state, 1)
	}
	s.inState(t, "final", int(before)+1)
}

func follow(t *testing.T, w *chain.Watch, reorganised bool) {
	t.Helper()
	p, err := w.Look(t.Context())
	must(t, err)
	if p.Reorganised != reorganised {
		t.Errorf("reorganised: got %v, want %v", p.Reorganised, reorganised)
	}
}

// inState checks that at least so many transactions, the newest among them, have this state.
func (s *street) inState(t *testing.T, want string, count int) {
	t.Helper()
	var n int
	var newest string
	must(t, s.db.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE state = $1),
		(SELECT state FROM chain_transaction ORDER BY nonce DESC LIMIT 1) FROM chain_transaction`, want).Scan(&n, &newest))
	if n < count || newest != want {
		t.Errorf("state: %d %s, newest %s, want %d", n, want, newest, count)
	}
}

// attempts is how often the newest transaction was signed.
func (s *street) attempts(t *testing.T) (n int) {
	t.Helper()
	must(t, s.db.QueryRow(t.Context(), `SELECT max(attempt) + 1 FROM chain_attempt
		WHERE nonce = (SELECT max(nonce) FROM chain_attempt)`).Scan(&n))
	return n
}
