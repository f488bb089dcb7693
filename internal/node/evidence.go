package node

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/audit"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/ledger"
)

// errOtherChain is returned for a bundle and a chain that do not belong together.
var errOtherChain = problem.New(problem.Conflict, "the bundle is of another chain: give --chain-url of that one")

// interval reads the interval that a flag names, by its start or in full.
func (s *stopped) interval(text string) (energy.Interval, error) {
	interval, err := energy.ParseInterval(text)
	if start, timeErr := time.Parse(time.RFC3339, text); timeErr == nil {
		interval, err = energy.NewInterval(start.Unix(), s.length)
	}
	if err != nil {
		return interval, fmt.Errorf("--interval %q: use its start, such as 2026-06-21T10:15:00Z, a multiple of %s: %w: %w", text, s.length.Duration(), err, ErrConfig)
	}
	if interval.Length() != s.length {
		return interval, fmt.Errorf("--interval %q: intervals of this street are %s long: %w", text, s.length.Duration(), ErrConfig)
	}
	return interval, nil
}

// Export writes everything with which somebody else can settle an interval again.
func Export(ctx context.Context, c AuditConfig, interval, out string, stdout, stderr io.Writer) (err error) {
	s, err := openStopped(ctx, c, stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	iv, err := s.interval(interval)
	if err != nil {
		return err
	}
	config, err := s.audits(ctx)
	if err != nil {
		return err
	}
	bundle, err := audit.Export(ctx, config, iv)
	if err != nil {
		return s.explain(err)
	}
	contracts, err := s.chain.Contracts(ctx)
	if err != nil {
		return err
	}
	bundle.ChainID, bundle.Hub = s.chain.ID().Uint64(), settlement.Address(contracts.Hub)
	data := audit.AppendBundle(nil, bundle)
	if len(data) > audit.MaxBundle {
		return fmt.Errorf("a bundle of %d bytes, at most %d can be read: %w", len(data), audit.MaxBundle, energy.ErrRange)
	}
	if out == "" {
		_, err = stdout.Write(data)
		return err
	}
	if err := os.WriteFile(out, data, 0o600); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	_, err = fmt.Fprintf(stdout, "%s: %d bytes, chain %d, hub %s\n", out, len(data), bundle.ChainID, contracts.Hub)
	return err
}

// CheckBundle audits a bundle with nothing but a chain.
func CheckBundle(ctx context.Context, file, chainURL, hub string, asJSON bool, stdout io.Writer) error {
	if chainURL == "" || hub != "" && !common.IsHexAddress(hub) {
		return fmt.Errorf("--bundle needs --chain-url, and --hub an address of 20 bytes in hex: %w", ErrConfig)
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("--bundle: %w: %w", err, ErrConfig)
	}
	data, err := io.ReadAll(io.LimitReader(f, audit.MaxBundle+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("--bundle: %w", err)
	}
	bundle, err := audit.DecodeBundle(data)
	if err != nil {
		return fmt.Errorf("--bundle %s: %w", file, err)
	}
	e := &engines{}
	defer e.close()
	if err := e.dial(ctx, chainURL); err != nil {
		return err
	}
	address := common.Address(bundle.Hub)
	if hub != "" {
		address = common.HexToAddress(hub)
	}
	id, err := e.eth.ChainID(ctx)
	if err != nil {
		return fmt.Errorf("chain at %s: %w", host(chainURL), errChain)
	}
	if !id.IsUint64() || id.Uint64() != bundle.ChainID {
		return fmt.Errorf("the bundle is of chain %d, --chain-url is chain %s: %w", bundle.ChainID, id, errOtherChain)
	}
	public, err := chain.Reader(ctx, e.eth, address)
	if err != nil {
		return fmt.Errorf("hub %s on chain %s: %w", address, id, err)
	}
	summary, err := audit.Check(ctx, bundle, zoneChain{public, nil, bundle.Zone})
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(stdout).Encode(summary)
	}
	_, err = fmt.Fprintf(stdout, "bundle passed: %s %s, %d runs, %d readings, %d trades, %d postings, %s kWh delivered, %s kWh minted, %d settlement roots\n", summary.Zone,
		summary.Interval, summary.Runs, summary.Readings, summary.Trades, summary.Postings, summary.Delivered.KilowattHours(), summary.Minted.KilowattHours(), summary.Roots)
	return err
}

// printedProof is a proof as wattle proof --json prints it.
type printedProof struct {
	Zone        energy.Zone      `json:"zone"`
	Interval    string           `json:"interval"`
	Run         uint32           `json:"run"`
	Meter       energy.Meter     `json:"meter"`
	Import      energy.WattHours `json:"import_wh"`
	Export      energy.WattHours `json:"export_wh"`
	Since       int64            `json:"since"`
	Quality     string           `json:"quality"`
	Reading     string           `json:"reading"`
	Root        string           `json:"root"` // on chain
	Siblings    []string         `json:"siblings"`
	Transaction string           `json:"transaction"`
	Block       uint64           `json:"block"`
	Bytes       int              `json:"bytes"`
	Proof       string           `json:"proof"` // docs/protocol.md "Proof"
}

// Proof prints a homeowner's proof, once it led to the root on chain.
func Proof(ctx context.Context, c AuditConfig, meterName, interval string, stdout, stderr io.Writer) (err error) {
	m, err := energy.ParseMeter(meterName)
	if err != nil {
		return fmt.Errorf("--meter %q: %w: %w", meterName, err, ErrConfig)
	}
	s, err := openStopped(ctx, c, stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	iv, err := s.interval(interval)
	if err != nil {
		return err
	}
	printed, err := s.prove(ctx, m, iv)
	if err != nil {
		return s.explain(err)
	}
	if c.JSON {
		return json.NewEncoder(stdout).Encode(printed)
	}
	_, err = fmt.Fprintf(stdout, `%s imported %s kWh and exported %s kWh in %s (run %d, %s)
leads over %d siblings to the root %s
which transaction %s put on chain in block %d
proof of %d bytes: %s
`, printed.Meter, printed.Import.KilowattHours(), printed.Export.KilowattHours(), printed.Interval, printed.Run, printed.Quality,
		len(printed.Siblings), printed.Root, printed.Transaction, printed.Block, printed.Bytes, printed.Proof)
	return err
}

// prove makes the proof of a meter in the newest run of an interval and verifies it against the chain.
func (s *stopped) prove(ctx context.Context, m energy.Meter, iv energy.Interval) (printedProof, error) {
	summary, err := s.books.SummaryAt(ctx, iv.StartUnix())
	if errors.Is(err, ledger.ErrNotFound) || err == nil && summary.State < settlement.Minted {
		return printedProof{}, fmt.Errorf("%s: %w", iv, audit.ErrNotSettled)
	}
	if err != nil {
		return printedProof{}, err
	}
	batch, err := s.books.Batch(ctx, summary.Key)
	if err != nil {
		return printedProof{}, err
	}
	proof, err := audit.Prove(batch.Attestation, batch.Mint.Transaction, m)
	if err != nil {
		return printedProof{}, err
	}
	on, ok, err := s.chain.Record(ctx, summary.Key)
	if err != nil {
		return printedProof{}, err
	}
	if !ok {
		return printedProof{}, fmt.Errorf("%s: %w", summary.Key, audit.ErrNotSettled)
	}
	if err := proof.Verify(on.Report.Root); err != nil {
		return printedProof{}, err
	}
	if on.Transaction != proof.Transaction {
		return printedProof{}, fmt.Errorf("%s: on chain by transaction %x, the ledger says %x: %w", summary.Key, on.Transaction, proof.Transaction, audit.ErrDiffers)
	}
	data := audit.AppendProof(nil, proof)
	p := printedProof{Zone: summary.Key.Zone, Interval: iv.String(), Run: summary.Key.Run, Meter: m, Import: proof.Leaf.Import, Export: proof.Leaf.Export,
		Since: proof.Leaf.Since, Quality: proof.Leaf.Quality.String(), Reading: hex.EncodeToString(proof.Leaf.Reading[:]), Root: common.Hash(on.Report.Root).Hex(),
		Siblings: []string{}, Transaction: common.Hash(proof.Transaction).Hex(), Block: on.Block, Bytes: len(data), Proof: hex.EncodeToString(data)}
	for _, sibling := range proof.Siblings {
		p.Siblings = append(p.Siblings, hex.EncodeToString(sibling[:]))
	}
	return p, nil
}
