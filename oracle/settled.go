package oracle

import (
	"encoding/binary"
	"fmt"

	"github.com/wattle/wattle/energy"
)

// SettlementReport is the public statement about the balances of a zone after a batch: what oracles sign once they have
// recomputed it, and what members claim and withdraw under.
type SettlementReport struct {
	Zone     energy.Zone
	Interval energy.Interval // of the batch that this number settles
	Run      uint32
	Root     Hash   // of the balance leaves
	Number   uint64 // 1, 2, 3 … in a zone
	Block    uint64 // what the chain said up to and including this block is counted
	Members  uint32 // number of leaves
	Energy   energy.WattHours
	Released energy.Money
	Owed     energy.Money // released and balances: what the escrow must have received
}

// settlementDomain is the first word of every settlement report.
const settlementDomain = "wattle/settlement/1"

// SettlementReportSize is the length of an encoded settlement report in bytes.
const SettlementReportSize = 32 + 32 + 12 + 4 + 32 + 8 + 8 + 4 + 8 + 8 + 8

// AppendSettlementReport appends the report's bytes, docs/protocol.md "Settlement report": fixed width, big-endian. The
// contract reads the same layout.
//
//	  0  domain "wattle/settlement/1", padded with zeros   32
//	 32  zone                                              32
//	 64  start of the interval, Unix seconds                8
//	 72  length of the interval, seconds                    4
//	 76  run                                                4
//	 80  Merkle root of the balance leaves                 32
//	112  number                                             8
//	120  block                                              8
//	128  number of leaves                                   4
//	132  sum of the leaves' energy, Wh                      8
//	140  sum of the leaves' released, 1e-9                  8
//	148  sum of the leaves' released and balances, 1e-9     8
func AppendSettlementReport(b []byte, r SettlementReport) []byte {
	var domain [32]byte
	copy(domain[:], settlementDomain)
	zone := r.Zone.Bytes()
	b = append(b, domain[:]...)
	b = append(b, zone[:]...)
	b, _ = r.Interval.AppendBinary(b) // never fails
	b = binary.BigEndian.AppendUint32(b, r.Run)
	b = append(b, r.Root[:]...)
	b = binary.BigEndian.AppendUint64(b, r.Number)
	b = binary.BigEndian.AppendUint64(b, r.Block)
	b = binary.BigEndian.AppendUint32(b, r.Members)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Energy))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Released))
	return binary.BigEndian.AppendUint64(b, uint64(r.Owed))
}

// DecodeSettlementReport reads what AppendSettlementReport wrote.
func DecodeSettlementReport(b []byte) (SettlementReport, error) {
	var domain [32]byte
	copy(domain[:], settlementDomain)
	switch {
	case len(b) != SettlementReportSize:
		return SettlementReport{}, fmt.Errorf("settlement report of %d bytes, want %d: %w", len(b), SettlementReportSize, ErrMalformed)
	case [32]byte(b[:32]) != domain:
		return SettlementReport{}, fmt.Errorf("settlement report of another domain or version: %w", ErrMalformed)
	}
	zone, err := energy.DecodeName([32]byte(b[32:64]))
	if err != nil {
		return SettlementReport{}, fmt.Errorf("settlement report zone: %w", ErrMalformed)
	}
	interval, err := energy.DecodeInterval(b[64:76])
	if err != nil {
		return SettlementReport{}, fmt.Errorf("settlement report interval: %w", ErrMalformed)
	}
	r := SettlementReport{
		Zone: energy.Zone(zone), Interval: interval, Run: binary.BigEndian.Uint32(b[76:]), Root: Hash(b[80:112]),
		Number: binary.BigEndian.Uint64(b[112:]), Block: binary.BigEndian.Uint64(b[120:]), Members: binary.BigEndian.Uint32(b[128:]),
		Energy:   energy.WattHours(binary.BigEndian.Uint64(b[132:])),
		Released: energy.Money(binary.BigEndian.Uint64(b[140:])), Owed: energy.Money(binary.BigEndian.Uint64(b[148:])),
	}
	if r.Number == 0 || r.Energy < 0 || r.Released < 0 || r.Owed < r.Released {
		return SettlementReport{}, fmt.Errorf("settlement report number %d, totals: %w", r.Number, ErrMalformed)
	}
	return r, nil
}

// Settled is a settlement report with the signatures that make it one.
type Settled struct {
	Report       SettlementReport
	ConfigDigest [32]byte // of the oracle configuration that signed
	Sequence     uint64   // of the protocol under that configuration; part of what is signed
	Signatures   [][SignatureSize]byte
}

const settledDomain = "wattle/settled/1"

// AppendSettled appends domain, report, configuration digest, sequence and counted signatures.
func AppendSettled(b []byte, s Settled) []byte {
	b = append(b, settledDomain...)
	b = AppendSettlementReport(b, s.Report)
	b = append(b, s.ConfigDigest[:]...)
	b = binary.BigEndian.AppendUint64(b, s.Sequence)
	b = append(b, byte(len(s.Signatures)))
	for _, signature := range s.Signatures {
		b = append(b, signature[:]...)
	}
	return b
}

// DecodeSettled reads what AppendSettled wrote. The signatures are checked by VerifySettled.
func DecodeSettled(b []byte) (Settled, error) {
	const head = len(settledDomain) + SettlementReportSize + 32 + 8 + 1
	if len(b) < head || string(b[:len(settledDomain)]) != settledDomain {
		return Settled{}, fmt.Errorf("settled of %d bytes: %w", len(b), ErrMalformed)
	}
	count := int(b[head-1])
	if count > MaxOracles || len(b) != head+count*SignatureSize {
		return Settled{}, fmt.Errorf("settled with %d signatures: %w", count, ErrMalformed)
	}
	report, err := DecodeSettlementReport(b[len(settledDomain):][:SettlementReportSize])
	if err != nil {
		return Settled{}, err
	}
	s := Settled{Report: report, ConfigDigest: [32]byte(b[head-41:]), Sequence: binary.BigEndian.Uint64(b[head-9:])}
	for b = b[head:]; len(b) > 0; b = b[SignatureSize:] {
		s.Signatures = append(s.Signatures, [SignatureSize]byte(b))
	}
	return s, nil
}

// SigningHash is what each oracle signs.
func (s Settled) SigningHash() Hash {
	return signingHash(AppendSettlementReport(nil, s.Report), s.ConfigDigest, s.Sequence)
}

// Signer recovers who made signature i.
func (s Settled) Signer(i int) (Signer, error) {
	return recoverSigner(s.SigningHash(), s.Signatures, i)
}

// VerifySettled checks that Faulty+1 different oracles of the quorum signed the report.
func (q Quorum) VerifySettled(s Settled) error {
	return q.verify(s.SigningHash(), s.ConfigDigest, s.Signatures)
}
