package audit

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// expected returns, of every batch that must be there as far as the ledger says it has read the logs, whether it is
// attested.
func (a *auditor) expected(ctx context.Context) (map[settlement.Key]bool, error) {
	market, err := a.Ledger.Position(ctx, settlement.MarketReader)
	if err != nil {
		return nil, err
	}
	attest, err := a.Ledger.Position(ctx, settlement.AttestReader)
	if err != nil {
		return nil, err
	}
	if attest > a.attestEnd {
		return nil, differs("the ledger has read the attestation log to %d, it ends at %d", attest, a.attestEnd)
	}
	batches := map[settlement.Key]bool{}
	for interval, at := range a.closed {
		if at <= market {
			batches[settlement.Key{Zone: a.Zone, Interval: interval}] = false
		}
	}
	for k, attested := range a.attestations {
		if _, err := a.Runs.Due(k.Interval, k.Run); err == nil && attested.first <= attest { // after the final run nothing changes
			batches[k] = true
		}
	}
	return batches, nil
}

// compareBatches settles every batch again, as far as its state says, and compares all its rows; then all balances.
func (a *auditor) compareBatches(ctx context.Context) error {
	expected, err := a.expected(ctx)
	if err != nil {
		return err
	}
	batches, err := a.Ledger.Batches(ctx)
	if err != nil {
		return err
	}
	balances := map[settlement.Holding]int64{}
	for _, b := range batches {
		attested, ok := expected[b.Key]
		if !ok {
			return differs("%s: %s in the ledger, and neither a closed gate nor an attestation in the logs", b.Key, b.State)
		}
		if attested != (b.State >= settlement.Attested) {
			return differs("%s: %s in the ledger; attested in the log as far as the ledger has read it: %t", b.Key, b.State, attested)
		}
		delete(expected, b.Key)
		a.final[b.Key] = b.State == settlement.Final
		if !a.audited(b.Key.Interval) {
			continue
		}
		want, err := a.settle(b)
		if err != nil {
			return err
		}
		if err := a.compareBatch(ctx, b, want); err != nil {
			return err
		}
		move(balances, want.Postings)
		if b.State == settlement.Final {
			a.report.Intervals++
			a.report.Trades += len(want.Deliveries)
			a.report.Postings += len(want.Postings)
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(expected), compareKeys) {
		return differs("%s: not in the ledger", k)
	}
	if a.whole() {
		if err := a.compareBalances(ctx, balances); err != nil {
			return err
		}
	}
	if err := a.Ledger.Verify(ctx); err != nil {
		return differs("%v", err)
	}
	return nil
}

func move(balances map[settlement.Holding]int64, postings []settlement.Posting) {
	for _, p := range postings {
		balances[settlement.Holding{Account: p.From, Asset: p.Asset}] -= p.Amount
		balances[settlement.Holding{Account: p.To, Asset: p.Asset}] += p.Amount
	}
}

func compareKeys(p, q settlement.Key) int {
	return cmp.Or(p.Interval.Compare(q.Interval), cmp.Compare(p.Run, q.Run))
}

// settle computes what a batch must have posted: nothing before its state is posted.
func (a *auditor) settle(b settlement.Batch) (settlement.Result, error) {
	if b.State < settlement.Posted {
		return settlement.Result{Key: b.Key}, nil
	}
	c, err := a.caseOf(b.Key)
	if err != nil {
		return settlement.Result{}, err
	}
	result, err := settlement.Settle(*c)
	if err != nil {
		return settlement.Result{}, differs("%s: %v", b.Key, err)
	}
	return result, nil
}

// caseOf is what a batch settles, with that of the run before.
func (a *auditor) caseOf(k settlement.Key) (*settlement.Case, error) {
	attested, ok := a.attestations[k]
	if !ok {
		return nil, differs("%s: settled by a later run, and not attested", k)
	}
	tariff, err := a.Tariffs.At(k.Interval)
	if err != nil {
		return nil, differs("%s: %v", k, err)
	}
	c := &settlement.Case{Key: k, Trades: a.traded[k.Interval.StartUnix()], Leaves: attested.leaves, Owner: a.owners, Tariff: tariff}
	if k.Run > 0 {
		c.Before, err = a.caseOf(settlement.Key{Zone: k.Zone, Interval: k.Interval, Run: k.Run - 1})
	}
	return c, err
}

// compareBatch compares the rows of a batch.
func (a *auditor) compareBatch(ctx context.Context, b settlement.Batch, want settlement.Result) error {
	if b.State >= settlement.Attested && !a.attestations[b.Key].forms[sha256.Sum256(oracle.AppendAttestation(nil, b.Attestation))] {
		return differs("%s: the ledger holds an attestation that is not in the log", b.Key)
	}
	if b.Delivered != want.Delivered {
		return differs("%s: the ledger says %s delivered, the recomputation %s", b.Key, b.Delivered, want.Delivered)
	}
	if err := a.compareMint(b); err != nil {
		return err
	}
	var leaves []oracle.Leaf
	if b.State >= settlement.Attested {
		leaves = a.attestations[b.Key].leaves
	}
	measurements, err := a.Ledger.Measurements(ctx, b.Key)
	if err != nil {
		return err
	}
	if err := compareLists(b.Key.String()+" measurement", measurements, leaves, nameLeaf); err != nil {
		return err
	}
	deliveries, err := a.Ledger.Deliveries(ctx, b.Key)
	if err != nil {
		return err
	}
	if err := compareLists(b.Key.String()+" delivery", deliveries, want.Deliveries, nameDelivery); err != nil {
		return err
	}
	transfers, err := a.Ledger.Transfers(ctx, b.Key)
	if err != nil {
		return err
	}
	postings := slices.SortedFunc(slices.Values(want.Postings), func(p, q settlement.Posting) int { return bytes.Compare(p.ID[:], q.ID[:]) })
	return compareLists(b.Key.String()+" transfer", transfers, postings, namePosting)
}

// compareBalances compares the accounts with what the recomputed postings leave in them. It finds what no batch shows:
// transfers of another zone that touch this one's accounts, and accounts that nothing was ever posted to.
func (a *auditor) compareBalances(ctx context.Context, want map[settlement.Holding]int64) error {
	got, err := a.Ledger.Balances(ctx)
	if err != nil {
		return err
	}
	others, err := a.Ledger.Unsettled(ctx)
	if err != nil {
		return err
	}
	move(want, others)
	list := func(balances map[settlement.Holding]int64) (lines []string) {
		for h, amount := range balances {
			lines = append(lines, fmt.Sprintf("%s %s %d", nameAccount(h.Account), h.Asset, amount))
		}
		slices.Sort(lines)
		return lines
	}
	return compareLists(string(a.Zone)+" balance", list(got), list(want), func(line string) string { return line })
}

func nameLeaf(l oracle.Leaf) string {
	return fmt.Sprintf("meter %s import %s export %s since %d %s reading %x", l.Meter, l.Import, l.Export, l.Since, l.Quality, l.Reading[:6])
}

func nameTrade(t settlement.Trade) string {
	return fmt.Sprintf("%d.%d %s->%s %s at %s", t.Sequence, t.Index, t.Seller, t.Buyer, t.Quantity, t.Price)
}

func nameDelivery(d settlement.Delivered) string {
	return fmt.Sprintf("%s of trade %s", d.Quantity, nameTrade(d.Trade))
}

func namePosting(p settlement.Posting) string {
	return fmt.Sprintf("%x %s %d %s for %s from %s to %s, rate %d", p.ID[:6], p.Leg, p.Amount, p.Asset, p.Energy, nameAccount(p.From), nameAccount(p.To), p.Rate)
}

func nameAccount(a settlement.Account) string {
	if a.Owner == "" {
		return a.Kind.String()
	}
	return a.Kind.String() + " " + string(a.Owner)
}
