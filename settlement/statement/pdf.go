package statement

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement"
)

// page writes an A4 page in the standard fonts, in mm.
type page struct {
	*fpdf.Fpdf
	text func(string) string // from UTF-8 to the fonts' encoding
}

// writePDF writes two parts: the sums, and one line per interval and section that leads to its evidence.
func writePDF(w io.Writer, b settlement.Bill) error {
	pdf := fpdf.New("P", "mm", "A4", "")
	p := page{pdf, pdf.UnicodeTranslatorFromDescriptor("")} // "" is code page 1252
	end := time.Unix(b.End, 0).UTC()
	p.SetCreationDate(end) // the same bill gives the same bytes
	p.SetModificationDate(end)
	p.SetCatalogSort(true)
	p.SetTitle("Statement "+string(b.Member), true)
	p.SetMargins(18, 18, 18)
	p.SetFooterFunc(func() {
		p.SetY(-14)
		p.SetFont("Helvetica", "", 8)
		p.CellFormat(0, 6, p.text(fmt.Sprintf("%s, %s to %s UTC, page %d", b.Name, day(b.Start), day(b.End), p.PageNo())), "", 0, "R", false, 0, "")
	})
	p.AddPage()
	p.heading(b)
	p.sums(b)
	p.invoices(b)
	p.lines(b)
	return p.Output(w)
}

func day(unix int64) string { return time.Unix(unix, 0).UTC().Format("2006-01-02 15:04") }

func (p page) heading(b settlement.Bill) {
	p.SetFont("Helvetica", "B", 18)
	p.CellFormat(0, 10, p.text("Energy statement"), "", 1, "L", false, 0, "")
	p.SetFont("Helvetica", "", 10)
	p.row(p.text(fmt.Sprintf("%s (%s), zone %s", b.Name, b.Member, b.Zone)), "")
	p.row(fmt.Sprintf("%s to %s UTC", day(b.Start), day(b.End)), "")
	if b.Provisional {
		p.SetFont("Helvetica", "B", 10)
		p.row("Provisional: the period is not over, or not settled to its end. This is no invoice.", "")
	}
	p.Ln(4)
}

// row writes a text and, at the right, an amount.
func (p page) row(text, amount string) {
	p.CellFormat(130, 6, text, "", 0, "L", false, 0, "")
	p.CellFormat(0, 6, amount, "", 1, "R", false, 0, "")
}

func (p page) sums(b settlement.Bill) {
	for _, part := range []struct {
		side        settlement.BillSide
		title, last string
	}{{settlement.Purchase, "What you used", "You pay"}, {settlement.Sale, "What you supplied", "You receive"}, {settlement.Payment, "Your payments", "Paid in less paid out and held"}} {
		p.SetFont("Helvetica", "B", 12)
		p.row(part.title, "")
		p.SetFont("Helvetica", "", 10)
		for _, s := range b.Sums() {
			if s.Section.Side() != part.side {
				continue
			}
			text := title(s.Section, s.Rate)
			if s.Section != settlement.VAT && s.Energy != 0 {
				text += ", " + s.Energy.KilowattHours().StringFixed(3) + " kWh"
			}
			p.row(p.text(text), s.Amount.String())
		}
		p.SetFont("Helvetica", "B", 10)
		p.row(part.last+", exactly", b.Total(part.side).String())
		p.Ln(3)
	}
	p.SetFont("Helvetica", "", 10)
	p.row("Balance before", b.Opening.String())
	p.row("Balance after", b.Closing().String())
	p.Ln(4)
}

func (p page) invoices(b settlement.Bill) {
	for _, v := range b.Invoices {
		p.SetFont("Helvetica", "B", 12)
		text := map[string]string{"invoice": "Invoice", "self-billed-invoice": "Self-billed invoice (issued by the operator in your name)", "credit-note": "Credit note"}[v.Kind]
		p.row(fmt.Sprintf("%s no. %d", text, v.Number), "")
		p.SetFont("Helvetica", "", 10)
		if v.Corrects != 0 {
			p.row("Corrects no. "+strconv.FormatUint(v.Corrects, 10)+" after a later settlement", "")
		}
		p.row("Issued "+day(v.IssuedAt)+" UTC", "")
		p.row("Exact amount (> 0: you pay)", v.Amount.String())
		p.row("Rounding to cents, half to even", rounding(v).String())
		p.SetFont("Helvetica", "B", 10)
		p.row("Amount", cents(v.Cents))
		p.Ln(3)
	}
}

// lines writes one line per interval and section, with a link to what proves it.
func (p page) lines(b settlement.Bill) {
	p.AddPage()
	p.SetFont("Helvetica", "B", 12)
	p.row("Line by line; each leads to its evidence", "")
	p.SetFont("Helvetica", "", 8)
	compare := func(a, b settlement.BillLine) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Section(), b.Section()), cmp.Compare(a.Rate, b.Rate))
	}
	list := slices.SortedStableFunc(slices.Values(b.Lines), compare)
	for i := 0; i < len(list); {
		first := list[i]
		var amount energy.Money
		var used energy.WattHours
		for ; i < len(list) && compare(list[i], first) == 0; i++ {
			amount += list[i].Amount
			used += list[i].Energy
		}
		link := evidence(b, first)
		text := fmt.Sprintf("%s  %s", day(first.At), title(first.Section(), first.Rate))
		if first.Run > 0 {
			text += ", correction " + strconv.FormatUint(uint64(first.Run), 10)
		}
		p.CellFormat(100, 4.4, p.text(text), "", 0, "L", false, 0, link)
		p.CellFormat(25, 4.4, used.KilowattHours().StringFixed(3)+" kWh", "", 0, "R", false, 0, "")
		p.CellFormat(0, 4.4, amount.String(), "", 1, "R", false, 0, link)
	}
}
