package ocr

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	chaintypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient/simulated"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/ocr3confighelper"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

// chain is go-ethereum itself, in memory, and a Sender on it that sends each purpose once.
type chain struct {
	simulated.Client
	backend *simulated.Backend
	key     *ecdsa.PrivateKey

	mu   sync.Mutex
	sent map[string]*chaintypes.Receipt
}

func newChain(t *testing.T) *chain {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	ether := new(big.Int).Mul(big.NewInt(1000), big.NewInt(1e18))
	backend := simulated.NewBackend(chaintypes.GenesisAlloc{crypto.PubkeyToAddress(key.PublicKey): {Balance: ether}})
	t.Cleanup(func() { backend.Close() })
	return &chain{Client: backend.Client(), backend: backend, key: key, sent: map[string]*chaintypes.Receipt{}}
}

func (c *chain) Send(ctx context.Context, purpose string, to *common.Address, data []byte) (*chaintypes.Receipt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if receipt, ok := c.sent[purpose]; ok {
		return receipt, nil
	}
	from := crypto.PubkeyToAddress(c.key.PublicKey)
	nonce, err := c.PendingNonceAt(ctx, from)
	if err != nil {
		return nil, err
	}
	id, err := c.ChainID(ctx)
	if err != nil {
		return nil, err
	}
	gas, err := c.EstimateGas(ctx, ethereum.CallMsg{From: from, To: to, Data: data})
	if err != nil {
		return nil, fmt.Errorf("estimate: %w", err)
	}
	tx, err := chaintypes.SignNewTx(c.key, chaintypes.LatestSignerForChainID(id), &chaintypes.DynamicFeeTx{
		ChainID: id, Nonce: nonce, To: to, Data: data, Gas: gas + gas/5, GasFeeCap: big.NewInt(1e11), GasTipCap: big.NewInt(1e9),
	})
	if err != nil {
		return nil, err
	}
	if err := c.SendTransaction(ctx, tx); err != nil {
		return nil, err
	}
	c.backend.Commit()
	receipt, err := c.TransactionReceipt(ctx, tx.Hash())
	if err != nil {
		return nil, err
	}
	if receipt.Status != chaintypes.ReceiptStatusSuccessful {
		return nil, errors.New("reverted")
	}
	c.sent[purpose] = receipt
	return receipt, nil
}

// fast is timing for tests: several rounds a second.
var fast = Timing{
	Round: 200 * time.Millisecond, Grace: 20 * time.Millisecond, Progress: 3 * time.Second, Initial: time.Second,
	Resend: time.Second, CommitRequest: 300 * time.Millisecond, Stage: 500 * time.Millisecond, EpochRounds: 10,
}

func newSetup(t *testing.T, genesis energy.Interval, oracles int) (Setup, []Keys) {
	t.Helper()
	s := Setup{Zone: "street", Genesis: genesis, Faulty: (oracles - 1) / 3, Timing: fast}
	var keys []Keys
	for range oracles {
		k := newKeys(t)
		keys = append(keys, k)
		s.Oracles = append(s.Oracles, k.Identity())
	}
	return s, keys
}

func TestInstallConfiguresTheContractOnce(t *testing.T) {
	ctx := context.Background()
	c := newChain(t)
	setup, _ := newSetup(t, newStreet(t, 1).genesis, 4)

	address, quorum, err := Install(ctx, c, c, setup)
	if err != nil {
		t.Fatal(err)
	}
	again, quorumAgain, err := Install(ctx, c, c, setup)
	if err != nil || again != address || fmt.Sprint(quorumAgain) != fmt.Sprint(quorum) {
		t.Errorf("second time: %s, %v, %v, want %s, %v", again, quorumAgain, err, address, quorum)
	}
	if quorum.Faulty != 1 || len(quorum.Signers) != 4 || quorum.Signers[2] != setup.Oracles[2].Signer ||
		!strings.HasPrefix(fmt.Sprintf("%x", quorum.ConfigDigest), "000e") {
		t.Errorf("quorum %+v, want the four signers, f = 1 and a digest of an OCR3Capability", quorum)
	}

	tr, err := newTracker(c, address)
	if err != nil {
		t.Fatal(err)
	}
	block, digest, err := tr.LatestConfigDetails(ctx)
	if err != nil {
		t.Fatal(err)
	}
	config, err := tr.LatestConfig(ctx, block)
	if err != nil {
		t.Fatal(err)
	}
	public, err := ocr3confighelper.PublicConfigFromContractConfig(false, config)
	if err != nil {
		t.Fatal(err)
	}
	zone, genesis, err := decodeGenesis(public.ReportingPluginConfig)
	if digest != quorum.ConfigDigest || err != nil || zone != "street" || genesis != setup.Genesis ||
		public.DeltaRound != fast.Round || public.RMax != fast.EpochRounds {
		t.Errorf("contract says digest %s, zone %s from %s, round %s, %d rounds an epoch, %v; want what was set up",
			digest, zone, genesis, public.DeltaRound, public.RMax, err)
	}

	other, _ := newSetup(t, setup.Genesis, 4)
	if _, _, err := Install(ctx, c, c, other); !errors.Is(err, ErrOtherOracles) {
		t.Errorf("other keys on the same chain: %v, want %v", err, ErrOtherOracles)
	}
	if _, err := tr.LatestConfig(ctx, block-1); !errors.Is(err, ErrUnconfigured) {
		t.Errorf("configuration of the block before: %v, want %v", err, ErrUnconfigured)
	}
}

