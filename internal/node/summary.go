package node

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/meter"
)

// Summary is what a demo says at its end. Every figure covers all settled intervals of the data directory, but
// Intervals, which counts those of this run, and is read back from the engine that owns it.
type Summary struct {
	Intervals        int              `json:"intervals"`
	SettledIntervals int64            `json:"settled_intervals"`
	Homes            int              `json:"homes"`
	Readings         int              `json:"readings"`     // signed readings in the log for the ends of the intervals
	Attestations     int              `json:"attestations"` // reports on chain
	Orders           int              `json:"orders"`       // accepted, in the market's log
	Trades           int64            `json:"trades"`
	Traded           energy.WattHours `json:"traded_wh"`
	Export           energy.WattHours `json:"attested_export_wh"`
	Import           energy.WattHours `json:"attested_import_wh"`
	Delivered        energy.WattHours `json:"delivered_wh"`
	Minted           energy.WattHours `json:"minted_wh"`       // sum of the reports on chain
	Supply           energy.WattHours `json:"token_supply_wh"` // the token contract's
	LedgerSum        energy.Money     `json:"ledger_sum_nano"`
	LedgerEnergySum  energy.WattHours `json:"ledger_energy_sum_wh"`
	ChainDifference  energy.WattHours `json:"chain_ledger_difference_wh"` // token supply less energy issued in the ledger
	Ready            seconds          `json:"ready_seconds"`
	FirstSettlement  seconds          `json:"first_settlement_seconds"` // after ready
}

// seconds prints a duration with two decimals.
type seconds time.Duration

// MarshalJSON writes a number.
func (s seconds) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%.2f", time.Duration(s).Seconds()), nil
}

// summarise reads the figures back and prints them.
func (s *street) summarise(ctx context.Context, stdout io.Writer) error {
	sum := Summary{Intervals: s.settled, Homes: len(s.homes), Ready: seconds(s.ready), FirstSettlement: seconds(s.first)}
	for _, read := range []func(context.Context, *Summary) error{s.readLedger, s.readChain, s.readLogs} {
		if err := read(ctx, &sum); err != nil {
			return fmt.Errorf("summary: %w", err)
		}
	}
	sum.ChainDifference += sum.Supply
	if s.config.JSON {
		return json.NewEncoder(stdout).Encode(sum)
	}
	_, err := fmt.Fprintf(stdout, `%d intervals settled in this run, %d in all: %d homes, %d readings, %d attestations on chain
%d orders, %d trades of %s kWh; attested export %s kWh, import %s kWh; delivered %s kWh
minted %s kWh, token supply %s kWh, difference to the ledger %s; the ledger sums to %s money and %s energy
`, sum.Intervals, sum.SettledIntervals, sum.Homes, sum.Readings, sum.Attestations, sum.Orders, sum.Trades, sum.Traded.KilowattHours(),
		sum.Export.KilowattHours(), sum.Import.KilowattHours(), sum.Delivered.KilowattHours(), sum.Minted.KilowattHours(), sum.Supply.KilowattHours(),
		sum.ChainDifference, sum.LedgerSum, sum.LedgerEnergySum)
	return err
}

func (s *street) readLedger(ctx context.Context, sum *Summary) error {
	t, err := s.ledger.Totals(ctx)
	sum.SettledIntervals, sum.Trades, sum.Traded, sum.Delivered = t.Intervals, t.Trades, t.Traded, t.Delivered
	sum.Export, sum.Import, sum.LedgerSum, sum.LedgerEnergySum = t.Export, t.Import, t.Money, t.EnergySum
	sum.ChainDifference = -t.Issued
	return err
}

func (s *street) readChain(ctx context.Context, sum *Summary) error {
	records, err := s.chain.All(ctx, streetZone)
	if err != nil {
		return err
	}
	sum.Attestations = len(records)
	for _, r := range records {
		sum.Minted += r.Export
	}
	sum.Supply, err = s.chain.Supply(ctx)
	return err
}

func (s *street) readLogs(ctx context.Context, sum *Summary) error {
	batches, err := s.ledger.Settled(ctx)
	if err != nil {
		return err
	}
	settled, ends := map[energy.Interval]bool{}, map[int64]bool{}
	for _, b := range batches {
		settled[b.Key.Interval], ends[b.Key.Interval.EndUnix()] = true, true
	}
	seen := map[meter.Digest]bool{}
	if _, err := s.bus.Replay(ctx, bus.MeterSubject(streetZone, "*"), 1, func(m bus.Message) error {
		r, err := meter.DecodeSignedReading(m.Data)
		if err == nil && ends[r.Boundary] {
			seen[r.Digest()] = true
		}
		return nil
	}); err != nil {
		return err
	}
	sum.Readings = len(seen)
	_, err = s.bus.Replay(ctx, bus.MarketSubject(streetZone), 1, func(m bus.Message) error {
		events, err := exchange.DecodeMarketMessage(m.Data)
		for _, e := range events {
			if e.Kind == exchange.Accepted && settled[e.Interval] {
				sum.Orders++
			}
		}
		return err
	})
	return err
}
