package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/wattle/wattle/settlement"
)

// TestAscendingIsTheSortedOrder compares with the plain sort, for evenly spread IDs and for ones that differ late.
func TestAscendingIsTheSortedOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	for _, n := range []int{0, 1, 2, 100, 5000} {
		for _, spread := range []bool{true, false} {
			list := make([]settlement.Posting, n)
			for i := range list {
				id := &list[i].ID
				binary.BigEndian.PutUint64(id[24:], uint64(i))
				if spread {
					binary.BigEndian.PutUint64(id[:], random.Uint64())
				}
			}
			random.Shuffle(n, func(i, j int) { list[i], list[j] = list[j], list[i] })
			order, err := ascending(list)
			if err != nil {
				t.Fatal(err)
			}
			want := slices.SortedFunc(slices.Values(list), func(a, b settlement.Posting) int { return bytes.Compare(a.ID[:], b.ID[:]) })
			for line, place := range order {
				if list[place].ID != want[line].ID {
					t.Fatalf("%d postings, spread %v, line %d: got %x, want %x", n, spread, line, list[place].ID, want[line].ID)
				}
			}
		}
	}
}

func TestAscendingRefusesTwins(t *testing.T) {
	list := []settlement.Posting{{ID: [32]byte{7}}, {ID: [32]byte{9}}, {ID: [32]byte{7}}}
	if _, err := ascending(list); !errors.Is(err, ErrPosting) {
		t.Errorf("got %v, want %v", err, ErrPosting)
	}
}
