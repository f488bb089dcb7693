package oracle

import (
	"encoding/binary"
	"fmt"

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

// Hash is the leaf's place in the tree.
func (l Leaf) Hash() Hash { return LeafHash(AppendLeaf(nil, l)) }

// Root is the root of the tree over the leaves in the order given, which the protocol fixes as ascending by meter.
func Root(leaves []Leaf) Hash { return NewTree(hashes(leaves)).Root() }

// Prove returns the sibling hashes that lead from leaf i to the root, bottom first.
func Prove(leaves []Leaf, i int) []Hash { return NewTree(hashes(leaves)).Prove(i) }

// Included reports whether the proof leads from the leaf to the root.
func Included(l Leaf, proof []Hash, root Hash) bool { return Proves(l.Hash(), proof, root) }

func hashes(leaves []Leaf) []Hash {
	return LeafHashes(len(leaves), func(b []byte, i int) []byte { return AppendLeaf(b, leaves[i]) })
}
