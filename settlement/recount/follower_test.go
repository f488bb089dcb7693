package recount_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/recount"
)

const (
	zone = energy.Zone("street")
	euro = energy.Money(1e9)
)

var (
	first, _ = energy.NewInterval(1_782_000_000, energy.FifteenMinutes)
	elif     = settlement.Account{Kind: settlement.MemberAccount, Owner: "elif"}
	owners   = map[energy.Meter]energy.Member{"elif-grid": "elif", "maria-grid": "maria"}
	tariffs  = settlement.Always(settlement.Tariff{Import: 300_000, Export: 80_000})
	payouts  = []settlement.Payout{{Account: elif, Address: settlement.Address{0xe1}}}
)

// chain is what the chain says: deposits of 100 for elif and 500 for the supplier in block 3, and as many blocks as the test wants.
type chain struct {
	mu    sync.Mutex
	final uint64
}

func (c *chain) Final(context.Context) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.final, nil
}

func (c *chain) Entries(_ context.Context, after, to uint64) (entries []settlement.ChainEntry, err error) {
	if after < 3 && 3 <= to {
		entries = append(entries, settlement.ChainEntry{Kind: settlement.Deposited, Account: elif, Amount: 100 * euro},
			settlement.ChainEntry{Kind: settlement.Deposited, Account: settlement.Account{Kind: settlement.SupplierAccount}, Amount: 500 * euro})
	}
	return entries, nil
}

func (c *chain) set(final uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.final = final
}

// world is a zone's logs and chain.
type world struct {
	bus   *bus.Bus
	chain *chain
	after uint64 // sequence of the newest market message
}

func newWorld(t *testing.T) *world { return &world{bus: bustest.Open(t), chain: &chain{final: 5}} }

// settle writes the logs of the n-th interval: elif buys 1 kWh of maria, both keep to it.
func (w *world) settle(t *testing.T, n int) settlement.Key {
	t.Helper()
	interval := first.Add(n)
	message := exchange.Message{Zone: zone, Number: uint64(n + 1), Events: []exchange.Event{
		{Kind: exchange.Traded, Sequence: uint64(2*n + 1), Interval: interval, Side: exchange.Buy, Member: "elif", MakerMember: "maria",
			Quantity: 1000, Price: 180_000},
		{Kind: exchange.GateClosed, Sequence: uint64(2*n + 2), Interval: interval},
	}}
	sequence, err := w.bus.Append(t.Context(), bus.MarketSubject(zone), w.after, exchange.AppendMessage(nil, message))
	must(t, err)
	w.after = sequence
	leaves := []oracle.Leaf{{Meter: "elif-grid", Import: 1000, Since: interval.StartUnix(), Quality: meter.Measured},
		{Meter: "maria-grid", Export: 1000, Since: interval.StartUnix(), Quality: meter.Measured}}
	report, err := oracle.NewReport(zone, interval, 0, leaves)
	must(t, err)
	_, err = w.bus.Publish(t.Context(), bus.AttestSubject(zone), interval.String(), oracle.AppendAttestation(nil, oracle.Attestation{Report: report, Leaves: leaves}))
	must(t, err)
	return settlement.Key{Zone: zone, Interval: interval}
}

// follower is a running follower and what it counted.
type follower struct {
	*recount.Follower
	counted chan settlement.Notice
}

func (w *world) follow(t *testing.T) follower {
	t.Helper()
	counted := make(chan settlement.Notice, 100)
	f, err := recount.New(recount.Config{Zone: zone, Tariffs: tariffs, Owner: owners, Bus: w.bus, Chain: w.chain,
		Signed:  func(context.Context, oracle.Attestation) error { return nil },
		Counted: func(n settlement.Notice, _ []settlement.ChainEntry) error { counted <- n; return nil },
		Log:     slog.New(slog.NewTextHandler(io.Discard, nil))})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("follower: got %v, want canceled", err)
		}
	})
	return follower{f, counted}
}

