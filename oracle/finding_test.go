package oracle_test

import (
	"errors"
	"testing"

	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

const noon = 1_772_000_000

func drifted() oracle.Finding {
	s := oracle.Score{Kind: oracle.RatioDrift, Class: oracle.Fraud, Measured: 1_120_000, Expected: 1_000_000, Confidence: 800}
	return s.Finding("street", "home-01-grid", noon-86_400, noon, []meter.Digest{{1}})
}

func TestFindingNeedsEvidenceAndEnd(t *testing.T) {
	if err := drifted().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, alter := range map[string]func(*oracle.Finding){
		"no kind":            func(f *oracle.Finding) { f.Kind = 0 },
		"no class":           func(f *oracle.Finding) { f.Class = oracle.Fraud + 1 },
		"no appeal":          func(f *oracle.Finding) { f.Appeal = oracle.Dismissed + 1 },
		"no readings":        func(f *oracle.Finding) { f.Readings = nil },
		"no period":          func(f *oracle.Finding) { f.Until = f.Since },
		"no doubt and none":  func(f *oracle.Finding) { f.Confidence = 0 },
		"more than sure":     func(f *oracle.Finding) { f.Confidence = oracle.Sure + 1 },
		"never expires":      func(f *oracle.Finding) { f.Expires = 0 },
		"expired when found": func(f *oracle.Finding) { f.Expires = f.Until },
	} {
		f := drifted()
		if alter(&f); !errors.Is(f.Validate(), oracle.ErrFinding) {
			t.Errorf("%s: got %v, want %v", name, f.Validate(), oracle.ErrFinding)
		}
	}
}

// Every state of an appeal with every step: what is not listed is refused and changes nothing.
func TestAppeal(t *testing.T) {
	steps := map[string]func(oracle.Finding) (oracle.Finding, error){
		"object":  func(f oracle.Finding) (oracle.Finding, error) { return f.Object(noon + 1) },
		"late":    func(f oracle.Finding) (oracle.Finding, error) { return f.Object(f.Expires) },
		"uphold":  func(f oracle.Finding) (oracle.Finding, error) { return f.Rule(true) },
		"dismiss": func(f oracle.Finding) (oracle.Finding, error) { return f.Rule(false) },
	}
	allowed := map[oracle.Appeal]map[string]oracle.Appeal{
		oracle.Unappealed: {"object": oracle.Open},
		oracle.Open:       {"uphold": oracle.Upheld, "dismiss": oracle.Dismissed},
	}
	for state := oracle.Unappealed; state <= oracle.Dismissed; state++ {
		for name, step := range steps {
			f := drifted()
			f.Appeal = state
			got, err := step(f)
			want, ok := allowed[state][name]
			if !ok {
				want = state
			}
			if got.Appeal != want || ok != (err == nil) || err != nil && !errors.Is(err, oracle.ErrAppeal) {
				t.Errorf("%s, %s: got %s, %v, want %s", state, name, got.Appeal, err, want)
			}
		}
	}
}

func TestOnlyProofOrLostAppealCosts(t *testing.T) {
	proof := forked(t)
	type consequence = oracle.Consequence
	for _, c := range []struct {
		name    string
		finding oracle.Finding
		proof   *oracle.Equivocated
		appeal  oracle.Appeal
		now     int64
		want    consequence
	}{
		{"a score", drifted(), nil, oracle.Unappealed, noon, consequence{}},
		{"a score under appeal", drifted(), nil, oracle.Open, noon, consequence{}},
		{"a score overturned", drifted(), nil, oracle.Upheld, noon, consequence{}},
		{"a lost appeal", drifted(), nil, oracle.Dismissed, noon, consequence{Suspend: true, Slash: true}},
		{"a lost appeal, expired", drifted(), nil, oracle.Dismissed, noon + 1e9, consequence{Slash: true}},
		{"a proof", proof.Finding(), &proof, oracle.Unappealed, noon, consequence{Suspend: true, Slash: true}},
		{"a proof under appeal", proof.Finding(), &proof, oracle.Open, noon, consequence{Suspend: true, Slash: true}},
		{"a claim without proof", proof.Finding(), nil, oracle.Dismissed, noon, consequence{}},
		{"a proof that does not verify", proof.Finding(), &oracle.Equivocated{First: proof.First, Second: proof.First}, oracle.Dismissed, noon, consequence{}},
	} {
		c.finding.Appeal = c.appeal
		if got := c.finding.Consequence(c.proof, c.now); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
	broken := drifted()
	broken.Class, broken.Appeal = oracle.DeviceDefect, oracle.Dismissed
	if got := broken.Consequence(nil, noon); got != (consequence{}) {
		t.Errorf("a broken device: got %+v, want nothing: it is no lie", got)
	}
}

func TestReputation(t *testing.T) {
	var newcomer, good, late, liar oracle.Reputation
	for i := range 672 {
		good = good.Report(true, true, true)
		late = late.Report(i%4 != 0, true, true)
		liar = liar.Report(true, true, i%10 != 0)
	}
	if c := newcomer.Confidence(); c != 500 {
		t.Errorf("newcomer %d, want 500", c)
	}
	if g, l, r := good.Confidence(), late.Confidence(), liar.Confidence(); g < 900 || l >= g || r >= g || l < 600 || r < 600 {
		t.Errorf("good %d, late %d, liar %d, want more than 900 and less for the others", g, l, r)
	}
	f := drifted()
	if c := good.Weigh([]oracle.Finding{f}, noon+1).Confidence(); c >= 200 {
		t.Errorf("with a finding of fraud %d, want below 200", c)
	}
	f.Appeal = oracle.Upheld
	if got, want := good.Weigh([]oracle.Finding{f}, noon+1).Confidence(), good.Confidence(); got != want {
		t.Errorf("after an upheld appeal %d, want %d: no trace", got, want)
	}
	f = drifted()
	if got, want := good.Weigh([]oracle.Finding{f}, f.Expires).Confidence(), good.Confidence(); got != want {
		t.Errorf("after expiry %d, want %d: no trace", got, want)
	}
}
