package exchange

// expiry is a heap of the orders that are good till a time, earliest first, the earlier entered first at equal time.
// Each order knows its place in it.
type expiry struct{ slots []uint32 }

func (m *Market) sooner(a, b uint32) bool {
	x, y := &m.details[a], &m.details[b]
	return x.till < y.till || x.till == y.till && x.entered < y.entered
}

// expect puts an order into the heap.
func (m *Market) expect(slot uint32) {
	m.expiry.slots = append(m.expiry.slots, slot)
	m.rise(len(m.expiry.slots)-1, slot)
}

// unexpect takes an order out of the heap, if it is in it.
func (m *Market) unexpect(slot uint32) {
	at := int(m.details[slot].place) - 1
	if at < 0 {
		return
	}
	m.details[slot].place = 0
	h := m.expiry.slots
	last := h[len(h)-1]
	m.expiry.slots = h[:len(h)-1]
	if last == slot {
		return
	}
	if at > 0 && m.sooner(last, h[(at-1)/2]) {
		m.rise(at, last)
		return
	}
	m.sink(at, last)
}

// rise moves an order from a place up to where it belongs.
func (m *Market) rise(at int, slot uint32) {
	h := m.expiry.slots
	for at > 0 {
		parent := (at - 1) / 2
		if !m.sooner(slot, h[parent]) {
			break
		}
		m.settle(at, h[parent])
		at = parent
	}
	m.settle(at, slot)
}

// sink moves an order from a place down to where it belongs.
func (m *Market) sink(at int, slot uint32) {
	h := m.expiry.slots
	for {
		child := 2*at + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && m.sooner(h[child+1], h[child]) {
			child++
		}
		if !m.sooner(h[child], slot) {
			break
		}
		m.settle(at, h[child])
		at = child
	}
	m.settle(at, slot)
}

func (m *Market) settle(at int, slot uint32) {
	m.step()
	m.expiry.slots[at] = slot
	m.details[slot].place = uint32(at) + 1
}

// NextExpiry is the earliest time, in Unix milliseconds, at which a resting order is no longer good, or false where none
// is good till a time. A PassTime command with that time takes it out of its book.
func (m *Market) NextExpiry() (int64, bool) {
	if len(m.expiry.slots) == 0 {
		return 0, false
	}
	return m.details[m.expiry.slots[0]].till, true
}

// passTime lets orders expire, MaxSweep at most.
func (m *Market) passTime() {
	m.beginRare(nil, nobody)
	answer := m.emit(Event{Kind: TimePassed})
	for n := 0; len(m.expiry.slots) > 0; n++ {
		slot := m.expiry.slots[0]
		if m.details[slot].till > m.time {
			return
		}
		if n == MaxSweep {
			m.events[answer].Count = m.due(0)
			return
		}
		m.leave(slot, Expired, TimeReached)
	}
}

// due counts the orders in the heap from a place down that are no longer good.
func (m *Market) due(at int) uint32 {
	if at >= len(m.expiry.slots) || m.details[m.expiry.slots[at]].till > m.time {
		return 0
	}
	return 1 + m.due(2*at+1) + m.due(2*at+2)
}
