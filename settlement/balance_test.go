package settlement

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

var (
	elif  = member("elif")
	maria = member("maria")
)

// coin is one unit of money.
const coin = energy.Money(1e9)

// turnOf is the n-th turn of the street, n from 0: run 0 of the n-th interval.
func turnOf(n int) Turn {
	return Turn{Key: Key{Zone: testKey.Zone, Interval: testKey.Interval.Add(n)}, Block: uint64(10 + n)}
}

func deposit(a Account, amount energy.Money) ChainEntry {
	return ChainEntry{Kind: Deposited, Account: a, Amount: amount}
}

func pay(from, to Account, amount energy.Money) Posting {
	return Posting{From: from, To: to, Asset: MoneyAsset, Amount: int64(amount), Leg: TradePayment}
}

// street is two turns of the zone: deposits, a payout address and a settled trade; then a release, an exit and a debt.
func street(t fataler) *Balances {
	t.Helper()
	first := turnOf(0)
	first.Chain = []ChainEntry{deposit(elif, 100*coin), deposit(supplier, 50*coin), deposit(maria, coin)}
	first.Payouts = []Payout{{elif, Address{0xe1}}, {maria, Address{0xa1}}}
	first.Postings = settle(t, caseOf(map[energy.Member]home{"elif": {load: 8 * kwh}, "maria": {generated: 7 * kwh}},
		trade(1, "elif", "maria", 10*kwh, 6*unit))).Postings
	second := turnOf(1)
	second.Chain = []ChainEntry{
		{Kind: ExitRequested, Account: maria, By: Address{0xa1}, At: second.Key.Interval.EndUnix() - ExitHorizon},
		{Kind: ExitRequested, Account: elif, By: Address{0xa1}, At: 1}, // it is not hers to ask
	}
	second.Postings = []Posting{pay(member("jonas"), maria, 3*coin)}
	second.Releases = []Released{{elif, 10 * coin}}
	b := NewBalances(testKey.Zone)
	for _, turn := range []Turn{first, second} {
		if _, err := b.Apply(turn); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func leafOfAccount(t fataler, b *Balances, a Account) BalanceLeaf {
	t.Helper()
	l, proof, ok := b.Prove(a)
	if !ok || !oracle.Proves(l.Hash(), proof, b.Report().Root) {
		t.Fatal(fmt.Sprintf("%v: no leaf, or not proved", a))
	}
	return l
}

func TestBalancesOfTheStreet(t *testing.T) {
	b := street(t)
	for _, want := range []struct {
		account           Account
		released, balance energy.Money
		energy            energy.WattHours
	}{
		{elif, 10 * coin, 38 * coin, 7 * kwh}, // 100 − 52 for what it used − 10 released
		{maria, 0, 40 * coin, 0},              // 1 + 36 for what it delivered + 3
		{member("jonas"), 0, 0, 0},            // a debt of 3
		{supplier, 0, 63 * coin, 0},           // 50 + 16 − the debt
	} {
		l := leafOfAccount(t, b, want.account)
		if l.Released != want.released || l.Balance != want.balance || l.Energy != want.energy {
			t.Errorf("%v: got released %s, balance %s, energy %s, want %s, %s, %s", want.account, l.Released, l.Balance, l.Energy,
				want.released, want.balance, want.energy)
		}
	}
	r := b.Report()
	if r.Number != 2 || r.Block != 11 || r.Members != 4 || r.Released != 10*coin || r.Owed != 151*coin || r.Energy != 7*kwh {
		t.Errorf("got %+v", r)
	}
}

func TestWhoLeavesIsPaidOutOnceTheLastIntervalIsSettled(t *testing.T) {
	b := street(t)
	late := turnOf(2)
	late.Postings = []Posting{pay(maria, elif, coin)}
	if _, err := b.Apply(late); err != nil {
		t.Fatal(err)
	}
	if l := leafOfAccount(t, b, maria); l.Released != 39*coin || l.Balance != 0 {
		t.Errorf("got %+v, want everything released", l)
	}
	forced := turnOf(3)
	forced.Chain = []ChainEntry{{Kind: ExitForced, Account: elif, Amount: 45 * coin}}
	forced.Postings = []Posting{pay(elif, maria, 6*coin)}
	if _, err := b.Apply(forced); err != nil {
		t.Fatal(err)
	}
	if l := leafOfAccount(t, b, elif); l.Released != 45*coin || l.Balance != 0 {
		t.Errorf("got %+v, want what the chain paid", l) // 49 − 35 more released − 6 = a debt of 2
	}
	last := turnOf(4)
	last.Postings = []Posting{pay(supplier, elif, 5*coin)}
	if _, err := b.Apply(last); err != nil {
		t.Fatal(err)
	}
	if l := leafOfAccount(t, b, elif); l.Released != 48*coin || l.Balance != 0 {
		t.Errorf("got %+v, want what came later released at once", l)
	}
	if l := leafOfAccount(t, b, supplier); l.Balance != 58*coin {
		t.Errorf("got %+v, want one debt carried, the other paid", l)
	}
}

func TestWhoAskedToLeaveMayComeBack(t *testing.T) {
	b := street(t)
	for n, turn := range []Turn{turnOf(2), turnOf(3), turnOf(4)} {
		if n == 1 {
			turn.Chain = []ChainEntry{deposit(maria, 5*coin), deposit(elif, 9*coin), {Kind: Reclaimed, Account: elif, Amount: 9 * coin}}
		}
		if _, err := b.Apply(turn); err != nil {
			t.Fatal(err)
		}
	}
	if l := leafOfAccount(t, b, maria); l.Released != 40*coin || l.Balance != 5*coin {
		t.Errorf("got %+v, want what came later kept for trading", l)
	}
	if got := b.Report().Owed; got != 156*coin {
		t.Errorf("owed: got %s, want the reclaimed deposit gone", got)
	}
}

func TestDepositsForNobodyAreTheSuppliers(t *testing.T) {
	for name, want := range map[[32]byte]Account{elif.Owner.Bytes(): elif, {}: supplier, {'E', 'L'}: supplier, {'e', 0, 'l'}: supplier} {
		if got := DepositedFor(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*Turn)
		want  error
		says  string
	}{
		"another zone":             {func(t *Turn) { t.Key.Zone = "lane" }, ErrTurn, "zone"},
		"a batch twice":            {func(t *Turn) { t.Key = turnOf(1).Key }, ErrTurn, "run 1 comes next"},
		"run 1 before run 0":       {func(t *Turn) { t.Key.Run = 1 }, ErrTurn, "run 0 comes next"},
		"an earlier block":         {func(t *Turn) { t.Block = 3 }, ErrTurn, "block 3"},
		"a short escrow":           {func(t *Turn) { t.Postings = []Posting{pay(supplier, elif, 70*coin)} }, ErrEscrow, "7.00 is missing"},
		"debts without credit":     {func(t *Turn) { t.Postings = []Posting{pay(maria, elif, 200*coin)} }, ErrEscrow, "97.00 is missing"},
		"more than the balance":    {func(t *Turn) { t.Releases = []Released{{elif, 38*coin + 1}} }, ErrTurn, "38.00"},
		"the supplier's credit":    {func(t *Turn) { t.Releases = []Released{{supplier, 64 * coin}} }, ErrTurn, "63.00"},
		"a release of nothing":     {func(t *Turn) { t.Releases = []Released{{elif, 0}} }, ErrTurn, "release 0"},
		"another payout address":   {func(t *Turn) { t.Payouts = []Payout{{elif, Address{9}}} }, ErrTurn, "paid to"},
		"no payout address":        {func(t *Turn) { t.Payouts = []Payout{{elif, Address{}}} }, ErrTurn, "paid to"},
		"a negative deposit":       {func(t *Turn) { t.Chain = []ChainEntry{deposit(elif, -1)} }, ErrTurn, "chain entry 0"},
		"an exit of a stranger":    {func(t *Turn) { t.Chain = []ChainEntry{{Kind: ExitForced, Account: member("dora")}} }, ErrTurn, "no leaf"},
		"nothing that happens":     {func(t *Turn) { t.Chain = []ChainEntry{{Account: elif}} }, ErrTurn, "chain entry 0"},
		"money from the escrow":    {func(t *Turn) { t.Postings = []Posting{pay(Account{Kind: EscrowAccount}, elif, 1)} }, ErrTurn, "no balance"},
		"a negative amount":        {func(t *Turn) { t.Postings = []Posting{pay(elif, maria, -1)} }, ErrTurn, "amount"},
		"money beyond all measure": {func(t *Turn) { t.Chain = []ChainEntry{deposit(elif, 1<<62)} }, energy.ErrRange, "chain entry"},
		"energy nobody had": {func(t *Turn) {
			t.Postings = []Posting{{From: maria, To: elif, Asset: EnergyAsset, Amount: 1, Leg: Delivery}}
		}, ErrTurn, "too much"},
	} {
		b := street(t)
		before := b.Hash()
		turn := turnOf(2)
		turn.Chain = []ChainEntry{deposit(member("new"), coin)} // is undone with the rest
		c.spoil(&turn)
		_, err := b.Apply(turn)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %v saying %q", name, err, c.want, c.says)
		}
		if b.Hash() != before {
			t.Errorf("%s: something of the refused turn stayed", name)
		}
		if _, err := b.Apply(turnOf(2)); err != nil {
			t.Errorf("%s, then a good turn: %v", name, err)
		}
	}
}

func TestShortEscrowIsAConflict(t *testing.T) {
	if got := problem.KindOf(fmt.Errorf("turn: %w", ErrEscrow)); got != problem.Conflict {
		t.Errorf("got %s", got)
	}
}

// naiveBalances is the twin: it keeps sums by account and makes everything else anew.
type naiveBalances struct {
	released, balance map[Account]energy.Money
	energy            map[Account]energy.WattHours
	deposited         energy.Money
}

func (n *naiveBalances) apply(turn Turn) bool {
	next := naiveBalances{maps.Clone(n.released), maps.Clone(n.balance), maps.Clone(n.energy), n.deposited}
	for _, e := range turn.Chain {
		next.balance[e.Account] += e.Amount
		next.deposited += e.Amount
	}
	for _, p := range turn.Postings {
		if p.Asset == EnergyAsset {
			next.energy[p.To] += energy.WattHours(p.Amount)
			continue
		}
		next.balance[p.From] -= energy.Money(p.Amount)
		next.balance[p.To] += energy.Money(p.Amount)
	}
	for _, r := range turn.Releases {
		if r.Amount > next.leafBalance(r.Account) {
			return false
		}
		next.balance[r.Account] -= r.Amount
		next.released[r.Account] += r.Amount
	}
	if next.leafBalance(supplier) < 0 {
		return false
	}
	for _, p := range turn.Postings {
		next.energy[p.To] += 0
		next.balance[p.To] += 0
	}
	*n = next
	return true
}

func (n *naiveBalances) leafBalance(a Account) energy.Money {
	if a != supplier {
		return max(0, n.balance[a])
	}
	sum := n.balance[a]
	for other, balance := range n.balance {
		if other != supplier {
			sum += min(0, balance)
		}
	}
	return sum
}

func (n *naiveBalances) report(turn Turn, number int) oracle.SettlementReport {
	r := oracle.SettlementReport{Zone: turn.Key.Zone, Interval: turn.Key.Interval, Run: turn.Key.Run, Number: uint64(number), Block: turn.Block}
	var hashes []oracle.Hash
	for _, a := range slices.SortedFunc(maps.Keys(n.balance), compareAccounts) {
		l := BalanceLeaf{Zone: turn.Key.Zone, Account: a, Energy: n.energy[a], Released: n.released[a], Balance: n.leafBalance(a)}
		r.Members++
		r.Energy += l.Energy
		r.Released += l.Released
		r.Owed += l.Released + l.Balance
		hashes = append(hashes, l.Hash())
	}
	r.Root = oracle.NewTree(hashes).Root()
	return r
}

func drawTurn(t *rapid.T, n int) Turn {
	account := rapid.SampledFrom([]Account{elif, maria, member("jonas"), member("aa"), member("zz-9"), supplier,
		network, tax})
	amount := rapid.Custom(func(t *rapid.T) energy.Money { return energy.Money(rapid.Int64Range(1, 1000).Draw(t, "amount")) })
	turn := turnOf(n)
	for range rapid.IntRange(0, 3).Draw(t, "deposits") {
		turn.Chain = append(turn.Chain, deposit(account.Draw(t, "of"), amount.Draw(t, "deposit")))
	}
	for range rapid.IntRange(0, 6).Draw(t, "postings") {
		turn.Postings = append(turn.Postings, pay(account.Draw(t, "from"), account.Draw(t, "to"), amount.Draw(t, "pay")))
	}
	for range rapid.IntRange(0, 2).Draw(t, "mints") {
		turn.Postings = append(turn.Postings, Posting{From: Account{Kind: IssuanceAccount}, To: account.Draw(t, "by"), Asset: EnergyAsset,
			Amount: int64(amount.Draw(t, "wh")), Leg: Mint})
	}
	if rapid.Bool().Draw(t, "releases") {
		turn.Releases = []Released{{account.Draw(t, "who"), amount.Draw(t, "release")}}
	}
	return turn
}

func TestBalancesAgreeWithTheirNaiveTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, number := NewBalances(testKey.Zone), 0
		twin := &naiveBalances{map[Account]energy.Money{}, map[Account]energy.Money{}, map[Account]energy.WattHours{}, 0}
		for n := range rapid.IntRange(1, 8).Draw(t, "turns") {
			turn := drawTurn(t, n)
			before := b.Hash()
			got, err := b.Apply(turn)
			if ok := twin.apply(turn); ok != (err == nil) {
				t.Fatalf("turn %d: got %v, the twin says %t", n, err, ok)
			}
			if err != nil {
				if b.Hash() != before {
					t.Fatalf("turn %d: something of the refused turn stayed", n)
				}
				continue
			}
			number++
			if want := twin.report(turn, number); got != want || got.Owed != twin.deposited {
				t.Fatalf("turn %d: got %+v, want %+v on deposits of %s", n, got, want, twin.deposited)
			}
			restored, err := RestoreBalances(b.AppendSnapshot(nil))
			if err != nil || restored.Hash() != b.Hash() || restored.Report() != got {
				t.Fatalf("turn %d: restored %v", n, err)
			}
			if rapid.Bool().Draw(t, "restart") {
				b = restored
			}
		}
	})
}
