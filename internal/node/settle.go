package node

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement"
)

// SettleConfig is what Settle needs.
type SettleConfig struct {
	Case string // file, docs/protocol.md "Case file"
	JSON bool   // print one JSON object instead of tables for people
}

// settledRun is what one run of a case says, as it is printed. Money is a decimal in currency units, energy in Wh.
type settledRun struct {
	Run        uint32            `json:"run"`
	Operator   []string          `json:"operator,omitempty"` // where the distribution operator allocated otherwise
	Deliveries []deliveredTrade  `json:"deliveries"`
	Provenance []provenanceShare `json:"provenance"`
	Imbalances []memberImbalance `json:"imbalances"`
	Estimated  []energy.Meter    `json:"estimated"`
	Postings   []printedPosting  `json:"postings"`
	Accounts   []accountSum      `json:"accounts"`
}

type deliveredTrade struct {
	Sequence  uint64           `json:"sequence"`
	Index     uint16           `json:"index"`
	Seller    energy.Member    `json:"seller"`
	Buyer     energy.Member    `json:"buyer"`
	Price     string           `json:"price"`
	Traded    energy.WattHours `json:"traded_wh"`
	Delivered energy.WattHours `json:"delivered_wh"`
}

type provenanceShare struct {
	Seller energy.Member    `json:"seller"`
	Buyer  energy.Member    `json:"buyer"`
	Energy energy.WattHours `json:"energy_wh"`
}

type memberImbalance struct {
	Member energy.Member    `json:"member"`
	Import energy.WattHours `json:"import_wh"`
	Export energy.WattHours `json:"export_wh"`
}

type printedPosting struct {
	ID     string           `json:"id"`
	Leg    string           `json:"leg"`
	From   string           `json:"from"`
	To     string           `json:"to"`
	Money  string           `json:"money,omitempty"` // what is paid
	Energy energy.WattHours `json:"energy_wh"`       // what it is paid for, or what is moved
}

type accountSum struct {
	Account string           `json:"account"`
	Money   string           `json:"money"`
	Energy  energy.WattHours `json:"energy_wh"`
}

// Settle settles every run of a case file and prints deliveries, imbalances, provenance and postings of each, and what
// all accounts hold after it.
func Settle(c SettleConfig, stdout io.Writer) error {
	if c.Case == "" {
		return fmt.Errorf("name a file with --case: %w", ErrConfig)
	}
	file, err := os.Open(c.Case)
	if err != nil {
		return fmt.Errorf("case: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, settlement.MaxCaseFile+1))
	if err != nil {
		return fmt.Errorf("case: %w", err)
	}
	cases, err := settlement.ParseCase(text)
	if err != nil {
		return err
	}
	var runs []settledRun
	sums := map[settlement.Holding]int64{}
	for _, one := range cases {
		r, err := settlement.Settle(one)
		if err != nil {
			return err
		}
		for _, p := range r.Postings {
			sums[settlement.Holding{Account: p.From, Asset: p.Asset}] -= p.Amount
			sums[settlement.Holding{Account: p.To, Asset: p.Asset}] += p.Amount
		}
		run := printedRun(r, sums)
		for _, d := range one.Operator {
			run.Operator = append(run.Operator, d.String())
		}
		runs = append(runs, run)
	}
	if c.JSON {
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"zone": cases[0].Key.Zone, "interval": cases[0].Key.Interval.String(), "runs": runs})
	}
	for _, r := range runs {
		fmt.Fprintf(stdout, "%s %s run %d\n", cases[0].Key.Zone, cases[0].Key.Interval, r.Run)
		if err := r.print(stdout); err != nil {
			return err
		}
	}
	return nil
}

