package audit

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// ErrDiffers is returned for the first thing that does not fit. Its text names it.
var ErrDiffers = problem.New(problem.Conflict, "audit found a difference")

// Ledger is what is audited. settlement/ledger implements it.
type Ledger interface {
	Owners(ctx context.Context) (map[energy.Meter]energy.Member, error)
	Settled(ctx context.Context) ([]settlement.Batch, error)
	Trades(ctx context.Context, interval energy.Interval) ([]settlement.Trade, error)
	Measurements(ctx context.Context, k settlement.Key) ([]oracle.Leaf, error)
	Deliveries(ctx context.Context, k settlement.Key) ([]settlement.Delivered, error)
	Transfers(ctx context.Context, k settlement.Key) ([]settlement.Posting, error)
}

// Record is what the chain holds of one report.
type Record struct {
	Report      oracle.Report
	Transaction [32]byte
}

// Chain is the public record. Records are of the zone.
type Chain interface {
	Quorum(ctx context.Context) (oracle.Quorum, error)
	Records(ctx context.Context) ([]Record, error)
	Supply(ctx context.Context) (energy.WattHours, error)
}

// Config is what an audit needs.
type Config struct {
	Zone    energy.Zone
	Rules   exchange.Rules
	Tariff  settlement.Tariff
	Devices map[energy.Meter][32]byte // the registered key of each meter
	Ledger  Ledger
	Chain   Chain
	Bus     *bus.Bus
}

// Report counts what was found right.
type Report struct {
	Intervals    int              `json:"intervals"`
	Readings     int              `json:"readings"`
	Commands     int              `json:"commands"`
	Trades       int              `json:"trades"`
	Attestations int              `json:"attestations"`
	Postings     int              `json:"postings"`
	Minted       energy.WattHours `json:"minted_wh"`
}

// auditor holds what the logs say.
type auditor struct {
	Config
	report       Report
	readings     map[meter.Digest]meter.SignedReading
	boundaries   map[boundary]meter.SignedReading
	trades       map[energy.Interval][]settlement.Trade
	attestations map[settlement.Key]oracle.Attestation
}

type boundary struct {
	meter energy.Meter
	at    int64 // Unix seconds
}

// Run audits the zone. It returns an error that is ErrDiffers for the first difference, and any other where the audit
// could not be done.
func Run(ctx context.Context, c Config) (Report, error) {
	a := auditor{Config: c, readings: map[meter.Digest]meter.SignedReading{}, boundaries: map[boundary]meter.SignedReading{},
		trades: map[energy.Interval][]settlement.Trade{}, attestations: map[settlement.Key]oracle.Attestation{}}
	for _, step := range []func(context.Context) error{a.readReadings, a.replayMarket, a.readAttestations, a.compare, a.compareChain} {
		if err := step(ctx); err != nil {
			return a.report, err
		}
	}
	return a.report, nil
}

func differs(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, ErrDiffers)...)
}

// readReadings checks signature, device and chain of every reading in the log.
func (a *auditor) readReadings(ctx context.Context) error {
	last := map[[32]byte]meter.SignedReading{}
	_, err := a.Bus.Replay(ctx, bus.MeterSubject(a.Zone, "*"), 1, func(m bus.Message) error {
		s, err := meter.DecodeSignedReading(m.Data)
		if err != nil {
			return differs("reading at log position %d: %v", m.Sequence, err)
		}
		if a.Devices[s.Meter] != s.Device || s.Verify() != nil {
			return differs("reading %s counter %d at log position %d: not signed by the meter's device", s.Meter, s.Counter, m.Sequence)
		}
		digest := s.Digest()
		if _, again := a.readings[digest]; again {
			return nil // the agent sent it twice because an answer was lost
		}
		if before, ok := last[s.Device]; ok && (s.Counter != before.Counter+1 || s.Previous != before.Digest()) {
			return differs("reading %s counter %d: does not chain to counter %d", s.Meter, s.Counter, before.Counter)
		}
		last[s.Device] = s
		a.readings[digest] = s
		a.boundaries[boundary{s.Meter, s.Boundary}] = s
		a.report.Readings++
		return nil
	})
	return err
}

