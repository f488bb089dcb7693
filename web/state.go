package web

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/meter"
)

// topic names a part of the state that clients subscribe to.
type topic string

const (
	flowTopic       topic = "flow"
	marketTopic     topic = "market"
	settlementTopic topic = "settlement"
)

var topics = []topic{flowTopic, marketTopic, settlementTopic}

// keptIntervals is how many intervals the stream tells about; the rest is asked for.
const keptIntervals = 24

// fold is the state of one topic.
type fold interface {
	// snapshot is everything.
	snapshot(now time.Time) any
	// difference is what changed since it was last asked, and whether that is anything.
	difference(now time.Time) (any, bool)
}

// state is everything clients see live. Its folds are guarded by mu.
type state struct {
	now func() time.Time

	mu         sync.Mutex
	flow       *flow
	market     *market
	settlement *settlements
	feed       *feed
	moved      chan struct{} // closed when the view of the market has moved on
}

func newState(street Street, now func() time.Time) *state {
	s := &state{
		now: now, flow: newFlow(street.Homes), market: newMarket(street), settlement: &settlements{}, moved: make(chan struct{}),
	}
	s.feed = newFeed(s)
	return s
}

// await returns when the view of the market has seen the command of that sequence.
func (s *state) await(ctx context.Context, sequence uint64) error {
	for {
		s.mu.Lock()
		seen, moved := s.market.view.Sequence(), s.moved
		s.mu.Unlock()
		if seen >= sequence {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return fmt.Errorf("the view is at %d, waiting for %d: %w", seen, sequence, ctx.Err())
		}
	}
}

// wake lets those who await look again.
func (s *state) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.moved)
	s.moved = make(chan struct{})
}

// orders are a member's, the newest first.
func (s *state) orders(member energy.Member) []exchange.OrderState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.market.view.Orders(member)
}

// order is one of a member's orders, or false for an id that the member never used or that was forgotten.
func (s *state) order(member energy.Member, id exchange.ClientID) (exchange.OrderState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.market.view.Order(member, id)
}

func (s *state) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *state) fold(t topic) fold {
	switch t {
	case flowTopic:
		return s.flow
	case marketTopic:
		return s.market
	case settlementTopic:
		return s.settlement
	}
	panic("web: no such topic: " + string(t))
}

func (s *state) health() healthWire {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := healthWire{Status: OK, Parts: list(slices.Clone(s.flow.parts))}
	for _, p := range h.Parts {
		if p.State == Down || h.Status == OK {
			h.Status = p.State
		}
	}
	return h
}

// flow is the newest live state of each home, and how the parts of the street work.
type flow struct {
	members  map[energy.Meter]energy.Member
	homes    map[energy.Member]liveWire
	changed  map[energy.Member]bool
	parts    []Part
	newParts bool
}

func newFlow(homes []Home) *flow {
	return &flow{members: homeOf(homes), homes: map[energy.Member]liveWire{}, changed: map[energy.Member]bool{}}
}

// live takes what is newer than what is known, of the homes of this street.
func (f *flow) live(l meter.Live) {
	member, known := f.members[l.Meter]
	if !known || l.At < f.homes[member].AtMs {
		return
	}
	f.homes[member] = liveWire{
		Member: member, AtMs: l.At, Grid: l.Grid, Solar: l.Solar, Battery: l.Battery,
		Charge: l.Charge, Reachable: l.Reachable, Problem: l.Problem,
	}
	f.changed[member] = true
}

func (f *flow) health(parts []Part) {
	for _, p := range parts {
		i := slices.IndexFunc(f.parts, func(old Part) bool { return old.Name == p.Name })
		switch {
		case i < 0:
			f.parts, f.newParts = append(f.parts, p), true
		case f.parts[i] != p:
			f.parts[i], f.newParts = p, true
		}
	}
}

func (f *flow) snapshot(now time.Time) any {
	w := flowWire{NowMs: now.UnixMilli(), Homes: []liveWire{}, Parts: list(slices.Clone(f.parts))}
	for _, l := range f.homes {
		w.Homes = append(w.Homes, l)
	}
	slices.SortFunc(w.Homes, compareLive)
	return w
}

func (f *flow) difference(now time.Time) (any, bool) {
	if len(f.changed) == 0 && !f.newParts {
		return nil, false
	}
	w := flowWire{NowMs: now.UnixMilli(), Homes: []liveWire{}, Parts: []Part{}}
	for member := range f.changed {
		w.Homes = append(w.Homes, f.homes[member])
	}
	slices.SortFunc(w.Homes, compareLive)
	if f.newParts {
		w.Parts = slices.Clone(f.parts)
	}
	clear(f.changed)
	f.newParts = false
	return w, true
}

func compareLive(a, b liveWire) int { return cmp.Compare(a.Member, b.Member) }

// settlements are the newest intervals whose gate has closed, newest first.
type settlements struct {
	intervals []Interval
	changed   map[int64]bool // by start
}

// put takes an interval in place of what was known of it. A state may go back: a chain can take a block back.
func (s *settlements) put(i Interval) {
	at, found := s.find(i.Start)
	if found {
		s.intervals[at] = i
	} else {
		s.intervals = slices.Insert(s.intervals, at, i)
	}
	s.intervals = s.intervals[:min(len(s.intervals), keptIntervals)]
	if s.changed == nil {
		s.changed = map[int64]bool{}
	}
	s.changed[i.Start] = true
}

// seed takes only what is not known yet.
func (s *settlements) seed(intervals []Interval) {
	for _, i := range intervals {
		if _, found := s.find(i.Start); !found {
			s.put(i)
		}
	}
}

func (s *settlements) find(start int64) (int, bool) {
	return slices.BinarySearchFunc(s.intervals, start, func(i Interval, start int64) int { return cmp.Compare(start, i.Start) })
}

func (s *settlements) snapshot(time.Time) any {
	return settlementWire{list(slices.Clone(s.intervals))}
}

func (s *settlements) difference(time.Time) (any, bool) {
	w := settlementWire{[]Interval{}}
	for _, i := range s.intervals {
		if s.changed[i.Start] {
			w.Intervals = append(w.Intervals, i)
		}
	}
	clear(s.changed)
	return w, len(w.Intervals) > 0
}
