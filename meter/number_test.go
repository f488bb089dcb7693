package meter

import (
	"math"
	"math/big"
	"testing"
)

func TestNumberCountsAndPrints(t *testing.T) {
	for _, c := range []struct {
		n      Number
		digits int
		floor  int64
		round  int64
		text   string
	}{
		{Number{2170797, 1}, 0, 21707970, 21707970, "21707970"},
		{Number{4998, -2}, 3, 49980, 49980, "49.98"},
		{Number{19, -1}, 0, 1, 2, "1.9"},
		{Number{15, -1}, 0, 1, 2, "1.5"},
		{Number{14, -1}, 0, 1, 1, "1.4"},
		{Number{-15, -1}, 0, -2, -1, "-1.5"},
		{Number{-16, -1}, 0, -2, -2, "-1.6"},
		{Number{0, 10}, 3, 0, 0, "0"},
		{Number{7, -10}, 0, 0, 0, "0.0000000007"},
	} {
		floor, ok1 := c.n.Floor(c.digits)
		round, ok2 := c.n.Round(c.digits)
		if !ok1 || !ok2 || floor != c.floor || round != c.round || c.n.String() != c.text {
			t.Errorf("%+v: got %d %d %s %v %v, want %d %d %s", c.n, floor, round, c.n, ok1, ok2, c.floor, c.round, c.text)
		}
	}
	if v, ok := (Number{math.MaxInt64, 1}).Floor(0); ok {
		t.Errorf("overflow: got %d, want none", v)
	}
}

// Float32 agrees with math/big, which it does not use: exact wherever 2^-16 divides the value, else within half
// of that. The other way, it refuses only what is no number or beyond int64.
func FuzzFloat32(f *testing.F) {
	for _, v := range []float32{0, 1, -1.5, 49.98, 1e9, 16777217, 3e38, 1e-45, float32(math.Inf(1)), float32(math.NaN())} {
		f.Add(math.Float32bits(v))
	}
	f.Fuzz(func(t *testing.T, word uint32) {
		v := float64(math.Float32frombits(word))
		n, ok := Float32(word)
		if math.IsNaN(v) || math.Abs(v) >= 1<<62 {
			if ok {
				t.Fatalf("%g: got %v, want none", v, n)
			}
			return
		}
		if !ok {
			t.Fatalf("%g: got none", v)
		}
		want := new(big.Rat).SetFloat64(math.RoundToEven(v*65536) / 65536)
		if got, _ := new(big.Rat).SetString(n.String()); got.Cmp(want) != 0 {
			t.Fatalf("%g: got %s, want %s", v, n, want.FloatString(20))
		}
	})
}
