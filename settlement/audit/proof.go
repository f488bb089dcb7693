package audit

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

var (
	// ErrMeter is returned for a meter that an attestation does not name.
	ErrMeter = problem.New(problem.NotFound, "the attestation of this interval does not name the meter")
	// ErrMalformed is returned for bytes that are not what they should be.
	ErrMalformed = problem.New(problem.Invalid, "malformed or damaged")
)

// Proof shows that a report on chain says this of a meter. It fits into 1 kB in a zone of 100,000 meters.
type Proof struct {
	Key         settlement.Key // of the report
	Transaction [32]byte       // which put it on chain
	Leaf        oracle.Leaf
	Siblings    []oracle.Hash // bottom first
}

const proofDomain = "wattle/proof/1"

const (
	proofHead   = len(proofDomain) + 32 + 12 + 4 + 32 + oracle.LeafSize + 1
	mostSibling = 17 // 2^17 > oracle.MaxLeaves
)

// Prove makes the proof of a meter.
func Prove(a oracle.Attestation, transaction [32]byte, m energy.Meter) (Proof, error) {
	k := settlement.Key{Zone: a.Report.Zone, Interval: a.Report.Interval, Run: a.Report.Run}
	i := slices.IndexFunc(a.Leaves, func(l oracle.Leaf) bool { return l.Meter == m })
	if i < 0 {
		return Proof{}, fmt.Errorf("%s meter %s: %w", k, m, ErrMeter)
	}
	return Proof{k, transaction, a.Leaves[i], oracle.Prove(a.Leaves, i)}, nil
}

// Verify checks that the siblings lead from the leaf to the root on chain.
func (p Proof) Verify(root oracle.Hash) error {
	if !oracle.Included(p.Leaf, p.Siblings, root) {
		return differs("%s meter %s: the proof does not lead to the root %x on chain", p.Key, p.Leaf.Meter, root[:6])
	}
	return nil
}

// AppendProof appends domain 14, zone 32, interval 12, run 4, transaction 32, leaf 89 and counted (1) siblings of 32.
func AppendProof(b []byte, p Proof) []byte {
	zone := p.Key.Zone.Bytes()
	b = append(b, proofDomain...)
	b = append(b, zone[:]...)
	b, _ = p.Key.Interval.AppendBinary(b) // never fails
	b = binary.BigEndian.AppendUint32(b, p.Key.Run)
	b = append(b, p.Transaction[:]...)
	b = oracle.AppendLeaf(b, p.Leaf)
	b = append(b, byte(len(p.Siblings)))
	for _, s := range p.Siblings {
		b = append(b, s[:]...)
	}
	return b
}

// DecodeProof reads what AppendProof wrote.
func DecodeProof(b []byte) (Proof, error) {
	d := decoder{rest: b}
	if len(b) < proofHead || string(d.take(len(proofDomain))) != proofDomain {
		return Proof{}, fmt.Errorf("proof of %d bytes: %w", len(b), ErrMalformed)
	}
	p := Proof{Key: settlement.Key{Zone: energy.Zone(d.name()), Interval: d.interval(), Run: d.uint32()}, Transaction: [32]byte(d.take(32))}
	leaf, err := oracle.DecodeLeaf(d.take(oracle.LeafSize))
	if d.err != nil || err != nil {
		return Proof{}, fmt.Errorf("proof: %w", ErrMalformed)
	}
	p.Leaf = leaf
	count := int(d.take(1)[0])
	if count > mostSibling || len(d.rest) != count*len(oracle.Hash{}) {
		return Proof{}, fmt.Errorf("proof with %d siblings: %w", count, ErrMalformed)
	}
	for range count {
		p.Siblings = append(p.Siblings, oracle.Hash(d.take(32)))
	}
	return p, nil
}