// replayMarket applies the order log to a market of its own and compares every event with the market's log.
func (a *auditor) replayMarket(ctx context.Context) error {
	var events []exchange.Event
	market := exchange.NewMarket(a.Rules)
	var previous exchange.Digest
	number := uint64(0)
	if _, err := a.Bus.Replay(ctx, bus.OrderSubject(a.Zone), 1, func(m bus.Message) error {
		batch, err := exchange.DecodeBatch(m.Data)
		if err != nil {
			return differs("order log at %d: %v", m.Sequence, err)
		}
		number++
		if batch.Zone != a.Zone || batch.Number != number || batch.Previous != previous || batch.First != market.Sequence()+1 || batch.Rules != a.Rules.Digest() {
			return differs("order log at %d: batch %d does not follow batch %d", m.Sequence, batch.Number, number-1)
		}
		previous = exchange.DigestOf(m.Data)
		for _, c := range batch.Commands {
			events = append(events, market.Apply(c)...)
			a.report.Commands++
		}
		return nil
	}); err != nil {
		return err
	}
	if _, err := a.Bus.Replay(ctx, bus.MarketSubject(a.Zone), 1, func(m bus.Message) error {
		logged, err := exchange.DecodeMarketMessage(m.Data)
		if err != nil {
			return differs("market log at %d: %v", m.Sequence, err)
		}
		if len(logged) > len(events) || !slices.Equal(logged, events[:len(logged)]) {
			return differs("market log at %d: the order log gives other events", m.Sequence)
		}
		a.fold(logged)
		events = events[len(logged):]
		return nil
	}); err != nil {
		return err
	}
	return nil // events beyond the market's log were not published yet and settle nothing
}

func (a *auditor) fold(events []exchange.Event) {
	for _, e := range events {
		if e.Kind == exchange.Traded {
			a.trades[e.Interval] = append(a.trades[e.Interval], settlement.Trade{Sequence: e.Sequence, Index: e.Index,
				Buyer: e.Buyer(), Seller: e.Seller(), Quantity: e.Quantity, Price: e.Price})
		}
	}
}

// readAttestations keeps the attestations that a quorum signed and checks each leaf against the readings.
func (a *auditor) readAttestations(ctx context.Context) error {
	quorum, err := a.Chain.Quorum(ctx)
	if err != nil {
		return err
	}
	_, err = a.Bus.Replay(ctx, bus.AttestSubject(a.Zone), 1, func(m bus.Message) error {
		attested, err := oracle.DecodeAttestation(m.Data)
		if err != nil || attested.Report.Zone != a.Zone || quorum.Verify(attested) != nil {
			return nil // anybody may write to the log; what no quorum signed proves nothing and settled nothing
		}
		k := settlement.Key{Zone: a.Zone, Interval: attested.Report.Interval, Run: attested.Report.Run}
		if before, ok := a.attestations[k]; ok {
			if before.Report != attested.Report {
				return differs("%s: a quorum signed two reports", k)
			}
			return nil
		}
		for _, leaf := range attested.Leaves {
			if err := a.checkLeaf(k, leaf); err != nil {
				return err
			}
		}
		a.attestations[k] = attested
		a.report.Attestations++
		return nil
	})
	return err
}

// checkLeaf recomputes the measurement of a leaf from the registers.
func (a *auditor) checkLeaf(k settlement.Key, leaf oracle.Leaf) error {
	later, ok := a.readings[leaf.Reading]
	if !ok || later.Meter != leaf.Meter || later.Boundary != k.Interval.EndUnix() {
		return differs("%s meter %s: no such reading", k, leaf.Meter)
	}
	earlier, ok := a.boundaries[boundary{leaf.Meter, leaf.Since}]
	if !ok {
		return differs("%s meter %s: no reading at %d to measure from", k, leaf.Meter, leaf.Since)
	}
	m, err := meter.Measure(earlier, later)
	if err != nil || m.Import != leaf.Import || m.Export != leaf.Export {
		return differs("%s meter %s: attested import %s export %s, the registers say import %s export %s (%v)",
			k, leaf.Meter, leaf.Import, leaf.Export, m.Import, m.Export, err)
	}
	return nil
}

