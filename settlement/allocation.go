package settlement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// KeyRule says how a community shares what it generates, as laws have it.
type KeyRule uint8

const (
	// StaticKey gives everyone a fixed part of the generation, whether used or not (Austria, ElWOG §16e; France).
	StaticKey KeyRule = iota + 1
	// DynamicKey gives by what everyone consumes in the interval (Austria, ElWOG §16e; France).
	DynamicKey
	// HourlyKey gives parts that were fixed in advance for each hour and come to 1 (Spain, Orden TED/1247/2021).
	HourlyKey
)

// Whole is all of the generation, in parts of a static or hourly key: six decimals, as Spain writes them.
const Whole = 1_000_000

// CommunityKey is a rule with its numbers.
type CommunityKey struct {
	Rule  KeyRule
	Parts map[energy.Member]int64           // of Whole, static: together at most Whole
	Hours map[int64]map[energy.Member]int64 // of Whole, by the start of the hour in Unix seconds, hourly: together Whole
}

// ErrKey is returned for a key that does not fit the community or the interval.
var ErrKey = problem.New(problem.Invalid, "not a key for this community and interval")

// Flow is what a member imported and exported in the interval.
type Flow struct {
	Member energy.Member
	Import energy.WattHours
	Export energy.WattHours
}

// Share is what an allocation says about a member. Import − Cover is bought from the residual supplier, Export − Given is
// sold to it.
type Share struct {
	Flow
	Share energy.WattHours // of the generation, by the key
	Cover energy.WattHours // the part of the share that was consumed: min(Share, Import)
	Given energy.WattHours // of the member's export, what covered somebody: in proportion to the exports
}

// Allocation shares the generation of an interval among a community, in place of trades.
type Allocation struct {
	Interval energy.Interval
	Shares   []Share // ascending by member
	Export   energy.WattHours
	Cover    energy.WattHours // at most Export; the rest is the community's surplus
}

// Allocate shares what the members exported among those who imported. Every division is by largest remainder, ties to
// the earlier name; the order of flows does not matter.
func Allocate(interval energy.Interval, key CommunityKey, flows []Flow) (Allocation, error) {
	a := Allocation{Interval: interval}
	flows = slices.SortedFunc(slices.Values(flows), func(a, b Flow) int { return strings.Compare(string(a.Member), string(b.Member)) })
	var consumed energy.WattHours
	for i, f := range flows {
		if i > 0 && flows[i-1].Member == f.Member || !f.Import.Valid() || !f.Export.Valid() {
			return Allocation{}, fmt.Errorf("%s: %s twice, or import %s export %s: %w", interval, f.Member, f.Import, f.Export, ErrKey)
		}
		a.Shares = append(a.Shares, Share{Flow: f})
		a.Export += f.Export
		consumed += f.Import
		if !a.Export.Valid() || !consumed.Valid() {
			return Allocation{}, fmt.Errorf("%s: community: %w", interval, energy.ErrRange)
		}
	}
	weights, err := key.weights(interval, flows)
	if err != nil {
		return Allocation{}, fmt.Errorf("%s: %w", interval, err)
	}
	for i, share := range portions(a.Export, weights) {
		s := &a.Shares[i]
		s.Share, s.Cover = share, min(share, s.Import)
		a.Cover += s.Cover
	}
	a.give()
	return a, nil
}

// give says whose export covered somebody.
func (a *Allocation) give() {
	exports := make([]int64, len(a.Shares)+1)
	for i, s := range a.Shares {
		exports[i] = int64(s.Export)
	}
	for i, given := range portions(a.Cover, exports) {
		a.Shares[i].Given = given
	}
}

// weights are the parts of the flows' members, and last the part that is nobody's.
func (k CommunityKey) weights(interval energy.Interval, flows []Flow) ([]int64, error) {
	weights := make([]int64, len(flows)+1)
	if k.Rule == DynamicKey {
		for i, f := range flows {
			weights[i] = int64(f.Import)
		}
		return weights, nil
	}
	parts, known := k.Parts, k.Rule == StaticKey
	if k.Rule == HourlyKey {
		parts, known = k.Hours[interval.StartUnix()-interval.StartUnix()%int64(energy.OneHour)]
	}
	if !known {
		return nil, fmt.Errorf("rule %d has no parts: %w", k.Rule, ErrKey)
	}
	left, found := int64(Whole), 0
	for i, f := range flows {
		part, ok := parts[f.Member]
		if part < 0 || part > left {
			return nil, fmt.Errorf("parts of more than the whole at %s: %w", f.Member, ErrKey)
		}
		if ok {
			found++
		}
		weights[i], left = part, left-part
	}
	if found != len(parts) || k.Rule == HourlyKey && left != 0 {
		return nil, fmt.Errorf("parts for %d of %d named members, %d of %d are nobody's: %w", found, len(parts), left, Whole, ErrKey)
	}
	weights[len(flows)] = left
	return weights, nil
}

// portions divides by weight, leaving out the last portion. Nothing is divided where nobody has weight.
func portions(e energy.WattHours, weights []int64) []energy.WattHours {
	var sum int64
	for _, w := range weights {
		sum += w
	}
	last := len(weights) - 1
	if sum == 0 {
		return make([]energy.WattHours, last)
	}
	split, err := e.Split(weights)
	if err != nil {
		panic(err) // weights are not negative and lie within MaxEnergy together
	}
	return split[:last]
}
