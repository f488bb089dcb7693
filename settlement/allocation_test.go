package settlement

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// hour is the start of the test interval's hour.
var hour = testKey.Interval.StartUnix()

func TestAllocationKeys(t *testing.T) {
	flows := []Flow{{"roof", 0, 10 * kwh}, {"anna", 6 * kwh, 0}, {"bert", 2 * kwh, 0}, {"cara", 4 * kwh, 0}}
	for _, test := range []struct {
		name          string
		key           CommunityKey
		generated     energy.WattHours
		shares, cover []energy.WattHours // anna, bert, cara
	}{
		{"Austria, dynamic", CommunityKey{Rule: DynamicKey}, 10 * kwh, wh(5000, 1667, 3333), wh(5000, 1667, 3333)},
		{"dynamic, more than is consumed", CommunityKey{Rule: DynamicKey}, 18 * kwh, wh(9000, 3000, 6000), wh(6000, 2000, 4000)},
		{"Austria, static", CommunityKey{Rule: StaticKey, Parts: parts(200_000, 500_000, 300_000)}, 10 * kwh,
			wh(2000, 5000, 3000), wh(2000, 2000, 3000)},
		{"static, a quarter is nobody's", CommunityKey{Rule: StaticKey, Parts: parts(250_000, 250_000, 250_000)}, 10 * kwh,
			wh(2500, 2500, 2500), wh(2500, 2000, 2500)},
		{"Spain, by the hour", CommunityKey{Rule: HourlyKey, Hours: map[int64]map[energy.Member]int64{
			hour: parts(333_333, 333_333, 333_334), hour + 3600: parts(Whole, 0, 0)}}, 10 * kwh,
			wh(3333, 3333, 3334), wh(3333, 2000, 3334)},
	} {
		flows[0].Export = test.generated
		a, err := Allocate(testKey.Interval, test.key, flows)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var shares, cover []energy.WattHours
		for _, s := range a.Shares[:3] {
			shares, cover = append(shares, s.Share), append(cover, s.Cover)
		}
		if !slices.Equal(shares, test.shares) || !slices.Equal(cover, test.cover) || a.Shares[3].Given != a.Cover {
			t.Errorf("%s: got shares %v, cover %v, given %s of %s; want %v, %v", test.name, shares, cover, a.Shares[3].Given, a.Cover,
				test.shares, test.cover)
		}
	}
}

func wh(amounts ...energy.WattHours) []energy.WattHours { return amounts }

func parts(anna, bert, cara int64) map[energy.Member]int64 {
	return map[energy.Member]int64{"anna": anna, "bert": bert, "cara": cara}
}

func TestAllocateRefuses(t *testing.T) {
	flows := []Flow{{"anna", 6, 0}, {"bert", 2, 0}, {"cara", 4, 9}}
	for name, c := range map[string]struct {
		key   CommunityKey
		flows []Flow
	}{
		"no rule":                  {CommunityKey{}, flows},
		"a member twice":           {CommunityKey{Rule: DynamicKey}, append(slices.Clone(flows), flows[0])},
		"negative import":          {CommunityKey{Rule: DynamicKey}, []Flow{{"anna", -1, 0}}},
		"parts beyond the whole":   {CommunityKey{Rule: StaticKey, Parts: parts(Whole, 1, 0)}, flows},
		"a negative part":          {CommunityKey{Rule: StaticKey, Parts: parts(-1, 1, 0)}, flows},
		"a part of a stranger":     {CommunityKey{Rule: StaticKey, Parts: map[energy.Member]int64{"dora": 1}}, flows},
		"another hour":             {CommunityKey{Rule: HourlyKey, Hours: map[int64]map[energy.Member]int64{hour + 3600: parts(Whole, 0, 0)}}, flows},
		"hourly parts that miss 1": {CommunityKey{Rule: HourlyKey, Hours: map[int64]map[energy.Member]int64{hour: parts(1, 2, 3)}}, flows},
	} {
		if _, err := Allocate(testKey.Interval, c.key, c.flows); !errors.Is(err, ErrKey) {
			t.Errorf("%s: got %v, want ErrKey", name, err)
		}
	}
}

func drawFlows(t *rapid.T) []Flow {
	var flows []Flow
	amount := rapid.Int64Range(0, 500)
	for i := range rapid.IntRange(1, 7).Draw(t, "members") {
		flows = append(flows, Flow{energy.Member(fmt.Sprintf("m%d", i)), energy.WattHours(amount.Draw(t, "import")),
			energy.WattHours(amount.Draw(t, "export"))})
	}
	return flows
}

