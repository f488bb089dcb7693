package exchange

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/wattle/wattle/energy"
)

// Restore returns the market whose snapshot data is. It refuses, with ErrMalformed, bytes that are not a snapshot of a
// market under these rules: a state no log leads to must not trade. It panics on rules that do not Validate.
func Restore(rules Rules, data []byte) (*Market, error) {
	if len(data) < len(stateDomain) || string(data[:len(stateDomain)]) != stateDomain {
		return nil, fmt.Errorf("snapshot of %d bytes or another version: %w", len(data), ErrMalformed)
	}
	r := stateReader{rest: data[len(stateDomain):], market: NewMarket(rules)}
	r.state()
	if r.err == nil && len(r.rest) != 0 {
		r.fail("bytes after the end")
	}
	if r.err == nil && !bytes.Equal(r.market.AppendSnapshot(nil), data) {
		r.fail("it does not write back as it reads")
	}
	if r.err != nil {
		return nil, fmt.Errorf("snapshot: %w", r.err)
	}
	return r.market, nil
}

// stateReader reads what stateWriter wrote, and keeps the first problem. After it, every field reads as zero.
type stateReader struct {
	rest    []byte
	err     error
	market  *Market
	entered []entry
}

// entry is an order of a snapshot on its way to its member's others.
type entry struct {
	slot uint32
	details
}

func (r *stateReader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %w", what, ErrMalformed)
		r.rest = nil
	}
}

func (r *stateReader) take(n int) []byte {
	if len(r.rest) < n {
		r.fail("it ends early")
		return make([]byte, n)
	}
	field := r.rest[:n]
	r.rest = r.rest[n:]
	return field
}

func (r *stateReader) byte() byte       { return r.take(1)[0] }
func (r *stateReader) uint64() uint64   { d := decoder{rest: r.take(8)}; return d.uint64() }
func (r *stateReader) client() ClientID { return ClientID(r.take(16)) }

func (r *stateReader) flag() bool {
	b := r.byte()
	if b > 1 {
		r.fail("a flag is neither 0 nor 1")
	}
	return b == 1
}

// upTo reads a number that is at most most.
func (r *stateReader) upTo(most uint64, what string) uint64 {
	v := r.uint64()
	if v > most {
		r.fail(what)
		return 0
	}
	return v
}

// count reads the number of entries that follow, of which each has at least so many bytes.
func (r *stateReader) count(size int) int {
	return int(r.upTo(uint64(len(r.rest)/size), "more entries than bytes"))
}

func (r *stateReader) state() {
	m := r.market
	m.sequence = r.uint64()
	m.time = int64(r.upTo(maxTime, "time"))
	r.head()
	for range r.count(89) {
		r.account()
	}
	for range r.count(24) {
		r.commitment()
	}
	for range r.count(9) {
		r.book()
	}
	for range r.count(48) {
		r.outcome()
	}
	if r.err == nil {
		r.link()
	}
}

func (r *stateReader) head() {
	m := r.market
	if rules := m.rules.Digest(); !bytes.Equal(r.take(len(rules)), rules[:]) {
		r.fail("it was taken under other rules")
	}
	m.zoneHalted, m.platformHalted = r.flag(), r.flag()
	m.floor = int64(r.upTo(maxTime/1000, "floor"))
	for range r.count(8) {
		fleet := uint32(r.upTo(MaxGroup, "fleet"))
		if n := len(m.fleetsHalted); fleet == 0 || n > 0 && m.fleetsHalted[n-1] >= fleet {
			r.fail("fleets out of order")
		}
		m.fleetsHalted = append(m.fleetsHalted, fleet)
	}
	for range r.count(8) {
		m.poison = append(m.poison, r.uint64())
	}
	if len(m.poison) > maxPoison {
		r.fail("too many poisoned orders")
	}
}

func (r *stateReader) account() {
	m := r.market
	d := decoder{rest: r.take(energy.IDSize)}
	name := d.member()
	a := account{
		name: name, halted: r.flag(), household: uint32(r.upTo(MaxGroup, "household")), fleet: uint32(r.upTo(MaxGroup, "fleet")),
		feeder: uint32(r.upTo(MaxGroup, "feeder")), collateral: energy.Money(r.upTo(1<<63-1, "collateral")),
	}
	if _, twice := m.memberOf[name]; twice || d.err != nil || name == "" {
		r.fail("a member without a name of its own")
		return
	}
	m.memberOf[name] = uint32(len(m.accounts))
	m.accounts = append(m.accounts, a)
}

// member reads the number of an account.
func (r *stateReader) member() uint32 {
	n := r.uint64()
	if n >= uint64(len(r.market.accounts)) {
		r.fail("an unknown member")
		return 0
	}
	return uint32(n)
}

func (r *stateReader) commitment() {
	c := commitmentOf(r.member(), int64(r.upTo(maxTime/1000, "interval")))
	cost := energy.Money(r.upTo(1<<63-1, "commitment"))
	if r.err != nil {
		return
	}
	a := &r.market.accounts[c.member()]
	total, err := a.committed.Add(cost)
	if err != nil || cost == 0 {
		r.fail("commitments")
		return
	}
	a.committed, r.market.commitments[c] = total, cost
}

