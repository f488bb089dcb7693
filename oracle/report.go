package oracle

import (
	"encoding/binary"
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// Hash is a Keccak-256 hash, the chain's own.
type Hash [32]byte

// Report is the public statement about one delivery interval of one zone: what is signed by the oracles, posted on
// chain and minted against.
type Report struct {
	Zone     energy.Zone
	Interval energy.Interval
	Run      uint32 // 0 first; corrections are later runs
	Root     Hash   // of the leaves, see Root
	Meters   uint32 // number of leaves
	Export   energy.WattHours
	Import   energy.WattHours
}

// reportDomain is the first word of every report: it tells what is signed, and in which version of the layout.
const reportDomain = "wattle/attestation/1"

// ReportSize is the length of an encoded report in bytes.
const ReportSize = 32 + 32 + 8 + 4 + 4 + 32 + 4 + 8 + 8

// ErrMalformed is returned for bytes that are not what they should be.
var ErrMalformed = problem.New(problem.Invalid, "malformed")

// AppendReport appends the report's bytes, docs/protocol.md "Attestation report": fixed width, big-endian. The
// contract reads the same layout.
//
//	  0  domain "wattle/attestation/1", padded with zeros   32
//	 32  zone                                               32
//	 64  start of the interval, Unix seconds                 8
//	 72  length of the interval, seconds                     4
//	 76  run                                                 4
//	 80  Merkle root                                        32
//	112  number of leaves                                    4
//	116  total export, Wh                                    8
//	124  total import, Wh                                    8
func AppendReport(b []byte, r Report) []byte {
	var domain [32]byte
	copy(domain[:], reportDomain)
	zone := r.Zone.Bytes()
	b = append(b, domain[:]...)
	b = append(b, zone[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Interval.StartUnix()))
	b = binary.BigEndian.AppendUint32(b, uint32(r.Interval.Length()))
	b = binary.BigEndian.AppendUint32(b, r.Run)
	b = append(b, r.Root[:]...)
	b = binary.BigEndian.AppendUint32(b, r.Meters)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Export))
	return binary.BigEndian.AppendUint64(b, uint64(r.Import))
}

// DecodeReport reads what AppendReport wrote.
func DecodeReport(b []byte) (Report, error) {
	var domain [32]byte
	copy(domain[:], reportDomain)
	switch {
	case len(b) != ReportSize:
		return Report{}, fmt.Errorf("report of %d bytes, want %d: %w", len(b), ReportSize, ErrMalformed)
	case [32]byte(b[:32]) != domain:
		return Report{}, fmt.Errorf("report of another domain or version: %w", ErrMalformed)
	}
	zone, err := energy.DecodeName([32]byte(b[32:64]))
	if err != nil {
		return Report{}, fmt.Errorf("report zone: %w", ErrMalformed)
	}
	interval, err := energy.DecodeInterval(b[64:76])
	if err != nil {
		return Report{}, fmt.Errorf("report interval: %w", ErrMalformed)
	}
	r := Report{
		Zone: energy.Zone(zone), Interval: interval, Run: binary.BigEndian.Uint32(b[76:]), Root: Hash(b[80:112]),
		Meters: binary.BigEndian.Uint32(b[112:]),
		Export: energy.WattHours(binary.BigEndian.Uint64(b[116:])), Import: energy.WattHours(binary.BigEndian.Uint64(b[124:])),
	}
	if r.Export < 0 || r.Import < 0 {
		return Report{}, fmt.Errorf("report totals: %w", ErrMalformed)
	}
	return r, nil
}
