package oracle_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

// numbered is a settlement report of a number; another root is another report.
func numbered(number uint64, root byte) oracle.SettlementReport {
	return oracle.SettlementReport{Zone: "street", Interval: genesis().Next, Number: number, Root: oracle.Hash{root}, Members: 1, Owed: energy.Money(number)}
}

// settling is an observation of an interval that is not closed, with a settlement report.
func settling(o oracle.Outcome, r oracle.SettlementReport) oracle.Observation {
	return oracle.Observation{Interval: o.Next, Settled: r}
}

func TestASettlementEntersWhenMoreThanTheFaultyRecomputedIt(t *testing.T) {
	r := registry(t, 1)
	none, one := oracle.SettlementReport{}, numbered(1, 1)
	start, after := genesis(), genesis()
	after.Settled = one
	elsewhere := numbered(2, 1)
	elsewhere.Zone = "lane"
	for _, c := range []struct {
		name     string
		previous oracle.Outcome
		observed []oracle.SettlementReport
		want     oracle.SettlementReport
	}{
		{"nobody", start, []oracle.SettlementReport{none, none, none}, none},
		{"one, which may be faulty", start, []oracle.SettlementReport{one, none, none}, none},
		{"two", start, []oracle.SettlementReport{one, none, one}, one},
		{"all, the first of a new configuration", start, []oracle.SettlementReport{numbered(7, 1), numbered(7, 1), numbered(7, 1)}, numbered(7, 1)},
		{"two numbers at first", start, []oracle.SettlementReport{numbered(8, 1), numbered(7, 1), numbered(8, 1), numbered(7, 1)}, numbered(7, 1)},
		{"the number again", after, []oracle.SettlementReport{numbered(1, 2), numbered(1, 2), numbered(1, 2)}, one},
		{"a number left out", after, []oracle.SettlementReport{numbered(3, 1), numbered(3, 1), numbered(3, 1)}, one},
		{"the next", after, []oracle.SettlementReport{numbered(2, 1), numbered(2, 1), one}, numbered(2, 1)},
		{"two roots", after, []oracle.SettlementReport{numbered(2, 1), numbered(2, 2), none}, one},
		{"two roots, each by two", after, []oracle.SettlementReport{numbered(2, 1), numbered(2, 2), numbered(2, 1), numbered(2, 2)}, one},
		{"a falsified one against two", after, []oracle.SettlementReport{numbered(2, 9), numbered(2, 1), numbered(2, 1)}, numbered(2, 1)},
		{"another zone's", after, []oracle.SettlementReport{elsewhere, elsewhere, elsewhere}, one},
	} {
		var observations []oracle.Observation
		for _, s := range c.observed {
			observations = append(observations, settling(c.previous, s))
		}
		if got := r.Decide(c.previous, observations, faulty); got.Settled != c.want || got.Next != c.previous.Next || got.Closed {
			t.Errorf("%s: got %+v, next %s, want %+v and nothing closed", c.name, got.Settled, got.Next, c.want)
		}
	}
}

// What is settled and what is metered do not wait for each other.
func TestASettlementEntersWhileAnIntervalCloses(t *testing.T) {
	r, one := registry(t, 1), homeAt(1)
	start := based(t, r, 1)
	o := observed(start.Next, one.after(one.first(), 1, 0, 10))
	o.Settled = numbered(1, 1)
	got := r.Decide(start, []oracle.Observation{o, o, o}, faulty)
	if !got.Closed || got.Settled != numbered(1, 1) {
		t.Errorf("got closed %t, settled %+v, want both", got.Closed, got.Settled)
	}
	stale := oracle.Observation{Interval: start.Next, Settled: numbered(2, 1)}
	if after := r.Decide(got, []oracle.Observation{stale, stale, stale}, faulty); after.Settled != numbered(1, 1) {
		t.Errorf("observations of the interval before moved it to %+v", after.Settled)
	}
}

// Whatever one of four says, numbers follow each other and only what an honest oracle recomputed enters, in any order
// of observations.
func TestOnlyWhatIsTrueIsSettled(t *testing.T) {
	r := registry(t, 1)
	rapid.Check(t, func(rt *rapid.T) {
		state := genesis()
		for range rapid.IntRange(1, 8).Draw(rt, "rounds") {
			next := state.Settled.Number + 1
			lie := numbered(rapid.Uint64Range(1, 5).Draw(rt, "number"), 9)
			observations := []oracle.Observation{settling(state, lie)}
			for range 3 {
				o := settling(state, oracle.SettlementReport{})
				if rapid.Bool().Draw(rt, "recomputed") {
					o.Settled = numbered(next, 1)
				}
				observations = append(observations, o)
			}
			got := r.Decide(state, observations, faulty)
			permuted := rapid.Permutation(observations).Draw(rt, "order")
			if !bytes.Equal(oracle.AppendOutcome(nil, got), oracle.AppendOutcome(nil, r.Decide(state, permuted, faulty))) {
				rt.Fatal("another order of observations, another outcome")
			}
			if got.Settled != state.Settled && got.Settled != numbered(next, 1) {
				rt.Fatalf("got %+v after %+v", got.Settled, state.Settled)
			}
			state = got
		}
	})
}
