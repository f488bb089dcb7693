package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// Bundle is everything with which somebody who has nothing but the chain can settle an interval again.
type Bundle struct {
	Zone     energy.Zone
	Interval energy.Interval
	ChainID  uint64
	Hub      settlement.Address
	Tariff   settlement.Tariff
	Meters   []Meter               // ascending by meter
	Readings []meter.SignedReading // on which the leaves rest, as bytes ascending
	Market   []exchange.Message    // from the one that opens the book to the one that closes the gate; none without a book
	Runs     []RunRecord           // run 0, 1, 2 …; at least one
}

// Meter is a meter with its device and whose it is.
type Meter struct {
	Meter  energy.Meter
	Member energy.Member
	Device [32]byte
}

// RunRecord is one run: what a quorum attested, and the turn that counted it.
type RunRecord struct {
	Attestation oracle.Attestation
	Turn        *TurnRecord // nil before it is signed
}

// TurnRecord is a turn with what it changed.
type TurnRecord struct {
	Before []byte // snapshot of the balances, docs/protocol.md "Balances"; none before the first turn
	Notice settlement.Notice
	Signed oracle.Settled
}

const bundleDomain = "wattle/bundle/1"

// MaxBundle bounds a bundle in bytes.
const MaxBundle = 256 << 20

// AppendBundle appends the bytes of a bundle, docs/protocol.md "Bundle".
func AppendBundle(b []byte, u Bundle) []byte {
	zone, start := u.Zone.Bytes(), len(b)
	b = append(b, bundleDomain...)
	b = append(b, zone[:]...)
	b, _ = u.Interval.AppendBinary(b) // never fails
	b = binary.BigEndian.AppendUint64(b, u.ChainID)
	b = append(b, u.Hub[:]...)
	b = appendTariff(b, u.Tariff)
	b = binary.BigEndian.AppendUint32(b, uint32(len(u.Meters)))
	for _, m := range u.Meters {
		id, owner := m.Meter.Bytes(), m.Member.Bytes()
		b = append(append(append(b, id[:]...), owner[:]...), m.Device[:]...)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(u.Readings)))
	for _, r := range u.Readings {
		b = meter.AppendSignedReading(b, r)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(u.Market)))
	for _, m := range u.Market {
		b = appendPart(b, exchange.AppendMessage(nil, m))
	}
	b = append(b, byte(len(u.Runs)))
	for _, r := range u.Runs {
		b = appendPart(b, oracle.AppendAttestation(nil, r.Attestation))
		if r.Turn == nil {
			b = append(b, 0)
			continue
		}
		b = appendPart(append(b, 1), r.Turn.Before)
		b = appendPart(b, settlement.AppendNotice(nil, r.Turn.Notice))
		b = appendPart(b, oracle.AppendSettled(nil, r.Turn.Signed))
	}
	sum := sha256.Sum256(b[start:])
	return append(b, sum[:]...)
}

func appendPart(b, part []byte) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(part))), part...)
}

func appendTariff(b []byte, t settlement.Tariff) []byte {
	for _, v := range [...]int64{int64(t.Import), int64(t.Export), int64(t.Network), int64(t.Levy), int64(t.Fee), int64(t.FeeShare), int64(t.Band), int64(t.Markup)} {
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	}
	b = append(b, byte(len(t.Local)))
	for _, p := range t.Local {
		b = binary.BigEndian.AppendUint64(b, uint64(p))
	}
	b = append(b, byte(len(t.VAT)))
	for _, leg := range slices.Sorted(maps.Keys(t.VAT)) {
		b = binary.BigEndian.AppendUint64(append(b, byte(leg)), uint64(t.VAT[leg]))
	}
	return b
}

