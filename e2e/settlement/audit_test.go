package settlement_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/audit"
	"github.com/wattle/wattle/settlement/chain"
)

// measuredStreet is a street whose meters sign readings from which oracles decide.
type measuredStreet struct {
	*street
	registry oracle.Registry
	outcome  oracle.Outcome
	newest   map[energy.Meter]meter.SignedReading
}

// story runs three intervals: 0 and 2 are traded, 1 has no book; carla's reading at the end of 1 never arrives.
func story(t testing.TB) *measuredStreet {
	t.Helper()
	s := measure(t, start(t).street(t, "street"))
	s.trade(t, 0)
	s.reads(t, 0)
	s.reads(t, 1, "carla-grid")
	s.trade(t, 2)
	s.reads(t, 2)
	return s
}

// measure gives every meter its base.
func measure(t testing.TB, s *street) *measuredStreet {
	t.Helper()
	enrolled, err := s.ledger.Members(t.Context())
	must(t, err)
	var meters []oracle.Registration
	for _, m := range enrolled {
		meters = append(meters, m.Meter)
	}
	registry, err := oracle.NewRegistry(s.zone, energy.FifteenMinutes, 5*time.Minute, meters)
	must(t, err)
	m := &measuredStreet{street: s, registry: registry, outcome: oracle.Genesis(nth(-1)), newest: map[energy.Meter]meter.SignedReading{}}
	m.reads(t, -1)
	return m
}

// reads lets every meter sign its registers at the end of interval n, publishes them but the ones lost, and attests.
func (s *measuredStreet) reads(t testing.TB, n int, lost ...energy.Meter) {
	t.Helper()
	held := oracle.Observation{Interval: nth(n), Closed: true}
	for i, m := range members {
		r := s.newest[gridOf(m)].Reading
		if r.Counter > 0 {
			r.Previous = s.newest[gridOf(m)].Digest()
		}
		r.Zone, r.Meter, r.Boot, r.Quality, r.Counter = s.zone, gridOf(m), 1, meter.Measured, r.Counter+1
		r.Boundary, r.Taken = nth(n).EndUnix(), nth(n).EndUnix()*1000+150
		r.Import += energy.WattHours(500 + 7*(i%100) + n)
		if m == "anna" {
			r.Export += 800
		}
		signed := meter.Sign(deviceOf(i), r)
		s.newest[r.Meter] = signed
		if slices.Contains(lost, r.Meter) {
			continue
		}
		held.Readings = append(held.Readings, signed)
		s.send(t, s.bus, signed)
	}
	s.outcome = s.registry.Decide(s.outcome, []oracle.Observation{held, held, held}, 1)
	report, ok, err := s.outcome.Report(s.zone)
	must(t, err)
	if !ok {
		return // the first readings are bases
	}
	a := s.signed(t, oracle.Attestation{Report: report, ConfigDigest: s.quorum.ConfigDigest, Sequence: uint64(n) + 2, Leaves: s.outcome.Leaves}, 1, 3)
	s.reports[nth(n)] = a
	s.publish(t, oracle.AppendAttestation(nil, a))
}

func (s *street) send(t testing.TB, b *bus.Bus, r meter.SignedReading) {
	t.Helper()
	digest := r.Digest()
	_, err := b.Publish(t.Context(), bus.MeterSubject(s.zone, r.Meter), string(digest[:]), meter.AppendSignedReading(nil, r))
	must(t, err)
}

// auditChain is the chain as the audit sees it; change alters what it says.
type auditChain struct {
	contract
	zone   energy.Zone
	change func([]audit.Record) []audit.Record
	burnt  energy.WattHours

	roots        func([]audit.Root) []audit.Root
	entries      func([]settlement.ChainEntry) []settlement.ChainEntry
	stolen, lent energy.Money
}

func (c auditChain) Records(ctx context.Context) ([]audit.Record, error) {
	all, err := c.chain.All(ctx, c.zone)
	var records []audit.Record
	for _, r := range all {
		records = append(records, c.record(r))
	}
	if c.change != nil {
		records = c.change(records)
	}
	return records, err
}

// Record implements audit.Witness.
func (c auditChain) Record(ctx context.Context, k settlement.Key) (audit.Record, bool, error) {
	r, ok, err := c.chain.Find(ctx, k.Zone, k.Interval, k.Run)
	return c.record(r), ok, err
}

