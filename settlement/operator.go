package settlement

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// milli is how many of an operator's units, mWh, are one Wh: operators allocate finer than meters count.
const milli = 1000

// OperatorRow is what a distribution operator's own allocation says about a metering point in an interval, all in mWh and
// >= 0. The codes are those of the Austrian exchange.
type OperatorRow struct {
	Interval    energy.Interval
	Meter       energy.Meter
	Consumption int64 // 1-1:1.9.0 G.01
	Share       int64 // 1-1:2.9.0 G.02
	Cover       int64 // 1-1:2.9.0 G.03; at most Share and Consumption
	Generation  int64 // 1-1:2.9.0 G.01
	Surplus     int64 // 1-1:2.9.0 P.01; at most Generation
}

// ErrOperator is returned for an operator's file that cannot be used as it stands, with the line.
var ErrOperator = problem.New(problem.Invalid, "not an operator's allocation")

const operatorHeader = "interval,meter,consumption_kwh,share_kwh,cover_kwh,generation_kwh,surplus_kwh"

// ParseOperatorAllocation reads an operator's allocation: CSV of exactly these columns, lines that end in a line feed,
// nothing quoted, intervals as energy.Interval prints them, kWh with a point and at most six decimals. The rows come back
// ascending by interval and meter.
func ParseOperatorAllocation(text []byte) ([]OperatorRow, error) {
	lines := strings.Split(string(text), "\n")
	if lines[0] != operatorHeader || lines[len(lines)-1] != "" {
		return nil, fmt.Errorf("line 1 must be %s, and the last must end: %w", operatorHeader, ErrOperator)
	}
	rows := make([]OperatorRow, 0, len(lines)-2)
	for i, line := range lines[1 : len(lines)-1] {
		row, err := parseOperatorRow(strings.Split(line, ","))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, compareOperatorRows)
	for i, r := range rows {
		if i > 0 && compareOperatorRows(rows[i-1], r) == 0 {
			return nil, fmt.Errorf("meter %s twice in %s: %w", r.Meter, r.Interval, ErrOperator)
		}
	}
	return rows, nil
}

func compareOperatorRows(a, b OperatorRow) int {
	return cmp.Or(a.Interval.Compare(b.Interval), cmp.Compare(a.Meter, b.Meter))
}

func parseOperatorRow(fields []string) (OperatorRow, error) {
	if want := strings.Count(operatorHeader, ",") + 1; len(fields) != want {
		return OperatorRow{}, fmt.Errorf("%d fields, want %d: %w", len(fields), want, ErrOperator)
	}
	interval, err := energy.ParseInterval(fields[0])
	if err != nil {
		return OperatorRow{}, fmt.Errorf("%w: %w", ErrOperator, err)
	}
	meter, err := energy.ParseMeter(fields[1])
	if err != nil {
		return OperatorRow{}, fmt.Errorf("%w: %w", ErrOperator, err)
	}
	r := OperatorRow{Interval: interval, Meter: meter}
	for i, to := range []*int64{&r.Consumption, &r.Share, &r.Cover, &r.Generation, &r.Surplus} {
		if *to, err = parseMilliwattHours(fields[2+i]); err != nil {
			return OperatorRow{}, err
		}
	}
	if r.Cover > min(r.Share, r.Consumption) || r.Surplus > r.Generation {
		return OperatorRow{}, fmt.Errorf("%s %s: cover above share or consumption, or surplus above generation: %w", interval, meter, ErrOperator)
	}
	return r, nil
}

func parseMilliwattHours(text string) (int64, error) {
	const places = 6 // of a kWh
	whole, fraction, point := strings.Cut(text, ".")
	digits := whole + fraction + strings.Repeat("0", max(0, places-len(fraction)))
	v, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || whole == "" || point == (fraction == "") || len(fraction) > places || v > milli*uint64(energy.MaxEnergy) {
		return 0, fmt.Errorf("%q kWh: %w", text, ErrOperator)
	}
	return int64(v), nil
}

// Reason says why the operator's allocation differs from ours.
type Reason uint8

const (
	// Stranger: the operator allocates to a meter that is not in our community.
	Stranger Reason = iota + 1
	// Absent: the operator knows nothing of the member.
	Absent
	// Metering: the operator metered otherwise.
	Metering
	// Following: it follows from what is other in the interval.
	Following
	// Keying: all else is equal, so the operator shares by another key.
	Keying
)

// String is the reason as it is listed.
func (r Reason) String() string {
	return [...]string{"", "stranger", "absent", "metering", "following", "keying"}[r]
}

// Difference is one number on which the operator and we do not agree, by 1 Wh or more.
type Difference struct {
	Interval energy.Interval
	Member   energy.Member // empty for a meter that is not ours
	Meter    energy.Meter  // of a stranger only
	Quantity string        // consumption, generation, share, cover or given; empty where all is missing
	Ours     int64         // mWh
	Theirs   int64         // mWh
	Reason   Reason
}

// String tells the difference.
func (d Difference) String() string {
	switch d.Reason {
	case Stranger:
		return fmt.Sprintf("%s: meter %s is not in the community", d.Interval, d.Meter)
	case Absent:
		return fmt.Sprintf("%s: member %s is not in the operator's allocation", d.Interval, d.Member)
	}
	return fmt.Sprintf("%s: %s of %s: ours %d mWh, the operator's %d mWh, %s", d.Interval, d.Quantity, d.Member, d.Ours, d.Theirs, d.Reason)
}

