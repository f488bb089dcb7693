package bus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// ErrNoCheckpoint is returned for a checkpoint that is not there, or not whole any more.
var ErrNoCheckpoint = problem.New(problem.NotFound, "the checkpoint is missing or damaged: use an older one, or the whole log")

const (
	// checkpointBucket keeps the checkpoints of all zones. They only save time: what matters is in the logs.
	checkpointBucket = "CHECKPOINT"
	checkpointStream = "OBJ_" + checkpointBucket // what keeps them

	// checkpointChunk is what one message of a checkpoint carries, under the 1 MiB that a server takes by default.
	checkpointChunk = 512 << 10

	// checkpointTimeout bounds the writing or reading of one: hundreds of chunks. For a chunk that is missing a reader
	// waits that long.
	checkpointTimeout = 20 * time.Second
)

// SaveCheckpoint keeps data as the checkpoint of a zone at a position, and of those before it only the newest.
func (b *Bus) SaveCheckpoint(ctx context.Context, z energy.Zone, position uint64, keep int, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, checkpointTimeout)
	defer cancel()
	store, err := b.js.ObjectStore(ctx, checkpointBucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		store, err = b.js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: checkpointBucket, Storage: jetstream.FileStorage, Replicas: b.replicas})
	}
	if err != nil {
		return fmt.Errorf("save checkpoint: %w", classify(err))
	}
	meta := jetstream.ObjectMeta{Name: checkpointName(z, position), Opts: &jetstream.ObjectMetaOptions{ChunkSize: checkpointChunk}}
	if _, err := store.Put(ctx, meta, bytes.NewReader(data)); err != nil {
		return fmt.Errorf("save checkpoint %s: %w", meta.Name, classify(err))
	}
	all, err := b.Checkpoints(ctx, z)
	if err != nil {
		return err
	}
	for i, old := range all {
		if i < keep || old >= position {
			continue
		}
		if err := store.Delete(ctx, checkpointName(z, old)); err != nil {
			return fmt.Errorf("remove checkpoint %s: %w", checkpointName(z, old), classify(err))
		}
	}
	return nil
}

// Checkpoints returns the positions of the checkpoints of a zone, newest first.
func (b *Bus) Checkpoints(ctx context.Context, z energy.Zone) ([]uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	store, err := b.js.ObjectStore(ctx, checkpointBucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list checkpoints: %w", classify(err))
	}
	objects, err := store.List(ctx)
	if err != nil && !errors.Is(err, jetstream.ErrNoObjectsFound) {
		return nil, fmt.Errorf("list checkpoints: %w", classify(err))
	}
	var positions []uint64
	for _, o := range objects {
		zone, text, _ := strings.Cut(o.Name, "/")
		if position, err := strconv.ParseUint(text, 10, 64); err == nil && zone == string(z) {
			positions = append(positions, position)
		}
	}
	slices.Sort(positions)
	slices.Reverse(positions)
	return positions, nil
}

// Checkpoint returns the checkpoint of a zone at a position, or ErrNoCheckpoint.
func (b *Bus) Checkpoint(ctx context.Context, z energy.Zone, position uint64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, checkpointTimeout)
	defer cancel()
	name := checkpointName(z, position)
	store, err := b.js.ObjectStore(ctx, checkpointBucket)
	if err != nil {
		return nil, fmt.Errorf("read checkpoint %s: %w", name, classify(err))
	}
	data, err := store.GetBytes(ctx, name)
	switch {
	case err == nil:
		return data, nil
	case errors.Is(err, jetstream.ErrObjectNotFound), errors.Is(err, jetstream.ErrDigestMismatch),
		errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("read checkpoint %s: %w (%w)", name, ErrNoCheckpoint, err)
	}
	return nil, fmt.Errorf("read checkpoint %s: %w", name, classify(err))
}

func checkpointName(z energy.Zone, position uint64) string {
	return string(z) + "/" + strconv.FormatUint(position, 10)
}

// At returns the message of a subject at a sequence, and whether it is there.
func (b *Bus) At(ctx context.Context, subject string, sequence uint64) (Message, bool, error) {
	name, err := streamOf(subject, false)
	if err != nil {
		return Message{}, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	s, err := b.js.Stream(ctx, name)
	if err != nil {
		return Message{}, false, fmt.Errorf("read %d of %s: %w", sequence, subject, classify(err))
	}
	m, err := s.GetMsg(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && m.Subject != subject {
		return Message{}, false, nil
	}
	if err != nil {
		return Message{}, false, fmt.Errorf("read %d of %s: %w", sequence, subject, classify(err))
	}
	return Message{Subject: m.Subject, Sequence: m.Sequence, Data: m.Data}, true, nil
}
