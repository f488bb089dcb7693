package oracle_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// leaves makes n leaves that differ in every field.
func leaves(n int) []oracle.Leaf {
	out := make([]oracle.Leaf, n)
	for i := range out {
		out[i] = oracle.Leaf{
			Meter: energy.Meter(fmt.Sprintf("home-%05d-grid", i)), Import: energy.WattHours(i), Export: energy.WattHours(2 * i),
			Since: quarter + int64(i), Quality: meter.Measured, Reading: meter.Digest{byte(i), byte(i >> 8), 1},
		}
	}
	return out
}

// naiveRoot is the tree by its recursive definition: the left part is the largest power of two below the whole
// (RFC 6962 §2.1), nodes hash their sorted children, leaves are hashed twice.
func naiveRoot(ls []oracle.Leaf) []byte {
	if len(ls) == 1 {
		return crypto.Keccak256(crypto.Keccak256(oracle.AppendLeaf(nil, ls[0])))
	}
	left := 1
	for left*2 < len(ls) {
		left *= 2
	}
	a, b := naiveRoot(ls[:left]), naiveRoot(ls[left:])
	if bytes.Compare(a, b) > 0 {
		a, b = b, a
	}
	return crypto.Keccak256(a, b)
}

func TestRootAgreesWithItsNaiveTwin(t *testing.T) {
	if got := oracle.Root(nil); got != (oracle.Hash{}) {
		t.Errorf("no leaves: got %x, want zero", got)
	}
	for n := 1; n <= 130; n++ {
		if got, want := oracle.Root(leaves(n)), naiveRoot(leaves(n)); !bytes.Equal(got[:], want) {
			t.Errorf("%d leaves: got %x, want %x", n, got, want)
		}
	}
}

func TestEveryLeafIsProvedAndNothingElse(t *testing.T) {
	for n := 1; n <= 70; n++ {
		ls := leaves(n)
		root := oracle.Root(ls)
		for i, l := range ls {
			proof := oracle.Prove(ls, i)
			if !oracle.Included(l, proof, root) {
				t.Fatalf("leaf %d of %d is not proved", i, n)
			}
			other := l
			other.Export++
			if oracle.Included(other, proof, root) || oracle.Included(leaves(n + 1)[n], proof, root) {
				t.Fatalf("the proof of leaf %d of %d proves another leaf", i, n)
			}
			if oracle.Included(l, proof, oracle.Root(leaves(n+1))) {
				t.Fatalf("leaf %d of %d is proved under another root", i, n)
			}
			if oracle.Included(l, append(proof[:len(proof):len(proof)], oracle.Hash{}), root) {
				t.Fatalf("leaf %d of %d is proved by a longer proof", i, n)
			}
			if len(proof) > 0 && oracle.Included(l, proof[1:], root) {
				t.Fatalf("leaf %d of %d is proved by a shorter proof", i, n)
			}
			for step := range proof {
				proof[step][step%32] ^= 1
				if oracle.Included(l, proof, root) {
					t.Fatalf("leaf %d of %d is proved by an altered proof, step %d", i, n, step)
				}
				proof[step][step%32] ^= 1
			}
		}
	}
}

func TestProofOfTheLargestZoneIsUnderOneKilobyte(t *testing.T) {
	ls := leaves(oracle.MaxLeaves)
	proof := oracle.Prove(ls, oracle.MaxLeaves/2)
	if size := oracle.LeafSize + len(proof)*len(oracle.Hash{}); size > 1000 {
		t.Errorf("got %d bytes of leaf and proof, want at most 1000", size)
	}
	if !oracle.Included(ls[oracle.MaxLeaves/2], proof, oracle.Root(ls)) {
		t.Error("the leaf is not proved")
	}
}

// The 64 bytes under an inner node must not be accepted as a leaf, whatever leaf they would decode to.
func TestNoNodeIsTheHashOfALeafOnce(t *testing.T) {
	l := leaves(1)[0]
	once := crypto.Keccak256(oracle.AppendLeaf(nil, l))
	twice := crypto.Keccak256(once)
	if got := l.Hash(); !bytes.Equal(got[:], twice) {
		t.Errorf("got %x, want the leaf's bytes hashed twice: %x", got, twice)
	}
}

func TestEveryFieldOfALeafIsInItsHash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := oracle.AppendLeaf(nil, leaves(9)[rapid.IntRange(0, 8).Draw(t, "leaf")])
		before, err := oracle.DecodeLeaf(b)
		if err != nil {
			t.Fatal(err)
		}
		b[rapid.IntRange(0, len(b)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if after, err := oracle.DecodeLeaf(b); err == nil && after.Hash() == before.Hash() {
			t.Fatalf("%+v and %+v have one hash", before, after)
		}
	})
}
