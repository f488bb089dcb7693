package embed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/catalyst"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/wattle/wattle/internal/problem"
)

// ErrChain is returned for a directory whose chain is another one than asked for.
var ErrChain = problem.New(problem.Conflict, "the chain on the disk is another one")

const (
	// gasLimit of a block is that of the public network.
	gasLimit = 60_000_000

	// foundedFile carries the chain's id. It is written when the genesis is on the disk: without it nothing was
	// acknowledged yet, and the chain is made anew.
	foundedFile = "founded"

	// indexTimeout bounds the wait for the transaction index at the start, which writes what a kill has left out.
	indexTimeout = time.Minute
	indexPoll    = 2 * time.Millisecond

	// instance is the name of the node's own directory.
	instance = "wattle"
)

// genesisBalance is what each address of the genesis has, in wei: 1e9 ether, enough for any number of transactions.
var genesisBalance = new(big.Int).Exp(big.NewInt(10), big.NewInt(27), nil)

// ChainConfig says where a chain lives and how it begins.
type ChainConfig struct {
	Dir     string
	ChainID uint64
	Fund    []common.Address // have money in the genesis; a chain that exists already is not changed
	Log     *slog.Logger
}

// Chain is an Ethereum chain in this process that seals a block whenever there are transactions. A block is on the disk
// before a client can see it. The Client is safe for concurrent use.
type Chain struct {
	dir     string
	log     *slog.Logger
	stack   *node.Node
	backend *eth.Ethereum
	beacon  *catalyst.SimulatedBeacon
	line    *line
	door    *door // nil until Listen
	client  *ethclient.Client
	stop    chan struct{}
	stopped chan struct{} // closed when the sealer has returned
	closing func() error  // does what Stop says, once
}

// StartChain opens the chain in c.Dir, and founds it first if there is none. The log of the Ethereum library is one per
// process: its warnings go to the chain that started last.
func StartChain(c ChainConfig) (_ *Chain, err error) {
	if c.ChainID == 0 {
		return nil, errors.New("chain: the id 0 is no chain's")
	}
	routeLibraryLog(c.Log)
	founded, err := readFounded(c)
	if err != nil {
		return nil, err
	}
	ch := &Chain{dir: c.Dir, log: c.Log, stop: make(chan struct{}), stopped: make(chan struct{})}
	if ch.stack, err = node.New(nodeConfig(c)); err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	defer func() {
		if err != nil {
			ch.stack.Close()
		}
	}()
	if err := ch.assemble(c, founded); err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	if err := ch.stack.Start(); err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	if err := ch.firstBlock(); err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	if !founded {
		if err := WriteFile(filepath.Join(c.Dir, foundedFile), []byte(strconv.FormatUint(c.ChainID, 10)+"\n")); err != nil {
			return nil, fmt.Errorf("chain: %w", err)
		}
	}
	if err := ch.dial(); err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	ch.closing = sync.OnceValue(ch.close)
	go ch.seal()
	return ch, nil
}

// firstBlock seals an empty block behind the genesis and waits until the transaction index has seen it: before, the node
// answers that the index is in progress when asked for a transaction it does not know.
func (ch *Chain) firstBlock() error {
	if ch.backend.BlockChain().CurrentBlock().Number.Sign() == 0 {
		ch.beacon.Commit()
	}
	if ch.backend.BlockChain().CurrentBlock().Number.Sign() == 0 {
		return errors.New("the first block cannot be sealed")
	}
	for deadline := time.After(indexTimeout); !ch.backend.BlockChain().TxIndexDone(); {
		select {
		case <-deadline:
			return errors.New("the transaction index is not complete")
		case <-time.After(indexPoll):
		}
	}
	return ch.backend.ChainDb().SyncKeyValue()
}

// readFounded tells whether the directory holds a chain, checks that it is the one asked for, and clears what an
// interrupted founding left.
func readFounded(c ChainConfig) (bool, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return false, fmt.Errorf("chain: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(c.Dir, foundedFile))
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.RemoveAll(filepath.Join(c.Dir, instance)); err != nil {
			return false, fmt.Errorf("chain: %w", err)
		}
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("chain: %w", err)
	}
	if id := strings.TrimSpace(string(text)); id != strconv.FormatUint(c.ChainID, 10) {
		return false, fmt.Errorf("%w: its id is %s, wanted is %d", ErrChain, id, c.ChainID)
	}
	return true, nil
}

