package node

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/embed"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/oracle/ocr"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/settlement/recount"
)

// The demo's group of oracles: the smallest that tolerates a faulty one.
const (
	oracleCount  = 4
	oracleFaulty = 1
)

// oracleKeys opens the sealed key files of the group, or makes them.
func oracleKeys(dir string, passphrase string) ([]ocr.Keys, error) {
	keys := make([]ocr.Keys, oracleCount)
	for i := range keys {
		path := filepath.Join(dir, oracleName(i)+".keys")
		sealed, err := os.ReadFile(path)
		switch {
		case os.IsNotExist(err):
			if keys[i], err = ocr.NewKeys(); err != nil {
				return nil, err
			}
			if sealed, err = keys[i].Seal(passphrase); err != nil {
				return nil, err
			}
			err = embed.WriteFile(path, sealed)
		case err == nil:
			if keys[i], err = ocr.OpenKeys(sealed, passphrase); err != nil {
				err = fmt.Errorf("%s: %w: %w", path, err, ErrDamaged)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("keys of %s: %w", oracleName(i), err)
		}
	}
	return keys, nil
}

func oracleName(i int) string { return fmt.Sprintf("oracle-%d", i+1) }

// attested knows which intervals have an attestation in the zone's log.
type attested struct {
	mu    sync.RWMutex
	known map[energy.Interval]bool
}

func (a *attested) has(iv energy.Interval) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.known[iv]
}

// follow keeps up with the log until ctx is done.
func (a *attested) follow(ctx context.Context, b *bus.Bus, zone energy.Zone) error {
	return b.Follow(ctx, bus.AttestSubject(zone), 1, func(m bus.Message) error {
		decoded, err := oracle.DecodeAttestation(m.Data)
		if err != nil {
			return nil // anybody may write to the log; the clerk says so
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.known == nil {
			a.known = map[energy.Interval]bool{}
		}
		a.known[decoded.Report.Interval] = true
		return nil
	})
}

// settled knows which numbers have a settlement report in the zone's log that the quorum signed.
type settled struct {
	mu    sync.RWMutex
	known map[uint64]bool
}

func (s *settled) has(number uint64) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.known[number]
}

// follow keeps up with the log until ctx is done.
func (s *settled) follow(ctx context.Context, b *bus.Bus, zone energy.Zone, quorum oracle.Quorum) error {
	return b.Follow(ctx, bus.RootSubject(zone), 1, func(m bus.Message) error {
		decoded, err := oracle.DecodeSettled(m.Data)
		if err != nil || decoded.Report.Zone != zone || quorum.VerifySettled(decoded) != nil {
			return nil // anybody may write to the log; what no quorum signed is still to be made
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.known == nil {
			s.known = map[uint64]bool{}
		}
		s.known[decoded.Report.Number] = true
		return nil
	})
}

// oracles makes the group's nodes, each with its own keys, database rows and address.
func (s *street) oracles(keys []ocr.Keys, capability common.Address, registry oracle.Registry) ([]*ocr.Node, error) {
	peers := make([]ocr.Peer, len(keys))
	for i, k := range keys {
		address, err := freeAddress()
		if err != nil {
			return nil, err
		}
		peers[i] = ocr.Peer{ID: k.Identity().Peer, Address: address}
	}
	nodes := make([]*ocr.Node, len(keys))
	for i, k := range keys {
		var err error
		if nodes[i], err = s.oracle(oracleName(i), k, peers[i].Address, peers, capability, registry); err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

// oracle makes one oracle of the group, in this process or as the only one of another.
func (s *street) oracle(
	name string, keys ocr.Keys, listen string, peers []ocr.Peer, capability common.Address, registry oracle.Registry,
) (*ocr.Node, error) {
	return ocr.New(ocr.Config{Name: name, Keys: keys, Listen: listen, Peers: peers, DB: s.db, Eth: s.eth,
		ChainID: s.chain.ID().Uint64(), Capability: capability, Registry: registry,
		Publish: s.publishAttestation, Known: s.attested.has, PublishRoot: s.publishRoot, KnownRoot: s.roots.has, Now: s.clock.Now, Log: s.log})
}

func (s *street) publishAttestation(ctx context.Context, a oracle.Attestation) error {
	id := fmt.Sprintf("attestation %s %s %d", a.Report.Zone, a.Report.Interval, a.Report.Run)
	_, err := s.bus.Publish(ctx, bus.AttestSubject(a.Report.Zone), id, oracle.AppendAttestation(nil, a))
	return err
}

func (s *street) publishRoot(ctx context.Context, r oracle.Settled) error {
	id := fmt.Sprintf("root %s %d %x %x", r.Report.Zone, r.Report.Number, r.Report.Root, r.ConfigDigest) // a new configuration may sign it again
	_, err := s.bus.Publish(ctx, bus.RootSubject(r.Report.Zone), id, oracle.AppendSettled(nil, r))
	return err
}

// recounts makes the recount of one oracle, which hands it what it counted.
func (s *street) recounts(ctx context.Context, node *ocr.Node) (*recount.Follower, error) {
	log := s.log.With(slog.String("oracle", node.Status().Name))
	return s.recount(ctx, log, func(n settlement.Notice, _ []settlement.ChainEntry) error {
		node.Offer(n.Report)
		return nil
	})
}

// feed hands an oracle every reading of the zone's log.
func (s *street) feed(ctx context.Context, node *ocr.Node) error {
	return s.bus.Follow(ctx, bus.MeterSubject(streetZone, "*"), 1, func(m bus.Message) error {
		reading, err := meter.DecodeSignedReading(m.Data)
		if err == nil {
			err = node.Put(reading)
		}
		s.refused.count(err)
		if err != nil {
			s.log.LogAttrs(ctx, slog.LevelDebug, "reading not used", slog.Uint64("sequence", m.Sequence), slog.String("reason", err.Error()))
		}
		return nil
	})
}

// freeAddress is a loopback address that nobody listens on now. The oracles of one machine need nothing steadier.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("address for an oracle: %w", err)
	}
	return l.Addr().String(), l.Close()
}
