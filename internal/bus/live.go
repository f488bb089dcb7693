package bus

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
)

// liveQueue bounds the live values that wait for one follower; beyond it the newest are dropped.
const liveQueue = 1024

// SendLive sends a value to whoever listens now. It does not wait and nothing keeps the value.
func (b *Bus) SendLive(subject string, data []byte) error {
	if err := b.nc.Publish(subject, data); err != nil {
		return fmt.Errorf("send to %s: %w", subject, classify(err))
	}
	return nil
}

// FollowLive hands over values as they are sent, until ctx is done (it returns ctx's error), each fails (it returns that
// error) or the connection is closed. Values are lost while the connection is down, and while each is too slow. The
// subject may have wildcards. The calls of each come from the calling goroutine.
func (b *Bus) FollowLive(ctx context.Context, subject string, each func(subject string, data []byte) error) error {
	queue := make(chan *nats.Msg, liveQueue)
	sub, err := b.nc.ChanSubscribe(subject, queue)
	if err != nil {
		return fmt.Errorf("listen to %s: %w", subject, classify(err))
	}
	defer func() { _ = sub.Unsubscribe() }() // fails only on a closed connection, which has no subscriptions
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case m, open := <-queue:
			if !open {
				return fmt.Errorf("listen to %s: %w", subject, ErrUnavailable)
			}
			if err := each(m.Subject, m.Data); err != nil {
				return err
			}
		}
	}
}