// compare settles every settled batch again and compares all its rows.
func (a *auditor) compare(ctx context.Context) error {
	owners, err := a.Ledger.Owners(ctx)
	if err != nil {
		return err
	}
	batches, err := a.Ledger.Settled(ctx)
	if err != nil {
		return err
	}
	for _, b := range batches {
		attested, ok := a.attestations[b.Key]
		if !ok {
			return differs("%s: settled without an attestation in the log", b.Key)
		}
		result, err := settlement.Settle(settlement.Case{Key: b.Key, Trades: a.trades[b.Key.Interval], Leaves: attested.Leaves, Owner: owners, Tariff: a.Tariff})
		if err != nil {
			return differs("%s: %v", b.Key, err)
		}
		if err := a.compareBatch(ctx, b, attested, result); err != nil {
			return err
		}
		a.report.Intervals++
		a.report.Trades += len(result.Deliveries)
		a.report.Postings += len(result.Postings)
	}
	return nil
}

func (a *auditor) compareBatch(ctx context.Context, b settlement.Batch, attested oracle.Attestation, want settlement.Result) error {
	if b.Attestation.Report != attested.Report {
		return differs("%s: the ledger holds another report", b.Key)
	}
	leaves, err := a.Ledger.Measurements(ctx, b.Key)
	if err != nil {
		return err
	}
	if i, same := firstDifference(leaves, attested.Leaves); !same {
		return differs("%s measurement %d: the ledger and the attestation differ", b.Key, i)
	}
	trades, err := a.Ledger.Trades(ctx, b.Key.Interval)
	if err != nil {
		return err
	}
	if i, same := firstDifference(trades, a.trades[b.Key.Interval]); !same {
		return differs("%s trade %d: the ledger and the market's log differ", b.Key, i)
	}
	deliveries, err := a.Ledger.Deliveries(ctx, b.Key)
	if err != nil {
		return err
	}
	if i, same := firstDifference(deliveries, want.Deliveries); !same {
		return differs("%s delivery %d: the ledger and the recomputation differ", b.Key, i)
	}
	transfers, err := a.Ledger.Transfers(ctx, b.Key)
	if err != nil {
		return err
	}
	postings := slices.SortedFunc(slices.Values(want.Postings), func(p, q settlement.Posting) int { return bytes.Compare(p.ID[:], q.ID[:]) })
	if i, same := firstDifference(transfers, postings); !same {
		return differs("%s posting %d: the ledger says %s, the recomputation %s", b.Key, i, describe(transfers, i), describe(postings, i))
	}
	return nil
}

func describe(postings []settlement.Posting, i int) string {
	if i >= len(postings) {
		return "nothing"
	}
	p := postings[i]
	return fmt.Sprintf("%x %s %d %s from %s%s to %s%s", p.ID[:6], p.Leg, p.Amount, p.Asset, p.From.Kind, p.From.Owner, p.To.Kind, p.To.Owner)
}

// firstDifference returns the first index at which two lists differ.
func firstDifference[T comparable](got, want []T) (int, bool) {
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			return i, false
		}
	}
	return 0, true
}

// compareChain compares the reports and the supply on chain with the attestations and the ledger.
func (a *auditor) compareChain(ctx context.Context) error {
	records, err := a.Chain.Records(ctx)
	if err != nil {
		return err
	}
	batches, err := a.Ledger.Settled(ctx)
	if err != nil {
		return err
	}
	settled := make(map[settlement.Key]settlement.Batch, len(batches))
	for _, b := range batches {
		settled[b.Key] = b
	}
	for _, r := range records {
		k := settlement.Key{Zone: r.Report.Zone, Interval: r.Report.Interval, Run: r.Report.Run}
		if attested, ok := a.attestations[k]; !ok || attested.Report != r.Report {
			return differs("%s: the chain holds a report that is not in the log", k)
		}
		if b, ok := settled[k]; ok && b.Mint.Transaction != r.Transaction {
			return differs("%s: minted by transaction %x, the ledger says %x", k, r.Transaction[:6], b.Mint.Transaction[:6])
		}
		delete(settled, k)
		a.report.Minted += r.Report.Export
	}
	for _, b := range batches {
		if _, missing := settled[b.Key]; missing {
			return differs("%s: settled, and not on chain", b.Key)
		}
	}
	supply, err := a.Chain.Supply(ctx)
	if err != nil {
		return err
	}
	if supply != a.report.Minted {
		return differs("token supply %s, minted by reports %s", supply, a.report.Minted)
	}
	return nil
}