// Root implements audit.Witness.
func (c auditChain) Root(ctx context.Context, number uint64) (audit.Root, error) {
	on, err := c.chain.Root(ctx, c.zone, number)
	return audit.Root{Number: number, Root: on.Root, Block: on.Block, Released: on.Released, Owed: on.Owed}, err
}

func (c auditChain) record(r chain.Record) audit.Record {
	return audit.Record{Transaction: r.Transaction, Block: r.Block, ConfigDigest: r.ConfigDigest, Sequence: r.Sequence, Report: oracle.Report{Zone: c.zone, Interval: r.Interval,
		Run: r.Run, Root: r.Root, Meters: r.Meters, Export: r.Export, Import: r.Import}}
}

func (c auditChain) Supply(ctx context.Context) (energy.WattHours, error) {
	supply, err := c.chain.Supply(ctx)
	return supply - c.burnt, err
}

func (c auditChain) Roots(ctx context.Context) ([]audit.Root, error) {
	newest, err := c.chain.SettledNumber(ctx, c.zone)
	roots := make([]audit.Root, newest)
	for i := range roots {
		var rootErr error
		roots[i], rootErr = c.Root(ctx, uint64(i+1))
		err = errors.Join(err, rootErr)
	}
	if c.roots != nil {
		roots = c.roots(roots)
	}
	return roots, err
}

func (c auditChain) Entries(ctx context.Context, after, to uint64) ([]settlement.ChainEntry, error) {
	entries, err := c.chain.Entries(ctx, c.zone, after, to)
	if c.entries != nil {
		entries = c.entries(entries)
	}
	return entries, err
}

func (c auditChain) Escrow(ctx context.Context) (audit.Escrow, error) {
	e, err := c.chain.Escrow(ctx, c.zone)
	if e.Deposited, e.Held = e.Deposited-c.stolen, e.Held-c.lent; err != nil {
		return audit.Escrow{}, err
	}
	return audit.Escrow(e), nil
}

func (c auditChain) Debt(ctx context.Context) (energy.WattHours, error) {
	return c.chain.Debt(ctx, c.zone)
}

func (c auditChain) Retired(ctx context.Context) (energy.WattHours, error) {
	return c.chain.Retired(ctx, c.zone)
}

func (s *street) auditConfig() audit.Config {
	devices := map[energy.Meter][32]byte{}
	for i, m := range members {
		devices[gridOf(m)] = [32]byte(deviceOf(i).Public().(ed25519.PublicKey))
	}
	return audit.Config{Zone: s.zone, Rules: s.rules, Tariffs: settlement.Always(tariff), Devices: devices, Ledger: s.ledger,
		Chain: auditChain{contract: s.contract(), zone: s.zone}, Bus: s.bus}
}

// passes audits and compares the counts.
func (s *street) passes(t testing.TB, want audit.Report) {
	t.Helper()
	got, err := audit.Run(t.Context(), s.auditConfig())
	if err != nil || got != want {
		t.Errorf("audit: got %+v %v, want %+v", got, err, want)
	}
}

// finds audits what was tampered with; the difference must be named with all these words.
func finds(t testing.TB, c audit.Config, words ...string) {
	t.Helper()
	report, err := audit.Run(t.Context(), c)
	if !errors.Is(err, audit.ErrDiffers) {
		t.Fatalf("got %+v %v, want a difference", report, err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("got %q, want it to name %q", err, w)
		}
	}
}

func TestAuditPasses(t *testing.T) {
	s := story(t)
	s.passes(t, audit.Report{Readings: 11, Commands: 10, Attestations: 3}) // nothing is settled yet

	must(t, s.work(t, 2, nil).err)
	s.check(t, 0, 1, 2)
	postings := 0
	for n := range 3 {
		transfers, err := s.ledger.Transfers(t.Context(), s.key(n))
		must(t, err)
		postings += len(transfers)
	}
	whole := audit.Report{Intervals: 3, Readings: 11, Commands: 10, Trades: 4, Attestations: 3, Postings: postings, Minted: 2400}
	s.passes(t, whole)

	// The sequencer was killed between its two logs; the clerk has not seen the newest trades; a gate closed and nothing
	// is attested; the same report was signed again; noise lies in the log of attestations.
	s.trade(t, 3)
	s.passes(t, with(whole, func(r *audit.Report) { r.Commands += 5 }))
	s.enter(t, exchange.Command{Kind: exchange.OpenBook, Interval: nth(4)})
	again := s.reports[nth(1)]
	again.Signatures = nil
	s.publish(t, oracle.AppendAttestation(nil, s.signed(t, again, 0, 2)))
	s.publish(t, []byte("noise"))
	s.passes(t, with(whole, func(r *audit.Report) { r.Commands += 6 }))
}

