package oracle

import (
	"encoding/binary"
	"fmt"
)

// SignatureSize is the length of one oracle's signature: r, s, and v as 0 or 1.
const SignatureSize = 65

// MaxOracles is the largest group the protocol runs with.
const MaxOracles = 31

// MaxLeaves bounds one attestation: a zone of 100,000 metering points.
const MaxLeaves = 100_000

// Attestation is a report with the signatures that make it one, and the leaves under its root. It is what crosses
// from the oracles to settlement and to the chain.
type Attestation struct {
	Report       Report
	ConfigDigest [32]byte // of the oracle configuration that signed
	Sequence     uint64   // of the protocol under that configuration; part of what is signed
	Signatures   [][SignatureSize]byte
	Leaves       []Leaf // ascending by meter
}

const attestationDomain = "wattle/attested/1"

// AppendAttestation appends the attestation's bytes: domain, report, configuration digest, sequence, counted
// signatures, counted leaves; all fixed width, big-endian.
func AppendAttestation(b []byte, a Attestation) []byte {
	b = append(b, attestationDomain...)
	b = AppendReport(b, a.Report)
	b = append(b, a.ConfigDigest[:]...)
	b = binary.BigEndian.AppendUint64(b, a.Sequence)
	b = append(b, byte(len(a.Signatures)))
	for _, s := range a.Signatures {
		b = append(b, s[:]...)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(a.Leaves)))
	for _, l := range a.Leaves {
		b = AppendLeaf(b, l)
	}
	return b
}

// DecodeAttestation reads what AppendAttestation wrote and checks that report and leaves agree. The signatures are
// checked by Verify.
func DecodeAttestation(b []byte) (Attestation, error) {
	const head = len(attestationDomain) + ReportSize + 32 + 8 + 1
	if len(b) < head || string(b[:len(attestationDomain)]) != attestationDomain {
		return Attestation{}, fmt.Errorf("attestation of %d bytes: %w", len(b), ErrMalformed)
	}
	b = b[len(attestationDomain):]
	report, err := DecodeReport(b[:ReportSize])
	if err != nil {
		return Attestation{}, err
	}
	b = b[ReportSize:]
	a := Attestation{Report: report, ConfigDigest: [32]byte(b), Sequence: binary.BigEndian.Uint64(b[32:])}
	count := int(b[40])
	b = b[41:]
	if count > MaxOracles || len(b) < count*SignatureSize+4 {
		return Attestation{}, fmt.Errorf("attestation with %d signatures: %w", count, ErrMalformed)
	}
	for range count {
		a.Signatures = append(a.Signatures, [SignatureSize]byte(b))
		b = b[SignatureSize:]
	}
	leaves := binary.BigEndian.Uint32(b)
	b = b[4:]
	if leaves > MaxLeaves || len(b) != int(leaves)*LeafSize {
		return Attestation{}, fmt.Errorf("attestation with %d leaves: %w", leaves, ErrMalformed)
	}
	for ; len(b) > 0; b = b[LeafSize:] {
		l, err := DecodeLeaf(b[:LeafSize])
		if err != nil {
			return Attestation{}, err
		}
		a.Leaves = append(a.Leaves, l)
	}
	return a, a.check()
}

// check compares the report with the leaves.
func (a Attestation) check() error {
	want, err := NewReport(a.Report.Zone, a.Report.Interval, a.Report.Run, a.Leaves)
	if err != nil {
		return err
	}
	if want != a.Report {
		return fmt.Errorf("report of %s %s does not match its leaves: %w", a.Report.Zone, a.Report.Interval, ErrMalformed)
	}
	return nil
}