// The share is within one Wh of the law's formula in fractions, and everything adds up.
func TestDynamicAllocationFollowsTheFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		flows := drawFlows(t)
		a, err := Allocate(testKey.Interval, CommunityKey{Rule: DynamicKey}, flows)
		if err != nil {
			t.Fatal(err)
		}
		var consumed, shares, cover, given energy.WattHours
		for _, f := range flows {
			consumed += f.Import
		}
		for _, s := range a.Shares {
			shares, cover, given = shares+s.Share, cover+s.Cover, given+s.Given
			if s.Cover != min(s.Share, s.Import) || s.Given > s.Export || s.Given < 0 {
				t.Fatalf("%+v", s)
			}
			if consumed == 0 {
				continue
			}
			exact := big.NewRat(int64(a.Export)*int64(s.Import), int64(consumed))
			off := exact.Sub(exact, big.NewRat(int64(s.Share), 1))
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("%+v is off by %s", s, off)
			}
		}
		if consumed > 0 && shares != a.Export || cover != a.Cover || given != a.Cover {
			t.Fatalf("shares %s of %s, cover %s and given %s of %s", shares, a.Export, cover, given, a.Cover)
		}
		if other, err := Allocate(testKey.Interval, CommunityKey{Rule: DynamicKey}, rapid.Permutation(flows).Draw(t, "order")); err != nil ||
			!reflect.DeepEqual(a, other) {
			t.Fatalf("in another order: got %+v, %v, want %+v", other, err, a)
		}
	})
}

// Settled as trades, an allocation leaves to the residual supplier what the law leaves to it.
func TestAllocationSettlesAsTrades(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, err := Allocate(testKey.Interval, CommunityKey{Rule: DynamicKey}, drawFlows(t))
		if err != nil {
			t.Fatal(err)
		}
		own := map[energy.Member]energy.WattHours{}
		var alone energy.WattHours // the part of the cover that nobody but its own member could give
		for _, p := range a.pairs() {
			if p.buyer == p.seller {
				own[p.buyer] += p.quantity
			}
		}
		for _, s := range a.Shares {
			alone += max(0, s.Cover+s.Given-a.Cover)
		}
		homes := map[energy.Member]home{}
		for _, s := range a.Shares {
			homes[s.Member] = home{s.Import, s.Export}
			alone -= own[s.Member]
		}
		if alone != 0 {
			t.Fatalf("%v is paired with itself, %s less than it must be", own, alone)
		}
		r := settle(t, caseOf(homes, a.Trades(6*unit)...))
		got := map[energy.Member]Imbalance{}
		for _, b := range r.Imbalances {
			got[b.Member] = b
		}
		for _, s := range a.Shares {
			net := s.Import - s.Cover + own[s.Member] - (s.Export - s.Given + own[s.Member])
			if b := got[s.Member]; b.Import-b.Export != net {
				t.Fatalf("%s: got %+v, want %s net", s.Member, b, net)
			}
		}
	})
}

// A community of consumers and one roof pays exactly as the law allocates.
func TestAustrianAllocationSettled(t *testing.T) {
	flows := []Flow{{"anna", 6 * kwh, 0}, {"bert", 2 * kwh, 0}, {"cara", 4 * kwh, 0}, {"roof", 0, 10 * kwh}}
	a, err := Allocate(testKey.Interval, CommunityKey{Rule: DynamicKey}, flows)
	if err != nil {
		t.Fatal(err)
	}
	c := caseOf(nil, a.Trades(6*unit)...)
	for _, f := range flows {
		c.Owner[energy.Meter(f.Member)] = f.Member
		c.Leaves = append(c.Leaves, oracle.Leaf{Meter: energy.Meter(f.Member), Import: f.Import, Export: f.Export, Quality: meter.Measured})
	}
	r := settle(t, c)
	for who, want := range map[energy.Member]energy.Money{
		"anna": -(5*6 + 1*8) * coin, "bert": -(1667*6 + 333*8) * coin / 1000, "cara": -(3333*6 + 667*8) * coin / 1000, "roof": 60 * coin,
	} {
		if got := money(r, member(who)); got != want {
			t.Errorf("%s: got %s, want %s", who, got, want)
		}
	}
}
