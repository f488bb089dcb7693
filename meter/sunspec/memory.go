package sunspec

import (
	"sync"

	"github.com/wattle/wattle/meter/modbus"
)

// patience is how many reads a refusal is remembered: a minute at one a second. Devices refuse at night what they tell by
// day.
const patience = 60

// memory is what was learned about a device: where its blocks lie, and which registers it refuses. It is of one goroutine.
type memory struct {
	reads   int
	cuts    map[int]int    // registers that no request may reach over, with the read until which
	holes   map[int]int    // first registers of points that are refused
	glances map[int]*image // what Snapshot reads of a block, used again and again
}

func newMemory() *memory {
	return &memory{cuts: map[int]int{}, holes: map[int]int{}, glances: map[int]*image{}}
}

// layouts are shared by all devices: a fleet has few kinds of blocks. Devices with sizes of their own, beyond maxLayouts,
// lay theirs out whenever they are read.
var layouts struct {
	sync.Mutex
	known map[layoutKey]*layout
}

type layoutKey struct {
	model *model
	size  int
}

const maxLayouts = 1000

func (m *memory) cut(address int)  { m.cuts[address] = m.reads + patience }
func (m *memory) hole(address int) { m.holes[address] = m.reads + patience }

// begin counts a read and forgets what is old.
func (m *memory) begin() {
	m.reads++
	for _, known := range []map[int]int{m.cuts, m.holes} {
		for address, until := range known {
			if m.reads > until {
				delete(known, address)
			}
		}
	}
}

// parted reports whether a request may not reach from one register to before another.
func (m *memory) parted(start, end int) bool {
	if len(m.cuts)+len(m.holes) == 0 {
		return false
	}
	for address := start; address < end; address++ {
		if _, hole := m.holes[address]; hole {
			return true
		}
		if _, cut := m.cuts[address]; cut && address > start {
			return true
		}
	}
	return false
}

// layoutOf is the layout of a block without its counted groups.
func layoutOf(b Block, of *model) *layout {
	layouts.Lock()
	defer layouts.Unlock()
	key := layoutKey{of, b.size()}
	l := layouts.known[key]
	if l == nil {
		l = of.lay(b.size(), func(string) int { return 0 })
		if layouts.known == nil {
			layouts.known = make(map[layoutKey]*layout)
		}
		if len(layouts.known) < maxLayouts {
			layouts.known[key] = l
		}
	}
	return l
}

// limited is a reader that knows how many registers its device gives in one answer.
type limited interface{ Limit() uint16 }

func limitOf(r Reader) int {
	if l, ok := r.(limited); ok {
		return int(l.Limit())
	}
	return modbus.MaxRegisters
}
