package exchange

// waiting finds the orders that rest by their identity. There are few of them beside the identities that were ever used,
// so it stays in cache where outcomes do not: most of what members ask is about an order that rests.
type waiting struct {
	table []uint64 // 32 bits of an identity's hash over the order's slot; 0 where free
	count int
	salt  uint64
}

func newWaiting() waiting { return waiting{table: make([]uint64, 256)} }

// entry is what the table holds of an order. It begins at its upper half.
func (w *waiting) entry(slot uint32, d *details) uint64 {
	return identityHash(w.salt, d.member, &d.client)>>32<<32 | uint64(slot)
}

// resting returns the slot in which a member's order of this client id rests, or 0.
func (m *Market) resting(member uint32, client *ClientID) uint32 {
	w := &m.waiting
	h := identityHash(w.salt, member, client) >> 32
	mask := uint64(len(w.table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		e := w.table[i]
		if e == 0 {
			return 0
		}
		if e>>32 == h {
			if d := &m.details[uint32(e)]; d.member == member && d.client == *client {
				return uint32(e)
			}
		}
	}
}

// await makes an order that begins to rest known by its identity.
func (m *Market) await(slot uint32) {
	w := &m.waiting
	if w.count++; 2*w.count > len(w.table) {
		m.widen()
	}
	w.put(w.entry(slot, &m.details[slot]))
}

func (w *waiting) put(entry uint64) {
	mask := uint64(len(w.table) - 1)
	i := entry >> 32 & mask
	for w.table[i] != 0 {
		i = (i + 1) & mask
	}
	w.table[i] = entry
}

// widen doubles the table and hashes anew: see outcomes.grow.
func (m *Market) widen() {
	w, old := &m.waiting, m.waiting.table
	w.table, w.salt = make([]uint64, 2*len(old)), m.outcomes.salt
	for _, e := range old {
		if slot := uint32(e); slot != 0 {
			w.put(w.entry(slot, &m.details[slot]))
		}
	}
}

// depart forgets an order that rests no more.
func (m *Market) depart(slot uint32) {
	w := &m.waiting
	w.count--
	mask := uint64(len(w.table) - 1)
	entry := w.entry(slot, &m.details[slot])
	i := entry >> 32 & mask
	for w.table[i] != entry {
		i = (i + 1) & mask
	}
	for j := (i + 1) & mask; w.table[j] != 0; j = (j + 1) & mask { // close the hole, so that no search ends at it
		if home := w.table[j] >> 32 & mask; (j-home)&mask >= (j-i)&mask {
			w.table[i] = w.table[j]
			i = j
		}
	}
	w.table[i] = 0
}