// DecodeBundle reads what AppendBundle wrote. Signatures and sums are checked by Check.
func DecodeBundle(b []byte) (Bundle, error) {
	end := len(b) - sha256.Size
	if len(b) > MaxBundle || !strings.HasPrefix(string(b[:min(len(b), len(bundleDomain))]), bundleDomain) || end < len(bundleDomain) {
		return Bundle{}, fmt.Errorf("bundle of %d bytes or another version: %w", len(b), ErrMalformed)
	}
	if sha256.Sum256(b[:end]) != [sha256.Size]byte(b[end:]) {
		return Bundle{}, fmt.Errorf("bundle of %d bytes does not fit its sum: copy it again: %w", len(b), ErrMalformed)
	}
	d := &decoder{rest: b[len(bundleDomain):end]}
	u := Bundle{Zone: energy.Zone(d.name()), Interval: d.interval(), ChainID: d.uint64(), Hub: settlement.Address(d.take(20)), Tariff: d.tariff()}
	for range d.count(96) {
		u.Meters = append(u.Meters, Meter{energy.Meter(d.name()), energy.Member(d.name()), [32]byte(d.take(32))})
	}
	for range d.count(meter.SignedReadingSize) {
		r, err := meter.DecodeSignedReading(d.take(meter.SignedReadingSize))
		d.fail(err)
		u.Readings = append(u.Readings, r)
	}
	for range d.count(4) {
		m, err := exchange.DecodeMessage(d.part())
		d.fail(err)
		u.Market = append(u.Market, m)
	}
	for range d.uint8() {
		u.Runs = append(u.Runs, d.run())
	}
	switch {
	case d.err != nil || len(d.rest) > 0:
		return Bundle{}, fmt.Errorf("bundle: %d bytes before its end: %w", len(d.rest), ErrMalformed)
	case !u.ordered():
		return Bundle{}, fmt.Errorf("bundle out of order: %w", ErrMalformed)
	}
	return u, u.Tariff.Validate()
}

func (d *decoder) tariff() (t settlement.Tariff) {
	t.Import, t.Export, t.Network, t.Levy, t.Fee = d.price(), d.price(), d.price(), d.price(), d.price()
	t.FeeShare, t.Band, t.Markup = settlement.Rate(d.uint64()), settlement.Rate(d.uint64()), d.price()
	for range d.uint8() {
		t.Local = append(t.Local, d.price())
	}
	last := -1
	for range d.uint8() {
		leg := d.uint8()
		if int(leg) <= last {
			d.fail(ErrMalformed)
		}
		if last = int(leg); t.VAT == nil {
			t.VAT = map[settlement.Leg]settlement.Rate{}
		}
		t.VAT[settlement.Leg(leg)] = settlement.Rate(d.uint64())
	}
	return t
}

func (d *decoder) price() energy.Price { return energy.Price(d.uint64()) }

func (d *decoder) run() (r RunRecord) {
	var err error
	r.Attestation, err = oracle.DecodeAttestation(d.part())
	d.fail(err)
	switch d.uint8() {
	case 0:
	case 1:
		r.Turn = &TurnRecord{Before: d.part()}
		r.Turn.Notice, err = settlement.DecodeNotice(d.part())
		d.fail(err)
		r.Turn.Signed, err = oracle.DecodeSettled(d.part())
		d.fail(err)
		_, err = r.Turn.before(r.Turn.Notice.Report.Zone)
		d.fail(err)
	default:
		d.fail(ErrMalformed)
	}
	return r
}

// before is the balances before the turn.
func (t *TurnRecord) before(zone energy.Zone) (*settlement.Balances, error) {
	if len(t.Before) == 0 {
		return settlement.NewBalances(zone), nil
	}
	return settlement.RestoreBalances(t.Before)
}

// ordered reports whether the lists are in their order, each entry once, and of the interval.
func (u Bundle) ordered() bool {
	for i := 1; i < len(u.Meters); i++ {
		if u.Meters[i-1].Meter >= u.Meters[i].Meter {
			return false
		}
	}
	for i := 1; i < len(u.Readings); i++ {
		if compareReadings(u.Readings[i-1], u.Readings[i]) >= 0 {
			return false
		}
	}
	for i, r := range u.Runs {
		k := u.key(i)
		report := r.Attestation.Report
		if k != (settlement.Key{Zone: report.Zone, Interval: report.Interval, Run: report.Run}) || r.Turn != nil && (r.Turn.Notice.Key() != k || r.Turn.Signed.Report != r.Turn.Notice.Report) {
			return false
		}
	}
	return len(u.Runs) > 0
}

func (u Bundle) key(run int) settlement.Key {
	return settlement.Key{Zone: u.Zone, Interval: u.Interval, Run: uint32(run)}
}

// compareReadings is the order of the readings of a bundle: that of their bytes.
func compareReadings(a, b meter.SignedReading) int {
	return bytes.Compare(meter.AppendSignedReading(nil, a), meter.AppendSignedReading(nil, b))
}