// nodeConfig has no network, no port and no file socket.
func nodeConfig(c ChainConfig) *node.Config {
	nc := node.DefaultConfig
	nc.Name = instance
	nc.DataDir = c.Dir
	nc.P2P = p2p.Config{NoDiscovery: true, NoDial: true}
	nc.IPCPath, nc.HTTPHost, nc.WSHost = "", "", ""
	nc.UseLightweightKDF = true // the node's key store stays empty
	nc.Logger = libraryLog(c.Log)
	return &nc
}

// assemble builds the node. Hash scheme and archive are what lets synced blocks survive a kill: every other
// configuration keeps state in memory until a clean stop.
func (ch *Chain) assemble(c ChainConfig, founded bool) (err error) {
	ec := ethconfig.Defaults
	ec.NetworkId = c.ChainID
	ec.SyncMode = ethconfig.FullSync
	if !founded {
		ec.Genesis = genesis(c)
	}
	ec.StateScheme = rawdb.HashScheme
	ec.NoPruning = true
	ec.DatabaseCache, ec.DatabaseHandles = 32, 256 // MB, files: a chain of a zone is small
	ec.TrieCleanCache, ec.TrieDirtyCache, ec.SnapshotCache = 16, 16, 0
	ec.Miner.GasCeil = gasLimit
	ec.Miner.GasPrice = big.NewInt(1)
	ec.RPCGasCap = gasLimit
	ec.RPCTxFeeCap = 0 // the money is worth nothing
	if ch.backend, err = eth.New(ch.stack, &ec); err != nil {
		return err
	}
	if id := ch.backend.BlockChain().Config().ChainID; id == nil || !id.IsUint64() || id.Uint64() != c.ChainID {
		return fmt.Errorf("%w: its id is %s, wanted is %d", ErrChain, id, c.ChainID)
	}
	system := filters.NewFilterSystem(ch.backend.APIBackend, filters.Config{})
	ch.stack.RegisterAPIs([]rpc.API{{Namespace: "eth", Service: filters.NewFilterAPI(system)}})
	if ch.beacon, err = catalyst.NewSimulatedBeacon(0, common.Address{}, ch.backend); err != nil {
		return err
	}
	ch.stack.RegisterLifecycle(ch.beacon)
	return nil
}

// genesis has every fork up to Osaka from the first block on, the precompiled and system contracts, and the money.
func genesis(c ChainConfig) *core.Genesis {
	zero, now := big.NewInt(0), uint64(0)
	g := core.DeveloperGenesisBlock(gasLimit, nil)
	g.Config = &params.ChainConfig{
		ChainID:                 new(big.Int).SetUint64(c.ChainID),
		HomesteadBlock:          zero,
		EIP150Block:             zero,
		EIP155Block:             zero,
		EIP158Block:             zero,
		ByzantiumBlock:          zero,
		ConstantinopleBlock:     zero,
		PetersburgBlock:         zero,
		IstanbulBlock:           zero,
		MuirGlacierBlock:        zero,
		BerlinBlock:             zero,
		LondonBlock:             zero,
		ArrowGlacierBlock:       zero,
		GrayGlacierBlock:        zero,
		TerminalTotalDifficulty: zero,
		ShanghaiTime:            &now,
		CancunTime:              &now,
		PragueTime:              &now,
		OsakaTime:               &now,
		BlobScheduleConfig: &params.BlobScheduleConfig{
			Cancun: params.DefaultCancunBlobConfig,
			Prague: params.DefaultPragueBlobConfig, // later forks inherit it
		},
	}
	for _, address := range c.Fund {
		g.Alloc[address] = types.Account{Balance: genesisBalance}
	}
	return g
}

// dial opens the line between the node and its client.
func (ch *Chain) dial() error {
	handler, err := ch.stack.RPCHandler()
	if err != nil {
		return err
	}
	ch.line = newLine(handler)
	client, err := rpc.DialIO(context.Background(), ch.line.client, ch.line.client)
	if err != nil {
		ch.line.close()
		return err
	}
	ch.client = ethclient.NewClient(client)
	return nil
}

// Client talks to the chain within the process. It ends with Stop.
func (ch *Chain) Client() *ethclient.Client { return ch.client }

// Stop ends the client, the sealing and the node, and waits for them. Stopping twice is harmless.
func (ch *Chain) Stop() error { return ch.closing() }

func (ch *Chain) close() error {
	close(ch.stop)
	<-ch.stopped
	err := ch.door.close()
	ch.line.close() // first: the client waits for the end of what it reads
	ch.client.Close()
	if err := errors.Join(err, ch.stack.Close()); err != nil {
		return fmt.Errorf("stop chain: %w", err)
	}
	return nil
}
