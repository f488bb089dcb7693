package audit

import (
	"context"

	"github.com/wattle/wattle/settlement"
)

// readChain takes what the chain holds of the zone.
func (a *auditor) readChain(ctx context.Context) error {
	records, err := a.Chain.Records(ctx)
	if err != nil {
		return err
	}
	for _, r := range records {
		k := settlement.Key{Zone: r.Report.Zone, Interval: r.Report.Interval, Run: r.Report.Run}
		if _, twice := a.records[k]; twice {
			return differs("%s: on chain twice", k)
		}
		a.records[k] = r
	}
	for k, r := range a.records { // a later run mints or burns the difference
		if _, later := a.records[settlement.Key{Zone: k.Zone, Interval: k.Interval, Run: k.Run + 1}]; !later {
			a.report.Minted += r.Report.Export
		}
	}
	return nil
}

// compareChain compares the reports on chain with the attestations, and the supply with the reports.
func (a *auditor) compareChain(ctx context.Context) error {
	for k, r := range a.records {
		if attested, ok := a.attestations[k]; !ok || attested.report != r.Report {
			return differs("%s: the chain holds a report that is not in the log", k)
		}
	}
	supply, err := a.Chain.Supply(ctx)
	if err != nil {
		return err
	}
	retired, err := a.Chain.Retired(ctx)
	if err != nil {
		return err
	}
	debt, err := a.Chain.Debt(ctx)
	if err != nil {
		return err
	}
	if supply != a.report.Minted+debt-retired {
		return differs("token supply %s, minted by the newest reports %s, in debt %s, retired %s", supply, a.report.Minted, debt, retired)
	}
	return nil
}

// compareMint compares where a batch says that its report is on chain with where it is.
func (a *auditor) compareMint(b settlement.Batch) error {
	if b.State < settlement.Minted {
		if b.Mint != (settlement.MintRecord{}) {
			return differs("%s: %s, and minted by transaction %x", b.Key, b.State, b.Mint.Transaction[:6])
		}
		return nil // somebody else may have posted the report already
	}
	r, ok := a.records[b.Key]
	if !ok {
		return differs("%s: %s, and not on chain", b.Key, b.State)
	}
	if b.Mint != (settlement.MintRecord{Transaction: r.Transaction, Block: r.Block}) {
		return differs("%s: minted by transaction %x in block %d, the ledger says %x in block %d",
			b.Key, r.Transaction[:6], r.Block, b.Mint.Transaction[:6], b.Mint.Block)
	}
	return nil
}
