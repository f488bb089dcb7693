// Package settlement_test proves clerk and audit on a real database, real logs and a real chain. It lies here because the parts
// of settlement do not know each other.
package settlement_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/ethclient/simulated"
	ethnode "github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/params"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
	"github.com/wattle/wattle/internal/pgtest"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/clerk"
	"github.com/wattle/wattle/settlement/ledger"
)

// genesis is 2026-06-21T08:00Z, the start of the interval n = 0.
const genesis = 1_782_028_800

// patience is how long a test waits for what must happen, in wall time.
const patience = 30 * time.Second

var (
	tariff  = settlement.Tariff{Import: 300_000, Export: 80_000, Network: 70_000}
	members = []energy.Member{"anna", "ben", "carla"}
	quiet   = slog.New(slog.NewTextHandler(io.Discard, nil))
)

// engines are a database, logs and a chain with the contracts and four oracles, of which one may be faulty. Several
// zones share them.
type engines struct {
	db      *pgxpool.Pool
	bus     *bus.Bus
	chain   *chain.Chain
	node    *node
	oracles []*ecdsa.PrivateKey
	quorum  oracle.Quorum
}

// node seals a block after every transaction.
type node struct {
	simulated.Client
	backend *simulated.Backend
}

func (n *node) SendTransaction(ctx context.Context, tx *types.Transaction) error {
	defer n.backend.Commit()
	return n.Client.SendTransaction(ctx, tx)
}

