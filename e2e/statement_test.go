package e2e

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
)

// statement runs wattle statement for a member's June.
func statement(t *testing.T, data, member string, flags ...string) string {
	t.Helper()
	p := start(t, append([]string{"statement", "--data", data, "--member", member, "--month", "2026-06"}, flags...)...)
	if err := p.wait(t, time.Minute); err != nil {
		t.Fatalf("statement %v: %v\n%s", flags, err, tail(p.stderr.String()))
	}
	return p.stdout.String()
}

// TestTheMonthIsBilled lets a month end and bills every home: the same postings in every format, one number per invoice,
// and the audit is content.
func TestTheMonthIsBilled(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	demo(t, "--data", data, "--homes", "3", "--speed", "120", "--start", "2026-06-30T23:41:00Z", "--intervals", "2")
	invoices := 0
	for _, member := range []string{"home-01", "home-02", "home-03"} {
		var bill struct {
			Provisional      bool
			Opening, Closing string
			Invoices         []struct {
				Number int
				Kind   string
			}
		}
		first := statement(t, data, member, "--format", "json", "--issue")
		if again := statement(t, data, member, "--format", "json", "--issue"); again != first {
			t.Errorf("%s: issued twice, got\n%s\nafter\n%s", member, again, first)
		}
		if err := json.Unmarshal([]byte(first), &bill); err != nil {
			t.Fatal(err)
		}
		for _, v := range bill.Invoices { // at night, some homes live on their batteries
			if invoices++; v.Number != invoices {
				t.Errorf("%s: got invoice %d, want %d", member, v.Number, invoices)
			}
		}
		if bill.Provisional {
			t.Errorf("%s: got a provisional bill of a month that is over", member)
		}
		rows, err := csv.NewReader(strings.NewReader(statement(t, data, member, "--format", "csv"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		sum, _ := energy.ParseMoney(bill.Opening)
		for _, row := range rows[1:] {
			amount, err := energy.ParseMoney(row[6])
			if err != nil {
				t.Fatal(err)
			}
			sum += amount
		}
		if sum.String() != bill.Closing {
			t.Errorf("%s: the rows lead to %s, the bill says %s", member, sum, bill.Closing)
		}
		if pdf := statement(t, data, member); !strings.HasPrefix(pdf, "%PDF-") {
			t.Errorf("%s: got %.20q, want a PDF", member, pdf)
		}
	}
	if invoices == 0 {
		t.Error("nobody got an invoice")
	}
	audit(t, data)
}
