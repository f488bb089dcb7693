package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// turn is a notice that came out as the operator said, with what the chain had to say.
type turn struct {
	settlement.Notice
	entries []settlement.ChainEntry
}

// recount recomputes every notice of the turn log from the market's log, the attestations and the chain.
func (a *auditor) recount(ctx context.Context) error {
	_, err := a.Bus.Replay(ctx, bus.TurnSubject(a.Zone), 1, func(m bus.Message) error {
		n, err := settlement.DecodeNotice(m.Data)
		if err != nil {
			return differs("turn log at %d: %v", m.Sequence, err)
		}
		if n.Report.Block < a.count.Block() {
			return differs("turn log at %d: notice %d of %s goes back to block %d", m.Sequence, n.Report.Number, n.Key(), n.Report.Block)
		}
		entries, err := a.Chain.Entries(ctx, a.count.Block(), n.Report.Block)
		if err != nil {
			return err
		}
		a.collect.turn(n, a.count.Balances())
		if err := a.count.Check(n, entries); err != nil {
			return differs("turn log at %d: notice %d of %s: %v", m.Sequence, n.Report.Number, n.Key(), err)
		}
		if !a.final[n.Key()] {
			return differs("turn log at %d: notice %d counts %s, which is not final in the ledger", m.Sequence, n.Report.Number, n.Key())
		}
		a.turns = append(a.turns, turn{n, entries})
		a.report.Turns, a.report.Owed = a.report.Turns+1, n.Report.Owed
		return nil
	})
	return err
}

// comparePayments compares the deposits and withdrawals of members in the ledger with those that the turns counted. Of
// the newest turn some may not be in the ledger yet; a withdrawal waits for the next turn.
func (a *auditor) comparePayments(ctx context.Context) error {
	others, err := a.Ledger.Unsettled(ctx)
	if err != nil {
		return err
	}
	deposited, withdrawn := map[energy.Member]energy.Money{}, map[energy.Member]energy.Money{}
	for _, p := range others {
		switch p.Leg {
		case settlement.Deposit:
			deposited[p.To.Owner] += energy.Money(p.Amount)
		case settlement.Withdrawal:
			withdrawn[p.From.Owner] += energy.Money(p.Amount)
		}
	}
	counted, newest, released := map[energy.Member]energy.Money{}, map[energy.Member]energy.Money{}, map[energy.Member]energy.Money{}
	for i, t := range a.turns {
		for _, e := range t.entries {
			if e.Kind != settlement.Deposited || e.Account.Kind != settlement.MemberAccount {
				continue
			}
			if counted[e.Account.Owner] += e.Amount; i == len(a.turns)-1 {
				newest[e.Account.Owner] += e.Amount
			}
		}
		for _, r := range t.Releases {
			released[r.Account.Owner] += r.Amount
		}
	}
	for _, m := range members(counted, deposited, released) {
		switch has := deposited[m]; {
		case has > counted[m] || has < counted[m]-newest[m]:
			return differs("%s member %s: deposits of %s in the ledger, %s on chain", a.Zone, m, has, counted[m])
		case released[m] > withdrawn[m]:
			return differs("%s member %s: %s released under the roots, %s withdrawn in the ledger", a.Zone, m, released[m], withdrawn[m])
		}
	}
	return nil
}

// members are all who are named, ascending.
func members(sums ...map[energy.Member]energy.Money) []energy.Member {
	all := map[energy.Member]energy.Money{}
	for _, s := range sums {
		maps.Copy(all, s)
	}
	return slices.Sorted(maps.Keys(all))
}

// compareRoots compares what a quorum signed, and what is on chain, with the turns; and the escrow with what is owed.
func (a *auditor) compareRoots(ctx context.Context) error {
	roots, err := a.Chain.Roots(ctx)
	if err != nil {
		return err
	}
	signed, err := a.readRoots(ctx, roots)
	if err != nil {
		return err
	}
	a.collect.finish(roots)
	for _, on := range roots {
		if on.Number > uint64(len(a.turns)) {
			return differs("%s settlement root %d: on chain, and no notice of it in the turn log", a.Zone, on.Number)
		}
		if r := a.turns[on.Number-1].Report; on != rootOf(r) {
			return differs("%s settlement root %d of %s: the chain has %s, recomputed %s", a.Zone, on.Number, a.turns[on.Number-1].Key(), nameRoot(on), nameRoot(rootOf(r)))
		}
		if !signed[on.Number] {
			return differs("%s settlement root %d: on chain, and no quorum's signatures in the root log", a.Zone, on.Number)
		}
		a.report.Roots++
	}
	escrow, err := a.Chain.Escrow(ctx)
	if err != nil {
		return err
	}
	if escrow.Deposited < a.report.Owed {
		return differs("%s escrow: %s deposited, %s owed", a.Zone, escrow.Deposited, a.report.Owed)
	}
	if escrow.Held < escrow.Deposited-escrow.Withdrawn {
		return differs("%s escrow: the contract holds %s, %s was deposited and %s withdrawn", a.Zone, escrow.Held, escrow.Deposited, escrow.Withdrawn)
	}
	return nil
}

// readRoots returns the numbers for which the log has a report with a quorum's signatures: that of today, or that of the
// time when the chain took it. What nobody stands behind proves nothing.
func (a *auditor) readRoots(ctx context.Context, roots []Root) (map[uint64]bool, error) {
	quorum, err := a.Chain.Quorum(ctx)
	if err != nil {
		return nil, err
	}
	signed := map[uint64]bool{}
	_, err = a.Bus.Replay(ctx, bus.RootSubject(a.Zone), 1, func(m bus.Message) error {
		s, err := oracle.DecodeSettled(m.Data)
		if err != nil || s.Report.Zone != a.Zone {
			return nil // anybody may write to the log
		}
		n := s.Report.Number
		if quorum.VerifySettled(s) != nil && (n > uint64(len(roots)) || s.ConfigDigest == quorum.ConfigDigest || roots[n-1] != rootOf(s.Report)) {
			return nil
		}
		if n > uint64(len(a.turns)) || a.turns[n-1].Report != s.Report {
			return differs("%s settlement root %d at root log position %d: a quorum signed %s, which is not what its notice gives", a.Zone, n, m.Sequence, nameRoot(rootOf(s.Report)))
		}
		signed[n] = true
		a.collect.root(s)
		return nil
	})
	return signed, err
}

func rootOf(r oracle.SettlementReport) Root {
	return Root{Number: r.Number, Root: r.Root, Block: r.Block, Released: r.Released, Owed: r.Owed}
}

func nameRoot(r Root) string {
	return fmt.Sprintf("root %x up to block %d, %s released of %s", r.Root[:6], r.Block, r.Released, r.Owed)
}
