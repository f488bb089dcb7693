package settlement

import (
	"encoding/binary"

	"github.com/wattle/wattle/energy"
)

// subject says what a leg is about: a trade by its place in the log, or a member, and for a tax the leg that is taxed.
type subject struct {
	member   energy.Member // empty for a trade
	sequence uint64
	index    uint16
	taxed    Leg  // 0 but for VAT
	rate     Rate // of that tax
	reversed bool // the taxed amount goes against the leg's usual direction
}

func ofTrade(t *Trade) subject { return subject{sequence: t.Sequence, index: t.Index} }

// append appends the bytes that go into a posting's ID: for a tax the taxed leg, its direction and the rate, then a trade's
// sequence and index, or the member.
func (s subject) append(b []byte) []byte {
	if s.taxed != 0 {
		direction := byte(0)
		if s.reversed {
			direction = 1
		}
		b = binary.BigEndian.AppendUint32(append(b, byte(s.taxed), direction), uint32(s.rate))
	}
	if s.member != "" {
		name := s.member.Bytes()
		return append(b, name[:]...)
	}
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint64(b, s.sequence), s.index)
}

// line is what a settlement says about one leg and subject, all runs together.
type line struct {
	leg      Leg
	asset    Asset
	subject  subject
	from, to Account
	amount   int64            // below zero it goes the other way
	energy   energy.WattHours // >= 0 but in differences
}

// cause is what lines of two runs have in common.
type cause struct {
	leg     Leg
	subject subject
}

func (l *line) cause() cause { return cause{l.leg, l.subject} }

// differences are what now says and before did not, in the order of now; what before said alone comes last, taken back.
func differences(now, before []line) []line {
	at := make(map[cause]int, len(now))
	for i := range now {
		at[now[i].cause()] = i
	}
	for _, b := range before {
		b.amount, b.energy = -b.amount, -b.energy
		if i, ok := at[b.cause()]; ok {
			now[i].amount += b.amount
			now[i].energy += b.energy
		} else {
			now = append(now, b)
		}
	}
	return now
}

// post appends the posting of a line, none for an amount of zero.
func (r *Result) post(l line) {
	if l.amount == 0 {
		return
	}
	p := Posting{ID: postingID(r.Key, l.leg, l.subject), From: l.from, To: l.to, Asset: l.asset, Amount: l.amount, Leg: l.leg,
		Energy: max(l.energy, -l.energy), Rate: int32(l.subject.rate)}
	if p.Amount < 0 {
		p.From, p.To, p.Amount = p.To, p.From, -p.Amount
	}
	r.Postings = append(r.Postings, p)
}
