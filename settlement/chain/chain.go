package chain

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement/chain/bindings/energytoken"
	"github.com/wattle/wattle/settlement/chain/bindings/hub"
	"github.com/wattle/wattle/settlement/chain/bindings/testeuro"
)

// Client is what this package needs of a node; *ethclient.Client has it.
type Client interface {
	ChainID(ctx context.Context) (*big.Int, error)
	HeaderByNumber(ctx context.Context, number *big.Int) (*types.Header, error)
	NonceAt(ctx context.Context, account common.Address, block *big.Int) (uint64, error)
	CodeAt(ctx context.Context, account common.Address, block *big.Int) ([]byte, error)
	CallContract(ctx context.Context, call ethereum.CallMsg, block *big.Int) ([]byte, error)
	EstimateGas(ctx context.Context, call ethereum.CallMsg) (uint64, error)
	SuggestGasTipCap(ctx context.Context) (*big.Int, error)
	SendTransaction(ctx context.Context, tx *types.Transaction) error
	TransactionReceipt(ctx context.Context, hash common.Hash) (*types.Receipt, error)
	FilterLogs(ctx context.Context, query ethereum.FilterQuery) ([]types.Log, error)
}

var (
	// ErrConfig is returned for an incomplete Config.
	ErrConfig = problem.New(problem.Invalid, "incomplete configuration of the chain client")
	// ErrUnreachable is returned when the node gives no usable answer.
	ErrUnreachable = problem.New(problem.Unavailable, "the chain's node gives no usable answer: check that it runs and try again")
	// ErrOtherChain is returned where the database remembers transactions or contracts of another chain.
	ErrOtherChain = problem.New(problem.Conflict, "the database belongs to another chain: use that chain, or another database")
	// ErrNotDeployed is returned before Deploy has put the contracts on chain.
	ErrNotDeployed = problem.New(problem.NotFound, "the contracts are not deployed")
)

// DefaultMaxFee is the ceiling of the fee where none is given, in wei per gas: 500 gwei.
const DefaultMaxFee = 500_000_000_000

// FinalByTag as Config.Confirmations asks the chain itself which blocks are safe and final.
const FinalByTag = -1

// Config is what a Chain needs. Confirmations, Poll, Wait and MaxFee have defaults, everything else must be given.
type Config struct {
	Client Client
	Key    *ecdsa.PrivateKey // signs and pays; owner of the contracts it deploys
	DB     *pgxpool.Pool
	Log    *slog.Logger
	Poll   time.Duration // longest pause between two looks for a receipt; 1 s if zero
	Wait   time.Duration // how long Send waits for a receipt before it returns ErrPending; 2 min if zero

	// Confirmations is how many blocks on top make a block final: 0 where blocks are never taken back, or FinalByTag.
	Confirmations int
	MaxFee        int64 // ceiling of the fee in wei per gas, base fee and tip together; DefaultMaxFee if zero
}

// Validate reports what is missing.
func (c Config) Validate() error {
	switch {
	case c.Client == nil:
		return fmt.Errorf("no client: %w", ErrConfig)
	case c.Key == nil:
		return fmt.Errorf("no key: %w", ErrConfig)
	case c.DB == nil:
		return fmt.Errorf("no database: %w", ErrConfig)
	case c.Log == nil:
		return fmt.Errorf("no log: %w", ErrConfig)
	case c.Poll < 0 || c.Wait < 0:
		return fmt.Errorf("negative duration: %w", ErrConfig)
	case c.Confirmations < FinalByTag:
		return fmt.Errorf("%d confirmations: %w", c.Confirmations, ErrConfig)
	case c.MaxFee < 0:
		return fmt.Errorf("negative fee: %w", ErrConfig)
	}
	return nil
}

// Chain sends transactions with one key and reads the contracts. It is safe for concurrent use.
type Chain struct {
	client Client
	key    *ecdsa.PrivateKey
	sender common.Address
	id     *big.Int
	log    *slog.Logger
	poll   time.Duration
	wait   time.Duration
	depth  int      // Config.Confirmations
	maxFee *big.Int // wei per gas
	outbox outbox
	hub    *hub.Hub
	token  *energytoken.EnergyToken
	money  *testeuro.TestEuro // has the methods of every stable token, and those of play money

	changing sync.Mutex // one change of what can change many times compares and sends
	sending  sync.Mutex // one transaction at a time gets its nonce and is handed to the node

	mu        sync.Mutex
	contracts *Contracts // nil until known
}

// Open connects to the chain behind the client. It returns ErrOtherChain if the database was used with another one.
func Open(ctx context.Context, config Config) (*Chain, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	id, err := config.Client.ChainID(ctx)
	if err != nil {
		return nil, unreachable("chain id", err)
	}
	c := &Chain{
		client: config.Client, key: config.Key, sender: crypto.PubkeyToAddress(config.Key.PublicKey), id: id, log: config.Log,
		poll: config.Poll, wait: config.Wait, depth: config.Confirmations, maxFee: big.NewInt(config.MaxFee),
		outbox: outbox{config.DB}, hub: hub.NewHub(), token: energytoken.NewEnergyToken(), money: testeuro.NewTestEuro(),
	}
	if c.poll == 0 {
		c.poll = time.Second
	}
	if c.wait == 0 {
		c.wait = 2 * time.Minute
	}
	if config.MaxFee == 0 {
		c.maxFee = big.NewInt(DefaultMaxFee)
	}
	last, ok, err := c.outbox.last(ctx, c.sender)
	if err != nil {
		return nil, err
	}
	if ok && last.newest().ChainId().Cmp(id) != 0 {
		return nil, fmt.Errorf("chain %s, the database has transactions of %s: %w", id, last.newest().ChainId(), ErrOtherChain)
	}
	if _, _, err := c.recorded(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// ID is the chain's id (EIP-155).
func (c *Chain) ID() *big.Int { return new(big.Int).Set(c.id) }

// Sender is the address that sends and pays.
func (c *Chain) Sender() common.Address { return c.sender }

// call reads from a contract at the newest block.
func (c *Chain) call(ctx context.Context, contract common.Address, data []byte) ([]byte, error) {
	out, err := c.client.CallContract(ctx, ethereum.CallMsg{From: c.sender, To: &contract, Data: data}, nil)
	if err != nil {
		return nil, c.refusal(err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no contract at %s: %w", contract, ErrNotDeployed)
	}
	return out, nil
}

func unreachable(what string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", what, err)
	}
	return fmt.Errorf("%s: %w: %w", what, ErrUnreachable, err)
}
