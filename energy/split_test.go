package energy_test

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
)

// weights draws what a split may be asked for: small shares, equal shares, and ones whose products need 128 bits.
func weights() *rapid.Generator[[]int64] {
	return rapid.OneOf(
		rapid.SliceOfN(rapid.Int64Range(0, 5), 1, 12),
		rapid.SliceOfN(rapid.Int64Range(0, 1_000_000_000), 1, 40),
		rapid.SliceOfN(rapid.Int64Range(0, math.MaxInt64/8), 1, 8),
	).Filter(func(ws []int64) bool { return slices.Max(ws) > 0 })
}

// naiveSplit is the largest-remainder method as a textbook has it, in unbounded integers.
func naiveSplit(total int64, weights []int64) []*big.Int {
	sum := new(big.Int)
	for _, w := range weights {
		sum.Add(sum, big.NewInt(w))
	}
	size := new(big.Int).Abs(big.NewInt(total))
	shares, left := make([]*big.Int, len(weights)), new(big.Int).Set(size)
	type claim struct {
		index     int
		remainder *big.Int
	}
	var claims []claim
	for i, w := range weights {
		quotient, remainder := new(big.Int).QuoRem(new(big.Int).Mul(size, big.NewInt(w)), sum, new(big.Int))
		shares[i] = quotient
		left.Sub(left, quotient)
		claims = append(claims, claim{i, remainder})
	}
	sort.SliceStable(claims, func(a, b int) bool { return claims[a].remainder.Cmp(claims[b].remainder) > 0 })
	for i := range left.Int64() {
		shares[claims[i].index].Add(shares[claims[i].index], big.NewInt(1))
	}
	if total < 0 {
		for _, s := range shares {
			s.Neg(s)
		}
	}
	return shares
}

func TestSplitAgreesWithItsNaiveTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total, ws := anyInt64().Draw(t, "total"), weights().Draw(t, "weights")
		got, err := energy.Money(total).Split(ws)
		if err != nil {
			t.Fatalf("split %d by %v: %v", total, ws, err)
		}
		sum := new(big.Int)
		for i, want := range naiveSplit(total, ws) {
			if want.Cmp(big.NewInt(int64(got[i]))) != 0 {
				t.Fatalf("split %d by %v, share %d: got %d, want %s", total, ws, i, int64(got[i]), want)
			}
			sum.Add(sum, want)
		}
		if sum.Cmp(big.NewInt(total)) != 0 {
			t.Fatalf("split %d by %v: shares sum to %s", total, ws, sum)
		}
		energies, err := energy.WattHours(total).Split(ws)
		if err != nil {
			t.Fatalf("split %d Wh by %v: %v", total, ws, err)
		}
		for i := range got {
			if int64(energies[i]) != int64(got[i]) {
				t.Fatalf("split %d by %v, share %d: energy %d, money %d", total, ws, i, int64(energies[i]), int64(got[i]))
			}
		}
	})
}

func TestEachShareIsWithinOneOfProportional(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total, ws := anyInt64().Draw(t, "total"), weights().Draw(t, "weights")
		shares, err := energy.Money(total).Split(ws)
		if err != nil {
			t.Fatal(err)
		}
		sum := new(big.Int)
		for _, w := range ws {
			sum.Add(sum, big.NewInt(w))
		}
		for i, share := range shares {
			// |share*sum - total*weight| < sum
			off := new(big.Int).Mul(big.NewInt(int64(share)), sum)
			off.Sub(off, new(big.Int).Mul(big.NewInt(total), big.NewInt(ws[i])))
			if off.CmpAbs(sum) >= 0 {
				t.Fatalf("split %d by %v: share %d is %d, off by one or more", total, ws, i, int64(share))
			}
			if ws[i] == 0 && share != 0 {
				t.Fatalf("split %d by %v: weight 0 received %d", total, ws, int64(share))
			}
		}
	})
}

// Whoever stands first in the list gains at most the unit that a tie of remainders is worth.
func TestSplitOfAPermutationIsThePermutationButForTies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total, ws := anyInt64().Draw(t, "total"), weights().Draw(t, "weights")
		order := rapid.Permutation(upTo(len(ws))).Draw(t, "order")
		moved := make([]int64, len(ws))
		for to, from := range order {
			moved[to] = ws[from]
		}
		plain, err := energy.Money(total).Split(ws)
		if err != nil {
			t.Fatal(err)
		}
		shuffled, err := energy.Money(total).Split(moved)
		if err != nil {
			t.Fatal(err)
		}
		for to, from := range order {
			d := shuffled[to] - plain[from]
			if d < -1 || d > 1 || d != 0 && !tied(total, ws, from) {
				t.Fatalf("split %d by %v: weight %d receives %d, moved to %d it receives %d", total, ws, from, int64(plain[from]), to, int64(shuffled[to]))
			}
		}
	})
}

// tied reports whether another weight leaves the same remainder as weight i.
func tied(total int64, ws []int64, i int) bool {
	sum := new(big.Int)
	for _, w := range ws {
		sum.Add(sum, big.NewInt(w))
	}
	remainder := func(w int64) *big.Int {
		product := new(big.Int).Mul(big.NewInt(total), big.NewInt(w))
		return product.Rem(product, sum)
	}
	for j, w := range ws {
		if j != i && remainder(w).Cmp(remainder(ws[i])) == 0 {
			return true
		}
	}
	return false
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name    string
		total   energy.Money
		weights []int64
		want    []energy.Money
	}{
		{"ties go to the earlier", 2, []int64{1, 1, 1}, []energy.Money{1, 1, 0}},
		{"negative mirrors positive", -2, []int64{1, 1, 1}, []energy.Money{-1, -1, 0}},
		{"largest remainder first", 10, []int64{6, 6, 2}, []energy.Money{4, 4, 2}},
		{"nothing to give", 0, []int64{3, 4}, []energy.Money{0, 0}},
		{"smallest amount, one weight", math.MinInt64, []int64{7}, []energy.Money{math.MinInt64}},
		{"largest of both", math.MaxInt64, []int64{math.MaxInt64}, []energy.Money{math.MaxInt64}},
	} {
		if got, err := c.total.Split(c.weights); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: split %d by %v: got %v, %v, want %v", c.name, int64(c.total), c.weights, got, err, c.want)
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	for name, ws := range map[string][]int64{
		"no weights": nil, "zero weights": {0, 0}, "a negative weight": {3, -1}, "weights beyond int64": {math.MaxInt64, 1},
	} {
		if got, err := energy.Money(5).Split(ws); !errors.Is(err, energy.ErrRange) {
			t.Errorf("%s: got %v, %v, want ErrRange", name, got, err)
		}
		if got, err := energy.WattHours(5).Split(ws); !errors.Is(err, energy.ErrRange) {
			t.Errorf("%s: got %v, %v, want ErrRange", name, got, err)
		}
	}
}
