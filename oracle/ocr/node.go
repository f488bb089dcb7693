package ocr

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	chainlinklog "github.com/smartcontractkit/chainlink-common/pkg/logger"
	"github.com/smartcontractkit/libocr/commontypes"
	"github.com/smartcontractkit/libocr/networking"
	"github.com/smartcontractkit/libocr/offchainreporting2plus"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/ocr3types"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"

	"github.com/smartcontractkit/chainlink/v2/core/services/ocr3/promwrapper"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// MaxMeters is the largest zone whose readings fit one observation.
const MaxMeters = (ocr3types.MaxMaxObservationLength - energy.IntervalSize - 2 - oracle.SettlementReportSize) / meter.SignedReadingSize

// ErrConfig is returned for a Config an oracle cannot run with.
var ErrConfig = problem.New(problem.Invalid, "oracle configuration")

// Peer is where an oracle is reached.
type Peer struct {
	ID      string // Identity.Peer
	Address string // host:port
}

// Config is what an oracle needs. All oracles of a group have the same Peers, ChainID, Capability and Registry.
type Config struct {
	Name       string // unique in its database, and its name in logs and metrics
	Keys       Keys
	Listen     string // host:port for the other oracles
	Peers      []Peer // all oracles of the group, with or without itself
	DB         *pgxpool.Pool
	Eth        Eth
	ChainID    uint64
	Capability common.Address // the contract Install set up
	Registry   oracle.Registry

	// Publish puts an attestation into the zone's log and returns when it is durable there. A repeat must be harmless.
	Publish func(context.Context, oracle.Attestation) error
	// Known reports whether the log holds the attestation of an interval. It must come to know what Publish wrote,
	// this oracle's or another's, and must not block.
	Known func(energy.Interval) bool

	// PublishRoot and KnownRoot are the same for the log of settlement reports: KnownRoot reports whether it holds the one of a
	// number, with the signatures of a quorum.
	PublishRoot func(context.Context, oracle.Settled) error
	KnownRoot   func(number uint64) bool

	Now func() time.Time // the street's clock
	Log *slog.Logger
}

// Validate says what is missing.
func (c Config) Validate() error {
	switch {
	case c.Name == "":
		return fmt.Errorf("no name: %w", ErrConfig)
	case c.Keys.bundle == nil:
		return fmt.Errorf("%s: no keys: %w", c.Name, ErrConfig)
	case len(c.Peers) == 0:
		return fmt.Errorf("%s: no peers: %w", c.Name, ErrConfig)
	case c.DB == nil || c.Eth == nil || c.Publish == nil || c.Known == nil || c.PublishRoot == nil || c.KnownRoot == nil || c.Now == nil || c.Log == nil:
		return fmt.Errorf("%s: DB, Eth, Publish, Known, PublishRoot, KnownRoot, Now and Log must be set: %w", c.Name, ErrConfig)
	case c.Capability == (common.Address{}) || c.ChainID == 0:
		return fmt.Errorf("%s: no contract: %w", c.Name, ErrConfig)
	case !c.Registry.Length.Valid() || c.Registry.Zone == "":
		return fmt.Errorf("%s: no registry: %w", c.Name, ErrConfig)
	case len(c.Registry.Meters) > MaxMeters:
		return fmt.Errorf("%s: %d meters, one zone takes %d: %w", c.Name, len(c.Registry.Meters), MaxMeters, ErrConfig)
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("%s: listen address %q: %w", c.Name, c.Listen, ErrConfig)
	}
	for _, p := range c.Peers {
		if _, err := commontypes.NewBootstrapperLocator(p.ID, []string{p.Address}); err != nil {
			return fmt.Errorf("%s: peer: %v: %w", c.Name, err, ErrConfig)
		}
	}
	return nil
}

// Node is one oracle.
type Node struct {
	config    Config
	tracker   *tracker
	shelf     *shelf
	verified  *verified
	recounted *recounted
	progress  progress
	metrics   *prometheus.Registry
}

// Status is how an oracle is doing.
type Status struct {
	Name     string
	Peer     string
	Sequence uint64          // of the newest round this oracle took part in since it started; 0 before the first
	Next     energy.Interval // the interval to be closed next; not valid before the first round
	At       time.Time       // when that round was decided, by the street's clock
	Refused  uint64          // signatures under settlement reports that its own recount did not produce, since it started
}

// New makes an oracle. It does no I/O.
func New(c Config) (*Node, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	t, err := newTracker(c.Eth, c.Capability)
	if err != nil {
		return nil, err
	}
	n := &Node{config: c, tracker: t, verified: &verified{}, metrics: prometheus.NewRegistry()}
	n.config.Log = c.Log.With(slog.String("oracle", c.Name))
	n.shelf = newShelf(c.Registry, n.verified, c.Now)
	n.recounted = newRecounted(n.config.Log)
	return n, nil
}

// Put hands the oracle a reading from the zone's log. It returns an error for a reading that is not valid for the
// zone; such a reading must not stop the log's consumer. It may be called before and during Run.
func (n *Node) Put(r meter.SignedReading) error { return n.shelf.Put(r) }

// Offer hands the oracle a settlement report that its own recount produced. It signs no others. It may be called before
// and during Run, again for the same report, and does not block.
func (n *Node) Offer(r oracle.SettlementReport) { n.recounted.Offer(r) }

// Metrics are the protocol's, labelled with the oracle's name.
func (n *Node) Metrics() prometheus.Gatherer { return n.metrics }

// Status is safe to call at any time.
func (n *Node) Status() Status {
	p := &n.progress
	p.mu.Lock()
	defer p.mu.Unlock()
	return Status{Name: n.config.Name, Peer: n.config.Keys.Identity().Peer, Sequence: p.sequence, Next: p.next, At: p.at, Refused: n.recounted.Refused()}
}