// Reconcile compares the operator's rows of the interval with our allocation, and returns the differences, ascending by
// member, and the operator's allocation as the input of a next run. There is no input, but ErrOperator and the
// differences, while the operator shares among others than we know, or hands out other energy than was given.
func Reconcile(ours Allocation, rows []OperatorRow, owner map[energy.Meter]energy.Member) (Allocation, []Difference, error) {
	theirs, differences := ours.operators(rows, owner)
	disturbed := len(differences) > 0
	for i, s := range ours.Shares {
		disturbed = disturbed || apart(int64(s.Import)*milli, theirs[i].Consumption) || apart(int64(s.Export)*milli, theirs[i].Generation)
	}
	for i, s := range ours.Shares {
		if theirs[i].Meter == "" {
			differences = append(differences, Difference{Interval: ours.Interval, Member: s.Member, Reason: Absent})
			continue
		}
		differences = append(differences, s.differences(ours.Interval, theirs[i], disturbed)...)
	}
	next, err := ours.adopt(theirs)
	if slices.ContainsFunc(differences, func(d Difference) bool { return d.Reason == Stranger }) {
		err = fmt.Errorf("%s: meters that are not in the community: %w", ours.Interval, ErrOperator)
	}
	if err != nil {
		return Allocation{}, differences, err
	}
	return next, differences, nil
}

// operators adds the rows of the interval up by member, in the order of our shares, and lists the strangers.
func (a Allocation) operators(rows []OperatorRow, owner map[energy.Meter]energy.Member) (theirs []OperatorRow, strangers []Difference) {
	theirs = make([]OperatorRow, len(a.Shares))
	for _, r := range rows {
		if r.Interval != a.Interval {
			continue
		}
		member := owner[r.Meter]
		i, found := slices.BinarySearchFunc(a.Shares, member, func(s Share, m energy.Member) int { return cmp.Compare(s.Member, m) })
		if !found {
			strangers = append(strangers, Difference{Interval: a.Interval, Member: member, Meter: r.Meter, Reason: Stranger})
			continue
		}
		t := &theirs[i]
		t.Meter = r.Meter
		t.Consumption, t.Generation = t.Consumption+r.Consumption, t.Generation+r.Generation
		t.Share, t.Cover, t.Surplus = t.Share+r.Share, t.Cover+r.Cover, t.Surplus+r.Surplus
	}
	return theirs, strangers
}

// differences compares a member's numbers. disturbed says that something else than the key is other in the interval.
func (s Share) differences(interval energy.Interval, theirs OperatorRow, disturbed bool) (list []Difference) {
	keying := Keying
	if disturbed {
		keying = Following
	}
	for _, q := range []struct {
		name   string
		ours   energy.WattHours
		theirs int64
		reason Reason
	}{
		{"consumption", s.Import, theirs.Consumption, Metering},
		{"generation", s.Export, theirs.Generation, Metering},
		{"share", s.Share, theirs.Share, keying},
		{"cover", s.Cover, theirs.Cover, keying},
		{"given", s.Given, theirs.Generation - theirs.Surplus, keying},
	} {
		if apart(int64(q.ours)*milli, q.theirs) {
			list = append(list, Difference{Interval: interval, Member: s.Member, Quantity: q.name, Ours: int64(q.ours) * milli,
				Theirs: q.theirs, Reason: q.reason})
		}
	}
	return list
}

// apart says whether two amounts of mWh differ by a Wh or more; less is rounding.
func apart(a, b int64) bool { return a-b >= milli || b-a >= milli }

// adopt is the operator's allocation in Wh, with our own metered energy. Totals are rounded half to even and divided by
// largest remainder.
func (a Allocation) adopt(theirs []OperatorRow) (Allocation, error) {
	next := Allocation{Interval: a.Interval, Export: a.Export, Shares: slices.Clone(a.Shares)}
	shares, covers, givings := make([]int64, len(theirs)+1), make([]int64, len(theirs)+1), make([]int64, len(theirs)+1)
	var share, cover, given int64
	for i, t := range theirs {
		shares[i], covers[i], givings[i] = t.Share, t.Cover, t.Generation-t.Surplus
		share, cover, given = share+shares[i], cover+covers[i], given+givings[i]
		if max(share, cover, given) > milli*int64(energy.MaxEnergy) {
			return Allocation{}, fmt.Errorf("%s: allocation of more than %s: %w", a.Interval, energy.MaxEnergy, ErrOperator)
		}
	}
	if apart(cover, given) {
		return Allocation{}, fmt.Errorf("%s: %d mWh covered, %d mWh given: %w", a.Interval, cover, given, ErrOperator)
	}
	next.Cover = min(halfEven(cover), halfEven(given))
	shared, covered, gave := portions(halfEven(share), shares), portions(next.Cover, covers), portions(next.Cover, givings)
	for i := range next.Shares {
		s := &next.Shares[i]
		s.Share, s.Cover, s.Given = shared[i], covered[i], gave[i]
	}
	return next, nil
}

// halfEven rounds mWh >= 0 to Wh.
func halfEven(v int64) energy.WattHours {
	whole, rest := v/milli, v%milli
	if 2*rest > milli || 2*rest == milli && whole%2 == 1 {
		whole++
	}
	return energy.WattHours(whole)
}
