package oracle

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/sha3"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
)

// Leaf is what an attestation says about one meter. Reading is the digest of the signed reading it rests on; as that
// covers the device's signature, nobody who does not hold the reading can guess a leaf from its hash.
type Leaf struct {
	Meter   energy.Meter
	Import  energy.WattHours // energy since the meter's previous attested reading
	Export  energy.WattHours
	Since   int64 // Unix seconds: boundary of that previous reading; the interval's start unless readings were missing
	Quality meter.Quality
	Reading meter.Digest
}

// LeafSize is the length of an encoded leaf in bytes.
const LeafSize = 32 + 8 + 8 + 8 + 1 + 32

// AppendLeaf appends the leaf's bytes: meter 32, import 8, export 8, since 8, quality 1, reading 32, big-endian.
func AppendLeaf(b []byte, l Leaf) []byte {
	id := l.Meter.Bytes()
	b = append(b, id[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(l.Import))
	b = binary.BigEndian.AppendUint64(b, uint64(l.Export))
	b = binary.BigEndian.AppendUint64(b, uint64(l.Since))
	b = append(b, byte(l.Quality))
	return append(b, l.Reading[:]...)
}

// DecodeLeaf reads what AppendLeaf wrote.
func DecodeLeaf(b []byte) (Leaf, error) {
	if len(b) != LeafSize {
		return Leaf{}, fmt.Errorf("leaf of %d bytes, want %d: %w", len(b), LeafSize, ErrMalformed)
	}
	id, err := energy.DecodeName([32]byte(b[:32]))
	if err != nil {
		return Leaf{}, fmt.Errorf("leaf meter: %w", ErrMalformed)
	}
	l := Leaf{
		Meter:  energy.Meter(id),
		Import: energy.WattHours(binary.BigEndian.Uint64(b[32:])), Export: energy.WattHours(binary.BigEndian.Uint64(b[40:])),
		Since: int64(binary.BigEndian.Uint64(b[48:])), Quality: meter.Quality(b[56]), Reading: meter.Digest(b[57:89]),
	}
	if !l.Import.Valid() || !l.Export.Valid() || l.Since < 0 || !l.Quality.Valid() {
		return Leaf{}, fmt.Errorf("leaf of meter %s: %w", id, ErrMalformed)
	}
	return l, nil
}

// Hash is the leaf's place in the tree: Keccak-256 twice over its bytes, so that no inner node can pass for a leaf.
func (l Leaf) Hash() Hash {
	once := keccak(AppendLeaf(nil, l))
	return keccak(once[:])
}

// Root is the Merkle root of the leaves in the order given, which the protocol fixes as ascending by meter. Nodes
// hash their children in ascending order, an odd node moves up unchanged; OpenZeppelin's MerkleProof verifies the
// proofs. The root of no leaves is zero.
func Root(leaves []Leaf) Hash {
	level := hashes(leaves)
	if len(level) == 0 {
		return Hash{}
	}
	for len(level) > 1 {
		level = parents(level)
	}
	return level[0]
}

// Prove returns the sibling hashes that lead from leaf i to the root, bottom first.
func Prove(leaves []Leaf, i int) []Hash {
	var proof []Hash
	for level := hashes(leaves); len(level) > 1; level, i = parents(level), i/2 {
		if sibling := i ^ 1; sibling < len(level) {
			proof = append(proof, level[sibling])
		}
	}
	return proof
}

// Included reports whether the proof leads from the leaf to the root.
func Included(l Leaf, proof []Hash, root Hash) bool {
	node := l.Hash()
	for _, sibling := range proof {
		node = parent(node, sibling)
	}
	return node == root
}

func hashes(leaves []Leaf) []Hash {
	level := make([]Hash, len(leaves))
	for i, l := range leaves {
		level[i] = l.Hash()
	}
	return level
}

func parents(level []Hash) []Hash {
	up := make([]Hash, 0, (len(level)+1)/2)
	for i := 0; i+1 < len(level); i += 2 {
		up = append(up, parent(level[i], level[i+1]))
	}
	if len(level)%2 == 1 {
		up = append(up, level[len(level)-1])
	}
	return up
}

func parent(a, b Hash) Hash {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return keccak(a[:], b[:])
}

func keccak(parts ...[]byte) (h Hash) {
	k := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		k.Write(p)
	}
	k.Sum(h[:0])
	return h
}
