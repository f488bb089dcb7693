package ledger_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/pgtest"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/ledger"
)

const zone energy.Zone = "street"

var (
	interval = energy.IntervalAt(time.Date(2026, 6, 21, 8, 0, 0, 0, time.UTC), energy.FifteenMinutes)
	key      = settlement.Key{Zone: zone, Interval: interval}
	tariff   = settlement.Tariff{Import: 300_000, Export: 80_000, Network: 70_000}
	trades   = []settlement.Trade{{Sequence: 7, Index: 1, Buyer: "elif", Seller: "maria", Quantity: 1000, Price: 180_000}}
)

func open(t *testing.T) *ledger.Ledger {
	t.Helper()
	return openOn(t, pgtest.New(t))
}

func openOn(t *testing.T, db *pgxpool.Pool) *ledger.Ledger {
	t.Helper()
	l := ledger.New(db, zone)
	if _, err := l.Found(t.Context(), ledger.Zone{Length: energy.FifteenMinutes, Genesis: interval.Add(-1)}); err != nil {
		t.Fatal(err)
	}
	for i, m := range []energy.Member{"elif", "maria"} {
		err := l.Enrol(t.Context(), ledger.Member{Member: m, Name: string(m),
			Meter: oracle.Registration{Meter: energy.Meter(m + "-grid"), Device: [32]byte{byte(i)}, MaxExport: 5000, MaxImport: 11000}})
		if err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func attestation(t *testing.T) oracle.Attestation {
	t.Helper()
	leaves := []oracle.Leaf{
		{Meter: "elif-grid", Import: 800, Since: interval.StartUnix(), Quality: meter.Measured, Reading: meter.Digest{1}},
		{Meter: "maria-grid", Export: 1200, Since: interval.StartUnix(), Quality: meter.Late, Reading: meter.Digest{2}},
	}
	report, err := oracle.NewReport(zone, interval, 0, leaves)
	if err != nil {
		t.Fatal(err)
	}
	return oracle.Attestation{Report: report, Leaves: leaves}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// settle takes the batch to posted and returns what was posted.
func settle(t *testing.T, l *ledger.Ledger) settlement.Result {
	t.Helper()
	ctx := t.Context()
	must(t, l.TakeMarket(ctx, "market", 3, map[energy.Interval][]settlement.Trade{interval: trades}, []energy.Interval{interval}))
	must(t, l.TakeAttestation(ctx, "attest", 5, attestation(t)))
	owners, err := l.Owners(ctx)
	must(t, err)
	held, err := l.Trades(ctx, interval)
	must(t, err)
	result, err := settlement.Settle(settlement.Case{Key: key, Trades: held, Leaves: attestation(t).Leaves, Owner: owners, Tariff: tariff})
	must(t, err)
	must(t, l.Post(ctx, result))
	return result
}

func TestBatchGoesItsWay(t *testing.T) {
	l, ctx := open(t), t.Context()
	if _, ok, err := l.NewestClosed(ctx); ok || err != nil {
		t.Errorf("newest closed of an empty ledger: got %v %v, want none", ok, err)
	}
	result := settle(t, l)
	must(t, l.Minted(ctx, key, settlement.MintRecord{Transaction: [32]byte{9}, Block: 4}))
	must(t, l.Finish(ctx, key))

	b, err := l.Batch(ctx, key)
	must(t, err)
	if b.State != settlement.Final || b.Mint.Block != 4 || !reflect.DeepEqual(b.Attestation, attestation(t)) {
		t.Errorf("batch: got %+v", b)
	}
	for reader, want := range map[string]uint64{"market": 3, "attest": 5, "nobody": 0} {
		if got, err := l.Position(ctx, reader); got != want || err != nil {
			t.Errorf("position of %s: got %d %v, want %d", reader, got, err, want)
		}
	}
	transfers, err := l.Transfers(ctx, key)
	must(t, err)
	if len(transfers) != len(result.Postings) {
		t.Errorf("transfers: got %d, want %d", len(transfers), len(result.Postings))
	}
	held := map[settlement.Posting]bool{}
	for _, p := range transfers {
		held[p] = true
	}
	for _, p := range result.Postings {
		if !held[p] {
			t.Errorf("posting %+v is not in the ledger", p)
		}
	}
	deliveries, err := l.Deliveries(ctx, key)
	must(t, err)
	if !reflect.DeepEqual(deliveries, result.Deliveries) {
		t.Errorf("deliveries: got %+v, want %+v", deliveries, result.Deliveries)
	}
	leaves, err := l.Measurements(ctx, key)
	must(t, err)
	if !reflect.DeepEqual(leaves, attestation(t).Leaves) {
		t.Errorf("measurements: got %+v", leaves)
	}
}

func TestBalancesAndTotals(t *testing.T) {
	l, ctx := open(t), t.Context()
	settle(t, l)
	// Maria: 1000 Wh at 0.18, 200 Wh surplus at 0.08. Elif: pays for 1000, sells 200 back at 0.08, network on 800 Wh.
	for member, want := range map[energy.Member]ledger.Balance{
		"maria": {Money: 180_000_000 + 16_000_000, Energy: 1200 - 800},
		"elif":  {Money: -180_000_000 + 16_000_000 - 56_000_000, Energy: 800},
		"other": {},
	} {
		if got, err := l.Balance(ctx, member); got != want || err != nil {
			t.Errorf("%s: got %+v %v, want %+v", member, got, err, want)
		}
	}
	totals, err := l.Totals(ctx)
	must(t, err)
	if totals.Money != 0 || totals.EnergySum != 0 || totals.Issued != 1200 || totals.Intervals != 0 {
		t.Errorf("before final: got %+v", totals)
	}
	must(t, l.Minted(ctx, key, settlement.MintRecord{}))
	must(t, l.Finish(ctx, key))
	want := ledger.Totals{Intervals: 1, Trades: 1, Traded: 1000, Export: 1200, Import: 800, Delivered: 800, Issued: 1200}
	if totals, err = l.Totals(ctx); totals != want || err != nil {
		t.Errorf("totals: got %+v %v, want %+v", totals, err, want)
	}
	lines, err := l.Lines(ctx, "maria", 10)
	must(t, err)
	var sum int64
	for _, line := range lines {
		if line.Asset == "money" {
			sum += line.Amount
		}
	}
	if len(lines) != 4 || sum != 196_000_000 {
		t.Errorf("lines of maria: got %+v", lines)
	}
	summary, err := l.SummaryAt(ctx, interval.StartUnix())
	must(t, err)
	if summary.Trades != 1 || summary.Export != 1200 || summary.Delivered != 800 || summary.State != settlement.Final {
		t.Errorf("summary: got %+v", summary)
	}
}

func TestNothingIsPostedTwice(t *testing.T) {
	l, ctx := open(t), t.Context()
	result := settle(t, l)
	if err := l.Post(ctx, result); !errors.Is(err, settlement.ErrState) {
		t.Errorf("second post: got %v, want %v", err, settlement.ErrState)
	}
	must(t, l.TakeAttestation(ctx, "attest", 6, attestation(t))) // a repeat moves the reader and nothing else
	if b, err := l.Batch(ctx, key); b.State != settlement.Posted || err != nil {
		t.Errorf("after a repeated attestation: got %s %v, want posted", b.State, err)
	}
	other := attestation(t)
	other.Leaves[0].Import++
	other.Report, _ = oracle.NewReport(zone, interval, 0, other.Leaves)
	if err := l.TakeAttestation(ctx, "attest", 7, other); !errors.Is(err, ledger.ErrDiffers) {
		t.Errorf("another attestation: got %v, want %v", err, ledger.ErrDiffers)
	}
	if got, _ := l.Position(ctx, "attest"); got != 6 {
		t.Errorf("position after a refused attestation: got %d, want 6", got)
	}
}

func TestStepsOutOfTurn(t *testing.T) {
	l, ctx := open(t), t.Context()
	for name, step := range map[string]error{
		"mint":   l.Minted(ctx, key, settlement.MintRecord{}),
		"finish": l.Finish(ctx, key),
		"unmint": l.Unmint(ctx, key),
	} {
		if !errors.Is(step, settlement.ErrState) {
			t.Errorf("%s of a batch that is not there: got %v, want %v", name, step, settlement.ErrState)
		}
	}
	if err := l.Post(ctx, settlement.Result{Key: key}); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("post of a batch that is not there: got %v, want %v", err, ledger.ErrNotFound)
	}
}

func TestUnmintGoesBackToPosted(t *testing.T) {
	l, ctx := open(t), t.Context()
	settle(t, l)
	must(t, l.Minted(ctx, key, settlement.MintRecord{Transaction: [32]byte{9}}))
	must(t, l.Finish(ctx, key))
	must(t, l.Unmint(ctx, key))
	pending, err := l.Pending(ctx)
	must(t, err)
	if len(pending) != 1 || pending[0].State != settlement.Posted || pending[0].Mint != (settlement.MintRecord{}) {
		t.Errorf("pending: got %+v", pending)
	}
}

func TestEnrolRefusesAnotherKey(t *testing.T) {
	l := open(t)
	err := l.Enrol(t.Context(), ledger.Member{Member: "elif", Meter: oracle.Registration{Meter: "elif-grid", Device: [32]byte{77}}})
	if !errors.Is(err, ledger.ErrDiffers) {
		t.Errorf("got %v, want %v", err, ledger.ErrDiffers)
	}
}
