package agent

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

var (
	// ErrOutboxInUse is returned where another process has the outbox: two agents with one key would sign two
	// readings for one counter.
	ErrOutboxInUse = problem.New(problem.Conflict, "outbox is in use by another agent: stop it first")
	// ErrOutboxDamaged is returned for an outbox that was changed by something else than a crash. What was signed is
	// not known, so the agent does not go on by itself.
	ErrOutboxDamaged = problem.New(problem.Internal, "outbox is damaged: restore it, or give the device a new key and an empty outbox")
)

// keepUnsent is how long readings that nobody takes are kept, in seconds of their boundaries: 30 days. Older ones are
// given up; their energy is not lost, because later registers include it.
const keepUnsent = 30 * 24 * 60 * 60

// maxDead is how many records without further use a file may hold before it is written anew: about 0.3 MB.
const maxDead = 1000

// outbox keeps signed readings on disk until they are sent, and what the next one chains to for ever. It is safe for
// concurrent use.
type outbox struct {
	path string
	lock *os.File
	boot uint32 // how often the outbox was opened

	mu      sync.Mutex
	file    *os.File
	size    int64 // where the next record goes
	dead    int
	last    meter.SignedReading // the newest; counter 0: none yet
	unsent  []meter.SignedReading
	carried carry
	pending chan struct{} // has an element while something new may be unsent
}

// openOutbox opens or makes the outbox and counts the start. A record that a crash tore off at the end is removed: it
// was never published.
func openOutbox(path string) (*outbox, error) {
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	o := &outbox{path: path, lock: lock, pending: make(chan struct{}, 1)}
	if err := o.load(); err != nil {
		return nil, errors.Join(err, o.close())
	}
	o.boot++
	if err := o.rewrite(); err != nil {
		return nil, errors.Join(err, o.close())
	}
	o.pending <- struct{}{}
	return o, nil
}

func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock outbox: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close() // nothing was written
		return nil, fmt.Errorf("%s: %w", path, ErrOutboxInUse)
	}
	return f, nil
}

func (o *outbox) load() error {
	data, err := os.ReadFile(o.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read outbox: %w", err)
	}
	records, err := decodeRecords(data)
	if err != nil {
		return fmt.Errorf("%s: %w", o.path, err)
	}
	for _, r := range records {
		if err := o.replay(r); err != nil {
			return fmt.Errorf("%s: %w", o.path, err)
		}
	}
	return nil
}

func (o *outbox) replay(r record) error {
	switch r.kind {
	case bootRecord:
		o.boot = binary.BigEndian.Uint32(r.payload)
	case sentRecord:
		o.forget(binary.BigEndian.Uint64(r.payload))
	case carryRecord:
		for i := range o.carried {
			o.carried[i] = energy.WattHours(binary.BigEndian.Uint64(r.payload[8*i:]))
		}
	case readingRecord:
		s, err := meter.DecodeSignedReading(r.payload)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrOutboxDamaged, err)
		}
		if o.last.Counter != 0 && (s.Counter != o.last.Counter+1 || s.Previous != o.last.Digest()) {
			return fmt.Errorf("counter %d after %d: %w", s.Counter, o.last.Counter, ErrOutboxDamaged)
		}
		o.last, o.unsent = s, append(o.unsent, s)
	}
	return nil
}

// append makes a reading durable; newest tells whether it did, also after an error. It returns how many readings were given up to keep the outbox within its bound.
func (o *outbox) append(s meter.SignedReading) (dropped int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.write(readingRecord, meter.AppendSignedReading(nil, s)); err != nil {
		return 0, err
	}
	if err := o.file.Sync(); err != nil {
		o.size -= int64(recordSize(meter.SignedReadingSize)) // the next attempt goes to the same place
		return 0, fmt.Errorf("sync outbox: %w", err)
	}
	o.last, o.unsent = s, append(o.unsent, s)
	for o.unsent[0].Boundary < s.Boundary-keepUnsent {
		o.unsent = o.unsent[1:]
		o.dead++
		dropped++
	}
	select {
	case o.pending <- struct{}{}:
	default:
	}
	if o.dead > maxDead {
		return dropped, o.rewrite()
	}
	return dropped, nil
}

