package oracle

import (
	"cmp"
	"slices"

	"github.com/wattle/wattle/energy"
)

// The days that a drift is measured in.
const (
	driftDays  = 5 // the latest, whose median is judged: three of five must agree
	gapDays    = 2 // before them, left out: a fraud that began a week ago is not its own past
	pastDays   = 7 // before these, at least: what was usual
	neighbours = 9 // that follow the home best
	driftMost  = 60_000
)

// Days are solar energies per day in Wh, of the same days, oldest first: of a home and of its neighbours.
type Days struct {
	Own   []energy.WattHours
	Peers [][]energy.WattHours
}

// Drift scores how much more a home makes than its neighbours lead to expect, in millionths. Less than expected is no
// concern of others: shade, snow and curtailment only take. More than before is a question of registration, as
// modules may have been added, a tree felled. Two things together make it a fraud, and both are asked for:
//
//   - The feeder's gap grows with what the home reports (Slope, in millionths) by at least half of what it reports too
//     much: that part never reached the wire.
//   - The drift is there before and after noon, at least a third of it in each: a factor does not know the hour,
//     and what shades does.
func Drift(whole, forenoon, afternoon Days, slope int64) (Score, bool) {
	drift, known := whole.drift()
	score := Score{RatioDrift, Registered, 1_000_000 + drift, 1_000_000, 600}
	if !known || drift <= driftMost {
		return Score{}, false
	}
	early, knownEarly := forenoon.drift()
	late, knownLate := afternoon.drift()
	excess := drift * 1_000_000 / (1_000_000 + drift) // as a part of what is reported
	if slope*2 >= excess && knownEarly && knownLate && min(early, late)*3 >= drift {
		score.Class, score.Confidence = Fraud, 800
	}
	return score, true
}

// drift is how much more the home makes in the latest days than its neighbours lead to expect, in millionths. Each
// peer is compared with its own past, so roofs need not be alike; the nine that have followed the home best are
// heard, and their median counts, so that snow on one of them, or a liar, moves nothing.
func (days Days) drift() (drift int64, known bool) {
	past := len(days.Own) - gapDays - driftDays
	if past < pastDays {
		return 0, false
	}
	var followers []follower
	for _, peer := range days.Peers {
		if f, ok := follow(days.Own, peer, past); ok {
			followers = append(followers, f)
		}
	}
	if len(followers) < 3 {
		return 0, false
	}
	slices.SortStableFunc(followers, func(a, b follower) int { return cmp.Compare(a.spread, b.spread) })
	followers = followers[:min(len(followers), neighbours)]
	var ratios []int64
	for d := past + gapDays; d < len(days.Own); d++ {
		var said []int64
		for _, f := range followers {
			if f.ratios[d] > 0 {
				said = append(said, f.ratios[d]*1_000_000/f.usual)
			}
		}
		if len(said) > len(followers)/2 {
			ratios = append(ratios, median(said))
		}
	}
	if len(ratios) < driftDays-1 {
		return 0, false
	}
	return median(ratios) - 1_000_000, true
}

// follower is how a peer compares with a home.
type follower struct {
	ratios        []int64 // the home's energy by the peer's, in millionths, by day; 0 where either says nothing
	usual, spread int64   // the median of the past, and the median distance from it in millionths of it
}

// follow compares a home with a peer. A day counts if both made at least 500 Wh: below, snow and rounding decide.
func follow(own, peer []energy.WattHours, past int) (follower, bool) {
	const telling = 500
	f := follower{ratios: make([]int64, len(own))}
	var known []int64
	for d := range min(len(own), len(peer)) {
		if own[d] >= telling && peer[d] >= telling {
			f.ratios[d] = int64(own[d]) * 1_000_000 / int64(peer[d])
			if d < past {
				known = append(known, f.ratios[d])
			}
		}
	}
	if len(known) < pastDays-2 {
		return follower{}, false
	}
	f.usual = median(slices.Clone(known))
	for i, r := range known {
		known[i] = distance(r, f.usual) * 1_000_000 / f.usual
	}
	f.spread = median(known)
	return f, true
}
