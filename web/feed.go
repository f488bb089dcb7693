package web

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
)

const (
	feedEvery     = 25 * time.Millisecond // of the wall; what happens in between comes in one frame
	feedHeartbeat = 5 * time.Second       // of the wall
	feedQueue     = 256                   // frames; a program that is further behind is disconnected
	keptFrames    = feedQueue / 2         // for who missed some, at least 3 s; who missed more is sent a snapshot
	snapshotTrade = 100                   // trades in a snapshot
	snapshotOrder = 200                   // own orders in a snapshot that no longer rest
)

// feed numbers what happens in the market by the positions of the market's log: a frame covers the commands from First
// up to Next, and the number means the same after a restart and on every server. It belongs to a state, whose mu guards
// it.
type feed struct {
	state *state
	log   *slog.Logger
	// silence is after how much of the wall's time a program that is not heard of is gone.
	silence time.Duration

	next     uint64 // first command that no frame covers
	trades   []exchange.Event
	changed  map[energy.Interval]bool
	touched  map[energy.Member]map[exchange.ClientID]bool // orders of members who listen
	depth    map[energy.Interval]depth                    // as of the last frame
	frames   []feedFrame                                  // oldest first
	traders  map[*trader]bool
	listened map[energy.Member]uint64 // the number from which on frames hold a member's orders; absent: none do
	stopped  bool

	handlers sync.WaitGroup // of open sockets
}

// depth is a book's levels.
type depth struct {
	bids, asks map[energy.Price]energy.WattHours
}

// feedFrame is a frame with everything that anyone is told in it.
type feedFrame struct {
	wire  feedWire // without orders
	all   frame    // wire, encoded
	owned map[energy.Member][]orderWire
}

func newFeed(s *state) *feed {
	return &feed{
		state: s, silence: traderSilence, next: 1, changed: map[energy.Interval]bool{}, touched: map[energy.Member]map[exchange.ClientID]bool{},
		depth: map[energy.Interval]depth{}, traders: map[*trader]bool{}, listened: map[energy.Member]uint64{},
	}
}

// run sends frames until ctx is done, then closes every socket and returns when they are closed.
func (f *feed) run(ctx context.Context) {
	frames, heartbeats := time.NewTicker(feedEvery), time.NewTicker(feedHeartbeat)
	defer frames.Stop()
	defer heartbeats.Stop()
	for {
		select {
		case <-frames.C:
			f.flush()
		case <-heartbeats.C:
			f.beat()
		case <-ctx.Done():
			f.stop()
			f.handlers.Wait()
			return
		}
	}
}

// note keeps what the next frame is about. The events are folded into the view already. state.mu is held.
func (f *feed) note(events []exchange.Event) {
	for _, e := range events {
		if e.Sequence < f.next {
			continue // a repeat
		}
		if e.Interval.Valid() {
			f.changed[e.Interval] = true
		}
		f.touch(e.Member, e.Order, e.ClientID)
		f.touch(e.MakerMember, e.Maker, e.MakerClient)
		if e.Kind == exchange.Traded {
			f.trades = append(f.trades, e)
		}
	}
}

func (f *feed) touch(member energy.Member, order uint64, id exchange.ClientID) {
	if order == 0 || f.listened[member] == 0 {
		return
	}
	if f.touched[member] == nil {
		f.touched[member] = map[exchange.ClientID]bool{}
	}
	f.touched[member][id] = true
}

// flush sends what happened since the last flush.
func (f *feed) flush() {
	f.state.mu.Lock()
	defer f.state.mu.Unlock()
	f.cut()
}

// cut is flush while state.mu is held.
func (f *feed) cut() {
	m := f.state.market
	next := m.view.Sequence() + 1
	if next == f.next {
		return
	}
	made := feedFrame{
		wire: feedWire{
			Kind: "difference", First: f.next, Next: next, AtMs: m.view.Time(), Books: f.differences(), Trades: []printWire{}, Orders: []orderWire{},
		},
		owned: map[energy.Member][]orderWire{},
	}
	for _, t := range f.trades {
		made.wire.Trades = append(made.wire.Trades, printOf(t))
	}
	for member := range f.touched {
		made.owned[member] = f.ordersOf(member)
	}
	made.all = encode(made.wire)
	f.next, f.trades = next, nil
	clear(f.changed)
	clear(f.touched)
	if len(f.frames) == keptFrames {
		f.frames = slices.Delete(f.frames, 0, 1)
	}
	f.frames = append(f.frames, made)
	for t := range f.traders {
		f.send(t, made.of(t.who.member))
	}
}

// of is the frame as a member is told it.
func (f feedFrame) of(member energy.Member) frame {
	own := f.owned[member]
	if len(own) == 0 {
		return f.all
	}
	wire := f.wire
	wire.Orders = own
	return encode(wire)
}

