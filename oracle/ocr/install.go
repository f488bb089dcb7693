package ocr

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	chaintypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/confighelper"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/ocr3confighelper"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"

	capability "github.com/smartcontractkit/chainlink-evm/gethwrappers/keystone/generated/ocr3_capability_1_0_0"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// Sender sends a transaction and waits for its receipt; to is nil for a deployment. A purpose is sent once: with the
// same purpose again it returns the receipt of the first time, whatever the data.
type Sender interface {
	Send(ctx context.Context, purpose string, to *common.Address, data []byte) (*chaintypes.Receipt, error)
}

// ChainReader is what Install reads from the chain.
type ChainReader interface {
	Eth
	ChainID(ctx context.Context) (*big.Int, error)
}

// Setup is the group of oracles that Install writes into the contract.
type Setup struct {
	Zone    energy.Zone
	Genesis energy.Interval // its end gives every meter its base; the next is the first that is attested
	Oracles []Identity      // in the order of their numbers in the protocol
	Faulty  int             // f: how many may be faulty; 3f < number of oracles
	Timing  Timing
}

// The purposes under which Install sends.
const (
	purposeDeploy    = "deploy oracle configuration"
	purposeConfigure = "configure oracles 1"
)

// ErrSetup is returned for a group that the protocol cannot run with.
var ErrSetup = problem.New(problem.Invalid, "not a group of oracles")

// ErrOtherOracles is returned where the contract names other oracles than the setup.
var ErrOtherOracles = problem.New(problem.Conflict,
	"the contract on chain names other oracles: start with the key files it was configured with, or on an empty data directory")

// Validate checks what the contract and the protocol would refuse.
func (s Setup) Validate() error {
	if err := s.Timing.Validate(); err != nil {
		return err
	}
	switch {
	case s.Faulty < 1 || len(s.Oracles) <= 3*s.Faulty || len(s.Oracles) > oracle.MaxOracles:
		return fmt.Errorf("%d oracles of which %d may be faulty: want 3f+1 to %d: %w", len(s.Oracles), s.Faulty, oracle.MaxOracles, ErrSetup)
	case !s.Genesis.Valid():
		return fmt.Errorf("no genesis interval: %w", ErrSetup)
	}
	for i, o := range s.Oracles {
		if slices.ContainsFunc(s.Oracles[:i], func(p Identity) bool { return p.Signer == o.Signer || p.Peer == o.Peer }) {
			return fmt.Errorf("oracle %x twice: %w", o.Signer, ErrSetup)
		}
	}
	return nil
}

// Install deploys and configures the oracle contract, unless that was done before, and returns where it stands and
// whose signatures count. It may be repeated after a crash at any point.
func Install(ctx context.Context, sender Sender, eth ChainReader, s Setup) (common.Address, oracle.Quorum, error) {
	if err := s.Validate(); err != nil {
		return common.Address{}, oracle.Quorum{}, err
	}
	receipt, err := sender.Send(ctx, purposeDeploy, nil, common.FromHex(capability.OCR3CapabilityMetaData.Bin))
	if err != nil {
		return common.Address{}, oracle.Quorum{}, fmt.Errorf("%s: %w", purposeDeploy, err)
	}
	address := receipt.ContractAddress
	data, err := s.calldata()
	if err != nil {
		return common.Address{}, oracle.Quorum{}, err
	}
	if _, err := sender.Send(ctx, purposeConfigure, &address, data); err != nil {
		return common.Address{}, oracle.Quorum{}, fmt.Errorf("%s: %w", purposeConfigure, err)
	}
	quorum, err := ReadQuorum(ctx, eth, address)
	if err != nil {
		return common.Address{}, oracle.Quorum{}, err
	}
	same := int(quorum.Faulty) == s.Faulty && slices.EqualFunc(quorum.Signers, s.Oracles, func(signer oracle.Signer, o Identity) bool {
		return signer == o.Signer
	})
	if !same {
		return common.Address{}, oracle.Quorum{}, fmt.Errorf("contract %s: %w", address, ErrOtherOracles)
	}
	return address, quorum, nil
}

