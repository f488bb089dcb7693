package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement"
)

// Source is what causes an entry of the books.
type Source uint8

const (
	// Settlement of a batch.
	Settlement Source = iota + 1
	// Deposit of money into escrow.
	Deposit
	// Withdrawal of money, which is released for good.
	Withdrawal
	// Hold of money for orders, or its release.
	Hold
)

var sources = []string{"", "settlement", "deposit", "withdrawal", "hold"}

// String is the source as the ledger stores it.
func (s Source) String() string { return sources[s] }

// parseSource reads what String prints; 0 for anything else.
func parseSource(text string) Source { return Source(max(0, slices.Index(sources, text))) }

// Entry is one entry of a zone's books: all that is posted for one cause.
type Entry struct {
	Number   uint64 // from 1, without gaps
	Source   Source
	ID       string // of the cause among those of its source
	At       int64  // Unix seconds: start of the settled interval, or when it happened
	Postings []settlement.Posting
	Previous [32]byte // digest of the entry before; zero in the first
}

// ErrPosting is returned for postings that cannot be entered: nothing moves, or one stands there twice.
var ErrPosting = problem.New(problem.Invalid, "cannot be posted")

// checkPostings refuses postings that are not in ascending order of their IDs, which are unique, or move nothing.
func checkPostings(list []settlement.Posting) error {
	for i := range list {
		if i > 0 && bytes.Compare(list[i-1].ID[:], list[i].ID[:]) >= 0 {
			return fmt.Errorf("posting %x twice: %w", list[i].ID[:6], ErrPosting)
		}
		if err := checkPosting(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

func checkPosting(p *settlement.Posting) error {
	if p.Amount <= 0 || p.From == p.To {
		return fmt.Errorf("posting %x of %d: %w", p.ID[:6], p.Amount, ErrPosting)
	}
	return nil
}

const entryDomain = "wattle/journal/1"

// appendEntryHeader appends what stands before the transfers of an entry.
func appendEntryHeader(b []byte, zone energy.Zone, e Entry) []byte {
	name, id := zone.Bytes(), sha256.Sum256([]byte(e.ID))
	b = append(b, entryDomain...)
	b = append(b, name[:]...)
	b = binary.BigEndian.AppendUint64(b, e.Number)
	b = append(b, e.Previous[:]...)
	b = append(b, byte(e.Source))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At))
	b = append(b, id[:]...)
	return binary.BigEndian.AppendUint32(b, uint32(len(e.Postings)))
}

// appendPosting appends the bytes of one transfer.
func appendPosting(b []byte, p *settlement.Posting) []byte {
	b = append(b, p.ID[:]...)
	b = appendParty(b, p.From)
	b = appendParty(b, p.To)
	b = append(b, byte(p.Asset))
	b = binary.BigEndian.AppendUint64(b, uint64(p.Amount))
	b = append(b, byte(p.Leg))
	b = binary.BigEndian.AppendUint64(b, uint64(p.Energy))
	return binary.BigEndian.AppendUint32(b, uint32(p.Rate))
}

func appendParty(b []byte, a settlement.Account) []byte {
	owner := a.Owner.Bytes()
	return append(append(b, byte(a.Kind)), owner[:]...)
}

// digest is SHA-256 over the entry's header and its transfers, whose postings are in the order of their IDs.
func (e Entry) digest(zone energy.Zone) (sum [32]byte) {
	h := sha256.New()
	h.Write(appendEntryHeader(nil, zone, e))
	buffer := make([]byte, 0, 1<<13)
	for i := range e.Postings {
		buffer = write(h, appendPosting(buffer, &e.Postings[i]))
	}
	h.Write(buffer)
	h.Sum(sum[:0])
	return sum
}

// ErrBroken is returned for books that contradict themselves: somebody has changed them.
var ErrBroken = problem.New(problem.Internal, "the books contradict themselves")