func start(t testing.TB) *engines {
	t.Helper()
	operator := newKey(t)
	e := &engines{db: pgtest.New(t), bus: bustest.Open(t), quorum: oracle.Quorum{ConfigDigest: [32]byte{0, 0x0e, 1}, Faulty: 1}}
	money := types.GenesisAlloc{crypto.PubkeyToAddress(operator.PublicKey): {Balance: new(big.Int).Lsh(big.NewInt(1), 80)}}
	backend := simulated.NewBackend(money, func(_ *ethnode.Config, config *ethconfig.Config) {
		osaka := *params.AllDevChainProtocolChanges // has a fork that no chain runs yet
		osaka.BogotaTime = nil
		config.Genesis.Config = &osaka
	})
	t.Cleanup(func() { backend.Close() })
	e.node = &node{backend.Client(), backend}
	for range 4 {
		key := newKey(t)
		e.oracles = append(e.oracles, key)
		e.quorum.Signers = append(e.quorum.Signers, oracle.Signer(crypto.PubkeyToAddress(key.PublicKey)))
	}
	var err error
	e.chain, err = chain.Open(t.Context(), chain.Config{Client: e.node, Key: operator, DB: e.db, Log: quiet, Poll: 10 * time.Millisecond})
	must(t, err)
	_, err = e.chain.Deploy(t.Context(), chain.Terms{TestEuro: true})
	must(t, err)
	must(t, e.chain.SetOracles(t.Context(), e.quorum))
	return e
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := crypto.GenerateKey()
	must(t, err)
	return key
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// street is one zone on the engines.
type street struct {
	*engines
	zone   energy.Zone
	ledger *ledger.Ledger
	market *exchange.Market
	rules  exchange.Rules

	order    exchange.Batch // the newest of the order log
	orderAt  uint64         // its sequence
	chained  exchange.Digest
	number   uint64 // of the newest market message
	previous exchange.Digest
	marketAt uint64 // its sequence
	attestAt uint64 // sequence of the newest attestation message
	clients  uint16

	trades  map[energy.Interval][]settlement.Trade // what the market said
	reports map[energy.Interval]oracle.Attestation // what was attested first
}

func (e *engines) street(t testing.TB, zone energy.Zone) *street {
	t.Helper()
	rules := exchange.Rules{Zone: zone, Length: energy.FifteenMinutes, MinPrice: 80_000, MaxPrice: 300_000, Tick: 100, MaxQuantity: 100_000}
	s := &street{engines: e, zone: zone, ledger: ledger.New(e.db, zone), rules: rules, market: exchange.NewMarket(rules),
		trades: map[energy.Interval][]settlement.Trade{}, reports: map[energy.Interval]oracle.Attestation{}}
	_, err := s.ledger.Found(t.Context(), ledger.Zone{Length: energy.FifteenMinutes, Genesis: nth(-1)})
	must(t, err)
	for i, m := range members {
		must(t, s.ledger.Enrol(t.Context(), ledger.Member{Member: m, Name: string(m),
			Meter: oracle.Registration{Meter: gridOf(m), Device: [32]byte(deviceOf(i).Public().(ed25519.PublicKey)), MaxExport: 5000, MaxImport: 11000}}))
	}
	must(t, e.chain.RegisterZone(t.Context(), zone, 15_000))
	return s
}

// deviceOf is the key of the i-th member's meter.
func deviceOf(i int) ed25519.PrivateKey {
	seed := bytes.Repeat([]byte{byte(i + 1)}, ed25519.SeedSize)
	seed[0] += byte(i >> 8)
	return ed25519.NewKeyFromSeed(seed)
}

func gridOf(m energy.Member) energy.Meter { return energy.Meter(m + "-grid") }

// nth is the n-th interval.
func nth(n int) energy.Interval {
	return energy.IntervalAt(time.Unix(genesis, 0), energy.FifteenMinutes).Add(n)
}

func (s *street) key(n int) settlement.Key { return settlement.Key{Zone: s.zone, Interval: nth(n)} }

// enter appends commands to the order log, in one batch, and returns what they cause.
func (s *street) enter(t testing.TB, commands ...exchange.Command) (events []exchange.Event) {
	t.Helper()
	s.order = exchange.Batch{Zone: s.zone, Rules: s.rules.Digest(), Number: s.order.Number + 1, Previous: s.chained,
		First: s.market.Sequence() + 1, Commands: commands}
	for i := range commands {
		commands[i].Time = genesis*1000 + int64(s.market.Sequence())
		events = append(events, s.market.Apply(commands[i])...)
	}
	data := exchange.AppendBatch(nil, s.order)
	s.chained = exchange.DigestOf(data)
	var err error
	s.orderAt, err = s.bus.Append(t.Context(), bus.OrderSubject(s.zone), s.orderAt, data)
	must(t, err)
	return events
}

// say appends commands to the order log and what they cause to the market's log, in one message each.
func (s *street) say(t testing.TB, commands ...exchange.Command) {
	t.Helper()
	s.number++
	m := exchange.Message{Zone: s.zone, Number: s.number, Previous: s.previous, Events: s.enter(t, commands...)}
	for iv, trades := range tradesOf(m.Events) {
		s.trades[iv] = append(s.trades[iv], trades...)
	}
	data := exchange.AppendMessage(nil, m)
	s.previous = exchange.DigestOf(data)
	var err error
	s.marketAt, err = s.bus.Append(t.Context(), bus.MarketSubject(s.zone), s.marketAt, data)
	must(t, err)
}

func tradesOf(events []exchange.Event) map[energy.Interval][]settlement.Trade {
	trades, _ := settlement.Fold(events)
	return trades
}

// trade opens the book of interval n, lets anna sell to ben and carla, and closes the gate.
func (s *street) trade(t testing.TB, n int) {
	t.Helper()
	place := func(m energy.Member, side exchange.Side, q energy.WattHours, p energy.Price) exchange.Command {
		s.clients++
		return exchange.Command{Kind: exchange.Place, Interval: nth(n), Member: m, ClientID: exchange.ClientID{byte(s.clients), byte(s.clients >> 8)}, Side: side, Quantity: q, Price: p}
	}
	s.say(t, exchange.Command{Kind: exchange.OpenBook, Interval: nth(n)}, place("anna", exchange.Sell, 1000, 180_000))
	s.say(t, place("ben", exchange.Buy, 600, 200_000), place("carla", exchange.Buy, 300, 190_000))
	s.say(t, exchange.Command{Kind: exchange.CloseGate, Interval: nth(n)})
	if len(s.trades[nth(n)]) != 2 {
		t.Fatalf("interval %d: the market gives %d trades, want 2", n, len(s.trades[nth(n)]))
	}
}

// measured is what the oracles say about interval n, not signed yet.
func (s *street) measured(t testing.TB, n int) oracle.Attestation {
	t.Helper()
	var leaves []oracle.Leaf
	for i, m := range members {
		leaf := oracle.Leaf{Meter: gridOf(m), Import: 550, Since: nth(n).StartUnix(), Quality: meter.Measured, Reading: meter.Digest{byte(n), byte(i)}}
		if m == "anna" {
			leaf.Import, leaf.Export = 20, energy.WattHours(850+10*n)
		}
		leaves = append(leaves, leaf)
	}
	report, err := oracle.NewReport(s.zone, nth(n), 0, leaves)
	must(t, err)
	return oracle.Attestation{Report: report, ConfigDigest: s.quorum.ConfigDigest, Sequence: uint64(n) + 2, Leaves: leaves}
}

// signed adds signatures of the oracles named.
func (s *street) signed(t testing.TB, a oracle.Attestation, signers ...int) oracle.Attestation {
	t.Helper()
	hash := a.SigningHash()
	for _, i := range signers {
		signature, err := crypto.Sign(hash[:], s.oracles[i])
		must(t, err)
		a.Signatures = append(a.Signatures, [oracle.SignatureSize]byte(signature))
	}
	return a
}

// attest publishes the attestation of interval n.
func (s *street) attest(t testing.TB, n int) {
	t.Helper()
	a := s.signed(t, s.measured(t, n), 0, 2)
	s.reports[nth(n)] = a
	s.publish(t, oracle.AppendAttestation(nil, a))
}

// publish writes to the log of attestations.
func (s *street) publish(t testing.TB, data []byte) {
	t.Helper()
	var err error
	s.attestAt, err = s.bus.Append(t.Context(), bus.AttestSubject(s.zone), s.attestAt, data)
	must(t, err)
}

// shift is one run of a clerk, from start to stop.
type shift struct {
	settled map[settlement.Key]int // how often the clerk said so
	err     error                  // nil where the test ended it
}

// errHome ends a shift whose work is done.
var errHome = errors.New("the last batch is settled")

// work runs a new clerk until interval last is settled or it stops by itself. The probe, if any, sees every call.
func (s *street) work(t testing.TB, last int, p *probe) shift {
	t.Helper()
	return s.workWith(t, last, p, func(*clerk.Config) {})
}

func (s *street) workWith(t testing.TB, last int, p *probe, change func(*clerk.Config)) shift {
	t.Helper()
	if p == nil {
		p = &probe{}
	}
	done := shift{settled: map[settlement.Key]int{}}
	config := clerk.Config{Zone: s.zone, Tariffs: settlement.Always(tariff), Bus: s.bus, Log: quiet, Ledger: probedLedger{s.ledger, p}, Chain: probedChain{s.contract(), p}, Turns: noTurns{},
		Settled: func(b settlement.Batch) error {
			return p.call("Settled", func() error {
				done.settled[b.Key]++
				if b.Key == s.key(last) {
					return errHome
				}
				return nil
			})
		}}
	change(&config)
	c, err := clerk.New(config)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if done.err = c.Run(ctx); errors.Is(done.err, errHome) {
		done.err = nil
	}
	if errors.Is(done.err, context.DeadlineExceeded) {
		t.Fatalf("interval %d was not settled within %s", last, patience)
	}
	return done
}

// check says whether the intervals named are settled as the market and the oracles said, once, and nothing else is.
func (s *street) check(t testing.TB, intervals ...int) {
	t.Helper()
	ctx := t.Context()
	settled, err := s.ledger.Settled(ctx)
	must(t, err)
	if len(settled) != len(intervals) {
		t.Fatalf("%s: %d batches are final, want %d", s.zone, len(settled), len(intervals))
	}
	owners, err := s.ledger.Owners(ctx)
	must(t, err)
	var want ledger.Totals
	for i, n := range intervals {
		want.Intervals++
		a := s.reports[nth(n)]
		if settled[i].Key != s.key(n) || settled[i].Attestation.Report != a.Report {
			t.Fatalf("%s: batch %d is %s with report %+v, want interval %d with %+v", s.zone, i, settled[i].Key, settled[i].Attestation.Report, n, a.Report)
		}
		r, err := settlement.Settle(settlement.Case{Key: s.key(n), Trades: s.trades[nth(n)], Leaves: a.Leaves, Owner: owners, Tariff: tariff})
		must(t, err)
		s.checkRows(t, r)
		record, held, err := s.contract().Minted(ctx, s.key(n))
		must(t, err)
		if !held || record != settled[i].Mint {
			t.Errorf("%s: the chain says %v %v, the ledger %v", s.key(n), record, held, settled[i].Mint)
		}
		want.Trades += int64(len(r.Deliveries))
		for _, d := range r.Deliveries {
			want.Traded += d.Trade.Quantity
		}
		want.Export, want.Import, want.Delivered, want.Issued = want.Export+r.Export, want.Import+r.Import, want.Delivered+r.Delivered, want.Issued+r.Export
	}
	if got, err := s.ledger.Totals(ctx); got != want || err != nil {
		t.Errorf("%s totals: got %+v %v, want %+v", s.zone, got, err, want)
	}
	records, err := s.chain.All(ctx, s.zone)
	must(t, err)
	var minted energy.WattHours
	for _, r := range records {
		minted += r.Export
	}
	if len(records) != len(intervals) || minted != want.Export {
		t.Errorf("%s: the chain holds %d reports of %s, want %d of %s", s.zone, len(records), minted, len(intervals), want.Export)
	}
	s.checkPositions(t)
}

func (s *street) checkRows(t testing.TB, r settlement.Result) {
	t.Helper()
	deliveries, err := s.ledger.Deliveries(t.Context(), r.Key)
	must(t, err)
	if !slices.Equal(deliveries, r.Deliveries) {
		t.Errorf("%s deliveries: got %+v, want %+v", r.Key, deliveries, r.Deliveries)
	}
	transfers, err := s.ledger.Transfers(t.Context(), r.Key)
	must(t, err)
	byID := func(a, b settlement.Posting) int { return slices.Compare(a.ID[:], b.ID[:]) }
	if want := slices.SortedFunc(slices.Values(r.Postings), byID); !slices.Equal(transfers, want) {
		t.Errorf("%s transfers: got %+v, want %+v", r.Key, transfers, want)
	}
}

// checkPositions compares the clerk's positions with the ends of the logs.
func (s *street) checkPositions(t testing.TB) {
	t.Helper()
	for reader, want := range map[string]uint64{"clerk/market": s.marketAt, "clerk/attest": s.attestAt} {
		if got, err := s.ledger.Position(t.Context(), reader); got != want || err != nil {
			t.Errorf("%s position of %s: got %d %v, want %d", s.zone, reader, got, err, want)
		}
	}
}

// supply is all tokens there are.
func (e *engines) supply(t testing.TB) energy.WattHours {
	t.Helper()
	supply, err := e.chain.Supply(t.Context())
	must(t, err)
	return supply
}

// probe sees every call a clerk makes, one at a time, and may let it fail.
type probe struct {
	mu   sync.Mutex
	hook func(name string, effect func() error) error // nil lets every call through
}

func (p *probe) call(name string, effect func() error) error {
	if p.hook == nil {
		return effect()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hook(name, effect)
}
