package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/wattle/wattle/internal/problem"
)

var (
	// ErrLazy is returned by Durable for a message server that would lose acknowledged messages in a power cut.
	ErrLazy = problem.New(problem.Conflict, "the message server acknowledges messages before they are on the disk: set sync_interval: always in its jetstream settings and restart it")

	// ErrUnproven is returned by Durable when nothing tells how the message server writes.
	ErrUnproven = problem.New(problem.Conflict, "it is not known whether the message server has messages on the disk before it acknowledges them: set sync_interval: always there, and either give the address of its monitoring or a user of its system account, or state in the settings that it is so")
)

const (
	// askTimeout bounds a question to the servers about themselves.
	askTimeout = 2 * time.Second

	// askSubject asks every server of a cluster. Only the system account may.
	askSubject = "$SYS.REQ.SERVER.PING.JSZ"

	// maxAnswer bounds what a monitoring address may answer.
	maxAnswer = 1 << 20
)

// WithSystem has Durable ask the servers themselves over a connection of their system account. Closing it is the caller's.
func WithSystem(nc *nats.Conn) Option { return func(b *Bus) { b.system = nc } }

// WithMonitor has Durable ask the monitoring addresses of the servers, such as http://127.0.0.1:8222: one for each server of a
// cluster.
func WithMonitor(urls ...string) Option { return func(b *Bus) { b.monitors = urls } }

// WithStatement has Durable take the operator's word that every server runs with sync_interval: always.
func WithStatement() Option { return func(b *Bus) { b.stated = true } }

// Durable returns nil if a message is on the disk of the servers when they acknowledge it: ErrLazy if it is not, and
// ErrUnproven if nobody says. A server in this process is looked at. Of another one an ordinary connection cannot learn
// it, and a measurement proves nothing, since disks with a cache of their own answer as fast; so it is asked over its
// system account or its monitoring address; the operator's statement counts only where nobody can be asked. Of a cluster
// every server that answers must sync, and more than half must answer, the connected one among them: one that is down
// acknowledges nothing, and is asked when Durable is called again.
func (b *Bus) Durable(ctx context.Context) error {
	if local, ok := b.nc.Opts.InProcessServer.(*server.Server); ok {
		config := local.JetStreamConfig()
		return judge([]answer{{ID: local.ID(), Config: config, Disabled: config == nil}}, local.ID())
	}
	if b.system == nil && len(b.monitors) == 0 {
		if b.stated {
			return nil
		}
		return ErrUnproven
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	ask := b.askMonitors
	if b.system != nil {
		ask = b.askSystem
	}
	answers, err := ask(ctx)
	if err != nil {
		return fmt.Errorf("ask the message server how it writes: %w (%w)", ErrUnavailable, err)
	}
	return judge(answers, b.nc.ConnectedServerId())
}

// answer is what a server says about its JetStream, as far as it matters.
type answer struct {
	ID       string                  `json:"server_id"`
	Disabled bool                    `json:"disabled"`
	Config   *server.JetStreamConfig `json:"config"`
	Cluster  struct {
		Size int `json:"cluster_size"`
	} `json:"meta_cluster"`
}

// judge weighs what servers said.
func judge(answers []answer, connected string) error {
	heard := false
	for _, a := range answers {
		heard = heard || a.ID == connected
		if !a.Disabled && (a.Config == nil || !a.Config.SyncAlways) {
			return fmt.Errorf("server %s: %w", a.ID, ErrLazy)
		}
	}
	if members, size := turnout(answers); !heard || 2*members <= size {
		return fmt.Errorf("%d of %d servers answered, the connected one %t: %w", members, size, heard, ErrUnproven)
	}
	return nil
}

// turnout is how many of those who answered can keep logs, and how many such servers the cluster has.
func turnout(answers []answer) (members, size int) {
	size = 1
	for _, a := range answers {
		if size = max(size, a.Cluster.Size); !a.Disabled {
			members++
		}
	}
	return members, size
}

// askMonitors asks each monitoring address, and fails when none answers.
func (b *Bus) askMonitors(ctx context.Context) ([]answer, error) {
	answers, silent := make([]answer, len(b.monitors)), make([]error, len(b.monitors))
	var group sync.WaitGroup
	for i, url := range b.monitors {
		group.Go(func() { answers[i], silent[i] = askMonitor(ctx, url) })
	}
	group.Wait()
	var heard []answer
	for i, a := range answers {
		if silent[i] == nil {
			heard = heardOnce(heard, a)
		}
	}
	if len(heard) == 0 {
		return nil, errors.Join(silent...)
	}
	return heard, nil
}

func askMonitor(ctx context.Context, url string) (a answer, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/jsz?config=true", nil)
	if err != nil {
		return a, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return a, err
	}
	err = json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&a)
	if err = errors.Join(err, response.Body.Close()); err != nil || response.StatusCode != http.StatusOK {
		return a, fmt.Errorf("%s answers %s: %w", url, response.Status, errors.Join(err, ErrUnproven))
	}
	return a, nil
}

// askSystem asks all servers at once, and listens until as many have answered as their cluster has, or time is up.
func (b *Bus) askSystem(ctx context.Context) ([]answer, error) {
	inbox := b.system.NewRespInbox()
	replies, err := b.system.SubscribeSync(inbox)
	if err != nil {
		return nil, err
	}
	defer func() { _ = replies.Unsubscribe() }() // fails only on a closed connection
	if err := b.system.PublishRequest(askSubject, inbox, []byte(`{"config":true}`)); err != nil {
		return nil, err
	}
	var answers []answer
	for {
		reply, err := replies.NextMsgWithContext(ctx)
		if err != nil && len(answers) > 0 && errors.Is(err, context.DeadlineExceeded) {
			return answers, nil
		}
		if err != nil {
			return nil, err
		}
		var envelope struct {
			Data answer `json:"data"`
		}
		if err := json.Unmarshal(reply.Data, &envelope); err != nil {
			return nil, err
		}
		answers = heardOnce(answers, envelope.Data)
		if members, size := turnout(answers); members >= size && judge(answers, b.nc.ConnectedServerId()) == nil {
			return answers, nil
		}
	}
}

// heardOnce adds the answer of a server that has not answered yet.
func heardOnce(answers []answer, a answer) []answer {
	if slices.ContainsFunc(answers, func(other answer) bool { return other.ID == a.ID }) {
		return answers
	}
	return append(answers, a)
}
