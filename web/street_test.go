package web

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ecdsa"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// testStart is a summer morning, 09:00 at the street.
var testStart = time.Date(2026, 6, 20, 7, 0, 0, 0, time.UTC)

var testTariff = settlement.Tariff{Import: 300_000, Export: 80_000, Network: 40_000}

const booksAhead = 4

// testStreet is a street in memory: the real market, the real settlement and real signatures over made-up energy. It
// is the Source of the server it feeds.
type testStreet struct {
	clock  atomic.Int64       // Unix milliseconds
	past   [][]exchange.Event // all there were
	wall   atomic.Int64       // Unix milliseconds
	server *Server
	homes  []Home
	random *rand.Rand
	tokens *testTokens
	log    bytes.Buffer // everything that is logged

	writer sync.Mutex // of the market
	market *exchange.Market
	lose   error           // what Submit returns after it has done its work
	gate   energy.Interval // the next whose gate closes
	keys   []*ecdsa.PrivateKey

	mu      sync.Mutex
	trades  map[int64][]settlement.Trade
	proofs  []Proof // newest first
	ledgers map[energy.Member]Ledger
}

func newTestStreet(t testing.TB) *testStreet {
	names := []string{"Anna", "Jonas", "Elif", "Maria", "Ben", "Farida", "Otto", "Lena", "Piet", "Sofia", "Yusuf", "Greta"}
	s := &testStreet{
		random: rand.New(rand.NewPCG(7, 7)), trades: map[int64][]settlement.Trade{}, ledgers: map[energy.Member]Ledger{},
		market: exchange.NewMarket(exchange.Rules{
			Zone: "street", Length: energy.FifteenMinutes, MaxPrice: 400_000, Tick: 100, MaxQuantity: 100_000,
		}),
		gate: energy.IntervalAt(testStart, energy.FifteenMinutes).Next(), tokens: newTestTokens(),
	}
	s.clock.Store(testStart.UnixMilli())
	for i, name := range names {
		member := energy.Member(fmt.Sprintf("home-%02d", i+1))
		s.homes = append(s.homes, Home{Member: member, Meter: energy.Meter(member) + "-grid", Name: name, Solar: i%3 != 2, Battery: i%4 == 0})
		s.ledgers[member] = Ledger{Member: member}
	}
	for i := range 4 {
		key, err := crypto.ToECDSA(bytes.Repeat([]byte{byte(i + 1)}, 32))
		if err != nil {
			t.Fatal(err)
		}
		s.keys = append(s.keys, key)
	}
	server, err := New(s.config())
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	s.server = server
	s.server.sessions.begun()
	for range booksAhead {
		s.open()
	}
	return s
}

func (s *testStreet) config() Config {
	return Config{
		Street: Street{
			Zone: "street", Interval: energy.FifteenMinutes, Speed: 15, Currency: "EUR", TimeZone: "Europe/Berlin",
			ImportPrice: testTariff.Import, ExportPrice: testTariff.Export, Homes: s.homes,
			Contracts: []Contract{{"hub", bytes.Repeat([]byte{0xab}, 20)}, {"token", bytes.Repeat([]byte{0xcd}, 20)}},
		},
		Source: s, Now: s.now, Log: slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Tokens: s.tokens, Submit: s.submit, Wall: func() time.Time { return time.UnixMilli(s.wall.Load()) }, Rules: s.market.Rules(),
	}
}

// submit is the sequencer of this street.
func (s *testStreet) submit(ctx context.Context, commands ...exchange.Command) ([][]exchange.Event, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var events [][]exchange.Event
	for _, c := range commands {
		if err := c.Encodable(); err != nil {
			return nil, err
		}
		events = append(events, s.apply(c))
	}
	s.writer.Lock()
	defer s.writer.Unlock()
	return events, s.lose
}

// loseAnswers lets Submit do its work and return err, or tell what happened again.
func (s *testStreet) loseAnswers(err error) {
	s.writer.Lock()
	defer s.writer.Unlock()
	s.lose = err
}

func (s *testStreet) now() time.Time { return time.UnixMilli(s.clock.Load()).UTC() }