func with(r audit.Report, change func(*audit.Report)) audit.Report {
	change(&r)
	return r
}

// Wherever a clerk is killed, what it leaves behind passes.
func TestAuditPassesWhereverTheClerkStops(t *testing.T) {
	for _, name := range strings.Fields("TakeMarket TakeAttestation Post Mint ledger.Minted Finish Settled") {
		s := measure(t, start(t).street(t, "street"))
		s.trade(t, 0)
		s.reads(t, 0)
		killed := s.work(t, 0, &probe{hook: func(called string, effect func() error) error {
			if err := effect(); err != nil && !errors.Is(err, errHome) {
				return err
			}
			if called == name {
				return errCrash
			}
			return nil
		}})
		if !errors.Is(killed.err, errCrash) {
			t.Fatalf("%s: got %v, want the clerk killed", name, killed.err)
		}
		if report, err := audit.Run(t.Context(), s.auditConfig()); err != nil {
			t.Errorf("killed after %s: got %+v %v, want no difference", name, report, err)
		}
	}
}

// Attestations that an earlier group of oracles signed count if the chain has accepted them.
func TestAuditPassesAfterTheOraclesChanged(t *testing.T) {
	s := story(t)
	must(t, s.work(t, 2, nil).err)
	must(t, s.chain.SetOracles(t.Context(), oracle.Quorum{ConfigDigest: [32]byte{7}, Faulty: 1, Signers: []oracle.Signer{{1}, {2}, {3}, {4}}}))
	if report, err := audit.Run(t.Context(), s.auditConfig()); err != nil || report.Attestations != 3 {
		t.Errorf("got %+v %v, want 3 attestations", report, err)
	}
}

func TestAuditFindsWhatTheChainSays(t *testing.T) {
	s := story(t)
	must(t, s.work(t, 2, nil).err)
	for name, c := range map[string]struct {
		change func([]audit.Record) []audit.Record
		burnt  energy.WattHours
		words  []string
	}{
		"record missing":    {func(r []audit.Record) []audit.Record { return slices.Delete(r, 1, 2) }, 0, []string{s.key(1).String(), "not on chain"}},
		"record twice":      {func(r []audit.Record) []audit.Record { return append(r, r[1]) }, 0, []string{s.key(1).String(), "twice"}},
		"other report":      {func(r []audit.Record) []audit.Record { r[1].Report.Import++; return r }, 0, []string{s.key(1).String(), "not in the log"}},
		"other transaction": {func(r []audit.Record) []audit.Record { r[2].Transaction[0]++; return r }, 0, []string{s.key(2).String(), "transaction"}},
		"other block":       {func(r []audit.Record) []audit.Record { r[2].Block++; return r }, 0, []string{s.key(2).String(), "block"}},
		"rogue record": {func(r []audit.Record) []audit.Record {
			r = append(r, r[2])
			r[3].Report.Interval = nth(9)
			return r
		}, 0, []string{s.key(9).String(), "not in the log"}},
		"supply": {nil, 1, []string{"supply"}},
	} {
		t.Run(name, func(t *testing.T) {
			config := s.auditConfig()
			config.Chain = auditChain{contract: s.contract(), zone: s.zone, change: c.change, burnt: c.burnt}
			finds(t, config, c.words...)
		})
	}
}

func TestAuditConfigIsChecked(t *testing.T) {
	if _, err := audit.Run(t.Context(), audit.Config{}); !errors.Is(err, audit.ErrConfig) {
		t.Errorf("got %v, want %v", err, audit.ErrConfig)
	}
}

// settled runs the story and its clerk.
func settled(t testing.TB) *measuredStreet {
	t.Helper()
	s := story(t)
	must(t, s.work(t, 2, nil).err)
	s.check(t, 0, 1, 2)
	return s
}
