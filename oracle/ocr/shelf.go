package ocr

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

const (
	// shelfSpan is how far back readings are kept for intervals that did not close, and how far ahead they are taken.
	shelfSpan = 48 * time.Hour
	// shelfSize bounds the readings on the shelf: about 100 MB.
	shelfSize = 250_000
	// copies of a meter's reading for one boundary: the second proves that the device signed twice, a third adds nothing.
	copies = 2
)

// ErrShelfFull is returned for a reading that finds no room: the oracles have not closed an interval for long.
var ErrShelfFull = problem.New(problem.Unavailable, "too many readings wait for the oracles")

// shelf holds the readings an oracle has received, by the boundary they stand for, until their interval has closed.
// Only readings that Registry.Check accepts are taken. It is safe for concurrent use.
type shelf struct {
	registry oracle.Registry
	verified *verified
	now      func() time.Time

	mu       sync.Mutex
	boundary map[int64][]meter.SignedReading
	size     int
	floor    int64 // Unix seconds: boundaries before it are over
}

func newShelf(registry oracle.Registry, verified *verified, now func() time.Time) *shelf {
	return &shelf{registry: registry, verified: verified, now: now, boundary: map[int64][]meter.SignedReading{}}
}

// Put keeps a reading. A reading that is already there, or whose interval is over, is no error.
func (s *shelf) Put(r meter.SignedReading) error {
	now := s.now().Unix()
	if r.Boundary%int64(s.registry.Length) != 0 || r.Boundary > now+int64(shelfSpan/time.Second) {
		return fmt.Errorf("reading of %s for boundary %d at %d: %w", r.Meter, r.Boundary, now, oracle.ErrMalformed)
	}
	if r.Boundary < now-int64(shelfSpan/time.Second) {
		return nil
	}
	if err := s.verified.check(s.registry, r); err != nil {
		return err
	}
	digest := r.Digest()
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Boundary < s.floor {
		return nil
	}
	same := 0
	for _, held := range s.boundary[r.Boundary] {
		if held.Meter != r.Meter {
			continue
		}
		if same++; same == copies || held.Digest() == digest {
			return nil
		}
	}
	if s.size == shelfSize {
		return fmt.Errorf("reading of %s: %w", r.Meter, ErrShelfFull)
	}
	s.boundary[r.Boundary] = append(s.boundary[r.Boundary], r)
	s.size++
	return nil
}

// Held returns the readings for a boundary, in the order they came.
func (s *shelf) Held(boundary int64) []meter.SignedReading {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.boundary[boundary])
}

// Drop forgets all readings for boundaries before the given one, for ever.
func (s *shelf) Drop(before int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.floor = max(s.floor, before)
	for boundary, held := range s.boundary {
		if boundary < s.floor {
			s.size -= len(held)
			delete(s.boundary, boundary)
		}
	}
}

// verified remembers which readings were found good, as the protocol asks about the same ones many times. It is
// bounded: two generations, of which the older is forgotten when the younger is full.
type verified struct {
	mu    sync.Mutex
	young map[meter.Digest]struct{}
	old   map[meter.Digest]struct{}
}

// generation is the number of readings remembered in one generation: 2 MB, and more than one observation can carry.
const generation = 16_384

// check is Registry.Check, once per reading.
func (v *verified) check(registry oracle.Registry, r meter.SignedReading) error {
	digest := r.Digest()
	if v.has(digest) {
		return nil
	}
	if err := registry.Check(r); err != nil {
		return err
	}
	v.add(digest)
	return nil
}

func (v *verified) has(digest meter.Digest) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, young := v.young[digest]
	_, old := v.old[digest]
	return young || old
}

func (v *verified) add(digest meter.Digest) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.young) >= generation || v.young == nil {
		v.old, v.young = v.young, make(map[meter.Digest]struct{})
	}
	v.young[digest] = struct{}{}
}
