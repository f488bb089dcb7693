package settlement_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement"
)

// errCrash is where a clerk was killed.
var errCrash = errors.New("killed")

// errHidden makes the chain forget a report for one question.
var errHidden = errors.New("hidden")

// The clerk is killed before and after the effect of each call it makes: the first, the second, … of its name. The next
// clerk finishes the work, and everything is settled once.
func TestKilledAtEveryCall(t *testing.T) {
	e := start(t)
	var supply energy.WattHours
	zones := 0
	for _, name := range strings.Fields("Recent Pending Position TakeMarket Quorum NewestClosed TakeAttestation Owners Trades Post Mint ledger.Minted Follow chain.Minted Finish Announced Settled") {
		for nth, reached := 1, true; reached; nth++ {
			for _, effective := range []bool{false, true} {
				zones++
				s := e.street(t, energy.Zone(fmt.Sprintf("killed-%d", zones)))
				if reached = s.killed(t, name, nth, effective); nth == 1 && !reached {
					t.Errorf("no clerk was killed in %s", name)
				}
				if t.Failed() {
					t.Fatalf("killed in %s number %d, with effect: %t", name, nth, effective)
				}
				for _, a := range s.reports {
					supply += a.Report.Export
				}
			}
		}
	}
	if got := e.supply(t); got != supply {
		t.Errorf("token supply: got %s, want %s", got, supply)
	}
}

// killed kills a clerk in one call, and reports whether it got that far. Whether or not, the next clerk must find
// everything right.
func (s *street) killed(t *testing.T, name string, call int, effective bool) (reached bool) {
	t.Helper()
	s.trade(t, 0)
	s.attest(t, 0)
	s.trade(t, 2)
	s.attest(t, 1) // has no book
	calls := 0
	first := s.work(t, 1, &probe{hook: func(called string, effect func() error) error {
		if called != name {
			return effect()
		}
		if calls++; calls != call {
			return effect()
		}
		if effective {
			if err := effect(); err != nil && !errors.Is(err, errHome) {
				return err
			}
		}
		return errCrash
	}})
	reached = calls >= call
	if errors.Is(first.err, errCrash) != reached {
		t.Fatalf("%d calls of %s: got %v", calls, name, first.err)
	}
	s.attest(t, 2)
	second := s.work(t, 2, nil)
	must(t, second.err)
	s.check(t, 0, 1, 2)
	s.checkAnnounced(t, 0, 1, 2)
	for i := range 3 {
		told := first.settled[s.key(i)] + second.settled[s.key(i)]
		if told > 1 { // none where the clerk was killed between the last step and telling; the announcement is made up for
			t.Errorf("told %d times that interval %d is settled", told, i)
		}
	}
	return reached
}

// A report that the chain has lost, under a batch that was final, is posted again. Where the chain holds it after all,
// nothing doubles.
func TestLostMintIsPostedAgain(t *testing.T) {
	s := start(t).street(t, "street")
	for n := range 2 {
		s.trade(t, n)
		s.attest(t, n)
	}
	must(t, s.work(t, 1, nil).err)
	s.trade(t, 2)
	s.attest(t, 2)
	var once sync.Once
	unminted := 0
	done := s.work(t, 2, &probe{hook: func(name string, effect func() error) error {
		err := effect()
		if name == "Unmint" {
			unminted++
		}
		if name == "chain.Minted" {
			once.Do(func() { err = errHidden })
		}
		return err
	}})
	must(t, done.err)
	s.check(t, 0, 1, 2)
	if unminted != 1 || done.settled[s.key(0)] != 1 || done.settled[s.key(1)] != 0 {
		t.Errorf("%d mints taken back, told %v; want interval 0 settled again, alone", unminted, done.settled)
	}
	if got, want := s.supply(t), energy.WattHours(850+860+870); got != want {
		t.Errorf("token supply: got %s, want %s", got, want)
	}
}

// A report that the chain takes back while its confirmations are waited for is not final: it is posted again.
func TestMintTakenBackBeforeItIsConfirmed(t *testing.T) {
	s := start(t).street(t, "street")
	s.trade(t, 0)
	s.attest(t, 0)
	var once sync.Once
	mints := 0
	done := s.workWith(t, 0, &probe{hook: func(name string, effect func() error) error {
		switch name {
		case "Mint":
			mints++
		case "Follow":
			s.node.backend.Commit()
			s.node.backend.Commit()
		case "chain.Minted":
			err := effect()
			once.Do(func() { err = errHidden })
			return err
		case "Finish":
			if mints != 2 {
				t.Errorf("final after %d mints, want 2: the first was taken back", mints)
			}
		}
		return effect()
	}}, confirmed(2))
	must(t, done.err)
	s.check(t, 0)
	if got, want := s.supply(t), energy.WattHours(850); got != want {
		t.Errorf("token supply: got %s, want %s", got, want)
	}
}

// A mint that a reorganisation has moved to another block is recorded where it is now.
func TestMovedMintIsRecordedAnew(t *testing.T) {
	s := start(t).street(t, "street")
	s.trade(t, 0)
	s.attest(t, 0)
	must(t, s.work(t, 0, nil).err)
	_, err := s.db.Exec(t.Context(), `UPDATE batch SET mint_block = mint_block + 1`)
	must(t, err)
	s.trade(t, 1)
	s.attest(t, 1)
	must(t, s.work(t, 1, nil).err)
	s.check(t, 0, 1)
}

// No batch is final before its confirmations.
func TestConfirmationsAreWaitedFor(t *testing.T) {
	s := start(t).street(t, "street")
	s.trade(t, 0)
	s.attest(t, 0)
	waited := 0
	done := s.workWith(t, 0, &probe{hook: func(name string, effect func() error) error {
		switch b, _ := s.ledger.Batch(t.Context(), s.key(0)); {
		case name == "Follow" && b.State == settlement.Minted:
			s.node.backend.Commit()
			waited++
		case name == "Finish" && waited == 0:
			t.Errorf("final without a block on top of %d", b.Mint.Block)
		}
		return effect()
	}}, confirmed(1))
	must(t, done.err)
	s.check(t, 0)
}
