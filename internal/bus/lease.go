package bus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// ErrHeld is returned while somebody else holds a lease, and by Renew when it was lost meanwhile.
var ErrHeld = problem.New(problem.Unavailable, "another process holds the lease: wait for its end")

// leaseBucket keeps one key per zone, which ends by itself when its holder does not renew it. It is on the disk, so that
// revisions grow over restarts of the server too.
const (
	leaseBucket = "LEASE"
	leaseStream = "KV_" + leaseBucket // what keeps it
)

// Lease is the right to be the one who works for a zone, for a term that has to be renewed. It tells processes whose
// turn it is; it cannot keep one that sleeps over the end of its term from waking up and going on: that is what Append's
// after is for. It is not safe for concurrent use.
type Lease struct {
	kv       jetstream.KeyValue
	key      string
	holder   []byte // unlike any other
	term     time.Duration
	revision uint64
}

// Lease prepares the lease of a zone for a new holder. The term, wall time on the server and at
// least 100 ms, is that of all leases on a server: where there is one already it stays, and Term tells it.
func (b *Bus) Lease(ctx context.Context, z energy.Zone, term time.Duration) (*Lease, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	kv, err := b.js.KeyValue(ctx, leaseBucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		// The bucket's own TTL, because the TTL of a single key does not outlive the first renewal.
		kv, err = b.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: leaseBucket, TTL: term, History: 1, Storage: jetstream.FileStorage, Replicas: b.replicas})
	}
	if err != nil {
		return nil, fmt.Errorf("lease of %s: %w", z, classify(err))
	}
	status, err := b.status(ctx, kv)
	if err != nil {
		return nil, fmt.Errorf("lease of %s: %w", z, classify(err))
	}
	if status.TTL() <= 0 {
		return nil, fmt.Errorf("lease of %s never ends: %w", z, ErrSettings)
	}
	return &Lease{kv: kv, key: string(z), holder: []byte(nuid.Next()), term: status.TTL()}, nil
}

// status asks for the bucket's settings. In a cluster, a server that has just learned of the bucket may not know its
// stream yet.
func (b *Bus) status(ctx context.Context, kv jetstream.KeyValue) (jetstream.KeyValueStatus, error) {
	for {
		status, err := kv.Status(ctx)
		if !errors.Is(err, jetstream.ErrStreamNotFound) || b.replicas == 1 {
			return status, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(retryFirst):
		}
	}
}

// Term is how long the lease lasts after Take or Renew.
func (l *Lease) Term() time.Duration { return l.term }

// Token grows with each Take and Renew of anyone: of two holders the one with the higher token is the later.
func (l *Lease) Token() uint64 { return l.revision }

// Take gets the lease if nobody holds it, or this holder still does, else it fails with ErrHeld.
func (l *Lease) Take(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	revision, err := l.kv.Create(ctx, l.key, l.holder)
	return l.keep(ctx, "take", revision, err)
}

// Renew begins a new term, or fails with ErrHeld when the old one was over.
func (l *Lease) Renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	revision, err := l.kv.Update(ctx, l.key, l.holder, l.revision)
	return l.keep(ctx, "renew", revision, err)
}

// Release ends the term early, so that the next holder need not wait for its end. A lease that was lost stays with its
// holder.
func (l *Lease) Release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, min(l.term, callTimeout))
	defer cancel()
	if err := l.kv.Delete(ctx, l.key, jetstream.LastRevision(l.revision)); err != nil {
		return fmt.Errorf("release the lease of %s: %w", l.key, classify(err))
	}
	return nil
}

// keep remembers the revision of a lease that was written. One that this holder has from before, or that was written
// without an answer, is found and begins its term anew.
func (l *Lease) keep(ctx context.Context, what string, revision uint64, err error) error {
	if err == nil {
		l.revision = revision
		return nil
	}
	cause := classify(err)
	if errors.Is(err, jetstream.ErrKeyExists) || errors.Is(cause, ErrFenced) {
		cause = ErrHeld
		if entry, getErr := l.kv.Get(ctx, l.key); getErr == nil && bytes.Equal(entry.Value(), l.holder) {
			if revision, err = l.kv.Update(ctx, l.key, l.holder, entry.Revision()); err == nil {
				l.revision = revision
				return nil
			}
			cause = classify(err)
		}
	}
	return fmt.Errorf("%s the lease of %s: %w", what, l.key, cause)
}
