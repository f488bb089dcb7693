package node

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/ledger"
)

// TestMembersClaimUnderTheRoots lets a street live, stop and live again. Its oracles sign roots, the clerk puts them on chain,
// and from the logs and the chain alone comes all that members need to claim their tokens and the money they asked for. A
// notice of the operator's that is not true gets no signature, and holds nobody up.
func TestMembersClaimUnderTheRoots(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole street lives several times")
	}
	const asked = 10 * energy.Money(1e9)
	data := streetDir(t)
	for forged := false; !forged; {
		live(t, data, func(s *stopped, number uint64) {
			if number == 0 {
				return
			}
			balances, newest := s.recount(t, math.MaxUint64)
			must(t, s.books.Withdraw(t.Context(), ledger.Payment{ID: "asked", Member: "home-01", Amount: asked, At: newest.Report.Interval.EndUnix()}))
			forged = s.forge(t, balances, newest.Report)
		})
	}
	for paid := false; !paid; {
		live(t, data, func(s *stopped, number uint64) {
			balances, _ := s.recount(t, number)
			if leaf, _, _ := balances.Prove(settlement.Account{Kind: settlement.MemberAccount, Owner: "home-01"}); leaf.Released == asked {
				s.claimAll(t, number, balances)
				s.noForgery(t)
				paid = true
			}
		})
	}
}

// streetDir is a directory that the database's user can reach, also where tests run as root.
func streetDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wattle-street-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o711))
	return filepath.Join(dir, "data")
}

// live runs the street for a few intervals, of a second each by the wall, and then shows what it left, with the number of
// the newest settlement root on chain.
func live(t *testing.T, data string, show func(s *stopped, number uint64)) {
	t.Helper()
	must(t, t.Context().Err())
	var log bytes.Buffer
	if err := Demo(t.Context(), DemoConfig{Homes: 4, Interval: time.Minute, Speed: 60, Data: data, Listen: "127.0.0.1:0", Intervals: 5}, io.Discard, &log); err != nil {
		t.Fatalf("demo: %v\n%s", err, &log)
	}
	s, err := openStopped(t.Context(), AuditConfig{Data: data}, io.Discard)
	must(t, err)
	defer func() { must(t, s.close()) }()
	number, err := s.chain.SettledNumber(t.Context())
	must(t, err)
	show(s, number)
}

// falseRoot is of nothing.
var falseRoot = oracle.Hash{6, 6, 6}

// forge puts a notice on the log that settles a batch under a false root. It reports whether there was such a batch.
func (s *stopped) forge(t *testing.T, balances *settlement.Balances, newest oracle.SettlementReport) bool {
	t.Helper()
	batches, err := s.books.Settled(t.Context())
	must(t, err)
	for _, b := range batches {
		if balances.Counts(b.Key) {
			continue
		}
		r := newest
		r.Number, r.Interval, r.Root = r.Number+1, b.Key.Interval, falseRoot
		last, _, err := s.engines.bus.LastOf(t.Context(), bus.TurnSubject(streetZone))
		must(t, err)
		_, err = s.engines.bus.Append(t.Context(), bus.TurnSubject(streetZone), last.Sequence, settlement.AppendNotice(nil, settlement.Notice{Report: r}))
		must(t, err)
		return true
	}
	return false
}

// noForgery makes sure that no oracle's signature stands under the false root.
func (s *stopped) noForgery(t *testing.T) {
	t.Helper()
	_, err := s.engines.bus.Replay(t.Context(), bus.RootSubject(streetZone), 1, func(m bus.Message) error {
		signed, err := oracle.DecodeSettled(m.Data)
		if err == nil && signed.Report.Root == falseRoot {
			t.Errorf("the false root was signed: %+v", signed)
		}
		return err
	})
	must(t, err)
}

// recount tells the balances under a root, or the newest before, from the logs and the chain, as anybody can. It returns the
// notice of that root too.
func (s *stopped) recount(t *testing.T, number uint64) (_ *settlement.Balances, newest settlement.Notice) {
	t.Helper()
	ctx, log := t.Context(), s.engines.bus
	owners, err := s.books.Owners(ctx)
	must(t, err)
	quorum, err := s.chain.Quorum(ctx)
	must(t, err)
	count := settlement.NewRecount(streetZone, demoTariffs, owners)
	_, err = log.Replay(ctx, bus.MarketSubject(streetZone), 1, func(m bus.Message) error {
		events, err := exchange.DecodeMarketMessage(m.Data)
		count.Market(events)
		return err
	})
	must(t, err)
	_, err = log.Replay(ctx, bus.AttestSubject(streetZone), 1, func(m bus.Message) error {
		a, err := oracle.DecodeAttestation(m.Data)
		must(t, quorum.Verify(a))
		count.Attested(a)
		return err
	})
	must(t, err)
	_, err = log.Replay(ctx, bus.TurnSubject(streetZone), 1, func(m bus.Message) error {
		n, err := settlement.DecodeNotice(m.Data)
		if err != nil || n.Report.Number > number || n.Report.Root == falseRoot {
			return err
		}
		entries, err := s.chain.Entries(ctx, count.Block(), n.Report.Block)
		must(t, err)
		newest = n
		return count.Check(n, entries)
	})
	must(t, err)
	return count.Balances(), newest
}

// claimAll claims for every member, and compares what the chain paid with the leaves.
func (s *stopped) claimAll(t *testing.T, number uint64, balances *settlement.Balances) {
	t.Helper()
	var tokens energy.WattHours
	for leaf := range balances.Leaves() {
		if leaf.Account.Kind != settlement.MemberAccount {
			continue
		}
		leaf, proof, ok := balances.Prove(leaf.Account)
		if !ok {
			t.Fatalf("no proof for %s", leaf.Account.Owner)
		}
		if leaf.Energy > 0 || leaf.Released > 0 {
			if _, err := s.chain.Claim(t.Context(), number, leaf, proof); err != nil {
				t.Errorf("claim of %s under root %d: %v", leaf.Account.Owner, number, err)
			}
		}
		want := chain.Paid{Amount: leaf.Released, Energy: leaf.Energy}
		if paid, err := s.chain.Paid(t.Context(), streetZone, leaf.Account); err != nil || paid != want {
			t.Errorf("%s: paid %+v, %v, want %+v", leaf.Account.Owner, paid, err, want)
		}
		tokens += leaf.Energy
	}
	if tokens == 0 {
		t.Error("nobody on a street in summer has a token to claim")
	}
	t.Logf("%s claimed under root %d", tokens, number)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