func (r *stateReader) book() {
	m := r.market
	iv, err := energy.NewInterval(int64(r.upTo(maxTime/1000, "interval")), m.rules.Length)
	if n := len(m.books); err != nil || n > 0 && m.books[n-1].interval.Compare(iv) >= 0 || iv.StartUnix() < m.floor {
		r.fail("intervals out of order")
		return
	}
	b := &book{interval: iv, closed: r.flag()}
	m.books = append(m.books, b)
	m.byStart[iv.StartUnix()] = b
	if b.closed || r.err != nil {
		return
	}
	if len(m.byNumber) == 1<<16 {
		r.fail("too many books")
		return
	}
	b.number = m.match.OpenBook()
	m.byNumber = append(m.byNumber, b)
	for range r.count(25) {
		r.room(b)
	}
	from := len(r.entered)
	for range r.count(84) {
		r.order(b)
	}
	if m.match.Waiting(b.number) > MaxResting {
		r.fail("too many orders")
	}
	if m.rules.Headroom != Unlimited && r.err == nil {
		r.carried(b, from)
	}
}

// carried checks that a book's orders are among what its feeders have in use.
func (r *stateReader) carried(b *book, from int) {
	m, rooms := r.market, slices.Clone(b.rooms)
	for _, e := range r.entered[from:] {
		o := &m.match.orders[e.slot]
		i, found := b.roomAt(m.accounts[e.member].feeder, o.side)
		if found {
			rooms[i].used -= energy.WattHours(o.rest)
		}
		if !found || rooms[i].used < 0 {
			r.fail("more energy rests than is in use")
			return
		}
	}
}

func (r *stateReader) room(b *book) {
	h := headroom{side: Buy}
	if r.flag() {
		h.side = Sell
	}
	h.feeder, h.limit = uint32(r.upTo(MaxGroup, "feeder")), energy.WattHours(r.upTo(uint64(maxHeadroom), "headroom"))
	h.used = energy.WattHours(r.upTo(uint64(maxHeadroom), "headroom"))
	if i, found := b.roomAt(h.feeder, h.side); found || i != len(b.rooms) {
		r.fail("feeders out of order")
		return
	}
	b.rooms = append(b.rooms, h)
}

func (r *stateReader) order(b *book) {
	m := r.market
	side := Side(r.byte())
	d := details{kind: OrderType(r.byte()), self: SelfTrading(r.byte()), doom: Reason(r.byte())}
	in := Incoming{ID: r.upTo(m.sequence, "order"), Level: uint32(r.upTo(uint64(m.match.span-1), "level")), Book: b.number, Side: side}
	rest := r.upTo(uint64(m.rules.MaxQuantity), "rest")
	d.quantity, d.member = uint32(r.upTo(uint64(m.rules.MaxQuantity), "quantity")), r.member()
	d.till, d.session, d.entered, d.client = int64(r.upTo(maxTime, "good till")), r.uint64(), r.upTo(m.sequence, "entry"), r.client()
	q := &m.match.books[b.number]
	crossed := side == Buy && int64(in.Level) >= q.ask || side == Sell && int64(in.Level) <= q.bid
	switch {
	case !side.Valid() || !d.kind.Rests() || !d.self.Valid() || !d.doom.Valid():
		r.fail("an order of no kind")
	case in.ID == 0 || d.entered < in.ID || rest == 0 || rest > uint64(d.quantity) || crossed:
		r.fail("an order that cannot rest")
	}
	if r.err != nil {
		return
	}
	in.Owner = m.accounts[d.member].owner(d.member)
	r.entered = append(r.entered, entry{m.match.wait(&in, uint32(rest)), d})
}

func (r *stateReader) outcome() {
	o := outcome{member: r.member(), id: r.upTo(r.market.sequence, "order"), body: r.uint64(), time: int64(r.upTo(uint64(r.market.time), "time"))}
	o.client = r.client()
	if r.err != nil {
		return
	}
	s := &r.market.outcomes
	if s.find(o.member, &o.client) != nil || s.count() > 0 && s.at(s.next-1).id >= o.id {
		r.fail("identities out of order")
		return
	}
	s.add(&o)
}

// link ties each order to its member's others, its identity, and what it reserves.
func (r *stateReader) link() {
	m := r.market
	slices.SortFunc(r.entered, func(a, b entry) int { return compare(a.details.entered, b.details.entered) })
	for i, e := range r.entered {
		id := m.match.orders[e.slot].id
		o := m.outcomes.find(e.member, &e.client)
		if o == nil || o.id != id || i > 0 && r.entered[i-1].details.entered == e.details.entered {
			r.fail("an order without an identity of its own")
			return
		}
		for int(e.slot) >= len(m.details) {
			m.details = append(m.details, details{})
		}
		m.describe(e.slot, e.details)
		if m.rules.Collateral == Unlimited {
			continue
		}
		a := &m.accounts[e.member]
		total, err := a.reserved.Add(m.heldBy(e.slot))
		if err != nil {
			r.fail("reservations")
			return
		}
		a.reserved = total
	}
}
