package settlement

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/wattle/wattle/energy"
)

const balancesDomain = "wattle/balances/1"

const (
	snapshotHead   = len(balancesDomain) + 32 + 8 + 8 + 8 + 12 + 4
	snapshotRun    = 12 + 4
	snapshotRecord = 1 + 32 + 20 + 8 + 8 + 8 + 8
)

// AppendSnapshot appends everything that decides the next turns, docs/protocol.md "Balances": domain, zone 32, number 8,
// block 8, deposited 8, interval 12 and run 4 of the last turn (zeros before the first); counted (4) intervals 12 with the
// run that comes next 4, ascending; counted (4) records, ascending by account: kind 1, member 32, payout 20, energy 8,
// released 8, balance 8 and exit 8 (signed).
func (b *Balances) AppendSnapshot(to []byte) []byte {
	to = slices.Grow(to, snapshotHead+8+len(b.runs)*snapshotRun+len(b.records)*snapshotRecord)
	zone := b.zone.Bytes()
	to = append(to, balancesDomain...)
	to = append(to, zone[:]...)
	to = binary.BigEndian.AppendUint64(to, b.number)
	to = binary.BigEndian.AppendUint64(to, b.block)
	to = binary.BigEndian.AppendUint64(to, uint64(b.sums.deposited))
	to, _ = b.last.Interval.AppendBinary(to) // never fails
	to = binary.BigEndian.AppendUint32(to, b.last.Run)
	to = binary.BigEndian.AppendUint32(to, uint32(len(b.runs)))
	for _, interval := range slices.SortedFunc(maps.Keys(b.runs), energy.Interval.Compare) {
		to, _ = interval.AppendBinary(to)
		to = binary.BigEndian.AppendUint32(to, b.runs[interval])
	}
	to = binary.BigEndian.AppendUint32(to, uint32(len(b.records)))
	for _, slot := range b.order {
		r := b.records[slot]
		owner := r.account.Owner.Bytes()
		to = append(to, byte(r.account.Kind))
		to = append(to, owner[:]...)
		to = append(to, r.payout[:]...)
		for _, v := range [...]int64{int64(r.energy), int64(r.released), int64(r.balance), r.leaves} {
			to = binary.BigEndian.AppendUint64(to, uint64(v))
		}
	}
	return to
}

// Hash is SHA-256 over the snapshot: equal hashes, equal balances.
func (b *Balances) Hash() [32]byte { return sha256.Sum256(b.AppendSnapshot(nil)) }

// RestoreBalances reads what AppendSnapshot wrote.
func RestoreBalances(from []byte) (*Balances, error) {
	if len(from) < snapshotHead || string(from[:len(balancesDomain)]) != balancesDomain {
		return nil, fmt.Errorf("balances of %d bytes: %w", len(from), ErrMalformed)
	}
	head := from[len(balancesDomain):snapshotHead]
	zone, err := energy.DecodeName([32]byte(head))
	if err != nil {
		return nil, fmt.Errorf("balances of no zone: %w", ErrMalformed)
	}
	b := NewBalances(energy.Zone(zone))
	b.number, b.block = binary.BigEndian.Uint64(head[32:]), binary.BigEndian.Uint64(head[40:])
	b.sums.deposited = energy.Money(binary.BigEndian.Uint64(head[48:]))
	runs, rest, err := counted(from[snapshotHead:], snapshotRun)
	if err != nil {
		return nil, err
	}
	if err := b.restoreRuns(head[56:], runs); err != nil {
		return nil, err
	}
	records, rest, err := counted(rest, snapshotRecord)
	if err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("balances with %d bytes too many: %w", len(rest), ErrMalformed)
	}
	for ; len(records) > 0; records = records[snapshotRecord:] {
		if err := b.restoreRecord(records); err != nil {
			return nil, err
		}
	}
	return b, b.restored()
}

// counted splits off a list that begins with its length.
func counted(b []byte, size int) (list, rest []byte, err error) {
	if len(b) < 4 || (len(b)-4)/size < int(binary.BigEndian.Uint32(b)) {
		return nil, nil, fmt.Errorf("balances end early: %w", ErrMalformed)
	}
	n := 4 + size*int(binary.BigEndian.Uint32(b))
	return b[4:n], b[n:], nil
}

// restoreRuns reads the last turn's interval and run, and which run of each interval comes next.
func (b *Balances) restoreRuns(last, runs []byte) error {
	var previous energy.Interval
	var turns uint64
	for ; len(runs) > 0; runs = runs[snapshotRun:] {
		interval, err := energy.DecodeInterval(runs)
		next := binary.BigEndian.Uint32(runs[12:])
		if err != nil || next == 0 || previous.Valid() && interval.Compare(previous) <= 0 {
			return fmt.Errorf("balances with interval %s: %w", interval, ErrMalformed)
		}
		b.runs[interval], previous = next, interval
		turns += uint64(next)
	}
	if turns != b.number {
		return fmt.Errorf("balances of %d turns with number %d: %w", turns, b.number, ErrMalformed)
	}
	if b.number == 0 {
		if b.block > 0 || [16]byte(last) != [16]byte{} {
			return fmt.Errorf("balances before the first turn: %w", ErrMalformed)
		}
		return nil
	}
	interval, err := energy.DecodeInterval(last)
	b.last = Key{Zone: b.zone, Interval: interval, Run: binary.BigEndian.Uint32(last[12:])}
	if err != nil || b.runs[interval] != b.last.Run+1 {
		return fmt.Errorf("balances after %s: %w", b.last, ErrMalformed)
	}
	return nil
}

func (b *Balances) restoreRecord(from []byte) error {
	account, err := decodeAccount(from[:33])
	if err != nil {
		return err
	}
	if n := len(b.records); n > 0 && compareAccounts(b.records[n-1].account, account) >= 0 {
		return fmt.Errorf("balances out of order at %q: %w", account.Owner, ErrMalformed)
	}
	amount := func(i int) int64 { return int64(binary.BigEndian.Uint64(from[53+8*i:])) }
	slot, err := b.slot(account)
	if err != nil {
		return err
	}
	r := &b.records[slot]
	r.payout, r.leaves = Address(from[33:53]), amount(3)
	if amount(0) < 0 || amount(1) < 0 || r.leaves < exited || r.leaves != 0 && account.Kind != MemberAccount {
		return fmt.Errorf("balance of %q: %w", account.Owner, ErrMalformed)
	}
	if r.leaves != 0 {
		b.leaving = append(b.leaving, slot)
	}
	if b.moveEnergy(slot, energy.WattHours(amount(0))) != nil || b.move(slot, energy.Money(amount(2))) != nil {
		return fmt.Errorf("balance of %q: %w", account.Owner, ErrMalformed)
	}
	r.released = energy.Money(amount(1))
	b.sums.released, err = b.sums.released.Add(r.released)
	return err
}

// restored checks that what was read can be the end of a turn, and hashes it.
func (b *Balances) restored() error {
	owned := b.sums.released
	for _, r := range b.records {
		var err error
		if owned, err = owned.Add(r.balance); err != nil {
			return fmt.Errorf("balances together: %w", ErrMalformed)
		}
	}
	if owned != b.sums.deposited || b.credit() < 0 || b.number == 0 && len(b.records) > 0 {
		return fmt.Errorf("balances of %s on deposits of %s: %w", owned, b.sums.deposited, ErrMalformed)
	}
	b.hash(0)
	b.touched, b.before = b.touched[:0], b.before[:0]
	clear(b.mark)
	return nil
}