// advance lets d pass: live values and orders, and what is due at boundaries.
func (s *testStreet) advance(d time.Duration) {
	s.clock.Add(d.Milliseconds())
	for !s.now().Before(s.gate.Start()) {
		s.closeGate()
	}
	for i := range s.homes {
		s.server.Live(s.live(i))
	}
	s.order()
	s.server.Health(Part{"oracles", OK, ""}, Part{"chain", OK, ""})
}

func (s *testStreet) live(i int) meter.Live {
	h := s.homes[i]
	l := meter.Live{Meter: h.Meter, At: s.clock.Load(), Charge: -1, Reachable: true}
	load := energy.Watts(250 + 130*((i*7)%5) + s.random.IntN(120))
	if h.Solar {
		l.Solar = energy.Watts(2200 + 310*(i%6) + s.random.IntN(200))
	}
	if h.Battery {
		l.Battery = -min(1200, max(0, l.Solar-load-600))
		l.Charge = int32(400 + 60*i%500)
	}
	l.Grid = load - l.Solar - l.Battery
	if i == 6 {
		l.Reachable, l.Problem = false, "The inverter has not answered for 2 minutes."
	}
	return l
}

func (s *testStreet) open() {
	iv, ok := s.market.Newest()
	if ok {
		iv = iv.Next()
	} else {
		iv = s.gate
	}
	s.apply(exchange.Command{Kind: exchange.OpenBook, Interval: iv})
}

func (s *testStreet) order() {
	open := s.market.Open()
	for range 3 {
		i := s.random.IntN(len(s.homes))
		c := exchange.Command{Kind: exchange.Place, Interval: open[s.random.IntN(len(open))], Member: s.homes[i].Member}
		binary.BigEndian.PutUint64(c.ClientID[:], s.market.Sequence()+1)
		c.Side, c.Price = exchange.Buy, energy.Price(14_0000+100*s.random.IntN(900))
		if s.homes[i].Solar {
			c.Side, c.Price = exchange.Sell, energy.Price(12_0000+100*s.random.IntN(1000))
		}
		c.Quantity = energy.WattHours(60 + s.random.IntN(500))
		s.apply(c)
	}
}

func (s *testStreet) apply(c exchange.Command) []exchange.Event {
	s.writer.Lock()
	defer s.writer.Unlock()
	c.Time = s.clock.Load()
	events := slices.Clone(s.market.Apply(c))
	s.past = append(s.past, events)
	for _, e := range events {
		if e.Kind == exchange.Traded {
			start := e.Interval.StartUnix()
			s.trades[start] = append(s.trades[start], settlement.Trade{
				Sequence: e.Sequence, Index: e.Index, Buyer: e.Buyer(), Seller: e.Seller(), Quantity: e.Quantity, Price: e.Price,
			})
		}
	}
	if err := s.server.Market(events); err != nil {
		panic(err)
	}
	return events
}

// closeGate shuts the book whose delivery begins, and settles the interval that ended.
func (s *testStreet) closeGate() {
	s.apply(exchange.Command{Kind: exchange.CloseGate, Interval: s.gate})
	s.settle(s.gate.Add(-1))
	s.server.Settled(Interval{
		Start: s.gate.StartUnix(), Seconds: s.gate.Length(), State: settlement.Traded.String(),
		Trades: len(s.trades[s.gate.StartUnix()]),
	})
	s.gate = s.gate.Next()
	s.open()
}

