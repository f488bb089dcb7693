package exchange

import (
	"math/bits"
	"slices"
)

const (
	// denseLevels is the widest range of ticks that is kept as an array, 256 KiB a book. A band of tariffs has some
	// thousand; wider ranges are kept as a sorted list of the levels in use.
	denseLevels = 1 << 16

	noBid = int64(-1)      // below every level
	noAsk = int64(1) << 62 // above every level
)

// levels are the price levels of one book, both sides in one, for they never overlap: bids lie below asks. A level is a
// number of ticks above the collar's lower end. Where the range is narrow, a level's queue is found by index and the next
// occupied level by a bitmap of three storeys; where it is wide, both are found by search.
type levels struct {
	heads []uint32 // first order of each queue, 0 where nobody waits: by level, or by place in ticks
	words []uint64 // a bit per level
	sums  []uint64 // a bit per word
	top   uint64   // a bit per sum
	ticks []uint32 // wide ranges only: the occupied levels, ascending
	wide  bool
}

func newLevels(count int64) levels {
	if count > denseLevels {
		return levels{wide: true}
	}
	words := (count + 63) / 64
	return levels{heads: make([]uint32, count), words: make([]uint64, words), sums: make([]uint64, (words+63)/64)}
}

// head is the first order at a level, 0 where nobody waits.
func (l *levels) head(level uint32) uint32 {
	if !l.wide {
		return l.heads[level]
	}
	if i, found := slices.BinarySearch(l.ticks, level); found {
		return l.heads[i]
	}
	return 0
}

// lead makes an order the first at an occupied level.
func (l *levels) lead(level, slot uint32) {
	if !l.wide {
		l.heads[level] = slot
		return
	}
	i, _ := slices.BinarySearch(l.ticks, level)
	l.heads[i] = slot
}

// occupy gives an empty level its first order.
func (l *levels) occupy(level, slot uint32) {
	if l.wide {
		i, _ := slices.BinarySearch(l.ticks, level)
		l.ticks = slices.Insert(l.ticks, i, level)
		l.heads = slices.Insert(l.heads, i, slot)
		return
	}
	l.heads[level] = slot
	l.words[level>>6] |= 1 << (level & 63)
	l.sums[level>>12] |= 1 << (level >> 6 & 63)
	l.top |= 1 << (level >> 12)
}

// vacate takes the last order from a level.
func (l *levels) vacate(level uint32) {
	if l.wide {
		i, _ := slices.BinarySearch(l.ticks, level)
		l.ticks = slices.Delete(l.ticks, i, i+1)
		l.heads = slices.Delete(l.heads, i, i+1)
		return
	}
	l.heads[level] = 0
	w := &l.words[level>>6]
	*w &^= 1 << (level & 63)
	if *w != 0 {
		return
	}
	s := &l.sums[level>>12]
	*s &^= 1 << (level >> 6 & 63)
	if *s == 0 {
		l.top &^= 1 << (level >> 12)
	}
}

// above is the lowest occupied level over a level, or noAsk.
func (l *levels) above(level uint32) int64 {
	if l.wide {
		i, found := slices.BinarySearch(l.ticks, level)
		if found {
			i++
		}
		if i == len(l.ticks) {
			return noAsk
		}
		return int64(l.ticks[i])
	}
	if w := l.words[level>>6] & (^uint64(1) << (level & 63)); w != 0 {
		return int64(level&^63) | int64(bits.TrailingZeros64(w))
	}
	return l.aboveWord(level >> 6)
}

// aboveWord is the lowest occupied level in the words over a word, or noAsk.
func (l *levels) aboveWord(word uint32) int64 {
	at := int64(word)
	s := l.sums[word>>6] & (^uint64(1) << (word & 63))
	if s == 0 {
		t := l.top & (^uint64(1) << (word >> 6))
		if t == 0 {
			return noAsk
		}
		sum := bits.TrailingZeros64(t)
		at, s = int64(sum)<<6, l.sums[sum]
	}
	at = at&^63 | int64(bits.TrailingZeros64(s))
	return at<<6 | int64(bits.TrailingZeros64(l.words[at]))
}

// below is the highest occupied level under a level, or noBid.
func (l *levels) below(level uint32) int64 {
	if l.wide {
		i, _ := slices.BinarySearch(l.ticks, level)
		if i == 0 {
			return noBid
		}
		return int64(l.ticks[i-1])
	}
	if w := l.words[level>>6] & (1<<(level&63) - 1); w != 0 {
		return int64(level&^63) | int64(bits.Len64(w)-1)
	}
	return l.belowWord(level >> 6)
}

// belowWord is the highest occupied level in the words under a word, or noBid.
func (l *levels) belowWord(word uint32) int64 {
	at := int64(word)
	s := l.sums[word>>6] & (1<<(word&63) - 1)
	if s == 0 {
		t := l.top & (1<<(word>>6) - 1)
		if t == 0 {
			return noBid
		}
		sum := bits.Len64(t) - 1
		at, s = int64(sum)<<6, l.sums[sum]
	}
	at = at&^63 | int64(bits.Len64(s)-1)
	return at<<6 | int64(bits.Len64(l.words[at])-1)
}
