package settlement

import (
	"encoding/binary"
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// Notice is what the operator says about a turn: what nobody else can know, and the report that comes out. Everything
// else follows from the logs and the chain, so whoever reads the notice can recompute it.
type Notice struct {
	Report   oracle.SettlementReport // names the batch and the block up to which the chain counts
	Payouts  []Payout
	Releases []Released
}

// Key is the batch that the turn settles.
func (n Notice) Key() Key { return Key{n.Report.Zone, n.Report.Interval, n.Report.Run} }

const noticeDomain = "wattle/turn/1"

const (
	noticeHead    = len(noticeDomain) + oracle.SettlementReportSize
	noticePayout  = 1 + 32 + 20
	noticeRelease = 1 + 32 + 8
)

// AppendNotice appends domain 13, report 156, counted (4) payouts (kind 1, member 32, address 20) and counted (4) releases
// (kind 1, member 32, amount 8).
func AppendNotice(b []byte, n Notice) []byte {
	b = append(b, noticeDomain...)
	b = oracle.AppendSettlementReport(b, n.Report)
	b = binary.BigEndian.AppendUint32(b, uint32(len(n.Payouts)))
	for _, p := range n.Payouts {
		b = appendAccount(b, p.Account)
		b = append(b, p.Address[:]...)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(n.Releases)))
	for _, r := range n.Releases {
		b = appendAccount(b, r.Account)
		b = binary.BigEndian.AppendUint64(b, uint64(r.Amount))
	}
	return b
}

func appendAccount(b []byte, a Account) []byte {
	owner := a.Owner.Bytes()
	return append(append(b, byte(a.Kind)), owner[:]...)
}

// DecodeNotice reads what AppendNotice wrote.
func DecodeNotice(b []byte) (Notice, error) {
	if len(b) < noticeHead || string(b[:len(noticeDomain)]) != noticeDomain {
		return Notice{}, fmt.Errorf("notice of %d bytes: %w", len(b), ErrMalformed)
	}
	report, err := oracle.DecodeSettlementReport(b[len(noticeDomain):noticeHead])
	if err != nil {
		return Notice{}, err
	}
	payouts, rest, err := counted(b[noticeHead:], noticePayout)
	if err != nil {
		return Notice{}, err
	}
	releases, rest, err := counted(rest, noticeRelease)
	if err != nil || len(rest) > 0 {
		return Notice{}, fmt.Errorf("notice with %d bytes too many: %w", len(rest), ErrMalformed)
	}
	n := Notice{Report: report}
	for ; len(payouts) > 0; payouts = payouts[noticePayout:] {
		account, err := decodeAccount(payouts)
		if err != nil {
			return Notice{}, err
		}
		n.Payouts = append(n.Payouts, Payout{account, Address(payouts[33:])})
	}
	for ; len(releases) > 0; releases = releases[noticeRelease:] {
		account, err := decodeAccount(releases)
		amount := energy.Money(binary.BigEndian.Uint64(releases[33:]))
		if err != nil || amount <= 0 {
			return Notice{}, fmt.Errorf("release of %d: %w", amount, ErrMalformed)
		}
		n.Releases = append(n.Releases, Released{account, amount})
	}
	return n, nil
}

var (
	// ErrPending is returned while trades or attestations that a turn depends on have not been seen.
	ErrPending = problem.New(problem.Unavailable, "what the turn depends on is not all known yet")
	// ErrOtherwise is returned for a notice whose report does not come out of what it depends on: somebody's money is
	// at stake, and nobody honest signs it.
	ErrOtherwise = problem.New(problem.Conflict, "recomputed, the balances come out otherwise")
)