// carry is what the signed registers, import and export, are ahead of the device's: what it had counted before it was
// reset or exchanged, less what it came with.
type carry [2]energy.WattHours

func (c carry) payload() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(c[0])), uint64(c[1]))
}

// keep makes a carry durable, if it is another one than before. It must be before a reading that counts on it.
func (o *outbox) keep(c carry) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c == o.carried {
		return nil
	}
	if err := o.write(carryRecord, c.payload()); err != nil {
		return err
	}
	if err := o.file.Sync(); err != nil {
		o.size -= int64(recordSize(16)) // the next attempt goes to the same place
		return fmt.Errorf("sync outbox: %w", err)
	}
	o.carried = c
	o.dead++
	return nil
}

// waiting is how many readings were not sent.
func (o *outbox) waiting() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.unsent)
}

// next is the oldest reading that was not sent.
func (o *outbox) next() (meter.SignedReading, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.unsent) == 0 {
		return meter.SignedReading{}, false
	}
	return o.unsent[0], true
}

// newest is the last reading that was signed, with counter 0 if there is none.
func (o *outbox) newest() meter.SignedReading {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last
}

// sent notes that the readings up to counter need not be sent again. The note may be lost in a crash: they are then
// sent twice, which is harmless.
func (o *outbox) sent(counter uint64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget(counter)
	if o.dead > maxDead {
		return o.rewrite()
	}
	o.dead++
	return o.write(sentRecord, binary.BigEndian.AppendUint64(nil, counter))
}

func (o *outbox) forget(counter uint64) {
	for len(o.unsent) > 0 && o.unsent[0].Counter <= counter {
		o.unsent = o.unsent[1:]
		o.dead++
	}
}

// write puts a record at the end of the file; after an error the end is where it was.
func (o *outbox) write(kind recordKind, payload []byte) error {
	r := appendRecord(nil, record{kind, payload})
	if _, err := o.file.WriteAt(r, o.size); err != nil {
		return fmt.Errorf("write outbox: %w", err)
	}
	o.size += int64(len(r))
	return nil
}

// rewrite replaces the file by one with only what is still needed: a complete one or none, whenever power fails.
func (o *outbox) rewrite() error {
	data := append([]byte(outboxHeader), appendRecord(nil, record{bootRecord, binary.BigEndian.AppendUint32(nil, o.boot)})...)
	if o.carried != (carry{}) {
		data = appendRecord(data, record{carryRecord, o.carried.payload()})
	}
	keep := o.unsent
	if len(keep) == 0 && o.last.Counter != 0 {
		data = appendRecord(data, record{readingRecord, meter.AppendSignedReading(nil, o.last)})
		data = appendRecord(data, record{sentRecord, binary.BigEndian.AppendUint64(nil, o.last.Counter)})
	}
	for _, s := range keep {
		data = appendRecord(data, record{readingRecord, meter.AppendSignedReading(nil, s)})
	}
	file, err := replaceFile(o.path, data)
	if file != nil {
		if o.file != nil {
			o.file.Close() // the file it names is gone
		}
		o.file, o.size, o.dead = file, int64(len(data)), 0
	}
	if err != nil {
		return fmt.Errorf("rewrite outbox: %w", err)
	}
	return nil
}

// replaceFile returns the file that now has the path, also where it is not certain that the folder knows it for ever;
// nil means that the old one is still there.
func replaceFile(path string, data []byte) (*os.File, error) {
	file, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err = file.Write(data); err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (o *outbox) close() error {
	var err error
	if o.file != nil {
		err = o.file.Close()
	}
	return errors.Join(err, o.lock.Close()) // which gives up the lock
}