// settle attests energy near what was traded and settles it.
func (s *testStreet) settle(iv energy.Interval) {
	position := map[energy.Member]energy.WattHours{}
	c := settlement.Case{
		Key: settlement.Key{Zone: "street", Interval: iv}, Trades: s.trades[iv.StartUnix()], Tariff: testTariff,
		Owner: map[energy.Meter]energy.Member{},
	}
	var traded energy.WattHours
	for _, t := range c.Trades {
		position[t.Buyer] -= t.Quantity
		position[t.Seller] += t.Quantity
		traded += t.Quantity
	}
	for i, h := range s.homes {
		c.Owner[h.Meter] = h.Member
		l := oracle.Leaf{Meter: h.Meter, Since: iv.StartUnix(), Quality: meter.Measured, Reading: meter.Digest{byte(i), byte(iv.StartUnix() / 900)}}
		net := position[h.Member] + energy.WattHours(s.random.IntN(160)-60)
		l.Import, l.Export = max(0, -net), max(0, net)
		if i == 6 {
			l.Quality = meter.Late
		}
		c.Leaves = append(c.Leaves, l)
	}
	result, err := settlement.Settle(c)
	if err != nil {
		panic(err)
	}
	interval := Interval{
		Start: iv.StartUnix(), Seconds: iv.Length(), State: settlement.Final.String(), Meters: len(c.Leaves),
		Export: result.Export, Import: result.Import, Trades: len(c.Trades), Traded: traded,
		Delivered: result.Delivered, Minted: result.Export,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.proofs = slices.Insert(s.proofs, 0, s.prove(interval, iv, c))
	for _, p := range result.Postings {
		s.book(iv, p)
	}
	s.server.Settled(interval)
}

func (s *testStreet) prove(interval Interval, iv energy.Interval, c settlement.Case) Proof {
	slices.SortFunc(c.Leaves, func(a, b oracle.Leaf) int { return cmp.Compare(a.Meter, b.Meter) })
	report, err := oracle.NewReport("street", iv, 0, c.Leaves)
	if err != nil {
		panic(err)
	}
	a := oracle.Attestation{Report: report, ConfigDigest: [32]byte{0, 9, 1}, Sequence: uint64(iv.StartUnix() / 900), Leaves: c.Leaves}
	hash := a.SigningHash()
	p := Proof{
		Interval: interval, Report: oracle.AppendReport(nil, report), Root: report.Root[:], ConfigDigest: a.ConfigDigest[:],
		Sequence: a.Sequence, Faulty: 1, Transaction: crypto.Keccak256(report.Root[:]), Block: uint64(len(s.proofs) + 12),
	}
	for i, key := range s.keys {
		address := crypto.PubkeyToAddress(key.PublicKey).Bytes()
		p.Oracles = append(p.Oracles, address)
		if i < 2 {
			signature, err := crypto.Sign(hash[:], key)
			if err != nil {
				panic(err)
			}
			p.Signatures = append(p.Signatures, Signature{address, signature})
		}
	}
	for i, l := range c.Leaves {
		leafHash := l.Hash()
		leaf := Leaf{
			Meter: l.Meter, Member: c.Owner[l.Meter], Import: l.Import, Export: l.Export, Since: l.Since,
			Quality: l.Quality.String(), Reading: l.Reading[:], Hash: leafHash[:],
		}
		for _, sibling := range oracle.Prove(c.Leaves, i) {
			leaf.Proof = append(leaf.Proof, sibling[:])
		}
		p.Leaves = append(p.Leaves, leaf)
	}
	return p
}

// book enters a posting in the ledgers of the members it touches.
func (s *testStreet) book(iv energy.Interval, p settlement.Posting) {
	for _, side := range []struct {
		own, other settlement.Account
		amount     int64
	}{{p.From, p.To, -p.Amount}, {p.To, p.From, p.Amount}} {
		if side.own.Kind != settlement.MemberAccount {
			continue
		}
		line := Line{ID: p.ID[:], Start: iv.StartUnix(), Leg: p.Leg.String(), Counterparty: string(side.other.Owner), Energy: p.Energy}
		if side.other.Kind != settlement.MemberAccount {
			line.Counterparty = side.other.Kind.String()
		}
		l := s.ledgers[side.own.Owner]
		if p.Asset == settlement.MoneyAsset {
			line.Money = energy.Money(side.amount)
			l.Money += line.Money
		} else {
			line.Tokens = energy.WattHours(side.amount)
			l.Energy += line.Tokens
		}
		l.Lines = append([]Line{line}, l.Lines...)
		s.ledgers[side.own.Owner] = l
	}
}

func (s *testStreet) Intervals(_ context.Context, limit int) ([]Interval, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Interval
	for _, p := range s.proofs[:min(limit, len(s.proofs))] {
		out = append(out, p.Interval)
	}
	return out, nil
}

func (s *testStreet) Interval(_ context.Context, start int64) (Proof, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.proofs {
		if p.Interval.Start == start {
			return p, nil
		}
	}
	return Proof{}, ErrUnknown
}

func (s *testStreet) Ledger(_ context.Context, member energy.Member, limit int) (Ledger, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.ledgers[member]
	if !ok {
		return Ledger{}, ErrUnknown
	}
	l.Lines = slices.Clone(l.Lines[:min(limit, len(l.Lines))])
	return l, nil
}
