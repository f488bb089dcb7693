package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/embed"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement/audit"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/ledger"
)

// AuditConfig names the street to be audited.
type AuditConfig struct {
	Data        string
	Zone        string
	From, To    time.Time // zero: from the beginning, to the end
	JSON        bool
	DatabaseURL string
	NATSURL     string
	ChainURL    string
	OperatorKey string
	PostgresBin string
}

// ErrZone is returned for a zone that a data directory does not hold.
var ErrZone = problem.New(problem.NotFound, "there is no such zone in this data directory")

// Audit recomputes everything that was settled in a data directory and prints what was found right. The first thing that
// does not fit is its error.
func Audit(ctx context.Context, c AuditConfig, stdout, stderr io.Writer) (err error) {
	if err := c.checkZone(); err != nil {
		return err
	}
	if !c.To.IsZero() && !c.From.Before(c.To) {
		return fmt.Errorf("--from %s --to %s: %w: %w", c.From.Format(time.RFC3339), c.To.Format(time.RFC3339), audit.ErrPeriod, ErrConfig)
	}
	s, err := openStopped(ctx, c, stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	config, err := s.audits(ctx)
	if err != nil {
		return err
	}
	if !c.From.IsZero() {
		config.From, config.To = c.From.Unix(), math.MaxInt64
	}
	if !c.To.IsZero() {
		config.To = c.To.Unix()
	}
	report, err := audit.Run(ctx, config)
	if err != nil {
		return s.explain(err)
	}
	return printAudit(stdout, c.JSON, report)
}

// checkZone refuses another zone than the street's.
func (c AuditConfig) checkZone() error {
	if c.Zone == "" || c.Zone == string(streetZone) {
		return nil
	}
	if _, err := energy.ParseZone(c.Zone); err != nil {
		return fmt.Errorf("--zone %q: %w: %w", c.Zone, err, ErrConfig)
	}
	return fmt.Errorf("--zone %s: %w", c.Zone, ErrZone)
}

// stopped is a street that does not run, opened for looking at it.
type stopped struct {
	data    string
	dir     *embed.Dir
	engines *engines
	length  energy.Length
	books   *ledger.Ledger
	chain   zoneChain
}

// openStopped opens what a street left in its data directory.
func openStopped(ctx context.Context, c AuditConfig, stderr io.Writer) (_ *stopped, err error) {
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if _, err := os.Stat(filepath.Join(c.Data, "secrets", "street.json")); err != nil {
		return nil, fmt.Errorf("--data %s: there is no street in this directory: %w", c.Data, ErrConfig)
	}
	s := &stopped{data: c.Data, engines: &engines{}}
	if s.dir, err = embed.OpenDir(c.Data); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	demo := DemoConfig{Data: c.Data, OperatorKey: c.OperatorKey}
	founding, err := demo.found(s.dir.Path("secrets"))
	if err != nil {
		return nil, err
	}
	if s.length, err = energy.LengthOf(founding.Interval); err != nil {
		return nil, err
	}
	seed, err := openSecret(s.dir.Path("secrets"))
	if err != nil {
		return nil, err
	}
	operator, err := demo.operator(seed)
	if err != nil {
		return nil, err
	}
	opened, err := openEngines(ctx, s.dir, engineURLs{c.DatabaseURL, c.NATSURL, "", c.ChainURL, c.PostgresBin, 0, ""}, crypto.PubkeyToAddress(operator.PublicKey), log)
	if err != nil {
		return nil, err
	}
	s.engines = opened
	public, err := chain.Open(ctx, chain.Config{Client: opened.eth, Key: operator, DB: opened.db, Log: log})
	if err != nil {
		return nil, err
	}
	s.books, s.chain = ledger.New(opened.db, streetZone), zoneChain{public, public.Watch(), streetZone}
	return s, nil
}

func (s *stopped) close() error { return errors.Join(s.engines.close(), s.dir.Close()) }

// explain says what to do about a street that was only founded.
func (s *stopped) explain(err error) error {
	if errors.Is(err, chain.ErrNotDeployed) {
		return fmt.Errorf("--data %s: this street has not lived yet, start it with wattle demo: %w", s.data, err)
	}
	return err
}

// audits is how the street is audited.
func (s *stopped) audits(ctx context.Context) (audit.Config, error) {
	devices, err := registeredDevices(ctx, s.books)
	return audit.Config{Zone: streetZone, Rules: demoRules(s.length), Tariffs: demoTariffs, Devices: devices, Ledger: s.books,
		Chain: s.chain, Bus: s.engines.bus}, err
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
	_, err := fmt.Fprintf(w, "audit passed: %d intervals, %d attestations, %d readings, %d market commands, %d trades, %d postings, %s kWh minted, %d turns, %d roots on chain, %s owed\n",
		r.Intervals, r.Attestations, r.Readings, r.Commands, r.Trades, r.Postings, r.Minted.KilowattHours(), r.Turns, r.Roots, r.Owed)
	return err
}
