package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/ledger"
	"github.com/wattle/wattle/web"
)

// source gives the page the history of the street: the ledger's records, with proofs made from them.
type source struct {
	ledger *ledger.Ledger
	quorum oracle.Quorum
}

// Intervals implements web.Source.
func (s source) Intervals(ctx context.Context, limit int) ([]web.Interval, error) {
	summaries, err := s.ledger.Summaries(ctx, limit)
	if err != nil {
		return nil, err
	}
	out := make([]web.Interval, len(summaries))
	for i, summary := range summaries {
		out[i] = webInterval(summary)
	}
	return out, nil
}

func webInterval(s ledger.Summary) web.Interval {
	i := web.Interval{Start: s.Key.Interval.StartUnix(), Seconds: s.Key.Interval.Length(), Run: s.Key.Run, State: s.State.String(),
		Meters: s.Meters, Export: s.Export, Import: s.Import, Trades: s.Trades, Traded: s.Traded, Delivered: s.Delivered}
	if s.State >= settlement.Minted {
		i.Minted = s.Export
	}
	return i
}

// Interval implements web.Source.
func (s source) Interval(ctx context.Context, start int64) (web.Proof, error) {
	summary, err := s.ledger.SummaryAt(ctx, start)
	if errors.Is(err, ledger.ErrNotFound) {
		return web.Proof{}, fmt.Errorf("interval at %d: %w", start, web.ErrUnknown)
	}
	if err != nil {
		return web.Proof{}, err
	}
	batch, err := s.ledger.Batch(ctx, summary.Key)
	if err != nil {
		return web.Proof{}, err
	}
	owners, err := s.ledger.Owners(ctx)
	if err != nil {
		return web.Proof{}, err
	}
	proof := web.Proof{Interval: webInterval(summary), Faulty: int(s.quorum.Faulty)}
	for _, signer := range s.quorum.Signers {
		proof.Oracles = append(proof.Oracles, signer[:])
	}
	if batch.State >= settlement.Attested {
		s.attest(&proof, batch.Attestation, owners)
	}
	if batch.State >= settlement.Minted {
		proof.Transaction, proof.Block = batch.Mint.Transaction[:], batch.Mint.Block
	}
	return proof, nil
}

// attest fills in what the oracles signed, and the way from each leaf to the root.
func (s source) attest(p *web.Proof, a oracle.Attestation, owners map[energy.Meter]energy.Member) {
	p.Report = oracle.AppendReport(nil, a.Report)
	p.Root = a.Report.Root[:]
	p.ConfigDigest = a.ConfigDigest[:]
	p.Sequence = a.Sequence
	for i, signature := range a.Signatures {
		if signer, err := a.Signer(i); err == nil {
			p.Signatures = append(p.Signatures, web.Signature{Signer: signer[:], Signature: signature[:]})
		}
	}
	for i, l := range a.Leaves {
		hash := l.Hash()
		leaf := web.Leaf{Meter: l.Meter, Member: owners[l.Meter], Import: l.Import, Export: l.Export, Since: l.Since,
			Quality: l.Quality.String(), Reading: l.Reading[:], Hash: hash[:]}
		for _, sibling := range oracle.Prove(a.Leaves, i) {
			leaf.Proof = append(leaf.Proof, sibling[:])
		}
		p.Leaves = append(p.Leaves, leaf)
	}
}

// Ledger implements web.Source.
func (s source) Ledger(ctx context.Context, member energy.Member, limit int) (web.Ledger, error) {
	balance, err := s.ledger.Balance(ctx, member)
	if err != nil {
		return web.Ledger{}, err
	}
	lines, err := s.ledger.Lines(ctx, member, limit)
	if err != nil {
		return web.Ledger{}, err
	}
	out := web.Ledger{Member: member, Money: balance.Money, Energy: balance.Energy}
	for _, l := range lines {
		line := web.Line{ID: l.ID[:], Start: l.Interval.StartUnix(), Run: l.Run, Leg: l.Leg, Counterparty: l.Counterparty, Energy: l.Energy}
		if l.Asset == settlement.MoneyAsset.String() {
			line.Money = energy.Money(l.Amount)
		} else {
			line.Tokens = energy.WattHours(l.Amount)
		}
		out.Lines = append(out.Lines, line)
	}
	return out, nil
}
