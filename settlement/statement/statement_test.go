package statement_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/statement"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// bill is a month of a member who bought, sold, was corrected and paid in.
func bill() settlement.Bill {
	const june, quarter = 1_780_272_000, 900 // 2026-06-01T00:00Z
	b := settlement.Bill{Zone: "street", Member: "jonas", Name: "Jonas Müller-Groß", Start: june, End: june + 30*86_400, Opening: 5_000_000_001}
	add := func(entry uint64, at int64, run uint32, leg settlement.Leg, with string, amount energy.Money, e energy.WattHours, rate settlement.Rate) {
		b.Lines = append(b.Lines, settlement.BillLine{ID: sha256.Sum256(fmt.Append(nil, len(b.Lines))), Entry: entry, At: june + at*quarter, Run: run, Settles: leg != settlement.Deposit,
			Leg: leg, Counterparty: with, Amount: amount, Energy: e, Rate: rate})
	}
	add(2, 1, 0, settlement.TradePayment, "maria", -180_000_000, 1000, 0)
	add(2, 1, 0, settlement.TradePayment, "elif", -36_000_000, 200, 0)
	add(2, 1, 0, settlement.ResidualImport, "supplier", -15_300_000, 51, 0)
	add(2, 1, 0, settlement.NetworkCharge, "network", -3_570_000, 51, 0)
	add(2, 1, 0, settlement.LocalNetwork, "network", -36_000_000, 1200, 0)
	add(2, 1, 0, settlement.LevyCharge, "levy", -1_251_000, 1251, 0)
	add(2, 1, 0, settlement.PlatformFee, "platform", -1_200_000, 1200, 0)
	add(2, 1, 0, settlement.VATOnResidualImport, "tax", -3_060_000, 51, 200_000)
	add(2, 1, 0, settlement.VATOnFee, "tax", -240_000, 1200, 200_000)
	add(2, 1, 0, settlement.VATOnNetwork, "tax", -3_957_000, 1251, 100_000)
	add(9, 1, 1, settlement.ResidualImport, "supplier", 300_000, 1, 0)
	add(3, 40, 0, settlement.TradePayment, "elif", 90_000_005, 500, 0)
	add(3, 40, 0, settlement.ResidualExport, "supplier", 8_000_000, 100, 0)
	add(4, 50, 0, settlement.Deposit, "escrow", 20_000_000_000, 0, 0)
	b.Invoices = []settlement.Invoice{
		{Number: 7, Kind: "invoice", Side: settlement.Purchase, Entry: 8, Amount: 280_578_000, Cents: 28, IssuedAt: b.End + 60},
		{Number: 8, Kind: "self-billed-invoice", Side: settlement.Sale, Entry: 8, Amount: -98_000_005, Cents: -10, IssuedAt: b.End + 60},
		{Number: 31, Kind: "credit-note", Side: settlement.Purchase, Corrects: 7, Entry: 9, Amount: -300_000, Cents: 0, IssuedAt: b.End + 86_400},
	}
	return b
}

func TestGolden(t *testing.T) {
	provisional := bill()
	provisional.Provisional, provisional.Invoices = true, nil
	for name, b := range map[string]settlement.Bill{"month": bill(), "provisional": provisional, "empty": {Zone: "street", Member: "zoe", Name: "Zoë", End: 86_400}} {
		for _, format := range []string{"csv", "json", "pdf"} {
			var got bytes.Buffer
			if err := statement.Write(&got, format, b); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name+"."+format)
			if *rewrite {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s differs (%v); -rewrite and look at it", path, err)
			}
		}
	}
}

func TestSumsEqualTheLines(t *testing.T) {
	b := bill()
	var lines, sums energy.Money
	for _, l := range b.Lines {
		lines += l.Amount
	}
	n := 0
	for _, s := range b.Sums() {
		sums += s.Amount
		n += s.Lines
	}
	if sums != lines || n != len(b.Lines) || b.Closing() != b.Opening+lines {
		t.Errorf("got sections of %s, closing %s, want lines of %s", sums, b.Closing(), lines)
	}
	var out bytes.Buffer
	if err := statement.Write(&out, "csv", b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var written energy.Money
	for _, row := range rows[1:] {
		amount, err := energy.ParseMoney(row[6])
		if err != nil || !strings.HasPrefix(row[10], "/api/") {
			t.Fatalf("row %v: %v", row, err)
		}
		written += amount
	}
	if written != lines {
		t.Errorf("the file sums to %s, want %s", written, lines)
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := statement.Write(io.Discard, "xls", bill()); !errors.Is(err, statement.ErrFormat) {
		t.Errorf("got %v, want %v", err, statement.ErrFormat)
	}
}
