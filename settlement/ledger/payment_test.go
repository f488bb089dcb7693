package ledger_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/pgtest"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/ledger"
)

func deposit(t *testing.T, l *ledger.Ledger, id string, m energy.Member, amount energy.Money) {
	t.Helper()
	must(t, l.Deposit(t.Context(), ledger.Payment{ID: id, Member: m, Amount: amount, At: 100}))
}

// owns compares a member's money and collateral.
func owns(t *testing.T, l *ledger.Ledger, m energy.Member, money, held energy.Money) {
	t.Helper()
	all, err := l.Balances(t.Context())
	must(t, err)
	for kind, want := range map[settlement.AccountKind]energy.Money{settlement.MemberAccount: money, settlement.CollateralAccount: held} {
		if got := all[settlement.Holding{Account: settlement.Account{Kind: kind, Owner: m}, Asset: settlement.MoneyAsset}]; got != int64(want) {
			t.Errorf("%s of %s: got %d, want %d", kind, m, got, want)
		}
	}
	must(t, l.Verify(t.Context()))
}

func TestDepositsAndWithdrawals(t *testing.T) {
	l, ctx := open(t), t.Context()
	deposit(t, l, "tx 1", "elif", 100)
	deposit(t, l, "tx 1", "elif", 100) // told again
	deposit(t, l, "tx 2", "maria", 30)
	must(t, l.Withdraw(ctx, ledger.Payment{ID: "a", Member: "elif", Amount: 40}))
	must(t, l.Withdraw(ctx, ledger.Payment{ID: "a", Member: "elif", Amount: 40, At: 77}))
	must(t, l.Withdraw(ctx, ledger.Payment{ID: "b", Member: "elif", Amount: 60}))
	owns(t, l, "elif", 0, 0)
	owns(t, l, "maria", 30, 0)
	for name, c := range map[string]struct {
		err  error
		want error
	}{
		"more than there is":         {l.Withdraw(ctx, ledger.Payment{ID: "c", Member: "maria", Amount: 31}), ledger.ErrCover},
		"nothing":                    {l.Withdraw(ctx, ledger.Payment{ID: "c", Member: "maria"}), ledger.ErrAmount},
		"less than nothing":          {l.Deposit(ctx, ledger.Payment{ID: "c", Member: "maria", Amount: -1}), ledger.ErrAmount},
		"no cause":                   {l.Deposit(ctx, ledger.Payment{Member: "maria", Amount: 1}), ledger.ErrAmount},
		"a stranger's":               {l.Deposit(ctx, ledger.Payment{ID: "c", Member: "zoe", Amount: 1}), ledger.ErrNotFound},
		"another amount":             {l.Deposit(ctx, ledger.Payment{ID: "tx 1", Member: "elif", Amount: 99}), ledger.ErrDiffers},
		"another member":             {l.Withdraw(ctx, ledger.Payment{ID: "a", Member: "maria", Amount: 40}), ledger.ErrDiffers},
		"more than a balance can be": {l.Deposit(ctx, ledger.Payment{ID: "d", Member: "maria", Amount: 1<<63 - 1}), energy.ErrRange},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: got %v, want %v", name, c.err, c.want)
		}
	}
	released, err := l.Released(ctx, 0)
	must(t, err)
	if want := map[energy.Member]energy.Money{"elif": 100}; !reflect.DeepEqual(released, want) {
		t.Errorf("released: got %v, want %v", released, want)
	}
	if released, err = l.Released(ctx, 3); err != nil || released["elif"] != 40 {
		t.Errorf("released up to entry 3: got %v %v, want 40", released, err)
	}
}

// What was earned cannot be released before others have paid in.
func TestEscrowIsNotOverdrawn(t *testing.T) {
	l, ctx := open(t), t.Context()
	settle(t, l)
	deposit(t, l, "tx", "elif", 150_000_000)
	all := ledger.Payment{ID: "a", Member: "maria", Amount: 196_000_000}
	if err := l.Withdraw(ctx, all); !errors.Is(err, ledger.ErrOverdraft) {
		t.Errorf("got %v, want %v", err, ledger.ErrOverdraft)
	}
	deposit(t, l, "tx 2", "elif", 46_000_000)
	must(t, l.Withdraw(ctx, all))
	owns(t, l, "maria", 0, 0)
}

