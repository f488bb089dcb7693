package audit

import (
	"context"
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// ErrDiffers is returned for the first thing that does not fit. Its text names it.
var ErrDiffers = problem.New(problem.Conflict, "audit found a difference")

// ErrConfig is returned for an incomplete Config.
var ErrConfig = problem.New(problem.Internal, "audit: ledger, chain and bus are needed, and the zone's own rules")

// ErrPeriod is returned for a period that ends before it begins.
var ErrPeriod = problem.New(problem.Invalid, "a period ends after it begins")

// Ledger is what is audited. settlement/ledger implements it.
type Ledger interface {
	Owners(ctx context.Context) (map[energy.Meter]energy.Member, error)
	// Position returns how far settlement.MarketReader or AttestReader has come in its log.
	Position(ctx context.Context, reader string) (uint64, error)
	// Batches returns every batch in any state, oldest first.
	Batches(ctx context.Context) ([]settlement.Batch, error)
	// EachTrade hands over every trade in log order, with the start of its interval.
	EachTrade(ctx context.Context, each func(start int64, t settlement.Trade) error) error
	Measurements(ctx context.Context, k settlement.Key) ([]oracle.Leaf, error)
	Deliveries(ctx context.Context, k settlement.Key) ([]settlement.Delivered, error)
	// Transfers returns a batch's transfers ascending by ID.
	Transfers(ctx context.Context, k settlement.Key) ([]settlement.Posting, error)
	// Balances returns the balance of every account there is.
	Balances(ctx context.Context) (map[settlement.Holding]int64, error)
	// Unsettled returns the transfers that no settlement caused: deposits, withdrawals, holds.
	Unsettled(ctx context.Context) ([]settlement.Posting, error)
	// Verify checks that the books hold together: digests, order, balances.
	Verify(ctx context.Context) error
}

// Record is what the chain holds of one report, and where.
type Record struct {
	Report       oracle.Report
	ConfigDigest [32]byte // of the oracles whose signatures the contract took
	Sequence     uint64
	Transaction  [32]byte
	Block        uint64
}

// Root is what the chain holds under the number of a settlement root.
type Root struct {
	Number   uint64
	Root     oracle.Hash // zero where the guardian took it back
	Block    uint64      // the chain up to and including it is counted
	Released energy.Money
	Owed     energy.Money
}

// Escrow is what the chain holds for the zone's members.
type Escrow struct {
	Deposited energy.Money // in all
	Withdrawn energy.Money // in all
	Held      energy.Money // by the contract, perhaps for other zones as well
}

// Chain is the public record of the zone.
type Chain interface {
	Quorum(ctx context.Context) (oracle.Quorum, error)
	Records(ctx context.Context) ([]Record, error)
	// Supply is all tokens there are; Retired those that were burned by who held them; Debt those that a later run no
	// longer attests and that were claimed already.
	Supply(ctx context.Context) (energy.WattHours, error)
	Retired(ctx context.Context) (energy.WattHours, error)
	Debt(ctx context.Context) (energy.WattHours, error)
	// Roots returns the settlement roots, ascending by number from 1.
	Roots(ctx context.Context) ([]Root, error)
	// Entries returns what happened to the zone's money in the blocks after the first up to and including the second.
	Entries(ctx context.Context, after, to uint64) ([]settlement.ChainEntry, error)
	Escrow(ctx context.Context) (Escrow, error)
}

// Config is what an audit needs.
type Config struct {
	Zone    energy.Zone
	Rules   exchange.Rules
	Tariffs settlement.TariffBook
	Runs    settlement.Schedule       // settlement.UsualSchedule if nil
	Devices map[energy.Meter][32]byte // the registered key of each meter
	Ledger  Ledger
	Chain   Chain
	Bus     *bus.Bus

	// From and To bound the starts of the intervals that are settled again, in Unix seconds: from From until before To.
	// Both 0 means all. Chains, logs, turns and roots are read from their beginning in any case.
	From, To int64
}

// Validate reports what is missing.
func (c Config) Validate() error {
	if c.From < 0 || c.To < c.From {
		return ErrPeriod
	}
	if c.Ledger == nil || c.Chain == nil || c.Bus == nil || c.Rules.Zone != c.Zone {
		return ErrConfig
	}
	if err := c.Rules.Validate(); err != nil {
		return err
	}
	return c.Tariffs.Validate()
}

// Report counts what was found right.
type Report struct {
	Intervals    int              `json:"intervals"` // settled
	Readings     int              `json:"readings"`
	Commands     int              `json:"commands"`
	Trades       int              `json:"trades"` // of settled intervals
	Attestations int              `json:"attestations"`
	Postings     int              `json:"postings"` // of settled intervals
	Minted       energy.WattHours `json:"minted_wh"`
	Turns        int              `json:"turns"`            // notices that came out as the operator said
	Roots        int              `json:"roots"`            // on chain
	Owed         energy.Money     `json:"owed_nano,string"` // to all accounts, under the newest notice
}

// auditor holds what the logs and the chain say.
type auditor struct {
	Config
	collect      collect
	report       Report
	owners       map[energy.Meter]energy.Member
	count        *settlement.Recount
	closed       map[energy.Interval]uint64   // where the market's log closes the gate
	trades       []logged                     // in log order
	traded       map[int64][]settlement.Trade // by start of the interval
	marketEnd    uint64                       // sequence of the market log's last message
	records      map[settlement.Key]Record
	attestations map[settlement.Key]attestation
	attestEnd    uint64                // sequence of the attestation log's last message
	wanted       map[boundary][]wanted // leaves that no reading was found for yet, by the end of their interval
	bases        map[boundary]*base    // what leaves are measured from
	final        map[settlement.Key]bool
	turns        []turn
}

// Run audits the zone. It returns an error that is ErrDiffers for the first difference, and any other where the audit
// could not be done. Nothing may be settled while it runs.
func Run(ctx context.Context, c Config) (Report, error) { return run(ctx, c, nil) }

// run audits, and collects the bundle of an interval if one is wanted.
func run(ctx context.Context, c Config, bundle *Bundle) (Report, error) {
	if err := c.Validate(); err != nil {
		return Report{}, err
	}
	if c.Runs == nil {
		c.Runs = settlement.UsualSchedule()
	}
	owners, err := c.Ledger.Owners(ctx)
	if err != nil {
		return Report{}, err
	}
	a := auditor{Config: c, collect: collect{bundle}, owners: owners, count: settlement.NewRecount(c.Zone, c.Tariffs, owners),
		closed: map[energy.Interval]uint64{}, traded: map[int64][]settlement.Trade{}, records: map[settlement.Key]Record{},
		attestations: map[settlement.Key]attestation{}, wanted: map[boundary][]wanted{}, bases: map[boundary]*base{}, final: map[settlement.Key]bool{}}
	for _, step := range []func(context.Context) error{
		a.readChain, a.replayMarket, a.readAttestations, a.readReadings, a.checkTelescope,
		a.compareTrades, a.compareBatches, a.compareChain, a.recount, a.comparePayments, a.compareRoots,
	} {
		if err := step(ctx); err != nil {
			return a.report, err
		}
	}
	return a.report, nil
}

// audited reports whether an interval is in the period.
func (a *auditor) audited(interval energy.Interval) bool {
	start := interval.StartUnix()
	return a.whole() || a.From <= start && start < a.To
}

func (a *auditor) whole() bool { return a.From == 0 && a.To == 0 }

func differs(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, ErrDiffers)...)
}

// compareLists returns a difference that names the first place at which two lists are not equal.
func compareLists[T comparable](what string, got, want []T, name func(T) string) error {
	at := func(list []T, i int) string {
		if i >= len(list) {
			return "nothing"
		}
		return name(list[i])
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			return differs("%s: the ledger has %s, the recomputation %s", what, at(got, i), at(want, i))
		}
	}
	return nil
}
