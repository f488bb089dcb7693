package ocr

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/smartcontractkit/libocr/offchainreporting2plus/ocr3types"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"
	"github.com/smartcontractkit/libocr/quorumhelper"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// Info travels with a report inside one oracle; it never crosses the network. It is that of a settlement report where
// Settled has a number, else of an attestation.
type Info struct {
	Report  oracle.Report
	Leaves  []oracle.Leaf
	Settled oracle.SettlementReport
}

// ErrZone is returned by an oracle whose contract is another zone's.
var ErrZone = problem.New(problem.Conflict, "the oracle contract is of another zone")

// limits are the protocol's own maxima; MaxMeters is what they leave room for. They are the same for all oracles, as
// messages beyond them are refused, also while one oracle's registry is a meter ahead of another's.
var limits = ocr3types.ReportingPluginLimits{
	MaxQueryLength:       0,
	MaxObservationLength: ocr3types.MaxMaxObservationLength,
	MaxOutcomeLength:     ocr3types.MaxMaxOutcomeLength,
	MaxReportLength:      oracle.SettlementReportSize, // the longer of the two
	MaxReportCount:       2,
}

// settlementRounds is how often a round makes the settlement report too. The protocol takes the signatures of an oracle
// for all reports of a round or for none, so one that refuses the settlement would never sign an attestation either.
const settlementRounds = 2

// factory makes the plugin for each configuration of the contract.
type factory struct {
	registry  oracle.Registry
	shelf     *shelf
	verified  *verified
	recounted *recounted
	known     func(energy.Interval) bool
	knownRoot func(number uint64) bool
	now       func() time.Time
	progress  *progress
}

func (f *factory) NewReportingPlugin(
	_ context.Context, c ocr3types.ReportingPluginConfig,
) (ocr3types.ReportingPlugin[Info], ocr3types.ReportingPluginInfo, error) {
	zone, genesis, err := decodeGenesis(c.OffchainConfig)
	if err != nil {
		return nil, ocr3types.ReportingPluginInfo{}, err
	}
	if zone != f.registry.Zone || genesis.Length() != f.registry.Length {
		return nil, ocr3types.ReportingPluginInfo{}, fmt.Errorf(
			"contract is for %s from %s, registry for %s: %w", zone, genesis, f.registry.Zone, ErrZone)
	}
	p := &plugin{factory: *f, genesis: genesis, n: c.N, faulty: c.F}
	return p, ocr3types.ReportingPluginInfo{Name: "wattle " + string(zone), Limits: limits}, nil
}

// plugin is package oracle as libocr wants it. It holds no state: what is agreed travels in the outcome, what was
// received lies on the shelf.
type plugin struct {
	factory
	genesis   energy.Interval
	n, faulty int
}

var _ ocr3types.ReportingPlugin[Info] = (*plugin)(nil)

// previous is the agreed state before a round.
func (p *plugin) previous(c ocr3types.OutcomeContext) (oracle.Outcome, error) {
	if len(c.PreviousOutcome) == 0 {
		return oracle.Genesis(p.genesis), nil
	}
	return oracle.DecodeOutcome(c.PreviousOutcome)
}

// Query is empty: all oracles know what to observe.
func (p *plugin) Query(context.Context, ocr3types.OutcomeContext) (types.Query, error) {
	return nil, nil
}

// Observation is what this oracle holds for the interval to be closed next. The interval is not called closed before
// the attestation of the one before is known to be published: until then that one's report is made anew. The same goes
// for the settlement report.
func (p *plugin) Observation(_ context.Context, c ocr3types.OutcomeContext, _ types.Query) (types.Observation, error) {
	previous, err := p.previous(c)
	if err != nil {
		return nil, err
	}
	p.shelf.Drop(previous.Next.EndUnix())
	o := p.registry.Observe(previous.Next, p.shelf.Held(previous.Next.EndUnix()), p.now())
	o.Closed = o.Closed && (!previous.Closed || p.known(previous.Next.Add(-1)))
	o.Settled = p.recounted.Next(previous.Settled, p.knownRoot)
	return oracle.AppendObservation(nil, o), nil
}

