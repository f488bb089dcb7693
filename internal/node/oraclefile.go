package node

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/pelletier/go-toml/v2"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/oracle/ocr"
	"github.com/wattle/wattle/settlement/chain"
	"github.com/wattle/wattle/settlement/ledger"
)

// oracleFile is the configuration of an oracle process as it is written: docs/oracle.md says what each key means. Paths
// are from the file's folder.
type oracleFile struct {
	Name           string `toml:"name"`
	Zone           string `toml:"zone"`
	Interval       string `toml:"interval"`
	Deadline       string `toml:"reading_deadline"`
	Keys           string `toml:"keys"`
	PassphraseFile string `toml:"passphrase_file,omitempty"`
	Listen         string `toml:"listen"`
	Health         string `toml:"health"`

	Database      string `toml:"database,omitempty"`
	Data          string `toml:"data,omitempty"`
	NATS          string `toml:"nats"`
	NATSMonitor   string `toml:"nats_monitor,omitempty"`
	Chain         string `toml:"chain"`
	Confirmations int    `toml:"chain_confirmations"`
	Contract      string `toml:"oracle_contract"`
	Hub           string `toml:"hub_contract"`
	Token         string `toml:"token_contract"`
	Money         string `toml:"money_contract"`

	Clock  *clockFile  `toml:"clock,omitempty"`
	Peers  []peerFile  `toml:"peer"`
	Meters []meterFile `toml:"meter"`
}

// clockFile is a clock that runs apart from the wall's: at the moment Wall it shows Shows.
type clockFile struct {
	Shows time.Time `toml:"shows"`
	Wall  time.Time `toml:"wall"`
	Speed int       `toml:"speed"`
}

type peerFile struct {
	ID      string `toml:"id"`
	Address string `toml:"address"`
}

type meterFile struct {
	Meter     string `toml:"meter"`
	Member    string `toml:"member"`
	Device    string `toml:"device"`
	MaxExport int64  `toml:"max_export_w"`
	MaxImport int64  `toml:"max_import_w"`
}

// oracleRole is an oracle's configuration, read.
type oracleRole struct {
	oracleFile
	dir       string // of the file
	length    energy.Length
	deadline  time.Duration
	contract  common.Address
	contracts chain.Contracts
	peers     []ocr.Peer
	members   []ledger.Member
	clock     *Clock
}

func readOracleFile(path string) (*oracleRole, error) {
	if path == "" {
		return nil, fmt.Errorf("--config: name the oracle's configuration: %w", ErrConfig)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--config: %w: %w", err, ErrConfig)
	}
	r := &oracleRole{dir: filepath.Dir(path)}
	d := toml.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err = d.Decode(&r.oracleFile)
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		row, _ := unknown.Errors[0].Position()
		err = fmt.Errorf("line %d: key %s is unknown", row, strings.Join(unknown.Errors[0].Key(), "."))
	}
	if err == nil {
		err = r.parse()
	}
	if err != nil {
		return nil, fmt.Errorf("--config %s: %w: %w", path, err, ErrConfig)
	}
	return r, nil
}

// path is a path of the file.
func (r *oracleRole) path(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(r.dir, name)
}

func (r *oracleRole) parse() error {
	interval, err := time.ParseDuration(or(r.Interval, "15m"))
	if err != nil {
		return fmt.Errorf("interval: %w", err)
	}
	if r.length, err = energy.LengthOf(interval); err != nil {
		return fmt.Errorf("interval: %w", err)
	}
	if r.deadline, err = time.ParseDuration(or(r.Deadline, (interval / 10).String())); err != nil {
		return fmt.Errorf("reading_deadline: %w", err)
	}
	for _, c := range []struct {
		key, text string
		into      *common.Address
	}{
		{"oracle_contract", r.Contract, &r.contract}, {"hub_contract", r.Hub, &r.contracts.Hub},
		{"token_contract", r.Token, &r.contracts.Token}, {"money_contract", r.Money, &r.contracts.Money},
	} {
		if !common.IsHexAddress(c.text) {
			return fmt.Errorf("%s %q: use an address, 0x and 40 hex digits", c.key, c.text)
		}
		*c.into = common.HexToAddress(c.text)
	}
	for key, text := range map[string]string{"name": r.Name, "keys": r.Keys, "nats": r.NATS, "chain": r.Chain, "listen": r.Listen, "health": r.Health} {
		if text == "" {
			return fmt.Errorf("%s is missing", key)
		}
	}
	for _, p := range r.Peers {
		r.peers = append(r.peers, ocr.Peer(p))
	}
	if r.Zone != string(streetZone) {
		return fmt.Errorf("zone %q: there is one, %q", r.Zone, streetZone)
	}
	r.clock = wallClock()
	if c := r.Clock; c != nil {
		if c.Speed < 1 || c.Shows.IsZero() || c.Wall.IsZero() {
			return errors.New("clock: shows, wall and speed belong together")
		}
		r.clock = clockAt(c.Shows, c.Wall, c.Speed)
	}
	return r.parseMeters()
}

func (r *oracleRole) parseMeters() error {
	for _, m := range r.Meters {
		key, err := hex.DecodeString(m.Device)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return fmt.Errorf("meter %s: device %q: use an Ed25519 public key, 32 bytes in hex", m.Meter, m.Device)
		}
		r.members = append(r.members, ledger.Member{Member: energy.Member(m.Member), Name: m.Member, Meter: oracle.Registration{
			Meter: energy.Meter(m.Meter), Device: [32]byte(key), MaxExport: energy.Watts(m.MaxExport), MaxImport: energy.Watts(m.MaxImport)}})
	}
	return nil
}

// registry is what the oracle may know of the zone's meters.
func (r *oracleRole) registry() (oracle.Registry, error) {
	var registrations []oracle.Registration
	for _, m := range r.members {
		registrations = append(registrations, m.Meter)
	}
	return oracle.NewRegistry(energy.Zone(r.Zone), r.length, r.deadline, registrations)
}