// ReadQuorum reads from the contract whose signatures count, and checks its digest.
func ReadQuorum(ctx context.Context, eth ChainReader, address common.Address) (oracle.Quorum, error) {
	t, err := newTracker(eth, address)
	if err != nil {
		return oracle.Quorum{}, err
	}
	block, digest, err := t.LatestConfigDetails(ctx)
	if err != nil {
		return oracle.Quorum{}, err
	}
	if digest == (types.ConfigDigest{}) {
		return oracle.Quorum{}, fmt.Errorf("oracle contract %s: %w", address, ErrUnconfigured)
	}
	config, err := t.LatestConfig(ctx, block)
	if err != nil {
		return oracle.Quorum{}, err
	}
	chain, err := eth.ChainID(ctx)
	if err != nil {
		return oracle.Quorum{}, fmt.Errorf("read chain id: %w", err)
	}
	want, err := digester{chain.Uint64(), address}.ConfigDigest(ctx, config)
	if err != nil {
		return oracle.Quorum{}, err
	}
	if config.ConfigDigest != digest || digest != want {
		return oracle.Quorum{}, fmt.Errorf("oracle contract %s: digest %s, computed %s: %w", address, digest, want, oracle.ErrMalformed)
	}
	q := oracle.Quorum{ConfigDigest: digest, Faulty: config.F}
	for _, key := range config.Signers {
		signer, ok := decodeSigner(key)
		if !ok {
			return oracle.Quorum{}, fmt.Errorf("oracle contract %s: signer %x: %w", address, []byte(key), oracle.ErrMalformed)
		}
		q.Signers = append(q.Signers, signer)
	}
	return q, nil
}

// calldata packs setConfig. It uses libocr's deterministic encoder, the one meant for production, with fresh secrets
// of its own: the secret that orders leaders and transmitters is drawn here, encrypted to each oracle, and forgotten.
func (s Setup) calldata() ([]byte, error) {
	var ephemeral [32]byte
	var shared [16]byte
	rand.Read(ephemeral[:]) // never fails (crypto/rand)
	rand.Read(shared[:])
	stages := make([]int, len(s.Oracles)) // one oracle publishes at a time
	identities := make([]confighelper.OracleIdentityExtra, len(s.Oracles))
	for i, o := range s.Oracles {
		stages[i] = 1
		identities[i] = confighelper.OracleIdentityExtra{
			OracleIdentity: confighelper.OracleIdentity{
				OffchainPublicKey: o.Offchain, OnchainPublicKey: encodeSigner(o.Signer), PeerID: o.Peer, TransmitAccount: account(o.Signer),
			},
			ConfigEncryptionPublicKey: o.Encryption,
		}
	}
	// How long the plugin's steps may take: none does I/O.
	initialization, step, t := 10*time.Second, time.Second, s.Timing
	signers, transmitters, f, onchain, version, offchain, err := ocr3confighelper.ContractSetConfigArgsDeterministic(
		ephemeral, shared, t.Progress, t.Resend, t.Initial, t.Round, t.Grace, t.CommitRequest, t.Stage, t.EpochRounds, stages,
		identities, encodeGenesis(s.Zone, s.Genesis), &initialization, step, step, step, step, s.Faulty, nil,
	)
	if err != nil {
		return nil, fmt.Errorf("encode oracle configuration: %w", err)
	}
	contract, err := capability.OCR3CapabilityMetaData.GetAbi()
	if err != nil {
		return nil, fmt.Errorf("oracle contract: %w", err)
	}
	keys := make([][]byte, len(signers))
	accounts := make([]common.Address, len(transmitters))
	for i := range signers {
		keys[i], accounts[i] = signers[i], common.HexToAddress(string(transmitters[i]))
	}
	return contract.Pack("setConfig", keys, accounts, f, onchain, version, offchain)
}

// account is the account that the protocol knows an oracle by. Oracles publish to the log and never send a
// transaction, so it is the address of the signing key.
func account(s oracle.Signer) types.Account { return types.Account(common.Address(s).Hex()) }

const genesisDomain = "wattle/oracles/1"

// encodeGenesis returns what the plugin must know and all oracles alike: domain, zone 32, genesis interval 12.
func encodeGenesis(zone energy.Zone, genesis energy.Interval) []byte {
	name := zone.Bytes()
	b := append([]byte(genesisDomain), name[:]...)
	b, _ = genesis.AppendBinary(b) // never fails
	return b
}

// decodeGenesis reads what encodeGenesis wrote.
func decodeGenesis(b []byte) (energy.Zone, energy.Interval, error) {
	if len(b) != len(genesisDomain)+energy.IDSize+energy.IntervalSize || string(b[:len(genesisDomain)]) != genesisDomain {
		return "", energy.Interval{}, fmt.Errorf("oracle genesis %s: %w", hex.EncodeToString(b), oracle.ErrMalformed)
	}
	b = b[len(genesisDomain):]
	zone, err := energy.DecodeName([32]byte(b[:energy.IDSize]))
	if err != nil {
		return "", energy.Interval{}, fmt.Errorf("oracle genesis: zone: %w", oracle.ErrMalformed)
	}
	genesis, err := energy.DecodeInterval(b[energy.IDSize:])
	if err != nil {
		return "", energy.Interval{}, fmt.Errorf("oracle genesis: %w", err)
	}
	return energy.Zone(zone), genesis, nil
}