// ValidateObservation refuses observations of another interval, settlements that do not follow and readings that are not
// their device's.
func (p *plugin) ValidateObservation(_ context.Context, c ocr3types.OutcomeContext, _ types.Query, a types.AttributedObservation) error {
	previous, err := p.previous(c)
	if err != nil {
		return err
	}
	o, err := oracle.DecodeObservation(a.Observation)
	if err != nil {
		return err
	}
	if o.Interval != previous.Next {
		return fmt.Errorf("observation of %s, want %s: %w", o.Interval, previous.Next, oracle.ErrMalformed)
	}
	if o.Settled.Number > 0 && !p.registry.Follows(previous, o.Settled) {
		return fmt.Errorf("observation of settlement %d after %d: %w", o.Settled.Number, previous.Settled.Number, oracle.ErrMalformed)
	}
	for _, s := range o.Readings {
		if err := p.verified.check(p.registry, s); err != nil {
			return err
		}
	}
	return nil
}

// ObservationQuorum is 2f+1, of which f+1 are honest.
func (p *plugin) ObservationQuorum(
	_ context.Context, _ ocr3types.OutcomeContext, _ types.Query, all []types.AttributedObservation,
) (bool, error) {
	return quorumhelper.ObservationCountReachesObservationQuorum(quorumhelper.QuorumTwoFPlusOne, p.n, p.faulty, all), nil
}

// Outcome decides. A round that closes nothing leaves the closed interval before it in the outcome.
func (p *plugin) Outcome(
	_ context.Context, c ocr3types.OutcomeContext, _ types.Query, all []types.AttributedObservation,
) (ocr3types.Outcome, error) {
	previous, err := p.previous(c)
	if err != nil {
		return nil, err
	}
	observations := make([]oracle.Observation, len(all))
	for i, a := range all {
		if observations[i], err = oracle.DecodeObservation(a.Observation); err != nil {
			return nil, fmt.Errorf("oracle %d: %w", a.Observer, err)
		}
	}
	next := p.registry.Decide(previous, observations, p.faulty)
	p.progress.note(c.SeqNr, next.Next, p.now())
	if next.Next == previous.Next {
		previous.Settled = next.Settled
		next = previous
	}
	return oracle.AppendOutcome(nil, next), nil
}

// Reports is the report of the newest closed interval, in every round until the next one closes, and the newest settlement
// report, in every second one: a report that got lost on its way is made again.
func (p *plugin) Reports(_ context.Context, sequence uint64, outcome ocr3types.Outcome) ([]ocr3types.ReportPlus[Info], error) {
	o, err := oracle.DecodeOutcome(outcome)
	if err != nil {
		return nil, err
	}
	report, ok, err := o.Report(p.registry.Zone)
	if err != nil {
		return nil, err
	}
	var reports []ocr3types.ReportPlus[Info]
	if ok {
		reports = append(reports, ocr3types.ReportPlus[Info]{ReportWithInfo: ocr3types.ReportWithInfo[Info]{
			Report: oracle.AppendReport(nil, report), Info: Info{Report: report, Leaves: o.Leaves},
		}})
	}
	if o.Settled.Number > 0 && sequence%settlementRounds == 0 {
		reports = append(reports, ocr3types.ReportPlus[Info]{ReportWithInfo: ocr3types.ReportWithInfo[Info]{
			Report: oracle.AppendSettlementReport(nil, o.Settled), Info: Info{Settled: o.Settled},
		}})
	}
	return reports, nil
}

// ShouldAcceptAttestedReport is whether the report still has to be published.
func (p *plugin) ShouldAcceptAttestedReport(_ context.Context, _ uint64, r ocr3types.ReportWithInfo[Info]) (bool, error) {
	return p.missing(r.Info), nil
}

// ShouldTransmitAcceptedReport asks again when it is this oracle's turn.
func (p *plugin) ShouldTransmitAcceptedReport(_ context.Context, _ uint64, r ocr3types.ReportWithInfo[Info]) (bool, error) {
	return p.missing(r.Info), nil
}

// missing reports whether a report's log does not hold it yet.
func (p *plugin) missing(i Info) bool {
	if i.Settled.Number > 0 {
		return !p.knownRoot(i.Settled.Number)
	}
	return !p.known(i.Report.Interval)
}

// Close has nothing to release.
func (p *plugin) Close() error { return nil }

// progress is how far the protocol came, as this oracle sees it.
type progress struct {
	mu       sync.Mutex
	sequence uint64
	next     energy.Interval
	at       time.Time
}

func (p *progress) note(sequence uint64, next energy.Interval, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sequence, p.next, p.at = sequence, next, at
}
