package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/wattle/wattle/settlement"
)

// draft is an entry that is made ready for the books while the server does something else: its postings as they came,
// which is mostly the order of the accounts, and where each of them belongs.
type draft struct {
	Entry         // Postings in any order
	order []int32 // places in Postings, ascending by ID
	sides []side  // the accounts of Postings; nil where one is not open yet
}

// draft makes an entry ready. Something is posted, so the chart is not changed meanwhile.
func (l *Ledger) draft(e Entry) (d draft, err error) {
	for i := range e.Postings {
		if err := checkPosting(&e.Postings[i]); err != nil {
			return draft{}, err
		}
	}
	d = draft{Entry: e}
	if d.order, err = ascending(e.Postings); err != nil {
		return draft{}, err
	}
	d.sides = l.chart.sides(e.Postings)
	return d, nil
}

// lines returns the accounts of the postings in the order of their IDs.
func (d *draft) lines() []side {
	lines := make([]side, len(d.order))
	for line, place := range d.order {
		lines[line] = d.sides[place]
	}
	return lines
}

// parts is the number of parts that postings are sorted in: a million IDs, which are digests and thus evenly spread,
// make parts that fit into the processor's first cache.
const parts = 1 << partBits

const partBits = 11

// ascending returns the places of postings in the order of their IDs, which are unique.
func ascending(list []settlement.Posting) ([]int32, error) {
	type place struct {
		prefix uint64
		index  int32
	}
	var ends [parts + 1]int32
	part := func(i int) int { return int(binary.BigEndian.Uint16(list[i].ID[:2]) >> (16 - partBits)) }
	for i := range list {
		ends[part(i)+1]++
	}
	for n := range parts {
		ends[n+1] += ends[n]
	}
	places, at := make([]place, len(list)), ends
	for i := range list {
		n := part(i)
		places[at[n]] = place{binary.BigEndian.Uint64(list[i].ID[:8]), int32(i)}
		at[n]++
	}
	for n := range parts {
		slices.SortFunc(places[ends[n]:ends[n+1]], func(a, b place) int {
			switch {
			case a.prefix < b.prefix:
				return -1
			case a.prefix > b.prefix:
				return 1
			}
			return bytes.Compare(list[a.index].ID[:], list[b.index].ID[:])
		})
	}
	order := make([]int32, len(places))
	for i, p := range places {
		if i > 0 && p.prefix == places[i-1].prefix && list[p.index].ID == list[places[i-1].index].ID {
			return nil, fmt.Errorf("posting %x twice: %w", list[p.index].ID[:6], ErrPosting)
		}
		order[i] = p.index
	}
	return order, nil
}