// differences are the levels that changed in each book, the quantity 0 where one is gone.
func (f *feed) differences() []depthWire {
	m, out := f.state.market, []depthWire{}
	for _, iv := range slices.SortedFunc(maps.Keys(f.changed), energy.Interval.Compare) {
		b, found := m.view.Book(iv)
		if !found {
			delete(f.depth, iv)
			continue
		}
		now, was := depth{levelMap(b.Bids), levelMap(b.Asks)}, f.depth[iv]
		w := m.depth(b)
		w.Bids, w.Asks = levelChanges(was.bids, now.bids), levelChanges(was.asks, now.asks)
		out = append(out, w)
		f.depth[iv] = now
		if !b.Open {
			delete(f.depth, iv)
		}
	}
	return out
}

func levelMap(levels []exchange.Level) map[energy.Price]energy.WattHours {
	out := make(map[energy.Price]energy.WattHours, len(levels))
	for _, l := range levels {
		out[l.Price] = l.Quantity
	}
	return out
}

// levelChanges are the levels of now that differ from was, ascending by price.
func levelChanges(was, now map[energy.Price]energy.WattHours) []offerWire {
	var prices []energy.Price
	for p, q := range now {
		if was[p] != q {
			prices = append(prices, p)
		}
	}
	for p := range was {
		if _, still := now[p]; !still {
			prices = append(prices, p)
		}
	}
	slices.Sort(prices)
	out := make([]offerWire, len(prices))
	for i, p := range prices {
		out[i] = offerWire{perKWh(p), kWh(now[p])}
	}
	return out
}

// beat tells every program the number of the next command, so that it notices at once what it has missed.
func (f *feed) beat() {
	f.state.mu.Lock()
	defer f.state.mu.Unlock()
	f.cut()
	b := encode(beatWire{Kind: "heartbeat", Next: f.next, NowMs: f.state.now().UnixMilli()})
	b.ping = true
	for t := range f.traders {
		f.send(t, b)
	}
}

// send queues a frame, or disconnects a program whose queue is full. state.mu is held.
func (f *feed) send(t *trader, message frame) {
	if !f.traders[t] {
		return
	}
	select {
	case t.queue <- message:
	default:
		f.log.LogAttrs(context.Background(), slog.LevelInfo, "slow program disconnected",
			slog.String("member", string(t.who.member)), slog.Int("queued_frames", len(t.queue)))
		f.forget(t)
		_ = t.conn.Close() // the writer may be stuck in it
	}
}

// forget removes a program and ends its writer after what is queued. state.mu is held.
func (f *feed) forget(t *trader) {
	if f.traders[t] {
		delete(f.traders, t)
		close(t.queue)
	}
}

func (f *feed) stop() {
	f.state.mu.Lock()
	defer f.state.mu.Unlock()
	f.stopped = true
	for t := range f.traders {
		f.forget(t)
	}
}

// resume sends what a program has missed from the given number on: the frames since, or a snapshot where they are not
// kept, or the number is none of this log. 0 asks for a snapshot. state.mu is held, and nothing is waiting
// to be cut.
func (f *feed) resume(t *trader, from uint64) {
	member := t.who.member
	first := slices.IndexFunc(f.frames, func(k feedFrame) bool { return k.wire.Next > from })
	since := f.listened[member]
	switch {
	case since != 0 && from == f.next: // nothing was missed
	case since == 0 || from < since || first < 0 || f.frames[first].wire.First > from:
		if since == 0 {
			f.listened[member] = f.next
		}
		f.send(t, encode(f.snapshot(member)))
	default:
		for _, k := range f.frames[first:] {
			f.send(t, k.of(member))
		}
	}
}

// ordersOf are a member's orders that the next frame is about, the newest first.
func (f *feed) ordersOf(member energy.Member) (wire []orderWire) {
	var own []exchange.OrderState
	for id := range f.touched[member] {
		if o, ok := f.state.market.view.Order(member, id); ok {
			own = append(own, o)
		}
	}
	slices.SortFunc(own, func(a, b exchange.OrderState) int { return cmp.Compare(b.Order, a.Order) })
	for _, o := range own {
		wire = append(wire, orderOf(o))
	}
	return wire
}

// snapshot is everything a member may see.
func (f *feed) snapshot(member energy.Member) feedWire {
	m := f.state.market
	w := feedWire{
		Kind: "snapshot", First: 1, Next: f.next, AtMs: m.view.Time(), Books: []depthWire{},
		Trades: m.prints(energy.Interval{}, snapshotTrade), Orders: []orderWire{},
	}
	for _, iv := range m.view.Intervals() {
		b, _ := m.view.Book(iv)
		w.Books = append(w.Books, m.depth(b))
	}
	ended := 0
	for _, o := range m.view.Orders(member) {
		if o.Status != exchange.Resting {
			ended++
		}
		if o.Status == exchange.Resting || ended <= snapshotOrder {
			w.Orders = append(w.Orders, orderOf(o))
		}
	}
	return w
}
