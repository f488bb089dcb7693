package statement

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement"
)

// ErrFormat is returned for a format that statements are not written in.
var ErrFormat = problem.New(problem.Invalid, "use pdf, csv or json")

// Write writes a bill as pdf, csv or json.
func Write(w io.Writer, format string, b settlement.Bill) error {
	switch format {
	case "pdf":
		return writePDF(w, b)
	case "csv":
		return writeCSV(w, b)
	case "json":
		return writeJSON(w, b)
	}
	return fmt.Errorf("format %q: %w", format, ErrFormat)
}

// evidence is the path of what proves a line: of the interval, or of the member's account.
func evidence(b settlement.Bill, l settlement.BillLine) string {
	if l.Settles {
		return fmt.Sprintf("/api/intervals/%d#%x", l.At, l.ID)
	}
	return fmt.Sprintf("/api/members/%s/ledger#%x", b.Member, l.ID)
}

func moment(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }

// percent prints a rate, such as 20 %.
func percent(r settlement.Rate) string { return decimal.New(int64(r), -4).String() + " %" }

// cents prints an amount of cents in currency units.
func cents(c int64) string { return decimal.New(c, -2).StringFixed(2) }

// title is the section, and of a tax its rate.
func title(section settlement.BillSection, rate settlement.Rate) string {
	if section == settlement.VAT {
		return section.String() + " " + percent(rate)
	}
	return section.String()
}

// writeCSV writes one row per posting; amounts are exact decimals.
func writeCSV(w io.Writer, b settlement.Bill) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"start", "run", "section", "leg", "counterparty", "energy_kwh", "amount", "tax_rate", "entry", "posting", "evidence"}}
	for _, l := range b.Lines {
		rate := ""
		if l.Section() == settlement.VAT {
			rate = percent(l.Rate)
		}
		rows = append(rows, []string{moment(l.At), strconv.Itoa(int(l.Run)), l.Section().String(), l.Leg.String(), l.Counterparty,
			l.Energy.KilowattHours().String(), l.Amount.String(), rate, strconv.FormatUint(l.Entry, 10), fmt.Sprintf("%x", l.ID), evidence(b, l)})
	}
	return c.WriteAll(rows) // flushes
}

// The JSON form of a bill. Money is a decimal string; exact where the name does not say rounded.
type (
	jsonBill struct {
		Zone        energy.Zone   `json:"zone"`
		Member      energy.Member `json:"member"`
		Name        string        `json:"name"`
		Start       string        `json:"start"`
		End         string        `json:"end"`
		Provisional bool          `json:"provisional"`
		Opening     string        `json:"opening"`
		Closing     string        `json:"closing"`
		Purchases   string        `json:"purchases"`
		Sales       string        `json:"sales"`
		Payments    string        `json:"payments"`
		Sums        []jsonSum     `json:"sums"`
		Invoices    []jsonInvoice `json:"invoices"`
		Lines       []jsonLine    `json:"lines"`
	}
	jsonSum struct {
		Section string           `json:"section"`
		TaxRate string           `json:"tax_rate,omitempty"`
		Energy  energy.WattHours `json:"energy_wh"`
		Amount  string           `json:"amount"`
		Lines   int              `json:"lines"`
	}
	jsonInvoice struct {
		Number   uint64 `json:"number"`
		Kind     string `json:"kind"`
		Side     string `json:"side"`
		Corrects uint64 `json:"corrects,omitempty"`
		Amount   string `json:"amount"`
		Rounded  string `json:"rounded"`
		Rounding string `json:"rounding"`
		IssuedAt string `json:"issued_at"`
	}
	jsonLine struct {
		Start        string           `json:"start"`
		Run          uint32           `json:"run"`
		Section      string           `json:"section"`
		Leg          string           `json:"leg"`
		Counterparty string           `json:"counterparty"`
		Energy       energy.WattHours `json:"energy_wh"`
		Amount       string           `json:"amount"`
		TaxRate      string           `json:"tax_rate,omitempty"`
		Entry        uint64           `json:"entry"`
		Posting      string           `json:"posting"`
		Evidence     string           `json:"evidence"`
	}
)

func writeJSON(w io.Writer, b settlement.Bill) error {
	out := jsonBill{Zone: b.Zone, Member: b.Member, Name: b.Name, Start: moment(b.Start), End: moment(b.End), Provisional: b.Provisional,
		Opening: b.Opening.String(), Closing: b.Closing().String(), Purchases: b.Total(settlement.Purchase).String(),
		Sales: b.Total(settlement.Sale).String(), Payments: b.Total(settlement.Payment).String(),
		Sums: []jsonSum{}, Invoices: []jsonInvoice{}, Lines: []jsonLine{}}
	taxRate := func(section settlement.BillSection, rate settlement.Rate) string {
		if section != settlement.VAT {
			return ""
		}
		return percent(rate)
	}
	for _, s := range b.Sums() {
		out.Sums = append(out.Sums, jsonSum{s.Section.String(), taxRate(s.Section, s.Rate), s.Energy, s.Amount.String(), s.Lines})
	}
	for _, v := range b.Invoices {
		out.Invoices = append(out.Invoices, jsonInvoice{v.Number, v.Kind, v.Side.String(), v.Corrects, v.Amount.String(), cents(v.Cents), rounding(v).String(), moment(v.IssuedAt)})
	}
	for _, l := range b.Lines {
		out.Lines = append(out.Lines, jsonLine{moment(l.At), l.Run, l.Section().String(), l.Leg.String(), l.Counterparty, l.Energy, l.Amount.String(),
			taxRate(l.Section(), l.Rate), l.Entry, fmt.Sprintf("%x", l.ID), evidence(b, l)})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// rounding is what rounding to cents adds to an invoice's exact amount.
func rounding(v settlement.Invoice) energy.Money {
	const nanoPerCent = 10_000_000
	return energy.Money(v.Cents*nanoPerCent) - v.Amount
}
