package settlement

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wattle/wattle/energy"
)

// BillSide says on whose invoice a line of a bill stands.
type BillSide uint8

const (
	// Payment is money that only moved: deposits, withdrawals, holds.
	Payment BillSide = iota
	// Purchase is what the member pays for: it stands on an invoice to the member.
	Purchase
	// Sale is what the member earned: it stands on a self-billed invoice, which the operator writes in the member's name.
	Sale
)

// String is the side as the ledger stores it.
func (s BillSide) String() string { return [...]string{"payment", "purchase", "sale"}[s] }

// BillSection groups lines of a bill, in the order in which a bill lists them.
type BillSection uint8

// The sections of a bill.
const (
	FromNeighbours BillSection = iota + 1
	FromSupplier
	ImbalanceCosts
	Network
	Levies
	Fees
	VAT
	ToNeighbours
	ToSupplier
	Payments
)

// String is the section in words.
func (s BillSection) String() string {
	return [...]string{"", "Energy from neighbours", "Residual energy from the supplier", "Imbalance", "Network", "Levies", "Platform fee", "Value added tax",
		"Energy to neighbours", "Surplus to the supplier", "Payments and holds"}[s]
}

// BillLine is one posting of money as its member sees it.
type BillLine struct {
	ID           [32]byte // of the posting
	Entry        uint64   // number of the ledger's entry
	At           int64    // Unix seconds: start of the interval, or when the money moved
	Run          uint32
	Settles      bool // a settlement caused it
	Leg          Leg
	Counterparty string       // a member, or the kind of the other account
	Amount       energy.Money // > 0 received, < 0 paid
	Energy       energy.WattHours
	Rate         Rate // of a tax
}

// Section is where a bill lists the line. A trade that the member was paid for is a sale, also where a negative price
// made the buyer the one who was paid.
func (l BillLine) Section() BillSection {
	switch {
	case l.Leg == TradePayment && l.Amount > 0:
		return ToNeighbours
	case l.Leg == TradePayment:
		return FromNeighbours
	case l.Leg == ResidualImport:
		return FromSupplier
	case l.Leg == ResidualExport:
		return ToSupplier
	case l.Leg == NetworkCharge || l.Leg == LocalNetwork:
		return Network
	case l.Leg == NetworkShortfall || l.Leg == MarkupCharge:
		return ImbalanceCosts
	case l.Leg == LevyCharge:
		return Levies
	case l.Leg == PlatformFee:
		return Fees
	case strings.HasPrefix(l.Leg.String(), "vat-"):
		return VAT
	}
	return Payments
}

// Side is whose invoice the line stands on.
func (l BillLine) Side() BillSide { return l.Section().Side() }

// Side is whose invoice the lines of the section stand on.
func (s BillSection) Side() BillSide {
	switch s {
	case Payments:
		return Payment
	case ToNeighbours, ToSupplier:
		return Sale
	}
	return Purchase
}

// Invoice is a numbered document about one side of a bill.
type Invoice struct {
	Number   uint64 // from 1 in each zone, without gaps
	Kind     string // invoice, self-billed-invoice or credit-note
	Side     BillSide
	Corrects uint64       // number of the first document of the bill and side; 0 in that one
	Entry    uint64       // number of the newest entry it knows
	Amount   energy.Money // exact; > 0 to pay by the member, < 0 to pay to the member
	Cents    int64        // the amount rounded half to even, once
	IssuedAt int64        // Unix seconds
}

// Bill is what a member bought, sold and paid in a period.
type Bill struct {
	Zone        energy.Zone
	Member      energy.Member
	Name        string // what people call the member
	Start, End  int64  // Unix seconds, half-open
	Provisional bool   // the period is not over, or not settled to its end
	Opening     energy.Money
	Lines       []BillLine // ascending by time
	Invoices    []Invoice  // ascending by number
}

// BillSum is the sum of a section, and in section VAT of a rate.
type BillSum struct {
	Section BillSection
	Rate    Rate
	Energy  energy.WattHours // of what was bought or sold; corrections count against it
	Amount  energy.Money
	Lines   int
}

// Sums adds up the lines, in the order of sections and rates. They equal the postings exactly.
func (b Bill) Sums() (sums []BillSum) {
	type key struct {
		section BillSection
		rate    Rate
	}
	at := map[key]int{}
	for _, l := range b.Lines {
		k := key{l.Section(), l.Rate}
		i, ok := at[k]
		if !ok {
			i = len(sums)
			at[k] = i
			sums = append(sums, BillSum{Section: k.section, Rate: k.rate})
		}
		s := &sums[i]
		s.Amount += l.Amount
		s.Lines++
		if purchase := l.Side() == Purchase; purchase == (l.Amount > 0) {
			s.Energy -= l.Energy
		} else {
			s.Energy += l.Energy
		}
	}
	slices.SortFunc(sums, func(a, b BillSum) int { return cmp.Or(cmp.Compare(a.Section, b.Section), cmp.Compare(a.Rate, b.Rate)) })
	return sums
}

// Total is the sum of all lines of a side.
func (b Bill) Total(side BillSide) (total energy.Money) {
	for _, l := range b.Lines {
		if l.Side() == side {
			total += l.Amount
		}
	}
	return total
}

// Closing is what the member has at the end of the period, held money not counted.
func (b Bill) Closing() energy.Money {
	return b.Opening + b.Total(Payment) + b.Total(Purchase) + b.Total(Sale)
}
