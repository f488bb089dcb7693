package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement"
)

// Blocks of 64 accounts are 1.3 kB, so that PostgreSQL stores them in line, and a single posting rewrites little.
const (
	blockShift = 6
	blockSize  = 1 << blockShift
)

// block is a row of balance_block: what its accounts hold after an entry, and the entry's transfers that touched each.
type block struct {
	number  int32
	amounts [blockSize]int64
	ends    [blockSize + 1]int32
	lines   []int32
	filled  [blockSize + 1]int32 // how far lines is filled in, per account
}

var (
	// ErrCover is returned for a hold or withdrawal of more than the member has.
	ErrCover = problem.New(problem.Conflict, "the balance does not cover this")

	// ErrOverdraft is returned for a posting that would leave a balance where the chart of accounts does not allow it.
	ErrOverdraft = problem.New(problem.Conflict, "an account would be overdrawn")

	errTooMuch = fmt.Errorf("balance: %w", energy.ErrRange)
)

// balances are the blocks of the accounts that an entry touches.
type balances struct {
	list []*block // ascending by number once complete
	at   [classes][]*block
}

// of returns the block of an account, and the account's place in it.
func (s *balances) of(account int32) (*block, int32) {
	class, n := &s.at[account>>classShift], int(account&(1<<classShift-1)>>blockShift)
	if n >= len(*class) {
		*class = append(*class, make([]*block, n+1-len(*class))...)
	}
	b := (*class)[n]
	if b == nil {
		b = &block{number: account >> blockShift}
		(*class)[n] = b
		s.list = append(s.list, b)
	}
	return b, account & (blockSize - 1)
}

// touched returns the blocks of an entry, with room for its lines and empty balances.
func touched(sides []side) *balances {
	s := &balances{}
	for _, x := range sides {
		for _, account := range [2]int32{x.debit, x.credit} {
			b, i := s.of(account)
			b.ends[i+1]++
		}
	}
	for _, b := range s.list {
		for i := range blockSize {
			b.ends[i+1] += b.ends[i]
		}
	}
	slices.SortFunc(s.list, func(a, b *block) int { return int(a.number - b.number) })
	return s
}

// lead makes the accounts lead to the lines of the entry, whose accounts these are, that touched them.
func (s *balances) lead(lines []side) {
	for _, b := range s.list {
		b.lines = make([]int32, b.ends[blockSize])
		b.filled = b.ends
	}
	for line, x := range lines {
		for _, account := range [2]int32{x.debit, x.credit} {
			b, i := s.of(account)
			b.lines[b.filled[i]] = int32(line)
			b.filled[i]++
		}
	}
}

// load fills in what the accounts held before. The zone is locked.
func (s *balances) load(ctx context.Context, tx pgx.Tx, zone energy.Zone) error {
	numbers := make([]int32, len(s.list))
	for i, b := range s.list {
		numbers[i] = b.number
	}
	rows, err := tx.Query(ctx, `SELECT n.block, b.amounts FROM unnest($2::integer[]) n (block)
		CROSS JOIN LATERAL (SELECT amounts FROM balance_block WHERE (zone, block) = ($1, n.block) ORDER BY journal DESC LIMIT 1) b`, zone, numbers)
	if err != nil {
		return fmt.Errorf("balances: %w", err)
	}
	var number int32
	var amounts []int64
	if _, err = pgx.ForEachRow(rows, []any{&number, &amounts}, func() error {
		b, _ := s.of(number << blockShift)
		copy(b.amounts[:], amounts)
		return nil
	}); err != nil {
		return fmt.Errorf("balances: %w", err)
	}
	return nil
}

// apply moves what the postings say.
func (s *balances) apply(postings []settlement.Posting, sides []side) error {
	for i, x := range sides {
		from, m := s.of(x.debit)
		to, n := s.of(x.credit)
		less, more := from.amounts[m]-postings[i].Amount, to.amounts[n]+postings[i].Amount
		if less > from.amounts[m] || more < to.amounts[n] {
			return errTooMuch
		}
		from.amounts[m], to.amounts[n] = less, more
	}
	return nil
}

// check refuses what the constraint balance_block_no_overdraft would, and names an account.
func (s *balances) check(postings []settlement.Posting, sides []side) error {
	wrong := func(account int32) bool {
		b, i := s.of(account)
		rule := account >> classShift & 3
		return rule == noDebt && b.amounts[i] < 0 || rule == noClaim && b.amounts[i] > 0
	}
	for i, x := range sides {
		p := &postings[i]
		account := p.From
		if !wrong(x.debit) {
			if !wrong(x.credit) {
				continue
			}
			account = p.To
		}
		return fmt.Errorf("%s %s, %s: %w", account.Kind, account.Owner, p.Asset, ErrOverdraft)
	}
	return nil
}

func copyBlocks(ctx context.Context, tx pgx.Tx, zone energy.Zone, journal int64, blocks []*block) error {
	name := string(zone)
	return copyRows(ctx, tx, `COPY balance_block (zone, block, journal, amounts, ends, lines) FROM STDIN BINARY`, len(blocks), func(i int, t *tuples) {
		b := blocks[i]
		t.begin(6)
		t.text(name)
		t.int4(b.number)
		t.int8(journal)
		t.int8s(b.amounts[:])
		t.int4s(b.ends[:])
		t.int4s(b.lines)
	})
}
