package sim

import "time"

// stream is a source of numbers that are looked up, not drawn: the same index always has the same number.
type stream uint64

// sub is an independent stream.
func (s stream) sub(label uint64) stream { return stream(mix(uint64(s) ^ mix(label))) }

// unit is the i-th number of the stream, within [0, 1).
func (s stream) unit(i int64) float64 { return float64(mix(uint64(s)^uint64(i))>>11) / (1 << 53) }

// between is the i-th number of the stream, within [low, high).
func (s stream) between(i int64, low, high float64) float64 { return low + (high-low)*s.unit(i) }

// below is the i-th number of the stream, one of 0 … n-1.
func (s stream) below(i int64, n int) int { return int(s.unit(i) * float64(n)) }

// wave is a smooth random curve over time with values within [0, 1): numbers of the stream one period apart, joined
// by cubic steps (value noise).
func (s stream) wave(ms int64, period time.Duration) float64 {
	length := period.Milliseconds()
	i := floorDiv(ms, length)
	f := float64(ms-i*length) / float64(length)
	from, to := s.unit(i), s.unit(i+1)
	return from + (to-from)*f*f*(3-2*f)
}

// shuffled is a permutation of 0 … n-1 (Fisher and Yates).
func (s stream) shuffled(n int) []int {
	out := make([]int, n)
	for i := range out {
		j := s.below(int64(i), i+1)
		out[i], out[j] = out[j], i
	}
	return out
}

// mix is the output function of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// floorDiv divides towards minus infinity; b > 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
