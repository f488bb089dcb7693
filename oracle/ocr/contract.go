package ocr

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"

	capability "github.com/smartcontractkit/chainlink-evm/gethwrappers/keystone/generated/ocr3_capability_1_0_0"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// Eth is what an oracle reads from the chain.
type Eth interface {
	bind.ContractCaller
	bind.ContractFilterer
	BlockNumber(ctx context.Context) (uint64, error)
}

// ErrUnconfigured is returned where the contract on chain names no oracles yet.
var ErrUnconfigured = problem.New(problem.Unavailable, "the oracle contract is not configured")

// tracker reads the group's configuration from the OCR3Capability contract.
type tracker struct {
	eth     Eth
	address common.Address
	caller  *capability.OCR3CapabilityCaller
	filter  *capability.OCR3CapabilityFilterer
}

func newTracker(eth Eth, address common.Address) (*tracker, error) {
	caller, err := capability.NewOCR3CapabilityCaller(address, eth)
	if err != nil {
		return nil, fmt.Errorf("bind oracle contract: %w", err)
	}
	filter, err := capability.NewOCR3CapabilityFilterer(address, eth)
	if err != nil {
		return nil, fmt.Errorf("bind oracle contract: %w", err)
	}
	return &tracker{eth, address, caller, filter}, nil
}

// Notify is nil: changes are found by polling.
func (t *tracker) Notify() <-chan struct{} { return nil }

// LatestConfigDetails is where and under which digest the contract was configured last; zero if never.
func (t *tracker) LatestConfigDetails(ctx context.Context) (block uint64, digest types.ConfigDigest, err error) {
	details, err := t.caller.LatestConfigDetails(&bind.CallOpts{Context: ctx})
	if err != nil {
		return 0, digest, fmt.Errorf("read oracle contract %s: %w", t.address, err)
	}
	return uint64(details.BlockNumber), details.ConfigDigest, nil
}

// LatestConfig is the last configuration set in a block.
func (t *tracker) LatestConfig(ctx context.Context, block uint64) (types.ContractConfig, error) {
	events, err := t.filter.FilterConfigSet(&bind.FilterOpts{Start: block, End: &block, Context: ctx})
	if err != nil {
		return types.ContractConfig{}, fmt.Errorf("read configuration of oracle contract %s in block %d: %w", t.address, block, err)
	}
	defer events.Close()
	var newest *capability.OCR3CapabilityConfigSet
	for events.Next() {
		newest = events.Event
	}
	if err := events.Error(); err != nil {
		return types.ContractConfig{}, fmt.Errorf("read configuration of oracle contract %s in block %d: %w", t.address, block, err)
	}
	if newest == nil {
		return types.ContractConfig{}, fmt.Errorf("oracle contract %s, block %d: %w", t.address, block, ErrUnconfigured)
	}
	return contractConfig(newest), nil
}

// LatestBlockHeight is the number of the newest block.
func (t *tracker) LatestBlockHeight(ctx context.Context) (uint64, error) {
	return t.eth.BlockNumber(ctx)
}

func contractConfig(e *capability.OCR3CapabilityConfigSet) types.ContractConfig {
	c := types.ContractConfig{
		ConfigDigest: e.ConfigDigest, ConfigCount: e.ConfigCount, F: e.F, OnchainConfig: e.OnchainConfig,
		OffchainConfigVersion: e.OffchainConfigVersion, OffchainConfig: e.OffchainConfig,
	}
	for i := range e.Signers {
		c.Signers = append(c.Signers, e.Signers[i])
		c.Transmitters = append(c.Transmitters, types.Account(e.Transmitters[i].Hex()))
	}
	return c
}

// digester computes the digest that the contract computes. The protocol refuses a configuration that does not have it.
type digester struct {
	chain    uint64
	contract common.Address
}

// digestArguments is what OCR3Capability 1.0.0 hashes, in its order.
var digestArguments = abiArguments(
	"uint256", "address", "uint64", "bytes[]", "address[]", "uint8", "bytes", "uint64", "bytes",
)

func abiArguments(names ...string) (arguments abi.Arguments) {
	for _, name := range names {
		t, err := abi.NewType(name, "", nil)
		if err != nil {
			panic(err) // the names above are constants
		}
		arguments = append(arguments, abi.Argument{Type: t})
	}
	return arguments
}

// ConfigDigest is the first two bytes 0x000e, then Keccak-256 over the ABI encoding of everything in c and of where it
// stands.
func (d digester) ConfigDigest(_ context.Context, c types.ContractConfig) (digest types.ConfigDigest, err error) {
	signers := make([][]byte, len(c.Signers))
	for i, s := range c.Signers {
		signers[i] = s
	}
	transmitters := make([]common.Address, len(c.Transmitters))
	for i, t := range c.Transmitters {
		if !common.IsHexAddress(string(t)) {
			return digest, fmt.Errorf("transmitter %q: %w", t, oracle.ErrMalformed)
		}
		transmitters[i] = common.HexToAddress(string(t))
	}
	packed, err := digestArguments.Pack(
		new(big.Int).SetUint64(d.chain), d.contract, c.ConfigCount, signers, transmitters, c.F, c.OnchainConfig,
		c.OffchainConfigVersion, c.OffchainConfig,
	)
	if err != nil {
		return digest, fmt.Errorf("digest of oracle configuration: %w", err)
	}
	digest = types.ConfigDigest(crypto.Keccak256(packed))
	digest[0], digest[1] = byte(types.ConfigDigestPrefixKeystoneOCR3Capability>>8), byte(types.ConfigDigestPrefixKeystoneOCR3Capability)
	return digest, nil
}

// ConfigDigestPrefix is that of OCR3Capability.
func (d digester) ConfigDigestPrefix(context.Context) (types.ConfigDigestPrefix, error) {
	return types.ConfigDigestPrefixKeystoneOCR3Capability, nil
}
