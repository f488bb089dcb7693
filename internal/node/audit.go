package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/embed"
	"github.com/wattle/wattle/settlement/audit"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/ledger"
)

// AuditConfig names the street to be audited.
type AuditConfig struct {
	Data        string
	JSON        bool
	DatabaseURL string
	NATSURL     string
	ChainURL    string
	OperatorKey string
	PostgresBin string
}

// Audit recomputes everything that was settled in a data directory and prints what was found right. The first thing that
// does not fit is its error.
func Audit(ctx context.Context, c AuditConfig, stdout, stderr io.Writer) (err error) {
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if _, err := os.Stat(filepath.Join(c.Data, "secrets", "street.json")); err != nil {
		return fmt.Errorf("--data %s: there is no street in this directory: %w", c.Data, ErrConfig)
	}
	dir, err := embed.OpenDir(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	demo := DemoConfig{Data: c.Data, OperatorKey: c.OperatorKey}
	founding, err := demo.found(dir.Path("secrets"))
	if err != nil {
		return err
	}
	length, err := energy.LengthOf(founding.Interval)
	if err != nil {
		return err
	}
	seed, err := openSecret(dir.Path("secrets"))
	if err != nil {
		return err
	}
	operator, err := demo.operator(seed)
	if err != nil {
		return err
	}
	urls := engineURLs{c.DatabaseURL, c.NATSURL, "", c.ChainURL, c.PostgresBin, 0}
	e, err := openEngines(ctx, dir, urls, crypto.PubkeyToAddress(operator.PublicKey), log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	public, err := chain.Open(ctx, chain.Config{Client: e.eth, Key: operator, DB: e.db, Log: log})
	if err != nil {
		return err
	}
	books := ledger.New(e.db, streetZone)
	devices, err := registeredDevices(ctx, books)
	if err != nil {
		return err
	}
	report, err := audit.Run(ctx, audit.Config{Zone: streetZone, Rules: demoRules(length), Tariffs: demoTariffs, Devices: devices,
		Ledger: books, Chain: zoneChain{public, public.Watch(), streetZone}, Bus: e.bus})
	if errors.Is(err, chain.ErrNotDeployed) {
		return fmt.Errorf("--data %s: this street has not lived yet, start it with wattle demo: %w", c.Data, err)
	}
	if err != nil {
		return err
	}
	return printAudit(stdout, c.JSON, report)
}

func registeredDevices(ctx context.Context, books *ledger.Ledger) (map[energy.Meter][32]byte, error) {
	members, err := books.Members(ctx)
	devices := make(map[energy.Meter][32]byte, len(members))
	for _, m := range members {
		devices[m.Meter.Meter] = m.Meter.Device
	}
	return devices, err
}

func printAudit(w io.Writer, asJSON bool, r audit.Report) error {
	if asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	_, err := fmt.Fprintf(w, "audit passed: %d intervals, %d attestations, %d readings, %d market commands, %d trades, %d postings, %s kWh minted\n",
		r.Intervals, r.Attestations, r.Readings, r.Commands, r.Trades, r.Postings, r.Minted.KilowattHours())
	return err
}
