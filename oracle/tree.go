package oracle

import (
	"bytes"
	"hash"

	"golang.org/x/crypto/sha3"
)

// Tree is a Merkle tree that keeps its inner nodes, so that a proof costs nothing and a changed leaf only the path above
// it. Nodes hash their children in ascending order, an odd node moves up unchanged; OpenZeppelin's MerkleProof verifies
// the proofs.
type Tree struct {
	levels [][]Hash // leaves first, root last; no level when there are no leaves
}

// NewTree builds the tree over the hashes of leaves, which it keeps.
func NewTree(leaves []Hash) *Tree {
	if len(leaves) == 0 {
		return &Tree{}
	}
	t := &Tree{levels: [][]Hash{leaves}}
	k := newKeccak()
	for level := leaves; len(level) > 1; t.levels = append(t.levels, level) {
		up := make([]Hash, (len(level)+1)/2)
		for i := range up {
			up[i] = k.above(level, i)
		}
		level = up
	}
	return t
}

// Leaves is the lowest level. The caller must not change it.
func (t *Tree) Leaves() []Hash {
	if len(t.levels) == 0 {
		return nil
	}
	return t.levels[0]
}

// Root is the hash at the top; zero when there are no leaves.
func (t *Tree) Root() Hash {
	if len(t.levels) == 0 {
		return Hash{}
	}
	return t.levels[len(t.levels)-1][0]
}

// Prove returns the sibling hashes that lead from leaf i to the root, bottom first.
func (t *Tree) Prove(i int) []Hash {
	var proof []Hash
	for _, level := range t.levels {
		if sibling := i ^ 1; sibling < len(level) {
			proof = append(proof, level[sibling])
		}
		i /= 2
	}
	return proof
}

// Update replaces the leaves at the places, which ascend, and hashes again what lies above them.
func (t *Tree) Update(places []int, leaves []Hash) {
	for i, place := range places {
		t.levels[0][place] = leaves[i]
	}
	k := newKeccak()
	for n := 0; n+1 < len(t.levels); n++ {
		up := make([]int, 0, len(places))
		for _, place := range places {
			if len(up) == 0 || up[len(up)-1] != place/2 {
				up = append(up, place/2)
				t.levels[n+1][place/2] = k.above(t.levels[n], place/2)
			}
		}
		places = up
	}
}

// Proves reports whether the siblings lead from the hash of a leaf to the root.
func Proves(leaf Hash, siblings []Hash, root Hash) bool {
	k := newKeccak()
	for _, sibling := range siblings {
		leaf = k.parent(leaf, sibling)
	}
	return leaf == root
}

// LeafHash is the place in a tree of a leaf with these bytes: Keccak-256 twice, so that no inner node can pass for it.
func LeafHash(b []byte) Hash { return newKeccak().twice(b) }

// LeafHashes hashes n leaves, each of which encode appends to an empty slice that is used again.
func LeafHashes(n int, encode func(b []byte, i int) []byte) []Hash {
	k := newKeccak()
	hashes := make([]Hash, n)
	var b []byte
	for i := range hashes {
		b = encode(b[:0], i)
		hashes[i] = k.twice(b)
	}
	return hashes
}

// sponge is a hash whose Read takes the sum out without a copy of the state.
type sponge interface {
	hash.Hash
	Read(sum []byte) (int, error)
}

// keccak is Keccak-256 with memory that is used again.
type keccak struct {
	state sponge
	sum   Hash
	pair  [2 * len(Hash{})]byte
}

func newKeccak() *keccak { return &keccak{state: sha3.NewLegacyKeccak256().(sponge)} }

func (k *keccak) of(b []byte) Hash {
	k.state.Reset()
	k.state.Write(b)
	_, _ = k.state.Read(k.sum[:]) // neither returns an error
	return k.sum
}

func (k *keccak) twice(b []byte) Hash {
	k.of(b)
	return k.of(k.sum[:])
}

// above is the node over places 2i and 2i+1 of the level.
func (k *keccak) above(level []Hash, i int) Hash {
	if 2*i+1 == len(level) {
		return level[2*i]
	}
	return k.parent(level[2*i], level[2*i+1])
}

func (k *keccak) parent(a, b Hash) Hash {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	copy(k.pair[:], a[:])
	copy(k.pair[len(a):], b[:])
	return k.of(k.pair[:])
}