func TestSetupsThatAreRefused(t *testing.T) {
	good, _ := newSetup(t, newStreet(t, 1).genesis, 4)
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Setup)
		want   error
	}{
		"three oracles":      {func(s *Setup) { s.Oracles = s.Oracles[:3] }, ErrSetup},
		"none faulty":        {func(s *Setup) { s.Faulty = 0 }, ErrSetup},
		"one twice":          {func(s *Setup) { s.Oracles = append(s.Oracles[:3:3], s.Oracles[0]) }, ErrSetup},
		"no genesis":         {func(s *Setup) { s.Genesis = energy.Interval{} }, ErrSetup},
		"no rounds":          {func(s *Setup) { s.Timing.EpochRounds = 0 }, ErrTiming},
		"progress too small": {func(s *Setup) { s.Timing.Progress = s.Timing.Round }, ErrTiming},
		"stage too small":    {func(s *Setup) { s.Timing.Stage = time.Millisecond }, ErrTiming},
		"no round":           {func(s *Setup) { s.Timing.Round = 0 }, ErrTiming},
	} {
		s := good
		c.change(&s)
		if _, _, err := Install(context.Background(), nil, nil, s); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if err := DefaultTiming.Validate(); err != nil {
		t.Errorf("default timing: %v", err)
	}
}

// contractConfigExample is a configuration with every field set.
func contractConfigExample(count uint64) types.ContractConfig {
	return types.ContractConfig{
		ConfigDigest: types.ConfigDigest{0, 0x0e, byte(count)}, ConfigCount: count, F: 1, OnchainConfig: []byte{},
		Signers:      []types.OnchainPublicKey{{1, 20, 0, 1}, {1, 20, 0, 2}},
		Transmitters: []types.Account{"0xA", "0xB"}, OffchainConfigVersion: 30, OffchainConfig: bytes.Repeat([]byte{7}, 5000),
	}
}

func TestDigestDependsOnEverything(t *testing.T) {
	ctx := context.Background()
	config := contractConfigExample(1)
	config.Transmitters = []types.Account{account(oracle.Signer{1}), account(oracle.Signer{2})}
	d := digester{1337, common.Address{1}}
	digest, err := d.ConfigDigest(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[types.ConfigDigest]string{digest: "the original"}
	try := func(name string, d digester, change func(*types.ContractConfig)) {
		c := config
		change(&c)
		digest, err := d.ConfigDigest(ctx, c)
		if same, ok := seen[digest]; ok || err != nil {
			t.Errorf("%s: the digest of %q, %v, want another", name, same, err)
		}
		seen[digest] = name
	}
	try("chain", digester{1, common.Address{1}}, func(*types.ContractConfig) {})
	try("contract", digester{1337, common.Address{2}}, func(*types.ContractConfig) {})
	try("count", d, func(c *types.ContractConfig) { c.ConfigCount++ })
	try("signers", d, func(c *types.ContractConfig) { c.Signers = c.Signers[:1] })
	try("transmitters", d, func(c *types.ContractConfig) { c.Transmitters = c.Transmitters[:1] })
	try("faulty", d, func(c *types.ContractConfig) { c.F++ })
	try("on chain", d, func(c *types.ContractConfig) { c.OnchainConfig = []byte{1} })
	try("version", d, func(c *types.ContractConfig) { c.OffchainConfigVersion++ })
	try("off chain", d, func(c *types.ContractConfig) { c.OffchainConfig = []byte{1} })

	config.Transmitters[0] = "nobody"
	if _, err := d.ConfigDigest(ctx, config); !errors.Is(err, oracle.ErrMalformed) {
		t.Errorf("transmitter that is no address: %v, want %v", err, oracle.ErrMalformed)
	}
}