// Run takes part in the protocol until ctx is done, and returns after everything it started. An error before that is
// an address that cannot be listened on or a configuration that libocr refuses.
func (n *Node) Run(ctx context.Context) error {
	c := n.config
	db := &database{pool: c.DB, oracle: c.Name}
	registerer := prometheus.WrapRegistererWith(prometheus.Labels{"oracle": c.Name}, n.metrics)
	// There is no V2DiscovererDatabase: Peers says where everybody is. libocr stops for good when it finds an announcement
	// of its own there with another address, as it hands that on while it holds a lock that the receiver waits for.
	peer, err := networking.NewPeer(networking.PeerConfig{
		PeerKeyring:         peerKeyring{c.Keys.peer},
		Logger:              logger{c.Log},
		V2ListenAddresses:   []string{c.Listen},
		V2AnnounceAddresses: []string{c.Listen},
		V2DeltaReconcile:    5 * time.Second, // a peer that moved is found again within this
		V2DeltaDial:         time.Second,     // a peer that restarts is dialled at most this often
		V2EndpointConfig:    networking.EndpointConfigV2{IncomingMessageBufferSize: 10, OutgoingMessageBufferSize: 10},
		MetricsRegisterer:   registerer,
	})
	if err != nil {
		return fmt.Errorf("oracle %s: listen on %s: %w", c.Name, c.Listen, err)
	}
	o, err := offchainreporting2plus.NewOracle(offchainreporting2plus.OCR3OracleArgs[Info]{
		BinaryNetworkEndpointFactory: peer.OCR2BinaryNetworkEndpointFactory(),
		V2Bootstrappers:              n.others(),
		ContractConfigTracker:        n.tracker,
		ContractTransmitter:          transmitter{c.Keys.Identity().Signer, c.Publish, c.PublishRoot},
		Database:                     db,
		LocalConfig:                  localConfig,
		Logger:                       logger{c.Log},
		MetricsRegisterer:            registerer,
		OffchainConfigDigester:       digester{c.ChainID, c.Capability},
		OffchainKeyring:              c.Keys.bundle,
		OnchainKeyring:               keyring{c.Keys.bundle, n.recounted},
		ReportingPluginFactory: promwrapper.NewReportingPluginFactory[Info](&factory{
			registry: c.Registry, shelf: n.shelf, verified: n.verified, recounted: n.recounted, known: c.Known, knownRoot: c.KnownRoot,
			now: c.Now, progress: &n.progress,
		}, chainlinklog.Nop(), strconv.FormatUint(c.ChainID, 10), c.Name),
	})
	if err == nil {
		err = o.Start()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("oracle %s: %w", c.Name, err), peer.Close())
	}
	<-ctx.Done()
	return errors.Join(o.Close(), peer.Close()) // the oracle first: it uses the peer
}

// others are the peers by which an oracle finds the group.
func (n *Node) others() (locators []commontypes.BootstrapperLocator) {
	self := n.config.Keys.Identity().Peer
	for _, p := range n.config.Peers {
		if p.ID != self {
			locators = append(locators, commontypes.BootstrapperLocator{PeerID: p.ID, Addrs: []string{p.Address}})
		}
	}
	return locators
}

// localConfig are the deadlines of what an oracle does on its own.
var localConfig = types.LocalConfig{
	BlockchainTimeout:                  5 * time.Second,
	ContractConfigConfirmations:        1, // a reorganised configuration is read again at the next poll
	ContractConfigTrackerPollInterval:  15 * time.Second,
	ContractConfigLoadTimeout:          10 * time.Second,
	ContractTransmitterTransmitTimeout: 10 * time.Second,
	DatabaseTimeout:                    5 * time.Second, // a write that takes longer gives up the round, not the promise
	DefaultMaxDurationInitialization:   10 * time.Second,
}

// transmitter publishes signed reports to the zone's logs.
type transmitter struct {
	signer      oracle.Signer
	publish     func(context.Context, oracle.Attestation) error
	publishRoot func(context.Context, oracle.Settled) error
}

// Transmit puts a report and the signatures of f+1 oracles together and publishes them.
func (t transmitter) Transmit(
	ctx context.Context, digest types.ConfigDigest, sequence uint64, r ocr3types.ReportWithInfo[Info],
	signatures []types.AttributedOnchainSignature,
) error {
	var signed [][oracle.SignatureSize]byte
	for _, s := range signatures {
		if len(s.Signature) != oracle.SignatureSize {
			return fmt.Errorf("signature of oracle %d has %d bytes: %w", s.Signer, len(s.Signature), oracle.ErrMalformed)
		}
		signed = append(signed, [oracle.SignatureSize]byte(s.Signature))
	}
	if settled := r.Info.Settled; settled.Number > 0 {
		err := t.publishRoot(ctx, oracle.Settled{Report: settled, ConfigDigest: digest, Sequence: sequence, Signatures: signed})
		if err != nil {
			return fmt.Errorf("publish settlement %d of %s: %w", settled.Number, settled.Zone, err)
		}
		return nil
	}
	a := oracle.Attestation{Report: r.Info.Report, ConfigDigest: digest, Sequence: sequence, Leaves: r.Info.Leaves, Signatures: signed}
	if err := t.publish(ctx, a); err != nil {
		return fmt.Errorf("publish attestation of %s %s: %w", a.Report.Zone, a.Report.Interval, err)
	}
	return nil
}

// FromAccount is the account that stands for this oracle in the contract.
func (t transmitter) FromAccount(context.Context) (types.Account, error) {
	return account(t.signer), nil
}
