package settlement

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

var operatorsMeters = map[energy.Meter]energy.Member{"anna-in": "anna", "bert-in": "bert", "cara-in": "cara", "roof-out": "roof"}

// operatorsStreet is what we allocate by the dynamic key, and an operator who allocates the same to the mWh.
func operatorsStreet(t fataler) (Allocation, string) {
	t.Helper()
	a, err := Allocate(testKey.Interval, CommunityKey{Rule: DynamicKey},
		[]Flow{{"anna", 6 * kwh, 0}, {"bert", 2 * kwh, 0}, {"cara", 4 * kwh, 0}, {"roof", 0, 10 * kwh}})
	if err != nil {
		t.Fatal(err)
	}
	at := testKey.Interval.String()
	return a, operatorHeader + "\n" +
		at + ",roof-out,0,0,0,10,0.000\n" +
		at + ",anna-in,6,5,5,0,0\n" +
		at + ",bert-in,2.0,1.666667,1.666667,0,0\n" +
		at + ",cara-in,4,3.333333,3.333333,0,0\n"
}

func TestReconcile(t *testing.T) {
	for _, test := range []struct {
		name     string
		old, new string // in the operator's file
		want     []string
		refused  bool
	}{
		{name: "what is equal but for rounding"},
		{name: "another key", old: "6,5,5,0,0", new: "6,4,4,0,0", refused: true, want: []string{
			"anna share 5000000 4000000 keying", "anna cover 5000000 4000000 keying"}},
		{name: "a whole other key", old: "6,5,5,0,0|1.666667,1.666667|3.333333,3.333333", new: "6,4,4,0,0|2,2|4,4", want: []string{
			"anna share 5000000 4000000 keying", "anna cover 5000000 4000000 keying",
			"bert share 1667000 2000000 keying", "bert cover 1667000 2000000 keying",
			"cara share 3333000 4000000 keying", "cara cover 3333000 4000000 keying"}},
		{name: "other metering", old: "6,5,5,0,0|1.666667,1.666667|3.333333,3.333333", new: "12,6.666667,6.666667,0,0|1.111111,1.111111|2.222222,2.222222",
			want: []string{"anna consumption 6000000 12000000 metering", "anna share 5000000 6666667 following", "anna cover 5000000 6666667 following",
				"bert share 1667000 1111111 following", "bert cover 1667000 1111111 following",
				"cara share 3333000 2222222 following", "cara cover 3333000 2222222 following"}},
		{name: "less generated", old: "10,0.000", new: "10.5,0.5", want: []string{"roof generation 10000000 10500000 metering"}},
		{name: "a member short", old: testKey.Interval.String() + ",bert-in,2.0,1.666667,1.666667,0,0\n", new: "", refused: true, want: []string{"bert  0 0 absent"}},
		{name: "a stranger", old: "bert-in", new: "dora-in", refused: true, want: []string{"  0 0 stranger", "bert  0 0 absent"}},
	} {
		ours, text := operatorsStreet(t)
		olds, news := strings.Split(test.old, "|"), strings.Split(test.new, "|")
		for i := range olds {
			text = strings.Replace(text, olds[i], news[i], 1)
		}
		rows, err := ParseOperatorAllocation([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		next, differences, err := Reconcile(ours, rows, operatorsMeters)
		if test.refused != errors.Is(err, ErrOperator) || err != nil && !test.refused {
			t.Errorf("%s: got %v, want refused %t", test.name, err, test.refused)
		}
		var got []string
		for _, d := range differences {
			got = append(got, fmt.Sprint(d.Member, " ", d.Quantity, " ", d.Ours, " ", d.Theirs, " ", d.Reason))
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
		if len(differences) == 0 && !reflect.DeepEqual(next, ours) {
			t.Errorf("%s: got %+v, want %+v", test.name, next, ours)
		}
	}
}

// What the operator allocated is settled in a next run: only the difference is posted.
func TestOperatorsAllocationMakesTheNextRun(t *testing.T) {
	ours, text := operatorsStreet(t)
	text = strings.NewReplacer("6,5,5", "6,4,4", "1.666667,1.666667", "2,2", "3.333333,3.333333", "4,4").Replace(text)
	rows, err := ParseOperatorAllocation([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	next, _, err := Reconcile(ours, rows, operatorsMeters)
	if err != nil {
		t.Fatal(err)
	}
	homes := map[energy.Member]home{}
	for _, s := range ours.Shares {
		homes[s.Member] = home{s.Import, s.Export}
	}
	before := caseOf(homes, ours.Trades(6*unit)...)
	direct := caseOf(homes, next.Trades(6*unit)...)
	second := direct
	second.Key.Run, second.Before = 1, &before
	first, corrected, whole := settle(t, before), settle(t, second), settle(t, direct)
	for _, s := range ours.Shares {
		got := money(first, member(s.Member)) + money(corrected, member(s.Member))
		if want := money(whole, member(s.Member)); got != want {
			t.Errorf("%s: both runs come to %s, want %s", s.Member, got, want)
		}
	}
	if got := money(corrected, member("anna")); got != -(4*6+2*8-5*6-1*8)*coin {
		t.Errorf("anna's correction: got %s", got)
	}
}

func TestParseOperatorAllocationRefuses(t *testing.T) {
	_, good := operatorsStreet(t)
	for name, edit := range map[string][2]string{
		"another header":             {"share_kwh", "share"},
		"a line without an end":      {"3.333333,0,0\n", "3.333333,0,0"},
		"carriage returns":           {"\n", "\r\n"},
		"a field too many":           {"5,5,0,0", "5,5,0,0,0"},
		"a quoted field":             {"anna-in", `"anna-in"`},
		"no interval":                {testKey.Interval.String(), "2026-06-21 08:00"},
		"no meter":                   {"anna-in", "Anna"},
		"a meter twice":              {"anna-in", "bert-in"},
		"a sign":                     {",6,5", ",+6,5"},
		"a decimal comma":            {"1.666667", "1;666667"},
		"seven decimals":             {"1.666667", "1.6666667"},
		"an exponent":                {",6,5", ",6e0,5"},
		"nothing before the point":   {"2.0", ".0"},
		"nothing after the point":    {"2.0", "2."},
		"more than an interval has":  {"2.0", "1000000.000001"},
		"cover above share":          {"6,5,5", "6,5,5.1"},
		"cover above consumption":    {"6,5,5", "4,5,5"},
		"surplus above generation":   {"10,0.000", "10,10.000001"},
		"a number beyond all bounds": {"2.0", strings.Repeat("9", 30)},
	} {
		if _, err := ParseOperatorAllocation([]byte(strings.Replace(good, edit[0], edit[1], 1))); !errors.Is(err, ErrOperator) {
			t.Errorf("%s: got %v, want ErrOperator", name, err)
		}
	}
}

func FuzzParseOperatorAllocation(f *testing.F) {
	_, good := operatorsStreet(f)
	f.Add([]byte(good))
	f.Add([]byte(operatorHeader + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := ParseOperatorAllocation(text)
		if err != nil {
			if problem.KindOf(err) != problem.Invalid {
				t.Fatal(err)
			}
			return
		}
		ours, _ := operatorsStreet(t)
		if next, _, err := Reconcile(ours, rows, operatorsMeters); err == nil {
			next.Trades(unit) // must find a giver for all that is covered
		}
	})
}

// Whatever the operator allocates, what is adopted is whole Wh that add up.
func TestAdoptedAllocationAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ours, err := Allocate(testKey.Interval, CommunityKey{Rule: DynamicKey}, drawFlows(t))
		if err != nil {
			t.Fatal(err)
		}
		var rows []OperatorRow
		owner := map[energy.Meter]energy.Member{}
		amount := rapid.Int64Range(0, 5000)
		var pool int64
		for _, s := range ours.Shares {
			r := OperatorRow{Interval: ours.Interval, Meter: energy.Meter(s.Member), Consumption: 9000, Generation: amount.Draw(t, "given")}
			pool += r.Generation
			rows, owner[r.Meter] = append(rows, r), s.Member
		}
		for i := range rows {
			rows[i].Share = min(pool, 9000)
			if i < len(rows)-1 {
				rows[i].Share = min(rows[i].Share, amount.Draw(t, "share"))
			}
			rows[i].Cover = rows[i].Share
			pool -= rows[i].Cover
		}
		next, _, err := Reconcile(ours, rows, owner)
		if err != nil {
			if pool >= milli {
				return // the last member could not take the rest
			}
			t.Fatal(err)
		}
		var cover, given, traded energy.WattHours
		for _, s := range next.Shares {
			cover, given = cover+s.Cover, given+s.Given
		}
		for _, p := range next.pairs() {
			traded += p.quantity
		}
		if cover != next.Cover || given != next.Cover || traded != next.Cover {
			t.Fatalf("cover %s, given %s, paired %s of %s", cover, given, traded, next.Cover)
		}
	})
}
