package settlement

import (
	"cmp"
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// Key names one settlement of one delivery interval. A repeat under the same key is harmless.
type Key struct {
	Zone     energy.Zone
	Interval energy.Interval
	Run      uint32
}

// String prints the key for logs and errors.
func (k Key) String() string { return fmt.Sprintf("%s %s run %d", k.Zone, k.Interval, k.Run) }

// Trade is one match of the market.
type Trade struct {
	Sequence uint64 // of the command that caused it
	Index    uint16 // among the command's events
	Buyer    energy.Member
	Seller   energy.Member
	Quantity energy.WattHours // > 0
	Price    energy.Price
}

// TradeOf is the trade that a Traded event of the market's log tells of.
func TradeOf(e exchange.Event) Trade {
	return Trade{Sequence: e.Sequence, Index: e.Index, Buyer: e.Buyer(), Seller: e.Seller(), Quantity: e.Quantity, Price: e.Price}
}

func compareTrades(a, b Trade) int {
	return cmp.Or(cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Index, b.Index))
}

// Case is everything a settlement depends on.
type Case struct {
	Key         Key
	Trades      []Trade
	Leaves      []oracle.Leaf                  // as attested
	Substitutes []Substitute                   // used for meters without a leaf: for money, never for tokens
	Owner       map[energy.Meter]energy.Member // of every meter of the zone
	Liable      map[energy.Member]bool         // members whose sales carry VAT; all others are small businesses
	Distance    map[Pair]Class                 // class 0 for a pair that is not in it
	Tariff      Tariff                         // of the interval
	Operator    []Difference                   // where the distribution operator allocated otherwise; to be told, not settled
	Before      *Case                          // what the run before settled, nil for run 0; its own Before is not needed
}

// ErrCase is returned for a case that cannot be settled as it stands. Nothing is posted.
var ErrCase = problem.New(problem.Invalid, "cannot be settled")
