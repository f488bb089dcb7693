package energy

import (
	"fmt"
	"math/bits"
	"slices"
)

// split is the largest-remainder method on the magnitude of total; a negative total gives negative shares.
func split(total int64, weights []int64) ([]int64, error) {
	var sum int64
	for i, w := range weights {
		if w < 0 {
			return nil, fmt.Errorf("weight %d is negative: %w", i, ErrRange)
		}
		var err error
		if sum, err = addInt64(sum, w); err != nil {
			return nil, err
		}
	}
	if sum == 0 {
		return nil, fmt.Errorf("weights sum to zero: %w", ErrRange)
	}
	size := magnitude(total)
	shares := make([]int64, len(weights))
	remainders := make([]uint64, len(weights))
	left := size
	for i, w := range weights {
		hi, lo := bits.Mul64(size, uint64(w))
		quotient, remainder := bits.Div64(hi, lo, uint64(sum)) // hi < sum because w <= sum
		shares[i], remainders[i] = int64(quotient), remainder
		left -= quotient
	}
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case remainders[a] > remainders[b]:
			return -1
		case remainders[a] < remainders[b]:
			return 1
		}
		return 0
	})
	for _, i := range order[:left] { // left < number of non-zero remainders
		shares[i]++
	}
	if total < 0 {
		for i := range shares {
			shares[i] = -shares[i]
		}
	}
	return shares, nil
}
