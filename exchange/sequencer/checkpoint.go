package sequencer

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/problem"
)

// ErrCheckpoint is returned for bytes that are not a checkpoint of this market.
var ErrCheckpoint = problem.New(problem.Invalid, "not a usable checkpoint: use an older one, or the whole log")

const (
	// checkpointDomain separates the bytes of checkpoints from all others. It ends in the version of the layout.
	checkpointDomain = "wattle/checkpoint/1"

	// checkpointEvery is the default of Config.Checkpoint: about a second of replay.
	checkpointEvery = 500_000

	// checkpointsKept is how many a zone has: one to use, and two should it be damaged.
	checkpointsKept = 3

	checkpointHead = len(checkpointDomain) + 32 + 2*(8+32+8) + 8 + 8 + 32 + 8
)

// checkpoint is a market together with the places in the logs where it was in that state.
type checkpoint struct {
	rules          exchange.Digest
	batch, message chain
	commands       uint64
	time           int64
	state          []byte // exchange.Market.AppendSnapshot
}

// encodeCheckpoint returns the canonical bytes: domain, rules (32), the last batch and then the last market message as
// number (u64), digest (32), stream sequence (u64), commands (u64), time (i64), state hash (32), length (u64), state,
// and the SHA-256 of all before; big-endian.
func encodeCheckpoint(c checkpoint) []byte {
	b := []byte(checkpointDomain)
	b = append(b, c.rules[:]...)
	for _, end := range []chain{c.batch, c.message} {
		b = binary.BigEndian.AppendUint64(b, end.number)
		b = append(b, end.digest[:]...)
		b = binary.BigEndian.AppendUint64(b, end.sequence)
	}
	b = binary.BigEndian.AppendUint64(b, c.commands)
	b = binary.BigEndian.AppendUint64(b, uint64(c.time))
	hash := sha256.Sum256(c.state)
	b = append(b, hash[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(len(c.state)))
	b = append(b, c.state...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// decodeCheckpoint reads what encodeCheckpoint wrote, exactly.
func decodeCheckpoint(b []byte) (c checkpoint, hash exchange.Digest, err error) {
	if len(b) < checkpointHead+32 || string(b[:len(checkpointDomain)]) != checkpointDomain {
		return c, hash, fmt.Errorf("%d bytes or another version: %w", len(b), ErrCheckpoint)
	}
	if sum := sha256.Sum256(b[:len(b)-32]); sum != [32]byte(b[len(b)-32:]) {
		return c, hash, fmt.Errorf("its sum is wrong: %w", ErrCheckpoint)
	}
	rest := b[len(checkpointDomain) : len(b)-32]
	take := func(n int) []byte {
		field := rest[:n]
		rest = rest[n:]
		return field
	}
	number := func() uint64 { return binary.BigEndian.Uint64(take(8)) }
	c.rules = exchange.Digest(take(32))
	for _, end := range []*chain{&c.batch, &c.message} {
		end.number, end.digest, end.sequence = number(), exchange.Digest(take(32)), number()
	}
	c.commands, c.time, hash = number(), int64(number()), exchange.Digest(take(32))
	if length := number(); length != uint64(len(rest)) {
		return c, hash, fmt.Errorf("a state of %d bytes, want %d: %w", len(rest), length, ErrCheckpoint)
	}
	c.state = rest
	return c, hash, nil
}

// restore moves w to the newest checkpoint that is whole and fits the logs. Without one it stays at the beginning. Only
// ErrBroken keeps it from that.
func (s *Sequencer) restore(ctx context.Context, w *writer, published chain) error {
	if s.config.Checkpoint < 0 {
		return nil
	}
	positions, err := w.bus.Checkpoints(ctx, w.rules.Zone)
	if err != nil {
		s.unusable(ctx, err)
	}
	for _, position := range positions {
		err := w.restoreAt(ctx, position, published)
		if err == nil {
			return nil
		}
		err = fmt.Errorf("checkpoint %d: %w", position, err)
		if errors.Is(err, ErrBroken) || ctx.Err() != nil {
			return err
		}
		s.unusable(ctx, err)
	}
	return nil
}

func (s *Sequencer) unusable(ctx context.Context, err error) {
	s.config.Log.LogAttrs(ctx, slog.LevelWarn, "checkpoint not used", slog.String("zone", string(s.config.Rules.Zone)), slog.String("problem", err.Error()))
}

// restoreAt moves w to one checkpoint. A checkpoint that is whole but whose batch is not in the order log means that the
// log was changed: that is the log's problem.
func (w *writer) restoreAt(ctx context.Context, position uint64, published chain) error {
	data, err := w.bus.Checkpoint(ctx, w.rules.Zone, position)
	if err != nil {
		return err
	}
	c, hash, err := decodeCheckpoint(data)
	switch {
	case err != nil:
		return err
	case c.rules != w.digest:
		return fmt.Errorf("of other rules: %w", ErrCheckpoint)
	case c.message.number > published.number:
		return fmt.Errorf("the market log ends at message %d, before %d: %w", published.number, c.message.number, ErrCheckpoint)
	case c.message.number == published.number && c.message.digest != published.digest:
		return fmt.Errorf("market log entry %d is not what the checkpoint says: %w", published.sequence, ErrBroken)
	}
	entry, found, err := w.bus.At(ctx, bus.OrderSubject(w.rules.Zone), c.batch.sequence)
	if err != nil {
		return err
	}
	if !found || exchange.DigestOf(entry.Data) != c.batch.digest {
		return fmt.Errorf("order log entry %d is not batch %d of the checkpoint: %w", c.batch.sequence, c.batch.number, ErrBroken)
	}
	market, err := exchange.Restore(w.rules, c.state)
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrCheckpoint)
	}
	if market.StateHash() != hash || market.Sequence() != c.commands {
		return fmt.Errorf("the restored market is another: %w", ErrCheckpoint)
	}
	w.market, w.batch, w.commands, w.time = market, c.batch, c.commands, c.time
	w.message = chain{c.message.number, c.message.digest, published.sequence}
	return nil
}