func TestHolds(t *testing.T) {
	l, ctx := open(t), t.Context()
	deposit(t, l, "tx", "elif", 100)
	step := func(n uint32, amount energy.Money) error {
		return l.Hold(ctx, ledger.HoldStep{Hold: "orders of elif", Step: n, Member: "elif", Amount: amount})
	}
	must(t, step(0, 60))
	must(t, step(0, 60))
	owns(t, l, "elif", 40, 60)
	must(t, step(1, 100))
	must(t, step(2, 25))
	must(t, step(3, 25))
	owns(t, l, "elif", 75, 25)
	for name, c := range map[string]struct{ err, want error }{
		"more than the balance": {step(4, 101), ledger.ErrCover},
		"a step left out":       {step(5, 30), ledger.ErrHold},
		"a step changed":        {step(2, 26), ledger.ErrDiffers},
		"another member's":      {l.Hold(ctx, ledger.HoldStep{Hold: "orders of elif", Step: 4, Member: "maria", Amount: 1}), ledger.ErrHold},
		"of nothing":            {l.Hold(ctx, ledger.HoldStep{Hold: "x", Member: "elif"}), ledger.ErrAmount},
		"a stranger's":          {l.Hold(ctx, ledger.HoldStep{Hold: "x", Member: "zoe", Amount: 1}), ledger.ErrNotFound},
		"withdrawn":             {l.Withdraw(ctx, ledger.Payment{ID: "w", Member: "elif", Amount: 76}), ledger.ErrCover},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: got %v, want %v", name, c.err, c.want)
		}
	}
	must(t, step(4, 0))
	if err := step(5, 1); !errors.Is(err, ledger.ErrHold) {
		t.Errorf("after its end: got %v, want %v", err, ledger.ErrHold)
	}
	owns(t, l, "elif", 100, 0)
}

// What the market is told follows every entry that changes what a member with collateral may spend.
func TestCollateralForTheMarket(t *testing.T) {
	l, ctx := open(t), t.Context()
	if changes, upto, err := l.Collaterals(ctx, 0, 100); len(changes) != 0 || upto != 0 || err != nil {
		t.Errorf("of an empty ledger: got %v %d %v", changes, upto, err)
	}
	deposit(t, l, "tx", "elif", 300_000_000)
	deposit(t, l, "tx 2", "maria", 5)
	must(t, l.Hold(ctx, ledger.HoldStep{Hold: "h", Member: "elif", Amount: 200_000_000}))
	settle(t, l) // elif pays 220,000,000: more than is not held
	must(t, l.Hold(ctx, ledger.HoldStep{Hold: "h", Step: 1, Member: "elif", Amount: 150_000_000}))
	changes, upto, err := l.Collaterals(ctx, 0, 100)
	must(t, err)
	want := []ledger.Collateral{{Entry: 1, Member: "elif"}, {Entry: 3, Member: "elif", Amount: 200_000_000},
		{Entry: 4, Member: "elif", Amount: 80_000_000, Interval: interval}, {Entry: 5, Member: "elif", Amount: 80_000_000}}
	if !reflect.DeepEqual(changes, want) || upto != 5 {
		t.Errorf("got %+v up to %d, want %+v up to 5", changes, upto, want)
	}
	if changes, upto, err = l.Collaterals(ctx, 3, 1); err != nil || upto != 4 || !reflect.DeepEqual(changes, want[2:3]) {
		t.Errorf("entry 4 alone: got %+v up to %d, %v", changes, upto, err)
	}
	if changes, upto, err = l.Collaterals(ctx, 5, 1); err != nil || upto != 5 || len(changes) != 0 {
		t.Errorf("after the newest: got %+v up to %d, %v", changes, upto, err)
	}
}

// Many programs post the same random payments at once. Each happens once, nobody is overdrawn, and the books hold together.
func TestManyPostAtOnce(t *testing.T) {
	db := pgtest.New(t)
	l := openOn(t, db)
	group, ctx := errgroup.WithContext(t.Context())
	for range 4 {
		other := ledger.New(db, zone) // a program of its own
		group.Go(func() error {
			random := rand.New(rand.NewPCG(1, 2)) // every program the same payments
			for i := range 60 {
				m := []energy.Member{"elif", "maria"}[random.IntN(2)]
				p := ledger.Payment{ID: fmt.Sprint(i), Member: m, Amount: energy.Money(1 + random.IntN(50))}
				var err error
				switch random.IntN(3) {
				case 0:
					err = other.Deposit(ctx, p)
				case 1:
					err = other.Withdraw(ctx, p)
				default:
					err = other.Hold(ctx, ledger.HoldStep{Hold: p.ID, Member: m, Amount: p.Amount})
				}
				if err != nil && !errors.Is(err, ledger.ErrCover) && !errors.Is(err, ledger.ErrDiffers) {
					return err
				}
			}
			return nil
		})
	}
	must(t, group.Wait())
	must(t, l.Verify(t.Context()))
	all, err := l.Balances(t.Context())
	must(t, err)
	var sum int64
	for h, amount := range all {
		sum += amount
		if h.Account.Kind != settlement.EscrowAccount && amount < 0 {
			t.Errorf("%s %s: got %d, want nothing owed", h.Account.Kind, h.Account.Owner, amount)
		}
	}
	var entries, causes int
	must(t, db.QueryRow(t.Context(), `SELECT count(*), count(DISTINCT source || source_id) FROM journal`).Scan(&entries, &causes))
	if sum != 0 || entries != causes || entries < 20 {
		t.Errorf("money sums to %d, want 0; %d entries of %d causes", sum, entries, causes)
	}
}
