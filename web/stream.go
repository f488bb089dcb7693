package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wattle/wattle/internal/problem"
)

const (
	frameEvery     = 250 * time.Millisecond // an eye does not follow more than four figures a second
	heartbeatEvery = 15 * time.Second       // shorter than what middle boxes forget
	silenceLimit   = 40 * time.Second       // two heartbeats and a half without a pong: the client is gone
	sendTimeout    = 5 * time.Second        // for one frame
	queueFrames    = 32                     // 2.6 s of all topics; a client that is further behind is disconnected
	maxClients     = 10_000                 // about 100 MB
	maxMessage     = 512                    // clients send control frames only
)

// frame is a message for a client, encoded once for all.
type frame struct {
	message *websocket.PreparedMessage
	ping    bool // ask for a pong after it
}

// client is one open socket. Its queue is written and closed by the stream alone.
type client struct {
	conn   *websocket.Conn
	topics []topic
	queue  chan frame
}

// stream numbers the changes of the state and hands them to every client.
type stream struct {
	state     *state
	log       *slog.Logger
	every     time.Duration
	heartbeat time.Duration

	// Guarded by state.mu, so that a client's snapshot and the differences after it leave no gap.
	last      map[topic]uint64
	snapshots map[topic]frame // of the number in last; encoded when the first client asks
	clients   map[*client]bool
	stopped   bool

	handlers sync.WaitGroup // of open sockets
}

func newStream(s *state, log *slog.Logger) *stream {
	return &stream{
		state: s, log: log, every: frameEvery, heartbeat: heartbeatEvery,
		last: map[topic]uint64{flowTopic: 0, marketTopic: 0, settlementTopic: 0}, snapshots: map[topic]frame{}, clients: map[*client]bool{},
	}
}

// run sends frames until ctx is done, then closes every socket and returns when they are closed.
func (s *stream) run(ctx context.Context) {
	frames, heartbeats := time.NewTicker(s.every), time.NewTicker(s.heartbeat)
	defer frames.Stop()
	defer heartbeats.Stop()
	for {
		select {
		case <-frames.C:
			s.flush()
		case <-heartbeats.C:
			s.beat()
		case <-ctx.Done():
			s.stop()
			s.handlers.Wait()
			return
		}
	}
}

// flush sends what changed since the last flush, one frame per topic.
func (s *stream) flush() {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	for _, t := range topics {
		data, changed := s.state.fold(t).difference(s.state.now())
		if !changed {
			continue
		}
		s.last[t]++
		delete(s.snapshots, t)
		f := encode(frameWire{t, "difference", s.last[t], data})
		for c := range s.clients {
			if slices.Contains(c.topics, t) {
				s.send(c, f)
			}
		}
	}
}

// beat tells every client the number of each topic's newest frame.
func (s *stream) beat() {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	f := encode(heartbeatWire{Kind: "heartbeat", Last: s.last, NowMs: s.state.now().UnixMilli()})
	f.ping = true
	for c := range s.clients {
		s.send(c, f)
	}
}

// send queues a frame, or disconnects a client whose queue is full. state.mu is held.
func (s *stream) send(c *client, f frame) {
	select {
	case c.queue <- f:
	default:
		s.log.LogAttrs(context.Background(), slog.LevelInfo, "slow reader disconnected", slog.Int("queued_frames", len(c.queue)))
		s.forget(c)
		_ = c.conn.Close() // the writer may be stuck in it
	}
}

// forget removes a client and ends its writer after what is queued. state.mu is held.
func (s *stream) forget(c *client) {
	if s.clients[c] {
		delete(s.clients, c)
		close(c.queue)
	}
}

func (s *stream) stop() {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.stopped = true
	for c := range s.clients {
		s.forget(c)
	}
}

// join queues the snapshots of the client's topics and lets it hear what follows. It reports false where the stream
// takes no more clients.
func (s *stream) join(c *client) bool {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if s.stopped || len(s.clients) >= maxClients {
		return false
	}
	for _, t := range c.topics {
		f, made := s.snapshots[t]
		if !made {
			// The state may hold changes that the next difference repeats; repeats are harmless.
			f = encode(frameWire{t, "snapshot", s.last[t], s.state.fold(t).snapshot(s.state.now())})
			s.snapshots[t] = f
		}
		c.queue <- f // the queue is empty and longer than the list of topics
	}
	s.clients[c] = true
	s.handlers.Add(1)
	return true
}

func (s *stream) leave(c *client) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.forget(c)
}

// encode panics on a value that is not JSON: the wire structs always are.
func encode(value any) frame {
	body, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("web: encode a frame: %v", err))
	}
	message, err := websocket.NewPreparedMessage(websocket.TextMessage, body)
	if err != nil {
		panic(fmt.Sprintf("web: prepare a frame: %v", err))
	}
	return frame{message: message}
}

var upgrader = websocket.Upgrader{
	HandshakeTimeout: headerTimeout,
	ReadBufferSize:   maxMessage,
	WriteBufferSize:  4 << 10,
	WriteBufferPool:  &sync.Pool{},
	CheckOrigin:      sameOrigin,
	Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
		kind := problem.Invalid
		if status == http.StatusForbidden {
			kind = problem.Denied
		}
		writeProblem(w, status, kind, reason.Error())
	},
}

// getStream serves one socket until either side closes it.
func (s *Server) getStream(w http.ResponseWriter, r *http.Request) {
	chosen, err := topicsOf(r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // answered by the upgrader
	}
	c := &client{conn: conn, topics: chosen, queue: make(chan frame, queueFrames)}
	if !s.stream.join(c) {
		closeWith(conn, websocket.CloseTryAgainLater)
		return
	}
	defer s.stream.handlers.Done()
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write()
	}()
	c.read()
	s.stream.leave(c)
	<-written
}

// read returns when the client is gone, silent for too long, or sends what it must not: anything but control frames.
func (c *client) read() {
	c.conn.SetReadLimit(maxMessage)
	alive := func(string) error { return c.conn.SetReadDeadline(within(silenceLimit)) }
	_ = alive("")
	c.conn.SetPongHandler(alive)
	_, _, _ = c.conn.NextReader() // handles control frames until it has an error or a message; each ends the socket
	_ = c.conn.SetReadDeadline(within(0))
}

// write sends the queue until it is closed or the client does not take a frame in time.
func (c *client) write() {
	for f := range c.queue {
		_ = c.conn.SetWriteDeadline(within(sendTimeout))
		err := c.conn.WritePreparedMessage(f.message)
		if err == nil && f.ping {
			err = c.conn.WriteControl(websocket.PingMessage, nil, within(sendTimeout))
		}
		if err != nil {
			break
		}
	}
	closeWith(c.conn, websocket.CloseGoingAway)
}

func closeWith(conn *websocket.Conn, code int) {
	_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), within(sendTimeout))
	_ = conn.Close()
}

// within is the wall's time d from now, for deadlines of sockets: the street's clock is another.
func within(d time.Duration) time.Time {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	deadline, _ := ctx.Deadline()
	return deadline
}

// topicsOf reads the topics parameter; all topics without it.
func topicsOf(r *http.Request) ([]topic, error) {
	text := r.URL.Query().Get("topics")
	if text == "" {
		return topics, nil
	}
	var chosen []topic
	for _, name := range strings.Split(text, ",") {
		t := topic(name)
		if !slices.Contains(topics, t) || slices.Contains(chosen, t) {
			return nil, fmt.Errorf("topics %q: want some of flow,market,settlement: %w", text, ErrQuery)
		}
		chosen = append(chosen, t)
	}
	return chosen, nil
}