// propose asks until all that the turn depends on is known.
func (f follower) propose(t *testing.T, k settlement.Key, released map[energy.Member]energy.Money) {
	t.Helper()
	for {
		err := f.Propose(t.Context(), k, payouts, released)
		if err == nil {
			return
		}
		if !errors.Is(err, settlement.ErrPending) {
			t.Fatal(err)
		}
		must(t, t.Context().Err())
	}
}

func (f follower) next(t *testing.T) settlement.Notice {
	t.Helper()
	select {
	case n := <-f.counted:
		return n
	case <-time.After(30 * time.Second):
		t.Fatal("no turn was counted")
		return settlement.Notice{}
	}
}

func (f follower) hash() (hash [32]byte) {
	f.Read(func(b *settlement.Balances) { hash = b.Hash() })
	return hash
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// An oracle that follows from the beginning, one that comes later and the operator after a restart count the same.
func TestEverybodyCountsTheSame(t *testing.T) {
	w := newWorld(t)
	operator, early := w.follow(t), w.follow(t)
	operator.propose(t, w.settle(t, 0), nil)
	operator.propose(t, w.settle(t, 1), map[energy.Member]energy.Money{"elif": 200 * euro})
	late, again := w.follow(t), w.follow(t)
	for _, f := range []follower{operator, early, late, again} {
		for number := uint64(1); number <= 2; number++ {
			if n := f.next(t); n.Report.Number != number {
				t.Fatalf("counted number %d, want %d", n.Report.Number, number)
			}
		}
		if f.hash() != operator.hash() {
			t.Error("the balances differ")
		}
	}
	again.propose(t, w.settle(t, 2), nil)
	if n := early.next(t); n.Report.Number != 3 {
		t.Errorf("after the operator's restart: number %d, want 3", n.Report.Number)
	}
	early.Read(func(b *settlement.Balances) {
		leaf, _ := b.Leaf(elif)
		// 200 were asked for; there were 100 less what the first two kWh cost. The third is a debt, which the leaf does not show.
		if leaf.Released != 100*euro-2*180_000_000 || leaf.Balance != 0 {
			t.Errorf("leaf of elif: got %+v", leaf)
		}
	})
}

// A notice that comes out otherwise is left out by everybody, and the right one after it counts.
func TestAWrongNoticeIsLeftOut(t *testing.T) {
	w := newWorld(t)
	honest := w.follow(t)
	key := w.settle(t, 0)
	wrong := settlement.Notice{Report: oracle.SettlementReport{Zone: zone, Interval: key.Interval, Number: 1, Block: 5, Root: oracle.Hash{6, 6, 6}, Members: 1}}
	for _, data := range [][]byte{settlement.AppendNotice(nil, wrong), []byte("garbage")} {
		newest, _, err := w.bus.LastOf(t.Context(), bus.TurnSubject(zone))
		must(t, err)
		_, err = w.bus.Append(t.Context(), bus.TurnSubject(zone), newest.Sequence, data)
		must(t, err)
	}
	honest.propose(t, key, nil)
	if n := honest.next(t); n.Report.Root == wrong.Report.Root || n.Report.Number != 1 {
		t.Errorf("counted %+v", n.Report)
	}
	other := w.follow(t)
	if n := other.next(t); n.Report.Root == wrong.Report.Root {
		t.Errorf("the other counted %+v", n.Report)
	}
	if other.hash() != honest.hash() {
		t.Error("the balances differ")
	}
}

// A notice that counts blocks which are not final yet waits for them.
func TestBlocksAreWaitedFor(t *testing.T) {
	w := newWorld(t)
	operator := w.follow(t)
	operator.propose(t, w.settle(t, 0), nil)
	operator.next(t)
	w.chain.set(4)
	other := w.follow(t)
	select {
	case n := <-other.counted:
		t.Fatalf("counted %+v before block 5 was final", n.Report)
	case <-time.After(700 * time.Millisecond):
	}
	w.chain.set(5)
	if n := other.next(t); n.Report.Block != 5 {
		t.Errorf("counted %+v", n.Report)
	}
}
