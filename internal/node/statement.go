package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/embed"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/ledger"
	"github.com/wattle/wattle/settlement/statement"
)

// StatementConfig says whose statement is wanted.
type StatementConfig struct {
	Data        string
	Member      string
	Month       string // YYYY-MM
	TimeZone    string // in which the month is one, such as Europe/Vienna
	Format      string // pdf, csv or json
	Issue       bool   // write the invoices that are due
	DatabaseURL string
	PostgresBin string
}

// period is the month in its time zone.
func (c StatementConfig) period() (start, end time.Time, err error) {
	location, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return start, end, fmt.Errorf("--timezone %s: use a name such as Europe/Vienna: %w", c.TimeZone, ErrConfig)
	}
	if start, err = time.ParseInLocation("2006-01", c.Month, location); err != nil {
		return start, end, fmt.Errorf("--month %q: use YYYY-MM: %w", c.Month, ErrConfig)
	}
	return start, start.AddDate(0, 1, 0), nil
}

// Statement prints what a member bought, sold and paid in a month, and issues the invoices about it if asked to.
func Statement(ctx context.Context, c StatementConfig, stdout, stderr io.Writer) (err error) {
	start, end, err := c.period()
	if err != nil {
		return err
	}
	member, err := energy.ParseMember(c.Member)
	if err != nil {
		return fmt.Errorf("--member %q: %w: %w", c.Member, err, ErrConfig)
	}
	if c.Format != "pdf" && c.Format != "csv" && c.Format != "json" {
		return fmt.Errorf("--format %q: %w: %w", c.Format, statement.ErrFormat, ErrConfig)
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if _, err := os.Stat(filepath.Join(c.Data, "secrets", "street.json")); err != nil {
		return fmt.Errorf("--data %s: there is no street in this directory: %w", c.Data, ErrConfig)
	}
	dir, err := embed.OpenDir(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	e := &engines{}
	defer func() { err = errors.Join(err, e.close()) }()
	if err := e.openDatabase(ctx, dir, engineURLs{database: c.DatabaseURL, postgresBin: c.PostgresBin}, log); err != nil {
		return err
	}
	books := ledger.New(e.db, streetZone)
	var bill settlement.Bill
	if c.Issue {
		bill, err = books.Issue(ctx, member, start.Unix(), end.Unix(), time.Now().Unix())
	} else {
		bill, err = books.Bill(ctx, member, start.Unix(), end.Unix())
	}
	if err != nil {
		return err
	}
	return statement.Write(stdout, c.Format, bill)
}