// printedRun puts a result into the words of its printing.
func printedRun(r settlement.Result, sums map[settlement.Holding]int64) settledRun {
	out := settledRun{Run: r.Key.Run, Deliveries: []deliveredTrade{}, Provenance: []provenanceShare{}, Imbalances: []memberImbalance{},
		Estimated: append([]energy.Meter{}, r.Estimated...), Postings: []printedPosting{}, Accounts: accountSums(sums)}
	shares := map[settlement.Pair]energy.WattHours{}
	for _, d := range r.Deliveries {
		t := d.Trade
		out.Deliveries = append(out.Deliveries, deliveredTrade{t.Sequence, t.Index, t.Seller, t.Buyer, t.Price.String(), t.Quantity, d.Quantity})
		shares[settlement.Pair{Buyer: t.Buyer, Seller: t.Seller}] += d.Quantity
	}
	for pair, e := range shares {
		if e > 0 {
			out.Provenance = append(out.Provenance, provenanceShare{pair.Seller, pair.Buyer, e})
		}
	}
	slices.SortFunc(out.Provenance, func(a, b provenanceShare) int {
		return strings.Compare(string(a.Seller)+" "+string(a.Buyer), string(b.Seller)+" "+string(b.Buyer))
	})
	for _, b := range r.Imbalances {
		out.Imbalances = append(out.Imbalances, memberImbalance(b))
	}
	for _, p := range r.Postings {
		line := printedPosting{ID: hex.EncodeToString(p.ID[:]), Leg: p.Leg.String(), From: accountName(p.From), To: accountName(p.To),
			Energy: p.Energy}
		if p.Asset == settlement.MoneyAsset {
			line.Money = energy.Money(p.Amount).String()
		}
		out.Postings = append(out.Postings, line)
	}
	return out
}

// accountSums is what every account holds, by kind and owner.
func accountSums(sums map[settlement.Holding]int64) []accountSum {
	var accounts []settlement.Account
	for h := range sums {
		accounts = append(accounts, h.Account)
	}
	slices.SortFunc(accounts, func(a, b settlement.Account) int {
		if a.Kind != b.Kind {
			return int(a.Kind) - int(b.Kind)
		}
		return strings.Compare(string(a.Owner), string(b.Owner))
	})
	out := []accountSum{}
	for _, a := range slices.Compact(accounts) {
		money := sums[settlement.Holding{Account: a, Asset: settlement.MoneyAsset}]
		held := sums[settlement.Holding{Account: a, Asset: settlement.EnergyAsset}]
		out = append(out, accountSum{accountName(a), energy.Money(money).String(), energy.WattHours(held)})
	}
	return out
}

func accountName(a settlement.Account) string {
	if a.Owner == "" {
		return a.Kind.String()
	}
	return a.Kind.String() + " " + string(a.Owner)
}

// print prints the run as tables.
func (r settledRun) print(stdout io.Writer) error {
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	row := func(format string, values ...any) { fmt.Fprintf(w, "  "+format+"\n", values...) }
	if len(r.Operator) > 0 {
		fmt.Fprintln(w, "\nThe distribution operator allocated otherwise")
	}
	for _, d := range r.Operator {
		row("%s", d)
	}
	fmt.Fprintln(w, "\nDeliveries, Wh\n  trade\tseller\tbuyer\tprice\ttraded\tdelivered")
	for _, d := range r.Deliveries {
		row("%d.%d\t%s\t%s\t%s\t%d\t%d", d.Sequence, d.Index, d.Seller, d.Buyer, d.Price, d.Traded, d.Delivered)
	}
	fmt.Fprintln(w, "\nProvenance, Wh\n  from\tto\tenergy")
	var all energy.WattHours
	for _, p := range r.Provenance {
		row("%s\t%s\t%d", p.Seller, p.Buyer, p.Energy)
		all += p.Energy
	}
	row("\ttotal\t%d", all)
	fmt.Fprintln(w, "\nImbalances, Wh\n  member\tbought from the supplier\tsold to the supplier")
	for _, b := range r.Imbalances {
		row("%s\t%d\t%d", b.Member, b.Import, b.Export)
	}
	for _, m := range r.Estimated {
		row("meter %s is estimated", m)
	}
	fmt.Fprintln(w, "\nPostings\n  leg\tfrom\tto\tmoney\tWh")
	for _, p := range r.Postings {
		row("%s\t%s\t%s\t%s\t%d", p.Leg, p.From, p.To, p.Money, p.Energy)
	}
	fmt.Fprintln(w, "\nAccounts after this run\n  account\tmoney\tWh")
	for _, a := range r.Accounts {
		row("%s\t%s\t%d", a.Account, a.Money, a.Energy)
	}
	fmt.Fprintln(w)
	return w.Flush()
}
