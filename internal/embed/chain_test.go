package embed

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
)

// childChain in the environment makes the test program a process that only sends transactions to a chain in that
// directory, to be killed.
const childChain = "WATTLE_TEST_CHAIN"

const testChainID = 220_622

func TestMain(m *testing.M) {
	if dir := os.Getenv(childChain); dir != "" {
		runChild(dir)
	}
	if dir := os.Getenv(childNATS); dir != "" {
		runNATSChild(dir)
	}
	os.Exit(m.Run())
}

func testKey() *ecdsa.PrivateKey {
	key, err := crypto.ToECDSA(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		panic(err)
	}
	return key
}

func sender() common.Address { return crypto.PubkeyToAddress(testKey().PublicKey) }

func config(dir string) ChainConfig {
	return ChainConfig{Dir: dir, ChainID: testChainID, Fund: []common.Address{sender()}, Log: slog.New(slog.DiscardHandler)}
}

func mustStartChain(t *testing.T, dir string) *Chain {
	t.Helper()
	c := config(dir)
	c.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	ch, err := StartChain(c)
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

func mustStop(t *testing.T, ch *Chain) {
	t.Helper()
	if err := ch.Stop(); err != nil {
		t.Fatal(err)
	}
}

// transfer is a payment of 1 wei to the address that has the number of the nonce.
func transfer(nonce uint64) (*types.Transaction, error) { return transferFor(nonce, 1e12) }

// transferFor pays at most a fee, in wei per gas.
func transferFor(nonce uint64, fee int64) (*types.Transaction, error) {
	to := common.BigToAddress(new(big.Int).SetUint64(1_000_000 + nonce))
	return types.SignNewTx(testKey(), types.LatestSignerForChainID(big.NewInt(testChainID)), &types.DynamicFeeTx{
		ChainID: big.NewInt(testChainID), Nonce: nonce, To: &to, Value: big.NewInt(1), Gas: 21_000,
		GasTipCap: big.NewInt(min(fee, 1000)), GasFeeCap: big.NewInt(fee),
	})
}

// await polls for a receipt; a receipt says that the transaction is on the disk.
func await(ctx context.Context, client *ethclient.Client, hash common.Hash) (*types.Receipt, error) {
	for {
		receipt, err := client.TransactionReceipt(ctx, hash)
		if err == nil {
			return receipt, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("no receipt: %w", err)
		case <-time.After(time.Millisecond):
		}
	}
}

// send sends transfers up to a nonce, each after the receipt of the last, and calls done after each.
func send(ctx context.Context, client *ethclient.Client, upTo uint64, done func(nonce uint64)) error {
	nonce, err := client.PendingNonceAt(ctx, sender())
	if err != nil {
		return err
	}
	for ; nonce < upTo; nonce++ {
		tx, err := transfer(nonce)
		if err != nil {
			return err
		}
		if err := client.SendTransaction(ctx, tx); err != nil {
			return err
		}
		receipt, err := await(ctx, client, tx.Hash())
		if err != nil {
			return err
		}
		if receipt.Status != types.ReceiptStatusSuccessful {
			return fmt.Errorf("nonce %d failed", nonce)
		}
		done(nonce)
	}
	return nil
}

func runChild(dir string) {
	ch, err := StartChain(config(dir))
	if err == nil {
		err = send(context.Background(), ch.Client(), 1<<62, func(nonce uint64) { fmt.Println(nonce) })
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// checkWhole walks the chain from its head to the genesis, and looks up what each transfer has moved.
func checkWhole(t *testing.T, client *ethclient.Client, transfers uint64) {
	t.Helper()
	ctx := deadline(t)
	block, err := client.BlockByNumber(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := uint64(0)
	for block.NumberU64() > 0 {
		found += uint64(len(block.Transactions()))
		parent, err := client.BlockByHash(ctx, block.ParentHash())
		if err != nil {
			t.Fatalf("parent of block %d: %v", block.NumberU64(), err)
		}
		if parent.Time() >= block.Time() {
			t.Fatalf("block %d: time %d, its parent's is %d", block.NumberU64(), block.Time(), parent.Time())
		}
		block = parent
	}
	if found != transfers {
		t.Errorf("got %d transactions in the chain, want %d", found, transfers)
	}
	for n := range transfers {
		balance, err := client.BalanceAt(ctx, common.BigToAddress(new(big.Int).SetUint64(1_000_000+n)), nil)
		if err != nil || balance.Cmp(big.NewInt(1)) != 0 {
			t.Errorf("transfer %d: got balance %v, error %v, want 1", n, balance, err)
		}
	}
}

func TestChainStartsAgain(t *testing.T) {
	dir := t.TempDir()
	first := mustStartChain(t, dir)
	if err := send(deadline(t), first.Client(), 5, func(uint64) {}); err != nil {
		t.Fatal(err)
	}
	head, err := first.Client().HeaderByNumber(deadline(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	mustStop(t, first)
	second := mustStartChain(t, dir)
	defer mustStop(t, second)
	again, err := second.Client().HeaderByNumber(deadline(t), nil)
	if err != nil || again.Hash() != head.Hash() {
		t.Fatalf("head: got %v, error %v, want %v", again, err, head)
	}
	if id, err := second.Client().ChainID(deadline(t)); err != nil || id.Uint64() != testChainID {
		t.Errorf("chain id: got %v, error %v, want %d", id, err, testChainID)
	}
	if err := send(deadline(t), second.Client(), 8, func(uint64) {}); err != nil {
		t.Fatal(err)
	}
	checkWhole(t, second.Client(), 8)
}

// TestManyAtOnce sends more transactions than pass one by one in a second, so that block times run ahead of the clock,
// and in the wrong order.
func TestManyAtOnce(t *testing.T) {
	ch := mustStartChain(t, t.TempDir())
	defer mustStop(t, ch)
	ctx := deadline(t)
	const many = 40
	var last common.Hash
	for n := many - 1; n >= 0; n-- {
		tx, err := transfer(uint64(n))
		if err != nil {
			t.Fatal(err)
		}
		if err := ch.Client().SendTransaction(ctx, tx); err != nil {
			t.Fatal(err)
		}
		if n == many-1 {
			last = tx.Hash()
		}
	}
	if _, err := await(ctx, ch.Client(), last); err != nil {
		t.Fatal(err)
	}
	if err := send(ctx, ch.Client(), 2*many, func(uint64) {}); err != nil {
		t.Fatal(err)
	}
	checkWhole(t, ch.Client(), 2*many)
}

func TestStopTwice(t *testing.T) {
	ch := mustStartChain(t, t.TempDir())
	mustStop(t, ch)
	mustStop(t, ch)
	if _, err := ch.Client().BlockNumber(deadline(t)); err == nil {
		t.Error("client of a stopped chain: got no error")
	}
}

// TestKilledChain kills a process that sends transactions, several times: what had a receipt is there, and the chain
// goes on.
func TestKilledChain(t *testing.T) {
	dir := t.TempDir()
	rounds := 5
	if testing.Short() {
		rounds = 1
	}
	sent := uint64(0)
	for round := range rounds {
		acknowledged := killChild(t, dir, sent+uint64(10+7*round))
		ch := mustStartChain(t, dir)
		nonce, err := ch.Client().NonceAt(deadline(t), sender(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if nonce < acknowledged {
			t.Errorf("round %d: got %d transactions, want at least the %d that had receipts", round, nonce, acknowledged)
		}
		sent = max(nonce, acknowledged) + 1
		if err := send(deadline(t), ch.Client(), sent, func(uint64) {}); err != nil {
			t.Fatal(err)
		}
		checkWhole(t, ch.Client(), sent)
		mustStop(t, ch)
	}
}

// killChild kills a child at the moment it has the receipt of a nonce, and returns how many it had.
func killChild(t *testing.T, dir string, at uint64) (acknowledged uint64) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childChain+"="+dir)
	child.Stderr = t.Output()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		nonce, err := strconv.ParseUint(lines.Text(), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		acknowledged = nonce + 1
		if nonce == at {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); acknowledged <= at {
		t.Fatalf("the child ended after %d: %v", acknowledged, err)
	}
	return acknowledged
}

func TestInterruptedFoundingBeginsAnew(t *testing.T) {
	dir := t.TempDir()
	mustStop(t, mustStartChain(t, dir))
	if err := os.Remove(filepath.Join(dir, foundedFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, instance, "chaindata", "CURRENT"), 0); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	ch := mustStartChain(t, dir)
	defer mustStop(t, ch)
	if err := send(deadline(t), ch.Client(), 1, func(uint64) {}); err != nil {
		t.Fatal(err)
	}
}

func TestAnotherChain(t *testing.T) {
	dir := t.TempDir()
	mustStop(t, mustStartChain(t, dir))
	c := config(dir)
	c.ChainID++
	if _, err := StartChain(c); !errors.Is(err, ErrChain) || !strings.Contains(err.Error(), strconv.Itoa(testChainID)) {
		t.Errorf("got %v, want %v, with both ids", err, ErrChain)
	}
	c.ChainID = 0
	if _, err := StartChain(c); err == nil {
		t.Error("id 0: got no error")
	}
}

// TestQuiet measures what the chain costs when nothing happens.
func TestQuiet(t *testing.T) {
	dir := t.TempDir()
	began := time.Now()
	mustStop(t, mustStartChain(t, dir))
	founded := time.Since(began)
	began = time.Now()
	ch := mustStartChain(t, dir)
	defer mustStop(t, ch)
	t.Logf("founded, started and stopped in %s, started again in %s", founded, time.Since(began))
	if testing.Short() {
		t.Skip("measuring idleness takes some seconds")
	}
	const period = 3 * time.Second
	before := cpuTime(t)
	<-time.After(period)
	used := cpuTime(t) - before
	t.Logf("idle: %.2f %% of one core", 100*used.Seconds()/period.Seconds())
	if used > period/10 {
		t.Errorf("the idle chain used %s of %s, want less than a tenth", used, period)
	}
	if head, err := ch.Client().BlockNumber(deadline(t)); err != nil || head != 1 {
		t.Errorf("got %d blocks, error %v, want 1, the first", head, err)
	}
}

func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
